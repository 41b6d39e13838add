"""`cascq validate --changed-since` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Run
from git_repo import Repo

Cli = Callable[..., Run]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "库 1")


@pytest.fixture
def here(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository in which one of three findings is new, as the current folder."""
    repo.edit(repo.first, "ex:age 6", "ex:age 8")
    monkeypatch.chdir(repo.top)
    return repo


ASKED = ("validate", "data", "--shapes", "shapes", "--changed-since", "main")


def test_only_what_changed_fails(cli: Cli, here: Repo) -> None:
    run = cli(*ASKED)
    assert run.code == 1
    assert run.out.startswith("Violations: 1\n\ndata/数据/一 a.ttl:5:12: violation: Too old.")
    assert run.err.splitlines()[-2:] == [
        "left out: 2 findings not changed since main",
        "fails: 1 violation (new) (--severity violation)",
    ]
    here.edit(here.first, "ex:age 8", "ex:age 6")
    run = cli(*ASKED, lang="zh")
    assert (run.code, run.out) == (0, "没有发现新的问题。\n")
    assert run.err.splitlines()[-2:] == ["已略去：3 条自 main 以来未变", "通过：没有新的违规（--severity violation）"]


@pytest.mark.parametrize("form", ["text", "json", "github", "gitlab", "sarif", "junit", "turtle"])
def test_every_format_holds_what_changed(cli: Cli, here: Repo, form: str) -> None:
    run = cli(*ASKED, "--format", form)
    assert run.code == 1
    assert "Too old." in run.out
    assert 'b"2".ttl' not in run.out.replace("\\", "").replace("%22", '"')
    if form == "json":
        data = json.loads(run.out)
        assert (len(data["findings"]), data["leftOut"], data["conforms"]) == (1, 2, False)


def test_a_baseline_goes_along(cli: Cli, here: Repo) -> None:
    assert cli("validate", "data", "--shapes", "shapes", "--write-baseline").code == 0
    run = cli(*ASKED, "--baseline", "cascq-baseline.json")
    assert run.code == 0
    assert "baseline cascq-baseline.json: 3 findings accepted, 0 vanished" in run.err
    here.edit(here.first, "ex:age 8", "ex:age 9")
    run = cli(*ASKED, "--baseline", "cascq-baseline.json", "--json")
    data = json.loads(run.out)
    assert run.code == 1
    assert [f["value"]["value"] for f in data["findings"]] == ["9"]
    assert (len(data["accepted"]), len(data["vanished"]), data["leftOut"]) == (2, 1, 0)


def test_it_does_not_go_with_writing_a_baseline(cli: Cli, here: Repo) -> None:
    run = cli(*ASKED, "--write-baseline")
    assert (run.code, run.out) == (2, "")
    assert "--write-baseline accepts all findings" in run.err
    assert not Path("cascq-baseline.json").exists()


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "is no revision of the repository"), ("zh", "没有修订版本“--help”")]
)
def test_a_wrong_revision_exits_with_2(cli: Cli, here: Repo, lang: str, words: str) -> None:
    run = cli(*ASKED[:-2], "--changed-since=--help", lang=lang)
    assert (run.code, run.out) == (2, "")
    assert words in run.err
