from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cascq import catalogue
from cascq import namespaces as ns
from cascq.check import run_query
from cascq.given import as_arguments
from cascq.graph import KnowledgeGraph
from conftest import Run

Cli = Callable[..., Run]


def test_the_shipped_graph_is_well(cli: Cli) -> None:
    run = cli("check")
    assert run.code == 0, run.out
    assert "All is well." in run.out
    assert "Q: " in run.out
    assert "A: " in run.out


def test_the_summary_comes_in_chinese(cli: Cli) -> None:
    assert "一切正常。" in cli("check", lang="zh").out


def test_the_summary_is_plain_data_too(cli: Cli) -> None:
    run = cli("check", "--json")
    data = json.loads(run.out)
    assert (run.code, data["ok"], data["validation"]["violation"]) == (0, True, 0)
    assert {entry["name"] for entry in data["queries"]} == set(catalogue.names())


def test_data_that_cannot_be_read_is_no_finding_but_an_error(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "broken.trig"
    path.write_text("{")
    run = cli("check", str(path))
    assert (run.code, run.out) == (2, "")
    assert f"{path}:1:" in run.err


def test_a_query_that_answers_has_no_problems(tiny: KnowledgeGraph) -> None:
    result = run_query(tiny, catalogue.get("agreements"), "en")
    assert result.problems == []
    assert result.answer is not None
    assert len(result.answer) == 1


def test_a_query_with_too_few_rows_is_a_problem(tiny: KnowledgeGraph) -> None:
    query = replace(catalogue.get("agreements"), min_rows=2)
    assert [p.en for p in run_query(tiny, query, "en").problems] == ["1 rows, but its header promises at least 2"]
    assert run_query(tiny, query, "en", enough=False).problems == []


def test_a_default_that_is_not_in_the_graph_is_a_problem(tiny: KnowledgeGraph) -> None:
    query = catalogue.get("agreements")
    party = replace(query.parameters[0], default="id:nobody")
    broken = replace(query, parameters=(party, *query.parameters[1:]))
    assert "id:nobody is not in the graph" in run_query(tiny, broken, "en").problems[0].en
    assert run_query(tiny, broken, "en", enough=False).problems == []


@pytest.mark.parametrize("verb", ["check", "validate"])
def test_data_may_be_given_as_everywhere_else(cli: Cli, tmp_path: Path, verb: str) -> None:
    path = tmp_path / "broken.trig"
    path.write_text("{")
    run = cli(verb, "--data", str(path))
    assert (run.code, run.out) == (2, "")
    assert f"{path}:1:" in run.err


@pytest.mark.parametrize("verb", ["check", "validate"])
def test_a_missing_path_is_an_error(cli: Cli, verb: str) -> None:
    run = cli(verb, "no/such/folder")
    assert (run.code, run.out) == (2, "")
    assert "no/such/folder: no such file or folder" in run.err


def test_where_there_are_findings_the_command_that_shows_them_is_named(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "it's new data"
    folder.mkdir()
    (folder / "a.trig").write_text(f"<{ns.CURATED}a> {{ <{ns.ID}a> a <{ns.CASCQ}Compny> }}", encoding="utf-8")
    run = cli("check", str(folder))
    assert run.code == 1
    (command,) = [line.removeprefix("  see: ") for line in run.out.splitlines() if line.startswith("  see: ")]
    assert shlex.split(command) == ["cascq", "validate", str(folder)]
    assert "undeclared" in cli(*shlex.split(command)[1:]).out
    store = tmp_path / "store"
    assert cli("load", str(store), "--data", str(folder)).code == 0
    assert f"详见：cascq validate --store {store}\n" in cli("check", "--store", str(store), lang="zh").out


def test_a_path_is_not_taken_for_an_option() -> None:
    assert as_arguments([Path("-a.trig"), Path("-"), Path("b")]) == ["./-a.trig", "-", "b"]


def test_what_validation_leaves_out_is_said(cli: Cli, shipped: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "export.nq"
    path.write_text(shipped.export("nquads"), encoding="utf-8")
    assert "  left out, since made from the ontology and by rules: " in cli("check", str(path)).out
