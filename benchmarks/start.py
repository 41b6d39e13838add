"""How long a user waits: whole processes on the shipped graph, and what reading it into rdflib would take instead.

    python benchmarks/start.py [RUNS]

Prints median and least wall seconds, processor seconds and peak memory of each command. Compare ratios, not machines.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import page

RDFLIB = """
import rdflib, sys
from pathlib import Path
dataset = rdflib.Dataset(default_union=True)
for folder in ("ontology", "data"):
    for path in sorted((Path(sys.argv[1]) / folder).rglob("*.t*")):
        dataset.parse(path)
print(len(list(dataset.quads())))
"""


def run(command: list[str]) -> tuple[float, float, float]:
    """Run a command and return its wall seconds, processor seconds and peak memory (MB); a failure ends all."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(command)}: {told.decode()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(runs: int) -> None:
    """Measure every command and print a table."""
    cascq = [page.cascq()]
    root = Path(__file__).resolve().parents[1]
    commands = {
        "cascq --help": [*cascq, "--help"],
        "cascq query agreements": [*cascq, "query", "agreements"],
        "cascq query agreements --evidence": [*cascq, "query", "agreements", "--evidence"],
        "cascq describe CIGIT": [*cascq, "describe", "CIGIT"],
        "cascq validate": [*cascq, "validate"],
        "cascq check": [*cascq, "check"],
        "rdflib: read ontology/ and data/": [sys.executable, "-c", RDFLIB, str(root)],
    }
    print(f"{'command':36} {'median s':>9} {'least s':>9} {'cpu s':>9} {'peak MB':>9}")
    for name, command in commands.items():
        walls, cpus, peaks = zip(*(run(command) for _ in range(runs)), strict=True)
        figures = (statistics.median(walls), min(walls), statistics.median(cpus))
        print(f"{name:36}", *(f"{figure:9.2f}" for figure in figures), f"{max(peaks):9.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
