"""Reading RDF files and folders, with messages that say file, line and column.

Syntax is checked by Oxigraph's parsers; what is returned are the quads exactly as written (the store, not the parser,
rewrites numbers).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox

from cascq.chinese import reason
from cascq.errors import CascqError, collect

FORMATS: dict[str, ox.RdfFormat] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
}


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the RDF files among files and folders, each once, folders in path order.

    Hidden files and folders are passed over, so an editor's swap file is no data.

    Raises:
        CascqError: a path is missing, a folder holds no RDF file, a file has an unknown suffix; all of them together.
    """
    found: dict[Path, Path] = {}
    errors: list[CascqError] = []
    suffixes = " ".join(FORMATS)
    for path in paths:
        if path.is_dir():
            files = sorted(
                file
                for file in path.rglob("*")
                if file.suffix.lower() in FORMATS
                and file.is_file()
                and not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
            if not files:
                errors.append(
                    CascqError(
                        f"{path}: no RDF file in this folder (looked for {suffixes})",
                        f"{path}：此文件夹中没有 RDF 文件（查找的后缀：{suffixes}）",
                    )
                )
        elif not path.exists():
            errors.append(CascqError(f"{path}: no such file or folder", f"{path}：文件或文件夹不存在"))
            continue
        elif path.suffix.lower() not in FORMATS:
            errors.append(
                CascqError(
                    f"{path}: unknown kind of file '{path.suffix}' (known: {suffixes})",
                    f"{path}：不认识的文件类型“{path.suffix}”（可用：{suffixes}）",
                )
            )
            continue
        else:
            files = [path]
        for file in files:
            found.setdefault(file.resolve(), file)
    if errors:
        raise CascqError.join(errors)
    return list(found.values())


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file.

    Raises:
        CascqError: it cannot be read, or is not UTF-8 (with the position of the first wrong byte).
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise CascqError(f"{path}: no such file", f"{path}：文件不存在") from error
    except IsADirectoryError as error:
        raise CascqError(f"{path}: this is a folder, not a file", f"{path}：这是文件夹，不是文件") from error
    except OSError as error:
        raise CascqError(
            f"{path}: cannot be read: {reason(error, 'en')}", f"{path}：无法读取：{reason(error, 'zh')}"
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CascqError(
            f"{path}:{line}: not UTF-8: byte {error.start + 1} of the file is 0x{content[error.start]:02x}",
            f"{path}:{line}：不是 UTF-8 编码：文件的第 {error.start + 1} 个字节是 0x{content[error.start]:02x}",
        ) from error


def read_file(path: Path) -> list[ox.Quad]:
    """Return the quads of one RDF file, as written; its blank nodes get names of their own.

    Raises:
        CascqError: unreadable, not UTF-8, a syntax error (file:line:column and the line), or nothing in it.
    """
    text = read_text(path)
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        find_files([path])  # says what is wrong with the name
        raise AssertionError(path)
    try:
        # rename_blank_nodes: `_:a` in two files are two nodes
        quads = list(ox.parse(text, form, rename_blank_nodes=True))
    except SyntaxError as error:
        raise _syntax_error(path, text, error) from error
    except ValueError as error:
        raise CascqError(f"{path}: {error}", f"{path}：{error}") from error
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


def read_files(paths: Sequence[Path]) -> dict[Path, list[ox.Quad]]:
    """Return the quads of files and folders, file by file. A file that is given twice is read once.

    Raises:
        CascqError: with one line per broken file.
    """
    files = find_files(paths)
    quads = dict(zip(files, collect(files, read_file), strict=True))
    if not quads:
        raise CascqError("nothing to read: no path was given", "没有可读取的内容：未给出路径")
    return quads


def read(paths: Sequence[Path]) -> list[ox.Quad]:
    """Return all quads of files and folders; see `read_files`."""
    return [quad for quads in read_files(paths).values() for quad in quads]


def _syntax_error(path: Path, text: str, error: SyntaxError) -> CascqError:
    """Say where a file breaks the syntax, and show the line."""
    what = str(error.args[0] if error.args else error)
    if ": " in what and what.startswith("Parser error"):
        what = what.split(": ", 1)[1]  # the position is said once, in the usual form
    if "No scheme found in an absolute IRI" in what:
        what += " (an IRI must be written in full or with a prefix)"
    where = f"{path}"
    shown = ""
    if error.lineno is not None:
        where += f":{error.lineno}" + (f":{error.offset}" if error.offset is not None else "")
        lines = text.splitlines()
        if 0 < error.lineno <= len(lines) and (line := lines[error.lineno - 1].strip()):
            shown = "\n    " + (line if len(line) <= 160 else line[:157] + "…")
    return CascqError(f"{where}: {what}{shown}", f"{where}：语法错误：{what}{shown}")
