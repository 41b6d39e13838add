"""The command line as a process: pipes, disks, interrupts, encodings."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cascq import commands
from cascq.cli import main
from conftest import ENVIRONMENT, Run

Cli = Callable[..., Run]


def process(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run cascq as a process of its own, on the shipped graph."""
    env, command = {**ENVIRONMENT, **environment}, [sys.executable, "-m", "cascq", *arguments]
    return subprocess.run(command, input=given, capture_output=True, env=env, check=False)


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m cascq export | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("@prefix")


@pytest.mark.parametrize(("arguments", "code"), [("evidence 1.1-6", 0), ("describe nothing-such", 2)])
def test_nobody_listening_to_the_talk_is_no_traceback(arguments: str, code: int) -> None:
    command = f"({sys.executable} -m cascq {arguments}; echo $? >&3) 2>&1 | true"
    done = subprocess.run(
        ["bash", "-c", f"exec 3>&1; {command}"], capture_output=True, text=True, env=ENVIRONMENT, check=False
    )
    assert (done.stdout, done.stderr) == (f"{code}\n", "")


def test_a_full_disk_is_said_in_one_line() -> None:
    command = f"{sys.executable} -m cascq export --lang en > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "cascq: standard output cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("verb", ["query --list", "export", "validate", "check", "stats", "describe id:cigit"])
def test_a_closed_standard_output_is_said_in_one_line(verb: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m cascq {verb} --lang en >&-"],
        capture_output=True, text=True, env=ENVIRONMENT, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "cascq: standard output is closed"
    assert "Traceback" not in done.stderr


def test_a_closed_standard_error_leaves_the_result_alone(tmp_path: Path) -> None:
    for name, error in (("open", "/dev/null"), ("closed", "&-")):
        command = f"{sys.executable} -m cascq query timeline > {tmp_path / name} 2>{error}"
        subprocess.run(["bash", "-c", command], env=ENVIRONMENT, check=True)
    assert (tmp_path / "closed").read_bytes() == (tmp_path / "open").read_bytes()


def test_an_interrupt_is_said_in_one_line() -> None:
    # Where the tests run in the background, interrupts are ignored, and whatever they start would ignore them, too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [sys.executable, "-m", "cascq", "sparql", "-", "--lang", "en"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as running:
        signal.signal(signal.SIGINT, before)
        time.sleep(1)  # it is waiting for its query now
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=20)
    assert (running.returncode, err.decode()) == (2, "cascq: interrupted\n")


def test_output_is_utf8_whatever_the_locale() -> None:
    done = process("query", "agreements", "--lang", "zh", LC_ALL="C", PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert "协议" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "gb18030"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_query_on_standard_input_is_utf8_whatever_the_locale(encoding: str, mark: bytes) -> None:
    query = mark + 'ASK { ?s rdfs:label|skos:prefLabel ?l FILTER(STR(?l) = "重庆市") }'.encode()
    done = process("sparql", "-", "--lang", "en", given=query, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.stdout, done.stderr) == (b"yes\n", b"")


def test_a_query_on_standard_input_that_is_not_utf8_is_refused() -> None:
    done = process("sparql", "-", "--lang", "en", given='ASK { ?s ?p "重庆市重庆市" }'.encode("gb18030"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"cascq: -:1: not UTF-8: byte 14 of the file is 0xd6; this looks like GB18030")


def test_a_closed_standard_input_is_said_in_one_line() -> None:
    command = f"{sys.executable} -m cascq sparql - --lang en <&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert (done.returncode, done.stderr) == (2, "cascq: -: standard input is closed\n")


def test_pipes_get_no_colours(cli: Cli) -> None:
    assert b"\x1b" not in process("stats").stdout


def test_an_unforeseen_system_error_is_no_traceback(cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise PermissionError(13, "Permission denied", "somewhere")

    monkeypatch.setitem(commands.RUN, "stats", broken)
    assert cli("stats") == Run(2, "", "cascq: somewhere: Permission denied\n")
    assert cli("stats", lang="zh") == Run(2, "", "cascq：somewhere：没有权限\n")


def test_main_without_arguments_takes_those_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["cascq", "--version"])
    assert main() == 0
