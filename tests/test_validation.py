"""Validation: what it refuses, what it reports, and in which forms."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, SH

import cascq
from cascq import namespaces as ns
from cascq import resources, shacl
from cascq.errors import CascqError
from cascq.locating import locate
from cascq.reading import read_file
from cascq.report import FORMATS, Finding, Location, Report
from cascq.validation import validate

EXAMPLES = Path(__file__).parent / "examples"

SHAPES = """
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:Body a sh:NodeShape ; sh:targetClass ex:Body ; sh:property ex:Body-age , ex:Body-name , ex:Body-known .
ex:Body-age a sh:PropertyShape ; sh:path ex:age ; sh:datatype xsd:integer ; sh:maxInclusive 4 ;
    sh:message "年龄最大为4。"@zh , "Age is 4 at most."@en .
ex:Body-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "缺名称。"@zh .
ex:Body-known a sh:PropertyShape ; sh:path [ sh:alternativePath ( ex:name ( ex:head [ sh:inversePath ex:of ] ) ) ] ;
    sh:minCount 1 ; sh:severity sh:Info ; sh:message "Unknown." .
"""
DATA = """
@prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ex:g2 { ex:b10 a ex:Body ; ex:age "05"^^xsd:integer ; ex:name "B" . }
ex:g10 { ex:b10 ex:age "05"^^xsd:integer . }
ex:g1 { ex:b2 a ex:Body ; skos:prefLabel "乙"@zh , "Second"@en . }
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Small data and shapes."""
    data, shapes = tmp_path / "data.trig", tmp_path / "shapes.ttl"
    data.write_text(DATA, encoding="utf-8")
    shapes.write_text(SHAPES, encoding="utf-8")
    return data, shapes


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


@pytest.mark.parametrize(
    "fault",
    [("sh:maxInclusive 4", "sh:minCount 'x'"), ("sh:path ex:age ;", ""), ("sh:datatype xsd:integer", "sh:pattern '('")],
)
def test_shapes_that_cannot_be_used(files: tuple[Path, Path], fault: tuple[str, str]) -> None:
    files[1].write_text(SHAPES.replace(*fault), encoding="utf-8")
    with pytest.raises(CascqError, match="the shapes cannot be used"):
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

    data = shacl.to_rdflib(read([example, *resources.ontology(), *resources.vocabularies()]))
    findings = shacl.run(data, shacl.to_rdflib(read(resources.shapes())))
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
    assert "年龄最大为4。" in report.render("text", "zh")
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
    assert [shacl.path_text(graph, path) for path in paths] == [report.findings[2].path_text]


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


def test_with_the_wrong_document_every_passage_is_compared(tmp_path: Path) -> None:
    wrong = tmp_path / "report.txt"
    wrong.write_text("另一份文献", encoding="utf-8")
    report = validate([EXAMPLES / "as-of.trig"], source=wrong)
    assert {f.source for f in report.findings if f.severity == "violation"} == {"evidence"}
    assert report.fails()


def test_the_python_api_validates_what_it_read() -> None:
    report = cascq.load([EXAMPLES / "licence.trig"]).validate()
    assert report.files == 1
    assert report.focus_nodes[ns.SHAPES + "Licence"] == 1


# --- Where findings stand ---

COOPERATION = "cas-chongqing-report/1-cooperation.trig"
DOCUMENT = "sources/cas-chongqing-report.trig"
# File, what is written there and what is put in its place, the source of the finding, and where it is found: from which
# text on, and how much of it.
MISTAKES = {
    "misspelt property": (
        COOPERATION,
        "cascq:place id:beijing",
        "cascq:plase id:beijing",
        "undeclared-property",
        "cascq:plase",
    ),
    "wrong datatype": (DOCUMENT, 'cascq:section "0" ;', "cascq:section 0 ;", "csh:Passage-section", "0"),
    "undescribed reference": (
        COOPERATION,
        "cascq:participant id:cas ;",
        "cascq:participant id:caz ;",
        "undescribed-reference",
        "id:caz",
    ),
    "wrong date": (
        COOPERATION,
        '"2016-04-21"^^xsd:date',
        '"2016-02-30"^^xsd:date',
        "literals",
        '"2016-02-30"^^xsd:date',
    ),
    "wrong offset": (DOCUMENT, "oa:end 2624 .", "oa:end 2924 .", "passage-outside-document", "2924"),
    "missing label": (
        "curated/names.trig",
        (
            'id:csu skos:prefLabel "中国科学院空间应用工程与技术中心"@zh , '
            '"Technology and Engineering Center for Space Utilization, Chinese Academy of Sciences"@en ;'
        ),
        "id:csu",
        "csh:NamedEntity-prefLabel-zh",
        None,
    ),
}


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """A copy of the shipped data with six mistakes, and what validation says of it."""
    folder = tmp_path_factory.mktemp("mistakes") / "data"
    shutil.copytree(resources.data(), folder)
    for name, old, new, _, _ in MISTAKES.values():
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, old
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder, validate([folder])


def found_by(report: Report, source: str) -> list[Finding]:
    return [f for f in report.findings if source in {f.source_name, f.source}]


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if name != "missing label"])
def test_a_mistake_is_found_at_its_line_and_column(mistake: str, mistaken: tuple[Path, Report]) -> None:
    folder, report = mistaken
    name, _, new, source, written = MISTAKES[mistake]
    assert written is not None
    before, found, _ = (folder / name).read_text(encoding="utf-8").partition(new)
    assert found
    before += new.partition(written)[0]
    (finding,) = found_by(report, source)
    (place,) = finding.places
    assert (place.file, place.line) == ((folder / name).as_posix(), before.count("\n") + 1)
    assert (place.column, place.length) == (len(before.rpartition("\n")[2]) + 1, len(written))
    assert place.text is not None
    assert place.column is not None
    assert place.text[place.column - 1 :].startswith(written)


def test_what_is_missing_is_found_at_the_first_statement_of_the_node(mistaken: tuple[Path, Report]) -> None:
    folder, report = mistaken
    (finding,) = found_by(report, "csh:NamedEntity-prefLabel-zh")
    (place,) = finding.places
    first = next(path for path in sorted(folder.rglob("*.trig")) if "    id:csu " in path.read_text(encoding="utf-8"))
    before = first.read_text(encoding="utf-8").partition("    id:csu ")[0]
    assert (place.file, place.line, place.column) == (first.as_posix(), before.count("\n") + 1, 5)


def test_a_property_that_a_closed_shape_does_not_know_is_marked_itself(mistaken: tuple[Path, Report]) -> None:
    (finding,) = found_by(mistaken[1], "csh:AgreementSigning")
    assert [place.caret().split("\n")[1].strip() for place in finding.places] == ["^" + "~" * (len("cascq:plase") - 1)]


def test_shapes_and_checks_are_located(mistaken: tuple[Path, Report]) -> None:
    (finding,) = found_by(mistaken[1], "csh:AgreementSigning")
    assert finding.source_place is not None
    assert finding.source_place.line is not None
    lines = (resources.root() / "ontology/shapes/events.ttl").read_text(encoding="utf-8").splitlines()
    assert lines[finding.source_place.line - 1].startswith("csh:AgreementSigning")
    (finding,) = found_by(mistaken[1], "passage-outside-document")
    assert finding.source_place is not None
    assert finding.source_place.file.endswith("queries/checks/passage-outside-document.rq")


def test_nothing_else_is_found(mistaken: tuple[Path, Report]) -> None:
    violations = {f.places[0].text.strip() for f in mistaken[1].findings if f.severity == "violation"}
    assert len(violations) == len(MISTAKES)


def test_paths_below_the_current_folder_are_relative(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for data in (Path("data.trig"), files[0]):
        report = validate([data], [files[1]])
        assert {place.file for f in report.findings for place in f.places} == {"data.trig"}
        assert str(report.findings[0].source_place) == "shapes.ttl:6:1"


def test_a_format_without_positions_names_the_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "data.jsonld"
    path.write_text(
        '{"@id": "https://example.org/b", "@type": "https://example.org/Body", "https://example.org/name": "B",'
        ' "https://example.org/age": 7}',
        encoding="utf-8",
    )
    report = validate([path], [files[1]])
    assert [f.places for f in report.findings] == [(Location(path.as_posix()),)]
    assert report.render("text", "en").splitlines()[2] == f"{path}: violation: Age is 4 at most."
    for form in FORMATS:
        assert report.render(form, "en")


def test_a_pair_that_no_statement_joins_is_found_at_both_ends(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text("@prefix : <x:> .\n:a :p 1 .\n :b :p 2 ; :q :c .\n:c :r :a .", encoding="utf-8")
    quads = {path: read_file(path)}

    def places(focus: str, value: str) -> list[tuple[int | None, int | None]]:
        nodes = ox.NamedNode("x:" + focus), ox.NamedNode("x:" + value)
        finding = Finding("info", "check", nodes[0], None, nodes[1], None, {"zh": "", "en": ""}, None)
        return [(place.line, place.column) for place in locate([finding], quads, {}, {})[0].places]

    assert places("a", "b") == [(2, 1), (3, 2)]  # the first statement of each
    assert places("b", "c") == [(3, 15)]  # the statement that joins them
    assert places("c", "b") == [(3, 15)]  # whichever way round
    assert places("b", "a") == [(4, 7)]  # over a node between
    assert places("nobody", "nobody") == []


def test_blank_nodes_are_located_ordered_and_numbered(files: tuple[Path, Path], tmp_path: Path) -> None:
    path, shapes = tmp_path / "data.ttl", tmp_path / "blank.ttl"
    bodies = "[] a ex:Body ; ex:age 9 .\n" * 5
    path.write_text("@prefix ex: <https://example.org/> .\n" + bodies, encoding="utf-8")
    shapes.write_text(
        "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "ex:Body a sh:NodeShape ; sh:targetClass ex:Body ;\n sh:property [ sh:path ex:age ; sh:maxInclusive 4 ] .",
        encoding="utf-8",
    )
    reports = [validate([path], [shapes]) for _ in range(2)]
    for report in reports:
        assert [f.places[0].line for f in report.findings] == [2, 3, 4, 5, 6]
        assert [f.source_name for f in report.findings] == [f"[] {shapes.as_posix()}:3"] * 5
    for form in FORMATS:
        assert reports[0].render(form, "en") == reports[1].render(form, "en")


# --- Graphs for the engine ---


def test_literals_keep_their_form() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    values = f'"05"^^<{xsd}integer> , "1.50"^^<{xsd}decimal> , "s" , "词"@zh , "2019-02-30"^^<{xsd}date>'
    text = f"<x:a> <x:p> {values} ."
    graph = shacl.to_rdflib(ox.parse(text, ox.RdfFormat.TURTLE))
    assert sorted(map(str, graph.objects())) == ["05", "1.50", "2019-02-30", "s", "词"]
