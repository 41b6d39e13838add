"""Where in the bytes of a file IRIs may be written, found without reading its syntax.

What is found is more than what is there: a name in a comment, or in a literal, is found too. Nothing that is there is
left out, however it is written: in angle brackets, with a prefix, with escapes.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_NAME_CHARS = rb"([-\w:%\x80-\xff]*+)([.\\]?)"  # up to where a local name ends, unless it goes on behind . or \
_LOCAL_CHAR = rb"(?:[-\w:%\x80-\xff]|\\.)"
_LOCAL = re.compile(_LOCAL_CHAR + rb"*+(?:\.++(?=" + _LOCAL_CHAR + rb")" + _LOCAL_CHAR + rb"++)*+")
_LOCAL_ESCAPE = re.compile(rb"\\(.)")
_LOOK_BACK = 1_000

_ESCAPED_IRI = re.compile(rb"<([^<>\"\s\\]*+\\[uU][^<>\"\s]*+)>")
_ESCAPE = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NAME_BEFORE = re.compile(rb"[-\w.\x80-\xff]*+\Z")
_GRAPH_OR_DIRECTIVE = re.compile(rb"graph|prefix|base|version", re.IGNORECASE)
_LETTER_OR_SIGN = re.compile(rb"[-A-Za-z_\x80-\xff]")


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
        escapes: bool = True,
    ) -> None:
        """Prepare to look for terms.

        Args:
            data: the whole file, in UTF-8.
            iris: the terms.
            prefixes: every prefix that is declared in the file, and its IRI; one that is declared anew twice.
            most: how many mentions of a term are given beside those that may be subjects or name graphs; None for all.
            by_line: whether the file is in N-Triples or N-Quads.
            escapes: whether IRIs may be written with escapes in it.
        """
        self._data, self._escapes = data, escapes
        self._iris = {iri.encode(): iri for iri in iris}
        self._most = None if by_line else most  # in which the last of four terms, and the third, is not told apart
        self._count: Counter[tuple[bytes, str]] = Counter()
        self.skipped: dict[str, int] = {}
        # The local names that are looked for, by prefix, which may have several namespaces, each in a part of the file.
        self._locals: dict[bytes, dict[bytes, list[str]]] = defaultdict(lambda: defaultdict(list))
        for name, namespace in sorted({(name.encode(), iri.encode()) for name, iri in prefixes}):
            for encoded, iri in self._iris.items():
                if encoded.startswith(namespace):
                    self._locals[name][encoded[len(namespace) :]].append(iri)

    def find(self) -> list[int]:
        """Return the offsets of all mentions, in no order."""
        found = array("q", self._in_brackets())
        for prefix, names in self._locals.items():
            found.extend(self._prefixed(prefix, names))
        if self._escapes:
            found.extend(match.start() for match in _ESCAPED_IRI.finditer(self._data) if self._is_escaped(match[1]))
        return found.tolist()

    def _in_brackets(self) -> Iterator[int]:
        """Yield where IRIs stand in angle brackets, without escapes."""
        if not self._iris:
            return
        # A pattern that begins with a string is found fast: with what the first and the last of them have in common.
        low, high = min(self._iris), max(self._iris)
        differ = (number for number, (one, other) in enumerate(zip(low, high, strict=False)) if one != other)
        start = low[: next(differ, len(low))]
        known = {iri[len(start) :]: name for iri, name in self._iris.items()}
        found = re.finditer(re.escape(b"<" + start) + rb"([^<>\"\s]*+)>", self._data)
        # One expression for all, since there are many: a loop of statements takes twice as long.
        for at, iri in [(match.start(), iri) for match in found if (iri := known.get(match[1])) is not None]:
            if self._is_kept(at, b"<", (iri,)):
                yield at

    def _prefixed(self, prefix: bytes, names: Mapping[bytes, Sequence[str]]) -> Iterator[int]:
        """Yield where names with a prefix stand."""
        # One may begin within what looks like another: `_:a:b` is a blank node and the name `:b`.
        found = re.finditer(re.escape(prefix) + b":(?=" + _NAME_CHARS + b")", self._data)
        for match in [m for m in found if m[1] in names or m[2]]:  # many, as above
            local = match[1]
            if match[2] and (whole := _LOCAL.match(self._data, match.end())):
                local = _LOCAL_ESCAPE.sub(rb"\1", whole[0])
            if (iris := names.get(local)) is None:
                continue
            at = match.start()
            if self._begins(at, prefix) and self._is_kept(at, prefix, iris):
                yield at

    def _is_escaped(self, written: bytes) -> bool:
        try:
            return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)).encode(), written) in self._iris
        except (ValueError, OverflowError):  # no character, or half of one
            return False

    def _is_kept(self, at: int, spelt: bytes, iris: Sequence[str]) -> bool:
        """Tell whether a mention is given; if a term has enough of them, remember where the first was left out."""
        if self._most is None or self._may_begin(at):
            return True
        self._count[spelt, iris[0]] += 1
        if self._count[spelt, iris[0]] <= self._most:
            return True
        for iri in iris:
            self.skipped[iri] = min(at, self.skipped.get(iri, at))
        return False

    def _begins(self, at: int, prefix: bytes) -> bool:
        """Tell whether a prefixed name may begin here, and is not the end of one with a longer prefix."""
        if at == 0:
            return True
        if prefix:
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
