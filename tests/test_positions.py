from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cascq import positions as module
from cascq.positions import Place, Positions, caret, index
from cascq.reading import FORMATS, find_files, read_file

ROOT = Path(__file__).parents[1]
TURTLE, TRIG, NT, NQ = ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
HEAD = "@prefix : <http://e.org/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


def e(name: str) -> ox.NamedNode:
    return ox.NamedNode("http://e.org/" + name)


# ---------------------------------------------------------------------------------------------------------------------
# What is written at a place, and whether it is the term: found without the code under test.


def written(text: str, place: Place) -> str:
    """Cut out what stands at a place, by line and column alone."""
    lines = lines_of(text)
    assert place.text_of_line == lines[place.line - 1].rstrip("\r\n")
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
                assert place.part == part
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


# ---------------------------------------------------------------------------------------------------------------------
# Examples: the text, what is looked for, and what is found where (line, column, text).

CONSTRUCTS = {
    "IRI in full": ("<http://e.org/s> <http://e.org/p> <http://e.org/o> .", "o", (3, 35, "<http://e.org/o>")),
    "prefixed name": (":s :p :o .", "o", (3, 7, ":o")),
    "no space": ("<http://e.org/s><http://e.org/p>:o.", "o", (3, 33, ":o")),
    "comments": (":s # :o .\n # <http://e.org/o>\n:p#:o\n\t:o#.\n.", "o", (6, 2, ":o")),
    "no comment inside an IRI": (":s :p <http://e.org/x#y>, :o .", "o", (3, 27, ":o")),
    "no comment inside a literal": (':s :p "# no comment", :o .', "o", (3, 23, ":o")),
    "second of three objects": (":s :p :x, :o,\n:y .", "o", (3, 11, ":o")),
    "after a semicolon": (":s :q :x ;\n  :p :o ;\n :r :z .", "o", (4, 6, ":o")),
    "repeated and trailing semicolons": (":s :q 1 ;; ; :p :o ; ;\n.", "o", (3, 17, ":o")),
    "after a literal of several lines": (':s :q """a\n"b"\n\\"c""" ; :p :o .', "o", (5, 13, ":o")),
    "after a non-BMP character": (':s :q "😀𠀀" ; :p :o .', "o", (3, 17, ":o")),
    "after Chinese": (':s :q "重庆"@zh ; :p :o .', "o", (3, 20, ":o")),
    "after a tab": ("\t:s\t:p\t:o .", "o", (3, 8, ":o")),
    "local name with a dot": (":s :p :a.b .", "a.b", (3, 7, ":a.b")),
    "local name with escapes": (r":s :p :a\~\.b\-\,c\# .", "a~.b-,c#", (3, 7, r":a\~\.b\-\,c\#")),
    "local name with percents": (":s :p :a%20%4Ab .", "a%20%4Ab", (3, 7, ":a%20%4Ab")),
    "local name that is a number": (":s :p :2024-01 .", "2024-01", (3, 7, ":2024-01")),
    "local name with a colon": (":s :p :a:b: .", "a:b:", (3, 7, ":a:b:")),
    "Chinese local name": (":s :p :重庆市.", "重庆市", (3, 7, ":重庆市")),
    "empty local name": (":s :p : .", "", (3, 7, ":")),
    "prefix with dots and dashes": ("PREFIX a.b-c: <http://e.org/>\n:s :p a.b-c:o .", "o", (4, 7, "a.b-c:o")),
    "prefix declared the new way": ("prefix x: <http://e.org/>\n:s :p x:o .", "o", (4, 7, "x:o")),
    "prefix declared anew": ("@prefix : <x:>. :s :p :o .\n@prefix : <http://e.org/>. :s :p :o .", "o", (4, 34, ":o")),
    "base declared the old way": ("@base <http://e.org/x/> .\n:s :p <../o> .", "o", (4, 7, "<../o>")),
    "base declared the new way": ("BASE <http://e.org/x/y>\n:s :p </o> .", "o", (4, 7, "</o>")),
    "base declared anew": ("@base <x:/> . <s> :p <o> .\nBASE <http://e.org/> <s> :p <o> .", "o", (4, 29, "<o>")),
    "IRI with escapes": (r":s :p <http://e.org/\u91cd\U0001F600>.", "重😀", (3, 7, r"<http://e.org/\u91cd\U0001F600>")),
}


