"""The forms of the report that CI services read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from cascq.cli import main
from cascq.reports import ci_formats
from cascq.reports.report import FORMATS, Location, Report
from cascq.validation import validate
from sample_report import EMPTY, FINDING, REMARK, REPORT, WARNING, report_of

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


def test_github_marks_the_first_place_of_each_finding() -> None:
    commands = [parse(line) for line in REPORT.render("github", "en").splitlines()]
    title = "csh:Event-date sh:datatype xsd:date"
    position = {"line": "3", "endLine": "3", "col": "12", "endColumn": "21"}
    assert [command[:2] for command in commands] == [
        ("error", {"file": "data/a b,c.trig", **position, "title": title}),
        ("warning", {"file": "data/c.jsonld", "title": "a-check"}),
        ("notice", {"title": "evidence"}),
    ]
    assert commands[0][2].splitlines() == [
        "Not a date.",
        "id:one",
        'cascq:date "2016-13"',
        "csh:Event-date sh:datatype xsd:date (ontology/shapes/events.ttl:5)",
        "https://w3id.org/cascq/source/report/1-1",
        "also at: data/b.trig:7:5",
    ]


def test_github_gets_no_last_column_of_a_term_that_goes_on_in_the_next_line() -> None:
    long = replace(FINDING, places=FINDING.places[1:])
    (command,) = map(parse, report_of(long).render("github", "en").splitlines())
    assert command[1].items() >= {"line": "7", "endLine": "7", "col": "5"}.items()
    assert "endColumn" not in command[1]


def test_github_escapes_what_would_end_a_command() -> None:
    first, second, _ = REPORT.render("github", "en").splitlines()
    assert "file=data/a b%2Cc.trig," in first
    assert "title=csh%3AEvent-date" in first
    assert "::50%25, see: one%0D%0Atwo%0A" in second
    assert parse(second)[2].startswith("50%, see: one\r\ntwo\n")
    assert "::一行%0A二行，100%25：%0A" in REPORT.render("github", "zh")
    sly = replace(FINDING, messages={"zh": "", "en": "a\n::error ::b\r%0A"}, places=())
    (line,) = report_of(sly).render("github", "en").splitlines()
    assert line.count("\n") == 0
    assert "::a%0A::error ::b%0D%250A%0A" in line


def test_github_gets_no_more_than_it_shows() -> None:
    """GitHub shows ten annotations of each level of a step, and is silent on the others."""
    exactly = report_of(*[FINDING] * 10, *[WARNING] * 10).render("github", "en").splitlines()
    assert [parse(line)[0] for line in exactly] == ["error"] * 10 + ["warning"] * 10
    lines = report_of(*[FINDING] * 12, *[WARNING] * 10, REMARK).render("github", "en").splitlines()
    commands, rest = lines[:21], lines[21:]
    assert [parse(line)[0] for line in commands] == ["error"] * 10 + ["warning"] * 10 + ["notice"]
    assert parse(lines[9]) == ("error", {"title": "cascq"}, "3 more: see the log of this step")
    assert len(rest) == 5
    assert "data/a b,c.trig:3:12 data/b.trig:7:5: violation: Not a date. (csh:Event-date" in rest[1]


def test_what_github_lists_in_the_log_is_never_taken_for_a_command() -> None:
    sly = replace(FINDING, messages={"zh": "", "en": "##[set-env name=PATH]/evil\n::add-mask::x"}, places=())
    lines = report_of(*[sly] * 11).render("github", "en").splitlines()
    stop, *listed, go = lines[10:]
    token = stop.removeprefix("::stop-commands::")
    assert re.fullmatch("cascq-[0-9a-f]{64}", token)
    assert go == f"::{token}::"
    assert len(listed) == 2
    assert all("##[set-env name=PATH]/evil ::add-mask::x" in line and token not in line for line in listed)


def test_github_takes_texts_of_limited_length() -> None:
    long = replace(FINDING, expected="sh:in ( " + "字" * 400 + " )", messages={"zh": "", "en": "长" * 40_000})
    (command,) = map(parse, report_of(long).render("github", "en").splitlines())
    assert len(command[1]["title"]) == 255
    assert len(command[2].encode()) < 64 * 1024


def test_files_are_named_from_the_root_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    elsewhere = replace(FINDING, places=(Location("../../other.ttl", 1, 1, 1, "x"),), source_place=None)
    outside = report_of(elsewhere).render("github", "en")
    assert "file=../../other.ttl," in outside
    for variable in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        with monkeypatch.context() as service:
            service.setenv(variable, str(tmp_path))
            assert "file=sub/data/a b%2Cc.trig," in REPORT.render("github", "en")
            assert json.loads(REPORT.render("gitlab", "en"))[0]["location"]["path"] == "sub/data/a b,c.trig"
            assert '"uri": "sub/data/a%20b%2Cc.trig"' in REPORT.render("sarif", "en")
            assert 'file="sub/data/a b,c.trig"' in REPORT.render("junit", "en")
            assert report_of(elsewhere).render("github", "en") == outside
            up = replace(FINDING, places=(Location("../up.ttl", 1, 1, 1, "x"),))
            assert "file=up.ttl," in report_of(up).render("github", "en")


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
    assert issues[0]["check_name"] == "csh:Event-date"
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


# --- JUnit ---


# What the services read of JUnit's elements, and what may stand in them.
JUNIT = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, {"testcase"}),
    "testcase": ({"name", "classname", "file", "line"}, {"failure", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}


def cases(report: Report, severity: str = "violation") -> dict[str, ET.Element]:
    """Read a JUnit report, check its structure and counts, and return its cases by name."""
    top = ET.XML(report.render("junit", "en", severity).encode())
    assert top.tag == "testsuites"
    for element in top.iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    names = [(case.get("classname"), case.get("name")) for case in top.iter("testcase")]
    assert len(set(names)) == len(names)
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
    assert (case.get("classname"), case.get("file"), case.get("line")) == ("cascq.shapes", "data/a b,c.trig", "3")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "Not a date."
    assert str(failure.text).splitlines()[0] == "data/a b,c.trig:3:12 data/b.trig:7:5: violation: Not a date."
    assert "50%, see" in str(found["a-check"].findtext("system-out"))
    assert not list(found["b-check"])


@pytest.mark.parametrize(
    ("severity", "failing", "printed"),
    [
        ("violation", ["csh:Event-date"], ["a-check", "evidence"]),
        ("warning", ["csh:Event-date", "a-check"], ["evidence"]),
        ("info", ["csh:Event-date", "a-check", "evidence"], []),
    ],
)
def test_severity_says_what_is_a_failure(severity: str, failing: list[str], printed: list[str]) -> None:
    found = cases(REPORT, severity)
    assert [name for name, case in found.items() if case.find("failure") is not None] == failing
    assert [name for name, case in found.items() if case.find("system-out") is not None] == printed


def test_a_shape_may_fail_and_remark() -> None:
    case = cases(report_of(FINDING, replace(FINDING, severity="info")))["csh:Event-date"]
    assert [child.tag for child in case] == ["failure", "system-out"]


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


@pytest.mark.parametrize("form", ["github", "gitlab", "junit"])
def test_real_findings_in_every_form(form: str, tmp_path: Path) -> None:
    path = tmp_path / "slip.trig"
    path.write_text(
        "<https://w3id.org/cascq/source/invented/1-1> {\n"
        " <https://w3id.org/cascq/id/nobody> a <https://w3id.org/cascq/ontology#Persn> .\n}",
        encoding="utf-8",
    )
    report = validate([path])
    text = report.render(form, "en")
    if form == "junit":
        assert "undeclared-class" in cases(report)
    elif form == "gitlab":
        assert {issue["location"]["path"] for issue in json.loads(text)} == {path.as_posix()}
    else:
        assert all(parse(line)[1]["file"] == path.as_posix() for line in text.splitlines())
