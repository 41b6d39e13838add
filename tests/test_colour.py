"""Colour is for terminals, and what a terminal would obey in the data is never sent to it."""

from __future__ import annotations

import errno
import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cascq.reports.colour import bright, painter, plain
from cascq.terms import one_line, visible
from conftest import ENVIRONMENT, Run

Cli = Callable[..., Run]

SHAPES = """@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:Body a sh:NodeShape ; sh:targetClass ex:Body ; sh:property ex:Body-age .
ex:Body-age a sh:PropertyShape ; sh:path ex:age ; sh:maxInclusive 4 ; sh:message "年龄最大为4。"@zh , "Too old."@en .
"""
DATA = """@prefix ex: <https://example.org/> .
ex:a a ex:Body ; ex:age 5 .
"""
ASKED = ("validate", "data.ttl", "--shapes", "shapes.ttl", "--lang", "en")
CODES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with data and shapes, and no wish for or against colour in the environment."""
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def on_terminal(*arguments: str, stdout: int | None = None, **environment: str) -> str:
    """Run cascq on a pseudo-terminal and return what the terminal was sent."""
    clean = {k: v for k, v in ENVIRONMENT.items() if k not in {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"}}
    terminal, line = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cascq", *arguments],
        stdin=line,
        stdout=line if stdout is None else stdout,
        stderr=line,
        env={**clean, "TERM": "xterm-256color", **environment},
    )
    os.close(line)
    sent = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # which is how a terminal ends on Linux
                raise
            break
        if not part:
            break
        sent += part
    os.close(terminal)
    process.wait()
    return sent.decode("utf-8").replace("\r\n", "\n")


# --- On a terminal ---


def test_a_terminal_gets_colour() -> None:
    sent = on_terminal(*ASKED)
    assert "\x1b[1mdata.ttl:2:25\x1b[0m: \x1b[1;31mviolation\x1b[0m: Too old.\n" in sent
    assert re.search(r"\n +\x1b\[1;32m\^\x1b\[0m\n", sent)
    assert "\x1b[1;31mfails\x1b[0m: 1 violation (--severity violation)\n" in sent


def test_colour_is_all_that_differs(cli: Cli) -> None:
    run = cli(*ASKED[:-2])
    sent = CODES.sub("", on_terminal(*ASKED))
    seconds = re.compile(r"[0-9.]+ s\)")
    assert seconds.sub("", sent) == seconds.sub("", run.out + run.err)


@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}], ids=str
)
def test_a_terminal_may_refuse_colour(environment: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal(*ASKED, **environment)


def test_the_option_counts_more_than_the_environment() -> None:
    assert "\x1b" not in on_terminal(*ASKED, "--color", "never", FORCE_COLOR="1")
    assert "\x1b[1;31m" in on_terminal(*ASKED, "--color", "always", NO_COLOR="1")


@pytest.mark.parametrize("form", ["json", "github", "gitlab", "sarif", "junit", "turtle"])
def test_formats_for_programs_have_no_colour(cli: Cli, form: str) -> None:
    assert "\x1b" not in cli(*ASKED[:-2], "--format", form, "--color", "always").out


def test_a_file_gets_none_while_the_terminal_does(here: Path) -> None:
    with (here / "out.txt").open("wb") as file:
        sent = on_terminal(*ASKED, stdout=file.fileno())
    assert "\x1b" not in (here / "out.txt").read_text(encoding="utf-8")
    assert "\x1b[1;31mfails\x1b[0m" in sent


def test_the_check_of_everything_has_colour_too(cli: Cli) -> None:
    example = str(Path(__file__).parent / "examples" / "licence.trig")
    assert cli("check", example, "--color", "always").out.endswith("\n\x1b[1;32mAll is well.\x1b[0m\n")
    assert cli("check", example).out.endswith("\nAll is well.\n")
    assert "\x1b" not in cli("check", example, "--color", "always", "--json").out


# --- In files and pipes ---


def test_a_pipe_gets_none_unless_it_is_forced(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in cli(*ASKED[:-2]).out
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.setenv(name, "0")
        assert "\x1b" not in cli(*ASKED[:-2]).out
        monkeypatch.setenv(name, "1")
        assert "\x1b[1;31mviolation\x1b[0m" in cli(*ASKED[:-2]).out
        monkeypatch.delenv(name)


def test_a_stream_that_is_no_stream_gets_none() -> None:
    closed = io.StringIO()
    closed.close()
    assert painter("auto", closed, {}) is plain
    assert painter("auto", io.StringIO(), {"TERM": "dumb", "FORCE_COLOR": "1"}) is bright
    assert bright("", "good") == ""


# --- What a terminal would obey ---

SLY = "\x1b]0;title\x07\x1b[2J\x9b31m\x08\x7f\u202egnol\u2066"


def test_no_control_character_of_the_data_reaches_the_terminal(here: Path) -> None:
    escaped = "".join(f"\\u{ord(c):04X}" for c in SLY)
    (here / "shapes.ttl").write_text(SHAPES.replace("Too old.", f"Too old: {escaped}"), encoding="utf-8")
    data = f"""@prefix ex: <https://example.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ex:a a ex:Body ; skos:prefLabel "{SLY}"@en ; ex:age "{SLY}" , "{escaped}" .
"""
    name = "data\x1b[31m.ttl"
    (here / name).write_text(data, encoding="utf-8")
    for form in ("always", "never"):
        sent = on_terminal("validate", name, *ASKED[2:], "--color", form)
        assert "Too old: ␛]0;title␇␛[2J" in sent
        assert "data␛[31m.ttl:3:" in sent
        rest = CODES.sub("", sent) if form == "always" else sent
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rest)
        assert set(CODES.findall(sent)) <= {"\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[1;32m"}


def test_no_control_character_of_a_broken_file_reaches_the_terminal(here: Path) -> None:
    (here / "data.ttl").write_text(f"<x:a> <x:b> {SLY} .\n", encoding="utf-8")
    sent = on_terminal(*ASKED)
    assert "data.ttl:1:13" in sent
    assert "[2J" in sent
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", sent)


def test_control_characters_become_pictures() -> None:
    assert visible("a\x00\x1b\x7f\x9b\n\u202eb") == "a␀␛␡\ufffd\n\ufffdb"
    assert one_line("a\n\t b\r\nc\x1b\u2028d") == "a  b c␛ d"
    assert one_line("中文 👩‍🔬 é") == "中文 👩‍🔬 é"
