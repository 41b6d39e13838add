"""Names as they are compared, and how much one resembles what somebody wrote: for look-up, search and suggestions.

Chinese names are shortened by leaving characters out (竹溪联盟 for 竹溪智谷科企联盟), English ones by leaving words out
(robot park); in both, people mistype.
"""

from __future__ import annotations

import re
import unicodedata

_CHINESE = r"[\u2e80-\u9fff\uf900-\ufaff]"
# Quotes and title marks say how a name is used, not what it is: “十三五”期间 and 十三五期间 are one.
_QUOTES = str.maketrans("", "", "\"'`´“”„‟‘’‚‛«»‹›「」『』《》〈〉﹁﹂﹃﹄")
_SIMILAR = 0.8  # difflib's ratio, of names in letters
_SLIP = 5  # letters: from here on, a word with one wrong letter is likely meant

_LONG, _BEFORE = 60, 20  # characters: of an excerpt, and of it before what was asked for

# How a name resembles a text: it contains it, has all of it in order, is contained, differs by a slip, is much alike.
_WITHIN, _SHORT, _PART, _WRONG, _ALIKE = range(5)


def normalise(text: str) -> str:
    """Return a text without differences of width, case and white space."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def comparable(text: str) -> str:
    """Return the form in which names are compared: as `normalise`, and without quotes and blanks beside Chinese."""
    plain = normalise(text)
    bare = plain.translate(_QUOTES).strip()
    return re.sub(rf"(?<={_CHINESE}) | (?={_CHINESE})", "", bare) or plain


def excerpt(text: str, asked: str) -> str:
    """Return a text as it is, or if it is long, the part of it around what was asked for."""
    if len(text) <= _LONG:
        return text
    words = [asked, *asked.split()]
    at = max(0, next((at for word in words if (at := normalise(text).find(normalise(word))) >= 0), 0) - _BEFORE)
    return "…" * (at > 0) + text[at : at + _LONG] + "…" * (at + _LONG < len(text))


def likeness(asked: str, name: str) -> tuple[int, int] | None:
    """Return how much a name resembles what was asked for, the smaller the more; None if it hardly does.

    Args:
        asked: what was asked for, comparable.
        name: the name, comparable.
    """
    return None if (kind := _kind(asked, name)) is None else (kind, abs(len(name) - len(asked)))


def _kind(asked: str, name: str) -> int | None:
    """Return in which way a name resembles a text."""
    if len(asked) > 1 and asked in name:
        return _WITHIN
    chinese = re.search(_CHINESE, asked)
    if _left_out(asked, name) if chinese else _words(asked, name):
        return _SHORT
    # A part counts if it is a good part: one letter, or a short word in a long text, says nothing.
    if len(name) > 1 and name in asked and 3 * len(name) >= 2 * len(asked):
        return _PART
    if chinese:
        return _WRONG if _one_wrong(asked, name) else None
    # Lengths alone tell most names apart, and quickly.
    if 2 * min(len(asked), len(name)) < _SIMILAR * (len(asked) + len(name)):
        return None
    import difflib  # slow to import, and needed only for what is not found

    return _ALIKE if difflib.SequenceMatcher(None, name, asked).ratio() >= _SIMILAR else None


def _left_out(asked: str, name: str) -> bool:
    """Tell whether a text is a name with characters left out, in pieces of two characters on average."""
    if not 3 <= len(asked) < len(name):
        return False
    # For each place where the text so far may end in the name: into how few pieces it falls.
    pieces: dict[int, int] = {-1: 0}
    for character in asked:
        following: dict[int, int] = {}
        for end, count in pieces.items():
            at = name.find(character, end + 1)
            while at >= 0:
                total = count + (at != end + 1 or end < 0)
                following[at] = min(total, following.get(at, total))
                at = name.find(character, at + 1)
        pieces = following
    return bool(pieces) and 2 * min(pieces.values()) <= len(asked)


def _one_wrong(asked: str, name: str) -> bool:
    """Tell whether one character is wrong, missing or too many in a text, against a whole name or its beginning."""
    if len(asked) < 3:
        return False
    if len(asked) == 3:  # most often a person's name; of other short words, two characters in three say little
        return len(name) == 3 and asked[0] == name[0] and sum(map(str.__ne__, asked, name)) == 1
    return _within_one(asked, name) or _within_one(asked, name[: len(asked)])


def _within_one(one: str, other: str) -> bool:
    """Tell whether two texts differ by one character that is another, too many, missing, or two that are swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[start:], other[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[:2][::-1] and one[2:] == other[2:])
    )


def _words(asked: str, name: str) -> bool:
    """Tell whether a name has all words of a text, each as it is, begun, or with one wrong letter."""
    wanted, words = re.findall(r"\w+", asked), re.findall(r"\w+", name)
    return len(wanted) > 1 and all(
        any(word.startswith(one) or (len(one) >= _SLIP and _within_one(one, word)) for word in words) for one in wanted
    )
