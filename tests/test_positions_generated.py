"""Where a triple stands, in generated documents."""

from __future__ import annotations

from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cascq.places.positions import index
from positions_check import (
    HEAD,
    LITERALS,
    NQ,
    NT,
    RDF,
    TEXT,
    TRIG,
    TURTLE,
    check,
    check_all,
)

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
