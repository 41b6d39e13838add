"""How sure a statement is: more than plausible to the editors or not, corrected by a later passage or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.remote.stores import Store

_PLAUSIBLE = ox.NamedNode(ns.VOC + "plausible")


@dataclass(frozen=True)
class Correction:
    """What a later passage says of a statement.

    Attributes:
        passage: IRI of the passage that corrects. old: the value that is wrong; None where every value is.
        new: the value in its place; None where the statement is withdrawn. about: the passages that are corrected.
    """

    passage: str
    old: Any
    new: Any
    about: frozenset[str]


def plausible_graphs(store: Store) -> set[str]:
    """Return the IRIs of the curated graphs whose confidence is plausible: inference or general knowledge."""
    quads = store.quads_for_pattern(None, ox.NamedNode(ns.CASCQ + "confidence"), _PLAUSIBLE, None)
    return {
        quad.subject.value
        for quad in quads
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(ns.CURATED)
    }


def only_plausible(graphs: Iterable[str], plausible: set[str]) -> bool:
    """Tell whether a statement stands in graphs that are called plausible, and in no other."""
    held = set(graphs)
    return bool(held) and held <= plausible


def corrections(store: Store) -> dict[tuple[str, str], list[Correction]]:
    """Return all corrections, by subject and property of what they correct."""

    def values(node: Any, name: str) -> list[Any]:
        quads = store.quads_for_pattern(node, ox.NamedNode(ns.CASCQ + name), None, None)
        return sorted({quad.object for quad in quads}, key=str)

    found: dict[tuple[str, str], list[Correction]] = {}
    kind = ox.NamedNode(ns.CASCQ + "Correction")
    for quad in store.quads_for_pattern(None, ox.NamedNode(ns.RDF_TYPE), kind, None):
        passage = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        about, old, new = (values(quad.subject, name) for name in ("aboutPassage", "aboutValue", "correctedValue"))
        passages = frozenset(node.value for node in about)
        correction = Correction(passage, old[0] if old else None, new[0] if new else None, passages)
        for subject in values(quad.subject, "aboutSubject"):
            for prop in values(quad.subject, "aboutProperty"):
                found.setdefault((subject.value, prop.value), []).append(correction)
    return found


def corrected_by(
    known: dict[tuple[str, str], list[Correction]], subject: Any, prop: str, value: Any, graphs: Iterable[str]
) -> Correction | None:
    """Return the correction of a statement in one of some graphs, or None.

    A correction is about what a certain passage states; the new value itself is never a corrected one.

    Args:
        known: all corrections; see `corrections`.
        subject: the subject of the statement.
        prop: IRI of its property.
        value: its value.
        graphs: IRIs of the graphs that hold it.
    """
    for correction in known.get((getattr(subject, "value", ""), prop), []):
        if correction.about.isdisjoint(graphs):
            continue
        if correction.old == value or (correction.old is None and correction.new != value):
            return correction
    return None
