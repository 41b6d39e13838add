from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import rdflib

import cascq
from cascq.graph import KnowledgeGraph
from conftest import ENVIRONMENT, PROJECT


def test_import_alone_loads_no_rdf_library() -> None:
    code = "import sys, cascq; print([m for m in ('pyoxigraph', 'rdflib', 'yaml', 'tabulate') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert done.stdout.strip() == "[]"


def test_an_unknown_attribute_is_no_part_of_the_package() -> None:
    with pytest.raises(AttributeError, match="no attribute 'graphs'"):
        _ = cascq.graphs


def test_paths_take_the_place_of_the_data(project: Path) -> None:
    graph = cascq.load([PROJECT / "data" / "sources", str(PROJECT / "data" / "letter" / "1.trig")])
    assert not graph.search("甲院")
    assert graph.resolve("甲研究院").endswith("institute-a")


def test_the_ontology_and_its_vocabularies_are_graphs_of_their_own(tiny: KnowledgeGraph) -> None:
    rows = tiny.sparql("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g").rows
    assert [row[0].value.removeprefix("https://w3id.org/cascq/") for row in rows] == [
        "curated/names",
        "derived",
        "ontology",
        "source/letter/1-1",
        "source/letter/1-2",
        "source/letter/record",
        "vocabulary/kinds",
    ]


def test_the_rdflib_dataset_holds_the_same(tiny: KnowledgeGraph) -> None:
    dataset = tiny.dataset()
    assert len(list(dataset.quads())) == len(tiny)
    cascq_ns = rdflib.Namespace("https://w3id.org/cascq/ontology#")
    assert len(list(dataset.subject_objects(cascq_ns.cooperatesWith))) == 2


def test_a_query_takes_python_values(tiny: KnowledgeGraph) -> None:
    assert len(tiny.query("agreements", from_=2031, to="2031-05")) == 1
    assert len(tiny.query("agreements", {"from": "2032"})) == 0


def test_an_unknown_language_is_refused(tiny: KnowledgeGraph) -> None:
    with pytest.raises(cascq.CascqError, match="no language"):
        tiny.query("agreements", lang="de")


def test_an_error_speaks_both_languages() -> None:
    error = cascq.CascqError("wrong", "错")
    assert (str(error), error.message("zh"), error.message("en")) == ("wrong", "错", "wrong")
    assert cascq.CascqError.join([error, error]).zh == "错\n错"
