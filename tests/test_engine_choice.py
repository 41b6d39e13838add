"""Which SHACL engine is used, and what is said if it is not the fast one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ENVIRONMENT, SHAPES, Run

# The command line in a process in which a package cannot be imported.
WITHOUT = "import sys; sys.modules['shacl'] = None; from cascq.cli import main; sys.exit(main(sys.argv[1:]))"


def run_without_the_package(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command line where `shacl` is not installed."""
    command = [sys.executable, "-c", WITHOUT, *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def test_without_the_package_pyshacl_is_used_and_that_is_said(files: tuple[Path, Path]) -> None:
    data, shapes = map(str, files)
    for lang, said in (("en", "pySHACL is used, which is slower"), ("zh", "改用较慢的 pySHACL")):
        done = run_without_the_package("validate", "--shapes", shapes, data, "--lang", lang)
        assert done.returncode == 1
        assert said in done.stderr
        assert "pyshacl 0." in done.stderr
        assert "Age is 4 at most." in done.stdout or "年龄最大为4。" in done.stdout


@pytest.mark.parametrize(("lang", "said"), [("en", "it is not installed; take --engine auto"), ("zh", "尚未安装")])
def test_without_the_package_it_cannot_be_asked_for(files: tuple[Path, Path], lang: str, said: str) -> None:
    data, shapes = map(str, files)
    done = run_without_the_package("validate", "--shapes", shapes, data, "--lang", lang, "--engine", "shacl")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_shapes_that_the_package_refuses_go_to_pyshacl(
    cli: Callable[..., Run], files: tuple[Path, Path], lang: str
) -> None:
    data, shapes = files
    shapes.write_text(SHAPES.replace("sh:maxInclusive 4", 'sh:pattern "^(?!0)"'), encoding="utf-8")
    done = cli("validate", "--shapes", str(shapes), str(data), lang=lang)
    assert done.code == 1
    assert "pySHACL" in done.err
    assert "sh:pattern" in done.err
    refused = cli("validate", "--shapes", str(shapes), str(data), "--engine", "shacl", lang=lang)
    assert refused.code == 2
    assert refused.out == ""
    assert "--engine auto" in refused.err


class PanicException(BaseException):
    """What a panic of an engine written in Rust looks like in Python."""


def test_a_panic_of_the_engine_ends_nothing(
    cli: Callable[..., Run], files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        @staticmethod
        def from_text(*_given: str, **_named: str) -> None:
            raise PanicException("index out of bounds")

    monkeypatch.setattr("shacl.Shapes", Broken)
    data, shapes = map(str, files)
    done = cli("validate", "--shapes", shapes, data)
    assert done.code == 1
    assert "it broke down: index out of bounds" in done.err
    assert cli("validate", "--shapes", shapes, data, "--engine", "shacl").code == 2
