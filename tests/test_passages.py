from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.passages import find, occurrences, passages, read_document, sha256
from conftest import LETTER


def test_passages_come_in_reading_order(tiny: KnowledgeGraph) -> None:
    assert [(p.iri[-3:], p.section, p.start) for p in passages(tiny.store)] == [("1-1", "1", 16), ("1-2", "1", 46)]


def test_a_fragment_is_found_whatever_its_white_space() -> None:
    assert list(occurrences("a 两次\n\n协议 b", "两次协议")) == [(2, 8)]
    assert list(occurrences("两次协议", "两次\n协 议 ")) == [(0, 4)]
    assert list(occurrences("aaa", "aa")) == [(0, 2), (1, 3)]
    assert list(occurrences("a", " ")) == []


@given(before=st.text(), fragment=st.text(min_size=1), after=st.text())
def test_what_is_in_a_text_is_found_in_it(before: str, fragment: str, after: str) -> None:
    text = before + fragment + after
    found = [text[start:end] for start, end in occurrences(text, fragment)]
    assert any("".join(f.split()) == "".join(fragment.split()) for f in found) or not fragment.strip()


def test_a_ready_record_reads_as_trig_and_names_the_next_passage(tiny: KnowledgeGraph) -> None:
    record = find(LETTER, "共建丙实验室", None, tiny.store)
    assert "\nletter:1-3 a cascq:Passage" in record
    prefixes = "\n".join(
        f"@prefix {p}: <{iri}> ."
        for p, iri in {
            "letter": "https://w3id.org/cascq/source/letter/",
            "cascq": "https://w3id.org/cascq/ontology#",
            "oa": "http://www.w3.org/ns/oa#",
            "dcterms": "http://purl.org/dc/terms/",
        }.items()
    )
    quads = {
        (q.predicate.value.split("#")[-1], getattr(q.object, "value", ""))
        for q in ox.parse(prefixes + record, ox.RdfFormat.TRIG)
    }
    text, _ = read_document(LETTER)
    start = text.index("共建丙实验室")
    assert {("start", str(start)), ("end", str(start + 6)), ("sha256", sha256("共建丙实验室"))} <= quads


def test_the_record_takes_the_given_name(tiny: KnowledgeGraph) -> None:
    assert find(LETTER, "两次协议", "letter:1-9", tiny.store).splitlines()[2] == "letter:1-9 a cascq:Passage ;"


def test_every_occurrence_gets_a_record(tiny: KnowledgeGraph) -> None:
    assert find(LETTER, "甲研究院", None, tiny.store).count("a cascq:Passage") == 3
    for lang, comment in (("en", "# occurrence 2 of 3; keep"), ("zh", "# 第 2 处，共 3 处；请保留")):
        assert comment in find(LETTER, "甲研究院", None, tiny.store, lang)


@pytest.mark.parametrize(
    ("fragment", "lang", "comment"),
    [
        ("两次", "en", "# These words stand within letter:1-1 [16, 46), which is on record already"),
        ("两次", "zh", "# 这段文字在已登记的 letter:1-1 [16, 46) 之内"),
    ],
)
def test_words_of_a_passage_on_record_are_said_to_be_that(
    tiny: KnowledgeGraph, fragment: str, lang: str, comment: str
) -> None:
    assert find(LETTER, fragment, None, tiny.store, lang).startswith(comment)


def test_a_whole_passage_and_an_overlap_are_said_to_be_that(tiny: KnowledgeGraph) -> None:
    text = LETTER.read_text(encoding="utf-8")
    assert "# These words are letter:1-1 [16, 46), which" in find(LETTER, text[16:46], None, tiny.store)
    both = find(LETTER, text[40:50], None, tiny.store)
    assert "# Some of these words stand in letter:1-1 [16, 46) already." in both
    assert "# Some of these words stand in letter:1-2 [46, 81) already." in both
    assert "already" not in find(LETTER, text[:10], None, tiny.store)


