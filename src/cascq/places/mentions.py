"""Where in the bytes of a file IRIs may be written, found without reading its syntax.

What is found is more than what is there: a name in a comment, or in a literal, is found too. Nothing that is there is
left out, however it is written: in angle brackets, with a prefix, with escapes.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

# Words end at what is never part of a name unless it is escaped. Where a full stop ends a name is seen by the syntax
# alone: so each word is looked for with and without one. What else ends no word (/ ? = and so on) ends no name either.
_ENDS = b"\"'`|^<>{}[](),;#:@+"
_SPACES = bytes.maketrans(_ENDS, b" " * len(_ENDS))
_CHUNK = 1 << 14
_FEW = 40  # spellings that are found faster one by one
_SAMPLE = 1 << 16
_SAMPLES = 16
_LOOK_BACK = 1_000

_ESCAPED_IRI = re.compile(rb"<([^<>\"\s\\]*+\\[uU][^<>\"\s]*+)>")
_ESCAPE = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NAME_BEFORE = re.compile(rb"[-\w.\x80-\xff]*+\Z")
_GRAPH_OR_DIRECTIVE = re.compile(rb"graph|prefix|base|version", re.IGNORECASE)
_LETTER_OR_SIGN = re.compile(rb"[-A-Za-z_\x80-\xff]")
_NAME_GOES_ON = re.compile(rb"[-\w:%\\\x80-\xff]")


class Mentions:
    """Finds the mentions of terms in the bytes of one file.

    Attributes:
        skipped: where, for terms with many mentions, the first one was left out: an offset by the IRI. What is left
            out are objects, predicates or no mentions at all.
    """

    def __init__(
        self,
        data: bytes,
        iris: Collection[str],
        prefixes: Iterable[tuple[str, str]],
        most: int | None = None,
        *,
        by_line: bool,
    ) -> None:
        """Prepare to look for terms.

        Args:
            data: the whole file, in UTF-8.
            iris: the terms.
            prefixes: every prefix that is declared in the file, and its IRI; one that is declared anew twice.
            most: how many mentions of a term are given beside those that may be subjects or name graphs; None for all.
            by_line: whether the file is in N-Triples or N-Quads.
        """
        self._data = data
        self._iris = {iri.encode(): iri for iri in iris}
        self._most = None if by_line else most  # in which the last of four terms, and the third, is not told apart
        self._count: Counter[bytes] = Counter()
        self.skipped: dict[str, int] = {}
        # How terms may be written without escapes, and what words are left of them when their ends are spaces.
        self._spellings: dict[bytes, list[str]] = defaultdict(list)
        self._words: list[tuple[bytes, list[bytes]]] = []
        namespaces = sorted({(name.encode(), iri.encode()) for name, iri in prefixes})
        for encoded, iri in self._iris.items():
            self._add(b"<" + encoded + b">", encoded, iri)
            for name, namespace in namespaces:
                if encoded.startswith(namespace):
                    local = encoded[len(namespace) :]
                    self._add(name + b":" + local, local, iri)

    def _add(self, spelling: bytes, within: bytes, iri: str) -> None:
        self._spellings[spelling].append(iri)
        self._words.append((spelling, within.translate(_SPACES).split()))

    def find(self) -> list[int]:
        """Return the offsets of all mentions, in no order; of those with escapes that of their line, or near it."""
        # An empty local name, or one of nothing but escapes, leaves no word.
        bare = [spelling for spelling, words in self._words if not words]
        found = array("q")
        if b"\\" not in self._data and len(self._words) <= _FEW:
            for spelling in self._spellings:
                found.extend(self._spelled(spelling, 0, len(self._data)))
            return found.tolist()
        for spelling in bare:
            found.extend(self._spelled(spelling, 0, len(self._data)))
        if bare and b"\\" in self._data:
            found.extend(self._with_escapes(bare))
        found.extend(self._by_words())
        if b"\\u" in self._data or b"\\U" in self._data:
            found.extend(match.start() for match in _ESCAPED_IRI.finditer(self._data) if self._is_escaped(match[1]))
        return found.tolist()

    def _is_escaped(self, written: bytes) -> bool:
        try:
            return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)).encode(), written) in self._iris
        except (ValueError, OverflowError):  # no character, or half of one
            return False

    def _with_escapes(self, spellings: Iterable[bytes]) -> Iterator[int]:
        """Yield where local names that leave no word may be written with escapes."""
        for spelling in spellings:
            prefix, _, local = spelling.partition(b":")
            if local:
                at = self._data.find(prefix + b":\\")
                while at >= 0:
                    yield at
                    at = self._data.find(prefix + b":\\", at + 1)

    def _by_words(self) -> Iterator[int]:
        """Yield mentions, found by their rarest word in chunks of the file, which takes as long for many as for one."""
        data, size = self._data, len(self._data)
        rarity = self._sample()
        spellings: dict[bytes, set[bytes]] = defaultdict(set)
        for spelling, words in self._words:
            if words:
                rarest = min(words, key=lambda word: (rarity[word], -len(word)))
                for word in (rarest, rarest + b"."):
                    spellings[word].add(spelling)
        wanted = frozenset(spellings)
        start = 0
        while start < size:
            end = _end_of_word(data, start + _CHUNK)
            chunk = data[start:end]
            hits = wanted.intersection(chunk.translate(_SPACES, b"\\").split())
            if hits:
                for spelling in {spelling for word in hits for spelling in spellings[word]}:
                    yield from self._spelled(spelling, start, end)
                if b"\\" in chunk:  # escapes hide spellings
                    yield from _escaped_words(chunk, start, hits)
            start = end

    def _sample(self) -> Counter[bytes]:
        """Count words in some parts of the file."""
        counted: Counter[bytes] = Counter()
        step = max(_SAMPLE, len(self._data) // _SAMPLES)
        for start in range(0, len(self._data), step):
            counted.update(self._data[start : start + _SAMPLE].translate(_SPACES, b"\\").split())
        return counted

    def _spelled(self, spelling: bytes, start: int, end: int) -> Iterator[int]:
        """Yield where a spelling stands, and is no part of a longer name."""
        data, size = self._data, len(spelling)
        is_name = spelling[:1] != b"<"
        at = data.find(spelling, start, end)
        while at >= 0:
            if not is_name or (not _NAME_GOES_ON.match(data, at + size) and (at == 0 or self._begins(at, spelling))):
                if self._most is None or self._may_begin(at):
                    yield at
                elif self._count[spelling] < self._most:
                    self._count[spelling] += 1
                    yield at
                else:
                    for iri in self._spellings[spelling]:
                        self.skipped[iri] = min(at, self.skipped.get(iri, at))
            at = data.find(spelling, at + 1, end)

    def _begins(self, at: int, spelling: bytes) -> bool:
        """Tell whether a prefixed name may begin here, and is not the end of one with a longer prefix."""
        if spelling[:1] != b":":
            return not _LETTER_OR_SIGN.match(self._data, at - 1)
        match = _NAME_BEFORE.search(self._data[max(0, at - 64) : at])
        before = b"" if match is None else match[0]
        # A number, a label or a language may end where the colon stands.
        return (
            len(before) in {0, 64}
            or before[:1] in b".-0123456789"
            or self._data[at - len(before) - 1 : at - len(before)] in {b":", b"@"}
        )

    def _may_begin(self, at: int) -> bool:
        """Tell whether a mention may begin a statement or a graph, by what stands before it."""
        data = self._data
        start = data.rfind(b"\n", max(0, at - _LOOK_BACK), at) + 1
        if start == 0:
            return True
        before = data[start:at].rstrip()
        if before:
            return before[-1:] in b".{}" or bool(_GRAPH_OR_DIRECTIVE.search(before))
        previous = data[max(0, start - _LOOK_BACK) : start].rstrip()
        # A comment may end in anything.
        return previous[-1:] not in {b",", b";"} or b"#" in previous[previous.rfind(b"\n") + 1 :]


def _end_of_word(data: bytes, start: int) -> int:
    """Return where a chunk can end without cutting a name."""
    while start < len(data):
        stop = start + _CHUNK
        ends = [end for end in (data.find(b"\n", start, stop), data.find(b" ", start, stop)) if end >= 0]
        if ends:
            return min(ends) + 1
        start = stop
    return len(data)


def _escaped_words(chunk: bytes, start: int, words: frozenset[bytes]) -> Iterator[int]:
    """Yield the lines with escapes in which words stand."""
    for line in chunk.split(b"\n"):
        if b"\\" in line and not words.isdisjoint(line.translate(_SPACES, b"\\").split()):
            yield start
        start += len(line) + 1
