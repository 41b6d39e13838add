"""Shapes as their linter sees them: what is said of each node, lists, paths, and which shape refers to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.reports.report import Node
from cascq.shacl.shape_terms import CONSTRAINTS, PARAMETERS, PATHS, SH, TARGETS
from cascq.shacl.shapes import Shapes

TYPE, FIRST, REST = ns.RDF_TYPE, ns.RDF + "first", ns.RDF + "rest"
_NIL = ox.NamedNode(ns.RDF + "nil")
_SUBCLASS = ns.RDFS_SUBCLASS
_CLASSES = frozenset({ox.NamedNode(ns.RDFS + "Class"), ox.NamedNode(ns.OWL + "Class")})
_PROPERTY_SHAPES = frozenset({ox.NamedNode(SH + "PropertyShape"), ox.NamedNode(SH + "Parameter")})
NODE_SHAPE = ox.NamedNode(SH + "NodeShape")
_SHAPES = _PROPERTY_SHAPES | {NODE_SHAPE}
_OTHER_TARGETS = ("target", "targetWhere")  # of Advanced Features and SHACL 1.2
_LISTS = tuple(name for name, parameter in PARAMETERS.items() if parameter.kind == "list of shapes")
REFERENCES = (
    *(name for name, parameter in PARAMETERS.items() if parameter.kind in {"shape", "property shape"}),
    *_LISTS,
)
_NOTHING: Mapping[str, list[Node]] = {}


def sh(name: str) -> ox.NamedNode:
    """Return a term of SHACL."""
    return ox.NamedNode(SH + name)


class ShapeGraph:
    """The union of some shape files.

    Attributes:
        about: for each subject its values by predicate, each value once: terms of SHACL by their local name
            ("minCount"), other predicates by their IRI.
        having: for each predicate, by the same name, the subjects that have it.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.about: dict[Node, dict[str, list[Node]]] = {}
        self.having: dict[str, list[Node]] = {}
        self._lists: dict[Node, list[Node] | None] = {}
        names: dict[ox.NamedNode, str] = {}
        for subject, said in shapes.described():
            here = self.about[subject] = {}
            for predicate, values in said.items():
                if (name := names.get(predicate)) is None:
                    name = names[predicate] = predicate.value.removeprefix(SH)
                # Triples about triples are refused when the file is read.
                here[name] = [value for value in values if not isinstance(value, ox.Triple)]
                self.having.setdefault(name, []).append(subject)

    def said(self, node: Node) -> Mapping[str, list[Node]]:
        """Return what is said of a node, by predicate."""
        return self.about.get(node, _NOTHING)

    def values(self, node: Node, name: str) -> Sequence[Node]:
        """Return the values that a node has for a predicate."""
        return self.said(node).get(name, ())

    def items(self, head: Node) -> list[Node] | None:
        """Return the members of a list; None if it is no well-formed one."""
        if head not in self._lists:
            self._lists[head] = self._items(head)
        return self._lists[head]

    def _items(self, head: Node) -> list[Node] | None:
        found: list[Node] = []
        seen: set[Node] = set()
        while head != _NIL:
            said = self.said(head)
            first, rest = said.get(FIRST, ()), said.get(REST, ())
            if head in seen or len(first) != 1 or len(rest) != 1 or isinstance(rest[0], ox.Literal):
                return None
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return None if FIRST in self.said(head) or REST in self.said(head) else found

    def path_fault(self, path: Node, inside: tuple[Node, ...] = ()) -> tuple[str, str] | None:
        """Return what is wrong with a path, in English and Chinese; None if it is well-formed."""
        if isinstance(path, ox.Literal):
            return "a literal is no path", "字面量不是路径"
        if path == _NIL:
            return "an empty list is no path", "空列表不是路径"
        if isinstance(path, ox.NamedNode):
            return None
        if path in inside:
            return "the path contains itself", "路径包含自身"
        said = self.said(path)
        kinds = [name for name in PATHS if name in said]
        is_list = FIRST in said or REST in said
        if not is_list and len(kinds) != 1:
            listed = " ".join(f"sh:{name}" for name in PATHS)
            return (
                f"a path is an IRI, a list, or a blank node with exactly one of {listed}",
                f"路径须为 IRI、列表，或恰有以下属性之一的空白节点：{listed}",
            )
        if not is_list and len(said[kinds[0]]) > 1:
            return f"more than one value of sh:{kinds[0]}", f"sh:{kinds[0]} 的值多于一个"
        if is_list or kinds == ["alternativePath"]:
            steps = self.items(path if is_list else said["alternativePath"][0])
            if steps is None or len(steps) < 2:
                return (
                    "a sequence or alternative is a well-formed list of two or more paths",
                    "序列路径或并列路径须为至少两个路径的完整列表",
                )
        else:
            steps = said[kinds[0]]
        return next((fault for step in steps if (fault := self.path_fault(step, (*inside, path)))), None)

    def ambiguous(self, path: Node) -> bool:
        """Tell whether a path is a list and something else as well; the list counts, says the W3C's test suite."""
        said = self.said(path)
        return FIRST in said and any(name in said for name in PATHS)

    @cached_property
    def property_shapes(self) -> set[Node]:
        """The shapes that must have a path: by type, or as values of sh:property or sh:parameter."""
        found = {node for node in self.having.get(TYPE, ()) if not _PROPERTY_SHAPES.isdisjoint(self.about[node][TYPE])}
        for name in ("property", "parameter"):
            for node in self.having.get(name, ()):
                found.update(value for value in self.about[node][name] if not isinstance(value, ox.Literal))
        return found

    @cached_property
    def shapes(self) -> list[Node]:
        """What counts as a shape: by type, by a target or parameter, or because another shape refers to it."""
        typed = (node for node in self.having.get(TYPE, ()) if not _SHAPES.isdisjoint(self.about[node][TYPE]))
        found = dict.fromkeys(typed)
        for name in (*TARGETS, *sorted(CONSTRAINTS)):
            found |= dict.fromkeys(self.having.get(name, ()))
        for node in list(found):
            found |= {shape: None for _, _, shape in self.references(node) if shape in self.about}
        return list(found)

    @property
    def names(self) -> list[str]:
        """The IRIs of the shapes that have one."""
        return [shape.value for shape in self.shapes if isinstance(shape, ox.NamedNode)]

    def references(self, shape: Node) -> Iterator[tuple[str, Node, Node]]:
        """Yield the shapes that a shape refers to: the parameter, its value (a list for sh:or) and the shape."""
        said = self.said(shape)
        for name in REFERENCES:
            if name in said:
                for value in said[name]:
                    members = [value] if name not in _LISTS else self.items(value) or ()
                    for member in members:
                        if not isinstance(member, ox.Literal):
                            yield name, value, member

    @cached_property
    def values_used(self) -> set[Node]:
        """The values of all predicates."""
        return {value for said in self.about.values() for values in said.values() for value in values}

    @cached_property
    def used(self) -> set[Node]:
        """The nodes that something else in the graph mentions."""
        return {v for node, said in self.about.items() for values in said.values() for v in values if v != node}

    def has_target(self, shape: Node) -> bool:
        """Tell whether a shape has a target: one of its own, or its instances because it is a class as well."""
        said = self.said(shape)
        return any(name in said for name in (*TARGETS, *_OTHER_TARGETS)) or self._is_class(shape)

    def _is_class(self, shape: Node) -> bool:
        kinds = [kind for kind in self.values(shape, TYPE) if kind not in _SHAPES]
        seen: set[Node] = set()
        while kinds:
            kind = kinds.pop()
            if kind in _CLASSES or kind == sh("ShapeClass"):
                return True
            if kind not in seen:
                seen.add(kind)
                kinds.extend(self.values(kind, _SUBCLASS))
        return False

    def prefixes(self, node: Node) -> tuple[dict[str, str], list[tuple[Node, str, Node | None]]]:
        """Return the prefixes that sh:prefixes of a node gives, and the declarations that are ill-formed.

        A faulty declaration is a node, the property at fault and its value.
        """
        found: dict[str, str] = {}
        faults: list[tuple[Node, str, Node | None]] = []
        waiting, seen = list(self.values(node, "prefixes")), set[Node]()
        while waiting:
            owner = waiting.pop()
            if owner in seen:
                continue
            seen.add(owner)
            waiting.extend(self.values(owner, ns.OWL + "imports"))
            for declaration in self.values(owner, "declare"):
                parts = []
                for name in ("prefix", "namespace"):
                    values = self.values(declaration, name)
                    if len(values) != 1 or not isinstance(values[0], ox.Literal):
                        faults.append((declaration, name, values[0] if values else None))
                    else:
                        parts.append(values[0].value)
                if len(parts) == 2 and found.setdefault(parts[0], parts[1]) != parts[1]:
                    faults.append((declaration, "prefix", self.values(declaration, "prefix")[0]))
        return found, faults
