"""Reading RDF files and folders, with messages that say file, line and column.

Syntax is checked by Oxigraph's parsers; what is returned are the quads exactly as written (the store, not the parser,
rewrites numbers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from cascq.encoding import STDIN, cannot_be_read, open_text
from cascq.errors import CascqError, collect
from cascq.given import Paths, as_paths

FORMATS: dict[str, ox.RdfFormat] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
}


# What a URL is left with when it is taken for a path.
_URL = re.compile(r"(https?|ftp|s3|gs):/+(?=[^/])", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:\?xml|!DOCTYPE|!--|rdf:RDF)", re.IGNORECASE)
_JSON = re.compile(r'\[\s*[\[{"]|\{\s*(?:"|\}\s*\Z)')
_FOUR_TERMS = re.compile(
    r"(?:\s|#.*)*+(?:<[^<>]*>|_:\S+)\s*<[^<>]*>.*\s(?:<[^<>\s]*>|_:\S+)\s*\.[ \t]*(?:#.*)?$", re.MULTILINE
)
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_GRAPH = re.compile(r"\s<([^<>\s]+)>\s*\.\s*\Z")  # at the end of a line of N-Quads
_SHOWN = 160
# What the parser takes for a text that ends too early, by the character at which it says so.
_NO_QUOTE = ("a text that begins here has no closing quotation mark", "此处开始的文字缺少结束的引号")
_UNENDED = {
    "<": (
        "an IRI that begins here has no end (a blank in it, or no '>'?)",
        "此处开始的 IRI 没有结束（其中有空格，或缺“>”？）",
    ),
    '"': _NO_QUOTE,
    "'": _NO_QUOTE,
}


def format_of(path: Path) -> ox.RdfFormat | None:
    """Return the format of a file, which its suffix tells, `.gz` aside; None for an unknown one.

    Standard input, pipes and other devices have names without a suffix: their format is guessed from what they hold.

    Raises:
        CascqError: a device cannot be read.
    """
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    form = FORMATS.get(name.suffix.lower())
    if form is None and _is_device(path):
        return _guess(open_text(path))
    return form


def _is_device(path: Path) -> bool:
    """Tell whether a path is standard input (`-`), a pipe, or a file that another program has opened (`/dev/fd/3`)."""
    opened = path == Path("/dev/stdin") or path.parent in {Path("/dev/fd"), Path("/proc/self/fd")}
    return path == STDIN or opened or (path.exists() and not path.is_file() and not path.is_dir())


def _guess(text: str) -> ox.RdfFormat:
    """Return the format that a text is most likely in: TriG is also the way to read Turtle and N-Triples."""
    beginning = text.lstrip()
    if _MARKUP.match(beginning):
        return ox.RdfFormat.RDF_XML
    if _JSON.match(beginning):
        return ox.RdfFormat.JSON_LD
    return ox.RdfFormat.N_QUADS if _FOUR_TERMS.match(beginning) and _reads_as_quads(beginning) else ox.RdfFormat.TRIG


def _reads_as_quads(text: str) -> bool:
    try:
        return next(ox.parse(text, ox.RdfFormat.N_QUADS), None) is not None
    except SyntaxError:
        return False


def find_files(paths: Paths) -> list[Path]:
    """Return the RDF files among files and folders (or of the one that is given), each once, folders in path order.

    Hidden files and folders are passed over, so an editor's swap file is no data.

    Raises:
        CascqError: a path is empty or missing, a folder holds no RDF file, a file has an unknown suffix; all together.
    """
    return list(_by_file(paths).values())


def repeated(paths: Paths) -> list[tuple[Path, Path]]:
    """Return the files that are given again, under this name or another, each with the first name; they are read once.

    Raises:
        CascqError: as `find_files`.
    """
    found: list[tuple[Path, Path]] = []
    _by_file(paths, found)
    return found


def _by_file(paths: Paths, again: list[tuple[Path, Path]] | None = None) -> dict[Path, Path]:
    """Return the RDF files among files and folders by the file that links lead to; add to `again` what is repeated."""
    found: dict[Path, Path] = {}
    for files in collect(as_paths(paths), _files):
        for file in files:
            first = found.setdefault(file.resolve(), file)
            if first is not file and again is not None:
                again.append((file, first))
    return found


def _files(path: Path) -> list[Path]:
    """Return the RDF files that one path means.

    Raises:
        CascqError: there is none.
    """
    suffixes = " ".join(FORMATS)
    if path == STDIN:
        return [path]
    try:
        path.stat()
        is_folder = path.is_dir()
        inside = list(path.rglob("*")) if is_folder else []
    except OSError as error:
        if match := _URL.match(str(path)):
            url = f"{match[1]}://{str(path)[match.end() :]}"
            raise CascqError(
                f"{url}: this is a URL, not a file; download it first, or ask a SPARQL endpoint with --endpoint",
                f"{url}：这是 URL，不是文件；请先下载，或用 --endpoint 查询 SPARQL 端点",
            ) from None
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise CascqError(f"{path}: no such file or folder", f"{path}：文件或文件夹不存在") from None
        raise cannot_be_read(path, error) from error
    if is_folder:
        files = sorted(
            file
            for file in inside
            if not any(part.startswith(".") for part in file.relative_to(path).parts)
            and file.is_file()
            and format_of(file) is not None
        )
        if not files:
            raise CascqError(
                f"{path}: no RDF file in this folder (looked for {suffixes})",
                f"{path}：此文件夹中没有 RDF 文件（查找的后缀：{suffixes}）",
            )
        return files
    if format_of(path) is None:
        raise CascqError(
            f"{path}: unknown kind of file '{path.suffix}' (known: {suffixes}, each also with .gz)",
            f"{path}：不认识的文件类型“{path.suffix}”（可用：{suffixes}，均可再加 .gz）",
        )
    return [path]


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file; see `encoding.open_text`."""
    return open_text(path)


