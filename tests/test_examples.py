"""What later reports bring, in invented examples: each validates, agrees with its text, and answers a question."""

import re
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

import cascq
from cascq.answers import Cell
from cascq.namespaces import shorten

EXAMPLES = Path(__file__).parent / "examples"
FILES = sorted(EXAMPLES.glob("*.trig"))
PREFIXES = """
PREFIX cascq: <https://w3id.org/cascq/ontology#>
PREFIX id: <https://w3id.org/cascq/id/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX voc: <https://w3id.org/cascq/vocabulary/>
"""


@dataclass(frozen=True)
class Question:
    """A question to an example, as SPARQL, and the rows that must come: IRIs without "id:invented-", values as text."""

    file: str
    text: str
    sparql: str
    rows: list[str]


QUESTIONS = [
    Question(
        "licence.trig",
        "Who licensed what to whom, from when, for how long, and for how much at least?",
        """
        SELECT ?licensor ?licensee ?technology ?from ?term ?termUnit ?least ?currency {
          ?licence cascq:licensor ?licensor ; cascq:licensee ?licensee ;
                   cascq:licensedTechnology ?technology ; cascq:validFrom ?from .
          ?time cascq:figureOf ?licence ; cascq:measure voc:licence-term ; cascq:value ?term ; cascq:unit ?termUnit .
          ?fee cascq:figureOf ?licence ; cascq:measure voc:licence-fee ; cascq:minValue ?least ; cascq:unit ?currency .
          FILTER NOT EXISTS { ?fee cascq:value ?exact }
        }""",
        ["materials-institute film-company film-technology 2027-03-01 5 voc:year 3000000 voc:CNY"],
    ),
    Question(
        "licence.trig",
        "Which transfer followed, to whom?",
        """
        SELECT ?technology ?recipient ?date {
          ?transfer cascq:transfers ?technology ; cascq:recipient ?recipient ; cascq:date ?date .
        }""",
        ["film-technology film-company 2027-05"],
    ),
    Question(
        "validity.trig",
        "What was the institute called in 2023?",
        """
        SELECT ?text {
          ?name cascq:nameOf id:invented-data-institute ; cascq:nameText ?text .
          OPTIONAL { ?name cascq:validFrom ?from }
          OPTIONAL { ?name cascq:validUntil ?until }
          FILTER(!BOUND(?from) || SUBSTR(STR(?from), 1, 4) <= "2023")
          FILTER(!BOUND(?until) || SUBSTR(STR(?until), 1, 4) >= "2023")
        }""",
        ["虚构信息中心"],
    ),
    Question(
        "validity.trig",
        "Which code is in force?",
        """
        SELECT ?code {
          ?identifier cascq:identifies id:invented-rivertown ; cascq:identifierValue ?code .
          FILTER NOT EXISTS { ?identifier cascq:validUntil ?until }
        }""",
        ["990200"],
    ),
    Question(
        "validity.trig",
        "Which memberships and posts are known, from when until when?",
        """
        SELECT ?who ?what ?from ?until {
          { ?holding cascq:memberOrganization ?who ; cascq:memberOf ?what }
          UNION { ?holding cascq:holder ?who ; cascq:post ?what }
          ?holding cascq:validFrom ?from .
          OPTIONAL { ?holding cascq:validUntil ?until }
        } ORDER BY ?from""",
        ["data-institute data-alliance 2021 2025", "person director 2023 -"],
    ),
    Question(
        "organization-changes.trig",
        "What has changed, and when?",
        """
        SELECT ?date ?kind ?before ?after {
          ?change cascq:changeKind ?kind ; cascq:date ?date ; cascq:originalOrganization ?before .
          OPTIONAL { ?change cascq:resultingOrganization ?after }
        } ORDER BY STR(?date) ?before""",
        [
            "2027-01-01 voc:renaming sensing-institute sensing-institute",
            "2027-06 voc:closure demonstration-company -",
            "2028 voc:merger computing-centre computing-and-storage-centre",
            "2028 voc:merger storage-centre computing-and-storage-centre",
            "2028-09 voc:relocation sensing-institute sensing-institute",
        ],
    ),
    Question(
        "organization-changes.trig",
        "What was the renamed body called before, what is it called now, and where did it move?",
        """
        SELECT ?old ?new ?from ?to {
          ?renaming cascq:resultingName/cascq:nameText ?new ; cascq:originalOrganization ?body .
          ?name cascq:nameOf ?body ; cascq:nameKind voc:former-name ; cascq:nameText ?old .
          ?move cascq:originalOrganization ?body ; cascq:movedFrom ?from ; cascq:movedTo ?to .
        }""",
        ["虚构传感中心 虚构感知研究院 east-district west-district"],
    ),
    Question(
        "expansion-investment.trig",
        "By how much did the park grow?",
        """
        SELECT ?park ?date ?hedge ?area ?unit {
          ?expansion cascq:expands ?park ; cascq:date ?date .
          ?figure cascq:figureOf ?expansion ; cascq:value ?area ; cascq:qualifier ?hedge ; cascq:unit ?unit .
        }""",
        ["park 2027 voc:about 12500 voc:square-metre"],
    ),
    Question(
        "expansion-investment.trig",
        "Who put how much into what, at least and at most?",
        """
        SELECT ?investor ?into ?least ?most ?currency {
          ?investment cascq:investor ?investor ; cascq:investedIn ?into .
          ?figure cascq:figureOf ?investment ; cascq:measure voc:amount-invested ; cascq:unit ?currency .
          OPTIONAL { ?figure cascq:value ?value }
          OPTIONAL { ?figure cascq:minValue ?minimum ; cascq:maxValue ?maximum }
          BIND(COALESCE(?minimum, ?value) AS ?least)
          BIND(COALESCE(?maximum, ?value) AS ?most)
        } ORDER BY ?into""",
        ["group park 200000000 300000000 voc:CNY", "science-bureau water-project 150000000 150000000 voc:CNY"],
    ),
    Question(
        "as-of.trig",
        "How did the number of enterprises served develop, and which document says so?",
        """
        SELECT ?asOf ?hedge ?value ?document {
          GRAPH ?passage { ?figure cascq:measure voc:enterprises-served ; cascq:asOf ?asOf ;
                                   cascq:qualifier ?hedge ; cascq:value ?value }
          ?passage oa:hasSource ?document .
        } ORDER BY STR(?asOf)""",
        ["2026-12 voc:exact 320 source:invented-as-of-2026", "2027-12 voc:nearly 400 source:invented-as-of-2027"],
    ),
    Question(
        "correction.trig",
        "Which date of the signing stands, and what was corrected where?",
        """
        SELECT ?date ?old ?in {
          GRAPH ?passage { ?signing cascq:signs ?agreement ; cascq:date ?date }
          FILTER NOT EXISTS { ?any cascq:aboutPassage ?passage ; cascq:aboutSubject ?signing ;
                                   cascq:aboutProperty cascq:date ; cascq:aboutValue ?date }
          ?correction cascq:aboutSubject ?signing ; cascq:aboutValue ?old ; cascq:correctedValue ?date ;
                      cascq:aboutPassage/oa:hasSource ?in .
        }""",
        ["2027-05-16 2027-05-06 source:invented-correction-before"],
    ),
    Question(
        "contradiction.trig",
        "On which dates do documents disagree?",
        """
        SELECT ?event ?one ?other {
          GRAPH ?a { ?event cascq:date ?one }
          GRAPH ?b { ?event cascq:date ?other }
          ?a oa:hasSource ?documentA . ?b oa:hasSource ?documentB .
          FILTER(STR(?one) < STR(?other) && ?documentA != ?documentB)
        }""",
        ["acoustics-founding 2026-09 2027-03"],
    ),
    Question(
        "project-exhibition.trig",
        "What came out of the programme, and to where was it exported by whom?",
        """
        SELECT ?programme ?project ?product ?exporter ?market ?date {
          ?project cascq:programme ?programme ; cascq:output ?product .
          ?export cascq:exports ?product ; cascq:exporter ?exporter ; cascq:market ?market ; cascq:date ?date .
        }""",
        ["programme water-project water-platform water-company island 2028"],
    ),
    Question(
        "project-exhibition.trig",
        "Which exhibitions were held, when, where and by whom?",
        """
        SELECT ?exhibition ?date ?place ?organizer {
          ?exhibition a cascq:Exhibition ; cascq:date ?date ; cascq:place ?place ; cascq:organizer ?organizer .
        }""",
        ["water-expo 2027-09-10 rivertown science-bureau"],
    ),
]


