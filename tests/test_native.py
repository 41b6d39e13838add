"""What Virtuoso answers itself is right: canned queries with all their parameters, checks with their seeded faults."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pyoxigraph as ox
import pytest

import cascq
import servers
import store_samples
from cascq import binding, resources
from cascq import namespaces as ns
from cascq.checks import run_check
from cascq.graph import KnowledgeGraph
from cascq.reading import read_file
from cascq.remote import native
from cascq.remote.endpoint import Endpoint
from cascq.remote.protocol import Client
from cascq.sparql import Term
from test_stores import CHECKS, FIXTURES, QUERIES, example, shown, terms

ASKED = sorted(set(QUERIES) - set(native.MISREAD))
FOUND = sorted(set(CHECKS) - set(native.MISREAD))


@pytest.fixture(scope="module")
def client(shipped: KnowledgeGraph, virtuoso_server: servers.Server) -> Iterator[Client]:
    """A client of a Virtuoso server that has the shipped graph alone."""
    servers.empty_virtuoso(virtuoso_server)
    with store_samples.filled(virtuoso_server.url, "virtuoso", shipped.store) as client:
        yield client


@pytest.fixture(scope="module")
def remote(client: Client) -> Endpoint:
    """The shipped graph in that server."""
    return store_samples.endpoint(client, "virtuoso")


@contextmanager
def asked_itself(client: Client, endpoint: Endpoint, times: int = 1) -> Iterator[None]:
    """Make sure that the server answers so many queries: a copy is read by other requests, and then none is sent."""
    assert endpoint.graphs  # it is asked for these once
    with mock.patch.object(client, "query", wraps=client.query) as asked:
        yield
    assert asked.call_count == times


@pytest.mark.parametrize("name", ASKED)
def test_a_query_has_the_same_answer(name: str, client: Client, remote: Endpoint, shipped: KnowledgeGraph) -> None:
    """As in the file; with its defaults in both languages; with each parameter alone."""
    query, graph = QUERIES[name], KnowledgeGraph(store=remote)
    required = {p.name: query.example[p.name] for p in query.parameters if p.required}
    languages = [p.name for p in query.parameters if p.type == "language"]
    asked: list[dict[str, Term | None]] = [
        {**required, **dict.fromkeys(languages, ox.Literal(lang))} for lang in ("zh", "en")
    ]
    asked += [{**asked[1], p.name: example(p, query, shipped)} for p in query.parameters if p.type != "language"]
    asked += [
        {**asked[1], p.name: ox.NamedNode(ns.CASCQ + kind)}
        for p in query.parameters
        if p.subclass_of or ns.OWL + "Class" in p.classes
        for kind in ("Event", "Establishment", "Organization", "Company")
    ]
    texts = [query.text, *(binding.bind(query, values) for values in asked)]
    with asked_itself(client, remote, len(texts)):
        for text in texts:
            assert native.answers_itself(text)
            assert graph.sparql(text).render("json") == shipped.sparql(text).render("json")


@pytest.mark.parametrize("name", FOUND)
def test_a_check_finds_the_same(name: str, client: Client, remote: Endpoint, shipped: KnowledgeGraph) -> None:
    assert native.answers_itself(CHECKS[name].text)
    with asked_itself(client, remote):
        found = shown(run_check(remote, CHECKS[name]))
    assert found == shown(run_check(shipped.store, CHECKS[name]))


# From here on, the server holds something else.


def test_corrections_are_marked_the_same(virtuoso_server: servers.Server) -> None:
    graph = cascq.load([resources.data(), FIXTURES.parent / "examples" / "correction.trig"])
    servers.empty_virtuoso(virtuoso_server)
    with store_samples.filled(virtuoso_server.url, "virtuoso", graph.store) as client:
        asked = KnowledgeGraph(store=store_samples.endpoint(client, "virtuoso"))
        for name in ASKED:
            if {"corrected", "plausible"} & set(QUERIES[name].columns):
                text = QUERIES[name].text
                assert asked.sparql(text).render("json") == graph.sparql(text).render("json"), name


@pytest.mark.parametrize("name", FOUND)
def test_a_check_finds_the_seeded_fault(name: str, virtuoso_server: servers.Server) -> None:
    servers.empty_virtuoso(virtuoso_server)
    path: Path = min((FIXTURES / name).glob("fail*.trig"))
    quads = [quad for quad in [*terms(), *read_file(path)] if str(quad.graph_name.value).startswith(ns.BASE)]
    memory = ox.Store()
    memory.extend(quads)
    expected = shown(run_check(memory, CHECKS[name]))
    assert expected
    with store_samples.filled(virtuoso_server.url, "virtuoso", quads) as client:
        endpoint = store_samples.endpoint(client, "virtuoso")
        with asked_itself(client, endpoint, 2):  # so few quads are copied by one request, but only once
            assert shown(run_check(endpoint, CHECKS[name])) == expected
            assert shown(run_check(endpoint, CHECKS[name])) == expected


def test_the_class_tree_is_no_higher_than_the_queries_climb(shipped: KnowledgeGraph) -> None:
    """They go two steps up from a thing's class: Virtuoso 7 loses rows of `rdfs:subClassOf*` there."""
    assert not shipped.sparql("ASK { ?a rdfs:subClassOf/rdfs:subClassOf/rdfs:subClassOf ?b }").boolean


def test_what_is_not_shipped_is_answered_from_a_copy() -> None:
    assert not native.answers_itself("SELECT ?s WHERE { ?s ?p ?o }")
    assert not native.answers_itself(QUERIES["agreements"].text.replace("DISTINCT", "REDUCED"))
    assert not any(native.answers_itself(QUERIES[name].text) for name in native.MISREAD if name in QUERIES)
