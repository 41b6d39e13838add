"""Talking to a triple store: SPARQL 1.1 Protocol and SPARQL 1.1 Graph Store HTTP Protocol.

SPARQLWrapper is the client for queries and updates, always by form POST: long queries do not fit into a URL, and
Virtuoso hangs on a query that is posted directly. Whole graphs go by requests. No redirect is followed and no netrc
file is read behind our back: credentials go where they were meant to go, and nowhere else.
"""

from __future__ import annotations

import http.client
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Protocol, Self, TypeVar

import pyoxigraph as ox
import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from SPARQLWrapper import POST

from cascq import __version__
from cascq.errors import CascqError
from cascq.remote import replies
from cascq.remote.credentials import Credentials
from cascq.remote.faults import ServerError, broken, lost, not_sparql, refused
from cascq.remote.profiles import Addresses
from cascq.remote.replies import N_QUADS, N_TRIPLES, RESULTS, Reply
from cascq.remote.transport import Bearer, NoRedirects, Wrapper

TIMEOUT = 60.0  # seconds until a server must have begun to answer
ATTEMPTS = 5  # how often a request is sent, if the server says "later" or the connection is lost
PATIENCE = 120.0  # seconds that a server may ask us to wait between two attempts
UPLOAD_RATE = 50_000  # bytes per second: slower than that, an upload is given up
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
            timeout: seconds.
            attempts: how often a request is sent.
            pause: seconds before the second attempt; doubled before each further one.
        """
        self.addresses = addresses
        self.timeout = timeout
        self._credentials = credentials or Credentials()
        self._way = "challenge" if authentication == "none" else authentication
        self._attempts = attempts
        self._pause = pause
        self._answered = False
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        handlers: list[urllib.request.BaseHandler] = [NoRedirects()]
        if self._credentials.user:
            known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            for url in (addresses.query, addresses.update):
                known.add_password(None, url, self._credentials.user, self._credentials.password)
            handlers += [urllib.request.HTTPBasicAuthHandler(known), urllib.request.HTTPDigestAuthHandler(known)]
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
        reply = self._try(lambda: self._sparql(url, "update", text, "*/*", []), attempts)
        if reply.is_page():  # a form to log in, a note that the service has moved: nothing was written
            raise not_sparql(url, reply.kind, reply.body)

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
        self._send("PUT", {"graph": graph}, body, N_TRIPLES)

    def post_graph(self, graph: str, body: Body) -> None:
        """Add N-Triples to a graph; see `put_graph`."""
        self._send("POST", {"graph": graph}, body, N_TRIPLES)

    def post_quads(self, body: Body) -> None:
        """Add N-Quads to the graphs that they name; see `put_graph`. Few stores have this."""
        self._send("POST", {}, body, N_QUADS)

    def probe(self, url: str) -> dict[str, str]:
        """Return the headers that the server at a URL answers with, whatever its status.

        Raises:
            ServerError: no answer.
        """

        def look() -> dict[str, str]:
            response = self._request("GET", url, authentication=Bearer(""))
            return {name.lower(): value for name, value in response.headers.items()}

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
                wait = pause if error.after is None else error.after
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

    def _sparql(self, url: str, kind: str, text: str, accept: str, parameters: list[tuple[str, str]]) -> Reply:
        """Send one query or update."""
        wrapper = Wrapper(url, self._opener, self.timeout)
        wrapper.updateEndpoint = url
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        # Said, not left to be guessed from the text: a comment or a name may look like a verb.
        wrapper.queryString, wrapper.queryType = text, "SELECT" if kind == "query" else "INSERT"
        for name, value in parameters:
            wrapper.addParameter(name, value)
        wrapper.addCustomHttpHeader("Accept", accept)
        if self._credentials.token:
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {self._credentials.token}")
        elif self._credentials.user and self._way == "basic":
            pair = f"{self._credentials.user}:{self._credentials.password}".encode()
            wrapper.addCustomHttpHeader("Authorization", f"Basic {b64encode(pair).decode('ascii')}")
        try:
            with wrapper.query().response as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Reply(url, headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                body = _rest(error)
                raise refused(url, error.code, dict(error.headers), body, known=bool(self._credentials)) from None
        except http.client.IncompleteRead as error:
            raise broken(url, f"{len(error.partial)} B") from None
        except (OSError, http.client.HTTPException) as error:
            raise lost(url, error, self.timeout) from error

    def _send(self, method: str, parameters: dict[str, str], body: Body, kind: str) -> None:
        """Send one change of a graph."""
        url = self.addresses.graph_store

        def send() -> Reply:
            if not isinstance(body, bytes):
                body.seek(0)
            return self._http(method, url, parameters, body, kind=kind)

        reply = self._try(send)
        # Virtuoso answers a POST without a graph with a page that explains how to do it, and does nothing.
        if reply.is_page():
            raise not_sparql(url, reply.kind, reply.body)

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
        way = self._authentication(url)
        response = self._request(method, url, parameters, body, headers=headers, authentication=way)
        low = {name.lower(): value for name, value in response.headers.items()}
        if not 200 <= response.status_code < 300:
            raise refused(url, response.status_code, low, response.content, known=bool(self._credentials))
        return Reply(url, low, response.content)

    def _request(
        self,
        method: str,
        url: str,
        parameters: dict[str, str] | None = None,
        body: Body = b"",
        *,
        headers: dict[str, str] | None = None,
        authentication: AuthBase,
    ) -> requests.Response:
        """Send one request and read the whole answer."""
        timeout = self.timeout + len(body) / UPLOAD_RATE
        try:
            return self._session().request(
                method,
                url,
                params=parameters,
                data=body,
                headers=headers,
                auth=authentication,
                timeout=(self.timeout, timeout),
                allow_redirects=False,
            )
        except requests.exceptions.ChunkedEncodingError as error:
            raise broken(url, type(error).__name__) from error
        except (requests.RequestException, OSError) as error:
            raise lost(url, error, timeout) from error

    def _session(self) -> requests.Session:
        """Return this thread's session: sessions cannot be shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.headers["User-Agent"] = f"cascq/{__version__}"
            self._sessions.append(session)
        return session

    def _authentication(self, url: str) -> AuthBase:
        """Return how this thread authenticates at the graph store.

        A digest needs a challenge of the server first. It is asked for with an empty request: a large upload that is
        sent in vain the first time breaks the connection.
        """
        known: AuthBase | None = getattr(self._local, "authentication", None)
        if known is None:
            user, word = self._credentials.user.encode(), self._credentials.password.encode()
            way = self._way
            asked = {"graph": "https://w3id.org/cascq/none"}
            if user and way == "challenge":
                response = self._request("GET", url, asked, authentication=Bearer(""))
                way = "digest" if response.headers.get("WWW-Authenticate", "").lower().startswith("digest") else "basic"
            if not user:
                known = Bearer(self._credentials.token)
            elif way == "basic":
                known = HTTPBasicAuth(user, word)
            else:
                known = HTTPDigestAuth(self._credentials.user, self._credentials.password)
                self._request("GET", url, asked, authentication=known)
            self._local.authentication = known
        return known


def _rest(response: urllib.error.HTTPError) -> bytes:
    """Return what a response with an error status says, as far as it comes."""
    try:
        return response.read(100_000)
    except (OSError, http.client.HTTPException):
        return b""
