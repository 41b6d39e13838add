"""The same quads in every kind of store: in memory, in a folder, and on the real servers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.remote.credentials import Credentials
from cascq.remote.endpoint import Endpoint
from cascq.remote.profiles import named
from cascq.remote.protocol import Client
from cascq.remote.stores import IN_MEMORY

SUBSET = ox.NamedNode("http://rdfs.org/ns/void#subset")
DATASET = ox.NamedNode(ns.BASE.rstrip("/"))
OTHER = ox.NamedNode("https://example.org/other-people")
# What lies in a store beside the graph, and would change answers if it were seen.
BESIDE = [
    ox.Quad(ox.NamedNode(ns.ID + "cigit"), ox.NamedNode(ns.PREF_LABEL), ox.Literal(text, language="zh"), graph)
    for text, graph in (
        ("别人的名称", OTHER),
        ("形状", ox.NamedNode(ns.SHAPES_GRAPH)),
        ("半成品", ox.NamedNode(ns.STAGING_GRAPH + "/1")),
    )
]


def with_catalogue(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return quads with a catalogue of their graphs, and with what is not ours."""
    kept = list(quads)
    graphs = {quad.graph_name for quad in kept if isinstance(quad.graph_name, ox.NamedNode)}
    catalogue = [
        ox.Quad(DATASET, SUBSET, graph, ox.NamedNode(ns.CATALOGUE_GRAPH))
        for graph in sorted(graphs, key=lambda graph: graph.value)
    ]
    return [*kept, *catalogue, *BESIDE]


def by_graph(quads: Iterable[ox.Quad]) -> dict[str, bytes]:
    """Return each named graph as N-Triples."""
    graphs: dict[str, list[ox.Triple]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            graphs[quad.graph_name.value].append(quad.triple)
    return {name: ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"" for name, triples in graphs.items()}


def client(url: str, profile: str) -> Client:
    """Return a client with the right to write."""
    kind = named(profile)
    who = Credentials("dba", "dba") if profile == "virtuoso" else Credentials()
    return Client(kind.addresses(url), who, kind.authentication)


@contextmanager
def filled(url: str, profile: str, quads: Iterable[ox.Quad]) -> Iterator[Client]:
    """Put quads into a server, and take their graphs out again afterwards."""
    graphs = by_graph(quads)
    with client(url, profile) as writer:
        for name, block in graphs.items():
            writer.put_graph(name, block)
        try:
            yield writer
        finally:
            for name in graphs:
                writer.update(f"DROP SILENT GRAPH <{name}>")


def endpoint(reader: Client, profile: str, **limits: int) -> Endpoint:
    """Return an endpoint that asks through a client."""
    return Endpoint(reader, named(profile), **{"in_memory": IN_MEMORY, **limits})


def make_folder(path: Path, quads: Iterable[ox.Quad]) -> Path:
    """Write quads into a store on disk, and close it."""
    store = ox.Store(str(path))
    store.extend(quads)
    store.flush()
    return path
