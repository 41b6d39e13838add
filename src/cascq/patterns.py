"""The triple patterns of a query, group by group, as rdflib's parser finds them.

Needed only for --evidence, so only `provenance` imports this (rdflib takes a tenth of a second to import).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from cascq.namespaces import PREFIXES
from cascq.sparql import Token, closing, prologue, tokens, variables

# What these hold states nothing about a solution, or is a group with solutions of its own.
_STOP = {"SubSelect", "Builtin_NOTEXISTS", "Builtin_EXISTS", "MinusGraphPattern"}


@dataclass(frozen=True)
class Pattern:
    """A triple pattern; the predicate may be a property path. `graph` is the term behind GRAPH, if it stands in one."""

    subject: Node
    predicate: Node | PropertyPath
    object: Node
    graph: Node | None


@dataclass(frozen=True)
class Group:
    """A `{ … }` of a query with the patterns that hold in its solutions.

    Attributes:
        prefixes: the PREFIX declarations that its text needs.
        text: with its braces.
        patterns: those in it, without those of its inner groups.
        inner: its sub-selects and EXISTS groups.
        shared: for a sub-select, the variables that it passes out; None: all.
        needs: for an EXISTS, its variables that the group around it has too.
    """

    prefixes: str
    text: str
    patterns: Sequence[Pattern]
    inner: Sequence[Group]
    shared: frozenset[str] | None = None
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Query:
    """A SELECT or CONSTRUCT query: its WHERE, and for a CONSTRUCT the patterns of its template."""

    form: str
    where: Group
    template: Sequence[Pattern]


def parse(text: str) -> Query:
    """Find the groups and patterns of a SELECT or CONSTRUCT query.

    Raises:
        ValueError: the query has another form, or rdflib cannot parse it.
    """
    found = list(tokens(text))
    declared, start = prologue(found)
    form = found[start].text.upper() if start < len(found) else ""
    if form not in {"SELECT", "CONSTRUCT"}:
        raise ValueError("neither SELECT nor CONSTRUCT")
    known = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in PREFIXES.items() if p not in declared)
    prefixes = known + text[: found[start].start]
    opening = _opening(found, start)
    template: Sequence[Pattern] = ()
    if form == "CONSTRUCT":
        end = closing(found, opening)
        template = _patterns(prefixes, text[found[opening].start : found[end].end])
        if found[opening - 1].text.upper() != "WHERE":  # else it is the short form CONSTRUCT WHERE { … }
            opening = _opening(found, end)
    return Query(form, _group(prefixes, text, found, opening), template)


def _opening(found: Sequence[Token], start: int) -> int:
    """Return the index of the next `{` that is not inside parentheses."""
    depth = 0
    for index in range(start + 1, len(found)):
        text = found[index].text
        depth += {"(": 1, ")": -1}.get(text, 0)
        if text == "{" and depth == 0:
            return index
    raise ValueError("no group")


def _group(
    prefixes: str, text: str, found: Sequence[Token], opening: int, shared: frozenset[str] | None = None
) -> Group:
    """Build the group that opens at a token."""
    last = closing(found, opening)
    inner: list[Group] = []
    tests: list[Group] = []
    # Inner groups are parsed on their own, so they are cut out here: rdflib's parser is slow.
    kept, begin = "", found[opening].start
    index = opening + 1
    while index < last:
        word = found[index].text.upper() if found[index].kind == "word" else ""
        if word == "SELECT":
            at = _opening(found, index)
            inner.append(_group(prefixes, text, found, at, _projected(found[index + 1 : at])))
            end = closing(found, index - 1)
            kept, begin = kept + text[begin : found[index].start], found[end].start
            index = end
        elif word in {"MINUS", "EXISTS"}:
            at = _opening(found, index)
            if word == "EXISTS" and found[index - 1].text.upper() != "NOT":
                tests.append(_group(prefixes, text, found, at))
            end = closing(found, at)
            kept, begin = kept + text[begin : found[at].end], found[end].start
            index = end
        index += 1
    whole = text[found[opening].start : found[last].end]
    kept += text[begin : found[last].end]
    around = variables(kept)
    inner += [replace(test, needs=frozenset(variables(test.text) & around)) for test in tests]
    return Group(prefixes, whole, _patterns(prefixes, kept), inner, shared)


def _projected(found: Sequence[Token]) -> frozenset[str] | None:
    """Return the variables that a SELECT passes out, from what stands between it and its group; None: all."""
    names = set()
    depth = 0
    for token, before in zip(found, [None, *found], strict=False):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "*" and depth == 0:
            return None
        if token.kind == "variable" and (depth == 0 or (before is not None and before.text.upper() == "AS")):
            names.add(token.text[1:])
    return frozenset(names)


def _patterns(prefixes: str, group: str) -> list[Pattern]:
    """Return the patterns of a group, without those of its inner groups."""
    try:
        parsed: Any = parseQuery(f"{prefixes}\nSELECT * WHERE {group}")
        names = translatePrologue(parsed[0], None)
        query = traverse(parsed[1], visitPost=functools.partial(translatePName, prologue=names))
        where = traverse(query["where"], visitPost=translatePath)
    except Exception as error:
        raise ValueError(f"rdflib cannot parse the query: {error}") from error
    return list(_collect(where, None))


def _collect(node: Any, graph: Node | None) -> Iterator[Pattern]:
    """Walk a parse tree and yield its patterns."""
    if isinstance(node, CompValue):
        if node.name in _STOP:
            return
        if node.name == "TriplesBlock":
            for flat in node["triples"]:
                for i in range(0, len(flat), 3):
                    yield Pattern(flat[i], flat[i + 1], flat[i + 2], graph)
            return
        if node.name == "GraphGraphPattern":
            graph = node["term"]
        for value in node.values():
            yield from _collect(value, graph)
    elif not isinstance(node, str | Node | PropertyPath) and hasattr(node, "__iter__"):
        for value in node:
            yield from _collect(value, graph)
