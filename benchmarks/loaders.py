"""The ways of loading that benchmarks/load.py compares, and the stores that they load into."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import page
import pyoxigraph as ox
import requests

TARGETS = ("folder", "oxigraph", "virtuoso")
# The newest of each on 2026-11-22; rdf-uploader does not say that it needs click.
PINS = ("click==8.5.1", "kurra==2.1.1", "rdf-uploader==0.18.9")
_OURS = "https://w3id.org/cascq/"
GRAPH = "https://w3id.org/cascq/comparison"
EACH = "curl PUT of each graph"


@dataclass(frozen=True)
class Task:
    """What is to be loaded.

    Attributes:
        data: what cascq reads, in TriG.
        quads: all that cascq writes, catalogue aside, in N-Quads: for tools that load many graphs.
        triples: the same without graphs, in N-Triples: for tools that load into one.
        count: the number of quads.
        distinct: the number of different triples.
    """

    data: Path
    quads: Path
    triples: Path
    count: int
    distinct: int


@dataclass(frozen=True)
class Place:
    """Where to: an empty store.

    Attributes:
        where: a folder or a base URL.
        folder: where a server may read files, or "".
        sql: where Virtuoso listens for SQL, or "".
    """

    where: str
    folder: str = ""
    sql: str = ""

    def count(self, *, all_graphs: bool) -> int:
        """Return how many triples are in our graphs, or in the one for tools that load into one."""
        inside = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{GRAPH if not all_graphs else _OURS}'))"
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ {inside} }}"
        if "://" not in self.where:
            (row,) = ox.Store.read_only(self.where).query(query)
            return int(row["n"].value)
        path = "/sparql" if self.sql else "/query"
        headers = {"Accept": "text/csv"}
        answer = requests.post(self.where + path, data={"query": query}, headers=headers, timeout=600)
        answer.raise_for_status()
        return int(answer.text.split()[1].strip('"'))


@dataclass(frozen=True)
class Way:
    """A way of loading.

    Attributes:
        name: as in the table.
        command: the command for a task and a place.
        target: what it loads into.
        after: the way that goes before into the same store, or "" for an empty store.
        graphs: whether it keeps the graphs apart.
        client: whether its memory is that of the loader.
    """

    name: str
    command: Callable[[Task, Place], list[str]]
    target: str
    after: str = ""
    graphs: bool = True
    client: bool = True


def install(folder: Path) -> None:
    """Make the environment of the other loaders, unless it is there with these versions."""
    stamp = folder / "pins.txt"
    if stamp.is_file() and stamp.read_text() == "\n".join(PINS):
        return
    print(f"installing {', '.join(PINS)} into {folder}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PINS], check=True)
    stamp.write_text("\n".join(PINS))


@contextlib.contextmanager
def place(target: str) -> Iterator[Place]:
    """Provide an empty store."""
    with tempfile.TemporaryDirectory(prefix="cascq-load-") as name:
        folder = Path(name) / "store"
        if target == "folder":
            yield Place(str(folder))
        elif target == "oxigraph":
            with page.servers().oxigraph(folder) as server:
                yield Place(server.url)
        else:
            with page.servers().virtuoso(buffers=85_000, transaction=1_000_000_000) as server:
                yield Place(server.url, str(server.folder), server.sql)


def ways(environment: Path) -> list[Way]:
    """Return all ways; of each target the store's own tool for bulk comes first, and a bare PUT second."""
    programs = environment / "bin"
    program = page.cascq()

    def cascq(*options: str) -> Callable[[Task, Place], list[str]]:
        return lambda task, at: [program, "load", "--lang", "en", at.where, "--data", str(task.data), *options]

    def own(target: str) -> list[Way]:
        return [
            Way("cascq load, not verified", cascq("--verify", "none"), target),
            Way("cascq load, verified", cascq(), target),
            Way("cascq load again, nothing changed", cascq(), target, after="cascq load, verified"),
        ]

    def curl(path: str, *options: str) -> Callable[[Task, Place], list[str]]:
        put = ["curl", "--silent", "--show-error", "--fail", "--request", "PUT", *options]
        kind = ["--header", "Content-Type: application/n-triples", "--header", "Expect: 100-continue"]
        return lambda task, at: [*put, *kind, "--upload-file", str(task.triples), f"{at.where}{path}?graph={GRAPH}"]

    def curl_each(path: str, *options: str) -> Callable[[Task, Place], list[str]]:
        return lambda task, at: ["curl", "--config", str(_puts(task, at.where + path, options))]

    def uploader(path: str, *options: str) -> Callable[[Task, Place], list[str]]:
        upload = [str(programs / "rdf-uploader"), "upload", "--graph", GRAPH, *options]
        return lambda task, at: [*upload, "--endpoint", at.where + path, str(task.triples)]

    def kurra(path: str, *options: str) -> Callable[[Task, Place], list[str]]:
        put = [str(programs / "kurra"), "db", "gsp", "put", "--graph", GRAPH, "--timeout", "3600", *options]
        return lambda task, at: [*put, str(task.triples), at.where + path]

    bulk = [page.servers().oxigraph_command(), "load", "--location"]
    user = ["--username", "dba", "--password", "dba"]
    return [
        Way("oxigraph load", lambda task, at: [*bulk, at.where, "--file", str(task.quads)], "folder"),
        *own("folder"),
        Way("curl PUT", curl("/store"), "oxigraph", graphs=False, client=False),
        Way(EACH, curl_each("/store"), "oxigraph", client=False),
        *own("oxigraph"),
        Way("rdf-uploader", uploader("/store"), "oxigraph", graphs=False),
        Way("kurra", kurra("/store"), "oxigraph", graphs=False),
        Way("ld_dir and rdf_loader_run", _ld_dir, "virtuoso", client=False),
        Way("curl PUT", curl("/sparql-graph-crud-auth", "--digest", "--user", "dba:dba"), "virtuoso", graphs=False,
            client=False),
        Way(EACH, curl_each("/sparql-graph-crud-auth", "digest", 'user = "dba:dba"'), "virtuoso", client=False),
        *own("virtuoso"),
        Way("rdf-uploader", uploader("/sparql-graph-crud-auth", *user), "virtuoso", graphs=False),
        Way("kurra", kurra("/sparql-graph-crud-auth", *user), "virtuoso", graphs=False),
    ]  # fmt: skip


