"""The reports as JSON hold what report.schema.json says, whatever was found, and nothing that it does not mention."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cascq.reports import baseline
from cascq.reports.report import SCHEMA, VERSION, Report
from cascq.validation import validate
from conftest import Run

ROOT = Path(__file__).parents[1]
SCHEMA_TEXT = resources.files("cascq").joinpath("report.schema.json").read_text(encoding="utf-8")
PREFIXES = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
CONSTRAINT = "sh:path ex:age ; sh:maxInclusive 4"


def closed(schema: Any) -> Any:
    """Return a schema that allows no key which it does not mention."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    if parts.get("type") == "object" and "properties" in parts:
        parts.setdefault("additionalProperties", False)
    return parts


OPEN = Draft202012Validator(json.loads(SCHEMA_TEXT))
CLOSED = Draft202012Validator(closed(json.loads(SCHEMA_TEXT)))


def valid(report: Report) -> dict[str, Any]:
    """Check the JSON of a report, and return it."""
    data = json.loads(report.render("json", "en"))
    CLOSED.validate(data)
    OPEN.validate(data)
    return dict(data)


@pytest.fixture
def report_on(tmp_path: Path) -> Callable[..., Report]:
    """Validate data against shapes, both written as Turtle (or TriG)."""

    def report(data: str, shapes: str = "", suffix: str = ".trig", source: Path | None = None) -> Report:
        data_file, shapes_file = tmp_path / f"data{suffix}", tmp_path / "shapes.ttl"
        data_file.write_text(data if suffix == ".jsonld" else PREFIXES + data, encoding="utf-8")
        shapes_file.write_text(PREFIXES + shapes, encoding="utf-8")
        return validate([data_file], [shapes_file] if shapes else None, source=source)

    return report


ReportOn = Callable[..., Report]


def test_the_schema_is_one_and_is_named_in_each_report(report_on: ReportOn) -> None:
    Draft202012Validator.check_schema(json.loads(SCHEMA_TEXT))
    data = valid(
        report_on("ex:a a ex:Body .", f"ex:Body-shape sh:targetClass ex:Body ; sh:property [ {CONSTRAINT} ] .")
    )
    assert data["schema"] == json.loads(SCHEMA_TEXT)["$id"] == SCHEMA
    assert (data["version"], data["report"], data["conforms"]) == (VERSION, "validation", True)


