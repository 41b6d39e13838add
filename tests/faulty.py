"""Servers with faults: one that replays answers, and one that stands before a real store and disturbs some requests."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came.

    Attributes:
        number: how many came before it.
        text: the body, and the path with its parameters, decoded.
    """

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return unquote_plus(self.path) + "\n" + unquote_plus(self.body.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Answer:
    """An answer to replay.

    Attributes:
        length: what Content-Length says, if not the truth; -1 for no Content-Length at all.
        drop: close the connection without an answer.
        wait: an event to wait for before answering.
    """

    status: int = 200
    body: bytes = b""
    kind: str = "application/sparql-results+json"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drop: bool = False
    wait: threading.Event | None = None


@dataclass
class Faulty:
    """A running server with faults.

    Attributes:
        url: its base URL.
        asked: all requests so far.
    """

    url: str
    asked: list[Asked]


Script = Callable[[Asked], Answer | None]


@contextlib.contextmanager
def faulty(script: Script, behind: str = "") -> Iterator[Faulty]:
    """Run a server that answers as a script says; where the script says nothing, the store behind it answers.

    Args:
        script: gives the answer to a request, or None.
        behind: base URL of a real store.
    """
    asked: list[Asked] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with lock:
                request = Asked(len(asked), self.command, self.path, dict(self.headers), body)
                asked.append(request)
            answer = script(request) or forward(request)
            if answer.wait is not None:
                answer.wait.wait(60)
            self.close_connection = True
            if answer.drop:
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            with contextlib.suppress(OSError):
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.kind)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.length != -1:
                    self.send_header("Content-Length", str(answer.length or len(answer.body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.do)

    def forward(request: Asked) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(behind).netloc, timeout=60)
        with contextlib.closing(connection):
            headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
            try:
                connection.request(request.method, request.path, request.body, headers)
                response = connection.getresponse()
                body = response.read()
            except OSError:
                return Answer(drop=True)
            kind = response.headers.get("Content-Type", "")
            kept = {name: response.headers[name] for name in ("Server", "WWW-Authenticate") if name in response.headers}
            return Answer(response.status, body, kind, kept)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Faulty(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def in_turn(*answers: Answer) -> Script:
    """Return a script that gives these answers one after the other, the last one for ever."""
    return lambda request: answers[min(request.number, len(answers) - 1)]
