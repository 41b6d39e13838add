"""How a Chinese text prints a name, a date or a number, so that a value can be looked up in its passage.

White space is ignored throughout: page breaks and blanks around digits are typesetting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from cascq.namespaces import XSD

_DIGITS = "零一二三四五六七八九"
_NUMERAL = "零〇一二两三四五六七八九十百千万亿"
# What makes a multiple of the number before it: 5万, 5余万, 3千; but not 3千米 and 5百分点, which are units.
_TIMES = "[余多]?(?:[万亿]|千(?![米克瓦伏赫卡])|百(?!分))"
_RANGE_DASH = "-–—~至到、"
# From how many characters on, blanks left out, a summary is a copy: a run in Chinese, in letters, and all of a text.
_RUN, _LETTERS, _SAME = 24, 80, 12
_OWN = 5  # so many of them stand in no name
_STOPS = "，。；：、！？,.;:!?"


@dataclass(frozen=True)
class Lookup:
    """The result of looking for a literal: was it checked at all, was it found, and what was looked for."""

    checked: bool
    found: bool
    wanted: str


def squeeze(text: str) -> str:
    """Return a text without any white space, full-width digits made plain."""
    return re.sub(r"\s+", "", text).translate({0xFF10 + digit: str(digit) for digit in range(10)})


def look_up(literal: ox.Literal, text: str) -> Lookup:
    """Look for a literal in a passage's text, in the way a Chinese text prints it.

    Names in Chinese and plain strings are looked for as they are; dates, numbers in their printed forms. English text
    is the editors' and cannot be looked for; it counts as not checked.
    """
    text = squeeze(text)
    kind = literal.datatype.value.removeprefix(XSD)
    if literal.language is not None:
        if not literal.language.startswith("zh"):
            return Lookup(checked=False, found=False, wanted=literal.value)
        return Lookup(checked=True, found=squeeze(literal.value) in text, wanted=literal.value)
    if kind == "string":
        return Lookup(checked=True, found=squeeze(literal.value) in text, wanted=literal.value)
    if kind in {"date", "gYearMonth", "gYear"}:
        patterns = _date_patterns(literal.value)
    elif kind in {"integer", "decimal"}:
        patterns = _number_patterns(literal.value)
    else:
        return Lookup(checked=False, found=False, wanted=literal.value)
    found = any(re.search(pattern, text) for _, pattern in patterns)
    return Lookup(checked=True, found=found, wanted=" / ".join(dict.fromkeys(shown for shown, _ in patterns)))


def _date_patterns(value: str) -> list[tuple[str, str]]:
    """Return the printed forms of a date, each with the pattern that finds it."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", value)
    if not match:
        return [(value, re.escape(value))]
    year, month, day = match.groups()
    if month is None:
        # 2016年, or the beginning of a span such as 2016-2020年
        return [(f"{year}年", rf"(?<!\d){year}(?:年|(?=[{_RANGE_DASH}]\d{{2,4}}年))")]
    shown, pattern = f"{year}年{int(month)}月", rf"(?<!\d){year}年0?{int(month)}月"
    if day is None:
        return [(shown, pattern)]
    return [(f"{shown}{int(day)}日", rf"{pattern}0?{int(day)}[日号]")]


def copied(summary: str, text: str, names: Iterable[str]) -> str | None:
    """Return what a summary copies from a passage's text: all of it, or a long run of its words; else None.

    A name or a list of names is no copy, however long; a heading of a few characters can hardly be said in other words.

    Args:
        summary: a summary that should be in one's own words, in either language.
        text: the passage's text.
        names: names and titles that the passage prints.
    """
    text, summary = squeeze(text), squeeze(summary)
    known = sorted(filter(None, map(squeeze, names)), key=len, reverse=True)
    runs = [summary] if len(summary) >= _SAME and summary.strip(_STOPS) == text.strip(_STOPS) else []
    for start in range(len(summary)):
        chinese = re.search(r"[\u4e00-\u9fff]", summary[start : start + _RUN])
        end = start + (_RUN if chinese else _LETTERS)
        if end <= len(summary) and summary[start:end] in text:
            while end < len(summary) and summary[start : end + 1] in text:
                end += 1
            runs.append(summary[start:end])
            break
    return next((run for run in runs if len(re.sub(r"\W", "", _without(run, known))) >= _OWN), None)


def _without(run: str, names: Sequence[str]) -> str:
    """Return what is left of a text without names, the longest first."""
    for name in names:
        run = run.replace(name, "")
    return run


