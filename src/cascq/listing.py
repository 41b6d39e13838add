"""One canned query as a text: what it asks, with which parameters, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator

from cascq.catalogue import CannedQuery
from cascq.language import say
from cascq.namespaces import shorten
from cascq.parameters import Parameter

_TYPES = {
    "iri": ("anything", "任何对象"),
    "concept": ("any concept", "任何概念"),
    "date": ("2020, 2020-12 or 2020-12-15", "2020、2020-12 或 2020-12-15"),
    "integer": ("a whole number", "整数"),
    "decimal": ("a number", "数字"),
    "string": ("a text", "文字"),
    "language": ("zh or en", "zh 或 en"),
}
_TOPICS = {  # what the folders of queries are called in Chinese
    "agreements": "协议",
    "changes": "变动",
    "cooperation": "合作",
    "curation": "编者工作",
    "entities": "实体",
    "evidence": "依据",
    "exhibitions": "展会",
    "figures": "数字与称号",
    "incubation": "孵化",
    "inventory": "清单",
    "people": "人员",
    "places": "地点",
    "platforms": "平台与园区",
    "projects": "项目",
    "technologies": "技术",
    "time": "时间",
}


def topic(query: CannedQuery, lang: str) -> str:
    """Return the topic of a query in a language; the name of its folder where that is not known."""
    return say(lang, query.topic, _TOPICS.get(query.topic, query.topic))


def text(query: CannedQuery, lang: str) -> str:
    """Return what there is to know before asking a query, in a language."""
    return "\n".join(_lines(query, lang)) + "\n"


def _lines(query: CannedQuery, lang: str) -> Iterator[str]:
    yield f"{query.name}  {query.title[lang]}"
    yield f"  {query.question[lang]}"
    yield f"  {query.description[lang]}"
    if query.parameters:
        yield ""
        yield say(lang, "Parameters (--param NAME=VALUE):", "参数（--param 名称=值）：")
    for parameter in query.parameters:
        yield f"  {parameter.name}  {parameter.label[lang]}"
        yield f"      {parameter.type}{say(lang, ': ', '：')}{_values(parameter, lang)}"
        yield f"      {_given(parameter, lang)}"
    yield ""
    yield say(lang, "Columns:", "列：")
    for name, head in query.columns.items():
        yield f"  {name}  {head[lang]}"
    needed = "".join(f" --param {p.name}=…" for p in query.parameters if p.required)
    yield ""
    yield say(lang, "Ask: ", "提问：") + f"cascq query {query.name}{needed}"


def _values(parameter: Parameter, lang: str) -> str:
    """Say what values a parameter takes."""
    comma = say(lang, ", ", "、")
    kind = say(lang, *_TYPES[parameter.type])

    def listed(iris: tuple[str, ...]) -> str:
        return comma.join(map(shorten, iris))

    if parameter.values:
        return say(lang, f"one of {listed(parameter.values)}", f"{listed(parameter.values)} 之一")
    if parameter.subclass_of:
        classes = listed(parameter.subclass_of)
        return say(
            lang,
            f"a class, {classes} or below (listed by: cascq query classes)",
            f"类：{classes} 或其下位类（查看全部：cascq query classes）",
        )
    if parameter.scheme:
        kind = say(lang, f"of {shorten(parameter.scheme)}", f"{shorten(parameter.scheme)} 中的概念")
    elif parameter.classes:
        kind = say(lang, f"of class {listed(parameter.classes)}", f"以下类的实例：{listed(parameter.classes)}")
    if parameter.type in {"iri", "concept"}:
        if parameter.scheme:
            command = f"cascq query concepts -p vocabulary={shorten(parameter.scheme)}"
            kind += say(lang, f" (listed by: {command})", f"（查看全部：{command}）")
        kind += say(lang, "; by a name, an alias, a CURIE or an IRI", "；可用名称、别名、CURIE 或 IRI")
    return kind


def _given(parameter: Parameter, lang: str) -> str:
    """Say whether a parameter must be given, and what it is if it is not."""
    if parameter.required:
        return say(lang, "required", "必填")
    if parameter.type == "language":
        return say(lang, "default: as --lang", "默认：同 --lang")
    if parameter.default is None:
        return say(lang, "optional; any, if left out", "可选；不给则不限")
    return say(lang, f"default: {parameter.default}", f"默认：{parameter.default}")
