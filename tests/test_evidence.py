from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import cascq
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.passages import find
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
    assert "Laboratory C  class  Research platform" in report.render()


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
        "SHA-256 b015",
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


def changed(tmp_path: Path, change: Callable[[str], str]) -> Path:
    """Return a copy of the letter with a change."""
    path = tmp_path / "copy.txt"
    path.write_bytes(change(LETTER.read_bytes().decode()).encode())
    return path


INVISIBLE: list[tuple[Callable[[str], str], str, str]] = [
    (lambda text: text.replace("\n", "\r\n"), "CRLF line ends, not LF; save it as UTF-8 with LF line ends", "CRLF"),
    (lambda text: text.replace("\n", "\r"), "CR line ends, not LF", "行尾是 CR"),
    (lambda text: text.replace("\n", "\r\n", 1), "LF and CRLF line ends, not LF", "行尾"),
    (lambda text: "\ufeff" + text, "a byte order mark; save it as UTF-8 without a byte order mark", "不带 BOM"),
    (lambda text: "\ufeff" + text.replace("\n", "\r\n"), "CRLF line ends, not LF, and a byte order mark", "BOM"),
    (lambda text: text + "\n\n", "a line end too many at the end", "末尾多了换行"),
    (lambda text: text.rstrip("\n"), "a line end too few at the end", "末尾少了换行"),
]


@pytest.mark.parametrize(("change", "en", "zh"), INVISIBLE)
def test_line_ends_and_marks_that_nobody_sees_are_named_and_nothing_else(
    tiny: KnowledgeGraph, tmp_path: Path, change: Callable[[str], str], en: str, zh: str
) -> None:
    path = changed(tmp_path, change)
    report = tiny.evidence(source=path, lang="en")
    (failure,) = report.failures
    assert f"{path} is the document on record but for this: " in failure.en
    assert en in failure.en
    assert zh in failure.zh
    assert report.render().startswith(failure.en)
    assert "甲研究院与乙市人民政府签署两次协议" in report.render()
    assert "1 does not agree with the document" in report.summary()


def test_line_ends_move_offsets_so_no_records_are_made_of_them(tiny: KnowledgeGraph, tmp_path: Path) -> None:
    path = changed(tmp_path, lambda text: text.replace("\n", "\r\n"))
    with pytest.raises(CascqError, match="moves offsets: CRLF line ends, not LF"):
        find(path, "签署两次协议", None, tiny.store)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_document_is_called_that_and_not_quoted(tiny: KnowledgeGraph, tmp_path: Path, lang: str) -> None:
    other = tmp_path / "other.txt"
    other.write_text("别的文献。" * 40, encoding="utf-8")
    report = tiny.evidence(source=other, lang=lang)
    (failure,) = report.failures
    assert report.fails()
    assert f"{other} is not the document on record: no passage stands where it is recorded; it has 200" in failure.en
    assert f"{other} 不是登记的文献" in failure.zh
    assert report.render().splitlines()[0] == (failure.en if lang == "en" else failure.zh)
    assert "别的文献" not in report.render()
    assert report.unchecked["document"] == 1
    assert all("text" not in passage for passage in report.to_dict()["passages"])


def test_of_another_version_only_what_is_as_recorded_is_shown(tiny: KnowledgeGraph, tmp_path: Path) -> None:
    report = tiny.evidence(source=changed(tmp_path, lambda text: text.replace("近 500", "近 900")), lang="en")
    assert "is another version of the document on record: 1 of 2 passages stand where" in report.failures[0].en
    assert [(f.where, "SHA-256" in f.en) for f in report.failures] == [("source:letter", True), ("letter:1-2", True)]
    assert [item.text is None for item in report.shown] == [False, True]
    assert "900" not in report.render()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("slip", SLIPS, ids=[slip[2] or slip[1] for slip in SLIPS])
def test_every_failure_says_what_to_do(tmp_path: Path, slip: tuple[str, ...]) -> None:
    report = edited(tmp_path, *slip[:3]).evidence(source=LETTER, lang="en")
    assert all(re.search(r": (mend|write)|; (say|take|write|save) ", f.en) for f in report.failures), report.render()
    assert all("请" in f.zh for f in report.failures)


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


def test_a_reading_names_the_passages_that_it_reads(shipped: KnowledgeGraph) -> None:
    report = shipped.evidence("育成中心", lang="en")
    assert "Incubation of Moxi  incubator  Incubation centre  [report:3.3-6]\n" in report.render()
    (reading,) = [
        triple
        for triple in report.to_dict()["curated"]["https://w3id.org/cascq/curated/readings"]
        if triple["subject"] == "https://w3id.org/cascq/id/nationwide-reach"
    ]
    assert reading["passages"] == ["https://w3id.org/cascq/source/cas-chongqing-report/3.3-4"]
    names = report.to_dict()["curated"]["https://w3id.org/cascq/curated/names-editorial"]
    assert all("passages" not in triple for triple in names)  # of the thing itself all passages are shown anyway
