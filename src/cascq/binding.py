"""Putting values into a canned query: text from the outside becomes RDF terms, terms become the parameter line.

No text is ever pasted into a query. A value is turned into a term of the parameter's type or refused; the RDF library
writes the term; the line that results is read back and compared before the query runs.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.catalogue import CannedQuery
from cascq.errors import CascqError
from cascq.language import LANGUAGES
from cascq.likeness import normalise
from cascq.names import Names
from cascq.parameters import Parameter
from cascq.remote.stores import Store
from cascq.sparql import Term, select
from cascq.sparql import values as values_of
from cascq.terms import forbidden_character, serialise

_FEW = 15  # values: so many are listed where none of them was given


def parse_params(texts: list[str]) -> dict[str, str]:
    """Return the `k=v` texts of --param as a dictionary.

    Raises:
        CascqError: a text without `=`, or a name given twice.
    """
    values: dict[str, str] = {}
    for text in texts:
        # Chinese keyboards write a wide sign, and wide letters, which look much the same.
        name, *rest = re.split("[=＝]", text, maxsplit=1)
        name = unicodedata.normalize("NFKC", name).strip()
        if not rest or not name:
            raise CascqError(f"--param {text}: must read name=value", f"--param {text}：应写成 名称=值")
        if name in values:
            raise CascqError(f"--param {name} is given twice", f"参数 {name} 给出了两次")
        values[name] = rest[0]
    return values


def terms(
    query: CannedQuery, values: Mapping[str, Any], store: Store, names: Names, lang: str
) -> dict[str, Term | None]:
    """Turn values into the terms of a query's parameters.

    Args:
        query: the query.
        values: what the user gave, by parameter name: text in the notation of --param, or RDF terms, dates, numbers.
            A name may end in an underscore where it would be a Python keyword (`from_`).
        store: where the things exist that iri and concept parameters name.
        names: the names in that store.
        lang: the value of a language parameter that is not given.

    Returns:
        A term for each parameter, None where it is left open.

    Raises:
        CascqError: an unknown or missing parameter, a value that its type refuses, a `from` later than its `to`, or one
            thing where two are asked for.
    """
    given: dict[str, Any] = {}
    for name, value in values.items():
        known = {parameter.name for parameter in query.parameters}
        given[query.parameter(name if name in known else name.removesuffix("_")).name] = value
    bound: dict[str, Term | None] = {}
    for parameter in query.parameters:
        value = given.get(parameter.name)
        if value is None:
            value = lang if parameter.type == "language" else parameter.default
        if value is None and parameter.required:
            raise CascqError(
                f"query {query.name} needs a value for {parameter.name} ({parameter.label['en']}): "
                f"--param {parameter.name}=…",
                f"查询 {query.name} 需要参数 {parameter.name}（{parameter.label['zh']}）：--param {parameter.name}=…",
            )
        bound[parameter.name] = None if value is None else term(parameter, value, store, names)
    _refuse_backward_period(query, bound)
    _refuse_the_same_twice(query, bound, names)
    return bound


def _refuse_the_same_twice(query: CannedQuery, bound: Mapping[str, Term | None], names: Names) -> None:
    """Refuse one thing for two parameters that ask for different ones."""
    for parameter in query.parameters:
        other, value = parameter.differs_from, bound[parameter.name]
        if other and value is not None and value == bound[other]:
            label = names.label(value.value, "en"), names.label(value.value, "zh")
            raise CascqError(
                f"parameters {other} and {parameter.name} are the same: {ns.shorten(value.value)} ({label[0]})",
                f"参数 {other} 与 {parameter.name} 是同一个：{ns.shorten(value.value)}（{label[1]}）",
            )


def _refuse_backward_period(query: CannedQuery, bound: Mapping[str, Term | None]) -> None:
    """Refuse a period that ends before it begins; `to=2016` is the end of 2016, as the queries read it."""
    dates = {parameter.name for parameter in query.parameters if parameter.type == "date"}
    begin, end = (bound.get(name) if name in dates else None for name in ("from", "to"))
    if isinstance(begin, ox.Literal) and isinstance(end, ox.Literal) and begin.value[: len(end.value)] > end.value:
        raise CascqError(
            f"parameters from and to: {begin.value} is later than {end.value}",
            f"参数 from 与 to：{begin.value} 晚于 {end.value}",
        )


def term(parameter: Parameter, value: Any, store: Store, names: Names) -> Term:
    """Turn one value into a term of a parameter's type.

    Raises:
        CascqError: the type refuses the value; the message says why, in the parameter's name.
    """
    if isinstance(value, ox.NamedNode | ox.Literal):
        value = value.value
    elif isinstance(value, dt.date):
        value = value.isoformat()[:10]
    try:
        return _term(parameter, str(value), store, names)
    except CascqError as error:
        raise CascqError(f"parameter {parameter.name}: {error.en}", f"参数 {parameter.name}：{error.zh}") from error


def _term(parameter: Parameter, text: str, store: Store, names: Names) -> Term:
    """Turn a text into a term of a parameter's type."""
    if bad := forbidden_character(text):
        raise CascqError(f"the character {bad} is not allowed", f"不允许使用字符 {bad}")
    match parameter.type:
        case "iri" | "concept":
            return _thing(parameter, text, store, names)
        case "date":
            return ox.Literal(_date(text))
        case "integer":
            return _number(text, r"[+-]?\d{1,18}", "integer", "a whole number such as 5", "整数，如 5")
        case "decimal":
            return _number(text, r"[+-]?\d{1,15}(?:\.\d{1,15})?", "decimal", "a number such as 2.5", "数字，如 2.5")
        case "string" if not normalise(text):
            raise CascqError("the text is empty", "文字为空")
        case "language" if text not in LANGUAGES:
            raise CascqError(f"'{text}' is no language of the graph: zh or en", f"“{text}”不可用：只有 zh 或 en")
        case _:
            return ox.Literal(text)


