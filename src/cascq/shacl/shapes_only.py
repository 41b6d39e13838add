"""The shapes themselves are tested: `cascq validate --shapes-only`.

Are they well-formed, by the linter and by the W3C's shapes for shapes; do they apply to anything; do they say in both
languages what is wrong; and does a case notice when a constraint is taken away.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq import resources
from cascq.given import Paths
from cascq.language import say
from cascq.names import Names
from cascq.places.locating import locate
from cascq.places.placing import shown_path
from cascq.reading import read, read_files
from cascq.reports.colour import Paint, plain
from cascq.reports.report import Finding, Location, Report, order
from cascq.shacl.cases import Case, Cases, read_cases
from cascq.shacl.engines import Engine
from cascq.shacl.removals import Bench, Reported
from cascq.shacl.shape_checks import Files, Note, finding, idle, messages, note, shapes_for_shapes, unknown_targets
from cascq.shacl.shape_lint import find


@dataclass(frozen=True)
class ShapesReport(Report):
    """What was found in shapes. `files` and `statements` are those of the shapes.

    Attributes:
        shapes: how many shapes there are.
        constraints: how many constraints these have.
        cases: how many cases were applied.
        removals: how often a constraint was removed to see whether a case notices.
    """

    shapes: int = 0
    constraints: int = 0
    cases: int = 0
    removals: int = 0

    def summary(self, lang: str, severity: str | None = None, paint: Paint = plain) -> str:
        """Return what was read, tried and found, in a few lines."""
        from cascq.reports.summary import verdict

        counts = self.counts()
        lines = [
            say(
                lang,
                f"shape files: {self.files}, shapes: {self.shapes}, constraints: {self.constraints}, "
                f"cases: {self.cases}, removals tried: {self.removals} ({self.engine}, {self.seconds:.1f} s)",
                f"{self.files} 个形状文件，{self.shapes} 个形状，{self.constraints} 个约束，{self.cases} 个用例，"
                f"试删 {self.removals} 次（{self.engine}，{self.seconds:.1f} 秒）",
            ),
            *(told[lang] for told in self.notes),
            say(
                lang,
                f"found: {counts['violation']} violations, {counts['warning']} warnings, {counts['info']} remarks",
                f"发现：违规 {counts['violation']} 条，警告 {counts['warning']} 条，提示 {counts['info']} 条",
            ),
        ]
        return "\n".join([*lines, *([] if severity is None else [verdict(self, lang, severity, paint)])])

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data: as of a validation, with the numbers of shapes, constraints and so on."""
        numbers = {name: getattr(self, name) for name in ("shapes", "constraints", "cases", "removals")}
        return {**super().to_dict(), **numbers, "notes": [dict(told) for told in self.notes]}


