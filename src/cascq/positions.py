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
from collections import defaultdict
from collections.abc import Collection, Container, Hashable, Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import pyoxigraph as ox

from cascq.caret import PARTS, Part, Place, caret
from cascq.encoding import decode, read_bytes
from cascq.pairing import pair
from cascq.reading import format_of, parse
from cascq.sparse_positions import Excerpt, excerpt
from cascq.turtle_tokens import NIL, Statement, Term, length_at, statements

__all__ = ["LARGE", "PARTS", "UNDERSTOOD", "Graph", "Node", "Part", "Place", "Positions", "caret", "index"]

Node = ox.NamedNode | ox.BlankNode | ox.Literal
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
LARGE = 1 << 18  # bytes of a file from which on it is worth while to look for the wanted terms first
UNDERSTOOD = frozenset({ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS})

# How many mentions of a term are enough, if none of them is a subject: one is needed, and some may be comments.
_MENTIONS = 8
# The statements of one subject, by predicate, object, both or neither; and the first one of them, by graph.
_Table = dict[tuple[object, object], list[int]]
_ANY = (None, None)
_FIRST = "first"
_DEFAULT = ox.DefaultGraph()
_LINE_END = re.compile(r"\r\n?|\n")


class Positions:
    """Where the statements of one file stand. Made by `index`."""

    def __init__(self, text: str, path: Path | None, parts: Excerpt | None = None) -> None:
        self._text = text
        self._path = path
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
        left_out = 0 if self._parts is None else self._parts.lines_before[bisect_right(self._parts.parts, offset) - 1]
        return Place(self._path, line + left_out, offset - start + 1, length, self._last_line[1], part)

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


def index(
    source: Path | str,
    form: ox.RdfFormat | None = None,
    *,
    quads: Iterable[ox.Quad] | None = None,
    wanted: Container[object] | None = None,
    path: Path | None = None,
) -> Positions | None:
    """Read where the statements of a file stand.

    Time is linear in the text: some 100,000 statements, or 8 MB of Turtle, a second; for wanted terms of a large file
    up to 100 MB, and the time for the statements about them. Memory is the text, and for each statement that is held
    about 100 bytes besides its quad.

    Args:
        source: the file, or its text.
        form: the format; None for that of the file's suffix.
        quads: what was read from the file before, all of it and in its order; it may be gone through more than once.
            Blank nodes are found by the names that they have there; without it, by the labels in the file, and those
            without a label not at all.
        wanted: the terms that `Positions.find` will be asked for as subjects, None for any. Only their statements are
            held, and for those that have none the first mention. Of a large file the rest is not read, so that mistakes
            in it go unnoticed.
        path: the file to name in places, if `source` is text.

    Returns:
        None if positions are not known: JSON-LD, RDF/XML, triples about triples (RDF 1.2), and text that breaks the
        syntax, of which `reading.read_file` tells.

    Raises:
        CascqError: the file cannot be read, or is not UTF-8.
    """
    if isinstance(source, Path):
        path = source
        form = form or format_of(source)
    if form not in UNDERSTOOD:
        return None
    data = read_bytes(source) if isinstance(source, Path) else source.encode() if len(source) >= LARGE else b""
    if len(data) >= LARGE and (sparse := find_sparsely(data, form, quads, wanted, path)) is not None:
        return sparse
    text = (decode(data, source) if isinstance(source, Path) else source).removeprefix("\ufeff")
    del data
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
        self._mentioned: set[tuple[Part, Hashable]] = set()

    def add(self, quad: ox.Quad, statement: Statement) -> None:
        if self._wanted is None or quad.subject in self._wanted or self._mentions(quad, self._wanted):
            self.positions.add(quad, statement)

    def _mentions(self, quad: ox.Quad, wanted: Container[object]) -> bool:
        """Tell whether a wanted term is an object, or names a graph, for the first time."""
        terms: tuple[tuple[Part, Hashable], ...] = (("object", quad.object), ("graph", quad.graph_name))
        new = [(part, term) for part, term in terms if term in wanted and (part, term) not in self._mentioned]
        self._mentioned.update(new)
        return bool(new)


def find_sparsely(
    data: bytes,
    form: ox.RdfFormat,
    quads: Iterable[ox.Quad] | None,
    wanted: Container[object] | None,
    path: Path | None,
) -> Positions | None:
    """Read only the parts of a file that speak of the wanted terms; None if that does not do.

    Args:
        data: the file, in UTF-8 and without mistakes.
        form: Turtle, TriG, N-Triples or N-Quads.
        quads: as for `index`; not read, but blank nodes have names that only they tell.
        wanted: as for `index`.
        path: the file to name in places.
    """
    iris = (
        {term.value for term in wanted if isinstance(term, ox.NamedNode)} if isinstance(wanted, Collection) else set()
    )
    if not isinstance(wanted, Collection) or len(iris) < len(wanted) or NIL.value in iris:
        return None  # blank nodes, literals, and what is also written `()`
    for most in (_MENTIONS, None):
        parts = excerpt(data, form, iris, most)
        if parts is None:
            return None
        positions = _of_excerpt(parts, form, wanted, path, blank=quads is None)
        if positions is None or not parts.limits:
            return positions
        mentions = positions.mentions()
        if all(
            (mention := mentions.get(ox.NamedNode(iri))) is not None
            and mention[1] == "object"
            and positions.offset(mention[0]) < limit
            for iri, limit in parts.limits.items()
        ):
            return positions
    return None


def _of_excerpt(
    parts: Excerpt, form: ox.RdfFormat, wanted: Collection[object], path: Path | None, *, blank: bool
) -> Positions | None:
    """Read an excerpt; None if it cannot be read, or unless `blank` if there are blank nodes in what is wanted."""
    keeper = _Keeper(Positions(parts.text, path, parts), wanted)
    nodes: dict[Term, ox.BlankNode] = {}

    def node(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if isinstance(term, str):
            return nodes.setdefault(term, ox.BlankNode(term))
        return nodes.setdefault(term, ox.BlankNode()) if isinstance(term, int) else term

    try:
        for statement in statements(parts.text, form):
            subject, _, predicate, _, target, _, graph, _ = statement
            if subject in wanted or target in wanted or graph in wanted:
                if not blank and any(isinstance(term, str | int) for term in (subject, target, graph)):
                    return None
                s, o, g = node(subject), node(target), _DEFAULT if graph is None else node(graph)
                if not isinstance(s, ox.Literal) and isinstance(g, Graph):
                    keeper.add(ox.Quad(s, predicate, o, g), statement)
    except (SyntaxError, ValueError):
        return None
    return keeper.positions


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

    for statement, quad in zip_longest(statements(text, form), parse(text, form) if quads is None else quads):
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
    read = parse(text, form) if quads is None else quads
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
