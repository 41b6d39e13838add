"""Loading into a triple store on the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.remote import replies
from cascq.remote.differences import compare
from cascq.remote.faults import ServerError, shown
from cascq.remote.gathering import Content, Gathered, as_quads
from cascq.remote.locking import locked
from cascq.remote.profiles import Profile
from cascq.remote.protocol import Client
from cascq.remote.targets import LENGTH, Hold, batches, by_graph, canonical_text

_REQUEST = 100_000  # triples of one request in which several new graphs are sent
_CALL = 10_000  # triples of one call of a procedure: more is no faster; of a form of 12 MB, Virtuoso 7 loses the query
_PIECE = 30_000  # triples of one request for a graph that is sent in pieces
_ASKED = 400  # graphs that one query asks for
_NAMED = 40  # the same, where each must be named in a pattern of its own: such queries take long to be planned
_FEW = 200  # graphs that are counted by name where that is slow; of more, all graphs are counted
_ROWS = 5_000  # rows that one query asks for: less than any store's limit that is known of
_BY_CHANCE = "RDFXX"  # what Virtuoso 7 calls a refusal of one request among hundreds, however often it is sent
_STAGES = 50  # staging graphs that are filled before they are copied
# Reads N-Quads (512), with a log (1), in one transaction (1): without the last, the server's thread goes on row by row
# when it is done, for whoever comes next. Each quad names its graph, but one must be given.
_PROCEDURE = f'SELECT (sql:TTLP(bif:http_param("data"), "", "{ns.STAGING_GRAPH}", 512, 1, 1) AS ?done) {{ }}'
_FORBIDDEN = re.compile(r"\bSR186\b|\bSP031\b.*security restrictions")  # to who is not dba


class RemoteTarget:
    """A store that speaks the SPARQL 1.1 protocols. See `Target` for the methods.

    Attributes:
        torn: large graphs that could not be replaced in one step.
    """

    def __init__(self, client: Client, profile: Profile) -> None:
        self.client = client
        self.profile = profile
        self.name = shown(client.addresses.query)
        self.torn: list[str] = []
        if not client.addresses.update:
            raise CascqError(
                "loading needs the address of the update service (--update-url)",
                "加载需要更新服务的地址（--update-url）",
            )

    def new_place(self) -> None:
        """Return None: a store on the network may be anybody's."""

    def lock(self) -> AbstractContextManager[Hold]:
        """Hold the lock in the store."""
        return locked(self.client)

    def counts(self, graphs: Iterable[str]) -> dict[str, int]:
        """Count in the store."""
        found: dict[str, int] = {}
        names = list(graphs)
        if self.profile.constants and len(names) > _FEW:
            all_known, found = self._count_all()
            found = {graph: found[graph] for graph in names if graph in found}
            names = [] if all_known else [graph for graph in names if graph not in found]
        portion = _NAMED if self.profile.constants else _ASKED
        for start in range(0, len(names), portion):
            found.update(self._count(self._where(names[start : start + portion])))
        return {graph: count for graph, count in found.items() if count}

    def _count(self, where: str) -> dict[str, int]:
        return replies.counts(self.client.results(f"SELECT ?g (COUNT(*) AS ?n) {where} GROUP BY ?g"), self.name)

    def _count_all(self) -> tuple[bool, dict[str, int]]:
        """Count all our graphs at once.

        Returns:
            Whether all are counted, and the counts. A store may cut the answer, or take too long to look through what
            else it holds.
        """
        ours = f'WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{ns.BASE}")) }}'
        try:
            found = self._count(ours)
            # Not COUNT(DISTINCT ?g): after some loads, Virtuoso never answers that.
            number = replies.count(self.client.results(f"SELECT (COUNT(*) AS ?n) {ours}"), self.name)
        except ServerError:
            return False, {}
        return number == sum(found.values()), found

    def _where(self, graphs: Sequence[str]) -> str:
        """Return a WHERE clause for the triples of some graphs, in the way that the store is fast at."""
        if self.profile.constants:
            each = (f"{{ GRAPH <{graph}> {{ ?s ?p ?o }} BIND(<{graph}> AS ?g) }}" for graph in graphs)
            return f"WHERE {{ {' UNION '.join(each)} }}"
        return f"WHERE {{ VALUES ?g {{ {' '.join(f'<{graph}>' for graph in graphs)} }} GRAPH ?g {{ ?s ?p ?o }} }}"

    # Reading

    def read(self, graph: str) -> bytes:
        """Read a graph whole, or page by page where the store cuts its answers."""
        expected = self.counts([graph]).get(graph, 0)
        if not expected:
            return b""
        try:
            return self._read(graph, expected)
        except MemoryError as error:
            if "buffer" not in str(error):
                raise
            raise CascqError(
                f"{self.name}: {graph} has a literal of more than 16 MiB there, which cannot be read back",
                f"{self.name}：{graph} 在存储中有超过 16 MiB 的字面值，无法回读",
            ) from error

    def _read(self, graph: str, expected: int) -> bytes:
        text = b""
        if self.client.addresses.graph_store:
            reply = self.client.get_graph(graph)
            text = b"" if reply is None else canonical_text(replies.stream(reply))
        return text if text.count(b"\n") >= expected else canonical_text(self._paged(graph, expected))

    def _paged(self, graph: str, expected: int) -> list[ox.Triple]:
        """Read a graph page by page.

        Without ORDER BY, which stores with a limit refuse to do for many rows. That the pages fit together is not
        promised by any standard; whoever asks compares hashes.
        """
        triples: list[ox.Triple] = []
        pattern = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        while len(triples) < expected:
            page = self.client.triples(f"{pattern} OFFSET {len(triples)} LIMIT {_ROWS}")
            if not page:
                break
            triples += page
        return triples

    def read_many(self, contents: Sequence[Content]) -> Iterator[tuple[str, bytes]]:
        """Read small graphs together, large ones one by one."""
        small, large = self._split(contents, _ROWS)
        for content in large:
            yield content.graph, self.read(content.graph)
        for batch in batches(small, _ROWS, _NAMED if self.profile.constants else _ASKED):
            try:
                found = self._read_batch(batch)
            except MemoryError:  # the store has longer literals there than we, and results have less room than triples
                found = {content.graph: self.read(content.graph) for content in batch}
            yield from found.items()

    def _read_batch(self, batch: Sequence[Content]) -> Mapping[str, bytes]:
        query = f"SELECT ?g ?s ?p ?o {self._where([content.graph for content in batch])}"
        quads = replies.quads(self.client.results(query, accept=self.profile.results), self.name)
        return by_graph(quads, batch)

    # Writing

    def add(self, gathered: Gathered, contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
        """Write several new graphs with one request, if the store can do that in one transaction."""
        small, large = self._split(contents, _REQUEST if self._quads == "post" else self.profile.inserts)
        limit = {"post": _REQUEST, "procedure": _CALL}.get(self._quads, self.profile.inserts)
        for batch in batches(small, limit, limit):
            if self._quads == "post":
                self.client.post_quads(b"".join(gathered.quads(content) for content in batch))
            else:
                self._insert(gathered, {content.graph: content for content in batch})
            yield batch
        yield from self._large(gathered, large)

    def replace(self, gathered: Gathered, contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
        """Replace several graphs with one request, if the store can do that in one transaction."""
        small, large = self._split(contents, self.profile.inserts)
        for batch in batches(small, self.profile.inserts, _STAGES):
            if self.profile.atomic_update:
                drop = " ".join(f"DROP SILENT GRAPH <{content.graph}> ;" for content in batch)
                patterns = _patterns(gathered, {content.graph: content for content in batch})
                self.client.update(f"{drop} INSERT DATA {{ {patterns} }}")
            else:
                self._stage_small(gathered, batch)
            yield batch
        yield from self._large(gathered, large)

    @cached_property
    def _quads(self) -> str:
        """How quads are added to several graphs in one transaction: as the profile says, if that is there for us."""
        way = self.profile.quads
        is_there = self._may_call() if way == "procedure" else bool(self.client.addresses.graph_store)
        return way if is_there else ""

    def _may_call(self) -> bool:
        """Ask whether this user may call the procedure, by a call without quads."""
        try:
            self.client.call(_PROCEDURE, b"")
        except ServerError as error:
            if not _FORBIDDEN.search(error.said):
                raise
            return False
        return True

    def _split(self, contents: Sequence[Content], limit: int) -> tuple[list[Content], list[Content]]:
        """Tell graphs that can be sent with others from those that go alone; blank nodes go by the graph store."""
        alone = {
            content.graph
            for content in contents
            if content.triples > limit or content.length > LENGTH or content.has_blank_nodes
        }
        small = [content for content in contents if content.graph not in alone]
        return small, [content for content in contents if content.graph in alone]

    def _insert(self, gathered: Gathered, contents: Mapping[str, Content]) -> None:
        """Add contents to graphs, by their names, in one operation, which is one transaction in every store."""
        try:
            if self._quads == "procedure":
                quads = (as_quads(graph, gathered.text(one)) for graph, one in contents.items())
                self.client.call(_PROCEDURE, b"".join(quads))
            else:
                self.client.update(f"INSERT DATA {{ {_patterns(gathered, contents)} }}")
        except ServerError as error:
            if not (_BY_CHANCE in error.said or self._lacks_room(error)) or len(contents) == 1:
                raise
            # It takes the same triples in two requests (Bad argument to iri_to_id).
            pairs = list(contents.items())
            for half in (pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]):
                self._insert(gathered, dict(half))

    def _large(self, gathered: Gathered, contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
        """Write graphs one by one: by PUT where that is atomic, else in pieces into a staging graph, then by COPY."""
        for content in contents:
            if self.profile.atomic_put and self.client.addresses.graph_store:
                self.client.put_graph(content.graph, gathered.section(content))
            else:
                self._stage_large(gathered, content)
            yield [content]

    def _stage_large(self, gathered: Gathered, content: Content) -> None:
        stage = f"{ns.STAGING_GRAPH}/1"
        self._write_pieces(gathered, content, stage)
        self._check_stage(gathered, {stage: content})
        copy = f"COPY <{stage}> TO <{content.graph}>"
        try:
            self.client.update(copy)
        except ServerError as error:
            if not self._lacks_room(error):
                raise
            # Old and new may exceed what one transaction of Virtuoso has room for where the new alone does not; readers
            # then miss the graph for a while, which the report says. After any other error the old graph stays.
            self.torn.append(content.graph)
            self.client.update(f"CLEAR SILENT GRAPH <{content.graph}>")
            try:
                self.client.update(copy)
            except ServerError as second:
                if not self._lacks_room(second):
                    raise
                self._write_pieces(gathered, content, content.graph)
        self.client.update(f"CLEAR SILENT GRAPH <{stage}>")

    def _lacks_room(self, error: ServerError) -> bool:
        """Tell whether a change is too large for one transaction of the store (not for its disk)."""
        return bool(self.profile.no_room and re.search(self.profile.no_room, error.said))

    def _write_pieces(self, gathered: Gathered, content: Content, graph: str) -> None:
        """Empty a graph and write a content into it, piece by piece."""
        by_post = bool(self.client.addresses.graph_store)
        clear = f"CLEAR SILENT GRAPH <{graph}>"
        if content.has_blank_nodes:
            # With the emptying in one request: one whose answer is lost is sent again, and would add new blank nodes.
            if by_post:
                self.client.put_graph(graph, gathered.section(content))
            else:
                self.client.update(f"{clear} ; INSERT DATA {{ {_patterns(gathered, {graph: content})} }}")
            return
        self.client.update(clear)
        for piece in gathered.chunks(content, _PIECE if by_post else self.profile.inserts):
            if by_post:
                self.client.post_graph(graph, piece)
            else:
                self.client.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {piece.decode()} }} }}")

    def _stage_small(self, gathered: Gathered, batch: Sequence[Content]) -> None:
        stages = {f"{ns.STAGING_GRAPH}/{number}": content for number, content in enumerate(batch, 1)}
        self._clear(stages)
        self._insert(gathered, stages)
        self._check_stage(gathered, stages)
        self.client.update(" ;\n".join(f"COPY <{stage}> TO <{content.graph}>" for stage, content in stages.items()))
        self._clear(stages)

    def _clear(self, graphs: Iterable[str]) -> None:
        self.client.update(" ;\n".join(f"CLEAR SILENT GRAPH <{graph}>" for graph in graphs))

    def _check_stage(self, gathered: Gathered, stages: dict[str, Content]) -> None:
        """Make sure that what is about to go live is whole."""
        counts = self.counts(stages)
        for stage, content in stages.items():
            if counts.get(stage, 0) != content.triples:
                lost = compare(gathered.text(content), self.read(stage))
                raise CascqError(
                    f"{self.name}: the store does not keep {content.graph} as it is; nothing was changed there\n"
                    + lost.en(),
                    f"{self.name}：该存储不能原样保存 {content.graph}；该图保持不变\n{lost.zh()}",
                )

    def remove(self, graphs: Sequence[str]) -> None:
        """Remove graphs, each in one step."""
        for start in range(0, len(graphs), _STAGES):
            some = graphs[start : start + _STAGES]
            # SILENT: a graph that is gone already is what is wanted; whether it is gone is looked at below
            self.client.update(" ;\n".join(f"DROP SILENT GRAPH <{graph}>" for graph in some))
        if left := self.counts(graphs):
            raise CascqError(
                f"{self.name}: could not be removed: {', '.join(left)}", f"{self.name}：未能删除：{'、'.join(left)}"
            )

    # Bookkeeping

    def mark(self, block: bytes) -> None:
        """Add to the catalogue graph, in pieces."""
        lines = block.decode().splitlines()
        for start in range(0, len(lines), self.profile.inserts):
            rows = "\n".join(lines[start : start + self.profile.inserts])
            self.client.update(f"INSERT DATA {{ GRAPH <{ns.CATALOGUE_GRAPH}> {{ {rows} }} }}")

    def record(self, block: bytes) -> None:
        """Replace the catalogue graph."""
        with Gathered() as gathered:
            gathered.add(ns.CATALOGUE_GRAPH, block, "")
            gathered.finish()
            for _ in self.replace(gathered, list(gathered.contents.values())):
                pass

    def clean(self) -> None:
        """Clear staging graphs."""
        left = self.counts(f"{ns.STAGING_GRAPH}/{number}" for number in range(1, _STAGES + 1))
        if left:
            self._clear(left)

    def finish(self) -> None:
        """Nothing: servers keep what they have accepted."""


def _patterns(gathered: Gathered, contents: Mapping[str, Content]) -> str:
    """Return contents, by the graphs that they go into, as SPARQL."""
    return " ".join(f"GRAPH <{graph}> {{ {_short(gathered.text(one))} }}" for graph, one in contents.items())


def _short(text: bytes) -> str:
    """Return sorted N-Triples with each subject written once: Virtuoso reads that a fifth faster."""
    parts: list[bytes] = []
    last = b""
    for line in text.splitlines():
        subject, rest = line[:-1].split(b" ", 1)
        parts.append(b"; " + rest if subject == last else b". " + subject + b" " + rest)
        last = subject
    return b"".join(parts).removeprefix(b". ").decode()
