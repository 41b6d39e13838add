from __future__ import annotations

import json
from pathlib import Path

import pytest

import cascq
from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph


def test_facts_stand_in_both_directions_with_their_evidence(tiny: KnowledgeGraph) -> None:
    lines = tiny.describe("甲院", lang="en").render().splitlines()
    assert lines[0] == "Institute A  id:institute-a  (Research organization)"
    assert "  printed name" in lines
    assert "      甲研究院  [letter:1-1]" in lines
    assert lines[lines.index("  ← party") + 1] == "      Agreement of 2031  [letter:1-1]"


def test_what_a_rule_derived_is_marked_and_traced(tiny: KnowledgeGraph) -> None:
    lines = tiny.describe("甲院", lang="zh").render().splitlines()
    assert lines[lines.index("  合作") + 1] == "      乙市人民政府  [推导: letter:1-1]"
    assert "  ← 合作" not in lines  # symmetric: once is enough


def test_notes_are_shown_as_remarks_and_not_as_facts(tiny: KnowledgeGraph) -> None:
    text = tiny.describe("甲院", lang="en").render()
    assert text.endswith("Doubts and remarks of the editors:\n  note: This institute is invented.\n")
    assert "aboutEntity" not in text


def test_a_description_is_plain_data_too(tiny: KnowledgeGraph) -> None:
    data = tiny.describe("id:institute-a", lang="en").to_dict()
    assert (data["id"], data["label"]) == ("id:institute-a", "Institute A")
    party = next(fact for fact in data["facts"] if fact["property"].endswith("#party"))
    assert party["direction"] == "in"
    assert party["values"] == [
        {
            "value": "Agreement of 2031",
            "iri": "https://w3id.org/cascq/id/agreement-2031",
            "passages": ["letter:1-1"],
            "curated": [],
            "derived": False,
        }
    ]
    assert [note["text"] for note in data["notes"]] == ["This institute is invented."]


def test_what_is_plausible_only_is_marked(shipped: KnowledgeGraph) -> None:
    description = shipped.describe("id:cloudwalk-chongqing", lang="en")
    assert "      CloudWalk Technology Co., Ltd.  (plausible)  [curated:structure-companies]" in description.render()
    assert "      Chongqing  (plausible)  [curated:places-by-name]" in description.render()
    values = [value for fact in description.to_dict()["facts"] for value in fact["values"]]
    assert {value["plausible"] for value in values if "plausible" in value} == {True}
    stated = [value for value in values if value["passages"] and not value["derived"]]
    assert stated
    assert not any("plausible" in value for value in stated)


@pytest.mark.parametrize(
    ("body", "prop", "certain", "plausible"),
    [
        # Beijing lies in China, whatever is said of Chongqing; a college stands in Liangjiang, which is in Chongqing.
        ("中国科学院", "activeIn", {"北京市", "中国", "重庆市", "两江新区"}, set()),
        ("重庆市卫生健康委员会", "activeIn", {"重庆市", "中国"}, set()),
        # That the company stands in Chongqing follows from its name only.
        ("喀斯玛汇智", "inPlace", set(), {"重庆市", "中国"}),
    ],
)
def test_a_derived_fact_is_plausible_only_if_all_its_derivations_are(
    shipped: KnowledgeGraph, body: str, prop: str, certain: set[str], plausible: set[str]
) -> None:
    description = shipped.describe(body, lang="zh")
    (group,) = [group for group in description.groups if group.property == ns.CASCQ + prop and not group.incoming]
    assert {fact.value for fact in group.facts if not fact.plausible} == certain
    assert {fact.value for fact in group.facts if fact.plausible} == plausible


WAYS = f"""
@prefix cascq: <{ns.CASCQ}> . @prefix id: <{ns.ID}> . @prefix curated: <{ns.CURATED}> . @prefix voc: <{ns.VOC}> .
curated:guess {{ curated:guess a cascq:CuratedGraph ; cascq:confidence voc:plausible .
    id:square cascq:within id:land . id:other cascq:place id:square . }}
curated:known {{ curated:known a cascq:CuratedGraph ; cascq:confidence voc:verified .
    id:square cascq:within id:town . id:town cascq:within id:land .
    id:talks a cascq:Meeting ; cascq:attendee id:body ; cascq:place id:square . id:other a cascq:Meeting . }}
"""


