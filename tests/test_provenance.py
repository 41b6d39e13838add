from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

import cascq
from cascq import resources
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph


def evidence(graph: KnowledgeGraph, query: str) -> list[str]:
    answer = graph.sparql(query, evidence=True)
    assert answer.columns[-1] == "evidence"
    return [cell.value for row in answer.rows if isinstance(cell := row[-1], ox.Literal)]


def test_a_row_names_the_passages_that_state_it(tiny: KnowledgeGraph) -> None:
    answer = tiny.query("agreements", lang="en", evidence=True)
    assert answer.render("table", "en").splitlines()[-1].split() == [
        "Agreement",
        "of",
        "2031",
        "2031-05-02",
        "letter:1-1",
    ]


def test_a_derived_fact_is_traced_to_its_grounds(tiny: KnowledgeGraph) -> None:
    assert evidence(tiny, "SELECT ?a ?b { ?a cascq:cooperatesWith ?b }") == ["letter:1-1", "letter:1-1"]


def test_a_curated_fact_names_its_curated_graph(tiny: KnowledgeGraph) -> None:
    assert evidence(tiny, "SELECT ?x { ?i cascq:identifies ?x }") == ["curated:names"]


def test_counted_rows_name_the_passages_of_all_that_is_counted(tiny: KnowledgeGraph) -> None:
    query = "SELECT (COUNT(?d) AS ?n) { ?event cascq:date ?d }"
    assert evidence(tiny, query) == ["letter:1-1 letter:1-2"]


def test_each_group_has_its_own_passages(tiny: KnowledgeGraph) -> None:
    query = "SELECT ?v (COUNT(*) AS ?n) { ?f cascq:value ?v } GROUP BY ?v ORDER BY ?v"
    assert evidence(tiny, query) == ["letter:1-1", "letter:1-2"]


def test_types_count_only_where_nothing_else_does(tiny: KnowledgeGraph) -> None:
    assert evidence(tiny, "SELECT ?x { ?x a cascq:AdministrativeArea }") == ["letter:1-2"]
    assert evidence(tiny, "SELECT ?x { ?x a cascq:Organization ; cascq:date ?d }") == []
    assert evidence(tiny, "SELECT ?x { ?x a cascq:StatedFigure ; cascq:value 500 }") == ["letter:1-2"]


def test_labels_do_not_count_beside_facts(tiny: KnowledgeGraph) -> None:
    query = "SELECT ?x ?l { ?a cascq:party ?x . ?x skos:prefLabel ?l . FILTER(LANG(?l) = 'en') } ORDER BY ?l"
    assert evidence(tiny, query) == ["letter:1-1", "letter:1-1"]


def test_optional_parts_count_where_they_match(tiny: KnowledgeGraph) -> None:
    query = """SELECT ?x ?d { ?x a cascq:ResearchPlatform
        OPTIONAL { id:founding-c cascq:date ?d FILTER(?x = id:laboratory-c) } } ORDER BY ?x"""
    assert evidence(tiny, query) == ["letter:1-2", "curated:names"]


def test_absence_is_no_evidence(tiny: KnowledgeGraph) -> None:
    query = """SELECT ?a { ?s cascq:signs ?a
        FILTER NOT EXISTS { id:founding-c cascq:date ?x FILTER(?x = ?a) } MINUS { ?a cascq:value ?v } }"""
    assert evidence(tiny, query) == ["letter:1-1"]


def test_existence_is_evidence(tiny: KnowledgeGraph) -> None:
    query = "SELECT ?f { ?f cascq:value 2 FILTER EXISTS { id:founding-c cascq:date ?d } }"
    assert evidence(tiny, query) == ["letter:1-1 letter:1-2"]


def test_a_sub_select_is_looked_into(tiny: KnowledgeGraph) -> None:
    query = "SELECT ?n { { SELECT (COUNT(?v) AS ?n) { ?f cascq:value ?v } } }"
    assert evidence(tiny, query) == ["letter:1-1 letter:1-2"]


def test_a_union_names_the_branch_that_was_taken(tiny: KnowledgeGraph) -> None:
    query = "SELECT ?x { { ?x cascq:signs ?a } UNION { ?x cascq:value 500 } } ORDER BY ?x"
    assert evidence(tiny, query) == ["letter:1-2", "letter:1-1"]


