"""What a store holds of us, as the catalogue graph in it says: VoID and DCAT, for people, programs, the next load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyoxigraph as ox

from cascq import __version__
from cascq import namespaces as ns
from cascq.remote.gathering import Content
from cascq.remote.stores import COMPLETE, LOADING, STATUS, is_complete

DCAT = "http://www.w3.org/ns/dcat#"
VOID = "http://rdfs.org/ns/void#"
SCHEMA = "http://schema.org/"
_DATASET = ox.NamedNode(ns.BASE.rstrip("/"))
_CATALOGUE = ox.NamedNode(ns.CATALOGUE_GRAPH)
_TYPE = ox.NamedNode(ns.RDF_TYPE)
_SUBSET = ox.NamedNode(VOID + "subset")
_TRIPLES = ox.NamedNode(VOID + "triples")
_DIGEST = ox.NamedNode(SCHEMA + "sha256")
_FILE = ox.NamedNode(SCHEMA + "isBasedOn")
_STATUS = ox.NamedNode(STATUS)
_TITLE = {"zh": "中国科学院与重庆市科技合作知识图谱", "en": "Knowledge graph of the cooperation of CAS and Chongqing"}


@dataclass(frozen=True)
class Held:
    """One graph that a store holds of us.

    Attributes:
        triples: how many it has.
        digest: SHA-256 of its canonical form; "" if it was being written when a load was interrupted.
        files: where it comes from.
    """

    triples: int
    digest: str
    files: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: Content) -> Held:
        """Return what the catalogue says of a graph that has been loaded."""
        return cls(content.triples, content.digest, tuple(sorted(content.files)))

    def found(self, triples: int) -> Held:
        """Return what is still true of a graph of which the store has so many triples now."""
        return self if triples == self.triples else Held(0, "", self.files)


@dataclass
class Holdings:
    """All graphs that a store holds of us.

    Attributes:
        graphs: by IRI.
        complete: whether the last load came to its end; if not, hashes are not to be relied on.
        version: of the graph, as loaded.
    """

    graphs: dict[str, Held] = field(default_factory=dict)
    complete: bool = True
    version: str = __version__

    @classmethod
    def parse(cls, block: bytes) -> Holdings | None:
        """Read a catalogue graph from N-Triples; None if it is empty."""
        triples: dict[str, int] = {}
        digests: dict[str, str] = {}
        files: dict[str, list[str]] = {}
        graphs: list[str] = []
        statuses: set[str] = set()
        version = ""
        for quad in ox.parse(block, ox.RdfFormat.N_TRIPLES):
            node, value = quad.subject, quad.object
            if not isinstance(node, ox.NamedNode) or not isinstance(value, ox.NamedNode | ox.Literal):
                continue
            if quad.predicate == _SUBSET:
                graphs.append(value.value)
            elif quad.predicate == _TRIPLES and value.value.isdecimal():
                triples[node.value] = int(value.value)
            elif quad.predicate == _DIGEST:
                digests[node.value] = value.value
            elif quad.predicate == _FILE:
                files.setdefault(node.value, []).append(value.value)
            elif quad.predicate == _STATUS:
                statuses.add(value.value)
            elif quad.predicate.value == ns.OWL + "versionInfo":
                version = value.value
        if not graphs and not statuses:
            return None
        held = {
            graph: Held(triples.get(graph, 0), digests.get(graph, ""), tuple(sorted(files.get(graph, []))))
            for graph in sorted(graphs)
        }
        return cls(held, bool(statuses) and is_complete(statuses), version)

    @property
    def sources(self) -> list[str]:
        """The IRIs of the source documents, of whose passages there are graphs."""
        return sorted({graph.rpartition("/")[0] for graph in self.graphs if graph.startswith(ns.SOURCE)} - {""})

    def block(self, now: datetime | None = None) -> bytes:
        """Return the catalogue graph as N-Triples.

        Args:
            now: when this was loaded; the current time if left out.
        """
        time = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
            (_CATALOGUE, ns.RDF_TYPE, ox.NamedNode(DCAT + "Catalog")),
            (_CATALOGUE, DCAT + "dataset", _DATASET),
            (_CATALOGUE, _STATUS.value, ox.Literal(COMPLETE if self.complete else LOADING)),
            (_CATALOGUE, ns.DCTERMS + "modified", ox.Literal(time, datatype=ox.NamedNode(ns.XSD + "dateTime"))),
            (_DATASET, ns.RDF_TYPE, ox.NamedNode(VOID + "Dataset")),
            (_DATASET, ns.RDF_TYPE, ox.NamedNode(DCAT + "Dataset")),
            (_DATASET, ns.OWL + "versionInfo", ox.Literal(self.version)),
            (_DATASET, _TRIPLES.value, ox.Literal(sum(held.triples for held in self.graphs.values()))),
            *((_DATASET, ns.DCTERMS + "title", ox.Literal(text, language=lang)) for lang, text in _TITLE.items()),
            *((_DATASET, ns.DCTERMS + "source", ox.NamedNode(source)) for source in self.sources),
        ]
        for graph, held in self.graphs.items():
            node = ox.NamedNode(graph)
            rows += [(_DATASET, _SUBSET.value, node), (node, ns.RDF_TYPE, ox.NamedNode(VOID + "Dataset"))]
            if held.digest:
                rows += [
                    (node, _TRIPLES.value, ox.Literal(held.triples)),
                    (node, _DIGEST.value, ox.Literal(held.digest)),
                ]
            rows += [(node, _FILE.value, ox.Literal(file)) for file in held.files]
        triples = (ox.Triple(subject, ox.NamedNode(predicate), value) for subject, predicate, value in rows)
        return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def mark(new: Iterable[str]) -> bytes:
    """Return what is added to the catalogue before the first change: that a load is at work, and its new graphs.

    So a load that is killed leaves a note of every graph that it may have made, and `--prune` knows them as ours.
    """
    triples = [ox.Triple(_CATALOGUE, _STATUS, ox.Literal(LOADING))]
    triples += [ox.Triple(_DATASET, _SUBSET, ox.NamedNode(graph)) for graph in new]
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def merge(local: Mapping[str, Content], kept: Mapping[str, Held]) -> Holdings:
    """Return the holdings after a load: what was loaded, and what older loads have left there."""
    graphs = {**kept, **{graph: Held.of(content) for graph, content in local.items()}}
    return Holdings(dict(sorted(graphs.items())))
