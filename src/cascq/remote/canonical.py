"""The canonical form of a graph (RDFC-1.0), by which it is compared; also of graphs too large to be held in memory."""

from __future__ import annotations

import hashlib
import heapq
import itertools
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO

import pyoxigraph as ox

from cascq.remote.scratch import scratch

_ROOM = 24 * 1024 * 1024  # bytes of lines that are sorted at a time
_BUFFER = 1024 * 1024  # bytes that are written or copied at a time


def canonical(block: bytes) -> list[bytes]:
    """Return the lines of a graph in the canonical form of RDFC-1.0.

    Without blank nodes that is the sorted set of its triples in canonical N-Triples.

    Args:
        block: N-Triples as pyoxigraph writes them.
    """
    lines = sorted(set(block.splitlines(keepends=True)))
    if b"_:" in block and any(b"_:" in line for line in lines):
        dataset = ox.Dataset(ox.parse(block, ox.RdfFormat.N_TRIPLES))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        text = ox.serialize((quad.triple for quad in dataset), format=ox.RdfFormat.N_TRIPLES) or b""
        lines = sorted(text.splitlines(keepends=True))
    return lines


def digest(text: bytes) -> str:
    """Return the SHA-256 of a graph in canonical form, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()


def write_canonical(blocks: Iterable[bytes], out: IO[bytes]) -> tuple[int, int, str, bool]:
    """Write a graph in canonical form, sorted on disk if it is large.

    A large graph with blank nodes is held in memory all the same: their canonical names depend on all of it.

    Args:
        blocks: its N-Triples, as pyoxigraph writes them.
        out: where to.

    Returns:
        The number of triples, the number of bytes, the SHA-256 in hexadecimal, whether there may be blank nodes.
    """
    held: list[bytes] = []
    size = 0
    runs: list[IO[bytes]] = []
    has_nodes = False
    with ExitStack() as files:
        for block in blocks:
            held.append(block)
            size += len(block)
            has_nodes = has_nodes or b"_:" in block
            if size > _ROOM and not has_nodes:
                runs.append(_sort(held, files.enter_context(scratch())))
                held, size = [], 0
        if not runs or has_nodes:
            whole = b"".join([*(run.read() for run in runs), *held])
            return _write(canonical(whole), out)
        if held:
            runs.append(_sort(held, files.enter_context(scratch())))
            held = []
        return _write((line for line, _ in itertools.groupby(heapq.merge(*runs))), out)


def _sort(blocks: list[bytes], run: IO[bytes]) -> IO[bytes]:
    """Return a file of sorted lines."""
    run.writelines(sorted(set(b"".join(blocks).splitlines(keepends=True))))
    run.seek(0)
    return run


def _write(lines: Iterable[bytes], out: IO[bytes]) -> tuple[int, int, str, bool]:
    """Write lines, and return what `write_canonical` returns."""
    sha = hashlib.sha256()
    count = length = 0
    has_nodes = False
    for some in _batches(lines):
        text = b"".join(some)
        sha.update(text)
        out.write(text)
        count += len(some)
        length += len(text)
        has_nodes = has_nodes or b"_:" in text
    return count, length, sha.hexdigest(), has_nodes


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield lines, some thousands at a time."""
    left = iter(lines)
    while some := list(itertools.islice(left, _BUFFER // 100)):
        yield some
