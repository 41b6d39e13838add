"""What the tests of positions share: what is written at a place, found without the code under test."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from hypothesis import strategies as st

from cascq.places import positions as module
from cascq.places.positions import Positions, index
from cascq.reports.report import Location

ROOT = Path(__file__).parents[1]
TURTLE, TRIG, NT, NQ = ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
HEAD = "@prefix : <http://e.org/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


def e(name: str) -> ox.NamedNode:
    return ox.NamedNode("http://e.org/" + name)


LITERALS = [
    '"a"',
    "'a'",
    '""',
    "''",
    '"""a"""',
    "'''a'''",
    '""""""',
    "''''''",
    '"""a"b""c"""',
    "'''a'b''c'''",
    r'"a\"b"',
    r"'a\'b'",
    r'"""a\""""',
    r'"\\"',
    r'"\t\b\n\r\f\"\'\\"',
    r'"\u91cd\U0001F600"',
    '"#"',
    '"."',
    '"\'"',
    "'\"'",
    '"""\n"""',
    "'''\n\n a'''",
    '"a"@zh',
    '"a"@zh-Hans-CN',
    '"a" @en',
    '"1"^^xsd:integer',
    "'1'^^<http://e.org/d>",
    '"1" ^^ xsd:integer',
    '"1"^^ # datatype\n xsd:integer',
    '"""a\nb"""@en',
    '"a"@ar--rtl',
    "1",
    "-1",
    "+1",
    "01",
    "1.0",
    ".5",
    "-.5",
    "1e3",
    "1.e3",
    "1.5E-3",
    ".5e+3",
    "true",
    "false",
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def written(text: str, place: Location) -> str:
    """Cut out what stands at a place, by line and column alone."""
    lines = lines_of(text)
    assert place.text == lines[place.line - 1].rstrip("\r\n")
    last = place.line
    while sum(map(len, lines[place.line - 1 : last])) < place.column - 1 + place.length:
        last += 1
        assert last <= len(lines)
    return "".join(lines[place.line - 1 : last])[place.column - 1 : place.column - 1 + place.length]


@cache
def lines_of(text: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text.removeprefix("\ufeff"))


@cache
def read_term(head: str, base: str | None, term: str) -> object:
    try:
        quads = list(ox.parse(f"{head}<x:s> <x:p> {term} .", TURTLE, base_iri=base))
    except SyntaxError:
        return None
    return quads[-1].object


class Reader:
    """Reads terms with the prefixes of a file; files in these tests declare a prefix or a base once."""

    def __init__(self, text: str, form: ox.RdfFormat) -> None:
        parser = ox.parse(text.removeprefix("\ufeff"), form)
        for _ in parser:
            pass
        declared = {} if form in {NT, NQ} else parser.prefixes
        self.base = None if form in {NT, NQ} else parser.base_iri
        self.head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in declared.items())

    def agrees(self, term: object, text: str, *, cell: bool, labels: bool) -> bool:
        """Tell whether the text, read on its own, is the term."""
        if not text or text != text.strip():
            return False
        if isinstance(term, ox.BlankNode):
            label = text == f"_:{term.value}" if labels else text.startswith("_:")
            return label or text in {"[", "("} or bool(re.fullmatch(r"\[\s*\]", text)) or cell
        if term in {ox.NamedNode(RDF + "first"), ox.NamedNode(RDF + "rest")} and cell:
            return True  # written nowhere
        if term == ox.NamedNode(RDF + "nil") and text in {"(", ")"}:
            return True
        if term == ox.NamedNode(RDF + "type") and text == "a":
            return True
        return read_term(self.head, self.base, text) == term


def check(
    text: str, form: ox.RdfFormat, positions: Positions | None, quads: list[ox.Quad], *, labels: bool = True
) -> None:
    """Find every quad in each of its parts, and compare what stands there with the term (or any label, of a node)."""
    assert positions is not None
    reader = Reader(text, form)
    cells = {quad.subject for quad in quads if quad.predicate == ox.NamedNode(RDF + "rest")}
    for quad in quads:
        for part in module.PARTS:
            term = quad.graph_name if part == "graph" else getattr(quad, part)
            places = positions.find(quad.subject, quad.predicate, quad.object, quad.graph_name, part)
            assert bool(places) == (term != ox.DefaultGraph()), (quad, part)
            for place in places:
                is_cell = term in cells or (part == "predicate" and quad.subject in cells)
                there = written(text, place)
                assert reader.agrees(term, there, cell=is_cell, labels=labels), (str(term), there, place)


def check_all(text: str, form: ox.RdfFormat = TURTLE) -> list[ox.Quad]:
    """Check a text, and that the order in which it is read is the parser's."""
    quads = list(ox.parse(text.removeprefix("\ufeff"), form))
    positions = index(text, form, quads=quads)
    check(text, form, positions, quads)
    assert positions is not None
    assert len(positions) == len(quads)
    assert module._in_order(text.removeprefix("\ufeff"), form, quads, None, None) is not None
    return quads
