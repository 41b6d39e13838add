"""Real triple stores for the tests: each is started on a free port of 127.0.0.1 and stopped by whoever started it."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

WAIT = 60.0  # seconds in which a server must answer; a loaded machine is slow, a broken server says so by its exit code


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        url: its base URL, as `cascq load` takes it.
        process: its process, to be killed by the tests that want it to die.
        folder: of Virtuoso: where it may read files.
        sql: of Virtuoso: where it listens for SQL.
    """

    url: str
    process: subprocess.Popen[bytes]
    folder: Path | None = None
    sql: str = ""

    def stop(self) -> None:
        """Stop it, at once if it does not stop by itself."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(server: Server, path: str) -> bool:
    """Wait until a server answers; False if it has ended (its port may have been taken by somebody else)."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if server.process.poll() is not None:
            return False
        host, _, base = server.url.removeprefix("http://").partition("/")
        connection = http.client.HTTPConnection(host, timeout=5)
        with contextlib.suppress(http.client.HTTPException, OSError), contextlib.closing(connection):
            connection.request("GET", f"/{base}{path}?query=ASK%7B%7D" if base else f"{path}?query=ASK%7B%7D")
            if connection.getresponse().status == 200:
                return True
        time.sleep(0.05)
    server.stop()
    raise TimeoutError(f"{server.url} did not answer in {WAIT} s")


def oxigraph_command() -> str:
    """Return the program of the Oxigraph server."""
    beside = Path(sys.executable).with_name("oxigraph")
    found = str(beside) if beside.exists() else shutil.which("oxigraph")
    assert found, "the tests need the Oxigraph server: pip install -e '.[dev]'"
    return found


@contextlib.contextmanager
def oxigraph(
    location: Path | None = None, *, port: int | None = None, read_only: bool = False, options: Sequence[str] = ()
) -> Iterator[Server]:
    """Run an Oxigraph server.

    Args:
        location: folder of its data; in memory if left out.
        port: a port to use; a free one if left out.
        read_only: serve a folder that exists, read-only.
        options: more options of its command line.
    """
    serve = [oxigraph_command(), "serve-read-only" if read_only else "serve"]
    more = [*(["--location", str(location)] if location else []), *options]
    with _run(lambda chosen: [*serve, "--bind", f"127.0.0.1:{chosen}", *more], "", "/query", port) as server:
        yield server


@contextlib.contextmanager
def _run(command: Callable[[int], list[str]], base: str, ready: str, port: int | None = None) -> Iterator[Server]:
    """Run a server, anew if somebody else has taken its port.

    Args:
        command: its command line, for a port.
        base: the path of its base URL.
        ready: the path below at which it answers queries.
        port: a port to use; a free one if left out.
    """
    for _ in range(5):
        chosen = port or free_port()
        process = subprocess.Popen(command(chosen), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = Server(f"http://127.0.0.1:{chosen}{base}", process)
        if _ready(server, ready):
            break
    else:
        raise RuntimeError(f"{' '.join(command(chosen))}: ended with code {process.returncode}")
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def rdflib(*files: Path) -> Iterator[Server]:
    """Run a server of rdflib (rdflib-endpoint), which holds what is in some files of N-Quads."""
    serve = [sys.executable, str(Path(__file__).with_name("rdflib_server.py"))]
    with _run(lambda port: [*serve, str(port), *map(str, files)], "/sparql", "") as server:
        yield server


_VIRTUOSO_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
ServerThreads = 20
CheckpointInterval = 0
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
TransactionAfterImageLimit = {transaction}
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 0
"""


@contextlib.contextmanager
def virtuoso(rows: int = 10_000, buffers: int = 20_000, transaction: int = 50_000_000) -> Iterator[Server]:
    """Run a Virtuoso 7 server (Debian's virtuoso-opensource-7) in a temporary folder; user dba, password dba.

    Args:
        rows: how many rows it answers at most (`ResultSetMaxRows`); 10,000 is what its own ini file has.
        buffers: pages of 8 kB that it keeps in memory.
        transaction: how many bytes one transaction may change.
    """
    command = shutil.which("virtuoso-t")
    assert command, "the tests need Virtuoso: apt-get install virtuoso-opensource-7"
    with tempfile.TemporaryDirectory(prefix="virtuoso-") as name:
        folder = Path(name)
        for _ in range(5):
            port, sql_port = free_port(), free_port()
            ini = _VIRTUOSO_INI.format(
                folder=folder,
                port=port,
                sql_port=sql_port,
                rows=rows,
                buffers=buffers,
                dirty=buffers * 3 // 4,
                transaction=transaction,
            )
            (folder / "virtuoso.ini").write_text(ini, encoding="utf-8")
            process = subprocess.Popen(
                [command, "+foreground", "+configfile", str(folder / "virtuoso.ini")],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            server = Server(f"http://127.0.0.1:{port}", process, folder, f"127.0.0.1:{sql_port}")
            if _ready(server, "/sparql"):
                break
        else:
            log = (folder / "virtuoso.log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"Virtuoso ended with code {process.returncode}: {log[-2000:]}")
        try:
            yield server
        finally:
            server.stop()


def isql(server: Server, *statements: str) -> None:
    """Run SQL on a Virtuoso server, as dba."""
    command = shutil.which("isql-vt") or shutil.which("isql-virtuoso")
    assert command, "the tests need isql of Virtuoso: apt-get install virtuoso-opensource-7"
    for statement in statements:
        run = [command, server.sql, "dba", "dba", "ERRORS=STDOUT", f"EXEC={statement}"]
        told = subprocess.run(run, capture_output=True, text=True, check=True, timeout=WAIT).stdout
        assert "*** Error" not in told, told


def empty_virtuoso(server: Server) -> None:
    """Remove all graphs that are not Virtuoso's own."""
    session = requests.Session()
    session.auth = requests.auth.HTTPDigestAuth("dba", "dba")
    # Not SELECT DISTINCT ?g: after some loads, Virtuoso never answers that.
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    answer = session.get(f"{server.url}/sparql", params={"query": query, "format": "text/csv"}, timeout=WAIT)
    for name in answer.text.splitlines()[1:]:
        graph = name.partition(",")[0].strip('"')
        if "openlinksw" not in graph and not graph.startswith(f"{server.url}/DAV") and "www.w3.org/" not in graph:
            update = {"query": f"CLEAR GRAPH <{graph}>"}
            session.post(f"{server.url}/sparql-auth", data=update, timeout=WAIT).raise_for_status()
    session.close()
