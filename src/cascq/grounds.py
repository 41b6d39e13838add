"""Whether a derived statement needs what the editors call plausible, or could be derived without it.

All that any derivation of the statement rests on is put into a small store of its own, but for what is plausible only;
then the rules are run there. What they still make has grounds that are more than plausible.
"""

from __future__ import annotations

from collections.abc import Collection

import pyoxigraph as ox
from rdflib.paths import MulPath

from cascq import namespaces as ns
from cascq import resources
from cascq.provenance import Support, Tracer, Triple, _unify
from cascq.rules import derive
from cascq.sparql import Term


class Grounds(Tracer):
    """Finds the graphs behind triples, and tells which derived ones could be derived without some graphs."""

    _every_way = False  # while premises are collected

    def certain(self, triples: Collection[Triple], plausible: Collection[str]) -> set[Triple]:
        """Return those of some derived triples that the rules make of what stands in other graphs than some.

        Args:
            triples: subjects, predicates and objects.
            plausible: IRIs of the graphs to do without.
        """
        premises: set[Triple] = set()
        shortest, self._ways, self._every_way = self._ways, {}, True
        for triple in triples:
            self._collect(triple, premises)
        self._ways, self._every_way = shortest, False
        left_out = {*plausible, ns.DERIVED_GRAPH}
        small = ox.Store()
        for premise in premises:
            quads = self._quads(premise)
            small.extend(quad for quad in quads if getattr(quad.graph_name, "value", "") not in left_out)
        derive(small, resources.rules())
        made = {quad.triple for quad in small.quads_for_pattern(None, None, None, ox.NamedNode(ns.DERIVED_GRAPH))}
        return {
            (subject, predicate, value)
            for subject, predicate, value in triples
            if not isinstance(subject, ox.Literal) and ox.Triple(subject, predicate, value) in made
        }

    def _quads(self, triple: Triple) -> list[ox.Quad]:
        """Return a triple in all graphs that hold it."""
        subject, predicate, value = triple
        if isinstance(subject, ox.Literal):
            return []
        return list(self._store.quads_for_pattern(subject, predicate, value, None))

    def _collect(self, triple: Triple, found: set[Triple]) -> None:
        """Add a triple, and if it is derived, all that its derivations rest on."""
        if triple in found:
            return
        found.add(triple)
        if all(getattr(quad.graph_name, "value", "") != ns.DERIVED_GRAPH for quad in self._quads(triple)):
            return
        for rule in list(self._rules(triple[1])):
            for pattern in rule.template:
                if (bound := _unify(pattern, triple)) is None:
                    continue
                for solution in self._solutions(rule.where, bound):
                    for premise in self._triples(rule.where, solution, Support()):
                        self._collect(premise, found)

    def _repeat(self, start: Term, path: MulPath, end: Term) -> list[Triple]:
        """Return the triples of repeated steps: of a shortest way, or of every way, for that one may be plausible."""
        if not self._every_way:
            return super()._repeat(start, path, end)
        if start == end and path.zero:
            return []
        seen, frontier, triples = {start}, [start], []
        while frontier:
            node = frontier.pop()
            for target in self._step(node, path.path):
                triples += self._path(node, path.path, target)
                if target not in seen and path.more:
                    seen.add(target)
                    frontier.append(target)
        return triples
