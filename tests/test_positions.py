"""Where a triple stands: examples, and the files of this project."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from cascq.places import positions as module
from cascq.places.positions import index
from cascq.reading import read_file
from cascq.reports.report import Location
from positions_check import (
    HEAD,
    LITERALS,
    NQ,
    NT,
    RDF,
    TRIG,
    TURTLE,
    check,
    check_all,
    e,
    written,
)

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
    assert positions.find(e("s"), e("p"), ox.Literal(2)) == [Location("a.trig", 4, 13, 1, "     :p 1 , 2 .")]
    assert positions.find(e("s"), e("p")) == [Location("a.trig", 4, 6, 2, "     :p 1 , 2 .")]
    assert positions.find(e("s")) == [Location("a.trig", 3, 3, 2, "  :s a :C ;")]
    assert positions.find(e("s"), part="graph") == [Location("a.trig", 2, 7, 2, "GRAPH :g {")]
    kind = ox.NamedNode(RDF + "type")
    assert positions.find(e("s"), kind) == [Location("a.trig", 3, 6, 1, "  :s a :C ;")]


def columns(places: list[Location]) -> list[tuple[int | None, int | None]]:
    return [(place.line, place.column) for place in places]


def test_a_missing_value_is_missing_from_the_first_statement() -> None:
    positions = index(HEAD + ":x :p :s .\n:s :q 1 .\n:s :r 2 .", TURTLE)
    assert positions is not None
    assert columns(positions.find(e("s"), e("missing"))) == [(4, 1)]
    assert columns(positions.find(e("s"), value=e("s"))) == [(4, 1)]  # a finding on the node itself
    assert positions.find(e("s"), e("missing"), e("o")) == []
    assert positions.find(e("s"), value=e("o")) == []


def test_a_node_without_statements_is_found_where_it_is_mentioned() -> None:
    text = 'PREFIX : <http://e.org/>\n:g { :s :p :o, "x"@zh . :t :p :o }'
    for wanted in (None, {e("o"), e("g"), ox.Literal("x", language="zh")}):
        positions = index(text, TRIG, wanted=wanted)
        assert positions is not None
        assert columns(positions.find(e("o"))) == [(2, 12)]
        assert columns(positions.find(e("o"), e("p"))) == [(2, 12)]
        assert columns(positions.find(ox.Literal("x", language="zh"))) == [(2, 16)]
        assert columns(positions.find(e("g"))) == [(2, 1)]
        assert positions.find(e("nowhere")) == []


def test_what_stands_twice_is_found_twice() -> None:
    text = "PREFIX : <http://e.org/>\n:s :p 1 .\n:s :p 1, 1 .\n:g { :s :p 1 }\n{ :s :p 1 }"
    positions = index(text, TRIG)
    assert positions is not None
    one = ox.Literal(1)
    assert columns(positions.find(e("s"), e("p"), one)) == [
        (2, 7),
        (3, 7),
        (3, 10),
        (4, 12),
        (5, 9),
    ]
    assert columns(positions.find(e("s"), e("p"), one, e("g"))) == [(4, 12)]
    in_default = columns(positions.find(e("s"), e("p"), one, ox.DefaultGraph()))
    assert in_default == [(2, 7), (3, 7), (3, 10), (5, 9)]
    # One predicate, written once, of two objects is one place.
    assert columns(positions.find(e("s"), e("p"))) == [(2, 4), (3, 4), (4, 9), (5, 6)]
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
            "1": [(3, 7)],
            "2": [(4, 2)],
            "3": [(7, 1)],
            "7": [(5, 7)],
            "8": [(6, 2)],
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