@pytest.mark.parametrize("name", CONSTRUCTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "BOM"])
def test_a_term_is_found_where_it_is_written(name: str, newline: str, mark: str) -> None:
    body, wanted, expected = CONSTRUCTS[name]
    text = (mark + HEAD + body).replace("\n", newline)
    positions = index(text, TURTLE)
    assert positions is not None
    subject, predicate = next(
        (quad.subject, quad.predicate) for quad in ox.parse(HEAD + body, TURTLE) if quad.object == e(wanted)
    )
    assert isinstance(subject, ox.NamedNode)
    [place] = positions.find(subject, predicate, e(wanted))
    assert (place.line, place.column, written(text, place)) == expected
    assert place.part == "object"


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


@pytest.mark.parametrize("literal", LITERALS)
def test_a_literal_is_found_whole(literal: str) -> None:
    text = HEAD + f"  :s :p {literal} ."
    [quad] = check_all(text)
    positions = index(text, TURTLE)
    assert positions is not None
    [place] = positions.find(quad.subject, quad.predicate, quad.object)
    assert (place.line, place.column, place.length) == (3, 9, len(literal))
    assert written(text, place) == literal


def test_a_number_ends_before_the_full_stop() -> None:
    check_all(HEAD + ":s :p 1.\n:s :p 2.5.\n:s :p -3 .")
    positions = index(HEAD + ":s :p 1.", TURTLE)
    assert positions is not None
    assert positions.find(e("s"), e("p"))[0].line == 3
    assert positions.find(e("s"), e("p"), ox.Literal(1))[0].length == 1


def test_the_parts_of_a_statement() -> None:
    text = "PREFIX : <http://e.org/>\nGRAPH :g {\n  :s a :C ;\n     :p 1 , 2 .\n}\n"
    positions = index(text, TRIG, path=Path("a.trig"))
    assert positions is not None
    assert positions.find(e("s"), e("p"), ox.Literal(2)) == [
        Place(Path("a.trig"), 4, 13, 1, "     :p 1 , 2 .", "object")
    ]
    assert positions.find(e("s"), e("p")) == [Place(Path("a.trig"), 4, 6, 2, "     :p 1 , 2 .", "predicate")]
    assert positions.find(e("s")) == [Place(Path("a.trig"), 3, 3, 2, "  :s a :C ;", "subject")]
    assert positions.find(e("s"), part="graph") == [Place(Path("a.trig"), 2, 7, 2, "GRAPH :g {", "graph")]
    kind = ox.NamedNode(RDF + "type")
    assert positions.find(e("s"), kind) == [Place(Path("a.trig"), 3, 6, 1, "  :s a :C ;", "predicate")]


def columns(places: list[Place]) -> list[tuple[int, int, str]]:
    return [(place.line, place.column, place.part) for place in places]


def test_a_missing_value_is_missing_from_the_first_statement() -> None:
    positions = index(HEAD + ":x :p :s .\n:s :q 1 .\n:s :r 2 .", TURTLE)
    assert positions is not None
    assert columns(positions.find(e("s"), e("missing"))) == [(4, 1, "subject")]
    assert columns(positions.find(e("s"), value=e("s"))) == [(4, 1, "subject")]  # a finding on the node itself
    assert positions.find(e("s"), e("missing"), e("o")) == []
    assert positions.find(e("s"), value=e("o")) == []