def _ld_dir(task: Task, at: Place) -> list[str]:
    """Return the command of Virtuoso's own bulk load; the file is put where the server may read it."""
    (Path(at.folder) / "bulk.nq").write_bytes(task.quads.read_bytes())
    steps = f"ld_dir('{at.folder}', 'bulk.nq', '{GRAPH}'); rdf_loader_run(); checkpoint;"
    return ["isql-vt", at.sql, "dba", "dba", "ERRORS=STDOUT", f"EXEC={steps}"]


def _puts(task: Task, service: str, options: Sequence[str]) -> Path:
    """Write a configuration of curl that puts each graph by itself, over one connection, and return its path."""
    folder = task.quads.with_name("graphs")
    folder.mkdir(exist_ok=True)
    always = [
        "silent",
        "show-error",
        "fail",
        "request = PUT",
        'header = "Content-Type: application/n-triples"',
        *options,
    ]
    parts = []
    with task.quads.open(encoding="utf-8") as quads:
        for number, (graph, lines) in enumerate(groupby(quads, key=lambda line: line.rsplit(" ", 2)[1][1:-1])):
            file = folder / f"{number}.nt"
            file.write_text("".join(line.rsplit(" ", 2)[0] + " .\n" for line in lines), encoding="utf-8")
            url = f"{service}?graph={quote(graph, safe='')}"
            parts.append("\n".join([*always, f'upload-file = "{file}"', f'url = "{url}"']))
    target = folder / "curl.txt"
    target.write_text("\nnext\n".join(parts) + "\n", encoding="utf-8")
    return target
