"""Graphs that a store cannot replace in one step, and many graphs at once, on real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.remote import connecting, profiles
from cascq.remote.credentials import Credentials
from cascq.remote.faults import refused
from cascq.remote.gathering import Gathered
from cascq.remote.loading import load_into
from cascq.remote.profiles import Addresses
from cascq.remote.protocol import Client
from cascq.remote.remote_target import RemoteTarget
from cascq.remote.targets import LENGTH
from conftest import Run
from faulty import faulty
from servers import Server

GRAPH = "https://w3id.org/cascq/large"
NO_ROOM = b"Virtuoso 40005 Error SR325: Transaction aborted because it's log after image size went above the limit"


class Narrow(Client):
    """A client of a store that refuses some COPYs; as Virtuoso does, whose transactions have little room."""

    refused = 0
    said = NO_ROOM

    def update(self, text: str, attempts: int | None = None) -> None:
        """Send an update, unless it is one that is refused."""
        if text.startswith("COPY") and self.refused:
            self.refused -= 1
            raise refused(self.addresses.update, 500, {}, self.said, known=False)
        super().update(text, attempts)


@pytest.fixture
def client(oxigraph: Server) -> Iterator[Narrow]:
    """A client of a store whose large graphs go by COPY, if its profile says so."""
    with Narrow(Addresses(f"{oxigraph.url}/query", f"{oxigraph.url}/update", f"{oxigraph.url}/store")) as made:
        yield made
        made.refused = 0
        made.update(f"DROP SILENT GRAPH <{GRAPH}>")


def write(target: RemoteTarget, word: str, triples: int = 2_500) -> bool:
    """Replace the graph, and tell whether it is there as it was sent."""
    with Gathered() as gathered:
        lines = (f'<http://e.org/{i}> <http://e.org/{word}> "{word}" .\n' for i in range(triples))
        gathered.add(GRAPH, "".join(lines).encode(), "")
        gathered.finish()
        for _ in target.replace(gathered, [gathered.contents[GRAPH]]):
            pass
        return target.read(GRAPH) == gathered.text(gathered.contents[GRAPH])


@pytest.mark.parametrize("refused", [1, 2])
def test_a_graph_too_large_for_a_transaction_is_emptied_first_and_named(client: Narrow, refused: int):
    target = RemoteTarget(client, profiles.named("virtuoso"))
    assert write(target, "old")
    assert target.torn == []

    client.refused = refused

    assert write(target, "new")
    assert target.torn == [GRAPH]


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("virtuoso", b"Virtuoso 42000 Error SR172: Transaction deadlocked"),
        ("virtuoso", b"Virtuoso 08C01 Error: No space left on device"),
        ("sparql", NO_ROOM),
    ],
)
def test_a_refusal_for_another_reason_leaves_the_old_graph(client: Narrow, profile: str, said: bytes):
    target = RemoteTarget(client, profiles.named(profile))
    assert write(target, "old")
    client.refused, client.said = 1, said

    with pytest.raises(CascqError):
        write(target, "new")

    assert b"old" in target.read(GRAPH)
    assert target.torn == []


def test_many_graphs_are_counted_as_one_by_one(virtuoso: Server):
    kind = profiles.named("virtuoso")
    with Client(kind.addresses(virtuoso.url), Credentials("dba", "dba"), kind.authentication) as client:
        names = [f"{GRAPH}/{number}" for number in range(250)]
        for start in range(0, 250, 50):
            patterns = (
                f'GRAPH <{name}> {{ <{name}> <http://e.org/p> "a", "b" }}' for name in names[start : start + 50]
            )
            client.update(f"INSERT DATA {{ {' '.join(patterns)} }}")
        target = RemoteTarget(client, kind)

        assert target.counts([*names, f"{GRAPH}/none"]) == dict.fromkeys(names, 2)
        assert target.counts(names[:3]) == dict.fromkeys(names[:3], 2)


def records(text: str, graphs: int, triples: int) -> str:
    """Return N-Quads with as many texts in as many passage graphs."""
    return "".join(
        f'<http://e.org/{graph}-{number}> <http://e.org/text> "{text}{number}" <{ns.SOURCE}x/{graph}-1> .\n'
        for graph in range(graphs)
        for number in range(triples)
    )


def test_long_texts_are_sent_in_requests_of_bounded_size(oxigraph: Server, project: Path, tmp_path: Path):
    """Few triples may be many bytes."""
    data, sizes = tmp_path / "data.nq", []
    with faulty(lambda asked: sizes.append(len(asked.body)), oxigraph.url) as server:
        for text in "山水":
            data.write_text(records(text * 4_000, graphs=20, triples=50), encoding="utf-8")
            load_into(RemoteTarget(*connecting.connect(server.url)), [data])
    assert sum(sizes) > 1.9 * data.stat().st_size  # as new graphs, and as changed ones
    assert max(sizes) < 1.1 * LENGTH


def test_a_literal_of_many_megabytes(oxigraph: Server, project: Path, tmp_path: Path, cli: Callable[..., Run]):
    data = tmp_path / "data.nq"
    for word in "ab":
        data.write_text(records(word * 12_000_000, 1, 1), encoding="utf-8")
        assert cli("load", oxigraph.url, "--data", str(data)).code == 0
    data.write_text(records("a", 3, 1), encoding="utf-8")
    assert load_into(RemoteTarget(*connecting.connect(oxigraph.url)), [data], verify="all").graphs("changed") == [
        f"{ns.SOURCE}x/0-1"
    ]


def test_a_literal_that_no_reader_has_room_for_is_named(
    oxigraph: Server, project: Path, tmp_path: Path, cli: Callable[..., Run]
):
    data, graph = tmp_path / "data.nq", f"{ns.SOURCE}x/0-1"
    data.write_text(records("a" * 17_000_000, 1, 1), encoding="utf-8")
    run = cli("load", oxigraph.url, "--data", str(data))
    assert (run.code, run.err) == (
        2,
        f"cascq: {data}:1: a literal of 17.0 MB, 16 MiB are the most (graph {graph})\n",
    )
    client, profile = connecting.connect(oxigraph.url)
    with client:
        client.update(f'INSERT DATA {{ GRAPH <{graph}> {{ <http://e.org/a> <http://e.org/p> "{"a" * 17_000_000}" }} }}')
        with pytest.raises(CascqError, match=f"{graph} has a literal of more than 16 MiB there"):
            RemoteTarget(client, profile).read(graph)
