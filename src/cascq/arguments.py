"""The arguments of the command line: verbs, options, and their help in two languages.

Nothing heavy is imported here: `cascq --help` must answer at once.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence

from cascq.argument_builder import Builder
from cascq.language import say
from cascq.remote.load_command import add_options as add_load_options

_TABLES = ("table", "csv", "tsv", "json", "xml", "markdown")
_TEXTS = ("text", "json")
_REPORTS = ("text", "json", "github", "gitlab", "sarif", "junit", "turtle")  # report.FORMATS, which is slow to import
_EXPORTS = ("trig", "nquads", "turtle", "jsonld", "rdfxml")


def parse(arguments: Sequence[str], lang: str) -> argparse.Namespace:
    """Return the options that arguments give; where they are wrong, say so in `lang` and exit with code 2."""
    parser = build_parser(lang)
    options, extra = parser.parse_known_args(arguments)
    if extra:
        hint = _parameters_hint(options.name, extra, lang) if options.verb == "query" else ""
        listed = " ".join(extra)
        parser.error(say(lang, f"unrecognized arguments: {listed}{hint}", f"无法识别的参数：{listed}{hint}"))
    return options


def _parameters_hint(query: str | None, extra: Sequence[str], lang: str) -> str:
    """Say how parameters of a query are given, with those that may be meant."""
    meant = []
    for number, argument in enumerate(extra):
        name, equals, value = argument.lstrip("-").partition("=")
        following = extra[number + 1 : number + 2]
        if argument.startswith("--") and not equals and following and not following[0].startswith("-"):
            equals, value = "=", following[0]
        if name and equals:
            meant.append(shlex.quote(f"{name}={value}"))
    shown = "".join(f" -p {one}" for one in meant) or say(lang, " -p NAME=VALUE", " -p 名称=值")
    command = f"cascq query --list{' ' + shlex.quote(query) if query else ''}"
    return say(
        lang,
        f"; parameters are written{shown}; which there are: {command}",
        f"；查询参数应写成{shown}；可用参数见 {command}",
    )


def build_parser(lang: str) -> argparse.ArgumentParser:
    """Return the parser, with its help in `lang`."""
    build = Builder(lang)
    _add_check(build)
    _add_validate(build)
    _add_query(build)
    _add_sparql(build)
    _add_describe(build)
    _add_search(build)
    _add_evidence(build)
    _add_export(build)
    load = build.verb(
        "load",
        "put the graph into a triple store or a folder",
        "把图谱加载到三元组存储或文件夹",
        build.formats(_TEXTS),
    )
    add_load_options(load, lang)
    build.verb("stats", "what is in the graph", "图谱中有什么", build.data, build.formats(_TEXTS))
    return build.parser


def _add_check(build: Builder) -> None:
    p = build.verb(
        "check",
        "the main job: read everything, validate, run every query, one summary",
        "主命令：读取全部、验证、运行每个查询，给出一份汇总",
        build.data,
        build.formats(_TEXTS),
        build.colour,
    )
    _add_paths(p, build)


def _add_paths(parser: argparse.ArgumentParser, build: Builder) -> None:
    """Add path arguments, which mean the same as --data."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=build.path,
        metavar="PATH",
        help=build.t("in place of the shipped data", "代替自带数据"),
    )


def _add_validate(build: Builder) -> None:
    path, t = build.path, build.t
    p = build.verb(
        "validate",
        "check data against the shapes and the checks",
        "按 SHACL 形状和检查查询验证数据",
        build.data,
        build.formats(_REPORTS),
        build.colour,
    )
    _add_paths(p, build)
    p.add_argument(
        "--shapes", action="append", type=path, metavar="PATH", help=t("in place of the shipped shapes", "代替自带形状")
    )
    p.add_argument(
        "--severity",
        choices=("violation", "warning", "info"),
        default="violation",
        help=t(
            "lowest severity that makes the exit code 1 (default: violation)",
            "使退出码为 1 的最低级别（默认 violation）",
        ),
    )
    p.add_argument(
        "--engine",
        choices=("auto", "shacl", "pyshacl"),
        default="auto",
        help=t(
            "SHACL engine: shacl is fast, pyshacl the reference (default: the fastest that can apply the shapes)",
            "SHACL 引擎：shacl 快，pyshacl 为参照（默认：能应用这些形状的最快者）",
        ),
    )
    p.add_argument(
        "--source",
        action="append",
        type=path,
        metavar="FILE",
        help=t("a source document to compare with (repeatable)", "用于核对的来源文献（可重复）"),
    )
    p.add_argument(
        "--baseline",
        type=path,
        metavar="FILE",
        help=t("accept the findings in this file: only new ones fail", "接受此文件中的发现：只有新的才算不通过"),
    )
    p.add_argument(
        "--write-baseline",
        nargs="?",
        const=True,
        type=path,
        metavar="FILE",
        help=t(
            "accept all that is found, in this file (default: that of --baseline, or cascq-baseline.json)",
            "把所有发现写入此文件予以接受（默认为 --baseline 的文件，或 cascq-baseline.json）",
        ),
    )
    p.add_argument(
        "--changed-since",
        metavar="REV",
        help=t("only what changed since this git revision", "只看自此 git 修订版本以来的改动"),
    )
    p.add_argument(
        "--shapes-only",
        action="store_true",
        help=t(
            "test the shapes themselves: form, targets, messages, and a case for each constraint",
            "检验形状本身：写法、目标、消息，以及每个约束都有用例",
        ),
    )
    p.add_argument(
        "--cases",
        type=path,
        metavar="FOLDER",
        help=t("cases for the shapes, with --shapes-only", "形状的用例，与 --shapes-only 同用"),
    )


