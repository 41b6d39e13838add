"""Shapes, as pyoxigraph reads them: what they target, say and demand, whatever engine applies them.

Terms and their meaning are those of the SHACL recommendation (W3C, 2017). Nothing here needs rdflib or pySHACL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.reports.report import Node, term_text
from cascq.shacl.shape_terms import (
    CLASSES,
    CONSTRAINTS,
    FIRST,
    LINKS,
    LIST_LINKS,
    NIL,
    REST,
    SH,
    SUBCLASS,
    TARGETS,
    TRUE,
    TYPE,
    sh,
)

# Shapes without an IRI get one for the engines, which give blank nodes other names; it ends in the name in `quads`.
UNNAMED = "urn:cascq:shape:"

_KINDS = (sh("NodeShape"), sh("PropertyShape"))
_CONSTRAINTS = tuple(map(sh, sorted(CONSTRAINTS)))
_OTHER_TARGETS = tuple(map(sh, ("target", "targetWhere")))  # of Advanced Features and SHACL 1.2
_MARKS = {"inversePath": ("^", ""), "zeroOrMorePath": ("", "*"), "oneOrMorePath": ("", "+"), "zeroOrOnePath": ("", "?")}
_PLAIN = {ns.XSD + name for name in ("integer", "decimal", "boolean")}

Subject = ox.NamedNode | ox.BlankNode


class Shapes:
    """A shapes graph.

    Attributes:
        quads: what was read.
    """

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.quads = list(quads)
        self._objects: dict[Subject, dict[ox.NamedNode, list[Node]]] = defaultdict(dict)
        self._pairs: dict[ox.NamedNode, list[tuple[Subject, Node]]] = defaultdict(list)
        for quad in self.quads:
            subject, predicate, value = quad.subject, quad.predicate, quad.object
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                continue  # refused when the file is read
            values = self._objects[subject].setdefault(predicate, [])
            if value not in values:  # the same may stand in two graphs
                values.append(value)
                self._pairs[predicate].append((subject, value))

    def objects(self, node: Node | None, predicate: ox.NamedNode) -> Sequence[Node]:
        """Return the values of a property, in the order in which they are written."""
        return self.about(node).get(predicate, ())

    def value(self, node: Node | None, predicate: ox.NamedNode) -> Node | None:
        """Return the first value of a property."""
        return next(iter(self.objects(node, predicate)), None)

    def pairs(self, predicate: ox.NamedNode) -> list[tuple[Subject, Node]]:
        """Return the subjects and values of a property."""
        return self._pairs.get(predicate, [])

    def having(self, *predicates: ox.NamedNode) -> list[Subject]:
        """Return the subjects that have any of some properties, each once."""
        return list(dict.fromkeys(subject for predicate in predicates for subject, _ in self.pairs(predicate)))

    @property
    def predicates(self) -> Iterable[ox.NamedNode]:
        """The properties that are used."""
        return self._pairs.keys()

    def described(self) -> Iterable[tuple[Subject, Mapping[ox.NamedNode, Sequence[Node]]]]:
        """Return the nodes of which something is said, each with all of it, by property, in the order of the files."""
        return self._objects.items()

    def about(self, node: Node | None) -> Mapping[ox.NamedNode, Sequence[Node]]:
        """Return all that is said of a node, by property."""
        return self._objects.get(node, {}) if isinstance(node, ox.NamedNode | ox.BlankNode) else {}

    def items(self, head: Node) -> list[Node] | None:
        """Return the members of a list; None if it is no well-formed one."""
        members: list[Node] = []
        seen: set[Node] = set()
        while head != NIL:
            first, rest = self.objects(head, FIRST), self.objects(head, REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                return None
            seen.add(head)
            members.append(first[0])
            head = rest[0]
        return None if self.objects(NIL, FIRST) or self.objects(NIL, REST) else members

    @cached_property
    def targeted(self) -> Mapping[Subject, list[tuple[str, Node]]]:
        """The shapes that have targets and are not deactivated, with (kind of target, value) for each.

        A shape that is a class as well targets its instances (implicit class targets, section 2.1.3.3).
        """
        found: dict[Subject, list[tuple[str, Node]]] = {}
        implicit = self.implicit
        for node, said in self._objects.items():
            if TRUE in said.get(sh("deactivated"), ()):
                continue
            targets = [(kind.value.removeprefix(SH), value) for kind in TARGETS for value in said.get(kind, ())]
            if node in implicit and node not in said.get(sh("targetClass"), ()):
                targets.append(("targetClass", node))
            if targets:
                found[node] = targets
        return found

    @cached_property
    def implicit(self) -> set[Subject]:
        """The shapes that are classes. An owl:Class is one, be its being a rdfs:Class said or not."""
        classes: list[Node] = list(CLASSES)
        for kind in classes:
            classes += [node for node, above in self.pairs(SUBCLASS) if above == kind and node not in classes]
        kinds = set(classes)
        return {node for node, kind in self.pairs(TYPE) if kind in kinds and self._is_shape(node)}

    def _is_shape(self, node: Subject) -> bool:
        said = self.about(node)
        return any(kind in said.get(TYPE, ()) for kind in _KINDS) or any(name in said for name in _CONSTRAINTS)

    @cached_property
    def shapes(self) -> list[Subject]:
        """What counts as a shape: by type, by a target or constraint, or because another shape refers to it."""
        typed = (node for node, kind in self.pairs(TYPE) if kind in _KINDS or kind == sh("Parameter"))
        found = dict.fromkeys([*typed, *self.having(*TARGETS, *_CONSTRAINTS)])
        for node in list(found):
            found |= dict.fromkeys(shape for _, _, shape in self.linked(node) if shape in self._objects)
        return list(found)

    def has_target(self, shape: Node) -> bool:
        """Tell whether a shape has a target: one of its own, or its instances because it is a class as well."""
        said = self.about(shape)
        return (
            any(name in said for name in (*TARGETS, *_OTHER_TARGETS))
            or shape in self.implicit
            or sh("ShapeClass") in said.get(TYPE, ())
        )

    def linked(self, node: Node) -> Iterator[tuple[ox.NamedNode, Node, Subject]]:
        """Yield what a shape refers to: the property that does so, its value (which may be a list) and the shape."""
        said = self.about(node)
        for link in (*LINKS, *LIST_LINKS):
            for value in said.get(link, ()):
                members = [value] if link in LINKS else self.items(value) or ()
                for member in members:
                    if not isinstance(member, ox.Literal):
                        yield link, value, member

    def undescribed(self) -> list[ox.NamedNode]:
        """Return what shapes refer to as node shapes and of which nothing is said: it demands nothing."""
        referring = self.having(*LINKS, *LIST_LINKS)
        found = dict.fromkeys(v for shape in referring for link, _, v in self.linked(shape) if link != sh("property"))
        return [value for value in found if isinstance(value, ox.NamedNode) and not self.about(value)]

    def unnamed(self) -> set[ox.BlankNode]:
        """Return the shapes without an IRI."""
        found = {node for node in self.targeted if isinstance(node, ox.BlankNode)}
        found |= {n for n, kind in self.pairs(TYPE) if kind in _KINDS and isinstance(n, ox.BlankNode)}
        for node in self.having(*LINKS, *LIST_LINKS):
            found |= {value for _, _, value in self.linked(node) if isinstance(value, ox.BlankNode)}
        return found

    def messages(self, node: Node) -> list[ox.Literal]:
        """Return the sh:message of a shape or of a SPARQL constraint."""
        return [value for value in self.objects(node, sh("message")) if isinstance(value, ox.Literal)]

    def expected(self, shape: Node, component: str) -> str:
        """Return the constraint that a component stands for, as "sh:maxCount 1"."""
        if not component.startswith(SH):
            return ""
        name = component.removeprefix(SH).removesuffix("ConstraintComponent")
        if name == "SPARQL":
            return "sh:sparql"
        parameter = name[:1].lower() + name[1:]
        values = sorted(self._written(value) for value in self.objects(shape, sh(parameter)))
        return f"sh:{parameter} {' , '.join(values)}".strip()

    def _written(self, value: Node) -> str:
        """Write the value of a constraint parameter."""
        if self.value(value, FIRST) is not None:
            return "( " + " ".join(self._written(item) for item in self.items(value) or ()) + " )"
        if isinstance(value, ox.Literal) and value.datatype.value in _PLAIN:
            return value.value
        return "[ … ]" if isinstance(value, ox.BlankNode) else term_text(value)

    def path_text(self, path: Node) -> str:
        """Return a SHACL path in SPARQL's notation."""
        if isinstance(path, ox.NamedNode):
            return ns.shorten(path.value)
        if self.value(path, FIRST) is not None:
            return "/".join(self._inner(item) for item in self.items(path) or ())
        if (choice := self.value(path, sh("alternativePath"))) is not None:
            return "|".join(self._inner(item) for item in self.items(choice) or ())
        for name, (before, after) in _MARKS.items():
            if (step := self.value(path, sh(name))) is not None:
                return f"{before}{self._inner(step)}{after}"
        return ""

    def _inner(self, path: Node) -> str:
        """Return a path as part of a longer one."""
        text = self.path_text(path)
        return text if isinstance(path, ox.NamedNode) else f"({text})"

    def path_turtle(self, path: Node) -> str:
        """Return a SHACL path in Turtle."""
        if isinstance(path, ox.NamedNode):
            return f"<{path.value}>"
        if self.value(path, FIRST) is not None:
            return "( " + " ".join(self.path_turtle(item) for item in self.items(path) or ()) + " )"
        for name in ("alternativePath", *_MARKS):
            if (step := self.value(path, sh(name))) is not None:
                return f"[ sh:{name} {self.path_turtle(step)} ]"
        return "[]"
