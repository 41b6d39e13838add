"""One thing: its facts in both directions, with the passages that state each."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.confidence import corrected_by, corrections, only_plausible, plausible_graphs
from cascq.language import say
from cascq.names import Names
from cascq.remote.stores import Store
from cascq.terms import one_line

if TYPE_CHECKING:
    from cascq.provenance import Support

_NAMING = (ns.PREF_LABEL, ns.ALT_LABEL, ns.RDFS_LABEL, ns.NOTATION)
_LINKED_TO = ns.CASCQ + "linkedTo"
_ABOUT = {ns.CASCQ + "aboutEntity", ns.CASCQ + "aboutSubject", ns.CASCQ + "aboutValue"}
_SHOWN = 6


@dataclass(frozen=True)
class Fact:
    """One statement about the thing: the other end, and where it is stated.

    Attributes:
        value: text of the other end, in the asked language. iri: its IRI, None for a literal.
        language: language tag of a literal.
        passages: CURIEs of the passages. curated: CURIEs of the editors' graphs. derived: made by a rule.
        plausible: it rests on what the editors call plausible only. corrected: the value in its place and the CURIE of
            the passage that says so, where a later passage corrects it; no value where the statement is withdrawn.
    """

    value: str
    iri: str | None
    language: str | None
    passages: tuple[str, ...]
    curated: tuple[str, ...]
    derived: bool
    plausible: bool = False
    corrected: tuple[str | None, str] | None = None


@dataclass(frozen=True)
class Group:
    """The facts with one property; `incoming` if the thing is their object."""

    property: str
    label: str
    incoming: bool
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Note:
    """An editors' remark on the thing: its kind and text in the asked language."""

    iri: str
    kind: str
    text: str


@dataclass(frozen=True)
class Description:
    """All that the graph says about one thing."""

    lang: str
    iri: str
    label: str
    classes: Sequence[str]
    groups: Sequence[Group]
    notes: Sequence[Note] = field(default_factory=tuple)

    def to_dict(self) -> dict[str, Any]:
        """Return the description as plain data."""
        return {
            "iri": self.iri,
            "id": ns.shorten(self.iri),
            "label": self.label,
            "classes": list(self.classes),
            "facts": [
                {
                    "property": group.property,
                    "label": group.label,
                    "direction": "in" if group.incoming else "out",
                    "values": [
                        {
                            "value": fact.value,
                            **({"iri": fact.iri} if fact.iri else {}),
                            **({"language": fact.language} if fact.language else {}),
                            "passages": list(fact.passages),
                            "curated": list(fact.curated),
                            "derived": fact.derived,
                            **({"plausible": True} if fact.plausible else {}),
                            **(
                                {"corrected": {"value": fact.corrected[0], "passage": fact.corrected[1]}}
                                if fact.corrected
                                else {}
                            ),
                        }
                        for fact in group.facts
                    ],
                }
                for group in self.groups
            ],
            "notes": [{"iri": note.iri, "kind": note.kind, "text": note.text} for note in self.notes],
        }

    def render(self) -> str:
        """Return the description as text."""
        kinds = f"  ({', '.join(self.classes)})" if self.classes else ""
        short = ns.shorten(self.iri)
        lines = [f"{one_line(self.label)}  {short}{kinds}" if self.label != short else f"{short}{kinds}"]
        for incoming in (False, True):
            groups = [group for group in self.groups if group.incoming == incoming]
            if incoming and groups:
                lines += ["", say(self.lang, "Stated elsewhere about it:", "其他对象与它的关系：")]
            for group in groups:
                lines.append(f"  {'← ' if incoming else ''}{group.label}")
                lines += [f"      {one_line(fact.value)}{self._marks(fact)}{self._where(fact)}" for fact in group.facts]
        if self.notes:
            lines += ["", say(self.lang, "Doubts and remarks of the editors:", "编者的疑点与说明：")]
            lines += [f"  {note.kind}: {one_line(note.text)}" for note in self.notes]
        return "\n".join(lines) + "\n"

    def _marks(self, fact: Fact) -> str:
        """Write that a fact is plausible only, or corrected."""
        marks = [say(self.lang, "plausible", "可能")] if fact.plausible else []
        if fact.corrected:
            value, passage = fact.corrected
            new = value if value is not None else say(self.lang, "withdrawn", "撤回")
            marks.append(say(self.lang, f"corrected by {passage}: {new}", f"{passage} 更正为：{new}"))
        return f"  ({one_line('; '.join(marks))})" if marks else ""

    def _where(self, fact: Fact) -> str:
        """Write where a fact is stated."""
        graphs = [*fact.passages, *fact.curated]
        shown = " ".join(graphs[:_SHOWN]) + (f" +{len(graphs) - _SHOWN}" if len(graphs) > _SHOWN else "")
        if fact.derived:
            mark = say(self.lang, "derived", "推导")
            shown = f"{mark}: {shown}" if shown else mark
        return f"  [{shown}]" if shown else ""


