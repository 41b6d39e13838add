"""What `cascq load` needs of a place that it loads into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import pyoxigraph as ox

from cascq.remote.canonical import canonical
from cascq.remote.gathering import Content, Gathered

LENGTH = 4 * 1024 * 1024  # bytes of N-Triples that are sent together


class Hold:
    """A lock that is held: that of a database, which nobody can take away while it is open."""

    def check(self, *, sure: bool = False) -> None:
        """Raise CascqError if it is held no more. It may rely on having looked some seconds ago, unless `sure`."""


class NewPlace(Protocol):
    """A place where nothing is yet and nobody looks: triples are taken in while they are gathered."""

    def take(self, graph: str, block: bytes) -> None:
        """Take in triples of a graph, as N-Triples, without a promise when they are written."""

    def complete(self, catalogue: bytes) -> None:
        """Write what was taken in, and the catalogue."""


class Target(Protocol):
    """A triple store, remote or in a folder. Its methods raise CascqError if the store cannot be reached or refuses."""

    name: str
    torn: list[str]  # graphs that could not be replaced in one step

    def new_place(self) -> NewPlace | None:
        """Return the place if nothing is there yet; None if it is not known to be all ours."""

    def lock(self) -> AbstractContextManager[Hold]:
        """Keep other loads away, as far as `Hold.check` says so.

        Raises CascqError, which says who is loading, if somebody else has the lock.
        """

    def counts(self, graphs: Iterable[str]) -> dict[str, int]:
        """Return how many triples each of these graphs has, without those that have none."""

    def read(self, graph: str) -> bytes:
        """Return a graph in canonical form."""

    def read_many(self, contents: Sequence[Content]) -> Iterator[tuple[str, bytes]]:
        """Yield each of these graphs in canonical form."""

    def add(self, gathered: Gathered, contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
        """Write graphs that the store does not have yet; yield those that are written, as it goes on."""

    def replace(self, gathered: Gathered, contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
        """Write graphs that the store has with another content; yield those that are written, as it goes on."""

    def remove(self, graphs: Sequence[str]) -> None:
        """Remove graphs."""

    def mark(self, block: bytes) -> None:
        """Add to the catalogue graph."""

    def record(self, block: bytes) -> None:
        """Replace the catalogue graph."""

    def clean(self) -> None:
        """Remove what an interrupted load may have left."""

    def finish(self) -> None:
        """Make everything last."""


def batches(contents: Iterable[Content], limit: int, size: int) -> Iterator[list[Content]]:
    """Put graphs together into batches of at most `LENGTH`; one that has more is a batch of its own.

    So is one with blank nodes: their canonical names are the same in each graph, and the store would take those of a
    batch for the same nodes.

    Args:
        contents: the graphs.
        limit: triples in a batch; a graph with more is a batch of its own, too.
        size: graphs in a batch.
    """
    batch: list[Content] = []
    triples = length = 0
    for content in contents:
        is_full = triples + content.triples > limit or length + content.length > LENGTH or len(batch) >= size
        if batch and (is_full or content.has_blank_nodes or batch[-1].has_blank_nodes):
            yield batch
            batch, triples, length = [], 0, 0
        batch.append(content)
        triples += content.triples
        length += content.length
    if batch:
        yield batch


def by_graph(quads: Iterable[ox.Quad], contents: Sequence[Content]) -> Mapping[str, bytes]:
    """Return the canonical form of each graph, from quads in any order; those of other graphs are passed over."""
    triples: dict[str, list[ox.Triple]] = {content.graph: [] for content in contents}
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in triples:
            triples[quad.graph_name.value].append(quad.triple)
    return {graph: canonical_text(some) for graph, some in triples.items()}


def canonical_text(triples: Iterable[ox.Triple]) -> bytes:
    """Return triples in canonical form."""
    return b"".join(canonical(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""))