@pytest.mark.parametrize(
    "path",
    [
        "cascq:signs/cascq:party",
        "^cascq:nothing|cascq:signs/cascq:party",
        "(cascq:signs|cascq:party)+",
        "cascq:signs/cascq:party/rdfs:subClassOf*",
    ],
)
def test_a_path_names_the_passages_along_it(tiny: KnowledgeGraph, path: str) -> None:
    assert evidence(tiny, f"SELECT ?s {{ ?s {path} id:institute-a . ?s cascq:date ?d }}") == ["letter:1-1"]


def test_a_named_graph_in_the_query_is_the_evidence(tiny: KnowledgeGraph) -> None:
    query = "SELECT ?p ?v { GRAPH ?p { ?f cascq:value ?v } } ORDER BY ?v"
    assert evidence(tiny, query) == ["letter:1-1", "letter:1-2"]


@pytest.mark.parametrize("query", ["ASK { ?s ?p ?o }", "DESCRIBE id:city-b"])
def test_evidence_goes_with_select_only(tiny: KnowledgeGraph, query: str) -> None:
    with pytest.raises(CascqError, match="SELECT"):
        tiny.sparql(query, evidence=True)


@pytest.mark.parametrize("clause", ["FROM letter:1-2", "FROM NAMED letter:1-2"])
def test_evidence_does_not_go_with_from(tiny: KnowledgeGraph, clause: str) -> None:
    query = f"PREFIX letter: <https://w3id.org/cascq/source/letter/> SELECT * {clause} {{ ?s ?p ?o }}"
    tiny.sparql(query)
    with pytest.raises(CascqError, match="does not go with FROM"):
        tiny.sparql(query, evidence=True)


def test_a_filter_left_open_by_its_parameter_is_no_evidence(tiny: KnowledgeGraph) -> None:
    pattern = """SELECT ?x {{ VALUES ?when {{ {value} }}
        ?x a cascq:AdministrativeArea . FILTER(!BOUND(?when) || EXISTS {{ ?event cascq:date ?when }}) }}"""
    assert evidence(tiny, pattern.format(value="UNDEF")) == ["letter:1-2"]
    dated = evidence(tiny, pattern.format(value='"2031-05-02"^^xsd:date'))
    assert dated == ["letter:1-1"], "with a value, what the filter found is part of the reason"


def test_what_rests_on_the_editors_says_so(shipped: KnowledgeGraph) -> None:
    query = "SELECT ?branch { id:incubation-centre cascq:founded ?branch . FILTER(?branch = id:branch-deyang) }"
    assert evidence(shipped, query) == ["report:3.3-3 curated:readings"]
    seat = "SELECT DISTINCT ?x { ?x cascq:locatedIn id:chongqing ; a cascq:Company FILTER(?x = id:casmart-huizhi) }"
    assert evidence(shipped, seat) == ["curated:places-by-name(plausible)"], (
        "the type, which a passage states, is no evidence"
    )


def test_a_derived_fact_asked_for_with_its_graph_is_traced_too(shipped: KnowledgeGraph) -> None:
    query = """SELECT ?g { GRAPH ?g { id:cigit cascq:founded id:zhuxi-alliance } }"""
    assert evidence(shipped, query) == ["report:2.4-1"]


def test_branches_of_a_rule_that_were_not_taken_state_nothing(shipped: KnowledgeGraph) -> None:
    """The academy takes part in events of fifteen passages; two state that it builds with the health commission."""
    query = "SELECT ?x { ?x cascq:cooperatesWith id:cas . FILTER(?x = id:chongqing-health-commission) }"
    assert evidence(shipped, query) == ["report:1.3-3 report:1.3-4 curated:readings"]


def test_a_sub_select_passes_out_what_it_names(tiny: KnowledgeGraph) -> None:
    query = "SELECT ?n { { SELECT (COUNT(?f) AS ?n) (SAMPLE(?v) AS ?one) { ?f cascq:value ?v } } FILTER(?n > 1) }"
    assert evidence(tiny, query) == ["letter:1-1 letter:1-2"]


@pytest.mark.parametrize("name", ["timeline", "agreements", "roles", "organization-changes"])
def test_rows_with_a_correction_have_evidence(name: str) -> None:
    """Their column `corrected` has its value by BIND, inside a sub-select."""
    graph = cascq.load([resources.data(), Path(__file__).parent / "examples" / "correction.trig"])
    marked = [row for row in graph.query(name, evidence=True) if row["corrected"] is not None]
    assert marked or name != "timeline"
    assert all("invented-correction-after:1-1" in str(row["evidence"]) for row in marked)
