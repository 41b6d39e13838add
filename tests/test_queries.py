"""Every canned query: its header, its expected result, the same rows on two engines, both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import cascq
from cascq import catalogue, resources
from cascq.answers import Cell
from cascq.catalogue import CannedQuery, read_query
from cascq.check import run_query
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.names import BORROWED
from cascq.namespaces import PREFIXES

EXPECTED = Path(__file__).parent / "expected"
QUERIES = catalogue.names()
ID = "https://w3id.org/cascq/id/"
STRING = "http://www.w3.org/2001/XMLSchema#string"
Plain = tuple[str, ...] | None


@pytest.fixture(scope="module")
def dataset(shipped: KnowledgeGraph) -> rdflib.Dataset:
    """The shipped graph in rdflib, whose default graph is the union."""
    return shipped.dataset()


def plain_oxigraph(cell: Cell) -> Plain:
    if isinstance(cell, ox.Literal):
        return ("literal", cell.value, cell.language or "", "" if cell.language else cell.datatype.value)
    return None if cell is None else ("node", cell.value if isinstance(cell, ox.NamedNode) else "blank")


def plain_rdflib(cell: object) -> Plain:
    if isinstance(cell, rdflib.Literal):
        return ("literal", str(cell), cell.language or "", "" if cell.language else str(cell.datatype or STRING))
    return None if cell is None else ("node", str(cell) if isinstance(cell, rdflib.URIRef) else "blank")


def differences(left: Sequence[object], right: Sequence[object]) -> list[object]:
    """Return the first rows that differ, with their numbers."""
    pairs = zip([*left, *[None] * len(right)], [*right, *[None] * len(left)], strict=True)
    return [(number, pair) for number, pair in enumerate(pairs) if pair[0] != pair[1]][:3]


@pytest.fixture(params=sorted(QUERIES))
def query(request: pytest.FixtureRequest) -> CannedQuery:
    """Each shipped query in turn; reading it checks its header strictly."""
    return read_query(QUERIES[request.param])


def test_there_are_enough_queries() -> None:
    assert len(QUERIES) >= 36


def test_it_answers_as_expected(query: CannedQuery, shipped: KnowledgeGraph) -> None:
    """The expected results are read by a person; tests/expected/update.py writes them anew."""
    expected = (EXPECTED / f"{query.name}.tsv").read_text(encoding="utf-8")
    assert shipped.sparql(query.text).render("tsv") == expected


def test_it_has_the_same_rows_on_rdflib_in_the_same_order(
    query: CannedQuery, shipped: KnowledgeGraph, dataset: rdflib.Dataset
) -> None:
    ours = [tuple(map(plain_oxigraph, row)) for row in shipped.sparql(query.text).rows]
    result = dataset.query(query.text)
    theirs = [tuple(plain_rdflib(row[name]) for name in query.columns) for row in result]
    assert not differences(ours, theirs)


def test_it_answers_with_its_defaults_in_both_languages(query: CannedQuery, shipped: KnowledgeGraph) -> None:
    for lang in ("zh", "en"):
        outcome = run_query(shipped, query, lang)
        assert [problem.en for problem in outcome.problems] == []
        assert outcome.answer is not None


def test_labels_are_chosen_by_the_lang_parameter(query: CannedQuery) -> None:
    if any(name.endswith("Label") for name in query.columns):
        assert "language" in [parameter.type for parameter in query.parameters]


def test_columns_have_plain_names(query: CannedQuery) -> None:
    """A column named as a parameter keeps its name; the parameter's variable is another, and no value of a column."""
    assert not [name for name in query.columns if name.removesuffix("Label")[-1].isdigit()]
    for parameter in query.parameters:
        assert parameter.variable not in query.columns or parameter.required


def test_no_class_is_looked_up_twice(query: CannedQuery) -> None:
    """Things are typed in many graphs, and each look-up gives a row for each: two of them multiply."""
    if query.name != "find":  # Virtuoso 7 loses rows of it otherwise
        assert not re.search(r"OPTIONAL \{[^{}]*\ba (\?\w+) \}\s+OPTIONAL \{[^{}]*\ba \1 \. \1 rdfs:label", query.text)


def test_properties_are_called_as_everywhere(query: CannedQuery) -> None:
    """Those of other vocabularies have no label in the graph: the words are those of `cascq describe`."""
    for prefix, name, zh, en in re.findall(r'\((\w+):(\w+) "([^"]+)" "([^"]+)"\)', query.text):
        if prefix in PREFIXES and (words := BORROWED.get(PREFIXES[prefix] + name)):
            assert (en, zh) == words


