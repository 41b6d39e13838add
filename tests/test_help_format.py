"""Help texts wrap between Chinese characters and never within a word."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from cascq.commands import RUN
from cascq.help_format import width, wrap
from conftest import Run

Cli = Callable[..., Run]


@pytest.mark.parametrize("columns", range(21, 60))
@pytest.mark.parametrize(
    "text",
    [
        "其类型：oxigraph、virtuoso 等（默认自动识别）",
        "把所有发现写入此文件予以接受（默认为 --baseline 的文件，或 cascq-baseline.json）",
        "accept all that is found, in this file (default: that of --baseline, or cascq-baseline.json)",
    ],
)
def test_lines_are_no_wider_than_asked_and_words_stay_whole(text: str, columns: int) -> None:
    lines = list(wrap(text, columns))
    assert max(map(width, lines)) <= columns
    assert "".join("".join(lines).split()) == "".join(text.split())
    for word in re.findall(r"[A-Za-z.-]{2,}", text):
        assert any(word in line for line in lines)
    assert not any(line[0] in "，。；：、）” " for line in lines)
    assert not any(line[-1] in "（“ " for line in lines)


def test_a_word_that_is_too_long_stays_whole_on_a_line_of_its_own() -> None:
    assert list(wrap("a incomprehensibilities b", 5)) == ["a", "incomprehensibilities", "b"]
    assert list(wrap(" ", 5)) == []


@pytest.mark.parametrize("verb", sorted(RUN))
def test_headings_have_the_colon_of_their_language(cli: Cli, verb: str) -> None:
    chinese = cli(verb, "--help", lang="zh").out
    assert "\n选项：\n" in chinese
    assert not re.search(r"(?m)^\S+:$", chinese)
    assert "\noptions:\n" in cli(verb, "--help").out


def test_names_of_files_and_stores_stay_whole_in_chinese_help(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("60", "80", "100"):
        monkeypatch.setenv("COLUMNS", columns)
        text = cli("validate", "--help", lang="zh").out
        assert "cascq-baseline.json" in text
        assert "virtuoso" in text
