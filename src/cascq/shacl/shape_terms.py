"""The terms of SHACL and what each parameter of a shape may hold.

By the recommendation of 2017 (Core and SPARQL-based constraints, with its list of syntax rules), the notes SHACL
Advanced Features and SHACL JavaScript Extensions, and the drafts of SHACL 1.2 as far as they name terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import pyoxigraph as ox

from cascq import namespaces as ns

SH = ns.PREFIXES["sh"]


@cache
def sh(name: str) -> ox.NamedNode:
    """Return a term of the SHACL namespace.

    Args:
        name: its local name.
    """
    return ox.NamedNode(SH + name)


TYPE, SUBCLASS = ox.NamedNode(ns.RDF_TYPE), ox.NamedNode(ns.RDFS_SUBCLASS)
FIRST, REST, NIL = (ox.NamedNode(ns.RDF + name) for name in ("first", "rest", "nil"))
IMPORTS = ox.NamedNode(ns.OWL + "imports")
CLASSES = frozenset((ox.NamedNode(ns.RDFS + "Class"), ox.NamedNode(ns.OWL + "Class")))
TRUE = ox.Literal(True)

Kind = Literal[
    "iri", "iri or literal", "literal", "string", "text", "integer", "boolean", "boolean or expression", "node kind",
    "node", "list", "list of IRIs", "list of strings", "list of shapes", "shape", "property shape",
]  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a property of a shape may hold.

    Attributes:
        kind: what each value must be.
        single: a shape has one value at most.
        path: only for property shapes, which have a sh:path.
        needs: it says nothing unless the shape has one of these as well.
    """

    kind: Kind
    single: bool = False
    path: bool = False
    needs: tuple[str, ...] = ()


PARAMETERS: dict[str, Parameter] = {
    "targetNode": Parameter("iri or literal"),
    "targetClass": Parameter("iri"),
    "targetSubjectsOf": Parameter("iri"),
    "targetObjectsOf": Parameter("iri"),
    "severity": Parameter("iri", single=True),
    "message": Parameter("text"),
    "deactivated": Parameter("boolean or expression", single=True),
    "class": Parameter("iri"),
    "datatype": Parameter("iri", single=True),
    "nodeKind": Parameter("node kind", single=True),
    "minCount": Parameter("integer", single=True, path=True),
    "maxCount": Parameter("integer", single=True, path=True),
    "minExclusive": Parameter("literal", single=True),
    "minInclusive": Parameter("literal", single=True),
    "maxExclusive": Parameter("literal", single=True),
    "maxInclusive": Parameter("literal", single=True),
    "minLength": Parameter("integer", single=True),
    "maxLength": Parameter("integer", single=True),
    "pattern": Parameter("string", single=True),
    "flags": Parameter("string", single=True, needs=("pattern",)),
    "languageIn": Parameter("list of strings", single=True),
    "uniqueLang": Parameter("boolean", single=True, path=True),
    "equals": Parameter("iri"),
    "disjoint": Parameter("iri"),
    "lessThan": Parameter("iri", path=True),
    "lessThanOrEquals": Parameter("iri", path=True),
    "not": Parameter("shape"),
    "and": Parameter("list of shapes"),
    "or": Parameter("list of shapes"),
    "xone": Parameter("list of shapes"),
    "node": Parameter("shape"),
    "property": Parameter("property shape"),
    "qualifiedValueShape": Parameter("shape", single=True, path=True, needs=("qualifiedMinCount", "qualifiedMaxCount")),
    "qualifiedValueShapesDisjoint": Parameter("boolean", single=True, needs=("qualifiedValueShape",)),
    "qualifiedMinCount": Parameter("integer", single=True, needs=("qualifiedValueShape",)),
    "qualifiedMaxCount": Parameter("integer", single=True, needs=("qualifiedValueShape",)),
    "closed": Parameter("boolean", single=True),
    "ignoredProperties": Parameter("list of IRIs", single=True, needs=("closed",)),
    "in": Parameter("list", single=True),
    "sparql": Parameter("node"),
    "entailment": Parameter("iri"),
    "shapesGraph": Parameter("iri"),
}

