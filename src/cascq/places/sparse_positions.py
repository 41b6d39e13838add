"""The parts of a file that speak of some terms, as a text that can be read in place of the whole.

To read where every statement of a file stands takes Python seconds for every 10 MB. A few terms are mentioned in few
lines; these, with their neighbours up to the ends of statements, the directives for prefixes, and the lines that open
and close graphs, are a text in the same format with the same statements about the terms.

Lines are what makes that fast: where no long literal goes on, a line begins outside of all literals, IRIs and comments,
and can be looked at on its own; one that ends with a full stop or a brace ends a statement.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

import pyoxigraph as ox

from cascq.places.mentions import Mentions
from cascq.places.turtle_tokens import read_prefix

_LONG = rb'"""[^"\\]*+(?:(?:\\[\s\S]|"(?!""))[^"\\]*+)*+"""' + rb"|'''[^'\\]*+(?:(?:\\[\s\S]|'(?!''))[^'\\]*+)*+'''"
_SHORT = rb'"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"' + rb"|'[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+'"
_IRI = rb'<[^<>"\x00-\x20]*+>'
_PLAIN = rb"[^\"'<#\\]++"
_ESCAPED = rb"\\[\s\S]"
_ONE_LONG = re.compile(_LONG)
_ONE_PLAIN = re.compile(_PLAIN)
_ONE_OTHER = re.compile(b"|".join((_ESCAPED, _LONG, _SHORT, _IRI, b"<")))
_CODE = re.compile(b"(?:" + b"|".join((_PLAIN, _ESCAPED, _LONG, _SHORT, _IRI, b"<")) + b")*+")
_NO_LONG = b"(?!\"\"\"|''')(?:" + _SHORT + b")"
_BEFORE_LONG = re.compile(b"(?:" + b"|".join((_PLAIN, _ESCAPED, _NO_LONG, _IRI, b"<")) + b")*+")
_THREE_QUOTES = re.compile(rb"\"\"\"|'''")
# What `in` takes three times as long to find. One byte is found at once.
_QUOTES, _APOSTROPHES, _ANGLES = re.compile(rb'"""'), re.compile(rb"'''"), re.compile(rb"<<")

_PREFIX = re.compile(rb"prefix(?=[\s#:])")  # each begins with a string, which is found fast
_BASE = re.compile(rb"base(?=[\s#<])")
_BEFORE_DIRECTIVE = b" \t\r\n.}>"
_CHUNK = 1 << 20
_LONGEST = 16  # bytes of a directive's word and what is looked at beside it


class _UnusualError(ValueError):
    """The file has something that its lines do not tell."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Parts of a file.

    Attributes:
        text: the parts, one after the other, each of whole lines.
        parts: the offset in `text` at which each part begins.
        lines_before: for each part, how many lines of the file were left out before it.
        limits: for terms with mentions that were left out, by IRI: where in `text` the first of those would stand. It
            is an object, a predicate or no mention at all.
    """

    text: str
    parts: array[int]
    lines_before: array[int]
    limits: Mapping[str, int]


class Excerpts:
    """A file that parts are taken from, once what does not depend on the terms is known of it."""

    def __init__(self, data: bytes, form: ox.RdfFormat) -> None:
        """Find the lines of long literals and the directives.

        Args:
            data: the file, in UTF-8. It is taken to be free of mistakes.
            form: Turtle, TriG, N-Triples or N-Quads.
        """
        self._data, self._form = data, form
        self._by_line = form in {ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS}
        self._lines: _Lines | None = None
        self._directives: list[int] = []
        self._prefixes: list[tuple[str, str]] = []
        if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            return
        if not self._by_line and (_ANGLES.search(data) or (b"|" in data and b"{|" in data)):
            return
        try:
            lines = _Lines(data, long_literals=not self._by_line)
            if not self._by_line:
                self._directives = list(_directives(data, lines))
                self._prefixes = [read_prefix(data[at : lines.block(at)[1]].decode()) for at in self._directives]
        except ValueError:  # of this module, of the names of prefixes, or text that is not UTF-8 after all
            return
        self._lines = lines
        self._escapes = b"\\" in data and (b"\\u" in data or b"\\U" in data)

    @property
    def has_blank_nodes(self) -> bool:
        """Whether there is a blank node, or a collection, in the file; also if that cannot be told."""
        if self._lines is None:
            return True
        for mark in (b"_:",) if self._by_line else (b"_:", b"[", b"("):
            at = self._data.find(mark)
            while at >= 0:
                if self._lines.is_code(at):
                    return True
                at = self._data.find(mark, at + 1)
        return False

    def mentions(self, texts: Iterable[bytes]) -> bool:
        """Tell whether some texts may be in the file; where it has escapes, anything may be."""
        return b"\\" in self._data or any(text in self._data for text in texts)

    def take(self, iris: Collection[str], most: int | None = None) -> Excerpt | None:
        """Return the parts of the file that speak of some terms.

        In them stand all statements of which a term is the subject, the first of which it is the object (but see
        `Excerpt.limits`), and the first in the graph that it names; and other statements, some in a wrong graph.

        Args:
            iris: the terms.
            most: how many mentions of a term are enough, beside those that may be subjects or name graphs; None for
                all.

        Returns:
            None if the whole file must be read: it has a base, triples about triples, or lines that end with a carriage
            return alone.
        """
        if self._lines is None:
            return None
        data, lines = self._data, self._lines
        mentions = Mentions(data, iris, self._prefixes, most, by_line=self._by_line, escapes=self._escapes)
        is_trig = self._form == ox.RdfFormat.TRIG
        try:
            parts = list(_parts(lines, {*self._directives, *mentions.find()}, graphs=is_trig))
            texts = [data[start:end].decode() for start, end in parts]
        except ValueError:  # as above
            return None
        offsets = array("q", accumulate(map(len, texts), initial=0))
        starts = [start for start, _ in parts]
        limits = {iri: offsets[bisect_right(starts, at)] for iri, at in mentions.skipped.items()}
        return Excerpt("".join(texts), offsets[:-1], _lines_left_out(data, parts), limits)


def _lines_left_out(data: bytes, parts: Iterable[tuple[int, int]]) -> array[int]:
    """Return how many lines stand before each part, those in parts not counted."""
    counted = array("q")
    lines = last = 0
    for start, end in parts:
        lines += data.count(b"\n", last, start)
        counted.append(lines)
        last = end
    return counted


class _Lines:
    """The lines of a file, a long literal being in one; and what stands where in them."""

    def __init__(self, data: bytes, *, long_literals: bool) -> None:
        self.data = data
        self.first = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self._starts, self._ends = array("q"), array("q")
        if long_literals:
            for start, end in _long_literals(data, self.first):
                self._starts.append(start)
                self._ends.append(end)

    def _around(self, at: int) -> int | None:
        """Return the number of the long literal that goes on at an offset."""
        number = bisect_right(self._starts, at) - 1
        return number if number >= 0 and at < self._ends[number] else None

    def start(self, at: int) -> int:
        """Return where the line of an offset begins."""
        newline = self.data.rfind(b"\n", 0, at)
        while newline >= 0 and (number := self._around(newline)) is not None:
            newline = self.data.rfind(b"\n", 0, self._starts[number])
        return max(newline + 1, self.first)

    def end(self, at: int) -> int:
        """Return where the line of an offset ends, behind its line feed."""
        newline = self.data.find(b"\n", at)
        while newline >= 0 and (number := self._around(newline)) is not None:
            newline = self.data.find(b"\n", self._ends[number])
        return len(self.data) if newline < 0 else newline + 1

    def last(self, start: int, end: int) -> bytes:
        """Return the full stop or brace with which a line ends, or nothing."""
        line = self.data[start:end].rstrip()
        if b"#" in line or b"\\" in line:
            code = _CODE.match(line)
            line = b"" if code is None else code[0].rstrip()
            if line[-2:-1] == b"\\":
                return b""
        return line[-1:] if line[-1:] in {b".", b"{", b"}"} else b""

    def block(self, at: int, floor: int | None = None) -> tuple[int, int, bytes]:
        """Return the lines around an offset from one end of a statement to the next, and how the last line ends.

        Args:
            at: the offset.
            floor: where a block is known to begin, at the offset or before.
        """
        floor = self.first if floor is None else floor
        first = start = self.start(at)
        while start > floor:
            before = self.start(start - 1)
            if self.last(before, start):
                break
            start = before
        end = self.end(at)
        while not (last := self.last(first, end)) and end < len(self.data):
            first, end = end, self.end(end)
        return start, end, last

    def is_code(self, at: int) -> bool:
        """Tell whether an offset is outside of literals, IRIs and comments, and not escaped."""
        position = self.start(at)
        while position <= at:
            plain = _ONE_PLAIN.match(self.data, position, at + 1)
            if plain is not None:
                position = plain.end()
                if position > at:
                    return True
                continue
            other = _ONE_OTHER.match(self.data, position)
            if other is None:
                return False  # a comment
            position = other.end()
        return False


def _long_literals(data: bytes, position: int) -> Iterator[tuple[int, int]]:
    """Yield where literals in three quotes begin and end."""
    if not (_QUOTES.search(data) or (b"'" in data and _APOSTROPHES.search(data))):
        return
    for match in _THREE_QUOTES.finditer(data, position):
        at = match.start()
        begin = max(position, data.rfind(b"\n", position, at) + 1)
        while begin <= at:
            code = _BEFORE_LONG.match(data, begin)
            stop = begin if code is None else code.end()
            if data[stop : stop + 1] == b"#":
                newline = data.find(b"\n", stop)
                position = begin = len(data) if newline < 0 else newline
                continue
            literal = _ONE_LONG.match(data, stop)
            if literal is None:
                if stop < len(data):
                    raise _UnusualError(f"offset {stop}")
                return
            yield literal.span()
            position = begin = literal.end()


def _directives(data: bytes, lines: _Lines) -> Iterator[int]:
    """Yield where prefixes are declared; the words are in any case.

    Raises:
        _UnusualError: a base is declared, so that IRIs may be written in part.
    """
    for start in range(0, len(data), _CHUNK):
        chunk = data[max(0, start - _LONGEST) : start + _CHUNK + _LONGEST].lower()
        shift = max(0, start - _LONGEST)
        for pattern in (_PREFIX, _BASE):
            for match in pattern.finditer(chunk):
                at = shift + match.start()
                if not start <= at < start + _CHUNK:
                    continue
                sign = data[at - 1 : at] == b"@" if at else False
                word = at - 1 if sign else at
                if word > lines.first and data[word - 1] not in _BEFORE_DIRECTIVE:
                    continue
                if (chunk[match.end() : match.end() + 1] == b":" and not sign) or not lines.is_code(at):
                    continue
                if pattern is _BASE:
                    raise _UnusualError("base")
                yield word


def _parts(lines: _Lines, mentions: Iterable[int], *, graphs: bool) -> Iterator[tuple[int, int]]:
    """Yield the blocks around mentions, in the order of the file, and before each what tells its graph.

    Args:
        lines: the file.
        mentions: offsets.
        graphs: whether statements may stand in braces.
    """
    end = lines.first
    last = b""
    for at in sorted(mentions):
        if at >= end:
            start, stop, last = lines.block(at, end)
            if graphs and (brace := _brace(lines, end, start)) is not None:
                yield lines.block(brace, end)[:2]
            yield start, stop
            end = stop
        while graphs and last == b"{" and end < len(lines.data):  # the first statement of the graph
            start, stop, last = lines.block(end, end)
            yield start, stop
            end = stop


def _brace(lines: _Lines, start: int, end: int) -> int | None:
    """Return where the last brace stands that opens or closes a graph, None if there is none."""
    data = lines.data
    opening, closing = data.rfind(b"{", start, end), data.rfind(b"}", start, end)
    while (last := max(opening, closing)) >= 0:
        if lines.is_code(last):
            return last
        if opening > closing:
            opening = data.rfind(b"{", start, last)
        else:
            closing = data.rfind(b"}", start, last)
    return None
