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

from collections.abc import Collection, Container, Hashable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

import pyoxigraph as ox

from cascq.encoding import decode, read_bytes
from cascq.places.pairing import pair
from cascq.places.placing import PARTS, Graph, Part, Positions
from cascq.places.sparse_positions import Excerpt, Excerpts
from cascq.places.turtle_tokens import NIL, Statement, Term, statements
from cascq.reading import format_of, parse
from cascq.reports.report import Node

__all__ = ["LARGE", "PARTS", "UNDERSTOOD", "Graph", "Part", "Positions", "index"]

LARGE = 1 << 13  # bytes of a file from which on it is worth while to look for the wanted terms first
UNDERSTOOD = frozenset({ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS})

# How many mentions of a term are enough that are no subjects: none where the term is a subject as well, or else one is
# needed, and some may be comments.
_MENTIONS = (0, 8)
_DEFAULT = ox.DefaultGraph()


def index(
    source: Path | str,
    form: ox.RdfFormat | None = None,
    *,
    quads: Iterable[ox.Quad] | None = None,
    wanted: Container[object] | None = None,
    path: Path | None = None,
    without: Container[object] = (),
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
        without: graphs to pass over, by name; `quads` is without them too.

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
    if (
        len(data) >= LARGE
        and (sparse := find_sparsely(Excerpts(data, form), form, quads, wanted, path, without=without)) is not None
    ):
        return sparse
    text = (decode(data, source) if isinstance(source, Path) else source).removeprefix("\ufeff")
    del data
    try:
        found = _in_order(text, form, quads, wanted, path, without=without)
        return found if found is not None else _by_terms(text, form, quads, wanted, path, without=without)
    except (SyntaxError, ValueError):  # Oxigraph's, for IRIs and literals that are none, and `NotUnderstoodError`
        return None


def _written(text: str, form: ox.RdfFormat, without: Container[object]) -> Iterator[Statement]:
    """Yield the statements of a text, except those in some graphs."""
    return (statement for statement in statements(text, form) if statement[6] not in without)


def _read(
    text: str, form: ox.RdfFormat, quads: Iterable[ox.Quad] | None, without: Container[object]
) -> Iterable[ox.Quad]:
    """Return the quads of a text likewise."""
    return quads if quads is not None else (q for q in parse(text, form) if q.graph_name not in without)


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
    file: Excerpts,
    form: ox.RdfFormat,
    quads: Iterable[ox.Quad] | None,
    wanted: Container[object] | None,
    path: Path | None,
    *,
    without: Container[object] = (),
) -> Positions | None:
    """Read only the parts of a file that speak of the wanted terms; None if that does not do.

    Args:
        file: the file.
        form: Turtle, TriG, N-Triples or N-Quads.
        quads: as for `index`; only read if there are blank nodes, which have names that these tell.
        wanted: as for `index`.
        path: the file to name in places.
        without: as for `index`.
    """
    iris = (
        {term.value for term in wanted if isinstance(term, ox.NamedNode)} if isinstance(wanted, Collection) else set()
    )
    if not isinstance(wanted, Collection) or len(iris) < len(wanted) or NIL.value in iris:
        return None  # blank nodes, literals, and what is also written `()`
    for most in (*_MENTIONS, None):
        parts = file.take(iris, most)
        if parts is None:
            return None
        positions = _of_excerpt(parts, form, quads, wanted, path, without=without)
        if positions is None or not parts.limits:
            return positions
        mentions = positions.mentions()
        if all(
            positions.is_subject(node)
            or ((mention := mentions.get(node)) and mention[1] == "object" and positions.offset(mention[0]) < limit)
            for node, limit in ((ox.NamedNode(iri), limit) for iri, limit in parts.limits.items())
        ):
            return positions
    return None


def open_large_file(path: Path) -> Excerpts | None:
    """Return a large file, ready to have the statements about some terms found in it; None if it is small.

    Raises:
        CascqError: the file cannot be read.
    """
    form = format_of(path) if path.is_file() and path.stat().st_size >= LARGE else None
    return Excerpts(read_bytes(path), form) if form is not None and form in UNDERSTOOD else None


