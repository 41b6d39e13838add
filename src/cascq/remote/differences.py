"""Comparing a graph as it was sent with what a store gives back."""

from __future__ import annotations

import re
import struct
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import MAX_PREC, Context, Decimal, InvalidOperation

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.remote.canonical import canonical

_SHOWN = 3  # examples in a message
_DECIMAL = re.compile(
    re.escape(ns.XSD) + r"(integer|decimal|long|int|short|byte|(nonNegative|positive|nonPositive|negative)Integer"
    r"|unsigned(Long|Int|Short|Byte))"
)
_DIGITS = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_POWER = re.compile(rf"{_DIGITS.pattern}([eE][+-]?\d+)?|[+-]?INF|NaN", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_EXACT = Context(prec=MAX_PREC)
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
    if b"_:" in sent and (forms := _forms_only(sent, stored)) is not None:
        return Difference(forms, [], [])
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


def _forms_only(sent: bytes, stored: bytes) -> list[tuple[str, str]] | None:
    """Return the literals that are written differently, if nothing else differs; None if something does.

    The names of blank nodes hang on how literals are written, so lines cannot be compared: the graphs are equal if they
    are so with each literal written by its value.
    """
    ours, theirs = _by_value(sent), _by_value(stored)
    if canonical(ours[0]) != canonical(theirs[0]) or any(
        len(before) != len(theirs[1][place]) for place, before in ours[1].items()
    ):
        return None
    pairs: list[tuple[str, str]] = []
    for place, before in ours[1].items():
        old, new = Counter(before), Counter(theirs[1][place])
        pairs += zip(sorted((old - new).elements()), sorted((new - old).elements()), strict=True)
    return pairs


def _by_value(block: bytes) -> tuple[bytes, dict[tuple[str, str, str], list[str]]]:
    """Return a graph with each literal written by its value, and how the literals were written, by where they stand."""
    triples: list[ox.Triple] = []
    written: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for quad in ox.parse(block, ox.RdfFormat.N_TRIPLES):
        value = quad.object
        if isinstance(value, ox.Literal):
            subject = str(quad.subject) if isinstance(quad.subject, ox.NamedNode) else ""
            value = ox.Literal(repr(_value(value)))
            written[subject, quad.predicate.value, value.value].append(str(quad.object))
        triples.append(ox.Triple(quad.subject, quad.predicate, value))
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"", written


def same_value(one: object, other: object) -> bool:
    """Tell whether two literals have the same value, though they may be written differently.

    XML Schema part 2: `05` and `5` are one integer, `1.50` and `1.5` one decimal, and integers are decimals; the values
    of decimal, float and double have nothing in common. RDF 1.1: language tags are compared without regard to case.
    """
    return isinstance(one, ox.Literal) and isinstance(other, ox.Literal) and _value(one) == _value(other)


def _value(literal: ox.Literal) -> tuple[str, str]:
    """Return the value of a literal, written in one way, with what kind of value it is."""
    text, kind = literal.value, literal.datatype.value
    if literal.language:
        return literal.language.lower(), text
    bare = text.strip()
    try:
        if _DECIMAL.fullmatch(kind) and _DIGITS.fullmatch(bare):
            number = Decimal(bare)
            return ns.XSD + "decimal", str(number.normalize(_EXACT)) if number else "0"
        if kind in {ns.XSD + "double", ns.XSD + "float"} and _POWER.fullmatch(bare):
            width = "d" if kind == ns.XSD + "double" else "f"
            (binary,) = struct.unpack(width, struct.pack(width, float(bare)))
            return kind, repr(binary + 0.0)  # zeros of both signs are equal
        if kind == ns.XSD + "boolean":
            return kind, str(_TRUTH[bare])
        if kind == ns.XSD + "dateTime" and (parts := _TIME.fullmatch(bare)):
            second, fraction, zone = parts.groups(default="")
            time = datetime.fromisoformat(second + zone)
            time = time.astimezone(UTC) if zone else time
            return kind, f"{time.isoformat()} .{fraction.rstrip('0')}"  # Python would cut the fraction
    except (InvalidOperation, KeyError, ValueError, OverflowError):
        pass
    return kind, text
