"""The ontology: fully described, nothing undeclared, and every term used or kept for a stated reason."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from rdflib import DCTERMS, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, Literal, Node, URIRef

from cascq import resources
from ontology_graphs import (
    CASCQ,
    LANGUAGES,
    ONTOLOGY,
    RDF_FILES,
    ROOT,
    TERM_KINDS,
    VOC,
    concepts,
    data,
    examples,
    in_use,
    is_own,
    ontology,
    read,
    terms,
    texts,
    vocabularies,
)

OA = "http://www.w3.org/ns/oa#"

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
    iris = {node for node in in_use(shapes) if isinstance(node, URIRef)}
    checked = {iri for iri in iris if str(iri).startswith((CASCQ, VOC))}
    for predicate in (SH.path, SH["class"], SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf):
        checked |= iris & {iri for iri in shapes.objects(None, predicate) if not str(iri).startswith(str(RDF))}
    for text in [*shapes.objects(None, SH.select), *shapes.objects(None, SH.ask)]:
        names = prefixed_names(str(text))
        checked |= {URIRef({"cascq": CASCQ, "voc": VOC}[p] + name) for p, name in names if p in {"cascq", "voc"}}
    assert checked - declared() == set()


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
