"""What the linter of shapes asks of SPARQL queries and regular expressions that stand in shapes."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.reports.report import Node
from cascq.shacl.shape_terms import IMPORTS, sh
from cascq.shacl.shapes import Shapes
from cascq.sparql import Token, tokens
from cascq.terms import one_line, serialise

Texts = tuple[str, str]  # in English and Chinese

# What the prohibition of SHACL's section on pre-binding names.
_PROHIBITED = frozenset({"MINUS", "SERVICE", "VALUES"})
_PATH = re.compile(r"[?$]PATH\b")
# XPath has these, and neither Rust nor Python: classes of XML names, subtraction of classes.
_XPATH_CLASS, _XPATH_SUBTRACTION = re.compile(r"\\[icIC]"), re.compile(r"-\[[^\]]*\](?=\])")
# Undeclared prefixes that pySHACL knows all the same, because rdflib does; other engines refuse them.
WELL_KNOWN = {
    **{prefix: ns.PREFIXES[prefix] for prefix in ("dcterms", "foaf", "geo", "org", "owl", "prov", "rdf", "rdfs")},
    **{prefix: ns.PREFIXES[prefix] for prefix in ("sh", "skos", "time", "vann", "xsd")},
    "brick": "https://brickschema.org/schema/Brick#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "qb": "http://purl.org/linked-data/cube#",
    "schema": "https://schema.org/",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "void": "http://rdfs.org/ns/void#",
}
_EMPTY = ox.Store()
_LONGEST = 200  # of a parser's complaint, which may list half of Unicode


def query_fault(text: str, prefixes: Mapping[str, str], forms: tuple[str, ...]) -> Texts | None:
    """Return what is wrong with the syntax of a query; None if nothing is.

    Args:
        text: the query, without its prefixes.
        prefixes: the prefixes that the shapes declare for it.
        forms: what it may be: "SELECT", "ASK", "CONSTRUCT".
    """
    try:
        result = _EMPTY.query(_PATH.sub("<urn:path>", text), prefixes=dict(prefixes))
    except SyntaxError as error:
        what = one_line(str(error.args[0] if error.args else error))
        if len(what) > _LONGEST:
            what = what[: _LONGEST - 1] + "…"
        return f"the query cannot be parsed: {what}", f"查询无法解析：{what}"
    except (ValueError, OSError, RuntimeError):
        return None  # it was parsed; an empty store cannot answer it, which says nothing about the shapes
    kind = {ox.QuerySolutions: "SELECT", ox.QueryBoolean: "ASK", ox.QueryTriples: "CONSTRUCT"}[type(result)]
    if kind not in forms:
        wanted = " / ".join(forms)
        return f"this must be a {wanted} query, not {kind}", f"此处须为 {wanted} 查询，而不是 {kind}"
    return None


def declared_prefixes(graph: Shapes, node: Node) -> tuple[dict[str, str], list[tuple[Node, ox.NamedNode, Node | None]]]:
    """Return the prefixes that sh:prefixes of a node gives, and the declarations that are ill-formed.

    A faulty declaration is a node, the property at fault and its value.
    """
    found: dict[str, str] = {}
    faults: list[tuple[Node, ox.NamedNode, Node | None]] = []
    waiting, seen = list(graph.objects(node, sh("prefixes"))), set[Node]()
    while waiting:
        owner = waiting.pop()
        if owner in seen:
            continue
        seen.add(owner)
        waiting.extend(graph.objects(owner, IMPORTS))
        for declaration in graph.objects(owner, sh("declare")):
            parts = []
            for name in (sh("prefix"), sh("namespace")):
                values = graph.objects(declaration, name)
                if len(values) != 1 or not isinstance(values[0], ox.Literal):
                    faults.append((declaration, name, values[0] if values else None))
                else:
                    parts.append(values[0].value)
            if len(parts) == 2 and found.setdefault(parts[0], parts[1]) != parts[1]:
                faults.append((declaration, sh("prefix"), graph.value(declaration, sh("prefix"))))
    return found, faults


def missing_prefixes(text: str, prefixes: Mapping[str, str]) -> list[str]:
    """Return the prefixes that a query uses and that neither it nor the shapes declare."""
    found = list(tokens(text))
    # `_:x` is cut into `_` and `:x`
    written = [t.text for t in found if t.kind == "name" and not text[: t.start].endswith("_")]
    names = [name.partition(":")[0] for name in written]
    own = {
        after.text.partition(":")[0]
        for token, after in pairwise(found)
        if token.kind == "word" and token.text.upper() == "PREFIX"
    }
    return [name for name in dict.fromkeys(names) if name not in own and name not in prefixes]


def prohibited(text: str, prefixes: Mapping[str, str], bound: frozenset[str]) -> Iterator[Texts]:
    """Yield what a query uses though SHACL prohibits it, because variables are bound before it runs.

    Args:
        text: a query without errors of syntax.
        prefixes: the prefixes that the shapes declare for it.
        bound: the variables that are bound beforehand: "this", and for validators "value" and the parameters.
    """
    found = list(tokens(text))
    depth, top = 0, False
    for index, token in enumerate(found):
        word = token.text.upper() if token.kind == "word" else ""
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if word in _PROHIBITED:
            yield f"SHACL prohibits {word} in a query", f"SHACL 不允许在查询中使用 {word}"
        following = found[index + 1] if index + 1 < len(found) else None
        if word == "AS" and following and following.kind == "variable" and following.text[1:] in bound:
            name = following.text[1:]
            yield (
                f"the query gives ${name} a value (AS), which SHACL does before it runs",
                f"查询用 AS 给 ${name} 赋值，而该变量由 SHACL 事先绑定",
            )
        if word != "SELECT":
            continue
        if not depth and not top:
            top = True
            if "this" not in _projected(text, prefixes):
                yield "the query does not select $this", "查询没有选出 $this"
        elif depth:
            nested = text[token.start : _end(found, index)]
            names = {part.text[1:] for part in tokens(nested) if part.kind == "variable"}
            missing = (
                ({"this"} | (bound & names)) - {"PATH", "shapesGraph", "currentShape"} - _projected(nested, prefixes)
            )
            if missing:
                listed = ", ".join(f"${name}" for name in sorted(missing))
                yield f"a nested SELECT must select {listed}", f"嵌套的 SELECT 必须选出 {listed}"


def _end(found: list[Token], index: int) -> int:
    """Return where the group that a token stands in ends."""
    depth = 0
    for token in found[index:]:
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if depth < 0:
            return token.start
    return found[-1].end


def _projected(text: str, prefixes: Mapping[str, str]) -> set[str]:
    """Return the variables that a SELECT query returns."""
    try:
        result = _EMPTY.query(_PATH.sub("<urn:path>", text), prefixes=dict(prefixes))
    except (SyntaxError, ValueError, OSError, RuntimeError):
        return set()
    return {variable.value for variable in result.variables} if isinstance(result, ox.QuerySolutions) else set()


@functools.cache
def pattern_fault(pattern: str, flags: str) -> tuple[bool, Texts] | None:
    """Return what is wrong with a regular expression, and whether no engine can use it; None if nothing is.

    SPARQL takes its regular expressions from XPath, which has neither look-ahead nor look-behind. Engines hand them to
    the library of their language: what only some of these know is not portable.
    """
    if wrong := "".join(sorted(set(flags) - set("imsqx"))):
        return True, (
            f"unknown flag '{wrong}'; SPARQL has i, m, s, x and q",
            f"未知标志“{wrong}”；SPARQL 只有 i、m、s、x、q",
        )
    if "q" in flags:
        return None  # the pattern is taken literally
    known, python = _known(pattern), _python(pattern)
    if known and python is None:
        return None
    if known:
        return False, (
            f"not every engine knows this regular expression: pySHACL says {python}",
            f"不是所有引擎都认识此正则表达式：pySHACL 报告 {python}",
        )
    if python is None:
        return False, (
            "not every engine knows this regular expression: SPARQL's have neither look-ahead nor look-behind",
            "不是所有引擎都认识此正则表达式：SPARQL 的正则表达式没有前瞻和后顾",
        )
    plain = _XPATH_SUBTRACTION.sub("", _XPATH_CLASS.sub("a", pattern))
    if plain != pattern and _known(plain):
        return False, (
            "not every engine knows this regular expression: \\i, \\c and subtraction of classes are XPath's alone",
            "不是所有引擎都认识此正则表达式：\\i、\\c 和字符类相减为 XPath 所独有",
        )
    return True, (f"ill-formed regular expression: {python}", f"正则表达式有误：{python}")


def _python(pattern: str) -> str | None:
    """Return why Python, which pySHACL uses, refuses a regular expression; None if it takes it."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def _known(pattern: str) -> bool:
    """Tell whether Oxigraph can use a regular expression."""
    answer = _EMPTY.query(f"SELECT (REGEX('', {serialise(ox.Literal(pattern))}) AS ?match) {{}}")
    row = next(iter(answer), None) if isinstance(answer, ox.QuerySolutions) else None
    return row is not None and row["match"] is not None
