"""Compare ways of loading the same triples into the same stores, as whole processes, in one run.

    python benchmarks/load.py [--sizes 200000 1000000] [--targets folder oxigraph virtuoso] [--runs 1]
        [--limit SECONDS] [--memory MB] [--json FILE] [--update docs/performance.md]

The data are of benchmarks/generate.py. What cascq makes of them, with ontology, vocabularies, shapes and derived
triples, is what the other tools load, too: in graphs where they can, else into one. A server is started anew, and
empty, before each load, except before the second load of cascq. The other loaders are installed, in fixed versions,
into an environment of their own. A way that takes longer than the limit, or fails, is left out at larger sizes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import page
from loaders import EACH, PINS, TARGETS, Place, Task, Way, install, place, ways

HERE = Path(__file__).resolve().parent
_NEARLY = 0.99  # In one graph, Virtuoso takes a few values of different precision for one.
_GATHER = """
import sys
from pathlib import Path
from cascq.remote.gathering import gather
with gather([Path(sys.argv[1])]) as gathered, open(sys.argv[2], "wb") as quads, open(sys.argv[3], "wb") as triples:
    for content in gathered.contents.values():
        quads.write(gathered.quads(content))
        triples.write(gathered.text(content))
    print(gathered.triples)
with open(sys.argv[3], "rb") as triples:
    print(len(set(triples)))
"""


@dataclass
class Row:
    """What a way took at one size, into one store."""

    target: str
    way: str
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def median(self) -> float:
        """Seconds; 0 if there are none."""
        return statistics.median(self.seconds) if self.seconds else 0.0


@dataclass
class Table:
    """The rows of one size."""

    size: int
    triples: int
    rows: list[Row]


def main() -> None:
    """Read the command line, measure, print."""
    given = _arguments()
    chosen = [way for way in ways(given.environment) if way.target in given.targets]
    if {"oxigraph", "virtuoso"} & set(given.targets):
        install(given.environment)
    tables: list[Table] = []
    out: dict[tuple[str, str], str] = {}  # target and way: why it is left out
    for size in sorted(given.sizes):
        with tempfile.TemporaryDirectory(prefix="cascq-load-") as folder:
            task = _prepare(Path(folder), size)
            rows = {
                (way.target, way.name): Row(way.target, way.name, note=out.get((way.target, way.name), ""))
                for way in chosen
            }
            for _ in range(given.runs):
                _measure(task, chosen, rows, given)
            out.update({key: f"left out: {row.note}" for key, row in rows.items() if row.note and key not in out})
            tables.append(Table(size, task.count, list(rows.values())))
        text = report(tables, given)
        if given.update:
            page.update(given.update, "load.py", text)
        if given.json:
            content = {"machine": page.machine(), "tables": [asdict(table) for table in tables]}
            given.json.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(report(tables, given))


def _arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Compare ways of loading triples into stores.")
    parser.add_argument("--sizes", nargs="+", type=int, default=[200_000, 1_000_000], metavar="N", help="of triples")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS), help="only these")
    parser.add_argument("--runs", type=int, default=1, help="of each way at each size (default 1)")
    parser.add_argument("--limit", type=float, default=900, metavar="SECONDS", help="for one load (default 900)")
    parser.add_argument("--memory", type=float, default=8_000, metavar="MB", help="for one load (default 8000)")
    home = Path.home() / ".cache" / "cascq" / "loaders"
    parser.add_argument(
        "--environment", type=Path, default=home, metavar="FOLDER", help=f"of the other loaders (default {home})"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here, too")
    parser.add_argument("--update", type=Path, metavar="FILE", help="put the tables into the marked place of this file")
    return parser.parse_args()


def _prepare(folder: Path, size: int) -> Task:
    """Write the files of a size."""
    data, quads, triples = (folder / name for name in ("data.trig", "all.nq", "all.nt"))
    generate = [sys.executable, HERE / "generate.py", "--triples", str(size), "-o", data]
    subprocess.run(generate, check=True, stderr=subprocess.DEVNULL)
    gather = [sys.executable, "-c", _GATHER, data, quads, triples]
    told = subprocess.run(gather, check=True, stdout=subprocess.PIPE, text=True, env=_environment())
    return Task(data, quads, triples, *map(int, told.stdout.split()))


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(page.ROOT / "src"), "CASCQ_USER": "dba", "CASCQ_PASSWORD": "dba"}


def _measure(task: Task, chosen: Iterable[Way], rows: dict[tuple[str, str], Row], given: argparse.Namespace) -> None:
    """Load in each way once; a way that comes after another one goes into the same store."""
    some = list(chosen)
    for way in some:
        if way.after or rows[way.target, way.name].note:
            continue
        with place(way.target) as at:
            followers = [other for other in some if other.target == way.target and other.after == way.name]
            for one in [way, *followers]:
                row = rows[one.target, one.name]
                if not row.note:
                    _run(one, task, at, row, given)
                print(f"{task.count:,}, {one.target}, {one.name}: {row.note or row.seconds[-1]}", file=sys.stderr)


def _run(way: Way, task: Task, at: Place, row: Row, given: argparse.Namespace) -> None:
    """Load once and enter what it took."""
    out, err = task.data.with_name("out"), task.data.with_name("err")
    measure = [sys.executable, HERE / "engines" / "measure.py", str(given.limit), str(given.memory), out, err]
    process = subprocess.run(
        [*measure, *way.command(task, at)], check=True, stdout=subprocess.PIPE, text=True, env=_environment()
    )
    told = json.loads(process.stdout)
    printed = "\n".join(path.read_text(encoding="utf-8", errors="replace").strip() for path in (out, err)).strip()
    if told["stopped"]:
        row.note = told["stopped"]
    elif told["code"] or "*** Error" in printed:
        row.note = f"failed, exit {told['code']}: {(printed.splitlines() or ['nothing printed'])[-1][:100]}"
    elif (found := at.count(all_graphs=way.graphs)) < (task.count if way.graphs else task.distinct * _NEARLY):
        row.note = f"exit 0, but only {found:,} triples are there"
    else:
        row.seconds.append(told["seconds"])
        if way.client:
            row.peaks.append(told["peak"])


_LEGEND = """\
Triples per second of whole processes; "of bulk", "of PUT" and "of PUTs" compare with the rate of the store's own tool,
of one PUT of all triples into one graph, and of a PUT for each graph, by one curl each. rdf-uploader and kurra load
into one graph, cascq and the stores' own tools into as many as there are. Peak memory is the loader's, not the
server's. After each load the triples are counted.\
"""