def test_a_node_without_statements_is_found_where_it_is_mentioned() -> None:
    text = 'PREFIX : <http://e.org/>\n:g { :s :p :o, "x"@zh . :t :p :o }'
    for wanted in (None, {e("o"), e("g"), ox.Literal("x", language="zh")}):
        positions = index(text, TRIG, wanted=wanted)
        assert positions is not None
        assert columns(positions.find(e("o"))) == [(2, 12, "object")]
        assert columns(positions.find(e("o"), e("p"))) == [(2, 12, "object")]
        assert columns(positions.find(ox.Literal("x", language="zh"))) == [(2, 16, "object")]
        assert columns(positions.find(e("g"))) == [(2, 1, "graph")]
        assert positions.find(e("nowhere")) == []


def test_what_stands_twice_is_found_twice() -> None:
    text = "PREFIX : <http://e.org/>\n:s :p 1 .\n:s :p 1, 1 .\n:g { :s :p 1 }\n{ :s :p 1 }"
    positions = index(text, TRIG)
    assert positions is not None
    one = ox.Literal(1)
    assert [place[:2] for place in columns(positions.find(e("s"), e("p"), one))] == [
        (2, 7),
        (3, 7),
        (3, 10),
        (4, 12),
        (5, 9),
    ]
    assert columns(positions.find(e("s"), e("p"), one, e("g"))) == [(4, 12, "object")]
    in_default = columns(positions.find(e("s"), e("p"), one, ox.DefaultGraph()))
    assert [place[:2] for place in in_default] == [(2, 7), (3, 7), (3, 10), (5, 9)]
    # One predicate, written once, of two objects is one place.
    assert [place[:2] for place in columns(positions.find(e("s"), e("p")))] == [(2, 4), (3, 4), (4, 9), (5, 6)]
    assert positions.find(e("s"), e("p"), one, e("other")) == []
    assert positions.find(e("s"), graph=e("other")) == []


BLANK = [
    ":s :p [ ] .",
    ":s :p [] , [\n] .",
    "[] :p 1 .",
    "[ :p 1 ] .",
    "[ :p 1 ] :q 2 .",
    "[ :p 1 ; ] :q [ :r [ :t 3 ; ; ] ] ; :u 4 .",
    "_:a :p _:b . _:b :p _:a .",
    "_:a.b :p _:1.\n_:a-b :p _:_ .",
    ":s :p () .",
    "() :p () .",
    ":s :p ( 1 ) .",
    ":s :p ( 1 2 3 ) .",
    ':s :p ( "a" "b"@en "c"^^xsd:date true 1.0 :x <http://e.org/y> _:z a:b ) .',
    "(1 :x) :p ( :y ) .",
    ":s :p ( () ( () ) ( 1 ( 2 ) 3 ) ) .",
    ":s :p ( [] [ :q 1 ] [ :q ( 1 2 ) ] ) , 5 .",
    ':s :p ("a"), ("b" "c"); :q "d" .',
    ':s :p [ :q "a" ] . [ :q "a" ] :p "b" . ( "a" ) :p "b" .',
    ":s :p [ # c\n ] , ( # c\n ) .",
    "( [ :p 1 ] ) :q 2 .",
    ":s :p [ :q [ :q [ :q [ :q ( [ :q 1 ] ) ] ] ] ] .",
]


@pytest.mark.parametrize("body", BLANK)
@pytest.mark.parametrize("order", ["as read", "shuffled"])
def test_blank_nodes_and_collections(body: str, order: str) -> None:
    text = HEAD + "@prefix a: <http://a.org/> .\n" + body
    quads = check_all(text)
    if order == "shuffled":
        shuffled = sorted(quads, key=str, reverse=True)  # in which nodes that are alike may be taken for each other
        check(text, TURTLE, index(text, TURTLE, quads=shuffled), quads, labels=False)


