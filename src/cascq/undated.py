"""What a span of dates leaves out: the rows of a canned query that have no date, or only a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from cascq import catalogue
from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.language import say

if TYPE_CHECKING:
    from cascq.answers import Cell
    from cascq.graph import KnowledgeGraph
    from cascq.remote.stores import Store

SPAN = ("from", "to")
_BY_PERIOD = "by-period"
_DURING, _MEMBER = (ox.NamedNode(ns.CASCQ + name) for name in ("during", "member"))


@dataclass(frozen=True)
class Undated:
    """Rows that a span of dates leaves out because they have no date.

    Attributes:
        rows: how many. in_period: how many of them are of something that a period is stated for.
    """

    rows: int
    in_period: int

    def text(self, lang: str) -> str:
        """Say how many there are, and where those with a period are found."""
        one = self.rows == 1
        left = say(
            lang,
            f"{self.rows} more row{'' if one else 's'} without a date {'is' if one else 'are'} left out",
            f"另有 {self.rows} 行没有日期，未列出",
        )
        if not self.in_period:
            return left
        return left + say(
            lang,
            f"; {self.in_period} of a stated period: cascq query {_BY_PERIOD}",
            f"；其中 {self.in_period} 行只写明时期，见 cascq query {_BY_PERIOD}",
        )


def undated(graph: KnowledgeGraph, name: str, params: Mapping[str, Any], lang: str) -> Undated | None:
    """Return what a canned query leaves out for want of a date; None where no span is asked for, or nothing is.

    The query is asked once more without the span, and only if there is one; it has a column `date`.

    Args:
        graph: the graph.
        name: the query's name.
        params: what it was asked with.
        lang: language of the labels.

    Raises:
        CascqError: a parameter is wrong; see `KnowledgeGraph.query`.
    """
    if not any(params.get(key) is not None for key in SPAN) or "date" not in catalogue.get(name).columns:
        return None
    rest = {key: value for key, value in params.items() if key not in SPAN}
    try:
        rows = [row for row in graph.query(name, rest, lang=lang) if row["date"] is None]
        periods = _of_periods(graph.store) if rows else set()
    except CascqError:
        return None  # without a span, it may be more than the store answers; the answer itself is there
    return Undated(len(rows), sum(any(cell in periods for cell in row.values()) for row in rows)) if rows else None


def _of_periods(store: Store) -> set[Cell]:
    """Return the periods, and what is stated to fall into one, by itself or as a member of a listing.

    Not by the query by-period, which takes seconds on millions of triples; nothing where that is no query of the
    project.
    """
    if _BY_PERIOD not in catalogue.names():
        return set()
    found: set[Cell] = set()
    for quad in store.quads_for_pattern(None, _DURING, None, None):
        found |= {_cell(quad.subject), _cell(quad.object)}
    for quad in store.quads_for_pattern(None, _MEMBER, None, None):
        if quad.subject in found:
            found.add(_cell(quad.object))
    return found - {None}


def _cell(term: Any) -> Cell:
    """Return a term if it is a name, as a row may have it."""
    return term if isinstance(term, ox.NamedNode) else None
