"""What CI services read: GitHub workflow commands, GitLab code quality, SARIF 2.1.0 and JUnit.

All are in the order of the report and hold neither times nor random names, so the same data give the same text.
"""

from __future__ import annotations

import hashlib
from itertools import groupby

from cascq.language import say
from cascq.reports.ci_texts import Fingerprints, details, json_lines, repository_path, rule_id, shown_places, title
from cascq.reports.report import Finding, Report
from cascq.terms import one_line

_GITHUB = {"violation": "error", "warning": "warning", "info": "notice"}
_GITLAB = {"violation": "major", "warning": "minor", "info": "info"}
_ANNOTATIONS = 10  # of each level that GitHub shows of a step
_TITLE = 255  # characters of the title of an annotation that GitHub takes
_MESSAGE = 16_000  # characters of its text: GitHub takes 64 KB, and a character has four bytes at most


def render(report: Report, form: str, lang: str, severity: str = "violation") -> str:
    """Return a report in one of the formats.

    Args:
        report: the report.
        form: "github": a workflow command for each finding, which GitHub shows at its line, as many as GitHub shows.
            "gitlab": a code quality report (JSON), an issue for each place of each finding. "sarif" and "junit": see
            `cascq.reports.sarif` and `cascq.reports.junit`.
        lang: language of the messages.
        severity: for "junit", the lowest severity that is a failure.
    """
    if form == "sarif":
        from cascq.reports.sarif import sarif

        return sarif(report, lang)
    if form == "junit":
        from cascq.reports.junit import junit

        return junit(report, lang, severity)
    return _gitlab(report, lang) if form == "gitlab" else _github(report, lang)


def _github(report: Report, lang: str) -> str:
    """Return workflow commands; what is beyond GitHub's limit is counted in the last of its level, and listed."""
    commands: list[str] = []
    rest: list[str] = []
    for severity, found in groupby(report.findings, key=lambda f: f.severity):
        findings = list(found)
        shown = len(findings) if len(findings) <= _ANNOTATIONS else _ANNOTATIONS - 1
        commands += [_annotation(report, finding, lang) for finding in findings[:shown]]
        if left := findings[shown:]:
            text = say(lang, f"{len(left)} more: see the log of this step", f"另有 {len(left)} 条，见此步骤的日志")
            commands.append(f"::{_GITHUB[severity]} title=cascq::{text}")
            rest += [_plain(finding, lang) for finding in left]
    if rest:
        # Data must not be taken for commands. Nobody can write this token into the data that it is made from.
        token = "cascq-" + hashlib.sha256("\n".join(rest).encode()).hexdigest()
        commands += [f"::stop-commands::{token}", *rest, f"::{token}::"]
    return "".join(f"{line}\n" for line in commands)


def _annotation(report: Report, f: Finding, lang: str) -> str:
    properties: dict[str, object] = {}
    if f.places:
        place = f.places[0]
        properties["file"] = repository_path(place.file)
        if place.line is not None:
            properties["line"] = properties["endLine"] = place.line
        if place.column is not None:
            properties["col"] = place.column
            if place.end_column is not None:
                properties["endColumn"] = place.end_column
    properties["title"] = _cut(title(f), _TITLE)
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    lines = [f.messages[lang], *details(report, f, lang)]
    if others := ", ".join(str(place) for place in f.places[1:]):
        lines.append(say(lang, f"also at: {others}", f"另见：{others}"))
    return f"::{_GITHUB[f.severity]} {listed}::{_data(_cut(chr(10).join(lines), _MESSAGE))}"


def _plain(f: Finding, lang: str) -> str:
    where = " ".join(str(place) for place in f.places) or f.place[0]
    return one_line(f"{where}: {f.severity}: {f.messages[lang]} ({title(f)})")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _data(text: str) -> str:
    """Escape a message of a workflow command, as GitHub's own toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property of a workflow command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _gitlab(report: Report, lang: str) -> str:
    prints = Fingerprints()
    issues = (
        {
            "description": one_line(f"{report.subject(finding, lang)}: {finding.messages[lang]}"),
            "check_name": rule_id(finding),
            "fingerprint": prints.of(finding, place),
            "severity": _GITLAB[finding.severity],
            "location": {"path": repository_path(place.file), "lines": {"begin": place.line or 1}},
        }
        for finding in report.findings
        for place in shown_places(finding)
    )
    return json_lines(issues) + "\n"
