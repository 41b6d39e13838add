"""The lock of a load in a store: it outlives failures, ends with its owner, and a load that has lost it stops."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import servers
from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.remote import connecting, locking
from cascq.remote.canonical import digest
from cascq.remote.holdings import Holdings
from cascq.remote.loading import load_into
from cascq.remote.locking import Lock, locked, standing
from cascq.remote.profiles import Addresses
from cascq.remote.protocol import Client
from cascq.remote.remote_target import RemoteTarget
from faulty import Answer, Asked, faulty
from servers import Server
from store_samples import client as connected

SINCE, PAST, FUTURE = "2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
A, B = f"{ns.SOURCE}letter/1-1", f"{ns.SOURCE}letter/1-2"


@pytest.fixture(params=["oxigraph", "virtuoso", "rdflib"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of each kind of store."""
    if request.param == "rdflib":
        with servers.rdflib() as server, Client(Addresses(server.url, server.url)) as one:
            yield one
    else:
        with connected(request.getfixturevalue(request.param).url, request.param) as one:
            yield one


def put(client: Client, *locks: Lock) -> None:
    for lock in locks:
        client.update(f"INSERT DATA {{ {lock.triples()} }}")


def left(client: Client) -> int:
    """Return how many triples are in the graph of the lock."""
    (row,) = client.results(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{ns.LOCK_GRAPH}> {{ ?s ?p ?o }} }}")
    return int(row[0].value)


def test_of_two_ends_the_later_one_counts(client: Client) -> None:
    """A renewal whose second half failed leaves both."""
    for end in ("2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"):
        node = f"{ns.LOCK_GRAPH}#{end}"
        put(client, *(Lock(node, "anna@far-away, process 7", SINCE, until) for until in (end, FUTURE)))
        for _ in range(2):
            with pytest.raises(CascqError, match="anna@far-away"), locked(client):
                pass
        locking._remove(client, Lock(node, "", "", ""))
    assert left(client) == 0


def test_a_renewal_that_fails_half_is_completed_by_the_next(oxigraph: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "RENEWAL", 0.05)
    monkeypatch.setattr(locking, "LASTS", timedelta(seconds=90))
    failed: list[str] = []

    def fail(asked: Asked) -> Answer | None:
        if failed or "DELETE" not in asked.text:
            return None
        failed.append(asked.text)
        return Answer(500)

    with faulty(fail, oxigraph.url) as server, connected(server.url, "oxigraph") as one:
        with locked(one) as hold:
            first = standing(one)[0].until
            end = time.monotonic() + 30
            while (standing(one)[0].until == first or left(one) != 3 or not failed) and time.monotonic() < end:
                time.sleep(0.1)
            assert (left(one), bool(failed)) == (3, True)
            hold.check(sure=True)
        assert left(one) == 0


def test_a_lock_is_renewed_and_one_that_has_ended_is_not(client: Client) -> None:
    live = Lock(f"{ns.LOCK_GRAPH}#1", "anna@far-away, process 7", SINCE, locking._clock(timedelta(seconds=60)))
    over = Lock(f"{ns.LOCK_GRAPH}#2", "otto@far-away, process 7", SINCE, PAST)
    gone = Lock(f"{ns.LOCK_GRAPH}#3", "otto@far-away, process 8", SINCE, FUTURE)
    put(client, live, over)
    for lock in (live, over, gone):
        locking._renew(client, lock)
    ends = {lock.node: lock.until for lock in standing(client)}
    assert set(ends) == {live.node, over.node}
    assert ends[over.node] == PAST
    assert ends[live.node] > live.until
    assert left(client) == 6
    for lock in (live, over):
        locking._remove(client, lock)
    assert left(client) == 0