def test_shape(report_on: ReportOn) -> None:
    data = valid(
        report_on("ex:a a ex:Body ; ex:age 9 .", f"ex:S sh:targetClass ex:Body ; sh:property [ {CONSTRAINT} ] .")
    )
    (finding,) = data["findings"]
    assert finding["source"].startswith("_:")
    assert finding["value"] == {"type": "literal", "value": "9", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    assert len(finding["places"]) == 1
    assert finding["sourcePlace"]["line"] == 2


def test_missing_value_and_a_path_that_is_more_than_a_property(report_on: ReportOn) -> None:
    shapes = "ex:S sh:targetClass ex:Body ; sh:property ex:P . ex:P sh:path [ sh:inversePath ex:of ] ; sh:minCount 1 ."
    (finding,) = valid(report_on("ex:a a ex:Body .", shapes))["findings"]
    assert (finding["value"], finding["path"]) == (None, "^https://example.org/of")


def test_language_tagged_value_and_blank_nodes(report_on: ReportOn) -> None:
    shapes = "ex:S sh:targetClass ex:Body ; sh:property [ sh:path ex:age ; sh:nodeKind sh:IRI ] ."
    found = valid(report_on('[] a ex:Body ; ex:age "neun"@de , [] .', shapes))["findings"]
    assert {f["focus"]["type"] for f in found} == {"bnode"}
    assert {f["value"]["type"] for f in found} == {"literal", "bnode"}
    assert {f["value"].get("lang") for f in found} == {None, "de"}


def test_shapes_without_a_name_are_counted_as_one(report_on: ReportOn) -> None:
    shapes = "[] sh:targetClass ex:Body ; sh:nodeKind sh:IRI . [] sh:targetSubjectsOf ex:age ; sh:nodeKind sh:IRI ."
    assert valid(report_on("ex:a a ex:Body ; ex:age 1 .", shapes))["focusNodes"] == {"[]": 2}


def test_several_places_and_named_graphs(report_on: ReportOn) -> None:
    data = "ex:g1 { ex:a a ex:Body ; ex:age 9 . } ex:g2 { ex:a ex:age 9 . }"
    (finding,) = valid(report_on(data, f"ex:S sh:targetClass ex:Body ; sh:property [ {CONSTRAINT} ] ."))["findings"]
    assert len(finding["places"]) == len(finding["graphs"]) == 2


def test_no_place_and_a_format_without_lines(report_on: ReportOn) -> None:
    target = "ex:S sh:targetNode ex:nobody ; sh:property [ sh:path ex:age ; sh:minCount 1 ] ."
    (finding,) = valid(report_on("ex:a a ex:Body .", target))["findings"]
    assert finding["places"] == []
    shapes = f"ex:S sh:targetClass ex:Body ; sh:property [ {CONSTRAINT} ] ."
    jsonld = '{"@id": "https://example.org/a", "@type": "https://example.org/Body", "https://example.org/age": 9}'
    (finding,) = valid(report_on(jsonld, shapes, ".jsonld"))["findings"]
    assert [place["line"] for place in finding["places"]] == [None]


def test_check_and_literals(report_on: ReportOn) -> None:
    stated = '<https://w3id.org/cascq/id/nobody> a <https://w3id.org/cascq/ontology#Persn> ; ex:size "1"^^ex:feet'
    found = valid(report_on(f"<https://w3id.org/cascq/source/invented/1-1> {{ {stated} . }}"))["findings"]
    by_source = {f["source"]: f for f in found}
    assert by_source["literals"]["sourcePlace"] is None
    assert by_source["undeclared-class"]["sourcePlace"]["file"].endswith("undeclared-class.rq")
    assert by_source["undeclared-class"]["component"] is None


def test_evidence(tmp_path: Path) -> None:
    wrong = tmp_path / "report.txt"
    wrong.write_text("另一份文献", encoding="utf-8")
    example = ROOT / "tests" / "examples" / "as-of.trig"
    assert "evidence" in {f["source"] for f in valid(validate([example], source=wrong))["findings"]}


def test_what_a_baseline_accepts_and_what_vanished(report_on: ReportOn, tmp_path: Path) -> None:
    shapes = f"ex:S sh:targetClass ex:Body ; sh:property [ {CONSTRAINT} ] ."
    before = report_on("ex:a a ex:Body ; ex:age 8 , 9 .", shapes)
    baseline.write(tmp_path / "known.json", before, None, [tmp_path / "data.trig"])
    after = report_on("ex:a a ex:Body ; ex:age 9 , 10 .", shapes)
    data = valid(baseline.apply(after, baseline.read(tmp_path / "known.json"), [tmp_path / "data.trig"]))
    assert [f["value"]["value"] for f in data["findings"]] == ["10"]
    assert [f["value"]["value"] for f in data["accepted"]] == ["9"]
    assert [entry["value"] for entry in data["vanished"]] == ['"8"^^<http://www.w3.org/2001/XMLSchema#integer>']
    assert valid(replace(after, findings=[], left_out=after.findings))["leftOut"] == 2


def test_the_same_data_give_the_same_json_also_with_blank_nodes(report_on: ReportOn) -> None:
    shapes = f"[] sh:targetClass ex:Body ; sh:property [ {CONSTRAINT} ] ."
    texts = {report_on("[] a ex:Body ; ex:age 9 .", shapes).render("json", "en") for _ in range(2)}
    assert len(texts) == 1


def test_cascq_check(cli: Callable[..., Run]) -> None:
    data = json.loads(cli("check", "--json").out)
    CLOSED.validate(data)
    assert data["report"] == "check"


def test_what_the_schema_refuses(report_on: ReportOn) -> None:
    shapes = f"ex:S sh:targetClass ex:Body ; sh:property [ {CONSTRAINT} ] ."
    data = valid(report_on("ex:a a ex:Body ; ex:age 9 .", shapes))
    for spoil in (
        lambda d: d.pop("findings"),
        lambda d: d.update(version=2),
        lambda d: d.update(report="check"),
        lambda d: d["findings"][0].pop("messages"),
        lambda d: d["findings"][0].update(severity="error"),
        lambda d: d["findings"][0]["places"][0].update(line=0),
        lambda d: d["findings"][0]["value"].pop("datatype"),
        lambda d: d["findings"][0]["focus"].update(lang="en"),
    ):
        copy = json.loads(json.dumps(data))
        spoil(copy)
        assert not OPEN.is_valid(copy)
    data["findings"][0]["added"] = 1
    assert OPEN.is_valid(data), "a reader must bear what is added later"
    assert not CLOSED.is_valid(data)


def keys(schema: Any) -> Iterator[str]:
    """Yield the names of all properties of a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from keys(part)


def test_every_key_is_documented() -> None:
    page = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`([A-Za-z]+)`", page))
    definitions = {k: v for k, v in json.loads(SCHEMA_TEXT)["$defs"].items() if k != "graph"}
    assert set(keys(definitions)) - {"zh", "en"} <= documented
