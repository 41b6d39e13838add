from __future__ import annotations

import pyoxigraph as ox
import pytest

from cascq.errors import CascqError
from cascq.sparql import closing, prologue, run, tokens, values, variables


def refused(query: str) -> CascqError:
    with pytest.raises(CascqError) as caught:
        run(ox.Store(), query)
    return caught.value


@pytest.mark.parametrize(
    ("query", "prefixes", "first"),
    [
        ("SELECT * {}", {}, "SELECT"),
        ("# PREFIX a: <http://e.org/>\nASK {}", {}, "ASK"),
        ("prefix a: <http://e.org/> PREFIX : <x#> SELECT * {}", {"a": "http://e.org/", "": "x#"}, "SELECT"),
        ("BASE <http://e.org/> PREFIX b.c: <b> DESCRIBE <c>", {"b.c": "b"}, "DESCRIBE"),
        ("PREFIX a: <b> # PREFIX c: <d>\nPREFIX e: <f>", {"a": "b", "e": "f"}, None),
        ("SELECT * { ?s a 'PREFIX a: <b>' }", {}, "SELECT"),
        ("PREFIX", {}, None),
        ("", {}, None),
    ],
)
def test_a_prologue_is_read_past_comments_and_texts(query: str, prefixes: dict[str, str], first: str | None) -> None:
    found = list(tokens(query))
    declared, start = prologue(found)
    assert declared == prefixes
    assert [token.text for token in found[start : start + 1]] == ([] if first is None else [first])


def test_a_bracket_is_closed_by_its_own() -> None:
    found = list(tokens("{ ?s ?p '}' . [ ] FILTER(?x = (1)) } }"))
    assert closing(found, 0) == len(found) - 2
    assert closing(found, 1) == 1
    with pytest.raises(ValueError, match="never closed"):
        closing(found[:3], 0)


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <http://e.org/s> <http://e.org/p> 1 }",
        "PREFIX a: <http://e.org/> DELETE WHERE { ?s ?p ?o }",
        "# a comment\nBASE <http://e.org/>\nclear all",
        "WITH <http://e.org/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DROP GRAPH <http://e.org/g>",
        "LOAD <http://127.0.0.1/>",
    ],
)
def test_updates_are_refused(query: str) -> None:
    assert "read-only" in refused(query).en


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "ASK { { SELECT * { SERVICE ?x { ?s ?p ?o } } } }",
    ],
)
def test_no_other_server_is_called(query: str) -> None:
    assert refused(query).en.startswith("SERVICE is refused")


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?service a cascq:Service ; cascq:service "SERVICE <x> INSERT" }',
        "SELECT * { ?s ?p <http://e.org/SERVICE> } # SERVICE <x>",
        "SELECT * { ?s ?p 'it\\'s SERVICE' }",
    ],
)
def test_the_word_service_elsewhere_is_harmless(query: str) -> None:
    assert list(run(ox.Store(), query)) == []


@pytest.mark.parametrize("query", [r'SELECT * { ?s ?p "\U00110000" }', "SELECT * " + "{" * 190 + "?s" + "}" * 190])
def test_what_the_second_parser_cannot_read_is_told_at_the_engines_place(query: str) -> None:
    assert refused(query).en.startswith("query:1:")


@pytest.mark.parametrize("brackets", ["{}", "()", "[]"])
def test_a_query_that_would_break_the_engine_is_refused(brackets: str) -> None:
    query = f"SELECT * {{ ?s ?p {brackets[0] * 9_000}{brackets[1] * 9_000} }}"
    assert "nested too deeply" in refused(query).en


@pytest.mark.parametrize(
    ("begin", "link", "end"),
    [
        ("SELECT (1", "+1", " AS ?x) {}"),
        ("SELECT * { ?s ?p ?o FILTER(?s = 1", " || ?s = 2", ") }"),
        ("SELECT * { {?s ?p 0}", " UNION {?s ?p 1}", " }"),
        ("SELECT * { ?s ?p ?o ", "MINUS {?s ?p 1} ", "}"),
        ("SELECT * { ?s <a:b>", "|<a:c>", " ?o }"),
        ("SELECT (", "!", "true AS ?x) {}"),
    ],
)
def test_a_query_so_long_that_it_would_break_the_engine_is_refused(begin: str, link: str, end: str) -> None:
    """Some hundred alternatives, as programs write them, are none."""
    assert run(ox.Store(), begin + link * 900 + end) is not None
    assert "the query is too long" in refused(begin + link * 20_000 + end).en


