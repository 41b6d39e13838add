"""Mistakes as a steward makes them, each alone in a copy of the shipped data: every one is found where it was made."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from cascq import resources
from cascq.reports.report import Finding, Location
from cascq.validation import validate
from mistakes import MISTAKES

DOCUMENT = "虚构的文献。第二句。"
RECORD = """\
@prefix cascq: <https://w3id.org/cascq/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix letter: <https://w3id.org/cascq/source/letter/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix source: <https://w3id.org/cascq/source/> .

letter:record {{
source:letter a cascq:Document ; dcterms:title "虚构"@zh , "Invented"@en ; dcterms:language "zh" ;
    cascq:characters {length} ; cascq:sha256 "{whole}" .
letter:1-1 a cascq:Passage ; oa:hasSource source:letter ;
    oa:hasSelector <https://w3id.org/cascq/source/letter/1-1#position> ;
    cascq:section "1" ; dcterms:description "一句"@zh , "A sentence"@en ;
    cascq:sha256 "{part}" .
<https://w3id.org/cascq/source/letter/1-1#position> a oa:TextPositionSelector ; oa:start 0 ; oa:end 6 .
}}
letter:1-1 {{ <https://w3id.org/cascq/id/body> a cascq:Company }}
"""


def marked(place: Location) -> str:
    """Return what the caret and its tail mark."""
    assert place.column is not None
    assert place.length is not None
    return place.text[place.column - 1 : place.column - 1 + place.length]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_where_it_was_made(name: str, tmp_path: Path) -> None:
    mistake = MISTAKES[name]
    folder = tmp_path / "data"
    shutil.copytree(resources.data(), folder)
    path = folder / mistake.file
    before, right, rest = path.read_text(encoding="utf-8").partition(mistake.right)
    assert right
    text = before + mistake.wrong + rest
    path.write_text(text, encoding="utf-8")
    findings = validate([folder]).findings

    start = text.rindex(mistake.after, 0, len(before) + len(mistake.after)) if mistake.after else len(before)
    offset = text.index(mistake.at, start)
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    here = [
        f for f in findings if (f.places[0].file, f.places[0].line, f.places[0].column) == (str(path), line, column)
    ]
    assert sorted(f.source_name for f in here) == sorted(mistake.found)
    assert {marked(f.places[0]) for f in here} == {mistake.at.removesuffix(" ,")}
    elsewhere = [f for f in findings if f not in here]
    assert sorted((f.source_name, marked(f.places[0])) for f in elsewhere) == sorted(mistake.also)
    assert [marked(place) for f in here for place in f.places[1:]] == list(mistake.others)
    for finding in findings:
        assert_says_what_to_do(finding)


def assert_says_what_to_do(finding: Finding) -> None:
    """Both messages are there, each in its language; what is quoted from the data may be in the other."""
    english, chinese = finding.messages["en"], finding.messages["zh"]
    assert re.search(r"[a-z]{3,} [a-z]{2,}", english)
    assert re.search(r"[请须改应缺写]", chinese)
    assert not re.search(r"[，。；]", re.sub(r"“.*?”", "", english))


def test_a_wrong_digit_of_a_hash_is_found_with_the_document(tmp_path: Path) -> None:
    document, record = tmp_path / "letter.txt", tmp_path / "letter.trig"
    document.write_text(DOCUMENT, encoding="utf-8")
    whole, part = (hashlib.sha256(text.encode()).hexdigest() for text in (DOCUMENT, DOCUMENT[:6]))

    def found(digit: str) -> list[Finding]:
        text = RECORD.format(length=len(DOCUMENT), whole=whole, part=part[:-1] + digit)
        record.write_text(text, encoding="utf-8")
        return [f for f in validate([record], source=document).findings if f.source == "evidence"]

    assert found(part[-1]) == []
    wrong = "1" if part[-1] == "0" else "0"
    (finding,) = found(wrong)
    assert marked(finding.places[0]) == f'"{part[:-1] + wrong}"'
    assert part in finding.messages["en"]
    assert part[:-1] + wrong in finding.messages["zh"]