def validate_shapes(
    shapes: Paths | None = None,
    cases: Path | None = None,
    data: Paths | None = None,
    engine: str = "auto",
) -> ShapesReport:
    """Test shapes.

    Args:
        shapes: files and folders in place of the shipped shapes.
        cases: a folder of cases (see `cascq.shacl.cases`); for the shipped shapes those of the checkout, if it is one.
        data: data to which other people's shapes are meant to apply; without them, the world of the cases.
        engine: "auto", "shacl" or "pyshacl"; see `cascq.validation.validate`.

    Raises:
        CascqError: something cannot be read, there are no shapes, or no such engine.
    """
    started = time.perf_counter()
    applier = Engine(engine)
    own = shapes is None
    files = read_files(resources.shapes() if shapes is None else shapes)
    if own and cases is None and (resources.root() / "tests" / "shapes").is_dir():
        cases = resources.root() / "tests" / "shapes"
    tried = None if cases is None else read_cases(cases)
    given = [] if data is None else read(data)
    terms = read([*resources.ontology(), *resources.vocabularies()]) if own else []
    quads = [quad for part in files.values() for quad in part]
    bench = Bench(quads, tried.world if tried else (), (quad.triple for quad in terms), applier)

    told: list[Note] = []
    found = find(files)
    malformed = {node for f in found if f.severity == "violation" for node in (f.focus, f.value) if node}
    found += [
        *(f for f in shapes_for_shapes(files, applier, told) if malformed.isdisjoint((f.focus, f.value))),
        *messages(bench, told, own=own),
        *(unknown_targets(bench.graph, terms) if own else idle(bench, given, told)),
    ]
    elsewhere: list[Finding] = []
    removed = 0
    if tried is None:
        told.append(
            note(
                "no cases were given (--cases FOLDER), so no removal test was made",
                "未给出用例（--cases FOLDER），因此没有做删除测试",
            )
        )
    elif malformed:
        told.append(note("no case was applied: first mend the malformed shapes", "未应用用例：请先改正有误的形状"))
    else:
        elsewhere = [*_wrong(bench, tried, files), *(_failing(*case) for case in bench.failing(tried.cases))]
        unnoticed, removed = bench.unnoticed(tried.cases)
        found += [finding("constraint-unnoticed", *statement, _UNNOTICED) for statement in unnoticed]
    found = locate(found, files, {}, {}) + elsewhere
    store = ox.Store()
    store.extend([*quads, *terms])
    return ShapesReport(
        findings=sorted(found, key=order),
        files=len(files),
        statements=len(quads),
        focus_nodes={},
        checks=0,
        engine=applier.used,
        seconds=time.perf_counter() - started,
        names=Names(store),
        check_names=RULES,
        notes=[*applier.notes, *told],
        shapes=len(bench.graph.shapes),
        constraints=len(bench.constraints),
        cases=len(tried.cases) if tried and not malformed else 0,
        removals=removed,
    )


# The rules of this module and of the linter, for reports that list what was tested.
RULES = (
    *("case-failing", "constraint-unnoticed", "message-missing", "shapes-for-shapes", "target-unknown"),
    *("parameter-repeated", "parameter-value", "parameter-without-effect", "parameter-without-path"),
    *("path-ambiguous", "path-ill-formed", "path-of-node-shape", "pattern-ill-formed", "pattern-not-portable"),
    *("prefix-ill-formed", "prefix-not-declared", "query-ill-formed", "query-missing", "query-not-allowed"),
    *("shape-idle", "shape-not-described", "shape-recursive", "shape-unused", "shape-with-several-paths"),
    *("shape-without-path", "term-of-extension", "term-of-shacl-1.2", "term-unknown", "world-not-valid"),
)


_UNNOTICED = ("no case notices when this constraint is taken away", "删去此约束后，没有任何用例察觉")


def _wrong(bench: Bench, tried: Cases, files: Files) -> list[Finding]:
    """Return what is wrong in the world in which everything should be right."""
    found = [
        replace(
            f,
            source="world-not-valid",
            component=None,
            severity="violation",
            messages={
                "en": f"everything must be right in the world of the cases, but: {f.messages['en']}",
                "zh": f"用例的世界中应当一切无误，却有：{f.messages['zh']}",
            },
        )
        for f in bench.wrong()
    ]
    return locate(found, tried.files, files, {})


def _failing(case: Case, told: Sequence[Reported]) -> Finding:
    """Return the finding on a case of which something else is reported than it expects."""
    expected, reported = _shown(case.expected), "; ".join(map(_shown, told))
    en = f"case '{case.name}': expected {expected}, reported " + (reported or "nothing")
    zh = f"用例“{case.name}”：应报告 {expected}，实际报告 " + (reported or "无")
    found = finding("case-failing", ox.NamedNode(case.shape), None, None, (en, zh))
    return replace(found, places=(Location(shown_path(case.path), case.line),))


def _shown(reported: Reported) -> str:
    focus, path, component, shape = (ns.shorten(part) for part in reported)
    return " ".join(part for part in (focus, path, component, f"({shape})") if part)