def test_a_finding_on_a_blank_node_is_located(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(HEAD + ":s :p [ :q 1 ],\n [ :q 2 ],\n _:b, ( 7\n 8 ) .\n_:b :q 3 .\n", "utf-8")
    quads = read_file(path)  # which gives blank nodes names of its own
    where = {}
    for given_quads in (quads, quads[::-1]):
        positions = index(path, quads=given_quads)
        assert positions is not None
        for quad in quads:
            if isinstance(quad.subject, ox.BlankNode) and isinstance(quad.object, ox.Literal):
                where[quad.object.value] = columns(positions.find(quad.subject))
        # the cells of the collection: the bracket, then the second element
        assert where == {
            "1": [(3, 7, "subject")],
            "2": [(4, 2, "subject")],
            "3": [(7, 1, "subject")],
            "7": [(5, 7, "subject")],
            "8": [(6, 2, "subject")],
        }


def test_what_is_not_written_in_a_collection_stands_at_its_elements() -> None:
    text = HEAD + ":s :p ( 10 20 ) ."
    quads = list(ox.parse(text, TURTLE))
    positions = index(text, TURTLE, quads=quads)
    assert positions is not None
    found = {
        (quad.predicate.value.rsplit("#")[-1], str(getattr(quad.object, "value", ""))[:2]): [
            (place.column, place.length)
            for part in module.PARTS[:3]
            for place in positions.find(quad.subject, quad.predicate, quad.object, part=part)
        ]
        for quad in quads
        if not isinstance(quad.object, ox.BlankNode)
    }
    assert found == {
        ("first", "10"): [(7, 1), (9, 2), (9, 2)],
        ("first", "20"): [(12, 2), (12, 2), (12, 2)],
        ("rest", "ht"): [(12, 2), (15, 1), (15, 1)],
    }


GRAPHS = [
    ":s :p 1 . { :s :p 2 } { :s :p 3 . } :g { :s :p 4 . :t :p 5 } GRAPH :g { :s :p 6 } :s :p 7 .",
    ":g {} {} graph :h { } _:g { :s :p 1 } GRAPH _:h { _:g :p _:h } [] { :s :p 1 } GRAPH [ ] { :s :p 2 }",
    "<http://e.org/g>{:s :p 1;:q 2.}:g{:s :p 1}#c\n:h#c\n{#}\n}",
    ':g { :s :p [ :q ( "a" ) ] } :h { ( "a" ) :p "b" . [ :q "c" ] } { [] :p "d" }',
    ':g { :s :p "a" } :h { :s :p true } @prefix x: <http://x.org/> . PREFIX y: <http://y.org/> x:g { y:s x:p "a"@en }',
]


@pytest.mark.parametrize("body", GRAPHS)
def test_trig(body: str) -> None:
    check_all(HEAD + body, TRIG)


LINES = [
    '<x:s> <x:p> <x:o> .\n# comment\n\n  _:a\t<x:p>\t_:b.c . # comment\n_:b.c<x:p>_:d.\r\n<x:s> <x:p> "" .',
    '<x:s> <x:p> "a\\"b\\u91cd\\n" .\n<x:s> <x:p> "1"^^<x:d> .\n<x:s> <x:p> "重庆😀#." .\n<x:\\u91cd> <x:p> "a"@en-GB.',
    "<x:s> <x:p> <x:o> .\r<x:s> <x:p> <x:o> .\r\r",
    "",
    "# nothing",
    "\n\n",
]


@pytest.mark.parametrize("text", LINES)
def test_n_triples_and_n_quads(text: str) -> None:
    check_all(text, NT)
    check_all(text, NQ)


@pytest.mark.parametrize("graph", ["<x:g>", "_:g", "_:g.h"])
def test_the_graph_of_n_quads(graph: str) -> None:
    text = f'_:a <x:p> <x:o> {graph} . # comment\n_:a <x:p> "a"@en {graph}.\n<x:s> <x:p> "1"^^<x:d>\t{graph} .\n'
    quads = check_all(text, NQ)
    positions = index(text, NQ, quads=quads)
    assert positions is not None
    [place] = positions.find(quads[2].subject, part="graph")
    assert (place.line, place.column, written(text, place)) == (3, 24, graph)


# After the cases of the W3C's test suites for Turtle and TriG.
TRICKY = [
    "",
    "# only a comment",
    "@prefix x: <x:> .",
    ":s :p :o.#comment",
    ":s :p :a#comment\n.",
    "<x:#> <x:/?q=1&r> <x:a-b~c> .",
    "@prefix a: <x:>. @prefix a.b: <y:>. a:a.b a.b:a.b.c a.b: . a.b:s a a:a.a .",
    ":a..b :p :_ , :0 , :1.2.3 , ::: .",
    "_:a:p :o .",
    ':s :p"a".:s:p :p"b"@en.',
    ":s :p 1,2.0,3e0,.4,-5.:s :p +6 .",
    ":s :p .5 , -.5e1 , 1.",
    ':s :p "a"^^<x:d>,"b"^^:d,"c"@en-b1996a.',
    ":s\na\n:C\n,\n:D\n;\n.",
    ":s a :a; a :b;;;a :c.",
    ":a :true :false ; :a true , false .",
    ":s :p true . :s :p false . :s :p true , false; :q true .\n:t :p 1 .",
    ":s a [a [a [a :x]]] . [] a :x.",
    r":s :p :\~\.\-\!\$\&\'\(\)\*\+\,\;\=\/\?\#\@\_\%41 .",
    ":s :p :a\\.b.\n",
    ":s :p :%25%aF , :a%20 .",
    ":s :p '''''' , '''\"''' , \"\"\"'\"\"\" .",
    "@base <http://a.org/b/c?d> . <> <#e> <?f>, <.>, <..>, <g/../h>, <//i.org>, </j>, <k:l>, <m:../n>, <> .",
    ':s :p "\x7f\x85\u2028\u00a0" , "\t" .',
    "prefix 重: <x:> 重:庆 重:a.重 重: .",
    ":s :p :é , :a·b , :x\u0300 , :\U00010000 .",
    '@version "1.2" . VERSION "1.1"\n:s :p 1 .',
    "PREFIX graph: <x:> graph:a a graph: .",
    "PREFIX base: <x:> PREFIX prefix: <y:> base:a prefix:a base:prefix . prefix: a base: .",
    ":s :p <x:?\\u0041> .",
]


@pytest.mark.parametrize("body", TRICKY)
def test_tricky_cases(body: str) -> None:
    check_all(HEAD + body)
    check_all(HEAD + body, TRIG)


def test_deep_nesting() -> None:
    check_all(HEAD + ":s :p " + "[ :q ( " * 3000 + ") ]" * 3000 + " .")


# ---------------------------------------------------------------------------------------------------------------------
# Generated documents.

SPACE = st.sampled_from([" ", "\n", "\r\n", "\t", "  ", " # c\n", '#重庆 . ; [ "\r\n', "\n\n"])
ATOMS = st.sampled_from([*LITERALS, ":o", ":a.b", "<http://e.org/x>", "_:b", "_:c.d", "[]", "()", "[ ]", r":\~a"])
VERBS = st.sampled_from([":p", "a", "<http://e.org/q>", ":p-q"])


@st.composite
def layout(draw: st.DrawFn, strategy: st.SearchStrategy[list[str]]) -> str:
    """Put white space and comments between tokens."""
    return "".join(token + draw(SPACE) for token in draw(strategy))


def properties(objects: st.SearchStrategy[list[str]], minimum: int = 1) -> st.SearchStrategy[list[str]]:
    listed = st.lists(objects, min_size=1, max_size=3).map(lambda many: [t for o in many for t in [",", *o]][1:])
    one = st.tuples(VERBS, listed, st.sampled_from([[], [";"], [";", ";"]])).map(lambda t: (t[0], *t[1], t[2]))
    return st.lists(one, min_size=minimum, max_size=3).map(
        lambda many: [t for *tokens, semicolons in many for t in [*tokens, ";", *semicolons]]
    )


OBJECTS = st.recursive(
    ATOMS.map(lambda atom: [atom]),
    lambda inner: st.one_of(
        properties(inner).map(lambda tokens: ["[", *tokens, "]"]),
        st.lists(inner, max_size=4).map(lambda many: ["(", *(t for o in many for t in o), ")"]),
    ),
    max_leaves=8,
)
SUBJECTS = st.one_of(
    st.sampled_from([[":s"], ["<http://e.org/s>"], ["_:b"], ["[]"], ["()"]]),
    st.lists(OBJECTS, max_size=3).map(lambda many: ["(", *(t for o in many for t in o), ")"]),
    properties(OBJECTS).map(lambda tokens: ["[", *tokens, "]"]),
)
TRIPLES = st.tuples(SUBJECTS, properties(OBJECTS)).map(lambda t: [*t[0], *t[1], "."])
BLOCKS = st.tuples(
    st.sampled_from([[], [":g"], ["GRAPH", ":g"], ["_:g"], ["[]"], ["graph", "<http://e.org/g>"]]),
    st.lists(TRIPLES, max_size=2),
    st.booleans(),
).map(lambda t: [*t[0], "{", *[x for s in t[1] for x in s][: -1 if t[1] and t[2] else None], "}"])


@given(layout(st.lists(TRIPLES, max_size=4).map(lambda many: [t for s in many for t in s])))
def test_every_turtle_document(body: str) -> None:
    quads = check_all(HEAD + body)
    assert all(quad.graph_name == ox.DefaultGraph() for quad in quads)


@given(layout(st.lists(st.one_of(TRIPLES, BLOCKS), max_size=4).map(lambda many: [t for s in many for t in s])))
def test_every_trig_document(body: str) -> None:
    check_all(HEAD + body, TRIG)


@given(layout(TRIPLES), st.randoms(use_true_random=False))
def test_quads_in_another_order_are_found_all_the_same(body: str, random: Random) -> None:
    quads = list(ox.parse(HEAD + body, TURTLE))
    shuffled = list(dict.fromkeys(quads))
    random.shuffle(shuffled)
    check(HEAD + body, TURTLE, index(HEAD + body, TURTLE, quads=shuffled), quads, labels=False)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
NAMES = st.sampled_from(
    [
        "http://e.org/",
        "http://e.org/a.b",
        "http://e.org/a#b",
        "http://e.org/重庆",
        "urn:a:b",
        "http://e.org/a%20b",
        RDF + "type",
        "http://e.org/a/",
        "http://e.org/1",
        "http://e.org/a~b'c(d)",
        "http://e.org/\U0001f600",
        "http://e.org/ns#x-y_z.",
    ]
)


def terms(text: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[object]]:
    nodes = NAMES.map(ox.NamedNode)
    blank = st.sampled_from(["b", "c1", "d"]).map(ox.BlankNode)
    datatypes = st.sampled_from(["integer", "decimal", "double", "boolean", "date", "string", "token"])
    literals = st.one_of(
        text.map(ox.Literal),
        st.builds(lambda t, lang: ox.Literal(t, language=lang), text, st.sampled_from(["zh", "en-GB", "zh-Hans-CN"])),
        st.builds(
            lambda t, name: ox.Literal(t, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#" + name)),
            st.one_of(text, st.sampled_from(["1", "-1.5", "1.", ".5", "1e3", "01", "true", "2024-01-01", "1.0E0"])),
            datatypes,
        ),
    )
    return {
        "subject": st.one_of(nodes, blank),
        "predicate": nodes,
        "object": st.one_of(nodes, blank, literals),
        "graph_name": st.one_of(nodes, blank, st.just(ox.DefaultGraph())),
    }


PREFIXES = {"e": "http://e.org/", "n": "http://e.org/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#"}


@given(st.lists(st.builds(ox.Quad, **terms(TEXT)), max_size=8), st.booleans())
def test_what_oxigraph_writes_is_found(quads: list[ox.Quad], prefixes: bool) -> None:
    for form in (TURTLE, TRIG, NT, NQ):
        some = quads if form in {TRIG, NQ} else [ox.Quad(q.subject, q.predicate, q.object) for q in quads]
        content = ox.serialize(some, format=form, prefixes=PREFIXES if prefixes else None)
        assert set(check_all((content or b"").decode(), form)) == set(some)


@pytest.mark.filterwarnings("ignore::UserWarning:rdflib")
@given(st.lists(st.builds(ox.Quad, **terms(PLAIN)), max_size=8))
def test_what_rdflib_writes_is_found(quads: list[ox.Quad]) -> None:
    import rdflib

    data = rdflib.Dataset()
    data.parse(data=(ox.serialize(quads, format=NQ) or b"").decode(), format="nquads")
    graph = rdflib.Graph()
    for s, p, o, _ in data.quads():
        graph.add((s, p, o))
    written_by = [(graph, "turtle", TURTLE), (graph, "longturtle", TURTLE), (graph, "nt", NT), (data, "trig", TRIG)]
    for source, name, form in [*written_by, (data, "nquads", NQ)]:
        text = source.serialize(format=name)
        try:
            list(ox.parse(text, form))
        except SyntaxError:
            assume(False)  # what rdflib writes is not always right
        check_all(text, form)


# ---------------------------------------------------------------------------------------------------------------------
# Files.

FILES = find_files([ROOT / "data", ROOT / "ontology", ROOT / "tests"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_statement_of_the_projects_files_is_found(path: Path) -> None:
    form = FORMATS[path.suffix]
    text = path.read_bytes().decode()
    quads = list(ox.parse(text, form))
    positions = index(path, quads=quads)
    check(text, form, positions, quads)
    assert positions is not None
    assert len(positions) == len(quads)
    assert positions.find(quads[0].subject)[0].path == path


def test_only_what_is_wanted_is_held() -> None:
    path = ROOT / "data" / "curated" / "notes.trig"
    everything = index(path)
    quads = list(ox.parse(path.read_bytes(), TRIG))
    wanted = {quads[0].subject, quads[-1].subject}
    some = index(path, wanted=wanted)
    assert everything is not None
    assert some is not None
    assert 0 < len(some) < len(everything) == len(quads)
    for quad in quads:
        if quad.subject in wanted:
            places = some.find(quad.subject, quad.predicate, quad.object, quad.graph_name)
            assert places == everything.find(quad.subject, quad.predicate, quad.object, quad.graph_name)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("{}", ox.RdfFormat.JSON_LD),
        ("<a/>", ox.RdfFormat.RDF_XML),
        (HEAD + "<< :s :p :o >> :q 1 .", TURTLE),
        (HEAD + ":s :p :o {| :q 1 |} .", TURTLE),
        (HEAD + ":s :p :o ~ :r .", TURTLE),
        (HEAD + ":s :p", TURTLE),
        (HEAD + ":s :p nonsense .", TURTLE),
        (HEAD + ":s :p ) .", TURTLE),
        (HEAD + ":s :p x:undeclared .", TURTLE),
        (HEAD + "@prefix", TURTLE),
        (HEAD + "@base <relative> .", TURTLE),
        ("<x:s> <x:p> 1 .", NT),
    ],
)
def test_positions_are_not_known(text: str, form: ox.RdfFormat) -> None:
    assert index(text, form) is None


def test_other_suffixes_have_no_positions(tmp_path: Path) -> None:
    (tmp_path / "a.rdf").write_text("<x/>", "utf-8")
    assert index(tmp_path / "a.rdf") is None


def test_quads_of_another_file_are_not_found() -> None:
    positions = index(HEAD + ":s :p [ :q 1 ] .", TURTLE, quads=[ox.Quad(ox.BlankNode("b"), e("q"), ox.Literal(2))])
    assert positions is not None
    assert positions.find(ox.BlankNode("b")) == []


def shifts() -> list[tuple[int, int]]:
    return [(number, by) for number in range(4 * 7) for by in (-1, 1)]


@pytest.mark.parametrize(("number", "by"), shifts())
def test_a_shifted_position_is_noticed(number: int, by: int) -> None:
    text = HEAD + ':g { :s a :C ; :p "重庆"@zh, 12 ; <http://e.org/q> _:b . _:b :p "x"^^xsd:date, true . :t :r -1.5 }'
    quads = list(ox.parse(text, TRIG))
    assert len(quads) == 7
    positions = index(text, TRIG, quads=quads)
    check(text, TRIG, positions, quads)
    assert positions is not None
    positions._offsets[number] += by
    with pytest.raises(AssertionError):
        check(text, TRIG, positions, quads)


# ---------------------------------------------------------------------------------------------------------------------
# The caret.


def place(line: str, term: str, length: int | None = None) -> Place:
    return Place(None, 1, line.index(term) + 1, len(term) if length is None else length, line, "object")


@pytest.mark.parametrize(
    ("line", "term", "below"),
    [
        (":s :p :o .", ":o", "      ^~"),
        (":s :p 1 .", "1", "      ^"),
        (':s :p "重庆"@zh, :o .', ":o", "                 ^~"),
        (':s :p "重庆"@zh .', '"重庆"@zh', "      ^~~~~~~~~"),
        ("\t:s\t:p :o .", ":o", "             ^~"),
        (':s :p "e\u0301", :o .', ":o", "           ^~"),
        (':s :p "😀", :o .', ":o", "            ^~"),
    ],
)
def test_the_caret_stands_under_the_term(line: str, term: str, below: str) -> None:
    shown, marked = caret(place(line, term)).split("\n")
    assert marked == below
    assert shown == line.replace("\t", "    ")


def test_a_term_of_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    assert caret(place(':s :p """a', '"""a', length=30)) == ':s :p """a\n      ^~~~'


def test_control_characters_are_shown_not_obeyed() -> None:
    shown, below = caret(place('"\x1b[31m\x00\x85\u202e", :o', ":o")).split("\n")
    assert shown == '"␛[31m␀\ufffd\ufffd", :o'
    assert below == "            ^~"


@given(st.text(max_size=300), TEXT.filter(bool), st.text(max_size=300), st.integers(20, 130))
def test_a_long_line_is_cut_around_the_term(before: str, term: str, after: str, width: int) -> None:
    import wcwidth

    shown, below = caret(Place(None, 1, len(before) + 1, len(term), before + term + after, "object"), width).split("\n")
    assert wcwidth.wcswidth(shown) <= width
    assert below.strip(" ")[0] == "^"
    assert wcwidth.wcswidth(below) <= width


def test_what_is_cut_off_is_marked() -> None:
    line = "a" * 1000 + " :o " + "重" * 1000
    shown, below = caret(place(line, ":o"), 40).split("\n")
    assert shown[0] == shown[-1] == "…"
    assert shown[below.index("^") :].startswith(":o ")
    assert len(below) - len("^~") in range(15, 25)
    term = '"' + "长" * 1000 + '"'
    shown, below = caret(place(":s :p " + term + " .", term), 60).split("\n")
    assert shown.startswith(':s :p "长长')
    assert below.startswith("      ^~~~")
    assert "…" in shown


def test_a_very_long_line_is_cut_too() -> None:
    line = ":x " * 2_000_000 + ":o ."
    assert caret(place(line, ":o")).split("\n")[0].endswith(":o .")
