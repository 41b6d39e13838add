"""Findings of shapes and checks, and the report that holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.language import LANGUAGES, say
from cascq.terms import one_line

if TYPE_CHECKING:
    from cascq.names import Names

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
FORMATS = ("text", "json", "turtle")
Node = ox.NamedNode | ox.BlankNode | ox.Literal

_HEADS = {"violation": ("Violations", "违规"), "warning": ("Warnings", "警告"), "info": ("Remarks", "提示")}
_GRAPHS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a shape or a check found.

    Attributes:
        severity: "violation" blocks, "warning" asks, "info" tells.
        source: IRI of the shape, or name of the check.
        focus: the node at fault.
        path: the property concerned, if one is.
        value: the value concerned, if one is.
        component: IRI of the SHACL constraint component; None for checks.
        messages: what is wrong and what to do, in "zh" and "en".
        passage: IRI of the named graph in which the fault stands, if it stands in one.
        path_text: a path that is more than one property, in SPARQL's notation.
        path_turtle: the same in Turtle.
        expected: the constraint, as "sh:maxCount 1".
        graphs: IRIs of the named graphs that hold the triple, or else those that describe the node.
    """

    severity: Severity
    source: str
    focus: Node
    path: ox.NamedNode | None
    value: Node | None
    component: str | None
    messages: Mapping[str, str]
    passage: str | None
    path_text: str = ""
    path_turtle: str = ""
    expected: str = ""
    graphs: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """Node, path and value as text: findings with one place are about one triple."""
        path = ns.shorten(self.path.value) if self.path is not None else self.path_text
        return term_text(self.focus), path, "" if self.value is None else term_text(self.value)


