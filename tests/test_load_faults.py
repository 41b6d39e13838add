"""What can go wrong while loading: nothing is lost, one clear message, exit code 2, and the next load goes on."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
import requests

from cascq import namespaces as ns
from cascq.remote import connecting
from cascq.remote.gathering import gather
from cascq.remote.holdings import Holdings
from cascq.remote.locking import Lock, locked
from cascq.remote.remote_target import RemoteTarget
from conftest import ENVIRONMENT, PROJECT, Run
from faulty import Answer, Asked, faulty, in_turn
from servers import Server, free_port, oxigraph

DATA = str(PROJECT / "data")
OTHERS = "http://other.example/graph"
LOADER = [sys.executable, "-m", "cascq", "load", "--data", DATA]


@pytest.fixture(autouse=True)
def tiny_project(project: Path) -> Path:
    """Load the tiny project: what is tested here does not depend on size."""
    return project


def is_whole(url: str) -> bool:
    """Tell whether a store holds exactly what it should, and other people's triple."""
    client, profile = connecting.connect(url)
    with client, gather([Path(DATA)]) as gathered:
        target = RemoteTarget(client, profile)
        holdings = Holdings.parse(target.read(ns.CATALOGUE_GRAPH))
        return (
            holdings is not None
            and holdings.complete
            and all(target.read(graph) == gathered.text(one) for graph, one in gathered.contents.items())
            and not target.counts([ns.LOCK_GRAPH, f"{ns.STAGING_GRAPH}/1"])
        )


