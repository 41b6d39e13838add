"""The data files of a validation: small ones are held in memory, large ones are read anew each time they are needed.

A million triples are 600 MB as Python objects. So a large file is a stream of quads, and a SHACL engine that reads
files by itself gets the file.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import re
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from cascq.errors import CascqError, collect
from cascq.reading import FORMATS, find_files, read_file

# A file beyond this many bytes is large: some 50,000 triples of Turtle.
LARGE = 4_000_000
_RAW = {ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N_TRIPLES}  # several of them make one TriG file
_SUFFIX = {".ttl", ".trig", ".nt", ".nq"}  # what engines read by themselves


class Data(Protocol):
    """What engines need of data."""

    def all(self) -> Iterable[ox.Quad | ox.Triple]:
        """Return all statements."""

    def settle(self) -> None:
        """Give every blank node a name that stays the same."""

    def feed(self, more: Iterable[ox.Triple] = ()) -> Path:
        """Return a file with all triples, and more, for an engine that reads files by itself."""


class Triples:
    """Triples in memory as data; their blank nodes keep their names."""

    def __init__(self, triples: Iterable[ox.Triple], folder: Path) -> None:
        """Take triples, and a folder for a file, which must stay until the data are no longer needed."""
        self._triples = list(triples)
        self._folder = folder

    def all(self) -> Iterable[ox.Triple]:
        """Return the triples."""
        return self._triples

    def settle(self) -> None:
        """Do nothing: names in memory stay the same."""

    def feed(self, more: Iterable[ox.Triple] = ()) -> Path:
        """Write the triples and more to a file, and return it."""
        path = self._folder / "data.nt"
        ox.serialize(chain(self._triples, more), str(path), ox.RdfFormat.N_TRIPLES)
        return path


class Quads:
    """The quads of one file, to be iterated as often as needed, always in the order of the file.

    Attributes:
        path: the file.
        held: its quads if they are held in memory; their blank nodes have names that no other file's have.
        source: the file to stream from: the file itself, or a copy whose blank nodes have such names too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.held: Sequence[ox.Quad] | None = None
        self.source = path
        self._settled = False

    def __iter__(self) -> Iterator[ox.Quad]:
        """Yield the quads.

        Raises:
            CascqError: the file breaks the syntax; see `cascq.reading.read_file`.
        """
        return iter(self.held) if self.held is not None else self._stream()

    def _stream(self) -> Iterator[ox.Quad]:
        try:
            yield from ox.parse(path=str(self.source), format=FORMATS[self.source.suffix.lower()])
        except (SyntaxError, ValueError, OSError) as error:
            read_file(self.path)  # says what is wrong, and where
            raise CascqError(f"{self.path}: {error}", f"{self.path}：{error}") from error

    def mentions(self, *marks: bytes) -> bool:
        """Tell whether any of some byte strings is in the file."""
        if self.source.stat().st_size == 0:
            return False
        with self.source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return any(re.search(re.escape(mark), content) for mark in marks)  # three times as fast as `find`

    def leave_out(self, unwanted: Callable[[str], bool], copy: Path) -> set[ox.NamedNode]:
        """Leave graphs out, of a large file in a copy without them; return those that there are.

        Raises:
            CascqError: see `__iter__`.
        """
        graphs = {quad.graph_name for quad in self}
        out = {graph for graph in graphs if isinstance(graph, ox.NamedNode) and unwanted(graph.value)}
        if not out:
            return set()
        if self.held is not None:
            self.held = [quad for quad in self.held if quad.graph_name not in out]
        else:
            with copy.open("wb") as file:
                form = FORMATS[self.source.suffix.lower()]
                quads = ox.parse(path=str(self.source), format=form, rename_blank_nodes=True)
                ox.serialize((quad for quad in quads if quad.graph_name not in out), file, ox.RdfFormat.N_QUADS)
            self.source, self._settled = copy, True
        return out

    def settle(self, copy: Path) -> None:
        """Give the blank nodes of a large file names that stay the same whenever it is read, in a copy."""
        if self.held is not None or self._settled:
            return
        self._settled = True
        form = FORMATS[self.source.suffix.lower()]
        if self.mentions(b"_:", b"[", b"("):
            from cascq.places.sparse_positions import Excerpts  # slow to import

            if Excerpts(self.source.read_bytes(), form).has_blank_nodes:
                with copy.open("wb") as file:
                    quads = ox.parse(path=str(self.source), format=form, rename_blank_nodes=True)
                    ox.serialize(quads, file, ox.RdfFormat.N_QUADS)
                self.source = copy


def _unpacked(path: Path, copy: Path) -> Path:
    """Return a compressed file unpacked, as a copy with the suffix that it has below .gz."""
    import gzip
    import shutil

    target = copy.with_suffix(Path(path.stem).suffix)
    try:
        with gzip.open(path) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)
    except (OSError, EOFError, zlib.error):
        return path  # read as any other file, which says what is wrong
    return target


def _can_stream(path: Path, large: int) -> bool:
    """Tell whether a file is large, and such that engines read it as it is."""
    if path.suffix.lower() not in _SUFFIX or not path.is_file() or path.stat().st_size <= large:
        return False
    with path.open("rb") as file:
        begins = file.read(3)
        file.seek(-1, os.SEEK_END)
        # Without a line end, Oxigraph misreads a local name with an escape before the last full stop.
        return begins != b"\xef\xbb\xbf" and file.read() in b"\n}"