def _add_query(build: Builder) -> None:
    t = build.t
    p = build.verb("query", "answer a canned query", "回答一个预置查询", build.data, build.formats(_TABLES))
    p.add_argument("name", nargs="?", metavar="NAME", help=t("name of the query", "查询名称"))
    p.add_argument(
        "--list",
        action="store_true",
        help=t("list the queries; with NAME, say all about it", "列出全部查询；给出名称时说明该查询"),
    )
    p.add_argument(
        "--param",
        "-p",
        action="append",
        default=[],
        metavar="K=V",
        help=t(
            "value of a parameter, as -p from=2018 (repeatable); --list NAME says which there are",
            "参数值，如 -p from=2018（可重复）；可用参数见 --list 名称",
        ),
    )
    _add_table_options(p, build)


def _add_sparql(build: Builder) -> None:
    p = build.verb(
        "sparql",
        "answer any SPARQL 1.1 query, read-only",
        "回答任意 SPARQL 1.1 查询（只读）",
        build.data,
        build.formats(_TABLES),
    )
    p.add_argument(
        "text",
        metavar="QUERY",
        help=build.t("a query, a file, or - for standard input", "查询文本、文件，或 - 表示标准输入"),
    )
    _add_table_options(p, build)


def _add_describe(build: Builder) -> None:
    p = build.verb(
        "describe",
        "all facts about one thing, with their evidence",
        "一个对象的全部事实及其依据",
        build.data,
        build.formats(_TEXTS),
    )
    p.add_argument(
        "name", metavar="NAME", help=build.t("a label, an alias, a CURIE or an IRI", "名称、别名、CURIE 或 IRI")
    )


def _add_search(build: Builder) -> None:
    p = build.verb(
        "search",
        "find things by their names, and notes and figures by their texts",
        "按名称查找对象，按文字查找注记与数字写法",
        build.data,
        build.formats(("table", "csv", "tsv", "json", "markdown")),
    )
    p.add_argument("text", metavar="TEXT", help=build.t("Chinese or English", "中文或英文"))
    p.add_argument("--limit", type=int, metavar="N", help=build.t("at most N", "最多 N 条"))


def _add_evidence(build: Builder) -> None:
    path, t = build.path, build.t
    p = build.verb(
        "evidence",
        "the passages, and with the document a check of every one",
        "段落依据；给出来源文献时逐条核对",
        build.data,
        build.formats(_TEXTS),
    )
    p.add_argument(
        "name",
        nargs="?",
        metavar="PASSAGE|ENTITY",
        help=t("which passage or thing (default: all)", "哪个段落或对象（默认全部）"),
    )
    p.add_argument(
        "--source",
        action="append",
        type=path,
        metavar="FILE",
        help=t("a source document (repeatable)", "来源文献（可重复）"),
    )
    p.add_argument(
        "--find",
        metavar="TEXT",
        help=t("print a ready passage record for a fragment of the document", "为文献中的一段文字生成段落记录"),
    )
    p.add_argument(
        "--id", metavar="CURIE", help=t("IRI of that record, as report:1.1-9", "该记录的 IRI，如 report:1.1-9")
    )


def _add_export(build: Builder) -> None:
    path, t = build.path, build.t
    p = build.verb("export", "write the whole graph", "导出整个图谱", build.data)
    p.add_argument(
        "--format",
        choices=_EXPORTS,
        default=None,
        help=t("default: by the file's suffix, else trig", "默认按文件后缀，否则 trig"),
    )
    p.add_argument(
        "--json",
        action="store_const",
        const="jsonld",
        dest="format",
        help=t("short for --format jsonld", "即 --format jsonld"),
    )
    p.add_argument(
        "-o",
        "--output",
        type=path,
        metavar="FILE",
        help=t("file to write (default: standard output)", "输出文件（默认标准输出）"),
    )


def _add_table_options(parser: argparse.ArgumentParser, build: Builder) -> None:
    """Add the options that answers have."""
    parser.add_argument(
        "--evidence",
        action="store_true",
        help=build.t("add the passages that state each row", "附上每行的依据段落"),
    )
    parser.add_argument(
        "--iris", action="store_true", help=build.t("show IRIs beside their labels", "在标签旁显示 IRI")
    )
