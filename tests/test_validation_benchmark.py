"""The comparison of SHACL engines: its tables, its limits. Only what needs no engine but our own is run here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def compare(*options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, BENCHMARKS / "validation.py", "--runs", "1", "--data", folder, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def measure(folder: Path, limit: str, memory: str, *command: str) -> dict[str, object]:
    script = [sys.executable, BENCHMARKS / "engines" / "measure.py", limit, memory, folder / "out", folder / "err"]
    return json.loads(subprocess.run([*script, *command], capture_output=True, check=True).stdout)


def test_tables_of_two_sizes_are_put_into_the_marked_place_of_the_page(tmp_path: Path):
    page = tmp_path / "performance.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    figures = tmp_path / "figures.json"
    names = "parse", "bulk load", "cascq", "cascq with checks"
    options = "--sizes", "6000", "shipped", "--update", str(page), "--json", str(figures)

    run = compare(*options, "--engines", *names, folder=tmp_path)

    assert run.returncode == 0, run.stderr
    before, _, after = PAGE.read_text(encoding="utf-8").partition("<!-- figures")
    text = page.read_text(encoding="utf-8")
    assert text.startswith(before)
    assert text.endswith(after[after.index("<!-- end of the figures") :])
    assert run.stdout.strip() in text
    shipped, grown = json.loads(figures.read_text(encoding="utf-8"))["tables"]
    assert [row["engine"] for row in shipped["rows"]] == list(names)
    assert [row["results"] for row in shipped["rows"]] == [None, None, 0, 0]
    assert abs(grown["triples"] - 6_000) <= 120
    assert grown["rows"][2]["results"] > 0
    assert all(
        row["seconds"][0] > 0 and row["peaks"][0] > 1 and not row["note"] for row in [*shipped["rows"], *grown["rows"]]
    )


def test_what_takes_too_long_is_left_out_at_larger_sizes(tmp_path: Path):
    run = compare("--sizes", "shipped", "6000", "--engines", "cascq", "--limit", "0.01", folder=tmp_path)

    rows = [line for line in run.stdout.splitlines() if line.startswith("| cascq ")]
    assert rows == ["| cascq | over 0.01 s | | | | | |", "| cascq | left out: over 0.01 s | | | | | |"]


def test_a_process_that_takes_too_much_memory_is_stopped(tmp_path: Path):
    told = measure(tmp_path, "60", "100", sys.executable, "-c", "import time; x = b'x' * 300_000_000; time.sleep(60)")

    assert told["stopped"] == "over 100 MB"
    assert told["seconds"] < 60
    assert told["peak"] > 100


def test_a_process_is_measured_with_what_it_printed_and_how_it_ended(tmp_path: Path):
    told = measure(tmp_path, "60", "1000", sys.executable, "-c", "import sys; print('found'); sys.exit('lost')")

    assert (told["code"], told["stopped"]) == (1, "")
    assert (tmp_path / "out").read_text() == "found\n"
    assert (tmp_path / "err").read_text() == "lost\n"


@pytest.mark.parametrize("options", [["--sizes", "many"], ["--engines", "nobody"]])
def test_what_does_not_exist_is_refused(options: list[str], tmp_path: Path):
    run = compare(*options, folder=tmp_path)

    assert run.returncode != 0
    assert options[1] in run.stderr