def run_alone(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the loader as a process of its own, in the tiny project."""
    return subprocess.run(
        [*LOADER, "--lang", "en", *arguments],
        cwd=PROJECT, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120, **options,
    )  # fmt: skip


def kill_loading(url: str, profile: str, is_it: Callable[[Asked], bool]) -> None:
    """Load the tiny project into a store, and kill the loader (no time to clean up) while a request is under way.

    Args:
        url: the store.
        profile: of the store.
        is_it: tells that request from others.
    """
    reached, never = threading.Event(), threading.Event()

    def hold(asked: Asked) -> Answer | None:
        if not is_it(asked):
            return None
        reached.set()
        return Answer(wait=never)

    with faulty(hold, url) as server:
        process = subprocess.Popen(
            [*LOADER, server.url, "--profile", profile], cwd=PROJECT, env=ENVIRONMENT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert reached.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait()
        never.set()


def test_nobody_there(cli: Callable[..., Run]) -> None:
    run = cli("load", f"http://127.0.0.1:{free_port()}", "--data", DATA)
    assert run.code == 2
    assert run.err.count("\n") == 1
    assert "nobody listens there" in run.err


def test_a_wrong_address(oxigraph: Server, cli: Callable[..., Run]) -> None:
    run = cli("load", f"{oxigraph.url}/nothing", "--data", DATA)
    assert run.code == 2
    assert "there is no such service at this address: check the URL and --profile" in run.err


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, b"<html>Welcome</html>", "text/html"), "is that the address of a SPARQL service"),
        (Answer(200, b'{"head":', length=900), "cut off or broken"),
        (Answer(200, b"%PDF", "application/pdf"), "answered with application/pdf"),
        (
            Answer(302, headers={"Location": "https://elsewhere.example/login"}),
            "redirects to https://elsewhere.example/login",
        ),
        (Answer(401), "this store asks for a user"),
        (Answer(507, b"Insufficient Storage"), "has no room for this"),
    ],
    ids=["page", "truncated", "wrong type", "redirect", "password", "full"],
)
def test_a_server_that_answers_something_else(answer: Answer, said: str, cli: Callable[..., Run]) -> None:
    with faulty(in_turn(answer)) as server:
        run = cli("load", server.url, "--profile", "oxigraph", "--data", DATA)
    assert run.code == 2
    assert said in run.err
    assert "Traceback" not in run.err


def test_a_wrong_password(virtuoso: Server, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Run]) -> None:
    monkeypatch.setenv("CASCQ_USER", "dba")
    monkeypatch.setenv("CASCQ_PASSWORD", "no-such-password")
    run = cli("load", virtuoso.url, "--data", DATA)
    assert run.code == 2
    assert "user, password or token is wrong" in run.err
    assert "no-such-password" not in run.err + run.out
    monkeypatch.delenv("CASCQ_USER")
    assert "this store asks for a user" in cli("load", virtuoso.url, "--data", DATA).err


def test_a_read_only_store(tmp_path: Path, cli: Callable[..., Run]) -> None:
    with oxigraph(tmp_path):
        pass  # makes the folder
    with oxigraph(tmp_path, read_only=True) as server:
        assert cli("load", server.url, "--data", DATA, "--dry-run").code == 0
        run = cli("load", server.url, "--data", DATA)
    assert run.code == 2
    assert "The server is read-only" in run.err  # its own words


def test_a_slow_store(oxigraph: Server, cli: Callable[..., Run]) -> None:
    never = threading.Event()
    with faulty(lambda asked: Answer(wait=never) if "store" in asked.path else None, oxigraph.url) as server:
        run = cli("load", server.url, "--data", DATA, "--timeout", "0.5", "--profile", "oxigraph")
        never.set()
    assert run.code == 2
    assert "no answer within 0." in run.err


@pytest.mark.parametrize(
    "fault", [Answer(503, headers={"Retry-After": "0"}), Answer(drop=True)], ids=["503", "dropped"]
)
def test_hiccups_are_sat_out(fault: Answer, oxigraph: Server, cli: Callable[..., Run]) -> None:
    with faulty(lambda asked: fault if asked.number % 4 == 3 else None, oxigraph.url) as server:
        run = cli("load", server.url, "--data", DATA)
    assert run.code == 0, run.err
    assert is_whole(oxigraph.url)


@pytest.mark.parametrize(("said", "times"), [(b"No space left on device", 99), (b"internal error", 1)])
def test_a_store_that_fails_at_the_last_step_keeps_the_old_graph(
    said: bytes, times: int, oxigraph: Server, tmp_path: Path, cli: Callable[..., Run]
) -> None:
    """Its disk is full, or it hiccups, when a staged graph is to go live."""
    graph, data, left = f"{ns.SOURCE}letter/1-1", tmp_path / "data.nq", [times]

    def load(url: str, word: str) -> Run:
        data.write_text("".join(f'<http://e/{n}> <http://e/p> "{word}" <{graph}> .\n' for n in range(2_000)), "utf-8")
        return cli("load", "--query-url", f"{url}/query", "--update-url", f"{url}/update", "--data", str(data))

    def fail(asked: Asked) -> Answer | None:
        goes_live = "COPY <" in asked.text or f"INSERT DATA {{ GRAPH <{graph}>" in asked.text
        if not (graph in asked.text and goes_live and left[0]):
            return None
        left[0] -= 1
        return Answer(500, b"IO error: " + said)

    assert load(oxigraph.url, "old").code == 0
    with faulty(fail, oxigraph.url) as server:
        run = load(server.url, "new")
        asked = [request.text for request in server.asked]
    assert (run.code, run.err.count("\n"), said.decode() in run.err) == (2, 1, True)
    assert not [text for text in asked if f"CLEAR SILENT GRAPH <{graph}>" in text]
    client, profile = connecting.connect(oxigraph.url)
    with client:
        assert RemoteTarget(client, profile).read(graph).count(b'"old"') == 2_000
    assert load(oxigraph.url, "new").code == 0


def test_an_insert_that_fails_for_a_reason_is_not_sent_again(oxigraph: Server, cli: Callable[..., Run]) -> None:
    def full(asked: Asked) -> Answer | None:
        return Answer(500, b"IO error: No space left on device") if "letter/1-1> {" in asked.text else None

    with faulty(full, oxigraph.url) as server:
        services = ["--query-url", f"{server.url}/query", "--update-url", f"{server.url}/update"]
        run = cli("load", *services, "--data", DATA)
        asked = [request for request in server.asked if "INSERT DATA" in request.text and "letter/1" in request.text]
    assert (run.code, "the store has no room for this" in run.err) == (2, True)
    assert len(asked) == 2  # the mark in the catalogue, and one insert


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
def test_blank_nodes_are_not_doubled_where_an_answer_is_lost(
    name: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    cli: Callable[..., Run],
) -> None:
    """By update, or by the graph store where PUT is not atomic; the store has done what it was asked for."""
    data = tmp_path / "data.trig"
    data.write_text(f"<{ns.SOURCE}letter/1-1> {{ <http://e/a> <http://e/has> [ <http://e/p> 1 ] }}", encoding="utf-8")
    store: Server = request.getfixturevalue(name)
    lost: list[Asked] = []

    def lose(asked: Asked) -> Answer | None:
        if "_:" not in asked.text or lost:
            return None
        lost.append(asked)
        url = store.url + asked.path
        sent = requests.request(asked.method, url, data=asked.body, headers=asked.headers, timeout=60)
        assert sent.ok
        return Answer(drop=True)

    with faulty(lose, store.url) as server:
        if name == "virtuoso":
            monkeypatch.setenv("CASCQ_USER", "dba")
            monkeypatch.setenv("CASCQ_PASSWORD", "dba")
            where = [server.url]
        else:
            where = ["--query-url", f"{server.url}/query", "--update-url", f"{server.url}/update"]
        run = cli("load", *where, "--data", str(data))
    assert (run.code, run.err, len(lost)) == (0, "", 1)


@pytest.mark.parametrize("most", [2, 0])
def test_an_insert_that_the_store_refuses_is_halved(most: int, oxigraph: Server, cli: Callable[..., Run]) -> None:
    """Virtuoso refuses some requests with nothing wrong in them; where one graph alone fails, it is an error."""
    refused: list[int] = []

    def script(asked: Asked) -> Answer | None:
        text = unquote_plus(asked.body.decode())
        graphs = text.count("GRAPH <https://w3id.org/cascq/source/") if "INSERT DATA" in text else 0
        if graphs <= most:
            return None
        refused.append(graphs)
        return Answer(500, b"Virtuoso RDFXX Error .....: Bad argument to iri_to_id ()")

    with faulty(script, oxigraph.url) as server:
        services = ["--query-url", f"{server.url}/query", "--update-url", f"{server.url}/update"]
        run = cli("load", *services, "--data", DATA)
    if most:
        assert (run.code, run.err, min(refused) > most) == (0, "", True)
        assert is_whole(oxigraph.url)
    else:
        assert (run.code, len(run.err.splitlines()), refused[-1]) == (2, 1, 1)
        assert "HTTP 500" in run.err


@pytest.mark.parametrize("last", [4, 8])
def test_down_in_the_middle_then_up_again(last: int, tmp_path: Path, cli: Callable[..., Run]) -> None:
    """The server dies at one request or another; when it is back, the next load goes on."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(oxigraph(tmp_path, port=port))

        def die(asked: Asked) -> Answer | None:
            if asked.number == last:
                store.process.kill()
                store.process.wait()
            return None

        client, _ = connecting.connect(store.url)
        client.put_graph(OTHERS, b"<http://x/a> <http://x/b> <http://x/c> .")
        client.close()
        with faulty(die, store.url) as server:
            run = cli("load", server.url, "--data", DATA)
            died = len(server.asked) > last
        assert died
        assert run.code == 2
        assert "connection was lost" in run.err
    with oxigraph(tmp_path, port=port) as store:
        assert cli("load", store.url, "--data", DATA).code == 0
        assert is_whole(store.url)
        client, _ = connecting.connect(store.url)
        with client:
            assert client.get_graph(OTHERS) is not None


FUSEKI_PAGE = b"<html>\n<head>\n</head>\n<body>\n<h1>Success</h1>\n<p>\nUpdate succeeded\n</p>\n</body>\n</html>\n"
BLAZEGRAPH_PAGE = (
    b"<!DOCTYPE HTML><html><head></head><body<p>totalElapsed=1ms, elapsed=1ms</p\n>"
    b"<hr><p>COMMIT: totalElapsed=2ms, commitTime=1651761749071, mutationCount=1</p\n></html\n>"
)


@pytest.mark.parametrize("page", [FUSEKI_PAGE, BLAZEGRAPH_PAGE], ids=["Fuseki", "Blazegraph"])
def test_a_store_that_answers_updates_with_a_page(page: bytes, oxigraph: Server, cli: Callable[..., Run]) -> None:
    """As Blazegraph always does, and Fuseki where an update comes as a form."""

    def script(asked: Asked) -> Answer | None:
        if asked.path != "/update":
            return None
        kind = {"Content-Type": asked.headers["Content-Type"]}
        done = requests.post(f"{oxigraph.url}/update", data=asked.body, headers=kind, timeout=60)
        return Answer(200, page, "text/html;charset=utf-8") if done.ok else Answer(done.status_code, done.content)

    with faulty(script, oxigraph.url) as server:
        for said in ("0 changed", "nothing to do"):
            services = ["--query-url", f"{server.url}/query", "--update-url", f"{server.url}/update"]
            run = cli("load", *services, "--data", DATA)
            assert (run.code, run.err) == (0, "")
            assert said in run.out
    assert is_whole(oxigraph.url)


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
@pytest.mark.parametrize("last", [5, 9])
def test_killed_in_the_middle_then_run_again(
    name: str, last: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Run]
) -> None:
    """The loader is killed (no time to clean up) while a request is under way."""
    for variable in ("CASCQ_USER", "CASCQ_PASSWORD"):
        monkeypatch.setenv(variable, "dba")
        monkeypatch.setitem(ENVIRONMENT, variable, "dba")
    store: Server = request.getfixturevalue(name)
    kill_loading(store.url, name, lambda asked: asked.number >= last)
    run = cli("load", store.url, "--data", DATA)
    assert run.code == 0, run.err
    assert is_whole(store.url)


