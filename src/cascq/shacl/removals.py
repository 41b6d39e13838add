"""Cases applied to shapes, and the removal test: no constraint can be removed without a case that notices."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property

import pyoxigraph as ox

from cascq.errors import Given, Made
from cascq.reports.report import Finding, Node
from cascq.shacl.cases import Case
from cascq.shacl.engines import Engine
from cascq.shacl.shape_terms import (
    CLASSES,
    CONSTRAINTS,
    IMPORTS,
    PARAMETERS,
    PATHS,
    SH,
    SUBCLASS,
    TARGETS,
    TRUE,
    TYPE,
    sh,
)
from cascq.shacl.shapes import Shapes, Subject

Statement = tuple[Subject, ox.NamedNode, Node]
Reported = tuple[str, str, str, str]  # node, path, component, shape

# What means nothing without the constraint it goes with, and goes when it goes.
_COMPANIONS = {
    sh("closed"): {sh("ignoredProperties")},
    sh("pattern"): {sh("flags")},
    sh("qualifiedValueShape"): {
        *map(sh, ("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint")),
    },
}
_TARGETS = frozenset((*TARGETS, sh("target")))
_ALWAYS = {TYPE, SUBCLASS}
# Terms of shapes that see no predicate but those that are named as an object.
_PLAIN = set(map(sh, (*PARAMETERS, *PATHS, "hasValue", "path", "name", "description", "order"))) - {sh("sparql")}
_FOLLOWED = (sh("sparql"), sh("prefixes"), sh("declare"), IMPORTS)


class Bench:
    """Shapes, a world, and an engine that applies the one to the other, case by case.

    Attributes:
        quads: the shapes as read.
        graph: the shapes.
        world: the triples of the world.
    """

    def __init__(
        self,
        shapes: Iterable[ox.Quad],
        world: Iterable[ox.Triple],
        terms: Iterable[ox.Triple] = (),
        engine: Engine | None = None,
    ) -> None:
        """Take the parts.

        Args:
            shapes: the shapes.
            world: data in which everything is right.
            terms: an ontology and vocabularies that belong to the data.
            engine: what applies shapes; the fastest that can do what they ask for, if left out.
        """
        self.quads = list(shapes)
        self.graph = Shapes(self.quads)
        self.world = dict.fromkeys(world)
        self._terms = dict.fromkeys(terms)
        self._engine = engine or Engine()
        self.part = cache(self._part)
        self._terms_for = cache(self._needed_terms)

    @cached_property
    def targeted(self) -> list[Subject]:
        """The shapes that have a target and are not deactivated, sorted."""
        graph = self.graph
        active = (shape for shape in graph.shapes if TRUE not in graph.objects(shape, sh("deactivated")))
        return sorted((shape for shape in active if graph.has_target(shape)), key=str)

    @cached_property
    def owners(self) -> dict[Subject, list[Subject]]:
        """For each shape that can be reported, the shapes with a target that it belongs to."""
        found: dict[Subject, list[Subject]] = defaultdict(list)
        for shape in self.targeted:
            waiting, seen = [shape], {shape}
            while waiting:
                node = waiting.pop()
                found[node].append(shape)
                properties = self.graph.objects(node, sh("property"))
                new = [p for p in properties if p not in seen and not isinstance(p, ox.Literal)]
                seen.update(new)
                waiting.extend(new)
        return dict(found)

    @cached_property
    def _components(self) -> list[Subject]:
        """The constraint components that the shapes define."""
        return [node for node, kind in self.graph.pairs(TYPE) if kind == sh("ConstraintComponent")]

    def _part(self, shape: Subject) -> frozenset[Statement]:
        """Return what is said of a shape and of all that it refers to; of these, their own targets are left out."""
        waiting = [shape, *self._components]
        seen, found = set(waiting), set()
        while waiting:
            node = waiting.pop()
            linked = {member for _, _, member in self.graph.linked(node)}
            for name, values in self.graph.about(node).items():
                for value in values:
                    if node == shape or not (name in _TARGETS or (name == TYPE and value in CLASSES)):
                        found.add((node, name, value))
                        if isinstance(value, ox.BlankNode) or (name in _FOLLOWED and isinstance(value, ox.NamedNode)):
                            linked.add(value)
            waiting.extend(linked - seen)
            seen |= linked
        return frozenset(found)

    def part_of(self, shape: str) -> frozenset[Statement]:
        """Return the shapes with a target to which a shape, given by its IRI, belongs; nothing if there are none."""
        owners = self.owners.get(ox.NamedNode(shape), [])
        return frozenset().union(*(self.part(owner) for owner in owners))

    def reported(self, case: Case, without: Statement | None = None) -> list[Reported]:
        """Return what the shape of a case reports of the world after its change, sorted.

        Args:
            case: the case.
            without: a constraint that is taken away, with what means nothing without it.
        """
        removed = set(case.remove)
        changed = [*(triple for triple in self.world if triple not in removed), *case.add]
        terms = [triple for triple in self._terms_for(case.shape) if triple not in removed]
        shapes = [ox.Quad(*statement) for statement in self.part_of(case.shape) if not _goes(statement, without)]
        return sorted(self._told(finding) for finding in self._engine.apply([*terms, *changed], shapes))

    def _needed_terms(self, shape: str) -> list[ox.Triple]:
        """Return what of the ontology and the vocabularies a shape can see, which saves the engine most of it.

        That are the triples whose predicate the shapes name. A closed shape then does not see the other predicates of
        the terms, which are right as they are: `wrong` sees them all.
        """
        part = self.part_of(shape)
        if any(name.value.startswith(SH) and name not in _PLAIN for _, name, _ in part):
            return list(self._terms)
        named = {value for _, _, value in part} | _ALWAYS
        return [triple for triple in self._terms if triple.predicate in named]

    def _told(self, f: Finding) -> Reported:
        """Return a finding in the terms of a case."""
        focus = "_:blank" if isinstance(f.focus, ox.BlankNode) else f.focus.value
        component = (f.component or "").removeprefix(SH).removesuffix("ConstraintComponent")
        return focus, f.path.value if f.path is not None else f.path_text, component, self._name(f.source)

    def _name(self, source: str) -> str:
        """Return the IRI of a shape, or that of the nearest shape that it belongs to."""
        if not source.startswith("_:"):
            return source
        owners = self.owners.get(ox.BlankNode(source[2:]), [])
        return next((owner.value for owner in owners if isinstance(owner, ox.NamedNode)), source)

    def wrong(self) -> list[Finding]:
        """Return what all shapes report of the world as it is: nothing, if it is right."""
        return self._engine.apply([*self._terms, *self.world], self.quads)

    @cached_property
    def constraints(self) -> list[Statement]:
        """Every constraint of a shape with a target and of the helpers that it uses, sorted."""
        parameters = [p for node in self._components for p in self.graph.objects(node, sh("parameter"))]
        names = {*map(sh, CONSTRAINTS), *(path for p in parameters for path in self.graph.objects(p, sh("path")))}
        found = {statement for shape in self.targeted for statement in self.part(shape) if statement[1] in names}
        return sorted(found, key=lambda statement: tuple(map(str, statement)))

    @cached_property
    def _using(self) -> dict[Statement, set[Subject]]:
        """For each statement of the shapes, the reportable shapes of which it is a part."""
        found: dict[Statement, set[Subject]] = defaultdict(set)
        for shape in self.owners:
            for statement in self.part(shape):
                found[statement].add(shape)
        return found

    def failing(self, cases: Sequence[Case]) -> list[tuple[Case, list[Reported]]]:
        """Return the cases of which something else is reported than they expect, with what is reported."""
        told = _on_all_cores(self.reported, cases)
        return [(case, found) for case, found in zip(cases, told, strict=True) if found != [case.expected]]

    def unnoticed(
        self, cases: Sequence[Case], constraints: Sequence[Statement] | None = None
    ) -> tuple[list[Statement], int]:
        """Return the constraints whose removal no case notices, and how often one was removed to find out.

        Args:
            cases: the cases.
            constraints: which constraints to remove, one by one; all if left out.
        """
        constraints = self.constraints if constraints is None else constraints
        by_shape: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            by_shape[case.shape].append(case)

        def tried(constraint: Statement) -> tuple[bool, int]:
            tries = 0
            for case in self._candidates(constraint, by_shape):
                tries += 1
                if self.reported(case, constraint) != [case.expected]:
                    return True, tries
            return False, tries

        outcomes = _on_all_cores(tried, constraints)
        unnoticed = [c for c, (noticed, _) in zip(constraints, outcomes, strict=True) if not noticed]
        return unnoticed, sum(tries for _, tries in outcomes)

    def _candidates(self, constraint: Statement, by_shape: dict[str, list[Case]]) -> Iterator[Case]:
        """Yield the cases that may notice the removal of a constraint, the likeliest first."""
        name = constraint[1].value.removeprefix(SH).lower().removesuffix("valueshape")
        own = {constraint[0], constraint[2]}
        near = {shape for shape in self._using[constraint] | own if isinstance(shape, ox.NamedNode)}
        cases = [(shape in own, case) for shape in sorted(near, key=str) for case in by_shape.get(shape.value, ())]
        cases.sort(key=lambda pair: (not pair[0], not pair[1].component.lower().startswith(name)))
        yield from (case for _, case in cases)


def _goes(statement: Statement, constraint: Statement | None) -> bool:
    """Tell whether a statement goes when a constraint is taken away."""
    if constraint is None or statement[0] != constraint[0]:
        return False
    return statement == constraint or statement[1] in _COMPANIONS.get(constraint[1], ())


def _on_all_cores(work: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """Apply a function to each of several things; the fast engine lets other threads go on."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(work, given))
