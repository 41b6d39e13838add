"""Compare SHACL engines as whole processes, in one run, on the same data with the same shapes: those of this project.

    python benchmarks/validation.py [--sizes shipped 20000 200000 1000000 5000000] [--engines NAME...] [--runs 3]
        [--limit SECONDS] [--memory MB] [--format ttl|nt] [--json FILE] [--update docs/performance.md]

Every figure is of a process from its start to its end: reading data and shapes, validating, reporting. The data are of
benchmarks/generate.py, a mistake in about one node in a hundred, with ontology and vocabularies in the file; "shipped"
is this project's own data with them. The engines are installed, in fixed versions, into an environment of their own.
Engines take turns, so that what else the machine does falls on all. An engine that takes longer than the limit, more
than the memory, or fails, is left out at larger sizes. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import page
from engines.catalogue import FLOORS, PINS, ROOT, Engine, Task, engines, install

HERE = Path(__file__).resolve().parent
_OWN = page.versions("pyoxigraph", "rdflib", "pyshacl", "shacl")
SIZES = ("shipped", "20000", "200000", "1000000", "5000000")


@dataclass
class Row:
    """What an engine took at one size.

    Attributes:
        seconds: wall seconds of each run.
        peaks: peak memory of each run, in MB.
        results: how many results it gave; None where that is not known.
        note: why there are no figures, or fewer.
    """

    engine: str
    compared: bool
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    results: int | None = None
    note: str = ""


@dataclass
class Table:
    """The rows of one size."""

    size: str
    triples: int
    megabytes: float
    rows: list[Row]


def main() -> None:
    """Read the command line, measure, print."""
    given = _arguments()
    chosen = engines(given.environment)
    if given.engines:
        unknown = set(given.engines) - {engine.name for engine in chosen}
        if unknown:
            sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(engine.name for engine in chosen)}")
        chosen = [engine for engine in chosen if engine.name in given.engines]
    if not all(engine.ours for engine in chosen):
        install(given.environment)
    tables: list[Table] = []
    out: dict[str, str] = {}  # engine: why it is left out
    with tempfile.TemporaryDirectory(prefix="cascq-validation-", dir=given.data) as folder:
        for size in given.sizes:
            task = _prepare(Path(folder), size, given)
            tables.append(_measure(task, size, chosen, out, given))
            text = report(tables, given)
            if given.update:
                page.update(given.update, "validation.py", text)
            if given.json:
                content = {"machine": page.machine(), "pins": PINS, "tables": [asdict(table) for table in tables]}
                given.json.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(report(tables, given))


def _arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Compare SHACL engines as whole processes.")
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), metavar="N", help='"shipped", or numbers of triples')
    parser.add_argument("--engines", nargs="+", metavar="NAME", help="only these, as the table names them")
    parser.add_argument("--runs", type=int, default=3, help="runs of each engine at each size (default 3)")
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="for one run (default 600)")
    parser.add_argument("--memory", type=float, default=12_000, metavar="MB", help="for one run (default 12000)")
    parser.add_argument("--seed", type=int, default=0, help="of the generated data")
    parser.add_argument("--format", choices=["ttl", "nt"], default="ttl", help="of the data (default ttl)")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="for generated files, removed afterwards (default: temporary)"
    )
    home = Path.home() / ".cache" / "cascq" / "engines"
    parser.add_argument(
        "--environment", type=Path, default=home, metavar="FOLDER", help=f"of the engines (default {home})"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here, too")
    parser.add_argument("--update", type=Path, metavar="FILE", help="put the tables into the marked place of this file")
    given = parser.parse_args()
    for size in given.sizes:
        if size != "shipped" and not size.isdigit():
            parser.error(f'{size}: a size is "shipped" or a number of triples')
    given.sizes.sort(key=lambda size: 0 if size == "shipped" else int(size))
    return given


def _prepare(folder: Path, size: str, given: argparse.Namespace) -> Task:
    """Write the files of a size, in place of those of the size before."""
    data, graphs, shapes = folder / f"data.{given.format}", folder / "graphs.trig", folder / "shapes.ttl"
    subprocess.run([sys.executable, HERE / "engines" / "prepare.py", data, shapes], check=True)
    if size == "shipped":
        return Task(data, [], shapes)
    generate = [sys.executable, HERE / "generate.py", "--triples", size, "--seed", str(given.seed), "--errors", "0.01"]
    subprocess.run([*generate, "--with-terms", "-o", data], check=True)
    subprocess.run([*generate, "-o", graphs], check=True)
    return Task(data, [str(graphs)], shapes)


def _measure(task: Task, size: str, chosen: Sequence[Engine], out: dict[str, str], given: argparse.Namespace) -> Table:
    """Run the engines in turn on one task."""
    rows = [Row(engine.name, engine.compared, note=out.get(engine.name, "")) for engine in chosen]
    for number in range(given.runs):
        for engine, row in zip(chosen, rows, strict=True):
            # A second run of what nearly took all the time tells little more.
            if not row.note and sum(row.seconds) * 2 <= given.limit:
                _run(engine, task, row, given)
                shown = row.note or f"{row.seconds[-1]:.2f} s, {row.peaks[-1]:.0f} MB, {row.results}"
                print(f"{size}, run {number + 1}, {engine.name}: {shown}", file=sys.stderr)
    out.update({row.engine: f"left out: {row.note}" for row in rows if row.note and row.engine not in out})
    count = subprocess.run([sys.executable, "-c", _COUNT, task.data], check=True, capture_output=True, text=True)
    return Table(size, int(count.stdout), task.data.stat().st_size / 1e6, rows)


_COUNT = "import pyoxigraph, sys; print(sum(1 for _ in pyoxigraph.parse(path=sys.argv[1])))"


def _run(engine: Engine, task: Task, row: Row, given: argparse.Namespace) -> None:
    """Run an engine once and enter what it took."""
    out, err = task.shapes.with_name("out"), task.shapes.with_name("err")
    limits = [str(given.limit), str(given.memory)]
    process = subprocess.run(
        [sys.executable, HERE / "engines" / "measure.py", *limits, out, err, *engine.command(task)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    told = json.loads(process.stdout)
    printed, errors = (path.read_text(encoding="utf-8", errors="replace") for path in (out, err))
    results = engine.count(printed, errors)
    floor = engine.name in FLOORS
    if told["stopped"]:
        row.note = told["stopped"]
    elif told["code"] not in {0, 1} or (results is None and not floor) or (floor and told["code"]):
        last = (errors.strip() or printed.strip() or "nothing printed").splitlines()[-1]
        row.note = f"failed, exit {told['code']}: {last[:100]}"
    else:
        row.seconds.append(told["seconds"])
        row.peaks.append(told["peak"])
        row.results = results


_LEGEND = """\
"parse" and "bulk load" are floors: Oxigraph's parser, and its load into memory, of the same file. **≠**:
another number of results than pySHACL's (cascq's, where pySHACL was left out). "pyshifty algebra" counts
reasons, which are not results one for one. "cascq with checks" is `cascq validate FILE` on data of this size in
TriG, with the shapes and all checks of this project, and is not compared. "native" is a data set of
rdflib-turbo; "index" is what shacl-rust calls its experimental index.\
"""


def report(tables: Iterable[Table], given: argparse.Namespace) -> str:
    """Return all tables in Markdown, with what they were made on."""
    parts = [page.machine(), "", f"Made by `{_command(given)}`. Versions: {', '.join(PINS)}; cascq with {_OWN}."]
    for table in tables:
        parts += ["", *_markdown(table)]
    parts += ["", _LEGEND]
    return "\n".join(parts)


def _command(given: argparse.Namespace) -> str:
    """Return the command with the options that change figures."""
    only = f" --engines {shlex.join(given.engines)}" if given.engines else ""
    sizes = " ".join(given.sizes)
    limits = f"--seed {given.seed} --limit {given.limit:g} --memory {given.memory:g}"
    return f"python benchmarks/validation.py --sizes {sizes} --runs {given.runs} {limits} --format {given.format}{only}"


def _markdown(table: Table) -> list[str]:
    """Return a table in Markdown: floors first, the others by time."""
    title = "The shipped data" if table.size == "shipped" else "Generated data"
    header = ["process", "seconds (median)", "least – most", "runs", "peak MB", "results", "times cascq"]
    lines: list[list[str]] = []
    by_name = {row.engine: row for row in table.rows}
    ours = by_name.get("cascq")
    own = statistics.median(ours.seconds) if ours and ours.seconds else None
    agreed = next(
        (
            by_name[name].results
            for name in ("pyshacl", "cascq")
            if name in by_name and by_name[name].results is not None
        ),
        None,
    )

    def rank(row: Row) -> tuple[bool, bool, float]:
        return row.engine not in FLOORS, not row.seconds, statistics.median(row.seconds or [0])

    for row in sorted(table.rows, key=rank):
        if not row.seconds:
            lines.append([row.engine, row.note])
            continue
        median = statistics.median(row.seconds)
        results = "" if row.results is None else f"{row.results:,}"
        if row.compared and row.results != agreed:
            results = f"**≠ {results}**"
        spread = f"{min(row.seconds):.2f} – {max(row.seconds):.2f}"
        times = f"{median / own:.2f}" if own else ""
        runs = f"{len(row.seconds)}, then {row.note}" if row.note else str(len(row.seconds))
        lines.append([row.engine, f"{median:.2f}", spread, runs, f"{max(row.peaks):,.0f}", results, times])
    title = f"### {title}, {table.triples:,} triples, {table.megabytes:,.1f} MB"
    return [title, "", *page.table(header, 1, lines)]


if __name__ == "__main__":
    main()
