"""A store behind a SPARQL 1.1 endpoint, read like the one in memory: a small one is read whole, a large one is asked.

What is asked sees the union of our graphs (docs/decisions/0011-union-on-remote-stores.md). Nothing is ever cut
silently: a server that limits its answers is asked for parts, or the answer is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.remote import dialect, native, replies
from cascq.remote.arranging import arranged, arranging
from cascq.remote.asker import FEW, Asker, CutAnswerError
from cascq.remote.connecting import connect
from cascq.remote.portions import DEPTH, HEX, Portions, hashed
from cascq.remote.profiles import Profile, named
from cascq.remote.protocol import Client
from cascq.remote.stores import (
    CATALOGUE_QUERY,
    IN_MEMORY,
    LISTED,
    Answered,
    GraphName,
    Note,
    Store,
    Subject,
    Value,
    catalogued,
    is_ours,
    not_as_listed,
    nothing_of_ours,
    unfinished,
)
from cascq.sparql import prologue, tokens
from cascq.terms import serialise

COPIED = 2_000_000  # quads: what a store whose own answers cannot be relied on is copied up to (about 0.7 GB)
# The graphs that Virtuoso makes for itself.
_OWN = re.compile(r"openlinksw|^http://localuriqaserver/|^http://www\.w3\.org/|/DAV/?$|^urn:(core|activitystreams)")
_GRAPHS_QUERY = "SELECT ?g (COUNT(*) AS ?n) {}WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"


def open_endpoint(
    url: str,
    profile: str | None = None,
    user: str | None = None,
    *,
    timeout: float | None = None,
    note: Note | None = None,
) -> Endpoint:
    """Connect to a store.

    Args:
        url: the address of its query service; or its base URL, if the profile is given or the server tells.
        profile: what kind of store it is; if left out, the server is asked, and SPARQL 1.1 must do.
        user: who asks; see `cascq.remote.credentials.find`.
        timeout: seconds until the server must have begun to answer; `TIMEOUT` if left out.
        note: what to do with remarks (English, Chinese) on how far an answer is to be relied on; nothing if left out.

    Raises:
        CascqError: the URL or the profile is none, no answer, or nothing of ours is there.
    """
    client, kind = connect(url, profile, user, timeout, fallback=named("sparql"))
    return Endpoint(client, kind, note=note)


class Endpoint:
    """A remote store, with the methods for reading that a pyoxigraph Store has.

    Attributes:
        url: the address of its query service, as messages show it.
        profile: what kind of store it is.
    """

    def __init__(
        self, client: Client, profile: Profile, *, note: Note | None = None, in_memory: int = IN_MEMORY,
        copied: int = COPIED, listed: int = LISTED,
    ) -> None:  # fmt: skip
        """Take a client; nothing is asked yet.

        Args:
            client: the connection.
            profile: what kind of store it is.
            note: what to do with remarks; nothing if left out.
            in_memory: up to how many quads a copy, read once, answers.
            copied: up to how many quads a copy answers for a store that misreads queries.
            listed: up to how many graphs are named in each query.
        """
        self.profile = profile
        self._client = client
        self._asker = Asker(client, profile)
        self.url = self._asker.url
        self._note = note or (lambda _en, _zh: None)
        self._in_memory, self._copied, self._listed = in_memory, copied, listed
        self._said: set[str] = set()
        self._lookup = lru_cache(maxsize=100_000)(self._find)

    # What is there

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """All graphs of the store with their numbers of triples."""
        sizes = self._counted(_GRAPHS_QUERY.format(""))
        # A server may cut that answer in ways of its own, and still know a graph that is named.
        unseen = [graph for graph in self._catalogued[0] if graph not in sizes]
        for start in range(0, len(unseen), FEW - 1):
            clauses = (f"FROM NAMED <{graph}> " for graph in unseen[start : start + FEW - 1])
            sizes.update(self._counted(_GRAPHS_QUERY.format("".join(clauses))))
        return sizes

    def _counted(self, query: str) -> dict[str, int]:
        rows = self._asker.paged(query, "g", "n")
        return {
            row["g"].value: replies.number(row.get("n"), self.url)
            for row in rows
            if isinstance(row.get("g"), ox.NamedNode)  # rdflib counts no graph as one
        }

    @cached_property
    def _catalogued(self) -> tuple[dict[str, int], bool]:
        """What the catalogue says: see `stores.catalogued`."""
        return catalogued(self._asker.paged(CATALOGUE_QUERY, "g", "n", "status"))

    @cached_property
    def graphs(self) -> Mapping[str, int]:
        """Our graphs, with their numbers of triples.

        Raises:
            CascqError: there is none.
        """
        listed, complete = self._catalogued
        ours = {graph: size for graph, size in sorted(self._sizes.items()) if is_ours(graph, listed)}
        if not ours:
            raise nothing_of_ours(self.url)
        remark = not_as_listed(self.url, listed, self._sizes) if complete else unfinished(self.url)
        if remark is not None:
            self._remark(*remark)
        return ours

    def contains_named_graph(self, graph_name: GraphName, /) -> bool:
        """Tell whether we have a graph of this name."""
        return getattr(graph_name, "value", None) in self.graphs

    def __len__(self) -> int:
        """Return the number of our quads."""
        return sum(self.graphs.values())

    def __iter__(self) -> Iterator[ox.Quad]:
        """Go through all our quads, graph by graph, without holding more than one answer of the server."""
        return Portions(self._client, self.profile, self.graphs).quads()

    # Copies

    def near(self) -> Store:
        """Return a copy in memory if the store is small enough for that, else the store itself."""
        return self._copy if len(self) <= self._in_memory else self

    @cached_property
    def _copy(self) -> ox.Store:
        copy = ox.Store()
        copy.extend(self)
        return copy

    # Questions

    def quads_for_pattern(
        self, subject: Subject | None, predicate: ox.NamedNode | None, value: Value | None,
        graph_name: GraphName | None = None, /,
    ) -> Iterator[ox.Quad]:  # fmt: skip
        """Return the quads of our graphs with these terms."""
        if len(self) <= self._in_memory:
            return self._copy.quads_for_pattern(subject, predicate, value, graph_name)
        if any(isinstance(term, ox.BlankNode | ox.Triple | ox.DefaultGraph) for term in (subject, value, graph_name)):
            return iter(())  # a blank node of an answer cannot be asked for, and our graphs have no others
        return iter(self._lookup(subject, predicate, value, graph_name))

    def _find(
        self, subject: ox.NamedNode | None, predicate: ox.NamedNode | None, value: ox.NamedNode | ox.Literal | None,
        graph: ox.NamedNode | None,
    ) -> tuple[ox.Quad, ...]:  # fmt: skip
        """Ask for quads."""
        fixed = {"s": subject, "p": predicate, "o": value, "g": graph}
        terms = {name: f"?{name}" if term is None else serialise(term) for name, term in fixed.items()}
        open_names = [name for name, term in fixed.items() if term is None]
        pattern = f"GRAPH {terms['g']} {{ {terms['s']} {terms['p']} {terms['o']} }}"
        if not open_names:
            answer = self._client.results(f"ASK {{ {pattern} }}")
            found: list[dict[str, Any]] = [{}] if isinstance(answer, ox.QueryBoolean) and bool(answer) else []
        else:
            found = self._in_parts(open_names, pattern)
        quads = []
        for row in found:
            bound: dict[str, Any] = {**fixed, **row}
            s, p, o, g = (bound[name] for name in "spog")
            if getattr(g, "value", "") in self.graphs:
                quads.append(replies.quad((s, p, o, g), self.url))
        return tuple(quads)

    def _in_parts(self, names: list[str], pattern: str, condition: str = "", digits: str = "") -> list[dict[str, Any]]:
        """Ask for all rows of a pattern; where the server cuts its answers, by what the hash of ?s begins with."""
        try:
            return list(self._asker.rows(f"SELECT ?{' ?'.join(names)} WHERE {{ {pattern} {condition} }}", *names))
        except CutAnswerError:
            if "s" not in names or len(digits) == DEPTH:
                raise
        rows = [] if digits else self._in_parts(names, pattern, "FILTER(isBLANK(?s))", "-" * DEPTH)
        for part in (digits + digit for digit in HEX):
            rows += self._in_parts(names, pattern, hashed(part), part)
        return rows

    def query(
        self, query: str, /, *, prefixes: dict[str, str] | None = None, use_default_graph_as_union: bool = False
    ) -> Answered:
        """Answer a query over the union of our graphs, or over the graphs that it names with FROM.

        Raises:
            SyntaxError: as the store in memory says it.
            CascqError: no answer, or one that is not whole.
        """
        kind = ox.Store().query(query, prefixes=prefixes)  # an error has the same words and place everywhere
        misread = self.profile.misreads
        if misread and use_default_graph_as_union and native.answers_itself(query) and self._alone:
            try:
                return self._native(query, prefixes or {})
            except CutAnswerError:
                if len(self) > self._copied:
                    raise
        if len(self) <= (max(self._copied, self._in_memory) if misread else self._in_memory):
            return self._copy.query(query, prefixes=prefixes, use_default_graph_as_union=use_default_graph_as_union)
        if misread:
            self._remark(
                f"{self.url}: Virtuoso answers this itself, and is known to misread property paths and nested queries",
                f"{self.url}：由 Virtuoso 自行作答，它对属性路径和嵌套查询的理解有已知错误",
            )
            query = dialect.inline_values(query)
        text = _declared(query, prefixes or {})
        parameters = self._parameters if use_default_graph_as_union else []
        if use_default_graph_as_union:
            if (refusal := self._refusal(query)) is not None:
                if len(self) <= self._copied:
                    return self._copy.query(query, prefixes=prefixes, use_default_graph_as_union=True)
                raise refusal
            self._remark_on_others()
        if isinstance(kind, ox.QueryTriples):
            return _as_triples(self._asker.triples(text, parameters))
        return self._asker.ask(text, parameters)

    @cached_property
    def _alone(self) -> bool:
        """Whether no graph is beside ours but catalogue and shapes, and those that Virtuoso makes for itself."""
        others = set(self._sizes) - set(self.graphs)
        return all(graph in {ns.CATALOGUE_GRAPH, ns.SHAPES_GRAPH} or _OWN.search(graph) for graph in others)

    def _native(self, query: str, prefixes: dict[str, str]) -> Answered:
        """Ask Virtuoso itself, and give each row once, in the query's order."""
        text = dialect.native(_declared(query, prefixes))
        answer = self._asker.ask(text)
        clause = arranging(query)
        if clause is None or not isinstance(answer, ox.QuerySolutions):
            return answer
        names = [variable.value for variable in answer.variables]
        rows = [tuple(row) for row in answer]
        if any(isinstance(cell, ox.BlankNode | ox.Triple) for row in rows for cell in row):
            return self._asker.ask(text)
        return ox.Store().query(arranged(clause, names, rows), prefixes=prefixes)

    @cached_property
    def _parameters(self) -> list[tuple[str, str]]:
        """The parameters of a request that say which graphs a query is asked of: ours, or, of many, all."""
        others = len(self._sizes) - len(self.graphs)
        hidden = any(name == "default-graph-uri" for name, _ in self.profile.union)  # there would be no named graphs
        if (others or hidden) and len(self.graphs) <= self._listed:
            return [(name, graph) for name in ("default-graph-uri", "named-graph-uri") for graph in self.graphs]
        return list(self.profile.union)

    def _remark_on_others(self) -> None:
        """Say that other graphs are asked as well, if they are."""
        others = len(self._sizes) - len(self.graphs)
        if others and len(self.graphs) > self._listed:
            self._remark(
                f"{self.url}: asked of all {len(self._sizes)} graphs of the store, {others} of which are not part of "
                f"the knowledge graph: {len(self.graphs)} graphs are too many to be listed in a query",
                f"{self.url}：查询的是该存储的全部 {len(self._sizes)} 个图，其中 {others} 个不属于本图谱："
                f"本图谱有 {len(self.graphs)} 个图，过多而无法在查询中逐一列出",
            )

    def _refusal(self, query: str) -> CascqError | None:
        """Return what is to be said if the store does not answer over the graphs that a request asks for.

        Some servers pass over the dataset of a request (SPARQL 1.1 Protocol, section 2.1.4) and answer with nothing;
        for some, one that has a default graph only has no named graphs: those that are not known from tests are tried.
        """
        if not self.profile.exact and not self._joins:
            return CascqError(
                f"{self.url}: this store does not answer over the union of the graphs that a request names "
                f"(default-graph-uri), and {len(self)} triples are too many to be read; ask of each graph (GRAPH ?g)",
                f"{self.url}：该存储不按请求所列的图（default-graph-uri）的并集作答，而 {len(self)} 条三元组过多，"
                "无法整体读取；请用 GRAPH ?g 逐图查询",
            )
        names = any(token.kind == "word" and token.text.upper() == "GRAPH" for token in tokens(query))
        if not self.profile.exact and names and not self._names:
            return CascqError(
                f"{self.url}: this store has no named graphs (GRAPH) where it is asked for the union of all, and "
                f"{len(self)} triples are too many to be read; ask without GRAPH, or choose graphs with FROM NAMED",
                f"{self.url}：按全部图的并集查询时，该存储没有命名图（GRAPH），而 {len(self)} 条三元组过多，"
                "无法整体读取；请去掉 GRAPH，或用 FROM NAMED 指定图",
            )
        return None

    @cached_property
    def _joins(self) -> bool:
        """Whether the store has the union of graphs for its default graph, as it is asked for it."""
        joins = self._finds("?s ?p ?o", self._parameters)
        if joins and any(name == "default-graph-uri" for name, _ in self._parameters):
            return not self._finds("?s ?p ?o", [("default-graph-uri", f"{ns.BASE}no-graph")])
        return joins

    @cached_property
    def _names(self) -> bool:
        """Whether the store has named graphs where it is asked for the union."""
        return self._finds("GRAPH ?g { ?s ?p ?o }", self._parameters)

    def _finds(self, pattern: str, parameters: list[tuple[str, str]]) -> bool:
        answer = self._client.results(f"ASK {{ {pattern} }}", parameters)
        return isinstance(answer, ox.QueryBoolean) and bool(answer)

    def _remark(self, en: str, zh: str) -> None:
        """Say something once."""
        if en not in self._said:
            self._said.add(en)
            self._note(en, zh)


def _declared(query: str, prefixes: Mapping[str, str]) -> str:
    """Return a query with the usual prefixes that it uses without declaring them."""
    found = list(tokens(query))
    known, start = prologue(found)
    used = {token.text.partition(":")[0] for token in found[start:] if token.kind == "name"}
    lines = [f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes.items() if prefix in used - set(known)]
    return "".join(lines) + query


def _as_triples(triples: list[ox.Triple]) -> ox.QueryTriples:
    """Return triples as the store in memory gives them."""
    store = ox.Store()
    store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    result = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    if not isinstance(result, ox.QueryTriples):
        raise TypeError(result)
    return result
