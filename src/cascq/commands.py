"""The verbs of the command line: each takes the parsed options, calls the module of its name and prints."""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cascq import load_command
from cascq.chinese import reason
from cascq.errors import CascqError
from cascq.language import say

if TYPE_CHECKING:
    from cascq.colour import Paint
    from cascq.graph import KnowledgeGraph

Options = argparse.Namespace


def write(text: str) -> None:
    """Print a result. A reader that has closed its end of the pipe has seen enough: that is no error.

    Raises:
        CascqError: standard output cannot be written (a full disk).
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        if error.errno != errno.EPIPE:
            raise CascqError(
                f"standard output cannot be written: {reason(error, 'en')}", f"无法写入标准输出：{reason(error, 'zh')}"
            ) from error


def _silence(name: str = "stdout") -> None:
    """Point standard output (or error) to nowhere, so that Python does not complain when it flushes at exit."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, getattr(sys, name).fileno())
    except (OSError, ValueError):
        setattr(sys, name, io.StringIO())


def talk(text: str) -> None:
    """Say something on standard error. If nobody listens there any more, the result stands all the same."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _silence("stderr")


def as_json(value: Any) -> str:
    """Return JSON with Chinese characters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _paths(options: Options) -> list[Path] | None:
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


def _graph(options: Options) -> KnowledgeGraph:
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


def _opened(options: Options) -> KnowledgeGraph | None:
    """Return the graph in the store that is asked for; None if files are to be read.

    Raises:
        CascqError: see `cascq.graph.load`; or files are given too.
    """
    if all(part is None for part in (options.endpoint, options.store, options.profile, options.user, options.timeout)):
        return None
    if _paths(options):
        raise CascqError("files or a store, not both", "文件与存储不能同时给出")
    return _graph(options)


def run_check(options: Options) -> int:
    """`cascq check`."""
    from cascq.check import check

    report = check(_paths(options), options.lang, _opened(options))
    text = report.render(options.lang, _paint(options, sys.stdout))
    write(as_json(report.to_dict()) if options.format == "json" else text)
    return 1 if report.fails() else 0


def run_validate(options: Options) -> int:
    """`cascq validate`."""
    if options.shapes_only:
        return _test_shapes(options)
    if options.cases is not None:
        raise CascqError("--cases goes with --shapes-only", "--cases 须与 --shapes-only 同用")
    from cascq import baseline
    from cascq.connecting import without_places
    from cascq.validation import validate

    paths = _paths(options)
    target = _baseline_to_write(options)
    known = None if options.baseline is None else baseline.read(options.baseline)
    with contextlib.ExitStack() as stack:
        opened = _opened(options)
        if opened is not None:
            paths = [_written(options, opened, stack)]
        asked = (paths, options.shapes, options.engine, options.source)
        compared = None
        if options.changed_since is not None:
            from cascq.changes import since

            compared = stack.enter_context(since(options.changed_since, *asked))
        report = validate(*asked)
        if opened is not None:
            report = without_places(report)
        if known is not None:
            report = baseline.apply(report, known, paths)
        if compared is not None:
            report = compared.limit(report)
        number = 0 if target is None else baseline.write(target, report, known, paths)
    text = report.render(options.format, options.lang, options.severity, _paint(options, sys.stdout))
    write(text if text.endswith("\n") else text + "\n")
    if target is not None:
        talk(report.summary(options.lang))
        talk(
            say(
                options.lang,
                f"{target}: written, {number} findings accepted",
                f"{target}：已写入，接受 {number} 条发现",
            )
        )
        return 0
    talk(report.summary(options.lang, options.severity, _paint(options, sys.stderr)))
    return 1 if report.fails(options.severity) else 0


def _written(options: Options, graph: KnowledgeGraph, stack: contextlib.ExitStack) -> Path:
    """Write what a store holds into a file for the time of a validation, and say what was read."""
    from cascq.connecting import written

    if options.changed_since is not None:
        raise CascqError("--changed-since goes with files, not with a store", "--changed-since 只用于文件，不用于存储")
    path, sizes = stack.enter_context(written(graph.store))
    where, number = options.endpoint or options.store, sum(sizes.values())
    talk(
        say(
            options.lang,
            f"{where}: read {number} statements in {len(sizes)} graphs",
            f"{where}：已读取 {len(sizes)} 个图中的 {number} 条陈述",
        )
    )
    return path


_NOT_WITH_SHAPES_ONLY = ("data", "source", "endpoint", "store", "baseline", "write_baseline", "changed_since")


def _test_shapes(options: Options) -> int:
    """`cascq validate --shapes-only`."""
    given = [f"--{name.replace('_', '-')}" for name in _NOT_WITH_SHAPES_ONLY if getattr(options, name, None)]
    given = [*(["PATH"] if options.paths else []), *given]
    if given:
        listed = ", ".join(given)
        raise CascqError(
            f"--shapes-only tests the shapes and reads no data: it does not go with {listed}",
            f"--shapes-only 只检验形状，不读数据，不能与 {listed} 同用",
        )
    from cascq.shapes_only import validate_shapes

    report = validate_shapes(options.shapes, options.cases, engine=options.engine)
    text = report.render(options.format, options.lang, options.severity, _paint(options, sys.stdout))
    write(text if text.endswith("\n") else text + "\n")
    talk(report.summary(options.lang, options.severity, _paint(options, sys.stderr)))
    return 1 if report.fails(options.severity) else 0