def test_no_row_comes_twice(query: CannedQuery, shipped: KnowledgeGraph) -> None:
    rows = [tuple(map(plain_oxigraph, row)) for row in shipped.sparql(query.text).rows]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("name", ["products", "by-field", "technologies", "developments", "technology-events"])
def test_a_question_for_3d_printing_finds_additive_manufacturing(name: str, shipped: KnowledgeGraph) -> None:
    found = shipped.query(name, {"field": "3D打印"}).render("csv")
    assert all(f"id/{slug}," in found for slug in ("denture-printer", "polymer-prototype", "metal-prototype"))


@pytest.fixture(scope="module")
def corrected() -> KnowledgeGraph:
    """The shipped graph with the invented correction: a signing of 6 May 2027 was on the 16th."""
    return cascq.load([resources.data(), EXPECTED.parent / "examples" / "correction.trig"])


MARKED = sorted(name for name, path in QUERIES.items() if "corrected" in read_query(path).columns)


def test_a_corrected_value_is_marked_wherever_it_is_listed(corrected: KnowledgeGraph) -> None:
    for name in ("timeline", "agreements", "agreement-parties", "agreement-outcomes", "roles", "partners"):
        rows = list(corrected.query(name, {"from": "2027"}, lang="en"))
        dates = {str(getattr(row["date"], "value", "")) for row in rows}
        assert dates == {"2027-05-06", "2027-05-16"}, name
        assert {row["corrected"] for row in rows} == {ox.Literal("date: 2027-05-06 → 2027-05-16", language="en")}, name
    rows = list(corrected.query("entity-facts", {"entity": "id:invented-optics-signing"}, lang="zh"))
    marks = {row["other"].value: row["corrected"] for row in rows if row["corrected"]}
    assert marks == {"2027-05-06": ox.Literal("2027-05-16")}


def test_a_corrected_date_does_not_count(corrected: KnowledgeGraph) -> None:
    rows = list(corrected.query("events-per-year", {"from": "2027"}, lang="en"))
    assert [str(getattr(row["events"], "value", "")) for row in rows] == ["1"]


@pytest.mark.parametrize("name", MARKED)
def test_corrections_are_the_same_on_rdflib(
    name: str, corrected: KnowledgeGraph, corrected_dataset: rdflib.Dataset
) -> None:
    query = read_query(QUERIES[name])
    ours = [tuple(map(plain_oxigraph, row)) for row in corrected.sparql(query.text).rows]
    result = corrected_dataset.query(query.text)
    theirs = [tuple(plain_rdflib(row[column]) for column in query.columns) for row in result]
    assert not differences(ours, theirs)


@pytest.fixture(scope="module")
def corrected_dataset(corrected: KnowledgeGraph) -> rdflib.Dataset:
    return corrected.dataset()


def test_what_only_a_plausible_graph_says_is_marked(shipped: KnowledgeGraph) -> None:
    """Also where the fact is no column but the reason why a row is there."""
    rows = {str(row["body"]): row for row in shipped.query("organizations", lang="en")}
    assert rows[f"<{ID}cloudwalk-chongqing>"]["plausible"] == ox.Literal("belongs to, located in")
    assert rows[f"<{ID}western-institute>"]["plausible"] is None
    ties = {str(row["body"]): row["plausible"] for row in shipped.query("academy-bodies", lang="en")}
    assert ties[f"<{ID}face-recognition-centre>"] == ox.Literal("tie to the place")
    assert ties[f"<{ID}western-institute>"] is None
    placed = list(shipped.query("in-place", place="重庆", kind="cascq:Company", lang="zh"))
    assert placed
    assert all(row["plausible"] for row in placed)


def text(cell: Cell) -> str:
    """Return what a cell holds, as text."""
    return str(getattr(cell, "value", ""))


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_what_can_be_asked_by_place_can_be_marked_plausible(name: str) -> None:
    """The place of a row may be known only from the editors' inference, even where no column shows it."""
    query = read_query(QUERIES[name])
    if any(parameter.name == "place" for parameter in query.parameters):
        assert "plausible" in query.columns


