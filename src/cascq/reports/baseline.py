"""The baseline: findings that are known and accepted, in a file, so that only new ones fail.

An entry says what was found at which node, not in which line, so edits elsewhere in a file change nothing. Two equal
findings need two entries. Blank nodes are told by what stands around them (`cascq.places.surroundings`).
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.given import Paths
from cascq.language import say
from cascq.places.surroundings import without_content
from cascq.reports.report import SEVERITIES, Finding, Node, Report, severity_word
from cascq.terms import one_line

DEFAULT = Path("cascq-baseline.json")
VERSION = 1
_MARK = "cascqBaseline"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """An accepted finding.

    Attributes:
        file: where it was found, from the folder of the baseline; for the reader, it is not compared.
        source: IRI of the shape, or name of the check.
        focus: the node as N-Triples writes it; a blank node as what stands around it.
        path: IRI of the property, or a path in SPARQL's notation.
        value: the value, written as the node.
        graph: IRI of the named graph in which the fault stands, where the check says so.
        component: IRI of the SHACL constraint component; empty for checks.
        severity: "violation", "warning" or "info".
    """

    file: str
    source: str
    focus: str
    path: str
    value: str
    graph: str
    component: str
    severity: str

    @classmethod
    def of(cls, f: Finding, folder: Path | None = None) -> Entry:
        """Return the entry of a finding, its file seen from a folder."""
        return cls(
            file="" if folder is None or not f.places else _seen_from(folder, f.places[0].file),
            source=f.around.get("source", f.source),
            focus=_text(f.focus, f.around.get("focus")),
            path=f.path_text if f.path is None else f.path.value,
            value="" if f.value is None else _text(f.value, f.around.get("value")),
            graph=f.passage or "",
            component=f.component or "",
            severity=f.severity,
        )

    def key(self, *, loose: bool = False) -> tuple[str, ...]:
        """Return what is compared: all but the file; loosely, blank nodes only by what leads to them."""
        nodes = (self.source, self.focus, self.value)
        told = map(without_content, nodes) if loose else nodes
        return (*told, self.path, self.graph, self.component, self.severity)

    def to_dict(self) -> dict[str, str]:
        """Return it as it stands in the file: parts that are empty are not there."""
        return {name: value for name, value in asdict(self).items() if value}

    def text(self, lang: str) -> str:
        """Return it in one line, for people."""
        nodes = map(without_content, (self.source, self.focus, self.value))
        source, focus, value = map(_short, nodes)
        said = " ".join(part for part in (source, focus, _short(self.path), value) if part)
        word = severity_word(self.severity, lang) if self.severity in SEVERITIES else self.severity
        return one_line(f"{word}{say(lang, ': ', '：')}{said}" + (f" ({self.file})" if self.file else ""))


@dataclass(frozen=True)
class Baseline:
    """A baseline file: its path and its entries."""

    path: Path
    entries: Sequence[Entry]


def read(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        CascqError: no such file, no JSON, no baseline, another version, an entry that is none.
    """
    from cascq.reading import read_text

    try:
        content = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise CascqError(
            f"{path}:{error.lineno}:{error.colno}: the baseline is no JSON: {error.msg}",
            f"{path}:{error.lineno}:{error.colno}：基线文件不是 JSON",
        ) from error
    if not isinstance(content, dict) or _MARK not in content:
        raise CascqError(
            f'{path}: not a baseline: "{_MARK}" is missing; `cascq validate --write-baseline FILE` writes one',
            f"{path}：不是基线文件：缺少“{_MARK}”；可用 `cascq validate --write-baseline FILE` 生成",
        )
    if content[_MARK] != VERSION:
        raise CascqError(
            f"{path}: a baseline of version {content[_MARK]!r}; this cascq reads version {VERSION}",
            f"{path}：基线文件的版本为 {content[_MARK]!r}，此 cascq 只能读取版本 {VERSION}",
        )
    listed = content.get("findings")
    if not isinstance(listed, list):
        raise CascqError(f'{path}: "findings" must be a list', f"{path}：“findings”应为列表")
    return Baseline(path, [_entry(path, number, item) for number, item in enumerate(listed, 1)])


def _entry(path: Path, number: int, item: Any) -> Entry:
    """Return an entry of a file after looking whether it is one."""
    names = [field.name for field in fields(Entry)]
    if (
        not isinstance(item, dict)
        or not all(isinstance(value, str) and _is_text(value) for value in item.values())
        or not {"source", "focus", "severity"} <= set(item) <= set(names)
    ):
        raise CascqError(
            f"{path}: finding {number} of the baseline must have texts only: source, focus, severity, and where there "
            "are any path, value, graph, component, file",
            f"{path}：基线中的第 {number} 条应只含文本：source、focus、severity，"
            "以及可有的 path、value、graph、component、file",
        )
    return Entry(**{name: item.get(name, "") for name in names})


