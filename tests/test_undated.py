"""What a span of dates leaves out is said: rows without a date, and those with a period."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cascq import catalogue
from cascq.graph import KnowledgeGraph
from cascq.undated import SPAN, Undated, undated
from conftest import Run

Cli = Callable[..., Run]
DATED = [
    query.name
    for query in catalogue.read_all()
    if "date" in query.columns and {parameter.name for parameter in query.parameters} >= set(SPAN)
]


@pytest.mark.parametrize("name", DATED)
def test_dated_and_undated_rows_are_all_rows(name: str, shipped: KnowledgeGraph) -> None:
    """With a span that everything dated lies in."""
    required = {p.name: catalogue.get(name).example[p.name] for p in catalogue.get(name).parameters if p.required}
    inside = shipped.query(name, {**required, "from": "0001"}, lang="en")
    left_out = undated(shipped, name, {**required, "from": "0001"}, "en")
    assert len(inside) + (left_out.rows if left_out else 0) == len(shipped.query(name, required, lang="en"))


def test_what_has_a_period_is_counted(shipped: KnowledgeGraph) -> None:
    """What CIGIT built in the plan period has no date of its own; what the Academy built has neither."""
    found = undated(shipped, "partners", {"party": "CIGIT", "from": "2016", "to": "2020"}, "en")
    assert found == Undated(rows=6, in_period=6)
    found = undated(shipped, "establishments", {"party": "id:cas", "to": "2020"}, "en")
    assert found is not None
    assert found.rows > found.in_period == 0


def test_without_a_span_nothing_is_left_out(shipped: KnowledgeGraph) -> None:
    assert undated(shipped, "establishments", {}, "en") is None
    assert undated(shipped, "establishments", {"from": None}, "en") is None
    assert undated(shipped, "timeline", {"from": "2016"}, "en") is None  # it has dated events only
    assert undated(shipped, "events-per-year", {"from": "2016"}, "en") is None


@pytest.mark.parametrize(
    ("found", "en", "zh"),
    [
        (Undated(1, 0), "1 more row without a date is left out", "另有 1 行没有日期，未列出"),
        (
            Undated(6, 4),
            "6 more rows without a date are left out; 4 of a stated period: cascq query by-period",
            "另有 6 行没有日期，未列出；其中 4 行只写明时期，见 cascq query by-period",
        ),
    ],
)
def test_it_is_said_in_both_languages(found: Undated, en: str, zh: str) -> None:
    assert (found.text("en"), found.text("zh")) == (en, zh)


def test_it_is_talk_and_no_part_of_the_answer(cli: Cli) -> None:
    run = cli("query", "partners", "--param", "party=CIGIT", "--param", "from=2016", "--format", "csv")
    assert len(run.out.splitlines()) == 2
    assert run.err == "1 row\n6 more rows without a date are left out; 6 of a stated period: cascq query by-period\n"


def test_a_project_without_by_period_is_not_sent_there(
    shipped: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cascq.undated._BY_PERIOD", "no-such-query")
    assert undated(shipped, "partners", {"party": "CIGIT", "from": "2016"}, "en") == Undated(rows=6, in_period=0)
