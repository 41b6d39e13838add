"""Loading into a folder goes wrong: one clear message, exit code 2, and nothing is lost."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from cascq.errors import CascqError
from cascq.remote.folder_target import FolderTarget
from cascq.remote.loading import load_into
from test_load_faults import DATA, run_alone

pytestmark = pytest.mark.usefixtures("project")


def test_the_folder_is_in_use(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    assert run_alone(str(folder)).returncode == 0
    store = ox.Store(str(folder))
    run = run_alone(str(folder), "--prune")
    assert run.returncode == 2
    assert "another program has this store open" in run.stderr
    del store
    assert "nothing to do" in run_alone(str(folder)).stdout


@pytest.mark.parametrize("harm", ["table", "current"])
def test_a_damaged_folder(harm: str, tmp_path: Path) -> None:
    folder = tmp_path / "blockchain"  # the word for what is not locked must not mislead
    assert run_alone(str(folder)).returncode == 0
    if harm == "table":
        for file in folder.glob("*.sst"):
            file.unlink()
    else:
        (folder / "CURRENT").write_text("x", encoding="utf-8")
    run = run_alone(str(folder))
    assert run.returncode == 2
    assert "cannot be read or written: " in run.stderr
    assert "Traceback" not in run.stderr
    assert "another program" not in run.stderr


def limited(blocks: int) -> Callable[[], None]:
    """Return what makes a process unable to write files larger than so many kB: a quota."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (blocks * 1024, blocks * 1024))

    return limit


def test_no_room_for_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    assert run_alone(str(folder)).returncode == 0
    before = run_alone(str(folder), "--dry-run").stdout
    small = run_alone(str(tmp_path / "new"), preexec_fn=limited(4))
    assert small.returncode == 2
    assert "Traceback" not in small.stderr
    assert not (tmp_path / "new").exists()
    assert run_alone(str(folder), "--dry-run").stdout == before


def test_a_load_that_breaks_off_leaves_no_new_folder_behind(tmp_path: Path) -> None:
    """The data are read, and bulk loading is under way, when the broken file is found."""
    bad = tmp_path / "bad.trig"
    bad.write_text("<http://x/g> {", encoding="utf-8")
    places: list[Path] = []

    class Seen(FolderTarget):
        def take(self, graph: str, block: bytes) -> None:
            super().take(graph, block)
            places[:] = [place for place in tmp_path.rglob("*") if place.is_dir()]

    with pytest.raises(CascqError, match=r"bad\.trig:1"):
        load_into(Seen(tmp_path / "new" / "store"), [Path(DATA), bad])
    assert tmp_path / "new" / "store" / ".cascq-loading" in places
    assert sorted(tmp_path.iterdir()) == [bad, tmp_path / "new"]
    assert not list((tmp_path / "new").iterdir())
