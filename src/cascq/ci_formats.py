"""What CI services read: GitHub workflow commands, GitLab code quality, SARIF 2.1.0 and JUnit.

All are in the order of the report and hold neither times nor random names, so the same data give the same text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pyoxigraph as ox

import cascq
from cascq import namespaces as ns
from cascq.language import say
from cascq.report import Finding, Location, Report
from cascq.terms import one_line

_GITHUB = {"violation": "error", "warning": "warning", "info": "notice"}
_GITLAB = {"violation": "major", "warning": "minor", "info": "info"}
_SARIF = {"violation": "error", "warning": "warning", "info": "note"}
_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, form: str, lang: str) -> str:
    """Return a report in one of the formats.

    Args:
        report: the report.
        form: "github": a workflow command for each place of each finding, which GitHub shows at its line. "gitlab": a
            code quality report (JSON), likewise. "sarif": SARIF 2.1.0, a result for each finding, a rule for each shape
            and check that found something. "junit": a case for each shape and check that was run; violations are
            failures, warnings and remarks are in the output of a case that passes.
        lang: language of the messages.
    """
    forms = {"github": _github, "gitlab": _gitlab, "sarif": _sarif, "junit": _junit}
    return forms[form](report, lang)


def _github(report: Report, lang: str) -> str:
    lines = []
    for finding in report.findings:
        for place in finding.places or (None,):
            properties: dict[str, object] = {}
            if place is not None:
                properties["file"] = place.file
                if place.line is not None:
                    properties["line"] = place.line
                    properties["endLine"] = place.line
                if place.column is not None:
                    properties["col"] = place.column
                    if place.end_column is not None:
                        properties["endColumn"] = place.end_column
            properties["title"] = _title(finding)
            listed = ",".join(f"{key}={_github_property(str(value))}" for key, value in properties.items())
            text = "\n".join((finding.messages[lang], *_details(report, finding, lang)))
            lines.append(f"::{_GITHUB[finding.severity]} {listed}::{_github_data(text)}\n")
    return "".join(lines)


def _github_data(text: str) -> str:
    """Escape a message of a workflow command, as GitHub's own toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    """Escape a property of a workflow command."""
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


def _gitlab(report: Report, lang: str) -> str:
    prints = _Fingerprints()
    issues = [
        {
            "description": one_line(f"{report.subject(finding, lang)}: {finding.messages[lang]}"),
            "check_name": _title(finding),
            "fingerprint": prints.of(finding, place),
            "severity": _GITLAB[finding.severity],
            "location": {"path": place.file, "lines": {"begin": place.line or 1}},
        }
        for finding in report.findings
        for place in finding.places or (Location("."),)
    ]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _sarif(report: Report, lang: str) -> str:
    first: dict[str, Finding] = {}
    for finding in report.findings:
        first.setdefault(finding.source_name, finding)
    rules = sorted(first, key=ns.natural_key)
    number = {name: index for index, name in enumerate(rules)}
    prints = _Fingerprints()
    results = []
    for f in report.findings:
        result: dict[str, Any] = {
            "ruleId": f.source_name,
            "ruleIndex": number[f.source_name],
            "level": _SARIF[f.severity],
            "message": {"text": "\n".join((f.messages[lang], *_details(report, f, lang)))},
            "locations": [_sarif_location(place) for place in f.places[:1]],
            "partialFingerprints": {"cascq/v1": prints.of(f, f.places[0] if f.places else Location("."))},
        }
        related = [
            *((place, say(lang, "the same", "同一问题")) for place in f.places[1:]),
            *([(f.source_place, say(lang, "asked for here", "要求出自此处"))] if f.source_place else []),
        ]
        if related:
            result["relatedLocations"] = [
                {"id": index, **_sarif_location(place), "message": {"text": text}}
                for index, (place, text) in enumerate(related)
            ]
        results.append(result)
    driver = {
        "name": "cascq",
        "version": cascq.__version__,
        "rules": [
            {"id": name, "shortDescription": {"text": one_line(f"{name} {first[name].expected}".strip())}}
            for name in rules
        ],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return (
        json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"
    )


def _sarif_location(place: Location) -> dict[str, Any]:
    path = PurePath(place.file)
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}
    }
    if place.line is not None:
        region: dict[str, Any] = {"startLine": place.line}
        if place.column is not None:
            region["startColumn"] = place.column
            if place.end_column is not None:
                region["endColumn"] = place.end_column
        if place.text:
            region["snippet"] = {"text": place.text}
        physical["region"] = region
    return {"physicalLocation": physical}


