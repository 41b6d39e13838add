"""SHACL with pySHACL, the reference engine: graphs for it, its results as findings, and the focus nodes of shapes.

pySHACL is used in its plain form only (one rdflib graph, no choice of focus nodes or shapes): the other forms were
found to pass over nested shapes in silence.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import cast

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, RDFS, SH, XSD
from rdflib.term import Node as RdfNode

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.language import LANGUAGES
from cascq.report import Finding, Node, Severity, term_text

# rdflib logs a traceback for every ill-formed literal; here such a literal is a finding, and said once.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_SEVERITIES: dict[RdfNode, Severity] = {SH.Violation: "violation", SH.Warning: "warning", SH.Info: "info"}


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the union of quads as an rdflib graph; every literal keeps the form in which it is written."""
    graph = rdflib.Graph()
    terms: dict[object, RdfNode] = {}

    def convert(term: object) -> RdfNode:
        if (known := terms.get(term)) is None:
            known = terms[term] = _rdflib_term(term)
        return known

    graph.addN((convert(q.subject), convert(q.predicate), convert(q.object), graph) for q in quads)
    return graph


def _rdflib_term(term: object) -> RdfNode:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language is not None:
            return rdflib.Literal(term.value, lang=term.language)
        kind = term.datatype.value
        datatype = None if kind == ns.XSD + "string" else rdflib.URIRef(kind)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    raise CascqError(f"a triple about a triple cannot be validated: {term}", f"无法验证关于三元组的三元组：{term}")


def _oxigraph_term(term: RdfNode) -> Node:
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        if term.datatype:
            return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))
        return ox.Literal(str(term))
    return ox.NamedNode(str(term))


def focus_nodes(data: rdflib.Graph, shapes: rdflib.Graph) -> dict[str, int]:
    """Return how many focus nodes each shape with a target has, by IRI of the shape."""
    counts: dict[str, int] = {}
    for shape in {subject for target in _TARGETS for subject in shapes.subjects(target)} | _implicit(shapes):
        if (shape, SH.deactivated, rdflib.Literal(True)) in shapes:
            continue
        nodes = set(shapes.objects(shape, SH.targetNode))
        for kind in [*shapes.objects(shape, SH.targetClass), *([shape] if shape in _implicit(shapes) else [])]:
            for sub in data.transitive_subjects(RDFS.subClassOf, kind):
                nodes.update(data.subjects(RDF.type, sub))
        for prop in shapes.objects(shape, SH.targetSubjectsOf):
            nodes.update(data.subjects(prop))
        for prop in shapes.objects(shape, SH.targetObjectsOf):
            nodes.update(data.objects(None, prop))
        counts[str(shape)] = len(nodes)
    return counts


def _implicit(shapes: rdflib.Graph) -> set[RdfNode]:
    """Return the shapes that are classes as well: they target their instances."""
    classes = set(shapes.subjects(RDF.type, RDFS.Class)) | set(shapes.subjects(RDF.type, OWL.Class))
    return {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in shapes.subjects(RDF.type, kind)} & classes


def run(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Finding]:
    """Validate a graph and return what the shapes find, in no particular order.

    Raises:
        CascqError: the shapes cannot be used.
    """
    import pyshacl
    from pyparsing import ParseBaseException
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError, ValidationFailure

    # SPARQL in shapes is parsed by rdflib, patterns are compiled by Python: their errors pass through pySHACL.
    refused = (ReportableRuntimeError, ShapeLoadError, ValidationFailure, ParseBaseException, ValueError, re.error)
    try:
        _, results, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True, advanced=False, inference="none")
    except refused as error:
        what = str(getattr(error, "message", None) or error)
        raise CascqError(f"the shapes cannot be used: {what}", f"形状无法使用：{what}") from error
    if not isinstance(results, rdflib.Graph):
        raise CascqError(f"the shapes cannot be used: {text}", f"形状无法使用：{text}")
    return [_finding(results, result, shapes) for result in set(results.objects(None, SH.result))]


