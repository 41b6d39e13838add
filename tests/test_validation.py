"""Validation: what it refuses, and what it finds in which data."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

import cascq
from cascq import namespaces as ns
from cascq import resources, validation
from cascq.errors import CascqError
from cascq.reports.report import Report
from cascq.shacl import reference
from cascq.shacl.datafiles import DataFiles
from cascq.validation import validate
from conftest import SHAPES

EXAMPLES = Path(__file__).parent / "examples"


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


# --- What is validated with what ---


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
