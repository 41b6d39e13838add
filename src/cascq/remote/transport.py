"""The HTTP libraries, kept from doing what nobody asked for: following redirects, looking for credentials."""

from __future__ import annotations

import urllib.request
from typing import Any

import requests
from requests.auth import AuthBase
from SPARQLWrapper import SPARQLWrapper

from cascq import __version__


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Makes an error of every redirect."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow none."""


class Wrapper(SPARQLWrapper):
    """SPARQLWrapper with an opener of its own.

    The original's way of digest authentication installs the password for the whole process, and it follows redirects,
    on which a POST becomes a GET.
    """

    def __init__(self, url: str, opener: urllib.request.OpenerDirector, seconds: float) -> None:
        super().__init__(url, agent=f"cascq/{__version__}")
        self._opener = opener
        self._seconds = seconds

    def _query(self) -> tuple[Any, str]:
        return self._opener.open(self._createRequest(), timeout=self._seconds), self.returnFormat


class Bearer(AuthBase):
    """Sends a bearer token, or nothing; in either case requests looks for no other credentials."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request
