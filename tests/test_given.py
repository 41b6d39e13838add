"""Paths as people give them: one or several, as text or as path objects; never an empty one."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cascq
from cascq import commands
from cascq.check import check
from cascq.cli import main
from cascq.errors import CascqError
from cascq.given import as_paths
from cascq.reading import find_files, read_files
from cascq.validation import validate

EXAMPLE = min((Path(__file__).parent / "examples").glob("*.trig"))


@pytest.mark.parametrize("given", ["a/b", Path("a/b"), ["a/b"], (Path("a/b"),), iter(["a/b"])])
def test_one_path_or_several_as_text_or_as_path(given: object) -> None:
    assert as_paths(given) == [Path("a/b")]


@pytest.mark.parametrize("given", ["", [""], [Path("a"), ""]])
def test_an_empty_path_is_not_the_current_folder(given: object) -> None:
    with pytest.raises(CascqError, match="the path is empty") as caught:
        as_paths(given)
    assert caught.value.zh.startswith("路径为空")


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize(
    "call",
    [
        lambda path: len(cascq.load(path)),
        lambda path: len(cascq.KnowledgeGraph(path)),
        lambda path: cascq.load(path).validate().statements,
        lambda path: validate(path).statements,
        lambda path: check(path, "en").validation.statements,
        lambda path: len(find_files(path)),
        lambda path: len(read_files(path)),
        lambda path: len(cascq.load().evidence(source=path).failures),
    ],
)
def test_functions_take_one_path_as_well_as_several(call: Callable[[object], int], kind: type) -> None:
    assert call(kind(EXAMPLE)) == call([kind(EXAMPLE)]) > 0


# An option that takes a path, by its last name; or a path that stands alone.
TAKES_PATH = re.compile(r"^  (?:.*(--[\w-]+) \[?)?(?:PATH|FILE|FOLDER|DIR)\b", re.MULTILINE)


def paths() -> Iterator[tuple[str, list[str]]]:
    """Yield verbs with the options that take paths, as their help lists them; without an option for the argument."""
    for verb in commands.RUN:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert main([verb, "--help", "--lang", "en"]) == 0
        for option in TAKES_PATH.findall(printed.getvalue().partition("\n\n")[2]):
            yield verb, [option] if option else []


PATHS = list(paths())


def test_the_help_lists_paths_of_every_verb() -> None:
    assert {verb for verb, _ in PATHS} == set(commands.RUN)
    assert ("validate", []) in PATHS


@pytest.mark.parametrize(("verb", "option"), PATHS, ids=[" ".join([verb, *option]) for verb, option in PATHS])
def test_an_empty_path_on_the_command_line_is_refused(
    verb: str, option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--lang", "en", *option, ""]) == 2
    assert "the path is empty (the current folder is '.')" in capsys.readouterr().err
    assert main([verb, "--lang", "zh", *option, ""]) == 2
    assert "路径为空（当前文件夹写作“.”）" in capsys.readouterr().err


def test_there_are_paths_on_the_command_line() -> None:
    assert {("validate", ""), ("check", ""), ("export", "--output"), ("query", "--data"), ("load", "--data")} <= {
        (verb, "".join(option)) for verb, option in PATHS
    }


def test_as_paths_takes_what_python_takes_for_a_path() -> None:
    class Named(os.PathLike[str]):
        def __fspath__(self) -> str:
            return "a/b"

    assert as_paths(Named()) == [Path("a/b")]
