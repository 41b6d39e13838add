"""Loading into a folder, an Oxigraph server and a Virtuoso server: the same promises everywhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from cascq import namespaces as ns
from cascq.graph import KnowledgeGraph
from cascq.remote import connecting
from cascq.remote.canonical import canonical
from cascq.remote.endpoint import open_endpoint
from cascq.remote.folder_target import FolderTarget
from cascq.remote.gathering import gather
from cascq.remote.loading import load_into
from cascq.remote.remote_target import RemoteTarget
from cascq.remote.targets import Target
from conftest import PROJECT, Run
from faulty import Asked, faulty
from load_targets import add_graph, content, held, put
from servers import Server

OTHERS = "http://other.example/graph"


def test_the_second_load_writes_nothing(where: str, data: Path, cli: Callable[..., Run]) -> None:
    first = cli("load", where, "--data", str(data))
    assert first.code == 0, first.err
    assert "new, 0 changed, 0 the same" in first.out
    second = cli("load", where, "--data", str(data), "--json")
    report = json.loads(second.out)
    assert report["written"] == 0
    assert {graph["state"] for graph in report["graphs"]} == {"same"}
    assert "nothing to do" in cli("load", where, "--data", str(data)).out
    assert "无需改动" in cli("load", where, "--data", str(data), lang="zh").out


def test_what_is_there_is_what_is_here(target: Callable[[], Target]) -> None:
    report = load_into(target())
    graph = KnowledgeGraph()
    with gather(None) as gathered:
        assert set(report.graphs("new")) == set(gathered.contents)
        local = {str(quad.graph_name.value) for quad in graph.store}
        assert set(gathered.contents) == local | {ns.SHAPES_GRAPH}
        there = content(target(), list(gathered.contents))
        assert there == {name: gathered.text(one) for name, one in gathered.contents.items()}
        for name in local:
            here = ox.serialize(
                (quad.triple for quad in graph.store.quads_for_pattern(None, None, None, ox.NamedNode(name))),
                format=ox.RdfFormat.N_TRIPLES,
            )
            assert b"".join(canonical(here)) == there[name]


def test_a_changed_fact_changes_its_graph_and_what_is_derived(target: Callable[[], Target], data: Path) -> None:
    load_into(target(), [data])
    file = data / "letter" / "1.trig"
    file.write_text(file.read_text("utf-8").replace("cascq:party id:institute-a , ", "cascq:party "), "utf-8")
    report = load_into(target(), [data])
    assert report.graphs("changed") == [ns.SOURCE + "letter/1-1", ns.DERIVED_GRAPH]
    assert report.graphs("new") == []
    assert b"institute-a> ." not in target().read(ns.SOURCE + "letter/1-1")
    assert load_into(target(), [data]).written == 0


def test_prune_removes_what_we_made_and_nothing_else(
    target: Callable[[], Target], data: Path, where: str, cli: Callable[..., Run]
) -> None:
    mine = add_graph(data, "9-9", "ex:a ex:b ex:c")
    load_into(target(), [data])
    stray = ns.BASE + "somebody-elses"
    put(
        target(),
        {OTHERS: b"<http://x/a> <http://x/b> <http://x/c> .\n", stray: b"<http://x/a> <http://x/b> <http://x/d> .\n"},
    )
    (data / "more.trig").unlink()
    assert "no longer in the data: 1 graph of earlier loads; --prune" in cli("load", where, "--data", str(data)).out
    assert target().counts([mine]) == {mine: 1}
    dry = cli("load", where, "--data", str(data), "--prune", "--dry-run").out
    assert f"remove\t1\t{mine}" in dry
    assert target().counts([mine]) == {mine: 1}
    assert "1 removed" in cli("load", where, "--data", str(data), "--prune").out
    assert target().counts([mine, OTHERS, stray]) == {OTHERS: 1, stray: 1}
    assert mine not in held(target()).graphs
    assert "nothing to do" in cli("load", where, "--data", str(data), "--prune").out


def test_a_dry_run_writes_nothing(target: Callable[[], Target], where: str, cli: Callable[..., Run]) -> None:
    run = cli("load", where, "--dry-run", "--data", str(PROJECT / "data"))
    lines = run.out.splitlines()
    assert all(line.startswith("new\t") for line in lines[:-2])
    assert run.code == 0
    names = [line.split("\t")[2] for line in lines[:-2]]
    assert ns.DERIVED_GRAPH in names
    assert target().counts([*names, ns.CATALOGUE_GRAPH, ns.LOCK_GRAPH]) == {}
    assert "://" in where or not Path(where).exists()


def test_the_catalogue(target: Callable[[], Target], data: Path) -> None:
    load_into(target(), [data])
    holdings = held(target())
    assert holdings.complete
    with gather([data]) as gathered:
        assert {graph: one.digest for graph, one in holdings.graphs.items()} == {
            graph: one.digest for graph, one in gathered.contents.items()
        }
    assert holdings.graphs[ns.SOURCE + "letter/1-1"].files == ("1.trig",)
    block = target().read(ns.CATALOGUE_GRAPH).decode()
    for part in ("void#Dataset", "dcat#Catalog", "void#triples", "sha256", "dc/terms/modified", "versionInfo"):
        assert part in block
    assert f"<http://purl.org/dc/terms/source> <{ns.SOURCE}letter>" in block
    assert target().counts([ns.LOCK_GRAPH, f"{ns.STAGING_GRAPH}/1"]) == {}


def test_the_catalogue_tells_of_graphs_that_are_kept_what_is_true(target: Callable[[], Target], data: Path) -> None:
    """They are no longer in the data: their document is named, and a size and a hash only if they are still right."""
    note, other, lost = (f"{ns.SOURCE}{name}/1-1" for name in ("note", "other", "lost"))
    triple = "<http://x/a> <http://x/b> <http://x/c> ."
    (data / "more.trig").write_text("".join(f"<{graph}> {{ {triple} }}" for graph in (note, other, lost)), "utf-8")
    load_into(target(), [data])
    (data / "more.trig").unlink()
    first = target()
    with first.lock():
        first.remove([lost])
        first.finish()
    put(target(), {other: f"{triple}\n<http://x/a> <http://x/b> <http://x/d> .\n".encode()})
    assert load_into(target(), [data]).graphs("gone") == [note, other]
    holdings = held(target())
    assert lost not in holdings.graphs
    assert [bool(holdings.graphs[graph].digest) for graph in (note, other)] == [True, False]
    block = target().read(ns.CATALOGUE_GRAPH).decode()
    sources = [name for name in ("letter", "note", "other", "lost") if f"source> <{ns.SOURCE}{name}>" in block]
    assert sources == ["letter", "note", "other"]
    before = target().read(ns.CATALOGUE_GRAPH)
    load_into(target(), [data])
    assert target().read(ns.CATALOGUE_GRAPH) == before
    assert load_into(target(), [data], prune=True).graphs("gone") == [note, other]
    assert not target().counts([note, other])


def test_a_load_into_a_store_without_a_catalogue_hides_nothing_from_readers(oxigraph: Server, data: Path) -> None:
    def load(url: str) -> None:
        client, profile = connecting.connect(url, "oxigraph")
        with client:
            load_into(RemoteTarget(client, profile), [data])

    load(oxigraph.url)
    before = set(open_endpoint(oxigraph.url).graphs)
    client, profile = connecting.connect(oxigraph.url)
    with client:
        RemoteTarget(client, profile).remove([ns.CATALOGUE_GRAPH])
    new = add_graph(data, "9-9", "ex:a ex:b ex:c")
    seen: list[set[str]] = []

    def look(asked: Asked) -> None:
        if asked.method == "POST" and asked.path.startswith("/store"):  # graphs are written, after the mark
            seen.append(set(open_endpoint(oxigraph.url).graphs))

    with faulty(look, oxigraph.url) as server:
        load(server.url)
    assert seen == [before]
    assert set(open_endpoint(oxigraph.url).graphs) == {*before, new}


def test_what_others_changed_in_our_graphs_is_mended(target: Callable[[], Target], data: Path) -> None:
    load_into(target(), [data])
    graph = ns.SOURCE + "letter/1-1"
    right = target().read(graph)
    put(target(), {graph: right + b"<http://x/a> <http://x/b> <http://x/c> .\n"})  # seen by its count
    assert load_into(target(), [data]).graphs("changed") == [graph]
    assert target().read(graph) == right
    wrong = right.replace(b"2031", b"2032")
    first = target()
    if isinstance(first, FolderTarget):
        with first.lock():
            first.store.remove_graph(ox.NamedNode(graph))
    put(target(), {graph: wrong})  # of the same size: seen only by who looks
    assert load_into(target(), [data]).written == 0
    assert load_into(target(), [data], verify="all").graphs("changed") == [graph]
    assert target().read(graph) == right


def test_without_a_catalogue_the_graphs_are_looked_at(target: Callable[[], Target], data: Path) -> None:
    load_into(target(), [data])
    first = target()
    with first.lock():
        first.remove([ns.CATALOGUE_GRAPH])
        first.finish()
    assert load_into(target(), [data]).written == 0
    assert held(target()).complete


def test_a_large_graph(target: Callable[[], Target], data: Path) -> None:
    """Larger than what a store takes at once, and replaced at once for its readers."""
    # Virtuoso 7.2.5 takes a minute or for ever, now and then, to COPY some ten thousand triples: docs/loading.md.
    size = 3_000 if isinstance(target(), RemoteTarget) and not target().profile.atomic_put else 31_000
    lines = [f"ex:s{number} ex:p ex:o{number % 7} ." for number in range(size)]
    graph = add_graph(data, "9-9", "\n".join(lines))
    report = load_into(target(), [data])
    assert report.triples[graph] == size
    assert held(target()).graphs[graph].triples == size
    seen, stop = set(), threading.Event()

    def look() -> None:
        while True:
            seen.add(target().counts([graph]).get(graph, 0))
            if stop.wait(0.05):  # without a pause, Virtuoso may keep the writer waiting for ever
                return

    thread = threading.Thread(target=look)
    thread.start()
    try:
        add_graph(data, "9-9", "\n".join(lines[:-1]))
        assert load_into(target(), [data]).graphs("changed") == [graph]
    finally:
        stop.set()
        thread.join()
    assert seen
    assert seen <= {size, size - 1}
    assert target().counts([graph]) == {graph: size - 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<http://x/a> <http://x/b> <http://x/c> .", "triples outside of any named graph"),
        ("<http://x/g> { <http://x/a> <http://x/b> <http://x/c> . }", "graph <http://x/g> is outside of"),
        ("<http://x/g> { <http://x/a> <http://x/b> }", "data.trig:1"),
    ],
    ids=["no graph", "a graph of somebody else", "broken"],
)
def test_data_that_cannot_be_loaded(tmp_path: Path, text: str, said: str, cli: Callable[..., Run]) -> None:
    path = tmp_path / "data.trig"
    path.write_text(text, encoding="utf-8")
    run = cli("load", str(tmp_path / "store"), "--data", str(path))
    assert run.code == 2
    assert said in run.err
    assert not (tmp_path / "store").exists()


def test_plain_sparql_without_a_profile(oxigraph: Server, data: Path, cli: Callable[..., Run]) -> None:
    url = oxigraph.url
    services = ["--query-url", f"{url}/query", "--update-url", f"{url}/update"]
    first = cli("load", *services, "--data", str(data))
    assert (first.code, first.err) == (0, "")
    assert "nothing to do" in cli("load", *services, "--data", str(data)).out
    assert "nothing to do" in cli("load", url, "--data", str(data)).out
    file = data / "letter" / "1.trig"
    file.write_text(file.read_text("utf-8").replace("2031-05-02", "2031-05-03"), "utf-8")
    more = [*services, "--graph-store-url", f"{url}/store"]
    assert "0 new, 1 changed" in cli("load", *more, "--data", str(data)).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "where to?"),
        (["--query-url", "http://h/"], "go together"),
        (["http://h/", "--query-url", "http://h/", "--update-url", "http://h/"], "not both"),
        (["folder", "--profile", "virtuoso"], "is a folder"),
        (["http://h/", "--timeout", "0"], "more than 0 and at most 86400 seconds, not 0"),
        (["http://h/", "--timeout", "inf"], "at most 86400 seconds, not inf"),
        (["http://h/", "--timeout", "soon"], "'soon' is no number of seconds"),
        (["http://h/", "--profile", "x"], "unknown profile"),
        (["localhost:7878"], "a URL begins with http:// or https:// (http://localhost:7878?)"),
        (["127.0.0.1:7878/ds"], "http://127.0.0.1:7878/ds?"),
        (["http:/h"], "a URL begins with http://"),
        (["//h"], "a URL begins with http://"),
        (["folder", "--timeout", "5"], "--timeout are for a store with a URL"),
    ],
)
def test_a_command_that_makes_no_sense(arguments: list[str], said: str, cli: Callable[..., Run]) -> None:
    run = cli("load", *arguments)
    assert run.code == 2
    assert said in run.err


def test_triples_in_graphs_of_ours_are_not_dropped_in_silence(data: Path, where: str, cli: Callable[..., Run]) -> None:
    """What an export has in them is no loss: it comes from the package."""
    cli("export", "--data", str(data), "-o", str(data / "all.nq"))
    assert "left out" not in cli("load", where, "--data", str(data / "all.nq")).out
    (data / "more.nq").write_text(
        f"<http://x/s> <http://x/p> <http://x/o> <{ns.SHAPES_GRAPH}> .\n"
        f"<http://x/s> <http://x/p> <http://x/o> <{ns.ONTOLOGY_GRAPH}> .\n",
        encoding="utf-8",
    )
    run = cli("load", where, "--data", str(data))
    assert f"{ns.SHAPES_GRAPH}: cascq makes this graph itself; left out of the data: 1 triple\n" in run.out
    assert json.loads(cli("load", where, "--data", str(data), "--json").out)["leftOut"] == {
        ns.SHAPES_GRAPH: 1,
        ns.ONTOLOGY_GRAPH: 1,
    }


def test_a_graph_that_comes_to_nothing_is_said(data: Path, tmp_path: Path, where: str, cli: Callable[..., Run]) -> None:
    assert cli("load", where, "--data", str(data)).code == 0
    (tmp_path / "bare.nq").write_text(f"<http://x/s> <http://x/p> <http://x/o> <{ns.SOURCE}x/1> .\n", encoding="utf-8")
    bare = ("load", where, "--data", str(tmp_path / "bare.nq"))
    assert "1 graph to empty" in cli(*bare, "--dry-run").out
    assert "1 graph emptied" in cli(*bare).out
    assert "nothing to do: all is there already\n" in cli(*bare).out
    assert "all is there already, " in cli(*bare, "--verify", "all").out
    assert json.loads(cli(*bare, "--verify", "all", "--json").out)["verified"] > 1
