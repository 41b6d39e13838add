from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

import cascq
from cascq.errors import CascqError
from cascq.export import FORMATS, export, format_of, write_file
from cascq.graph import KnowledgeGraph


@pytest.mark.parametrize("form", ["trig", "nquads", "jsonld"])
def test_formats_with_graphs_lose_nothing(tiny: KnowledgeGraph, form: str) -> None:
    assert set(ox.parse(tiny.export(form), FORMATS[form])) == set(tiny.store)


@pytest.mark.parametrize("form", ["turtle", "rdfxml"])
def test_formats_without_graphs_hold_every_triple_once(tiny: KnowledgeGraph, form: str) -> None:
    read = list(ox.parse(tiny.export(form), FORMATS[form]))
    assert {quad.triple for quad in read} == {quad.triple for quad in tiny.store}
    assert len(read) == len(set(read))


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_same_graph_gives_the_same_text(project: Path, form: str) -> None:
    assert cascq.load().export(form) == cascq.load().export(form)


def test_blank_nodes_get_stable_names(tmp_path: Path, project: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text("GRAPH <http://e.org/g> { [] <http://e.org/p> [ <http://e.org/q> 1 ] , [ <http://e.org/q> 2 ] }")
    assert cascq.load([path]).export("nquads") == cascq.load([path]).export("nquads")


def test_an_export_read_back_is_the_same_graph(tiny: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "all.trig"
    path.write_text(tiny.export("trig"), encoding="utf-8")
    assert cascq.load([path]).export("nquads") == tiny.export("nquads")


def test_passages_are_written_in_reading_order() -> None:
    store = ox.Store()
    node = ox.NamedNode("http://e.org/x")
    for number in (10, 9, 1):
        store.add(ox.Quad(node, node, node, ox.NamedNode(f"http://e.org/1-{number}")))
    assert [line.split("1-")[1][:-3] for line in export(store, "nquads").splitlines()] == ["1", "9", "10"]


def test_an_unknown_format_is_refused(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match="unknown format 'n3'"):
        tiny.export("n3")


def test_the_suffix_of_a_file_names_the_format() -> None:
    assert format_of(Path("a.NQ")) == "nquads"
    assert format_of(None) == "trig"
    with pytest.raises(CascqError, match="the suffix names no format"):
        format_of(Path("a.txt"))


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text("old")
    path.chmod(0o640)
    write_file(path, "新\n")
    assert path.read_bytes() == "新\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["a.trig"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.trig").write_text("old")
    link = tmp_path / "link.trig"
    link.symlink_to("real.trig")
    write_file(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real.trig").read_text() == "new"


def test_when_writing_fails_the_old_file_stays_and_nothing_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_file(path, "new \ud800")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.trig"]


@pytest.mark.parametrize("name", ["no/such/folder/a.trig", "."])
def test_a_path_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(CascqError, match=r"cannot be written|is a folder"):
        write_file(tmp_path / name, "x")


def test_why_a_file_cannot_be_written_is_said_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(CascqError) as caught:
        write_file(tmp_path / "no" / "a.trig", "x")
    assert caught.value.en.endswith("cannot be written: No such file or directory; nothing was changed")
    assert caught.value.zh.endswith("无法写入：文件或文件夹不存在；未作任何改动")


def test_a_pipe_is_written_into_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_file(pipe, "新\n")
    reader.join(10)
    assert read == ["新\n".encode()]
    assert pipe.is_fifo()
    assert [file.name for file in tmp_path.iterdir()] == ["pipe"]


def test_a_device_is_written_into_and_stays_one() -> None:
    master, slave = os.openpty()
    node = Path(os.ttyname(slave))
    write_file(node, "x\n")
    assert os.read(master, 10) == b"x\r\n"
    assert node.is_char_device()
    os.close(slave)
    os.close(master)


def test_a_full_device_is_said_to_be_full(tmp_path: Path) -> None:
    link = tmp_path / "full.trig"  # so that a fault could cost a link, not the device
    link.symlink_to("/dev/full")
    with pytest.raises(CascqError, match="cannot be written: No space left on device"):
        write_file(link, "x")
    assert link.is_symlink()


def test_standard_output_by_its_name_is_added_to(tmp_path: Path) -> None:
    result = tmp_path / "all.trig"
    result.write_text("# before\n")
    command = [sys.executable, "-m", "cascq", "export", "-o", "/dev/stdout"]
    with result.open("a") as output:
        subprocess.run(command, stdout=output, stderr=subprocess.DEVNULL, check=True)
    piped = subprocess.run(command, capture_output=True, check=True).stdout
    assert result.read_bytes() == b"# before\n" + piped
    assert list(ox.parse(piped, ox.RdfFormat.TRIG))


def test_a_pipe_without_a_suffix_gets_what_standard_output_gets(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert format_of(tmp_path / "pipe") == "trig"
    with pytest.raises(CascqError, match="the suffix names no format"):
        format_of(tmp_path / "file")
