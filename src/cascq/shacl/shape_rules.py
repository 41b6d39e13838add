"""The rules of the linter of shapes, each a function that yields findings; see `cascq.shacl.shape_lint`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.namespaces import shorten
from cascq.reports.report import Finding, Node, Severity, term_text
from cascq.shacl import shape_queries as queries
from cascq.shacl import shape_terms as terms
from cascq.shacl.shape_terms import LINKS, LIST_LINKS, TYPE, VALIDATORS, sh
from cascq.shacl.shape_values import Texts, is_ambiguous, path_fault, value_fault
from cascq.shacl.shapes import Shapes, Subject

_NEAR = 0.8  # so close, by difflib's measure, is a misspelling: sh:minCuont and sh:minCount are at 0.88


def _finding(
    rule: str,
    focus: Node,
    path: ox.NamedNode | None,
    value: Node | None,
    texts: Texts,
    *,
    severity: Severity = "violation",
) -> Finding:
    """Return a finding about a node, about its value for a predicate, or about the predicate if no value is given."""
    return Finding(severity, rule, focus, path, value, None, {"en": texts[0], "zh": texts[1]}, None)


def _property_shapes(graph: Shapes) -> set[Node]:
    """Return the shapes that must have a path: by type, or as values of sh:property or sh:parameter."""
    kinds = {sh("PropertyShape"), sh("Parameter")}
    values = (value for name in ("property", "parameter") for _, value in graph.pairs(sh(name)))
    typed = (node for node, kind in graph.pairs(TYPE) if kind in kinds)
    return {*typed, *(value for value in values if not isinstance(value, ox.Literal))}


def _paths(graph: Shapes) -> Iterator[Finding]:
    """Property shapes have exactly one path, and it is well-formed."""
    for node in _property_shapes(graph):
        said = graph.about(node)
        if said and sh("path") not in said:
            texts = ("a property shape without sh:path checks nothing", "属性形状缺少 sh:path，什么也不会验证")
            yield _finding("shape-without-path", node, None, None, texts)
    for node in graph.having(sh("path")):
        said = graph.about(node)
        paths = said[sh("path")]
        if sh("NodeShape") in said.get(TYPE, ()):
            texts = (
                "a sh:NodeShape has no sh:path; make it a sh:PropertyShape",
                "sh:NodeShape 不能有 sh:path；请改为 sh:PropertyShape",
            )
            yield _finding("path-of-node-shape", node, sh("path"), paths[0], texts)
        if len(paths) > 1:
            texts = (
                f"{len(paths)} values of sh:path; a property shape has exactly one",
                f"sh:path 有 {len(paths)} 个值；属性形状只能有一个",
            )
            yield _finding("shape-with-several-paths", node, sh("path"), paths[1], texts)
        for path in paths:
            if fault := path_fault(graph, path):
                texts = (f"ill-formed sh:path: {fault[0]}", f"sh:path 有误：{fault[1]}")
                yield _finding("path-ill-formed", node, sh("path"), path, texts)
            elif is_ambiguous(graph, path):
                texts = ("this sh:path is a list and another kind of path at once", "此 sh:path 既是列表又是另一种路径")
                yield _finding("path-ambiguous", node, sh("path"), path, texts, severity="warning")


def _parameters(graph: Shapes) -> Iterator[Finding]:
    """Each parameter holds what it may hold, as often as it may, where it may."""
    property_shapes = _property_shapes(graph)
    for name, parameter in terms.PARAMETERS.items():
        for node in graph.having(sh(name)):
            said = graph.about(node)
            values = said[sh(name)]
            for value in values:
                if fault := value_fault(graph, parameter.kind, value):
                    texts = (f"sh:{name} {fault[0]}", f"sh:{name} {fault[1]}")
                    yield _finding("parameter-value", node, sh(name), value, texts)
            if parameter.single and len(values) > 1:
                texts = (
                    f"{len(values)} values of sh:{name}; a shape has one at most",
                    f"sh:{name} 有 {len(values)} 个值；每个形状最多一个",
                )
                yield _finding("parameter-repeated", node, sh(name), values[1], texts)
            if parameter.path and sh("path") not in said and node not in property_shapes:
                texts = (
                    f"sh:{name} needs a sh:path: it is for property shapes only",
                    f"sh:{name} 只能用于有 sh:path 的属性形状",
                )
                yield _finding("parameter-without-path", node, sh(name), None, texts)
            if parameter.needs and not any(sh(need) in said for need in parameter.needs):
                needed = " / ".join(f"sh:{need}" for need in parameter.needs)
                texts = (f"sh:{name} says nothing without {needed}", f"没有 {needed}，sh:{name} 不起作用")
                yield _finding("parameter-without-effect", node, sh(name), None, texts, severity="warning")


def _references(graph: Shapes) -> Iterator[Finding]:
    """Shapes that others refer to are described somewhere."""
    known: dict[str, str] = {}
    for node in graph.having(*LINKS, *LIST_LINKS):
        for link, value, shape in graph.linked(node):
            if not graph.about(shape):
                named = (shape.value for shape in graph.shapes if isinstance(shape, ox.NamedNode))
                known = known or {_local(iri): shorten(iri) for iri in named}
                name_of = _local(shape.value) if isinstance(shape, ox.NamedNode) else ""
                import difflib  # slow to import

                near = [known[other] for other in difflib.get_close_matches(name_of, sorted(known), 1, _NEAR)]
                shown = term_text(shape)
                hint = (f"; did you mean {near[0]}?", f"；是否应为 {near[0]}？") if near else ("", "")
                texts = (
                    f"{term_text(link)} refers to the shape {shown}, of which nothing is said{hint[0]}",
                    f"{term_text(link)} 指向形状 {shown}，但未见其描述{hint[1]}",
                )
                yield _finding("shape-not-described", node, link, value, texts)


def _local(iri: str) -> str:
    """Return the last part of an IRI."""
    return re.split(r"[/#]", iri)[-1]


def _recursion(graph: Shapes) -> Iterator[Finding]:
    """Shapes do not refer to themselves: what that means is left open by the recommendation."""
    done: set[Node] = set()
    for start in graph.shapes:
        if start in done:
            continue
        inside: dict[Node, Iterator[tuple[ox.NamedNode, Node, Subject]]] = {start: graph.linked(start)}
        while inside:
            node, linked = next(reversed(inside.items()))
            for link, value, shape in linked:
                if shape in inside:
                    texts = (
                        "the shape refers to itself, directly or through others: undefined in SHACL, engines differ",
                        "形状直接或间接引用自身：SHACL 未定义其含义，各引擎结果不一",
                    )
                    yield _finding("shape-recursive", node, link, value, texts, severity="warning")
                elif shape not in done:
                    inside[shape] = graph.linked(shape)
                    break
            else:
                done.add(node)
                del inside[node]


def _unused(graph: Shapes) -> Iterator[Finding]:
    """A shape has a target or is used by another."""
    used = {v for node, said in graph.described() for values in said.values() for v in values if v != node}
    for shape in graph.shapes:
        if shape not in used and not graph.has_target(shape):
            texts = (
                "a shape without target that no other shape uses: it checks nothing",
                "形状既无目标，也未被其他形状使用：什么也不会验证",
            )
            yield _finding("shape-unused", shape, None, None, texts, severity="warning")


def _terms(graph: Shapes) -> Iterator[Finding]:
    """Terms in the namespace of SHACL exist; those that not every engine reads are named."""
    own = {node.value.removeprefix(terms.SH) for node, _ in graph.described() if isinstance(node, ox.NamedNode)}
    for predicate in graph.predicates:
        name = predicate.value.removeprefix(terms.SH)
        if name in terms.PARAMETERS or ":" in name:
            continue
        for node in graph.having(predicate):
            if name not in terms.PROPERTIES and name not in own:
                yield _unknown(node, predicate, None, name, terms.PROPERTIES)
            elif name in terms.LATER or name in terms.ADVANCED or name in terms.JAVASCRIPT:
                yield _beyond(node, predicate, None, name)
    names = terms.NAMES | terms.PROPERTIES | own
    used = {value for predicate in graph.predicates for _, value in graph.pairs(predicate)}
    values = (value for value in used if isinstance(value, ox.NamedNode))
    strange: dict[Node, str] = {
        value: local
        for value in values
        if (iri := value.value).startswith(terms.SH)
        and ((local := iri.removeprefix(terms.SH)) in terms.LATER_NAMES or local.partition("-")[0] not in names)
    }
    if not strange:
        return
    for node, said in graph.described():
        for predicate, found in said.items():
            if predicate != sh("severity") and predicate.value.removeprefix(terms.SH) in terms.PARAMETERS:
                continue  # what it holds is judged as its value
            for value in found:
                if value not in strange:
                    continue
                local = strange[value]
                if local not in terms.LATER_NAMES:
                    yield _unknown(node, predicate, value, local, names - own)
                elif predicate in {TYPE, sh("severity")}:
                    yield _beyond(node, predicate, value, local)


def _unknown(node: Node, path: ox.NamedNode, value: Node | None, term: str, known: frozenset[str]) -> Finding:
    """Return the finding on a term that SHACL does not have: a violation if it is nearly one that SHACL has."""
    ordered = sorted(known)
    same = [other for other in ordered if other.lower() == term.lower()]
    import difflib  # slow to import

    misspelt = same or difflib.get_close_matches(term, ordered, 1, _NEAR)
    near = misspelt or difflib.get_close_matches(term, ordered, 1)
    hint = (f"; did you mean sh:{near[0]}?", f"；是否应为 sh:{near[0]}？") if near else ("", "")
    texts = (f"SHACL has no sh:{term}{hint[0]}", f"SHACL 没有 sh:{term}{hint[1]}")
    return _finding("term-unknown", node, path, value, texts, severity="violation" if misspelt else "warning")


def _beyond(node: Node, path: ox.NamedNode, value: Node | None, term: str) -> Finding:
    """Return the finding on a term that is none of Core and SPARQL."""
    if term in terms.LATER or term in terms.LATER_NAMES:
        texts = (
            f"sh:{term} is a term of SHACL 1.2, which no engine here reads",
            f"sh:{term} 是 SHACL 1.2 的术语，这里的引擎都不处理",
        )
        return _finding("term-of-shacl-1.2", node, path, value, texts, severity="warning")
    part = "SHACL JavaScript Extensions" if term in terms.JAVASCRIPT else "SHACL Advanced Features"
    texts = (f"sh:{term} belongs to {part}, which not every engine reads", f"sh:{term} 属于 {part}，并非所有引擎都处理")
    return _finding("term-of-extension", node, path, value, texts, severity="warning")


def _patterns(graph: Shapes) -> Iterator[Finding]:
    """Regular expressions are well-formed and portable."""
    for node in graph.having(sh("pattern")):
        flags = [value.value for value in graph.objects(node, sh("flags")) if isinstance(value, ox.Literal)]
        for value in graph.objects(node, sh("pattern")):
            if isinstance(value, ox.Literal) and (fault := queries.pattern_fault(value.value, "".join(flags[:1]))):
                malformed, texts = fault
                if malformed:
                    yield _finding("pattern-ill-formed", node, sh("pattern"), value, texts)
                else:
                    yield _finding("pattern-not-portable", node, sh("pattern"), value, texts, severity="warning")


_QUERIES = {"select": "SELECT", "ask": "ASK", "construct": "CONSTRUCT"}


def _queries(graph: Shapes) -> Iterator[Finding]:
    """SPARQL in shapes can be parsed, with the prefixes declared for it, and does what SHACL allows."""
    constraints = dict.fromkeys(value for _, value in graph.pairs(sh("sparql")))
    for node in constraints:
        if not isinstance(node, ox.Literal) and sh("select") not in graph.about(node):
            texts = (
                "a SPARQL-based constraint without sh:select checks nothing",
                "基于 SPARQL 的约束缺少 sh:select，什么也不会验证",
            )
            yield _finding("query-missing", node, None, None, texts)
    validators = _validators(graph)
    for node in graph.having(*map(sh, _QUERIES)):
        said = graph.about(node)
        found = [(name, value) for name in _QUERIES for value in said.get(sh(name), ())]
        # Rules, functions and targets are for engines that know them; of the others, none gets as far as the query.
        grave: Severity = "violation" if node in constraints or node in validators else "warning"
        prefixes, faults = queries.declared_prefixes(graph, node)
        for owner, path, faulty in faults:
            yield _finding("prefix-ill-formed", owner, path, faulty, _DECLARE, severity=grave)
        for name, value in found:
            if (
                len(said[sh(name)]) > 1
                or not isinstance(value, ox.Literal)
                or value.datatype.value != ns.XSD + "string"
            ):
                texts = (f"exactly one sh:{name}, a plain string", f"sh:{name} 须恰有一个，且为普通字符串")
                yield _finding("query-ill-formed", node, sh(name), value, texts, severity=grave)
                continue
            text = value.value
            missing = queries.missing_prefixes(text, prefixes)
            known = {prefix: queries.WELL_KNOWN[prefix] for prefix in missing if prefix in queries.WELL_KNOWN}
            if missing:
                listed = " ".join(f"{prefix}:" for prefix in missing)
                texts = (
                    f"the query has prefixes that no sh:declare gives it (those of the file do not count): {listed}",
                    f"查询使用了未经 sh:declare 声明的前缀（文件开头的前缀不算）：{listed}",
                )
                light: Severity = "warning" if len(known) == len(missing) else grave
                yield _finding("prefix-not-declared", node, sh(name), value, texts, severity=light)
            if len(known) < len(missing):
                continue
            if fault := queries.query_fault(text, prefixes | known, (_QUERIES[name],)):
                yield _finding("query-ill-formed", node, sh(name), value, fault, severity=grave)
            elif grave == "violation":
                bound = validators.get(node, frozenset({"this"})) | ({"value"} if name == "ask" else set())
                for texts in queries.prohibited(text, prefixes | known, bound):
                    yield _finding("query-not-allowed", node, sh(name), value, texts)


_DECLARE = (
    "sh:declare needs one sh:prefix and one sh:namespace, both literals, and one namespace for each prefix",
    "sh:declare 须有一个 sh:prefix 和一个 sh:namespace，均为字面量；同一前缀只能有一个命名空间",
)


def _validators(graph: Shapes) -> dict[Node, frozenset[str]]:
    """Return the validators of constraint components, each with the variables that are bound before it runs."""
    found: dict[Node, frozenset[str]] = {}
    for component in graph.having(*VALIDATORS):
        names = {"this", "shapesGraph", "currentShape"}
        for parameter in graph.objects(component, sh("parameter")):
            paths = graph.objects(parameter, sh("path"))
            names |= {_local(path.value) for path in paths if isinstance(path, ox.NamedNode)}
        for kind in VALIDATORS:
            found |= dict.fromkeys(graph.objects(component, kind), frozenset(names))
    return found


# Those that find what is malformed, and perhaps what is suspicious as well.
RULES: tuple[Callable[[Shapes], Iterator[Finding]], ...] = (
    _paths,
    _parameters,
    _references,
    _terms,
    _patterns,
    _queries,
)
# Those that find only what is suspicious.
DOUBTS: tuple[Callable[[Shapes], Iterator[Finding]], ...] = (_recursion, _unused)
