"""Where in a file a triple stands: line, column and length of its subject, predicate, object and graph name.

Oxigraph's parser, rdflib's and the other RDF parsers of PyPI give triples without positions, and no package with a
Turtle grammar for a general parser that comes ready to use was found there in November 2026 (tree-sitter-language-pack
fetches its grammars from the network when they are first used). So `turtle_tokens` reads the text once more, in the
order of Oxigraph's parser, and each of its statements is held against the quad that Oxigraph gives: terms that are
written must agree, and blank nodes must pair off one to one. If they do not (another order, a set of quads), statements
are matched by their terms, and blank nodes by what is said of them.

Lines end at a line feed, a carriage return, or both, as in RDF 1.1 Turtle and in the Language Server Protocol.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import pyoxigraph as ox
import wcwidth

from cascq.pairing import pair
from cascq.reading import FORMATS, read_text
from cascq.turtle_tokens import Statement, Term, length_at, statements

Node = ox.NamedNode | ox.BlankNode | ox.Literal
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Part = Literal["subject", "predicate", "object", "graph"]
PARTS: tuple[Part, ...] = ("subject", "predicate", "object", "graph")
UNDERSTOOD = frozenset({ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS})

_DEFAULT = ox.DefaultGraph()
_LINE_END = re.compile(r"\r\n?|\n")
# What a terminal would obey, or not show at all, as something that is seen.
_SHOWN = (
    {code: 0x2400 + code for code in range(0x20)}
    | {0x7F: 0x2421, 0x09: "    "}
    | dict.fromkeys(
        (*range(0x80, 0xA0), 0xAD, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)), 0xFFFD
    )
    | {0xFEFF: 0xFFFD}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A term where it is written.

    Attributes:
        path: the file, None for text without one.
        line: 1 for the first line.
        column: 1 for the first Unicode code point of the line; a byte order mark does not count.
        length: how many code points the term has as written, line ends included: a long literal may go on for some
            lines. A blank node without a label is `[]` or its opening bracket.
        text_of_line: the line on which the term begins, without its end.
        part: what the term is in its statement.
    """

    path: Path | None
    line: int
    column: int
    length: int
    text_of_line: str
    part: Part


