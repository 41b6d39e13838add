"""Comparing a graph as it was sent with what a store gives back."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from cascq import namespaces as ns

_SHOWN = 3  # examples in a message
_NUMBER = re.compile(
    re.escape(ns.XSD)
    + r"(integer|decimal|double|float|long|int|short|byte|(nonNegative|positive|nonPositive|negative)Integer"
    r"|unsigned(Long|Int|Short|Byte))"
)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Difference:
    """How a graph in a store differs from the one that was sent; lines of N-Triples.

    Attributes:
        forms: triples whose literal the store has written differently, with the same value: (sent, stored).
        missing: triples that are not in the store.
        extra: triples that were not sent.
    """

    forms: list[tuple[str, str]]
    missing: list[str]
    extra: list[str]

    def is_harmless(self) -> bool:
        """Tell whether only the forms of literals differ."""
        return not self.missing and not self.extra

    def en(self) -> str:
        """Return the differences in English, with some examples."""
        return self._say("{} missing", "{} too many", "{} written differently", ", ", "is stored as")

    def zh(self) -> str:
        """Return the differences in Chinese, with some examples."""
        return self._say("缺少 {} 条", "多出 {} 条", "{} 条写法不同", "，", "被存为")

    def _say(self, missing: str, extra: str, forms: str, comma: str, stored: str) -> str:
        counts = [
            text.format(len(rows))
            for text, rows in ((missing, self.missing), (extra, self.extra), (forms, self.forms))
            if rows
        ]
        examples = [f"- {line}" for line in self.missing[:_SHOWN]] + [f"+ {line}" for line in self.extra[:_SHOWN]]
        examples += [f"  {sent} {stored} {kept}" for sent, kept in self.forms[:_SHOWN]]
        return "\n".join([comma.join(counts), *(f"    {example}" for example in examples)])


def compare(sent: bytes, stored: bytes) -> Difference:
    """Compare two graphs in canonical form."""
    ours, theirs = set(sent.splitlines()), set(stored.splitlines())
    missing = list(ox.parse(b"\n".join(sorted(ours - theirs)), ox.RdfFormat.N_TRIPLES))
    extra: dict[tuple[str, str], list[ox.Quad]] = defaultdict(list)
    for quad in ox.parse(b"\n".join(sorted(theirs - ours)), ox.RdfFormat.N_TRIPLES):
        extra[str(quad.subject), quad.predicate.value].append(quad)
    forms, lost = [], []
    for quad in missing:
        others = extra[str(quad.subject), quad.predicate.value]
        same = next((other for other in others if same_value(quad.object, other.object)), None)
        if same is None:
            lost.append(str(quad.triple))
        else:
            others.remove(same)
            forms.append((str(quad.object), str(same.object)))
    return Difference(forms, lost, [str(quad.triple) for quads in extra.values() for quad in quads])


def same_value(one: object, other: object) -> bool:
    """Tell whether two literals have the same value, though they may be written differently.

    XML Schema part 2: `05` and `5` are one integer, `1.50` and `1.5` one decimal; RDF 1.1: language tags are compared
    without regard to case.
    """
    if not isinstance(one, ox.Literal) or not isinstance(other, ox.Literal):
        return False
    if one.language or other.language:
        return one.value == other.value and (one.language or "").lower() == (other.language or "").lower()
    kinds = {one.datatype.value, other.datatype.value}
    try:
        if all(_NUMBER.fullmatch(kind) for kind in kinds):
            return Decimal(one.value.strip()) == Decimal(other.value.strip())
        if kinds == {ns.XSD + "boolean"}:
            return _TRUTH[one.value.strip()] == _TRUTH[other.value.strip()]
        if kinds == {ns.XSD + "dateTime"}:
            return datetime.fromisoformat(one.value) == datetime.fromisoformat(other.value)
    except (InvalidOperation, KeyError, ValueError, TypeError):
        return False
    return one.value == other.value and len(kinds) == 1
