"""What a span of dates leaves out: the rows of a canned query that have no date, or only a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cascq import catalogue
from cascq.language import say

if TYPE_CHECKING:
    from cascq.answers import Cell
    from cascq.graph import KnowledgeGraph

SPAN = ("from", "to")
_BY_PERIOD = "by-period"


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
        CascqError: see `KnowledgeGraph.query`.
    """
    if not any(params.get(key) is not None for key in SPAN) or "date" not in catalogue.get(name).columns:
        return None
    rest = {key: value for key, value in params.items() if key not in SPAN}
    rows = [row for row in graph.query(name, rest, lang=lang) if row["date"] is None]
    if not rows:
        return None
    periods = _of_periods(graph, lang)
    return Undated(len(rows), sum(any(cell in periods for cell in row.values()) for row in rows))


def _of_periods(graph: KnowledgeGraph, lang: str) -> set[Cell]:
    """Return the periods, and what is stated to fall into one; nothing where by-period is no query of the project."""
    found: set[Cell] = set()
    for row in graph.query(_BY_PERIOD, lang=lang) if _BY_PERIOD in catalogue.names() else ():
        found |= {row["period"]} if row["date"] else {row["period"], row["entity"]}
    return found
