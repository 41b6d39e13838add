"""The report on evidence: passages, what they state, and what does not agree with their documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.language import say
from cascq.names import Names
from cascq.passages import Passage
from cascq.terms import one_line, readable


@dataclass(frozen=True)
class Failure:
    """Something that does not agree with the document: where, what was looked for, and the triple at fault, if any.

    Attributes:
        of_document: it is about the document as a whole.
    """

    where: str
    en: str
    zh: str
    stated: ox.Triple | None = None
    of_document: bool = False

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
        told: for the subjects of curated statements, the IRIs of the passages that tell of them.
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
    told: dict[str, list[str]] = field(default_factory=dict)

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
            verb = "does" if count == 1 else "do"
            lines.append(say(self.lang, f"{count} {verb} not agree with the document", f"{count} 处与文献不符"))
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
            "curated": {
                iri: [self._curated_dict(triple) for triple in triples] for iri, triples in self.curated.items()
            },
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
        lines = [say(self.lang, f.en, f.zh) for f in self.failures if f.of_document]  # the cause of most others
        lines += [""] if lines else []
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
            lines += [f"    {self._sentence(triple)}{self._passages(triple)}" for triple in triples]
        if not self.shown and not self.curated:
            lines.append(say(self.lang, "no passage states anything about it", "没有段落陈述它"))
        if failures := [failure for failure in self.failures if not failure.of_document]:
            lines += ["", say(self.lang, "Does not agree with the document:", "与文献不符：")]
            for failure in failures:
                lines.append(f"  {failure.where}: {say(self.lang, failure.en, failure.zh)}")
                lines += [f"      {failure.triple}"] if failure.triple else []
        return "\n".join(lines) + "\n"

    def _passages(self, triple: ox.Triple) -> str:
        """Write the passages that tell of a triple's subject."""
        found = self.told.get(str(triple.subject).strip("<>"), [])
        return f"  [{' '.join(map(ns.shorten, found))}]" if found else ""

    def _curated_dict(self, triple: ox.Triple) -> dict[str, str | list[str]]:
        """Return a triple that the editors added, with the passages that tell of its subject."""
        plain = _triple_dict(triple)
        return {**plain, **({"passages": found} if (found := self.told.get(plain["subject"])) else {})}

    def _sentence(self, triple: ox.Triple) -> str:
        """Write a triple with labels."""
        return "  ".join(self._word(term) for term in (triple.subject, triple.predicate, triple.object))

    def _word(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return one_line(self.names.label(term.value, self.lang))
        return one_line(readable(term)) if isinstance(term, ox.Literal) else str(term)


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
