from __future__ import annotations

from pathlib import Path

import pytest

from cascq import catalogue
from cascq.catalogue import read_query
from cascq.errors import CascqError

GOOD = """#+ title: {zh: 题, en: Title}
#+ description: {zh: 述, en: Description}
#+ question: {zh: 问？, en: Question?}
#+ parameters:
#+   - {name: thing, type: iri, class: cascq:Place, required: true, label: {zh: 物, en: Thing}}
#+   - {name: n, type: integer, label: {zh: 数, en: Number}}
#+ columns:
#+   x: {zh: 甲, en: X}
#+ min_rows: 2
#+ tags: [a, b]
PREFIX id: <https://w3id.org/cascq/id/>
SELECT ?x
WHERE {
  VALUES (?thing ?n) { (id:chongqing UNDEF) }  # parameters
  ?thing ?p ?x . FILTER(!BOUND(?n) || ?x = ?n)
}
"""


def read(tmp_path: Path, text: str, name: str = "good.rq") -> catalogue.CannedQuery:
    path = tmp_path / "topic" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_query(path)


def test_a_header_is_read_whole(tmp_path: Path) -> None:
    query = read(tmp_path, GOOD)
    assert (query.name, query.topic, query.min_rows, query.tags) == ("good", "topic", 2, ("a", "b"))
    assert query.title == {"zh": "题", "en": "Title"}
    assert query.columns == {"x": {"zh": "甲", "en": "X"}}
    thing, number = query.parameters
    assert (thing.required, thing.classes) == (True, ("https://w3id.org/cascq/ontology#Place",))
    assert (number.required, number.default) == (False, None)
    assert str(query.example["thing"]) == "<https://w3id.org/cascq/id/chongqing>"
    assert query.example["n"] is None


def test_a_prefix_in_a_comment_declares_nothing(tmp_path: Path) -> None:
    query = read(tmp_path, GOOD.replace("SELECT ?x\n", "# not PREFIX id: <http://e.org/>\nSELECT ?x\n"))
    assert str(query.example["thing"]) == "<https://w3id.org/cascq/id/chongqing>"


def test_a_parameter_may_be_of_several_classes_and_have_a_variable_of_its_own(tmp_path: Path) -> None:
    text = GOOD.replace("class: cascq:Place,", "class: [cascq:Place, cascq:Event], variable: asked,")
    query = read(tmp_path, text.replace("?thing", "?asked"))
    thing = query.parameters[0]
    assert (thing.name, thing.variable) == ("thing", "asked")
    assert [iri.rpartition("#")[2] for iri in thing.classes] == ["Place", "Event"]
    assert thing.to_dict("en")["classes"] == list(thing.classes)
    assert "class" not in thing.to_dict("en")
    assert str(query.example["thing"]) == "<https://w3id.org/cascq/id/chongqing>"


def test_a_parameter_can_only_differ_from_one_before_it(tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="'differs_from' of 'n' is no parameter before it: x"):
        read(tmp_path, GOOD.replace("type: integer,", "type: integer, differs_from: x,"))
    query = read(tmp_path, GOOD.replace("type: integer,", "type: integer, differs_from: thing,"))
    assert query.parameters[1].differs_from == "thing"


def test_dates_and_numbers_in_a_header_stay_text(tmp_path: Path) -> None:
    text = GOOD.replace("{name: n, type: integer,", "{name: n, type: date, default: 2016-04-21,")
    assert read(tmp_path, text).parameters[1].default == "2016-04-21"


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "crlf.rq"
    path.write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert read_query(path).line == 13


