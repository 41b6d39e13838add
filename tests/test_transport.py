"""Answers that drip, that have no end, or that nobody asked for; and whom a secure connection trusts."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from cascq.errors import CascqError
from cascq.remote import connecting, transport
from cascq.remote.profiles import Addresses
from cascq.remote.protocol import Client
from conftest import ENVIRONMENT
from faulty import Answer, faulty, in_turn
from raw import Raw, raw

GRAPH = "https://w3id.org/cascq/test"
RESULTS = "200 OK\r\nContent-Type: application/sparql-results+json"
MEGABYTE = b"x" * 1_000_000
YES = b'{"head":{},"boolean":true}'


def client_of(server: Raw, timeout: float = 1.0) -> Client:
    return Client(Addresses(server.url, server.url, server.url), timeout=timeout, pause=0.01)


def for_ever(block: bytes) -> Iterator[bytes]:
    while True:
        yield block


def refused(client: Client, said: str) -> float:
    """Ask in every way, and return how many seconds the slowest took to be told so."""
    slowest = 0.0
    for send in (
        lambda: client.results("ASK {}"),
        lambda: client.triples("CONSTRUCT WHERE { ?s ?p ?o }"),
        lambda: client.update("CLEAR ALL"),
        lambda: client.get_graph(GRAPH),
        lambda: client.put_graph(GRAPH, b"\n"),
    ):
        begin = time.monotonic()
        with pytest.raises(CascqError, match=said):
            send()
        slowest = max(slowest, time.monotonic() - begin)
    return slowest


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give an answer as much time as it may take to begin, not ten times as much."""
    monkeypatch.setattr(transport, "_LONGER", 1)


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_drips_is_given_up() -> None:
    for head in (RESULTS, "200 OK\r\nContent-Type: text/turtle\r\nContent-Length: 100000"):
        with raw(head, partial(for_ever, b" "), pause=0.05) as server, client_of(server) as client:
            with pytest.raises(
                CascqError, match="the answer comes too slowly, and is not complete after 1 s"
            ) as caught:
                client.get_graph(GRAPH) if "turtle" in head else client.results("ASK {}")
            assert "应答过慢" in caught.value.zh


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_drips_in_chunks_is_given_up() -> None:
    head = f"{RESULTS}\r\nTransfer-Encoding: chunked"
    with raw(head, partial(for_ever, b"1\r\n \r\n"), pause=0.05) as server, client_of(server) as client:
        for send in (lambda: client.results("ASK {}"), lambda: client.put_graph(GRAPH, b"\n")):
            with pytest.raises(CascqError, match="the answer comes too slowly"):
                send()


def test_a_refusal_that_drips_is_given_up_at_once() -> None:
    dripping = raw("500 No\r\nContent-Type: text/plain", partial(for_ever, b"no "), pause=0.05)
    with dripping as server, client_of(server) as client:
        assert refused(client, "HTTP 500: the store failed: no no") < 10


@pytest.mark.usefixtures("impatient")
def test_a_slow_and_steady_answer_is_read_to_its_end() -> None:
    """It takes longer than an answer that drips is given, but it comes."""

    def steadily() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 1_000
        yield YES

    with raw(RESULTS, steadily, pause=0.05) as server, client_of(server) as client:
        assert client.results("ASK {}")
    with raw("200 OK\r\nContent-Type: text/turtle", steadily, pause=0.05) as server, client_of(server) as client:
        reply = client.get_graph(GRAPH)
        assert reply is not None
        assert reply.body == b" " * 30_000 + YES


def test_of_a_page_without_end_only_the_beginning_is_read() -> None:
    endless = raw("200 OK\r\nContent-Type: text/html", partial(for_ever, b"<html>" + MEGABYTE))
    with endless as server, client_of(server, timeout=5) as client:
        assert refused(client, "is that the address of a SPARQL service") < 5
    assert server.sent < 100_000_000


