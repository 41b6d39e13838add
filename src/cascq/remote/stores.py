"""What everything that reads asks of a store, and the store in a folder.

A store may hold more than the graph: what `cascq load` keeps beside it (catalogue, shapes, staging), and other people's
graphs. What is asked here sees the union of our own graphs and nothing else.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError

Answered = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Value = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Note = Callable[[str, str], None]

IN_MEMORY = 100_000  # quads: up to here, reading all once (two seconds) is better than asking: see the decision 0011
STORE_MARK = "CURRENT"  # a file that every folder of RocksDB, the database of Oxigraph, has
MOVING = ".cascq-complete"  # a folder within that of a new store, which is being moved up from it
_OWN = {"lost+found"}  # what an empty file system has
_MOVED = 2.0  # seconds in which a load has moved a store to its place
LISTED = 200  # graphs: up to here they are named in each query; a longer list costs more than the query
COMPLETE, LOADING = "complete", "loading"  # what the catalogue says of a load
STATUS = "http://schema.org/creativeWorkStatus"
CATALOGUE_QUERY = (
    f"SELECT DISTINCT ?g ?n ?status WHERE {{ GRAPH <{ns.CATALOGUE_GRAPH}> {{ "
    "{ ?dataset <http://rdfs.org/ns/void#subset> ?g OPTIONAL { ?g <http://rdfs.org/ns/void#triples> ?n } } UNION "
    f"{{ <{ns.CATALOGUE_GRAPH}> <{STATUS}> ?status }} }} }}"
)


class Store(Protocol):
    """What reading needs of a store: a pyoxigraph Store has it, and so have a folder and an endpoint."""

    def query(
        self, query: str, /, *, prefixes: dict[str, str] | None = None, use_default_graph_as_union: bool = False
    ) -> Answered:
        """Answer a query, over the union of the named graphs if asked so."""

    def quads_for_pattern(
        self, subject: Subject | None, predicate: ox.NamedNode | None, value: Value | None,
        graph_name: GraphName | None = None, /,
    ) -> Iterator[ox.Quad]:  # fmt: skip
        """Return the quads with these terms; None is any."""

    def contains_named_graph(self, graph_name: GraphName, /) -> bool:
        """Tell whether there is a graph of this name."""

    def __iter__(self) -> Iterator[ox.Quad]:
        """Go through all quads, graph by graph."""

    def __len__(self) -> int:
        """Return the number of quads."""


def is_ours(graph: str, listed: Collection[str]) -> bool:
    """Tell whether a graph is part of what is asked.

    Args:
        graph: its IRI.
        listed: the graphs that the catalogue lists; if there is no catalogue, the namespace decides.
    """
    if ns.is_bookkeeping(graph):
        return False
    return graph in listed if listed else graph.startswith(ns.BASE)


@runtime_checkable
class Far(Protocol):
    """A store that is slower to ask than one in memory."""

    def near(self) -> Store:
        """Return a copy in memory if the store is small enough, else the store itself."""


def near(store: Store) -> Store:
    """Return a store for many small questions: a small one that is far away is read into memory, once."""
    return store.near() if isinstance(store, Far) else store


class Folder:
    """A store on disk, as `cascq load FOLDER` makes it, opened for reading: what is ours in it."""

    def __init__(self, path: Path, *, in_memory: int = IN_MEMORY, note: Note | None = None) -> None:
        """Open a folder.

        Args:
            path: the folder.
            in_memory: up to how many quads are read into memory.
            note: what to do with a remark on how far its answers are to be relied on; nothing if left out.

        Raises:
            CascqError: there is no such folder, it is no store, or nothing of ours is in it.
        """
        self._store = _open(path)
        self._in_memory = in_memory
        listed, complete = catalogued(rows(self._store, CATALOGUE_QUERY))
        names = [graph for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode)]
        self._graphs = [graph for graph in names if is_ours(graph.value, listed)]
        self._names = {graph.value for graph in self._graphs}
        self._alone = len(self._graphs) == len(names)
        if not self._graphs:
            raise nothing_of_ours(str(path))
        # Counting all would take long: what is there is taken to have its number.
        there = {graph: number for graph, number in listed.items() if graph in self._names}
        remark = not_as_listed(str(path), listed, there) if complete else unfinished(str(path))
        if note is not None and remark is not None:
            note(*remark)

    def query(
        self, query: str, /, *, prefixes: dict[str, str] | None = None, use_default_graph_as_union: bool = False
    ) -> Answered:
        """Answer a query over the union of our graphs, or over the graphs that it names with FROM."""
        if self._small:
            return self._copy.query(query, prefixes=prefixes, use_default_graph_as_union=use_default_graph_as_union)
        named: list[ox.NamedNode | ox.BlankNode] = list(self._graphs)
        if not use_default_graph_as_union:
            return self._store.query(query, prefixes=prefixes)
        if self._alone or len(named) > LISTED:
            # A list of thousands of graphs takes minutes; without it, GRAPH sees the catalogue and the shapes as well.
            return self._store.query(query, prefixes=prefixes, use_default_graph_as_union=True)
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = list(self._graphs)
        return self._store.query(query, prefixes=prefixes, default_graph=default, named_graphs=named)

    def quads_for_pattern(
        self, subject: Subject | None, predicate: ox.NamedNode | None, value: Value | None,
        graph_name: GraphName | None = None, /,
    ) -> Iterator[ox.Quad]:  # fmt: skip
        """Return the quads of our graphs with these terms."""
        found = self._store.quads_for_pattern(subject, predicate, value, graph_name)
        return (quad for quad in found if getattr(quad.graph_name, "value", None) in self._names)

    def contains_named_graph(self, graph_name: GraphName, /) -> bool:
        """Tell whether we have a graph of this name."""
        return getattr(graph_name, "value", None) in self._names

    def __iter__(self) -> Iterator[ox.Quad]:
        """Go through all our quads, graph by graph."""
        for graph in self._graphs:
            yield from self._store.quads_for_pattern(None, None, None, graph)

    def __len__(self) -> int:
        """Return the number of our quads."""
        return len(self._store) if self._alone else sum(1 for _ in self)

    def near(self) -> Store:
        """Return a copy in memory if the store is small enough, else the store itself."""
        return self._copy if self._small else self

    @cached_property
    def _small(self) -> bool:
        # Not by its length: the database would go through all of it.
        return next(itertools.islice(self._store, self._in_memory, None), None) is None

    @cached_property
    def _copy(self) -> ox.Store:
        """What is ours, in memory: a list of graphs in each query would make it ten times slower."""
        copy = ox.Store()
        copy.extend(self)
        return copy


def held(path: Path) -> set[str]:
    """Return the names of what is in a folder, but for what an empty file system has."""
    return {entry.name for entry in path.iterdir() if not _is_own(entry)} if path.is_dir() else set()


def _is_own(entry: Path) -> bool:
    try:
        return entry.name in _OWN and entry.is_dir() and not any(entry.iterdir())
    except PermissionError:
        return True  # only the administrator may look into it


def wait_until_moved(path: Path) -> None:
    """Wait until no load is moving a new store to its place.

    Raises:
        CascqError: one was killed while it did.
    """
    end = time.monotonic() + _MOVED
    while (path / MOVING).is_dir():
        if time.monotonic() > end:
            raise CascqError(
                f"{path}: a load was interrupted here when it was nearly done; `cascq load {path}` completes it",
                f"{path}：此处的加载在即将完成时中断；可用 `cascq load {path}` 完成",
            )
        time.sleep(0.05)


def _open(path: Path) -> ox.Store:
    """Open a folder read-only."""
    if path.exists() and not path.is_dir():
        raise CascqError(f"{path}: is a file, not a folder", f"{path}：是文件，不是文件夹")
    if not path.is_dir():
        raise CascqError(f"{path}: there is no such folder", f"{path}：没有此文件夹")
    wait_until_moved(path)
    if not (path / STORE_MARK).is_file():
        if any(not name.startswith(".cascq-") for name in held(path)):
            raise CascqError(f"{path}: this folder holds something else than a store", f"{path}：此文件夹中不是存储")
        raise CascqError(
            f"{path}: no store is in this folder; `cascq load {path}` makes one",
            f"{path}：此文件夹中没有存储；可用 `cascq load {path}` 建立",
        )
    try:
        return ox.Store.read_only(str(path))
    except (OSError, ValueError, RuntimeError) as error:
        raise CascqError(f"{path}: cannot be opened: {error}", f"{path}：无法打开：{error}") from error


def is_complete(statuses: Iterable[str]) -> bool:
    """Tell from what the catalogue says of loads whether the last one came to its end.

    One that is at work, or was interrupted, has left its mark beside that of the one before. A store without a
    catalogue was filled by other means: nothing is known of that.
    """
    return set(statuses) <= {COMPLETE}


def catalogued(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, int], bool]:
    """Return what the catalogue of a store lists, and whether the last load came to its end.

    Args:
        rows: the answer to `CATALOGUE_QUERY`.

    Returns:
        The graphs with their numbers of triples, 0 where it tells none; and whether all of that is to be relied on.
    """
    listed: dict[str, int] = {}
    statuses = []
    for row in rows:
        if "g" in row:
            number = row["n"].value if "n" in row else "0"
            listed[row["g"].value] = int(number) if number.isdecimal() else 0
        if "status" in row:
            statuses.append(row["status"].value)
    return listed, is_complete(statuses)


def unfinished(where: str) -> tuple[str, str]:
    """Return what is said, in English and Chinese, where a load has not come to its end."""
    return (
        f"{where}: a load is at work here, or was interrupted: answers may lack something until `cascq load` is done",
        f"{where}：加载正在进行或已中断：在 `cascq load` 完成之前，结果可能不完整",
    )


def not_as_listed(where: str, listed: Mapping[str, int], sizes: Mapping[str, int]) -> tuple[str, str] | None:
    """Return what is said, in English and Chinese, where graphs are not as the catalogue of a complete load lists them.

    Args:
        where: what the store is called.
        listed: the graphs with their numbers of triples, as in the catalogue; 0 where they are not told.
        sizes: the graphs that are there, with their numbers of triples.
    """
    others = [graph for graph, number in listed.items() if number and sizes.get(graph, 0) != number]
    if not others:
        return None
    first = min(others)
    found, number = sizes.get(first, 0), listed[first]
    en, zh = (f" ({len(others)} graphs in all)", f"（共 {len(others)} 个图）") if others[1:] else ("", "")
    return (
        f"{where}: not as the catalogue says: {first} has {found} triples, not {number}{en}; `cascq load` mends it",
        f"{where}：与目录不符：{first} 有 {found} 条三元组，应为 {number} 条{zh}；可用 `cascq load` 修复",
    )


def nothing_of_ours(where: str) -> CascqError:
    """Return what is said where a store holds other things, or nothing."""
    return CascqError(
        f"{where}: no graph of cascq is in this store; `cascq load {where}` puts it there",
        f"{where}：此存储中没有 cascq 的图；可用 `cascq load {where}` 载入",
    )


def rows(store: ox.Store, query: str) -> Iterable[Mapping[str, ox.NamedNode | ox.Literal]]:
    """Return the rows of a SELECT that gives names and literals."""
    result = store.query(query)
    if isinstance(result, ox.QuerySolutions):
        names = [variable.value for variable in result.variables]
        for row in result:
            yield {
                name: term for name, term in zip(names, row, strict=True) if isinstance(term, ox.NamedNode | ox.Literal)
            }
