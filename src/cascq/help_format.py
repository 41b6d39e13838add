"""Help texts that wrap as they should in Chinese: between characters, not within words, by the width on a terminal."""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections.abc import Iterator

# What is never broken: a Chinese character with the marks that must not begin a line behind it or end one before it,
# a run of anything else with its comma.
_PIECE = re.compile(
    r"\s+|[（“《]*(?:[\u2e80-\u9fff]|[^\s\u2e80-\u9fff（）“”《》，。；：、？！]+)?[）”》，。；：、？！]*"
)


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """argparse's own, but for where lines break and for the colon behind Chinese headings."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return list(wrap(" ".join(text.split()), width))

    def format_help(self) -> str:
        """Return the help."""
        return re.sub(r"(?m)^(\S*[\u2e80-\u9fff]):$", r"\1：", super().format_help())


def width(text: str) -> int:
    """Return how many columns a text takes on a terminal: Chinese characters and their marks take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, columns: int) -> Iterator[str]:
    """Yield a text in lines of at most so many columns, as far as its pieces allow."""
    line = ""
    for match in _PIECE.finditer(text):
        if line and width(line) + width(match[0].rstrip()) > columns:
            yield line.rstrip()
            line = match[0].lstrip()
        else:
            line += match[0]
    if line.strip():
        yield line.rstrip()
