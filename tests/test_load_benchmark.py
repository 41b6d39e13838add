"""The comparisons of loading and of queries: their tables, on little data; only what needs nothing from elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "benchmarks" / script, *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_loading_into_a_folder_is_compared_in_the_marked_place_of_the_page(tmp_path: Path):
    page, figures = tmp_path / "performance.md", tmp_path / "figures.json"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")

    done = run("load.py", "--sizes", "3000", "--targets", "folder", "--update", str(page), "--json", str(figures))

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in page.read_text(encoding="utf-8")
    (table,) = json.loads(figures.read_text(encoding="utf-8"))["tables"]
    assert table["triples"] > 3_000
    assert [row["way"] for row in table["rows"]] == [
        "oxigraph load", "cascq load, not verified", "cascq load, verified", "cascq load again, nothing changed",
    ]  # fmt: skip
    assert all(row["seconds"][0] > 0 and row["peaks"][0] > 1 and not row["note"] for row in table["rows"])


def test_what_takes_too_long_is_left_out_at_larger_sizes():
    done = run("load.py", "--sizes", "2000", "3000", "--targets", "folder", "--limit", "0.001")

    rows = [line for line in done.stdout.splitlines() if line.startswith("| folder | oxigraph load")]
    assert [row.split(" | ")[2].rstrip(" |") for row in rows] == ["over 0.001 s", "left out: over 0.001 s"]


def test_queries_have_the_same_rows_on_rdflib_and_in_a_folder():
    done = run("queries.py", "--triples", "2000", "--runs", "1", "--stores", "folder", "rdflib", "embedded",
               "--queries", "agreements", "timeline")  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "| query | rows | embedded | rdflib | folder |" in done.stdout
    rows = [line for line in done.stdout.splitlines() if line.startswith(("| agreements", "| timeline"))]
    assert len(rows) == 2
    assert not [row for row in rows if "≠" in row or "failed" in row]


def test_a_query_that_takes_too_long_is_stopped():
    done = run("queries.py", "--triples", "2000", "--limit", "0.0001", "--stores", "embedded", "--queries", "timeline")

    assert "| timeline | | over 0.0001 s |" in done.stdout