class DataFiles:
    """The files of a validation.

    Attributes:
        files: the data, by path, in the order in which they were given.
        terms: quads that belong to the data without being checked for their own sake: an ontology, vocabularies.
        left_out: the graphs in the files that are no data.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        terms: Sequence[ox.Quad],
        folder: Path,
        large: int = LARGE,
        no_data: Callable[[str], bool] | None = None,
    ) -> None:
        """Read the small files.

        Args:
            paths: RDF files and folders.
            terms: see above.
            folder: for temporary files; it must stay until the data are no longer needed.
            large: how many bytes of a file are not held in memory any more.
            no_data: tells of the IRI of a graph whether to leave that graph out; None for no graph.

        Raises:
            CascqError: something cannot be read: all broken files together.
        """
        self.files = {path: Quads(path) for path in find_files(paths)}
        if not self.files:
            raise CascqError("nothing to read: no path was given", "没有可读取的内容：未给出路径")
        self.terms = terms
        self._folder = folder
        self._writing = threading.RLock()  # an engine may have files written while its user gives up
        self._is_closed = False
        errors: list[CascqError] = []
        streamed: list[Quads] = []
        for number, (path, quads) in enumerate(self.files.items()):
            try:
                if path.suffix.lower() == ".gz" and path.is_file() and path.stat().st_size > LARGE // 10:
                    quads.source = _unpacked(path, folder / f"unpacked-{number}")
                if not _can_stream(quads.source, large):
                    quads.held = read_file(path)
                else:
                    streamed.append(quads)
            except CascqError as error:
                errors.append(error)
        if errors:
            for quads in streamed:  # what else is broken is said, too
                try:
                    sum(1 for _ in quads)
                except CascqError as error:
                    errors.append(error)
            raise CascqError.join(errors)
        self.left_out: set[ox.NamedNode] = set()
        if no_data is not None:
            copies = {quads: folder / f"data-{number}.nq" for number, quads in enumerate(self.files.values())}
            self.left_out.update(*collect(copies, lambda quads: quads.leave_out(no_data, copies[quads])))

    def refuse_triple_terms(self) -> None:
        """Refuse large files with triples about triples, as `read_file` does small ones.

        Raises:
            CascqError: one of them has some.
        """
        for path, quads in self.files.items():
            if (
                quads.held is None
                and quads.mentions(b"<<", b"{|")
                and any(isinstance(q.object, ox.Triple) for q in quads)
            ):
                read_file(path)  # says which

    @property
    def small(self) -> bool:
        """Whether all files are held in memory."""
        return all(quads.held is not None for quads in self.files.values())

    @property
    def size(self) -> int:
        """How many bytes the large files have, gzip unpacked."""
        return sum(quads.source.stat().st_size for quads in self.files.values() if quads.held is None)

    def all(self) -> Iterator[ox.Quad]:
        """Yield all quads, the terms first."""
        return chain(self.terms, *self.files.values())

    def settle(self) -> None:
        """Give every blank node a name that stays the same and that no two files share."""
        with self._open():
            for number, quads in enumerate(self.files.values()):
                quads.settle(self._folder / f"settled-{number}.nq")

    def close(self) -> None:
        """Write no more files, as soon as the one that is being written is complete."""
        with self._writing:
            self._is_closed = True

    @contextlib.contextmanager
    def _open(self) -> Iterator[None]:
        """Hold off `close` while something is written.

        Raises:
            ValueError: it was closed before.
        """
        with self._writing:
            if self._is_closed:
                raise ValueError("the data files are closed")
            yield

    def feed(self, more: Iterable[ox.Triple] = ()) -> Path:
        """Return a file with all triples for an engine that reads files by itself.

        Args:
            more: triples to add.
        """
        large = [quads for quads in self.files.values() if quads.held is None]
        more = list(more)
        if len(large) == len(self.files) == 1 and not self.terms and not more:
            return large[0].source
        if sum(quads.mentions(b"_:") for quads in large) > 1:
            self.settle()  # `_:a` in two files are two nodes
        target = self._folder / "feed.trig"
        with self._open(), target.open("wb") as file:
            held = chain(self.terms, *(quads.held for quads in self.files.values() if quads.held is not None))
            ox.serialize(chain((quad.triple for quad in held), more), file, ox.RdfFormat.N_TRIPLES)
            for quads in large:
                form = FORMATS[quads.source.suffix.lower()]
                if form in _RAW:
                    file.write(b"\n")
                    with quads.source.open("rb") as content:
                        while block := content.read(1 << 20):
                            file.write(block)
                else:
                    triples = (quad.triple for quad in ox.parse(path=str(quads.source), format=form))
                    ox.serialize(triples, file, ox.RdfFormat.N_TRIPLES)
        return target

    def store(self) -> ox.Store:
        """Return a store with everything in its named graphs."""
        store = ox.Store()
        store.extend(self.terms)
        for quads in self.files.values():
            if quads.held is not None:
                store.extend(quads.held)
            else:
                store.bulk_load(path=str(quads.source), format=FORMATS[quads.source.suffix.lower()])
        return store
