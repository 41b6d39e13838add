"""The command line: it parses, calls and prints. What it can do is done by the modules of the same names.

Exit codes: 0 fine; 1 the data was found wanting (validate, check, evidence --source); 2 could not run.
Nothing heavy is imported here: `cascq --help` must answer at once.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from cascq import __version__
from cascq.chinese import argparse_in, reason
from cascq.errors import CascqError
from cascq.given import path_argument, seconds_argument
from cascq.language import LANGUAGES, default_language, say
from cascq.remote.load_command import add_options as add_load_options

_TABLES = ("table", "csv", "tsv", "json", "xml", "markdown")
_TEXTS = ("text", "json")
_REPORTS = ("text", "json", "github", "gitlab", "sarif", "junit", "turtle")  # report.FORMATS, which is slow to import
_EXPORTS = ("trig", "nquads", "turtle", "jsonld", "rdfxml")


class _Parser(argparse.ArgumentParser):
    """argparse, with its errors in one line and in the asked language."""

    lang = "en"

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the command line, and how to get help; exit code 2."""
        hint = say(self.lang, "see", "用法见")
        colon = say(self.lang, ": ", "：")
        self.exit(2, f"{self.prog}{colon}{message}\n{hint} {self.prog} --help\n")


def build_parser(lang: str) -> argparse.ArgumentParser:
    """Return the parser, with its help in `lang`."""

    def t(en: str, zh: str) -> str:
        return say(lang, en, zh)

    path = path_argument(lang)
    _Parser.lang = lang
    common = _Parser(add_help=False)
    common.add_argument("-h", "--help", action="help", help=t("show this help and exit", "显示此帮助"))
    common.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help=t(
            "language of labels and messages (default: from the locale)", "标签与消息的语言（默认取自系统区域设置）"
        ),
    )
    data = _Parser(add_help=False)
    data.add_argument(
        "--data",
        action="append",
        type=path,
        metavar="PATH",
        help=t(
            "RDF file or folder to read in place of the shipped data (repeatable)",
            "代替自带数据读取的 RDF 文件或文件夹（可重复）",
        ),
    )

    _store_options(data, lang)

    def formats(choices: Sequence[str]) -> _Parser:
        parent = _Parser(add_help=False)
        group = parent.add_mutually_exclusive_group()
        group.add_argument(
            "--format", choices=choices, default=choices[0], help=t(f"default: {choices[0]}", f"默认：{choices[0]}")
        )
        group.add_argument(
            "--json",
            action="store_const",
            const="json",
            dest="format",
            help=t("short for --format json", "即 --format json"),
        )
        return parent

    parser = _Parser(
        prog="cascq",
        add_help=False,
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=t(
            "The knowledge graph of the cooperation between the Chinese Academy of Sciences and Chongqing.",
            "中国科学院与重庆市科技合作知识图谱。",
        ),
        epilog=t(
            "start with: cascq check      then: cascq query --list\n"
            "exit codes: 0 fine, 1 the data was found wanting, 2 could not run",
            "从这里开始：cascq check      然后：cascq query --list\n退出码：0 正常，1 数据有问题，2 无法运行",
        ),
    )
    parser.add_argument(
        "--version", action="version", version=f"cascq {__version__}", help=t("show the version and exit", "显示版本")
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=t("COMMAND", "命令"), title=t("commands", "命令"))

    def verb(name: str, parents: list[_Parser], en: str, zh: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, parents=[common, *parents], add_help=False, help=t(en, zh), description=t(en, zh))

    colour = _Parser(add_help=False)
    colour.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help=t(
            "colour in the text (default: auto, on a terminal; NO_COLOR and FORCE_COLOR are honoured)",
            "文本是否用颜色（默认 auto：仅在终端上；遵守 NO_COLOR 与 FORCE_COLOR）",
        ),
    )

    p = verb("check", [data, formats(_TEXTS), colour],
             "the main job: read everything, validate, run every query, one summary",
             "主命令：读取全部、验证、运行每个查询，给出一份汇总")  # fmt: skip
    p.add_argument(
        "paths", nargs="*", type=path, metavar="PATH", help=t("in place of the shipped data", "代替自带数据")
    )

    p = verb("validate", [data, formats(_REPORTS), colour], "check data against the shapes and the checks",
             "按 SHACL 形状和检查查询验证数据")  # fmt: skip
    p.add_argument(
        "paths", nargs="*", type=path, metavar="PATH", help=t("in place of the shipped data", "代替自带数据")
    )
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

    p = verb("query", [data, formats(_TABLES)], "answer a canned query", "回答一个预置查询")
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
        help=t("value of a parameter (repeatable)", "参数值（可重复）"),
    )
    _table_options(p, lang)

    p = verb(
        "sparql", [data, formats(_TABLES)], "answer any SPARQL 1.1 query, read-only", "回答任意 SPARQL 1.1 查询（只读）"
    )
    p.add_argument(
        "text", metavar="QUERY", help=t("a query, a file, or - for standard input", "查询文本、文件，或 - 表示标准输入")
    )
    _table_options(p, lang)

    p = verb(
        "describe",
        [data, formats(_TEXTS)],
        "all facts about one thing, with their evidence",
        "一个对象的全部事实及其依据",
    )
    p.add_argument("name", metavar="NAME", help=t("a label, an alias, a CURIE or an IRI", "名称、别名、CURIE 或 IRI"))

    p = verb("search", [data, formats(("table", "csv", "tsv", "json", "markdown"))],
             "find things by their labels and aliases", "按名称和别名查找")  # fmt: skip
    p.add_argument("text", metavar="TEXT", help=t("Chinese or English", "中文或英文"))
    p.add_argument("--limit", type=int, metavar="N", help=t("at most N", "最多 N 条"))

    p = verb("evidence", [data, formats(_TEXTS)], "the passages, and with the document a check of every one",
             "段落依据；给出来源文献时逐条核对")  # fmt: skip
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

    p = verb("export", [data], "write the whole graph", "导出整个图谱")
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

    p = verb(
        "load",
        [formats(_TEXTS)],
        "put the graph into a triple store or a folder",
        "把图谱加载到三元组存储或文件夹",
    )
    add_load_options(p, lang)

    verb("stats", [data, formats(_TEXTS)], "what is in the graph", "图谱中有什么")
    return parser


