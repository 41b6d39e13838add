"""One canned query as a text, and `cascq query --list NAME`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from cascq import catalogue, listing
from cascq.parameters import TYPES
from conftest import Run

Cli = Callable[..., Run]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(catalogue.names()))
def test_all_that_the_header_says_is_there(name: str, lang: str) -> None:
    query = catalogue.get(name)
    text = listing.text(query, lang)
    for said in (query.name, query.title[lang], query.question[lang], query.description[lang]):
        assert said in text
    for column, head in query.columns.items():
        assert f"\n  {column}  {head[lang]}\n" in text
    for parameter in query.parameters:
        assert f"\n  {parameter.name}  {parameter.label[lang]}\n      {parameter.type}" in text
    required = [parameter.name for parameter in query.parameters if parameter.required]
    assert text.count("required\n" if lang == "en" else "必填\n") == len(required)
    assert all(f"--param {one}=…" in text for one in required)


def test_every_type_is_explained() -> None:
    assert set(listing._TYPES) == set(TYPES)


def test_the_list_with_a_name_tells_of_that_query_alone(cli: Cli) -> None:
    run = cli("query", "--list", "timeline")
    assert run.code == 0
    assert run.out == listing.text(catalogue.get("timeline"), "en")
    assert "iri: a class, cascq:Event or below (listed by: cascq query classes)" in run.out
    assert "date: 2020, 2020-12 or 2020-12-15" in run.out
    assert "default: as --lang" in run.out
    assert cli("query", "timeline", "--list", lang="zh").out == listing.text(catalogue.get("timeline"), "zh")
    (entry,) = json.loads(cli("query", "--list", "timeline", "--json").out)
    assert entry == catalogue.get("timeline").to_dict("en")
    assert len(cli("query", "--list", "timeline", "--format", "csv").out.splitlines()) == 2


def test_the_command_that_lists_the_values_of_a_parameter_is_named_and_lists_them(cli: Cli) -> None:
    command = "cascq query concepts -p vocabulary=voc:Status"
    assert f"of voc:Status (listed by: {command})" in cli("query", "--list", "platforms").out
    assert f"voc:Status 中的概念（查看全部：{command}）" in cli("query", "--list", "platforms", lang="zh").out
    listed = cli(*command.split()[1:])
    assert [word in listed.out for word in ("planned", "announced", "reported", "completed")] == [True] * 4


def test_a_wrong_name_and_a_parameter_are_refused(cli: Cli) -> None:
    run = cli("query", "--list", "timelines")
    assert (run.code, run.out) == (2, "")
    assert "did you mean: timeline" in run.err
    assert "--param goes with asking" in cli("query", "--list", "timeline", "--param", "from=2020").err


def test_every_topic_has_a_name_in_both_languages() -> None:
    queries = catalogue.read_all()
    assert {query.topic for query in queries} == set(listing._TOPICS)
    assert {listing.topic(query, "zh") for query in queries}.isdisjoint(listing._TOPICS)


def test_the_list_names_topics_for_people_and_folders_for_programs(cli: Cli) -> None:
    assert cli("query", "--list", lang="zh").out.splitlines()[2].split()[0] == "协议"
    assert cli("query", "--list", "--format", "csv", lang="zh").out.splitlines()[1].split(",")[0] == "agreements"
