"""The last line of the summary: whether the data pass, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cascq.errors import CascqError
from cascq.validation import validate
from conftest import DATA, Run

Cli = Callable[..., Run]

VERDICTS = {
    ("violation", "en"): "fails: 1 violation (--severity violation)",
    ("warning", "en"): "fails: 1 violation, 1 warning (--severity warning)",
    ("info", "en"): "fails: 1 violation, 1 warning, 1 remark (--severity info)",
    ("info", "zh"): "不通过：违规 1 条、警告 1 条、提示 1 条（--severity info）",
}
MENDED = {
    ("violation", "en"): (0, "passes: no violation; does not fail: 1 warning, 1 remark (--severity violation)"),
    ("violation", "zh"): (0, "通过：没有违规；不影响结果：警告 1 条、提示 1 条（--severity violation）"),
    ("warning", "en"): (1, "fails: 1 warning (--severity warning)"),
}


@pytest.mark.parametrize(("severity", "lang"), VERDICTS)
def test_what_fails_is_counted(cli: Cli, files: tuple[Path, Path], severity: str, lang: str) -> None:
    run = cli("validate", str(files[0]), "--shapes", str(files[1]), "--severity", severity, lang=lang)
    assert (run.code, run.err.splitlines()[-1]) == (1, VERDICTS[severity, lang])


@pytest.mark.parametrize(("severity", "lang"), MENDED)
def test_what_does_not_fail_is_counted_too(cli: Cli, files: tuple[Path, Path], severity: str, lang: str) -> None:
    files[0].write_text(DATA.replace('"05"', '"4"'), encoding="utf-8")
    run = cli("validate", str(files[0]), "--shapes", str(files[1]), "--severity", severity, lang=lang)
    assert (run.code, run.err.splitlines()[-1]) == MENDED[severity, lang]


def test_without_findings_it_says_so(cli: Cli, files: tuple[Path, Path]) -> None:
    body = "<https://example.org/b> a <https://example.org/Body> ; <https://example.org/name> 'B' ."
    files[0].write_text(body, encoding="utf-8")
    run = cli("validate", str(files[0]), "--shapes", str(files[1]), "--severity", "warning")
    assert (run.code, run.err.splitlines()[-1]) == (0, "passes: no violation or warning (--severity warning)")


def test_the_summary_has_no_verdict_unless_it_is_asked(files: tuple[Path, Path]) -> None:
    report = validate([files[0]], [files[1]])
    assert report.summary("en").splitlines()[-1] == "found: 1 violation, 1 warning, 1 remark"
    with pytest.raises(CascqError, match="no severity"):
        report.summary("en", "error")


def test_shapes_without_a_name_are_counted_as_one(cli: Cli, files: tuple[Path, Path]) -> None:
    prefix = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    unnamed = "[] a sh:NodeShape ; sh:targetClass ex:Body ; sh:property [ sh:path ex:age ; sh:maxCount 1 ] .\n"
    files[1].write_text(prefix + unnamed * 2, encoding="utf-8")
    run = cli("validate", str(files[0]), "--shapes", str(files[1]))
    assert "1 file, 7 statements, 2 shapes, 0 checks (" in run.err
    assert "focus nodes: [] 4\n" in run.err