def describe(store: Store, names: Names, iri: str, lang: str) -> Description:
    """Return all facts about one thing, grouped by property, with their evidence.

    Args:
        store: the graph.
        names: its names.
        iri: the thing.
        lang: language of labels.
    """
    node = ox.NamedNode(iri)
    groups: list[Group] = []
    notes: dict[str, Note] = {}
    outgoing: dict[str, set[Any]] = {}
    tracer = _tracer(store)
    plausible, known = plausible_graphs(store), corrections(store)
    for incoming in (False, True):
        found: dict[str, dict[Any, list[str]]] = defaultdict(lambda: defaultdict(list))
        quads = store.quads_for_pattern(None if incoming else node, None, node if incoming else None, None)
        for quad in quads:
            other = quad.subject if incoming else quad.object
            if quad.predicate.value == _LINKED_TO:
                continue  # repeats the direct facts without saying what they are; it serves the search for chains
            if incoming and quad.predicate.value in _ABOUT and isinstance(other, ox.NamedNode):
                notes[other.value] = _note(store, names, other, lang)
                continue
            graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            found[quad.predicate.value][other].append(graph)
        for prop, values in found.items():
            if incoming and set(values) == outgoing.get(prop):
                continue  # a symmetric property: the same facts once more
            if not incoming:
                outgoing[prop] = set(values)
            facts = []
            for other, graphs in values.items():
                ends = (other, node) if incoming else (node, other)
                trace = functools.partial(tracer, (ends[0], ox.NamedNode(prop), ends[1]))
                fact = _fact(store, names, other, graphs, lang, trace=trace, plausible=plausible)
                if correction := corrected_by(known, ends[0], prop, ends[1], graphs):
                    new = None if correction.new is None else _text(store, names, correction.new, lang)
                    fact = replace(fact, corrected=(new, ns.shorten(correction.passage)))
                facts.append(fact)
            facts.sort(key=lambda f: (f.iri is not None, f.language != lang, f.value, f.iri or ""))
            # A term of a vocabulary has a label; of a thing, rdfs:label is the printed name.
            of_term = prop == ns.RDFS_LABEL and not iri.startswith(ns.ID)
            label = say(lang, "label", "标签") if of_term else names.label(prop, lang)
            groups.append(Group(prop, label, incoming, facts))
    groups.sort(key=_order)
    classes = [names.label(kind, lang) for kind in names.classes(iri)]
    ordered = sorted(notes.values(), key=lambda note: note.iri)
    return Description(lang, iri, names.label(iri, lang), classes, groups, ordered)


def _tracer(store: Store) -> Callable[[Any], Support]:
    """Return what traces a derived triple; rdflib, which it needs, is imported when the first one is met."""

    @functools.cache
    def made() -> Any:
        from cascq.provenance import Tracer

        return Tracer(store)

    def trace(triple: Any) -> Support:
        support: Support = made().triple(triple)
        return support

    return trace


def _order(group: Group) -> tuple[bool, int, str, str]:
    """Outgoing before incoming; type, then names, then the rest by label."""
    rank = 0 if group.property == ns.RDF_TYPE else 1 + _NAMING.index(group.property) if group.property in _NAMING else 9
    return (group.incoming, rank, group.label, group.property)


def _fact(
    store: Store,
    names: Names,
    other: Any,
    graphs: Sequence[str],
    lang: str,
    *,
    trace: Callable[[], Support],
    plausible: set[str],
) -> Fact:
    """Make a fact of the other end and the graphs that hold it; what is only derived is traced to its grounds."""
    is_iri = isinstance(other, ox.NamedNode)
    held = set(graphs)
    derived_only = held == {ns.DERIVED_GRAPH}
    if derived_only:
        support = trace()
        held = support.passages | support.curated
    # Of what a rule made, all premises count: one that is plausible only makes it so.
    doubtful = bool(held & plausible) if derived_only else only_plausible(held - {ns.DERIVED_GRAPH}, plausible)
    passages = [ns.shorten(graph) for graph in held if _is_a(store, graph, "Passage")]
    curated = [ns.shorten(graph) for graph in held if graph.startswith(ns.CURATED)]
    return Fact(
        _text(store, names, other, lang),
        other.value if is_iri else None,
        other.language if isinstance(other, ox.Literal) else None,
        tuple(sorted(passages, key=ns.natural_key)),
        tuple(sorted(curated)),
        ns.DERIVED_GRAPH in graphs,
        doubtful,
    )


def _text(store: Store, names: Names, term: Any, lang: str) -> str:
    """Return a term as a reader sees it: the label of an IRI (of a position its offsets), the text of a literal."""
    if isinstance(term, ox.NamedNode):
        return _offsets(store, term) or names.label(term.value, lang)
    return term.value if isinstance(term, ox.Literal) else str(term)


def _offsets(store: Store, node: ox.NamedNode) -> str:
    """Return the offsets that a text position selector holds: it has no name, and is nothing else."""
    start, end = (
        [
            quad.object.value
            for quad in store.quads_for_pattern(node, ox.NamedNode(ns.OA + name), None, None)
            if isinstance(quad.object, ox.Literal)
        ]
        for name in ("start", "end")
    )
    return f"[{start[0]}, {end[0]})" if start and end else ""


def _is_a(store: Store, iri: str, kind: str) -> bool:
    if not iri:
        return False
    quads = store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(ns.RDF_TYPE), ox.NamedNode(ns.CASCQ + kind), None)
    return any(True for _ in quads)


def _note(store: Store, names: Names, node: ox.NamedNode, lang: str) -> Note:
    """Return a note's kind and text."""
    texts = {
        (quad.object.language or "")[:2]: quad.object.value
        for quad in store.quads_for_pattern(node, ox.NamedNode(ns.CASCQ + "text"), None, None)
        if isinstance(quad.object, ox.Literal)
    }
    kinds = [
        names.label(quad.object.value, lang)
        for quad in store.quads_for_pattern(node, ox.NamedNode(ns.CASCQ + "noteKind"), None, None)
        if isinstance(quad.object, ox.NamedNode)
    ]
    text = texts.get(lang) or next(iter(texts.values()), names.label(node.value, lang))
    return Note(node.value, ", ".join(sorted(set(kinds))) or say(lang, "note", "注记"), text)
