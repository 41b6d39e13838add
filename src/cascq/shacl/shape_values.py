"""What each parameter of a shape may hold, and whether a value is that; what a path may be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.reports.report import Node, term_text
from cascq.shacl.shape_terms import FIRST, NIL, NODE_KINDS, PATHS, REST, SH, Kind, sh
from cascq.shacl.shapes import Shapes

Texts = tuple[str, str]  # in English and Chinese

_XSD_INTEGER, _XSD_BOOLEAN, _XSD_STRING = (ns.XSD + name for name in ("integer", "boolean", "string"))
_WHOLE = re.compile(r"\+?[0-9]+")
_MEMBERS: dict[Kind, Kind] = {"list of IRIs": "iri", "list of strings": "string", "list of shapes": "shape"}


def value_fault(graph: Shapes, kind: Kind, value: Node) -> Texts | None:
    """Return what is wrong with the value of a parameter; None if nothing is."""
    if kind.startswith("list"):
        items = graph.items(value)
        if items is None:
            return "must be a well-formed list: ( … )", "的值须为完整的列表：( … )"
        faults = (fault for item in items if kind in _MEMBERS and (fault := value_fault(graph, _MEMBERS[kind], item)))
        return next(((f"(members) {en}", f"（成员）{zh}") for en, zh in faults), None)
    test, en, zh = _KINDS[kind]
    return None if test(value) else (f"{en}, not {term_text(value)}", f"{zh}，而不是 {term_text(value)}")


def path_fault(graph: Shapes, path: Node, inside: tuple[Node, ...] = ()) -> Texts | None:
    """Return what is wrong with a path; None if it is well-formed."""
    if isinstance(path, ox.Literal):
        return "a literal is no path", "字面量不是路径"
    if path == NIL:
        return "an empty list is no path", "空列表不是路径"
    if isinstance(path, ox.NamedNode):
        return None
    if path in inside:
        return "the path contains itself", "路径包含自身"
    said = graph.about(path)
    kinds = [name for name in PATHS if sh(name) in said]
    if FIRST in said or REST in said:
        steps = graph.items(path)
    elif len(kinds) != 1:
        listed = " ".join(f"sh:{name}" for name in PATHS)
        return (
            f"a path is an IRI, a list, or a blank node with exactly one of {listed}",
            f"路径须为 IRI、列表，或恰有以下属性之一的空白节点：{listed}",
        )
    elif len(below := said[sh(kinds[0])]) > 1:
        return f"more than one value of sh:{kinds[0]}", f"sh:{kinds[0]} 的值多于一个"
    elif kinds == ["alternativePath"]:
        steps = graph.items(below[0])
    else:
        return path_fault(graph, below[0], (*inside, path))
    if steps is None or len(steps) < 2:
        return (
            "a sequence or alternative is a well-formed list of two or more paths",
            "序列路径或并列路径须为至少两个路径的完整列表",
        )
    return next((fault for step in steps if (fault := path_fault(graph, step, (*inside, path)))), None)


def is_ambiguous(graph: Shapes, path: Node) -> bool:
    """Tell whether a path is a list and something else as well; the list counts, says the W3C's test suite."""
    said = graph.about(path)
    return FIRST in said and any(sh(name) in said for name in PATHS)


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
