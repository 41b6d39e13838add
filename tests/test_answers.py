from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from cascq.answers import FORMATS, Answer
from cascq.errors import CascqError

XSD = "http://www.w3.org/2001/XMLSchema#"
HEADS = {
    "body": {"zh": "机构（IRI）", "en": "Body (IRI)"},
    "bodyLabel": {"zh": "机构", "en": "Body"},
    "date": {"zh": "日期", "en": "Date"},
}
ANSWER = Answer(
    ["body", "bodyLabel", "date"],
    [
        [
            ox.NamedNode("https://w3id.org/cascq/id/cigit"),
            ox.Literal("重庆绿色智能技术研究院", language="zh"),
            ox.Literal("2016", datatype=ox.NamedNode(XSD + "gYear")),
        ],
        [ox.NamedNode("https://w3id.org/cascq/id/cas"), None, None],
    ],
    HEADS,
)


def one(text: str) -> Answer:
    return Answer(["x"], [[ox.Literal(text)]])


def test_a_table_shows_labels_and_lines_up_wide_characters() -> None:
    assert ANSWER.render("table", "zh").splitlines() == [
        "机构                    日期",
        "----------------------  ------",
        "重庆绿色智能技术研究院  2016",
        "id:cas",
    ]


def test_iris_are_an_option() -> None:
    assert ANSWER.render("table", "en", iris=True).splitlines()[0].split("  ")[0] == "Body (IRI)"
    assert "id:cigit" in ANSWER.render("table", "en", iris=True)


def test_a_missing_label_shows_the_iri() -> None:
    assert ANSWER.render("markdown", "en").splitlines()[-1].startswith("| id:cas ")


def test_a_mark_that_no_row_bears_is_left_out_of_tables_only() -> None:
    heads = {"x": {"zh": "甲", "en": "X"}, "corrected": {"zh": "更正", "en": "Correction"}}
    unmarked = Answer(["x", "corrected"], [[ox.Literal("a"), None]], heads)
    assert unmarked.render("table", "en").splitlines()[0] == "X"
    assert unmarked.render("csv").splitlines()[0] == "x,corrected"
    marked = Answer(["x", "corrected"], [[ox.Literal("a"), None], [ox.Literal("b"), ox.Literal("c")]], heads)
    assert marked.render("table", "en").splitlines()[0] == "X    Correction"


def test_markdown_keeps_pipes_and_line_breaks_in_their_cells() -> None:
    assert one("a|b\nc\\d").render("markdown").splitlines()[-1] == "| a\\|b c\\\\d |"


def test_a_terminal_gets_no_control_characters() -> None:
    assert "\x1b" not in one("\x1b[31mred").render("table")


@pytest.mark.parametrize("text", ["05", "1e3", "2016", "-0", "0x10"])
def test_a_table_does_not_rewrite_what_looks_like_a_number(text: str) -> None:
    assert one(text).render("table").splitlines()[-1] == text


def test_csv_follows_the_standard() -> None:
    assert one('a,"b"\n重').render("csv") == 'x\r\n"a,""b""\n重"\r\n'
    assert ANSWER.render("csv").splitlines()[2] == "https://w3id.org/cascq/id/cas,,"


def test_tsv_follows_the_standard() -> None:
    assert ANSWER.render("tsv").splitlines() == [
        "?body\t?bodyLabel\t?date",
        f'<https://w3id.org/cascq/id/cigit>\t"重庆绿色智能技术研究院"@zh\t"2016"^^<{XSD}gYear>',
        "<https://w3id.org/cascq/id/cas>\t\t",
    ]


def test_json_follows_the_standard() -> None:
    value = json.loads(ANSWER.render("json"))
    assert value["head"] == {"vars": ["body", "bodyLabel", "date"]}
    assert value["results"]["bindings"][0]["date"] == {"type": "literal", "value": "2016", "datatype": XSD + "gYear"}
    assert list(value["results"]["bindings"][1]) == ["body"]


@pytest.mark.parametrize(
    ("form", "known"),
    [("json", ox.QueryResultsFormat.JSON), ("xml", ox.QueryResultsFormat.XML), ("tsv", ox.QueryResultsFormat.TSV)],
)
def test_machine_formats_can_be_read_back(form: str, known: ox.QueryResultsFormat) -> None:
    back = Answer.of(ox.parse_query_results(ANSWER.render(form), known))
    assert [list(row) for row in back.rows] == [list(row) for row in ANSWER.rows]


@pytest.mark.parametrize("form", FORMATS)
def test_no_rows_are_an_answer_too(form: str) -> None:
    assert Answer(["x"], []).render(form)


def test_yes_and_no() -> None:
    assert Answer((), (), boolean=True).render("table", "zh") == "是\n"
    assert Answer((), (), boolean=False).render("table", "en") == "no\n"
    assert json.loads(Answer((), (), boolean=True).render("json"))["boolean"] is True


def test_triples_are_shown_as_turtle() -> None:
    store = ox.Store()
    node = ox.NamedNode("https://w3id.org/cascq/id/a")
    store.add(ox.Quad(node, ox.NamedNode("https://w3id.org/cascq/ontology#party"), node))
    answer = Answer.of(store.query("CONSTRUCT WHERE { ?s ?p ?o }"))
    assert answer.render("table").splitlines()[-1] == "id:a cascq:party id:a ."
    assert answer.render("csv").startswith("subject,predicate,object\r\n")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(CascqError, match="unknown format 'html'"):
        ANSWER.render("html")


def test_rows_can_be_taken_as_dictionaries() -> None:
    assert [row["date"] for row in ANSWER][1] is None
    assert len(ANSWER) == 2
