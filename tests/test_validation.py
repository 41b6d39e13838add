"""Validation: what it refuses, what it reports, and in which forms."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, SH

import cascq
from cascq import namespaces as ns
from cascq import resources, validation
from cascq.errors import CascqError
from cascq.reports.report import FORMATS, Report
from cascq.shacl import reference
from cascq.shacl.datafiles import DataFiles
from cascq.shacl.shapes import Shapes
from cascq.validation import validate
from conftest import DATA, SHAPES

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture
def report(files: tuple[Path, Path]) -> Report:
    """What validation says of them."""
    return validate([files[0]], [files[1]])


@pytest.fixture(scope="module")
def shipped_report() -> Report:
    """What validation says of the shipped data."""
    return validate()


# --- What is refused: nothing checked is no success ---


def test_unknown_engine() -> None:
    with pytest.raises(CascqError, match="unknown SHACL engine 'fast'"):
        validate(engine="fast")


def test_no_data(tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="no RDF file in this folder"):
        validate([tmp_path])
    with pytest.raises(CascqError, match="nothing to read"):
        validate([])


@pytest.mark.parametrize("own", [True, False])
def test_files_that_cannot_be_read_are_all_named(own: bool, files: tuple[Path, Path], tmp_path: Path) -> None:
    packed = gzip.compress(files[0].read_bytes())
    (tmp_path / "cut.trig.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "plain.trig.gz").write_bytes(files[0].read_bytes())
    large = "".join(f"<https://example.org/{n}> <https://example.org/p> 1 .\n" for n in range(100_000))
    for name in ("one", "two"):
        (tmp_path / f"{name}.nt").write_text(f"{large}broken\n", encoding="utf-8")
    paths = [Path("/dev/null"), *(tmp_path / name for name in ("cut.trig.gz", "plain.trig.gz", "one.nt", "two.nt"))]
    for number in (1, 3, 5):
        with pytest.raises(CascqError) as caught:
            validate(paths[-number:], None if own else [files[1]])
        said = caught.value.en.splitlines()
        for path in paths[-number:]:
            assert sum(line.startswith(f"{path}:") for line in said) == 1, path


def test_no_shapes(files: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="there are no shapes"):
        validate([files[0]], [])
    with pytest.raises(CascqError, match="no such file"):
        validate([files[0]], [tmp_path / "missing.ttl"])


def test_shapes_without_target(files: tuple[Path, Path]) -> None:
    files[1].write_text(SHAPES.replace("sh:targetClass ex:Body ;", ""), encoding="utf-8")
    with pytest.raises(CascqError, match="no shape with a target"):
        validate([files[0]], [files[1]])


def test_no_focus_node(files: tuple[Path, Path]) -> None:
    files[1].write_text(SHAPES.replace("sh:targetClass ex:Body", "sh:targetClass ex:Boddy"), encoding="utf-8")
    with pytest.raises(CascqError, match="nothing to check: no node"):
        validate([files[0]], [files[1]])


def test_nothing_is_written_for_an_engine_once_a_validation_has_ended(files: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    data = DataFiles([files[0]], [], folder)
    assert data.feed().parent == folder
    data.close()
    with pytest.raises(ValueError, match="closed"):
        data.feed()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (("sh:maxInclusive 4", "sh:minCount 'x'"), r"shapes.ttl:6:\d+: .*sh:minCount"),
        (("sh:path ex:age ;", ""), r"shapes.ttl:6:\d+: a property shape without sh:path"),
        (("sh:datatype xsd:integer", "sh:pattern '('"), r"shapes.ttl:6:\d+: .*regular expression"),
    ],
)
def test_shapes_that_cannot_be_used(files: tuple[Path, Path], fault: tuple[str, str], said: str) -> None:
    files[1].write_text(SHAPES.replace(*fault), encoding="utf-8")
    with pytest.raises(CascqError, match=said):
        validate([files[0]], [files[1]])


def test_a_shipped_shape_with_nothing_to_do(monkeypatch: pytest.MonkeyPatch, files: tuple[Path, Path]) -> None:
    monkeypatch.setattr(
        resources, "shapes", lambda: [*sorted((resources.root() / "ontology/shapes").glob("*.ttl")), files[1]]
    )
    with pytest.raises(
        CascqError, match=r"shapes without any focus node in the shipped data: https://example.org/Body"
    ):
        validate()


# --- The shipped data ---


def test_the_shipped_data_have_no_violation(shipped_report: Report) -> None:
    assert [f.place for f in shipped_report.findings if f.severity == "violation"] == []
    assert not shipped_report.fails()


def test_the_shapes_find_nothing_in_the_shipped_data(shipped_report: Report) -> None:
    assert [f.place for f in shipped_report.findings if f.component] == []


def test_the_summary_tells_what_was_done(shipped_report: Report) -> None:
    summary = shipped_report.summary("en")
    assert f"{len(shipped_report.focus_nodes)} shapes" in summary
    assert f"{shipped_report.checks} checks" in summary
    assert "AgreementSigning 5" in summary
    assert "0 violations" in summary
    assert "违规 0 条" in shipped_report.summary("zh")


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.trig")), ids=lambda path: path.stem)
def test_shapes_find_no_violation_in_the_examples(example: Path) -> None:
    from cascq.reading import read

    data = reference.to_rdflib(read([example, *resources.ontology(), *resources.vocabularies()]))
    findings = reference.run(data, reference.to_rdflib(read(resources.shapes())))
    assert [f.place for f in findings if f.severity == "violation"] == []


# --- The report ---


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


def test_own_shapes_stand_alone(files: tuple[Path, Path]) -> None:
    report = validate([files[0]], [files[1]])
    assert report.checks == 0
    assert list(report.focus_nodes) == ["https://example.org/Body"]


def test_one_slip_is_found_by_shape_and_named_graph(tmp_path: Path) -> None:
    slip = tmp_path / "slip.trig"
    slip.write_text(
        "@prefix cascq: <https://w3id.org/cascq/ontology#> . @prefix id: <https://w3id.org/cascq/id/> .\n"
        "<https://w3id.org/cascq/source/cas-chongqing-report/1.1-3> { id:signing-2020-12-15 cascq:plase id:beijing . }",
        encoding="utf-8",
    )
    report = validate([resources.data(), slip])
    (finding,) = [f for f in report.findings if f.component]
    assert finding.source == ns.SHAPES + "AgreementSigning"
    assert finding.place == ("id:signing-2020-12-15", "cascq:plase", "id:beijing")
    assert finding.graphs == ("https://w3id.org/cascq/source/cas-chongqing-report/1.1-3",)
    text = report.render("text", "zh")
    assert "见：report:1.1-3" in text
    assert "签署（cascq:AgreementSigning）没有这个属性" in text


def test_the_wrong_document_is_one_violation(tmp_path: Path) -> None:
    wrong = tmp_path / "report.txt"
    wrong.write_text("另一份文献", encoding="utf-8")
    report = validate([EXAMPLES / "as-of.trig"], source=wrong)
    assert [f.source for f in report.findings if f.severity == "violation"] == ["evidence"]
    assert report.fails()


def test_the_python_api_validates_what_it_read() -> None:
    report = cascq.load([EXAMPLES / "licence.trig"]).validate()
    assert report.files == 1
    assert report.focus_nodes[ns.SHAPES + "Licence"] == 1


# --- Graphs for the engine ---


def test_literals_keep_their_form() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    values = f'"05"^^<{xsd}integer> , "1.50"^^<{xsd}decimal> , "s" , "词"@zh , "2019-02-30"^^<{xsd}date>'
    text = f"<x:a> <x:p> {values} ."
    graph = reference.to_rdflib(ox.parse(text, ox.RdfFormat.TURTLE))
    assert sorted(map(str, graph.objects())) == ["05", "1.50", "2019-02-30", "s", "词"]


# --- Graphs that the project makes itself are no data ---


@pytest.fixture(scope="module")
def faulty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped data with a class that does not exist and a date that is none, and a node that has no facts."""
    folder = tmp_path_factory.mktemp("faulty")
    shutil.copytree(resources.data(), folder / "data")
    (folder / "data" / "faulty.trig").write_text(
        f"@prefix cascq: <{ns.CASCQ}> . @prefix id: <{ns.ID}> . @prefix xsd: <{ns.XSD}> .\n"
        f"<{ns.CURATED}faulty> {{ id:nothing a cascq:Compny . id:cigit cascq:date '2020-13'^^xsd:gYearMonth . }}\n",
        encoding="utf-8",
    )
    return folder / "data"


