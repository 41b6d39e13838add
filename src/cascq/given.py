"""Paths as people give them: one or several, as text or as path objects; never an empty one."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from cascq.errors import CascqError
from cascq.language import say

OnePath = str | os.PathLike[str]
Paths = OnePath | Iterable[OnePath]
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
