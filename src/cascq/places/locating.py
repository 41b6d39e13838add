"""Where findings stand: the statements at fault in the files of the data, the shapes and checks in theirs.

Only files with findings are read for positions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.places import positions, related, surroundings
from cascq.places.placing import shown_path
from cascq.places.sparse_positions import Excerpts
from cascq.reports.report import Finding, Location, Node, order
from cascq.shacl.shape_terms import SH

_CLOSED = SH + "ClosedConstraintComponent"
_TYPE = ox.NamedNode(ns.RDF_TYPE)  # no way from a node to a value leads over its class, which many share
_BLANK_NAME = re.compile(r"[0-9a-z]{16,}")

# The quads of a file, to be gone through as often as needed, always in the same order and with the same blank nodes:
# held in memory, or read anew each time.
Files = Mapping[Path, Iterable[ox.Quad]]


@dataclass(frozen=True, slots=True)
class _Target:
    """What to look for in a file: a statement, or (without predicate) the first one of a subject, or its mention."""

    path: Path
    subject: Node
    predicate: ox.NamedNode | None = None
    object: Node | None = None
    graph: positions.Graph | None = None
    part: positions.Part | None = None


class Statements:
    """The statements of files about the terms that are asked for; one pass over all files for each set of terms.

    Of large files only the parts that speak of the terms are read, if that does.

    Attributes:
        about: the statements about each subject that was asked for, with their files.
        mentions: the first file in which a term is an object or names a graph.
    """

    def __init__(self, files: Files, without: Container[object] = ()) -> None:
        """Take files, which are as if the graphs in `without` were not in them."""
        self._files = files
        self._without = without
        self._read: set[object] = set()
        self._large: dict[Path, Excerpts | None] = {}
        self._where: dict[Path, list[tuple[set[object], positions.Positions]]] = defaultdict(list)
        # By subject, and for subjects of which thousands of things are said by predicate and object as well.
        self.about: dict[object, list[tuple[Path, ox.Quad]]] = defaultdict(list)
        self._of_path: dict[tuple[object, object], list[tuple[Path, ox.Quad]]] = defaultdict(list)
        self._of_value: dict[tuple[object, object], list[tuple[Path, ox.Quad]]] = defaultdict(list)
        self._of_both: dict[tuple[object, object, object], list[tuple[Path, ox.Quad]]] = defaultdict(list)
        self._graphs: dict[object, tuple[str, ...]] = {}
        self.mentions: dict[object, Path] = {}  # the first file in which a term is an object or names a graph

    def need(self, terms: Iterable[object]) -> None:
        """Read what is said of terms, unless that was done before."""
        new = set(terms) - self._read
        if not new:
            return
        self._read |= new
        for path, quads in self._files.items():
            for quad in self._speaking(path, quads, new):
                if quad.subject in new:
                    pair = (path, quad)
                    self.about[quad.subject].append(pair)
                    self._of_path[quad.subject, quad.predicate].append(pair)
                    self._of_value[quad.subject, quad.object].append(pair)
                    self._of_both[quad.subject, quad.predicate, quad.object].append(pair)
                if quad.object in new:
                    self.mentions.setdefault(quad.object, path)
                if quad.graph_name in new:
                    self.mentions.setdefault(quad.graph_name, path)

    def _speaking(self, path: Path, quads: Iterable[ox.Quad], terms: set[object]) -> Iterable[ox.Quad]:
        """Return the quads of a file among which are those that speak of terms."""
        file = self._opened(path)
        where = None if file is None else positions.of_large_file(file, path, quads, terms, self._without)
        if where is None:
            return quads
        self._where[path].append((terms, where))
        return where.quads

    def _opened(self, path: Path) -> Excerpts | None:
        """Return a large file with what need not be found out twice; None for a small one."""
        if path not in self._large:
            self._large[path] = positions.open_large_file(path)
        return self._large[path]

    def open(self) -> None:
        """Do beforehand what need not wait for the terms that are asked for."""
        for path in self._files:
            self._opened(path)
        import_module("wcwidth")  # for the carets of findings; slow to import

    def where(self, path: Path, subjects: set[object]) -> positions.Positions | None:
        """Return where the statements of subjects stand in a file."""
        for terms, where in self._where[path]:
            if subjects <= terms:
                return where
        return positions.index(path, quads=self._files[path], wanted=subjects, without=self._without)

    def graphs(self, subject: object) -> tuple[str, ...]:
        """Return the named graphs in which something is said of a subject."""
        if subject not in self._graphs:
            self._graphs[subject] = _graphs_of(self.about.get(subject, ()))
        return self._graphs[subject]

    def files_of(self, nodes: Iterable[object]) -> Files:
        """Return the files that speak of nodes, of which it was asked before."""
        paths = {path for node in nodes for path, _ in self.about.get(node, ())}
        paths |= {self.mentions[node] for node in nodes if node in self.mentions}
        return {path: quads for path, quads in self._files.items() if path in paths}

    def of_path(self, subject: Node, predicate: Node) -> list[tuple[Path, ox.Quad]]:
        """Return the statements of a subject with a predicate."""
        return self._of_path.get((subject, predicate), [])

    def of_value(self, subject: object, value: Node) -> list[tuple[Path, ox.Quad]]:
        """Return the statements of a subject with an object."""
        return self._of_value.get((subject, value), [])

    def of_both(self, subject: Node, predicate: Node, value: Node) -> list[tuple[Path, ox.Quad]]:
        """Return the statements of a subject with a predicate and an object."""
        return self._of_both.get((subject, predicate, value), [])


def locate(
    findings: Sequence[Finding], files: Files | Statements, shapes: Files, checks: Mapping[str, Path]
) -> list[Finding]:
    """Return findings in their order, with the places and named graphs at fault and the place of their source.

    Blank nodes are numbered in this order: a parser gives them another name each time.

    Args:
        findings: what was found, in any order.
        files: the data, by file: what gives its quads in the order of the file, each time that it is gone through. Or
            the statements in them, for who wants to know afterwards what is said of the nodes of findings.
        shapes: the shapes likewise.
        checks: the file of each check, by name.
    """
    statements = files if isinstance(files, Statements) else Statements(files)
    # A literal has no statements, and is only looked for where nothing else is known.
    statements.need({f.focus for f in findings} | {term for f in findings for term in related.terms(f)})
    findings = related.as_written(findings, statements)
    statements.need(
        quad.object
        for f in findings
        if f.path is None and f.value not in {None, f.focus} and not related.direct(f, statements)
        for _, quad in statements.about.get(f.focus, ())
        if not isinstance(quad.object, ox.Literal) and quad.predicate != _TYPE
    )
    targets = [_targets(finding, statements) for finding in findings]
    places = _find(targets, statements)
    sources = _sources(findings, shapes, checks)
    located = [
        replace(f, graphs=_graphs(f, statements), places=found, source_place=sources.get(f.source))
        for f, found in zip(findings, places, strict=True)
    ]
    return _number_blank_nodes(sorted(_surrounded(located, statements, shapes), key=order))


def _targets(f: Finding, statements: Statements) -> list[_Target]:
    """Return what to look for: the statements at fault, or else the first ones of the nodes."""
    found = related.direct(f, statements)
    if not found and f.path is None and f.value is not None and f.value != f.focus:
        # The other way round, or over a node between: a passage, its selector, the offset.
        found = statements.of_value(f.value, f.focus) or [
            pair
            for middle in dict.fromkeys(q.object for _, q in statements.about.get(f.focus, ()) if q.predicate != _TYPE)
            for pair in statements.of_value(middle, f.value)
        ]
    more, alone = related.further(f, found, statements)
    part: positions.Part = "predicate" if f.value is None or f.component == _CLOSED else "object"
    targets = [target for pair in found for target in _target(pair, part)]
    others = [target for pair in more for target in _target(pair, "object")]
    others += [target for node in alone for target in _first(node, f.passage, statements)]
    if not targets and all(f.focus not in {quad.subject, quad.object} for _, quad in more):
        targets = _first(f.focus, f.passage, statements)
        if f.path is None and isinstance(f.value, ox.NamedNode | ox.BlankNode) and f.value != f.focus:
            targets += _first(f.value, f.passage, statements)
    return targets + others


def _target(pair: tuple[Path, ox.Quad], part: positions.Part) -> list[_Target]:
    """Return a part of a statement as what to look for; files with RDF 1.2 triples about triples have no positions."""
    path, quad = pair
    if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
        return []
    return [_Target(path, quad.subject, quad.predicate, quad.object, quad.graph_name, part)]


def _first(node: Node, passage: str | None, statements: Statements) -> list[_Target]:
    """Return where a node is first spoken of: in the passage's graph if it is there, or else where it has its class.

    A file that comes earlier may only name it, and nothing that is missing belongs there.
    """
    said = statements.about.get(node, [])
    for path, quad in said if passage is not None else ():
        if related.graph_of(quad) == passage:
            return [_Target(path, node, graph=quad.graph_name)]
    paths = [*(path for path, quad in said if quad.predicate == _TYPE), *(path for path, _ in said[:1])]
    first = paths[0] if paths else statements.mentions.get(node)
    return [] if first is None else [_Target(first, node)]


def _graphs(f: Finding, statements: Statements) -> tuple[str, ...]:
    """Return the named graphs that hold the triple at fault, or else those that describe the node."""
    if f.passage is not None:
        return (f.passage,)
    exact = [] if f.path is None or f.value is None else statements.of_both(f.focus, f.path, f.value)
    if f.path is None and f.value is not None:
        exact = related.direct(f, statements)
    narrower = [] if f.path is None else statements.of_path(f.focus, f.path)
    pairs = exact or narrower
    return _graphs_of(pairs) if pairs else statements.graphs(f.focus)


def _graphs_of(pairs: Iterable[tuple[Path, ox.Quad]]) -> tuple[str, ...]:
    """Return the named graphs of statements."""
    return tuple(sorted({name for _, quad in pairs if (name := related.graph_of(quad))}, key=ns.natural_key))


def _find(targets: Sequence[Sequence[_Target]], statements: Statements) -> list[tuple[Location, ...]]:
    """Return the places of the targets of each finding, each place once, in the order of the files and lines."""
    wanted: dict[Path, set[object]] = defaultdict(set)
    for group in targets:
        for target in group:
            wanted[target.path].add(target.subject)
    known = {path: statements.where(path, subjects) for path, subjects in wanted.items()}
    found = []
    for group in targets:
        places: dict[Location, None] = {}
        for target in group:
            if (where := known[target.path]) is None:
                places[Location(shown_path(target.path))] = None
                continue
            places |= dict.fromkeys(
                where.find(target.subject, target.predicate, target.object, target.graph, target.part)
            )
        found.append(tuple(places))
    return found


def _sources(findings: Iterable[Finding], shapes: Files, checks: Mapping[str, Path]) -> dict[str, Location]:
    """Return where the shapes and checks of findings stand, by their names in findings."""
    found = {name: Location(shown_path(path), 1) for name, path in checks.items()}
    terms: dict[str, Node] = {
        f.source: ox.BlankNode(f.source[2:]) if f.source.startswith("_:") else ox.NamedNode(f.source)
        for f in findings
        if f.component is not None
    }
    nodes = set(terms.values())
    for path, quads in shapes.items():
        here = {quad.subject for quad in quads if quad.subject in nodes}
        where = positions.index(path, quads=quads, wanted=here) if here else None
        for name, term in terms.items():
            if term in here and name not in found:
                places = [] if where is None else where.find(term)
                found[name] = places[0] if places else Location(shown_path(path))
    return found


def _surrounded(findings: Sequence[Finding], statements: Statements, shapes: Files) -> list[Finding]:
    """Return findings with what stands around their blank nodes, by which a baseline knows them again."""
    blank = {term for f in findings for term in (f.focus, f.value) if isinstance(term, ox.BlankNode)}
    around = surroundings.describe(blank, statements.files_of(blank))
    own = surroundings.describe((ox.BlankNode(f.source[2:]) for f in findings if f.source.startswith("_:")), shapes)
    if not around and not own:
        return list(findings)
    located = []
    for f in findings:
        source = ox.BlankNode(f.source[2:]) if f.source.startswith("_:") else None
        told = {"focus": around.get(f.focus), "value": around.get(f.value), "source": own.get(source)}
        located.append(replace(f, around={part: text for part, text in told.items() if text}))
    return located


def _number_blank_nodes(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings whose blank nodes, nodes of the data and shapes, are called b1, b2 and so on."""
    names: dict[str, str] = {}
    for f in findings:
        for term in (f.focus, f.value):
            if isinstance(term, ox.BlankNode):
                names.setdefault(term.value, f"b{len(names) + 1}")
        if f.source.startswith("_:"):
            names.setdefault(f.source[2:], f"b{len(names) + 1}")

    def text(old: str) -> str:
        return _BLANK_NAME.sub(lambda match: names.get(match[0], match[0]), old)

    def node(old: Node) -> Node:
        return ox.BlankNode(names[old.value]) if isinstance(old, ox.BlankNode) else old

    if not names:
        return list(findings)
    return [
        replace(
            f,
            source="_:" + names[f.source[2:]] if f.source.startswith("_:") else f.source,
            focus=node(f.focus),
            value=None if f.value is None else node(f.value),
            messages={lang: text(message) for lang, message in f.messages.items()},
        )
        for f in findings
    ]
