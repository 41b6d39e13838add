"""The `#+` headers of query and check files (YAML behind `#+`, as grlc writes it), with messages that name the line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from cascq.errors import CascqError
from cascq.language import LANGUAGES
from cascq.sparql import refuse_unsafe, syntax_error

Text = Mapping[str, str]


def _plain(node: yaml.Node, within: Sequence[yaml.Node] = ()) -> Any:
    """Turn a YAML node into text, lists and dictionaries.

    Raises:
        yaml.YAMLError: a key that is no text or occurs twice, or a node that contains itself.
    """
    if node in within:
        raise yaml.constructor.ConstructorError(None, None, "an alias refers to what it stands in", node.start_mark)
    around = [*within, node]
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be text", key.start_mark)
            if key.value in values:
                problem = f"the key '{key.value}' occurs twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            values[key.value] = _plain(value, around)
        return values
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value, around) for value in node.value]
    return node.value


class Header:
    """A `#+` header, with messages that know the line of each key. Checks use it as well as queries."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = [line.removesuffix("\r") for line in text.split("\n")]
        self.size = next((i for i, line in enumerate(self.lines) if not line.startswith("#+")), len(self.lines))
        for number, line in enumerate(self.lines[self.size :], self.size):
            if line.lstrip().startswith("#+"):
                raise self.error(
                    "a '#+' line stands outside the header at the top", "“#+”行不在文件开头的头部中", line=number
                )
        if not self.size:
            raise self.error("the file has no '#+' header", "文件没有“#+”头部", line=0)
        header = "\n".join(line[3:] if line.startswith("#+ ") else line[2:] for line in self.lines[: self.size])
        try:
            self.values: dict[str, Any] = self._load(header)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or str(error)
            raise self.error(
                f"the header is not YAML: {problem}", f"头部不是有效的 YAML：{problem}", line=mark.line if mark else 0
            ) from error
        if not isinstance(self.values, dict):
            raise self.error("the header must be a mapping of keys", "头部必须是键值映射", line=0)

    @staticmethod
    def _load(header: str) -> Any:
        """Read YAML with all scalars as text (`2016` and `no` mean themselves), refusing a key that occurs twice."""
        node = yaml.compose(header, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return None if node is None else _plain(node)

    def error(self, en: str, zh: str, line: int | None = None, near: str = "") -> CascqError:
        """Make an error at a line (counted from 0), or at the first header line with the word `near`."""
        if line is None:
            line = 0
            if near:
                pattern = re.compile(rf"(?<![\w-]){re.escape(near)}(?![\w-])")
                line = next((i for i, text in enumerate(self.lines[: self.size]) if pattern.search(text)), 0)
        return CascqError(f"{self.path}:{line + 1}: {en}", f"{self.path}:{line + 1}：{zh}")

    def check_keys(self, allowed: set[str], required: set[str]) -> None:
        """Refuse unknown keys, and the lack of required ones."""
        for key in self.values:
            if key not in allowed:
                raise self.error(*unknown_key(key, allowed), near=key)
        for key in sorted(required - set(self.values)):
            raise self.error(f"the header lacks '{key}'", f"头部缺少“{key}”", line=0)

    def text(self, value: Any, key: str, near: str | None = None) -> Text:
        """Check that a value is a text in both languages, and no other."""
        near = near if near is not None else key
        if not isinstance(value, dict):
            raise self.error(f"'{key}' needs {{zh: …, en: …}}", f"“{key}”应写成 {{zh: …, en: …}}", near=near)
        for lang in LANGUAGES:
            if not isinstance(value.get(lang), str) or not value[lang].strip():
                raise self.error(f"'{key}' lacks its text in '{lang}'", f"“{key}”缺少 {lang} 文字", near=near)
        for lang in value:
            if lang not in LANGUAGES:
                raise self.error(f"'{key}' has an unknown language '{lang}'", f"“{key}”的语言“{lang}”未知", near=near)
        return {lang: value[lang] for lang in LANGUAGES}

    def columns(self) -> dict[str, Text]:
        """Return the columns with their heads."""
        value = self.values.get("columns")
        if not isinstance(value, dict) or not value:
            raise self.error(
                "'columns' must map each column to {zh: …, en: …}", "“columns”应给出每列的中英文名", near="columns"
            )
        return {str(name): self.text(head, f"columns: {name}", near=str(name)) for name, head in value.items()}

    def check_select(self, text: str, columns: Sequence[str]) -> None:
        """Check the query's syntax, that it is a SELECT, and that it selects exactly the declared columns in order."""
        try:
            refuse_unsafe(text)
            result = ox.Store().query(text, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise syntax_error(text, error, str(self.path)) from error
        except CascqError as error:
            raise CascqError(f"{self.path}: {error.en}", f"{self.path}：{error.zh}") from error
        if not isinstance(result, ox.QuerySolutions):
            raise self.error("the query must be a SELECT", "查询必须是 SELECT", line=self.size)
        selected = [variable.value for variable in result.variables]
        if selected != list(columns):
            raise self.error(
                f"'columns' has {', '.join(columns)}, but the query selects {', '.join(selected)}",
                f"“columns”声明了 {', '.join(columns)}，而查询选出的是 {', '.join(selected)}",
                near="columns",
            )


def unknown_key(key: str, allowed: set[str], place: str = "") -> tuple[str, str]:
    """Return the message on an unknown key, in English and Chinese, with the key that may be meant."""
    near = difflib.get_close_matches(str(key), sorted(allowed), 1)
    en, zh = f"unknown key '{key}'{place}", f"未知的键“{key}”{place}"
    return (f"{en}; did you mean '{near[0]}'?", f"{zh}；是否指“{near[0]}”？") if near else (en, zh)
