"""What commands are asked to read: files, the shipped data, or a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cascq.errors import CascqError
from cascq.language import say
from cascq.output import Options, talk

if TYPE_CHECKING:
    from cascq.graph import KnowledgeGraph


def asked_paths(options: Options) -> list[Path] | None:
    """Return what to read in place of the shipped data: the path arguments and --data mean the same.

    Says which files are given more than once.

    Raises:
        CascqError: see `cascq.reading.find_files`.
    """
    paths = [*options.paths, *(options.data or [])]
    if len(paths) > 1:
        from cascq.reading import repeated

        for path, first in dict.fromkeys(repeated(paths)):
            same = "" if path == first else f" ({first})"
            talk(say(options.lang, f"{path}: given twice{same}, read once", f"{path}：重复给出{same}，只读一次"))
    return paths or None


def asked_graph(options: Options) -> KnowledgeGraph:
    """Return the graph that is asked for: the shipped one, that of files, or what a store holds.

    Raises:
        CascqError: see `cascq.graph.load`.
    """
    from cascq.graph import load

    return load(
        options.data,
        endpoint=options.endpoint,
        store=options.store,
        profile=options.profile,
        user=options.user,
        timeout=options.timeout,
        note=lambda en, zh: talk(say(options.lang, en, zh)),
    )


def asked_of_store(options: Options) -> list[str]:
    """Return the options that ask for a store, as arguments of the command line; none if files are to be read."""
    given = {name: getattr(options, name) for name in ("endpoint", "store", "profile", "user", "timeout")}
    return [part for name, value in given.items() if value is not None for part in (f"--{name}", str(value))]


def opened_store(options: Options) -> KnowledgeGraph | None:
    """Return the graph in the store that is asked for; None if files are to be read.

    Raises:
        CascqError: see `cascq.graph.load`; or files are given too.
    """
    if not asked_of_store(options):
        return None
    if asked_paths(options):
        raise CascqError("files or a store, not both", "文件与存储不能同时给出")
    return asked_graph(options)