def test_a_longer_way_that_is_certain_counts_although_a_shorter_one_is_plausible(tmp_path: Path) -> None:
    path = tmp_path / "ways.trig"
    path.write_text(WAYS, encoding="utf-8")
    graph = cascq.load(path)

    def places(name: str) -> dict[str, bool]:
        facts = [
            g.facts for g in graph.describe(name).groups if g.property in {ns.CASCQ + "activeIn", ns.CASCQ + "inPlace"}
        ]
        return {fact.value: fact.plausible for fact in facts[0]}

    assert places("id:body") == places("id:talks") == {"id:square": False, "id:town": False, "id:land": False}
    assert places("id:other") == {"id:square": True, "id:town": True, "id:land": True}


HEALTH = "Chongqing Municipal Health Commission"


@pytest.mark.parametrize(
    ("name", "lang", "lines"),
    [
        (
            "竹溪智谷科企联盟",
            "zh",
            ["日期 2020-09-25；状态 完成；发起方 中国科学院大学重庆学院、中国科学院重庆绿色智能技术研究院"],
        ),
        (
            "喀斯玛汇智",
            "zh",
            ["日期 2019-04；状态 完成；建设方 中国科学院科技产业化网络联盟、重庆市合川区人民政府"],
        ),
        ("义齿金属3D打印系统", "zh", ["日期 2019；出口市场 德国", "状态 完成；研发方 塞领科技有限公司"]),
        (
            "id:agreement-2020-06-12",
            "en",
            ["date 2020-06-12; place Chongqing; signatory Chinese Academy of Sciences, " + HEALTH],
        ),
    ],
)
def test_beside_an_event_stands_when_where_how_far_and_with_whom(
    shipped: KnowledgeGraph, name: str, lang: str, lines: list[str]
) -> None:
    shown = shipped.describe(name, lang=lang).render().splitlines()
    for line in lines:
        assert "          " + line in shown


def test_the_thing_itself_is_not_repeated_beside_its_event_and_an_event_is_told_once(shipped: KnowledgeGraph) -> None:
    description = shipped.describe("竹溪智谷科企联盟", lang="zh")
    data = description.to_dict()
    (founding,) = [v for fact in data["facts"] for v in fact["values"] if v.get("iri", "").endswith("-founding")]
    assert [(group["property"].split("#")[1], group["direction"]) for group in founding["event"]] == [
        ("date", "out"),
        ("status", "out"),
        ("initiator", "out"),
    ]
    assert founding["event"][0]["values"][0]["passages"] == ["report:2.4-1"]
    event = shipped.describe("国科大重庆学院", lang="zh").render()
    assert "发起方 中国科学院重庆绿色智能技术研究院\n" in event  # and not the college itself
    # Beijing is both the place of the signing and, by a rule, where it is; its details stand there once.
    beijing = shipped.describe("id:beijing", lang="en").render()
    assert beijing.count("Signing of the new strategic agreement, 15 December 2020") == 2
    assert beijing.count("date 2020-12-15; signatory") == 1


def test_what_is_corrected_of_an_event_is_marked_beside_it() -> None:
    graph = cascq.load([Path(__file__).parent / "examples" / "correction.trig"])
    ends = [group for group in graph.describe("id:invented-optics-signing").groups if group.property.endswith("#signs")]
    (agreement,) = ends[0].facts
    text = graph.describe(agreement.iri or "", lang="en").render()
    assert "date 2027-05-06 (corrected by invented-correction-after:1-1: 2027-05-16), 2027-05-16" in text


def test_a_note_says_what_it_is_about_and_how_sure_it_is(shipped: KnowledgeGraph) -> None:
    description = shipped.describe("CIGIT", lang="zh")
    lines = description.render().splitlines()
    at = next(number for number, line in enumerate(lines) if "2017年11月8日" in line)
    assert lines[at].startswith("  他源更精确：")
    assert lines[at + 1].startswith(
        "      所涉：共建产业园区（点名四个） · 设立对象 · 长寿中科未来城创新产业园 [report:2.3-1]；可信度：已核实；来源：http://"
    )
    (note,) = [note for note in description.to_dict()["notes"] if "2017年11月8日" in note["text"]]
    assert note["subject"]["iri"].startswith(ns.ID)
    assert note["property"] == {"value": "设立对象", "iri": ns.CASCQ + "establishes"}
    assert note["value"] == {"value": "长寿中科未来城创新产业园", "iri": ns.ID + "changshou-future-city-park"}
    assert note["passages"] == ["report:2.3-1"]
    assert note["confidence"] == {"value": "已核实", "iri": ns.VOC + "verified"}
    assert note["sources"]


