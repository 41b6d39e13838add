"""Loading into a folder: the embedded store on disk."""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.chinese import reason
from cascq.errors import CascqError
from cascq.remote.canonical import canonical
from cascq.remote.gathering import Content, Gathered
from cascq.remote.stores import MOVING, STORE_MARK, held, rows, wait_until_moved
from cascq.remote.targets import Hold, NewPlace, batches

_TRANSACTION = 500_000  # triples that are written in one transaction
_FIRST = 4 * 1024 * 1024  # bytes of triples that are loaded at first into a new folder; afterwards
_LEAST = 16 * 1024 * 1024  # so many at a time, if more are to come, since many parts make the database tidy up,
_LARGEST = 32 * 1024 * 1024  # and at most so many, since large ones take much memory
_LOADERS = 2  # parts that are loaded at a time
_LOCKED = re.compile(r"While lock file|lock hold by")  # how RocksDB says it
_COUNTED = 1000  # graphs that one query counts
_AT_A_TIME = 64  # graphs that are read back at a time
_LOADING = ".cascq-loading"  # where a new store is written, within its folder


class FolderTarget:
    """A folder that holds an Oxigraph store. See `Target` for the methods.

    A new store is written in a folder within its own and moved up when it is complete, the file that makes it a store
    last: it may be killed at any moment (the next load moves what is left), a folder that is a mount point will do, and
    nothing else that is there is touched. The database keeps a lock of its own, so there is one writer at a time.
    """

    def __init__(self, path: Path) -> None:
        """Look at a folder; nothing is written.

        Args:
            path: an Oxigraph store, an empty folder, or one that is not there yet.

        Raises:
            CascqError: something else is there.
        """
        self.path = path
        self.name = str(path)
        self.torn: list[str] = []
        self._store: ox.Store | None = None
        self._parts: _Parts | None = None
        self._aside = path / _LOADING
        for place in (path, *path.parents):
            if place.exists() and not place.is_dir():
                raise CascqError(f"{place}: is a file, not a folder", f"{place}：是文件，不是文件夹")
        there = held(path)
        self.is_new = there <= {_LOADING}
        if not self.is_new and not there & {STORE_MARK, MOVING}:
            raise CascqError(
                f"{path}: this folder holds something else than a store; give an empty or a new one",
                f"{path}：此文件夹中不是存储；请给出空的或新的文件夹",
            )

    @property
    def store(self) -> ox.Store:
        """The open store; without the lock, for reading only."""
        if self._store is None:
            wait_until_moved(self.path)
            with self._explained():
                self._store = ox.Store() if self.is_new else ox.Store.read_only(str(self.path))
        return self._store

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what it means that the database cannot be read or written."""
        try:
            yield
        except (OSError, RuntimeError, ValueError) as error:  # of the system, of a damaged database
            text = str(error)
            if _LOCKED.search(text):
                raise CascqError(
                    f"{self.path}: another program has this store open (another load?)",
                    f"{self.path}：另一个程序正在使用此存储（另一个加载？）",
                ) from None
            en, zh = (
                reason(error, lang) if isinstance(error, OSError) and error.errno else text for lang in ("en", "zh")
            )
            raise CascqError(f"{self.path}: cannot be read or written: {en}", f"{self.path}：无法读写：{zh}") from None

    @contextlib.contextmanager
    def lock(self) -> Iterator[Hold]:
        """Open the store for writing."""
        made = self.is_new and not self.path.exists()
        with contextlib.ExitStack() as leaving:
            with self._explained():
                self._move_up()
                if self.is_new and self._aside.exists():
                    ox.Store(str(self._aside))  # is somebody at work there?
                    shutil.rmtree(self._aside)
                self._store = None
                if self.is_new:
                    self.path.mkdir(parents=True, exist_ok=True)
                    self._aside.mkdir()  # fails if another load has just begun
                leaving.callback(self._leave, made)
                self._store = ox.Store(str(self._aside if self.is_new else self.path))
            yield Hold()

    def _leave(self, made: bool) -> None:
        """Close the store, and remove what was not completed."""
        if self._parts is not None:
            self._parts.close()
        self._store = self._parts = None
        if self.is_new:
            shutil.rmtree(self._aside, ignore_errors=True)
            if made:
                with contextlib.suppress(OSError):  # not empty: somebody else has put something there
                    self.path.rmdir()

    def new_place(self) -> NewPlace | None:
        """Return the folder itself if it is new."""
        return self if self.is_new else None

    def take(self, graph: str, block: bytes) -> None:
        """Take in triples: they are loaded in bulk, by another thread, in parts of growing size."""
        if self._parts is None:
            self._parts = _Parts(self.store)
        with self._explained():
            self._parts.add(graph, block)

    def complete(self, catalogue: bytes) -> None:
        """Load the rest of what was taken in, with the catalogue."""
        with self._explained():
            if self._parts is None:
                self._parts = _Parts(self.store)
            self._parts.add(ns.CATALOGUE_GRAPH, catalogue)
            self._parts.finish()
            self.store.flush()

    def counts(self, graphs: Iterable[str]) -> dict[str, int]:
        """Count in the store."""
        found: dict[str, int] = {}
        left = iter(graphs)
        with self._explained():
            # By a query: going through the triples would look up every term.
            while names := " ".join(f"<{graph}>" for graph in itertools.islice(left, _COUNTED)):
                query = f"SELECT ?g (COUNT(*) AS ?n) {{ VALUES ?g {{ {names} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"
                found.update((row["g"].value, int(row["n"].value)) for row in rows(self.store, query))
        return found

    def read(self, graph: str) -> bytes:
        """Read a graph."""
        with self._explained():
            block = self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
        return b"".join(canonical(block or b""))

    def read_many(self, contents: Sequence[Content]) -> Iterator[tuple[str, bytes]]:
        """Read graphs, on all cores."""
        left = iter(contents)
        with ThreadPoolExecutor() as readers:
            while some := [content.graph for content in itertools.islice(left, _AT_A_TIME)]:
                yield from zip(some, readers.map(self.read, some), strict=True)

    def add(self, gathered: Gathered, contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
        """Write new graphs, each batch in one transaction."""
        for batch in batches(contents, _TRANSACTION, _TRANSACTION):
            quads = b"".join(gathered.quads(content) for content in batch)
            with self._explained():
                self.store.load(quads, ox.RdfFormat.N_QUADS)
            yield batch

    def replace(self, gathered: Gathered, contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
        """Replace graphs, each batch in one transaction."""
        for batch in batches(contents, _TRANSACTION // 5, _TRANSACTION):
            drop = " ".join(f"DROP SILENT GRAPH <{content.graph}> ;" for content in batch)
            data = " ".join(f"GRAPH <{content.graph}> {{ {gathered.text(content).decode()} }}" for content in batch)
            with self._explained():
                self.store.update(f"{drop} INSERT DATA {{ {data} }}")
            yield batch

    def remove(self, graphs: Sequence[str]) -> None:
        """Remove graphs, each in one transaction."""
        with self._explained():
            for graph in graphs:
                self.store.remove_graph(ox.NamedNode(graph))

    def mark(self, block: bytes) -> None:
        """Add to the catalogue graph."""
        with self._explained():
            self.store.load(block, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(ns.CATALOGUE_GRAPH))
            self.store.flush()

    def record(self, block: bytes) -> None:
        """Replace the catalogue graph."""
        catalogue = ox.NamedNode(ns.CATALOGUE_GRAPH)
        data = f"GRAPH {catalogue} {{ {block.decode()} }}"
        with self._explained():
            self.store.update(f"DROP SILENT GRAPH <{ns.CATALOGUE_GRAPH}> ; INSERT DATA {{ {data} }}")

    def clean(self) -> None:
        """Nothing: transactions leave nothing half done."""

    def finish(self) -> None:
        """Make it last, and make a new store the folder's own."""
        with self._explained():
            self.store.flush()
            self._store = None
            if self.is_new:
                if held(self.path) - {_LOADING}:
                    raise CascqError(
                        f"{self.path}: something else has come into this folder during the load; it was left as it is",
                        f"{self.path}：加载期间此文件夹中出现了其他内容；未作改动",
                    )
                self._aside.rename(self.path / MOVING)
                self._move_up()
                self.is_new = False

    def _move_up(self) -> None:
        """Move a complete store to its place, if there is one.

        A load that was killed here has moved some of its files already, or another may be moving them as well.
        """
        complete = self.path / MOVING
        with contextlib.suppress(FileNotFoundError):
            for file in sorted(complete.iterdir(), key=lambda file: file.name == STORE_MARK):
                with contextlib.suppress(FileNotFoundError):
                    file.rename(self.path / file.name)
            complete.rmdir()


