"""Values written where the variables stand mean what the VALUES line means."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from cascq import binding, catalogue
from cascq.graph import KnowledgeGraph
from cascq.remote.dialect import apart, inline_values, joined, native, simplified, tagged
from cascq.sparql import values

QUERIES = {name: catalogue.get(name) for name in sorted(catalogue.names())}


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query.parameters])
def test_a_query_means_the_same(name: str, shipped: KnowledgeGraph) -> None:
    query = QUERIES[name]
    for lang in ("zh", "en"):
        bound = {**query.example, **({"lang": ox.Literal(lang)} if "lang" in query.example else {})}
        text = binding.bind(query, bound)
        inlined = inline_values(text)
        assert inlined != text
        assert "# parameters" in inlined
        assert shipped.sparql(inlined).render("json") == shipped.sparql(text).render("json")


@pytest.mark.parametrize(
    ("query", "inlined"),
    [
        ('SELECT ?x { VALUES ?n { "a" } ?x ?p ?n }', 'SELECT ?x {  ?x ?p "a" }'),
        ('SELECT ?n { VALUES ?n { "a" } ?x ?p $n }', 'SELECT ?n {  ?x ?p "a" BIND("a" AS ?n) }'),
        ("SELECT ?x { VALUES (?n) { (UNDEF) } ?x ?p ?o FILTER(!BOUND(?n)) }", "SELECT ?x {  ?x ?p ?o FILTER(!false) }"),
        ('ASK { VALUES ?n { "a" } ?x ?p ?n }', None),
        ('SELECT ?x { VALUES ?n { "a" "b" } ?x ?p ?n }', None),
        ('SELECT ?x { ?x ?p ?n VALUES ?n { "a" } }', None),
        ('SELECT ?x { VALUES ?n { "a" } { SELECT ?x { ?x ?p ?n } } }', None),
        ('SELECT ?x { VALUES ?n { "a" } ?x ?p ?o { VALUES ?n { "b" } } }', None),
        ("SELECT ?x { ?x ?p ?o }", None),
    ],
)
def test_only_one_row_that_opens_the_where_is_written_in_place(query: str, inlined: str | None) -> None:
    assert inline_values(query) == (inlined or query)


def test_terms_are_written_by_the_library_not_pasted() -> None:
    odd = 'a"b\\c\n} ?s'
    clause = f"VALUES ?n {{ {ox.Literal(odd)} }}"
    text = inline_values(f"SELECT ?x {{ {clause} ?x ?p ?n }}")
    assert values("VALUES ?n {" + text.partition("?p")[2].removesuffix(" }") + " }") == [[ox.Literal(odd)]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?x { ?x ?p ?o FILTER(!false || ?o = 1) }", "SELECT ?x { ?x ?p ?o  }"),
        ("SELECT ?x { ?x ?p ?o FILTER(!true || ?o = 1) }", "SELECT ?x { ?x ?p ?o FILTER(?o = 1) }"),
        (
            "SELECT ?x { ?x ?p ?o FILTER(!true || EXISTS { ?x ?q 1 }) }",
            "SELECT ?x { ?x ?p ?o FILTER EXISTS { ?x ?q 1 } }",
        ),
        ('SELECT (IF("a" = "a", ?x, ?y) AS ?z) { ?x ?p ?y }', "SELECT (?x AS ?z) { ?x ?p ?y }"),
        ('SELECT (IF("a" = "b", ?x, ?y + 1) AS ?z) { ?x ?p ?y }', "SELECT ((?y + 1) AS ?z) { ?x ?p ?y }"),
        ("SELECT ?x { ?x ?p ?o FILTER(!BOUND(?o) || ?o = 1) }", None),
    ],
)
def test_what_constants_decide_is_left_out(query: str, expected: str | None) -> None:
    assert simplified(query) == (expected or query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "SELECT ?x { ?x ?p ?o FILTER EXISTS { ?x ?q 1 } }",
            "SELECT ?x { { SELECT DISTINCT ?x WHERE { ?x ?q 1 } } ?x ?p ?o  }",
        ),
        ("SELECT ?x { OPTIONAL { ?x ?p ?o } FILTER EXISTS { ?x ?q 1 } }", None),  # ?x may have no value
        ("SELECT ?x { ?x ?p ?o FILTER EXISTS { ?y ?q 1 FILTER(?y != ?o) } }", None),  # ?o has none inside
    ],
)
def test_what_must_exist_is_joined_where_that_means_the_same(query: str, expected: str | None) -> None:
    assert joined(query) == (expected or query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "SELECT ?x { ?x ex:p ?y . ?y ex:q* ex:a }",
            "SELECT ?x { ?x ex:p ?y . { SELECT DISTINCT ?y WHERE { ?y ex:q* ex:a } LIMIT 2000000000 } }",
        ),
        (
            "SELECT ?x { ?x ^ex:p/ex:q+ ex:a . }",
            "SELECT ?x { ?x ^ex:p ?step1 . { SELECT DISTINCT ?step1 WHERE { ?step1 ex:q+ ex:a } LIMIT 2000000000 } . }",
        ),
        (
            "SELECT ?x { ?x (ex:p|ex:r)? ex:a }",
            "SELECT ?x { { SELECT DISTINCT ?x WHERE { ?x (ex:p|ex:r)? ex:a } LIMIT 2000000000 } }",
        ),
        (
            "SELECT ?x { ex:a ^ex:q* ?x }",
            "SELECT ?x { { SELECT DISTINCT ?x WHERE { ex:a ^ex:q* ?x } LIMIT 2000000000 } }",
        ),
        (
            "SELECT ?x { ?x ?p ?o FILTER NOT EXISTS { ?q ex:q+ ?p . ?x ?q ?o } }",
            "SELECT ?x { ?x ?p ?o FILTER NOT EXISTS { ?q ex:q+ ?step1 . FILTER(STR(?step1) = STR(?p)) . ?x ?q ?o } }",
        ),
        ("SELECT ?x { ?x ex:p* ?y }", None),
        ("SELECT ?x { ?x ex:p*/ex:q ex:a }", None),  # where it ends is no constant
        ("SELECT ?x { ?x ex:p ?y FILTER(?y + 1 = 2 * ex:f(?y) + 3) }", None),
        ("SELECT (COUNT(*) AS ?n) { ?x ex:p ex:a }", None),
    ],
)
def test_a_repeated_path_has_one_given_end(query: str, expected: str | None) -> None:
    assert apart(query) == (expected or query)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_no_query_leaves_both_ends_of_a_repeated_path_given(name: str) -> None:
    """A constant end stands in a sub-select of its own."""
    text = native(QUERIES[name].text)
    for found in re.finditer(r"[\w)][*+?] +(?:[\w-]+:[\w-]+|<[^<>]+>) *([^ ] *\w+)", text):
        assert found[1] == "} LIMIT", found[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            'SELECT ?x { ?x ?p ?o FILTER(REGEX(STR(?o), "院$")) }',
            'SELECT ?x { ?x ?p ?o FILTER(REGEX(STRLANG(STR(?o), "zh"), "院$")) }',
        ),
        (
            "SELECT ?x { ?x ?p ?o FILTER(REGEX(STR(?o), ?x)) }",
            'SELECT ?x { ?x ?p ?o FILTER(REGEX(STRLANG(STR(?o), "zh"), ?x)) }',
        ),
        ('SELECT ?x { ?x ?p ?o FILTER(REGEX(STR(?o), "a$")) }', None),
        ('SELECT ?x { ?x ?p ?o FILTER(REGEX(?o, "院$")) }', None),
    ],
)
def test_a_text_has_a_language_where_the_pattern_has_more_than_ascii(query: str, expected: str | None) -> None:
    assert tagged(query) == (expected or query)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_rewritten_for_virtuoso_means_the_same(name: str, shipped: KnowledgeGraph) -> None:
    text = QUERIES[name].text
    rewritten = native(text)
    assert shipped.sparql(rewritten).render("json") == shipped.sparql(text).render("json")