@pytest.mark.parametrize("status", ["500 No", "302 Found\r\nLocation: http://127.0.0.1:1/"])
def test_of_a_refusal_without_end_only_the_beginning_is_read(status: str) -> None:
    endless = raw(f"{status}\r\nContent-Type: text/plain", partial(for_ever, MEGABYTE))
    with endless as server, client_of(server, timeout=5) as client:
        assert refused(client, "the store failed: x|redirects to http") < 5
    assert server.sent < 100_000_000


def test_results_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST", 5_000_000)
    endless = raw(RESULTS, partial(for_ever, b" " * 1_000_000))
    given_up = pytest.raises(CascqError, match="the answer has more than 5 MB")
    with endless as server, client_of(server, timeout=5) as client, given_up as caught:
        client.results("ASK {}")
    assert "应答超过 5 MB" in caught.value.zh


def test_to_recognise_a_store_is_not_to_download_it() -> None:
    """Fuseki answers a request for the address of a data set with the whole of it."""
    head = "200 OK\r\nServer: Apache Jena Fuseki (5.1.0)\r\nContent-Type: application/trig"
    with raw(head, partial(for_ever, MEGABYTE)) as server:
        client, profile = connecting.connect(f"{server.url}/ds")
        client.close()
    assert profile.name == "fuseki"
    assert server.sent < 20_000_000


def test_an_answer_that_is_packed_is_unpacked() -> None:
    import gzip

    packed = Answer(body=gzip.compress(YES), kind="text/turtle", headers={"Content-Encoding": "gzip"})
    with faulty(in_turn(packed)) as server, Client(Addresses(server.url, "", server.url)) as client:
        reply = client.get_graph(GRAPH)
        assert reply is not None
        assert reply.body == YES


# Secure connections


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that nobody has signed: its URL, and the file of the certificate."""
    from http.server import BaseHTTPRequestHandler

    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(YES)))
            self.end_headers()
            self.wfile.write(YES)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.do)
    certificate = tmp_path_factory.mktemp("certificate") / "authority.pem"
    authority = trustme.CA()
    authority.cert_pem.write_to_path(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}", certificate
    server.shutdown()
    server.server_close()
    thread.join()


BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
ASK = """
import sys
import requests
from cascq.errors import CascqError
from cascq.remote.profiles import Addresses
from cascq.remote.protocol import Client
url, requests.adapters.DEFAULT_CA_BUNDLE_PATH = sys.argv[1:]
try:
    client = Client(Addresses(url, url, url))
except CascqError as error:
    sys.exit(error.en)
for send in (
    lambda: client.results("ASK {}"),
    lambda: client.update("CLEAR ALL"),
    lambda: client.put_graph("http://e.org/g", b""),
    lambda: client.probe(url),
):
    try:
        send()
        print("ok")
    except CascqError as error:
        print(error.en)
client.close()
"""


def asked(url: str, bundled: Path = Path("/none"), **environment: str) -> str:
    """Return what a process of its own says: OpenSSL reads its variables once.

    Args:
        url: where the server is.
        bundled: the certificates that requests brings.
        environment: more variables of the environment.
    """
    kept = {name: value for name, value in ENVIRONMENT.items() if name not in BUNDLES}
    run = subprocess.run(
        [sys.executable, "-c", ASK, url, bundled],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in run.stderr
    return run.stdout + run.stderr


@pytest.mark.parametrize("name", BUNDLES)
def test_any_of_the_variables_names_whom_to_trust(name: str, certified: tuple[str, Path]) -> None:
    """For queries and updates, whole graphs, and the first look at a store alike."""
    url, certificate = certified
    assert asked(url, **{name: str(certificate)}) == "ok\n" * 4


def test_nobody_else_is_trusted(certified: tuple[str, Path]) -> None:
    said = asked(*certified).splitlines()
    assert len(said) == 4
    assert all("no secure connection: " in line and "certificate verify failed" in line for line in said)


def test_a_bundle_that_is_not_there_is_told_so(certified: tuple[str, Path], tmp_path: Path) -> None:
    for path in (tmp_path / "none.pem", Path(__file__)):
        said = asked(certified[0], REQUESTS_CA_BUNDLE=str(path))
        assert said == f"REQUESTS_CA_BUNDLE: {path} has no certificates that can be read\n"