def report(tables: Iterable[Table], given: argparse.Namespace) -> str:
    """Return all tables in Markdown, with what they were made on."""
    sizes = " ".join(map(str, sorted(given.sizes)))
    command = f"python benchmarks/load.py --sizes {sizes} --targets {' '.join(given.targets)} --runs {given.runs}"
    own = page.versions("pyoxigraph", "SPARQLWrapper", "requests")
    parts = [page.machine(), "", f"Made by `{command} --limit {given.limit:g}`. Versions: {', '.join(PINS)}; {own}."]
    for table in tables:
        parts += ["", f"### Loading {table.triples:,} triples", "", *_markdown(table)]
    return "\n".join([*parts, "", _LEGEND])


def _markdown(table: Table) -> list[str]:
    """Return a table in Markdown."""
    header = ["store", "way", "seconds", "triples/s", "of bulk", "of PUT", "of PUTs", "peak MB"]
    found = {(row.target, row.way): row.median for row in table.rows}
    lines = []
    for row in table.rows:
        if not row.seconds:
            lines.append([row.target, row.way, row.note])
            continue
        bulk = found.get((row.target, "ld_dir and rdf_loader_run")) or found.get((row.target, "oxigraph load"))
        put, puts = (found.get((row.target, way)) for way in ("curl PUT", EACH))
        shares = [f"{base / row.median:.0%}" if base else "" for base in (bulk, put, puts)]
        peak = f"{max(row.peaks):,.0f}" if row.peaks else ""
        lines.append([row.target, row.way, f"{row.median:.1f}", f"{table.triples / row.median:,.0f}", *shares, peak])
    return page.table(header, 2, lines)


if __name__ == "__main__":
    main()