# Each slip: what is written instead of what, at which line it is reported, and in what words.
SLIPS = [
    ("#+ title:", "#+ titel:", 1, "unknown key 'titel'; did you mean 'title'?"),
    ("#+ question: {zh: 问？, en: Question?}\n", "", 1, "the header lacks 'question'"),
    ("en: Title}", "de: Titel}", 1, "'title' lacks its text in 'en'"),
    ("en: Title}", "en: Title, de: Titel}", 1, "'title' has an unknown language 'de'"),
    ("{zh: 题, en: Title}", "Title", 1, "'title' needs {zh: …, en: …}"),
    ("zh: 题", "zh: ''", 1, "'title' lacks its text in 'zh'"),
    ("{zh: 题", "{zh: 题, zh: 目", 1, "the key 'zh' occurs twice"),
    ("#+ title: {", "#+ title: {{", 2, "the header is not YAML"),
    ("type: integer", "type: number", 6, "parameter 'n' has type 'number'; known: iri"),
    ("{name: n,", "{name: 'n-1',", 4, "a parameter needs a 'name'"),
    ("{name: n,", "{name: thing,", 5, "parameter 'thing' is declared twice"),
    ("{name: n,", "{name: m,", 14, "the parameter line has thing, n, but declared are thing, m"),
    ("label: {zh: 数, en: Number}", "lable: {zh: 数, en: Number}", 6, "unknown key 'lable' (n); did you mean 'label'?"),
    ("type: integer,", "type: integer, class: cascq:Place,", 6, "'class' of 'n' goes with type iri only"),
    ("class: cascq:Place", "class: nowhere:Place", 5, "'class' of 'thing' is neither an IRI nor a known CURIE"),
    ("type: integer,", "type: concept,", 6, "concept parameter 'n' needs its 'scheme'"),
    ("required: true", "required: yes", 5, "'required' of 'thing' must be true or false"),
    ("required: true", "required: true, default: id:x", 5, "'thing' is required, so it can have no default"),
    ("#+   x: {zh: 甲, en: X}", "#+   y: {zh: 甲, en: Y}", 7, "'columns' has y, but the query selects x"),
    ("SELECT ?x", "SELECT ?x ?p", 7, "'columns' has x, but the query selects x, p"),
    ("min_rows: 2", "min_rows: some", 9, "'min_rows' must be a whole number"),
    ("tags: [a, b]", "tags: a", 10, "'tags' must be a list of words"),
    ("  # parameters", "", 11, "one line must end in '# parameters' (found 0)"),
    ("?thing ?p", "VALUES ?q { 1 }  # parameters\n  ?thing ?p", 15, "one line must end in '# parameters' (found 2)"),
    ("(?thing ?n) { (id:chongqing UNDEF) }", "?thing { id:chongqing }", 14, "the parameter line must read VALUES"),
    ("(id:chongqing UNDEF)", "(id:chongqing UNDEF) (id:beijing 1)", 14, "the parameter line must hold exactly one row"),
    ("(id:chongqing UNDEF)", "(UNDEF UNDEF)", 14, "'thing' is required, so the file must hold an example value"),
    ("(id:chongqing UNDEF)", '("chongqing" UNDEF)', 14, "the value of 'thing' is of kind string"),
    ("WHERE {\n", "WHERE {\n  ?thing a ?class .\n", 15, "the parameter line must come first in the outer WHERE"),
    (" FILTER(!BOUND(?n) || ?x = ?n)", "", 6, "parameter 'n' is declared but not used"),
    ("?thing ?p ?x", "?thing ?p ?x ]", 15, "syntax error at ']'"),
    ("SELECT ?x", "#+ tags: [c]\nSELECT ?x", 12, "a '#+' line stands outside the header"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), SLIPS, ids=[slip[3] for slip in SLIPS])
def test_every_slip_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(CascqError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    where = str(tmp_path / "topic" / "good.rq")
    assert caught.value.en.startswith(f"{where}:{line}:")
    assert words in caught.value.en
    assert caught.value.zh.startswith(f"{where}:{line}")


def test_a_file_without_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="has no '#\\+' header"):
        read(tmp_path, "SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize("query", ["ASK { ?s ?p ?x }", "CONSTRUCT { ?s ?p ?x } WHERE { ?s ?p ?x }"])
def test_a_canned_query_is_a_select(tmp_path: Path, query: str) -> None:
    header = "".join(line + "\n" for line in GOOD.splitlines() if line.startswith("#+") and "name:" not in line)
    with pytest.raises(CascqError, match="must be a SELECT"):
        read(tmp_path, header.replace("#+ parameters:\n", "") + query)


def test_a_canned_query_calls_no_other_server(tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="SERVICE is refused"):
        read(tmp_path, GOOD.replace("?thing ?p ?x", "SERVICE <http://127.0.0.1/> { ?thing ?p ?x }"))


def test_a_file_name_is_kebab_case(tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="kebab-case"):
        read(tmp_path, GOOD, "Good_One.rq")


def test_names_are_unique_over_all_topics(tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="the name is taken"):
        catalogue.names([tmp_path / "a" / "x.rq", tmp_path / "b" / "x.rq"])


def test_an_unknown_query_suggests_near_ones(project: Path) -> None:
    with pytest.raises(CascqError, match="no query is called 'agrement'; did you mean: agreements"):
        catalogue.get("agrement")


def test_a_query_is_suggested_by_its_title_in_either_language() -> None:
    with pytest.raises(CascqError, match=r"no query is called '时间线'; did you mean: timeline \(Timeline\)") as caught:
        catalogue.get("时间线")
    assert caught.value.zh.endswith("；是否指：timeline (时间线)")
    with pytest.raises(CascqError, match=r"did you mean: .*agreements \(Agreements and their signings\)"):
        catalogue.get("协议")
