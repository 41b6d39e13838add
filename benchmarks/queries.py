"""Compare how long the canned queries take on rdflib, embedded Oxigraph, a folder, an Oxigraph server and Virtuoso.

    python benchmarks/queries.py [--triples 1000000] [--stores NAME...] [--queries NAME...] [--runs 3] [--limit SECONDS]
        [--json FILE] [--update docs/performance.md]

Each store holds the same data of benchmarks/generate.py and answers itself, with the default values of the parameters;
nothing is read into memory first. Each query is asked by a process of its own, which is stopped at the limit: times
are medians, in milliseconds, from the query's text to its last row. Rows that are not those of the embedded store are
marked.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import page
import pyoxigraph as ox

from cascq import catalogue
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.remote.endpoint import Endpoint
from cascq.remote.profiles import named
from cascq.remote.protocol import Client
from cascq.remote.stores import Folder

_URL = r"https?://\S+:? "
HERE = Path(__file__).resolve().parent
STORES = ("embedded", "rdflib", "folder", "oxigraph", "virtuoso")
_FORK = multiprocessing.get_context("fork")  # what is in memory is there in the asking process, too
Ask = Callable[[str, list[str]], list[list[str]]]


@dataclass
class Told:
    """What one store answered to one query.

    Attributes:
        milliseconds: median of the runs; None if there is no answer.
        rows: how many.
        digest: of the rows in their order.
        note: why there is no answer.
    """

    milliseconds: float | None = None
    rows: int = 0
    digest: str = ""
    note: str = ""


@dataclass
class Column:
    """What one store answered."""

    store: str
    answers: dict[str, Told] = field(default_factory=dict)


def main() -> None:
    """Read the command line, measure, print."""
    given = _arguments()
    columns: list[Column] = []
    with tempfile.TemporaryDirectory(prefix="cascq-queries-") as name:
        data = Path(name) / "data.trig"
        generate = [sys.executable, HERE / "generate.py", "--triples", str(given.triples), "-o", data]
        subprocess.run(generate, check=True, stderr=subprocess.DEVNULL)
        folder = Path(name) / "store"
        _load(str(folder), data)
        for store in given.stores:
            column = Column(store)
            columns.append(column)
            while len(column.answers) < len(given.queries):
                _ask_all(column, folder, data, given)
            text = report(columns, given)
            if given.update:  # after each store, in case the next one is not waited for
                page.update(given.update, "queries.py", text)
            if given.json:
                content = {"machine": page.machine(), "stores": [asdict(one) for one in columns]}
                given.json.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(text)


def _ask_all(column: Column, folder: Path, data: Path, given: argparse.Namespace) -> None:
    """Ask a store what it has not been asked yet, up to a query after which it must be started anew."""
    with _opened(column.store, folder, data) as (ask, is_well):
        for query in given.queries:
            if query in column.answers:
                continue
            told = column.answers[query] = _asked(ask, query, given.runs, given.limit)
            shown = told.note or f"{told.milliseconds:.1f} ms, {told.rows} rows"
            print(f"{column.store}, {query}: {shown}", file=sys.stderr)
            if not is_well(told):
                return


def _arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Compare how long the canned queries take.")
    known = sorted(catalogue.names())
    parser.add_argument("--triples", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES), help="only these")
    parser.add_argument("--queries", nargs="+", choices=known, default=known, metavar="NAME", help="only these")
    parser.add_argument("--runs", type=int, default=3, help="of each query (default 3)")
    parser.add_argument("--limit", type=float, default=30, metavar="SECONDS", help="for all of them (default 30)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here, too")
    parser.add_argument("--update", type=Path, metavar="FILE", help="put the table into the marked place of this file")
    given = parser.parse_args()
    given.stores.sort(key=STORES.index)  # the embedded store first: the others are compared with it
    return given


def _load(target: str, data: Path) -> None:
    """Load the data with `cascq load`."""
    command = [page.cascq(), "load", target, "--verify", "none", "--data", str(data)]
    known = {"PYTHONPATH": str(page.ROOT / "src"), "CASCQ_USER": "dba", "CASCQ_PASSWORD": "dba"}
    subprocess.run(command, check=True, env={**os.environ, **known}, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def _opened(store: str, folder: Path, data: Path) -> Iterator[tuple[Ask, Callable[[Told], bool]]]:
    """Provide a store with the data, a way to ask it, and a way to tell whether it can be asked again."""
    if store in {"embedded", "rdflib"}:
        graph = KnowledgeGraph([data])
        yield _asks(graph) if store == "embedded" else _asks_rdflib(graph), lambda _: True
    elif store == "folder":
        yield _asks_folder(folder), lambda _: True
    elif store == "oxigraph":
        with page.servers().oxigraph(folder, read_only=True) as server:
            # A query that nobody waits for any more goes on, and would slow down the next one.
            yield _asks_server(server.url, store), lambda told: not told.note.startswith("over")
    else:
        with page.servers().virtuoso(rows=2_000_000, buffers=85_000, transaction=1_000_000_000) as server:
            _load(server.url, data)
            yield _asks_server(server.url, store), lambda _: _is_alive(server.process)


def _is_alive(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a server lives; one that crashes has a moment until it is gone."""
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        return True
    return False