class Positions:
    """Where the statements of one file stand. Made by `index`."""

    def __init__(self, text: str, path: Path | None) -> None:
        self._text = text
        self._path = path
        self._quads: list[ox.Quad] = []
        self._offsets = array("q")  # four for each quad, in the order of PARTS; -1 for the default graph
        # The last statement of each subject, and for each statement the one before of its subject, or -1. Lists would
        # be hundreds of thousands of objects for Python to look after.
        self._last_of: dict[Hashable, int] = {}
        self._earlier = array("q")
        self._mentions: dict[Hashable, tuple[int, Part]] | None = None
        self._line_starts: array[int] | None = None
        self._last_line: tuple[int, str] = (0, "")

    def __len__(self) -> int:
        """Return how many statements are held, one that stands twice twice."""
        return len(self._quads)

    def add(self, quad: ox.Quad, statement: Statement) -> None:
        """Hold a statement with its offsets; for those who index a file."""
        subject = quad.subject
        self._earlier.append(self._last_of.get(subject, -1))
        self._last_of[subject] = len(self._quads)
        self._quads.append(quad)
        self._offsets.extend((statement[1], statement[3], statement[5], statement[7]))

    def _statements(self, subject: Node, graph: Graph | None) -> Iterator[int]:
        number = self._last_of.get(subject, -1)
        while number >= 0:
            if graph is None or self._quads[number].graph_name == graph:
                yield number
            number = self._earlier[number]

    def find(
        self,
        subject: Node,
        predicate: ox.NamedNode | None = None,
        value: Node | None = None,
        graph: Graph | None = None,
        part: Part | None = None,
    ) -> list[Place]:
        """Return where a statement stands, every time that it does, in the order of the file.

        If nothing is found and there is no object, or it is the subject itself, then something is missing that could
        have been said of the subject: the place is that of its first statement, or else where it is first mentioned as
        an object or as the name of a graph.

        Args:
            subject: the subject; a literal has no statements, but is mentioned.
            predicate: the predicate, None for any. With neither predicate nor object: the first statement only.
            value: the object, None for any.
            graph: the graph in which the statement stands, None for any.
            part: the part of the statement to point to. If None, the object, predicate or subject: the last one given.

        Returns:
            no place at all if the file does not speak of the subject; none that repeats another.
        """
        found = [
            number
            for number in self._statements(subject, graph)
            if (predicate is None or self._quads[number].predicate == predicate)
            and (value is None or self._quads[number].object == value)
        ]
        if found and (predicate is not None or value is not None):
            return self._places(found, part or ("predicate" if value is None else "object"))
        if value is not None and value != subject:
            return []
        first = min(self._statements(subject, graph), key=lambda number: self._offsets[4 * number], default=None)
        if first is not None:
            return self._places([first], part or "subject")
        number, mentioned = self._find_mentions().get(subject, (-1, "object"))
        if number < 0 or (graph is not None and self._quads[number].graph_name != graph):
            return []
        return self._places([number], mentioned)

    def _places(self, numbers: Iterable[int], part: Part) -> list[Place]:
        """Return the places of a part of statements."""
        which = PARTS.index(part)
        offsets = {self._offsets[4 * number + which] for number in numbers}
        return [self._place(offset, part) for offset in sorted(offsets) if offset >= 0]

    def _place(self, offset: int, part: Part) -> Place:
        if self._line_starts is None:
            self._line_starts = array("q", (0, *(end.end() for end in _LINE_END.finditer(self._text))))
        line = bisect_right(self._line_starts, offset)
        start = self._line_starts[line - 1]
        if self._last_line[0] != line:  # a file on one line is not copied for every place
            end = _LINE_END.search(self._text, start)
            self._last_line = line, self._text[start : len(self._text) if end is None else end.start()]
        length = length_at(self._text, offset)
        return Place(self._path, line, offset - start + 1, length, self._last_line[1], part)

    def _find_mentions(self) -> dict[Hashable, tuple[int, Part]]:
        """Return the first statement in which a term is an object or the name of the graph."""
        if self._mentions is None:
            self._mentions = {}
            for number, quad in enumerate(self._quads):
                self._mentions.setdefault(quad.object, (number, "object"))
            for number, quad in enumerate(self._quads):
                self._mentions.setdefault(quad.graph_name, (number, "graph"))
        return self._mentions


def index(
    source: Path | str,
    form: ox.RdfFormat | None = None,
    *,
    quads: Sequence[ox.Quad] | None = None,
    wanted: Container[object] | None = None,
    path: Path | None = None,
) -> Positions | None:
    """Read where the statements of a file stand.

    Time is linear in the text: some 100,000 statements, or 8 MB of Turtle, a second. Memory is the text, and for each
    statement that is held about 100 bytes besides its quad.

    Args:
        source: the file, or its text.
        form: the format; None for that of the file's suffix.
        quads: what was read from the file before, all of it and in its order. Blank nodes are found by the names that
            they have there; without it, by the labels in the file, and those without a label not at all.
        wanted: the terms that `Positions.find` will be asked for as subjects, None for any. Only their statements are
            held, and for those that have none the first mention.
        path: the file to name in places, if `source` is text.

    Returns:
        None if positions are not known: JSON-LD, RDF/XML, triples about triples (RDF 1.2), and text that breaks the
        syntax, of which `reading.read_file` tells.

    Raises:
        CascqError: the file cannot be read, or is not UTF-8.
    """
    if isinstance(source, Path):
        path = source
        form = form or FORMATS.get(source.suffix.lower())
    if form not in UNDERSTOOD:
        return None
    text = (read_text(source) if isinstance(source, Path) else source).removeprefix("\ufeff")
    try:
        found = _in_order(text, form, quads, wanted, path)
        return found if found is not None else _by_terms(text, form, quads, wanted, path)
    except (SyntaxError, ValueError):  # Oxigraph's, for IRIs and literals that are none, and `NotUnderstoodError`
        return None


class _Keeper:
    """Adds to positions what is wanted of a file."""

    def __init__(self, positions: Positions, wanted: Container[object] | None) -> None:
        self.positions = positions
        self._wanted = wanted
        self._mentioned: set[Hashable] = set()

    def add(self, quad: ox.Quad, statement: Statement) -> None:
        if self._wanted is None or quad.subject in self._wanted or self._mentions(quad, self._wanted):
            self.positions.add(quad, statement)

    def _mentions(self, quad: ox.Quad, wanted: Container[object]) -> bool:
        """Tell whether a wanted term is an object, or names a graph, for the first time."""
        new: list[Hashable] = [
            term for term in (quad.object, quad.graph_name) if term in wanted and term not in self._mentioned
        ]
        self._mentioned.update(new)
        return bool(new)


