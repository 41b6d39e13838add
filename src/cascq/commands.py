"""The verbs of the command line: each takes the parsed options, calls the module of its name and prints."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cascq import validate_command
from cascq.asked import asked_graph, asked_of_store, asked_paths, opened_store
from cascq.errors import CascqError
from cascq.language import say
from cascq.output import Options, as_json, paint, talk, write
from cascq.remote import load_command

if TYPE_CHECKING:
    from cascq.graph import KnowledgeGraph


def run_check(options: Options) -> int:
    """`cascq check`."""
    from cascq.check import check

    report = check(asked_paths(options), options.lang, opened_store(options))
    report = replace(report, asked=[*report.asked, *asked_of_store(options)])
    text = report.render(options.lang, paint(options, sys.stdout))
    write(as_json(report.to_dict()) if options.format == "json" else text)
    return 1 if report.fails() else 0


def run_query(options: Options) -> int:
    """`cascq query`."""
    if options.list:
        return _list_queries(options)
    if not options.name:
        raise CascqError(
            "which query? `cascq query --list` shows all", "要运行哪个查询？用 `cascq query --list` 查看全部"
        )
    from cascq import catalogue
    from cascq.binding import parse_params
    from cascq.undated import undated

    params = parse_params(options.param)
    catalogue.get(options.name)  # a wrong name is said before the graph is read
    graph = asked_graph(options)
    answer = graph.query(options.name, params, lang=options.lang, evidence=options.evidence)
    _print_answer(options, answer)
    if left_out := undated(graph, options.name, params, options.lang):
        talk(left_out.text(options.lang))
    _tell_namesakes(options, graph)
    if not answer.rows and options.format in {"table", "markdown"}:
        from cascq.hints import without_rows

        read = [*asked_of_store(options), *(part for path in options.data or [] for part in ("--data", str(path)))]
        for line in without_rows(graph, options.name, params, read, options.lang):
            talk(line)
    return 0


def _tell_namesakes(options: Options, graph: KnowledgeGraph) -> None:
    """Say which other things have a name that was asked for: one of them may have been meant."""
    from cascq.namespaces import shorten

    for name, others in graph.names.namesakes.items():
        if others:
            listed = ", ".join(map(shorten, others))
            talk(say(options.lang, f"also called '{name}': {listed}", f"也叫“{name}”：{listed}"))


def _list_queries(options: Options) -> int:
    """`cascq query --list [NAME]`: the names of all queries with what they answer; or all about one."""
    from cascq import catalogue, listing

    if options.param:
        raise CascqError("--param goes with asking, not with --list", "--param 用于提问，不能与 --list 同用")
    queries = [catalogue.get(options.name)] if options.name else catalogue.read_all()
    if not queries:
        raise CascqError("there are no canned queries", "没有预置查询")
    if options.format == "json":
        write(as_json([query.to_dict(options.lang) for query in queries]))
        return 0
    if options.name and options.format == "table":
        write(listing.text(queries[0], options.lang))
        return 0
    heads = {
        "topic": {"zh": "主题", "en": "topic"},
        "name": {"zh": "名称", "en": "name"},
        "question": {"zh": "问题", "en": "question"},
        "parameters": {"zh": "参数", "en": "parameters"},
    }
    rows = []
    for query in queries:
        names = [f"{p.name}*" if p.required else p.name for p in query.parameters if p.type != "language"]
        # Programs get the name of the folder, people what it means.
        topic = listing.topic(query, options.lang) if options.format in {"table", "markdown"} else query.topic
        rows.append((topic, query.name, query.question[options.lang], " ".join(names)))
    _print_table(options, heads, rows)
    if not options.name:
        talk(
            say(
                options.lang,
                f"{len(rows)} queries (* = required); all about one: cascq query --list NAME",
                f"{len(rows)} 个查询（* 为必填参数）；查看一个查询的详情：cascq query --list 名称",
            )
        )
    return 0


def _print_table(options: Options, heads: dict[str, dict[str, str]], rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows of text in one of the table formats."""
    import pyoxigraph as ox

    from cascq.answers import Answer

    answer = Answer(list(heads), [[ox.Literal(cell) for cell in row] for row in rows], heads)
    write(answer.render(options.format, options.lang))


def _print_answer(options: Options, answer: Any) -> int:
    write(answer.render(options.format, options.lang, iris=options.iris))
    if answer.boolean is None:
        count = len(answer)
        talk(say(options.lang, f"{count} row{'' if count == 1 else 's'}", f"{count} 行"))
    return 0


