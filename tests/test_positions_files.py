"""Where a triple stands: in this project's files, in other formats, and when a position is shifted."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from cascq.places.placing import shown_path
from cascq.places.positions import index
from cascq.reading import FORMATS, find_files
from positions_check import (
    HEAD,
    NT,
    ROOT,
    TRIG,
    TURTLE,
    check,
    e,
)

FILES = find_files([ROOT / "data", ROOT / "ontology", ROOT / "tests"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_statement_of_the_projects_files_is_found(path: Path) -> None:
    form = FORMATS[path.suffix]
    text = path.read_bytes().decode()
    quads = list(ox.parse(text, form))
    positions = index(path, quads=quads)
    check(text, form, positions, quads)
    assert positions is not None
    assert len(positions) == len(quads)
    assert positions.find(quads[0].subject)[0].file == shown_path(path)


def test_only_what_is_wanted_is_held() -> None:
    path = ROOT / "data" / "curated" / "notes.trig"
    everything = index(path)
    quads = list(ox.parse(path.read_bytes(), TRIG))
    wanted = {quads[0].subject, quads[-1].subject}
    some = index(path, wanted=wanted)
    assert everything is not None
    assert some is not None
    assert 0 < len(some) < len(everything) == len(quads)
    for quad in quads:
        if quad.subject in wanted:
            places = some.find(quad.subject, quad.predicate, quad.object, quad.graph_name)
            assert places == everything.find(quad.subject, quad.predicate, quad.object, quad.graph_name)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("{}", ox.RdfFormat.JSON_LD),
        ("<a/>", ox.RdfFormat.RDF_XML),
        (HEAD + "<< :s :p :o >> :q 1 .", TURTLE),
        (HEAD + ":s :p :o {| :q 1 |} .", TURTLE),
        (HEAD + ":s :p :o ~ :r .", TURTLE),
        (HEAD + ":s :p", TURTLE),
        (HEAD + ":s :p nonsense .", TURTLE),
        (HEAD + ":s :p ) .", TURTLE),
        (HEAD + ":s :p x:undeclared .", TURTLE),
        (HEAD + "@prefix", TURTLE),
        (HEAD + "@base <relative> .", TURTLE),
        ("<x:s> <x:p> 1 .", NT),
    ],
)
def test_positions_are_not_known(text: str, form: ox.RdfFormat) -> None:
    assert index(text, form) is None


def test_other_suffixes_have_no_positions(tmp_path: Path) -> None:
    (tmp_path / "a.rdf").write_text("<x/>", "utf-8")
    assert index(tmp_path / "a.rdf") is None


def test_quads_of_another_file_are_not_found() -> None:
    positions = index(HEAD + ":s :p [ :q 1 ] .", TURTLE, quads=[ox.Quad(ox.BlankNode("b"), e("q"), ox.Literal(2))])
    assert positions is not None
    assert positions.find(ox.BlankNode("b")) == []


def shifts() -> list[tuple[int, int]]:
    return [(number, by) for number in range(4 * 7) for by in (-1, 1)]


@pytest.mark.parametrize(("number", "by"), shifts())
def test_a_shifted_position_is_noticed(number: int, by: int) -> None:
    text = HEAD + ':g { :s a :C ; :p "重庆"@zh, 12 ; <http://e.org/q> _:b . _:b :p "x"^^xsd:date, true . :t :r -1.5 }'
    quads = list(ox.parse(text, TRIG))
    assert len(quads) == 7
    positions = index(text, TRIG, quads=quads)
    check(text, TRIG, positions, quads)
    assert positions is not None
    positions._offsets[number] += by
    with pytest.raises(AssertionError):
        check(text, TRIG, positions, quads)
