"""The main job: read everything, validate it, run every canned query, and say in one summary how things stand."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cascq import binding, catalogue
from cascq.answers import Answer
from cascq.catalogue import CannedQuery
from cascq.errors import CascqError
from cascq.given import Paths, as_arguments, as_paths
from cascq.graph import KnowledgeGraph
from cascq.language import LANGUAGES, say
from cascq.remote.stores import near
from cascq.reports.colour import Paint, plain
from cascq.reports.report import head
from cascq.sparql import Term, run
from cascq.terms import one_line, readable, visible

if TYPE_CHECKING:
    from cascq.stats import Stats
    from cascq.validation import Report

_QUESTIONS = 4  # questions whose answers the summary shows
_EXAMPLES = 3  # rows shown of each


@dataclass(frozen=True)
class QueryResult:
    """What running one canned query gave: its answer with its own values, and what is wrong, in zh and en."""

    query: CannedQuery
    answer: Answer | None
    problems: Sequence[CascqError] = field(default_factory=tuple)


@dataclass(frozen=True)
class CheckReport:
    """How things stand.

    Attributes:
        stats: what was read. validation: the report on shapes and checks. queries: the results of all canned queries.
        asked: what was asked for, as arguments of the command line, for who wants to see the findings.
    """

    lang: str
    stats: Stats
    validation: Report
    queries: Sequence[QueryResult]
    asked: Sequence[str] = ()

    def fails(self) -> bool:
        """Tell whether the data was found wanting: a violation, or a query that does not answer."""
        return self.validation.fails("violation") or any(result.problems for result in self.queries)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data; see docs/report.md and report.schema.json."""
        return {
            **head("check"),
            "ok": not self.fails(),
            "graph": self.stats.to_dict(),
            "validation": self.validation.counts(),
            "queries": [
                {
                    "name": result.query.name,
                    "topic": result.query.topic,
                    "rows": len(result.answer) if result.answer is not None else None,
                    "problems": [problem.message(self.lang) for problem in result.problems],
                }
                for result in self.queries
            ],
        }

    def render(self, lang: str | None = None, paint: Paint = plain) -> str:
        """Return the summary as text; `paint` colours it."""
        lang = lang or self.lang
        s = self.stats
        validated = self.validation.summary(lang).strip().splitlines() or [""]  # first and last: the rest is detail
        passages, curated = (s.graphs.get(kind, (0, 0))[0] for kind in ("passage", "curated"))
        lines = [
            say(lang, "Graph", "图谱"),
            say(
                lang,
                f"  {s.quads} statements, {s.entities} entities, {passages} passages, {curated} curated graphs",
                f"  {s.quads} 条陈述，{s.entities} 个实体，{passages} 个段落，{curated} 个编者图",
            ),
            say(lang, "Validation", "验证"),
            f"  {one_line(validated[0])}",
            *(f"  {one_line(note[lang])}" for note in self.validation.notes),
            *(f"  {one_line(line)}" for line in validated[1:][-1:]),
        ]
        if self.validation.fails("violation"):
            command = one_line(shlex.join(["cascq", "validate", *self.asked]))
            lines.append(say(lang, f"  see: {command}", f"  详见：{command}"))
        good = sum(1 for result in self.queries if not result.problems)
        lines.append(
            say(lang, f"Queries: {good} of {len(self.queries)} answer", f"查询：{len(self.queries)} 个中 {good} 个正常")
        )
        for topic, group in groupby(self.queries, key=lambda result: result.query.topic):
            results = list(group)
            rows = sum(len(result.answer) for result in results if result.answer is not None)
            lines.append(
                say(
                    lang,
                    f"  {topic}: {len(results)} queries, {rows} rows",
                    f"  {topic}：{len(results)} 个查询，{rows} 行",
                )
            )
        for result in self.queries:
            lines += [
                f"  {paint('✗', 'bad')} {result.query.name}: {visible(problem.message(lang))}"
                for problem in result.problems
            ]
        for result in self._told():
            lines += ["", f"{say(lang, 'Q', '问')}: {result.query.question[lang]}  ({result.query.name})"]
            mark = say(lang, "A", "答")
            first, *others = _rows(result)
            lines += [f"{mark}: {first}", *(f"   {row}" for row in others)]
        wanting = self.fails()
        lines += [
            "",
            paint(
                say(
                    lang,
                    "The data was found wanting." if wanting else "All is well.",
                    "数据有问题。" if wanting else "一切正常。",
                ),
                "bad" if wanting else "good",
            ),
        ]
        return "\n".join(lines) + "\n"

    def _told(self) -> list[QueryResult]:
        """Choose a few questions: the first with a short answer of each topic, topics evenly spread."""
        first: dict[str, QueryResult] = {}
        for result in self.queries:
            if result.answer is not None and 0 < len(result.answer) <= 8:
                first.setdefault(result.query.topic, result)
        chosen = list(first.values())
        step = max(1, len(chosen) // _QUESTIONS)
        return chosen[::step][:_QUESTIONS]


def _rows(result: QueryResult) -> list[str]:
    """Write the first rows of an answer, labels in place of IRIs."""
    answer = result.answer
    if answer is None:
        return []
    hidden = {name for name in answer.columns if f"{name}Label" in answer.columns}
    rows = []
    for row in list(answer)[:_EXAMPLES]:
        cells = []
        for name, cell in row.items():
            if name not in hidden:
                shown = cell if cell is not None else row.get(name.removesuffix("Label"))
                cells.append(one_line(readable(shown)))
        rows.append(" · ".join(cell for cell in cells if cell))
    more = len(answer) - len(rows)
    return [*rows, f"… +{more}"] if more > 0 else rows


def check(paths: Paths | None, lang: str, graph: KnowledgeGraph | None = None) -> CheckReport:
    """Read everything, validate, and run every canned query.

    Args:
        paths: data to read in place of the shipped data; then a query may well have fewer rows than it promises.
        lang: language of the answers and messages.
        graph: the graph of these paths, if it has been loaded already.

    Raises:
        CascqError: data, shapes or query files cannot be read, or there are no queries.
    """
    from cascq.stats import stats
    from cascq.validation import validate

    given = None if paths is None else as_paths(paths)
    queries = catalogue.read_all()
    if not queries:
        raise CascqError("there are no canned queries to run", "没有可运行的预置查询")
    graph = graph or KnowledgeGraph(given)
    if graph.opened:
        report = graph.validate()
        graph = KnowledgeGraph(store=near(graph.store))  # some two hundred questions
    else:
        report = validate(given)
    results = [run_query(graph, query, lang, enough=paths is None) for query in queries]
    return CheckReport(lang, stats(graph.store, graph.names, lang), report, results, as_arguments(given or []))


def run_query(graph: KnowledgeGraph, query: CannedQuery, lang: str, *, enough: bool = True) -> QueryResult:
    """Run a canned query with the values in its file, and with its defaults in each language.

    Args:
        graph: what to ask.
        query: the query.
        lang: language of the answer that is kept.
        enough: whether it is a problem if there are fewer rows than the header promises, or a default is not there:
            in the shipped data it is, in other data it is not.
    """
    problems: list[CascqError] = []
    kept: Answer | None = None
    try:
        answer = Answer.of(run(graph.store, query.text, str(query.path)), query.columns)
        if enough and len(answer) < query.min_rows:
            problems.append(
                CascqError(
                    f"{len(answer)} rows, but its header promises at least {query.min_rows}",
                    f"只有 {len(answer)} 行，而头部要求至少 {query.min_rows} 行",
                )
            )
        for language in LANGUAGES:
            try:
                terms = default_terms(graph, query, language)
            except CascqError:
                if enough:
                    raise
                continue  # other data need not hold what a default names
            text = binding.bind(query, terms)
            answer = Answer.of(run(graph.store, text, str(query.path)), query.columns)
            kept = answer if language == lang else kept
    except CascqError as error:
        problems.append(error)
    return QueryResult(query, kept, problems)


def default_terms(graph: KnowledgeGraph, query: CannedQuery, lang: str) -> dict[str, Term | None]:
    """Return a query's default values; for a required parameter, the example in its file."""
    required = {p.name: query.example[p.name] for p in query.parameters if p.required}
    given = {name: value for name, value in required.items() if value is not None}
    open_query = [p for p in query.parameters if not p.required]
    terms: dict[str, Term | None] = dict(given)
    for parameter in open_query:
        value = lang if parameter.type == "language" else parameter.default
        terms[parameter.name] = None if value is None else binding.term(parameter, value, graph.store, graph.names)
    return terms