def test_how_owl_is_written_is_no_fact_about_a_class(shipped: KnowledgeGraph) -> None:
    text = shipped.describe("think tank", lang="en").render()
    assert "_:" not in text
    assert "rdf:first" not in text


def test_what_is_corrected_says_by_what() -> None:
    examples = Path(__file__).parent / "examples"
    graph = cascq.load([examples / "correction.trig"])
    description = graph.describe("id:invented-optics-signing", lang="en")
    dates = next(group for group in description.groups if group.property == ns.CASCQ + "date")
    assert [(fact.value, fact.corrected) for fact in dates.facts] == [
        ("2027-05-06", ("2027-05-16", "invented-correction-after:1-1")),
        ("2027-05-16", None),
    ]
    assert "2027-05-06  (corrected by invented-correction-after:1-1: 2027-05-16)  [" in description.render()


def test_what_another_passage_states_is_not_corrected(tmp_path: Path) -> None:
    """A correction without a value is of all that the passage states of the property, and of nothing else."""
    text = (Path(__file__).parent / "examples" / "correction.trig").read_text(encoding="utf-8")
    text = text.replace('    cascq:aboutValue "2027-05-06"^^xsd:date ;\n', "")
    text += '\nafter:1-2 { id:invented-optics-signing cascq:date "2027-06-01"^^xsd:date }\n'
    path = tmp_path / "correction.trig"
    path.write_text(text, encoding="utf-8")
    graph = cascq.load(path)
    description = graph.describe("id:invented-optics-signing", lang="en")
    dates = next(group for group in description.groups if group.property == ns.CASCQ + "date")
    assert [(fact.value, fact.corrected) for fact in dates.facts] == [
        ("2027-05-06", ("2027-05-16", "invented-correction-after:1-1")),
        ("2027-05-16", None),
        ("2027-06-01", None),
    ]
    # The canned query says the same.
    rows = json.loads(graph.query("entity-facts", entity="id:invented-optics-signing", lang="en").render("json"))
    marked = {row["other"]["value"]: row.get("corrected") for row in rows["results"]["bindings"]}
    assert marked["2027-05-06"]["value"] == "2027-05-16"
    assert marked["2027-05-16"] is marked["2027-06-01"] is None


def test_an_ambiguous_name_is_an_error(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match="several things"):
        tiny.describe("重点实验室")


@pytest.mark.parametrize("name", ["重庆研究院", "CIGIT", "id:cigit"])
def test_the_shipped_cigit_is_one_body_with_its_platforms(shipped: KnowledgeGraph, name: str) -> None:
    description = shipped.describe(name, lang="zh")
    assert description.iri.endswith("/cigit")
    hosts = next(g for g in description.groups if g.incoming and g.property.endswith("#host"))
    assert len(hosts.facts) == 5
    assert all(fact.passages == ("report:2.1-1",) for fact in hosts.facts)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_position_of_a_passage_is_shown_by_its_offsets(tiny: KnowledgeGraph, lang: str) -> None:
    description = tiny.describe("letter:1-1", lang=lang)
    lines = description.render().splitlines()
    assert lines[lines.index("  position" if lang == "en" else "  位置") + 1] == "      [16, 46)"
    (position,) = [fact for fact in description.to_dict()["facts"] if fact["property"].endswith("#hasSelector")]
    assert position["values"][0]["value"] == "[16, 46)"
    assert position["values"][0]["iri"].endswith("/letter/1-1#position")


def test_a_position_without_offsets_is_shown_by_its_iri(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text(f"<{ns.CURATED}a> {{ <{ns.ID}p> <{ns.OA}hasSelector> <{ns.ID}q> . <{ns.ID}q> <{ns.OA}start> 1 }}")
    assert "      id:q  [curated:a]\n" in cascq.load(path).describe("id:p", lang="en").render()
