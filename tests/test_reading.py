from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascq.errors import CascqError
from cascq.reading import FORMATS, find_files, read, read_file, read_files

GOOD = "<http://e.org/s> <http://e.org/p> <http://e.org/o> .\n"


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def message(path: Path | list[Path]) -> str:
    with pytest.raises(CascqError) as caught:
        read_files(path if isinstance(path, list) else [path])
    assert caught.value.zh
    return caught.value.en


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_format_is_read(tmp_path: Path, suffix: str) -> None:
    quad = ox.Quad(ox.NamedNode("http://e.org/s"), ox.NamedNode("http://e.org/p"), ox.Literal("重庆", language="zh"))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(ox.serialize([quad], format=FORMATS[suffix]) or b"")
    assert read_file(path) == [quad]


def test_a_folder_is_read_with_its_folders_but_without_hidden_files(tmp_path: Path) -> None:
    write(tmp_path / "b" / "2.ttl", GOOD)
    write(tmp_path / "a" / "1.nt", GOOD)
    write(tmp_path / "a" / ".1.nt.swp.ttl", "broken")
    write(tmp_path / ".git" / "x.ttl", "broken")
    write(tmp_path / "notes.txt", "no RDF")
    assert [path.name for path in find_files([tmp_path])] == ["1.nt", "2.ttl"]


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", "[] <http://e.org/p> 1 .")
    assert len(read([path, tmp_path, tmp_path / "." / "a.ttl"])) == 1


def test_blank_nodes_of_two_files_are_two_nodes(tmp_path: Path) -> None:
    first = write(tmp_path / "1.ttl", "_:x <http://e.org/p> 1 .")
    second = write(tmp_path / "2.ttl", "_:x <http://e.org/p> 2 .")
    assert len({quad.subject for quad in read([first, second])}) == 2


def test_literals_are_kept_as_written(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.nt", '<http://e.org/s> <http://e.org/p> "05"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    )
    assert read_file(path)[0].object.value == "05"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert len(read_file(write(tmp_path / "a.ttl", b"\xef\xbb\xbf" + GOOD.encode()))) == 1


def test_a_missing_path(tmp_path: Path) -> None:
    assert message(tmp_path / "no.ttl").endswith("no.ttl: no such file or folder")


def test_a_folder_without_rdf(tmp_path: Path) -> None:
    assert "no RDF file in this folder" in message(tmp_path)


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    text = message(write(tmp_path / "a.csv", "a,b"))
    assert "unknown kind of file '.csv'" in text
    assert ".trig" in text


def test_not_utf8_says_byte_and_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", GOOD.encode() + "# 重庆".encode("gb18030"))
    said = f"{path}:2: not UTF-8: byte {len(GOOD) + 3} of the file is 0xd6"
    assert message(path) == f"{said}; this looks like GB18030 (GBK, GB2312): save it as UTF-8"


def test_a_syntax_error_says_line_and_column_and_shows_the_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", '@prefix a: <http://e.org/> .\n  a:重庆 b:p "x" .\n')
    assert message(path) == f'{path}:2:8: The prefix b: has not been declared\n    a:重庆 b:p "x" .'


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "@prefix a: <http://e.org/> .\n"])
def test_an_empty_file_is_an_error(tmp_path: Path, text: str) -> None:
    assert "not one triple" in message(write(tmp_path / "a.ttl", text))


def test_no_path_at_all_is_an_error() -> None:
    assert "no path was given" in message([])


def test_a_triple_about_a_triple_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", "<http://e.org/s> <http://e.org/p> <http://e.org/o> ~ .")
    assert "a triple about a triple" in message(path)


def test_all_broken_files_are_reported_together(tmp_path: Path) -> None:
    write(tmp_path / "1.ttl", "<a> <b> .")
    write(tmp_path / "2.ttl", GOOD)
    write(tmp_path / "3.trig", "{")
    text = message(tmp_path)
    assert "1.ttl:1:" in text
    assert "3.trig:1:" in text
    assert "2.ttl" not in text


def test_all_missing_paths_are_reported_together(tmp_path: Path) -> None:
    text = message([tmp_path / "x.ttl", tmp_path / "y.ttl"])
    assert len(text.splitlines()) == 2


@given(content=st.binary(max_size=200), suffix=st.sampled_from(sorted(FORMATS)))
def test_any_bytes_are_read_or_refused_with_the_name_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = write(tmp_path_factory.mktemp("any") / f"a{suffix}", content)
    failure = None
    try:
        assert read_file(path)
    except CascqError as error:
        failure = error
    if failure is not None:
        assert str(path) in failure.en
        assert str(path) in failure.zh
