"""Texts that are the same but for their line ends, a byte order mark, or the end of the last line.

Editors, git and mail change these without being asked. Offsets and hashes then differ, though every word is the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

_MARK = "\ufeff"
_ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
_ANY_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Twin:
    """A text as it is on record, made from one that differs only in what nobody sees.

    Attributes:
        text: the text on record. digest: its SHA-256.
        en, zh: how the other one differs, and what to do.
    """

    text: str
    digest: str
    en: str
    zh: str


def twin(text: str, digests: Collection[str | None]) -> Twin | None:
    """Return the text that has one of some SHA-256 hashes and differs only in line ends or a byte order mark."""
    plain = _ANY_END.sub("\n", text.removeprefix(_MARK))
    body = plain.rstrip("\n")
    for mark in ("", _MARK):
        for end in _ENDS.values():
            for last in dict.fromkeys((plain[len(body) :], "", "\n")):
                other = mark + (body + last).replace("\n", end)
                digest = hashlib.sha256(other.encode()).hexdigest()
                if digest in digests and other != text:
                    return Twin(other, digest, *_differences(text, other))
    return None


def _differences(text: str, other: str) -> tuple[str, str]:
    """Say how a text differs from another, and what to do, in English and Chinese."""
    en, zh, todo_en, todo_zh = [], [], [], []
    ends, wanted = _kinds(text), _kinds(other)
    if ends != wanted and ends and wanted:
        en.append(f"{ends} line ends, not {wanted}")
        zh.append(f"行尾是 {ends}，而非 {wanted}")
        todo_en.append(f"with {wanted} line ends")
        todo_zh.append(f"用 {wanted} 行尾")
    if text.startswith(_MARK) != other.startswith(_MARK):
        has = text.startswith(_MARK)
        en.append("a byte order mark" if has else "no byte order mark")
        zh.append("有字节顺序标记（BOM）" if has else "没有字节顺序标记（BOM）")
        todo_en.append("without a byte order mark" if has else "with a byte order mark")
        todo_zh.append("不带 BOM" if has else "带 BOM")
    if _last(text) != _last(other):
        has = len(_last(text)) > len(_last(other))
        en.append("a line end too many at the end" if has else "a line end too few at the end")
        zh.append("末尾多了换行" if has else "末尾少了换行")
        todo_en.append("without a line end at the end" if has else "with a line end at the end")
        todo_zh.append("末尾不换行" if has else "末尾换行")
    return (
        f"{', and '.join(en)}; save it as UTF-8 {' and '.join(todo_en)}",
        f"{'，'.join(zh)}；请存为 UTF-8，{'，'.join(todo_zh)}",
    )


def _kinds(text: str) -> str:
    """Return which line ends a text has."""
    found = set(_ANY_END.findall(text))
    return " and ".join(name for name, end in _ENDS.items() if end in found)


def _last(text: str) -> str:
    """Return the line ends at the end of a text, whatever they are made of."""
    plain = _ANY_END.sub("\n", text)
    return plain[len(plain.rstrip("\n")) :]
