"""The verb `validate`: data against shapes and checks, or with --shapes-only the shapes themselves."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cascq.asked import asked_paths, opened_store
from cascq.errors import CascqError
from cascq.language import say
from cascq.output import Options, paint, talk, write

if TYPE_CHECKING:
    from types import ModuleType

    from cascq.graph import KnowledgeGraph


def run(options: Options) -> int:
    """Validate as asked, print the report, and return the exit code."""
    if options.shapes_only:
        return _test_shapes(options)
    if options.cases is not None:
        raise CascqError("--cases goes with --shapes-only", "--cases 须与 --shapes-only 同用")
    from cascq.validation import validate

    paths = asked_paths(options)
    target = _baseline_to_write(options)
    known = None if options.baseline is None else _baseline().read(options.baseline)
    with contextlib.ExitStack() as stack:
        opened = opened_store(options)
        if opened is not None:
            paths = [_written(options, opened, stack)]
        asked = (paths, options.shapes, options.engine, options.source)
        compared = None
        if options.changed_since is not None:
            from cascq.reports.changes import since

            compared = stack.enter_context(since(options.changed_since, *asked))
        report = validate(*asked)
        if opened is not None:
            from cascq.remote.store_validation import without_places

            report = without_places(report)
        if known is not None:
            report = _baseline().apply(report, known, paths)
        if compared is not None:
            report = compared.limit(report)
        number = 0 if target is None else _baseline().write(target, report, known, paths)
    text = report.render(options.format, options.lang, options.severity, paint(options, sys.stdout))
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
    talk(report.summary(options.lang, options.severity, paint(options, sys.stderr)))
    return 1 if report.fails(options.severity) else 0


def _written(options: Options, graph: KnowledgeGraph, stack: contextlib.ExitStack) -> Path:
    """Write what a store holds into a file for the time of a validation, and say what was read."""
    from cascq.remote.store_validation import written

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
    from cascq.shacl.shapes_only import validate_shapes

    report = validate_shapes(options.shapes, options.cases, engine=options.engine)
    text = report.render(options.format, options.lang, options.severity, paint(options, sys.stdout))
    write(text if text.endswith("\n") else text + "\n")
    talk(report.summary(options.lang, options.severity, paint(options, sys.stderr)))
    return 1 if report.fails(options.severity) else 0


def _baseline_to_write(options: Options) -> Path | None:
    """Return the file for --write-baseline: its own, that of --baseline, or the default; None if nothing is asked.

    Raises:
        CascqError: it cannot be written; better said before the work than after it.
    """
    if options.write_baseline is None:
        return None
    if options.changed_since is not None:
        raise CascqError(
            "--write-baseline accepts all findings, --changed-since shows only some: they do not go together",
            "--write-baseline 接受全部发现，--changed-since 只显示一部分，两者不能同用",
        )
    is_named = options.write_baseline is not True
    baseline = _baseline()
    target: Path = options.write_baseline if is_named else options.baseline or baseline.DEFAULT
    baseline.refuse_other_file(target)
    return target


def _baseline() -> ModuleType:
    """Return the module of baselines, which most runs do without, and which is slow to import."""
    from cascq.reports import baseline

    return baseline
