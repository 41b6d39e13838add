"""Every shape passes what is right and reports what is wrong, and no constraint can go unnoticed.

tests/shapes/*.ttl together are one small invented world in which everything is right. tests/shapes/*.toml change it by
a few triples, case by case, and say what the shape then reports: that, and nothing else.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

from cascq import namespaces as ns
from cascq import resources, shacl
from cascq.focus import FocusCounter
from cascq.reading import read
from cascq.report import term_text
from cascq.results import Result
from cascq.shapes import Shapes, sh

FOLDER = Path(__file__).parent / "shapes"
PREFIXES = ns.PREFIXES | {"invented-report": ns.SOURCE + "invented-report/"}
HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
CSH = rdflib.Namespace(ns.SHAPES)

# What a shape can demand. sh:property is among them: a property shape that is not linked demands nothing.
DEMANDS = """
    property minCount maxCount datatype nodeKind class node pattern minLength maxLength languageIn uniqueLang in
    hasValue minInclusive maxInclusive minExclusive maxExclusive lessThan lessThanOrEquals equals disjoint or xone and
    not closed qualifiedValueShape sparql
"""
CONSTRAINTS = {SH[name] for name in DEMANDS.split()}
# Terms that say something about a constraint but demand nothing of their own.
REMARKS = """
    path message severity ignoredProperties qualifiedMinCount qualifiedMaxCount inversePath alternativePath
    zeroOrMorePath targetClass targetSubjectsOf
"""
SILENT = {SH[name] for name in REMARKS.split()}
# What means nothing without the constraint it goes with.
COMPANIONS = {SH.closed: (SH.ignoredProperties,), SH.qualifiedValueShape: (SH.qualifiedMinCount, SH.qualifiedMaxCount)}


@dataclass(frozen=True)
class Case:
    """A change of the invented world, and what the shape reports then: node, path, component, shape."""

    file: str
    name: str
    remove: str
    add: str
    expect: tuple[str, str, str, str]

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def load_cases() -> list[Case]:
    """Read all cases."""
    cases = []
    for path in sorted(FOLDER.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            e = case["expect"]
            expect = (e["focus"], e.get("path", ""), e["component"], e["shape"])
            cases.append(Case(path.stem, case["name"], case.get("remove", ""), case.get("add", ""), expect))
    return cases


CASES = load_cases()
Constraint = tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]


@cache
def shapes() -> rdflib.Graph:
    """The shapes."""
    return shacl.to_rdflib(read(resources.shapes()))


@cache
def written() -> Shapes:
    """The shapes, as they are written."""
    return Shapes(read(resources.shapes()))


@cache
def terms() -> rdflib.Graph:
    """The ontology and the vocabularies."""
    return shacl.to_rdflib(read([*resources.ontology(), *resources.vocabularies()]))


@cache
def fixtures() -> rdflib.Graph:
    """The invented world alone."""
    return shacl.to_rdflib(read([FOLDER]))


@cache
def world() -> rdflib.Graph:
    """The invented world with ontology and vocabularies."""
    return terms() + fixtures()


def triples(text: str) -> rdflib.Graph:
    """Read triples written with the project's prefixes."""
    return shacl.to_rdflib(ox.parse(HEADER + text, ox.RdfFormat.TURTLE, rename_blank_nodes=True))


@cache
def part(node: rdflib.term.Node) -> rdflib.Graph:
    """The shapes that a shape consists of: itself and all that it refers to."""
    found, open_nodes = rdflib.Graph(), [node]
    seen = set(open_nodes)
    while open_nodes:
        for triple in shapes().triples((open_nodes.pop(), None, None)):
            found.add(triple)
            target = triple[2]
            own = isinstance(target, rdflib.BNode) or str(target).startswith(ns.SHAPES)
            if own and target not in seen:
                seen.add(target)
                open_nodes.append(target)
    return found


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


def shape_of(case: Case) -> rdflib.term.Node:
    """The shape that a case expects in the report."""
    return rdflib.URIRef(ns.expand(case.expect[3]))


def owner(case: Case) -> rdflib.term.Node:
    """The shape with a target that a case is about."""
    return owners()[shape_of(case)]


