"""Findings limited to what changed since a git revision, in real repositories."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cascq import resources
from cascq.errors import CascqError
from cascq.reports import baseline, changes
from cascq.validation import validate
from conftest import PROJECT, Run
from git_repo import FIRST, SECOND, Repo, found

Cli = Callable[..., Run]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "库 1")


# --- What stays ---


def test_without_a_change_nothing_is_left(repo: Repo) -> None:
    report = repo.since("HEAD")
    assert found(report) == []
    assert len(report.left_out) == 3
    assert not report.fails("info")


def test_a_finding_stays_on_a_line_that_was_changed_in_a_commit(repo: Repo) -> None:
    repo.edit(repo.first, "ex:age 6", "ex:age  6")  # the value is the old one
    repo.commit()
    assert found(repo.since("HEAD~1")) == ["b age"]


@pytest.mark.parametrize("staged", [True, False])
def test_what_is_not_committed_counts(repo: Repo, staged: bool) -> None:
    repo.edit(repo.first, "ex:age 6", "ex:age  6")
    if staged:
        repo.git("add", "--all")
    assert found(repo.since("HEAD")) == ["b age"]


def test_an_edit_that_is_as_old_as_the_index_is_seen(repo: Repo) -> None:
    for key, value in (("core.trustctime", "false"), ("core.checkStat", "minimal")):
        repo.git("config", key, value)
    long_ago = (10**9, 10**9)
    os.utime(repo.first, long_ago)
    repo.git("update-index", "--refresh")
    repo.edit(repo.first, "ex:age 6", "ex:age 8")
    for path in (repo.first, repo.top / ".git" / "index"):
        os.utime(path, long_ago)
    assert found(repo.since("HEAD")) == ["b age"]


@pytest.mark.parametrize("ignored", [True, False])
def test_a_file_that_git_does_not_know_is_new_as_a_whole(repo: Repo, ignored: bool) -> None:
    (repo.data / "新 n.ttl").write_text(SECOND.replace("ex:d", "ex:n").replace("7", "8"), encoding="utf-8")
    if ignored:
        (repo.top / ".gitignore").write_text("*n.ttl\n", encoding="utf-8")
    report = repo.since("main")
    assert found(report) == ["n age"]
    assert "新 n.ttl: not in git at main: every finding in it counts as changed" in report.notes[0]["en"]
    assert "在 main 时不在 git 中" in report.notes[0]["zh"]


def test_what_others_did_on_the_main_branch_does_not_count(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--create", "work")
    repo.edit(repo.second, "ex:age 7", "ex:age 9")
    repo.commit()
    repo.git("switch", "--quiet", "main")
    repo.edit(repo.first, "ex:age 5", "ex:age 1")
    repo.commit()
    repo.git("switch", "--quiet", "work")
    assert found(repo.since("main")) == ["d age"]


@pytest.mark.parametrize("known", [True, False])
def test_a_renamed_file_is_followed(repo: Repo, known: bool) -> None:
    moved = repo.data / "改名 了.ttl"
    if known:
        repo.git("mv", str(repo.first), str(moved))
    else:
        repo.first.rename(moved)
    repo.edit(moved, "ex:age 6", "ex:age  6")
    assert found(repo.since("HEAD")) == ["b age"]


def test_lines_that_only_moved_do_not_count(repo: Repo) -> None:
    repo.edit(repo.first, "ex:a a", "# a comment\n\nex:a a")
    assert found(repo.since("HEAD")) == []


def test_a_name_that_was_taken_away_is_found_at_an_unchanged_line(repo: Repo) -> None:
    repo.edit(repo.first, '    ex:name "C" ;\n', "")
    report = repo.since("HEAD")
    assert found(report) == ["c name"]
    assert report.findings[0].places[0].text == "ex:c a ex:Body ;"


@pytest.mark.parametrize("whole", [True, False])
def test_what_the_loss_of_another_file_broke_is_found(repo: Repo, whole: bool) -> None:
    repo.second.unlink()
    report = repo.since("HEAD", None if whole else [repo.first])
    assert found(report) == ["c friend"]
    assert [f.focus.value[-1] for f in report.left_out] == ["a", "b"]


def test_of_equal_findings_as_many_are_left_out_as_there_were(repo: Repo) -> None:
    body = '[] a ex:Body ; ex:name "X" ; ex:age 8 .\n'
    repo.first.write_text(FIRST + body, encoding="utf-8")
    repo.commit()
    repo.first.write_text(FIRST.replace("ex:c a", f"{body}\n{body}ex:c a") + body, encoding="utf-8")
    report = repo.since("HEAD")
    assert [f.places[0].line for f in report.findings] == [6, 8]
    assert len(report.left_out) == 4


@pytest.mark.parametrize("named", [True, False])
def test_all_findings_of_a_changed_shape_file_stay(repo: Repo, named: bool) -> None:
    if not named:
        repo.edit(repo.shapes, "ex:Body-age a sh:PropertyShape ;", "[] a sh:PropertyShape ; sh:targetClass ex:Body ;")
        repo.edit(repo.shapes, "ex:Body-age , ", "")
    repo.edit(repo.shapes, "Too old", "Far too old")
    assert found(repo.since("HEAD")) == ["a age", "b age", "d age"]


def test_text_that_looks_like_a_diff_is_no_diff(repo: Repo) -> None:
    look_alike = "@@ -1 +1,90 @@\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,90 @@"
    repo.edit(repo.first, "ex:a a", f'ex:z ex:note """{look_alike}""" .\nex:a a')
    repo.commit()
    repo.edit(repo.first, look_alike, f"++ b/x\n{look_alike.replace('1', '2')}")
    assert found(repo.since("HEAD")) == []


def test_a_format_without_lines_counts_as_a_whole(repo: Repo) -> None:
    path = repo.data / "j.jsonld"
    node = {"@id": "https://example.org/j", "@type": "https://example.org/Body", "https://example.org/name": "J"}
    path.write_text(json.dumps(node | {"https://example.org/age": 9}), encoding="utf-8")
    repo.commit()
    assert found(repo.since("HEAD")) == []
    path.write_text(json.dumps(node | {"https://example.org/age": 9}, indent=1), encoding="utf-8")
    assert found(repo.since("HEAD")) == ["j age"]


def test_a_compressed_file_counts_as_a_whole(repo: Repo) -> None:
    path = repo.data / "z.ttl.gz"
    path.write_bytes(gzip.compress(SECOND.replace("ex:d", "ex:z").encode()))
    repo.commit()
    assert found(repo.since("HEAD")) == []
    path.write_bytes(gzip.compress(SECOND.replace("ex:d", "ex:z").encode() + b"# more\n"))
    report = repo.since("HEAD")
    assert found(report) == ["z age"]
    assert report.notes == []


def test_data_outside_of_the_repository_count(repo: Repo, tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text(SECOND.replace("ex:d", "ex:o"), encoding="utf-8")
    report = repo.since("HEAD", [repo.top / "data", other])
    assert found(report) == ["o age"]
    assert f"{other}: not in git" in report.notes[0]["en"]


def test_one_file_is_compared_with_itself(repo: Repo) -> None:
    repo.edit(repo.first, ' ;\n    ex:name "C"', "")
    assert found(repo.since("HEAD", [repo.first, repo.second])) == ["c name"]


# --- Data that cannot be compared ---


def test_findings_in_a_file_that_was_broken_count(repo: Repo) -> None:
    repo.edit(repo.second, "ex:age 7", "ex:age ,")
    repo.commit()
    repo.edit(repo.second, "ex:age ,", "\n ex:age 7")
    repo.edit(repo.second, 'ex:d a ex:Body ; ex:name "D" ;', 'ex:d a ex:Body ; ex:name "D" ; # the same line')
    report = repo.since("HEAD")
    assert "d age" in found(report)
    assert "a age" not in found(report)
    note = report.notes[0]
    assert note["en"].startswith('broken at HEAD, so every finding in it counts as changed: data/数据/b"2".ttl:2:')
    assert note["zh"].startswith("在 HEAD 时有错误，因此其中所有发现都视为有变：data/数据/b")


def test_if_nothing_was_checked_then_everything_counts(repo: Repo) -> None:
    for path in (repo.first, repo.second):
        path.write_text("<https://example.org/x> <https://example.org/y> 1 .", encoding="utf-8")
    repo.commit()
    repo.git("revert", "--no-edit", "HEAD")
    repo.edit(repo.first, "ex:a a", "ex:a  a")
    report = repo.since("HEAD~1")
    assert len(report.findings) == 3
    assert report.left_out == []


def test_a_change_of_the_ontology_makes_everything_count(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(PROJECT / "ontology", repo.top / "ontology")
    (repo.top / "ontology" / "shapes").mkdir()
    repo.shapes.rename(repo.top / "ontology" / "shapes" / "bodies.ttl")
    (repo.top / "queries" / "checks").mkdir(parents=True)
    check = "undeclared-class.rq"
    shutil.copy(resources.root() / "queries" / "checks" / check, repo.top / "queries" / "checks" / check)
    repo.commit()
    monkeypatch.setattr(resources, "root", lambda: repo.top)
    report = validate()
    assert report.findings
    assert changes.limit(report, "HEAD").findings == []
    repo.edit(repo.top / "ontology" / "vocabularies" / "kinds.ttl", "\n", "\n\n")
    limited = changes.limit(report, "HEAD")
    assert limited.findings == report.findings
    assert limited.notes[-1]["en"] == "the ontology or a vocabulary changed since HEAD: every finding counts as changed"


# --- git as it is set up elsewhere ---


def test_a_users_configuration_of_git_changes_nothing(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in (
        ("color.ui", "always"),
        ("diff.noprefix", "true"),
        ("diff.relative", "true"),
        ("diff.renames", "false"),
        ("diff.context", "9"),
        ("diff.interHunkContext", "9"),
        ("diff.external", "false"),
        ("core.quotePath", "true"),
        ("diff.shout.textconv", "tr a-z A-Z <"),
    ):
        repo.git("config", key, value)
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u9")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    for attribute in ("*.ttl -diff\n", "*.ttl diff=shout\n"):
        (repo.top / ".gitattributes").write_text(attribute, encoding="utf-8")
        repo.edit(repo.first, "ex:age 6", "ex:age  6")
        assert found(repo.since("HEAD")) == ["b age"]
        repo.edit(repo.first, "ex:age  6", "ex:age 6")


def test_in_a_hook_and_in_a_folder_below(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.edit(repo.first, "ex:age 6", "ex:age  6")
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.chdir(repo.data)
    report = validate([Path(repo.first.name)], [repo.shapes])
    limited = changes.limit(report, "HEAD", paths=[Path(repo.first.name)], shapes=[repo.shapes])
    assert "b age" in found(limited)
    assert "a age" not in found(limited)


def test_a_worktree_is_compared_by_itself(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "-b", "work", str(tmp_path / "work"))
    first = tmp_path / "work" / repo.first.relative_to(repo.top)
    repo.edit(first, "ex:age 6", "ex:age  6")
    assert found(repo.since("main", [tmp_path / "work" / "data"])) == ["b age"]
    assert found(repo.since("main")) == []


def test_nothing_in_the_repository_is_touched(repo: Repo) -> None:
    (repo.data / "n.ttl").write_text(SECOND.replace("ex:d", "ex:n"), encoding="utf-8")
    repo.edit(repo.first, "ex:age 6", "ex:age 8")
    objects = sorted((repo.top / ".git").rglob("*"))
    status = repo.git("status", "--porcelain")
    index = (repo.top / ".git" / "index").read_bytes()
    repo.since("HEAD")
    assert (repo.top / ".git" / "index").read_bytes() == index
    assert sorted((repo.top / ".git").rglob("*")) == objects
    assert repo.git("status", "--porcelain") == status


# --- Refused ---


@pytest.mark.parametrize("rev", ["nowhere", "", "--help", "-1", "--output=x", "HEAD:data", "main..main", "a b", "x\ny"])
def test_what_is_no_revision(repo: Repo, rev: str) -> None:
    before = sorted(repo.top.rglob("*"))
    with pytest.raises(CascqError, match="is no revision of the repository in") as caught:
        repo.since(rev)
    assert "没有修订版本" in caught.value.zh
    assert sorted(repo.top.rglob("*")) == before


def test_no_repository(tmp_path: Path, files: tuple[Path, Path]) -> None:
    report = validate([files[0]], [files[1]])
    with pytest.raises(CascqError, match=r"is not in a git repository$") as caught:
        changes.limit(report, "main", paths=[files[0]], shapes=[files[1]])
    assert caught.value.zh.endswith("不在 git 仓库中")


def test_no_git(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CascqError, match="needs git, which is not installed"):
        repo.since("HEAD")


def test_a_repository_without_commit(repo: Repo) -> None:
    shutil.rmtree(repo.top / ".git")
    repo.git("init", "--quiet")
    with pytest.raises(CascqError, match="'HEAD' is no revision"):
        repo.since("HEAD")


def test_a_shallow_clone_says_what_to_fetch(repo: Repo, tmp_path: Path) -> None:
    base = repo.git("rev-parse", "HEAD").strip()
    repo.git("branch", "old")
    repo.edit(repo.first, "ex:age 6", "ex:age 8")
    repo.commit()
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", repo.top.as_uri(), str(clone)], check=True)
    with pytest.raises(CascqError, match=r"is no revision .*this clone is shallow: `git fetch --unshallow`") as caught:
        repo.since(base, [clone / "data"])
    assert "浅克隆" in caught.value.zh
    subprocess.run(["git", "fetch", "--quiet", "--depth=1", "origin", "old:old"], cwd=clone, check=True)
    with pytest.raises(CascqError, match="old and HEAD have no commit in common; this clone is shallow"):
        repo.since("old", [clone / "data"])
    subprocess.run(["git", "fetch", "--quiet", "--unshallow"], cwd=clone, check=True)
    assert found(repo.since("old", [clone / "data"])) == ["b age"]


def test_what_a_baseline_accepts_was_there_first(repo: Repo) -> None:
    body = '[] a ex:Body ; ex:name "X" ; ex:age 8 .\n'
    repo.first.write_text(FIRST + body, encoding="utf-8")
    repo.commit()
    paths = [repo.top / "data"]
    baseline.write(repo.top / "b.json", validate(paths, [repo.shapes]))
    known = baseline.read(repo.top / "b.json")
    # The second one stands in the line of the first, which moved; git sees one line more.
    repo.first.write_text(FIRST + body + body, encoding="utf-8")
    report = baseline.apply(validate(paths, [repo.shapes]), known, paths)
    limited = changes.limit(report, "HEAD", paths=paths, shapes=[repo.shapes])
    assert found(limited) == found(report)
    assert len(limited.findings) == 1
