"""The SHACL engines find the same: `shacl`, the default, what pySHACL finds, and what pyshacl-turbo finds.

pyshacl-turbo is the second reference, so that no fault of pySHACL is taken for the truth. Where both references
are wrong, a test says what the recommendation (W3C, 2017) has.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import shape_generator
from cascq import namespaces as ns
from cascq import resources
from cascq.errors import CascqError
from cascq.reading import read
from cascq.shacl import engines
from cascq.shacl.cases import Cases, read_cases
from cascq.shacl.datafiles import DataFiles
from cascq.shacl.shapes import Shapes
from engine_comparison import Found, Trial

REFERENCES = ("pyshacl", "turbo")
TESTS = Path(__file__).parent
# rdflib says what it thinks of ill-formed literals, which are wanted here.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:rdflib", "ignore:.*QualifiedValueShape")


@cache
def shipped_shapes() -> Shapes:
    """The shapes of the project."""
    return Shapes(read(resources.shapes()))


@cache
def terms() -> tuple[ox.Quad, ...]:
    """The hierarchies of classes and concepts: what the shapes need of the ontology and the vocabularies."""
    wanted = {ns.RDFS_SUBCLASS, ns.RDF_TYPE, ns.SKOS + "inScheme"}
    quads = read([*resources.ontology(), *resources.vocabularies()])
    return tuple(quad for quad in quads if quad.predicate.value in wanted)


def found(shapes: str, data: str, folder: Path, by: Sequence[str]) -> list[Found]:
    """Return what engines find in a small graph."""
    path = folder / "data.ttl"
    path.write_text(shape_generator.HEADER + data, encoding="utf-8")
    quads = ox.parse(shape_generator.HEADER + shapes, ox.RdfFormat.TURTLE)
    with Trial([path], Shapes(quads)) as trial:
        return [trial.run(engine) for engine in by]


# --- The project's own shapes ---


@pytest.mark.parametrize("folder", ["checks", "examples", "shapes", "project"])
def test_all_engines_find_the_same_in_the_fixtures(folder: str) -> None:
    with Trial([TESTS / folder], shipped_shapes(), terms()) as trial:
        fast = trial.run("shacl")
        for engine in REFERENCES:
            assert without_line_ends(trial.run(engine)) == without_line_ends(fast)


def without_line_ends(results: Found) -> Found:
    """Leave out values that end in a line end: to Python's patterns, and turbo's, $ stands before it as well."""
    return Found({result: number for result, number in results.items() if '\\n"' not in result[2]})


def test_all_engines_find_the_same_in_the_shipped_data() -> None:
    with Trial([resources.data()], shipped_shapes(), terms()) as trial:
        assert trial.run("shacl") == trial.run("pyshacl") == trial.run("turbo")


@cache
def cases() -> Cases:
    """The invented world, in which everything is right, and the cases that change it."""
    return read_cases(TESTS / "shapes")


def write(quads: Iterable[ox.Quad | ox.Triple], path: Path) -> Path:
    """Write quads to a file."""
    ox.serialize(quads, str(path), ox.RdfFormat.N_QUADS)
    return path


@pytest.mark.parametrize("part", range(3))
def test_all_engines_find_the_same_in_the_cases_of_the_shapes(part: int, tmp_path: Path) -> None:
    some = cases().cases[part::3]
    gone = {triple for case in some for triple in case.remove}
    new = {triple for case in some for triple in case.add}
    changed = [triple for triple in cases().world if triple not in gone]
    with Trial([write([*changed, *new], tmp_path / "data.nq")], shipped_shapes(), terms()) as trial:
        fast = trial.run("shacl")
        assert fast.total() > len(some) / 2
        assert fast == trial.run("pyshacl") == trial.run("turbo")


# --- Mutated graphs ---

STRANGE = (
    ox.Literal("2016-02-30", datatype=ox.NamedNode(ns.XSD + "date")),
    ox.Literal("2016-13", datatype=ox.NamedNode(ns.XSD + "gYearMonth")),
    ox.Literal("16", datatype=ox.NamedNode(ns.XSD + "gYear")),
    ox.Literal("1,5", datatype=ox.NamedNode(ns.XSD + "decimal")),
    ox.Literal("05", datatype=ox.NamedNode(ns.XSD + "integer")),
    ox.Literal("ja", datatype=ox.NamedNode(ns.XSD + "boolean")),
    ox.Literal("名", language="zh"),
    ox.Literal("name", language="en-gb"),
    ox.Literal(""),
    ox.NamedNode("https://example.org/unknown"),
    ox.BlankNode("somebody"),
)


def mutated(quad: ox.Quad, others: Sequence[ox.Quad], random: Random) -> list[ox.Quad]:
    """Return what becomes of a statement: gone, retyped, retagged, about or with another node, elsewhere."""
    subject, predicate, value, graph = quad
    other = random.choice(others)
    change = random.randrange(9)
    if change == 0:
        return []
    if change == 1:
        predicate = other.predicate
    elif change == 2:
        value = other.object
    elif change == 3:
        value = random.choice(STRANGE)
    elif change == 4:
        subject = ox.BlankNode(f"b{random.randrange(9)}")
    elif change == 5 and isinstance(value, ox.Literal):
        value = ox.Literal(value.value, datatype=ox.NamedNode(ns.XSD + random.choice(("string", "date", "integer"))))
    elif change == 6 and isinstance(value, ox.Literal):
        value = ox.Literal(value.value, language=random.choice(("zh", "en", "fr")))
    elif change == 7:
        graph = ox.NamedNode("https://example.org/graph")
    else:
        subject = other.subject
    return (
        [quad, ox.Quad(subject, predicate, value, graph)]
        if random.random() < 0.3
        else [ox.Quad(subject, predicate, value, graph)]
    )


def without_comparisons(results: Found) -> Found:
    """Leave out what is not less than another: pySHACL passes what cannot be compared, as ill-formed numbers."""
    return Found({result: number for result, number in results.items() if "#LessThan" not in result[3]})


@settings(max_examples=4, phases=[Phase.generate])  # each takes seconds: none is spent on finding a smaller one
@given(random=st.randoms(use_true_random=True))
def test_all_engines_find_the_same_in_mutated_graphs(tmp_path_factory: pytest.TempPathFactory, random: Random) -> None:
    folder = tmp_path_factory.mktemp("mutated")
    world = [quad for quads in cases().files.values() for quad in quads]
    # Not the bounds of figures: at a blank node under sh:lessThanOrEquals pySHACL stops.
    others = [quad for quad in world if quad.predicate.value not in {ns.CASCQ + "minValue", ns.CASCQ + "maxValue"}]
    hit = set(random.sample(others, 60))
    files: list[list[ox.Quad]] = [[], [], []]
    for index, quad in enumerate(world):
        files[index % 3] += mutated(quad, others, random) if quad in hit else [quad]
    paths = [write(quads, folder / f"{number}.nq") for number, quads in enumerate(files)]
    with warnings.catch_warnings(), Trial(paths, shipped_shapes(), terms()) as trial:
        warnings.simplefilter("ignore")
        fast, *others = (without_comparisons(trial.run(engine)) for engine in ("auto", *REFERENCES))
        assert fast.total() > 10
        assert [fast, fast] == others


# --- Any shapes ---


@settings(max_examples=300)
@given(random=st.randoms(use_true_random=False))
def test_all_engines_find_the_same_with_any_core_shapes(
    tmp_path_factory: pytest.TempPathFactory, random: Random
) -> None:
    generator = shape_generator.Generator(random)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fast, pyshacl, turbo = found(
            generator.shapes(), generator.data(), tmp_path_factory.mktemp("any"), ("auto", *REFERENCES)
        )
    assert fast == pyshacl
    assert fast == turbo


DATA = """
:a a :A ; :p 1 , 2 , "x"@en ; :q :b ; :r _:x ; :n "1" .
:b a :B ; :p "y" .
_:x a :A ; :p 5 .
:A rdfs:subClassOf :C .
"""
DECLARED = '<urn:o> a owl:Ontology ; sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] . '
NUMERIC = "SELECT $this ?value WHERE { $this ex:p ?value FILTER(isNumeric(?value)) }"
LEAST = """
:Most a sh:ConstraintComponent ; sh:parameter [ sh:path :lang ] , [ sh:path :other ; sh:optional true ] ;
    sh:propertyValidator [ sh:message "not {$lang}" , "不是{$lang}"@zh ;
        sh:select "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value FILTER(lang(?value) != $lang) }" ] ;
    sh:nodeValidator [ sh:message "{$this} and {$lang}" ;
        sh:select "SELECT $this WHERE { $this <https://example.org/n> $lang }" ] .