def _thing(parameter: Parameter, text: str, store: Store, names: Names) -> ox.NamedNode:
    """Find what an iri or concept parameter means, among the things that the parameter allows."""
    if parameter.scheme:
        scheme = parameter.scheme
        members = store.quads_for_pattern(None, ox.NamedNode(ns.SKOS + "inScheme"), ox.NamedNode(scheme), None)
        allowed = {quad.subject.value for quad in members if isinstance(quad.subject, ox.NamedNode)}
        wanted = _wanted(names, ("of ", ""), ("", "中的概念"), [scheme])
        return _one_of(names, text, allowed, wanted, f"cascq query concepts -p vocabulary={ns.shorten(scheme)}")
    if parameter.values:
        return names.resolve(text, parameter.values.__contains__, _wanted(names, ("", ""), ("", ""), parameter.values))
    if parameter.subclass_of:
        allowed = _found(store, "rdfs:subClassOf*", parameter.subclass_of)
        wanted = _wanted(names, ("a kind of ", ""), ("类别", "或其下位类别"), parameter.subclass_of)
        return _one_of(names, text, allowed, wanted, "cascq query classes")
    if parameter.classes:
        allowed = _found(store, "a/rdfs:subClassOf*", parameter.classes)
        if ns.RDF + "Property" in parameter.classes:  # what is used as one is one: rdf:type is declared nowhere here
            allowed |= {row["p"].value for row in select(store, "SELECT DISTINCT ?p WHERE { ?s ?p ?o }")}
        wanted = _wanted(names, ("of ", ""), ("类别为", "的对象"), parameter.classes)
        return names.resolve(text, allowed.__contains__, wanted)
    return names.resolve(text)


def _one_of(names: Names, text: str, allowed: Collection[str], wanted: tuple[str, str], command: str) -> ox.NamedNode:
    """Find what is meant among some values; if it is none of them, say which there are, or what command lists them."""
    try:
        return names.resolve(text, allowed.__contains__, wanted)
    except CascqError as error:
        if len(allowed) > _FEW:
            raise CascqError(f"{error.en}; all there are: {command}", f"{error.zh}；全部可用值：{command}") from error
        en, zh = (sorted(f"{names.label(iri, lang)} ({ns.shorten(iri)})" for iri in allowed) for lang in ("en", "zh"))
        raise CascqError(f"{error.en}; there are: {', '.join(en)}", f"{error.zh}；可用：{'、'.join(zh)}") from error


