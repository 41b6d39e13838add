"""What a load does with literals that stores rewrite, and with blank nodes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cascq import namespaces as ns
from cascq.remote.holdings import mark
from cascq.remote.loading import load_into
from cascq.remote.remote_target import RemoteTarget
from cascq.remote.stores import rows
from cascq.remote.targets import Target
from conftest import Run
from load_targets import add_graph, put
from servers import Server


def test_a_blank_node_that_others_wrote_into_a_graph_of_ours_is_mended(
    target: Callable[[], Target], data: Path
) -> None:
    """Virtuoso calls it nodeID://…, also in XML."""
    load_into(target(), [data])
    graph = ns.SOURCE + "letter/1-1"
    right = target().read(graph)
    put(target(), {graph: b"<http://x/a> <http://x/b> _:x .\n"})
    assert load_into(target(), [data]).graphs("changed") == [graph]
    assert target().read(graph) == right


def test_literals_that_the_store_writes_differently_are_named(
    target: Callable[[], Target], data: Path, where: str, cli: Callable[..., Run]
) -> None:
    graph = add_graph(data, "9-9", 'ex:a ex:count "007"^^xsd:integer , "x"')
    run = cli("load", where, "--data", str(data))
    assert run.code == 0, run.err
    number = f"<{ns.XSD}integer>"
    assert f'{graph}: the store writes "007"^^{number} as "7"^^{number}' in run.out
    assert load_into(target(), [data]).written == 0
    assert load_into(target(), [data], verify="all").written == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"3"^^xsd:double', '"3"^^xsd:integer'),
        ('"3.5"^^xsd:float', '"3.5"^^xsd:decimal'),
        ('"3.0"^^xsd:decimal', '"3"^^xsd:integer'),
        ('"2016-05-01T08:00:00+08:00"^^xsd:dateTime', '"2016-05-01T00:00:00Z"^^xsd:dateTime'),
        ('"x"@en-us', '"x"@en-US'),
    ],
)
def test_after_an_interrupted_load_values_of_other_forms_are_written(
    old: str, new: str, target: Callable[[], Target], data: Path
) -> None:
    """Whether the store spells so, or holds other data, only writing tells; then the catalogue vouches for it."""
    graph = add_graph(data, "9-9", f"ex:a ex:b {new}")
    load_into(target(), [data])
    right = target().read(graph)
    add_graph(data, "9-9", f"ex:a ex:b {old}")
    load_into(target(), [data])
    first = target()
    with first.lock():
        first.mark(mark([]))  # what a killed load leaves
        first.finish()
    held_form = target().read(graph)
    add_graph(data, "9-9", f"ex:a ex:b {new}")
    report = load_into(target(), [data])
    assert report.graphs("changed") in ([graph], [] if held_form == right else [graph])
    assert target().read(graph) == right
    for verify in ("written", "all"):
        assert load_into(target(), [data], verify=verify).written == 0


def test_values_that_virtuoso_takes_for_one_are_an_error(
    virtuoso: Server, data: Path, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Run]
) -> None:
    monkeypatch.setenv("CASCQ_USER", "dba")
    monkeypatch.setenv("CASCQ_PASSWORD", "dba")
    graph = add_graph(data, "9-9", 'ex:a ex:in "2016"^^xsd:gYear , "2016-01"^^xsd:gYearMonth')
    run = cli("load", virtuoso.url, "--data", str(data))
    assert run.code == 2
    assert f"{graph}: 1 missing" in run.err
    assert "Traceback" not in run.err


def test_fractions_of_seconds_that_virtuoso_cuts_are_an_error(
    virtuoso: Server, data: Path, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Run]
) -> None:
    monkeypatch.setenv("CASCQ_USER", "dba")
    monkeypatch.setenv("CASCQ_PASSWORD", "dba")
    for fraction, code in ((".5", 0), (".123456789", 2)):  # of a new graph, and of one that has changed
        graph = add_graph(data, "9-9", f'ex:a ex:at "2016-05-01T08:00:00{fraction}Z"^^xsd:dateTime')
        run = cli("load", virtuoso.url, "--data", str(data))
        assert (run.code, f"{graph}: 1 missing, 1 too many" in run.err) == (code, bool(code)), run.err


def test_blank_nodes(target: Callable[[], Target], data: Path) -> None:
    graph = add_graph(data, "9-9", "ex:a ex:b [ ex:c [ ex:d ex:e ] ] . ex:f ex:g ( 1 2 )")
    load_into(target(), [data])
    assert target().counts([graph]) == {graph: 8}
    assert load_into(target(), [data], verify="all").written == 0


def test_blank_nodes_of_several_graphs_stay_apart(target: Callable[[], Target], data: Path) -> None:
    """New ones and changed ones: in canonical form, those of each graph have the same names."""
    query = "SELECT ?x { GRAPH ?g { ?x <http://example.org/p> ?p } GRAPH ?h { ?x <http://example.org/q> ?q } }"
    for turn in ("first", "added", "changed"):
        names = ("9-1", "9-2") if turn == "first" else ("9-3", "9-4")
        graphs = "".join(
            f"<{ns.SOURCE}letter/{name}> {{ <http://example.org/{name}> <http://example.org/has> "
            f'[ <http://example.org/{part}> "{turn}" ] }}'
            for name, part in zip(names, "pq", strict=True)
        )
        (data / "more.trig").write_text(graphs, encoding="utf-8")
        assert len(load_into(target(), [data]).graphs("changed" if turn == "changed" else "new")) >= 2
        there = target()
        asked = there.client.results(query) if isinstance(there, RemoteTarget) else rows(there.store, query)
        assert not list(asked), turn


def test_literals_beside_blank_nodes_are_named_too(data: Path, where: str, cli: Callable[..., Run]) -> None:
    """How a literal is written decides how blank nodes are called, so that no line agrees."""
    graph = add_graph(
        data, "1-9", 'ex:a ex:b _:x . _:x ex:c _:y, "007"^^xsd:integer . _:y ex:d "07"^^xsd:integer ; ex:e ex:f .'
    )
    run = cli("load", where, "--data", str(data), "--json")
    assert run.code == 0, run.err
    forms = [pair for pair in json.loads(run.out)["rewrittenLiterals"] if pair["graph"] == graph]
    assert sorted(pair["sent"].partition("^^")[0] for pair in forms) == ['"007"', '"07"']
