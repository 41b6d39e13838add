"""The SKOS vocabularies and the alignments with other ontologies."""

import re
from pathlib import Path

import pytest
from rdflib import DCTERMS, SKOS, URIRef

from cascq import resources
from ontology_graphs import (
    LANGUAGES,
    ROOT,
    TERM_KINDS,
    VOC,
    concepts,
    is_own,
    read,
    schemes,
    terms,
    texts,
    vocabularies,
)

# --- Vocabularies ---


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
