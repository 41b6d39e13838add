from __future__ import annotations

from pathlib import Path

import pytest

import cascq
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from conftest import LETTER, PROJECT


def edited(tmp_path: Path, file: str, old: str, new: str) -> KnowledgeGraph:
    """Load the tiny project's data with one slip in one file."""
    paths = []
    for path in sorted((PROJECT / "data").rglob("*.trig")):
        text = path.read_text(encoding="utf-8")
        if path.name == file:
            assert old in text
            text = text.replace(old, new, 1)
        paths.append(tmp_path / path.name)
        paths[-1].write_text(text, encoding="utf-8")
    return cascq.load(paths)


def test_without_the_document_it_says_what_it_cannot_check(tiny: KnowledgeGraph) -> None:
    report = tiny.evidence(lang="en")
    assert not report.fails()
    assert report.summary() == "not checked: documents 1, hashes 2, names 6, dates 2, numbers 2 (give --source FILE)"
    assert all(item.text is None for item in report.shown)


def test_with_the_document_everything_is_shown_and_checked(tiny: KnowledgeGraph) -> None:
    report = tiny.evidence(source=LETTER, lang="en")
    assert not report.fails()
    assert report.summary().splitlines() == [
        "checked: documents 1, offsets 2, hashes 2, names 6, dates 2, numbers 2",
        "all of it agrees with the document",
    ]
    assert "甲研究院与乙市人民政府签署两次协议" in report.render()


def test_one_passage_shows_what_it_states(tiny: KnowledgeGraph) -> None:
    report = tiny.evidence("letter:1-2", lang="en")
    assert [item.passage.iri[-3:] for item in report.shown] == ["1-2"]
    assert "Laboratory C  type  Research platform" in report.render()


def test_the_heading_of_a_passage_is_said_once(tiny: KnowledgeGraph) -> None:
    assert tiny.evidence("1-2", lang="en").render().count("letter:1-2") == 1


def test_data_without_passages_are_not_well(project: Path) -> None:
    graph = cascq.load([PROJECT / "data" / "curated"])
    for source in (None, LETTER):
        with pytest.raises(CascqError, match="the data record no passages"):
            graph.evidence(source=source)
    assert "added by the editors" in graph.evidence("甲院", lang="en").render()


def test_one_thing_shows_the_passages_about_it_and_what_editors_add(tiny: KnowledgeGraph) -> None:
    report = tiny.evidence("甲院", lang="zh")
    assert [item.passage.iri[-3:] for item in report.shown] == ["1-1"]
    assert "2031年协议  缔约方  甲研究院" in report.render()
    assert "curated:names  （编者补充）" in report.render()


SLIPS = [
    ("1.trig", '"甲研究院"@zh', '"甲科学院"@zh', "letter:1-1", "the text does not say 甲科学院"),
    ("1.trig", '"2031-05-02"', '"2031-05-03"', "letter:1-1", "the text does not say 2031年5月3日"),
    ("1.trig", '"2032-06"', '"2032-07"', "letter:1-2", "the text does not say 2032年7月"),
    ("1.trig", "cascq:value 500", "cascq:value 50", "letter:1-2", "the text does not say 50"),
    ("1.trig", "cascq:value 2 ", "cascq:value 3 ", "letter:1-1", "the text does not say 3 / 三"),
    (
        "1.trig",
        '"2032-06"^^xsd:gYearMonth',
        '"2032"^^xsd:gYear',
        "letter:1-2",
        "gives the date as 2032年6月; write it as",
    ),
    (
        "letter.trig",
        '"共建实验室"@zh',
        '"甲研究院在乙市共建丙实验室，服务企业近500余家"@zh',
        "letter:1-2",
        "summary copies the text",
    ),
    ("letter.trig", "oa:start 16", "oa:start 17", "letter:1-1", "has SHA-256"),
    ("letter.trig", "oa:end 81", "oa:end 83", "letter:1-2", "do not lie within the 82 characters"),
    ("letter.trig", "oa:end 81", "oa:end 46", "letter:1-2", "do not lie within"),
    ("letter.trig", "oa:start 46 ;", "", "letter:1-2", "do not lie within"),
    ("letter.trig", 'cascq:sha256 "ab4c', 'cascq:sha256 "ab4d', "letter:1-1", "has SHA-256 ab4c"),
    (
        "letter.trig",
        'cascq:sha256 "b015',
        'cascq:sha256 "b016',
        "source:letter",
        "has SHA-256 b015",
    ),
    (
        "letter.trig",
        "cascq:characters 82",
        "cascq:characters 81",
        "source:letter",
        "has 82 char",
    ),
]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("slip", SLIPS, ids=[slip[2] or slip[1] for slip in SLIPS])
def test_every_slip_is_found_where_it_is(tmp_path: Path, slip: tuple[str, ...]) -> None:
    file, old, new, where, words = slip
    report = edited(tmp_path, file, old, new).evidence(source=LETTER, lang="en")
    assert report.fails()
    assert any(words in failure.en and failure.where == where for failure in report.failures), report.render()
    assert all(failure.zh != failure.en for failure in report.failures)


def test_a_wrong_name_is_shown_with_its_triple(project: Path, tmp_path: Path) -> None:
    report = edited(tmp_path, "1.trig", '"甲研究院"@zh', '"甲科学院"@zh').evidence(source=LETTER, lang="en")
    assert [failure.triple for failure in report.failures] == ['id:institute-a rdfs:label "甲科学院"@zh']


def test_another_document_does_not_agree(tiny: KnowledgeGraph, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("别的文献", encoding="utf-8")
    report = tiny.evidence(source=other, lang="zh")
    assert report.fails()
    assert "与文献不符" in report.render()


def test_the_report_is_plain_data_too(tiny: KnowledgeGraph) -> None:
    data = tiny.evidence("letter:1-1", source=LETTER, lang="en").to_dict()
    passage = data["passages"][0]
    wanted = {"id": "letter:1-1", "start": 16, "end": 46, "summary": "agreements are signed"}
    assert wanted.items() <= passage.items()
    assert passage["text"].startswith("2031年5月2日")
    assert {"subject", "predicate", "object"} == set(passage["triples"][0])


def test_shipped_passages_lie_within_their_documents(shipped: KnowledgeGraph) -> None:
    report = shipped.evidence(lang="en")
    assert not report.fails()
    assert report.checked["offset"] == len(report.shown) > 50
