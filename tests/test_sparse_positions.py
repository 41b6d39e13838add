"""The parts of a file that speak of some terms: what is found in them is what is found in the whole file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascq.places import mentions, sparse_positions
from cascq.places import positions as module
from cascq.places.positions import PARTS, Positions, find_sparsely, index
from cascq.places.sparse_positions import Excerpts
from cascq.places.turtle_tokens import NIL
from cascq.reading import find_files, format_of
from cascq.reports.report import Location
from positions_check import HEAD, LITERALS, NQ, NT, ROOT, TEXT, TRIG, TURTLE, e
from test_positions import CONSTRUCTS, GRAPHS, LINES, TRICKY
from test_positions_generated import BLOCKS, PREFIXES, TRIPLES, layout, terms

FILES = [path for path in find_files([ROOT / "data", ROOT / "ontology", ROOT / "tests"]) if format_of(path)]


@pytest.fixture(autouse=True, scope="module", params=["as it is", "in small pieces"])
def pieces(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test is also run with chunks of a few bytes, and all terms taken for terms with many mentions."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "in small pieces":
            for module_, name, value in (
                (mentions, "_LOOK_BACK", 20),
                (sparse_positions, "_CHUNK", 32),
                (module, "_MENTIONS", (0, 1)),
            ):
                patch.setattr(module_, name, value)
        yield


def same(text: str, form: ox.RdfFormat, each: bool = True) -> int:
    """Compare what is found of each term alone, and of all, with both ways; return how often the short way went."""
    quads = list(ox.parse(text.removeprefix("\ufeff"), form))
    named = {t for q in quads for t in (q.subject, q.object, q.graph_name) if isinstance(t, ox.NamedNode)}
    named = (named | {e("nowhere"), e("")}) - {NIL}
    went = 0
    for wanted in [*({term} for term in sorted(named, key=str) if each), named]:
        sparse = find_sparsely(Excerpts(text.encode(), form), form, None, wanted, None)
        full = index(text, form, wanted=wanted)
        assert full is not None
        if sparse is None:
            continue
        went += 1
        for term in wanted:
            assert sparse.find(term) == full.find(term)
        for quad in quads:
            if quad.subject in wanted:
                for part in PARTS:
                    assert found(sparse, quad, part) == found(full, quad, part)
                    assert sparse.find(quad.subject, quad.predicate, part=part) == full.find(
                        quad.subject, quad.predicate, part=part
                    )
    return went


def found(positions: Positions, quad: ox.Quad, part: module.Part) -> list[Location]:
    """Return where a quad is found; blank nodes without a label have other names each time."""
    value = None if isinstance(quad.object, ox.BlankNode) else quad.object
    graph = None if isinstance(quad.graph_name, ox.BlankNode) else quad.graph_name
    return positions.find(quad.subject, quad.predicate, value, graph, part)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_statement_of_the_projects_files(path: Path) -> None:
    form = format_of(path)
    assert form is not None
    text = path.read_bytes().decode()
    assert same(text, form, each=len(text) < 4000)


@pytest.mark.parametrize("body", [*TRICKY, *GRAPHS, *(body for body, _, _ in CONSTRUCTS.values())])
def test_tricky_cases(body: str) -> None:
    same(HEAD + body, TRIG)
    same("\ufeff" + HEAD + body.replace("\n", "\r\n"), TRIG)


@pytest.mark.parametrize("text", LINES)
def test_n_triples_and_n_quads(text: str) -> None:
    same(text, NT)
    same(text, NQ)


SPACE = st.sampled_from([" ", "\n", "\r\n", "\t", " # c .\n", '#重庆 . ; [ "\r\n', "\n\n", "\n# {\n", "\n# :a . }\n"])
LOCAL = ["a", "b", "a-b", "a.b", r"a\-b", r"x\/y", r"x\.y", "重庆", "", "1", "a%20", r"x\.", "a:b", r"\+"]
IRIS = ["a", "a-b", "xa", r"\u0061", "x.y", "x/y", "x."]
TERM = st.one_of(
    st.tuples(st.sampled_from([":", "x.y:", "e:"]), st.sampled_from(LOCAL)).map("".join),
    st.sampled_from(IRIS).map(lambda name: f"<http://e.org/{name}>"),
)
LONG = ['"""\n:a .\n:b {\n"""', "'''\n}\n'''", '"}"', '"{ :a"', '"# .\'"', '"prefix e: <x:>"', '" base "']
OBJECT = st.one_of(
    TERM,
    st.sampled_from([*LITERALS, *LONG, "[]", "()", "_:b"]),
    st.tuples(TERM, TERM).map(lambda t: f"( {t[0]} {t[1]} )"),
    st.tuples(TERM, TERM).map(lambda t: f"[ {t[0]} {t[1]} ]"),
    st.sampled_from(["(1:a)", "(_:a:a)", '("a"@en:b)', '("a":b)', "(:a:b)"]),
)
STATEMENT = st.tuples(TERM, TERM, st.lists(OBJECT, min_size=1, max_size=3)).map(
    lambda t: [t[0], t[1], *[token for one in t[2] for token in (",", one)][1:], "."]
)
GRAPH = st.tuples(
    st.one_of(TERM.map(lambda t: [t]), TERM.map(lambda t: ["GRAPH", t]), st.just([])),
    st.lists(STATEMENT, max_size=3),
    st.booleans(),
).map(lambda t: [*t[0], "{", *[token for one in t[1] for token in one][: -1 if t[1] and t[2] else None], "}"])
DIRECTIVE = st.sampled_from(
    [
        ["@prefix", "e:", "<http://e.org/a>", "."],
        ["PREFIX", "n:", "<http://e.org/>"],
        ["PrEfIx", "e:", "<http://e.org/>"],
    ]
)


@st.composite
def spread(draw: st.DrawFn, many: st.SearchStrategy[list[list[str]]]) -> str:
    """Put space between tokens, with comments that look like what they are not."""
    return "".join(token + draw(SPACE) for one in draw(many) for token in one)


def agrees(text: str, form: ox.RdfFormat) -> None:
    try:
        list(ox.parse(text, form))
    except SyntaxError:
        return
    same(text, form)


START = HEAD + "PREFIX e: <http://e.org/x> @prefix x.y: <http://e.org/> .\n"


@given(spread(st.lists(st.one_of(STATEMENT, GRAPH, DIRECTIVE), max_size=6)))
def test_names_in_every_spelling(body: str) -> None:
    agrees(START + body, TRIG)


@given(layout(st.lists(st.one_of(TRIPLES, BLOCKS), max_size=4).map(lambda many: [t for s in many for t in s])))
def test_every_trig_document(body: str) -> None:
    agrees(HEAD + body, TRIG)


@given(st.lists(st.builds(ox.Quad, **terms(TEXT)), max_size=8), st.booleans())
def test_what_oxigraph_writes(quads: list[ox.Quad], prefixes: bool) -> None:
    for form in (TURTLE, TRIG, NT, NQ):
        some = quads if form in {TRIG, NQ} else [ox.Quad(q.subject, q.predicate, q.object) for q in quads]
        agrees((ox.serialize(some, format=form, prefixes=PREFIXES if prefixes else None) or b"").decode(), form)


MANY = HEAD + "".join(f":s{number} :p :o .\n" for number in range(1000))


def test_only_the_lines_that_speak_of_a_term_are_read() -> None:
    positions = find_sparsely(Excerpts(MANY.encode(), TURTLE), TURTLE, None, {e("s500")}, None)
    assert positions is not None
    [place] = positions.find(e("s500"), e("p"))
    assert (place.line, place.text) == (503, ":s500 :p :o .")
    parts = Excerpts(MANY.encode(), TURTLE).take({"http://e.org/s500"})
    assert parts is not None
    assert parts.text == HEAD + ":s500 :p :o .\n"


def test_of_a_term_with_many_mentions_the_first_is_enough() -> None:
    parts = Excerpts(MANY.encode(), TURTLE).take({"http://e.org/o"}, 1)
    assert parts is not None
    assert parts.text == HEAD + ":s0 :p :o .\n"
    assert list(parts.limits) == ["http://e.org/o"]


def test_a_term_that_is_only_ever_a_predicate_is_not_found() -> None:
    positions = find_sparsely(Excerpts(MANY.encode(), TURTLE), TURTLE, None, {e("p")}, None)
    assert positions is not None
    assert positions.find(e("p")) == []


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("@base <http://e.org/> . <a> :p 1 .", e("a")),
        (":a :p () .", ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#nil")),
        (":a :p 1 .\r:b :p 1 .", e("a")),
        ("<< :a :p 1 >> :p 1 .", e("a")),
        (":a :p 1 {| :p 1 |} .", e("a")),
        ("_:b :p 1 .", ox.BlankNode("b")),
        (':a :p "x" .', ox.Literal("x")),
        (':a :p """x .', e("a")),
    ],
)
def test_what_only_the_whole_file_tells(body: str, wanted: object) -> None:
    assert find_sparsely(Excerpts((HEAD + body).encode(), TURTLE), TURTLE, None, {wanted}, None) is None


def test_blank_nodes_have_the_names_of_the_quads_that_were_read_before() -> None:
    text = HEAD + ":b :p [] .\n:a :p [ :q 1 ] ,\n [ :q 2 ] ."
    quads = list(ox.parse(text, TURTLE, rename_blank_nodes=True))
    file = Excerpts(text.encode(), TURTLE)
    positions = find_sparsely(file, TURTLE, quads, {e("a")}, None)
    assert positions is not None
    values = [quad.object for quad in quads if quad.subject == e("a")]
    assert [[place.line for place in positions.find(e("a"), e("p"), value)] for value in values] == [[4], [5]]
    assert find_sparsely(file, TURTLE, quads[:3], {e("a")}, None) is None  # those of another file


def test_a_large_file_is_read_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "large.ttl"
    path.write_text(HEAD + "".join(f':s{number} :p "重庆" .\n' for number in range(20_000)), "utf-8")
    assert path.stat().st_size > module.LARGE
    positions = index(path, wanted={e("s19999")})
    assert positions is not None
    [place] = positions.find(e("s19999"))
    assert (place.file, place.line, place.column) == (path.as_posix(), 20_002, 1)
    assert len(positions._text) < 1000