# What a shape can demand of its value nodes; sh:hasValue holds anything.
CONSTRAINTS = (frozenset(PARAMETERS) | {"hasValue"}) - {
    *("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "severity", "message", "deactivated"),
    *("flags", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint", "ignoredProperties"),
    *("entailment", "shapesGraph"),
}  # fmt: skip
TARGETS = tuple(map(sh, ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")))
LINKS = tuple(map(sh, ("property", "node", "not", "qualifiedValueShape")))  # to one shape
LIST_LINKS = tuple(map(sh, ("or", "and", "xone")))  # to a list of shapes
VALIDATORS = tuple(map(sh, ("validator", "nodeValidator", "propertyValidator")))
NODE_KINDS = frozenset({"BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
PATHS = ("alternativePath", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")

_CORE = frozenset(PARAMETERS) | _words(
    """
    hasValue path alternativePath inversePath zeroOrMorePath oneOrMorePath zeroOrOnePath
    name description order group defaultValue suggestedShapesGraph shapesGraphWellFormed
    conforms result detail focusNode resultPath value sourceShape sourceConstraint sourceConstraintComponent
    resultSeverity resultMessage
    select ask prefixes declare prefix namespace parameter optional labelTemplate
    validator nodeValidator propertyValidator resultAnnotation annotationProperty annotationVarName annotationValue
    """
)
# Advanced Features, and what its drafts add as node expressions.
ADVANCED = _words(
    """
    target rule condition subject predicate object construct update expression filterShape nodes intersection union
    returnType values if then else exists count distinct limit offset orderBy desc min max sum minus groupConcat
    separator
    """
)
JAVASCRIPT = _words("js jsFunctionName jsLibrary jsLibraryURL")
# Terms that drafts of SHACL 1.2 add; no engine here reads them.
LATER = _words(
    """
    agentInstruction codeIdentifier conformanceDisallows intent maxListLength memberShape minListLength nodeByExpression
    reificationRequired reifierShape rootClass shape singleLine someValue subsetOf targetWhere uniqueMembers
    uniqueValuesFor unit
    """
)
LATER_NAMES = frozenset({"ByTypes", "Debug", "ShapeClass", "Trace", "TripleTerm"})
PROPERTIES = _CORE | ADVANCED | JAVASCRIPT | LATER

_COMPONENTS = _words(
    """
    And Class Closed Datatype Disjoint Equals Expression HasValue In JS LanguageIn LessThan LessThanOrEquals MaxCount
    MaxExclusive MaxInclusive MaxLength MinCount MinExclusive MinInclusive MinLength Node NodeKind Not Or Pattern
    Property QualifiedMaxCount QualifiedMinCount SPARQL UniqueLang Xone
"""
)
_OLDER = frozenset({"SPARQLConstraintObject"})  # of a draft; the DASH test suite still has it, as a type
NAMES = (
    NODE_KINDS
    | _OLDER
    | LATER_NAMES
    | {f"{name[0].upper()}{name[1:]}ConstraintComponent" for name in (*_COMPONENTS, *LATER)}
    | _words(
        """
        AbstractResult ConstraintComponent Function Info JSConstraint JSExecutable JSFunction JSLibrary JSRule JSTarget
        JSTargetType JSValidator NodeKind NodeShape Parameter Parameterizable PrefixDeclaration PropertyGroup
        PropertyShape ResultAnnotation Rule Rules SPARQLAskExecutable SPARQLAskValidator SPARQLConstraint
        SPARQLConstructExecutable SPARQLExecutable SPARQLFunction SPARQLRule SPARQLSelectExecutable
        SPARQLSelectValidator SPARQLTarget SPARQLTargetType SPARQLUpdateExecutable Severity Shape Target TargetType
        TripleRule ValidationReport ValidationResult Validator Violation Warning this
        """
    )
)
