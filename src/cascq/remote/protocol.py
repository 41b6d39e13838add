"""Talking to a triple store: SPARQL 1.1 Protocol and SPARQL 1.1 Graph Store HTTP Protocol.

SPARQLWrapper is the client for queries and updates. Queries go by form POST: long ones do not fit into a URL, and
Virtuoso hangs on a query that is posted directly. Updates are posted directly: servers limit forms (Tomcat to 2 MB),
and Fuseki answers them with a page. Whole graphs go by requests. No redirect is followed and no netrc file is read
behind our back: credentials go where they were meant to go, and nowhere else.
"""

from __future__ import annotations

import http
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable
from typing import Protocol, Self, TypeVar

import pyoxigraph as ox
import requests
from SPARQLWrapper import POST, POSTDIRECTLY

from cascq import __version__
from cascq.errors import CascqError
from cascq.remote import replies, transport
from cascq.remote.authentication import Authentication, hidden
from cascq.remote.credentials import Credentials
from cascq.remote.faults import ServerError, not_sparql, refused
from cascq.remote.profiles import Addresses
from cascq.remote.replies import ANSWERS, N_QUADS, N_TRIPLES, RESULTS, Reply
from cascq.remote.transport import Adapter, Authorization, Response, Session, Wrapper

TIMEOUT = 60.0  # seconds until a server must have begun to answer
ATTEMPTS = 5  # how often a request is sent, if the server says "later" or the connection is lost
PATIENCE = 120.0  # seconds that a server may ask us to wait between two attempts
UPLOAD_RATE = 50_000  # bytes per second: slower than that, an upload is given up
# Pages that Fuseki and Blazegraph answer an update with: the only ones that do not mean that nothing was done.
_DONE = re.compile(rb"Update succeeded|COMMIT: totalElapsed")
Made = TypeVar("Made")