def _finding(results: rdflib.Graph, result: RdfNode, shapes: rdflib.Graph) -> Finding:
    """Return one result as a finding."""
    shape, component = results.value(result, SH.sourceShape), results.value(result, SH.sourceConstraintComponent)
    path, value = results.value(result, SH.resultPath), results.value(result, SH.value)
    plain = path if isinstance(path, rdflib.URIRef) else None
    return Finding(
        severity=_SEVERITIES.get(cast("RdfNode", results.value(result, SH.resultSeverity)), "violation"),
        source=str(shape) if isinstance(shape, rdflib.URIRef) else f"_:{shape}",
        focus=_oxigraph_term(cast("RdfNode", results.value(result, SH.focusNode))),
        path=None if plain is None else ox.NamedNode(str(plain)),
        value=None if value is None else _oxigraph_term(value),
        component=str(component),
        messages=_messages([m for m in results.objects(result, SH.resultMessage) if isinstance(m, rdflib.Literal)]),
        passage=None,
        path_text="" if path is None or plain is not None else path_text(results, path),
        path_turtle="" if path is None or plain is not None else path_turtle(results, path),
        expected="" if shape is None else _expected(shapes, shape, str(component)),
    )


def _messages(found: list[rdflib.Literal]) -> dict[str, str]:
    """Return the messages by language; what has no language, or lacks one, stands in for it."""
    texts = {lang: " ".join(sorted(str(m) for m in found if (m.language or "").startswith(lang))) for lang in LANGUAGES}
    rest = " ".join(sorted(str(m) for m in found))
    return {lang: text or rest for lang, text in texts.items()}


def _expected(shapes: rdflib.Graph, shape: RdfNode, component: str) -> str:
    """Return the constraint that a component stands for, as "sh:maxCount 1"."""
    name = component.removeprefix(str(SH)).removesuffix("ConstraintComponent")
    if name == "SPARQL":
        return "sh:sparql"
    parameter = rdflib.URIRef(f"{SH}{name[:1].lower()}{name[1:]}")
    values = sorted(_written(shapes, value) for value in shapes.objects(shape, parameter))
    return f"{ns.shorten(str(parameter))} {' , '.join(values)}".strip()


def _written(shapes: rdflib.Graph, value: RdfNode) -> str:
    """Write the value of a constraint parameter."""
    if (value, RDF.first, None) in shapes:
        return "( " + " ".join(_written(shapes, item) for item in Collection(shapes, value)) + " )"
    if isinstance(value, rdflib.Literal) and value.datatype in {XSD.integer, XSD.decimal, XSD.boolean}:
        return str(value)
    return "[ … ]" if isinstance(value, rdflib.BNode) else term_text(_oxigraph_term(value))


_MARKS = {
    SH.inversePath: ("^", ""),
    SH.zeroOrMorePath: ("", "*"),
    SH.oneOrMorePath: ("", "+"),
    SH.zeroOrOnePath: ("", "?"),
}


def path_text(graph: rdflib.Graph, path: RdfNode) -> str:
    """Return a SHACL path in SPARQL's notation."""
    if isinstance(path, rdflib.URIRef):
        return ns.shorten(str(path))
    if (path, RDF.first, None) in graph:
        return "/".join(_inner(graph, item) for item in Collection(graph, path))
    if (choice := graph.value(path, SH.alternativePath)) is not None:
        return "|".join(_inner(graph, item) for item in Collection(graph, choice))
    for predicate, (before, after) in _MARKS.items():
        if (step := graph.value(path, predicate)) is not None:
            return f"{before}{_inner(graph, step)}{after}"
    return ""


def _inner(graph: rdflib.Graph, path: RdfNode) -> str:
    """Return a path as part of a longer one."""
    text = path_text(graph, path)
    return text if isinstance(path, rdflib.URIRef) else f"({text})"


def path_turtle(graph: rdflib.Graph, path: RdfNode) -> str:
    """Return a SHACL path in Turtle."""
    if isinstance(path, rdflib.URIRef):
        return f"<{path}>"
    if (path, RDF.first, None) in graph:
        return "( " + " ".join(path_turtle(graph, item) for item in Collection(graph, path)) + " )"
    for predicate in (SH.alternativePath, *_MARKS):
        if (step := graph.value(path, predicate)) is not None:
            return f"[ {ns.shorten(str(predicate))} {path_turtle(graph, step)} ]"
    return "[]"