def test_a_new_document_gets_its_own_record(tiny: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "second-letter.txt"
    path.write_text("乙市来信（虚构）", encoding="utf-8")
    record = find(path, "来信", None, tiny.store)
    assert "<https://w3id.org/cascq/source/second-letter> a cascq:Document" in record
    assert "cascq:characters 8" in record
    assert "second-letter:0-1 a cascq:Passage" in record
    assert find(path, "来信", None, tiny.store, "zh").startswith("# 文献尚未登记；其记录为：\n<")


def test_what_does_not_occur_is_an_error(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match="does not occur"):
        find(LETTER, "丁实验室", None, tiny.store)


def test_a_name_that_is_no_iri_is_an_error(tiny: KnowledgeGraph) -> None:
    with pytest.raises(CascqError, match="no IRI"):
        find(LETTER, "两次", "somewhere", tiny.store)


@pytest.mark.parametrize(
    "name", ["id:a", "letter:1-0", "letter:1.-1", "https://w3id.org/cascq/source/other/1-1", "urn:a", "cascq:Event"]
)
def test_a_name_that_is_no_passage_of_the_document_is_an_error(tiny: KnowledgeGraph, name: str) -> None:
    with pytest.raises(CascqError, match=r"its passages are called https://w3id\.org/cascq/source/letter/SECTION-"):
        find(LETTER, "两次", name, tiny.store)


def read(record: str) -> set[str]:
    """Return the names of all nodes of a record."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in ns.PREFIXES.items())
    slug = "@prefix second-letter: <https://w3id.org/cascq/source/second-letter/> .\n"
    return {str(quad.subject) for quad in ox.parse(prefixes + slug + record, ox.RdfFormat.TRIG)}


@pytest.mark.parametrize("name", [None, "second-letter:2.1-3", f"{ns.SOURCE}second-letter/annex.2-1"])
def test_the_record_of_a_new_document_reads_as_trig(tiny: KnowledgeGraph, tmp_path: Path, name: str | None) -> None:
    path = tmp_path / "second-letter.txt"
    path.write_text("乙市来信（虚构）", encoding="utf-8")
    passage = (ns.expand(name) if name else None) or f"{ns.SOURCE}second-letter/0-1"
    expected = {f"<{ns.SOURCE}second-letter>", f"<{passage}>", f"<{passage}#position>"}
    assert read(find(path, "来信", name, tiny.store)) == expected


@pytest.mark.parametrize("stem", ["my report", "来信", "Letter2", "2-letters", "a_b"])
def test_a_document_that_cannot_be_called_after_its_file_needs_a_name(
    tiny: KnowledgeGraph, tmp_path: Path, stem: str
) -> None:
    path = tmp_path / f"{stem}.txt"
    path.write_text("乙市来信（虚构）", encoding="utf-8")
    with pytest.raises(CascqError, match=r"is no name for a document .* --id https://"):
        find(path, "来信", None, tiny.store)
    name = f"{ns.SOURCE}second-letter/1-1"
    assert read(find(path, "来信", name, tiny.store)) >= {f"<{ns.SOURCE}second-letter>", f"<{name}>"}


@pytest.mark.parametrize("name", ["id:a", f"{ns.SOURCE}Big/1-1", f"{ns.SOURCE}a/b/1-1", "http://e.org/a/1-1"])
def test_a_new_document_takes_no_name_from_elsewhere(tiny: KnowledgeGraph, tmp_path: Path, name: str) -> None:
    path = tmp_path / "second-letter.txt"
    path.write_text("乙市来信（虚构）", encoding="utf-8")
    with pytest.raises(CascqError, match="no IRI of a passage"):
        find(path, "来信", name, tiny.store)


@pytest.mark.parametrize("name", [None, "letter:1-1"])
def test_a_new_document_takes_no_name_that_is_taken(tiny: KnowledgeGraph, tmp_path: Path, name: str | None) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("乙市来信（虚构）", encoding="utf-8")
    with pytest.raises(CascqError, match="on record with another text"):
        find(path, "来信", name, tiny.store)


def test_a_document_that_is_not_utf8_is_an_error(tiny: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "gb.txt"
    path.write_bytes("重庆".encode("gb18030"))
    with pytest.raises(CascqError, match="not UTF-8 at byte 1"):
        read_document(path)
