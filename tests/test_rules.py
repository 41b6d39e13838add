from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from cascq import resources
from cascq.errors import CascqError
from cascq.rules import derive


def store() -> ox.Store:
    made = ox.Store()
    made.update("PREFIX e: <http://e.org/> INSERT DATA { GRAPH e:g { e:a e:in e:b . e:b e:in e:c . e:c e:in e:d } }")
    return made


def rule(path: Path, text: str) -> Path:
    path.write_text("PREFIX e: <http://e.org/>\n" + text, encoding="utf-8")
    return path


def test_what_rules_construct_goes_into_the_derived_graph(tmp_path: Path) -> None:
    made = store()
    one = rule(tmp_path / "1.rq", "CONSTRUCT { ?x e:far ?z } WHERE { ?x e:in ?y . ?y e:in ?z }")
    assert derive(made, [one]) == 2
    graph = ox.NamedNode("https://w3id.org/cascq/derived")
    assert {str(q.predicate) for q in made.quads_for_pattern(None, None, None, graph)} == {"<http://e.org/far>"}


def test_a_later_rule_sees_what_an_earlier_one_derived_but_nothing_runs_twice(tmp_path: Path) -> None:
    step = rule(tmp_path / "1.rq", "CONSTRUCT { ?x e:in ?z } WHERE { ?x e:in ?y . ?y e:in ?z }")
    far = rule(tmp_path / "2.rq", "CONSTRUCT { ?x e:far ?y } WHERE { ?x e:in ?y }")
    assert derive(store(), [step]) == 2  # a-c and b-d; a-d would need a second run
    assert derive(store(), [step, far]) == 2 + 5


def test_deriving_again_changes_nothing(tmp_path: Path) -> None:
    made = store()
    one = rule(tmp_path / "1.rq", "CONSTRUCT { ?x e:far ?z } WHERE { ?x e:in ?y . ?y e:in ?z }")
    assert derive(made, [one]) == derive(made, [one])


@pytest.mark.parametrize(
    ("text", "words"),
    [("SELECT * { ?s ?p ?o }", "a rule is a CONSTRUCT query"), ("CONSTRUCT { ?s ?p } WHERE { }", "1.rq:2:")],
)
def test_a_broken_rule_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CascqError, match=words):
        derive(store(), [rule(tmp_path / "1.rq", text)])


@pytest.mark.parametrize(
    ("statuses", "founds"),
    [
        ("", True),
        ("planned", False),
        ("promoted", False),
        ("announced", False),
        ("reported", True),
        ("planned completed", True),
    ],
)
def test_what_is_only_planned_is_not_founded_and_no_outcome(statuses: str, *, founds: bool) -> None:
    made = ox.Store()
    says = " ".join(f"id:e cascq:status voc:{status} ." for status in statuses.split())
    made.update(
        "PREFIX cascq: <https://w3id.org/cascq/ontology#> PREFIX id: <https://w3id.org/cascq/id/> "
        "PREFIX voc: <https://w3id.org/cascq/vocabulary/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        "PREFIX g: <https://w3id.org/cascq/source/x/> INSERT DATA { "
        "GRAPH g:1 { cascq:founder rdfs:subPropertyOf cascq:participant . "
        "cascq:Company rdfs:subClassOf cascq:Organization . "
        "id:a a cascq:Company . id:b a cascq:Company . id:e cascq:founder id:a, id:b ; cascq:establishes id:t ; "
        f"cascq:underAgreement id:u ; cascq:place id:p . {says} }} }}"
    )

    derive(made, resources.rules())

    graph = ox.NamedNode("https://w3id.org/cascq/derived")
    found = {quad.predicate.value.rpartition("#")[2] for quad in made.quads_for_pattern(None, None, None, graph)}
    assert {"founded", "hasOutcome", "activeIn", "cooperatesWith"} & found == (
        {"founded", "hasOutcome", "activeIn", "cooperatesWith"} if founds else set()
    )
    assert {"linkedTo", "inPlace"} <= found
