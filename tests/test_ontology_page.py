"""docs/ontology.md says what the ontology says: its tables hold every term, its picture no relation of its own."""

import re
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Node, URIRef

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
SOURCE = (ROOT / "ontology" / "cascq.ttl").read_text(encoding="utf-8")
ONTOLOGY = Graph().parse(data=SOURCE, format="turtle")
CASCQ = "https://w3id.org/cascq/ontology#"
PICTURE = PAGE.split("```mermaid\n")[1].split("```")[0]


def text(name: str, predicate: URIRef, lang: str) -> str:
    texts = ONTOLOGY.objects(URIRef(CASCQ + name), predicate)
    return next(str(text) for text in texts if isinstance(text, Literal) and text.language == lang)


def groups(*kinds: str) -> list[tuple[str, list[str]]]:
    """Return the groups of the ontology file, each with the names of its terms of some kinds, in the file's order."""
    found: list[tuple[str, list[str]]] = []
    for line in SOURCE.splitlines():
        if heading := re.match(r"# ([^-].* · .*)$", line):
            found.append((heading[1], []))
        elif (term := re.match(r"cascq:(\w+) a owl:(\w+)", line)) and term[2] in kinds:
            found[-1][1].append(term[1])
    return [(heading, names) for heading, names in found if names]


def ancestors(name: str) -> set[Node]:
    return {node for node in ONTOLOGY.transitive_objects(URIRef(CASCQ + name), RDFS.subClassOf) if node}


def expected_classes() -> str:
    lines: list[str] = []
    for heading, names in groups("Class"):
        lines += [f"### {heading}", "", "| class | 类 | what it is | 是什么 |", "|---|---|---|---|"]
        for name in names:
            own = [node for node in ancestors(name) if str(node).startswith(CASCQ)]
            cells = [f"{'↳ ' if len(own) > 1 else ''}`{name}`", text(name, RDFS.label, "zh")]
            cells += [text(name, SKOS.definition, "en"), text(name, SKOS.definition, "zh")]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def expected_properties() -> str:
    lines = ["| about | properties |", "|---|---|"]
    for heading, names in groups("ObjectProperty", "DatatypeProperty", "AnnotationProperty"):
        cells = ", ".join(f"`{name}` {text(name, RDFS.label, 'zh')}" for name in names)
        lines.append(f"| {heading} | {cells} |")
    return "\n".join(lines) + "\n"


def section(title: str) -> str:
    """Return what stands under a heading of second order, its first paragraph left out where that is prose."""
    body = PAGE.split(f"\n## {title}\n\n")[1].split("\n## ")[0]
    return body if body.startswith("|") else body.split("\n\n", 1)[1]


def test_the_table_holds_every_class() -> None:
    assert section("Classes · 类") == expected_classes()


def test_the_table_holds_every_property() -> None:
    assert section("Properties · 属性") == expected_properties()


def test_the_groups_hold_every_term() -> None:
    in_groups = {
        name
        for _, names in groups("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        for name in names
    }
    assert in_groups == {str(term).removeprefix(CASCQ) for term in ONTOLOGY.subjects(RDFS.isDefinedBy)}


def test_boxes_of_the_picture_are_classes_with_their_labels() -> None:
    boxes = dict(re.findall(r'^ +(\w+)\["(\w+ · [^"（]+)', PICTURE, re.MULTILINE))
    assert boxes
    for name, label in boxes.items():
        assert (URIRef(CASCQ + name), RDF.type, OWL.Class) in ONTOLOGY, name
        assert label == f"{name} · {text(name, RDFS.label, 'zh')}"


@pytest.mark.parametrize(
    ("start", "names", "end"), re.findall(r"^ +(\w+) -->\|([^|]+)\| (\w+)$", PICTURE, re.MULTILINE)
)
def test_arrows_of_the_picture_are_in_the_ontology(start: str, names: str, end: str) -> None:
    for name in names.split(", "):
        if name == "is a":
            assert URIRef(CASCQ + end) in ancestors(start)
        elif name == "oa:hasSource":
            assert (URIRef("http://www.w3.org/ns/oa#hasSource"), RDF.type, OWL.ObjectProperty) in ONTOLOGY
        else:
            term = URIRef(CASCQ + name)
            assert (term, RDF.type, OWL.ObjectProperty) in ONTOLOGY
            assert set(ONTOLOGY.objects(term, RDFS.domain)) <= ancestors(start), f"{start} cannot have {name}"
            assert set(ONTOLOGY.objects(term, RDFS.range)) <= ancestors(end), f"{name} cannot lead to {end}"


def test_every_line_of_the_picture_was_understood() -> None:
    known = r'flowchart LR|subgraph \w+\["[^"]+"\]|end|\w+\["[^"]+"\]|\w+ -->\|[^|]+\| \w+|'
    assert [line for line in PICTURE.splitlines() if not re.fullmatch(known, line.strip())] == []
