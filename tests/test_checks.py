"""Every check finds exactly what its fixtures say, and nothing in the shipped data that would block them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from cascq import built_in, resources
from cascq import namespaces as ns
from cascq.built_in import BUILT_IN
from cascq.checks import load_checks, read_check, run_check, run_checks
from cascq.errors import CascqError
from cascq.reading import read_file, read_files
from cascq.reports.report import Finding
from cascq.sparql import select
from cascq.terms import readable

FIXTURES = Path(__file__).parent / "checks"
CHECKS = {check.name: check for check in load_checks(resources.root() / "queries" / "checks")}
FILES = sorted(FIXTURES.glob("*/*.trig"))
EXPECT = re.compile(r"^# expect: (\S+)$", re.MULTILINE)


def vocabulary_quads() -> list[ox.Quad]:
    """Return ontology and vocabularies in their named graphs, as the validation loads them."""
    quads = []
    for name, paths in (("ontology", resources.ontology()), ("vocabulary/", resources.vocabularies())):
        for path in paths:
            graph = ox.NamedNode(ns.BASE + name + (path.stem if name.endswith("/") else ""))
            quads += [ox.Quad(q.subject, q.predicate, q.object, graph) for q in read_file(path)]
    return quads


VOCABULARY = vocabulary_quads()


def make_store(quads: list[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(VOCABULARY)
    store.extend(quads)
    return store


@cache
def store_of(path: Path) -> ox.Store:
    return make_store(read_file(path))


def find(path: Path, text: str | None = None) -> list[Finding]:
    """Run the check that a fixture belongs to, or another text of it; built-in ones on the quads as written."""
    if path.parent.name in BUILT_IN:
        return [f for f in built_in.check(read_file(path)) if f.source == path.parent.name]
    check = CHECKS[path.parent.name]
    return run_check(store_of(path), check if text is None else replace(check, text=text))


def focus_of(finding: Finding) -> str:
    return "_:" if isinstance(finding.focus, ox.BlankNode) else readable(finding.focus)


def expected(path: Path) -> list[str]:
    """Return the focus nodes that a fixture expects, as the findings show them."""
    text = path.read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"^@prefix (\w*): <(.*)> \.$", text, re.MULTILINE))
    nodes = []
    for node in EXPECT.findall(text):
        prefix, _, local = node.partition(":")
        if node.startswith("<"):
            nodes.append(ns.shorten(node[1:-1]))
        elif node == "_:":
            nodes.append(node)
        else:
            nodes.append(ns.shorten(prefixes.get(prefix, ns.PREFIXES.get(prefix, "?")) + local))
    return sorted(nodes)


def test_every_check_has_passing_and_failing_fixtures_and_no_fixture_is_left_over() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == {*CHECKS, *BUILT_IN}
    for name in [*CHECKS, *BUILT_IN]:
        kinds = {path.name.split(".")[0].split("-")[0] for path in (FIXTURES / name).iterdir()}
        assert kinds == {"pass", "fail"}, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_fixture_gives_exactly_the_findings_it_expects(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# 虚构示例，仅供测试 · Invented example, for tests only.\n")
    assert bool(EXPECT.search(text)) == path.name.startswith("fail")
    findings = find(path)
    assert sorted(map(focus_of, findings)) == expected(path)
    for finding in findings:
        assert finding.source == path.parent.name
        assert set(finding.messages) == {"zh", "en"}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_row_binds_what_the_message_names(name: str) -> None:
    """A column that is empty in a row would leave a hole in the message."""
    check = CHECKS[name]
    named = {part for text in check.message.values() for part in re.findall(r"\{(\w+)\}", text)}
    for path in (FIXTURES / name).glob("fail*.trig"):
        for row in select(store_of(path), check.text):
            assert named <= set(row)


def filters(name: str) -> list[tuple[str, str]]:
    """Return a check's text without each of its filters in turn, with the filter that is missing."""
    text = CHECKS[name].text
    mutants = []
    for match in re.finditer(r"\bFILTER\b", text):
        depth, end = 0, text.index("(", match.end()) if text[match.end()] == "(" else text.index("{", match.end())
        while True:
            depth += (text[end] in "({") - (text[end] in ")}")
            end += 1
            if not depth:
                break
        mutants.append((text[match.start() : end], text[: match.start()] + text[end:]))
    return mutants


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_no_filter_of_a_check_can_be_left_out(name: str) -> None:
    """Each filter is there for a reason, and some fixture shows it."""
    paths = sorted((FIXTURES / name).glob("*.trig"))
    for condition, text in filters(name):
        assert any(sorted(map(focus_of, find(path, text))) != expected(path) for path in paths), (
            f"{name}: no fixture needs {condition}"
        )


def values(name: str) -> list[tuple[str, str]]:
    """Return a check's text without each of the rows of its VALUES in turn, with the row that is missing."""
    text = CHECKS[name].text
    mutants = []
    for block in re.finditer(r"VALUES\s+(\?\w+|\([^)]*\))\s*\{([^}]*)\}", text):
        row = r"\((?:[^()\"]|\"(?:[^\"\\]|\\.)*\")*\)" if block[1].startswith("(") else r"\S+"
        rows = list(re.finditer(row, text[block.start(2) : block.end(2)]))
        for match in rows if len(rows) > 1 else []:
            start, end = block.start(2) + match.start(), block.start(2) + match.end()
            mutants.append((match[0], text[:start] + text[end:]))
    return mutants


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_no_row_of_values_can_be_left_out(name: str) -> None:
    """Each property, class or pattern that a check lists is seen by some fixture."""
    paths = sorted((FIXTURES / name).glob("*.trig"))
    for row, text in values(name):
        assert any(sorted(map(focus_of, find(path, text))) != expected(path) for path in paths), (
            f"{name}: no fixture needs {row}"
        )


