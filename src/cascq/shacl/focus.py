"""The focus nodes of shapes, counted while the data stream by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from cascq.shacl.shape_terms import SUBCLASS, TYPE
from cascq.shacl.shapes import Shapes


class FocusCounter:
    """Counts the focus nodes of each shape with a target, after the SHACL recommendation, section 2.1.3.

    A class means its sub-classes too, as the data have them. Memory grows with the typed nodes, not with the data.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._targeted = shapes.targeted
        self._instances: dict[object, set[object]] = defaultdict(set)
        self._subclasses: dict[object, set[object]] = defaultdict(set)
        values: dict[str, dict[object, set[object]]] = {"targetSubjectsOf": {}, "targetObjectsOf": {}}
        for targets in self._targeted.values():
            for kind, value in targets:
                if kind in values:
                    values[kind][value] = set()
        self._subjects, self._objects = values["targetSubjectsOf"], values["targetObjectsOf"]

    def count(self, quads: Iterable[ox.Quad]) -> int:
        """Take account of quads and return how many there are."""
        number = 0
        subjects, objects, instances = self._subjects, self._objects, self._instances
        watched = {TYPE, SUBCLASS, *subjects, *objects}
        for quad in quads:
            number += 1
            predicate = quad.predicate
            if predicate not in watched:
                continue
            if predicate == TYPE:
                instances[quad.object].add(quad.subject)
            elif predicate == SUBCLASS:
                self._subclasses[quad.object].add(quad.subject)
            if predicate in subjects:
                subjects[predicate].add(quad.subject)
            if predicate in objects:
                objects[predicate].add(quad.object)
        return number

    def result(self) -> dict[str, int]:
        """Return how many focus nodes each shape has, by its IRI or, without one, its blank node."""
        return {
            node.value if isinstance(node, ox.NamedNode) else str(node): len(self._nodes(targets))
            for node, targets in self._targeted.items()
        }

    def _nodes(self, targets: Iterable[tuple[str, object]]) -> set[object]:
        nodes: set[object] = set()
        for kind, value in targets:
            if kind == "targetNode":
                nodes.add(value)
            elif kind == "targetSubjectsOf":
                nodes |= self._subjects[value]
            elif kind == "targetObjectsOf":
                nodes |= self._objects[value]
            else:
                for below in self._below(value):
                    nodes |= self._instances.get(below, set())
        return nodes

    def _below(self, kind: object) -> set[object]:
        """Return a class with its sub-classes."""
        found, open_classes = {kind}, [kind]
        while open_classes:
            new = self._subclasses.get(open_classes.pop(), set()) - found
            found |= new
            open_classes.extend(new)
        return found
