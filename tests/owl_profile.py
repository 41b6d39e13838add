"""A readable, syntactic check that an ontology is OWL 2 DL and within OWL 2 RL.

It does not know all of OWL: it knows the few constructs that this ontology needs, and calls everything else a fault.
All of these constructs are allowed in OWL 2 RL (https://www.w3.org/TR/owl2-profiles/#OWL_2_RL): whoever wants another
looks it up there and adds it here.
"""

from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, Node, URIRef
from rdflib.collection import Collection

KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Ontology}
CHARACTERISTICS = {OWL.TransitiveProperty, OWL.SymmetricProperty}
# Built-in annotation properties: they say nothing to a reasoner.
ANNOTATIONS = {RDFS.label, RDFS.comment, RDFS.isDefinedBy, RDFS.seeAlso, OWL.versionIRI, OWL.versionInfo}
# Datatypes of OWL 2 RL that the project writes. xsd:date, xsd:gYear and xsd:gYearMonth are not in OWL 2 at all.
DATATYPES = {XSD.string, XSD.integer, XSD.decimal, RDF.langString, RDFS.Literal}
BUILT_IN = (str(OWL), str(RDF), str(RDFS))


def faults(graph: Graph) -> list[str]:
    """Return what is outside, one sentence each, sorted; an empty list means OWL 2 DL within OWL 2 RL."""
    kinds = {node: set(graph.objects(node, RDF.type)) & KINDS for node in graph.subjects(RDF.type)}
    lists = _member_lists(graph)
    found = {
        f"{_name(node)} is of {len(own)} kinds" for node, own in kinds.items() if len(own) != 1 and node not in lists
    }

    def is_a(node: Node, *allowed: URIRef) -> bool:
        return kinds.get(node, set()) in [{kind} for kind in allowed]

    for subject, predicate, value in graph:
        statement = f"{_name(subject)} {_name(predicate)} {_name(value)}"
        if subject in lists:  # one of the lists of disjoint classes
            ok = predicate in {RDF.first, RDF.rest, RDF.type, OWL.members} and (
                predicate != RDF.first or is_a(value, OWL.Class)
            )
        elif isinstance(subject, BNode) or isinstance(value, BNode):
            ok = False
        elif predicate == RDF.type:
            ok = value in KINDS or (value in CHARACTERISTICS and is_a(subject, OWL.ObjectProperty))
        elif predicate == RDFS.subClassOf:
            ok = is_a(subject, OWL.Class) and is_a(value, OWL.Class)
        elif predicate == RDFS.subPropertyOf:
            ok = any(is_a(subject, kind) and is_a(value, kind) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty))
        elif predicate == RDFS.domain:
            ok = bool(kinds.get(subject)) and is_a(value, OWL.Class)
        elif predicate == RDFS.range:
            ok = (is_a(subject, OWL.ObjectProperty) and is_a(value, OWL.Class)) or (
                is_a(subject, OWL.DatatypeProperty) and value in DATATYPES
            )
        elif str(predicate).startswith(BUILT_IN):
            ok = predicate in ANNOTATIONS
        else:  # any other property annotates a term
            ok = is_a(predicate, OWL.AnnotationProperty)
        if not ok:
            found.add(f"not OWL 2 RL as this check knows it: {statement}")
    return sorted(found)


def _member_lists(graph: Graph) -> set[Node]:
    """Return the blank nodes of the axioms that say which classes are disjoint: the axioms and their list cells."""
    nodes: set[Node] = set()
    for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        cell = graph.value(axiom, OWL.members)
        if isinstance(axiom, BNode) and cell is not None and len(Collection(graph, cell)) > 1:
            nodes.add(axiom)
            while cell is not None and cell != RDF.nil:
                nodes.add(cell)
                cell = graph.value(cell, RDF.rest)
    return nodes


def _name(node: Node) -> str:
    """Return a short, stable name of a node for a message."""
    if isinstance(node, BNode):
        return "a blank node"
    if isinstance(node, Literal):
        return node.n3()
    return str(node).replace("https://w3id.org/cascq/ontology#", "cascq:").rsplit("/", 1)[-1]
