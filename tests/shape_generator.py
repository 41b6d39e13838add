"""Small random shapes graphs over all of SHACL Core, and data for them, in Turtle."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

HEADER = """
@prefix : <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NODES = (":a", ":b", ":c", ":d", "_:x", "_:y")
CLASSES = (":A", ":B", ":C")
PROPERTIES = (":p", ":q", ":r")
NUMBERS = (":m", ":n")  # their values are integers: engines differ on what cannot be compared
LITERALS = (
    *("1", "2", '"5"^^xsd:int', "1.5", '"01"^^xsd:integer', '"x"', '"xy"', '"x"@en', '"y"@zh', '"x"@en-GB', '"Z"@EN'),
    *('""', "true", '"1"^^xsd:boolean', '"yes"^^xsd:boolean', '"abc"^^xsd:integer', '"1e3"^^xsd:double', '"q"^^:dt'),
    *('"2016-01-01"^^xsd:date', '"2016-02-30"^^xsd:date', '"2016"^^xsd:gYear', '"16"^^xsd:gYear'),
    *('"2016-13"^^xsd:gYearMonth', '"2016-01-01T00:00:00"^^xsd:dateTime', '"http://x"^^xsd:anyURI'),
)  # fmt: skip
DATATYPES = (
    *("xsd:integer", "xsd:int", "xsd:string", "xsd:date", "xsd:gYear", "xsd:gYearMonth", "xsd:boolean", "xsd:dateTime"),
    *("rdf:langString", "xsd:double", "xsd:decimal", ":dt", "xsd:anyURI"),
)
KINDS = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
_DEEPEST = 3


