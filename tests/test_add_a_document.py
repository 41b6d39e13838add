"""docs/add-a-document.md can be followed literally: its files in a copy of the project, its commands as written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "add-a-document.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`([^`\n]+\.trig)`:\n\n```trig\n(.*?)```", re.DOTALL | re.MULTILINE)
COMMANDS = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))


def test_the_page_can_be_followed_literally(tmp_path: Path) -> None:
    copy = tmp_path / "cascq"
    for part in ("ontology", "data", "queries", "src", "pyproject.toml"):
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / part if source.is_dir() else copy)
    files = FILE.findall(PAGE)
    assert len(files) == 3
    # Before the files are there, --find prints what the page shows.
    answers = run(copy, COMMANDS.partition("cascq search")[0])
    record = dict(files)["data/sources/demo-report.trig"]
    lines = re.findall(r"(?:cascq:sha256|oa:start|cascq:characters) [^.;]+", answers)
    assert len(lines) == 8  # for each of two passages its own hash and place, and the document's length and hash
    for line in lines:
        assert line.strip() in record
    (size, digest), *_ = re.findall(r"```text\n(\d+) (\w+)\n```", PAGE)
    assert f"{size} {digest}\n" in answers
    assert f'cascq:characters {size} ;\n    cascq:sha256 "{digest}" .' in record
    for name, content in files:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(content, encoding="utf-8")
    after = "cascq search" + COMMANDS.partition("cascq search")[2]
    # cascq check is all of this once more; the tests of the check module run it.
    after = "\n".join(line for line in after.splitlines() if not line.startswith("cascq check"))
    told = run(copy, after)
    assert "Agreement of CAS and Chongqing, March 2024" in told
    assert "0 violations, 0 warnings" in told
    assert "agrees with the document" in told


def run(copy: Path, commands: str) -> str:
    """Run shell commands in a copy of the project, stop at the first that fails, return all that they print."""
    script = f'set -e\ncascq() {{ python -m cascq "$@"; }}\npython() {{ \'{sys.executable}\' "$@"; }}\n{commands}'
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "LC_ALL": "C.UTF-8", "HOME": str(copy.parent)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
