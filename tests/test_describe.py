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