def parse(text: str, form: ox.RdfFormat, *, rename_blank_nodes: bool = False) -> Iterator[ox.Quad]:
    """Yield the quads of a text, as written.

    Oxigraph 0.5.13 takes the full stop at the very end of a text for a part of the local name before it if that has an
    escape: so a text ends with a line end.

    Args:
        text: the whole file, without a byte order mark.
        form: its format.
        rename_blank_nodes: give blank nodes with labels names of their own.

    Raises:
        SyntaxError: at the first mistake.
    """
    if text and text[-1] not in "\r\n":
        text += "\n"
    return ox.parse(text, form, rename_blank_nodes=rename_blank_nodes)


def read_file(path: Path) -> list[ox.Quad]:
    """Return the quads of one RDF file, as written; its blank nodes get names of their own.

    Raises:
        CascqError: unreadable, not UTF-8, a syntax error (file:line:column and the line), a literal too long for
            Oxigraph, or nothing in it.
    """
    form = format_of(path)
    if form is None:
        find_files([path])  # says what is wrong with the name
        raise AssertionError(path)
    text = read_text(path)
    try:
        # rename_blank_nodes: `_:a` in two files are two nodes
        quads = list(parse(text, form, rename_blank_nodes=True))
    except SyntaxError as error:
        raise _syntax_error(path, text, error) from error
    except ValueError as error:
        raise CascqError(f"{path}: {error}", f"{path}：{error}") from error
    except MemoryError as error:
        if "buffer" not in str(error):
            raise
        raise _too_long(path, text) from error
    if not quads:
        raise CascqError(f"{path}: nothing in it: not one triple", f"{path}：文件是空的：一个三元组也没有")
    for quad in quads:
        if isinstance(quad.object, ox.Triple):
            raise CascqError(
                f"{path}: a triple about a triple ('<<', '~' or '{{|'), which SPARQL 1.1 stores cannot keep: "
                f"{quad.object}",
                f"{path}：含有“关于三元组的三元组”（<<、~ 或 {{|），SPARQL 1.1 存储无法保存：{quad.object}",
            )
    return quads