class Upload(Protocol):
    """A part of a file, to be sent without being in memory."""

    def __len__(self) -> int:
        """Return its length in bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""

    def seek(self, position: int, /) -> int:
        """Go back, to be sent again."""


Body = bytes | Upload


class Client:
    """A connection to one store. It may be used by several threads; close it, or use it in a `with` statement.

    Attributes:
        addresses: where the services of the store are.
        timeout: seconds until the server must have begun to answer; uploads get more, by their size.
    """

    def __init__(
        self,
        addresses: Addresses,
        credentials: Credentials | None = None,
        authentication: str = "challenge",
        *,
        prologue: str = "",
        timeout: float = TIMEOUT,
        attempts: int = ATTEMPTS,
        pause: float = 0.5,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            addresses: where the services of the store are.
            credentials: who asks; nobody in particular if left out. A token is sent as a bearer token (RFC 6750).
            authentication: for a user with a password: "basic", "digest", "challenge" (as the server asks), or "none"
                (the store knows no users; the server's demand is followed all the same).
            prologue: what stands before each update.
            timeout: seconds.
            attempts: how often a request is sent.
            pause: seconds before the second attempt; doubled before each further one.

        Raises:
            CascqError: the certificates that are to be trusted cannot be read.
        """
        self.addresses = addresses
        self.timeout = timeout
        self._who = Authentication(
            credentials or Credentials(), "challenge" if authentication == "none" else authentication
        )
        self._hidden = frozenset(hidden(self._who.credentials, addresses))
        self._prologue = prologue
        self._attempts = attempts
        self._pause = pause
        self._answered = False
        self._local = threading.local()
        self._sessions: list[Session] = []
        handlers: list[urllib.request.BaseHandler] = [transport.AsItIs()]
        self._trusted = None
        if any(url.lower().startswith("https:") for url in (addresses.query, addresses.update, addresses.graph_store)):
            self._trusted = transport.trusted()
            handlers.append(urllib.request.HTTPSHandler(context=self._trusted))
        self._opener = urllib.request.build_opener(*handlers)

    # Queries and updates

    def query(self, text: str, accept: str = RESULTS, parameters: Iterable[tuple[str, str]] = ()) -> Reply:
        """Send a query and return the answer as it came.

        Args:
            text: SPARQL 1.1 Query.
            accept: the content types that are wanted.
            parameters: more parameters of the request, such as `default-graph-uri`.

        Raises:
            ServerError: no answer, or the server refuses.
        """
        given = list(parameters)
        return self._try(lambda: self._sparql(self.addresses.query, "query", text, accept, given))

    def results(self, text: str, parameters: Iterable[tuple[str, str]] = (), accept: str = RESULTS) -> replies.Results:
        """Send a SELECT or ASK query and return its results.

        Args:
            text: SPARQL 1.1 Query.
            parameters: more parameters of the request.
            accept: the content type that is wanted.

        Raises:
            ServerError: no answer, the server refuses, or what it answers are no (whole) results.
        """
        given = list(parameters)
        return self._try(lambda: replies.results(self._sparql(self.addresses.query, "query", text, accept, given)))

    def triples(self, text: str, parameters: Iterable[tuple[str, str]] = ()) -> list[ox.Triple]:
        """Send a CONSTRUCT or DESCRIBE query and return its triples.

        Raises:
            ServerError: no answer, the server refuses, or what it answers is no (whole) graph.
        """
        given = list(parameters)
        return self._try(lambda: replies.triples(self._sparql(self.addresses.query, "query", text, N_TRIPLES, given)))

    def update(self, text: str, attempts: int | None = None) -> None:
        """Send an update. It must be one that may be done twice: if the connection is lost, it is sent again.

        Args:
            text: SPARQL 1.1 Update.
            attempts: how often it is sent at most, if not as often as everything else.

        Raises:
            CascqError: no answer, the server refuses, or the store has no address for updates.
        """
        url = self.addresses.update
        if not url:
            raise CascqError("this store has no address for updates", "此存储没有更新服务的地址")
        reply = self._try(lambda: self._sparql(url, "update", self._prologue + text, "*/*", []), attempts)
        if reply.is_page() and not _DONE.search(reply.body):
            # a form to log in, a note that the service has moved: nothing was written
            raise not_sparql(url, reply.kind, reply.body, self._hidden)

    # Whole graphs

    def get_graph(self, graph: str) -> Reply | None:
        """Return a graph, as N-Triples if the server does as it is asked; None if there is none.

        Raises:
            ServerError: no answer, the server refuses, or what it answers is no graph.
        """

        def get() -> Reply:
            reply = self._http("GET", self.addresses.graph_store, {"graph": graph}, accept=N_TRIPLES)
            replies.graph(reply)
            return reply

        try:
            return self._try(get)
        except ServerError as error:
            if error.status == 404:
                return None
            raise

    def put_graph(self, graph: str, body: Body) -> None:
        """Replace a graph by N-Triples.

        Raises:
            ServerError: no answer, or the server refuses.
        """
        self._send(self.addresses.graph_store, "PUT", {"graph": graph}, body, N_TRIPLES)

    def post_graph(self, graph: str, body: Body) -> None:
        """Add N-Triples to a graph; see `put_graph`."""
        self._send(self.addresses.graph_store, "POST", {"graph": graph}, body, N_TRIPLES)

    def post_quads(self, body: Body) -> None:
        """Add N-Quads to the graphs that they name; see `put_graph`. Few stores have this."""
        self._send(self.addresses.graph_store, "POST", {}, body, N_QUADS)

    def call(self, query: str, data: bytes) -> None:
        """Send a query that calls a procedure of the store, with data beside it in the form, as the field `data`.

        It must be one that may be called twice, as for `update`. It goes where updates go, as the user who may write.
        """
        kind, body = transport.form({"query": query.encode(), "data": data})
        self._send(self.addresses.update, "POST", {}, body, kind)

    def probe(self, url: str) -> dict[str, str]:
        """Return the headers that the server at a URL answers with, whatever its status.

        Raises:
            ServerError: no answer.
        """

        def look() -> dict[str, str]:
            # The headers only: the base URL of a data set may be answered with all that is in it.
            with self._request("GET", url, authorization=Authorization()) as response:
                return transport.lower(response.headers)

        return self._try(look)

    def close(self) -> None:
        """Close all connections."""
        while self._sessions:
            self._sessions.pop().close()

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        self.close()

    # How it is done

    def _try(self, send: Callable[[], Made], attempts: int | None = None) -> Made:
        """Send a request, again if that may help."""
        pause = self._pause
        for left in reversed(range(attempts or self._attempts)):
            try:
                made = send()
            except ServerError as error:
                # A server that never answered is more likely a wrong address than one that hiccups.
                hopeless = error.status is None and not self._answered
                wait = max(pause, error.after or 0)
                if not left or not error.again or hopeless or wait > PATIENCE:
                    raise
                time.sleep(wait)
                pause *= 2
            except UnicodeEncodeError:
                raise CascqError(
                    "user name or password have characters beyond ASCII, which this way of authentication cannot send",
                    "用户名或密码含有非 ASCII 字符，此认证方式无法发送",
                ) from None
            else:
                self._answered = True
                return made
        raise AssertionError("at least one attempt")

    def _known(self, url: str, send: Callable[[], Made]) -> Made:
        """Send a request, again if the server only now says how it wants to be told who asks."""
        try:
            return send()
        except ServerError as error:
            if error.status != http.HTTPStatus.UNAUTHORIZED or not self._who.learn(url, error.asked):
                raise
        return send()

    def _sparql(self, url: str, kind: str, text: str, accept: str, parameters: list[tuple[str, str]]) -> Reply:
        """Send one query or update."""

        def send() -> Reply:
            wrapper = Wrapper(url, self._opener, self.timeout)
            wrapper.updateEndpoint = url
            wrapper.setMethod(POST)
            wrapper.setOnlyConneg(True)
            # Said, not left to be guessed from the text: a comment or a name may look like a verb.
            wrapper.queryString, wrapper.queryType = text, "SELECT" if kind == "query" else "INSERT"
            if kind == "update":
                wrapper.setRequestMethod(POSTDIRECTLY)
            for name, value in parameters:
                wrapper.addParameter(name, value)
            wrapper.addCustomHttpHeader("Accept", accept)
            authorization = self._who.header("POST", url)
            if authorization:
                wrapper.addCustomHttpHeader("Authorization", authorization)
            with transport.told(url, self.timeout), wrapper.query().response as response:
                return self._answer(url, response, response.status, authorization, is_query=kind == "query")

        return self._known(url, send)

    def _send(self, url: str, method: str, parameters: dict[str, str], body: Body, kind: str) -> None:
        """Send one change of graphs."""
        reply = self._try(lambda: self._http(method, url, parameters, body, kind=kind))
        # Virtuoso answers a POST without a graph with a page that explains how to do it, and does nothing.
        if reply.is_page():
            raise not_sparql(url, reply.kind, reply.body, self._hidden)

    def _http(
        self,
        method: str,
        url: str,
        parameters: dict[str, str],
        body: Body = b"",
        *,
        kind: str = "",
        accept: str = "*/*",
    ) -> Reply:
        """Send one request of the Graph Store Protocol."""
        if not url:
            raise CascqError("this store has no address for whole graphs", "此存储没有图存储服务的地址")
        headers = {"Accept": accept, **({"Content-Type": kind} if kind else {})}
        if body and self._who.may_be_asked(url):
            self._introduce(url, headers)

        def send() -> Reply:
            if not isinstance(body, bytes):
                body.seek(0)
            with (
                self._request(method, url, parameters, body, headers=headers) as response,
                transport.told(url, self.timeout),
            ):
                sent = response.request.headers.get("Authorization")
                return self._answer(url, response, response.status_code, sent, is_query=method == "GET")

        return self._known(url, send)

    def _introduce(self, url: str, headers: dict[str, str]) -> None:
        """Let a server ask who is there before it is sent something large: sent in vain, that breaks the connection.

        The request adds nothing to a graph that nobody has.
        """
        with self._request("POST", url, {"graph": "https://w3id.org/cascq/none"}, headers=headers) as response:
            if response.status_code == http.HTTPStatus.UNAUTHORIZED:
                self._who.learn(url, response.headers.get("WWW-Authenticate", ""))

    def _request(
        self,
        method: str,
        url: str,
        parameters: dict[str, str] | None = None,
        body: Body = b"",
        *,
        headers: dict[str, str] | None = None,
        authorization: Authorization | None = None,
    ) -> requests.Response:
        """Send one request; the answer is yet to be read."""
        timeout = self.timeout + len(body) / UPLOAD_RATE
        with transport.told(url, timeout):
            return self._session().request(
                method,
                url,
                params=parameters,
                data=body,
                headers=headers,
                auth=authorization or Authorization(self._who.header),
                timeout=(self.timeout, timeout),
                allow_redirects=False,
                stream=True,
            )

    def _answer(self, url: str, response: Response, status: int, sent: str | None, *, is_query: bool) -> Reply:
        """Read an answer; of a refusal, and of what is no answer to a query, no more than can be shown.

        Args:
            url: what was asked.
            response: the answer.
            status: its status.
            sent: the header Authorization that was sent, if any.
            is_query: whether the answer is to be results or a graph.

        Raises:
            ServerError: the server refuses, or answers something else.
        """
        headers, coming = transport.lower(response.headers), transport.blocks(response)
        kind = Reply(url, headers, b"").kind
        if not 200 <= status < 300:
            body, known = transport.beginning(coming, self.timeout), bool(self._who.credentials)
            raise refused(url, status, headers, body, known=known, sent=bool(sent), hidden=self._hidden)
        if is_query and kind not in ANSWERS:
            raise not_sparql(url, kind, transport.beginning(coming, self.timeout), self._hidden)
        most = transport.LARGEST if is_query else transport.SHORT
        return Reply(url, headers, transport.whole(url, coming, self.timeout, most))

    def _session(self) -> Session:
        """Return this thread's session: sessions cannot be shared."""
        session: Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = Session()
            session.headers["User-Agent"] = f"cascq/{__version__}"
            if self._trusted is not None:
                session.mount("https://", Adapter(self._trusted))
            self._sessions.append(session)
        return session