def test_a_held_lock_is_looked_at_now_and_then(oxigraph: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty(lambda _: None, oxigraph.url) as server, connected(server.url, "oxigraph") as one, locked(one) as hold:
        before = len(server.asked)
        for _ in range(5):
            hold.check()
        assert len(server.asked) == before
        hold.check(sure=True)
        assert len(server.asked) == before + 1
        now = time.time()
        for later, looks in ((locking.LOOKS + 1, 2), (locking.LOOKS + 2, 2), (0, 3)):  # also when the clock is put back
            monkeypatch.setattr("time.time", lambda later=later: now + later)
            hold.check()
            assert len(server.asked) == before + looks
        locking._remove(one, standing(one)[0])
        hold.check()
        with pytest.raises(CascqError, match="has run out"):
            hold.check(sure=True)


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("space", "holds"),
    [("[{boot} {here}]", False), ("[{boot} 1]", True), ("[0-0 {here}]", True), ("", True)],
    ids=["here", "another container", "another machine", "not told"],
)
def test_a_dead_process_is_known_only_where_it_was_counted(space: str, holds: bool, oxigraph: Server) -> None:
    """Containers of one machine, and copies of a machine, have the same host name and each a process 1."""
    boot, here = locking._space().strip(" []").split()
    me = locking._me().partition(", process ")[0]
    owner = f"{me}, process {dead_process()} {space.format(boot=boot, here=here)}".strip()
    with connected(oxigraph.url, "oxigraph") as one:
        put(one, Lock(f"{ns.LOCK_GRAPH}#1", owner, SINCE, FUTURE))
        if holds:
            with pytest.raises(CascqError, match=r"process \d+, since"), locked(one):
                pass
        else:
            with locked(one):
                assert len(standing(one)) == 1


def test_this_process_in_another_container_is_somebody_else(oxigraph: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(oxigraph.url, "oxigraph") as one:
        put(one, Lock(f"{ns.LOCK_GRAPH}#1", locking._me(), SINCE, FUTURE))
        monkeypatch.setattr(locking, "_space", lambda: " [boot 1]")
        with pytest.raises(CascqError, match="another load is at work"), locked(one):
            pass


def write(path: Path, a: str, b: str) -> list[Path]:
    graphs = (f'<{graph}> {{ <http://e/a> <http://e/n> "{value}" . }}' for graph, value in ((A, a), (B, b)))
    path.write_text("\n".join(graphs), encoding="utf-8")
    return [path]


def target(url: str) -> RemoteTarget:
    return RemoteTarget(*connecting.connect(url, "oxigraph"))


def end_lock(url: str) -> None:
    """Let the lock in a store end, as if time had passed."""
    with connected(url, "oxigraph") as one:
        (lock,) = standing(one)
        locking._remove(one, lock)
        put(one, Lock(lock.node, "anna@far-away, process 7", lock.since, PAST))


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("moment", ["writing", "recording"])
def test_a_load_whose_lock_has_run_out_stops(
    moment: str, oxigraph: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was suspended, another one has loaded other data since, and it wakes up."""
    first, second = write(tmp_path / "1.trig", "first", "old"), write(tmp_path / "2.trig", "second", "second")
    load_into(target(oxigraph.url), write(tmp_path / "0.trig", "old", "old"))
    if moment == "writing":
        monkeypatch.setattr(locking, "LOOKS", 0.0)
    written: list[int] = []

    def suspend(asked: Asked) -> Answer | None:
        writes = "DROP SILENT GRAPH" in asked.text and A in asked.text
        if writes if moment == "writing" else written and "SELECT ?lock" in asked.text:
            end_lock(oxigraph.url)
            load_into(target(oxigraph.url), second)
        if writes:
            written.append(asked.number)
        return None

    with faulty(suspend, oxigraph.url) as server, pytest.raises(CascqError, match="lock of this load has run out"):
        load_into(target(server.url), first)
    assert len(written) == 1
    store = target(oxigraph.url)
    holdings = Holdings.parse(store.read(ns.CATALOGUE_GRAPH))
    assert holdings is not None
    is_true = all(held.digest == digest(store.read(graph)) for graph, held in holdings.graphs.items())
    # What was on its way lies over what the other one wrote: nobody vouches for it.
    assert (holdings.complete, is_true) == ((False, False) if moment == "writing" else (True, True))
    load_into(target(oxigraph.url), second)
    assert all(b'"second"' in store.read(graph) for graph in (A, B))
    assert load_into(target(oxigraph.url), first).graphs("changed") == [A, B]
