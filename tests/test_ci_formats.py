"""The forms of the report that CI services read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from jsonschema import Draft4Validator, FormatChecker

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


# --- SARIF ---


SARIF_SHA256 = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"  # OASIS, errata 01


@pytest.fixture(scope="module")
def sarif_schema() -> Draft4Validator:
    """The official schema, out of a package that carries it; the package itself is not imported."""
    file = Path(str(distribution("linceo").locate_file("linceo/data/sarif-schema-2.1.0.json")))
    assert sha256(file.read_bytes()).hexdigest() == SARIF_SHA256
    schema = json.loads(file.read_text(encoding="utf-8"))
    return Draft4Validator(schema, format_checker=FormatChecker())


def run_of(report: Report, lang: str, schema: Draft4Validator) -> dict[str, Any]:
    """Check SARIF against its schema and against what it cannot say, and return the run."""
    log = json.loads(report.render("sarif", lang))
    schema.validate(log)
    assert log["$schema"] == schema.schema["id"]
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(set(ids)) == len(ids)
    (translation,) = run["translations"]
    assert [rule["id"] for rule in translation["rules"]] == ids
    assert {translation["language"], run["tool"]["driver"]["language"]} == {"zh", "en"}
    for rule in rules:  # what GitHub asks for
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert len(result["locations"]) == 1, "GitHub refuses a log with a result without location"
        for location in (*result["locations"], *result.get("relatedLocations", [])):
            artifact = location["physicalLocation"]["artifactLocation"]
            is_relative = not artifact["uri"].startswith("file:///")
            assert (artifact.get("uriBaseId") in run["originalUriBaseIds"]) == is_relative
        related = [location["id"] for location in result.get("relatedLocations", [])]
        assert related == list(range(len(related)))
    fingerprints = [result["partialFingerprints"]["cascq/v1"] for result in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)
    return dict(run)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sarif(lang: str, sarif_schema: Draft4Validator) -> None:
    run = run_of(REPORT, lang, sarif_schema)
    first, second, third = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [r["level"] for r in run["results"]] == ["error", "warning", "note"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["a-check", "csh:Event-date", "evidence"]
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "data/a%20b%2Cc.trig", "uriBaseId": "%SRCROOT%"},
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
    assert third["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "."


def test_sarif_of_a_file_elsewhere_and_of_nothing(sarif_schema: Draft4Validator) -> None:
    elsewhere = replace(FINDING, places=(Location("/srv/数据.ttl", 1, 1, 1, "x"), Location("../up.ttl", 1)))
    (result,) = run_of(report_of(elsewhere), "en", sarif_schema)["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///srv/%E6%95%B0%E6%8D%AE.ttl"}
    up = result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]
    assert up == {"uri": (Path.cwd().parent / "up.ttl").as_uri()}
    assert run_of(EMPTY, "en", sarif_schema)["results"] == []


def test_a_finding_without_place_stands_at_its_check_if_that_is_in_the_repository(
    sarif_schema: Draft4Validator,
) -> None:
    def place(finding: Finding) -> str:
        (result,) = run_of(report_of(finding), "en", sarif_schema)["results"]
        return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])

    assert place(replace(WARNING, places=())) == "queries/checks/a-check.rq"
    installed = Location("/usr/lib/python3/cascq/a-check.rq", 1)
    assert place(replace(WARNING, places=(), source_place=installed)) == "."


def test_sarif_suppresses_what_a_baseline_accepts(sarif_schema: Draft4Validator) -> None:
    report = replace(report_of(FINDING), accepted=[WARNING, FINDING], baseline="known.json")
    run = run_of(report, "zh", sarif_schema)
    assert [(r["ruleId"], r["baselineState"]) for r in run["results"]] == [
        ("csh:Event-date", "new"),
        ("a-check", "unchanged"),
        ("csh:Event-date", "unchanged"),
    ]
    accepted = {"kind": "external", "status": "accepted", "justification": "基线 known.json 已接受"}
    assert [r["suppressions"] for r in run["results"]] == [[], [accepted], [accepted]]


def test_rules_of_sarif_are_described_in_both_languages(sarif_schema: Draft4Validator) -> None:
    orphan = replace(WARNING, source="orphan-entity", component=None)
    literal = replace(WARNING, source="literals")
    run = run_of(report_of(FINDING, orphan, literal), "zh", sarif_schema)
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    translated = {rule["id"]: rule for rule in run["translations"][0]["rules"]}
    assert translated["literals"]["shortDescription"]["text"] == "Literals as every store keeps them"
    assert rules["literals"]["shortDescription"]["text"] == "字面量的写法"
    assert rules["orphan-entity"]["helpUri"] == "https://w3id.org/cascq/checks/orphan-entity"
    assert rules["orphan-entity"]["shortDescription"] != translated["orphan-entity"]["shortDescription"]
    event = rules["csh:Event-date"]
    assert event["help"]["text"] == "日期有误。\n\nNot a date."
    assert event["helpUri"] == "https://w3id.org/cascq/shapes/Event-date"
    assert event["defaultConfiguration"] == {"level": "error"}


def test_a_shape_without_name_is_a_rule_that_stays_when_its_line_moves(sarif_schema: Draft4Validator) -> None:
    at = Location("shapes.ttl", 5, 1, 1, "[ sh:path ex:age ]")
    unnamed = replace(FINDING, source="_:b1", source_place=at)
    moved = replace(FINDING, source="_:b2", source_place=replace(at, line=99))
    before, after = (run_of(report_of(f), "en", sarif_schema)["results"][0] for f in (unnamed, moved))
    assert before["ruleId"] == after["ruleId"] == "[] shapes.ttl cascq:date sh:datatype xsd:date"
    assert before["partialFingerprints"] == after["partialFingerprints"]


def test_an_iri_of_a_shape_that_is_no_address_is_no_help(sarif_schema: Draft4Validator) -> None:
    sources = ("urn:x:S", "https://example.org/形状#S", "http://[broken")
    rules = [
        run_of(report_of(replace(FINDING, source=s)), "en", sarif_schema)["tool"]["driver"]["rules"] for s in sources
    ]
    uris = [rule.get("helpUri") for (rule,) in rules]
    assert uris == [None, "https://example.org/%E5%BD%A2%E7%8A%B6#S", "http://%5Bbroken"]


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


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif", "junit"])
def test_real_findings_in_every_form(form: str, tmp_path: Path, sarif_schema: Draft4Validator) -> None:
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
        assert run_of(report, "en", sarif_schema)["results"]
    elif form == "junit":
        assert "undeclared-class" in cases(report)
    elif form == "gitlab":
        assert {issue["location"]["path"] for issue in json.loads(text)} == {path.as_posix()}
    else:
        assert all(parse(line)[1]["file"] == path.as_posix() for line in text.splitlines())
