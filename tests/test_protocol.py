"""Talking to stores: real ones, and a socket that replays what goes wrong."""

from __future__ import annotations

import contextlib
import html
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cascq.errors import CascqError
from cascq.remote.credentials import Credentials
from cascq.remote.profiles import PROFILES, Addresses
from cascq.remote.protocol import Client
from faulty import Answer, Asked, Faulty, faulty, in_turn
from servers import Server, free_port, oxigraph, rdflib

GRAPH = "https://w3id.org/cascq/test"
TRIPLES = '<https://w3id.org/cascq/id/a> <http://www.w3.org/2000/01/rdf-schema#label> "中科院"@zh .\n'.encode()
YES = Answer(body=b'{"head":{},"boolean":true}')
PAGE = b"<!DOCTYPE html><html><head><title>x</title></head><body>Please log in</body></html>"


def client_of(server: Faulty, **options: Any) -> Client:
    addresses = Addresses(server.url + "/query", server.url + "/update", server.url + "/store")
    return Client(addresses, **{"pause": 0.01, **options})


@pytest.fixture(params=["oxigraph", "virtuoso"])
def real(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of each real store."""
    server: Server = request.getfixturevalue(request.param)
    profile = PROFILES[request.param]
    who = Credentials("dba", "dba") if request.param == "virtuoso" else None
    with Client(profile.addresses(server.url), who, profile.authentication) as client:
        yield client


def test_a_graph_goes_there_and_back(real: Client) -> None:
    real.put_graph(GRAPH, TRIPLES)
    real.post_graph(GRAPH, TRIPLES.replace(b"/a>", b"/b>"))
    rows = real.results(f"SELECT ?s ?label WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?label }} }} ORDER BY ?s")
    assert [(row["s"].value[-1], row["label"].value, row["label"].language) for row in rows] == [
        ("a", "中科院", "zh"),
        ("b", "中科院", "zh"),
    ]
    real.put_graph(GRAPH, TRIPLES)
    assert len(real.triples(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")) == 1
    real.update(f"DROP SILENT GRAPH <{GRAPH}>")
    assert real.get_graph(GRAPH) is None


def test_updates_and_yes_or_no_questions(real: Client) -> None:
    question = f"ASK {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}  # INSERT"
    assert not real.results(question)
    real.update(f"# SELECT\nINSERT DATA {{ GRAPH <{GRAPH}> {{ {TRIPLES.decode()} }} }}")
    assert real.results(question)


def test_blank_nodes_come_as_blank_nodes(real: Client) -> None:
    real.put_graph(GRAPH, b"_:x <http://example.org/p> _:y .")
    (row,) = real.results(f"SELECT ?s ?o WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")
    assert {type(term).__name__ for term in row} == {"BlankNode"}


def test_a_wrong_query_is_told_as_the_store_tells_it(real: Client) -> None:
    with pytest.raises(CascqError, match="HTTP 400: the store did not understand the request: ") as caught:
        real.results("SELECT WHERE")
    assert "存储不理解该请求" in caught.value.zh


def test_a_graph_that_is_no_rdf_is_refused(real: Client) -> None:
    with pytest.raises(CascqError, match=r"HTTP (400|500)"):
        real.put_graph(GRAPH, b"<a> b")


@pytest.mark.parametrize(
    ("who", "said"),
    [(None, "asks for a user"), (Credentials("dba", "wrong"), "user, password or token is wrong")],
    ids=["nobody", "wrong password"],
)
def test_who_is_not_known_is_told_so(virtuoso: Server, who: Credentials | None, said: str) -> None:
    profile = PROFILES["virtuoso"]
    for way in ("digest", "challenge"):
        with Client(profile.addresses(virtuoso.url), who, way) as client:
            with pytest.raises(CascqError, match=said):
                client.update(f"CLEAR GRAPH <{GRAPH}>")
            with pytest.raises(CascqError, match=said):
                client.put_graph(GRAPH, TRIPLES)


def test_a_read_only_store_is_told_so(tmp_path: Path) -> None:
    with oxigraph(tmp_path):
        pass  # makes the folder
    server: Server
    with oxigraph(tmp_path, read_only=True) as server, Client(PROFILES["oxigraph"].addresses(server.url)) as client:
        for write in (lambda: client.update(f"CLEAR GRAPH <{GRAPH}>"), lambda: client.put_graph(GRAPH, TRIPLES)):
            with pytest.raises(CascqError, match=r"HTTP 403: not allowed .*: The server is read-only"):  # its own words
                write()


FUSEKI_PAGE = b"<html>\n<head>\n</head>\n<body>\n<h1>Success</h1>\n<p>\nUpdate succeeded\n</p>\n</body>\n</html>\n"
BLAZEGRAPH_PAGE = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd"><html><head>'
    b'<meta http-equiv="Content-Type" content="text&#47;html;charset=UTF-8"><title>blazegraph&trade; by SYSTAP</title\n'
    b"></head\n><body<p>totalElapsed=88ms, elapsed=4ms, connFlush=0ms, batchResolve=0, whereClause=0ms, "
    b"deleteClause=0ms, insertClause=0ms</p\n><hr><p>COMMIT: totalElapsed=157ms, commitTime=1651761749071, "
    b"mutationCount=1</p\n></html\n>"
)


def test_an_update_is_posted_as_it_is() -> None:
    """As a form, Fuseki would answer it with a page, and servers limit the size of forms."""
    address = Addresses("http://localhost:1/query")
    with faulty(in_turn(Answer(204))) as server:
        for path in ("/update", "/update?key=geheim"):
            with Client(replace(address, update=server.url + path)) as client:
                client.update("# a=b&c\nCLEAR GRAPH <http://e.org/中>")
            assert server.asked[-1].path == path
            assert server.asked[-1].headers["Content-Type"] == "application/sparql-update"
            assert server.asked[-1].body.decode() == "# a=b&c\nCLEAR GRAPH <http://e.org/中>"


@pytest.mark.parametrize("page", [FUSEKI_PAGE, BLAZEGRAPH_PAGE], ids=["Fuseki", "Blazegraph"])
@pytest.mark.parametrize("kind", ["text/html;charset=utf-8", "text/plain"])
def test_a_page_that_says_that_an_update_is_done_is_an_answer(page: bytes, kind: str) -> None:
    with faulty(in_turn(Answer(200, page, kind))) as server, client_of(server) as client:
        client.update("CLEAR ALL")
        with pytest.raises(CascqError, match="is that the address of a SPARQL service"):
            client.results("ASK {}")


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso", "rdflib"])
def test_an_update_larger_than_a_form_may_be(name: str, request: pytest.FixtureRequest) -> None:
    """Servers limit forms to 200 kB (Jetty) or 2 MB (Tomcat)."""
    text = "中&+%文" * 400
    triples = " ".join(f'<http://e.org/{number}> <http://e.org/p> "{text}" .' for number in range(100))
    with contextlib.ExitStack() as stack:
        if name == "rdflib":
            url = stack.enter_context(rdflib()).url
            client = Client(Addresses(url, url))
        else:
            profile, who = PROFILES[name], Credentials("dba", "dba") if name == "virtuoso" else None
            url = request.getfixturevalue(name).url
            client = Client(profile.addresses(url), who, profile.authentication)
        stack.enter_context(client)
        client.update(f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {triples} }} }}")
        rows = client.results(f"SELECT ?o {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")
        assert [row[0].value for row in rows] == [text] * 100


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_later_means_later(status: int) -> None:
    with faulty(in_turn(Answer(status, headers={"Retry-After": "0"}), Answer(status), YES)) as server:
        with client_of(server) as client:
            assert client.results("ASK {}")
        assert len(server.asked) == 3


def test_a_store_that_asks_for_no_pause_is_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    answers = [Answer(429, headers={"Retry-After": after}) for after in ("0", "7", "0")]
    with faulty(in_turn(*answers, YES)) as server, client_of(server, pause=0.5) as client:
        client.results("ASK {}")
    assert pauses == [0.5, 7, 2]


def test_a_store_that_asks_for_too_much_patience_is_left() -> None:
    with faulty(in_turn(Answer(503, b"busy", headers={"Retry-After": "9999"}))) as server:
        with client_of(server) as client, pytest.raises(CascqError, match="HTTP 503: the store failed: busy"):
            client.results("ASK {}")
        assert len(server.asked) == 1


def test_what_does_not_help_is_not_repeated() -> None:
    with faulty(in_turn(Answer(500, b"out of order"))) as server:
        with client_of(server) as client, pytest.raises(CascqError, match="out of order"):
            client.update("CLEAR ALL")
        assert len(server.asked) == 1


def test_a_dropped_connection_is_taken_up_again() -> None:
    with faulty(in_turn(YES, Answer(drop=True), Answer(drop=True), YES)) as server, client_of(server) as client:
        assert client.results("ASK {}")
        assert client.results("ASK {}")
        assert len(server.asked) == 4


def test_a_graph_is_sent_again_whole() -> None:
    with faulty(in_turn(YES, Answer(503), Answer(204))) as server, client_of(server) as client:
        client.results("ASK {}")
        client.put_graph(GRAPH, TRIPLES)
        assert [request.body for request in server.asked[1:]] == [TRIPLES, TRIPLES]


def test_who_gives_up_says_so() -> None:
    with faulty(in_turn(YES, Answer(drop=True))) as server, client_of(server, attempts=3) as client:
        client.results("ASK {}")
        with pytest.raises(CascqError, match="the connection was lost") as caught:
            client.results("ASK {}")
        assert "连接中断" in caught.value.zh
        assert len(server.asked) == 4


def test_nobody_there() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with Client(Addresses(url, url, url)) as client:
        for send in (lambda: client.results("ASK {}"), lambda: client.put_graph(GRAPH, TRIPLES)):
            with pytest.raises(CascqError, match="nobody listens there"):
                send()


def test_no_such_host() -> None:
    url = "http://cascq.invalid/sparql"
    with Client(Addresses(url, url, url)) as client:
        for send in (lambda: client.results("ASK {}"), lambda: client.put_graph(GRAPH, TRIPLES)):
            with pytest.raises(CascqError, match=r"no host called cascq\.invalid"):
                send()


def test_a_slow_store_is_not_waited_for_for_ever() -> None:
    never = threading.Event()
    with faulty(in_turn(Answer(wait=never))) as server, client_of(server, timeout=0.2) as client:
        for send in (lambda: client.results("ASK {}"), lambda: client.put_graph(GRAPH, TRIPLES)):
            with pytest.raises(CascqError, match=r"no answer within 0\.2"):
                send()
        assert len(server.asked) == 2  # the store may still be at work: it is not asked again
        never.set()


@pytest.mark.parametrize("kind", ["text/html", "application/sparql-results+json", "text/plain"])
def test_a_page_with_status_200_is_no_answer(kind: str) -> None:
    with faulty(in_turn(Answer(200, PAGE, kind))) as server, client_of(server) as client:
        for send in (
            lambda: client.results("ASK {}"),
            lambda: client.update("CLEAR ALL"),
            lambda: client.get_graph(GRAPH),
            lambda: client.put_graph(GRAPH, TRIPLES),
        ):
            with pytest.raises(CascqError, match=r"is that the address of a SPARQL service\?.*Please log in"):
                send()


def test_a_wrong_content_type_is_no_answer() -> None:
    with faulty(in_turn(Answer(200, b"\x89PNG", "image/png"))) as server, client_of(server) as client:
        with pytest.raises(CascqError, match="answered with image/png, not with SPARQL results"):
            client.results("ASK {}")
        with pytest.raises(CascqError, match="answered with image/png"):
            client.get_graph(GRAPH)


@pytest.mark.parametrize("length", [1000, -1], ids=["shorter than said", "of unknown length"])
def test_half_an_answer_is_no_answer(length: int) -> None:
    half = Answer(body=b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","va', length=length)
    broken = pytest.raises(CascqError, match=r"cut off or broken|connection was lost")
    with faulty(in_turn(half)) as server, client_of(server, attempts=2) as client, broken:
        client.results("SELECT ?s WHERE { ?s ?p ?o }")
    half = Answer(body=TRIPLES[:-30], kind="application/n-triples", length=1000)
    broken = pytest.raises(CascqError, match=r"cut off or broken|connection was lost")
    with faulty(in_turn(half)) as server, client_of(server, attempts=2) as client, broken:
        client.get_graph(GRAPH)


def test_a_graph_that_ends_after_a_line_is_no_whole_one_if_more_was_announced() -> None:
    for length in (len(TRIPLES) + 1, 1000):
        half = Answer(body=TRIPLES, kind="application/n-triples", length=length)
        with faulty(in_turn(half)) as server, client_of(server, attempts=2) as client:
            for read in (lambda: client.triples("CONSTRUCT WHERE { ?s ?p ?o }"), lambda: client.get_graph(GRAPH)):
                with pytest.raises(CascqError, match="cut off or broken"):
                    read()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with faulty(in_turn(YES)) as other:
        moved = Answer(status, headers={"Location": f"{other.url}/query?key=secret"})
        who = Credentials("me", "geheim")
        with faulty(in_turn(moved)) as server, client_of(server, credentials=who, authentication="basic") as client:
            for send in (
                lambda: client.results("ASK {}"),
                lambda: client.update("CLEAR ALL"),
                lambda: client.put_graph(GRAPH, TRIPLES),
            ):
                with pytest.raises(CascqError, match=f"redirects to {other.url}/query ") as caught:
                    send()
                assert "secret" not in str(caught.value)
        assert other.asked == []


def test_a_redirect_to_what_is_no_url_is_told_so() -> None:
    moved = Answer(302, headers={"Location": "http://[::1"})
    with faulty(in_turn(moved)) as server, client_of(server) as client:
        for send in (lambda: client.results("ASK {}"), lambda: client.put_graph(GRAPH, TRIPLES)):
            with pytest.raises(CascqError, match="redirects to somewhere else "):
                send()


@pytest.mark.parametrize(
    ("kind", "status"), [("text/plain", 500), ("text/html", 400), ("text/html", 200), ("application/x", 200)]
)
def test_what_a_server_repeats_of_our_secrets_is_not_shown(kind: str, status: int) -> None:
    """Nor as the beginning of what is cut off."""

    def echo(asked: Asked) -> Answer:
        said = f"{'x' * 280} {asked.path} {asked.headers.get('Authorization')} geheim tok-123&x dG9rLTEyMw bWU6Z2VoZWlt"
        text = html.escape(said) if kind == "text/html" else said
        return Answer(status, f"<html><p>{text}</p></html>".encode() if kind == "text/html" else text.encode(), kind)

    with faulty(echo) as server:
        addresses = Addresses(*(f"{server.url}/{name}?apikey=SCHLUESSEL&n=5" for name in ("query", "update", "store")))
        for who in (Credentials("me", "geheim"), Credentials("", "", "tok-123&x")):
            with Client(addresses, who, "basic") as client:
                for send in (
                    lambda: client.results("ASK {}"),
                    lambda: client.update("CLEAR ALL"),
                    lambda: client.put_graph(GRAPH, TRIPLES),
                    lambda: client.get_graph(GRAPH),
                ):
                    try:
                        send()
                    except CascqError as error:
                        said = error.en + error.zh
                        secrets = ("SCHL", "tok-" if who.token else "geh", "bWU6")
                        assert not any(secret in said for secret in secrets), said


def test_credentials_are_sent_and_never_shown() -> None:
    with faulty(in_turn(Answer(403, b"no"))) as server:
        for who, way, header in (
            (Credentials("", "", "tok-123"), "challenge", "Bearer tok-123"),
            (Credentials("me", "geheim"), "basic", "Basic bWU6Z2VoZWlt"),
        ):
            assert "geheim" not in repr(who)
            assert "tok-123" not in repr(who)
            with client_of(server, credentials=who, authentication=way) as client:
                sends: tuple[Callable[[], Any], ...] = (
                    partial(client.results, "ASK {}"),
                    partial(client.put_graph, GRAPH, TRIPLES),
                )
                for send in sends:
                    with pytest.raises(CascqError) as caught:
                        send()
                    assert server.asked[-1].headers["Authorization"] == header
                    assert "geheim" not in str(caught.value) + caught.value.zh
                    assert "tok-123" not in str(caught.value) + caught.value.zh


def test_a_netrc_file_is_not_read_behind_our_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login me password geheim\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with faulty(in_turn(Answer(204))) as server, client_of(server) as client:
        client.put_graph(GRAPH, TRIPLES)
        assert "Authorization" not in server.asked[0].headers


def test_a_full_disk_is_told_so() -> None:
    for said in (b"IO error: No space left on device", b"Disk quota exceeded"):
        no_room = pytest.raises(CascqError, match="the store has no room for this")
        with faulty(in_turn(Answer(500, said))) as server, client_of(server) as client, no_room:
            client.put_graph(GRAPH, TRIPLES)
