"""The summary of validation: what was read, applied and found, and whether it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cascq import namespaces as ns
from cascq.language import say
from cascq.reports.colour import Paint
from cascq.reports.report import SEVERITIES, by_shape
from cascq.terms import one_line

if TYPE_CHECKING:
    from cascq.reports.report import Report

_NOUNS = {"violation": ("violation", "违规"), "warning": ("warning", "警告"), "info": ("remark", "提示")}
_VANISHED_SHOWN = 20


def summary(report: Report, lang: str, severity: str | None, paint: Paint) -> str:
    """Return lines on what was read and applied, the focus nodes of each shape, and what was found.

    Then follow, if there are any: notes, what the baseline accepts and what of it vanished, what was left out.

    Args:
        report: the report.
        lang: language of the text.
        severity: the lowest severity that fails; a last line then says whether the data pass, and why. None: no such
            line.
        paint: what colours the verdict.
    """
    number = len(report.focus_nodes)
    nodes = ", ".join(f"{iri.removeprefix(ns.SHAPES)} {count}" for iri, count in by_shape(report.focus_nodes).items())
    c = report.counts()
    lines = [
        say(
            lang,
            f"{_count(report.files, 'file')}, {_count(report.statements, 'statement')}, {_count(number, 'shape')}, "
            f"{_count(report.checks, 'check')} "
            f"({report.engine}, {report.seconds:.1f} s)",
            f"{report.files} 个文件，{report.statements} 条陈述，{number} 个形状，{report.checks} 个检查"
            f"（{report.engine}，{report.seconds:.1f} 秒）",
        ),
        one_line(say(lang, f"focus nodes: {nodes}", f"各形状的焦点节点数：{nodes}")),
        *(one_line(note[lang]) for note in report.notes),
        say(
            lang,
            "found: " + ", ".join(_count(c[name], _NOUNS[name][0]) for name in SEVERITIES),
            f"发现：违规 {c['violation']} 条，警告 {c['warning']} 条，提示 {c['info']} 条",
        ),
        *_baseline(report, lang),
    ]
    if report.since:
        left, since = len(report.left_out), one_line(report.since)
        lines.append(
            say(
                lang,
                f"left out: {_count(left, 'finding')} not changed since {since}",
                f"已略去：{left} 条自 {since} 以来未变",
            )
        )
    return "\n".join([*lines, *([] if severity is None else [verdict(report, lang, severity, paint)])])


def _baseline(report: Report, lang: str) -> list[str]:
    """Return what there is to say on the baseline."""
    if not report.baseline:
        return []
    accepted, vanished, name = len(report.accepted), len(report.vanished), one_line(report.baseline)
    lines = [
        say(
            lang,
            f"baseline {name}: {_count(accepted, 'finding')} accepted, {vanished} vanished",
            f"基线 {name}：已接受 {accepted} 条，已消失 {vanished} 条",
        )
    ]
    lines += [
        say(lang, "  vanished: ", "  已消失：") + entry.text(lang) for entry in list(report.vanished)[:_VANISHED_SHOWN]
    ]
    if (more := vanished - _VANISHED_SHOWN) > 0:
        zh = f"  …… 还有 {more} 条（--format json 列出全部）"
        lines.append(say(lang, f"  … and {more} more (all in --format json)", zh))
    return lines


def verdict(report: Report, lang: str, severity: str, paint: Paint) -> str:
    """Return whether the data pass, and why, in one line.

    Raises:
        CascqError: no such severity.
    """
    fails = report.fails(severity)
    rank = SEVERITIES.index(severity)
    counts = report.counts()
    grave = [(name, counts[name]) for name in SEVERITIES[: rank + 1]]
    light = [(name, counts[name]) for name in SEVERITIES[rank + 1 :] if counts[name]]
    new = bool(report.accepted or report.left_out)
    if fails:
        listed_en = ", ".join(_count(n, _NOUNS[name][0]) for name, n in grave if n)
        listed_zh = "、".join(f"{_NOUNS[name][1]} {n} 条" for name, n in grave if n)
        en, zh = f"{listed_en}{' (new)' * new}", f"{'新增' * new}{listed_zh}"
    else:
        names_en = " or ".join(_NOUNS[name][0] for name, _ in grave)
        names_zh = "、".join(_NOUNS[name][1] for name, _ in grave)
        en, zh = f"no {'new ' * new}{names_en}", f"没有{'新的' * new}{names_zh}"
        if light:
            en += "; does not fail: " + ", ".join(_count(n, _NOUNS[name][0]) for name, n in light)
            zh += "；不影响结果：" + "、".join(f"{_NOUNS[name][1]} {n} 条" for name, n in light)
    word = paint(say(lang, "fails" if fails else "passes", "不通过" if fails else "通过"), "bad" if fails else "good")
    return say(lang, f"{word}: {en} (--severity {severity})", f"{word}：{zh}（--severity {severity}）")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
