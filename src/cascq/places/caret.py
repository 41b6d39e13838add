"""The line on which a term is written, with a caret under it."""

from __future__ import annotations

# What a terminal would obey, or not show at all, as something that is seen.
_SHOWN = (
    {code: 0x2400 + code for code in range(0x20)}
    | {0x7F: 0x2421, 0x09: "    "}
    | dict.fromkeys(
        (*range(0x80, 0xA0), 0xAD, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)), 0xFFFD
    )
    | {0xFEFF: 0xFFFD}
)


def caret(line: str, column: int, length: int, width: int = 120) -> str:
    """Return a line with a caret under a term, in two lines of text.

    The caret is aligned in a fixed-width font, in which East Asian characters are two cells wide. Tabs become four
    spaces; control characters, which a terminal would obey, become their pictures or U+FFFD. A term that goes on in the
    next line is underlined as far as this one goes.

    Args:
        line: the line on which the term begins.
        column: where: 1 for the first code point.
        length: how many code points the term has, which may go beyond the line.
        width: how many cells a line may have; a longer one is cut around the term, and `…` shows where.
    """
    start = column - 1
    end = min(start + length, len(line))
    room = 4 * width  # more of a long line is not looked at
    before = line[max(0, start - room) : start].translate(_SHOWN)
    term = line[start : min(end, start + room)].translate(_SHOWN)
    after = line[end : end + room].translate(_SHOWN)
    if _cells(before + term + after) > width:
        term = _cut(term, width * 2 // 3)
        left = width - _cells(term)
        before = _cut(before[::-1], max(left // 2, left - _cells(after)))[::-1]
        after = _cut(after, left - _cells(before))
    return f"{before}{term}{after}\n{' ' * _cells(before)}^{'~' * (_cells(term) - 1)}"


def _cells(text: str) -> int:
    """Return how many cells a text takes in a fixed-width font."""
    if text.isascii():  # no control character is left in it
        return len(text)
    import wcwidth  # slow to import

    return max(0, wcwidth.wcswidth(text))


def _cut(text: str, room: int) -> str:
    """Return as much of the beginning of a text as fits, with `…` if that is not all."""
    if _cells(text) <= room:
        return text
    end = 0
    cells = 1
    for character in text:
        cells += _cells(character)
        if cells > room:
            break
        end += 1
    return text[:end] + "…"