def _in_order(
    text: str,
    form: ox.RdfFormat,
    quads: Iterable[ox.Quad] | None,
    wanted: Container[object] | None,
    path: Path | None,
) -> Positions | None:
    """Pair statements and quads off, one by one; None if a pair does not agree."""
    keeper = _Keeper(Positions(text, path), wanted)
    nodes: dict[Term, ox.BlankNode] = {}
    taken: set[ox.BlankNode] = set()

    def same(term: Term, node: object) -> bool:
        if not isinstance(term, str | int):
            return term == node
        known = nodes.get(term)
        if known is not None:
            return known == node
        if not isinstance(node, ox.BlankNode) or node in taken:
            return False
        nodes[term] = node
        taken.add(node)
        return True

    for statement, quad in zip_longest(statements(text, form), ox.parse(text, form) if quads is None else quads):
        if statement is None or quad is None:
            return None
        subject, _, predicate, _, target, _, graph, _ = statement
        if not (
            predicate == quad.predicate
            and same(subject, quad.subject)
            and same(target, quad.object)
            and (quad.graph_name == _DEFAULT if graph is None else same(graph, quad.graph_name))
        ):
            return None
        keeper.add(quad, statement)
    return keeper.positions


def _by_terms(
    text: str,
    form: ox.RdfFormat,
    quads: Iterable[ox.Quad] | None,
    wanted: Container[object] | None,
    path: Path | None,
) -> Positions:
    """Match statements and quads by their terms, whatever the order. Only the statements decide what stands where."""
    written = list(statements(text, form))
    read = ox.parse(text, form) if quads is None else quads
    nodes = pair(
        ((s, p, o, _DEFAULT if g is None else g) for s, _, p, _, o, _, g, _ in written),
        ((q.subject, q.predicate, q.object, q.graph_name) for q in read),
        (str, int, ox.BlankNode),
    )
    keeper = _Keeper(Positions(text, path), wanted)
    for statement in written:
        subject, _, predicate, _, target, _, graph, _ = statement
        s, o, g = (nodes.get(term, term) for term in (subject, target, _DEFAULT if graph is None else graph))
        if isinstance(s, ox.NamedNode | ox.BlankNode) and isinstance(o, Node) and isinstance(g, Graph):
            keeper.add(ox.Quad(s, predicate, o, g), statement)  # else a blank node has no partner
    return keeper.positions


def caret(place: Place, width: int = 120) -> str:
    """Return the line of a place with a caret under the term, in two lines of text.

    The caret is aligned in a fixed-width font, in which East Asian characters are two cells wide. Tabs become four
    spaces; control characters, which a terminal would obey, become their pictures or U+FFFD. A term that goes on in the
    next line is underlined as far as this one goes.

    Args:
        place: what to show.
        width: how many cells a line may have; a longer one is cut around the term, and `…` shows where.
    """
    start, line = place.column - 1, place.text_of_line
    end = min(start + place.length, len(line))
    room = 4 * width  # more of a long line is not looked at
    before = line[max(0, start - room) : start].translate(_SHOWN)
    term = line[start : min(end, start + room)].translate(_SHOWN)
    after = line[end : end + room].translate(_SHOWN)
    if _cells(before + term + after) > width:
        term = _cut(term, width * 2 // 3)
        left = width - _cells(term)
        before = _cut(before[::-1], max(left // 2, left - _cells(after)))[::-1]
        after = _cut(after, left - _cells(before))
    return f"{before}{term}{after}\n{' ' * _cells(before)}^{'~' * (_cells(term) - 1)}"


def _cells(text: str) -> int:
    """Return how many cells a text takes in a fixed-width font."""
    return max(0, wcwidth.wcswidth(text))


def _cut(text: str, room: int) -> str:
    """Return as much of the beginning of a text as fits, with `…` if that is not all."""
    if _cells(text) <= room:
        return text
    end = 0
    cells = 1
    for character in text:
        cells += _cells(character)
        if cells > room:
            break
        end += 1
    return text[:end] + "…"
