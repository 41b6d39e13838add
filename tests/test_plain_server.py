"""A server that no profile knows: rdflib behind the SPARQL 1.1 Protocol, without the Graph Store Protocol."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import servers
import store_samples
from cascq import catalogue
from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.remote.credentials import Credentials
from cascq.remote.endpoint import Endpoint
from cascq.remote.profiles import Addresses, named
from cascq.remote.protocol import Client
from conftest import PROJECT, Run

OTHERS = "INSERT DATA { GRAPH <http://other.example/graph> { <http://other.example/a> a <http://other.example/B> } }"


@pytest.fixture
def empty() -> Iterator[servers.Server]:
    """A server with nothing in it."""
    with servers.rdflib() as server:
        yield server


def client(server: servers.Server) -> Client:
    return Client(Addresses(server.url, server.url, ""), Credentials(), None)


@pytest.fixture(scope="module")
def reader(shipped: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The shipped graph in such a server."""
    path = tmp_path_factory.mktemp("rdflib") / "everything.nq"
    ox.serialize(store_samples.with_catalogue(shipped.store), path)
    with servers.rdflib(path) as server, client(server) as reader:
        yield reader


@pytest.fixture(scope="module")
def asked(reader: Client) -> KnowledgeGraph:
    """The graph as if it were too large to be read for every question."""
    return KnowledgeGraph(store=Endpoint(reader, named("sparql"), in_memory=0))


def test_load_change_and_prune(empty: servers.Server, project: Path, tmp_path: Path, cli: Callable[..., Run]) -> None:
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    load = ["load", "--query-url", empty.url, "--update-url", empty.url, "--data", str(tmp_path / "data")]
    with client(empty) as writer:
        writer.update(OTHERS)
        first = cli(*load)
        assert (first.code, first.err) == (0, "")
        assert "0 changed, 0 the same" in first.out
        assert "nothing to do" in cli(*load).out
        file = tmp_path / "data" / "letter" / "1.trig"
        file.write_text(file.read_text("utf-8").replace("2031-05-02", "2031-05-03"), "utf-8")
        assert "0 new, 1 changed" in cli(*load).out
        more = tmp_path / "data" / "more.trig"
        more.write_text(f"<{ns.SOURCE}letter/9-9> {{ <http://e.org/a> <http://e.org/p> 1 }}", encoding="utf-8")
        assert "1 new, 0 changed" in cli(*load).out
        more.unlink()
        assert "1 to remove" in cli(*load, "--prune", "--dry-run").out
        assert "1 removed" in cli(*load, "--prune").out
        assert "nothing to do" in cli(*load, "--verify", "all").out
        answer = cli("query", "agreements", "--endpoint", empty.url, "--format", "csv")
        assert (answer.code, "2031-05-03" in answer.out) == (0, True)
        assert bool(writer.results("ASK { GRAPH <http://other.example/graph> { ?s ?p ?o } }"))


@pytest.mark.parametrize("name", sorted(catalogue.names()))
def test_every_query_has_the_same_answer(name: str, asked: KnowledgeGraph, shipped: KnowledgeGraph) -> None:
    text = catalogue.get(name).text
    assert asked.sparql(text).render("json") == shipped.sparql(text).render("json")


def test_a_large_store_that_passes_over_the_graphs_of_a_request_is_not_believed(reader: Client) -> None:
    large = Endpoint(reader, named("sparql"), in_memory=0, copied=0)
    with pytest.raises(CascqError, match="does not answer over the union"):
        large.query("SELECT * WHERE { ?s ?p ?o }", use_default_graph_as_union=True)
    (row,) = large.query("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert int(row["n"].value) > len(large)