@pytest.mark.parametrize(
    ("name", "column", "marked", "unmarked"),
    [
        ("timeline", "event", {"casmart-founding"}, {"signing-2020-06-12"}),
        (
            "planned",
            "thing",
            {"ucas-chongqing-hospital", "ucas-chongqing-clinical-school"},
            {"science-centre", "western-institute", "ucas-chongqing-college", "robot-park"},
        ),
    ],
)
def test_a_row_that_a_supposed_place_puts_there_is_marked(
    name: str, column: str, marked: set[str], unmarked: set[str], shipped: KnowledgeGraph
) -> None:
    rows = {
        text(row[column]).removeprefix(ID): row["plausible"] for row in shipped.query(name, place="重庆", lang="en")
    }
    assert {thing for thing, mark in rows.items() if mark} == marked
    assert unmarked <= set(rows)
    assert all(row["plausible"] is None for row in shipped.query(name, lang="en"))  # no place is asked for


def test_a_chain_says_by_which_relations(shipped: KnowledgeGraph) -> None:
    rows = list(shipped.query("connections", {"start": "id:moxi", "end": "id:cloudwalk"}, lang="en"))
    shown = [[text(row[n]) for n in ("firstStep", "secondStep", "thirdStep", "plausible")] for row in rows]
    assert shown == [["← member", "→ member", "→ belongs to", "3"]]


def test_a_chain_does_not_run_through_a_place_where_both_merely_are(shipped: KnowledgeGraph) -> None:
    """Moxi is in Chongqing, and so is much of what the Academy does: what ties them is the incubation centre."""
    (row,) = shipped.query("connections", {"start": "Moxi", "end": "CAS"}, lang="en")
    vias = [text(row[n]).removeprefix(ID) for n in ("first", "second", "third")]
    assert vias == ["moxi-incubation", "incubation-centre", "matching-of-resources"]
    assert not list(shipped.query("connections", {"start": "德阳", "end": "重庆研究院"}, lang="en"))


def test_a_chain_runs_through_places_that_lie_in_one_another(shipped: KnowledgeGraph) -> None:
    (row,) = shipped.query("connections", {"start": "id:jiangbei-incubation-park", "end": "China"}, lang="en")
    assert [text(row[n]).removeprefix(ID) for n in ("first", "second")] == ["jiangbei", "chongqing"]


def test_a_body_is_called_on_a_day_what_it_is_called_then(shipped: KnowledgeGraph) -> None:
    def called(on: str, entity: str = "重庆市卫计委") -> list[tuple[str, str, str]]:
        rows = shipped.query("names-in-time", {"entity": entity, "on": on}, lang="zh")
        return [(text(row["name"]), text(row["nameKindLabel"]), text(row["plausible"])) for row in rows]

    present = ("重庆市卫生健康委员会", "现用名", "")
    former = ("重庆市卫生和计划生育委员会", "旧称", "有效期")
    assert called("2020") == [present]
    assert called("2015") == [former]
    assert called("2018-09") == [former]
    assert called("2018") == [present, former]  # within the year either may be meant
    assert called("2020", "CIGIT") == [("中国科学院重庆绿色智能技术研究院", "现用名", "")]
    # A misprint is no name that a body had.
    assert called("2020", "id:cloudwalk-chongqing") == [("重庆中科云从科技有限公司", "现用名", "名称")]


def test_the_basis_speaks_of_the_body_that_is_asked_for(shipped: KnowledgeGraph) -> None:
    for lang, words in (("en", ("academy", "cas")), ("zh", ("科学院",))):
        rows = list(shipped.query("academy-bodies", academy="CIGIT", lang=lang))
        bases = {text(row["body"]).removeprefix(ID): text(row["basis"]) for row in rows}
        assert {"boyuan-institute", "cigit", "face-recognition-centre"} <= set(bases)
        assert not [basis for basis in bases.values() if any(word in basis.lower() for word in words)]
    assert bases["cigit"] == "该机构本身"
    assert bases["boyuan-institute"] == "由该机构共建或依托该机构"


def test_a_body_that_only_a_supposed_name_ties_to_the_academy_is_marked(shipped: KnowledgeGraph) -> None:
    (row,) = [r for r in shipped.query("academy-bodies", lang="en") if text(r["body"]) == ID + "incubation-centre"]
    assert (text(row["basis"]), text(row["tie"]), text(row["plausible"])) == ("by name only", "concerns it", "name")


