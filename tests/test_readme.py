"""The READMEs say what is true: every command in them is run, every answer shown is the answer given.

To write the shown answers and the table of queries anew: python tests/test_readme.py
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cascq import catalogue
from cascq.cli import main

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")
SHOWN = re.compile(r"```console\n\$ (cascq [^\n]*)\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def answer(command: str) -> str:
    """Run a command line and return what it prints, without blanks at the ends of lines."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        assert main(shlex.split(command, comments=True)[1:]) == 0, command
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def commands(page: str) -> list[str]:
    """Return the cascq commands of a page's shell blocks that run on the shipped data as they stand."""
    lines = "\n".join(SHELL.findall((ROOT / page).read_text(encoding="utf-8"))).splitlines()
    return [line for line in lines if line.startswith("cascq ")]


@pytest.mark.parametrize("page", READMES)
def test_what_is_shown_is_what_is_answered(page: str) -> None:
    shown = SHOWN.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(shown) == 2
    for command, text in shown:
        assert text == answer(command), command


@pytest.mark.parametrize(
    ("page", "command"), [(page, command) for page in READMES for command in commands(page)], ids=str
)
def test_every_command_runs(page: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert answer(command) or "-o" in shlex.split(command, comments=True)


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (
        [re.sub(r"--lang \w+|重庆研究院|CIGIT", "", re.sub(r"\s*#.*", "", line)).strip() for line in commands(page)]
        for page in READMES
    )
    assert english == chinese


def test_the_python_example_runs() -> None:
    for page in READMES:
        (code,) = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert len(done.stdout.splitlines()) == 4  # the Academy is a party to four of the five agreements


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for page in READMES:
        (block,) = [b for b in SHELL.findall((ROOT / page).read_text(encoding="utf-8")) if "-m venv" in b]
        for line in block.splitlines():
            assert line.partition("#")[0].strip() in ci, line


def table() -> str:
    """Return the rows of the table in queries/README.md as the headers of the queries have them."""
    rows = []
    for query in sorted(catalogue.read_all(), key=lambda q: (q.topic, q.name)):
        names = [f"`{p.name}`{'*' if p.required else ''}" for p in query.parameters if p.name != "lang"]
        link = f"[{query.name}]({query.topic}/{query.name}.rq)"
        cells = [query.topic, link, query.question["zh"], query.question["en"], " ".join(names)]
        rows.append(f"| {' | '.join(cells)} |\n")
    return "".join(rows)


def test_the_table_of_queries_is_current() -> None:
    text = (ROOT / "queries" / "README.md").read_text(encoding="utf-8")
    assert text.endswith(table()), "write it anew: python tests/test_readme.py"


def test_every_link_leads_somewhere() -> None:
    pages = [page for glob in ("*.md", "docs/**/*.md", "ontology/**/*.md", "queries/*.md") for page in ROOT.glob(glob)]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


if __name__ == "__main__":
    for name in READMES:
        path = ROOT / name
        old = path.read_text(encoding="utf-8")
        path.write_text(SHOWN.sub(lambda m: f"```console\n$ {m[1]}\n{answer(m[1])}```", old), encoding="utf-8")
    page = ROOT / "queries" / "README.md"
    head = page.read_text(encoding="utf-8").partition("|---|---|---|---|---|\n")
    page.write_text(head[0] + head[1] + table(), encoding="utf-8")