def _asks(graph: KnowledgeGraph) -> Ask:
    return lambda text, _: [[str(cell) for cell in row] for row in graph.sparql(text).rows]


def _asks_folder(folder: Path) -> Ask:
    opened: list[KnowledgeGraph] = []

    def ask(text: str, names: list[str]) -> list[list[str]]:
        # Opened by the process that asks: a database cannot be taken along into another one.
        if not opened:
            opened.append(KnowledgeGraph(store=Folder(folder, in_memory=0)))
        return _asks(opened[0])(text, names)

    return ask


def _asks_rdflib(graph: KnowledgeGraph) -> Ask:
    dataset = graph.dataset()

    def term(cell: Any) -> str:
        import rdflib

        if cell is None:
            return "None"
        if isinstance(cell, rdflib.URIRef):
            return str(ox.NamedNode(str(cell)))
        if not isinstance(cell, rdflib.Literal):
            return str(cell)
        if cell.language or not cell.datatype:
            return str(ox.Literal(str(cell), language=cell.language))
        return str(ox.Literal(str(cell), datatype=ox.NamedNode(str(cell.datatype))))

    return lambda text, names: [[term(row[name]) for name in names] for row in dataset.query(text)]


def _asks_server(url: str, store: str) -> Ask:
    kind = named(store)
    endpoint = Endpoint(Client(kind.addresses(url), timeout=3600, attempts=1), kind, in_memory=0, copied=0)
    graph = KnowledgeGraph(store=endpoint)
    graph.sparql("ASK { ?s ?p ?o }")  # finds out, once, which graphs there are
    return _asks(graph)


def _asked(ask: Ask, query: str, runs: int, limit: float) -> Told:
    """Ask in a process of its own, and stop it at the limit."""
    ours, theirs = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_answer, args=(theirs, ask, query, runs))
    process.start()
    theirs.close()
    try:
        if not ours.poll(limit):
            return Told(note=f"over {limit:g} s")
        try:
            return Told(**ours.recv())
        except EOFError:
            return Told(note="failed")
    finally:
        process.kill()
        process.join()
        ours.close()


def _answer(pipe: Any, ask: Ask, query: str, runs: int) -> None:
    """Ask, and send what came."""
    canned = catalogue.get(query)
    seconds = []
    try:
        for _ in range(runs):
            started = time.perf_counter()
            rows = ask(canned.text, list(canned.columns))
            seconds.append(time.perf_counter() - started)
    except CascqError as error:
        pipe.send({"note": f"failed: {re.sub(_URL, '', str(error).splitlines()[0])[:60]}"})
        return
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    pipe.send({"milliseconds": statistics.median(seconds) * 1000, "rows": len(rows), "digest": digest})


def report(columns: list[Column], given: argparse.Namespace) -> str:
    """Return the table in Markdown, with what it was made on."""
    header = ["query", "rows", *(column.store for column in columns)]
    lines = []
    for query in given.queries:
        first = columns[0].answers[query]
        rows = f"{first.rows:,}" if first.digest else ""
        lines.append([query, rows, *(_cell(column.answers[query], first) for column in columns)])
    own = page.versions("pyoxigraph", "rdflib")
    stores = " ".join(column.store for column in columns)
    command = f"python benchmarks/queries.py --triples {given.triples} --stores {stores}"
    made = f"Made by `{command} --runs {given.runs} --limit {given.limit:g}`; {own}. Milliseconds."
    legend = f"**≠**: other rows, or another order, than the {columns[0].store} store's."
    return "\n".join([page.machine(), "", made, "", *page.table(header, 1, lines), "", legend])


def _cell(told: Told, first: Told) -> str:
    if told.milliseconds is None:
        return told.note
    shown = f"{told.milliseconds:,.1f}"
    return f"**≠ {shown}**" if first.digest and told.digest != first.digest else shown


if __name__ == "__main__":
    main()
