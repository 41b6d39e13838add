"""Which statements a finding is about: those of its node, property and value, and those of a check's other terms.

A check runs on a store, which rewrites some literals. What is shown and looked for is the literal as written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.reports.report import Finding, Node
from cascq.shacl.shape_terms import SH

if TYPE_CHECKING:
    from cascq.places.locating import Statements

Pair = tuple[Path, ox.Quad]  # a statement and its file

_SPARQL = SH + "SPARQLConstraintComponent"
_XSD_STRING = ns.XSD + "string"


def terms(f: Finding) -> Iterator[Node]:
    """Yield the nodes of a finding whose statements must be known: IRIs and blank nodes."""
    for term in (f.focus, *f.others):
        if isinstance(term, ox.NamedNode | ox.BlankNode):
            yield term
    # What a shape finds with a path is said of the node; a blank node is told by what is said of it.
    at_node = f.component is not None and f.path is not None
    if isinstance(f.value, ox.BlankNode) or (isinstance(f.value, ox.NamedNode) and not at_node):
        yield f.value


def direct(f: Finding, said: Statements) -> list[Pair]:
    """Return the statements that a finding is about, as far as node, path and value say; none for a missing value."""
    if f.path is not None:
        found = [] if f.value is None else said.of_both(f.focus, f.path, f.value)
        # An ill-formed literal that an engine rewrites is one of the values of the property.
        found = found or said.of_path(f.focus, f.path)
        if not found and f.component is None:
            # The path is one that the node speaks of, as a note does.
            found = (f.value is not None and said.of_value(f.focus, f.value)) or said.of_value(f.focus, f.path)
    elif f.value == f.focus and f.component not in {None, _SPARQL}:
        found = []  # what a node shape says of the node itself, even if the node has itself as a value
    else:
        found = [] if f.value is None else said.of_value(f.focus, f.value)
    return [pair for pair in found if graph_of(pair[1]) == f.passage] or found


def further(f: Finding, found: Sequence[Pair], said: Statements) -> tuple[list[Pair], list[Node]]:
    """Return the statements that hold the other terms of a row, and the terms for which no statement is found.

    Args:
        f: the finding.
        found: the statements that were found for its node, path and value.
        said: what is said of all its terms.
    """
    pairs: list[Pair] = []
    alone: list[Node] = []
    if f.component is not None:
        return pairs, alone
    rest = (*([] if found or f.value is None else [f.value]), *f.others)
    for term in sorted(rest, key=lambda term: not isinstance(term, ox.Literal)):
        if hits := _in_graph(f, term, said):
            pairs += hits
        elif isinstance(term, ox.Literal):
            pairs += _preferred(f, _of_literal(f, term, said))
        elif all(quad.subject != term for _, quad in (*found, *pairs)):
            value = [] if f.value is None else _alike(found, said.of_value(term, f.value))
            hits = said.of_value(f.focus, term) or value or said.of_value(term, f.focus)
            pairs += _preferred(f, hits)
            if not hits and said.about.get(term):
                alone.append(term)
    return pairs, alone


def _of_literal(f: Finding, term: ox.Literal, said: Statements) -> list[Pair]:
    """Return the statements with a literal: of the node, or else of another node in the row."""
    if f.path is not None and (hits := said.of_both(f.focus, f.path, term)):
        return hits
    return said.of_value(f.focus, term) or [
        pair for node in dict.fromkeys(terms(f)) for pair in said.of_value(node, term)
    ]


def _in_graph(f: Finding, graph: Node, said: Statements) -> list[Pair]:
    """Return the statements of the node with a value of the row that stand in a graph."""
    if not isinstance(graph, ox.NamedNode):
        return []
    values = [value for value in (f.value, *f.others) if value is not None and value != graph]
    return [
        pair
        for value in values
        for pair in (said.of_value(f.focus, value) if f.path is None else said.of_both(f.focus, f.path, value))
        if graph_of(pair[1]) == graph.value
    ]


def _preferred(f: Finding, pairs: list[Pair]) -> list[Pair]:
    """Return the statements in the graphs that the row names, or else all."""
    graphs = {f.passage, *(term.value for term in f.others if isinstance(term, ox.NamedNode))}
    return [pair for pair in pairs if graph_of(pair[1]) in graphs] or pairs


def _alike(found: Sequence[Pair], pairs: list[Pair]) -> list[Pair]:
    """Return the statements with the properties that were found for the node, or else all."""
    known = {quad.predicate for _, quad in found}
    return [pair for pair in pairs if pair[1].predicate in known] or pairs


def graph_of(quad: ox.Quad) -> str | None:
    """Return the IRI of the named graph of a statement; None in the default graph."""
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else None


def as_written(findings: Sequence[Finding], said: Statements) -> list[Finding]:
    """Return findings of checks with the literals that their data hold in place of those that the store made of them.

    Args:
        findings: what was found.
        said: what is said of all their terms.
    """
    stored = _Stored()
    return [f if f.component is not None else _as_written(f, said, stored) for f in findings]


def _as_written(f: Finding, said: Statements, stored: _Stored) -> Finding:
    nodes = list(dict.fromkeys(terms(f)))

    def written(term: Node | None, path: ox.NamedNode | None) -> Node | None:
        if not isinstance(term, ox.Literal) or term.language or term.datatype.value == _XSD_STRING:
            return term
        if path is not None and said.of_path(f.focus, path):
            candidates = [quad.object for _, quad in said.of_path(f.focus, path)]
        elif any(said.of_value(node, term) for node in nodes):
            return term
        else:
            candidates = [quad.object for node in nodes for _, quad in said.about.get(node, ())]
        if term in candidates:
            return term
        same = (c for c in candidates if isinstance(c, ox.Literal) and stored.form(c) == term)
        return next(same, term)

    value = written(f.value, f.path)
    others = tuple(other for term in f.others if (other := written(term, f.path)) is not None)
    return f if value == f.value and others == f.others else replace(f, value=value, others=others)


class _Stored:
    """What a store makes of literals."""

    def __init__(self) -> None:
        self._known: dict[ox.Literal, Node] = {}

    def form(self, literal: ox.Literal) -> Node:
        if literal not in self._known:
            store, node = ox.Store(), ox.NamedNode("urn:x")
            store.add(ox.Quad(node, node, literal))
            (quad,) = store
            self._known[literal] = literal if isinstance(quad.object, ox.Triple) else quad.object
        return self._known[literal]
