"""Statements with the places where they are written, found by their terms. `positions.index` makes them of a file."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from cascq.places.sparse_positions import Excerpt
from cascq.places.turtle_tokens import Statement, length_at
from cascq.reports.report import Location, Node

Part = Literal["subject", "predicate", "object", "graph"]
PARTS: tuple[Part, ...] = ("subject", "predicate", "object", "graph")
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

# The statements of one subject, by predicate, object, both or neither; and the first one of them, by graph.
_Table = dict[tuple[object, object], list[int]]
_ANY = (None, None)
_FIRST = "first"
_LINE_END = re.compile(r"\r\n?|\n")


def shown_path(path: Path) -> str:
    """Return a path as it is given; an absolute one below the current folder from there, as CI wants it."""
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_posix()


class Positions:
    """Where the statements of one file stand. Made by `index`."""

    def __init__(self, text: str, path: Path | None, parts: Excerpt | None = None) -> None:
        self._text = text
        self._file = "" if path is None else shown_path(path)
        self._parts = parts
        self._quads: list[ox.Quad] = []
        self._offsets = array("q")  # four for each quad, in the order of PARTS; -1 for the default graph
        # The last statement of each subject, and for each statement the one before of its subject, or -1. Lists would
        # be hundreds of thousands of objects for Python to look after.
        self._last_of: dict[Hashable, int] = {}
        self._earlier = array("q")
        self._tables: dict[Hashable, _Table] = {}
        self._mentions: dict[Hashable, tuple[int, Part]] | None = None
        self._line_starts: array[int] | None = None
        self._last_line: tuple[int, str] = (0, "")

    def __len__(self) -> int:
        """Return how many statements are held, one that stands twice twice."""
        return len(self._quads)

    @property
    def quads(self) -> Sequence[ox.Quad]:
        """The statements that are held, in the order of the file."""
        return self._quads

    def is_subject(self, term: Node) -> bool:
        """Tell whether statements about a term are held."""
        return term in self._last_of

    def add(self, quad: ox.Quad, statement: Statement) -> None:
        """Hold a statement with its offsets; for those who index a file."""
        subject = quad.subject
        self._earlier.append(self._last_of.get(subject, -1))
        self._last_of[subject] = len(self._quads)
        self._quads.append(quad)
        self._offsets.extend((statement[1], statement[3], statement[5], statement[7]))

    def _statements(self, subject: Node, predicate: object, value: object) -> Sequence[int]:
        """Return the statements of a subject, with a predicate and an object if they are given, in any order."""
        table = self._tables.get(subject)
        if table is None:
            table = self._tables[subject] = defaultdict(list)
            number = self._last_of.get(subject, -1)
            while number >= 0:
                quad = self._quads[number]
                for key in (_ANY, (quad.predicate, None), (None, quad.object), (quad.predicate, quad.object)):
                    table[key].append(number)
                number = self._earlier[number]
        return table.get((predicate, value), ())

    def _first(self, subject: Node, graph: Graph | None) -> int | None:
        """Return the first statement of a subject in the file."""
        table = self._tables[subject]
        if (graph, _FIRST) not in table:
            numbers = (n for n in table.get(_ANY, ()) if graph is None or self._quads[n].graph_name == graph)
            first = min(numbers, key=lambda number: self._offsets[4 * number], default=None)
            table[graph, _FIRST] = [] if first is None else [first]
        return next(iter(table[graph, _FIRST]), None)

    def find(
        self,
        subject: Node,
        predicate: ox.NamedNode | None = None,
        value: Node | None = None,
        graph: Graph | None = None,
        part: Part | None = None,
    ) -> list[Location]:
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
        found = self._statements(subject, predicate, value)
        if graph is not None:
            found = [number for number in found if self._quads[number].graph_name == graph]
        if found and (predicate is not None or value is not None):
            return self._places(found, part or ("predicate" if value is None else "object"))
        if value is not None and value != subject:
            return []
        first = self._first(subject, graph)
        if first is not None:
            return self._places([first], part or "subject")
        number, mentioned = self.mentions().get(subject, (-1, "object"))
        if number < 0 or (graph is not None and self._quads[number].graph_name != graph):
            return []
        return self._places([number], mentioned)

    def _places(self, numbers: Iterable[int], part: Part) -> list[Location]:
        """Return the places of a part of statements."""
        which = PARTS.index(part)
        offsets = {self._offsets[4 * number + which] for number in numbers}
        return [self._place(offset) for offset in sorted(offsets) if offset >= 0]

    def _place(self, offset: int) -> Location:
        if self._line_starts is None:
            self._line_starts = array("q", (0, *(end.end() for end in _LINE_END.finditer(self._text))))
        line = bisect_right(self._line_starts, offset)
        start = self._line_starts[line - 1]
        if self._last_line[0] != line:  # a file on one line is not copied for every place
            end = _LINE_END.search(self._text, start)
            self._last_line = line, self._text[start : len(self._text) if end is None else end.start()]
        length = length_at(self._text, offset)
        left_out = 0 if self._parts is None else self._parts.lines_before[bisect_right(self._parts.parts, offset) - 1]
        return Location(self._file, line + left_out, offset - start + 1, length, self._last_line[1])

    def mentions(self) -> Mapping[Hashable, tuple[int, Part]]:
        """Return the number of the first statement in which a term is an object, or else the name of the graph."""
        if self._mentions is None:
            self._mentions = {}
            for number, quad in enumerate(self._quads):
                self._mentions.setdefault(quad.object, (number, "object"))
            for number, quad in enumerate(self._quads):
                self._mentions.setdefault(quad.graph_name, (number, "graph"))
        return self._mentions

    def offset(self, number: int) -> int:
        """Return the offset of the object of a statement; for those who index a file."""
        return self._offsets[4 * number + 2]
