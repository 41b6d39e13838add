from __future__ import annotations

import pytest

from cascq.namespaces import expand, is_made, natural_key, shorten

BASE = "https://w3id.org/cascq/"


@pytest.mark.parametrize(
    ("iri", "curie"),
    [
        (BASE + "id/cigit", "id:cigit"),
        (BASE + "ontology#party", "cascq:party"),
        (BASE + "vocabulary/planned", "voc:planned"),
        (BASE + "source/cas-chongqing-report/1.1-3", "report:1.1-3"),
        (BASE + "source/letter/2.1-10", "letter:2.1-10"),
    ],
)
def test_curies_go_both_ways(iri: str, curie: str) -> None:
    assert shorten(iri) == curie
    assert expand(curie) == iri


def test_an_iri_that_no_prefix_fits_stays_whole() -> None:
    assert shorten("https://example.org/a") == "https://example.org/a"
    assert shorten(BASE + "id/a/b") == BASE + "id/a/b"


@pytest.mark.parametrize("name", ["重庆: 科学城", "unknown:thing", "CIGIT", "a b", "id:", "id:a b", ""])
def test_a_name_is_no_identifier(name: str) -> None:
    assert expand(name) is None


def test_angle_brackets_may_stand_around_an_iri() -> None:
    assert expand("<https://example.org/a>") == "https://example.org/a"


def test_passages_are_ordered_as_a_person_counts() -> None:
    assert sorted(["1.1-10", "1.1-2", "1.10-1", "1.2-1"], key=natural_key) == ["1.1-2", "1.1-10", "1.2-1", "1.10-1"]


@pytest.mark.parametrize(
    "name", ["ontology", "derived", "vocabulary/levels", "alignment/org", "shapes", "catalogue", "staging/1"]
)
def test_what_the_project_makes_itself_is_no_data(name: str) -> None:
    assert is_made(BASE + name)


@pytest.mark.parametrize(
    "name", ["source/letter/1-1", "source/letter/record", "curated/names", "id/derived", "ontology2"]
)
def test_what_is_written_by_hand_is_data(name: str) -> None:
    assert not is_made(BASE + name)
