"""Where findings stand: file, line and column."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from cascq import resources
from cascq.places.locating import locate
from cascq.reading import read_file
from cascq.reports.report import FORMATS, Finding, Location, Report
from cascq.validation import validate

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


PREFIXES = "@prefix e: <https://example.org/> .\n"


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


def test_what_is_missing_belongs_where_the_node_has_its_class(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        PREFIXES + "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property e:P .\n"
        "e:P a sh:PropertyShape ; sh:path e:date ; sh:minCount 1 .\n",
        encoding="utf-8",
    )
    names, facts = tmp_path / "a-names.ttl", tmp_path / "b-facts.ttl"
    names.write_text(PREFIXES + 'e:x e:name "X" .\n', encoding="utf-8")
    facts.write_text(PREFIXES + "e:x e:size 3 .\ne:x a e:C .\n", encoding="utf-8")
    (finding,) = validate([names, facts], [shapes]).findings
    assert [str(place) for place in finding.places] == [f"{facts.as_posix()}:2:1"]


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


class ReadAnew:
    """The quads of a file, read anew each time that they are gone through."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.times = 0

    def __iter__(self) -> Iterator[ox.Quad]:
        self.times += 1
        return iter(ox.parse(path=str(self.path), format=ox.RdfFormat.TURTLE))


def about(name: str, value: str | None = None) -> Finding:
    node, path = ox.NamedNode("x:" + name), ox.NamedNode("x:p")
    return Finding("info", "check", node, path, value and ox.NamedNode("x:" + value), None, {"zh": "", "en": ""}, None)


def lines(findings: list[Finding]) -> list[list[int | None]]:
    return [[place.line for place in f.places] for f in findings]


def test_files_may_be_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text("@prefix : <x:> .\n:a :p :b .\n:b :p :c .\n", encoding="utf-8")
    findings = [about("a", "b"), about("b", "c"), about("c")]
    assert lines(locate(findings, {path: ReadAnew(path)}, {}, {})) == [[2], [3], [3]]


@pytest.mark.parametrize("blank", ["", ":s5 :p [ :q 1 ] , _:b .\n"], ids=["named", "blank"])
def test_a_large_file_is_not_read_whole(blank: str, tmp_path: Path) -> None:
    path, other = tmp_path / "large.ttl", tmp_path / "other.ttl"
    many = "".join(f":s{number} :p :o .\n" for number in range(30_000))
    path.write_text("@prefix : <x:> .\n" + many + blank, encoding="utf-8")
    other.write_text("@prefix : <x:> .\n[] :p :x .", encoding="utf-8")
    files = {path: ReadAnew(path), other: read_file(other)}
    findings = [about("s1", "o"), about("s29999", "o"), about("o"), about("nowhere")]
    located = {str(f.focus): [str(place.line) for place in f.places] for f in locate(findings, files, {}, {})}
    assert located == {"<x:s1>": ["3"], "<x:s29999>": ["30001"], "<x:o>": ["2"], "<x:nowhere>": []}
    assert files[path].times == 0
    on_blank = Finding("info", "check", files[other][0].subject, None, None, None, {"zh": "", "en": ""}, None)
    assert lines(locate([on_blank], files, {}, {})) == [[2]]
    assert files[path].times == (1 if blank else 0)  # the blank node might have been one of that file


def test_a_blank_node_in_a_large_file_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "large.ttl"
    many = "".join(f":s{number} :p :o .\n" for number in range(30_000))
    path.write_text("@prefix : <x:> .\n:a :p [ :q 1 ] ,\n [ :q 2 ] .\n" + many, encoding="utf-8")
    quads = read_file(path)
    values = [quad.object for quad in quads if quad.subject == ox.NamedNode("x:a")]
    path_ = ox.NamedNode("x:p")
    for value, line in zip(values, (2, 3), strict=True):
        finding = Finding("info", "c", ox.NamedNode("x:a"), path_, value, None, {"zh": "", "en": ""}, None)
        assert lines(locate([finding], {path: quads}, {}, {})) == [[line]]


def test_a_literal_with_a_finding_on_it_is_found_in_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "large.nt"
    path.write_text("".join(f'<x:s{n}> <x:p> "text {n}" .\n' for n in range(20_000)), encoding="utf-8")
    files = {path: read_file(path)}
    for text, found in (("text 1234", [[1235]]), ("no such text", [[]])):
        finding = Finding("info", "check", ox.Literal(text), None, None, None, {"zh": "", "en": ""}, None)
        assert lines(locate([finding], files, {}, {})) == found


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


