"""Writing a query so that stores that misread portable SPARQL 1.1 read it rightly; what it means stays the same.

Virtuoso 7 loses the values of an opening `VALUES` (and of `BIND`) inside OPTIONAL and FILTER where a variable is not
selected too. So the values are written where the variables stand: the parameters of a canned query are constants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from cascq.sparql import Token, tokens, values
from cascq.terms import serialise

_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


@dataclass(frozen=True)
class _Opening:
    """The VALUES clause of one row that opens a query's WHERE: its place among the tokens, and what it binds."""

    start: int
    end: int
    row: Mapping[str, ox.NamedNode | ox.Literal | None]


def inline_values(query: str) -> str:
    """Return a query with the one row of values that opens its WHERE written where the variables stand.

    What the query selects, groups and orders by keeps its names. A query that does not open so, or uses one of these
    variables in a sub-select, where it may be another variable, is returned as it is.

    Args:
        query: a query that can be read, with all its prefixes declared.
    """
    found = list(tokens(query))
    where = _where(found)
    opening = None if where is None else _opening(query, found, where)
    if where is None or opening is None:
        return query
    end = _closing(found, where)
    names = {"?" + name: value for name, value in opening.row.items()}
    inside = found[opening.end : end]
    if _in_sub_select(inside, set(names)) or _assigned(inside) & set(names):
        return query
    edits: list[tuple[int, int, str]] = [(found[opening.start].start, found[opening.end - 1].end, "")]
    skip = 0
    for index, token in enumerate(inside):
        if skip:
            skip -= 1
        elif token.text.upper() == "BOUND" and index + 3 < len(inside) and _name(inside[index + 2]) in names:
            bound = names[_name(inside[index + 2])] is not None
            edits.append((token.start, inside[index + 3].end, "true" if bound else "false"))
            skip = 3
        elif token.kind == "variable" and (value := names.get(_name(token))) is not None:
            edits.append((token.start, token.end, serialise(value)))
    outside = {_name(token) for token in [*found[:where], *found[end:]] if token.kind == "variable"}
    binds = " ".join(
        f"BIND({serialise(value)} AS {name})" for name, value in names.items() if value is not None and name in outside
    )
    if binds:
        edits.append((found[end].start, found[end].start, f"{binds} "))
    return _edited(query, edits)


def uses_graph(query: str) -> bool:
    """Tell whether a query has a GRAPH pattern."""
    return any(token.kind == "word" and token.text.upper() == "GRAPH" for token in tokens(query))


def form(query: str) -> str:
    """Return the form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE; "" if it has none."""
    return next((token.text.upper() for token in tokens(query) if _is_word(token, _FORMS)), "")


def _is_word(token: Token, words: set[str]) -> bool:
    return token.kind == "word" and token.text.upper() in words


def _name(token: Token) -> str:
    """Return the name of a variable with a question mark, however it is written."""
    return "?" + token.text[1:] if token.kind == "variable" else ""


def _where(found: Sequence[Token]) -> int | None:
    """Return the place of the bracket that opens the WHERE of a SELECT; None for other queries."""
    select = next((i for i, token in enumerate(found) if _is_word(token, _FORMS)), None)
    if select is None or found[select].text.upper() != "SELECT":
        return None
    return next((i for i in range(select, len(found)) if found[i].text == "{"), None)


def _closing(found: Sequence[Token], opening: int) -> int:
    """Return the place of the bracket that closes the one at a place."""
    depth = 0
    for index in range(opening, len(found)):
        depth += {"{": 1, "}": -1}.get(found[index].text, 0)
        if depth == 0:
            return index
    return len(found) - 1


def _opening(query: str, found: Sequence[Token], where: int) -> _Opening | None:
    """Return the one row of VALUES right after the bracket of WHERE."""
    start = where + 1
    if start >= len(found) or not _is_word(found[start], {"VALUES"}):
        return None
    bracket = next((i for i in range(start, len(found)) if found[i].text == "{"), len(found) - 1)
    end = _closing(found, bracket)
    prefixes = {
        found[i + 1].text.removesuffix(":"): found[i + 2].text[1:-1]
        for i, token in enumerate(found[:where])
        if _is_word(token, {"PREFIX"})
    }
    rows = values(query[found[start].start : found[end].end], prefixes)
    names = [token.text[1:] for token in found[start:bracket] if token.kind == "variable"]
    if len(rows) != 1:
        return None
    row = {name: None if isinstance(cell, ox.BlankNode) else cell for name, cell in zip(names, rows[0], strict=True)}
    return _Opening(start, end + 1, row)


def _in_sub_select(inside: Sequence[Token], names: set[str]) -> bool:
    """Tell whether one of the variables occurs in a sub-select."""
    for index, token in enumerate(inside):
        if _is_word(token, {"SELECT"}):
            end = _closing(inside, next(i for i in range(index, len(inside)) if inside[i].text == "{"))
            if any(_name(part) in names for part in inside[index:end]):
                return True
    return False


def _assigned(inside: Sequence[Token]) -> set[str]:
    """Return the variables that BIND and inner VALUES give values to."""
    assigned = set()
    for index, token in enumerate(inside):
        if _is_word(token, {"AS"}) and index + 1 < len(inside):
            assigned.add(_name(inside[index + 1]))
        elif _is_word(token, {"VALUES"}):
            for part in inside[index + 1 :]:
                if part.text == "{":
                    break
                assigned.add(_name(part))
    return assigned


def _edited(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Return a text with parts replaced."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
