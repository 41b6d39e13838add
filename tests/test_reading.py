from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascq.errors import CascqError
from cascq.places.positions import index
from cascq.reading import FORMATS, find_files, read, read_file, read_files, repeated
from conftest import ENVIRONMENT, Run

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


@pytest.mark.parametrize("suffix", [".ttl", ".trig", ".nt", ".nq", ".rdf", ".jsonld"])
def test_a_gzip_file_is_read_as_what_is_in_it(tmp_path: Path, suffix: str) -> None:
    quad = ox.Quad(ox.NamedNode("http://e.org/s"), ox.NamedNode("http://e.org/p"), ox.Literal("重庆"))
    content = ox.serialize([quad], format=FORMATS[suffix]) or b""
    write(tmp_path / f"a{suffix}.gz", gzip.compress(content))
    assert read([tmp_path]) == [quad]
    assert read_file(write(tmp_path / f"b{suffix}", gzip.compress(content))) == [quad]  # whatever it is called


def test_positions_in_a_gzip_file_are_those_of_what_is_in_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl.gz", gzip.compress(b"# c\n\n " + GOOD.encode()))
    positions = index(path)
    assert positions is not None
    [place] = positions.find(ox.NamedNode("http://e.org/s"))
    assert (place.file, place.line, place.column) == (path.as_posix(), 3, 2)


BINARY = bytes(range(256)) * 8


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.ttl.gz", gzip.compress(GOOD.encode(), mtime=0)[:-12], "the gzip file is cut off"),
        ("a.ttl.gz", b"\x1f\x8b" + BINARY, "the gzip file is damaged"),
        ("a.ttl.gz", GOOD.encode(), "not a gzip file, though its name says so"),
        ("a.ttl.gz", gzip.compress(BINARY, mtime=0), "looks like a binary file"),
        ("a.ttl.gz", gzip.compress(b"# c\n<a> .\n", mtime=0), "a.ttl.gz:2:"),
        ("a.ttl", GOOD.encode("utf-16"), "looks like UTF-16"),
        ("a.ttl", GOOD.encode("utf-16-be"), "may be binary, or UTF-16"),
        ("a.ttl", ("# 重庆é\n" + GOOD).encode("utf-32"), "looks like UTF-32"),
        ("a.ttl", '<x:s> <x:p> "重庆市的科技合作" .'.encode("gb18030"), "looks like GB18030"),
        ("a.ttl", '<x:s> <x:p> "Genève, café" .'.encode("latin-1"), "save the file as UTF-8"),
        ("a.ttl", BINARY, "looks like a binary file"),
        ("a.ttl", b"PK\x03\x04" + BINARY, "this is a zip file; unpack it first"),
        ("a.ttl", b"<x:s> <x:p> \0 .", "NUL characters"),
        ("a", GOOD.encode(), "unknown kind of file ''"),
        ("a.gz", gzip.compress(GOOD.encode(), mtime=0), "unknown kind of file '.gz'"),
        ("x" * 300 + ".ttl", None, "cannot be read: File name too long"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, content: bytes | None, expected: str) -> None:
    path = tmp_path / name
    assert expected in message(path if content is None else write(path, content))


@pytest.mark.parametrize("url", ["http://e.org/a.ttl", "https://e.org/a.ttl", "HTTP://e.org/data", "ftp://e.org/a.ttl"])
def test_a_url_is_no_file(cli: Callable[..., Run], url: str) -> None:
    run = cli("validate", url)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"cascq: {url}: this is a URL, not a file; download it first")


def test_no_permission(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", GOOD)
    path.chmod(0)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)  # root may read everything
    try:
        assert message(path) == f"{path}: cannot be read: Permission denied"
    finally:
        if was_root:
            os.seteuid(0)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_end_in_every_way(tmp_path: Path, newline: str) -> None:
    path = write(
        tmp_path / "a.ttl", f"{GOOD}\n# \x85 \u2028 no line ends\n {GOOD[:-2]};\n  b:p 1 .\n".replace("\n", newline)
    )
    assert message(path) == f"{path}:5:3: The prefix b: has not been declared\n    b:p 1 ."


def test_a_long_line_is_shown_around_the_mistake(tmp_path: Path) -> None:
    text = f'<x:s> <x:p> "{"a" * 100_000}" , e:x , "{"b" * 1000}" .'
    said, shown = message(write(tmp_path / "a.ttl", text)).split("\n")
    assert said.endswith("a.ttl:1:100018: The prefix e: has not been declared")
    assert ' , e:x , "' in shown
    assert shown.strip()[0] == shown[-1] == "…"
    assert len(shown) < 170


def test_a_text_that_ends_too_early_is_shown_at_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", "<x:s> <x:p> \n\n\n")
    assert message(path) == f"{path}:1:12: Unexpected end\n    <x:s> <x:p>"


def test_a_name_with_an_escape_may_be_the_last_thing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", r"@prefix : <x:> . :a :b :c\~d.")
    assert read_file(path)[0].object == ox.NamedNode("x:c~d")
    positions = index(path)
    assert positions is not None
    assert positions.find(ox.NamedNode("x:a"))