def of_check(**parts: Any) -> Finding:
    given = {"path": None, "value": None, **parts}
    return Finding(
        severity="info", source="check", component=None, messages={"zh": "", "en": ""}, passage=None, **given
    )


@pytest.mark.parametrize("path", ["p", None])
def test_a_value_that_a_store_has_rewritten_is_shown_as_written(path: str | None, tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("@prefix : <x:> .\n:a :p 7, 05 ,\n 1.50 , 5.0 .", encoding="utf-8")
    quads = {file: read_file(file)}
    property_ = ox.NamedNode("x:p") if path else None
    store = ox.Store()
    store.extend(quads[file])
    found = {}
    for quad in store:
        (finding,) = locate([of_check(focus=quad.subject, path=property_, value=quad.object)], quads, {}, {})
        assert isinstance(finding.value, ox.Literal)
        found[quad.object.value] = finding.value.value, [(place.line, place.column) for place in finding.places]
    # "5" is what the store makes of the integer, not of the decimal.
    assert found["7"] == ("7", [(2, 7)])
    assert found["1.5"] == ("1.50", [(3, 2)])
    assert found["5"][0] in {"05", "5.0"}


def test_a_value_that_is_not_in_the_data_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text('@prefix : <x:> .\n:a :p 05 ; :q "5" .', encoding="utf-8")
    quads = {file: read_file(file)}
    node, path = ox.NamedNode("x:a"), ox.NamedNode("x:p")
    for value in (ox.Literal(6), ox.Literal("5"), ox.Literal("5", language="en"), ox.NamedNode("x:5")):
        (finding,) = locate([of_check(focus=node, path=path, value=value)], quads, {}, {})
        assert finding.value == value


ROWS = """@prefix : <x:> .
:a :from 2016 ; :until 02012 ; :in :c .
:b :from 2012 .
:c :p :a .
:g { :a :from 2016 . }
:h { :a :from 2016 . }
"""


@pytest.mark.parametrize(
    ("value", "others", "found"),
    [
        (2016, (2012,), [(2, 10), (2, 24)]),  # another value of the node, written 02012
        (2016, ("g",), [(2, 10), (5, 15)]),  # the graph in which the value stands too
        (None, (2012,), [(2, 24)]),
        (None, (2012, "b"), [(2, 1), (3, 10)]),  # the value of another node, in which it is written so
        (None, ("b",), [(2, 1), (3, 1)]),  # a node that nothing joins
        (None, ("c",), [(2, 36)]),  # the statement that joins them
        ("b", ("c",), [(2, 36), (3, 1)]),
        (None, ("nowhere", 1), [(2, 1)]),
    ],
)
def test_a_check_over_several_statements_names_each(
    value: object, others: tuple[object, ...], found: list[tuple[int, int]], tmp_path: Path
) -> None:
    def term(known: object) -> ox.NamedNode | ox.Literal | None:
        if known is None:
            return None
        return ox.NamedNode(f"x:{known}") if isinstance(known, str) else ox.Literal(int(str(known)))

    file = tmp_path / "data.trig"
    file.write_text(ROWS, encoding="utf-8")
    row = tuple(other for known in others if (other := term(known)) is not None)
    finding = of_check(focus=ox.NamedNode("x:a"), value=term(value), others=row)
    (finding,) = locate([finding], {file: read_file(file)}, {}, {})
    assert [(place.line, place.column) for place in finding.places] == found


def test_a_finding_on_a_node_that_has_itself_as_a_value_is_at_its_first_statement(tmp_path: Path) -> None:
    path, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    path.write_text("@prefix : <x:> .\n:a a :Body ;\n :of :a .", encoding="utf-8")
    shapes.write_text(
        "@prefix : <x:> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        ":S a sh:NodeShape ; sh:targetClass :Body ; sh:nodeKind sh:Literal ;\n"
        'sh:sparql [ sh:select "SELECT $this ?value WHERE { $this <x:of> ?value }" ] .',
        encoding="utf-8",
    )
    places = {f.expected: str(f.places[0]) for f in validate([path], [shapes]).findings}
    assert places == {"sh:nodeKind sh:Literal": f"{path}:2:1", "sh:sparql": f"{path}:3:6"}
