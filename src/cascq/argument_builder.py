"""What the parsers of the command line are made with: argparse, and options that verbs share, in two languages."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from cascq import __version__
from cascq.asked import add_store_options
from cascq.given import path_argument
from cascq.help_format import HelpFormatter
from cascq.language import LANGUAGES, say


class Parser(argparse.ArgumentParser):
    """argparse, with its errors in one line and in the asked language."""

    lang = "en"

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the command line, and how to get help; exit code 2."""
        hint = say(self.lang, "see", "用法见")
        colon = say(self.lang, ": ", "：")
        self.exit(2, f"{self.prog}{colon}{message}\n{hint} {self.prog} --help\n")


class Builder:
    """Makes the parsers of the verbs, with help in one language.

    Attributes:
        parser: the whole.
        data: the options that say what to read.
        colour: the option of what may be coloured.
        path: makes a path of an argument.
    """

    def __init__(self, lang: str) -> None:
        Parser.lang = self.lang = lang
        self.path: Callable[[str], Path] = path_argument(lang)
        self._common = Parser(add_help=False)
        self._common.add_argument("-h", "--help", action="help", help=self.t("show this help and exit", "显示此帮助"))
        self._common.add_argument(
            "--lang",
            choices=LANGUAGES,
            default=argparse.SUPPRESS,
            help=self.t(
                "language of labels and messages (default: from the locale)",
                "标签与消息的语言（默认取自系统区域设置）",
            ),
        )
        self.parser = Parser(
            prog="cascq",
            add_help=False,
            parents=[self._common],
            formatter_class=HelpFormatter,
            description=self.t(
                "The knowledge graph of the cooperation between the Chinese Academy of Sciences and Chongqing.",
                "中国科学院与重庆市科技合作知识图谱。",
            ),
            epilog=self.t(
                "start with: cascq check      then: cascq query --list\n"
                "exit codes: 0 fine, 1 the data was found wanting, 2 could not run",
                "从这里开始：cascq check      然后：cascq query --list\n退出码：0 正常，1 数据有问题，2 无法运行",
            ),
        )
        self.parser.add_argument(
            "--version",
            action="version",
            version=f"cascq {__version__}",
            help=self.t("show the version and exit", "显示版本"),
        )
        self._verbs = self.parser.add_subparsers(
            dest="verb", required=True, metavar=self.t("COMMAND", "命令"), title=self.t("commands", "命令")
        )
        self.data = Parser(add_help=False)
        self.data.add_argument(
            "--data",
            action="append",
            type=self.path,
            metavar="PATH",
            help=self.t(
                "RDF file or folder to read in place of the shipped data (repeatable)",
                "代替自带数据读取的 RDF 文件或文件夹（可重复）",
            ),
        )
        add_store_options(self.data, lang)
        self.colour = Parser(add_help=False)
        self.colour.add_argument(
            "--color",
            choices=("auto", "always", "never"),
            default="auto",
            help=self.t(
                "colour in the text (default: auto, on a terminal; NO_COLOR and FORCE_COLOR are honoured)",
                "文本是否用颜色（默认 auto：仅在终端上；遵守 NO_COLOR 与 FORCE_COLOR）",
            ),
        )

    def t(self, en: str, zh: str) -> str:
        """Return the text in the asked language."""
        return say(self.lang, en, zh)

    def verb(self, name: str, en: str, zh: str, *parents: Parser) -> argparse.ArgumentParser:
        """Add a verb, with the options of some parents."""
        said = self.t(en, zh)
        return self._verbs.add_parser(
            name,
            parents=[self._common, *parents],
            add_help=False,
            formatter_class=HelpFormatter,
            help=said,
            description=said,
        )

    def formats(self, choices: Sequence[str]) -> Parser:
        """Return the options of what a verb prints; the first choice is the default."""
        parent = Parser(add_help=False)
        group = parent.add_mutually_exclusive_group()
        group.add_argument(
            "--format",
            choices=choices,
            default=choices[0],
            help=self.t(f"default: {choices[0]}", f"默认：{choices[0]}"),
        )
        group.add_argument(
            "--json",
            action="store_const",
            const="json",
            dest="format",
            help=self.t("short for --format json", "即 --format json"),
        )
        return parent
