"""`cascq evidence`, and `--evidence` of other verbs, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from conftest import LETTER, PROJECT, Run

Cli = Callable[..., Run]


def test_evidence_is_one_option_away(cli: Cli, project: Path) -> None:
    assert cli("query", "agreements", "--evidence", "--format", "csv").out.splitlines()[1].endswith(",letter:1-1")


def test_evidence_does_not_go_with_from(cli: Cli, project: Path) -> None:
    query = "SELECT * FROM letter:1-1 { ?s ?p ?o }"
    prefix = "PREFIX letter: <https://w3id.org/cascq/source/letter/> "
    assert cli("sparql", prefix + query).code == 0
    run = cli("sparql", prefix + query, "--evidence")
    assert (run.code, run.out) == (2, "")
    assert "does not go with FROM" in run.err


def test_data_without_passages_have_no_evidence(cli: Cli, project: Path) -> None:
    run = cli("evidence", "--data", str(PROJECT / "data" / "curated"), "--source", str(LETTER))
    assert run == Run(2, "", "cascq: the data record no passages\n")


def test_evidence_with_the_document_exits_with_0_or_1(cli: Cli, project: Path, tmp_path: Path) -> None:
    good = cli("evidence", "--source", str(LETTER))
    assert (good.code, good.err.splitlines()[-1]) == (0, "all of it agrees with the document")
    changed = tmp_path / "letter.txt"
    changed.write_text(LETTER.read_text(encoding="utf-8").replace("两次", "三次"), encoding="utf-8")
    bad = cli("evidence", "--source", str(changed))
    assert bad.code == 1
    assert "another version of the document on record" in bad.out
    assert 'letter:1-1 cascq:sha256 "' in bad.out
    assert json.loads(cli("evidence", "--source", str(changed), "--json").out)["failures"]


def test_evidence_prints_a_ready_record(cli: Cli, project: Path) -> None:
    run = cli("evidence", "--source", str(LETTER), "--find", "服务企业", "--id", "letter:1-3")
    assert run.code == 0
    assert "\nletter:1-3 a cascq:Passage ;" in run.out


def test_a_ready_record_has_its_comments_in_the_asked_language(cli: Cli, project: Path, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("甲乙，甲乙。", encoding="utf-8")
    found = {lang: cli("evidence", "--source", str(path), "--find", "甲乙", lang=lang).out for lang in ("en", "zh")}
    assert "# The document is not recorded yet" in found["en"]
    assert "# occurrence 2 of 2; keep" in found["en"]
    assert "# 文献尚未登记；其记录为：\n" in found["zh"]
    assert "# 第 2 处，共 2 处；请保留所指的一处\n" in found["zh"]
    english, chinese = ([line for line in found[lang].splitlines() if line[:1] != "#"] for lang in ("en", "zh"))
    assert english == chinese


def test_a_missing_document_is_an_error(cli: Cli, project: Path) -> None:
    run = cli("evidence", "--source", "nowhere.txt")
    assert (run.code, run.out) == (2, "")
    assert "nowhere.txt: cannot be read: No such file" in run.err
