"""Findings of shapes and checks, and the report that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.language import LANGUAGES, say
from cascq.reports.colour import Paint, plain
from cascq.terms import one_line

if TYPE_CHECKING:
    from cascq.names import Names
    from cascq.reports.baseline import Entry

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit", "turtle")
SCHEMA = ns.BASE + "report.schema.json"
VERSION = 1
Node = ox.NamedNode | ox.BlankNode | ox.Literal

_HEADS = {"violation": ("Violations", "违规"), "warning": ("Warnings", "警告"), "info": ("Remarks", "提示")}
_GRAPHS_SHOWN = 5
_PLACES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file, as it is shown.

    Attributes:
        file: the path, as given.
        line: 1 for the first line; None for a file in a format without positions, such as JSON-LD.
        column: 1 for the first Unicode code point of the line, where a byte order mark does not count; None if the line
            as a whole is meant.
        length: how many code points the term has as written, line ends included: a long literal may go on for some
            lines. A blank node without a label is `[]` or its opening bracket.
        text: the line on which the term begins, without its end.
    """

    file: str
    line: int | None = None
    column: int | None = None
    length: int | None = None
    text: str = ""

    def __str__(self) -> str:
        """Return file:line:column, as far as they are known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    @property
    def end_column(self) -> int | None:
        """The column behind the term; None if it ends in another line."""
        if self.column is None or self.length is None or self.column - 1 + self.length > len(self.text):
            return None
        return self.column + self.length

    def caret(self) -> str:
        """Return the line with a caret under the term, in two lines; nothing if the place is not known."""
        if self.line is None or self.column is None or self.length is None:
            return ""
        from cascq.places.caret import caret  # nothing that a report without findings needs

        return caret(self.text, self.column, self.length)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        keys = ("file", "line", "column", "length", "text")
        return dict(zip(keys, (self.file, self.line, self.column, self.length, self.text or None), strict=True))


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
        places: where the statements at fault stand, or else the first statement of the node.
        source_place: where the shape or check stands.
        around: what stands around a blank node, by its part in the finding: "focus", "value" or "source".
        others: what else is at fault, in a check: another value, another node, the limit that a date exceeds.
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
    places: tuple[Location, ...] = ()
    source_place: Location | None = None
    around: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Node, ...] = ()

    @property
    def source_name(self) -> str:
        """The shape or check as it is shown: a shape without a name by its place."""
        if self.source.startswith("_:") and self.source_place is not None:
            return f"[] {self.source_place.file}:{self.source_place.line or '?'}"
        return ns.shorten(self.source)

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
        check_names: the checks that were run, those that are no query as well.
        baseline: the baseline that was applied, if one was.
        accepted: the findings that it accepts; they are not among `findings`.
        vanished: its entries that were not found any more.
        since: the revision since which changes were asked for, if any was.
        left_out: the findings that did not change since then; they are not among `findings`.
        notes: what else is to be known, in "zh" and "en".
    """

    findings: Sequence[Finding]
    files: int
    statements: int
    focus_nodes: Mapping[str, int]
    checks: int
    engine: str
    seconds: float
    names: Names = field(repr=False)
    check_names: tuple[str, ...] = ()
    baseline: str = ""
    accepted: Sequence[Finding] = ()
    vanished: Sequence[Entry] = ()
    since: str = ""
    left_out: Sequence[Finding] = ()
    notes: Sequence[Mapping[str, str]] = ()

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

    def summary(self, lang: str, severity: str | None = None, paint: Paint = plain) -> str:
        """Return what was read, applied and found, in a few lines; see `cascq.reports.summary`."""
        from cascq.reports.summary import summary

        return summary(self, lang, severity, paint)

    def render(self, form: str, lang: str, severity: str = "violation", paint: Paint = plain) -> str:
        """Return the findings in a format.

        Args:
            form: "text"; "json" (see `to_dict`); "github", "gitlab", "sarif" or "junit" (see
                `cascq.reports.ci_formats`); "turtle", the W3C's sh:ValidationReport with the findings of checks as
                results whose sh:sourceConstraint is the check.
            lang: language of the text and the forms for CI; JSON and Turtle hold both.
            severity: for "junit", the lowest severity that is a failure.
            paint: what colours the text; see `cascq.reports.colour`.

        Raises:
            CascqError: no such form.
        """
        if form == "json":
            import json  # as all that only one form needs

            return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"
        if form == "turtle":
            from cascq.reports.turtle_report import turtle

            return turtle(self.findings)
        if form in {"github", "gitlab", "sarif", "junit"}:
            from cascq.reports import ci_formats

            return ci_formats.render(self, form, lang, severity)
        if form != "text":
            raise CascqError(
                f"unknown format '{form}': {', '.join(FORMATS)}", f"未知格式“{form}”：{'、'.join(FORMATS)}"
            )
        return "\n".join(self._text(lang, paint)) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, the same for the same data.

        docs/report.md says what the keys mean; report.schema.json, a JSON Schema in the package, says what they hold.
        """
        return {
            **head("validation"),
            "conforms": not self.findings,
            "files": self.files,
            "statements": self.statements,
            "checks": self.checks,
            "engine": self.engine,
            "counts": self.counts(),
            "focusNodes": by_shape(self.focus_nodes),
            "findings": [self._finding_dict(finding) for finding in self.findings],
            "accepted": [self._finding_dict(finding) for finding in self.accepted],
            "vanished": [entry.to_dict() for entry in self.vanished],
            "leftOut": len(self.left_out),
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
            "places": [place.to_dict() for place in f.places],
            "sourcePlace": None if f.source_place is None else f.source_place.to_dict(),
        }

    def subject(self, finding: Finding, lang: str) -> str:
        """Return the node of a finding with its label."""
        short = term_text(finding.focus)
        if not isinstance(finding.focus, ox.NamedNode):
            return one_line(short)
        label = self.names.label(finding.focus.value, lang)
        return one_line(short if label in {short, finding.focus.value} else f"{short}  {label}")

    def _text(self, lang: str, paint: Paint) -> Iterator[str]:
        """Yield the lines of the text, finding by finding under heads for the severities."""
        if not self.findings:
            others = self.accepted or self.left_out
            yield say(
                lang,
                "Nothing new to complain about." if others else "Nothing to complain about.",
                "没有发现新的问题。" if others else "没有发现问题。",
            )
        first = True
        for severity, found in groupby(self.findings, key=lambda f: f.severity):
            findings = list(found)
            head = say(lang, *_HEADS[severity])
            counted = say(lang, f"{head}: {len(findings)}", f"{head}：{len(findings)} 条")
            yield ("" if first else "\n") + paint(counted, severity)
            first = False
            for finding in findings:
                yield ""
                yield from self._finding_text(finding, lang, paint)

    def _finding_text(self, f: Finding, lang: str, paint: Paint) -> Iterator[str]:
        """Yield the lines on one finding: where, the line with a caret, what is said of what, by which shape."""
        where = str(f.places[0]) if f.places else term_text(f.focus)
        shown_where, word = paint(one_line(where), "place"), paint(severity_word(f.severity, lang), f.severity)
        yield f"{shown_where}: {word}{say(lang, ': ', '：')}{one_line(f.messages[lang])}"
        if f.places and (shown := f.places[0].caret()):
            line, _, caret = shown.partition("\n")
            blank = caret[: len(caret) - len(caret.lstrip())]
            yield from (f"    {line}", f"    {blank}{paint(caret.lstrip(), 'caret')}")
        _, path, value = f.place
        value = "" if f.value == f.focus and not path else value  # what a node shape says of the node itself
        yield "  " + self.subject(f, lang)
        if path or value:
            yield "    " + one_line(f"{path} {value}".strip())
        if f.expected:
            yield "  " + one_line(say(lang, f"expected: {f.expected}", f"应符合：{f.expected}"))
        kind = say(lang, "shape", "形状") if f.component else say(lang, "check", "检查")
        place = "" if f.source_place is None else f"  {replace(f.source_place, column=None)}"
        yield "  " + one_line(f"{kind}{say(lang, ': ', '：')}{f.source_name}{place}")
        if graphs := self._some([ns.shorten(graph) for graph in f.graphs], _GRAPHS_SHOWN):
            yield "  " + one_line(say(lang, f"in: {graphs}", f"见：{graphs}"))
        if others := self._some([str(place) for place in f.places[1:]], _PLACES_SHOWN):
            yield "  " + one_line(say(lang, f"also at: {others}", f"另见：{others}"))

    @staticmethod
    def _some(texts: Sequence[str], number: int) -> str:
        """Return the first of some texts, and how many more there are."""
        return " ".join(texts[:number]) + (f" … +{len(texts) - number}" if len(texts) > number else "")


def severity_word(severity: str, lang: str) -> str:
    """Return a severity as people read it: in English as options and formats for machines have it."""
    return say(lang, severity, _HEADS[severity][1])


def by_shape(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of focus nodes, sorted; shapes without an IRI, whose names are the parser's, count as one."""
    named = {iri: count for iri, count in sorted(counts.items()) if ":" in iri.removeprefix("_:")}
    unnamed = [count for iri, count in counts.items() if iri not in named]
    return {**named, "[]": sum(unnamed)} if unnamed else named


def head(report: str) -> dict[str, Any]:
    """Return the first keys of a report as plain data: its JSON Schema, the version of the format, which report it is.

    Within a version keys may be added; none is renamed, taken away or given another meaning.
    """
    return {"schema": SCHEMA, "version": VERSION, "report": report}


def order(finding: Finding) -> tuple[Any, ...]:
    """Return the sort key of a finding: blank nodes and shapes, whose names mean nothing, go by their places."""
    focus, path, value = finding.place
    return (
        SEVERITIES.index(finding.severity),
        ns.natural_key("" if isinstance(finding.focus, ox.BlankNode) else focus),
        path,
        "" if isinstance(finding.value, ox.BlankNode) else value,
        "" if finding.source.startswith("_:") else finding.source,
        finding.component or "",
        [
            _location_key(place)
            for place in (*finding.places, *([finding.source_place] if finding.source_place else []))
        ],
        finding.messages["en"],
    )


def _location_key(place: Location) -> tuple[str, int, int]:
    return place.file, place.line or 0, place.column or 0


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
