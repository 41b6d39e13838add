from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from cascq import namespaces as ns
from cascq.binding import bind, parse_params, term, terms
from cascq.catalogue import CannedQuery, read_query
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.likeness import normalise
from cascq.names import Names
from cascq.parameters import Parameter
from cascq.sparql import Term
from cascq.terms import forbidden_character
from conftest import PROJECT

LABEL = {"zh": "参数", "en": "parameter"}
QUERY = """#+ title: {zh: 回声, en: Echo}
#+ description: {zh: 原样返回。, en: Gives back what it got.}
#+ question: {zh: 收到了什么？, en: What was received?}
#+ parameters:
#+   - {name: text, type: string, label: {zh: 文字, en: Text}}
#+ columns:
#+   echo: {zh: 回声, en: Echo}
SELECT ?echo
WHERE {
  VALUES (?text) { (UNDEF) }  # parameters
  BIND(?text AS ?echo)
}
"""


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> CannedQuery:
    path = tmp_path_factory.mktemp("queries") / "echo.rq"
    path.write_text(QUERY, encoding="utf-8")
    return read_query(path)


def ask_oxigraph(text: str) -> object:
    return [solution["echo"].value for solution in ox.Store().query(text)]


def ask_rdflib(text: str) -> object:
    return [str(row.echo) for row in rdflib.Graph().query(text)]


def bound(query: CannedQuery, graph: KnowledgeGraph, **given: object) -> dict[str, Term | None]:
    return terms(query, given, graph.store, graph.names, "en")


def refusal(graph: KnowledgeGraph, kind: str, value: object, **more: Any) -> str:
    parameter = Parameter("x", kind, LABEL, **more)
    with pytest.raises(CascqError) as caught:
        term(parameter, value, graph.store, graph.names)
    assert caught.value.zh.startswith("参数 x：")
    return caught.value.en.removeprefix("parameter x: ")


@given(text=st.text())
def test_any_text_comes_back_unchanged_or_is_refused(echo: CannedQuery, text: str) -> None:
    empty = ox.Store()
    try:
        value = term(echo.parameters[0], text, empty, Names(empty))
    except CascqError:
        assert forbidden_character(text) or not normalise(text)
        return
    query = bind(echo, {"text": value})
    # all lines but the parameter line are those of the file
    assert [line for i, line in enumerate(query.split("\n")) if i != echo.line] == [
        line for i, line in enumerate(QUERY.split("\n")) if i != echo.line
    ]
    assert ask_oxigraph(query) == [text]


@given(text=st.text(alphabet=st.sampled_from("\\uU\"'0027x{}<>#\n\r\tab重 "), max_size=30))
def test_escapes_mean_the_same_to_both_engines(echo: CannedQuery, text: str) -> None:
    query = bind(echo, {"text": ox.Literal(text)})
    assert ask_oxigraph(query) == ask_rdflib(query) == [text]


@pytest.mark.parametrize(
    "attack",
    [
        '" ) } } INSERT DATA { <a:b> <a:c> <a:d> } #',
        "x> ) } SELECT * WHERE { ?s ?p ?o . <y",
        "}\n SELECT ?s { ?s ?p ?o }\n# parameters",
        "\\u0022 ) } # \\U00000022",
        '\\" ) }',
        "?text",
        "UNDEF",
    ],
)
def test_an_attack_is_just_a_text(echo: CannedQuery, attack: str) -> None:
    query = bind(echo, {"text": ox.Literal(attack)})
    assert ask_oxigraph(query) == ask_rdflib(query) == [attack]


@pytest.mark.parametrize(
    "attack", ["id:a> . ?s ?p ?o", 'x" } #', "id:institute-a}\n}", "https://e.org/> } #", "<a\\u003e>"]
)
def test_an_attack_is_no_iri(tiny: KnowledgeGraph, attack: str) -> None:
    assert refusal(tiny, "iri", attack)


def test_a_name_a_curie_or_an_iri_is_taken_for_an_iri(tiny: KnowledgeGraph) -> None:
    parameter = Parameter("x", "iri", LABEL, classes=("https://w3id.org/cascq/ontology#Organization",))
    found = {term(parameter, name, tiny.store, tiny.names).value for name in ("甲院", "id:institute-a", "Institute A")}
    assert found == {"https://w3id.org/cascq/id/institute-a"}


