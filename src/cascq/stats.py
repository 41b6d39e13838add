"""What is in the graph, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq import resources
from cascq.language import say
from cascq.names import Names
from cascq.remote.stores import Store

_KINDS = {
    "passage": ("passages", "段落图"),
    "record": ("document records", "文献记录图"),
    "curated": ("curated graphs", "编者图"),
    "ontology": ("ontology", "本体"),
    "vocabulary": ("vocabularies", "词表"),
    "alignment": ("alignments", "对应"),
    "derived": ("derived", "推导"),
    "other": ("other graphs", "其他图"),
}


@dataclass(frozen=True)
class Stats:
    """Counts.

    Attributes:
        quads: statements with their graph. triples: distinct statements.
        graphs: for each kind of graph, how many there are and how many quads they hold.
        classes: IRI, label and number of instances, for the classes of the data.
        labels: for each language, how many entities have a preferred label in it. entities: how many there are.
        queries: the number of canned queries.
    """

    lang: str
    quads: int
    triples: int
    graphs: dict[str, tuple[int, int]]
    classes: Sequence[tuple[str, str, int]]
    entities: int
    labels: dict[str, int]
    queries: int

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data."""
        return {
            "quads": self.quads,
            "triples": self.triples,
            "graphs": {kind: {"graphs": n, "quads": quads} for kind, (n, quads) in self.graphs.items()},
            "entities": self.entities,
            "labels": self.labels,
            "classes": [{"iri": iri, "label": label, "instances": n} for iri, label, n in self.classes],
            "queries": self.queries,
        }

    def render(self) -> str:
        """Return the counts as text."""
        from tabulate import tabulate

        lang = self.lang
        head = [
            (say(lang, "quads", "四元组"), self.quads),
            (say(lang, "distinct triples", "不重复的三元组"), self.triples),
            (say(lang, "entities", "实体"), self.entities),
            *((say(lang, f"with a label in {key}", f"有 {key} 名称的实体"), n) for key, n in self.labels.items()),
            (say(lang, "canned queries", "预置查询"), self.queries),
        ]
        graphs = [(say(lang, *_KINDS[kind]), n, quads) for kind, (n, quads) in self.graphs.items()]
        classes = [(label, ns.shorten(iri), n) for iri, label, n in self.classes]
        parts = (
            tabulate(head, tablefmt="plain"),
            tabulate(graphs, [say(lang, "graphs", "图"), say(lang, "number", "数量"), say(lang, "quads", "四元组")]),
            tabulate(classes, [say(lang, "class", "类别"), "id", say(lang, "instances", "实例")]),
        )
        return "\n\n".join(parts) + "\n"


def stats(store: Store, names: Names, lang: str) -> Stats:
    """Count what is in a store.

    Args:
        store: the graph.
        names: its names.
        lang: language of labels.
    """
    passages = _instances(store, ns.CASCQ + "Passage")
    graphs: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    sizes: Counter[str] = Counter()
    triples = set()
    kinds: dict[str, set[str]] = {}
    for quad in store:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        kind = _kind(name, passages)
        graphs[kind].add(name)
        sizes[kind] += 1
        triples.add(quad.triple)
        if (
            quad.predicate.value == ns.RDF_TYPE
            and kind not in {"ontology", "vocabulary", "alignment"}
            and isinstance(quad.object, ox.NamedNode)
        ):
            kinds.setdefault(quad.object.value, set()).add(str(quad.subject))
    entities = {iri for members in kinds.values() for iri in members if iri.startswith(f"<{ns.ID}")}
    labels = {key: sum(1 for iri in entities if _has_label(store, iri.strip("<>"), key)) for key in ("zh", "en")}
    classes = [(iri, names.label(iri, lang), len(members)) for iri, members in kinds.items()]
    classes.sort(key=lambda entry: (-entry[2], entry[0]))
    return Stats(
        lang,
        len(store),
        len(triples),
        {kind: (len(found), sizes[kind]) for kind, found in graphs.items() if found},
        classes,
        len(entities),
        labels,
        len(resources.queries()),
    )


def _instances(store: Store, kind: str) -> set[str]:
    quads = store.quads_for_pattern(None, ox.NamedNode(ns.RDF_TYPE), ox.NamedNode(kind), None)
    return {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}


def _kind(graph: str, passages: set[str]) -> str:
    """Return the kind of a graph, by its name."""
    if graph in passages:
        return "passage"
    if graph.startswith(ns.SOURCE) and graph.endswith("/record"):
        return "record"
    for kind, prefix in (("curated", ns.CURATED), ("vocabulary", ns.VOC), ("alignment", ns.ALIGNMENT)):
        if graph.startswith(prefix):
            return kind
    return {ns.ONTOLOGY_GRAPH: "ontology", ns.DERIVED_GRAPH: "derived"}.get(graph, "other")


def _has_label(store: Store, iri: str, lang: str) -> bool:
    quads = store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(ns.PREF_LABEL), None, None)
    return any(isinstance(quad.object, ox.Literal) and quad.object.language == lang for quad in quads)
