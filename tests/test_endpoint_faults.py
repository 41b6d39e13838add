"""What goes wrong with a remote store is said clearly, with exit code 2; on real sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import servers
import store_samples
from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.remote.endpoint import open_endpoint
from cascq.remote.stores import STATUS
from conftest import Run
from faulty import Answer, Asked, faulty, in_turn

Cli = Callable[..., Run]
JSON = b'{"head":{"vars":["g","n"]},"results":{"bindings":[{"g":{"type":"uri","value":"https://w3id.org/cascq/x"}'
VERBS = {
    "query": ("query", "agreements"),
    "sparql": ("sparql", "ASK {}"),
    "describe": ("describe", "id:cigit"),
    "search": ("search", "CIGIT"),
    "evidence": ("evidence",),
    "stats": ("stats",),
    "export": ("export",),
    "check": ("check",),
    "validate": ("validate",),
}


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_is_there(verb: str, cli: Cli) -> None:
    result = cli(*VERBS[verb], "--endpoint", f"http://127.0.0.1:{servers.free_port()}/sparql")
    assert result.code == 2
    assert result.out == ""
    assert "nobody listens there" in result.err


@pytest.mark.parametrize("verb", VERBS)
def test_a_store_without_our_graphs_is_told_so(verb: str, cli: Cli, oxigraph: servers.Server) -> None:
    result = cli(*VERBS[verb], "--endpoint", oxigraph.url)
    assert result.code == 2
    assert "no graph of cascq is in this store" in result.err


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(body=b"<html><body>Please log in</body></html>", kind="text/html"), "is that the address of a SPARQL"),
        (Answer(body=b"g,n\nx,1\n", kind="text/csv"), "answered with text/csv"),
        (Answer(body=JSON), "the answer is cut off or broken"),
        (Answer(body=JSON, length=len(JSON) + 500), "the answer is cut off or broken"),
        (Answer(302, headers={"Location": "https://example.org/sparql"}), "redirects to https://example.org/sparql"),
        (Answer(401, headers={"WWW-Authenticate": 'Basic realm="x"'}), "asks for a user"),
        (Answer(403), "not allowed"),
        (Answer(404), "check the URL and --profile"),
        (Answer(500, b"out of memory", "text/plain"), "out of memory"),
    ],
    ids=["page", "kind", "broken", "cut off", "redirect", "login", "forbidden", "missing", "failed"],
)
def test_what_is_no_answer_is_told_so(answer: Answer, said: str) -> None:
    with faulty(in_turn(answer)) as server:
        with pytest.raises(CascqError) as error:
            len(open_endpoint(server.url, "sparql"))
        assert said in error.value.en
        assert error.value.zh != error.value.en
        assert len(server.asked) == 1  # asking again would not help


def test_a_wrong_password_is_told_so(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASCQ_PASSWORD", "not this one")
    with faulty(in_turn(Answer(401, headers={"WWW-Authenticate": 'Basic realm="x"'}))) as server:
        result = cli("stats", "--endpoint", server.url, "--profile", "graphdb", "--user", "ada")
    assert result.code == 2
    assert "password" in result.err
    assert "not this one" not in result.err


def test_a_slow_store_is_given_up() -> None:
    later = threading.Event()
    with faulty(in_turn(Answer(wait=later))) as server:
        with pytest.raises(CascqError, match="no answer within"):
            len(open_endpoint(server.url, "sparql", timeout=0.2))
        later.set()


@pytest.mark.parametrize("survived", [1, 2, 3])
def test_a_store_that_goes_down_in_the_middle_gives_no_half_answer(
    survived: int, cli: Cli, oxigraph: servers.Server, shipped: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)

    def fall(request: Asked) -> Answer | None:
        return Answer(drop=True) if request.number >= survived else None

    with store_samples.filled(oxigraph.url, "oxigraph", shipped.store), faulty(fall, oxigraph.url) as server:
        result = cli("export", "--endpoint", server.url, "--profile", "oxigraph")
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("cascq: ")
    assert "Traceback" not in result.err


def test_a_store_that_gives_less_than_it_counted_is_not_believed(
    oxigraph: servers.Server, shipped: KnowledgeGraph
) -> None:
    """A server that cuts answers without a word."""
    empty = b'{"head":{"vars":["g","s","p","o"]},"results":{"bindings":[]}}'

    def cut(request: Asked) -> Answer | None:
        short = "GRAPH ?g { ?s ?p ?o } }" in request.text and "COUNT" not in request.text
        short = short or ("STRSTARTS" in request.text and "COUNT" not in request.text)
        return Answer(body=empty) if short else None

    few = list(shipped.store)[:5]
    with (
        store_samples.filled(oxigraph.url, "oxigraph", few),
        faulty(cut, oxigraph.url) as server,
        pytest.raises(CascqError, match="does not have the number of triples that was counted"),
    ):
        list(open_endpoint(server.url, "oxigraph"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--endpoint", "ftp://example.org/"), "is no URL of a store"),
        (("--endpoint", "http://ada:secret@example.org/"), "has a user or a password in it"),
        (("--endpoint", "ftp://ada:secret@example.org/"), "'…@example.org/' is no URL of a store"),
        (("--endpoint", "http://example.org/", "--profile", "nosuch"), "unknown profile 'nosuch'"),
        (("--endpoint", "http://example.org/", "--store", "x"), "one store at a time"),
        (("--endpoint", "http://127.0.0.1:1/", "--data", "x.ttl"), "files or a store"),
        (("--profile", "oxigraph"), "go with --endpoint"),
        (("--endpoint", "http://127.0.0.1:1/", "--timeout", "0"), "more than 0 and at most"),
        (("--endpoint", "http://127.0.0.1:1/", "--timeout", "1e12"), "at most 86400 seconds, not 1e+12"),
        (("--timeout", "1"), "go with --endpoint"),
        (("--store", "/nowhere/at/all"), "there is no such folder"),
        (("--store", __file__), "is a file, not a folder"),
        (("--endpoint", "localhost:7878"), "is no URL of a store"),
        (("--endpoint", "http://[::1"), "is no URL of a store"),
        (("--endpoint", "http://a..b/"), "is no URL of a store"),
        (("--endpoint", "http://example.org/#part"), "is no URL of a store"),
        (("--endpoint", "http://example.org/?x=1", "--profile", "fuseki"), "has no part after '?'"),
    ],
)
def test_options_that_make_no_sense_are_refused(arguments: tuple[str, ...], said: str, cli: Cli) -> None:
    result = cli("stats", *arguments)
    assert result.code == 2
    assert said in result.err
    assert "secret" not in result.err


@pytest.mark.parametrize("arguments", [("stats", "--endpoint", "http://127.0.0.1:1/"), ("load", "http://127.0.0.1:1/")])
def test_packages_that_are_not_installed_are_named(
    arguments: tuple[str, ...], cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cascq.remote.opening.find_spec", lambda _name: None)
    result = cli(*arguments)
    assert result.code == 2
    assert "pip install 'cascq[remote]'" in result.err


def test_the_profile_of_another_store_is_noticed(oxigraph: servers.Server, shipped: KnowledgeGraph, cli: Cli) -> None:
    with store_samples.filled(oxigraph.url, "oxigraph", shipped.store):
        result = cli("query", "agreements", "--endpoint", f"{oxigraph.url}/query", "--profile", "qlever")
        assert result.code == 2
        assert "this store is Oxigraph server, as it says, not QLever" in result.err
        assert cli("query", "agreements", "--endpoint", f"{oxigraph.url}/query", "--profile", "sparql").code == 0


@pytest.mark.parametrize("kind", ["folder", "oxigraph"])
def test_a_load_that_has_not_come_to_its_end_is_told(
    kind: str, project: Path, tmp_path: Path, request: pytest.FixtureRequest, cli: Cli
) -> None:
    """At work or interrupted: its mark stands beside the one of the load before."""
    where = str(tmp_path / "store") if kind == "folder" else request.getfixturevalue("oxigraph").url
    asked = ("stats", "--store" if kind == "folder" else "--endpoint", where)
    assert cli("load", where).code == 0
    assert "a load is at work" not in cli(*asked).err
    mark = f'GRAPH <{ns.CATALOGUE_GRAPH}> {{ <{ns.CATALOGUE_GRAPH}> <{STATUS}> "loading" }}'
    if kind == "folder":
        ox.Store(where).update(f"INSERT DATA {{ {mark} }}")
    else:
        with store_samples.client(where, "oxigraph") as client:
            client.update(f"INSERT DATA {{ {mark} }}")
    assert "a load is at work here, or was interrupted" in cli(*asked).err
    assert "加载正在进行或已中断" in cli(*asked, lang="zh").err
    assert cli("load", where).code == 0
    assert "a load is at work" not in cli(*asked).err


def test_a_user_beyond_ascii_is_no_traceback(
    virtuoso: servers.Server, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASCQ_USER", "用户")
    monkeypatch.setenv("CASCQ_PASSWORD", "口令")
    result = cli("load", virtuoso.url)
    assert result.code == 2
    assert "beyond ASCII" in result.err


def answered(*names: str, **bound: object) -> bytes:
    """Return a well-formed answer to a SELECT, of one row."""
    return json.dumps({"head": {"vars": names}, "results": {"bindings": [bound]}}).encode()


THING = {"type": "uri", "value": ns.BASE + "x"}
CONFUSED = {
    "ask": b'{"head":{},"boolean":true}',
    "one column": answered("x", x=THING),
    "no column": answered(),
    "no number": answered("g", "n", g=THING, n={"type": "literal", "value": "many"}),
    "unbound": answered("g", "n", g=THING),
}


@pytest.mark.parametrize("kind", CONFUSED)
@pytest.mark.parametrize(
    ("verb", "asked"),
    [
        ("load", "SELECT ?lock"),
        ("load", "COUNT("),
        ("load", "SELECT ?g ?s ?p ?o"),
        ("stats", "?status"),
        ("stats", "COUNT("),
        ("stats", "SELECT ?g ?s ?p ?o"),
    ],
)
@pytest.mark.usefixtures("project")
def test_answers_to_another_question_are_no_traceback(
    verb: str, asked: str, kind: str, cli: Cli, oxigraph: servers.Server
) -> None:
    """Well-formed results with other columns, as a cache or a gateway that confuses its answers gives them."""
    assert cli("load", oxigraph.url).code == 0
    answer = Answer(body=CONFUSED[kind])
    with faulty(lambda request: answer if asked in request.text else None, oxigraph.url) as server:
        where = [server.url, "--verify", "all"] if verb == "load" else ["--endpoint", server.url]
        result = cli(verb, *where, "--profile", "oxigraph")
    assert (result.code, result.out) == (2, "")
    assert "the answer is cut off or broken" in result.err
