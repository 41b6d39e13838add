"""One thing: its facts in both directions, with the passages that state each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.confidence import corrected_by, corrections, only_plausible, plausible_graphs
from cascq.description import Description, Fact, Group, Named, Note
from cascq.language import say
from cascq.names import Names, is_term
from cascq.remote.stores import Store
from cascq.sparql import select

if TYPE_CHECKING:
    from cascq.grounds import Grounds
    from cascq.provenance import Support

__all__ = ["Description", "describe"]

_NAMING = (ns.PREF_LABEL, ns.ALT_LABEL, ns.RDFS_LABEL, ns.NOTATION)
_PASSAGE = ns.CASCQ + "Passage"
_LINKED_TO = ns.CASCQ + "linkedTo"
_ABOUT = {ns.CASCQ + "aboutEntity", ns.CASCQ + "aboutSubject", ns.CASCQ + "aboutValue"}
# What is said of an event beside a link to it, in this order: when, where, how far, with whom. The ontology tells which
# of its properties are places of events and parts in them.
_WHEN = tuple(ns.CASCQ + name for name in ("date", "validFrom", "validUntil", "during"))
_STATUS = (ns.CASCQ + "status",)
_WHERE_QUERY = "SELECT DISTINCT ?p WHERE { ?p rdfs:range cascq:Place ; rdfs:domain/rdfs:subClassOf* cascq:Event }"
_WHO_QUERY = "SELECT DISTINCT ?p WHERE { ?p rdfs:subPropertyOf* cascq:participant }"
_WHO_ELSE = (ns.CASCQ + "partnerKind",)  # partners that a source does not name
_EVENTS_QUERY = "SELECT DISTINCT ?c WHERE { ?c rdfs:subClassOf* cascq:Event }"


def describe(store: Store, names: Names, iri: str, lang: str) -> Description:
    """Return all facts about one thing, grouped by property, with their evidence.

    Args:
        store: the graph.
        names: its names.
        iri: the thing.
        lang: language of labels.
    """
    return _Describer(store, names, lang).describe(iri)


class _Describer:
    """Makes facts, groups and notes of what a store says, in one language."""

    def __init__(self, store: Store, names: Names, lang: str) -> None:
        self._store, self._names, self._lang = store, names, lang
        self._plausible, self._known = plausible_graphs(store), corrections(store)

    @cached_property
    def _grounds(self) -> Grounds:
        """What traces a derived triple; rdflib, which it needs, is imported when the first one is met."""
        from cascq.grounds import Grounds

        return Grounds(self._store)

    @cached_property
    def _event_classes(self) -> set[str]:
        return set(self._iris(_EVENTS_QUERY))

    @cached_property
    def _event_properties(self) -> Sequence[str]:
        """The properties that are told of an event beside a link to it, in order."""
        return (*_WHEN, *self._iris(_WHERE_QUERY), *_STATUS, *self._iris(_WHO_QUERY), *_WHO_ELSE)

    def _iris(self, query: str) -> list[str]:
        rows = select(self._store, query)
        return sorted(node.value for row in rows for node in row.values() if isinstance(node, ox.NamedNode))

    def describe(self, iri: str) -> Description:
        """Return all facts about one thing."""
        node = ox.NamedNode(iri)
        groups = [*self._groups(node, incoming=False)]
        stated = {group.property: {fact.iri for fact in group.facts} for group in groups}
        groups += [
            group
            for group in self._groups(node, incoming=True)
            if stated.get(group.property) != {fact.iri for fact in group.facts}  # else symmetric: the same once more
        ]
        groups.sort(key=_order)
        classes = [self._names.label(kind, self._lang) for kind in self._names.classes(iri)]
        return Description(self._lang, iri, self._names.label(iri, self._lang), classes, groups, self._notes(node))

    def _groups(self, node: ox.NamedNode, *, incoming: bool) -> Iterator[Group]:
        """Yield the facts in one direction by property."""
        found: dict[str, dict[Any, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in self._store.quads_for_pattern(None if incoming else node, None, node if incoming else None, None):
            other = quad.subject if incoming else quad.object
            graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            if quad.predicate.value == _LINKED_TO:
                continue  # repeats the direct facts without saying what they are; it serves the search for chains
            if incoming and quad.predicate.value in _ABOUT and isinstance(other, ox.NamedNode):
                continue  # a note
            if isinstance(other, ox.BlankNode) and graph == ns.ONTOLOGY_GRAPH:
                continue  # lists and class expressions, which are how OWL is written, and say nothing to a reader
            found[quad.predicate.value][other].append(graph)
        for prop, values in found.items():
            facts = self._settled(
                {
                    _triple(node, prop, other, incoming): self._fact(node, prop, other, graphs, incoming=incoming)
                    for other, graphs in values.items()
                }
            )
            if not is_term(node.value):
                facts = [self._with_event(fact, node.value) for fact in facts]
            # A term of a vocabulary has a label; of a thing, rdfs:label is the printed name.
            of_term = prop == ns.RDFS_LABEL and not node.value.startswith(ns.ID)
            label = say(self._lang, "label", "标签") if of_term else self._names.label(prop, self._lang)
            yield self._group(prop, label, facts, incoming=incoming)

    def _group(self, prop: str, label: str, facts: list[Fact], *, incoming: bool = False) -> Group:
        facts.sort(key=lambda f: (f.iri is not None, f.language != self._lang, f.value, f.iri or ""))
        return Group(prop, label, incoming, facts)

    def _fact(
        self, node: ox.NamedNode, prop: str, other: Any, graphs: Sequence[str], *, incoming: bool = False
    ) -> Fact:
        """Make a fact of the other end and the graphs that hold it; what is only derived is traced to its grounds."""
        held = set(graphs)
        triple = _triple(node, prop, other, incoming)
        if held == {ns.DERIVED_GRAPH}:
            support: Support = self._grounds.triple(triple)
            held = support.passages | support.curated
            doubtful = bool(held & self._plausible)
        else:
            doubtful = only_plausible(held - {ns.DERIVED_GRAPH}, self._plausible)
        correction = corrected_by(self._known, triple[0], prop, triple[2], graphs)
        new = None if correction is None or correction.new is None else self._text(correction.new)
        return Fact(
            self._text(other),
            other.value if isinstance(other, ox.NamedNode) else None,
            other.language if isinstance(other, ox.Literal) else None,
            tuple(sorted((ns.shorten(graph) for graph in held if self._is_a(graph, {_PASSAGE})), key=ns.natural_key)),
            tuple(sorted(ns.shorten(graph) for graph in held if graph.startswith(ns.CURATED))),
            ns.DERIVED_GRAPH in graphs,
            doubtful,
            None if correction is None else (new, ns.shorten(correction.passage)),
        )

    def _settled(self, facts: dict[Any, Fact]) -> list[Fact]:
        """Return facts, of which derived ones are plausible only if no derivation of them can do without what is so."""
        doubtful = [triple for triple, fact in facts.items() if fact.derived and fact.plausible]
        certain = self._grounds.certain(doubtful, self._plausible) if doubtful else set()
        return [replace(fact, plausible=fact.plausible and triple not in certain) for triple, fact in facts.items()]

    def _with_event(self, fact: Fact, about: str) -> Fact:
        """Add to a fact what is to be told of the event at its other end, if that is one."""
        if fact.iri is None or not self._is_a(fact.iri, self._event_classes):
            return fact
        event = ox.NamedNode(fact.iri)
        groups = []
        for prop in self._event_properties:
            held: dict[Any, list[str]] = defaultdict(list)
            for quad in self._store.quads_for_pattern(event, ox.NamedNode(prop), None, None):
                if getattr(quad.object, "value", "") != about:
                    held[quad.object].append(getattr(quad.graph_name, "value", ""))
            if held:
                facts = [self._fact(event, prop, value, graphs) for value, graphs in held.items()]
                groups.append(self._group(prop, self._names.label(prop, self._lang), facts))
        return replace(fact, event=groups)

    def _text(self, term: Any) -> str:
        """Return a term as a reader sees it: the label of an IRI (of a position its offsets), the text of a literal."""
        if isinstance(term, ox.NamedNode):
            return self._offsets(term) or self._names.label(term.value, self._lang)
        return term.value if isinstance(term, ox.Literal) else str(term)

    def _offsets(self, node: ox.NamedNode) -> str:
        """Return the offsets that a text position selector holds: it has no name, and is nothing else."""
        start, end = (
            [value.value for value in self._values(node, ns.OA + name) if isinstance(value, ox.Literal)]
            for name in ("start", "end")
        )
        return f"[{start[0]}, {end[0]})" if start and end else ""

    def _values(self, node: ox.NamedNode, prop: str) -> list[Any]:
        """Return the values of a property, each once, in a stable order."""
        quads = self._store.quads_for_pattern(node, ox.NamedNode(prop), None, None)
        return sorted({quad.object for quad in quads}, key=str)

    def _is_a(self, iri: str, classes: Collection[str]) -> bool:
        """Tell whether an IRI is stated to be of one of some classes."""
        return bool(iri) and any(kind.value in classes for kind in self._values(ox.NamedNode(iri), ns.RDF_TYPE))

    def _notes(self, node: ox.NamedNode) -> list[Note]:
        """Return the editors' notes on a thing, by IRI."""
        notes = {
            quad.subject
            for prop in _ABOUT
            for quad in self._store.quads_for_pattern(None, ox.NamedNode(prop), node, None)
            if isinstance(quad.subject, ox.NamedNode)
        }
        return [self._note(note) for note in sorted(notes, key=lambda note: note.value)]

    def _note(self, node: ox.NamedNode) -> Note:
        """Return a note with all that it says."""
        texts = {(value.language or "")[:2]: value.value for value in self._values(node, ns.CASCQ + "text")}
        kinds = sorted({self._text(kind) for kind in self._values(node, ns.CASCQ + "noteKind")})
        statement = [self._named(node, name) for name in ("aboutSubject", "aboutProperty", "aboutValue")]
        return Note(
            node.value,
            ", ".join(kinds) or say(self._lang, "note", "注记"),
            texts.get(self._lang) or next(iter(texts.values()), self._names.label(node.value, self._lang)),
            (statement[0], statement[1], statement[2]),
            tuple(ns.shorten(passage.value) for passage in self._values(node, ns.CASCQ + "aboutPassage")),
            self._named(node, "confidence"),
            tuple(self._text(source) for source in self._values(node, ns.DCTERMS + "source")),
        )

    def _named(self, node: ox.NamedNode, name: str) -> Named | None:
        """Return the value of a property of ours as a reader sees it; None if there is none."""
        for value in self._values(node, ns.CASCQ + name):
            return Named(self._text(value), value.value if isinstance(value, ox.NamedNode) else None)
        return None


def _triple(node: ox.NamedNode, prop: str, other: Any, incoming: bool) -> tuple[Any, ox.NamedNode, Any]:
    """Return the statement that links a thing to another end."""
    return (other, ox.NamedNode(prop), node) if incoming else (node, ox.NamedNode(prop), other)


def _order(group: Group) -> tuple[bool, int, str, str]:
    """Outgoing before incoming; type, then names, then the rest by label."""
    rank = 0 if group.property == ns.RDF_TYPE else 1 + _NAMING.index(group.property) if group.property in _NAMING else 9
    return (group.incoming, rank, group.label, group.property)