"""
S = ":S a sh:NodeShape ; sh:targetClass :A ; "
SAME = {
    "a message with values, in two languages": f"""{DECLARED} {S} sh:sparql [ sh:prefixes <urn:o> ;
        sh:select "{NUMERIC}" ; sh:message "{{?value}} at {{$this}}, {{?path}}"@en , "值{{?value}}"@zh ] .""",
    "a message and a severity of the shape": f"""{DECLARED} {S} sh:message "m"@en ; sh:severity sh:Warning ;
        sh:sparql [ sh:prefixes <urn:o> ; sh:select "{NUMERIC}" ] .""",
    "a message in the query": f"""{DECLARED} {S} sh:sparql [ sh:prefixes <urn:o> ;
        sh:select "SELECT $this ?message WHERE {{ $this ex:p ?value BIND('m' AS ?message) }}" ] .""",
    "a path in the query": f"""{S} sh:sparql [
        sh:select "SELECT $this ?path ?value WHERE {{ $this ?path ?value FILTER(isNumeric(?value)) }}" ] .""",
    "a query at a path": """:S a sh:PropertyShape ; sh:targetClass :A ; sh:path ( :q :p ) ;
        sh:sparql [ sh:message "bad {?value}" ; sh:select "SELECT $this ?value WHERE { $this $PATH ?value }" ] .""",
    "several queries, one deactivated, one with a severity": f"""{S} sh:sparql
        [ sh:message "one {{?value}}"@en ;
            sh:select "SELECT $this ?value WHERE {{ $this <https://example.org/p> ?value }}" ] ,
        [ sh:severity sh:Info ; sh:select "SELECT $this ?value WHERE {{ $this <https://example.org/q> ?value }}" ] ,
        [ sh:deactivated true ; sh:select "SELECT $this WHERE {{ ?s ?p $this }}" ] .""",
    "a blank node in a message": f"""{S} sh:sparql [ sh:message "to {{?value}}"@en ;
        sh:select "SELECT $this ?value WHERE {{ $this <https://example.org/r> ?value }}" ] .""",
    "imported prefixes": f"""{DECLARED} <urn:p> owl:imports <urn:o> .
        {S} sh:sparql [ sh:prefixes <urn:p> ; sh:select "{NUMERIC}" ] .""",
    "queries in nested shapes": f"""{S} sh:node [ sh:class :C ; sh:property [ sh:path :q ; sh:class :B ;
        sh:sparql [ sh:select "SELECT $this ?value WHERE {{ $this $PATH ?value }}" ] ] ] .""",
    "a component of one's own": f'{LEAST} {S} :lang "1" ; sh:property [ sh:path :p ; :lang "en" ] .',
    "a severity of one's own": f"{S} sh:severity :Mine ; sh:nodeKind sh:Literal .",
    "an OWL class as a shape": ":A a owl:Class , sh:NodeShape ; sh:property [ sh:path :z ; sh:minCount 1 ] .",
    "a class of classes": ":M rdfs:subClassOf rdfs:Class . :A a :M , sh:NodeShape ; sh:class :B .",
    "a class with constraints, not called a shape": ":A a rdfs:Class ; sh:class :B .",
    "a class as a property shape": ":A a rdfs:Class , sh:PropertyShape ; sh:path :z ; sh:minCount 1 .",
    "literals as focus nodes": """:S a sh:NodeShape ; sh:targetNode "lit"@EN , 05 , "x" ; sh:node :N ; sh:class :A .
        :N a sh:NodeShape ; sh:nodeKind sh:IRI .""",
    "one property shape in two shapes": f""":P sh:path :p ; sh:maxCount 1 ; sh:message "deep" . {S} sh:property :P .
        :S2 a sh:NodeShape ; sh:targetClass :C ; sh:property :P ; sh:node [ sh:message "inner" ; sh:property :P ] .""",
    "a flag that takes the pattern literally": f'{S} sh:property [ sh:path :p ; sh:pattern "x." ; sh:flags "q" ] .',
    "both bounds of a qualified count": f"""{S} sh:property [ sh:path :p ; sh:qualifiedValueShape [
        sh:datatype xsd:integer ] ; sh:qualifiedMinCount 3 ; sh:qualifiedMaxCount 1 ] .""",
    "an empty sh:in": f"{S} sh:property [ sh:path :p ; sh:in () ] .",
}


@pytest.mark.parametrize("shapes", SAME.values(), ids=SAME)
def test_the_default_engine_finds_what_pyshacl_finds(shapes: str, tmp_path: Path) -> None:
    fast, pyshacl = found(shapes, DATA, tmp_path, ("shacl", "pyshacl"))
    assert fast
    assert fast == pyshacl


# --- Where the references are wrong ---


def test_a_validator_that_asks_has_the_value_in_its_result(tmp_path: Path) -> None:
    # Section 6.3: the value node is the value of the result. Both references leave it out at a property.
    shapes = f""":Over a sh:ConstraintComponent ; sh:parameter [ sh:path :max ] ; sh:validator [
        a sh:SPARQLAskValidator ; sh:message "over {{$max}}: {{?value}}"@en ;
        sh:ask "ASK {{ FILTER (isNumeric(?value) && $value <= $max) }}" ] .
        {S} sh:property [ sh:path :p ; :max 1 ] ."""
    (fast,) = found(shapes, DATA, tmp_path, ("shacl",))
    told = {(result[2], result[6]) for result in fast}
    assert told == {
        ('"2"^^<http://www.w3.org/2001/XMLSchema#integer>', "over 1: 2"),
        ('"5"^^<http://www.w3.org/2001/XMLSchema#integer>', "over 1: 5"),
        ('"x"@en', "over 1: x"),
    }


WRONG = {
    # Section 4.4.1: a blank node has no length, so it is never long enough.
    "a blank node has no length": ("sh:property [ sh:path :r ; sh:minLength 0 ]", 1),
    # Section 4.4.3: the pattern is that of SPARQL's REGEX, where the flag x removes blanks.
    "the flag x": ('sh:property [ sh:path :q ; sh:pattern "/ b $" ; sh:flags "x" ]', 0),
    # … and classes of Unicode, which Python lacks.
    "classes of characters": ('sh:property [ sh:path ( :q :p ) ; sh:pattern "^\\\\p{Ll}$" ]', 0),
    # Section 4.3: what cannot be compared with the bound is no value within it. pySHACL lets it pass.
    "a bound for something else": ("sh:property [ sh:path :n ; sh:minInclusive 0 ]", 1),
    "one thing less than another": ("sh:property [ sh:path :q ; sh:lessThan :n ]", 1),
}


@pytest.mark.parametrize(("shape", "number"), WRONG.values(), ids=WRONG)
def test_what_the_recommendation_says_and_pyshacl_does_not(shape: str, number: int, tmp_path: Path) -> None:
    (fast,) = found(f"{S} {shape} .", DATA, tmp_path, ("shacl",))
    assert fast.total() == number


def test_advanced_features_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    shapes = f"""{S} sh:rule [ a sh:TripleRule ] ; sh:expression [ sh:path :z ] .
        :T a sh:NodeShape ; sh:property [ sh:path :z ; sh:minCount 1 ] ;
        sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this WHERE {{ ?this a <https://example.org/A> }}" ] ."""
    assert not any(found(shapes, DATA, tmp_path, ("shacl", "pyshacl")))
    (note,) = outcome(shapes, tmp_path, "auto").notes
    assert note["en"].endswith("sh:target, sh:rule, sh:expression")
    assert "sh:target、sh:rule" in note["zh"]


def test_shapes_that_are_only_referred_to_demand_nothing_and_that_is_said(tmp_path: Path) -> None:
    shapes = f"{S} sh:node :Missing ; sh:or ( :Absent [ sh:class :B ] ) ; sh:property [ sh:path :q ; sh:maxCount 0 ] ."
    fast, pyshacl = found(shapes, DATA, tmp_path, ("shacl", "pyshacl"))
    assert fast.total() == 1
    assert fast == pyshacl
    (note,) = outcome(shapes, tmp_path, "auto").notes
    assert note["en"].endswith(": https://example.org/Missing, https://example.org/Absent")
    assert note["zh"].endswith("：https://example.org/Missing、https://example.org/Absent")


def outcome(shapes: str, folder: Path, engine: str) -> engines.Outcome:
    """Apply shapes to the small graph and return all that the engine says."""
    path = folder / "data.ttl"
    path.write_text(shape_generator.HEADER + DATA, encoding="utf-8")
    quads = ox.parse(shape_generator.HEADER + shapes, ox.RdfFormat.TURTLE)
    return engines.start(engine, DataFiles([path], [], folder), Shapes(quads))()


# --- What the default engine leaves to pySHACL ---

LEFT = {
    "look-ahead": (f'{S} sh:property [ sh:path :p ; sh:pattern "^(?!x)" ] .', "sh:pattern"),
    "recursion": (f"{S} sh:property [ sh:path :q ; sh:node :S ] .", "refers to itself"),
    "recursion through a list": (f"{S} sh:or ( [ sh:class :B ] [ sh:not :S ] ) .", "refers to itself"),
    "a closed property shape": (":P a sh:PropertyShape ; sh:targetClass :A ; sh:path :q ; sh:closed true .", "closed"),
    "a year as a bound": (f'{S} sh:property [ sh:path :q ; sh:minInclusive "2016"^^xsd:gYear ] .', "minInclusive"),
    "a blank node in a validator": (
        """:Is a sh:ConstraintComponent ; sh:parameter [ sh:path :is ] ; sh:validator [ a sh:SPARQLAskValidator ;
            sh:ask "ASK { FILTER ($value = $is) }" ] .
            :S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :r ; :is 1 ] .""",
        "SPARQL",
    ),
}


@pytest.mark.parametrize(("shapes", "reason"), LEFT.values(), ids=LEFT)
def test_what_the_default_engine_cannot_do_is_left_to_pyshacl(shapes: str, reason: str, tmp_path: Path) -> None:
    (note,) = outcome(shapes, tmp_path, "auto").notes
    assert "pySHACL is used" in note["en"]
    assert reason in note["en"]
    assert "pySHACL" in note["zh"]
    with pytest.raises(CascqError, match=reason):
        outcome(shapes, tmp_path, "shacl")


def test_years_are_compared_by_pyshacl(tmp_path: Path) -> None:
    data = ':a a :A ; :from "2016"^^xsd:gYear ; :to "2017"^^xsd:gYear .'
    less = f"{S} sh:property [ sh:path :from ; sh:lessThan :to ] ."
    assert not any(found(less, data, tmp_path, ("auto", "pyshacl", "turbo")))
    more = f"{S} sh:property [ sh:path :to ; sh:lessThan :from ] ."
    assert [results.total() for results in found(more, data, tmp_path, ("auto", "pyshacl", "turbo"))] == [1, 1, 1]
