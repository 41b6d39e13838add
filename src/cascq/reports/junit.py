"""JUnit's XML as CI services read it: a case for each shape and each check that was run."""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree import ElementTree as ET

from cascq import namespaces as ns
from cascq.reports.ci_texts import details, repository_path, rule_id
from cascq.reports.report import SEVERITIES, Finding, Report
from cascq.terms import one_line

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, lang: str, severity: str = "violation") -> str:
    """Return a report as JUnit's XML. A shape without a name has a case only if it found something.

    Args:
        report: the report.
        lang: language of the messages.
        severity: findings of this severity and graver ones are failures; the others are in the output of their case,
            which passes if it has no other.
    """
    failing = SEVERITIES[: SEVERITIES.index(severity) + 1] if severity in SEVERITIES else SEVERITIES
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found["shapes" if finding.component else "checks", rule_id(finding)].append(finding)
    suites = {
        "shapes": {ns.shorten(iri) for iri in report.focus_nodes if ":" in iri.removeprefix("_:")},
        "checks": set(report.check_names),
    }
    for suite, name in found:
        suites[suite].add(name)
    top = ET.Element("testsuites", name="cascq validate")
    for suite, names in suites.items():
        if not names:
            continue
        element = ET.SubElement(top, "testsuite", name=suite)
        for name in sorted(names, key=ns.natural_key):
            findings = found.get((suite, name), [])
            case = ET.SubElement(element, "testcase", classname=f"cascq.{suite}", name=_xml(name))
            if findings and findings[0].places:
                case.set("file", _xml(repository_path(findings[0].places[0].file)))
                if findings[0].places[0].line is not None:
                    case.set("line", str(findings[0].places[0].line))
            if failures := [f for f in findings if f.severity in failing]:
                message = one_line(failures[0].messages[lang])
                failure = ET.SubElement(case, "failure", type=failures[0].severity, message=_xml(message))
                failure.text = _xml("\n\n".join(_text(report, f, lang) for f in failures))
            if rest := [f for f in findings if f.severity not in failing]:
                ET.SubElement(case, "system-out").text = _xml("\n\n".join(_text(report, f, lang) for f in rest))
        counts = (("tests", len(names)), ("failures", len(element.findall("testcase/failure"))))
        for key, count in (*counts, ("errors", 0), ("skipped", 0)):
            element.set(key, str(count))
    for key in ("tests", "failures", "errors"):
        top.set(key, str(sum(int(suite.get(key, "0")) for suite in top)))
    ET.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode") + "\n"


def _text(report: Report, f: Finding, lang: str) -> str:
    where = " ".join(str(place) for place in f.places) or "-"
    return "\n".join((f"{where}: {f.severity}: {f.messages[lang]}", *details(report, f, lang)))


def _xml(text: str) -> str:
    """Replace what XML 1.0 cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
