"""What the comparisons have in common: their tables in Markdown, the machine, the marked place of a page."""

from __future__ import annotations

import compileall
import datetime as dt
import importlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def table(header: Sequence[str], right: int, rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table.

    Args:
        header: names of the columns.
        right: so many columns at the left are texts; the others are figures, aligned to the right.
        rows: cells; a row that is too short is filled up.
    """
    marks = ["---" if column < right else "---:" for column in range(len(header))]
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(marks)}|"]
    cells = ([*row, *[""] * (len(header) - len(row))] for row in rows)
    return lines + ["|" + "".join(f" {cell} |" if cell else " |" for cell in row) for row in cells]


def machine() -> str:
    """Return in a sentence what the figures were made on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").is_file() else ""
    model = re.search(r"^model name\s*:\s*(.*)$", info, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    git = [shutil.which("git") or "git", "rev-parse", "--short", "HEAD"]
    revision = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    today = dt.datetime.now(tz=dt.UTC).date()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{today}, revision {revision.stdout.strip() or 'unknown'}: {os.cpu_count()} cores"
        f"{f' ({model[1]})' if model else ''}, {memory:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load average {load}."
    )


def versions(*names: str) -> str:
    """Return the versions of those packages that are installed here."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names if importlib.util.find_spec(name))


def cascq() -> str:
    """Return the installed command, its modules compiled as pip compiles those of the others.

    An installation from a checkout (pip install -e) is compiled when it is used, unless PYTHONDONTWRITEBYTECODE is set.
    """
    compileall.compile_dir(ROOT / "src", quiet=1)
    return str(Path(sys.executable).with_name("cascq"))


def servers() -> Any:
    """Return the module that starts real stores; it belongs to the tests."""
    folder = str(ROOT / "tests")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("servers")


def update(path: Path, script: str, text: str) -> None:
    """Put a text into the place of a file that is marked with the name of a script."""
    begin_mark = f"<!-- figures of benchmarks/{script} -->"
    before, begin, rest = path.read_text(encoding="utf-8").partition(begin_mark)
    _, end, after = rest.partition("<!-- end of the figures -->")
    if not begin or not end:
        sys.exit(f"{path}: no place marked with {begin_mark} and <!-- end of the figures -->")
    path.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
