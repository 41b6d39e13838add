"""Gathering what is to be loaded: every graph with its triples, its size and its canonical hash.

Files are read as streams and graphs are kept on disk, so that memory does not grow with the data: it holds some
megabytes of triples at a time, and what the rules of the derived graph need.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import IO, Self

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq import resources
from cascq.errors import CascqError, collect
from cascq.reading import FORMATS, find_files, read_file
from cascq.remote.canonical import write_canonical
from cascq.remote.deriving import Derivation
from cascq.remote.scratch import scratch

_CHUNK = 50_000  # triples of one graph that are taken in at a time
_LINE = 160  # bytes of a triple, about
_BUFFER = 4 * 1024 * 1024  # bytes of N-Triples that are held until they are put on disk
DERIVED = "ontology/rules"  # where the derived graph comes from, as the catalogue names it
Taker = Callable[[str, bytes], None]  # takes in triples of a graph, as N-Triples


@dataclass(frozen=True)
class Content:
    """One graph as it shall be in the store.

    Attributes:
        graph: its IRI.
        triples: how many it has.
        digest: SHA-256 of its canonical form (RDFC-1.0, without the graph's name).
        has_blank_nodes: whether it may have blank nodes.
        files: the files that it comes from.
        offset: where its lines begin in the gathered file.
        length: of its lines in bytes.
    """

    graph: str
    triples: int
    digest: str
    has_blank_nodes: bool
    files: tuple[str, ...]
    offset: int
    length: int


class Section:
    """A part of a file, to be sent without being in memory."""

    def __init__(self, file: IO[bytes], offset: int, length: int) -> None:
        self._file, self._offset, self._length = file, offset, length
        self._position = 0

    def __len__(self) -> int:
        """Return its length in bytes."""
        return self._length

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        left = self._length - self._position
        self._file.seek(self._offset + self._position)
        data = self._file.read(left if size < 0 else min(size, left))
        self._position += len(data)
        return data

    def seek(self, position: int, /) -> int:
        """Go to a position, counted from the beginning."""
        self._position = position
        return position

    def tell(self) -> int:
        """Return the position."""
        return self._position


class Gathered:
    """All graphs that are to be loaded; a context manager, as they are kept in a temporary file.

    Attributes:
        contents: the graphs by IRI, in order.
        left_out: how many triples of the data are not loaded, by graph: see `gather`.
    """

    def __init__(self) -> None:
        self.contents: dict[str, Content] = {}
        self.left_out: dict[str, int] = {}
        self._open = ExitStack()
        self._blocks, self._lines = (self._open.enter_context(scratch()) for _ in range(2))
        self._index: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._files: dict[str, dict[str, None]] = defaultdict(dict)

    @property
    def graphs(self) -> set[str]:
        """The graphs of which something has been taken in."""
        return set(self._index)

    def add(self, graph: str, block: bytes, file: str) -> None:
        """Take in triples of a graph, as N-Triples."""
        self._index[graph].append((self._blocks.seek(0, 2), len(block)))
        self._blocks.write(block)
        self._files[graph][file] = None

    def taken(self, graph: str) -> bytes:
        """Return what has been taken in of a graph, as it came."""
        return b"".join(self._read(self._blocks, *place) for place in self._index.get(graph, ()))

    def finish(self, graphs: Iterable[str] | None = None) -> None:
        """Sort the triples of graphs (all, if left out) that have been taken in, count and hash them."""
        for graph in sorted(self._index) if graphs is None else graphs:
            blocks = (self._read(self._blocks, *place) for place in self._index[graph])
            offset = self._lines.seek(0, 2)
            triples, length, sha, has_nodes = write_canonical(blocks, self._lines)
            files = tuple(self._files[graph])
            self.contents[graph] = Content(graph, triples, sha, has_nodes, files, offset, length)
        self._lines.flush()

    @staticmethod
    def _read(file: IO[bytes], offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    def text(self, content: Content) -> bytes:
        """Return a graph as canonical N-Triples."""
        return self._read(self._lines, content.offset, content.length)

    def quads(self, content: Content) -> bytes:
        """Return a graph as N-Quads."""
        return as_quads(content.graph, self.text(content))

    def section(self, content: Content) -> Section:
        """Return a graph as a part of a file, in canonical N-Triples."""
        return Section(self._lines, content.offset, content.length)

    def chunks(self, content: Content, triples: int) -> Iterator[bytes]:
        """Yield a graph in pieces of at most so many triples; whole if blank nodes hold it together."""
        if content.has_blank_nodes:
            yield self.text(content)
            return
        section = self.section(content)
        left = b""
        while left or section.tell() < len(section):
            lines = (left + section.read(triples * _LINE)).splitlines(keepends=True)
            left = b""
            if section.tell() < len(section):
                left = lines.pop()
            for start in range(0, len(lines), triples):
                yield b"".join(lines[start : start + triples])

    @property
    def triples(self) -> int:
        """How many triples there are in all graphs."""
        return sum(content.triples for content in self.contents.values())

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the temporary files."""
        self._open.close()


def as_quads(graph: str, block: bytes) -> bytes:
    """Return N-Triples as N-Quads in a graph."""
    # A line break inside a literal is escaped: " .\n" is always the end of a triple.
    return block.replace(b" .\n", f" <{graph}> .\n".encode())


def gather(paths: Sequence[Path] | None, taken: Taker | None = None) -> Gathered:
    """Gather the ontology, vocabularies, alignments, shapes, data and what is derived from them.

    Data may be an export: it has graphs that are made here anew. What stands in them is left out; it is counted as such
    unless it is what is made here, too, or was derived by rules, which is done anew.

    Args:
        paths: RDF files and folders in place of the shipped data; None for the shipped data.
        taken: is given all triples as they are read and derived, some of the derived ones twice.

    Raises:
        CascqError: files cannot be read; a triple is in no graph, or in one outside of our namespace.
    """
    data = find_files([resources.data()] if paths is None else paths)
    gathered = Gathered()

    def take(graph: str, block: bytes, file: str) -> None:
        gathered.add(graph, block, file)
        if taken is not None:
            taken(graph, block)

    try:
        with Derivation(resources.rules()) as derivation:
            for path in resources.shapes():
                take(ns.SHAPES_GRAPH, _block(quad.triple for quad in read_file(path)), _name(path))
            for path, graph in resources.terms():
                block = _block(quad.triple for quad in read_file(path))
                take(graph, block, _name(path))
                derivation.terms(block)

            made: dict[str, set[bytes]] = {}

            def leave_out(graph: str, block: bytes) -> None:
                if graph not in made:
                    made[graph] = set(gathered.taken(graph).splitlines())
                # What has blank nodes cannot be compared line by line.
                if number := sum(b"_:" not in line and line not in made[graph] for line in block.splitlines()):
                    gathered.left_out[graph] = gathered.left_out.get(graph, 0) + number

            def read(path: Path) -> None:
                name = _name(path)
                for graph, block in _blocks(path):
                    if ns.is_made(graph):
                        leave_out(graph, block)
                        continue
                    take(graph, block, name)
                    derivation.add(block)

            collect(data, read)
            derivation.complete()
            gathered.finish()
            gathered.add(ns.DERIVED_GRAPH, b"", DERIVED)
            for block in derivation.finish():
                take(ns.DERIVED_GRAPH, block, DERIVED)
            gathered.finish([ns.DERIVED_GRAPH])
    except BaseException:
        gathered.__exit__()
        raise
    return gathered


def _name(path: Path) -> str:
    """Return a file's path as the catalogue has it: below the project's folder, or its name."""
    root = resources.root().resolve()
    whole = path.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else path.name


def _block(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _blocks(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the triples of a data file by graph, as N-Triples.

    Graphs are put together as far as memory allows: a file may go from graph to graph with each triple.
    """
    held: dict[str, list[bytes]] = defaultdict(list)
    size, is_empty = 0, True
    for node, quads in itertools.groupby(_quads(path), attrgetter("graph_name")):
        is_empty = False
        graph = _checked(path, node, quads)
        if graph == ns.DERIVED_GRAPH:
            continue  # an export read back: this is derived anew
        for block in _pieces(quads):
            if b"<<(" in block:
                read_file(path)  # says what is wrong with triples about triples
            held[graph].append(block)
            size += len(block) + len(graph)
            if size > _BUFFER:
                yield from ((name, b"".join(blocks)) for name, blocks in held.items())
                held, size = defaultdict(list), 0
    if is_empty:
        read_file(path)  # says that it is empty
    yield from ((name, b"".join(blocks)) for name, blocks in held.items())


def _pieces(quads: Iterator[ox.Quad]) -> Iterator[bytes]:
    """Yield quads as N-Triples, some at a time."""
    triples = map(attrgetter("triple"), quads)
    while block := _block(itertools.islice(triples, _CHUNK)):
        yield block


def _checked(path: Path, node: object, quads: Iterator[ox.Quad]) -> str:
    """Return the name of a graph, if it is one that may be loaded."""
    if isinstance(node, ox.DefaultGraph):
        triple = next(quads).triple
        raise CascqError(
            f"{path}: triples outside of any named graph (as {triple}): a graph says where a triple comes from, and "
            "some stores have no other place",
            f"{path}：有三元组不在任何命名图中（如 {triple}）：命名图说明出处，且有些存储没有默认图",
        )
    if not isinstance(node, ox.NamedNode) or not node.value.startswith(ns.BASE):
        raise CascqError(
            f"{path}: graph {node} is outside of {ns.BASE}: in a store, `load` touches only graphs below it",
            f"{path}：图 {node} 不在 {ns.BASE} 之下：load 只改动存储中该命名空间内的图",
        )
    return node.value


def _streams(path: Path) -> bool:
    """Tell whether a file can be read as a stream: packed files and pipes are read whole."""
    return path.suffix.lower() in FORMATS and path.is_file()


def _quads(path: Path) -> Iterator[ox.Quad]:
    """Yield the quads of a file."""
    if _streams(path):
        try:
            yield from ox.parse(path=path, format=FORMATS[path.suffix.lower()], rename_blank_nodes=True)
        except (SyntaxError, ValueError, OSError, MemoryError):
            pass  # the reader of whole files knows better what is wrong, if it is (a byte order mark is not)
        else:
            return
    yield from read_file(path)
