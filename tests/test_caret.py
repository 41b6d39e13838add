"""The line with a caret under the term."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascq.places.caret import caret
from positions_check import (
    TEXT,
)


def shown_at(line: str, term: str, length: int | None = None, width: int = 120) -> str:
    return caret(line, line.index(term) + 1, len(term) if length is None else length, width)


@pytest.mark.parametrize(
    ("line", "term", "below"),
    [
        (":s :p :o .", ":o", "      ^~"),
        (":s :p 1 .", "1", "      ^"),
        (':s :p "重庆"@zh, :o .', ":o", "                 ^~"),
        (':s :p "重庆"@zh .', '"重庆"@zh', "      ^~~~~~~~~"),
        ("\t:s\t:p :o .", ":o", "             ^~"),
        (':s :p "e\u0301", :o .', ":o", "           ^~"),
        (':s :p "😀", :o .', ":o", "            ^~"),
    ],
)
def test_the_caret_stands_under_the_term(line: str, term: str, below: str) -> None:
    shown, marked = shown_at(line, term).split("\n")
    assert marked == below
    assert shown == line.replace("\t", "    ")


def test_a_term_of_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    assert shown_at(':s :p """a', '"""a', length=30) == ':s :p """a\n      ^~~~'


def test_control_characters_are_shown_not_obeyed() -> None:
    shown, below = shown_at('"\x1b[31m\x00\x85\u202e", :o', ":o").split("\n")
    assert shown == '"␛[31m␀\ufffd\ufffd", :o'
    assert below == "            ^~"


@given(st.text(max_size=300), TEXT.filter(bool), st.text(max_size=300), st.integers(20, 130))
def test_a_long_line_is_cut_around_the_term(before: str, term: str, after: str, width: int) -> None:
    import wcwidth

    shown, below = caret(before + term + after, len(before) + 1, len(term), width).split("\n")
    assert wcwidth.wcswidth(shown) <= width
    assert below.strip(" ")[0] == "^"
    assert wcwidth.wcswidth(below) <= width


def test_what_is_cut_off_is_marked() -> None:
    line = "a" * 1000 + " :o " + "重" * 1000
    shown, below = shown_at(line, ":o", width=40).split("\n")
    assert shown[0] == shown[-1] == "…"
    assert shown[below.index("^") :].startswith(":o ")
    assert len(below) - len("^~") in range(15, 25)
    term = '"' + "长" * 1000 + '"'
    shown, below = shown_at(":s :p " + term + " .", term, width=60).split("\n")
    assert shown.startswith(':s :p "长长')
    assert below.startswith("      ^~~~")
    assert "…" in shown


def test_a_very_long_line_is_cut_too() -> None:
    line = ":x " * 2_000_000 + ":o ."
    assert shown_at(line, ":o").split("\n")[0].endswith(":o .")
