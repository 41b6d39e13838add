"""What each parameter of a shape may hold, and whether a value is that."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.reports.report import Node, term_text
from cascq.shacl.shape_graph import ShapeGraph
from cascq.shacl.shape_terms import NODE_KINDS, SH, Kind

Texts = tuple[str, str]  # in English and Chinese

_XSD_INTEGER, _XSD_BOOLEAN, _XSD_STRING = (ns.XSD + name for name in ("integer", "boolean", "string"))
_WHOLE = re.compile(r"\+?[0-9]+")
_MEMBERS: dict[Kind, Kind] = {"list of IRIs": "iri", "list of strings": "string", "list of shapes": "shape"}


def value_fault(graph: ShapeGraph, kind: Kind, value: Node) -> Texts | None:
    """Return what is wrong with the value of a parameter; None if nothing is."""
    if kind.startswith("list"):
        items = graph.items(value)
        if items is None:
            return "must be a well-formed list: ( … )", "的值须为完整的列表：( … )"
        faults = (fault for item in items if kind in _MEMBERS and (fault := value_fault(graph, _MEMBERS[kind], item)))
        return next(((f"(members) {en}", f"（成员）{zh}") for en, zh in faults), None)
    test, en, zh = _KINDS[kind]
    return None if test(value) else (f"{en}, not {term_text(value)}", f"{zh}，而不是 {term_text(value)}")


def _is_literal(value: Node, datatype: str) -> bool:
    return isinstance(value, ox.Literal) and value.datatype.value == datatype


def _is_boolean(value: Node) -> bool:
    return _is_literal(value, _XSD_BOOLEAN) and value.value in {"true", "false", "1", "0"}


def _is_node(value: Node) -> bool:
    return not isinstance(value, ox.Literal)


_KINDS: dict[Kind, tuple[Callable[[Node], bool], str, str]] = {
    "iri": (lambda v: isinstance(v, ox.NamedNode), "must be an IRI", "的值须为 IRI"),
    "iri or literal": (
        lambda v: not isinstance(v, ox.BlankNode),
        "must be an IRI or a literal",
        "的值须为 IRI 或字面量",
    ),
    "literal": (lambda v: isinstance(v, ox.Literal), "must be a literal", "的值须为字面量"),
    "string": (lambda v: _is_literal(v, _XSD_STRING), "must be a plain string", "的值须为普通字符串"),
    "text": (
        lambda v: isinstance(v, ox.Literal) and (v.language is not None or v.datatype.value == _XSD_STRING),
        "must be a text",
        "的值须为文字",
    ),
    "integer": (
        lambda v: _is_literal(v, _XSD_INTEGER) and bool(_WHOLE.fullmatch(v.value)),
        "must be a whole number from 0 on (xsd:integer)",
        "的值须为不小于 0 的整数（xsd:integer）",
    ),
    "boolean": (_is_boolean, "must be true or false", "的值须为 true 或 false"),
    "boolean or expression": (
        lambda v: _is_node(v) or _is_boolean(v),
        "must be true or false",
        "的值须为 true 或 false",
    ),
    "node kind": (
        lambda v: isinstance(v, ox.NamedNode) and v.value.removeprefix(SH) in NODE_KINDS,
        "must be one of " + " ".join(f"sh:{kind}" for kind in sorted(NODE_KINDS)),
        "的值须为以下之一：" + " ".join(f"sh:{kind}" for kind in sorted(NODE_KINDS)),
    ),
    "node": (_is_node, "must be an IRI or a blank node", "的值须为 IRI 或空白节点"),
    "shape": (_is_node, "must be a shape", "的值须为形状"),
    "property shape": (_is_node, "must be a property shape", "的值须为属性形状"),
}
