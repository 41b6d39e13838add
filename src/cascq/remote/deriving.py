"""Deriving while data are read: what the rules need is taken from the data as they go by, not all of it.

A rule of one triple pattern, whatever its filters, says something about each triple by itself: such rules run on a
portion of the data at a time. The others see the triples of the properties that any rule names, of the subproperties
of these, and nothing else; so a rule must not look at all properties of a thing, which a test of the shipped rules
makes sure of. Classes and labels, which everything has, they see only of things that another of these properties leads
to. All of them see one graph: a rule cannot ask for the graph of a triple.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Self

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.reading import read_text
from cascq.remote.scratch import scratch
from cascq.rules import construct
from cascq.sparql import Token, prologue, tokens

_PORTION = 4 * 1024 * 1024  # bytes of N-Triples that are worked on at a time
_IN_MEMORY = 400 * 1024 * 1024  # bytes of N-Triples of the properties in rules from which these are held on disk, where
# the rules take ten times as long
_ON_DISK = 32 * 1024 * 1024  # bytes that are loaded at a time there: small parts make the database tidy up and slow
_WAITING = 2  # portions that wait to be worked on
_OF_ALL = {f"<{name}>".encode() for name in (ns.RDF_TYPE, ns.PREF_LABEL)}  # properties that everything has


class Derivation:
    """The rules at work on data that are given piece by piece; a context manager."""

    def __init__(self, rules: Sequence[Path]) -> None:
        """Read the rules.

        Raises:
            CascqError: a rule cannot be read, or asks for graphs.
        """
        self._rules = rules
        texts = {path: read_text(path) for path in rules}
        for path, text in texts.items():
            if word := next((t.text for t in tokens(text) if t.text.upper() in {"GRAPH", "FROM"}), None):
                raise CascqError(f"{path}: a rule cannot use {word}", f"{path}：规则不能使用 {word}")
        self._single = {path: beginnings(texts[path]) for path in rules if is_single(texts[path])}
        self._named = {iri for path in rules if path not in self._single for iri in _properties(texts[path])}
        self._wanted: set[bytes] = set()
        self._below: dict[str, set[str]] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="cascq-")
        self._store = ox.Store()
        self._is_on_disk = False
        self._size = 0
        self._kept: list[bytes] = []  # what is not in the store yet
        self._held: list[bytes] = []
        self._length = 0
        self._led_to: set[bytes] = set()  # what triples in the store, or about to be, have as their object
        self._of_all: IO[bytes] = scratch()
        self._out: IO[bytes] = scratch()
        self._worker = ThreadPoolExecutor(1)
        self._work: list[Future[None]] = []

    def terms(self, block: bytes) -> None:
        """Take in triples of the ontology or the vocabularies; all of them, before the data."""
        for quad in ox.parse(block, ox.RdfFormat.N_TRIPLES):
            if quad.predicate.value == ns.RDFS + "subPropertyOf" and isinstance(quad.object, ox.NamedNode):
                self._below.setdefault(quad.object.value, set()).add(str(quad.subject)[1:-1])
        self.add(block)

    def add(self, block: bytes) -> None:
        """Take in triples, as N-Triples."""
        self._held.append(block)
        self._length += len(block)
        if self._length >= _PORTION:
            self._next()

    def complete(self) -> None:
        """Begin with the rest, when all has been taken in."""
        self._next()
        self._work.append(self._worker.submit(self._rest))

    def finish(self) -> Iterator[bytes]:
        """Yield what is derived, as N-Triples, after `complete`; a triple may come several times."""
        for work in self._work:
            work.result()
        self._out.seek(0)
        while block := self._out.read(_PORTION):
            yield block + self._out.readline()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the work, and remove the temporary files."""
        self._worker.shutdown(cancel_futures=True)
        del self._store
        self._of_all.close()
        self._out.close()
        self._folder.cleanup()

    def _next(self) -> None:
        """Have a portion worked on, when there is room."""
        if len(self._work) >= _WAITING:
            self._work.pop(0).result()
        block = b"".join(self._held)
        self._held, self._length = [], 0
        self._work.append(self._worker.submit(self._portion, block))

    def _portion(self, block: bytes) -> None:
        """Run the rules of one pattern on a portion, and keep what the other rules need of it."""
        lines = block.splitlines(keepends=True)
        self._keep(lines)
        for path, (subject, value) in self._single.items():
            portion = ox.Store()
            start = b"<" + subject if subject else b""
            some = [line for line in lines if line.startswith(start) and line.find(value, len(start)) >= 0]
            portion.bulk_load(b"".join(some), ox.RdfFormat.N_TRIPLES)
            self._out.write(ox.serialize(construct(portion, path), format=ox.RdfFormat.N_TRIPLES) or b"")

    def _keep(self, lines: Sequence[bytes]) -> None:
        """Keep the triples of the properties that rules name; of those that everything has, for later."""
        if not self._wanted:
            self._wanted = self._closed()
        named = [line for line in lines if line.split(b" ", 2)[1] in self._wanted]
        kept = []
        for line in named:
            _, name, value = line.split(b" ", 2)
            # What is loaded at another time has other blank nodes.
            if name in _OF_ALL and not line.startswith(b"_:"):
                self._of_all.write(line)
                continue
            kept.append(line)
            if value.startswith(b"<"):
                self._led_to.add(value.removesuffix(b" .\n"))
        self._hold(kept)

    def _hold(self, lines: Sequence[bytes]) -> None:
        """Put triples into the store; on disk if they are many."""
        kept = b"".join(lines)
        self._kept.append(kept)
        self._size += len(kept)
        if not self._is_on_disk and self._size > _IN_MEMORY:
            self._is_on_disk = True
            path = Path(self._folder.name) / "held.nt"
            self._store.dump(path, ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
            self._store = ox.Store(str(path.with_suffix("")))
            with path.open("rb") as held:
                while block := held.read(_ON_DISK):
                    self._store.bulk_load(block + held.readline(), ox.RdfFormat.N_TRIPLES)
            path.unlink()
        if not self._is_on_disk or sum(map(len, self._kept)) > _ON_DISK:
            self._load_kept()

    def _load_kept(self) -> None:
        self._store.bulk_load(b"".join(self._kept), ox.RdfFormat.N_TRIPLES)
        self._kept = []

    def _closed(self) -> set[bytes]:
        """Return the properties that rules need, as N-Triples: those that they name, and all below them."""
        names, new = set(self._named), list(self._named)
        while new:
            below = self._below.get(new.pop(), set()) - names
            names |= below
            new += below
        return {f"<{name}>".encode() for name in names}

    def _rest(self) -> None:
        """Run the rules in their order. Those of one pattern get what earlier ones have derived."""
        self._of_all.seek(0)
        while lines := self._of_all.readlines(_PORTION):
            self._hold([line for line in lines if line[: line.index(b" ")] in self._led_to])
        self._load_kept()
        new: list[bytes] = []
        for path in self._rules:
            store = self._store
            if path in self._single:
                store = ox.Store()
                for block in new:
                    store.bulk_load(block, ox.RdfFormat.N_TRIPLES)
            block = ox.serialize(construct(store, path), format=ox.RdfFormat.N_TRIPLES) or b""
            self._out.write(block)
            new.append(block)
            if path != self._rules[-1]:
                self._store.bulk_load(block, ox.RdfFormat.N_TRIPLES)


def is_single(rule: str) -> bool:
    """Tell whether the WHERE clause of a rule is one triple pattern with filters that look at nothing else."""
    found = list(tokens(rule))
    words = [token.text.upper() for token in found]
    if "WHERE" not in words or "EXISTS" in words:
        return False
    body = found[words.index("WHERE") + 1 :]
    pattern = [token.kind for token in body[1:4]]
    if pattern[1:2] == ["word"]:  # `a`
        pattern[1] = "name"
    if body[0].text != "{" or body[4].text != "." or not set(pattern) <= {"variable", "iri", "name"}:
        return False
    return _only_filters(body[5:])


_TEXT = r'"([!#-\[\]-~]*)"'  # a text that N-Triples write without escapes
_START = re.compile(rf"STRSTARTS \( STR \( (\?\w+) \) , {_TEXT} \)")
_STARTS = re.compile(rf"FILTER \( {_START.pattern}(?: & & {_START.pattern})* \)")


def beginnings(rule: str) -> tuple[bytes, bytes]:
    """Return how subject and object of the triples that a rule of one pattern looks for begin, as far as it says so.

    It does where a filter is a conjunction of STRSTARTS(STR(?variable), "text").
    """
    body = " ".join(token.text for token in tokens(rule)).partition(" WHERE { ")[2]
    starts = dict(_START.findall(" ".join(match[0] for match in _STARTS.finditer(body))))
    subject, _, value = body.split(" ", 3)[:3]
    return starts.get(subject, "").encode(), starts.get(value, "").encode()


def _only_filters(body: Sequence[Token]) -> bool:
    """Tell whether the rest of a group, up to its bracket, is filters in parentheses and nothing else."""
    depth = 0
    for token in body:
        if depth == 0 and token.text == "}":
            return token is body[-1]
        if depth == 0 and token.text.upper() not in {"FILTER", "(", "."}:
            return False
        depth += {"(": 1, ")": -1}.get(token.text, 0)
    return False


def _properties(rule: str) -> Iterator[str]:
    """Yield the IRIs that a rule names; those that are no properties do no harm."""
    found = list(tokens(rule))
    prefixes, start = prologue(found)
    known = {**ns.PREFIXES, **prefixes}
    for token in found[start:]:
        if token.kind == "iri":
            yield token.text[1:-1]
        elif token.kind == "name":
            prefix, _, name = token.text.partition(":")
            yield known.get(prefix, "") + name
        elif token.text == "a":
            yield ns.RDF_TYPE
