"""Graphs that a store cannot replace in one step, and many graphs at once, on real servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cascq.errors import CascqError
from cascq.remote import profiles
from cascq.remote.credentials import Credentials
from cascq.remote.faults import refused
from cascq.remote.gathering import Gathered
from cascq.remote.profiles import Addresses
from cascq.remote.protocol import Client
from cascq.remote.remote_target import RemoteTarget
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