def read_files(paths: Paths) -> dict[Path, list[ox.Quad]]:
    """Return the quads of files and folders, file by file. A file that is given twice is read once.

    Raises:
        CascqError: with one line per broken file.
    """
    files = find_files(paths)
    quads = dict(zip(files, collect(files, read_file), strict=True))
    if not quads:
        raise CascqError("nothing to read: no path was given", "没有可读取的内容：未给出路径")
    return quads


def read(paths: Paths) -> list[ox.Quad]:
    """Return all quads of files and folders; see `read_files`."""
    return [quad for quads in read_files(paths).values() for quad in quads]


def _syntax_error(path: Path, text: str, error: SyntaxError) -> CascqError:
    """Say where a file breaks the syntax, and show the line."""
    what = str(error.args[0] if error.args else error)
    if ": " in what and what.startswith("Parser error"):
        what = what.split(": ", 1)[1]  # the position is said once, in the usual form
    what_zh = what
    if "No scheme found in an absolute IRI" in what:
        what, what_zh = (
            f"{what} (an IRI must be written in full or with a prefix)",
            f"{what}（IRI 必须写全，或使用前缀）",
        )
    if "\0" in text:
        what += " (there are NUL characters in the file: it may be binary, or UTF-16)"
        what_zh += "（文件中有 NUL 字符：可能是二进制文件或 UTF-16）"
    line, column, shown = error.lineno, error.offset, ""
    begun = _UNENDED.get(_character(text, line, column)) if what.startswith("Unexpected end") else None
    if begun is not None:
        what, what_zh = f"{what}: {begun[0]}", f"{what}：{begun[1]}"
    if line is not None:
        lines = _LINE.findall(text)
        if line > 1 and not "".join(lines[line - 1 : line]).strip() and what.startswith("Unexpected end"):
            # The text ends too early: that is seen behind its last line, but to be mended in it.
            line = max((number for number, one in enumerate(lines, 1) if one.strip()), default=line)
            column = len(lines[line - 1].rstrip()) + 1
        if 0 < line <= len(lines):
            shown = _shown(lines[line - 1], (column or 1) - 1)
    where = ":".join(str(part) for part in (path, line, column) if part is not None)
    return CascqError(f"{where}: {what}{shown}", f"{where}：语法错误：{what_zh}{shown}")


def _too_long(path: Path, text: str) -> CascqError:
    """Say where a literal is longer than the buffer of Oxigraph's readers."""
    number, line = max(enumerate(text.split("\n"), 1), key=lambda pair: len(pair[1]))
    size, graph = len(line.encode()) / 1e6, _GRAPH.search(line[-_SHOWN:])
    if size < 8:  # it has lines of its own
        return CascqError(f"{path}: a literal of more than 16 MiB", f"{path}：有超过 16 MiB 的字面值")
    return CascqError(
        f"{path}:{number}: a literal of {size:.1f} MB, 16 MiB are the most{f' (graph {graph[1]})' if graph else ''}",
        f"{path}:{number}：字面值有 {size:.1f} MB，上限为 16 MiB{f'（图 {graph[1]}）' if graph else ''}",
    )


def _character(text: str, line: int | None, column: int | None) -> str:
    """Return the character at a place; nothing if there is none."""
    if line is None or column is None:
        return ""
    return "".join(_LINE.findall(text)[line - 1 : line])[column - 1 : column]


def _shown(line: str, at: int) -> str:
    """Return a line as it is shown under a message; of a long one what is around an offset."""
    start = 0 if len(line) <= _SHOWN else max(0, at - _SHOWN // 2)
    part = line[start : start + _SHOWN - 1].strip()
    if not part:
        return ""
    return f"\n    {'…' if start else ''}{part}{'…' if start + _SHOWN - 1 < len(line.rstrip()) else ''}"
