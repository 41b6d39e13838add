r"""The lexical forms of datatypes (XML Schema 1.1, part 2), as regular expressions that every engine can use.

They are needed where engines take literals as they come: "2016-13" passes as an xsd:gYearMonth in two of three. They
are plain enough to mean the same in SPARQL, Rust and Python: no look-ahead, no \d.
"""

from __future__ import annotations

import re
from functools import cache

import pyoxigraph as ox

from cascq import namespaces as ns

_ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_FOURTH = r"(0[48]|[2468][048]|[13579][26])"
_LEAP_YEAR = rf"-?([1-9][0-9]*)?([0-9]{{2}}{_FOURTH}|([02468][048]|[13579][26])00)"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12][0-9]|3[01])"
_LONG_MONTHS = rf"(0[13578]|1[02])-{_DAY}|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_DATE = rf"({_YEAR}-({_LONG_MONTHS}|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_SECONDS = r"[0-9]+(\.[0-9]+)?S"
_CLOCK = rf"T([0-9]+H([0-9]+M)?({_SECONDS})?|[0-9]+M({_SECONDS})?|{_SECONDS})"
_DAYS = rf"([0-9]+D({_CLOCK})?|{_CLOCK})"
_MONTHS = r"([0-9]+Y([0-9]+M)?|[0-9]+M)"
_DIGITS = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_FLOAT = rf"([+-]?{_DIGITS}([eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
_B64, _B16, _B04 = "[A-Za-z0-9+/] ?", "[AEIMQUYcgkosw048] ?", "[AQgw] ?"

PATTERNS = {
    ns.XSD + name: f"^{pattern}$"
    for name, pattern in {
        "integer": r"[+-]?[0-9]+",
        "decimal": rf"[+-]?{_DIGITS}",
        "float": _FLOAT,
        "double": _FLOAT,
        "boolean": "(true|false|0|1)",
        "date": rf"{_DATE}{_ZONE}?",
        "time": rf"{_TIME}{_ZONE}?",
        "dateTime": rf"{_DATE}T{_TIME}{_ZONE}?",
        "dateTimeStamp": rf"{_DATE}T{_TIME}{_ZONE}",
        "gYear": rf"{_YEAR}{_ZONE}?",
        "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}?",
        "gMonth": rf"--{_MONTH}{_ZONE}?",
        "gDay": rf"---{_DAY}{_ZONE}?",
        "gMonthDay": rf"--({_LONG_MONTHS}|02-(0[1-9]|[12][0-9])){_ZONE}?",
        "duration": rf"-?P({_MONTHS}({_DAYS})?|{_DAYS})",
        "dayTimeDuration": rf"-?P{_DAYS}",
        "yearMonthDuration": rf"-?P{_MONTHS}",
        "hexBinary": r"([0-9a-fA-F]{2})*",
        "base64Binary": rf"(({_B64}){{4}})*(({_B64}){{3}}[A-Za-z0-9+/]|({_B64}){{2}}{_B16}=|{_B64}{_B04}= ?=)?",
        "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    }.items()
}


def well_formed(literal: ox.Literal) -> bool | None:
    """Tell whether a literal has the form of its datatype; None if `PATTERNS` has nothing on it."""
    pattern = _compiled(literal.datatype.value)
    return None if pattern is None else pattern.fullmatch(literal.value) is not None


@cache
def _compiled(datatype: str) -> re.Pattern[str] | None:
    pattern = PATTERNS.get(datatype)
    return None if pattern is None else re.compile(pattern.removeprefix("^").removesuffix("$"))
