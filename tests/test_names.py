from __future__ import annotations

import pyoxigraph as ox
import pytest

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.likeness import normalise
from cascq.namespaces import RDF_TYPE

ID = "https://w3id.org/cascq/id/"


@pytest.mark.parametrize(
    "name",
    [
        "甲研究院",
        "甲院",
        "InstA",
        "insta",
        " Institute   A ",
        "ＩｎｓｔＡ",
        "id:institute-a",
        ID + "institute-a",
        f"<{ID}institute-a>",
    ],
)
def test_labels_aliases_curies_and_iris_find_the_same_body(tiny: KnowledgeGraph, name: str) -> None:
    assert tiny.resolve(name) == ID + "institute-a"


def test_a_preferred_label_wins_over_a_printed_name(tiny: KnowledgeGraph) -> None:
    assert tiny.resolve("乙市") == ID + "city-b"


def test_an_identifier_finds_what_it_identifies(tiny: KnowledgeGraph) -> None:
    assert tiny.resolve("990000") == ID + "city-b"


def test_an_ambiguous_name_lists_the_candidates(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match=r"several things.*id:laboratory-c \(Laboratory C.*id:laboratory-d"):
        tiny.resolve("重点实验室")


def test_an_unknown_name_suggests_near_ones(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match=r"nothing is called 'Institut A'; did you mean: id:institute-a") as caught:
        tiny.resolve("Institut A")
    assert "没有名为" in caught.value.zh


def test_an_unknown_curie_suggests_near_ones(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match=r"id:institut-a is not in the graph; did you mean: id:institute-a"):
        tiny.resolve("id:institut-a")


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_name_is_refused(tiny: KnowledgeGraph, text: str) -> None:
    with pytest.raises(CascqError, match="empty"):
        tiny.resolve(text)


def test_an_iri_that_is_none_is_refused(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match="no valid IRI"):
        tiny.resolve("https://example.org/%zz")


def test_a_thing_comes_before_a_concept_of_the_same_name(shipped: KnowledgeGraph) -> None:
    assert shipped.resolve("科学城").startswith(ID)
    assert any("/vocabulary/" in iri for iri in shipped.names.namesakes["科学城"])
    assert shipped.resolve("id:cigit") not in shipped.names.namesakes


def test_a_concept_is_still_found_by_its_name(tiny: KnowledgeGraph) -> None:
    assert tiny.resolve("战略协议").endswith("/strategic-agreement")


def test_a_bare_number_finds_the_one_passage(tiny: KnowledgeGraph, shipped: KnowledgeGraph) -> None:
    assert tiny.resolve("1-2") == "https://w3id.org/cascq/source/letter/1-2"
    assert shipped.resolve("1.1-6") == shipped.resolve("report:1.1-6")
    with pytest.raises(CascqError, match="nothing is called '1-9'"):
        tiny.resolve("1-9")


def test_a_bare_number_of_two_passages_is_ambiguous(tiny: KnowledgeGraph) -> None:
    another = ox.NamedNode("https://w3id.org/cascq/source/note/1-2")
    kind = ox.NamedNode("https://w3id.org/cascq/ontology#Passage")
    tiny.store.add(ox.Quad(another, ox.NamedNode(RDF_TYPE), kind, another))
    with pytest.raises(CascqError, match=r"several things; say which: letter:1-2 .*; note:1-2"):
        tiny.resolve("1-2")


@pytest.mark.parametrize("name", ["qwerty", "frobnicate", "无此名称", "hello world", "x", "id:zzzzzz", "unknown thing"])
def test_nonsense_gives_no_suggestions(shipped: KnowledgeGraph, name: str) -> None:
    with pytest.raises(CascqError) as caught:
        shipped.resolve(name)
    assert "did you mean" not in caught.value.en


@pytest.mark.parametrize(
    ("name", "meant"), [("CIGITT", "id:cigit"), ("重庆研究所", "id:cigit"), ("重庆研究", "id:cigit")]
)
def test_a_slip_gives_suggestions(shipped: KnowledgeGraph, name: str, meant: str) -> None:
    with pytest.raises(CascqError, match=f"did you mean: .*{meant}"):
        shipped.resolve(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("竹溪联盟", "id:zhuxi-alliance"),
        ("江北孵化园", "id:jiangbei-incubation-park"),
        ("长寿未来城", "id:changshou-future-city-park"),
        ("石墨烯园", "id:graphene-park"),
        ("3D打印中心", "id:3d-printing-centre"),
        ("人脸识别中心", "id:face-recognition-centre"),
        ("唐良志", "id:tang-liangzhi"),
        ("赛领科技", "id:sailing-technology"),
        ("robot park", "id:robot-park"),
        ("graphene park", "id:graphene-park"),
        ("Mayor Tang", "id:tang-liangzhi-mayor"),
        ("five platforms", "id:provincial-platforms"),
        ("Zhuxi aliance", "id:zhuxi-alliance-founding"),
    ],
)
def test_a_usual_short_form_suggests_what_it_stands_for_first(shipped: KnowledgeGraph, name: str, meant: str) -> None:
    near = shipped.names.near(name)
    assert shipped.resolve(meant) == near[0]
    kinds = [2 * iri.startswith(ns.CASCQ) + iri.startswith(ns.VOC) for iri in near]
    assert kinds == sorted(kinds)  # things before concepts, concepts before classes and properties
    assert not any(iri.startswith(ns.CASCQ) for iri in near)


