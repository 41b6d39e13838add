"""Reading whole graphs from a store that limits its answers: in portions, each of which is counted.

A server may cut an answer at any number of rows and say so only in a header, or not at all. So every portion is asked
for with its size known beforehand; a graph that is larger than an answer is cut by a hash of the subjects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from cascq.errors import CascqError
from cascq.remote import replies
from cascq.remote.faults import shown
from cascq.remote.profiles import Profile
from cascq.remote.protocol import Client

ROWS = 10_000  # of one answer: what Virtuoso's own ini file allows
NAMES = 100  # graphs that are named in one query
_XML = "application/sparql-results+xml"  # Virtuoso writes it four times as fast as JSON
# Readers of XML take blanks at the ends of a text for layout.
_BLANK_ENDS = 'ASK %s WHERE { GRAPH ?g { ?s ?p ?o } FILTER(isLITERAL(?o) && REGEX(STR(?o), "^\\\\s|\\\\s$")) }'
# Stores that call a blank node the same in each answer; no standard promises that.
_STEADY = {"oxigraph", "virtuoso"}
HEX = "0123456789abcdef"
DEPTH = 6  # digits of the hash: 16 million portions


class Portions:
    """The quads of some graphs of a store."""

    def __init__(self, client: Client, profile: Profile, sizes: Mapping[str, int]) -> None:
        """Take what is to be read.

        Args:
            client: the connection.
            profile: what kind of store it is.
            sizes: the graphs, with their numbers of triples as counted by the store.
        """
        self._client = client
        self._url = client.addresses.query
        self._profile = profile
        self._sizes = sizes
        self._answers = 0

    def quads(self) -> Iterator[ox.Quad]:
        """Go through the quads, graph by graph.

        Raises:
            CascqError: the server gives less than it counted: it cuts its answers, or the graph is being changed.
        """
        batch: list[str] = []
        for graph, size in self._sizes.items():
            if batch and (len(batch) == NAMES or sum(map(self._sizes.__getitem__, batch)) + size > ROWS):
                yield from self._small(batch)
                batch = []
            if size > ROWS:
                yield from self._alone(graph, size)
            else:
                batch.append(graph)
        if batch:
            yield from self._small(batch)

    def _small(self, graphs: Sequence[str]) -> Iterator[ox.Quad]:
        """Read some graphs with one query."""
        clauses = " ".join(f"FROM NAMED <{graph}>" for graph in graphs)
        found = self._ask(f"SELECT ?g ?s ?p ?o {clauses} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}")
        expected = {graph: self._sizes[graph] for graph in graphs}
        got = Counter(quad.graph_name.value for quad in found if isinstance(quad.graph_name, ox.NamedNode))
        if got == expected:
            yield from found
        elif len(graphs) > 1:
            for graph in graphs:
                yield from self._small([graph])
        else:
            yield from self._alone(graphs[0], expected[graphs[0]])

    def _alone(self, graph: str, size: int) -> Iterator[ox.Quad]:
        """Read a graph that does not fit into an answer with others."""
        if self._profile.name in _STEADY or not self._has_nodes(graph):
            yield from self._large(graph, size, "")
            return
        found = self._ask(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", graph)
        if len(found) != size:
            url = shown(self._url)
            raise CascqError(
                f"{url}: graph {graph} has blank nodes, whose names hold within one answer only, and {size} triples, "
                f"of which the server gives {len(found)} at a time: have its limit raised",
                f"{url}：图 {graph} 含空白节点，其名称仅在一次应答内有效；该图有 {size} 条三元组，"
                f"而服务器一次只返回 {len(found)} 条：请管理员提高上限",
            )
        yield from found

    def _has_nodes(self, graph: str) -> bool:
        """Tell whether a graph has blank nodes."""
        pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }} FILTER(isBLANK(?s) || isBLANK(?o))"
        return replies.count(self._client.results(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"), self._url) > 0

    def _large(self, graph: str, size: int, digits: str) -> Iterator[ox.Quad]:
        """Read a graph, or the part of it whose subjects have a hash that begins with these digits."""
        if size <= ROWS and digits:
            found = self._ask(f"SELECT ?s ?p ?o WHERE {{ {_part(graph, digits)} }}", graph)
            if len(found) == size:
                yield from found
                return
        if len(digits) == DEPTH:
            raise self._changed(graph)
        parts = {digits + digit: self._count(graph, digits + digit) for digit in HEX}
        if digits and sum(parts.values()) != size:
            raise self._changed(graph)
        for part, count in parts.items():
            if count:
                yield from self._large(graph, count, part)
        if not digits:
            yield from self._blank(graph, size - sum(parts.values()))

    def _blank(self, graph: str, size: int) -> Iterator[ox.Quad]:
        """Read what has a blank node as its subject: that has no hash."""
        if size:
            pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }} FILTER(isBLANK(?s))"
            found = self._ask(f"SELECT ?s ?p ?o WHERE {{ {pattern} }}", graph)
            if len(found) != size:
                raise self._changed(graph)
            yield from found

    def _count(self, graph: str, digits: str) -> int:
        answer = self._client.results(f"SELECT (COUNT(*) AS ?n) WHERE {{ {_part(graph, digits)} }}")
        return replies.count(answer, self._url)

    def _ask(self, query: str, graph: str = "") -> list[ox.Quad]:
        """Ask for quads, of one graph or of those in ?g; blank nodes get names that no other answer has."""
        quads = list(replies.quads(self._client.results(query, accept=self._form), self._url, graph))
        self._answers += 1
        return quads if self._profile.name in _STEADY else [_renamed(quad, self._answers) for quad in quads]

    @cached_property
    def _form(self) -> str:
        """The format to ask for."""
        if self._profile.results == replies.RESULTS:
            return replies.RESULTS
        # Virtuoso's own graphs have such texts; it takes up to some thousands of names in a query.
        clauses = [f"FROM NAMED <{graph}>" for graph in self._sizes] if len(self._sizes) <= 10 * NAMES else []
        blank_ends = self._client.results(_BLANK_ENDS % " ".join(clauses))
        return replies.RESULTS if isinstance(blank_ends, ox.QueryBoolean) and bool(blank_ends) else _XML

    def _changed(self, graph: str) -> CascqError:
        url = shown(self._url)
        return CascqError(
            f"{url}: graph {graph} does not have the number of triples that was counted: the server cuts its answers, "
            "or somebody is writing; ask again",
            f"{url}：图 {graph} 的三元组数与计数不符：服务器截断了结果，或有人正在写入；请重试",
        )


def _renamed(quad: ox.Quad, number: int) -> ox.Quad:
    """Return a quad with the names of its blank nodes made different from those in answers of other numbers."""
    subject, value = quad.subject, quad.object
    if isinstance(subject, ox.BlankNode):
        subject = ox.BlankNode(f"{subject.value}-{number}")
    if isinstance(value, ox.BlankNode):
        value = ox.BlankNode(f"{value.value}-{number}")
    return ox.Quad(subject, quad.predicate, value, quad.graph_name)


def _part(graph: str, digits: str) -> str:
    """Return the pattern of a part of a graph."""
    return f"GRAPH <{graph}> {{ ?s ?p ?o }} {hashed(digits)}"


def hashed(digits: str) -> str:
    """Return the condition that ?s is an IRI whose hash begins with these hexadecimal digits."""
    return f'FILTER(isIRI(?s) && STRSTARTS(MD5(STR(?s)), "{digits}"))'
