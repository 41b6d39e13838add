"""Asking a server that may cut its answers: an answer that is cut is refused, or asked for in pages.

Some servers give no more than so many rows, and few of them say so. So of an answer with more than a few rows it is
found out whether the server gives more rows than that at all, and if it does not, how many the answer has to have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from cascq.errors import CascqError
from cascq.remote import replies
from cascq.remote.faults import shown
from cascq.remote.profiles import Profile, named, says
from cascq.remote.protocol import Client
from cascq.sparql import prologue, tokens, variables

FEW = 50  # rows that any server gives
_PROBE = 1000  # rows that are asked for, to see whether they are given
# Nested, since a server may have another limit for a query that has one itself.
_ROWS = "SELECT {} WHERE {{ {{ SELECT ?p WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {} }} }}"
Parameters = Sequence[tuple[str, str]]


class CutAnswerError(CascqError):
    """The server has given only a part of an answer.

    Attributes:
        rows: how many rows it gives at most.
    """

    rows: int


class Asker:
    """Asks a store for whole answers.

    Attributes:
        url: the address of its query service, as messages show it.
        profile: what kind of store it is.
    """

    def __init__(self, client: Client, profile: Profile) -> None:
        self.url = shown(client.addresses.query)
        self.profile = profile
        self._client = client
        self._given = 0  # rows of the longest answer so far

    def ask(self, text: str, parameters: Parameters = ()) -> replies.Results:
        """Return the whole answer to a SELECT or ASK query.

        Raises:
            CutAnswerError: the server gives only a part of it.
            CascqError: no answer; or it is from another kind of store.
        """
        reply = self._client.query(text, parameters=parameters)
        said = says(reply.headers)
        if said not in {None, self.profile} and self.profile != named("sparql"):
            raise CascqError(
                f"{self.url}: this store is {said.title}, as it says, not {self.profile.title}: leave --profile out",
                f"{self.url}：此存储自称 {said.title}，而不是 {self.profile.title}：请去掉 --profile",
            )
        answer, rows = replies.counted(reply)
        self._given = max(self._given, rows)
        limit = self.profile.row_limit and reply.headers.get(self.profile.row_limit)
        if limit and limit.isdecimal() and rows >= int(limit):
            raise self._cut(rows)
        if not self._gives_more(rows):
            total = self._client.results(_counting(text), parameters)
            if replies.count(total, self.url) != rows:
                raise self._cut(rows)
        return answer

    def triples(self, text: str, parameters: Parameters = ()) -> list[ox.Triple]:
        """Return the whole answer to a CONSTRUCT or DESCRIBE query.

        What is cut so that fewer triples are left than the server gives rows (those of several rows may be the same)
        cannot be told from a whole answer.

        Raises:
            CutAnswerError: it has as many triples as the server gives rows, or more.
            CascqError: no answer.
        """
        found = self._client.triples(text, parameters)
        if not self._gives_more(len(found)):
            there = self._client.results(_ROWS.format("(COUNT(*) AS ?n)", len(found) + 1))
            if replies.count(there, self.url) > len(found):
                raise self._cut(len(found))
        return found

    def _gives_more(self, rows: int) -> bool:
        """Tell whether the server is known to give more than so many rows; if not, the store may have no more."""
        if self.profile.exact or rows < FEW:
            return True
        if rows >= self._given:
            _, given = replies.counted(self._client.query(_ROWS.format("?p", max(rows + 1, _PROBE))))
            self._given = max(self._given, given)
        return rows < self._given

    def _cut(self, rows: int) -> CutAnswerError:
        error = CutAnswerError(
            f"{self.url}: the server gives no more than {rows} rows of an answer; ask for less (LIMIT), or have its "
            "limit raised",
            f"{self.url}：服务器最多只返回 {rows} 行；请缩小查询范围（LIMIT），或请管理员提高上限",
        )
        error.rows = rows
        return error

    def paged(self, text: str, *names: str) -> list[dict[str, Any]]:
        """Ask a SELECT of the whole store for all its rows, which differ; in pages where the server cuts its answers.

        No standard promises that pages without an order fit together (large ones cannot be ordered in Virtuoso), so the
        rows are counted.
        """
        try:
            return list(self.rows(text, *names))
        except CutAnswerError as cut:
            error, size = cut, max(cut.rows - 1, 1)
        rows: list[dict[str, Any]] = []
        while not len(rows) % size:
            page = list(self.rows(f"{text} LIMIT {size} OFFSET {len(rows)}", *names))
            rows += page
            if not page:
                break
        different = {tuple(sorted((name, str(term)) for name, term in row.items())) for row in rows}
        if not len(different) == len(rows) == replies.count(self.ask(_counting(text)), self.url):
            raise error
        return rows

    def rows(self, text: str, *names: str) -> Iterator[dict[str, Any]]:
        """Ask a SELECT of these variables of the whole store, and go through its rows."""
        for row in replies.rows(self.ask(text), self.url, *names, optional=names):
            yield {name: term for name, term in zip(names, row, strict=True) if term is not None}


def _counting(query: str) -> str:
    """Return a query for the number of rows of another, a SELECT; its FROM clauses cannot stand in a nested one."""
    found = list(tokens(query))
    start = found[prologue(found)[1]].start
    begin = end = start
    words = [token.text.upper() if token.kind in {"word", "mark"} else "" for token in found]
    if "FROM" in words:
        at = words.index("FROM")
        begin, end = found[at].start, next(found[i].start for i in range(at, len(found)) if words[i] in {"WHERE", "{"})
    number = max(variables(query), key=len, default="") + "n"  # the query has none of this name
    inner = f"{query[start:begin]}{query[end:]}"
    return f"{query[:start]}SELECT (COUNT(*) AS ?{number}) {query[begin:end]} WHERE {{ {{ {inner}\n}} }}"