def test_notes_are_suggested_behind_the_things_they_are_about(shipped: KnowledgeGraph) -> None:
    near = shipped.names.near("robot park")
    assert [ns.CASCQ + "Note" in shipped.names.classes(iri) for iri in near] == [False, True]


@pytest.mark.parametrize("name", ["十三五期间", '"十三五"期间', "《“十三五” 期间》"])
def test_quotes_title_marks_and_blanks_beside_chinese_make_no_difference(shipped: KnowledgeGraph, name: str) -> None:
    assert shipped.resolve(name) == ID + "plan-period-13"
    assert shipped.search(name)[0].iri == ID + "plan-period-13"


def test_a_title_says_in_the_asked_language_what_a_graph_is(shipped: KnowledgeGraph) -> None:
    readings = shipped.resolve("curated:readings")
    assert shipped.names.label(readings, "en") == "The editors’ reading of left-out subjects"
    assert shipped.names.label(readings, "zh") == "编者对省略主体的解读"
    assert shipped.describe("curated:readings", lang="zh").label == "编者对省略主体的解读"


def test_labels_come_in_the_asked_language(tiny: KnowledgeGraph) -> None:
    assert tiny.names.label(ID + "institute-a", "zh") == "甲研究院"
    assert tiny.names.label(ID + "institute-a", "en") == "Institute A"
    assert tiny.names.label("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "zh") == "类别"
    assert tiny.names.label(ID + "signing-2031", "en") == "id:signing-2031"


def test_search_puts_the_exact_name_first(tiny: KnowledgeGraph) -> None:
    hits = tiny.search("乙市", lang="en")
    assert [hit.label for hit in hits] == ["City B", "Government of City B"]
    assert hits[0].matched == "乙市"


def test_search_finds_words_in_any_order(tiny: KnowledgeGraph) -> None:
    assert [hit.iri for hit in tiny.search("b government")] == [ID + "government-b"]


def test_search_for_what_is_not_there_finds_nothing(tiny: KnowledgeGraph) -> None:
    assert tiny.search("无此名称") == []


def test_search_finds_what_notes_say_and_figures_are_printed_as(shipped: KnowledgeGraph) -> None:
    (note,) = shipped.search("国通")
    assert (note.iri, note.property) == (ID + "note-guotong-misprint", ns.CASCQ + "text")
    (figure,) = shipped.search("500余家")
    assert (figure.iri, figure.matched) == (ID + "figure-enterprises-served", "近 500 余家")


def test_search_shows_names_before_texts(shipped: KnowledgeGraph) -> None:
    hits = [hit.property in {ns.CASCQ + "text", ns.CASCQ + "asPrinted"} for hit in shipped.search("重庆研究院")]
    assert hits == sorted(hits)
    assert {True, False} == set(hits)


@pytest.mark.parametrize(
    ("text", "count"), [("３Ｄ打印", 9), ("3D 打印", 9), ("《全面科技合作协议》", 3), ('"十三五"', 1)]
)
def test_search_does_not_mind_how_a_name_is_typed(shipped: KnowledgeGraph, text: str, count: int) -> None:
    assert len(shipped.search(text)) >= count


def test_search_obeys_its_limit(tiny: KnowledgeGraph) -> None:
    assert len(tiny.search("a", limit=2)) == 2


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(tiny: KnowledgeGraph, limit: int) -> None:
    with pytest.raises(CascqError, match="1 or more"):
        tiny.search("a", limit=limit)


def test_search_for_nothing_is_refused(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match="empty"):
        tiny.search(" ")


def test_names_are_compared_without_width_case_and_spaces() -> None:
    assert normalise(" ＣＩＧＩＴ \n  重庆 ") == "cigit 重庆"


@pytest.mark.parametrize("name", ["重庆研究院", "CIGIT", "cigit", "id:cigit"])
def test_the_shipped_graph_finds_cigit_by_all_its_names(shipped: KnowledgeGraph, name: str) -> None:
    assert shipped.resolve(name) == ID + "cigit"


def test_in_the_shipped_graph_the_city_is_the_place(shipped: KnowledgeGraph) -> None:
    assert shipped.resolve("重庆市") == ID + "chongqing"