@dataclass(frozen=True)
class Report:
    """What validation found, in an order that depends on the data alone.

    Attributes:
        findings: most severe first, then by node, path, value and source.
        files: how many data files were read.
        statements: how many statements they hold.
        focus_nodes: how many nodes each shape was applied to, by IRI of the shape.
        checks: how many checks were run.
        engine: the SHACL engine.
        seconds: how long it took.
        names: the names in the data, for labels.
    """

    findings: Sequence[Finding]
    files: int
    statements: int
    focus_nodes: Mapping[str, int]
    checks: int
    engine: str
    seconds: float
    names: Names = field(repr=False)

    def counts(self) -> dict[str, int]:
        """Return how many findings there are of each severity, the most severe first."""
        return {severity: sum(1 for f in self.findings if f.severity == severity) for severity in SEVERITIES}

    def fails(self, severity: str = "violation") -> bool:
        """Tell whether there is a finding of this severity or a graver one.

        Raises:
            CascqError: no such severity.
        """
        if severity not in SEVERITIES:
            raise CascqError(
                f"'{severity}' is no severity: {', '.join(SEVERITIES)}",
                f"没有“{severity}”这一级别：{'、'.join(SEVERITIES)}",
            )
        graver = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return any(finding.severity in graver for finding in self.findings)

    def summary(self, lang: str) -> str:
        """Return three lines: what was read and applied, the focus nodes of each shape, what was found."""
        number = len(self.focus_nodes)
        nodes = ", ".join(f"{iri.removeprefix(ns.SHAPES)} {count}" for iri, count in sorted(self.focus_nodes.items()))
        c = self.counts()
        return "\n".join(
            (
                say(
                    lang,
                    f"{self.files} files, {self.statements} statements, {number} shapes, {self.checks} checks "
                    f"({self.engine}, {self.seconds:.1f} s)",
                    f"{self.files} 个文件，{self.statements} 条陈述，{number} 个形状，{self.checks} 个检查"
                    f"（{self.engine}，{self.seconds:.1f} 秒）",
                ),
                say(lang, f"focus nodes: {nodes}", f"各形状的焦点节点数：{nodes}"),
                say(
                    lang,
                    f"found: {c['violation']} violations, {c['warning']} warnings, {c['info']} remarks",
                    f"发现：违规 {c['violation']} 条，警告 {c['warning']} 条，提示 {c['info']} 条",
                ),
            )
        )

    def render(self, form: str, lang: str) -> str:
        """Return the findings as text, JSON or Turtle.

        Args:
            form: "text"; "json" (see `to_dict`); "turtle", the W3C's sh:ValidationReport with the findings of checks
                as results whose sh:sourceConstraint is the check.
            lang: language of the text; the other forms hold both.

        Raises:
            CascqError: no such form.
        """
        if form == "json":
            return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"
        if form == "turtle":
            from cascq.turtle_report import turtle

            return turtle(self.findings)
        if form != "text":
            raise CascqError(
                f"unknown format '{form}': {', '.join(FORMATS)}", f"未知格式“{form}”：{'、'.join(FORMATS)}"
            )
        return "\n".join(self._text(lang)) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, the same for the same data.

        Keys: `conforms` (no finding at all), `files`, `statements`, `checks`, `engine`, `counts` (by severity),
        `focusNodes` (by IRI of the shape), `findings`. A finding has `severity`; `source` (IRI of the shape, or name of
        the check); `component` (IRI, null for checks); `focus` and `value` (`type` iri, bnode or literal; `value`; for
        literals `lang` or `datatype`; for focus nodes `label` by language); `path` (IRI, or a path in SPARQL's
        notation, or null); `expected` (the constraint, empty for checks); `messages` (by language); `graphs` (IRIs).
        """
        return {
            "conforms": not self.findings,
            "files": self.files,
            "statements": self.statements,
            "checks": self.checks,
            "engine": self.engine,
            "counts": self.counts(),
            "focusNodes": dict(sorted(self.focus_nodes.items())),
            "findings": [self._finding_dict(finding) for finding in self.findings],
        }

    def _finding_dict(self, f: Finding) -> dict[str, Any]:
        focus = _term_dict(f.focus)
        if isinstance(f.focus, ox.NamedNode):
            focus["label"] = {lang: self.names.label(f.focus.value, lang) for lang in LANGUAGES}
        return {
            "severity": f.severity,
            "source": f.source,
            "component": f.component,
            "focus": focus,
            "path": f.path.value if f.path is not None else f.path_text or None,
            "value": None if f.value is None else _term_dict(f.value),
            "expected": f.expected,
            "messages": {lang: f.messages[lang] for lang in LANGUAGES},
            "graphs": list(f.graphs),
        }

    def _text(self, lang: str) -> Iterator[str]:
        """Yield the lines of the text: by severity, then by node; what several sources say of one triple together."""
        if not self.findings:
            yield say(lang, "Nothing to complain about.", "没有发现问题。")
        first = True
        for severity, found in groupby(self.findings, key=lambda f: f.severity):
            findings = list(found)
            head = say(lang, *_HEADS[severity])
            yield ("" if first else "\n") + say(lang, f"{head}: {len(findings)}", f"{head}：{len(findings)} 条")
            first = False
            for focus, of_node in groupby(findings, key=lambda f: term_text(f.focus)):
                yield ""
                group = list(of_node)
                node = group[0].focus
                label = self.names.label(node.value, lang) if isinstance(node, ox.NamedNode) else focus
                yield f"  {focus}" + (f"  {one_line(label)}" if label != focus else "")
                for _, same in groupby(group, key=lambda f: f.place):
                    yield from _place_text(list(same), lang)


def _place_text(findings: Sequence[Finding], lang: str) -> Iterator[str]:
    """Yield the lines on one triple: path and value, the graphs, and what each shape or check says."""
    _, path, value = findings[0].place
    graphs = list(dict.fromkeys(ns.shorten(graph) for f in findings for graph in f.graphs))
    more = f" … +{len(graphs) - _GRAPHS_SHOWN}" if len(graphs) > _GRAPHS_SHOWN else ""
    where = say(lang, "in ", "见 ") + " ".join(graphs[:_GRAPHS_SHOWN]) + more if graphs else ""
    triple = f"{path} {value}".strip()
    yield "    " + one_line("    ".join(part for part in (triple, where) if part))
    for f in findings:
        source = ns.shorten(f.source) + (f": {f.expected}" if f.expected else "")
        yield f"    - {one_line(f.messages[lang])}  [{source}]"


def order(finding: Finding) -> tuple[Any, ...]:
    """Return the sort key of a finding."""
    focus, path, value = finding.place
    return (
        SEVERITIES.index(finding.severity),
        ns.natural_key(focus),
        path,
        value,
        finding.source,
        finding.component or "",
        finding.messages["en"],
    )


def term_text(term: Node) -> str:
    """Return a term as Turtle with the project's prefixes."""
    if isinstance(term, ox.NamedNode):
        short = ns.shorten(term.value)
        return short if short != term.value else f"<{term.value}>"
    if isinstance(term, ox.Literal) and term.language is None and term.datatype.value != ns.XSD + "string":
        return f"{ox.Literal(term.value)}^^{ns.shorten(term.datatype.value)}"
    return str(term)


def _term_dict(term: Node) -> dict[str, Any]:
    """Return a term as plain data, in the manner of SPARQL results."""
    if isinstance(term, ox.NamedNode):
        return {"type": "iri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language is not None:
        return {"type": "literal", "value": term.value, "lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
