"""A remote store is read whole while it is small, and asked when it is large; it is never half an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pyoxigraph as ox
import pytest
import requests

import cascq
import servers
import store_samples
from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.remote import portions
from cascq.remote.endpoint import open_endpoint
from cascq.remote.replies import RESULTS as JSON
from cascq.sparql import select
from faulty import Answer, Asked, faulty

GRAPH = ox.NamedNode(ns.SOURCE + "invented/1-1")
LARGE = [
    ox.Quad(ox.NamedNode(f"{ns.ID}thing-{n // 2}"), ox.NamedNode(ns.CASCQ + "count"), ox.Literal(n), GRAPH)
    for n in range(1200)
] + [ox.Quad(ox.BlankNode(), ox.NamedNode(ns.CASCQ + "count"), ox.Literal(1), GRAPH)]
COUNTING = "SELECT ?s ?n WHERE { ?s cascq:count ?n }"


@pytest.fixture(scope="module")
def strict_virtuoso() -> Iterator[servers.Server]:
    """A Virtuoso server that gives no more than 500 rows, and does not say so."""
    with servers.virtuoso(rows=500) as server, store_samples.filled(server.url, "virtuoso", LARGE):
        yield server


def test_a_graph_larger_than_an_answer_is_read_in_parts(strict_virtuoso: servers.Server) -> None:
    read = open_endpoint(strict_virtuoso.url, "virtuoso")
    found = list(read)
    assert len(found) == len(read) == len(LARGE)
    assert {quad for quad in found if isinstance(quad.subject, ox.NamedNode)} == set(LARGE[:-1])


def test_an_answer_that_the_server_cuts_is_refused(strict_virtuoso: servers.Server) -> None:
    with store_samples.client(strict_virtuoso.url, "virtuoso") as client:
        asked = store_samples.endpoint(client, "virtuoso", in_memory=0, copied=0)
        with pytest.raises(CascqError, match="no more than 500 rows"):
            select(asked, COUNTING)
        assert len(select(asked, COUNTING + " LIMIT 400")) == 400


def test_names_beyond_an_answer_are_found(strict_virtuoso: servers.Server) -> None:
    """They are looked up among all labels, which are more than the server gives at a time."""
    label = ox.NamedNode(ns.PREF_LABEL)
    graph = ox.NamedNode(ns.SOURCE + "invented/1-2")
    named = [
        ox.Quad(ox.NamedNode(f"{ns.ID}thing-{n}"), label, ox.Literal(f"物{n}", language="zh"), graph)
        for n in range(600)
    ]
    named.append(ox.Quad(ox.BlankNode(), label, ox.Literal("无名", language="zh"), graph))
    with store_samples.filled(strict_virtuoso.url, "virtuoso", named) as client:
        asked = store_samples.endpoint(client, "virtuoso", in_memory=0, copied=0)
        found = list(asked.quads_for_pattern(None, label, None))
        assert len(found) == 601
        assert set(named[:-1]) <= set(found)
        assert KnowledgeGraph(store=asked).search("物599", lang="zh")[0].iri == f"{ns.ID}thing-599"


def test_more_graphs_than_an_answer_has_rows(strict_virtuoso: servers.Server) -> None:
    quads = [
        ox.Quad(
            ox.NamedNode(f"{ns.ID}a"),
            ox.NamedNode(ns.CASCQ + "count"),
            ox.Literal(n),
            ox.NamedNode(f"{GRAPH.value}-{n}"),
        )
        for n in range(1010)
    ]
    with store_samples.client(strict_virtuoso.url, "virtuoso") as client:
        for start in range(0, len(quads), 100):
            data = " ".join(
                f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {quad.object} }}"
                for quad in quads[start : start + 100]
            )
            client.update(f"INSERT DATA {{ {data} }}")
        asked = store_samples.endpoint(client, "virtuoso")
        assert {quad.graph_name.value for quad in quads} == {g for g in asked.graphs if g.startswith(f"{GRAPH.value}-")}
        for start in range(0, len(quads), 100):
            client.update(" ; ".join(f"CLEAR GRAPH {quad.graph_name}" for quad in quads[start : start + 100]))


def test_a_large_store_is_asked_with_few_rows(oxigraph: servers.Server, shipped: KnowledgeGraph) -> None:
    with (
        store_samples.filled(oxigraph.url, "oxigraph", shipped.store) as client,
        faulty(lambda _: None, oxigraph.url) as server,
    ):
        graph = KnowledgeGraph(
            store=store_samples.endpoint(store_samples.client(server.url, "oxigraph"), "oxigraph", in_memory=0)
        )
        assert graph.query("agreements", lang="zh").render("json") == shipped.query("agreements", lang="zh").render(
            "json"
        )
        assert len(server.asked) == 3  # catalogue, graphs, the query
        assert client is not None


def test_a_small_store_is_read_in_a_few_requests(oxigraph: servers.Server, shipped: KnowledgeGraph) -> None:
    with (
        store_samples.filled(oxigraph.url, "oxigraph", shipped.store),
        faulty(lambda _: None, oxigraph.url) as server,
    ):
        graph = cascq.load(endpoint=server.url, profile="oxigraph")
        expected = shipped.describe("id:cigit", lang="en").to_dict()
        assert graph.describe("id:cigit", lang="en").to_dict() == expected
        graph.query("agreements", evidence=True)
        assert len(server.asked) == 4  # catalogue, graphs, and two portions


def named_anew(real: str, most: int = 0) -> Callable[[Asked], Answer | None]:
    """Return a script that names blank nodes by answer, as Fuseki does, and gives so many rows at most."""

    def script(request: Asked) -> Answer | None:
        if "?s ?p ?o" not in request.text or "COUNT" in request.text or not request.path.startswith("/query"):
            return None
        headers = {"Accept": JSON, "Content-Type": request.headers["Content-Type"]}
        whole = requests.post(f"{real}/query", data=request.body, headers=headers, timeout=60).json()
        names: dict[str, str] = {}
        rows = whole["results"]["bindings"]
        for term in (term for row in rows for term in row.values() if term["type"] == "bnode"):
            term["value"] = names.setdefault(term["value"], f"b{len(names)}")
        whole["results"]["bindings"] = rows[: most or None]
        return Answer(200, json.dumps(whole).encode())

    return script


def test_blank_nodes_of_different_answers_stay_different(oxigraph: servers.Server) -> None:
    """Their names hold within one answer."""
    has, value = ox.NamedNode(ns.CASCQ + "has"), ox.NamedNode(ns.CASCQ + "value")
    quads = []
    for n in range(portions.NAMES + 50):
        node, graph = ox.BlankNode(), ox.NamedNode(f"{GRAPH.value}-{n}")
        quads += [
            ox.Quad(ox.NamedNode(f"{ns.ID}thing-{n}"), has, node, graph),
            ox.Quad(node, value, ox.Literal(n), graph),
        ]
    with (
        store_samples.filled(oxigraph.url, "oxigraph", quads),
        faulty(named_anew(oxigraph.url), oxigraph.url) as server,
    ):
        found = open_endpoint(f"{server.url}/query", "sparql")
        rows = select(found, "SELECT ?n { ?s cascq:has ?x . ?x cascq:value ?n }")
        assert sorted(int(row["n"].value) for row in rows if row["n"]) == list(range(portions.NAMES + 50))


@pytest.mark.parametrize("most", [0, 1000], ids=["whole", "cut"])
def test_a_large_graph_with_blank_nodes_is_read_in_one_answer_or_not_at_all(
    most: int, oxigraph: servers.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "ROWS", 500)
    nodes, has = [ox.BlankNode() for _ in range(600)], ox.NamedNode(ns.CASCQ + "has")
    quads = [ox.Quad(ox.NamedNode(f"{ns.ID}thing-{n}"), has, nodes[n // 2], GRAPH) for n in range(1200)]
    with (
        store_samples.filled(oxigraph.url, "oxigraph", quads),
        faulty(named_anew(oxigraph.url, most), oxigraph.url) as server,
    ):
        found = open_endpoint(f"{server.url}/query", "sparql")
        if most:
            with pytest.raises(CascqError, match="has blank nodes, whose names hold within one answer only, and 1200"):
                list(found)
        else:
            assert len({quad.object for quad in found}) == len(nodes)


def test_the_graphs_of_others_are_left_out_of_what_is_asked(oxigraph: servers.Server, shipped: KnowledgeGraph) -> None:
    quads = store_samples.with_catalogue(shipped.store)
    remarks: list[str] = []
    with store_samples.filled(oxigraph.url, "oxigraph", quads) as client:
        asked = store_samples.endpoint(client, "oxigraph", in_memory=0)
        text = "SELECT ?label WHERE { id:cigit skos:prefLabel ?label } ORDER BY ?label"
        assert select(asked, text) == select(shipped.store, text)
        many = cascq.remote.endpoint.Endpoint(
            client, asked.profile, in_memory=0, listed=10, note=lambda en, _: remarks.append(en)
        )
        assert len(select(many, text)) > len(select(shipped.store, text))
    assert len(remarks) == 1
    assert "4 of which are not part of the knowledge graph" in remarks[0]


@pytest.mark.parametrize("address", ["", "/", "/query"])
def test_a_store_is_recognised(address: str, oxigraph: servers.Server, shipped: KnowledgeGraph) -> None:
    with store_samples.filled(oxigraph.url, "oxigraph", shipped.store):
        found = open_endpoint(oxigraph.url + address)
        assert found.profile.name == "oxigraph"
        assert len(found) == len(shipped)


def test_any_sparql_1_1_store_will_do(oxigraph: servers.Server, shipped: KnowledgeGraph) -> None:
    """By the address of its query service and the protocol's own way to name graphs."""
    with store_samples.filled(oxigraph.url, "oxigraph", store_samples.with_catalogue(shipped.store)) as client:
        plain = store_samples.endpoint(client, "sparql", in_memory=0)
        text = "SELECT ?g ?label WHERE { GRAPH ?g { id:cigit skos:prefLabel ?label } } ORDER BY ?g ?label"
        assert select(plain, text) == select(shipped.store, text)


def test_queries_are_sent_by_form_with_the_prefixes_they_need(
    oxigraph: servers.Server, shipped: KnowledgeGraph
) -> None:
    texts: list[str] = []

    def listen(request: Asked) -> None:
        texts.append(request.text)

    with store_samples.filled(oxigraph.url, "oxigraph", shipped.store), faulty(listen, oxigraph.url) as server:
        asked = store_samples.endpoint(store_samples.client(server.url, "oxigraph"), "oxigraph", in_memory=0)
        assert select(asked, "SELECT * WHERE { id:cigit a ?class }")
    assert "PREFIX id: <https://w3id.org/cascq/id/>" in texts[-1]
    assert "PREFIX voc:" not in texts[-1]
