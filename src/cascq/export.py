"""Writing the graph in the standard formats, the same bytes for the same graph."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.chinese import reason
from cascq.errors import CascqError
from cascq.remote.stores import Store

FORMATS: dict[str, ox.RdfFormat] = {
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_SUFFIXES = {
    ".trig": "trig",
    ".nq": "nquads",
    ".ttl": "turtle",
    ".jsonld": "jsonld",
    ".rdf": "rdfxml",
    ".xml": "rdfxml",
}
# What the process has open already: by name, or by number.
_OPENED = re.compile(r"/dev/std(out|err)|/(?:dev|proc/self)/fd/(\d{1,9})")
_UNION = {"turtle", "rdfxml"}  # these formats have no named graphs


def format_of(path: Path | None) -> str:
    """Return the format that a file name means; trig if there is none, or one of a pipe or device without a suffix.

    Raises:
        CascqError: the suffix is unknown.
    """
    if path is None or (not path.suffix and _is_special(path)):
        return "trig"
    form = _SUFFIXES.get(path.suffix.lower())
    if form is None:
        known = " ".join(_SUFFIXES)
        raise CascqError(
            f"{path}: the suffix names no format (known: {known}); use --format",
            f"{path}：后缀不对应任何格式（可用：{known}）；请用 --format",
        )
    return form


def export(store: Store, form: str = "trig") -> str:
    """Return the whole store as text: data, sources, ontology, vocabularies and the derived graph.

    Graphs, subjects, properties and values are in a fixed order; blank nodes, if there are any, get canonical names.

    Args:
        store: the graph.
        form: one of `FORMATS`. turtle and rdfxml have no named graphs and get the union.

    Raises:
        CascqError: an unknown format, or a graph that it cannot hold.
    """
    if form not in FORMATS:
        known = ", ".join(FORMATS)
        raise CascqError(f"unknown format '{form}' (known: {known})", f"未知的格式“{form}”（可用：{known}）")
    quads = list(store)
    if any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object, quad.graph_name)):
        dataset = ox.Dataset(quads)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        quads = list(dataset)
    if form in _UNION:
        quads = list({ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads})
    quads.sort(key=_key)
    try:
        if form in {"nquads", "jsonld"}:
            content = ox.serialize(quads, format=FORMATS[form])
        else:
            content = ox.serialize(quads, format=FORMATS[form], prefixes=ns.PREFIXES)
    except ValueError as error:
        raise CascqError(f"{form} cannot hold this graph: {error}", f"{form} 无法容纳此图谱：{error}") from error
    text = (content or b"").decode("utf-8")
    return text if text.endswith("\n") else text + "\n"


def _key(quad: ox.Quad) -> tuple[object, ...]:
    """Order by graph and subject as a person counts (1.1-2 before 1.1-10); the type first."""
    predicate = quad.predicate.value
    return (
        ns.natural_key(str(quad.graph_name)),
        ns.natural_key(str(quad.subject)),
        predicate != ns.RDF_TYPE,
        predicate,
        str(quad.object),
    )


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all: a temporary file beside it takes its place when it is complete.

    What exists and is no regular file (a pipe, a device, what the shell has opened as /dev/stdout) is written into: it
    cannot be replaced, and must not be.

    Raises:
        CascqError: it cannot be written (no such folder, no permission, full disk); an old file stays as it was.
    """
    if path.is_dir():
        raise CascqError(f"{path}: is a folder", f"{path}：是文件夹")
    if _is_special(path):
        _write_into(path, text)
        return
    temporary: str | None = None
    try:
        target = path.resolve()  # a link stays a link
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; the result gets what open() would have given it
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        if isinstance(error, OSError):
            raise CascqError(
                f"{path}: cannot be written: {reason(error, 'en')}; nothing was changed",
                f"{path}：无法写入：{reason(error, 'zh')}；未作任何改动",
            ) from error
        raise


def _is_special(path: Path) -> bool:
    """Tell whether a path exists and is no regular file, or is one that the process has open, as /dev/stdout."""
    return _opened(path) is not None or (path.exists() and not path.is_file())


def _opened(path: Path) -> int | None:
    """Return the number under which the process has a file open, if the path means that."""
    match = _OPENED.fullmatch(path.as_posix())
    if match is None or os.name != "posix":
        return None
    return {"out": 1, "err": 2}[match[1]] if match[1] else int(match[2])


def _write_into(path: Path, text: str) -> None:
    """Write into a pipe, a device, or what is open already. A reader that has closed its end has seen enough."""
    opened = _opened(path)
    try:
        # What is open is not opened again: with `>> FILE` that would begin the file anew.
        handle = os.open(path, os.O_WRONLY) if opened is None else os.dup(opened)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except BrokenPipeError:
        pass
    except OSError as error:
        raise CascqError(
            f"{path}: cannot be written: {reason(error, 'en')}", f"{path}：无法写入：{reason(error, 'zh')}"
        ) from error


def _umask() -> int:
    """Return the process's file mode mask (it can only be read by setting it)."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