def _is_text(value: str) -> bool:
    """Tell whether a string of JSON can be written again: half of a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def match(findings: Sequence[Finding], entries: Sequence[Entry]) -> tuple[list[bool], list[Entry]]:
    """Find the entry of each finding; an entry stands for one finding.

    Findings at blank nodes for which there is no exact entry may take one with the same way to the node.

    Returns:
        For each finding, whether it has an entry; and the entries without a finding.
    """
    known = [False] * len(findings)
    asked = [Entry.of(finding) for finding in findings]
    left = list(entries)
    for loose in (False, True):
        available: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for entry in reversed(left):
            available[entry.key(loose=loose)].append(entry)
        for index, entry in enumerate(asked):
            if not known[index] and (same := available.get(entry.key(loose=loose))):
                same.pop()
                known[index] = True
        left = [entry for same in available.values() for entry in same]
    return known, sorted(left)


def apply(report: Report, baseline: Baseline, paths: Paths | None = None) -> Report:
    """Return a report in which the findings of a baseline are accepted: `findings` holds the others.

    Args:
        report: what validation found.
        baseline: what is accepted.
        paths: what was validated, as it was given to `validate`. An entry about a file that exists and was not read
            this time has not vanished; nor has one of a check that was not run.
    """
    findings = [*report.findings, *report.left_out]
    known, left = match(findings, baseline.entries)
    number = len(report.findings)
    accepted = [f for f, is_known in zip(findings, known, strict=True) if is_known]
    unseen = set(_out_of_sight(left, report, baseline, paths))
    return replace(
        report,
        findings=[f for f, is_known in zip(report.findings, known[:number], strict=True) if not is_known],
        left_out=[f for f, is_known in zip(report.left_out, known[number:], strict=True) if not is_known],
        accepted=[*report.accepted, *accepted],
        vanished=[entry for entry in left if entry not in unseen],
        baseline=str(baseline.path),
    )


def write(path: Path, report: Report, old: Baseline | None = None, paths: Paths | None = None) -> int:
    """Write all findings of a report as a baseline, whole or not at all.

    Args:
        path: the file; one that exists must be a baseline.
        report: what validation found; findings that are accepted or left out are written too.
        old: the baseline that this one follows: what it says of files that were not read this time is kept.
        paths: what was validated; see `apply`.

    Returns:
        The number of entries.

    Raises:
        CascqError: it cannot be written, or another kind of file has this name; nothing was changed.
    """
    from cascq.export import write_file

    refuse_other_file(path)
    folder = path.resolve().parent
    findings = [*report.findings, *report.accepted, *report.left_out]
    entries = [Entry.of(finding, folder) for finding in findings]
    if old is not None:
        kept = _out_of_sight(match(findings, old.entries)[1], report, old, paths)
        entries += [replace(e, file=_seen_from(folder, old.path.resolve().parent / e.file)) for e in kept]
    lines = [json.dumps(entry.to_dict(), ensure_ascii=False) for entry in sorted(entries)]
    listed = "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
    write_file(path, f'{{\n"{_MARK}": {VERSION},\n"findings": {listed}\n}}\n')
    return len(entries)


def refuse_other_file(path: Path) -> None:
    """Raise an error if a file that is no baseline has this name: the data, in a slip of the command line."""
    if not path.exists():
        return
    try:
        read(path)
    except CascqError as error:
        raise CascqError(
            f"{error.en}\nit is not overwritten; remove it, or name another file: --write-baseline=FILE",
            f"{error.zh}\n不会覆盖此文件；请先删除，或另指定文件：--write-baseline=FILE",
        ) from error


def _out_of_sight(entries: Sequence[Entry], report: Report, baseline: Baseline, paths: Paths | None) -> list[Entry]:
    """Return the entries of which this run can say nothing: other files, or checks that were not run."""
    from cascq import resources
    from cascq.reading import find_files

    if not entries:
        return []
    files = {file.resolve() for file in find_files([resources.data()] if paths is None else paths)}
    folder = baseline.path.resolve().parent
    found = []
    for entry in entries:
        file = (folder / entry.file).resolve()
        checked = entry.component or entry.source in report.check_names
        idle = not checked and (entry.source == "evidence" or not report.checks)
        if idle or (entry.file and file not in files and file.exists()):
            found.append(entry)
    return found


def _seen_from(folder: Path, file: str | Path) -> str:
    """Return the path of a file from a folder."""
    absolute = Path(file).resolve()
    try:
        return Path(os.path.relpath(absolute, folder)).as_posix()
    except ValueError:  # another drive
        return absolute.as_posix()


def _text(node: Node, around: str | None) -> str:
    """Return a node as N-Triples writes it, a blank node as what stands around it."""
    return (around or "[ ]") if isinstance(node, ox.BlankNode) else str(node)


def _short(text: str) -> str:
    """Return a part of an entry for people, IRIs as CURIEs."""
    iri = text[1:-1] if text.startswith("<") and text.endswith(">") and " " not in text else text
    return ns.shorten(iri)
