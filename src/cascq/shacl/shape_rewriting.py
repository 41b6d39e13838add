"""Shapes as engines get them: equal in meaning, but with gaps of the engines closed.

These things are rewritten, and results are read back in terms of the shapes as written:

- Ill-formed literals. Engines look into the lexical form of some datatypes only, each of others. A shape with such a
  datatype also gets the datatype's lexical form as a pattern, in a helper shape; see `cascq.shacl.lexical`.
- sh:class within a nested shape (sh:node, sh:or, …). The `shacl` engine goes through all instances of the class for
  each evaluation: 32 s instead of 3 s for a million triples. A nested shape is only asked whether a node conforms, so
  a copy of it that demands the same by a path (rdf:type/rdfs:subClassOf*) stands in.
- SPARQL constraints. `shacl` applies those that are deactivated, and grades by the severity of the constraint, where
  the recommendation has that of the shape; pySHACL does not follow owl:imports to prefixes (section 5.2.1).
- Implicit class targets. `shacl` passes over those of an owl:Class, each engine over others: they are made explicit.
- Shapes that are only referred to. pySHACL stops at them; here they demand nothing, and `cascq.shacl.engines` says so.
- SHACL Advanced Features (`ADVANCED`), of which engines know some each: left out, so that all say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.reports.report import Node
from cascq.shacl.lexical import PATTERNS
from cascq.shacl.shape_terms import (
    CLASSES,
    FIRST,
    IMPORTS,
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
from cascq.shacl.shapes import UNNAMED, Shapes

_OWN = "urn:cascq:helper:"
# The datatypes whose lexical forms `shacl` looks into by itself; pySHACL does that for none in full.
_NATIVE = {ns.XSD + name for name in ("integer", "decimal", "float", "double", "boolean", "date")}
# Which constraint of a shape holds its helper: one that the shape does not use itself.
_HOLDERS = (("node", "Node"), ("and", "And"), ("xone", "Xone"))
# Terms of the SHACL Advanced Features and of SHACL-JS (W3C notes) by which a shape is given more than the
# recommendation has.
ADVANCED = tuple(map(sh, ("target", "rule", "expression", "js")))
_CLASS, _PATH, _SPARQL, _DECLARE = sh("class"), sh("path"), sh("sparql"), sh("declare")
_DATATYPE_COMPONENT = SH + "DatatypeConstraintComponent"
_LINKS, _LIST_LINKS = frozenset(LINKS), frozenset(LIST_LINKS)
_NESTING = _LINKS - {sh("property")}
_NO_TARGET = frozenset((*TARGETS, sh("target")))


def rewrite(shapes: Shapes, *, fast: bool) -> tuple[list[ox.Triple], dict[tuple[str, str], str]]:
    """Return the triples of shapes for an engine; shapes without an IRI have one that begins with `UNNAMED`.

    Args:
        shapes: the shapes as written.
        fast: whether they are for `shacl`, which needs a path in place of sh:class in nested shapes.

    Returns:
        the triples; and for results about (IRI of a shape, IRI of a component) the component that is meant.
    """
    names: dict[object, ox.NamedNode] = {node: ox.NamedNode(UNNAMED + node.value) for node in shapes.unnamed()}
    added, meanings = _lexical_forms(shapes, names, _NATIVE if fast else set())
    kept = _without_advanced(shapes)
    more = [*added, *_prefixes(shapes)]
    more += [ox.Triple(node, sh("targetClass"), node) for node in shapes.implicit]
    more += [ox.Triple(node, TYPE, sh("NodeShape")) for node in shapes.undescribed()]
    triples = _Copies(kept).rewritten(names) if fast else [_named(quad.triple, names) for quad in kept.quads]
    return triples + [_named(triple, names) for triple in more], meanings


def _named(triple: ox.Triple, names: Mapping[object, ox.NamedNode]) -> ox.Triple:
    """Return a triple with names in place of the blank nodes that have one."""
    subject, value = triple.subject, triple.object
    if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
        return ox.Triple(names.get(subject, subject), triple.predicate, names.get(value, value))
    return triple


def _without_advanced(shapes: Shapes) -> Shapes:
    """Return the shapes without advanced features, deactivated SPARQL constraints and the severities of such."""
    constraints = {value for _, value in shapes.pairs(_SPARQL)}
    idle = {value for value in constraints if TRUE in shapes.objects(value, sh("deactivated"))}
    graded = {value for value in constraints if shapes.objects(value, sh("severity"))}
    if not idle and not graded and not any(map(shapes.pairs, ADVANCED)):
        return shapes

    def is_kept(quad: ox.Quad) -> bool:
        predicate = quad.predicate
        return (
            predicate not in ADVANCED
            and not (predicate == _SPARQL and quad.object in idle)
            and not (predicate == sh("severity") and quad.subject in graded)
        )

    return Shapes(filter(is_kept, shapes.quads))


def _prefixes(shapes: Shapes) -> Iterator[ox.Triple]:
    """Yield the declarations of prefixes that are reached through owl:imports, for what imports them."""
    for start in {value for _, value in shapes.pairs(sh("prefixes")) if isinstance(value, ox.NamedNode | ox.BlankNode)}:
        reached: list[Node] = [start]
        for node in reached:
            reached += [more for more in shapes.objects(node, IMPORTS) if more not in reached]
        for node in reached[1:]:
            for declaration in shapes.objects(node, _DECLARE):
                yield ox.Triple(start, _DECLARE, declaration)


def _lexical_forms(
    shapes: Shapes, names: Mapping[object, ox.NamedNode], known: set[str]
) -> tuple[list[ox.Triple], dict[tuple[str, str], str]]:
    """Return the triples that make engines look into the lexical forms of the datatypes that shapes name."""
    meanings: dict[tuple[str, str], str] = {}
    added: dict[ox.Triple, None] = {}
    for shape, datatype in shapes.pairs(sh("datatype")):
        pattern = PATTERNS.get(datatype.value) if isinstance(datatype, ox.NamedNode) else None
        holder = next((pair for pair in _HOLDERS if not shapes.objects(shape, sh(pair[0]))), None)
        if pattern is None or holder is None or not isinstance(datatype, ox.NamedNode) or datatype.value in known:
            continue
        helper = ox.NamedNode(_OWN + datatype.value.removeprefix(ns.XSD))
        added[ox.Triple(helper, TYPE, sh("NodeShape"))] = None
        added[ox.Triple(helper, sh("pattern"), ox.Literal(pattern))] = None
        target = helper
        if holder[0] != "node":  # a list with the helper alone
            target = ox.NamedNode(f"{helper.value}:list")
            added[ox.Triple(target, FIRST, helper)] = None
            added[ox.Triple(target, REST, NIL)] = None
        added[ox.Triple(shape, sh(holder[0]), target)] = None
        meanings[names[shape].value if shape in names else shape.value, f"{SH}{holder[1]}ConstraintComponent"] = (
            _DATATYPE_COMPONENT
        )
    return list(added), meanings


class _Copies:
    """Copies of nested shapes that demand a class, with paths in its place."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._names: dict[object, ox.NamedNode] = {}
        self._triples: list[ox.Triple] = []
        self._number = 0
        # The shapes that demand a class, themselves or through another: only of these are copies made.
        self._demanding: set[Node] = {shape for shape, _ in shapes.pairs(_CLASS)}
        links = [(shape, below) for shape in shapes.having(*LINKS, *LIST_LINKS) for _, _, below in shapes.linked(shape)]
        size = -1
        while size < len(self._demanding):
            size = len(self._demanding)
            self._demanding |= {shape for shape, below in links if below in self._demanding}

    def rewritten(self, names: Mapping[object, ox.NamedNode]) -> list[ox.Triple]:
        """Return all triples: where a shape that is applied refers to one that demands a class, it gets a copy.

        Args:
            names: what blank nodes are to be called.
        """
        triples = []
        for node, said in self._shapes.described():
            subject = names.get(node, node)
            for link, values in said.items():
                for value in values:
                    target = value
                    if link in _LIST_LINKS:
                        target = self._list(value)
                    elif link in _NESTING:
                        target = self._copy(value)
                    if isinstance(target, ox.BlankNode):
                        target = names.get(target, target)
                    triples.append(ox.Triple(subject, link, target))
        return triples + [_named(triple, names) for triple in self._triples]

    def _new(self, name: str) -> ox.NamedNode:
        self._number += 1
        return ox.NamedNode(f"{_OWN}{name}:{self._number}")

    def _list(self, head: Node) -> Node:
        """Return a list of shapes with copies of those that demand a class."""
        members = self._shapes.items(head) or []
        if not any(member in self._demanding for member in members):
            return head
        result = tail = NIL
        for member in reversed(members):
            result = self._new("list")
            self._triples.append(ox.Triple(result, FIRST, self._copy(member)))
            self._triples.append(ox.Triple(result, REST, tail))
            tail = result
        return result

    def _copy(self, shape: Node) -> Node:
        """Return the copy of a shape that demands a class, made once; it has no target."""
        if shape not in self._demanding:
            return shape
        if (known := self._names.get(shape)) is not None:
            return known
        copy = self._names[shape] = self._new("shape")
        said = self._shapes.about(shape)
        for link, values in said.items():
            for value in values:
                if link in _NO_TARGET or (link == TYPE and value in CLASSES):
                    continue
                if link == _CLASS:
                    self._add_class(copy, value, on_values=_PATH in said)
                elif link in _LIST_LINKS:
                    self._triples.append(ox.Triple(copy, link, self._list(value)))
                else:
                    self._triples.append(ox.Triple(copy, link, self._copy(value) if link in _LINKS else value))
        return copy

    def _add_class(self, shape: ox.NamedNode, kind: Node, *, on_values: bool) -> None:
        """Demand a class by a path: of the values of a property shape, or of the focus node of a node shape."""
        if on_values:
            values = self._new("values")
            self._triples.append(ox.Triple(shape, sh("node"), values))
            self._triples.append(ox.Triple(values, TYPE, sh("NodeShape")))
            shape = values
        demand = self._new("class")
        path, rest, step = (ox.BlankNode() for _ in range(3))  # an IRI would be a path of that one property
        self._triples += [
            ox.Triple(shape, sh("property"), demand),
            ox.Triple(demand, TYPE, sh("PropertyShape")),
            ox.Triple(demand, _PATH, path),
            ox.Triple(demand, sh("hasValue"), kind),
            ox.Triple(path, FIRST, TYPE),
            ox.Triple(path, REST, rest),
            ox.Triple(rest, FIRST, step),
            ox.Triple(rest, REST, NIL),
            ox.Triple(step, sh("zeroOrMorePath"), SUBCLASS),
        ]