def plain(cell: Cell) -> str:
    if cell is None:
        return "-"
    assert not isinstance(cell, ox.Triple)
    return cell.value if isinstance(cell, ox.Literal) else shorten(cell.value).removeprefix("id:invented-")


def test_every_example_is_asked() -> None:
    assert {question.file for question in QUESTIONS} == {path.name for path in FILES}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.file}: {question.text}")
def test_example_answers(question: Question) -> None:
    answer = cascq.load([EXAMPLES / question.file]).sparql(PREFIXES + question.sparql)
    assert [" ".join(plain(cell) for cell in row) for row in answer.rows] == question.rows


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_is_valid(path: Path) -> None:
    found = [(f.severity, f.source, plain(f.focus)) for f in cascq.load([path]).validate().findings]
    # two documents that contradict each other are no fault of the data: a warning asks the steward to look
    warning = ("warning", "two-values-between-documents", "acoustics-founding")
    assert found == ([warning] if path.stem == "contradiction" else [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_agrees_with_its_text(path: Path) -> None:
    graph = cascq.load([path])
    documents = set(re.findall(r"^<[^>]*/(invented-[\w-]+)> a cascq:Document", path.read_text("utf-8"), re.MULTILINE))
    report = graph.evidence(source=[EXAMPLES / "texts" / f"{document}.txt" for document in sorted(documents)])
    assert report.failures == []
    assert report.checked["offset"] == len(report.shown) > 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_is_plainly_marked_as_invented(path: Path) -> None:
    assert "# Invented example, not a fact · 虚构示例，并非事实\n" in path.read_text("utf-8")
    rows = (
        cascq.load([path])
        .sparql(
            """PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX cascq: <https://w3id.org/cascq/ontology#>
        SELECT ?title { ?document a cascq:Document ; dcterms:title ?title . FILTER(LANG(?title) = "en") }"""
        )
        .rows
    )
    assert rows
    assert all(plain(title).startswith("Invented example, not a fact: ") for (title,) in rows)
    entities = set(re.findall(r"\bid:([\w-]+)", path.read_text("utf-8")))
    assert entities
    assert all(entity.startswith("invented-") for entity in entities)


def test_every_text_belongs_to_an_example() -> None:
    said = {name for path in FILES for name in re.findall(r"source/(invented-[\w-]+)> a", path.read_text("utf-8"))}
    assert {path.stem for path in (EXAMPLES / "texts").glob("*.txt")} == said