def test_an_iri_of_another_class_is_refused(tiny: KnowledgeGraph) -> None:
    text = refusal(tiny, "iri", "id:city-b", classes=("https://w3id.org/cascq/ontology#Organization",))
    assert text == "id:city-b is id:city-b (City B: Administrative area), not of Organization (cascq:Organization)"


def test_one_of_several_classes_is_enough(shipped: KnowledgeGraph) -> None:
    classes = (ns.CASCQ + "Organization", ns.CASCQ + "Place")
    parameter = Parameter("x", "iri", LABEL, classes=classes)
    assert term(parameter, "id:beijing", shipped.store, shipped.names).value == ns.ID + "beijing"
    text = refusal(shipped, "iri", "cascq:date", classes=classes)
    assert text.endswith("not of Organization (cascq:Organization) or Place (cascq:Place)")


def test_a_class_of_the_wrong_kind_is_refused(shipped: KnowledgeGraph) -> None:
    limit = (ns.CASCQ + "Organization",)
    parameter = Parameter("x", "iri", LABEL, subclass_of=limit)
    assert term(parameter, "cascq:Company", shipped.store, shipped.names).value == ns.CASCQ + "Company"
    text = refusal(shipped, "iri", "cascq:Export", subclass_of=limit)
    assert text.startswith(
        "cascq:Export is cascq:Export (Export: class), not a kind of Organization (cascq:Organization); there are: "
        "Alliance (cascq:Alliance), Branch office (cascq:Branch), Company (cascq:Company), "
    )


def test_a_value_that_is_not_listed_is_refused(shipped: KnowledgeGraph) -> None:
    values = (ns.CASCQ + "aim", ns.CASCQ + "achieves")
    parameter = Parameter("x", "iri", LABEL, values=values)
    assert term(parameter, "cascq:aim", shipped.store, shipped.names).value == values[0]
    text = refusal(shipped, "iri", "cascq:founder", values=values)
    assert text.endswith("not aim (cascq:aim) or achieves (cascq:achieves)")


def test_a_property_is_what_is_used_as_one(shipped: KnowledgeGraph) -> None:
    parameter = Parameter("x", "iri", LABEL, classes=(ns.RDF + "Property",))
    assert term(parameter, "rdfs:label", shipped.store, shipped.names).value == ns.RDFS_LABEL
    assert "not of property" in refusal(shipped, "iri", "id:beijing", classes=parameter.classes)


def test_an_ambiguous_name_is_settled_by_the_class(tiny: KnowledgeGraph) -> None:
    """`乙市` is the preferred label of the place; asked for an organisation, near ones are suggested instead."""
    assert "City B" in refusal(tiny, "iri", "乙市", classes=("https://w3id.org/cascq/ontology#Organization",))


def test_an_iri_must_exist(tiny: KnowledgeGraph) -> None:
    assert "not in the graph" in refusal(tiny, "iri", "id:nothing")


def test_a_concept_must_be_in_its_scheme(tiny: KnowledgeGraph) -> None:
    scheme = "https://w3id.org/cascq/vocabulary/AgreementKind"
    parameter = Parameter("x", "concept", LABEL, scheme=scheme)
    assert term(parameter, "战略协议", tiny.store, tiny.names).value.endswith("/strategic-agreement")
    assert "not of kinds of agreement" in refusal(tiny, "concept", "planned", scheme=scheme)


@pytest.mark.parametrize("value", ["2016", "2016-04", "2016-04-21", "2020-02-29", 2016, dt.date(2016, 4, 21)])
def test_dates_of_each_precision_are_taken(tiny: KnowledgeGraph, value: object) -> None:
    assert term(Parameter("x", "date", LABEL), value, tiny.store, tiny.names) == ox.Literal(str(value))