def test_two_loads_at_once(
    oxigraph: Server, virtuoso: Server, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Run]
) -> None:
    monkeypatch.setenv("CASCQ_USER", "dba")
    monkeypatch.setenv("CASCQ_PASSWORD", "dba")
    for store in (oxigraph, virtuoso):
        client, _ = connecting.connect(store.url)
        with client, locked(client):
            run = cli("load", store.url, "--data", DATA)
            assert run.code == 2
            assert "another load is at work there: " in run.err
            assert ", process " in run.err
            assert "另一个加载正在进行" in cli("load", store.url, "--data", DATA, lang="zh").err
        assert cli("load", store.url, "--data", DATA).code == 0


@pytest.mark.parametrize(
    ("owner", "until", "holds"),
    [
        ("anna@far-away, process 7", "2999-01-01T00:00:00Z", True),
        ("anna@far-away, process 7", "2001-01-01T00:00:00Z", False),
    ],
    ids=["of somebody", "over"],
)
def test_a_lock_ends(owner: str, until: str, holds: bool, oxigraph: Server, cli: Callable[..., Run]) -> None:
    lock = Lock(f"{ns.LOCK_GRAPH}#1", owner, "2000-01-01T00:00:00Z", until)
    client, _ = connecting.connect(oxigraph.url)
    with client:
        client.update(f"INSERT DATA {{ {lock.triples()} }}")
    run = cli("load", oxigraph.url, "--data", DATA)
    assert run.code == (2 if holds else 0)
    assert (owner in run.err) == holds
