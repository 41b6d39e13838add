"""Every shape passes what is right and reports what is wrong, and no constraint can go unnoticed.

tests/shapes/*.ttl together are one small invented world in which everything is right. tests/shapes/*.toml change it by
a few triples, case by case, and say what the shape then reports: that, and nothing else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

from cascq import namespaces as ns
from cascq import resources
from cascq.reading import read
from cascq.shacl import reference
from cascq.shacl.cases import Case, read_cases
from cascq.shacl.engines import Engine
from cascq.shacl.focus import FocusCounter
from cascq.shacl.removals import Bench
from cascq.shacl.shape_terms import CONSTRAINTS, sh
from cascq.shacl.shapes import Shapes

FOLDER = Path(__file__).parent / "shapes"
CASES = read_cases(FOLDER)
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
CSH = rdflib.Namespace(ns.SHAPES)
# Terms that say something about a constraint but demand nothing of their own.
REMARKS = """
    path message severity ignoredProperties qualifiedMinCount qualifiedMaxCount inversePath alternativePath
    zeroOrMorePath targetClass targetSubjectsOf
"""


@cache
def shapes() -> rdflib.Graph:
    """The shapes."""
    return reference.to_rdflib(read(resources.shapes()))


@cache
def terms() -> rdflib.Graph:
    """The ontology and the vocabularies."""
    return reference.to_rdflib(read([*resources.ontology(), *resources.vocabularies()]))


@cache
def bench(engine: str = "auto") -> Bench:
    """The shapes with the invented world, the ontology and the vocabularies."""
    quads = read([*resources.ontology(), *resources.vocabularies()])
    return Bench(read(resources.shapes()), CASES.world, [quad.triple for quad in quads], Engine(engine))


@cache
def targeted() -> list[rdflib.term.Node]:
    """The shapes that have a target, sorted."""
    return sorted({shape for target in TARGETS for shape in shapes().subjects(target)})


@cache
def owners() -> dict[rdflib.term.Node, rdflib.term.Node]:
    """For each shape that can be reported, the shape with a target that it belongs to."""
    found = {shape: shape for shape in targeted()}
    for shape in targeted():
        found |= dict.fromkeys(shapes().objects(shape, SH.property), shape)
    return found


@pytest.mark.parametrize("case", CASES.cases, ids=str)
def test_what_is_wrong_is_reported_at_its_node(case: Case) -> None:
    assert bench("pyshacl").reported(case) == [case.expected]


@pytest.mark.parametrize("engine", ["pyshacl", "auto"])
def test_what_is_right_passes(engine: str) -> None:
    assert [(f.severity, f.source, str(f.focus), f.place) for f in bench(engine).wrong()] == []


def test_every_shape_has_something_right_to_pass() -> None:
    counter = FocusCounter(Shapes(read(resources.shapes())))
    counter.count(quad for quads in CASES.files.values() for quad in quads)
    counter.count(quad for quad in read(resources.ontology()) if quad.predicate.value == ns.RDFS_SUBCLASS)
    counts = counter.result()
    assert len(counts) == len(targeted())
    assert [shape for shape, count in counts.items() if not count] == []


# --- No constraint can be removed unnoticed ---


@pytest.mark.parametrize("chunk", range(16))
def test_no_constraint_can_be_removed_unnoticed(chunk: int) -> None:
    constraints = bench().constraints[chunk::16]
    assert len(constraints) > 50
    assert bench().unnoticed(CASES.cases, constraints)[0] == []


def test_a_removal_that_nobody_notices_is_found() -> None:
    lonely = [case for case in CASES.cases if case.component != "UniqueLang"]
    unnoticed, _ = bench().unnoticed(lonely, [c for c in bench().constraints if c[1] == sh("uniqueLang")][:3])
    assert [name for _, name, _ in unnoticed] == [sh("uniqueLang")] * 3


def test_no_term_of_the_shapes_escapes_that_test() -> None:
    known = {SH[name] for name in (*CONSTRAINTS, *REMARKS.split())}
    assert {p for p in shapes().predicates() if str(p).startswith(str(SH))} - known == set()
    in_parts = {str(node) for shape in bench().targeted for node, _, _ in bench().part(shape)}
    own = {quad.subject for quad in bench().quads if quad.predicate.value.removeprefix(str(SH)) in CONSTRAINTS}
    assert {node for node in own if str(node) not in in_parts} == set(), "constraints that no shape with a target uses"


# --- The shapes themselves ---


def classes() -> set[rdflib.term.Node]:
    """The classes of the ontology, and the other classes that data use."""
    own = {c for c in terms().subjects(RDF.type, OWL.Class) if str(c).startswith(ns.CASCQ)}
    return own | {SKOS.Concept, SKOS.ConceptScheme, rdflib.URIRef(ns.OA + "TextPositionSelector")}


def local(iri: rdflib.term.Node) -> str:
    """The name of a class without its namespace."""
    return str(iri).replace("#", "/").rsplit("/", 1)[-1]


@pytest.mark.parametrize("name", sorted(map(local, classes())))
def test_every_class_has_a_node_shape_of_its_name(name: str) -> None:
    shape = CSH[name]
    assert (shape, RDF.type, SH.NodeShape) in shapes()
    assert [local(c) for c in shapes().objects(shape, SH.targetClass)] == [name]


@pytest.mark.parametrize("name", sorted(map(local, classes())))
def test_every_class_is_closed(name: str) -> None:
    shape, open_classes = CSH[name], {"Organization", "Place", "Event"}
    if name in open_classes:  # their sub-classes are closed one by one; sh:or and sh:not see to the rest
        assert (shape, SH["or"], None) in shapes() or (shape, SH["not"], None) in shapes()
    else:
        assert (shape, SH.closed, rdflib.Literal(True)) in shapes()


def test_every_named_class_needs_names() -> None:
    nameless = {
        "Event",
        "Document",
        "Passage",
        "CuratedGraph",
        "Note",
        "Name",
        "Identifier",
        "Concept",
        "ConceptScheme",
    }
    nameless.add("TextPositionSelector")
    covered = {
        local(sub)
        for kind in shapes().objects(CSH.NamedEntity, SH.targetClass)
        for sub in terms().transitive_subjects(RDFS.subClassOf, kind)
    }
    assert {local(c) for c in classes()} - covered == nameless - {"Event"}


def test_shapes_name_only_what_exists() -> None:
    ours = (ns.CASCQ, ns.VOC)
    used = {o for o in shapes().objects() if str(o).startswith(ours) and isinstance(o, rdflib.URIRef)}
    assert {o for o in used if (o, RDF.type, None) not in terms()} == set()


def test_every_property_is_constrained() -> None:
    derived = {
        ns.CASCQ + name for name in ("cooperatesWith", "founded", "activeIn", "inPlace", "hasOutcome", "linkedTo")
    }
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    own = {str(p) for kind in kinds for p in terms().subjects(RDF.type, kind) if str(p).startswith(ns.CASCQ)}
    assert own - {str(path) for path in shapes().objects(None, SH.path)} == derived


def test_every_message_is_in_both_languages() -> None:
    for kind in (SH.NodeShape, SH.PropertyShape):
        for shape in shapes().subjects(RDF.type, kind):
            messages = list(shapes().objects(shape, SH.message))
            if kind == SH.PropertyShape or shape in targeted():
                assert sorted(str(m.language) for m in messages) == ["en", "zh"], shape
            assert all(str(m).endswith((".", "?", "。")) for m in messages), shape


def test_every_shape_is_named_and_graded() -> None:
    for shape in shapes().subjects(RDF.type, SH.PropertyShape):
        assert isinstance(shape, rdflib.URIRef)
    for shape in owners():
        assert len(list(shapes().objects(shape, SH.severity))) == 1, shape


def test_property_shapes_are_named_after_their_shape_and_path() -> None:
    for shape in targeted():
        for prop in shapes().objects(shape, SH.property):
            assert str(prop).startswith(f"{shape}-"), prop
            path = shapes().value(prop, SH.path)
            if isinstance(path, rdflib.URIRef):
                assert local(prop).removeprefix(local(shape) + "-").startswith(local(path)), prop


def test_shapes_on_properties_target_what_they_constrain() -> None:
    for shape in set(shapes().subjects(SH.targetSubjectsOf)):
        paths = {shapes().value(prop, SH.path) for prop in shapes().objects(shape, SH.property)}
        assert set(shapes().objects(shape, SH.targetSubjectsOf)) == paths, shape


def test_lists_of_closed_shapes_repeat_nothing() -> None:
    for shape, head in shapes().subject_objects(SH.ignoredProperties):
        items = list(Collection(shapes(), head))
        own = {shapes().value(p, SH.path) for p in shapes().objects(shape, SH.property)}
        assert len(items) == len(set(items)), shape
        assert not own & set(items), shape


@pytest.mark.parametrize("path", resources.shapes(), ids=lambda path: path.stem)
def test_the_shapes_are_valid_shacl(path: Path) -> None:
    import pyshacl

    assert pyshacl.validate(rdflib.Graph(), shacl_graph=reference.to_rdflib(read([path])), meta_shacl=True)[0]


def test_the_shapes_are_core_shacl() -> None:
    assert not {p for p in shapes().predicates() if p in {SH.sparql, SH.select, SH.js, SH.rule, SH.target}}
