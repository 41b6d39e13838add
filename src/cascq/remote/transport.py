"""The HTTP libraries, kept from doing what nobody asked for: following redirects, looking for credentials, waiting."""

from __future__ import annotations

import contextlib
import http.client
import os
import ssl
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from email.message import Message
from pathlib import Path
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from SPARQLWrapper import POSTDIRECTLY, SPARQLWrapper

from cascq import __version__
from cascq.errors import CascqError
from cascq.remote.faults import broken, endless, lost, slow

LARGEST = 2_000_000_000  # bytes of an answer; what answers with more is no triple store, or is asked for too much
SHORT = 1_000_000  # bytes that are read of an answer that says no more than that something is done, or why not
_BLOCK = 65_536
_SLOWEST = 1_000  # bytes per second of an answer that goes on and on
_LONGER = 10  # times the timeout: what an answer may take beyond that


Response = http.client.HTTPResponse | requests.Response


class AsItIs(urllib.request.HTTPErrorProcessor):
    """Hands over every answer, whatever its status: no redirect is followed, no question for a password answered."""

    def http_response(self, _request: urllib.request.Request, response: http.client.HTTPResponse) -> Any:
        """Return the answer."""
        return response

    def https_response(self, _request: urllib.request.Request, response: http.client.HTTPResponse) -> Any:
        """Return the answer."""
        return response


class Wrapper(SPARQLWrapper):
    """SPARQLWrapper with an opener of its own.

    The original's way of digest authentication installs the password for the whole process, and it follows redirects,
    on which a POST becomes a GET. An update that is posted directly gets a "?" at the end of its address, also where
    there is one already.
    """

    def __init__(self, url: str, opener: urllib.request.OpenerDirector, seconds: float) -> None:
        super().__init__(url, agent=f"cascq/{__version__}")
        self._opener = opener
        self._seconds = seconds

    def _query(self) -> tuple[Any, str]:
        request = self._createRequest()
        if self.requestMethod == POSTDIRECTLY:
            request.full_url = self.updateEndpoint
        return self._opener.open(request, timeout=self._seconds), self.returnFormat


class Session(requests.Session):
    """Makes an error of every redirect; the original reads even those that it is not to follow."""

    def get_redirect_target(self, _resp: requests.Response) -> None:
        """Follow none."""


class Authorization(AuthBase):
    """Sends one header or nothing; in either case requests looks for no other credentials."""

    def __init__(self, header: Callable[[str, str], str] = lambda _method, _url: "") -> None:
        """Take what returns the header for a method and a URL, or ""."""
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        if header := self._header(request.method or "", request.url or ""):
            request.headers["Authorization"] = header
        return request


class Adapter(HTTPAdapter):
    """Lets requests trust whom the other library trusts."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make connections with the context."""
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        """Make connections through a proxy with the context."""
        return super().proxy_manager_for(*arguments, ssl_context=self._context, **options)

    def cert_verify(self, conn: Any, *_: object) -> None:
        """Add no certificates to those of the context."""
        conn.cert_reqs = "CERT_REQUIRED"


def trusted() -> ssl.SSLContext:
    """Return whom we trust: the certificates that a variable of the environment names, else those of the machine.

    The variables are those of both libraries: REQUESTS_CA_BUNDLE or else CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR.

    Raises:
        CascqError: the first or second names no certificates.
    """
    name = "REQUESTS_CA_BUNDLE" if os.environ.get("REQUESTS_CA_BUNDLE") else "CURL_CA_BUNDLE"
    bundle = os.environ.get(name)
    if not bundle:
        return ssl.create_default_context()  # OpenSSL itself heeds the other two
    try:
        is_folder = Path(bundle).is_dir()
        context = ssl.create_default_context(capath=bundle) if is_folder else ssl.create_default_context(cafile=bundle)
    except OSError as error:
        raise CascqError(
            f"{name}: {bundle} has no certificates that can be read",
            f"{name}：{bundle} 中没有可读取的证书",
        ) from error
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        context.load_default_certs()
    return context


@contextlib.contextmanager
def told(url: str, timeout: float) -> Iterator[None]:
    """Say what goes wrong with a connection as a person understands it.

    Raises:
        ServerError: in place of what the HTTP libraries raise.
    """
    try:
        yield
    except http.client.IncompleteRead as error:
        raise broken(url, f"{error.expected} B are missing" if error.expected else "it breaks off") from None
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError) as error:
        raise broken(url, type(error).__name__) from error
    except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
        raise lost(url, error, timeout) from error


def blocks(response: Response) -> Iterator[bytes]:
    """Yield an answer block by block, as it comes; `read` would wait until a block is full."""
    if isinstance(response, requests.Response):
        while block := response.raw.read1(_BLOCK, decode_content=True):
            yield block
        return
    while block := response.read1(_BLOCK):
        yield block
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)


def whole(url: str, coming: Iterator[bytes], timeout: float, most: int) -> bytes:
    """Return an answer.

    Args:
        url: what was asked.
        coming: the answer.
        timeout: seconds; what an answer may take is some times as much, and more for each byte.
        most: bytes.

    Raises:
        ServerError: it comes too slowly or has no end.
    """
    parts: list[bytes] = []
    size, begin = 0, time.monotonic()
    for block in coming:
        parts.append(block)
        size += len(block)
        if size > most:
            raise endless(url, most)
        seconds = time.monotonic() - begin
        if seconds > _LONGER * timeout + size / _SLOWEST:
            raise slow(url, seconds)
    return b"".join(parts)


def beginning(coming: Iterator[bytes], timeout: float) -> bytes:
    """Return the beginning of an answer, as far as it comes in time."""
    text, end = b"", time.monotonic() + timeout
    with contextlib.suppress(OSError, http.client.HTTPException, urllib3.exceptions.HTTPError):
        for block in coming:
            text += block
            if len(text) > SHORT or time.monotonic() > end:
                break
    return text[:SHORT]


def lower(headers: Mapping[str, str] | Message) -> dict[str, str]:
    """Return headers by their names in lower case; one that comes several times is a list (RFC 9110, 5.3)."""
    low: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        low[key] = f"{low[key]}, {value}" if key in low else value
    return low


def form(fields: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Return the content type and the body of a form (RFC 7578).

    Not URL-encoded: for Virtuoso to read that takes as long as to load what is sent.
    """
    boundary = uuid.uuid4().hex
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary.encode(), name.encode(), value)
        for name, value in fields.items()
    ]
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, b"--%s--\r\n" % boundary.encode()])
