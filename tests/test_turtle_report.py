"""The W3C's validation report, compared with pySHACL's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import SH

from cascq.shacl.engines import ENGINES
from cascq.validation import validate
from sample_report import FINDING, WARNING, report_of

PREFIXES = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = """
ex:S sh:targetClass ex:Body ; sh:property ex:S-age , ex:S-of , ex:S-way ; sh:closed true ;
    sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ; sh:message "Shut."@en , "封闭。"@zh .
ex:S-age sh:path ex:age ; sh:maxInclusive 4 ; sh:message "At most 4."@en , "最大为4。"@zh ; sh:severity sh:Warning .
ex:S-of sh:path ex:of ; sh:minCount 1 ; sh:class ex:Body ; sh:message "Of nobody." .
ex:S-way sh:path ( ex:of [ sh:inversePath ex:of ] ) ; sh:minCount 2 ; sh:message "Alone." ; sh:severity sh:Info .
"""
DATA = "ex:a a ex:Body ; ex:age 9 , 1 ; ex:of ex:b ; ex:odd 'x'@en . ex:c a ex:Body ; ex:age 5.0 ."


@pytest.mark.parametrize("data", [DATA, "ex:a a ex:Body ; ex:of ex:a , ex:b . ex:b a ex:Body ; ex:of ex:a , ex:b ."])
def test_turtle_is_the_report_of_pyshacl(data: str, tmp_path: Path) -> None:
    data_file, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data_file.write_text(PREFIXES + data, encoding="utf-8")
    shapes.write_text(PREFIXES + SHAPES, encoding="utf-8")
    _, theirs, _ = pyshacl.validate(str(data_file), shacl_graph=str(shapes))
    assert isinstance(theirs, rdflib.Graph)
    for engine in ENGINES:
        ours = rdflib.Graph().parse(data=validate([data_file], [shapes], engine).render("turtle", "en"))
        assert isomorphic(ours, theirs)


def test_turtle_names_a_shape_without_name_by_a_blank_node() -> None:
    unnamed = replace(FINDING, source="_:b1", messages={"zh": "Wrong.", "en": "Wrong."})
    graph = rdflib.Graph().parse(data=report_of(unnamed, unnamed, WARNING).render("turtle", "en"))
    (shape,) = set(graph.objects(None, SH.sourceShape))
    assert isinstance(shape, rdflib.BNode)
    assert rdflib.Literal("Wrong.") in set(graph.objects(None, SH.resultMessage))