def _baseline_to_write(options: Options) -> Path | None:
    """Return the file for --write-baseline: its own, that of --baseline, or the default; None if nothing is asked.

    Raises:
        CascqError: it cannot be written; better said before the work than after it.
    """
    from cascq import baseline

    if options.write_baseline is None:
        return None
    if options.changed_since is not None:
        raise CascqError(
            "--write-baseline accepts all findings, --changed-since shows only some: they do not go together",
            "--write-baseline 接受全部发现，--changed-since 只显示一部分，两者不能同用",
        )
    is_named = options.write_baseline is not True
    target: Path = options.write_baseline if is_named else options.baseline or baseline.DEFAULT
    baseline.refuse_other_file(target)
    return target


def _paint(options: Options, stream: TextIO) -> Paint:
    """Return what colours the text for a stream."""
    from cascq.colour import painter

    return painter(options.color, stream, os.environ)


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

    params = parse_params(options.param)
    catalogue.get(options.name)  # a wrong name is said before the graph is read
    graph = _graph(options)
    answer = graph.query(options.name, params, lang=options.lang, evidence=options.evidence)
    _print_answer(options, answer)
    _tell_namesakes(options, graph)
    return 0


def _tell_namesakes(options: Options, graph: KnowledgeGraph) -> None:
    """Say which other things have a name that was asked for: one of them may have been meant."""
    from cascq.namespaces import shorten

    for name, others in graph.names.namesakes.items():
        if others:
            listed = ", ".join(map(shorten, others))
            talk(say(options.lang, f"also called '{name}': {listed}", f"也叫“{name}”：{listed}"))


def _list_queries(options: Options) -> int:
    """`cascq query --list`: the names of all queries with what they answer."""
    from cascq import catalogue

    queries = catalogue.read_all()
    if not queries:
        raise CascqError("there are no canned queries", "没有预置查询")
    if options.format == "json":
        write(as_json([query.to_dict(options.lang) for query in queries]))
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
        rows.append((query.topic, query.name, query.question[options.lang], " ".join(names)))
    _print_table(options, heads, rows)
    talk(say(options.lang, f"{len(rows)} queries (* = required)", f"{len(rows)} 个查询（* 为必填参数）"))
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
    if options.evidence and _chooses_graphs(text):
        raise CascqError(
            "--evidence looks in all graphs, so it does not go with FROM", "--evidence 会查找全部图，不能与 FROM 同用"
        )
    return _print_answer(options, _graph(options).sparql(text, evidence=options.evidence))


def _chooses_graphs(query: str) -> bool:
    """Tell whether a query has a FROM clause; a broken one is reported when it is run."""
    from cascq.sparql import dataset

    try:
        return bool(dataset(query))
    except (SyntaxError, ValueError):
        return False


def _query_text(argument: str) -> str:
    """Return the query that an argument means: standard input, a file, or the argument itself."""
    from cascq.reading import read_text

    if argument == "-":
        try:
            return sys.stdin.read()
        except UnicodeDecodeError as error:
            raise CascqError("standard input is not UTF-8", "标准输入不是 UTF-8 编码") from error
    try:
        is_file = bool(argument) and Path(argument).exists()
    except (OSError, ValueError):  # too long for a file name, or with a NUL: then it is a query
        is_file = False
    if is_file or (argument.endswith((".rq", ".sparql")) and not any(c.isspace() for c in argument)):
        return read_text(Path(argument))
    return argument


def run_describe(options: Options) -> int:
    """`cascq describe`."""
    graph = _graph(options)
    description = graph.describe(options.name, lang=options.lang)
    write(as_json(description.to_dict()) if options.format == "json" else description.render())
    _tell_namesakes(options, graph)
    return 0


def run_search(options: Options) -> int:
    """`cascq search`."""
    from cascq.namespaces import shorten

    if options.limit is not None and options.limit < 1:
        raise CascqError("--limit must be 1 or more", "--limit 须为 1 或以上")
    graph = _graph(options)
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
            "class": {"zh": "类", "en": "class"},
        }
        rows = [
            (
                shorten(hit.iri),
                hit.label,
                hit.matched,
                ", ".join(graph.names.label(kind, options.lang) for kind in hit.classes),
            )
            for hit in hits
        ]
        _print_table(options, heads, rows)
    talk(say(options.lang, f"{len(hits)} found", f"找到 {len(hits)} 个"))
    return 0


def run_evidence(options: Options) -> int:
    """`cascq evidence`."""
    if options.find is not None:
        from cascq.passages import find

        if not options.source or len(options.source) != 1:
            raise CascqError("--find needs one --source FILE to look in", "--find 需要一个 --source FILE")
        write(find(options.source[0], options.find, options.id, _graph(options).store, options.lang))
        return 0
    if options.id:
        raise CascqError("--id goes with --find", "--id 须与 --find 同用")
    graph = _graph(options)
    report = graph.evidence(options.name, source=options.source, lang=options.lang)
    write(as_json(report.to_dict()) if options.format == "json" else report.render())
    talk(report.summary())
    _tell_namesakes(options, graph)
    return 1 if report.fails() else 0


def run_export(options: Options) -> int:
    """`cascq export`."""
    from cascq.export import format_of, write_file

    form = options.format or format_of(options.output)
    graph = _graph(options)
    text = graph.export(form)
    if options.output is None:
        write(text)
    else:
        write_file(options.output, text)
        talk(say(options.lang, f"{options.output}: written", f"{options.output}：已写入"))
    return 0


def run_stats(options: Options) -> int:
    """`cascq stats`."""
    stats = _graph(options).stats(lang=options.lang)
    write(as_json(stats.to_dict()) if options.format == "json" else stats.render())
    return 0


RUN: dict[str, Callable[[Options], int]] = {
    "check": run_check,
    "validate": run_validate,
    "query": run_query,
    "sparql": run_sparql,
    "describe": run_describe,
    "search": run_search,
    "evidence": run_evidence,
    "export": run_export,
    "load": load_command.run,
    "stats": run_stats,
}
