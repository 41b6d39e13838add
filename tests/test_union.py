"""A store that has no named graphs where it is asked for the union of all, as Fuseki does it, is not believed there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

import store_samples
from cascq import catalogue
from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.remote.endpoint import Endpoint
from cascq.remote.profiles import named
from cascq.sparql import select
from faulty import Answer, Asked, Faulty, faulty

NAMED = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s a cascq:Person } }"
PLAIN = "SELECT (COUNT(*) AS ?n) WHERE { ?s a cascq:Person }"
UNION = "urn:x-arq:UnionGraph"


@pytest.fixture(scope="module")
def fuseki(shipped: KnowledgeGraph) -> Iterator[Faulty]:
    """The shipped graph behind a server that takes the dataset of a request as Jena's DynamicDatasets does."""
    store = ox.Store()
    store.extend(quad for quad in store_samples.with_catalogue(shipped.store) if quad not in store_samples.BESIDE)

    def answer(asked: Asked) -> Answer:
        form = parse_qs(asked.body.decode(), keep_blank_values=True)
        default, names = form.get("default-graph-uri", []), form.get("named-graph-uri", [])
        if not default and not names:
            result = store.query(form["query"][0])
        else:
            result = store.query(
                form["query"][0],
                default_graph=list(store.named_graphs()) if UNION in default else [*map(ox.NamedNode, default)],
                named_graphs=[*map(ox.NamedNode, names)],
            )
        return Answer(body=result.serialize(format=ox.QueryResultsFormat.JSON) or b"")

    with faulty(answer) as server:
        yield server


def asked(server: Faulty, **limits: int) -> KnowledgeGraph:
    """Return the graph in that server as if it were too large to be read for every question."""
    kind = named("fuseki")
    client = store_samples.Client(kind.addresses(f"{server.url}/dataset"))
    return KnowledgeGraph(store=Endpoint(client, kind, **{"in_memory": 0, **limits}))


@pytest.mark.parametrize("listed", [200, 0])
def test_every_query_has_the_same_answer(listed: int, fuseki: Faulty, shipped: KnowledgeGraph) -> None:
    """Few graphs are listed; of many, a query with GRAPH is answered from a copy."""
    graph = asked(fuseki, listed=listed)
    texts = {name: catalogue.get(name).text for name in catalogue.names()}
    assert [name for name, text in texts.items() if graph.sparql(text).rows != shipped.sparql(text).rows] == []


def test_of_many_graphs_what_has_no_graph_clause_is_asked(fuseki: Faulty, shipped: KnowledgeGraph) -> None:
    graph = asked(fuseki, listed=0, copied=0)
    assert select(graph.store, PLAIN) == select(shipped.store, PLAIN)
    with pytest.raises(CascqError, match=r"no named graphs \(GRAPH\) where it is asked for the union") as refused:
        select(graph.store, NAMED)
    assert "没有命名图" in refused.value.zh
    assert select(asked(fuseki, listed=200, copied=0).store, NAMED) == select(shipped.store, NAMED)


def test_no_list_is_needed_where_a_query_names_its_graphs(fuseki: Faulty, shipped: KnowledgeGraph) -> None:
    text = f"SELECT (COUNT(*) AS ?n) FROM NAMED <{ns.ONTOLOGY_GRAPH}> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert select(asked(fuseki, listed=0, copied=0).store, text) == select(shipped.store, text)
