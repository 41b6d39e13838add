"""The shipped ontology, vocabularies and data and the examples, as rdflib graphs, each read once."""

from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import OWL, RDF, SKOS, Graph, Literal, Node, URIRef

from cascq import resources
from cascq.reading import read_file

ROOT = Path(__file__).resolve().parents[1]
CASCQ = "https://w3id.org/cascq/ontology#"
VOC = "https://w3id.org/cascq/vocabulary/"
ONTOLOGY = URIRef("https://w3id.org/cascq/ontology")
LANGUAGES = ("zh", "en")
EXAMPLES = sorted((ROOT / "tests" / "examples").glob("*.trig"))
RDF_FILES = sorted([*(ROOT / "ontology").rglob("*.ttl"), *(ROOT / "data").rglob("*.trig"), *EXAMPLES])
TERM_KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@cache
def ontology() -> Graph:
    return read(*resources.ontology())


@cache
def vocabularies() -> Graph:
    return read(*resources.vocabularies())


@cache
def data() -> Graph:
    return read(*sorted(resources.data().rglob("*.trig")))


@cache
def examples() -> dict[str, Graph]:
    return {path.name: read(path) for path in EXAMPLES}


def read(*paths: Path) -> Graph:
    """Return the union of all graphs in some files."""
    triples = [quad.triple for path in paths for quad in read_file(path)]
    return Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")


def terms(*kinds: URIRef) -> list[Node]:
    """Return the project's own terms of some kinds."""
    return sorted({term for kind in kinds for term in ontology().subjects(RDF.type, kind) if is_own(term)}, key=str)


def is_own(term: Node) -> bool:
    return str(term).startswith(CASCQ)


def in_use(graph: Graph) -> set[Node]:
    """Return all that occurs in a graph in any position."""
    return {node for triple in graph for node in triple}


def texts(graph: Graph, term: Node, predicate: URIRef) -> dict[str, list[str]]:
    """Return the texts of a term by language."""
    found: dict[str, list[str]] = {}
    for text in graph.objects(term, predicate):
        assert isinstance(text, Literal)
        found.setdefault(text.language or "", []).append(str(text))
    return found


def schemes() -> list[Node]:
    return sorted(vocabularies().subjects(RDF.type, SKOS.ConceptScheme), key=str)


def concepts(scheme: Node | None = None) -> list[Node]:
    found = (
        vocabularies().subjects(SKOS.inScheme, scheme) if scheme else vocabularies().subjects(RDF.type, SKOS.Concept)
    )
    return sorted(set(found), key=str)