def finer_date(literal: ox.Literal, text: str) -> str | None:
    """Return the date that a text prints where a literal gives only its year or month, as it is printed; else None.

    None too if the text also prints that year or month alone, speaks of it as a whole (全年, 当月), or prints a span or
    a series of months or days, or a time before or after, which have no one finer date.
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", literal.value)
    if match is None or literal.datatype.value not in {XSD + "gYear", XSD + "gYearMonth"}:
        return None
    year, month = match.groups()
    if month is None:
        whole, part, unit, alone = (
            rf"(?<!\d){year}",
            r"\d{1,2}月(?:\d{1,2}[日号])?",
            "月",
            "全年|当年|该年|同年|年度|年内",
        )
    else:
        whole, part, unit, alone = rf"(?<!\d){year}年0?{int(month)}", r"\d{1,2}[日号]", "[日号]", "当月|该月|同月|月内"
    mark = "年" if month is None else "月"
    text = squeeze(text)
    series = rf"(?:(?:[{_RANGE_DASH}和及与,，]|以及)(?:{year}年)?(?:\d{{1,2}}月)?\d{{1,2}}{unit}|[之以]?[前后])"
    found = list(re.finditer(rf"{whole}{mark}({part})?|{whole}(?=[{_RANGE_DASH}]\d)", text))
    if not found or re.search(alone, text) or any(hit[1] is None for hit in found):
        return None
    if any(re.match(series, text[hit.end() :]) for hit in found):
        return None
    return " / ".join(dict.fromkeys(hit[0] for hit in found))


def _number_patterns(value: str) -> list[tuple[str, str]]:
    """Return the printed forms of a number: digits, digits with 万 or 亿, Chinese numerals; 首 is "first"."""
    match = re.fullmatch(r"\+?(\d+)(?:\.(\d+))?", value)
    if not match:  # negative numbers are printed in too many ways
        return [(value, re.escape(value))]
    whole, part = match[1].lstrip("0") or "0", (match[2] or "").rstrip("0")
    number = f"{whole}.{part}" if part else whole
    shown = _digits(number)
    for size, sign in ((4, "万"), (8, "亿"), (12, "万亿")):
        shown += [digits + sign for digits in _digits(_shift(number, size))]
    patterns = [(digits, _alone(digits)) for digits in shown]
    if not part and int(whole) < 10**8:
        before, after = f"(?<![{_NUMERAL}])(?<![{_NUMERAL}]点)", f"(?!点?[{_NUMERAL}]|{_TIMES})"
        patterns += [(numeral, before + numeral + after) for numeral in _numerals(int(whole))]
    if number == "1":
        patterns.append(("首", "首"))
    return patterns


def _digits(number: str) -> list[str]:
    """Return a number in digits as it is, and with commas at the thousands where it has any."""
    whole, dot, part = number.partition(".")
    return [number, f"{int(whole):,}{dot}{part}"] if len(whole) > 3 else [number] if number else []


def _alone(digits: str) -> str:
    """Return the pattern that finds digits where they are a whole number, not a part of a longer or larger one.

    A comma is a part of a number only between groups of thousands: 第1,2期 has two numbers, 1,234家 has one. The
    full-width comma ends a clause.
    """
    before, after = r"(?<![\dA-Za-z.])", rf"(?![\dA-Za-z]|\.\d|{_TIMES})"
    head = re.match(r"\d+", digits)
    size = len(head[0]) if head else 0
    if size == 3:
        before += r"(?<!\d,)"
    if size <= 3:
        after += r"(?!,\d{3}(?!\d))"
    return before + re.escape(digits) + after


def _shift(number: str, size: int) -> str:
    """Return a number divided by ten to the power of `size`, or "" where that would begin with 0.0."""
    whole, _, part = number.partition(".")
    if len(whole) < size:
        return ""
    head, tail = whole[:-size] or "0", (whole[-size:] + part).rstrip("0")
    return f"{head}.{tail}" if tail else head


def _numerals(number: int) -> list[str]:
    """Return the Chinese numerals of a number below 10**8; 2 is 二 or 两."""
    text = _numeral(number)
    forms = [text]
    if text.startswith("一十"):
        forms.append(text[1:])
    if "二" in text:
        forms += [form.replace("二", "两") for form in (text, re.sub("二(?=[十])", "贰", text))]
        forms += [re.sub(r"二(?=[百千万]|$)", "两", text)]
    return [form for form in dict.fromkeys(forms) if "贰" not in form]


def _numeral(number: int) -> str:
    """Return the Chinese numeral of a number below 10**8 (一百二十, 一千零五)."""
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        return _numeral(high) + "万" + (("零" if low < 1000 else "") + _numeral(low) if low else "")
    if number == 0:
        return "零"
    text = ""
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            text += _DIGITS[digit] + unit
        elif text and number % size and not text.endswith("零"):
            text += "零"
    return text