def test_a_doubted_date_is_marked_where_it_is_listed(shipped: KnowledgeGraph) -> None:
    for name in ("agreements", "agreement-parties", "agreement-outcomes", "timeline", "roles", "partners"):
        rows = list(shipped.query(name, {"from": "2020-06-12", "to": "2020-06-12"}, lang="en"))
        assert rows
        assert {text(row["doubt"]) for row in rows} == {"date: contradicted by another source"}, name
    assert list(shipped.query("doubts", {"about": "id:agreement-2020-06-12"}, lang="en"))


def test_the_two_comparisons_of_signings_do_not_contradict_each_other(shipped: KnowledgeGraph) -> None:
    rows = {text(row["figure"]): text(row["verdict"]) for row in shipped.query("stated-against-listed", lang="en")}
    assert rows[ID + "figure-agreements-in-plan-period-13"] == "agrees (in doubt)"
    assert rows[ID + "figure-provincial-platforms"] == "agrees"


def test_what_is_promoted_is_not_counted_as_cooperation(shipped: KnowledgeGraph) -> None:
    counted = {text(row["body"]) for row in shipped.query("partner-counts", lang="en")}
    assert ID + "cas" in counted
    assert ID + "caac" not in counted
    promoted = {text(row["event"]).removeprefix(ID) for row in shipped.query("planned", {"status": "推动"}, lang="en")}
    assert promoted == {"cas-caac-cooperation", "key-technology-transfer"}


def test_a_partner_that_is_not_named_leaves_a_row_of_the_one_that_is(shipped: KnowledgeGraph) -> None:
    (row,) = shipped.query("partners", {"party": "塞领科技有限公司"}, lang="en")
    assert (row["partner"], text(row["otherSide"])) == (None, "left out by the source")
    kinds = {text(row["otherSide"]) for row in shipped.query("partners", {"party": "CIGIT"}, lang="en")}
    assert kinds == {"", "related enterprises", "left out by the source"}
    assert all(row["partner"] for row in shipped.query("partners", lang="en"))
    assert all(row["partner"] for row in shipped.query("partners", {"counterparty": "CIGIT"}, lang="en"))


def test_an_output_has_the_distinctions_of_its_project(shipped: KnowledgeGraph) -> None:
    rows = list(shipped.query("distinctions", {"subject": "海绵城市监测与信息平台"}, lang="en"))
    assert len(rows) == 4
    assert {text(row["bearer"]) for row in rows} == {ID + "sponge-city-project"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("卫健委", "chongqing-health-commission"),
        ("重庆科学中心", "science-centre"),
        ("Chongqing Science Center", "science-centre"),
        ("Chongqing Science Centre", "science-centre"),
        ("Hechuan", "hechuan"),
        ("Jiangbei", "jiangbei"),
        ("Changshou", "changshou"),
        ("Liangjiang", "liangjiang-new-area"),
    ],
)
def test_everyday_names_are_known(name: str, slug: str, shipped: KnowledgeGraph) -> None:
    assert shipped.resolve(name) == ID + slug


def test_a_period_has_the_events_dated_in_its_years_and_says_how(shipped: KnowledgeGraph) -> None:
    rows = {str(row["entity"]): row for row in shipped.query("by-period", {"span": "id:plan-period-13"}, lang="en")}
    assert rows[f"<{ID}signing-2020-12-15>"]["basis"] == ox.Literal("by its date")
    assert rows[f"<{ID}agreement-2020-12-15>"]["basis"] == ox.Literal("stated of a listing")
    dates = [str(getattr(row["date"], "value", ""))[:4] for row in rows.values() if row["date"]]
    assert dates
    assert all("2016" <= year <= "2020" for year in dates)


@pytest.mark.parametrize(("part", "sections"), [("1", {"1.1", "1.2", "1.3"}), ("1.1", {"1.1"}), ("1.", set())])
def test_a_part_takes_in_the_sections_below_it(part: str, sections: set[str], shipped: KnowledgeGraph) -> None:
    rows = shipped.query("passages", {"part": part}, lang="en")
    assert {str(getattr(row["section"], "value", "")) for row in rows} == sections


def test_start_and_end_must_differ(shipped: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match="start and end are the same: id:cigit"):
        shipped.query("connections", {"start": "CIGIT", "end": "id:cigit"})


def test_the_role_of_what_is_established_reads_from_its_side(shipped: KnowledgeGraph) -> None:
    roles = {str(getattr(row["roleLabel"], "value", "")) for row in shipped.query("academy-bodies", lang="en")}
    assert "established" in roles
    assert "establishes" not in roles


def test_no_expected_result_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.glob("*.tsv")} == set(QUERIES)
