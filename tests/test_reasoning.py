"""The ontology is logically sound: two reasoners and a check of the profile, each shown to be able to fail."""

from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, RDFS, SKOS, Graph, Node, URIRef

import hermit
import owl_profile
from ontology_graphs import CASCQ, data, examples, ontology, vocabularies

PREFIXES = """
@prefix cascq: <https://w3id.org/cascq/ontology#> .
@prefix id: <https://w3id.org/cascq/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PROBES = """
id:invented-company-and-place a owl:Class ; rdfs:subClassOf cascq:Company , cascq:Place .
id:invented-listing-that-contributes a owl:Class ; rdfs:subClassOf cascq:Listing ,
    [ a owl:Restriction ; owl:onProperty [ owl:inverseOf cascq:contributor ] ; owl:someValuesFrom owl:Thing ] .
"""
MISTAKES = """
id:invented-both a cascq:Company , cascq:Place .
id:invented-list a cascq:Listing .
id:invented-support cascq:contributor id:invented-list .
"""
RL_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")


def test_everything_is_consistent_and_every_class_can_have_instances(tmp_path: Path) -> None:
    # What is consistent with all the data is consistent without them too, so that one run of the reasoner is enough.
    # The probes are classes that must be empty if the disjointness axioms work: the run would notice if they did not.
    graph = ontology() + vocabularies() + data()
    for example in examples().values():
        graph += example
    graph.parse(data=PREFIXES + PROBES, format="turtle")
    verdict = hermit.reason(graph, tmp_path)
    assert verdict.consistent
    assert {name.rsplit("/invented-", 1)[-1] for name in verdict.unsatisfiable} == {
        "company-and-place",
        "listing-that-contributes",
    }


def test_a_mistake_makes_the_ontology_inconsistent(tmp_path: Path) -> None:
    graph = ontology() + Graph().parse(data=PREFIXES + MISTAKES, format="turtle")
    assert not hermit.reason(graph, tmp_path).consistent


def closure(graph: Graph) -> Graph:
    """Return a graph with all that the rules of OWL 2 RL make of it, errors included; seconds for the whole data."""
    import owlrl

    # owlrl replaces rdflib's readers of literals and leaves them so: another test in this process would see literals
    # as ill-formed that rdflib accepts.
    readers = dict(rdflib.term._toPythonMapping)
    closed = Graph() + graph
    try:
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closed)
    finally:
        rdflib.term._toPythonMapping.clear()
        rdflib.term._toPythonMapping.update(readers)
    return closed


def errors(closed: Graph) -> list[str]:
    return sorted(str(error) for error in closed.objects(None, RL_ERROR))


def test_the_rules_of_owl_rl_find_no_error_and_no_class_that_was_not_stated() -> None:
    everything = ontology() + vocabularies() + data()
    for example in examples().values():
        everything += example
    closed = closure(everything)
    assert errors(closed) == []
    # Domains and ranges may not be what makes a thing a company: a steward who forgets the class should see it missing.
    stated: dict[Node, set[Node | None]] = {}
    for node, cls in everything.subject_objects(RDF.type):
        stated.setdefault(node, set()).update(ontology().transitive_objects(cls, RDFS.subClassOf))
    own = {(node, cls) for node, cls in closed.subject_objects(RDF.type) if str(cls).startswith((CASCQ, str(SKOS)))}
    assert [(node, cls) for node, cls in own if cls not in stated.get(node, set())] == []


def test_the_rules_of_owl_rl_find_each_mistake() -> None:
    found = errors(closure(ontology() + Graph().parse(data=PREFIXES + MISTAKES, format="turtle")))
    assert [error.rsplit("/", 1)[-1] for error in found] == ["invented-list", "invented-both"]


def test_ontology_is_owl_2_dl_within_owl_2_rl() -> None:
    assert owl_profile.faults(ontology()) == []


@pytest.mark.parametrize(
    ("axiom", "fault"),
    [
        ("cascq:date a owl:ObjectProperty .", "cascq:date is of 2 kinds"),
        ("cascq:Company a owl:DatatypeProperty .", "cascq:Company is of 2 kinds"),
        ("cascq:date a owl:TransitiveProperty .", "owl#TransitiveProperty"),
        ("cascq:date rdfs:range xsd:date .", "XMLSchema#date"),
        ("cascq:Company rdfs:subClassOf cascq:Undeclared .", "cascq:Undeclared"),
        ("cascq:party rdfs:subPropertyOf cascq:value .", "cascq:value"),
        ("cascq:party rdfs:domain [ a owl:Class ; owl:unionOf ( cascq:Licence cascq:Event ) ] .", "a blank node"),
        ("cascq:Company owl:equivalentClass cascq:Alliance .", "owl#equivalentClass"),
        ("cascq:Company cascq:remark 'undeclared' .", "cascq:remark"),
        ("[] a owl:AllDisjointClasses ; owl:members ( cascq:Company cascq:date ) .", "cascq:date"),
    ],
)
def test_the_profile_check_can_fail(axiom: str, fault: str) -> None:
    faults = owl_profile.faults(ontology() + Graph().parse(data=PREFIXES + axiom, format="turtle"))
    assert faults
    assert any(fault in sentence for sentence in faults)
