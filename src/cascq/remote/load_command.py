"""The verb `load` on the command line: its options, what it says while it works, and what it prints."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cascq.errors import CascqError
from cascq.given import path_argument, seconds_argument
from cascq.language import say

if TYPE_CHECKING:
    from cascq.remote.targets import Target

_DOING = {
    "compare": ("compared", "已比较"),
    "write": ("written", "已写入"),
    "verify": ("read back", "已回读"),
}


def add_options(parser: argparse.ArgumentParser, lang: str) -> None:
    """Add the options of `cascq load`."""

    def t(en: str, zh: str) -> str:
        return say(lang, en, zh)

    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help=t("base URL of a store, or a folder for the embedded store", "存储的基础 URL，或嵌入式存储的文件夹"),
    )
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help=t("which store it is: oxigraph, virtuoso, fuseki, graphdb, rdf4j, blazegraph, qlever, stardog, neptune, "
               "sparql (default: as it says)",
               "存储类型：oxigraph、virtuoso、fuseki、graphdb、rdf4j、blazegraph、qlever、stardog、neptune、sparql"
               "（默认自动识别）"),
    )  # fmt: skip
    parser.add_argument(
        "--user",
        metavar="NAME",
        help=t("who loads (asks for the password; or CASCQ_USER and CASCQ_PASSWORD, CASCQ_TOKEN, a netrc file)",
               "登录用户（会询问密码；也可用 CASCQ_USER 和 CASCQ_PASSWORD、CASCQ_TOKEN 或 netrc 文件）"),
    )  # fmt: skip
    parser.add_argument(
        "--data",
        action="append",
        type=path_argument(lang),
        metavar="PATH",
        help=t("RDF file or folder to load in place of the shipped data (repeatable)",
               "代替自带数据加载的 RDF 文件或文件夹（可重复）"),
    )  # fmt: skip
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help=t("only say what there is to do, graph by graph", "只列出每个图要做什么，不写入"),
    )
    parser.add_argument(
        "--prune",
        action="store_true",
        help=t(
            "remove graphs that earlier loads have made and the data no longer has", "删除先前加载、数据中已没有的图"
        ),
    )
    parser.add_argument(
        "--verify",
        choices=("written", "all", "none"),
        default="written",
        help=t("what is read back and compared (default: what was written)", "回读核对的范围（默认为写入的图）"),
    )
    parser.add_argument(
        "--timeout",
        type=seconds_argument(lang),
        metavar="SECONDS",
        help=t("how long the store may take to answer (default: 60)", "等待存储应答的秒数（默认 60）"),
    )
    services = parser.add_argument_group(t("a store without a profile", "没有预设类型的存储"))
    services.add_argument("--query-url", metavar="URL", help=t("its query service", "查询服务"))
    services.add_argument("--update-url", metavar="URL", help=t("its update service", "更新服务"))
    services.add_argument(
        "--graph-store-url", metavar="URL", help=t("its graph store service, if it has one", "图存储服务（如果有）")
    )


def run(options: argparse.Namespace) -> int:
    """`cascq load`."""
    from cascq.output import as_json, write
    from cascq.remote.loading import load_into

    target, close = _open(options)
    try:
        report = load_into(
            target,
            options.data,
            dry_run=options.dry_run,
            prune=options.prune,
            verify=options.verify,
            progress=_Progress(options.lang),
        )
    finally:
        close()
    write(as_json(report.to_dict()) if options.format == "json" else report.render(options.lang))
    return 0


def _open(options: argparse.Namespace) -> tuple[Target, Callable[[], None]]:
    """Return what is to be loaded into, and how to take leave of it."""
    from cascq.remote.opening import require_packages
    from cascq.remote.profiles import Addresses, check_url, is_url

    given = [url for url in (options.query_url, options.update_url, options.graph_store_url) if url]
    if given and not (options.query_url and options.update_url):
        raise CascqError("--query-url and --update-url go together", "--query-url 与 --update-url 须同时给出")
    if given and options.target:
        raise CascqError("a TARGET, or the addresses of its services: not both", "TARGET 与各服务的地址只能二选一")
    if not given and not options.target:
        raise CascqError(
            "where to? a folder, or the base URL of a store: cascq load http://localhost:7878",
            "加载到哪里？请给出文件夹或存储的基础 URL：cascq load http://localhost:7878",
        )
    if not given and not is_url(options.target):
        if options.profile or options.user or options.timeout is not None:
            raise CascqError(
                f"{options.target} is a folder: --profile, --user and --timeout are for a store with a URL",
                f"{options.target} 是文件夹：--profile、--user 和 --timeout 只用于有 URL 的存储",
            )
        from cascq.remote.folder_target import FolderTarget

        return FolderTarget(Path(options.target)), lambda: None
    require_packages()
    from cascq.remote.connecting import connect
    from cascq.remote.remote_target import RemoteTarget

    for url in given:
        check_url(url)
    addresses = Addresses(options.query_url, options.update_url, options.graph_store_url or "") if given else None
    url = options.target or options.query_url
    client, profile = connect(url, options.profile, options.user, options.timeout, addresses=addresses)
    return RemoteTarget(client, profile), client.close


class _Progress:
    """Says on standard error how far a load is: on a terminal in one line, else every few seconds."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._interval = 0.2 if self._terminal else 5.0
        self._said = self._since = time.monotonic()
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say it, if it is time."""
        now = time.monotonic()
        if what != self._what:
            self._what, self._since = what, self._said if not self._what else now
        last = done >= total
        if now - self._said < self._interval and not (last and self._terminal):
            return
        self._said = now
        rate = done / max(now - self._since, 0.001)
        left = (total - done) / rate if rate else 0.0
        en, zh = _DOING[what]
        text = say(
            self._lang,
            f"{en} {done} of {total} triples, {rate:.0f}/s, {left:.0f} s left",
            f"{zh} {done}/{total} 条三元组，{rate:.0f} 条/秒，还需 {left:.0f} 秒",
        )
        if self._terminal:
            print(f"\r{text}\x1b[K", end="\n" if last else "", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)