def _junit(report: Report, lang: str) -> str:
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found["shapes" if finding.component else "checks", finding.source_name].append(finding)
    suites = {
        "shapes": {ns.shorten(iri) for iri in report.focus_nodes},
        "checks": set(report.check_names),
    }
    for suite, name in found:
        suites[suite].add(name)
    top = ET.Element("testsuites", name="cascq validate")
    for suite, names in suites.items():
        if not names:
            continue
        element = ET.SubElement(top, "testsuite", name=suite)
        failures = 0
        for name in sorted(names, key=ns.natural_key):
            findings = found.get((suite, name), [])
            case = ET.SubElement(element, "testcase", classname=suite, name=_xml(name))
            failing = [f for f in findings if f.severity == "violation"]
            if findings and findings[0].places:
                case.set("file", _xml(findings[0].places[0].file))
                if findings[0].places[0].line is not None:
                    case.set("line", str(findings[0].places[0].line))
            if failing:
                failures += 1
                message = one_line(failing[0].messages[lang])
                failure = ET.SubElement(case, "failure", type="violation", message=_xml(message))
                failure.text = _xml("\n\n".join(_junit_text(report, f, lang) for f in failing))
            if rest := findings[len(failing) :]:  # the gravest come first
                ET.SubElement(case, "system-out").text = _xml("\n\n".join(_junit_text(report, f, lang) for f in rest))
        for key, count in (("tests", len(names)), ("failures", failures), ("errors", 0), ("skipped", 0)):
            element.set(key, str(count))
    for key in ("tests", "failures", "errors"):
        top.set(key, str(sum(int(suite.get(key, "0")) for suite in top)))
    ET.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode") + "\n"


def _junit_text(report: Report, f: Finding, lang: str) -> str:
    where = " ".join(str(place) for place in f.places) or "-"
    return "\n".join((f"{where}: {f.severity}: {f.messages[lang]}", *_details(report, f, lang)))


def _xml(text: str) -> str:
    """Replace what XML 1.0 cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _title(f: Finding) -> str:
    """Return the shape and its constraint, or the check."""
    return one_line(f"{f.source_name} {f.expected}".strip())


def _details(report: Report, f: Finding, lang: str) -> Iterator[str]:
    """Yield lines on what a finding is about: node and label, path and value, shape or check, passages."""
    _, path, value = f.place
    yield report.subject(f, lang)
    if path or value:
        yield one_line(f"{path} {value}".strip())
    place = "" if f.source_place is None else f" ({f.source_place.file}:{f.source_place.line or 1})"
    yield one_line(_title(f) + place)
    if f.graphs:
        yield one_line(" ".join(map(ns.shorten, f.graphs)))


class _Fingerprints:
    """Names of findings that stay when lines move, and that differ from each other in one report."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, ...]] = Counter()

    def of(self, f: Finding, place: Location) -> str:
        """Return the fingerprint of a finding at a place: what is said of what, in which file."""
        focus, path, value = f.place
        key = (
            f.severity,
            f.component or "",
            "" if f.source.startswith("_:") else f.source,  # the names of blank nodes depend on other findings
            place.text.strip() if isinstance(f.focus, ox.BlankNode) else focus,
            path,
            "" if isinstance(f.value, ox.BlankNode) else value,
            f.expected,
            place.file,
        )
        self._seen[key] += 1
        return hashlib.sha256("\n".join((*key, str(self._seen[key]))).encode()).hexdigest()
