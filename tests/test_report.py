"""The report of a validation: its findings, their order, and its forms."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.reports.report import FORMATS, Report
from cascq.shacl.shapes import Shapes
from cascq.validation import validate
from conftest import DATA, SHAPES


@pytest.fixture
def report(files: tuple[Path, Path]) -> Report:
    """What validation says of them."""
    return validate([files[0]], [files[1]])


def test_findings_are_graded_ordered_and_located(report: Report) -> None:
    found = [(f.severity, *f.place, f.expected, f.graphs) for f in report.findings]
    g1, g2, g10 = ("https://example.org/g1",), "https://example.org/g2", "https://example.org/g10"
    assert found == [
        (
            "violation",
            "<https://example.org/b10>",
            "https://example.org/age",
            '"05"^^xsd:integer',
            "sh:maxInclusive 4",
            (g2, g10),
        ),
        ("warning", "<https://example.org/b2>", "https://example.org/name", "", "sh:minCount 1", g1),
        (
            "info",
            "<https://example.org/b2>",
            "https://example.org/name|(https://example.org/head/(^https://example.org/of))",
            "",
            "sh:minCount 1",
            g1,
        ),
    ]


def test_counts_and_grades(report: Report) -> None:
    assert report.counts() == {"violation": 1, "warning": 1, "info": 1}
    assert report.fails("violation")
    assert report.fails("info")
    with pytest.raises(CascqError, match="no severity"):
        report.fails("error")


def test_a_warning_fails_only_where_asked(files: tuple[Path, Path]) -> None:
    files[0].write_text(DATA.replace('"05"', '"4"'), encoding="utf-8")
    report = validate([files[0]], [files[1]])
    assert not report.fails()
    assert report.fails("warning")


def test_text(report: Report, files: tuple[Path, Path]) -> None:
    data, shapes = files
    assert report.render("text", "en").splitlines() == [
        "Violations: 1",
        "",
        f"{data}:5:35: violation: Age is 4 at most.",
        '    ex:g2 { ex:b10 a ex:Body ; ex:age "05"^^xsd:integer ; ex:name "B" . }',
        "                                      ^~~~~~~~~~~~~~~~~",
        "  <https://example.org/b10>",
        '    https://example.org/age "05"^^xsd:integer',
        "  expected: sh:maxInclusive 4",
        f"  shape: https://example.org/Body-age  {shapes}:6",
        "  in: https://example.org/g2 https://example.org/g10",
        f"  also at: {data}:6:24",
        "",
        "Warnings: 1",
        "",
        f"{data}:7:9: warning: 缺名称。",
        '    ex:g1 { ex:b2 a ex:Body ; skos:prefLabel "乙"@zh , "Second"@en . }',
        "            ^~~~~",
        "  <https://example.org/b2>  Second",
        "    https://example.org/name",
        "  expected: sh:minCount 1",
        f"  shape: https://example.org/Body-name  {shapes}:8",
        "  in: https://example.org/g1",
        "",
        "Remarks: 1",
        "",
        f"{data}:7:9: info: Unknown.",
        '    ex:g1 { ex:b2 a ex:Body ; skos:prefLabel "乙"@zh , "Second"@en . }',
        "            ^~~~~",
        "  <https://example.org/b2>  Second",
        "    https://example.org/name|(https://example.org/head/(^https://example.org/of))",
        "  expected: sh:minCount 1",
        f"  shape: https://example.org/Body-known  {shapes}:9",
        "  in: https://example.org/g1",
    ]
    zh = report.render("text", "zh")
    assert f"{data}:5:35: 违规：年龄最大为4。\n" in zh
    assert f"{data}:7:9: 警告：缺名称。\n" in zh
    assert f"{data}:7:9: 提示：" in zh
    assert not any(word in zh for word in ("violation", "warning", "info"))
    assert "乙" in report.render("text", "zh")


def test_json(report: Report, files: tuple[Path, Path]) -> None:
    lines = DATA.splitlines()
    data = json.loads(report.render("json", "en"))
    assert data["conforms"] is False
    assert data["counts"] == {"violation": 1, "warning": 1, "info": 1}
    assert data["focusNodes"] == {"https://example.org/Body": 2}
    assert data["findings"][0] == {
        "severity": "violation",
        "source": "https://example.org/Body-age",
        "component": "http://www.w3.org/ns/shacl#MaxInclusiveConstraintComponent",
        "focus": {
            "type": "iri",
            "value": "https://example.org/b10",
            "label": {"zh": "https://example.org/b10", "en": "https://example.org/b10"},
        },
        "path": "https://example.org/age",
        "value": {"type": "literal", "value": "05", "datatype": ns.XSD + "integer"},
        "expected": "sh:maxInclusive 4",
        "messages": {"zh": "年龄最大为4。", "en": "Age is 4 at most."},
        "graphs": ["https://example.org/g2", "https://example.org/g10"],
        "places": [
            {"file": str(files[0]), "line": 5, "column": 35, "length": 17, "text": lines[4]},
            {"file": str(files[0]), "line": 6, "column": 24, "length": 17, "text": lines[5]},
        ],
        "sourcePlace": {
            "file": str(files[1]),
            "line": 6,
            "column": 1,
            "length": 11,
            "text": SHAPES.splitlines()[5],
        },
    }


def test_turtle_is_the_report_of_the_w3c(report: Report) -> None:
    graph = rdflib.Graph().parse(data=report.render("turtle", "en"), format="turtle")
    (top,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(top, SH.conforms) == rdflib.Literal(False)
    results = list(graph.objects(top, SH.result))
    assert {graph.value(r, SH.resultSeverity) for r in results} == {SH.Violation, SH.Warning, SH.Info}
    assert {str(graph.value(r, SH.sourceShape)) for r in results} == {f.source for f in report.findings}
    paths = [graph.value(r, SH.resultPath) for r in results if isinstance(graph.value(r, SH.resultPath), rdflib.BNode)]
    read_back = Shapes(ox.parse(report.render("turtle", "en"), ox.RdfFormat.TURTLE))
    written = [q.object for q in read_back.quads if q.predicate.value == str(SH.resultPath)]
    longer = [path for path in written if isinstance(path, ox.BlankNode)]
    assert len(longer) == len(paths)
    assert [read_back.path_text(path) for path in longer] == [report.findings[2].path_text]


def test_turtle_names_checks(tmp_path: Path) -> None:
    data = tmp_path / "data.trig"
    graph_name = "<https://w3id.org/cascq/source/invented/1-1>"
    stated = "<https://w3id.org/cascq/id/nobody> a <https://w3id.org/cascq/ontology#Persn>"
    data.write_text(f"{graph_name} {{ {stated} . }}", encoding="utf-8")
    graph = rdflib.Graph().parse(data=validate([data]).render("turtle", "en"), format="turtle")
    named = {str(constraint) for constraint in graph.objects(None, SH.sourceConstraint)}
    assert ns.BASE + "checks/undeclared-class" in named


def test_nothing_found(files: tuple[Path, Path]) -> None:
    files[0].write_text(
        '<https://example.org/b> a <https://example.org/Body> ; <https://example.org/name> "B" .',
        encoding="utf-8",
    )
    report = validate([files[0]], [files[1]])
    assert report.render("text", "zh") == "没有发现问题。\n"
    assert json.loads(report.render("json", "zh"))["conforms"] is True
    assert "sh:conforms true ." in report.render("turtle", "zh")


def test_the_same_data_give_the_same_report(files: tuple[Path, Path]) -> None:
    first, second = (validate([files[0]], [files[1]]) for _ in range(2))
    for form in FORMATS:
        assert first.render(form, "en") == second.render(form, "en")


def test_a_finding_on_the_node_itself_names_it_once(files: tuple[Path, Path]) -> None:
    prefix = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    files[1].write_text(prefix + "ex:S a sh:NodeShape ; sh:targetClass ex:Body ; sh:class ex:Head .", encoding="utf-8")
    report = validate([files[0]], [files[1]])
    text, annotations = report.render("text", "en"), report.render("github", "en")
    assert text.count("<https://example.org/b10>") == annotations.count("<https://example.org/b10>") == 1


def test_unknown_format(report: Report) -> None:
    with pytest.raises(CascqError, match="unknown format 'pdf'"):
        report.render("pdf", "en")