def _store_options(parser: argparse.ArgumentParser, lang: str) -> None:
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


def _table_options(parser: argparse.ArgumentParser, lang: str) -> None:
    """Add the options that answers have."""
    parser.add_argument(
        "--evidence", action="store_true", help=say(lang, "add the passages that state each row", "附上每行的依据段落")
    )
    parser.add_argument(
        "--iris", action="store_true", help=say(lang, "show IRIs beside their labels", "在标签旁显示 IRI")
    )


def _asked_language(arguments: Sequence[str]) -> str:
    """Find the language before parsing, so that help and usage errors come in it too."""
    for index, argument in enumerate(arguments):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        if value in LANGUAGES:
            return str(value)
    return default_language(os.environ)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never a traceback.

    Args:
        arguments: without the program's name; from the process if left out.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    lang = _asked_language(arguments)
    # A command makes many objects, few circles of them, and ends soon: looking for circles takes a third of its time.
    gc.set_threshold(200_000, 50, 100)
    _prepare_streams()
    try:
        with argparse_in(lang):
            options = build_parser(lang).parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    options.lang = lang
    from cascq import commands
    from cascq.output import talk

    try:
        return commands.RUN[options.verb](options)
    except CascqError as error:
        from cascq.terms import visible

        talk(visible(f"cascq: {_message(error, lang)}"))
    except KeyboardInterrupt:
        talk(say(lang, "cascq: interrupted", "cascq：已中断"))
    except RecursionError:
        talk(say(lang, "cascq: the input is nested too deeply", "cascq：输入嵌套过深"))
    except MemoryError:
        talk(say(lang, "cascq: out of memory", "cascq：内存不足"))
    except OSError as error:
        where = f"{error.filename}{say(lang, ': ', '：')}" if error.filename else ""
        talk(f"cascq: {where}{reason(error, lang)}")
    return 2


def _message(error: CascqError, lang: str) -> str:
    """Return the message of an error; what the system said is in the asked language too."""
    message, cause = error.message(lang), error.__cause__
    if isinstance(cause, OSError) and cause.strerror:
        message = message.replace(cause.strerror, reason(cause, lang))
    return message


def _prepare_streams() -> None:
    """Write UTF-8 into files and pipes whatever the locale says; on a terminal, never fail on a character."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