def _found(store: Store, path: str, classes: Sequence[str]) -> set[str]:
    """Return the IRIs from which a path leads to one of some classes."""
    listed = " ".join(str(ox.NamedNode(iri)) for iri in classes)
    rows = select(store, f"SELECT DISTINCT ?x WHERE {{ VALUES ?class {{ {listed} }} ?x {path} ?class }}")
    return {row["x"].value for row in rows if isinstance(row["x"], ox.NamedNode)}


def _wanted(names: Names, en: tuple[str, str], zh: tuple[str, str], iris: Sequence[str]) -> tuple[str, str]:
    """Write what is allowed, in English and Chinese: some labels, and what comes before and behind them."""
    labels = {lang: [f"{names.label(iri, lang)} ({ns.shorten(iri)})" for iri in iris] for lang in ("en", "zh")}
    return (
        en[0] + _either(labels["en"], ", ", " or ") + en[1],
        zh[0] + _either([f"“{label}”" for label in labels["zh"]], "、", "或") + zh[1],
    )


def _either(texts: Sequence[str], comma: str, last: str) -> str:
    """Join alternatives."""
    return last.join([comma.join(texts[:-1]), texts[-1]] if texts[1:] else texts)


def _date(text: str) -> str:
    """Return a date of year, month or day precision in the form of ISO 8601, if it is written in an unambiguous way.

    Those are 2020-06-12, 2020-6-12, 2020/6/12 and 2020年6月12日, and what they begin with; in digits of any width.
    """
    plain = unicodedata.normalize("NFKC", text).strip(" ")
    match = re.fullmatch(r"(\d{4})(?:([-/])(\d{1,2})(?:\2(\d{1,2}))?)?", plain, re.ASCII)
    chinese = re.fullmatch(r"(\d{4})年()(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?", plain, re.ASCII)
    if not (found := match or chinese):
        raise CascqError(
            f"'{text}' is no date: write 2016, 2016-04 or 2016-04-21",
            f"“{text}”不是日期：请写成 2016、2016-04 或 2016-04-21",
        )
    year, _, month, day = found.groups()
    try:
        dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise CascqError(f"'{text}' does not exist in the calendar: {error}", f"日历上没有“{text}”这一日期") from error
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def _number(text: str, pattern: str, datatype: str, en: str, zh: str) -> ox.Literal:
    """Check a number and return it as a literal."""
    if not re.fullmatch(pattern, text, re.ASCII):
        raise CascqError(f"'{text}' is not {en}", f"“{text}”不是{zh}")
    return ox.Literal(text, datatype=ox.NamedNode(ns.XSD + datatype))


def bind(query: CannedQuery, values: Mapping[str, Term | None]) -> str:
    """Return a query's text with these terms in its parameter line; all other lines stay as they are.

    Raises:
        CascqError: a term does not survive being written and read, so that the query would mean something else.
    """
    if query.line is None:
        return query.text
    row = [values.get(parameter.name) for parameter in query.parameters]
    cells = " ".join("UNDEF" if cell is None else serialise(_plain(cell)) for cell in row)
    heads = " ".join(f"?{parameter.variable}" for parameter in query.parameters)
    line = f"VALUES ({heads}) {{ ({cells}) }}"
    # lone carriage returns end a comment in SPARQL, so cutting at them would move lines: only \n counts here
    lines = query.text.split("\n")
    indent = re.match(r"\s*", lines[query.line])
    lines[query.line] = f"{indent[0] if indent else ''}{line}  # parameters"
    try:
        read = values_of(line)
    except (SyntaxError, ValueError) as error:
        raise CascqError(f"these values cannot be written: {cells}", f"这些值无法写入查询：{cells}") from error
    if read != [[cell if cell is None else _canonical(cell) for cell in row]]:
        raise CascqError(f"these values do not survive being written: {cells}", f"这些值写入后发生变化：{cells}")
    return "\n".join(lines)


def _plain(value: Term) -> ox.NamedNode | ox.Literal:
    """Refuse blank nodes: in a query they would be variables."""
    if isinstance(value, ox.BlankNode):
        raise CascqError("a blank node cannot be a parameter", "空白节点不能作为参数")
    return value


def _canonical(value: Term) -> Term | None:
    """Return a number as the engine writes it (`+5` becomes `5`), anything else unchanged."""
    if isinstance(value, ox.Literal) and value.datatype.value in {ns.XSD + "integer", ns.XSD + "decimal"}:
        return values_of(f"VALUES ?x {{ {value} }}")[0][0]
    return value
