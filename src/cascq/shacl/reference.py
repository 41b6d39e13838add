"""SHACL with pySHACL, the reference engine.

pySHACL is used in its plain form only (one rdflib graph, no choice of focus nodes or shapes): the other forms were
found to pass over nested shapes in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import cast

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH
from rdflib.term import Node as RdfNode

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.reports.report import Node
from cascq.shacl.results import Result

# rdflib logs a traceback for every ill-formed literal; here such a literal is a finding, and said once.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


def to_rdflib(quads: Iterable[ox.Quad | ox.Triple]) -> rdflib.Graph:
    """Return the union of quads as an rdflib graph; every literal keeps the form in which it is written.

    Raises:
        CascqError: a triple about a triple, which rdflib does not know.
    """
    graph = rdflib.Graph()
    graph.addN((_rdflib_term(q.subject), _rdflib_term(q.predicate), _rdflib_term(q.object), graph) for q in quads)
    return graph


@lru_cache(maxsize=100_000)  # graphs repeat their terms, and cases of shapes repeat their graphs
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


def run(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Result]:
    """Validate a graph and return what the shapes find, in no particular order.

    Raises:
        CascqError: the shapes cannot be used.
    """
    import pyshacl

    try:
        _, results, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True, advanced=False, inference="none")
    except Exception as error:  # of all kinds: its own, rdflib's parser of SPARQL, Python's regular expressions
        what = " ".join(str(getattr(error, "message", None) or error or type(error).__name__).split())
        raise CascqError(f"the shapes cannot be used: {what}", f"形状无法使用：{what}") from error
    if not isinstance(results, rdflib.Graph):
        raise CascqError(f"the shapes cannot be used: {text}", f"形状无法使用：{text}")
    return read_report(results)


def read_report(report: rdflib.Graph) -> list[Result]:
    """Return the results in a validation report (SHACL recommendation, section 3.6), in no particular order."""
    return [_result(report, result) for result in set(report.objects(None, SH.result))]


def _result(graph: rdflib.Graph, result: RdfNode) -> Result:
    path, value = graph.value(result, SH.resultPath), graph.value(result, SH.value)
    return Result(
        focus=_oxigraph_term(cast("RdfNode", graph.value(result, SH.focusNode))),
        path=ox.NamedNode(str(path)) if isinstance(path, rdflib.URIRef) else None,
        has_path=path is not None,
        value=None if value is None else _oxigraph_term(value),
        shape=str(graph.value(result, SH.sourceShape)),
        component=str(graph.value(result, SH.sourceConstraintComponent)),
        severity=str(graph.value(result, SH.resultSeverity)),
        messages=tuple(sorted(str(text) for text in graph.objects(result, SH.resultMessage))),
    )