def of_large_file(
    file: Excerpts, path: Path, quads: Iterable[ox.Quad], wanted: Collection[object], without: Container[object] = ()
) -> Positions | None:
    """Return where the statements about terms stand in a large file, without reading all of it.

    Args:
        file: what `open_large_file` has made of the file.
        path: the file.
        quads: as for `index`.
        wanted: the terms.
        without: as for `index`.

    Returns:
        None if all of it must be read: `index` does that.
    """
    form = format_of(path)
    named = {term for term in wanted if isinstance(term, ox.NamedNode)}
    others = [term for term in wanted if not isinstance(term, ox.NamedNode)]
    if form is None or (any(isinstance(term, ox.BlankNode) for term in others) and file.has_blank_nodes):
        return None
    # Without escapes a literal is written as it is.
    texts = [str(term.value).encode() for term in others if isinstance(term, ox.Literal)]
    if texts and file.mentions(texts):
        return None
    return find_sparsely(file, form, quads, named, path, without=without)


def _of_excerpt(
    parts: Excerpt,
    form: ox.RdfFormat,
    quads: Iterable[ox.Quad] | None,
    wanted: Collection[object],
    path: Path | None,
    *,
    without: Container[object],
) -> Positions | None:
    """Read an excerpt; None if it cannot be read, or if `quads` does not tell the names of its blank nodes."""
    nodes: dict[Term, ox.BlankNode] = {}

    def node(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if isinstance(term, str):
            return nodes.setdefault(term, ox.BlankNode(term))
        return nodes.setdefault(term, ox.BlankNode()) if isinstance(term, int) else term

    try:
        text = _written(parts.text, form, without)
        read = [s for s in text if s[0] in wanted or s[4] in wanted or s[6] in wanted]
    except (SyntaxError, ValueError):
        return None
    if quads is not None and any(isinstance(t, str | int) for s in read if s[0] in wanted for t in (s[4], s[6])):
        # All that is said of the wanted terms is here, in the same order.
        said = [s for s in read if s[0] in wanted]
        known = [quad for quad in quads if quad.subject in wanted]
        if len(known) != len(said):
            return None
        for (subject, _, predicate, _, target, _, graph, _), quad in zip(said, known, strict=True):
            for term, name in ((target, quad.object), (graph, quad.graph_name)):
                if isinstance(term, str | int) and isinstance(name, ox.BlankNode):
                    nodes.setdefault(term, name)
            g = _DEFAULT if graph is None else node(graph)
            if (subject, predicate, node(target), g) != (quad.subject, quad.predicate, quad.object, quad.graph_name):
                return None
    keeper = _Keeper(Positions(parts.text, path, parts), wanted)
    for statement in read:
        subject, _, predicate, _, target, _, graph, _ = statement
        s, o, g = node(subject), node(target), _DEFAULT if graph is None else node(graph)
        if not isinstance(s, ox.Literal) and isinstance(g, Graph):
            keeper.add(ox.Quad(s, predicate, o, g), statement)
    return keeper.positions


def _in_order(
    text: str,
    form: ox.RdfFormat,
    quads: Iterable[ox.Quad] | None,
    wanted: Container[object] | None,
    path: Path | None,
    *,
    without: Container[object] = (),
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

    for statement, quad in zip_longest(_written(text, form, without), _read(text, form, quads, without)):
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
    *,
    without: Container[object] = (),
) -> Positions:
    """Match statements and quads by their terms, whatever the order. Only the statements decide what stands where."""
    written = list(_written(text, form, without))
    nodes = pair(
        ((s, p, o, _DEFAULT if g is None else g) for s, _, p, _, o, _, g, _ in written),
        ((q.subject, q.predicate, q.object, q.graph_name) for q in _read(text, form, quads, without)),
        (str, int, ox.BlankNode),
    )
    keeper = _Keeper(Positions(text, path), wanted)
    for statement in written:
        subject, _, predicate, _, target, _, graph, _ = statement
        s, o, g = (nodes.get(term, term) for term in (subject, target, _DEFAULT if graph is None else graph))
        if isinstance(s, ox.NamedNode | ox.BlankNode) and isinstance(o, Node) and isinstance(g, Graph):
            keeper.add(ox.Quad(s, predicate, o, g), statement)  # else a blank node has no partner
    return keeper.positions
