"""Colour on a terminal: which stream gets it, and the escape codes (ECMA-48, Select Graphic Rendition)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TextIO

Style = Literal["violation", "warning", "info", "place", "caret", "good", "bad"]
Paint = Callable[[str, Style], str]

_CODES: dict[Style, str] = {
    "violation": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "place": "1",
    "caret": "1;32",
    "good": "1;32",
    "bad": "1;31",
}


def plain(text: str, _style: Style) -> str:
    """Return a text as it is."""
    return text


def bright(text: str, style: Style) -> str:
    """Return a text in a style; it must hold no control characters of its own."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text else text


def painter(mode: str, stream: TextIO, environ: Mapping[str, str]) -> Paint:
    """Return what paints the text for a stream.

    Args:
        mode: "always", "never", or "auto": only on a terminal that knows colours. Then NO_COLOR (not empty) takes
            colour away; else FORCE_COLOR or CLICOLOR_FORCE (not empty, not 0) gives it to files and pipes too.
        stream: where the text goes.
        environ: the environment.
    """
    if mode != "auto":
        return bright if mode == "always" else plain
    if environ.get("NO_COLOR"):
        return plain
    if any(environ.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return bright
    if environ.get("TERM") == "dumb":
        return plain
    try:
        return bright if stream.isatty() else plain
    except (AttributeError, ValueError):  # no stream, or a closed one
        return plain
