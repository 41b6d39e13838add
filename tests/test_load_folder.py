"""Where a store in a folder is written: in new and empty folders, beside what is there, killed at its very end."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cascq.errors import CascqError
from cascq.remote.folder_target import FolderTarget
from cascq.remote.loading import load_into
from conftest import PROJECT, Run


@pytest.fixture
def data(project: Path, tmp_path: Path) -> Path:
    """A copy of the tiny project's data."""
    return shutil.copytree(PROJECT / "data", tmp_path / "data")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(CascqError, match="holds something else than a store"):
        FolderTarget(tmp_path)
    with pytest.raises(CascqError, match="is a file, not a folder"):
        FolderTarget(tmp_path / "photo.jpg")


@pytest.mark.parametrize("given", [".", "link", "mount"])
def test_an_empty_folder_is_filled_where_it_is(
    given: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Run]
) -> None:
    """However it is called; a mount point, which cannot be replaced, is known by its inode here."""
    (tmp_path / "mount").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "mount")
    inode = (tmp_path / "mount").stat().st_ino
    monkeypatch.chdir(tmp_path / "mount" if given == "." else tmp_path)
    run = cli("load", given, "--data", str(data))
    assert run.code == 0, run.err
    assert (tmp_path / "mount").stat().st_ino == inode
    assert "nothing to do" in cli("load", given, "--data", str(data)).out
    assert not list((tmp_path / "mount").glob(".*"))


def test_hidden_folders_beside_a_new_store_are_left_alone(data: Path, tmp_path: Path, cli: Callable[..., Run]) -> None:
    (tmp_path / ".store.loading").mkdir()
    (tmp_path / ".store.loading" / "precious").write_text("mine", encoding="utf-8")
    assert cli("load", str(tmp_path / "store"), "--data", str(data)).code == 0
    assert (tmp_path / ".store.loading" / "precious").read_text(encoding="utf-8") == "mine"


def move_down(store: Path, moved: int) -> Path:
    """Leave a store as if its first load had been killed after it had moved so many files to their place."""
    complete = store / ".cascq-complete"
    complete.mkdir()
    back = sorted(file for file in store.iterdir() if file.is_file())
    assert len(back) > 3
    for file in back[moved:] or [store / "CURRENT"]:
        file.rename(complete / file.name)
    return complete


@pytest.mark.parametrize("moved", [0, 1, 100])
def test_killed_while_a_complete_store_is_moved_up(
    moved: int, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Run]
) -> None:
    """Who only looks moves nothing; the next load does."""
    monkeypatch.setattr("cascq.remote.stores._MOVED", 0.1)
    store = tmp_path / "store"
    load_into(FolderTarget(store), [data])
    complete = move_down(store, moved)
    before = sorted(store.rglob("*"))
    for command in (["load", str(store), "--data", str(data), "--dry-run"], ["stats", "--store", str(store)]):
        run = cli(*command)
        assert (run.code, f"interrupted here when it was nearly done; `cascq load {store}` completes" in run.err) == (
            2,
            True,
        )
    assert sorted(store.rglob("*")) == before
    assert load_into(FolderTarget(store), [data]).written == 0
    assert not complete.exists()


def test_who_looks_while_a_store_is_moved_up_waits(data: Path, tmp_path: Path, cli: Callable[..., Run]) -> None:
    store = tmp_path / "store"
    load_into(FolderTarget(store), [data])
    move_down(store, 2)
    moving = threading.Timer(0.3, FolderTarget(store)._move_up)
    moving.start()
    assert "0 triples to write" in cli("load", str(store), "--data", str(data), "--dry-run").out
    moving.join()
    move_down(store, 2)
    moving = threading.Timer(0.3, FolderTarget(store)._move_up)
    moving.start()
    assert cli("stats", "--store", str(store)).code == 0
    moving.join()


def test_two_loads_may_move_a_store_up(data: Path, tmp_path: Path) -> None:
    """One that is at it, and one that comes after it had been killed, as it believes."""
    store = tmp_path / "store"
    load_into(FolderTarget(store), [data])
    for _ in range(20):
        move_down(store, 0)
        targets = [FolderTarget(store), FolderTarget(store)]
        with ThreadPoolExecutor() as movers:
            list(movers.map(FolderTarget._move_up, targets))
    assert load_into(FolderTarget(store), [data]).written == 0


def test_a_new_file_system_is_an_empty_folder(data: Path, tmp_path: Path, cli: Callable[..., Run]) -> None:
    """It has a folder for what is lost and found, with nothing in it."""
    (tmp_path / "disk" / "lost+found").mkdir(parents=True)
    assert "no store is in this folder" in cli("stats", "--store", str(tmp_path / "disk")).err
    assert cli("load", str(tmp_path / "disk"), "--data", str(data)).code == 0
    assert "nothing to do" in cli("load", str(tmp_path / "disk"), "--data", str(data)).out
    (tmp_path / "other" / "lost+found" / "precious").mkdir(parents=True)
    assert "something else than a store" in cli("load", str(tmp_path / "other"), "--data", str(data)).err


def test_what_comes_into_a_new_folder_during_its_load_stays(data: Path, tmp_path: Path) -> None:
    class Disturbed(FolderTarget):
        def finish(self) -> None:
            (self.path / "photo.jpg").write_bytes(b"x")
            super().finish()

    with pytest.raises(CascqError, match="something else has come into this folder"):
        load_into(Disturbed(tmp_path / "store"), [data])
    assert [file.name for file in (tmp_path / "store").iterdir()] == ["photo.jpg"]


def test_the_root_is_no_new_folder(cli: Callable[..., Run]) -> None:
    run = cli("load", "/")
    assert run.code == 2
    assert "holds something else than a store" in run.err