def reported(case: Case, graph: rdflib.Graph) -> list[tuple[str, str, str, str]]:
    """Apply a case to the world, validate it with some shapes, and put the world back."""
    gone, new = triples(case.remove), triples(case.add)
    for triple in gone:
        assert triple in world(), f"{case} removes what is not there: {triple}"
    added = [triple for triple in new if triple not in world() or triple in gone]
    for triple in gone:
        world().remove(triple)
    for triple in added:
        world().add(triple)
    try:
        found = shacl.run(world(), graph)
    finally:
        for triple in added:
            world().remove(triple)
        for triple in gone:
            world().add(triple)
    return sorted(
        (
            "_:blank" if isinstance(r.focus, ox.BlankNode) else term_text(r.focus),
            path_of(r),
            r.component.removeprefix(str(SH)).removesuffix("ConstraintComponent"),
            ns.shorten(r.shape),
        )
        for r in found
    )


def path_of(result: Result) -> str:
    """The path that a result names; one of several properties is that of the shape."""
    if result.path is not None or not result.has_path:
        return "" if result.path is None else ns.shorten(result.path.value)
    path = written().value(ox.NamedNode(result.shape), sh("path"))
    assert path is not None
    return written().path_text(path)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_wrong_is_reported_at_its_node(case: Case) -> None:
    assert reported(case, part(owner(case))) == [case.expect]


def test_what_is_right_passes() -> None:
    assert shacl.run(world(), shapes()) == []


def test_every_shape_has_something_right_to_pass() -> None:
    counter = FocusCounter(written())
    counter.count(read([FOLDER]))
    counter.count(quad for quad in read(resources.ontology()) if quad.predicate.value == ns.RDFS_SUBCLASS)
    assert [shape for shape, count in counter.result().items() if not count] == []


# --- No constraint can be removed unnoticed ---


def constraints_of(shape: rdflib.term.Node) -> list[Constraint]:
    """Every constraint in a shape and in the helpers that it uses."""
    return sorted(t for t in part(shape) if t[1] in CONSTRAINTS)


def without(graph: rdflib.Graph, constraint: Constraint) -> rdflib.Graph:
    """Return shapes without one constraint."""
    less = rdflib.Graph()
    for triple in graph:
        less.add(triple)
    less.remove(constraint)
    for companion in COMPANIONS.get(constraint[1], ()):
        less.remove((constraint[0], companion, None))
    return less


@cache
def using() -> dict[Constraint, set[rdflib.term.Node]]:
    """For each constraint, the shapes of which it is a part."""
    found: dict[Constraint, set[rdflib.term.Node]] = defaultdict(set)
    for shape in owners():
        for triple in part(shape):
            found[triple].add(shape)
    return found


def candidates(constraint: Constraint) -> Iterator[Case]:
    """The cases that may notice the removal of a constraint, the likeliest first."""
    node, parameter, value = constraint
    name = str(parameter).removeprefix(str(SH)).lower().removesuffix("valueshape")
    near = [case for case in CASES if shape_of(case) in using()[constraint] | {node, value}]
    yield from sorted(near, key=lambda c: (shape_of(c) not in {node, value}, not c.expect[2].lower().startswith(name)))


ALL_CONSTRAINTS = sorted({c for shape in targeted() for c in constraints_of(shape)}, key=str)


@pytest.mark.parametrize("chunk", range(16))
def test_no_constraint_can_be_removed_unnoticed(chunk: int) -> None:
    unnoticed = []
    for constraint in ALL_CONSTRAINTS[chunk::16]:
        for case in candidates(constraint):
            if reported(case, without(part(owner(case)), constraint)) != [case.expect]:
                break
        else:
            unnoticed.append(" ".join(ns.shorten(str(term)) for term in constraint))
    assert unnoticed == []


def test_no_term_of_the_shapes_escapes_that_test() -> None:
    used = {p for p in shapes().predicates() if str(p).startswith(str(SH))} - CONSTRAINTS - SILENT
    assert used == set()
    in_parts = {t for shape in targeted() for t in part(shape)}
    strays = {s for s, p, _ in shapes() if p in CONSTRAINTS} - {s for s, _, _ in in_parts}
    assert strays == set(), "constraints that no shape with a target uses"


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

    assert pyshacl.validate(rdflib.Graph(), shacl_graph=shacl.to_rdflib(read([path])), meta_shacl=True)[0]


def test_the_shapes_are_core_shacl() -> None:
    assert not {p for p in shapes().predicates() if p in {SH.sparql, SH.select, SH.js, SH.rule, SH.target}}