def rdflib_terms() -> rdflib.Dataset:
    """Return what the checks need of ontology and vocabularies, for rdflib, which is slow on more."""
    needed = {ns.RDF_TYPE, ns.RDFS_SUBCLASS, ns.RDFS + "subPropertyOf"}
    dataset = rdflib.Dataset(default_union=True)
    terms = [quad for quad in VOCABULARY if quad.predicate.value in needed and isinstance(quad.subject, ox.NamedNode)]
    dataset.parse(data=ox.serialize(terms, format=ox.RdfFormat.N_QUADS) or b"", format="nquads")
    return dataset


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_finds_the_same_on_rdflib(name: str) -> None:
    """The checks are portable SPARQL 1.1: a second engine, which is another implementation, agrees."""
    for path in sorted((FIXTURES / name).glob("*.trig")):
        dataset = rdflib_terms()
        dataset.parse(data=ox.serialize(read_file(path), format=ox.RdfFormat.N_QUADS) or b"", format="nquads")
        found = [
            "_:" if isinstance(row[0], rdflib.BNode) else ns.shorten(str(row[0]))
            for row in dataset.query(CHECKS[name].text)
        ]
        assert sorted(found) == expected(path), path


def test_the_shipped_data_have_no_violation() -> None:
    quads = [quad for quads in read_files([resources.data()]).values() for quad in quads]
    findings = run_checks(make_store(quads), list(CHECKS.values())) + built_in.check(quads)
    assert [f for f in findings if f.severity == "violation"] == []


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("https://ror.org/031npqv35", "35"),
        ("031npqv53", "35"),
        ("https://ror.org/05qbk4x57", "57"),
        ("031npqv3", None),
        ("131npqv35", None),
        ("031npqi35", None),
    ],
)
def test_check_digits_of_ror(code: str, digits: str | None) -> None:
    assert built_in.ror_digits(code) == digits


@pytest.mark.parametrize(
    ("code", "digit"),
    [
        ("0000 0001 1957 3309", "9"),
        ("0000 0001 1957 3390", "2"),
        ("0000 0001 2146 438X", "X"),
        ("000000012146438X", "X"),
        ("0000 0001 1957 330", None),
        ("0000 0001 1957 3B09", None),
    ],
)
def test_check_character_of_isni(code: str, digit: str | None) -> None:
    assert built_in.isni_digit(code) == digit


HEADER = """#+ title: {{zh: 题, en: Title}}
#+ description: {{zh: 述, en: Description}}
#+ severity: {severity}
#+ message: {message}
#+ columns:
#+   focus: {{zh: 节点, en: Node}}
{more}SELECT ?focus WHERE {{ ?focus ?p ?o }}
"""
MESSAGE = "{zh: '{focus} 有误', en: '{focus} is wrong'}"


@pytest.mark.parametrize(
    ("severity", "message", "more", "complaint"),
    [
        ("violation", MESSAGE, "", None),
        ("error", MESSAGE, "", "'severity' must be one of violation, warning, info"),
        ("violation", "{zh: '{focus} 有误'}", "", "'message' lacks its text in 'en'"),
        ("violation", "{zh: '{focus} 有误', en: x, de: y}", "", "unknown language 'de'"),
        ("violation", "{zh: '{node} 有误', en: x}", "", "{node}, which is no column"),
        ("violation", MESSAGE, "#+ tags: [a]\n", "unknown key 'tags'"),
        (
            "violation",
            MESSAGE,
            "#+   other: {zh: 另, en: Other}\n",
            "'columns' has focus, other, but the query selects",
        ),
    ],
)
def test_a_header_is_read_strictly(
    tmp_path: Path, severity: str, message: str, more: str, complaint: str | None
) -> None:
    path = tmp_path / "a-check.rq"
    path.write_text(HEADER.format(severity=severity, message=message, more=more), encoding="utf-8")
    if complaint is None:
        assert read_check(path).name == "a-check"
        return
    with pytest.raises(CascqError) as error:
        read_check(path)
    assert complaint in error.value.en
    assert str(path) in error.value.en
    assert str(path) in error.value.zh


def test_a_check_must_select_the_focus_node(tmp_path: Path) -> None:
    path = tmp_path / "a-check.rq"
    text = HEADER.format(severity="info", message="{zh: 误, en: wrong}", more="").replace("focus", "node")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CascqError, match=r"must select \?focus"):
        read_check(path)


def test_a_folder_without_checks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="no check"):
        load_checks(tmp_path)


def test_broken_checks_are_reported_together(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.rq").write_text("SELECT * {}", encoding="utf-8")
    with pytest.raises(CascqError) as error:
        load_checks(tmp_path)
    assert len(error.value.en.splitlines()) == 2