@pytest.mark.parametrize("value", ["2019-02-29", "2016-13", "2016-00", "2016-04-31", "0000"])
def test_dates_that_do_not_exist_are_refused(tiny: KnowledgeGraph, value: str) -> None:
    assert "does not exist in the calendar" in refusal(tiny, "date", value)


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("２０１８", "2018"),
        ("2018年", "2018"),
        ("2020年6月", "2020-06"),
        ("2020年06月12日", "2020-06-12"),
        ("2020年6月12号", "2020-06-12"),
        ("2020/6/12", "2020-06-12"),
        ("2020-6-1", "2020-06-01"),
        ("2016-4", "2016-04"),
        (" 2016 ", "2016"),
    ],
)
def test_a_date_that_can_mean_one_thing_only_is_taken(tiny: KnowledgeGraph, value: str, iso: str) -> None:
    assert term(Parameter("x", "date", LABEL), value, tiny.store, tiny.names) == ox.Literal(iso)


@pytest.mark.parametrize("value", ["2020年13月", "2020/2/30", "2019-2-29"])
def test_a_date_that_does_not_exist_is_refused_however_it_is_written(tiny: KnowledgeGraph, value: str) -> None:
    assert "does not exist in the calendar" in refusal(tiny, "date", value)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "16",
            "yesterday",
            "2016-04-21T00:00:00",
            "",
            "6/12/2020",
            "12.6.2020",
            "2020-6/12",
            "202006",
            "6月12日",
            "20年",
        ),
        *("2020年6", "2016-2020", "二〇二〇年", "2020-06-001", "20200612"),
    ],
)
def test_what_is_no_date_is_refused(tiny: KnowledgeGraph, value: str) -> None:
    assert "is no date" in refusal(tiny, "date", value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "5.0"),
        ("integer", "五"),
        ("integer", "9" * 19),
        ("decimal", "1e3"),
        ("decimal", "NaN"),
        ("decimal", "."),
    ],
)
def test_what_is_no_number_is_refused(tiny: KnowledgeGraph, kind: str, value: str) -> None:
    assert "is not a" in refusal(tiny, kind, value)


@given(number=st.integers(-(10**17), 10**17))
def test_whole_numbers_survive(number: int) -> None:
    empty = ox.Store()
    value = term(Parameter("x", "integer", LABEL), number, empty, Names(empty))
    assert value.value == str(number)


@pytest.mark.parametrize("value", ["de", "ZH", "zh-Hans", ""])
def test_an_unknown_language_is_refused(tiny: KnowledgeGraph, value: str) -> None:
    assert "no language of the graph" in refusal(tiny, "language", value)


def test_parameters_left_out_are_open_or_have_their_default(tiny: KnowledgeGraph) -> None:
    query = read_query(PROJECT / "queries" / "agreements" / "agreements.rq")
    assert bound(query, tiny) == {"party": None, "kind": None, "from": None, "to": None, "lang": ox.Literal("en")}
    assert 'VALUES (?party ?kind ?from ?to ?lang) { (UNDEF UNDEF UNDEF UNDEF "en") }  # parameters' in bind(
        query, bound(query, tiny)
    )


def test_a_python_keyword_may_end_in_an_underscore(tiny: KnowledgeGraph) -> None:
    query = read_query(PROJECT / "queries" / "agreements" / "agreements.rq")
    assert bound(query, tiny, from_="2031")["from"] == ox.Literal("2031")


def test_an_unknown_parameter_is_refused_with_the_known_ones(tiny: KnowledgeGraph) -> None:
    query = read_query(PROJECT / "queries" / "agreements" / "agreements.rq")
    with pytest.raises(CascqError, match=re.escape("no parameter 'partei'; it has: party, kind, from, to, lang")):
        bound(query, tiny, partei="x")


def test_a_parameter_in_other_letters_is_suggested(tiny: KnowledgeGraph) -> None:
    query = read_query(PROJECT / "queries" / "agreements" / "agreements.rq")
    with pytest.raises(CascqError, match=re.escape("no parameter 'PARTY'; did you mean party?")):
        bound(query, tiny, PARTY="x")


