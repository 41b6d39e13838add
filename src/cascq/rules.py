"""The derived graph: short cuts for everyday queries, made by the rules in ontology/rules/, never typed in.

A rule is a CONSTRUCT query over the union of all graphs. Rules run once, in the order of their file names; a later
rule sees what an earlier one derived. There is no fixpoint, so that a reader can tell from the rule alone where a
derived triple comes from.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.reading import read_text
from cascq.sparql import run


def derive(store: ox.Store, rules: list[Path]) -> int:
    """Run rules and put what they construct into the derived graph.

    Args:
        store: the store; changed.
        rules: the rule files, in order.

    Returns:
        The number of derived triples.

    Raises:
        CascqError: a rule cannot be read, has a syntax error or is no CONSTRUCT.
    """
    graph = ox.NamedNode(ns.DERIVED_GRAPH)
    store.remove_graph(graph)
    for path in rules:
        # A list first: the store must not change while the query is still reading it.
        quads = [ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in construct(store, path)]
        store.extend(quads)
    return sum(1 for _ in store.quads_for_pattern(None, None, None, graph))


def construct(store: ox.Store, path: Path) -> ox.QueryTriples:
    """Run one rule.

    Raises:
        CascqError: it cannot be read, has a syntax error or is no CONSTRUCT.
    """
    result = run(store, read_text(path), str(path))
    if not isinstance(result, ox.QueryTriples):
        raise CascqError(f"{path}: a rule is a CONSTRUCT query", f"{path}：规则必须是 CONSTRUCT 查询")
    return result