def test_a_syntax_error_says_line_and_column_and_marks_the_place() -> None:
    error = refused("SELECT * {\n  ?s ?p ?o ]\n}")
    assert error.en.startswith("query:2:12: syntax error at ']'")
    assert error.en.endswith("\n      ?s ?p ?o ]\n               ^")
    assert "此处有语法错误" in error.zh


def test_an_unknown_prefix_is_named() -> None:
    assert refused("SELECT * {\n ?s skos:x foo:p }").en.startswith("query:2:12: unknown prefix foo:")


def test_a_bracket_that_is_never_closed_is_shown() -> None:
    assert refused("SELECT ?s\nWHERE { ?s ?p ?o").en.startswith("query:2:7: this '{' is never closed")


def test_a_query_that_ends_too_early_is_marked_at_its_end() -> None:
    assert refused("SELECT ?s").en.startswith("query:1:10: syntax error at the end")


def test_an_ungrouped_variable_is_explained() -> None:
    assert "neither grouped" in refused("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }").en


def test_the_usual_prefixes_need_no_declaration() -> None:
    assert list(run(ox.Store(), "SELECT * { ?s a cascq:Passage ; skos:prefLabel ?l }")) == []


def test_the_union_of_the_graphs_is_asked() -> None:
    store = ox.Store()
    node = ox.NamedNode("http://e.org/x")
    store.add(ox.Quad(node, node, node, node))
    assert bool(run(store, "ASK { ?s ?p ?o }"))


GRAPHS = "http://e.org/"


def two_graphs() -> ox.Store:
    store = ox.Store()
    for name in ("g1", "g2"):
        node = ox.NamedNode(GRAPHS + name)
        store.add(ox.Quad(node, ox.NamedNode(GRAPHS + "p"), node, node))
    return store


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("SELECT * FROM <http://e.org/g1> { ?s ?p ?o }", 1),
        ("SELECT * from <http://e.org/g1> From <http://e.org/g2> { ?s ?p ?o }", 2),
        ("PREFIX e: <http://e.org/> SELECT * FROM e:g1 WHERE { ?s ?p ?o }", 1),
        ("BASE <http://e.org/> SELECT * FROM NAMED <g1> { GRAPH ?g { ?s ?p ?o } }", 1),
        ("SELECT * FROM NAMED <http://e.org/g1> { ?s ?p ?o }", 0),
        ("SELECT * FROM <http://e.org/g1> { GRAPH ?g { ?s ?p ?o } }", 0),
        ("DESCRIBE <http://e.org/g2> FROM <http://e.org/g1>", 0),
        ("SELECT ?from { ?from ?p ?o } # FROM <http://e.org/g1>", 2),
    ],
)
def test_from_chooses_the_graphs(query: str, count: int) -> None:
    result = run(two_graphs(), query)
    assert not isinstance(result, ox.QueryBoolean)
    assert len(list(result)) == count


@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED", "FROM <http://e.org/g1> FROM"])
def test_a_graph_that_is_not_there_is_named(clause: str) -> None:
    with pytest.raises(CascqError, match=r"FROM: there is no graph http://e\.org/g3") as caught:
        run(two_graphs(), f"SELECT * {clause} <http://e.org/g3> {{ ?s ?p ?o }}")
    assert "没有图 http://e.org/g3" in caught.value.zh


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM { ?s ?p ?o }",
        "SELECT * FROM UNDEF {}",
        'SELECT * FROM "a" {}',
        "SELECT * FROM 1 FROM ?x {}",
        "SELECT * FROM nothing:x { ?s ?p ?o }",
        "FROM",
        "x FROM",
    ],
)
def test_a_broken_from_is_a_syntax_error(query: str) -> None:
    assert refused(query).en.startswith("query:1:")


def test_a_relative_graph_is_reported_at_its_place() -> None:
    assert refused("SELECT *\nFROM <x> { ?s ?p ?o }").en.startswith("query:2:")


def test_tokens_know_strings_comments_and_iris() -> None:
    text = '?a <http://e.org/#b> "#c \\" ?d" # ?e\n "\'?f\'" a:b.c?g'
    assert [token.text for token in tokens(text)] == [
        "?a",
        "<http://e.org/#b>",
        '"#c \\" ?d"',
        "\"'?f'\"",
        "a:b.c",
        "?g",
    ]
    assert variables(text) == {"a", "g"}


def test_values_come_in_the_order_of_their_line() -> None:
    rows = values('VALUES (?b ?a) { (UNDEF "x") (1 <http://e.org/y>) }')
    assert [[None if cell is None else cell.value for cell in row] for row in rows] == [
        [None, "x"],
        ["1", "http://e.org/y"],
    ]
