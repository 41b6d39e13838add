"""Evidence: which passage states what; and, with the document at hand, whether that is true.

With the document, its length and hash, each passage's offsets and hash, and every Chinese name, date and number in a
passage's graph are checked against the text. Without it, the report says what could not be checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.language import say
from cascq.names import Names
from cascq.passages import Document, Passage, documents, passages, read_document, sha256
from cascq.printed import copied, finer_date, look_up
from cascq.remote.stores import Store
from cascq.terms import one_line, readable


@dataclass(frozen=True)
class Failure:
    """Something that does not agree with the document: where, what was looked for, and the triple at fault, if any."""

    where: str
    en: str
    zh: str
    stated: ox.Triple | None = None

    @property
    def triple(self) -> str:
        """The triple in Turtle."""
        return "" if self.stated is None else _turtle(self.stated)


@dataclass
class Shown:
    """A passage in a report: its record, the triples in question, and its text if the document is at hand."""

    passage: Passage
    triples: list[ox.Triple]
    text: str | None = None


@dataclass
class EvidenceReport:
    """Passages, and what checking them gave.

    Attributes:
        checked: how many documents, offsets, hashes, names, dates and numbers were checked.
        unchecked: how many could not be, without the document or because they are in English.
    """

    lang: str
    names: Names
    about: str | None
    shown: list[Shown]
    curated: dict[str, list[ox.Triple]]
    with_source: bool
    failures: list[Failure] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    unchecked: Counter[str] = field(default_factory=Counter)

    def fails(self) -> bool:
        """Tell whether anything did not agree."""
        return bool(self.failures)

    def summary(self) -> str:
        """Return one or two lines: what was checked, what was not, what failed."""
        lines = []
        if self.with_source:
            done = _counts(self.checked, self.lang)
            lines.append(say(self.lang, f"checked: {done or 'nothing'}", f"已核对：{done or '无'}"))
        if sum(self.unchecked.values()):
            left = _counts(self.unchecked, self.lang)
            hint = "" if self.with_source else say(self.lang, " (give --source FILE)", "（请用 --source 给出文献）")
            lines.append(say(self.lang, f"not checked: {left}{hint}", f"未核对：{left}{hint}"))
        if self.failures:
            count = len(self.failures)
            lines.append(say(self.lang, f"{count} do not agree with the document", f"{count} 处与文献不符"))
        elif self.with_source:
            lines.append(say(self.lang, "all of it agrees with the document", "全部与文献相符"))
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "about": self.about,
            "passages": [
                {
                    "iri": item.passage.iri,
                    "id": ns.shorten(item.passage.iri),
                    "document": item.passage.document,
                    "section": item.passage.section,
                    "start": item.passage.start,
                    "end": item.passage.end,
                    "sha256": item.passage.sha256,
                    "summary": item.passage.summaries.get(self.lang, ""),
                    **({} if item.text is None else {"text": item.text}),
                    "triples": [_triple_dict(triple) for triple in item.triples],
                }
                for item in self.shown
            ],
            "curated": {iri: [_triple_dict(triple) for triple in triples] for iri, triples in self.curated.items()},
            "checked": dict(self.checked),
            "unchecked": dict(self.unchecked),
            "failures": [
                {"where": f.where, "message": say(self.lang, f.en, f.zh), "triple": f.triple} for f in self.failures
            ],
        }

    def render(self) -> str:
        """Return the report as text."""
        detailed = self.about is not None
        itself = any(item.passage.iri == self.about for item in self.shown)  # a passage's line is its heading
        lines = []
        if self.about is not None and not itself:
            lines.append(f"{self.names.label(self.about, self.lang)}  {ns.shorten(self.about)}")
        for item in self.shown:
            passage = item.passage
            count = len(item.triples)
            size = "" if detailed else say(self.lang, f"  ({count} triples)", f"（{count} 个三元组）")
            summary = one_line(passage.summaries.get(self.lang, ""))
            lines.append(f"{ns.shorten(passage.iri)}  [{passage.start}, {passage.end})  {summary}{size}")
            if item.text is not None:
                lines.append("    " + say(self.lang, "text: ", "原文：") + one_line("".join(item.text.split("\n"))))
            if detailed:
                lines += [f"    {self._sentence(triple)}" for triple in item.triples]
        for iri, triples in self.curated.items():
            lines.append(f"{ns.shorten(iri)}  " + say(self.lang, "(added by the editors)", "（编者补充）"))
            lines += [f"    {self._sentence(triple)}" for triple in triples]
        if not self.shown and not self.curated:
            lines.append(say(self.lang, "no passage states anything about it", "没有段落陈述它"))
        if self.failures:
            lines += ["", say(self.lang, "Does not agree with the document:", "与文献不符：")]
            for failure in self.failures:
                lines.append(f"  {failure.where}: {say(self.lang, failure.en, failure.zh)}")
                lines += [f"      {failure.triple}"] if failure.triple else []
        return "\n".join(lines) + "\n"

    def _sentence(self, triple: ox.Triple) -> str:
        """Write a triple with labels."""
        return "  ".join(self._word(term) for term in (triple.subject, triple.predicate, triple.object))

    def _word(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return one_line(self.names.label(term.value, self.lang))
        return one_line(readable(term)) if isinstance(term, ox.Literal) else str(term)


_NAMES = (ns.RDFS_LABEL, ns.CASCQ + "title", ns.CASCQ + "nameText", ns.SKOS + "prefLabel", ns.SKOS + "altLabel")
_KINDS = {
    "document": ("documents", "文献"),
    "offset": ("offsets", "位置"),
    "hash": ("hashes", "哈希"),
    "name": ("names", "名称"),
    "date": ("dates", "日期"),
    "number": ("numbers", "数字"),
    "other": ("other texts", "其他文字"),
}


def _counts(counter: Counter[str], lang: str) -> str:
    """Write counts by kind."""
    parts = [
        say(lang, f"{words[0]} {counter[kind]}", f"{words[1]} {counter[kind]}")
        for kind, words in _KINDS.items()
        if counter[kind]
    ]
    return say(lang, ", ", "，").join(parts)


def _triple_dict(triple: ox.Triple) -> dict[str, str]:
    value = triple.object
    return {
        "subject": str(triple.subject).strip("<>"),
        "predicate": triple.predicate.value,
        "object": value.value if isinstance(value, ox.NamedNode) else str(value),
    }


def _turtle(triple: ox.Triple) -> str:
    """Write a triple with CURIEs."""
    return " ".join(
        ns.shorten(term.value) if isinstance(term, ox.NamedNode) else str(term)
        for term in (triple.subject, triple.predicate, triple.object)
    )


def evidence(store: Store, names: Names, node: str | None, sources: Sequence[Path], lang: str) -> EvidenceReport:
    """Return the passages in question, checked against the documents that are at hand.

    Args:
        store: the graph.
        names: its names.
        node: IRI of a passage or a thing; None for all passages.
        sources: source documents.
        lang: language of the report.

    Raises:
        CascqError: there are no passages, or a document cannot be read.
    """
    known = passages(store)
    about = node if node not in {passage.iri for passage in known} else None
    shown = []
    for passage in known:
        if node is not None and about is None and passage.iri != node:
            continue
        triples = _stated(store, passage.iri, about)
        if triples or about is None:
            shown.append(Shown(passage, triples))
    curated: dict[str, list[ox.Triple]] = {}
    if about is not None:
        graphs = store.quads_for_pattern(None, ox.NamedNode(ns.RDF_TYPE), ox.NamedNode(ns.CASCQ + "CuratedGraph"), None)
        for iri in sorted({quad.subject.value for quad in graphs if isinstance(quad.subject, ox.NamedNode)}):
            if triples := _stated(store, iri, about):
                curated[iri] = triples
    if not known and not curated:
        raise CascqError("the data record no passages", "数据中没有记录任何段落")
    report = EvidenceReport(lang, names, node, shown, curated, bool(sources))
    _verify(report, documents(store), [(path, *read_document(path)) for path in sources], store)
    return report


def _stated(store: Store, graph: str, about: str | None) -> list[ox.Triple]:
    """Return the triples of a graph, or those with a thing as subject or object."""
    quads = list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
    if about is not None:
        node = ox.NamedNode(about)
        quads = [quad for quad in quads if node in {quad.subject, quad.object}]
    return sorted((quad.triple for quad in quads), key=str)


def _verify(
    report: EvidenceReport, known: Sequence[Document], sources: Sequence[tuple[Path, str, str]], store: Store
) -> None:
    """Check documents and passages as far as the sources allow."""
    texts: dict[str, str] = {}
    wanted = {item.passage.document for item in report.shown}
    for path, text, digest in sources:
        match = next((d for d in known if d.sha256 == digest), None)
        if match is None:
            # One document only: then this file is meant to be it, and the difference is worth saying.
            others = [d for d in known if d.iri not in texts]
            match = others[0] if len(others) == 1 else None
            where = ns.shorten(match.iri) if match else str(path)
            recorded = match.sha256 if match else ", ".join(d.sha256 or "?" for d in known)
            report.failures.append(
                Failure(
                    where,
                    f"{path} has SHA-256 {digest}; recorded is {recorded}",
                    f"{path} 的 SHA-256 为 {digest}，记录的是 {recorded}",
                    None if match is None else _recorded(match.iri, "sha256", match.sha256),
                )
            )
        if match is None:
            continue
        texts[match.iri] = text
        report.checked["document"] += 1
        if match.characters != len(text):
            report.failures.append(
                Failure(
                    ns.shorten(match.iri),
                    f"{path} has {len(text)} characters; recorded are {match.characters}",
                    f"{path} 有 {len(text)} 个字符，记录的是 {match.characters}",
                    _recorded(match.iri, "characters", match.characters),
                )
            )
    sizes = {document.iri: document.characters for document in known}
    report.unchecked["document"] += len(wanted - set(texts))
    for item in report.shown:
        _verify_passage(report, item, texts.get(item.passage.document), sizes.get(item.passage.document), store)


def _verify_passage(report: EvidenceReport, item: Shown, text: str | None, size: int | None, store: Store) -> None:
    """Check one passage: offsets, hash, summaries, and what its graph says."""
    passage, where = item.passage, ns.shorten(item.passage.iri)
    start, end = passage.start, passage.end
    limit = size if text is None else len(text)
    report.checked["offset"] += 1
    if start is None or end is None or not 0 <= start < end or (limit is not None and end > limit):
        report.failures.append(
            Failure(
                where,
                f"offsets [{start}, {end}) do not lie within the {limit} characters of the document",
                f"位置 [{start}, {end}) 不在文献的 {limit} 个字符之内",
            )
        )
        return
    if text is not None:
        item.text = text[start:end]
        report.checked["hash"] += 1
        if (found := sha256(item.text)) != passage.sha256:
            report.failures.append(
                Failure(
                    where,
                    f"the text at [{start}, {end}) has SHA-256 {found}; recorded is {passage.sha256}",
                    f"[{start}, {end}) 处文字的 SHA-256 为 {found}，记录的是 {passage.sha256}",
                    _recorded(passage.iri, "sha256", passage.sha256),
                )
            )
        _verify_summaries(report, item, where, store)
    else:
        report.unchecked["hash"] += 1
    for triple in item.triples:
        if not isinstance(triple.object, ox.Literal):
            continue
        kind = _kind(triple.object)
        result = look_up(triple.object, item.text or "")
        if item.text is None or not result.checked:
            report.unchecked[kind] += 1
            continue
        report.checked[kind] += 1
        if not result.found:
            report.failures.append(
                Failure(
                    where,
                    f"the text does not say {result.wanted}",
                    f"原文没有 {result.wanted}",
                    triple,
                )
            )
        elif finer := finer_date(triple.object, item.text):
            report.failures.append(
                Failure(
                    where,
                    f"the text gives the date as {finer}; write it as precisely (xsd:date or xsd:gYearMonth)",
                    f"原文写明 {finer}，请按此精度书写（xsd:date 或 xsd:gYearMonth）",
                    triple,
                )
            )


def _names_in(store: Store, graph: str) -> set[str]:
    """Return the names, wherever they are recorded, of all that a graph speaks of."""
    quads = list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
    nodes = {node for quad in quads for node in (quad.subject, quad.object) if isinstance(node, ox.NamedNode)}
    return {
        quad.object.value
        for node in nodes
        for name in _NAMES
        for quad in store.quads_for_pattern(node, ox.NamedNode(name), None, None)
        if isinstance(quad.object, ox.Literal)
    }


def _verify_summaries(report: EvidenceReport, item: Shown, where: str, store: Store) -> None:
    """Check that the summaries of a passage are no copies of its text: a document is not copied into the project."""
    for lang, summary in item.passage.summaries.items():
        text = item.text or ""
        if copied(summary, text, ()) and (run := copied(summary, text, _names_in(store, item.passage.iri))):
            shown = run if len(run) <= 40 else run[:39] + "…"
            report.failures.append(
                Failure(
                    where,
                    f"the summary copies the text: “{shown}”; say it in your own words",
                    f"摘要照抄原文“{shown}”，请用自己的话概括",
                    ox.Triple(
                        ox.NamedNode(item.passage.iri),
                        ox.NamedNode(ns.DCTERMS + "description"),
                        ox.Literal(summary, language=lang) if lang else ox.Literal(summary),
                    ),
                )
            )


def _recorded(iri: str, name: str, value: str | int | None) -> ox.Triple | None:
    """Return what is on record of a document or passage."""
    return None if value is None else ox.Triple(ox.NamedNode(iri), ox.NamedNode(ns.CASCQ + name), ox.Literal(value))


def _kind(literal: ox.Literal) -> str:
    """Say under what a literal is counted."""
    datatype = literal.datatype.value.removeprefix(ns.XSD)
    if literal.language is not None:
        return "name" if literal.language.startswith("zh") else "other"
    if datatype in {"date", "gYear", "gYearMonth"}:
        return "date"
    return "number" if datatype in {"integer", "decimal"} else "other"
