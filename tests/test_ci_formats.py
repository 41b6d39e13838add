"""The forms of the report that CI services read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from cascq import ci_formats
from cascq.cli import main
from cascq.names import Names
from cascq.report import FORMATS, Finding, Location, Report

NODE = ox.NamedNode("https://w3id.org/cascq/id/one")
FINDING = Finding(
    severity="violation",
    source="https://w3id.org/cascq/shapes/Event-date",
    focus=NODE,
    path=ox.NamedNode("https://w3id.org/cascq/ontology#date"),
    value=ox.Literal("2016-13"),
    component="http://www.w3.org/ns/shacl#DatatypeConstraintComponent",
    messages={"zh": "日期有误。", "en": "Not a date."},
    passage=None,
    expected="sh:datatype xsd:date",
    graphs=("https://w3id.org/cascq/source/report/1-1",),
    places=(
        Location("data/a b,c.trig", 3, 12, 9, 'id:one :date "2016-13" .'),
        Location("data/b.trig", 7, 5, 90, 'id:one """long'),
    ),
    source_place=Location("ontology/shapes/events.ttl", 5, 1, 14, "csh:Event-date a sh:PropertyShape ;"),
)
WARNING = replace(
    FINDING,
    severity="warning",
    source="a-check",
    component=None,
    path=None,
    value=None,
    expected="",
    messages={"zh": "一行\n二行，100%：", "en": "50%, see: one\r\ntwo"},
    places=(Location("data/c.jsonld"),),
    source_place=Location("queries/checks/a-check.rq", 1),
)
REMARK = replace(WARNING, severity="info", source="evidence", places=(), source_place=None, graphs=())


def report_of(*findings: Finding) -> Report:
    """A report with these findings."""
    return Report(
        findings=findings,
        files=1,
        statements=1,
        focus_nodes={"https://w3id.org/cascq/shapes/Event": 2, FINDING.source: 1},
        checks=2,
        engine="pyshacl",
        seconds=1.5,
        names=Names(ox.Store()),
        check_names=("a-check", "b-check", "literals", "evidence"),
    )


REPORT = report_of(FINDING, WARNING, REMARK)
EMPTY = report_of()


# --- GitHub ---