class Generator:
    """Makes up shapes and data from a source of chance."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._pick = random.choice

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def data(self) -> str:
        """Return a data graph."""
        lines = [HEADER]
        for _ in range(self._random.randint(3, 14)):
            subject, kind = self._pick(NODES), self._random.random()
            if kind < 0.3:
                lines.append(f"{subject} a {self._pick(CLASSES)} .")
            elif kind < 0.6:
                lines.append(f"{subject} {self._pick(PROPERTIES)} {self._pick(NODES)} .")
            elif kind < 0.85:
                lines.append(f"{subject} {self._pick(PROPERTIES)} {self._pick(LITERALS)} .")
            else:
                lines.append(f"{subject} {self._pick(NUMBERS)} {self._random.randint(1, 3)} .")
        below = [f"{self._pick(CLASSES)} rdfs:subClassOf {self._pick(CLASSES)} ." for _ in range(2)]
        return "\n".join([*lines, *below[: self._random.randint(0, 2)]])

    def shapes(self) -> str:
        """Return a shapes graph."""
        lines = [HEADER, *(f"{name} a sh:NodeShape ; {self._shape(_DEEPEST)} ." for name in (":N1", ":N2"))]
        lines.append(f":S a sh:NodeShape ; {self._targets()} ; {self._shape(0)} .")
        if self._chance(0.3):
            lines.append(f":P a sh:PropertyShape ; {self._targets()} ; {self._property(0)} .")
        if self._chance(0.2):
            lines.append(f"[] a sh:NodeShape ; {self._targets()} ; {self._shape(0)} .")
        if self._chance(0.2):
            kind = self._pick(("rdfs:Class", "owl:Class"))
            lines.append(f"{self._pick(CLASSES)} a {kind} , sh:NodeShape ; {self._shape(1)} .")
        return "\n".join(lines)

    def _targets(self) -> str:
        targets = [
            f"sh:targetClass {self._pick(CLASSES)}",
            f"sh:targetNode {self._term()}",
            f"sh:targetSubjectsOf {self._pick(PROPERTIES)}",
            f"sh:targetObjectsOf {self._pick(PROPERTIES)}",
        ]
        return " ; ".join(self._random.sample(targets, self._random.randint(1, 2)))

    def _term(self) -> str:
        return self._pick((":a", ":b", ":c", ":d", *LITERALS))

    def _path(self, depth: int = 0) -> str:
        if depth > 1 or self._chance(0.5):
            return self._pick((*PROPERTIES, *PROPERTIES, *NUMBERS))
        one, two = self._path(depth + 1), self._path(depth + 1)
        marks = ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
        return self._pick(
            (f"( {one} {two} )", f"[ sh:alternativePath ( {one} {two} ) ]", f"[ sh:{self._pick(marks)} {one} ]")
        )

    def _inner(self, depth: int, *, node_only: bool = False) -> str:
        """Return a shape within another."""
        if self._chance(0.15):
            return self._pick((":N1", ":N2"))
        whole = self._property(depth + 1) if not node_only and self._chance(0.25) else self._shape(depth + 1)
        return f"[ {whole} ]"

    def _shape(self, depth: int) -> str:
        """Return what a node shape says."""
        makers = self._constraints(depth)
        if self._chance(0.1):
            makers.append(lambda: f"sh:closed true ; sh:ignoredProperties ( rdf:type {self._pick(PROPERTIES)} )")
        return " ; ".join([*self._some(makers), *self._remarks()])

    def _property(self, depth: int) -> str:
        """Return what a property shape says."""
        number = self._pick(NUMBERS)
        if self._chance(0.1):
            compared = f"sh:{self._pick(('lessThan', 'lessThanOrEquals'))} {self._pick(NUMBERS)}"
            bounded = (
                f"sh:{self._pick(('min', 'max'))}{self._pick(('Inclusive', 'Exclusive'))} {self._pick(('1', '2.5'))}"
            )
            return f"sh:path {number} ; {self._pick((compared, bounded))}"
        makers = [
            *self._constraints(depth),
            lambda: f"sh:minCount {self._pick((0, 1, 2))}",
            lambda: f"sh:maxCount {self._pick((0, 1))}",
            lambda: "sh:uniqueLang true",
        ]
        if depth < _DEEPEST:
            makers += [lambda: self._qualified(depth)] * 2
        return " ; ".join([f"sh:path {self._path()}", *self._some(makers), *self._remarks()])

    def _qualified(self, depth: int) -> str:
        bound = f"sh:qualified{self._pick(('Min', 'Max'))}Count {self._pick((0, 1, 2))}"
        disjoint = " ; sh:qualifiedValueShapesDisjoint true" if self._chance(0.5) else ""
        return f"sh:qualifiedValueShape {self._inner(depth)} ; {bound}{disjoint}"

    def _constraints(self, depth: int) -> list[Callable[[], str]]:
        makers: list[Callable[[], str]] = [
            lambda: f"sh:class {self._pick(CLASSES)}",
            lambda: f"sh:class {self._pick(CLASSES)}",
            lambda: f"sh:datatype {self._pick(DATATYPES)}",
            lambda: f"sh:nodeKind sh:{self._pick(KINDS)}",
            # Not 0: a blank node has no length (section 4.4.1), but pySHACL and turbo pass it then.
            lambda: f"sh:minLength {self._pick((1, 2))}",
            lambda: f"sh:maxLength {self._pick((0, 1, 3))}",
            lambda: f'sh:pattern "{self._pick(("^x", "[0-9]", "g/a", "X"))}"' + self._pick(("", ' ; sh:flags "i"')),
            lambda: f'sh:languageIn ( "{self._pick(("en", "zh", "EN"))}" )',
            lambda: f"sh:hasValue {self._term()}",
            lambda: f"sh:in ( {self._term()} {self._term()} {self._term()} )",
            lambda: f"sh:equals {self._pick(PROPERTIES)}",
            lambda: f"sh:disjoint {self._pick(PROPERTIES)}",
        ]
        if depth < _DEEPEST:
            makers += [
                lambda: f"sh:node {self._inner(depth, node_only=True)}",
                lambda: f"sh:not {self._inner(depth)}",
                *(self._list(name, depth) for name in ("or", "and", "xone")),
                *[lambda: f"sh:property [ {self._property(depth)} ]"] * 3,
            ]
        return makers

    def _list(self, name: str, depth: int) -> Callable[[], str]:
        return lambda: f"sh:{name} ( {self._inner(depth)} {self._inner(depth)} )"

    def _some(self, makers: list[Callable[[], str]]) -> list[str]:
        """Return one or two constraints, not two values of a parameter that may have one only."""
        parts = [make() for make in self._random.sample(makers, self._random.randint(1, 2))]
        return list({part.split()[0]: part for part in parts}.values())

    def _remarks(self) -> list[str]:
        remarks = []
        if self._chance(0.2):
            remarks.append(f"sh:severity sh:{self._pick(('Warning', 'Info', 'Violation'))}")
        if self._chance(0.2):
            remarks.append("sh:message " + self._pick(('"m"', '"m"@en', '"m"@en , "词"@zh', '"m"@fr')))
        if self._chance(0.06):
            remarks.append(f"sh:deactivated {self._pick(('true', 'false'))}")
        return remarks
