"""What is known of each triple store: paths, authentication, how it is asked for the union, what it cannot do.

Where a store is not known, the profile `sparql` uses nothing but the SPARQL 1.1 Protocol and Update, and the Graph
Store Protocol if its address is given. Each profile names the pages of the manual that its facts come from, and what
none of them says: there the careful way is taken, or the fact is marked as unverified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cascq.errors import CascqError
from cascq.remote.credentials import refuse_in_url
from cascq.remote.faults import shown

# A URL whose scheme was left out or cut short; no folder that anybody would name so without ./ before it.
_MEANT = re.compile(r"https?:|//|[\w.-]+:\d+(/|$)|\[[\da-fA-F:]+\]|[^/]*:[^/]*@")


@dataclass(frozen=True)
class Addresses:
    """Where the services of one store are; "" for a service that it does not have.

    Attributes:
        query: SPARQL 1.1 Protocol, queries.
        update: SPARQL 1.1 Protocol, updates.
        graph_store: SPARQL 1.1 Graph Store Protocol, indirect identification (`?graph=`).
    """

    query: str
    update: str = ""
    graph_store: str = ""


@dataclass(frozen=True)
class Profile:
    """One kind of store.

    Attributes:
        name: as in `--profile`.
        title: as its makers write it.
        query: path of the query service below the base URL.
        update: path of the update service; None if there is none.
        graph_store: path of the graph store service; None if there is none, or none that can be relied on.
        authentication: "basic", "digest", "challenge" (as the server asks) or "none", for a user with a password; a
            token is always sent as a bearer token.
        union: parameters of the query request that ask for the union of the graphs and nothing else, such as what the
            store infers; () where none are needed or known.
        atomic_put: PUT of a graph is one transaction: readers see the old graph or the new one.
        atomic_update: an update request of several operations is one transaction.
        quads: how N-Quads are added to several graphs in one transaction: "post" (to the graph store's bare address),
            "procedure" (Virtuoso's TTLP, which not every user may call), or "" (only as INSERT DATA).
        prologue: what stands before each update.
        inserts: how many triples one INSERT DATA may have.
        no_room: pattern of what it says where a change is too large for one of its transactions, or "".
        constants: graphs are to be named one by one: with a variable for the graph, the store looks through all.
        results: content type of many rows; the fastest that says all of a term.
        exact: it is known by tests to give every row, over the graphs that a request names; others are tried.
        misreads: it is known by tests to misread queries (`native.py` knows which it does not).
        row_limit: response header that tells that an answer was cut, or "".
        example: a base URL as it usually looks.
        server: pattern of the response header `Server`, to know the store by.
        path: pattern of base URLs, to know the store by.
    """

    name: str
    title: str
    query: str
    update: str | None
    graph_store: str | None
    authentication: str = "challenge"
    union: tuple[tuple[str, str], ...] = ()
    atomic_put: bool = True
    atomic_update: bool = True
    quads: str = ""
    prologue: str = ""
    inserts: int = 10_000
    no_room: str = ""
    constants: bool = False
    results: str = "application/sparql-results+json"
    exact: bool = False
    misreads: bool = False
    row_limit: str = ""
    example: str = ""
    server: str = ""
    path: str = ""

    def addresses(self, base: str) -> Addresses:
        """Return the addresses of the services of a store at a base URL.

        Raises:
            CascqError: the URL has a query, to which nothing can be appended.
        """
        if urlsplit(base).query and (self.query or self.update or self.graph_store):
            raise CascqError(
                f"{shown(base)}: the base URL of a store ({self.title}) has no part after '?'",
                f"{shown(base)}：存储（{self.title}）的基础 URL 不能有“?”之后的部分",
            )
        base = base.rstrip("/")
        update, graph_store = self.update, self.graph_store
        has_path = bool(urlsplit(self.example).path)
        for path in (self.query, update, graph_store):
            # The address of one service was given: what was meant is clear, but for a dataset named like a service.
            if path and base.endswith(path) and (not has_path or urlsplit(base.removesuffix(path)).path):
                base = base.removesuffix(path)
                break
        return Addresses(
            base + self.query,
            "" if update is None else base + update,
            "" if graph_store is None else base + graph_store,
        )


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        # Tests against real servers, version 0.5.
        Profile(
            "oxigraph", "Oxigraph server", "/query", "/update", "/store", authentication="none",
            union=(("union-default-graph", ""),), quads="post", exact=True, example="http://localhost:7878",
            server=r"Oxigraph/",
        ),
        # Tests against real servers, version 7.2.5. The prologue asks for one transaction, with a log: what others have
        # asked for may have left a thread of the server in another mode (row by row, without a log), for good.
        Profile(
            "virtuoso", "OpenLink Virtuoso 7", "/sparql", "/sparql-auth", "/sparql-graph-crud-auth",
            authentication="digest", atomic_put=False, atomic_update=False, quads="procedure",
            prologue="DEFINE sql:log-enable 1 ", inserts=1_000, no_room=r"SR325|TransactionAfterImageLimit",
            constants=True, results="application/sparql-results+xml", misreads=True, row_limit="x-sparql-maxrows",
            example="http://localhost:8890", server=r"Virtuoso/",
        ),
        # "Fuseki Data Service Configuration Syntax" (paths; quads), "Data Access Control for Fuseki" (digest, unless it
        # is told otherwise), "Dynamic Datasets" of TDB (urn:x-arq:UnionGraph); its sources (Server, Fuseki-Request-Id).
        # Unverified: that a request is one transaction.
        Profile(
            "fuseki", "Apache Jena Fuseki", "/query", "/update", "/data", authentication="challenge",
            union=(("default-graph-uri", "urn:x-arq:UnionGraph"),), quads="post",
            example="http://localhost:3030/dataset", server=r"Fuseki",
        ),
        # GraphDB, "RDF4J API" (paths; infer, which is true by default), "Access Control" (basic). Unverified: that an
        # update request and a PUT are one transaction.
        Profile(
            "graphdb", "Ontotext GraphDB", "", "/statements", "/rdf-graphs/service", authentication="basic",
            union=(("infer", "false"),),
            example="http://localhost:7200/repositories/name", server=r"GraphDB", path=r":7200/repositories/[^/]+$",
        ),
        # "RDF4J REST API" (paths; infer, which is true by default). Passwords are a matter of the servlet container:
        # basic is the usual way. Unverified: that an update request and a PUT are one transaction.
        Profile(
            "rdf4j", "Eclipse RDF4J server", "", "/statements", "/rdf-graphs/service", authentication="basic",
            union=(("infer", "false"),),
            example="http://localhost:8080/rdf4j-server/repositories/name", path=r"/rdf4j-server/repositories/[^/]+$",
        ),
        # Blazegraph wiki, "REST_API" (paths; its Graph Store Protocol wants other parameters), "SPARQL_Update" (an
        # update request has one commit, which its answer shows). Passwords are a matter of the servlet container.
        Profile(
            "blazegraph", "Blazegraph", "/sparql", "/sparql", None, authentication="basic",
            example="http://localhost:9999/blazegraph/namespace/kb", path=r"/(blazegraph|bigdata)(/namespace/[^/]+)?$",
        ),
        # QLever's README and wiki (one address for all; updates need a token). They do not say what is a transaction.
        Profile(
            "qlever", "QLever", "", "", None, authentication="none", atomic_update=False,
            example="http://localhost:7001", server=r"QLever",
        ),
        # "HTTP API" (paths), "Transactions" (writes are atomic, readers see snapshots), "Named Graphs"
        # (tag:stardog:api:context:named). Unverified: that an update request of several operations is one transaction.
        Profile(
            "stardog", "Stardog", "/query", "/update", "", authentication="basic",
            union=(("default-graph-uri", "tag:stardog:api:context:named"),), example="http://localhost:5820/database",
            server=r"Stardog", path=r":5820/[^/]+$",
        ),
        # Pages "SPARQL HTTP API" and "Using the SPARQL 1.1 Graph Store HTTP Protocol (GSP) in Amazon Neptune" (paths),
        # "Transaction Isolation Levels in Neptune" (updates of one request, parted by semicolons, are one transaction).
        Profile(
            "neptune", "Amazon Neptune", "/sparql", "/sparql", "/sparql/gsp/", authentication="none",
            example="https://name.cluster-id.region.neptune.amazonaws.com:8182",
            path=r"\.neptune\.amazonaws\.com(\.cn)?(:\d+)?$",
        ),
        Profile(
            "sparql", "any SPARQL 1.1 store", "", "", None, atomic_put=False, atomic_update=False,
            inserts=1_000,
        ),
    )
}  # fmt: skip


def named(name: str) -> Profile:
    """Return a profile by its name.

    Raises:
        CascqError: there is none of that name.
    """
    if name not in PROFILES:
        known = ", ".join(PROFILES)
        raise CascqError(f"unknown profile '{name}' (known: {known})", f"未知的存储类型“{name}”（可用：{known}）")
    return PROFILES[name]


def is_url(target: str) -> bool:
    """Tell whether a target of the command line is a URL; if not, it is a folder.

    Raises:
        CascqError: it is a URL, but not of the web, or without a host, or with credentials in it; or it looks like one
            that was cut short.
    """
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", target):
        if _MEANT.match(target):
            rest = re.sub(r"^https?:", "", target.rpartition("@")[2]).lstrip("/")
            raise CascqError(
                f"'{_safe(target)}': a URL begins with http:// or https:// (http://{rest}?), a folder of such a name "
                "with ./",
                f"“{_safe(target)}”：URL 须以 http:// 或 https:// 开头（http://{rest}？），此名的文件夹须以 ./ 开头",
            )
        return False
    check_url(target)
    return True


def _safe(text: str) -> str:
    """Return what was to be a URL as messages show it: without what may be a password or a key."""
    return re.sub(r"(?s)^.*@", "…@", re.sub(r"(?s)\?.*", "?…", text))


def check_url(url: str) -> None:
    """Check that a text is a URL that a store can have.

    Raises:
        CascqError: it is not, or has credentials in it.
    """
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")  # no label is empty or too long
    except ValueError:
        is_right = False
    if is_right:
        refuse_in_url(url)
    if not is_right or re.search(r"\s|#", url):
        raise CascqError(
            f"'{_safe(url)}' is no URL of a store: http://host:port/… or https://… is expected",
            f"“{_safe(url)}”不是存储的 URL：应为 http://主机:端口/… 或 https://…",
        )


def says(headers: Mapping[str, str]) -> Profile | None:
    """Return the profile of the store that an answer says it is from.

    Args:
        headers: the response headers.
    """
    low = {name.lower(): value for name, value in headers.items()}
    for profile in PROFILES.values():
        if profile.server and re.search(profile.server, low.get("server", ""), re.IGNORECASE):
            return profile
    return PROFILES["fuseki"] if "fuseki-request-id" in low else None


def recognise(base: str, headers: Mapping[str, str]) -> Profile | None:
    """Return the profile of the store at a base URL, if the URL or what it answered tells.

    Args:
        base: the base URL.
        headers: the response headers of a request for it (any answer will do, also an error).
    """
    if said := says(headers):
        return said
    for profile in PROFILES.values():
        if profile.path and re.search(profile.path, base.rstrip("/")):
            return profile
    return None
