"""The ontology: logically sound, fully described, and every term used or kept for a stated reason."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, ORG, OWL, PROV, RDF, RDFS, SKOS, Graph, Literal, Node, URIRef

import hermit
import owl_profile
from cascq import resources
from cascq.reading import read_file

ROOT = Path(__file__).resolve().parents[1]
CASCQ = "https://w3id.org/cascq/ontology#"
VOC = "https://w3id.org/cascq/vocabulary/"
OA = "http://www.w3.org/ns/oa#"
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


# --- Logic ---

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


def rl_errors(graph: Graph) -> list[str]:
    import owlrl

    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return sorted(str(error) for error in graph.objects(None, RL_ERROR))


def test_the_rules_of_owl_rl_find_no_error() -> None:
    assert rl_errors(ontology() + vocabularies() + data()) == []


def test_the_rules_of_owl_rl_find_each_mistake() -> None:
    errors = rl_errors(ontology() + Graph().parse(data=PREFIXES + MISTAKES, format="turtle"))
    assert [error.rsplit("/", 1)[-1] for error in errors] == ["invented-list", "invented-both"]


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


# --- Header, labels, definitions ---


def test_header() -> None:
    assert list(ontology().subjects(RDF.type, OWL.Ontology)) == [ONTOLOGY]
    version = str(ontology().value(ONTOLOGY, OWL.versionInfo))
    vann = "http://purl.org/vocab/vann/"
    assert {
        OWL.versionIRI: f"{ONTOLOGY}/{version}",
        DCTERMS.license: "https://creativecommons.org/licenses/by/4.0/",
        URIRef(vann + "preferredNamespacePrefix"): "cascq",
        URIRef(vann + "preferredNamespaceUri"): CASCQ,
    }.items() <= {key: str(value) for key, value in ontology().predicate_objects(ONTOLOGY)}.items()
    for predicate in (DCTERMS.title, DCTERMS.description):
        assert set(texts(ontology(), ONTOLOGY, predicate)) == set(LANGUAGES)


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition, RDFS.comment])
def test_every_term_is_described_in_both_languages(predicate: URIRef) -> None:
    for term in terms(*TERM_KINDS):
        found = texts(ontology(), term, predicate)
        assert {lang: len(some) for lang, some in found.items()} == {"zh": 1, "en": 1}, term
        for [text] in found.values():
            assert text == " ".join(text.split()), (term, text)


def test_every_comment_gives_an_example() -> None:
    for term in terms(*TERM_KINDS):
        comments = texts(ontology(), term, RDFS.comment)
        assert "例：" in comments["zh"][0], term
        assert "Example: " in comments["en"][0], term


def test_chinese_is_chinese_and_english_is_english() -> None:
    chinese = re.compile("[一-鿿]")
    for graph in (ontology(), vocabularies()):
        for subject, predicate, text in graph:
            if not isinstance(text, Literal) or text.language is None:
                continue
            # an English comment may quote how a Chinese text prints a figure: "5个"
            quoted = re.sub('"[^"]*"', "", str(text))
            if text.language == "en":
                assert not chinese.search(quoted), (subject, predicate, text)
            elif str(text).upper() not in {
                "SHA-256",
                "GRID",
                "GEONAMES",
                "ISO 3166-2",
            }:  # names that are not translated
                assert chinese.search(text), (subject, predicate, text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_are_unique(lang: str) -> None:
    labels = Counter(texts(ontology(), term, RDFS.label)[lang][0] for term in terms(*TERM_KINDS))
    assert [label for label, count in labels.items() if count > 1] == []


def test_every_term_says_where_it_is_defined() -> None:
    for term in terms(*TERM_KINDS):
        assert list(ontology().objects(term, RDFS.isDefinedBy)) == [ONTOLOGY], term


# --- Vocabularies ---


def schemes() -> list[Node]:
    return sorted(vocabularies().subjects(RDF.type, SKOS.ConceptScheme), key=str)


def concepts(scheme: Node | None = None) -> list[Node]:
    found = (
        vocabularies().subjects(SKOS.inScheme, scheme) if scheme else vocabularies().subjects(RDF.type, SKOS.Concept)
    )
    return sorted(set(found), key=str)


def test_vocabularies_hold_nothing_but_concepts_and_schemes() -> None:
    assert set(vocabularies().subjects()) == {*schemes(), *concepts()}
    assert all(str(node).startswith(VOC) for node in vocabularies().subjects())


def test_every_concept_has_one_label_per_language_and_one_scheme() -> None:
    for node in [*schemes(), *concepts()]:
        labels = texts(vocabularies(), node, SKOS.prefLabel)
        assert {lang: len(some) for lang, some in labels.items()} == {"zh": 1, "en": 1}, node
        for predicate in (SKOS.prefLabel, SKOS.definition, SKOS.editorialNote):
            found = texts(vocabularies(), node, predicate)
            assert set(found) in (set(), set(LANGUAGES)), (node, predicate)
            assert all(text == " ".join(text.split()) for some in found.values() for text in some), node
    for concept in concepts():
        [scheme] = vocabularies().objects(concept, SKOS.inScheme)
        assert scheme in schemes(), concept
    for scheme in schemes():
        assert concepts(scheme), scheme
        assert set(texts(vocabularies(), scheme, SKOS.definition)) == set(LANGUAGES), scheme
        for lang in LANGUAGES:
            labels_here = [texts(vocabularies(), node, SKOS.prefLabel)[lang][0] for node in concepts(scheme)]
            assert len(set(labels_here)) == len(labels_here), scheme


def test_every_concept_has_a_place_in_its_scheme() -> None:
    for concept in concepts():
        scheme = vocabularies().value(concept, SKOS.inScheme)
        broader = list(vocabularies().objects(concept, SKOS.broader))
        top = list(vocabularies().objects(concept, SKOS.topConceptOf))
        assert bool(broader) != bool(top), f"{concept}: either a top concept or below another one"
        assert top in ([], [scheme]), concept
        assert all(vocabularies().value(node, SKOS.inScheme) == scheme for node in broader), concept
        above = set(vocabularies().transitive_objects(concept, SKOS.broader)) - {concept}
        assert all(concept not in vocabularies().objects(node, SKOS.broader) for node in above), f"{concept}: a cycle"


# --- Nothing undeclared ---


def declared() -> set[Node]:
    built_in = {RDF.type, RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy}
    return {*ontology().subjects(RDF.type), *vocabularies().subjects(), *built_in}


@pytest.mark.parametrize("path", RDF_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_turtle_files_declare_the_prefixes_they_use_and_no_others(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    given = re.findall(r"^@prefix ([\w-]*): <", text, re.MULTILINE)
    body = re.sub(r"^@prefix .*$", "", text, flags=re.MULTILINE)
    assert given == sorted(set(given)), "prefixes: each once, in alphabetical order"
    assert set(given) == set(prefixes_used(body))


def prefixes_used(turtle: str) -> list[str]:
    """Return the prefixes of all prefixed names that stand outside texts, IRIs and comments."""
    return [prefix for prefix, _ in prefixed_names(turtle)]


def prefixed_names(text: str) -> list[tuple[str, str]]:
    """Return the prefixed names in Turtle or SPARQL as pairs of prefix and local name."""
    bare = re.sub(r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|#[^\n]*', " ", text)
    return re.findall(r"(?<![\w?$@:])([A-Za-z][\w-]*):([\w][\w.-]*[\w-]|\w)?", bare)


@pytest.mark.parametrize("path", [p for p in RDF_FILES if p.suffix == ".trig"], ids=lambda path: path.name)
def test_data_use_declared_terms_only(path: Path) -> None:
    graph = read(path)
    assert set(graph.predicates()) - declared() == set()
    assert set(graph.objects(None, RDF.type)) - set(ontology().subjects(RDF.type, OWL.Class)) == set()
    assert {node for node in in_use(graph) if str(node).startswith((CASCQ, VOC))} - declared() == set()


def test_vocabularies_use_declared_terms_only() -> None:
    assert set(vocabularies().predicates()) - declared() == set()


@pytest.mark.parametrize("path", resources.shapes(), ids=lambda path: path.name)
def test_shapes_use_declared_terms_only(path: Path) -> None:
    shapes = read(path)
    sh = "http://www.w3.org/ns/shacl#"
    named = {node for node in in_use(shapes) if str(node).startswith((CASCQ, VOC))}
    paths = set(shapes.objects(None, URIRef(sh + "path"))) | set(shapes.objects(None, URIRef(sh + "class")))
    paths |= set(shapes.objects(None, URIRef(sh + "targetClass")))
    outside = {node for node in paths if isinstance(node, URIRef) and not str(node).startswith((str(RDF), str(RDFS)))}
    assert (named | outside) - declared() == set()


QUERY_FILES = sorted([*(ROOT / "queries").rglob("*.rq"), *resources.rules()])


@pytest.mark.parametrize("path", QUERY_FILES, ids=lambda path: path.stem)
def test_queries_and_rules_use_declared_terms_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", text, re.MULTILINE | re.IGNORECASE))
    used = {prefixes[prefix] + name for prefix, name in prefixed_names(text) if name and prefix in prefixes}
    used |= set(re.findall(r"https://w3id\.org/cascq/(?:ontology#|vocabulary/)[\w-]+", text))
    # a check may look for terms of other vocabularies that should not be there
    others = () if path.parent.name == "checks" else (str(DCTERMS), OA, str(ORG), str(PROV), str(SKOS))
    checked = {URIRef(term) for term in used if term.startswith((CASCQ, VOC, *others))}
    assert checked - declared() == set()


# --- Nothing without use ---


@cache
def used_in_data() -> frozenset[Node]:
    return frozenset(in_use(data()))


@cache
def derived() -> frozenset[Node]:
    """Return the terms that rules make."""
    heads = [path.read_text(encoding="utf-8").split("WHERE")[0] for path in resources.rules()]
    return frozenset(
        URIRef(CASCQ + name) for head in heads for prefix, name in prefixed_names(head) if prefix == "cascq"
    )


@cache
def reasons() -> dict[Node, str]:
    """Return why terms and concepts are there though the data do not use them."""
    return {node: str(note) for graph in (ontology(), vocabularies()) for node, note in graph[: SKOS.editorialNote :]}


def test_every_term_is_used_or_says_why_it_is_there() -> None:
    needless = [
        term
        for term in terms(*TERM_KINDS)
        if term not in used_in_data() and term not in derived() and term not in reasons()
    ]
    assert needless == []


def test_every_concept_is_used_or_says_why_it_is_there() -> None:
    # A concept counts as used with a narrower one; a closed code list holds all its values, and says so on the scheme.
    needless = []
    for concept in concepts():
        family = set(vocabularies().transitive_subjects(SKOS.broader, concept))
        scheme = vocabularies().value(concept, SKOS.inScheme)
        assert scheme is not None
        if not (family & used_in_data() or {concept, scheme} & reasons().keys()):
            needless.append(concept)
    assert needless == []


def test_what_is_kept_for_later_reports_is_shown_in_an_example() -> None:
    shown = {name: in_use(graph) for name, graph in examples().items()}
    kept = {node: note for node, note in reasons().items() if "tests/examples/" in note}
    assert kept
    for node, note in kept.items():
        [name] = re.findall(r"tests/examples/([\w-]+\.trig)", note)
        assert node in shown[name], f"{node} is not in {name}"
        assert node not in used_in_data(), f"{node} is in the data now: its editorialNote can go"


def test_no_term_of_another_vocabulary_is_declared_without_use() -> None:
    everything = read(*RDF_FILES)
    used = {*everything.predicates(), *everything.objects()}  # as a subject it is declared only
    queried = {name for path in QUERY_FILES for _, name in prefixed_names(path.read_text(encoding="utf-8"))}
    foreign = {term for term in ontology().subjects(RDF.type) if isinstance(term, URIRef) and not is_own(term)}
    assert [t for t in foreign - {ONTOLOGY} if t not in used and re.split("[#/]", t)[-1] not in queried] == []


# --- Alignments ---

MATCHES = {SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch}  # no exactMatch: see the README there


@pytest.mark.parametrize("path", resources.alignments(), ids=lambda path: path.stem)
def test_alignments_match_own_terms_with_others(path: Path) -> None:
    graph = read(path)
    name = URIRef(f"https://w3id.org/cascq/alignment/{path.stem}")
    assert set(texts(graph, name, DCTERMS.title)) == set(LANGUAGES)
    matches = [triple for triple in graph if triple[0] != name]
    assert matches
    for subject, predicate, value in matches:
        assert subject in terms(*TERM_KINDS), subject
        assert predicate in MATCHES
        assert isinstance(value, URIRef)
        assert not is_own(value)


def test_every_alignment_is_in_the_readme() -> None:
    readme = (ROOT / "ontology" / "alignments" / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in resources.alignments()} == set(re.findall(r"\(([\w-]+\.ttl)\)", readme))
