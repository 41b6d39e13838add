"""Cases for shapes: a small world in which everything is right, and changes of it with what a shape then reports.

A folder of cases holds the world as RDF files, and TOML files with the changes:

    [[case]]
    name = "age: only one"
    remove = 'ex:ann ex:age 5 .'
    add = 'ex:ann ex:age 6 , 7 .'
    expect = { focus = "ex:ann", path = "ex:age", component = "MaxCount", shape = "ex:Person-age" }

`remove` and `add` are Turtle with the prefixes of the world's files and of this project; one of them may be left out,
and `path` where the result has none. A shape without an IRI is called by the shape that it belongs to. What is expected
is all that the shape reports.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError, collect
from cascq.reading import format_of, read_files, read_text

_KEYS = {"name", "remove", "add", "expect"}
_EXPECTED = {"focus", "path", "component", "shape"}
_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*case[ \t]*\]\]", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """A change of the world, and what is reported then.

    Attributes:
        path: the file.
        line: the line in which the case begins.
        name: what is wrong after the change.
        remove: the triples to take away; all of them are in the world.
        add: the triples to add.
        focus: the node that is reported, as its IRI, a literal in Turtle, or "_:blank".
        of: the path that is reported: an IRI, a longer path in SPARQL's notation, or nothing.
        component: the constraint component, as "MaxCount".
        shape: IRI of the shape.
    """

    path: Path
    line: int
    name: str
    remove: tuple[ox.Triple, ...]
    add: tuple[ox.Triple, ...]
    focus: str
    of: str
    component: str
    shape: str

    def __str__(self) -> str:
        return f"{self.path.stem}: {self.name}"

    @property
    def expected(self) -> tuple[str, str, str, str]:
        """What is reported: node, path, component and shape."""
        return self.focus, self.of, self.component, self.shape


@dataclass(frozen=True)
class Cases:
    """A folder of cases.

    Attributes:
        folder: the folder.
        files: the quads of the world, by file.
        cases: the cases, in the order of their files.
    """

    folder: Path
    files: Mapping[Path, Sequence[ox.Quad]]
    cases: Sequence[Case]

    @property
    def world(self) -> dict[ox.Triple, None]:
        """The triples of the world, each once."""
        return dict.fromkeys(quad.triple for quads in self.files.values() for quad in quads)


def read_cases(folder: Path) -> Cases:
    """Read a folder of cases.

    Raises:
        CascqError: something in it cannot be read, there is no case, or a case removes what is not there: all faults
            together, with their lines.
    """
    if not folder.is_dir():
        raise CascqError(f"{folder}: no such folder", f"{folder}：文件夹不存在")
    files = read_files([folder])
    prefixes = dict(ns.PREFIXES)
    for path in files:
        parser = ox.parse(read_text(path) + "\n", format_of(path))  # the line end: see `reading.parse`
        for _ in parser:
            pass
        prefixes |= parser.prefixes
    paths = sorted(folder.rglob("*.toml"))
    if not paths:
        raise CascqError(f"{folder}: no case in this folder (*.toml)", f"{folder}：此文件夹中没有用例（*.toml）")
    world = {quad.triple for quads in files.values() for quad in quads}
    found = collect(paths, lambda path: _read(path, prefixes, world))
    return Cases(folder, files, [case for cases in found for case in cases])


def _read(path: Path, prefixes: Mapping[str, str], world: set[ox.Triple]) -> list[Case]:
    """Read the cases of one file."""
    text = read_text(path)
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CascqError(f"{path}: {error}", f"{path}：{error}") from error
    if set(given) != {"case"} or not isinstance(given["case"], list):
        raise CascqError(f"{path}: only [[case]] is known here", f"{path}：这里只能写 [[case]]")
    lines = [text.count("\n", 0, match.start()) + 1 for match in _HEAD.finditer(text)]
    lines += [1] * (len(given["case"]) - len(lines))
    pairs = zip(given["case"], lines, strict=False)
    return collect(pairs, lambda pair: _case(path, pair[1], pair[0], prefixes, world))


def _case(path: Path, line: int, given: Any, prefixes: Mapping[str, str], world: set[ox.Triple]) -> Case:
    where = f"{path}:{line}"
    expect = given.get("expect") if isinstance(given, dict) else None
    if (
        not isinstance(expect, dict)
        or not {"name"} <= set(given) <= _KEYS
        or not _EXPECTED - {"path"} <= set(expect) <= _EXPECTED
        or not all(isinstance(value, str) for value in (*expect.values(), *(given[k] for k in given if k != "expect")))
    ):
        keys = ", ".join(sorted(_KEYS)), ", ".join(sorted(_EXPECTED))
        raise CascqError(
            f"{where}: a case has the texts {keys[0]}, and expect has {keys[1]}",
            f"{where}：用例由文本 {keys[0]} 组成，其中 expect 含 {keys[1]}",
        )
    remove, add = (_triples(where, given.get(key, ""), prefixes) for key in ("remove", "add"))
    for triple in remove:
        if triple not in world:
            raise CascqError(
                f"{where}: removes what is not there: {triple}", f"{where}：要删除的内容并不存在：{triple}"
            )
    if not remove and not add:
        raise CascqError(f"{where}: this case changes nothing", f"{where}：此用例没有任何改动")
    focus, of, shape = (_expand(expect.get(key, ""), prefixes) for key in ("focus", "path", "shape"))
    return Case(path, line, given["name"], remove, add, focus, of, expect["component"], shape)


def _triples(where: str, text: str, prefixes: Mapping[str, str]) -> tuple[ox.Triple, ...]:
    header = "".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in prefixes.items())
    try:
        quads = ox.parse(header + text, ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        return tuple(dict.fromkeys(quad.triple for quad in quads))
    except SyntaxError as error:
        what = str(error.args[0] if error.args else error).split(": ", 1)[-1]
        raise CascqError(f"{where}: {what}: {text}", f"{where}：{what}：{text}") from error


def _expand(text: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI that a CURIE, or an IRI in angle brackets, stands for; anything else as it is."""
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    prefix, colon, local = text.partition(":")
    return prefixes[prefix] + local if colon and prefix in prefixes and not re.search(r"[\s|/^*+?()]", local) else text
