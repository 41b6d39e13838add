"""Gathering what is to be loaded: every graph with its triples, its size and its canonical hash.

Files are read as streams and graphs are kept on disk, so that memory does not grow with the data: it holds one graph at
a time, and what the rules of the derived graph need.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq import resources, rules
from cascq.errors import CascqError, collect
from cascq.reading import FORMATS, find_files, read_file

_CHUNK = 200_000  # quads that are held as objects at a time
_IN_MEMORY = 256 * 1024 * 1024  # bytes of RDF from which the rules work on disk
DERIVED = "ontology/rules"  # where the derived graph comes from, as the catalogue names it


def canonical(block: bytes) -> list[bytes]:
    """Return the lines of a graph in the canonical form of RDFC-1.0.

    Without blank nodes that is the sorted set of its triples in canonical N-Triples.

    Args:
        block: N-Triples as pyoxigraph writes them.
    """
    lines = sorted(set(block.splitlines(keepends=True)))
    if any(b"_:" in line for line in lines):
        dataset = ox.Dataset(ox.parse(block, ox.RdfFormat.N_TRIPLES))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        text = ox.serialize((quad.triple for quad in dataset), format=ox.RdfFormat.N_TRIPLES) or b""
        lines = sorted(text.splitlines(keepends=True))
    return lines


def digest(text: bytes) -> str:
    """Return the SHA-256 of a graph in canonical form, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()


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
    """

    def __init__(self) -> None:
        self.contents: dict[str, Content] = {}
        self._open = ExitStack()
        self._blocks, self._lines = (self._open.enter_context(_scratch()) for _ in range(2))
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

    def finish(self, graphs: Iterable[str] | None = None) -> None:
        """Sort the triples of graphs (all, if left out) that have been taken in, count and hash them."""
        for graph in sorted(self._index) if graphs is None else graphs:
            lines = canonical(b"".join(self._read(self._blocks, *place) for place in self._index[graph]))
            text = b"".join(lines)
            self.contents[graph] = Content(
                graph,
                len(lines),
                digest(text),
                b"_:" in text,
                tuple(self._files[graph]),
                self._lines.seek(0, 2),
                len(text),
            )
            self._lines.write(text)
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
        # A line break inside a literal is escaped: " .\n" is always the end of a triple.
        return self.text(content).replace(b" .\n", f" <{content.graph}> .\n".encode())

    def section(self, content: Content) -> Section:
        """Return a graph as a part of a file, in canonical N-Triples."""
        return Section(self._lines, content.offset, content.length)

    def chunks(self, content: Content, triples: int) -> Iterator[bytes]:
        """Yield a graph in pieces of at most so many triples; whole if blank nodes hold it together."""
        if content.has_blank_nodes:
            yield self.text(content)
            return
        lines = self.text(content).splitlines(keepends=True)
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


def _scratch() -> IO[bytes]:
    """Return a file that is gone when it is closed."""
    return tempfile.TemporaryFile(prefix="cascq-")


def gather(paths: Sequence[Path] | None) -> Gathered:
    """Gather the ontology, vocabularies, alignments, shapes, data and what is derived from them.

    Args:
        paths: RDF files and folders in place of the shipped data; None for the shipped data.

    Raises:
        CascqError: files cannot be read; a triple is in no graph, or in one outside of our namespace.
    """
    terms = _terms()
    data = find_files([resources.data()] if paths is None else paths)
    gathered = Gathered()
    try:
        with ThreadPoolExecutor(1) as other:
            derived = other.submit(_derive, [*terms, *((path, None) for path in data)])
            for path in resources.shapes():
                gathered.add(ns.SHAPES_GRAPH, _block(quad.triple for quad in read_file(path)), _name(path))
            for path, graph in terms:
                gathered.add(graph, _block(quad.triple for quad in read_file(path)), _name(path))
            own = {*gathered.graphs, ns.DERIVED_GRAPH, *ns.BOOKKEEPING}
            collect(data, lambda path: _add_file(gathered, path, own))
            gathered.finish()
            gathered.add(ns.DERIVED_GRAPH, derived.result(), DERIVED)
            gathered.finish([ns.DERIVED_GRAPH])
    except BaseException:
        gathered.__exit__()
        raise
    return gathered


def _terms() -> list[tuple[Path, str]]:
    """Return the files of ontology, vocabularies and alignments, with the graphs that they go into."""
    return [
        *((path, ns.ONTOLOGY_GRAPH) for path in resources.ontology()),
        *((path, ns.VOC + path.stem) for path in resources.vocabularies()),
        *((path, ns.ALIGNMENT + path.stem) for path in resources.alignments()),
    ]


def _name(path: Path) -> str:
    """Return a file's path as the catalogue has it: below the project's folder, or its name."""
    root = resources.root().resolve()
    whole = path.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else path.name


def _block(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _add_file(gathered: Gathered, path: Path, own: set[str]) -> None:
    """Take in a data file."""
    name = _name(path)
    for graphs in _chunks(path):
        for node, triples in graphs.items():
            if isinstance(node, ox.DefaultGraph):
                raise CascqError(
                    f"{path}: triples outside of any named graph (as {triples[0]}): a graph says where a triple comes "
                    "from, and some stores have no other place",
                    f"{path}：有三元组不在任何命名图中（如 {triples[0]}）：命名图说明出处，且有些存储没有默认图",
                )
            if not isinstance(node, ox.NamedNode) or not node.value.startswith(ns.BASE):
                raise CascqError(
                    f"{path}: graph {node} is outside of {ns.BASE}: in a store, `load` touches only graphs below it",
                    f"{path}：图 {node} 不在 {ns.BASE} 之下：load 只改动存储中该命名空间内的图",
                )
            if node.value in own:
                continue  # an export read back: these come from the ontology's files
            block = _block(triples)
            if b"<<(" in block:
                read_file(path)  # says what is wrong with triples about triples
            gathered.add(node.value, block, name)


Graphs = dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, list[ox.Triple]]


def _chunks(path: Path) -> Iterator[Graphs]:
    """Yield the triples of a file by graph, some at a time."""
    graphs: Graphs = defaultdict(list)
    count = 0
    for quad in _quads(path):
        graphs[quad.graph_name].append(quad.triple)
        count += 1
        if count % _CHUNK == 0:
            yield graphs
            graphs = defaultdict(list)
    if not count:
        read_file(path)  # says that it is empty
    yield graphs


def _streams(path: Path) -> bool:
    """Tell whether a file can be read as a stream: packed files and pipes are read whole."""
    return path.suffix.lower() in FORMATS and path.is_file()


def _quads(path: Path) -> Iterator[ox.Quad]:
    """Yield the quads of a file."""
    if _streams(path):
        try:
            yield from ox.parse(path=path, format=FORMATS[path.suffix.lower()], rename_blank_nodes=True)
        except (SyntaxError, ValueError, OSError):
            pass  # the reader of whole files knows better what is wrong, if it is (a byte order mark is not)
        else:
            return
    yield from read_file(path)


def _derive(files: Sequence[tuple[Path, str | None]]) -> bytes:
    """Return the derived graph as N-Triples; files that cannot be read are reported by whoever reads them first."""
    size = sum(path.stat().st_size for path, _ in files if path.is_file())
    with tempfile.TemporaryDirectory(prefix="cascq-") as scratch:
        store = ox.Store(scratch) if size > _IN_MEMORY else ox.Store()
        for path, graph in files:
            try:
                _take(store, path, graph)
            except CascqError:
                return b""
        for bookkeeping in ns.BOOKKEEPING:
            store.remove_graph(ox.NamedNode(bookkeeping))
        rules.derive(store, resources.rules())
        block = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(ns.DERIVED_GRAPH)) or b""
        del store
    return block


def _take(store: ox.Store, path: Path, graph: str | None) -> None:
    """Read a file into a store: into one graph, or each quad into its own."""
    target = None if graph is None else ox.NamedNode(graph)
    if _streams(path):
        try:
            store.bulk_load(path=path, format=FORMATS[path.suffix.lower()], to_graph=target)
        except (SyntaxError, ValueError):
            pass  # see _quads
        else:
            return
    quads = read_file(path)
    store.extend(
        quads if target is None else [ox.Quad(quad.subject, quad.predicate, quad.object, target) for quad in quads]
    )
