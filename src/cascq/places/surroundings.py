"""What stands around a blank node: a description that stays when a parser gives the node another name.

A blank node has no name of its own, so it is told by the statements that lead to it from a node with a name, and by
what is said of it, both over two blank nodes in between at most.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

_STEPS = 3
_WAYS = 3  # statements that lead to a node, as far as they are told
_LENGTH = 240  # of what is said of a node, as far as it is told

Statements = dict[object, set[tuple[object, object]]]


def describe(nodes: Iterable[object], files: Mapping[Path, Iterable[ox.Quad]]) -> dict[object, str]:
    """Return what stands around blank nodes, by node: "<a> <p> [ <q> "text" ]".

    Equal surroundings give equal texts, in whatever order and under whatever names the statements are read.

    Args:
        nodes: the nodes; those that are not blank are passed over.
        files: the statements, by file.
    """
    wanted = {node for node in nodes if isinstance(node, ox.BlankNode)}
    said: Statements = defaultdict(set)
    leading: Statements = defaultdict(set)
    read: set[object] = set()
    frontier: set[object] = set(wanted)
    for _ in range(_STEPS if wanted else 0):
        found: set[object] = set()
        for quads in files.values():
            for quad in quads:
                if quad.subject in frontier:
                    said[quad.subject].add((quad.predicate, quad.object))
                    found.add(quad.object)
                if quad.object in frontier:
                    leading[quad.object].add((quad.subject, quad.predicate))
                    found.add(quad.subject)
        read |= frontier
        frontier = {node for node in found - read if isinstance(node, ox.BlankNode)}
        if not frontier:
            break
    return {node: f"{_ways(node, leading, ())} {_content(node, said, ())}".strip() for node in wanted}


def without_content(text: str) -> str:
    """Return of a description only what leads to the node; all of it where nothing with a name does."""
    ways, bracket, _ = text.partition(" [ ")
    return f"{ways} [ ]" if bracket and text.startswith("<") else text


def _ways(node: object, leading: Statements, seen: tuple[object, ...]) -> str:
    """Return the statements that lead to a node from named ones: "<a> <p> / <q>" for one blank node in between."""
    if len(seen) >= _STEPS or node in seen:
        return ""
    ways = set()
    for subject, predicate in leading.get(node, ()):
        before = _ways(subject, leading, (*seen, node)) if isinstance(subject, ox.BlankNode) else str(subject)
        if before:
            ways.add(f"{before} / {predicate}" if isinstance(subject, ox.BlankNode) else f"{before} {predicate}")
    listed = sorted(ways)
    return " , ".join(listed[:_WAYS]) + (f" , +{len(listed) - _WAYS}" if len(listed) > _WAYS else "")


def _content(node: object, said: Statements, seen: tuple[object, ...]) -> str:
    """Return what is said of a node; a long text is cut, and a hash stands for the rest."""
    if len(seen) >= _STEPS or node in seen:
        return "[ … ]"
    parts = sorted(
        f"{predicate} {_content(value, said, (*seen, node)) if isinstance(value, ox.BlankNode) else value}"
        for predicate, value in said.get(node, ())
    )
    text = " ; ".join(parts)
    if len(text) > _LENGTH:
        text = f"{text[:_LENGTH]}… {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return f"[ {text} ]" if text else "[ ]"