def parse(command: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as GitHub's runner does."""
    match = re.fullmatch(r"::(\w+) ([^:\r\n]*)::([^\r\n]*)", command)
    assert match, command
    properties = {}
    for pair in match[2].split(","):
        key, _, value = pair.partition("=")
        for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            value = value.replace(code, character)
        properties[key] = value
    return match[1], properties, match[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def test_github_marks_each_place() -> None:
    commands = [parse(line) for line in REPORT.render("github", "en").splitlines()]
    title = "csh:Event-date sh:datatype xsd:date"
    position = {"line": "3", "endLine": "3", "col": "12", "endColumn": "21"}
    assert [command[:2] for command in commands] == [
        ("error", {"file": "data/a b,c.trig", **position, "title": title}),
        # a term that goes on in the next line has no last column in this one
        ("error", {"file": "data/b.trig", "line": "7", "endLine": "7", "col": "5", "title": title}),
        ("warning", {"file": "data/c.jsonld", "title": "a-check"}),
        ("notice", {"title": "evidence"}),
    ]
    assert commands[0][2].splitlines() == [
        "Not a date.",
        "id:one",
        'cascq:date "2016-13"',
        "csh:Event-date sh:datatype xsd:date (ontology/shapes/events.ttl:5)",
        "https://w3id.org/cascq/source/report/1-1",
    ]


def test_github_escapes_what_would_end_a_command() -> None:
    first, second, third, _ = REPORT.render("github", "en").splitlines()
    assert "file=data/a b%2Cc.trig," in first
    assert "title=csh%3AEvent-date" in second
    assert "::50%25, see: one%0D%0Atwo%0A" in third
    assert parse(third)[2].startswith("50%, see: one\r\ntwo\n")
    assert "::一行%0A二行，100%25：%0A" in REPORT.render("github", "zh")
    sly = replace(FINDING, messages={"zh": "", "en": "a\n::error ::b\r%0A"}, places=())
    (line,) = report_of(sly).render("github", "en").splitlines()
    assert line.count("\n") == 0
    assert "::a%0A::error ::b%0D%250A%0A" in line


# --- GitLab ---


def test_gitlab() -> None:
    issues = json.loads(REPORT.render("gitlab", "en"))
    assert [(i["location"]["path"], i["location"]["lines"]["begin"], i["severity"]) for i in issues] == [
        ("data/a b,c.trig", 3, "major"),
        ("data/b.trig", 7, "major"),
        ("data/c.jsonld", 1, "minor"),
        (".", 1, "info"),
    ]
    assert issues[0]["description"] == "id:one: Not a date."
    assert issues[0]["check_name"] == "csh:Event-date sh:datatype xsd:date"
    assert all(set(i) == {"description", "check_name", "fingerprint", "severity", "location"} for i in issues)
    assert len({i["fingerprint"] for i in issues}) == len(issues)


def prints(report: Report) -> list[str]:
    return [issue["fingerprint"] for issue in json.loads(report.render("gitlab", "en"))]


def test_a_fingerprint_stays_when_lines_move_and_words_change() -> None:
    moved = tuple(replace(place, line=place.line + 40) for place in FINDING.places if place.line)
    told = {"zh": "别的话", "en": "Other words"}
    assert prints(report_of(FINDING)) == prints(report_of(replace(FINDING, places=moved, messages=told)))
    assert prints(report_of(FINDING)) != prints(report_of(replace(FINDING, value=ox.Literal("2016-14"))))


def test_fingerprints_of_blank_nodes_do_not_hang_on_their_names() -> None:
    one, two = (replace(FINDING, focus=ox.BlankNode(name), source="_:" + name) for name in ("b1", "b2"))
    assert prints(report_of(one)) == prints(report_of(two))


def test_what_is_said_twice_of_one_place_has_two_fingerprints() -> None:
    assert len(set(prints(report_of(FINDING, FINDING)))) == 4


# --- SARIF ---


def check_location(location: dict[str, Any]) -> None:
    """Check a location against what the schema asks of it."""
    physical = location["physicalLocation"]
    uri = physical["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:file:///)?[\w./%~-]+", uri, re.ASCII), uri
    region = physical.get("region")
    if region is not None:
        assert region["startLine"] >= 1
        assert all(isinstance(region[k], int) and region[k] >= 1 for k in ("startColumn", "endColumn") if k in region)
        assert set(region) <= {"startLine", "startColumn", "endColumn", "snippet"}
        assert isinstance(region.get("snippet", {"text": ""})["text"], str)


def check_sarif(text: str) -> dict[str, Any]:
    """Check the essentials of the schema of SARIF 2.1.0, and return the run."""
    log = json.loads(text)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "cascq"
    assert driver["version"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert all(isinstance(invocation["executionSuccessful"], bool) for invocation in run["invocations"])
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert all(isinstance(v, str) for v in result["partialFingerprints"].values())
        for location in (*result["locations"], *result.get("relatedLocations", [])):
            check_location(location)
        related = [location["id"] for location in result.get("relatedLocations", [])]
        assert related == list(range(len(related)))
        assert all(location["message"]["text"] for location in result.get("relatedLocations", []))
    return dict(run)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sarif(lang: str) -> None:
    run = check_sarif(REPORT.render("sarif", lang))
    first, second, third = run["results"]
    assert [r["level"] for r in run["results"]] == ["error", "warning", "note"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["a-check", "csh:Event-date", "evidence"]
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "data/a%20b%2Cc.trig"},
                "region": {
                    "startLine": 3,
                    "startColumn": 12,
                    "endColumn": 21,
                    "snippet": {"text": 'id:one :date "2016-13" .'},
                },
            }
        }
    ]
    uris = [r["physicalLocation"]["artifactLocation"]["uri"] for r in first["relatedLocations"]]
    assert uris == ["data/b.trig", "ontology/shapes/events.ttl"]
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert third["locations"] == []