class _Parts:
    """What is loaded in bulk into a store while more is coming: files of TriG, two at a time.

    A part is loaded when it is large enough and somebody is free to load it. Triples with blank nodes are kept for the
    last part, since each part has blank nodes of its own.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._folder = tempfile.TemporaryDirectory(prefix="cascq-")
        self._changed = threading.Condition()
        self._number = 0
        self._least = _FIRST
        self._part, self._last = self._new("0"), self._new("last")
        self._large: list[IO[bytes]] = []  # parts that wait, as large as they may be
        self._is_complete = self._is_closed = False
        self._workers = ThreadPoolExecutor(_LOADERS)
        self._work = [self._workers.submit(self._load_parts) for _ in range(_LOADERS)]

    def _new(self, name: str) -> IO[bytes]:
        return (Path(self._folder.name) / f"{name}.trig").open("wb")

    def add(self, graph: str, block: bytes) -> None:
        """Take in triples of a graph, as N-Triples."""
        for work in self._work:
            if work.done():
                work.result()  # raises what has gone wrong
        if len(block) > _LEAST and b"_:" not in block:  # the catalogue of many graphs
            middle = block.index(b"\n", len(block) // 2) + 1
            self.add(graph, block[:middle])
            self.add(graph, block[middle:])
            return
        with self._changed:
            file = self._last if b"_:" in block else self._part
            file.write(b"<%b> {\n%b}\n" % (graph.encode(), block))  # N-Triples are TriG, too
            if self._part.tell() > _LARGEST:
                self._large.append(self._cut())
            if self._large or self._part.tell() > self._least:
                self._changed.notify()

    def finish(self) -> None:
        """Wait until everything is loaded."""
        self._last.close()
        with self._changed, Path(self._last.name).open("rb") as last:
            shutil.copyfileobj(last, self._part)
            self._is_complete = True
            self._changed.notify_all()
        for work in self._work:
            work.result()

    def close(self) -> None:
        """Stop, and remove the files."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._workers.shutdown()
        self._part.close()
        self._last.close()
        self._folder.cleanup()

    def _cut(self) -> IO[bytes]:
        """Return the part that was being filled, and begin another."""
        part = self._part
        self._number += 1
        self._least = _LEAST
        self._part = self._new(str(self._number))
        return part

    def _load_parts(self) -> None:
        """Load parts until there are no more."""
        while (part := self._next()) is not None:
            self._load(part)

    def _next(self) -> IO[bytes] | None:
        """Wait for a part that is large enough, or for the end."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._large or self._part.tell() > self._least or self._is_complete or self._is_closed
            )
            if self._is_closed:
                return None
            if self._large:
                return self._large.pop(0)
            return self._cut() if self._part.tell() else None

    def _load(self, part: IO[bytes]) -> None:
        part.close()
        path = Path(part.name)
        self._store.bulk_load(path=path, format=ox.RdfFormat.TRIG)
        path.unlink()
