"""SARIF 2.1.0 (OASIS, with errata 01): a result for each finding, a rule for each shape and check that found any."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import cascq
from cascq import namespaces as ns
from cascq.language import LANGUAGES, say
from cascq.reports.ci_texts import (
    Fingerprints,
    Rule,
    details,
    json_lines,
    repository_path,
    rule_id,
    rules,
    shown_places,
)
from cascq.reports.report import SEVERITIES, Finding, Location, Report
from cascq.reports.turtle_report import CHECKS
from cascq.terms import one_line

_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_PROBLEMS = {"violation": "error", "warning": "warning", "info": "recommendation"}  # GitHub's words
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"


def sarif(report: Report, lang: str) -> str:
    """Return a report as SARIF.

    Paths are relative to the base %SRCROOT%, which is the repository's root on GitHub and GitLab, else the current
    folder; files elsewhere have absolute URIs. Every result has a location: GitHub refuses a whole log with one
    that has none. What a baseline accepts is there as unchanged and suppressed. Rules are described in `lang`,
    translated into the other language, and have both in their help.
    """
    results = [*((f, False) for f in report.findings), *((f, True) for f in report.accepted)]
    findings = sorted((f for f, _ in results), key=lambda f: SEVERITIES.index(f.severity))
    known = rules(replace(report, findings=findings))
    numbers = {name: index for index, name in enumerate(known)}
    gravest: dict[str, Finding] = {}
    for finding in findings:
        gravest.setdefault(rule_id(finding), finding)
    prints = Fingerprints()
    other = next(language for language in LANGUAGES if language != lang)
    run = {
        "tool": {
            "driver": {
                "name": "cascq",
                "version": cascq.__version__,
                "semanticVersion": cascq.__version__,
                "informationUri": ns.BASE.rstrip("/"),
                "language": lang,
                "rules": [_rule(name, rule, gravest[name], lang) for name, rule in known.items()],
            }
        },
        "translations": [
            {
                "name": "cascq",
                "language": other,
                "contents": ["localizedData"],
                "rules": [{"id": name, **_described(rule, other)} for name, rule in known.items()],
            }
        ],
        "language": lang,
        "invocations": [{"executionSuccessful": True}],
        "originalUriBaseIds": {
            _ROOT: {
                "description": {
                    "text": say(lang, "root of the repository, or current folder", "仓库的根目录，或当前文件夹")
                }
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [],
    }
    log = json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)
    before, key, after = log.rpartition('"results": ')
    listed = json_lines(
        {**_result(report, f, lang, numbers[rule_id(f)], prints), **_state(report, lang, is_accepted=is_accepted)}
        for f, is_accepted in results
    )
    return f"{before}{key}{listed}{after.removeprefix('[]')}\n"


def _described(rule: Rule, lang: str) -> dict[str, Any]:
    return {
        "shortDescription": {"text": one_line(rule.title[lang])},
        "fullDescription": {"text": rule.text[lang]},
    }


def _rule(name: str, rule: Rule, gravest: Finding, lang: str) -> dict[str, Any]:
    described: dict[str, Any] = {"id": name, **_described(rule, lang)}
    both = [lang, *(language for language in LANGUAGES if language != lang)]
    # A set: what a shape without messages says is the same in both languages.
    described["help"] = {"text": "\n\n".join(dict.fromkeys(rule.text[language] for language in both))}
    if (uri := _help_uri(gravest)) is not None:
        described["helpUri"] = uri
    described["defaultConfiguration"] = {"level": _LEVELS[gravest.severity]}
    described["properties"] = {
        "tags": ["RDF", "SHACL" if gravest.component else "SPARQL"],
        "problem.severity": _PROBLEMS[gravest.severity],
    }
    return described


def _help_uri(f: Finding) -> str | None:
    """Return the IRI of a shape or check as a URI; None for a shape that has none on the web."""
    iri = f.source if f.component else CHECKS + f.source
    if not iri.startswith(("https://", "http://")):
        return None
    return quote(iri, safe="%/:=&?~#+!$,;'@()*")


def _result(report: Report, f: Finding, lang: str, number: int, prints: Fingerprints) -> dict[str, Any]:
    first, *others = shown_places(f)
    result: dict[str, Any] = {
        "ruleId": rule_id(f),
        "ruleIndex": number,
        "level": _LEVELS[f.severity],
        "rank": 100.0 - 50.0 * SEVERITIES.index(f.severity),
        "message": {"text": "\n".join((f.messages[lang], *details(report, f, lang)))},
        "locations": [_location(first)],
        # Not GitHub's primaryLocationLineHash: GitHub's upload makes that itself, and warns of any other.
        "partialFingerprints": {"cascq/v1": prints.of(f, first)},
    }
    related = [
        *((place, say(lang, "the same", "同一问题")) for place in others),
        *([(f.source_place, say(lang, "asked for here", "要求出自此处"))] if f.source_place else []),
    ]
    if related:
        result["relatedLocations"] = [
            {"id": index, **_location(place), "message": {"text": text}} for index, (place, text) in enumerate(related)
        ]
    return result


def _state(report: Report, lang: str, *, is_accepted: bool) -> dict[str, Any]:
    """Return what a baseline says of a result; SARIF wants that of all results of a run or of none."""
    if not report.baseline:
        return {}
    said = say(lang, f"accepted in the baseline {report.baseline}", f"基线 {report.baseline} 已接受")
    suppression = {"kind": "external", "status": "accepted", "justification": said}
    return {
        "baselineState": "unchanged" if is_accepted else "new",
        "suppressions": [suppression] if is_accepted else [],
    }


def _location(place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.file)}
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


def _artifact(file: str) -> dict[str, Any]:
    path = PurePosixPath(repository_path(file))
    if path.is_absolute() or path.parts[:1] == ("..",):
        return {"uri": Path(os.path.normpath(Path.cwd() / path)).as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": _ROOT}