def test_sarif_of_a_file_elsewhere_and_of_nothing() -> None:
    elsewhere = replace(FINDING, places=(Location("/srv/数据.ttl", 1, 1, 1, "x"),))
    (result,) = check_sarif(report_of(elsewhere).render("sarif", "en"))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "file:///srv/%E6%95%B0%E6%8D%AE.ttl"
    assert check_sarif(EMPTY.render("sarif", "en"))["results"] == []


# --- JUnit ---


def cases(report: Report) -> dict[str, ET.Element]:
    """Read a JUnit report, check its counts, and return its cases by name."""
    top = ET.fromstring(report.render("junit", "en").encode())  # noqa: S314  # our own
    assert top.tag == "testsuites"
    for suite in top:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
    assert top.get("tests") == str(len(top.findall("testsuite/testcase")))
    assert top.get("failures") == str(len(top.findall("testsuite/testcase/failure")))
    return {str(case.get("name")): case for case in top.iter("testcase")}


def test_junit_has_a_case_for_each_shape_and_check() -> None:
    found = cases(REPORT)
    assert list(found) == ["csh:Event", "csh:Event-date", "a-check", "b-check", "evidence", "literals"]
    assert [name for name, case in found.items() if case.find("failure") is not None] == ["csh:Event-date"]
    case = found["csh:Event-date"]
    assert (case.get("classname"), case.get("file"), case.get("line")) == ("shapes", "data/a b,c.trig", "3")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "Not a date."
    assert str(failure.text).splitlines()[0] == "data/a b,c.trig:3:12 data/b.trig:7:5: violation: Not a date."
    assert "50%, see" in str(found["a-check"].findtext("system-out"))
    assert not list(found["b-check"])


def test_junit_of_nothing_found_passes() -> None:
    assert not any(list(case) for case in cases(EMPTY).values())


def test_junit_keeps_the_rules_of_xml() -> None:
    odd = replace(FINDING, messages={"zh": "", "en": "<a> & \x00\x1b]]> \ufffe 😀"}, source="urn:<&\x07>")
    failure = cases(report_of(odd))["urn:<&\ufffd>"].find("failure")
    assert failure is not None
    assert "<a> & \ufffd\ufffd]]> \ufffd 😀" in str(failure.text)


# --- All ---


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_line_gives_every_form(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.ttl").write_text("<x:a> a <x:Body> ;\n  <x:age> 9 .", encoding="utf-8")
    Path("shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<x:Body> sh:targetClass <x:Body> ; sh:property [ sh:path <x:age> ; sh:maxInclusive 4 ] .",
        encoding="utf-8",
    )
    assert main(["validate", "data.ttl", "--shapes", "shapes.ttl", "--format", form, "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert form == "turtle" or "data.ttl" in out


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif", "junit"])
def test_the_same_findings_give_the_same_text(form: str) -> None:
    assert REPORT.render(form, "en") == ci_formats.render(replace(REPORT, seconds=9.9), form, "en")
    assert "日期有误。" in REPORT.render(form, "zh")
    assert EMPTY.render(form, "en").strip() in {"", "[]"} or form in {"sarif", "junit"}


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif", "junit"])
def test_real_findings_in_every_form(form: str, tmp_path: Path) -> None:
    from cascq.validation import validate

    path = tmp_path / "slip.trig"
    path.write_text(
        "<https://w3id.org/cascq/source/invented/1-1> {\n"
        " <https://w3id.org/cascq/id/nobody> a <https://w3id.org/cascq/ontology#Persn> .\n}",
        encoding="utf-8",
    )
    report = validate([path])
    text = report.render(form, "en")
    if form == "sarif":
        assert check_sarif(text)["results"]
    elif form == "junit":
        assert "undeclared-class" in cases(report)
    elif form == "gitlab":
        assert {issue["location"]["path"] for issue in json.loads(text)} == {path.as_posix()}
    else:
        assert all(parse(line)[1]["file"] == path.as_posix() for line in text.splitlines())
