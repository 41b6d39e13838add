"""The canned queries: their headers, read strictly.

A header that says something wrong is worse than none, so everything is checked when a query is read: keys, languages,
parameters against the parameter line, columns against the SELECT. Messages name file and line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cascq import resources
from cascq.errors import CascqError, collect
from cascq.header import Header, Text
from cascq.namespaces import PREFIXES
from cascq.parameters import Parameter, read_parameters
from cascq.reading import read_text
from cascq.sparql import Term, prologue, tokens, values, variables

PARAMETER_LINE = re.compile(
    r"^\s*VALUES\s*\(\s*(?P<variables>\?\w+(?:\s+\?\w+)*)\s*\)\s*\{\s*(?P<row>\(.*\))\s*\}\s*#\s*parameters\s*$",
    re.IGNORECASE,
)
_MARKED = re.compile(r"#\s*parameters\s*$")
_KEYS = {"title", "description", "question", "parameters", "columns", "min_rows", "tags"}


@dataclass(frozen=True)
class CannedQuery:
    """A query file: its text and what its header says.

    Attributes:
        name: file name without suffix. topic: name of its folder.
        line: number (from 0) of the parameter line in the text, or None.
        example: what the file's own parameter line holds, None for UNDEF.
    """

    name: str
    topic: str
    path: Path
    text: str
    title: Text
    description: Text
    question: Text
    columns: Mapping[str, Text]
    parameters: tuple[Parameter, ...] = ()
    min_rows: int = 0
    tags: tuple[str, ...] = ()
    line: int | None = None
    example: Mapping[str, Term | None] = field(default_factory=dict)

    def parameter(self, name: str) -> Parameter:
        """Return a parameter by name.

        Raises:
            CascqError: there is none of that name; the message lists those there are.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = [parameter.name for parameter in self.parameters]
        same = [known for known in names if known.casefold() == name.casefold()]
        meant = (
            f"; did you mean {same[0]}?" if same else f"; it has: {', '.join(names)}" if names else "; it takes none"
        )
        zh = f"；是否指 {same[0]}？" if same else f"；可用参数：{'、'.join(names)}" if names else "；它没有参数"
        raise CascqError(
            f"query {self.name} has no parameter '{name}'{meant}", f"查询 {self.name} 没有参数“{name}”{zh}"
        )

    def to_dict(self, lang: str) -> dict[str, Any]:
        """Return what `cascq query --list --json` prints: texts in one language."""
        return {
            "name": self.name,
            "topic": self.topic,
            "title": self.title[lang],
            "description": self.description[lang],
            "question": self.question[lang],
            "parameters": [parameter.to_dict(lang) for parameter in self.parameters],
            "columns": [{"name": name, "label": label[lang]} for name, label in self.columns.items()],
            "min_rows": self.min_rows,
            "tags": list(self.tags),
        }


def read_query(path: Path) -> CannedQuery:
    """Read a canned query and check all that its header says.

    Raises:
        CascqError: with file and line.
    """
    text = read_text(path)
    header = Header(path, text)
    header.check_keys(_KEYS, {"title", "description", "question", "columns"})
    columns = header.columns()
    parameters = read_parameters(header)
    min_rows = header.values.get("min_rows", "0")
    if not (isinstance(min_rows, str) and re.fullmatch(r"\d{1,6}", min_rows)):
        raise header.error("'min_rows' must be a whole number", "“min_rows”必须是整数", near="min_rows")
    tags = header.values.get("tags", [])
    if not (isinstance(tags, list) and all(isinstance(tag, str) and tag for tag in tags)):
        raise header.error("'tags' must be a list of words", "“tags”必须是词的列表", near="tags")
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", path.stem):
        raise header.error("the file name must be in kebab-case", "文件名应为小写并用连字符连接", line=0)
    header.check_select(text, list(columns))
    line = _parameter_line(header, parameters)
    return CannedQuery(
        name=path.stem,
        topic=path.parent.name,
        path=path,
        text=text,
        title=header.text(header.values["title"], "title"),
        description=header.text(header.values["description"], "description"),
        question=header.text(header.values["question"], "question"),
        columns=columns,
        parameters=parameters,
        min_rows=int(min_rows),
        tags=tuple(tags),
        line=line,
        example=_example(header, text, line, parameters) if line is not None else {},
    )


