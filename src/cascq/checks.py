"""Checks over the named graphs: queries in queries/checks/ whose rows are findings.

What SHACL cannot see goes here: which graph a statement stands in, offsets beyond a document's end, sources that
contradict each other, circles, stated counts against listed members, probable duplicates. What no query can tell is
in `cascq.built_in`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from cascq.built_in import BUILT_IN
from cascq.errors import CascqError, collect
from cascq.header import Header, Text
from cascq.reading import read_text
from cascq.remote.stores import Store
from cascq.reports.report import SEVERITIES, Finding, Severity
from cascq.sparql import Term, select
from cascq.terms import readable

_KEYS = {"title", "description", "severity", "message", "columns"}
# The columns of which a finding has a part of its own, and those that only say what is compared.
_OWN = {"focus", "path", "value", "passage"}
_CONTEXT = {"document", "expected", "members", "scheme"}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Check:
    """A check: its query and what its header says.

    Attributes:
        name: file name without suffix.
        path: its file.
        text: the query; every row of its answer is a finding at `?focus`.
        severity: "violation" blocks, "warning" asks, "info" tells.
        message: what is wrong and what to do, in zh and en, with {column} where a row's value goes in.
        columns: the columns of the answer, with their heads in zh and en.
    """

    name: str
    path: Path
    text: str
    title: Text
    description: Text
    severity: Severity
    message: Text
    columns: Mapping[str, Text]


def load_checks(folder: Path) -> list[Check]:
    """Read the checks of a folder, in the order of their names.

    Raises:
        CascqError: there is none, or a file says something wrong (all of them together, with file and line).
    """
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise CascqError(f"{folder}: no check (*.rq) in this folder", f"{folder}：此文件夹中没有检查（*.rq）")
    return collect(paths, read_check)


def read_check(path: Path) -> Check:
    """Read a check and verify all that its header says.

    Raises:
        CascqError: with file and line.
    """
    text = read_text(path)
    header = Header(path, text)
    header.check_keys(_KEYS, _KEYS)
    columns = header.columns()
    if "focus" not in columns:
        raise header.error(
            "a check must select ?focus, the node at fault", "检查必须选出 ?focus（有问题的节点）", near="columns"
        )
    severity = header.values["severity"]
    if severity not in SEVERITIES:
        raise header.error(
            f"'severity' must be one of {', '.join(SEVERITIES)}",
            f"“severity”只能是 {'、'.join(SEVERITIES)} 之一",
            near="severity",
        )
    message = header.text(header.values["message"], "message")
    for part in message.values():
        for name in _PLACEHOLDER.findall(part):
            if name not in columns:
                raise header.error(
                    f"the message names {{{name}}}, which is no column", f"消息中的 {{{name}}} 不是列名", near="message"
                )
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", path.stem):
        raise header.error("the file name must be in kebab-case", "文件名应为小写并用连字符连接", line=0)
    if path.stem in BUILT_IN:
        raise header.error(f"'{path.stem}' is the name of a built-in check", f"“{path.stem}”是内置检查的名称", line=0)
    header.check_select(text, list(columns))
    return Check(
        name=path.stem,
        path=path,
        text=text,
        title=header.text(header.values["title"], "title"),
        description=header.text(header.values["description"], "description"),
        severity=cast("Severity", severity),
        message=message,
        columns=columns,
    )


def run_checks(store: Store, checks: Sequence[Check]) -> list[Finding]:
    """Run checks and return what they find, check by check, each in the order of its query.

    Args:
        store: the data with the ontology and the vocabularies, in their named graphs.
        checks: see `load_checks`.

    Raises:
        CascqError: a check fails to run, or gives a row without focus node.
    """
    # Oxigraph lets other threads work while it answers; another store is asked one question at a time.
    with ThreadPoolExecutor(os.cpu_count() if isinstance(store, ox.Store) else 1) as pool:
        return [finding for found in pool.map(partial(run_check, store), checks) for finding in found]


def run_check(store: Store, check: Check) -> list[Finding]:
    """Run one check; see `run_checks`."""
    findings = []
    for row in select(store, check.text, str(check.path)):
        if "focus" not in row:
            raise CascqError(f"{check.path}: a row without ?focus", f"{check.path}：结果中有一行没有 ?focus")
        path, passage = row.get("path"), row.get("passage")
        findings.append(
            Finding(
                severity=check.severity,
                source=check.name,
                focus=row["focus"],
                path=path if isinstance(path, ox.NamedNode) else None,
                value=row.get("value"),
                component=None,
                messages={lang: _fill(text, row) for lang, text in check.message.items()},
                passage=passage.value if isinstance(passage, ox.NamedNode) else None,
                others=tuple(row[name] for name in check.columns if name in row and name not in _OWN | _CONTEXT),
            )
        )
    return findings


def _fill(message: str, row: Mapping[str, Term]) -> str:
    """Put a row's values into a message."""
    return _PLACEHOLDER.sub(lambda match: readable(row.get(match[1])), message)
