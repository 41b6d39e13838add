"""SARIF 2.1.0, against its official schema and what GitHub asks for beyond it."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from cascq.reports.report import Finding, Location, Report
from cascq.validation import validate
from sample_report import EMPTY, FINDING, REPORT, WARNING, report_of

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


def test_sarif_of_real_findings(tmp_path: Path, sarif_schema: Draft4Validator) -> None:
    path = tmp_path / "slip.trig"
    path.write_text(
        "<https://w3id.org/cascq/source/invented/1-1> {\n"
        " <https://w3id.org/cascq/id/nobody> a <https://w3id.org/cascq/ontology#Persn> .\n}",
        encoding="utf-8",
    )
    for lang in ("zh", "en"):
        assert run_of(validate([path]), lang, sarif_schema)["results"]
