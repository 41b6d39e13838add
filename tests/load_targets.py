"""What the tests of loading look at, and what they load."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.remote.folder_target import FolderTarget
from cascq.remote.holdings import Holdings
from cascq.remote.remote_target import RemoteTarget
from cascq.remote.targets import Target


def content(target: Target, graphs: list[str]) -> dict[str, bytes]:
    return {graph: target.read(graph) for graph in graphs}


def held(target: Target) -> Holdings:
    holdings = Holdings.parse(target.read(ns.CATALOGUE_GRAPH))
    assert holdings is not None
    return holdings


def add_graph(data: Path, name: str, triples: str) -> str:
    (data / "more.trig").write_text(
        f"@prefix ex: <http://example.org/> . @prefix xsd: <{ns.XSD}> . <{ns.SOURCE}letter/{name}> {{ {triples} }}",
        encoding="utf-8",
    )
    return f"{ns.SOURCE}letter/{name}"


def put(target: Target, graphs: dict[str, bytes]) -> None:
    """Write graphs as somebody else would."""
    if isinstance(target, RemoteTarget):
        for graph, block in graphs.items():
            target.client.put_graph(graph, block)
    else:
        assert isinstance(target, FolderTarget)
        store = ox.Store(str(target.path))
        for graph, block in graphs.items():
            store.load(block, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))
        store.flush()
