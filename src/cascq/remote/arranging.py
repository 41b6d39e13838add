"""Arranging the rows of an answer once more, as its query says.

Virtuoso 7 gives rows twice and out of order where an answer has computed columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from cascq.sparql import closing, prologue, tokens
from cascq.terms import serialise


def arranging(query: str) -> str | None:
    """Return the clause that says how the rows of a query are ordered; None if rows cannot be arranged by it.

    That is a SELECT DISTINCT that has one, orders by selected variables only, and has no LIMIT.

    Args:
        query: a query that can be read.
    """
    found = list(tokens(query))
    _, select = prologue(found)
    words = [token.text.upper() if token.kind in {"word", "mark"} else "" for token in found]
    if words[select : select + 2] != ["SELECT", "DISTINCT"] or "{" not in words[select:]:
        return None
    where = words.index("{", select)
    after = closing(found, where) + 1
    if words[after : after + 2] != ["ORDER", "BY"] or {"LIMIT", "OFFSET"} & set(words[after:]):
        return None
    selected, used = (
        {token.text[1:] for token in part if token.kind == "variable"} for part in (found[select:where], found[after:])
    )
    return query[found[after].start :] if used <= selected else None


def arranged(clause: str, names: Sequence[str], rows: Sequence[Sequence[ox.NamedNode | ox.Literal | None]]) -> str:
    """Return a query whose answer is these rows, each once, in the order that a clause says; see `arranging`."""
    heads = " ".join("?" + name for name in names)
    cells = "\n".join("(" + " ".join("UNDEF" if c is None else serialise(c) for c in row) + ")" for row in rows)
    return f"SELECT DISTINCT {heads} WHERE {{ VALUES ({heads}) {{ {cells} }} }} {clause}"
