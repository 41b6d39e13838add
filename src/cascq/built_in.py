"""The checks that are no queries, on the quads as written, all in one pass over them.

Literals, because a store rewrites them (see `cascq.literals`). What stands outside every named graph, because a query
over the union of the graphs cannot tell whether a statement in a named graph stands outside as well. Check digits,
because SPARQL 1.1 has no arithmetic on digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from cascq import literals
from cascq import namespaces as ns
from cascq.reports.report import Finding


@dataclass(frozen=True)
class BuiltIn:
    """What a built-in check is called, in zh and en, and what it is for."""

    title: Mapping[str, str]
    description: Mapping[str, str]


OUTSIDE = "default-graph-data"
DIGITS = "check-digits"
BUILT_IN = {
    literals.NAME: BuiltIn(literals.TITLE, literals.DESCRIPTION),
    OUTSIDE: BuiltIn(
        {"zh": "默认图中的数据", "en": "Data outside named graphs"},
        {
            "zh": "每条陈述都要放在命名图里，否则说不出出处；花括号之外的陈述没有出处，命名图里另有一遍的也一样。",
            "en": "Every statement stands in a named graph; what stands outside the braces has no evidence, even if a "
            "named graph holds it as well.",
        },
    ),
    DIGITS: BuiltIn(
        {"zh": "编号的校验码", "en": "Check digits of codes"},
        {
            "zh": "ISNI 的末位和 ROR 的末两位是校验码，抄错一位就不符。",
            "en": "The last character of an ISNI and the last two of a ROR ID are computed from the others; a slip in "
            "one of them shows.",
        },
    ),
}

_SCHEME, _VALUE = ns.CASCQ + "identifierScheme", ns.CASCQ + "identifierValue"
_ISNI, _ROR = ox.NamedNode(ns.VOC + "isni"), ox.NamedNode(ns.VOC + "ror")
_CHECKED = {_ISNI, _ROR}
_BASE_32 = {character: number for number, character in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}


def check(quads: Iterable[ox.Quad]) -> list[Finding]:
    """Run the built-in checks.

    Args:
        quads: the data as a parser gives it, not out of a store.
    """
    found: list[Finding] = []
    outside: dict[ox.Triple, None] = {}
    schemes: dict[object, set[object]] = {}
    codes: list[ox.Quad] = []
    for quad in quads:
        value = quad.object
        if isinstance(quad.graph_name, ox.DefaultGraph):
            outside[quad.triple] = None
        if isinstance(value, ox.Literal):
            if (finding := literals.finding(quad, value)) is not None:
                found.append(finding)
            if quad.predicate.value == _VALUE:
                codes.append(quad)
        elif value in _CHECKED and quad.predicate.value == _SCHEME:
            schemes.setdefault(quad.subject, set()).add(value)
    found += (_outside(triple, triple.subject) for triple in outside if not isinstance(triple.subject, ox.Triple))
    for quad in codes:
        found += (
            finding for scheme in schemes.get(quad.subject, ()) if (finding := _miscopied(quad, scheme)) is not None
        )
    return found


def _outside(triple: ox.Triple, focus: ox.NamedNode | ox.BlankNode) -> Finding:
    path = ns.shorten(triple.predicate.value)
    shown = ns.shorten(focus.value) if isinstance(focus, ox.NamedNode) else str(focus)
    return Finding(
        severity="violation",
        source=OUTSIDE,
        focus=focus,
        path=triple.predicate,
        value=None if isinstance(triple.object, ox.Triple) else triple.object,
        component=None,
        messages={
            "zh": f"{shown} 的 {path} 写在命名图之外。请移入所述段落的图或编者图的花括号内；那里已有的，删去外面这条。",
            "en": f"{path} of {shown} stands outside every named graph. Move it into the braces of the passage that "
            "states it, or of a curated graph; if it stands there already, delete it outside.",
        },
        passage=None,
    )


def _miscopied(quad: ox.Quad, scheme: object) -> Finding | None:
    """Return a finding if a code has the form of its scheme, but not its check digits."""
    focus, value = quad.subject, quad.object
    if isinstance(focus, ox.Triple) or not isinstance(value, ox.Literal):
        return None
    code = value.value
    right = isni_digit(code) if scheme == _ISNI else ror_digits(code)
    if right is None or code.endswith(right):
        return None
    name = "ISNI" if scheme == _ISNI else "ROR"
    graph = quad.graph_name
    return Finding(
        severity="violation",
        source=DIGITS,
        focus=focus,
        path=quad.predicate,
        value=value,
        component=None,
        messages={
            "zh": f"{name} 编号 {code} 的校验码不符：其余各位无误时应以 {right} 结尾。请与来源逐位核对。",
            "en": f"the check digits of the {name} code {code} do not fit: if all else is right, it ends in {right}. "
            "Compare it with its source, digit by digit.",
        },
        passage=graph.value if isinstance(graph, ox.NamedNode) else None,
    )


def isni_digit(code: str) -> str | None:
    """Return the check character of an ISNI (ISO/IEC 7064, MOD 11-2); None for what has not the form of one."""
    digits = code.replace(" ", "")
    if len(digits) != 16 or not (digits[:15].isascii() and digits[:15].isdigit()):
        return None
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def ror_digits(code: str) -> str | None:
    """Return the two check digits of a ROR ID (ISO/IEC 7064, MOD 97-10); None for what has not the form of one.

    Its characters between the leading 0 and the check digits are a number in Crockford's base 32.
    """
    local = code.rsplit("/", 1)[-1]
    if len(local) != 9 or not local.startswith("0") or any(character not in _BASE_32 for character in local[:7]):
        return None
    number = 0
    for character in local[1:7]:
        number = number * 32 + _BASE_32[character]
    return f"{98 - number * 100 % 97:02d}"
