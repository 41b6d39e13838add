"""Telling a server who asks, in the way that it wants: a bearer token, Basic (RFC 7617) or Digest (RFC 7616).

One way for both HTTP libraries. Their own give a password away in whichever way a server asks for it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from cascq.remote.credentials import Credentials
from cascq.remote.profiles import Addresses

_HASHES: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda text: hashlib.md5(text, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda text: hashlib.sha256(text).hexdigest(),
}
_ORDINARY = 3  # characters: a shorter parameter is a number or the like, and a part of many words
_CHALLENGE = re.compile(r"(?:^|,)\s*(?=[\w-]+\s+\w+\s*=)")  # where one of several challenges begins
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass
class _Challenge:
    """How a server wants to be told who asks, and how often that was done.

    Attributes:
        asked: the parameters of a Digest challenge; none of them for Basic.
    """

    asked: Mapping[str, str]
    count: int = 0

    def answer(self, who: Credentials, method: str, path: str) -> str:
        """Return the value of the header Authorization for one request.

        Raises:
            UnicodeEncodeError: the user's name cannot stand in the header.
        """
        if not self.asked:
            return _basic(who)
        who.user.encode("ascii")
        self.count += 1
        name, is_session = _algorithm(self.asked)
        once, realm, nonce = secrets.token_hex(8), self.asked["realm"], self.asked["nonce"]
        first = _hashed(name, who.user, realm, who.password)
        if is_session:
            first = _hashed(name, first, nonce, once)
        counted = (f"{self.count:08x}", once, "auth") if self.asked.get("qop") else ()
        response = _hashed(name, first, nonce, *counted, _hashed(name, method, path))
        user = who.user.replace("\\", "\\\\").replace('"', '\\"')
        parts = [f'username="{user}", realm="{realm}", nonce="{nonce}", uri="{path}", response="{response}"']
        parts += [f"algorithm={self.asked['algorithm']}"] if "algorithm" in self.asked else []
        parts += [f'opaque="{self.asked["opaque"]}"'] if "opaque" in self.asked else []
        parts += [f'qop=auth, nc={counted[0]}, cnonce="{once}"'] if counted else []
        return f"Digest {', '.join(parts)}"


class Authentication:
    """Who asks, and what the services of a store want to hear of that. Each thread has challenges of its own.

    A password is sent only in the way that the profile of the store says, or, if that is "challenge", as the server
    asks; what never asks is never told.
    """

    def __init__(self, credentials: Credentials, way: str) -> None:
        """Take credentials, and for a user with a password the way: "basic", "digest" or "challenge"."""
        self.credentials = credentials
        self._way = way
        self._local = threading.local()

    def header(self, method: str, url: str) -> str:
        """Return the value of the header Authorization for a request; "" if nothing is to be sent.

        Raises:
            UnicodeEncodeError: the user's name cannot stand in the header.
        """
        if self.credentials.token:
            return f"Bearer {self.credentials.token}"
        if self._way == "basic":
            return _basic(self.credentials) if self.credentials.user else ""
        challenge = self._known.get(_service(url))
        if challenge is None:
            return ""
        parts = urlsplit(url)
        return challenge.answer(self.credentials, method, (parts.path or "/") + ("?" + parts.query) * bool(parts.query))

    def may_be_asked(self, url: str) -> bool:
        """Tell whether a server may yet ask who is there; this is said once of each service."""
        is_new = _service(url) not in self._known
        if not self.credentials.user or self._way == "basic" or not is_new:
            return False
        self._known[_service(url)] = None
        return True

    def learn(self, url: str, asked: str) -> bool:
        """Learn from a refusal how a service wants to be told who asks.

        Args:
            url: what was asked.
            asked: the header WWW-Authenticate of the refusal.

        Returns:
            Whether asking again may help.
        """
        if not self.credentials.user or self._way == "basic":
            return False
        known = self._known.get(_service(url))
        found = _challenge(asked, {"digest", "basic"} if self._way == "challenge" else {self._way})
        if found is None or (known is not None and not known.asked and not found.asked):
            return False
        self._known[_service(url)] = found
        return True

    @property
    def _known(self) -> dict[str, _Challenge | None]:
        """The challenge of each service; None where it has not asked."""
        known: dict[str, _Challenge | None] = self._local.__dict__.setdefault("known", {})
        return known


def _service(url: str) -> str:
    """Return the address of a service without the parameters of a request."""
    return url.partition("?")[0]


def _basic(who: Credentials) -> str:
    return f"Basic {b64encode(f'{who.user}:{who.password}'.encode()).decode('ascii')}"


def _algorithm(asked: Mapping[str, str]) -> tuple[str, bool]:
    """Return the hash of a Digest challenge, and whether it is one of a session."""
    name = asked.get("algorithm", "MD5").upper()
    return name.removesuffix("-SESS"), name.endswith("-SESS")


def _hashed(name: str, *parts: str) -> str:
    return _HASHES[name](":".join(parts).encode())


def _challenge(asked: str, ways: set[str]) -> _Challenge | None:
    """Return the challenge of a header WWW-Authenticate that can be answered: Digest before Basic."""
    has_basic = False
    for one in _CHALLENGE.split(asked):
        way, _, rest = one.strip().partition(" ")
        found = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        qop = [value.strip() for value in found.get("qop", "auth").split(",")]
        is_whole = {"realm", "nonce"} <= found.keys() and "auth" in qop and _algorithm(found)[0] in _HASHES
        if way.lower() == "digest" and is_whole and "digest" in ways:
            return _Challenge(found)
        has_basic |= way.lower() == "basic"
    return _Challenge({}) if has_basic and "basic" in ways else None


def hidden(who: Credentials, addresses: Addresses) -> Iterator[str]:
    """Yield what a server may repeat in an error and we must not: password, token, keys in the addresses."""
    yield from filter(None, (who.password, who.token, _basic(who).partition(" ")[2] if who.user else ""))
    for url in (addresses.query, addresses.update, addresses.graph_store):
        for name, value in parse_qsl(urlsplit(url).query):
            yield f"{name}={value}"
            if len(value) > _ORDINARY:
                yield value
