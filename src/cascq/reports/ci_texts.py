"""What the formats for CI have in common: names of rules, lines about a finding, paths, and fingerprints."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq import resources
from cascq.built_in import BUILT_IN
from cascq.language import LANGUAGES
from cascq.reports.report import Finding, Location, Report
from cascq.terms import one_line

# The services' variables for the folder of the repository, from which they read paths.
_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
_LONGEST_RULE = 255  # what GitHub takes as the id of a rule
_EVIDENCE = {
    "zh": "与来源文献不符：段落、名称、日期或数字",
    "en": "Not as in the source document: a passage, name, date or number",
}


def rule_id(f: Finding) -> str:
    """Return the name of the shape or check, which stays from run to run.

    A shape without a name goes by its file, path and constraint, for its line moves and its label is the parser's.
    """
    if not f.source.startswith("_:"):
        return f.source_name
    file = "" if f.source_place is None else f.source_place.file
    name = one_line(" ".join(part for part in ("[]", file, f.place[1], f.expected) if part))
    return name if len(name) <= _LONGEST_RULE else name[: _LONGEST_RULE - 1] + "…"


@dataclass(frozen=True)
class Rule:
    """What a shape or check asks for, in zh and en.

    Attributes:
        title: a few words.
        text: what is wrong if it finds something, and what to do.
    """

    title: Mapping[str, str]
    text: Mapping[str, str]


def rules(report: Report) -> dict[str, Rule]:
    """Return the rules that found something, by `rule_id`, in natural order.

    A check says itself what it is for. A shape has its message, if that is the same for all its findings.
    """
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found[rule_id(finding)].append(finding)
    return {name: _rule(name, found[name]) for name in sorted(found, key=ns.natural_key)}


def _rule(name: str, findings: list[Finding]) -> Rule:
    expected = {f.expected for f in findings}
    title = one_line(f"{name} {expected.pop()}".strip()) if len(expected) == 1 and name[:1] != "[" else name
    titles = dict.fromkeys(LANGUAGES, title)
    if findings[0].component is None:
        if (own := BUILT_IN.get(findings[0].source)) is not None:
            return Rule(own.title, own.description)
        if findings[0].source == "evidence":
            return Rule(_EVIDENCE, _EVIDENCE)
        path = resources.root() / "queries" / "checks" / f"{findings[0].source}.rq"
        if path.is_file():
            from cascq.checks import read_check

            check = read_check(path)
            return Rule(check.title, check.description)
    messages = {tuple(f.messages[lang] for lang in LANGUAGES) for f in findings}
    return Rule(titles, dict(zip(LANGUAGES, messages.pop(), strict=True)) if len(messages) == 1 else titles)


def title(f: Finding) -> str:
    """Return the shape and its constraint, or the check, in one line."""
    return one_line(f"{f.source_name} {f.expected}".strip())


def details(report: Report, f: Finding, lang: str) -> Iterator[str]:
    """Yield lines on what a finding is about: node and label, path and value, shape or check, passages."""
    _, path, value = f.place
    value = "" if f.value == f.focus and not path else value  # what a node shape says of the node itself
    yield report.subject(f, lang)
    if path or value:
        yield one_line(f"{path} {value}".strip())
    place = "" if f.source_place is None else f" ({f.source_place.file}:{f.source_place.line or 1})"
    yield one_line(title(f) + place)
    if f.graphs:
        yield one_line(" ".join(map(ns.shorten, f.graphs)))


def json_lines(items: Iterable[Any]) -> str:
    """Return a JSON list with an item in each line: ten times faster than indented JSON, and good to compare."""
    lines = [json.dumps(item, ensure_ascii=False) for item in items]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def repository_path(file: str) -> str:
    """Return the path of a file from the root of the repository, which is what CI services ask for.

    Args:
        file: the path from the current folder. It stays as it is outside of the services and for files elsewhere.
    """
    return _repository_path(file, Path.cwd(), tuple(root for name in _ROOTS if (root := os.environ.get(name))))


@lru_cache(maxsize=1024)
def _repository_path(file: str, folder: Path, roots: tuple[str, ...]) -> str:
    path = Path(os.path.normpath(folder / file))
    for root in roots:
        if path.is_relative_to(Path(root).resolve()):
            return path.relative_to(Path(root).resolve()).as_posix()
    return Path(os.path.normpath(file)).as_posix()


def shown_places(f: Finding) -> tuple[Location, ...]:
    """Return the places of a finding; for one without, its shape or check, or else the folder: services want a place.

    Shapes and checks count only if they are in the repository, not if they came with an installed package.
    """
    if f.places:
        return f.places
    source = f.source_place
    if source is not None and not Path(repository_path(source.file)).is_absolute():
        return (source,)
    return (Location("."),)


class Fingerprints:
    """Names of findings that stay when lines move, and that differ from each other in one report."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, ...]] = Counter()

    def of(self, f: Finding, place: Location) -> str:
        """Return the fingerprint of a finding at a place: what is said of what, in which file."""
        focus, path, value = f.place
        around = f.around  # the names of blank nodes depend on other findings
        key = (
            f.severity,
            f.component or "",
            around.get("source", "") if f.source.startswith("_:") else f.source,
            around.get("focus", place.text.strip()) if isinstance(f.focus, ox.BlankNode) else focus,
            path,
            around.get("value", "") if isinstance(f.value, ox.BlankNode) else value,
            f.expected,
            place.file,
        )
        self._seen[key] += 1
        return hashlib.sha256("\n".join((*key, str(self._seen[key]))).encode()).hexdigest()
