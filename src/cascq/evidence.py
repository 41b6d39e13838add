"""Evidence: which passage states what; and, with the document at hand, whether that is true.

With the document, its length and hash, each passage's offsets and hash, and every Chinese name, date and number in a
passage's graph are checked against the text. Without it, the report says what could not be checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.editions import Edition, recognise
from cascq.errors import CascqError
from cascq.evidence_report import EvidenceReport, Failure, Shown
from cascq.names import Names
from cascq.passages import Document, Passage, documents, passages, read_document, sha256
from cascq.printed import copied, finer_date, look_up
from cascq.remote.stores import Store

__all__ = ["EvidenceReport", "evidence"]

_FIND = (
    "mend start, end or hash (cascq evidence --source FILE --find TEXT prints them)",
    "请改正起止位置或哈希（用 cascq evidence --source 文件 --find 文字 可得）",
)
_NAMES = (ns.RDFS_LABEL, ns.CASCQ + "title", ns.CASCQ + "nameText", ns.SKOS + "prefLabel", ns.SKOS + "altLabel")


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
    if about is not None:
        report.told = _told(store, [t for triples in curated.values() for t in triples], about, known)
    _verify(report, documents(store), [(path, read_document(path)[0]) for path in sources], store)
    return report


def _told(store: Store, triples: Sequence[ox.Triple], about: str, known: Sequence[Passage]) -> dict[str, list[str]]:
    """Return, for the other things that the editors tie to one, the passages that tell of them."""
    iris = [passage.iri for passage in known]
    told: dict[str, list[str]] = {}
    for subject in {triple.subject for triple in triples}:
        if isinstance(subject, ox.NamedNode) and subject.value != about:
            graphs = {quad.graph_name for quad in store.quads_for_pattern(subject, None, None, None)}
            if found := [iri for iri in iris if ox.NamedNode(iri) in graphs]:
                told[subject.value] = found
    return told


def _stated(store: Store, graph: str, about: str | None) -> list[ox.Triple]:
    """Return the triples of a graph, or those with a thing as subject or object."""
    quads = list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
    if about is not None:
        node = ox.NamedNode(about)
        quads = [quad for quad in quads if node in {quad.subject, quad.object}]
    return sorted((quad.triple for quad in quads), key=str)


def _verify(
    report: EvidenceReport, known: Sequence[Document], sources: Sequence[tuple[Path, str]], store: Store
) -> None:
    """Check documents and passages as far as the sources allow."""
    found: dict[str, Edition] = {}
    recorded = passages(store)
    for path, text in sources:
        edition = recognise(path, text, known, recorded, found)
        document = edition.document
        where = ns.shorten(document.iri) if document else str(path)
        if edition.problem is not None:
            stated = None if document is None else _recorded(document.iri, "sha256", document.sha256)
            report.failures.append(Failure(where, *edition.problem, stated, of_document=True))
        if document is None or edition.text is None:
            continue
        found[document.iri] = edition
        report.checked["document"] += 1
        if edition.is_exact and document.characters != (size := len(edition.text)):
            report.failures.append(
                Failure(
                    where,
                    f"{path} has {size} characters; recorded are {document.characters}: mend cascq:characters",
                    f"{path} 有 {size} 个字符，登记的是 {document.characters}；请改正 cascq:characters",
                    _recorded(document.iri, "characters", document.characters),
                    of_document=True,
                )
            )
    sizes = {document.iri: document.characters for document in known}
    report.unchecked["document"] += len({item.passage.document for item in report.shown} - set(found))
    for item in report.shown:
        _verify_passage(report, item, found.get(item.passage.document), sizes.get(item.passage.document), store)


def _verify_passage(
    report: EvidenceReport, item: Shown, edition: Edition | None, size: int | None, store: Store
) -> None:
    """Check one passage: offsets, hash, summaries, and what its graph says."""
    passage, where = item.passage, ns.shorten(item.passage.iri)
    start, end = passage.start, passage.end
    text = None if edition is None else edition.text
    limit = size if text is None else len(text)
    report.checked["offset"] += 1
    if start is None or end is None or not 0 <= start < end or (limit is not None and end > limit):
        report.failures.append(
            Failure(
                where,
                f"offsets [{start}, {end}) do not lie within the {limit} characters of the document: {_FIND[0]}",
                f"位置 [{start}, {end}) 不在文献的 {limit} 个字符之内：{_FIND[1]}",
            )
        )
        return
    if edition is not None and text is not None:
        item.text = text[start:end]
        report.checked["hash"] += 1
        if (found := sha256(item.text)) != passage.sha256:
            report.failures.append(
                Failure(
                    where,
                    f"the text at [{start}, {end}) has SHA-256 {found}; recorded is {passage.sha256}: {_FIND[0]}",
                    f"[{start}, {end}) 处文字的 SHA-256 为 {found}，登记的是 {passage.sha256}：{_FIND[1]}",
                    _recorded(passage.iri, "sha256", passage.sha256),
                )
            )
            if not edition.is_exact:
                item.text = None  # in another version this may be anything
    else:
        report.unchecked["hash"] += 1
    if item.text is not None:
        _verify_summaries(report, item, where, store)
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
                    f"the text does not say {result.wanted}: write it as the text does, or move it to the passage that "
                    "says it, or to a curated graph",
                    f"原文没有 {result.wanted}：请按原文书写，或移到写明它的段落，或移入编者图",
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
    """Return the names, wherever they are recorded, of all things that a graph speaks of."""
    quads = list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
    nodes = {node for quad in quads for node in (quad.subject, quad.object) if isinstance(node, ox.NamedNode)}
    nodes = {node for node in nodes if node.value.startswith(ns.ID)}  # no concepts: 轮 and 项 are words
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
