"""The check of literals, on the quads as written.

A store rewrites what it reads (`05` becomes `5`), each store in its own way, and then two stores no longer hold the
same graph. So only datatypes that every store keeps are allowed, in their one canonical form, and this is checked
before any store has seen them. `cascq.built_in` runs it.
"""

from __future__ import annotations

import re
from datetime import date

import pyoxigraph as ox

from cascq.namespaces import RDF, XSD, shorten
from cascq.reports.report import Finding

NAME = "literals"
TITLE = {"zh": "字面量的写法", "en": "Literals as every store keeps them"}
DESCRIPTION = {
    "zh": "只用各种存储都原样保留的数据类型和规范写法：整数、小数、日期、年月、年、字符串，以及 zh、en 两种语言标签。",
    "en": "Only datatypes and canonical forms that every store keeps: integer, decimal, date, gYearMonth, gYear, "
    "string, and the language tags zh and en.",
}

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
# With a point and without idle zeros; 5.0 is out, because stores make 5 of it.
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]")
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_LANGUAGES = ("zh", "en")


def _is_date(text: str) -> bool:
    """Tell whether a text is a day of the calendar, YYYY-MM-DD, without time zone."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def finding(quad: ox.Quad, value: ox.Literal) -> Finding | None:
    """Return a finding if some store would rewrite a literal, or it is ill-formed.

    Args:
        quad: a statement as a parser gives it, not out of a store.
        value: its object.
    """
    problem = _problem(value)
    if problem is None:
        return None
    graph = quad.graph_name
    return Finding(
        severity="violation",
        source=NAME,
        focus=quad.subject if not isinstance(quad.subject, ox.Triple) else value,
        path=quad.predicate,
        value=value,
        component=None,
        messages={
            "zh": f"{shorten(quad.predicate.value)} 的值 {_shown(value)}：{problem[0]}",
            "en": f"the value {_shown(value)} of {shorten(quad.predicate.value)}: {problem[1]}",
        },
        passage=graph.value if isinstance(graph, ox.NamedNode) else None,
    )


def _shown(value: ox.Literal) -> str:
    """Write a literal for a message, cut where it is long."""
    text = value.value if len(value.value) <= 40 else value.value[:39] + "…"
    if value.language:
        return f'"{text}"@{value.language}'
    return f'"{text}"' if value.datatype.value == XSD + "string" else f'"{text}"^^{shorten(value.datatype.value)}'


def _problem(value: ox.Literal) -> tuple[str, str] | None:
    """Say what is wrong with a literal and what to do, in Chinese and English; None if it is right."""
    text, kind = value.value, value.datatype.value
    if value.language is not None:
        if value.language in _LANGUAGES:
            return None
        return f"语言标签 {value.language} 应改为 zh 或 en", f"the language tag {value.language} must be zh or en"
    if kind == XSD + "string":
        return None
    if kind == XSD + "integer":
        if _INTEGER.fullmatch(text):
            return None
        return "整数不要写正号、前导零或空格，如 5", "write an integer without plus sign, leading zeros or blanks, as 5"
    if kind == XSD + "decimal":
        if _DECIMAL.fullmatch(text):
            return None
        return (
            "小数要写小数点，不要多余的零，如 1.5；没有小数部分就写成整数",
            "write a decimal with a point and without idle zeros, as 1.5; a whole number is an integer",
        )
    if kind == XSD + "date":
        if _is_date(text):
            return None
        return (
            "日期应是存在的一天，写成 YYYY-MM-DD，不带时区；只知道年月用 xsd:gYearMonth，只知道年用 xsd:gYear",
            "write an existing day as YYYY-MM-DD without time zone; a month is xsd:gYearMonth, a year xsd:gYear",
        )
    if kind == XSD + "gYearMonth":
        if _MONTH.fullmatch(text):
            return None
        return "年月写成 YYYY-MM，不带时区", "write a month as YYYY-MM without time zone"
    if kind == XSD + "gYear":
        if _YEAR.fullmatch(text):
            return None
        return "年写成 YYYY，不带时区", "write a year as YYYY without time zone"
    if kind == RDF + "langString":
        return "缺少语言标签", "it lacks its language tag"
    return (
        f"各种存储会改写 {shorten(kind)}；请改用整数、小数、日期、年月、年或字符串",
        f"stores rewrite {shorten(kind)}; use an integer, a decimal, a date, a gYearMonth, a gYear or a string",
    )
