"""What commands print: results on standard output, talk on standard error."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

from cascq.chinese import reason
from cascq.errors import CascqError

if TYPE_CHECKING:
    from cascq.reports.colour import Paint

Options = argparse.Namespace


def write(text: str) -> None:
    """Print a result. A reader that has closed its end of the pipe has seen enough: that is no error.

    Raises:
        CascqError: standard output cannot be written (a full disk), or is closed.
    """
    if sys.stdout is None:
        raise CascqError("standard output is closed", "标准输出已关闭")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        if error.errno != errno.EPIPE:
            raise CascqError(
                f"standard output cannot be written: {reason(error, 'en')}", f"无法写入标准输出：{reason(error, 'zh')}"
            ) from error


def _silence(name: str = "stdout") -> None:
    """Point standard output (or error) to nowhere, so that Python does not complain when it flushes at exit."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, getattr(sys, name).fileno())
    except (OSError, ValueError):
        setattr(sys, name, io.StringIO())


def talk(text: str) -> None:
    """Say something on standard error. If nobody listens there (any more), the result stands all the same."""
    if sys.stderr is None:  # print() would take standard output instead
        return
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _silence("stderr")


def as_json(value: Any) -> str:
    """Return JSON with Chinese characters as they are."""
    import json  # slow to import

    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def paint(options: Options, stream: TextIO) -> Paint:
    """Return what colours the text for a stream."""
    from cascq.reports.colour import painter

    return painter(options.color, stream, os.environ)