def run_sparql(options: Options) -> int:
    """`cascq sparql`."""
    text = _query_text(options.text)
    if not text.strip():
        raise CascqError("the query is empty", "查询为空")
    return _print_answer(options, asked_graph(options).sparql(text, evidence=options.evidence))


def _query_text(argument: str) -> str:
    """Return the query that an argument means: standard input, a file, or the argument itself."""
    from cascq.encoding import STDIN, open_text

    if argument == str(STDIN):
        return open_text(STDIN)
    try:
        is_file = bool(argument) and Path(argument).exists()
    except (OSError, ValueError):  # too long for a file name, or with a NUL: then it is a query
        is_file = False
    if is_file or (argument.endswith((".rq", ".sparql")) and not any(c.isspace() for c in argument)):
        return open_text(Path(argument))
    return argument


def run_describe(options: Options) -> int:
    """`cascq describe`."""
    graph = asked_graph(options)
    description = graph.describe(options.name, lang=options.lang)
    write(as_json(description.to_dict()) if options.format == "json" else description.render())
    _tell_namesakes(options, graph)
    return 0


def run_search(options: Options) -> int:
    """`cascq search`."""
    from cascq.likeness import excerpt
    from cascq.namespaces import shorten

    graph = asked_graph(options)
    hits = graph.search(options.text, lang=options.lang, limit=options.limit)
    if options.format == "json":
        write(
            as_json(
                [
                    {"iri": hit.iri, "label": hit.label, "matched": hit.matched, "classes": list(hit.classes)}
                    for hit in hits
                ]
            )
        )
    else:
        heads = {
            "id": {"zh": "标识", "en": "id"},
            "label": {"zh": "名称", "en": "label"},
            "matched": {"zh": "匹配", "en": "matched"},
            "class": {"zh": "类别", "en": "class"},
        }
        whole = options.format in {"csv", "tsv"}
        rows = [
            (
                shorten(hit.iri),
                hit.label,
                hit.matched if whole else excerpt(hit.matched, options.text),
                ", ".join(graph.names.label(kind, options.lang) for kind in hit.classes),
            )
            for hit in hits
        ]
        _print_table(options, heads, rows)
    _tell_found(options, graph, len(hits))
    return 0


def _tell_found(options: Options, graph: KnowledgeGraph, shown: int) -> None:
    """Say how much was found and how much of it is shown; where that is nothing, what may have been meant."""
    total = shown if shown != options.limit else len(graph.names.matching(options.text))
    part = ("", "")
    if shown < total:
        part = (f", the first {shown} shown (--limit {shown})", f"，显示前 {shown} 个（--limit {shown}）")
    talk(say(options.lang, f"{total} found{part[0]}", f"找到 {total} 个{part[1]}"))
    if not total and (near := graph.names.near(options.text)):
        listed = graph.names.listed(near, options.lang)
        talk(say(options.lang, f"did you mean: {listed}", f"是否指：{listed}"))


def run_evidence(options: Options) -> int:
    """`cascq evidence`."""
    if options.find is not None:
        from cascq.passages import find

        if not options.source or len(options.source) != 1:
            raise CascqError("--find needs one --source FILE to look in", "--find 需要一个 --source FILE")
        write(find(options.source[0], options.find, options.id, asked_graph(options).store, options.lang))
        return 0
    if options.id:
        raise CascqError("--id goes with --find", "--id 须与 --find 同用")
    graph = asked_graph(options)
    report = graph.evidence(options.name, source=options.source, lang=options.lang)
    write(as_json(report.to_dict()) if options.format == "json" else report.render())
    talk(report.summary())
    _tell_namesakes(options, graph)
    return 1 if report.fails() else 0


def run_export(options: Options) -> int:
    """`cascq export`."""
    from cascq.export import format_of, write_file

    form = options.format or format_of(options.output)
    graph = asked_graph(options)
    text = graph.export(form)
    if options.output is None:
        write(text)
    else:
        write_file(options.output, text)
        talk(say(options.lang, f"{options.output}: written", f"{options.output}：已写入"))
    return 0


def run_stats(options: Options) -> int:
    """`cascq stats`."""
    stats = asked_graph(options).stats(lang=options.lang)
    write(as_json(stats.to_dict()) if options.format == "json" else stats.render())
    return 0


RUN: dict[str, Callable[[Options], int]] = {
    "check": run_check,
    "validate": validate_command.run,
    "query": run_query,
    "sparql": run_sparql,
    "describe": run_describe,
    "search": run_search,
    "evidence": run_evidence,
    "export": run_export,
    "load": load_command.run,
    "stats": run_stats,
}
