"""A server that cuts its answers and does not say so, at any number of rows, is not believed."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

import servers
import store_samples
from cascq import namespaces as ns
from cascq.graph import KnowledgeGraph
from cascq.remote import connecting
from cascq.remote.asker import CutAnswerError, _counting
from cascq.remote.endpoint import Endpoint, open_endpoint
from cascq.remote.loading import load_into
from cascq.remote.profiles import Addresses, named
from cascq.remote.protocol import Client
from cascq.remote.remote_target import RemoteTarget
from cascq.remote.stores import Folder
from cascq.sparql import select
from conftest import Run
from faulty import Answer, Asked, Faulty, faulty

GRAPH = ox.NamedNode(ns.SOURCE + "invented/1-1")
COUNT = ox.NamedNode(ns.CASCQ + "count")
MANY = [ox.Quad(ox.NamedNode(f"{ns.ID}thing-{n}"), COUNT, ox.Literal(n), GRAPH) for n in range(3000)]


@contextmanager
def cutting(url: str, rows: int) -> Iterator[Faulty]:
    """Run a server that gives the first rows of what another one answers."""

    def cut(asked: Asked) -> Answer | None:
        if not asked.path.startswith("/query") or asked.method != "POST":
            return None
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
            headers = {name: value for name, value in asked.headers.items() if name.lower() != "host"}
            connection.request("POST", asked.path, asked.body, headers)
            response = connection.getresponse()
            kind, body = response.headers["Content-Type"], response.read()
        if kind.startswith("application/n-triples"):
            return Answer(response.status, b"".join(body.splitlines(keepends=True)[:rows]), kind)
        answer = json.loads(body)
        if "results" in answer:
            answer["results"]["bindings"] = answer["results"]["bindings"][:rows]
        return Answer(response.status, json.dumps(answer).encode(), kind)

    with faulty(cut, url) as server:
        yield server


def asking(server: Faulty, **limits: int) -> Endpoint:
    """Return what asks a server of which nothing is known but the address."""
    return Endpoint(Client(Addresses(f"{server.url}/query")), named("sparql"), **limits)


@pytest.mark.parametrize("rows", [100, 1024])
def test_a_store_of_more_graphs_than_rows_is_read_whole(
    rows: int, oxigraph: servers.Server, shipped: KnowledgeGraph, cli: Callable[..., Run]
) -> None:
    # Blank nodes beyond a portion cannot be read in parts.
    few = [quad for quad in store_samples.with_catalogue(shipped.store) if not isinstance(quad.subject, ox.BlankNode)]
    with store_samples.filled(oxigraph.url, "oxigraph", few), cutting(oxigraph.url, rows) as server:
        for command in (["stats", "--json"], ["query", "agreements", "--format", "csv"]):
            whole = cli(*command, "--endpoint", f"{oxigraph.url}/query")
            found = cli(*command, "--endpoint", f"{server.url}/query", "--profile", "sparql")
            assert (found.code, found.out) == (whole.code, whole.out)


@pytest.mark.parametrize("rows", [64, 1024])
def test_an_answer_that_is_cut_is_refused_or_asked_for_in_parts(rows: int, oxigraph: servers.Server) -> None:
    with (
        store_samples.filled(oxigraph.url, "oxigraph", store_samples.with_catalogue(MANY)),
        cutting(oxigraph.url, rows) as server,
    ):
        asked = asking(server, in_memory=0)
        few = select(asked, f"SELECT ?s {{ ?s cascq:count ?n FILTER(?n < {rows - 1}) }}")
        assert len(few) == rows - 1
        with pytest.raises(CutAnswerError, match=f"no more than {rows} rows"):
            select(asked, "SELECT ?s { ?s cascq:count ?n }")
        with pytest.raises(CutAnswerError, match=f"no more than {rows} rows"):
            asked.query(f"CONSTRUCT {{ ?s <{COUNT.value}> 1 }} {{ ?s ?p ?n }}", use_default_graph_as_union=True)
        assert set(asked.quads_for_pattern(None, COUNT, None)) == set(MANY)


def test_an_answer_that_is_whole_costs_no_second_evaluation(oxigraph: servers.Server) -> None:
    """That the server gives more rows than an answer has is found out once, with a cheap query."""
    with (
        store_samples.filled(oxigraph.url, "oxigraph", store_samples.with_catalogue(MANY)),
        faulty(lambda _: None, oxigraph.url) as server,
    ):
        asked = asking(server, in_memory=0)
        select(asked, "SELECT ?s { ?s cascq:count ?n } LIMIT 900")
        before = len(server.asked)
        for number in (49, 50, 500, 999):
            assert len(select(asked, f"SELECT ?s {{ ?s cascq:count ?n }} LIMIT {number}")) == number
        assert len(server.asked) - before == 4
        assert len(select(asked, "SELECT ?s { ?s cascq:count ?n }")) == 3000
        assert len(server.asked) - before == 6  # the store might have more: whether it gives more is asked, in vain
        assert not [request for request in server.asked if "COUNT(*) AS ?nn" in request.text]


@pytest.mark.parametrize(
    "query",
    [
        "# select some rows\nSELECT ?s ?n WHERE { ?s cascq:count ?n }",
        "# PREFIX cascq: is known\nSELECT ?s ?n WHERE { ?s cascq:count ?n }",
        'SELECT ("PREFIX cascq: select" AS ?said) ?s WHERE { ?s cascq:count ?n }',
        f"SELECT ?s ?n FROM {GRAPH} WHERE {{ ?s cascq:count ?n }}",
        f"SELECT ?s ?n FROM {GRAPH} FROM NAMED {GRAPH} {{ ?s cascq:count ?n }}",
        "PREFIX e: <http://e.org/select#> SELECT * { ?s cascq:count ?n MINUS { ?s a e:Select } }",
    ],
)
def test_rows_are_counted_past_comments_and_texts(query: str) -> None:
    store = ox.Store()
    store.extend(MANY)
    counting = _counting(f"PREFIX cascq: <{ns.CASCQ}> {query} LIMIT 500 # select")
    (row,) = store.query(counting, use_default_graph_as_union="FROM" not in query)
    assert int(row[0].value) == 500


@pytest.mark.parametrize("kind", ["folder", "server"])
def test_graphs_that_are_not_as_the_catalogue_says_are_told(
    kind: str, project: Path, oxigraph: servers.Server, tmp_path: Path, cli: Callable[..., Run]
) -> None:
    """Somebody has dropped one, and written into another."""
    where = f"{tmp_path}/store" if kind == "folder" else oxigraph.url
    assert cli("load", where).code == 0
    change = f"DROP GRAPH <{ns.SOURCE}letter/1-1>"
    more = f"INSERT DATA {{ GRAPH <{ns.CURATED}names> {{ <http://e.org/a> <http://e.org/b> 1 }} }}"

    def told() -> str:
        remarks: list[str] = []
        if kind == "folder":
            Folder(tmp_path / "store", note=lambda en, _: remarks.append(en))
        else:
            assert open_endpoint(where, note=lambda en, _: remarks.append(en)).graphs
        return "\n".join(remarks)

    assert told() == ""
    if kind == "folder":
        ox.Store(where).update(f"{change} ; {more}")
    else:
        with store_samples.client(where, "oxigraph") as client:
            client.update(f"{change} ; {more}")
    # Triples of a folder are not counted.
    seen = {"folder": "letter/1-1 has 0 triples", "server": r"names has 31 triples, not 30 \(2 graphs in all\)"}
    assert re.search(f"not as the catalogue says: .*{seen[kind]}.* `cascq load` mends it$", told())
    assert cli("load", where).code == 0
    assert told() == ""


def test_a_graph_that_an_answer_leaves_out_is_asked_for_by_its_name(project: Path, oxigraph: servers.Server) -> None:
    """By a server that groups some graphs only, and counts them so as well."""
    load_into(RemoteTarget(*connecting.connect(oxigraph.url)))
    whole = open_endpoint(oxigraph.url).graphs
    empty = b'{"head":{"vars":["g","n"]},"results":{"bindings":[]}}'

    def forget(asked: Asked) -> Answer | None:
        all_graphs = "GROUP BY ?g" in asked.text and "FROM NAMED" not in asked.text
        return Answer(body=empty) if all_graphs else None

    with faulty(forget, oxigraph.url) as server:
        assert open_endpoint(server.url, "oxigraph").graphs == whole
