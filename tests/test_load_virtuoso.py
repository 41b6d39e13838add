"""How graphs go into Virtuoso: many new ones with one call of its own procedure, if the user may call it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from cascq import namespaces as ns
from cascq.remote import connecting
from cascq.remote.gathering import gather
from cascq.remote.loading import load_into
from cascq.remote.profiles import PROFILES
from cascq.remote.remote_target import RemoteTarget
from conftest import ENVIRONMENT, PROJECT, Run
from faulty import Answer, Asked, Faulty, faulty
from servers import Server, isql
from test_load_faults import is_whole, kill_loading

DATA = str(PROJECT / "data")
_GRAPH = re.compile(rb" <(https://w3id\.org/cascq/source/[^>]+)> \.\n")


@pytest.fixture(autouse=True)
def dba(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Load the tiny project as dba."""
    log_in(monkeypatch, "dba", "dba")
    return project


def log_in(monkeypatch: pytest.MonkeyPatch, user: str, password: str) -> None:
    for name, value in (("CASCQ_USER", user), ("CASCQ_PASSWORD", password)):
        monkeypatch.setenv(name, value)
        monkeypatch.setitem(ENVIRONMENT, name, value)


@pytest.fixture
def writer(virtuoso: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user who may write, but not call procedures."""
    isql(virtuoso, "DB.DBA.USER_CREATE('writer', 'pen')", 'GRANT SPARQL_UPDATE TO "writer"')
    log_in(monkeypatch, "writer", "pen")
    yield
    isql(virtuoso, "DB.DBA.USER_DROP('writer', 1)")


def graphs(asked: Asked) -> set[bytes]:
    """Return the passages' graphs in the data of a call."""
    return set(_GRAPH.findall(asked.body)) if is_call(asked) else set()


def is_call(asked: Asked) -> bool:
    return b"sql:TTLP" in asked.body


def inserted(server: Faulty) -> bool:
    """Tell whether passages' graphs came as INSERT DATA."""
    return any("INSERT DATA" in asked.text and f"GRAPH <{ns.SOURCE}" in asked.text for asked in server.asked)


def test_new_graphs_go_with_one_call(virtuoso: Server, cli: Callable[..., Run]) -> None:
    with faulty(lambda _: None, virtuoso.url) as server:
        run = cli("load", server.url, "--data", DATA)
    assert run.code == 0, run.err
    assert [len(graphs(asked)) > 1 for asked in server.asked if is_call(asked)] == [False, True, False]
    assert all("Authorization" in asked.headers for asked in server.asked if is_call(asked))  # no upload is in vain
    assert not inserted(server)
    assert is_whole(virtuoso.url)


def test_literals_and_names_are_kept_to_the_byte(virtuoso: Server, tmp_path: Path) -> None:
    texts = r"""
        ex:when "2016-01-02"^^xsd:date, "2016-02"^^xsd:gYearMonth, "2017"^^xsd:gYear ;
        ex:at "2016-01-02T03:04:05Z"^^xsd:dateTime ;
        ex:value 1.5, -7, true, false, "http://x/y"^^xsd:anyURI, "own"^^ex:type ;
        ex:text "two\nlines\r\n\tand a \"quote\"", "back\\n", "\u4E2D\U0001F600", "100%+&=;#", "--x\r\n--", "", "  " ;
        ex:label "中国科学院"@zh, "中國"@zh-Hant, "x"@en-GB ;
        <http://例子.example/路径?x=1&y=%20(2)#'!*> <urn:isbn:12-3> .
    """
    graph = f"{ns.SOURCE}letter/9-中(x)"
    (tmp_path / "more.trig").write_text(
        f"@prefix ex: <http://x/> . @prefix xsd: <{ns.XSD}> . <{graph}> {{ <http://x/中文~;a,b@c> {texts} }}", "utf-8"
    )
    client, profile = connecting.connect(virtuoso.url)
    with client, gather([tmp_path]) as gathered:
        report = load_into(RemoteTarget(client, profile), [tmp_path])
        assert RemoteTarget(client, profile).read(graph) == gathered.text(gathered.contents[graph])
    assert report.verified == len(report.states)


def test_every_update_is_one_transaction(virtuoso: Server, cli: Callable[..., Run]) -> None:
    """What others have asked for may have left threads of the server in another mode, for good."""
    with faulty(lambda _: None, virtuoso.url) as server:
        cli("load", server.url, "--data", DATA)
    updates = [asked.body for asked in server.asked if "sparql-update" in asked.headers.get("Content-Type", "")]
    assert updates
    assert all(update.startswith(PROFILES["virtuoso"].prologue.encode()) for update in updates)


@pytest.mark.usefixtures("writer")
def test_who_may_not_call_inserts(virtuoso: Server, cli: Callable[..., Run]) -> None:
    with faulty(lambda _: None, virtuoso.url) as server:
        run = cli("load", server.url, "--data", DATA)
    assert (run.code, run.err) == (0, "")
    assert sum(is_call(asked) for asked in server.asked) == 1
    assert inserted(server)
    assert is_whole(virtuoso.url)


@pytest.mark.parametrize(
    "said", [b"Virtuoso 40005 Error SR325: Transaction aborted", b"Virtuoso 42001 Error SR185: Undefined procedure"]
)
def test_another_error_is_no_reason_to_insert(said: bytes, virtuoso: Server, cli: Callable[..., Run]) -> None:
    with faulty(lambda asked: Answer(500, said) if is_call(asked) else None, virtuoso.url) as server:
        run = cli("load", server.url, "--data", DATA)
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert said.decode() in run.err
    assert not inserted(server)


def test_a_call_that_is_refused_is_halved(virtuoso: Server, cli: Callable[..., Run]) -> None:
    with faulty(lambda asked: Answer(500, b"RDFXX") if len(graphs(asked)) > 2 else None, virtuoso.url) as server:
        run = cli("load", server.url, "--data", DATA)
    assert (run.code, run.err) == (0, "")
    assert max(len(graphs(asked)) for asked in server.asked) > 2
    assert is_whole(virtuoso.url)


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
def test_a_connection_that_breaks_is_taken_up_again(answered: bool, virtuoso: Server, cli: Callable[..., Run]) -> None:
    """Whether the store has taken in what was sent cannot be known; to send it again does no harm."""
    broken: list[int] = []

    def script(asked: Asked) -> Answer | None:
        if not graphs(asked) or broken:
            return None
        broken.append(asked.number)
        if answered:
            headers = {name: value for name, value in asked.headers.items() if name != "Host"}
            requests.post(virtuoso.url + asked.path, asked.body, headers=headers, timeout=60).raise_for_status()
        return Answer(drop=True)

    with faulty(script, virtuoso.url) as server:
        run = cli("load", server.url, "--data", DATA)
    assert (run.code, run.err) == (0, "")
    assert broken
    assert is_whole(virtuoso.url)


def test_killed_in_a_call_then_run_again(virtuoso: Server, cli: Callable[..., Run]) -> None:
    """The loader dies with a call under way; the store may still finish it when the next load has begun."""
    kill_loading(virtuoso.url, "virtuoso", lambda asked: bool(graphs(asked)))
    run = cli("load", virtuoso.url, "--data", DATA)
    assert run.code == 0, run.err
    assert is_whole(virtuoso.url)
