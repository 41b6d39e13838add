"""Paths as people give them, one or several, as text or as path objects, never an empty one; and times to wait."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from cascq.errors import CascqError
from cascq.language import say

OnePath = str | os.PathLike[str]
Paths = OnePath | Iterable[OnePath]
_LONGEST = 86_400  # seconds: a day; the system's timers overflow at some number above it
_EMPTY = ("the path is empty (the current folder is '.')", "路径为空（当前文件夹写作“.”）")


def as_paths(given: Paths) -> list[Path]:
    """Return paths: those that are given, or the one.

    Raises:
        CascqError: one of them is empty. Python takes that for the current folder, which nobody means who says nothing.
    """
    several: Iterable[OnePath] = [given] if isinstance(given, str | os.PathLike) else given
    paths = []
    for path in several:
        if not os.fspath(path):
            raise CascqError(*_EMPTY)
        paths.append(Path(path))
    return paths


def as_arguments(paths: Iterable[Path]) -> list[str]:
    """Return paths as arguments of the command line; none of them is taken for an option."""
    texts = map(str, paths)
    return [f"./{text}" if text.startswith("-") and text != "-" else text for text in texts]


def path_argument(lang: str) -> Callable[[str], Path]:
    """Return what makes a path of an argument of the command line, for argparse, with messages in a language."""

    def path(text: str) -> Path:
        if not text:
            raise argparse.ArgumentTypeError(say(lang, *_EMPTY))
        return Path(text)

    return path


def as_seconds(seconds: float) -> float:
    """Return a time to wait, in seconds.

    Raises:
        CascqError: nobody can wait that long, or it is no time.
    """
    if not 0 < seconds <= _LONGEST:
        raise CascqError(
            f"a timeout is more than 0 and at most {_LONGEST} seconds, not {seconds:g}",
            f"等待时间须大于 0 秒、不超过 {_LONGEST} 秒，不能是 {seconds:g}",
        )
    return seconds


def seconds_argument(lang: str) -> Callable[[str], float]:
    """Return what makes seconds of an argument of the command line, for argparse, with messages in a language."""

    def seconds(text: str) -> float:
        try:
            return as_seconds(float(text))
        except ValueError:
            raise argparse.ArgumentTypeError(
                say(lang, f"'{text}' is no number of seconds", f"“{text}”不是秒数")
            ) from None
        except CascqError as error:
            raise argparse.ArgumentTypeError(error.message(lang)) from None

    return seconds
