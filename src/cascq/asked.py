"""What commands are asked to read: files, the shipped data, or a store."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cascq.errors import CascqError
from cascq.given import path_argument, seconds_argument
from cascq.language import say
from cascq.output import Options, talk

if TYPE_CHECKING:
    from cascq.graph import KnowledgeGraph


def add_store_options(parser: argparse.ArgumentParser, lang: str) -> None:
    """Add the options that take the graph from a store instead of from files."""
    group = parser.add_argument_group(say(lang, "instead of files", "代替文件"))
    group.add_argument("--endpoint", metavar="URL", help=say(lang, "a SPARQL 1.1 store", "SPARQL 1.1 存储"))
    group.add_argument(
        "--profile",
        metavar="NAME",
        help=say(
            lang,
            "its kind: oxigraph, virtuoso, … (default: as it says)",
            "其类型：oxigraph、virtuoso 等（默认自动识别）",
        ),
    )
    group.add_argument(
        "--user", metavar="NAME", help=say(lang, "who asks it (asks for the password)", "访问用户（会询问密码）")
    )
    group.add_argument(
        "--timeout",
        type=seconds_argument(lang),
        metavar="SECONDS",
        help=say(lang, "until it must have begun to answer (default: 60)", "等待其开始应答的秒数（默认 60）"),
    )
    group.add_argument(
        "--store",
        type=path_argument(lang),
        metavar="DIR",
        help=say(lang, "a folder that `cascq load` has made", "由 `cascq load` 建立的文件夹"),
    )


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