@pytest.mark.parametrize("value", ["done", "建成", "voc:strategic-agreement", "voc:nothing"])
def test_a_wrong_concept_is_answered_with_the_right_ones_where_they_are_few(
    shipped: KnowledgeGraph, value: str
) -> None:
    parameter = Parameter("x", "concept", LABEL, scheme=ns.VOC + "Status")
    with pytest.raises(CascqError) as caught:
        term(parameter, value, shipped.store, shipped.names)
    assert caught.value.en.endswith(
        "; there are: announced (voc:announced), completed (voc:completed), planned (voc:planned), "
        "promoted (voc:promoted), reported (voc:reported)"
    )
    assert "；可用：完成 (voc:completed)、宣布 (voc:announced)" in caught.value.zh


def test_where_there_are_many_the_command_that_lists_them_is_named(shipped: KnowledgeGraph) -> None:
    text = refusal(shipped, "concept", "xyz", scheme=ns.VOC + "Field")
    command = "cascq query concepts -p vocabulary=voc:Field"
    assert text.endswith(f"; all there are: {command}")
    assert len(shipped.query("concepts", vocabulary="voc:Field")) > 15


def test_what_is_needed_is_said_in_chinese_that_can_be_read(shipped: KnowledgeGraph) -> None:
    parameter = Parameter("x", "iri", LABEL, subclass_of=(ns.CASCQ + "Organization",))
    with pytest.raises(CascqError) as caught:
        term(parameter, "出口", shipped.store, shipped.names)
    assert "此处需要类别“组织 (cascq:Organization)”或其下位类别；可用：" in caught.value.zh
    parameter = Parameter("x", "iri", LABEL, classes=(ns.CASCQ + "Place",))
    with pytest.raises(CascqError, match="CIGIT") as caught:
        term(parameter, "CIGIT", shipped.store, shipped.names)
    assert caught.value.zh.endswith(
        "（中国科学院重庆绿色智能技术研究院：科研机构），此处需要类别为“地点 (cascq:Place)”的对象"
    )


@pytest.mark.parametrize(("name", "kind"), [("机构", "Organization"), ("高校", "EducationalInstitution")])
def test_a_class_is_also_found_by_the_word_that_people_use(shipped: KnowledgeGraph, name: str, kind: str) -> None:
    parameter = Parameter("x", "iri", LABEL, subclass_of=(ns.CASCQ + "Organization",))
    assert term(parameter, name, shipped.store, shipped.names).value == ns.CASCQ + kind


@pytest.mark.parametrize("value", ["", " ", "\u3000"])
def test_an_empty_text_is_refused(tiny: KnowledgeGraph, value: str) -> None:
    assert refusal(tiny, "string", value) == "the text is empty"


@pytest.mark.parametrize(
    ("begin", "end", "fine"),
    [
        ("2031", "2030", False),
        ("2031-05", "2031-04-30", False),
        ("2031-05-02", "2031-04", False),
        ("2032", "2031-12-31", False),
        ("2031", "2031", True),
        ("2031-05", "2031", True),
        ("2031", "2031-01", True),
    ],
)
def test_a_period_must_not_end_before_it_begins(tiny: KnowledgeGraph, begin: str, end: str, fine: bool) -> None:
    query = read_query(PROJECT / "queries" / "agreements" / "agreements.rq")
    if fine:
        assert bound(query, tiny, **{"from": begin, "to": end})["to"] == ox.Literal(end)
        return
    with pytest.raises(CascqError, match=f"from and to: {begin} is later than {end}"):
        bound(query, tiny, **{"from": begin, "to": end})


def test_a_required_parameter_must_be_given(tiny: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "echo.rq"
    path.write_text(
        QUERY.replace("type: string,", "type: string, required: true,").replace("UNDEF", '"x"'), encoding="utf-8"
    )
    with pytest.raises(CascqError, match="query echo needs a value for text"):
        bound(read_query(path), tiny)


def test_params_are_written_name_equals_value() -> None:
    assert parse_params(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    assert parse_params(["from＝2018", "ｔｏ=2020", "text=a＝b"]) == {"from": "2018", "to": "2020", "text": "a＝b"}
    with pytest.raises(CascqError, match="name=value"):
        parse_params(["a"])
    with pytest.raises(CascqError, match="given twice"):
        parse_params(["a=1", "a=2"])