def _parameter_line(header: Header, parameters: tuple[Parameter, ...]) -> int | None:
    """Find the parameter line and check it against the declared parameters."""
    marked = [i for i, line in enumerate(header.lines) if i >= header.size and _MARKED.search(line)]
    if not parameters:
        if marked:
            raise header.error("a parameter line, but no declared parameter", "有参数行，但未声明参数", line=marked[0])
        return None
    if len(marked) != 1:
        raise header.error(
            f"parameters are declared, so one line must end in '# parameters' (found {len(marked)})",
            f"已声明参数，因此必须恰有一行以“# parameters”结尾（现有 {len(marked)} 行）",
            line=marked[1] if marked else header.size,
        )
    number = marked[0]
    match = PARAMETER_LINE.match(header.lines[number])
    if not match:
        raise header.error(
            "the parameter line must read VALUES (?a ?b) { (… …) }  # parameters",
            "参数行的写法应为 VALUES (?a ?b) { (… …) }  # parameters",
            line=number,
        )
    found = [name[1:] for name in match["variables"].split()]
    declared = [parameter.variable for parameter in parameters]
    if found != declared:
        raise header.error(
            f"the parameter line has {', '.join(found)}, but declared are {', '.join(declared)}",
            f"参数行中是 {', '.join(found)}，而声明的是 {', '.join(declared)}",
            line=number,
        )
    before = [token.text for token in tokens("\n".join(header.lines[:number]))]
    if not before or before[-1] != "{" or before.count("{") - before.count("}") != 1:
        raise header.error(
            "the parameter line must come first in the outer WHERE", "参数行必须是最外层 WHERE 的第一行", line=number
        )
    used = variables("\n".join(line for i, line in enumerate(header.lines) if i != number))
    for name in declared:
        if name not in used:
            raise header.error(f"parameter '{name}' is declared but not used", f"参数“{name}”已声明但未使用", near=name)
    return number


def _example(header: Header, text: str, line: int, parameters: tuple[Parameter, ...]) -> dict[str, Term | None]:
    """Read the values that stand in the file's parameter line, and check their kinds."""
    declared, _ = prologue(list(tokens(text)))
    try:
        rows = values(header.lines[line], {**PREFIXES, **declared})
    except SyntaxError as error:
        raise header.error(
            "the values of the parameter line cannot be read", "参数行的值无法读取", line=line
        ) from error
    if len(rows) != 1:
        raise header.error("the parameter line must hold exactly one row", "参数行必须恰有一行值", line=line)
    example: dict[str, Term | None] = {}
    for parameter, value in zip(parameters, rows[0], strict=True):
        kind = _kind(value)
        wanted = {"iri": "iri", "concept": "iri", "integer": "integer", "decimal": "decimal"}.get(
            parameter.type, "string"
        )
        if kind == "UNDEF" and parameter.required:
            raise header.error(
                f"'{parameter.name}' is required, so the file must hold an example value",
                f"“{parameter.name}”为必填，文件中必须有示例值",
                line=line,
            )
        if kind not in {"UNDEF", wanted}:
            raise header.error(
                f"the value of '{parameter.name}' is of kind {kind}, but its type {parameter.type} needs {wanted}",
                f"“{parameter.name}”的值是 {kind}，而类型 {parameter.type} 需要 {wanted}",
                line=line,
            )
        example[parameter.name] = value
    return example


def _kind(value: Term | None) -> str:
    """Return "iri", "UNDEF", or the name of a literal's datatype."""
    if isinstance(value, ox.Literal):
        return value.datatype.value.rsplit("#")[-1]
    return "UNDEF" if value is None else "iri"


def names(paths: Sequence[Path] | None = None) -> dict[str, Path]:
    """Return the names of all canned queries with their files, topic by topic.

    Raises:
        CascqError: two files have the same name.
    """
    found: dict[str, Path] = {}
    for path in resources.queries() if paths is None else paths:
        if path.stem in found:
            raise CascqError(
                f"{path}: the name is taken by {found[path.stem]}", f"{path}：名称已被 {found[path.stem]} 占用"
            )
        found[path.stem] = path
    return found


def get(name: str) -> CannedQuery:
    """Read a canned query by name.

    Raises:
        CascqError: there is none of that name (near ones are suggested), or its file is broken.
    """
    known = names()
    if name not in known:
        near = (
            difflib.get_close_matches(name, list(known), 5, 0.7)
            or [n for n in known if len(name) > 1 and name in n][:5]
        )
        en, zh = near, near
        if not near:
            titled = _titled(name)
            en, zh = ([f"{query.name} ({query.title[lang]})" for query in titled] for lang in ("en", "zh"))
        raise CascqError(
            f"no query is called '{name}'; "
            + (f"did you mean: {', '.join(en)}" if en else "`cascq query --list` shows all"),
            f"没有名为“{name}”的查询；" + (f"是否指：{'、'.join(zh)}" if zh else "用 `cascq query --list` 查看全部"),
        )
    return read_query(known[name])


def _titled(text: str) -> list[CannedQuery]:
    """Return the queries, at most five, whose title in either language resembles a text, the most alike first."""
    from cascq.likeness import comparable, likeness

    found = []
    for query in read_all():
        alike = [likeness(comparable(text), comparable(title)) for title in query.title.values()]
        if best := min(filter(None, alike), default=None):
            found.append((best, query.name, query))
    return [query for _, _, query in sorted(found, key=lambda one: one[:2])[:5]]


def read_all() -> list[CannedQuery]:
    """Read all canned queries.

    Raises:
        CascqError: with one line per broken file.
    """
    return collect(names().values(), read_query)