def test_a_nul_in_a_literal_is_read(tmp_path: Path) -> None:
    assert read_file(write(tmp_path / "a.ttl", '<x:s> <x:p> "a\0b" .'))[0].object.value == "a\0b"


def test_deep_nesting_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ttl", f"<x:s> <x:p> {'(' * 100}{')' * 100} .")
    assert len(read_file(path)) == 199
    assert index(path) is not None


def test_a_file_given_twice_or_through_a_link_is_said(tmp_path: Path, cli: Callable[..., Run]) -> None:
    path = write(tmp_path / "a.ttl", GOOD)
    link = tmp_path / "b.ttl"
    link.symlink_to(path)
    assert repeated([path, tmp_path, link]) == [(path, path), (link, path), (link, path)]
    shapes = write(tmp_path / "shapes" / "s.ttl", SHAPES)
    run = cli("validate", "--shapes", str(shapes), str(path), str(path), str(path), str(link))
    assert run.code == 1
    assert run.err.startswith(f"{path}: given twice, read once\n{link}: given twice ({path}), read once\n")
    assert "1 file, 1 statement, " in run.err


SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<http://e.org/S> a sh:NodeShape ; sh:targetSubjectsOf <http://e.org/p> ;
  sh:property [ sh:path <http://e.org/q> ; sh:minCount 1 ] ."""


def piped(folder: Path, name: str, content: bytes) -> subprocess.CompletedProcess[bytes]:
    """Validate what comes through a pipe, by a name."""
    shapes = write(folder / "shapes.ttl", SHAPES)
    command = [sys.executable, "-m", "cascq", "validate", "--lang", "en", "--shapes", str(shapes), name]
    return subprocess.run(command, input=content, capture_output=True, env=ENVIRONMENT, check=False)


GRAPH = "<http://e.org/s> <http://e.org/p> <http://e.org/o> <http://e.org/g> .\n"


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0"])
@pytest.mark.parametrize("text", [GOOD, GRAPH, "<http://e.org/g> { " + GOOD + "}"], ids=["turtle", "nquads", "trig"])
def test_a_pipe_is_read_and_its_format_guessed(tmp_path: Path, name: str, text: str) -> None:
    done = piped(tmp_path, name, text.encode())
    assert done.returncode == 1, done.stderr
    assert done.stdout.decode().splitlines()[2].startswith(f"{name}:1:{1 + text.index('<http://e.org/s>')}: ")


@pytest.mark.parametrize("form", [ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD, ox.RdfFormat.N_TRIPLES])
def test_what_comes_through_a_pipe_may_be_in_every_format(tmp_path: Path, form: ox.RdfFormat) -> None:
    done = piped(tmp_path, "-", gzip.compress(ox.serialize(ox.parse(GOOD, ox.RdfFormat.TURTLE), format=form) or b""))
    assert done.returncode == 1, done.stderr


def test_an_empty_pipe_is_an_error(tmp_path: Path) -> None:
    done = piped(tmp_path, "-", b"")
    assert (done.returncode, done.stderr) == (2, b"cascq: -: nothing in it: not one triple\n")


def test_a_named_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(GOOD,))
    writer.start()
    assert len(read_file(path)) == 1
    writer.join()
    assert index(path) is not None  # what can be read only once is kept


def test_one_broken_file_among_good_ones(tmp_path: Path, cli: Callable[..., Run]) -> None:
    for number in range(12):
        write(tmp_path / "data" / f"{number}.ttl", GOOD)
    write(tmp_path / "data" / "5x.ttl", GOOD + "<http://e.org/s> <http://e.org/p> e:o .\n")
    write(tmp_path / "data" / "7x.trig", "\n<http://e.org/g> {\n  <http://e.org/s> nonsense }")
    shapes = write(tmp_path / "shapes.ttl", SHAPES)
    run = cli("validate", "--shapes", str(shapes), str(tmp_path / "data"))
    assert (run.code, run.out) == (2, "")
    lines = run.err.splitlines()
    assert lines[0] == f"cascq: {tmp_path}/data/5x.ttl:2:35: The prefix e: has not been declared"
    assert lines[1] == "    <http://e.org/s> <http://e.org/p> e:o ."
    assert lines[2].startswith(f"{tmp_path}/data/7x.trig:3:")
    assert lines[3] == "    <http://e.org/s> nonsense }"
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("text", "place", "en", "zh"),
    [
        ("@prefix : <x:> .\n:a :b <http://x", "2:7", "an IRI that begins here has no end", "IRI 没有结束"),
        ("@prefix : <x:> .\n:a :b <bad iri\n:b :c .", "2:7", "an IRI that begins here has no end", "IRI 没有结束"),
        ('@prefix : <x:> .\n:a :b "c .\n:d :e :f .', "2:7", "has no closing quotation mark", "缺少结束的引号"),
    ],
)
def test_what_begins_and_does_not_end_is_told(text: str, place: str, en: str, zh: str, tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CascqError) as caught:
        read_file(path)
    assert str(caught.value.en).startswith(f"{path}:{place}: ")
    assert en in caught.value.en
    assert zh in caught.value.zh