@pytest.mark.parametrize("large", [4_000_000, 10_000], ids=["held", "streamed"])
@pytest.mark.parametrize("form", ["trig", "nquads"])
def test_an_export_is_found_to_be_as_the_data_are(
    form: str, large: int, faulty_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "LARGE", large)
    path = tmp_path / {"trig": "export.trig", "nquads": "export.nq"}[form]
    path.write_text(cascq.load([faulty_data]).export(form), encoding="utf-8")
    data, exported = validate([faulty_data]), validate([path])
    assert exported.statements == data.statements
    assert exported.focus_nodes == data.focus_nodes
    assert [(f.source, f.focus, f.path, f.value, f.graphs) for f in exported.findings] == [
        (f.source, f.focus, f.path, f.value, f.graphs) for f in data.findings
    ]
    assert data.findings
    assert not data.notes
    made = len({graph for quad in cascq.load().store if ns.is_made(graph := quad.graph_name.value)})
    assert f"left out, since made from the ontology and by rules: {made} graphs" in exported.summary("en")
    assert f"略去由本体和规则生成的图：{made} 个" in exported.summary("zh")
    # They stand where the data are, not in the ontology or in what was derived.
    lines = path.read_text(encoding="utf-8").split("\n")
    opened = {"trig": r"^(\S+) \{$", "nquads": r" (\S+) \.$"}[form]
    for finding in exported.findings:
        for place in finding.places:
            assert place.line is not None
            before = lines[: place.line] if form == "trig" else [lines[place.line - 1]]
            graph = next(match[1] for line in reversed(before) if (match := re.search(opened, line)))
            assert not ns.is_made(ns.expand(graph) or "")


def test_a_file_with_graphs_that_are_made_and_no_data_is_not_found_to_be_well(tmp_path: Path) -> None:
    path = tmp_path / "derived.nq"
    path.write_text(f"<{ns.ID}cigit> <{ns.RDF_TYPE}> <{ns.CASCQ}Company> <{ns.DERIVED_GRAPH}> .\n")
    with pytest.raises(CascqError, match="nothing to check: all graphs there are made"):
        validate([path])


def test_shapes_of_others_are_applied_to_all_graphs(files: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "derived.trig"
    path.write_text(files[0].read_text(encoding="utf-8").replace("ex:g1 {", f"<{ns.DERIVED_GRAPH}> {{"), "utf-8")
    assert validate([path], [files[1]]).statements == validate([files[0]], [files[1]]).statements
