"""The generator of data: as much data as asked for, always the same, like the shipped data; mistakes on demand."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from cascq import resources
from cascq.validation import validate

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "generate.py"


def generate(path: Path, triples: int, *options: str) -> Path:
    """Run the generator and return the file that it wrote."""
    command = [sys.executable, SCRIPT, "--triples", str(triples), "-o", path, *options]
    subprocess.run(command, check=True, capture_output=True)
    return path


def triples(path: Path) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(path=path)}


def count(path: Path) -> int:
    return len(set(ox.parse(path=path)))


@pytest.mark.parametrize("ending", [".trig", ".nq", ".nt", ".ttl"])
@pytest.mark.parametrize("asked", [1_500, 12_345])
def test_it_writes_as_many_triples_as_asked_for(tmp_path: Path, ending: str, asked: int):
    written = count(generate(tmp_path / f"g{ending}", asked))

    assert abs(written - asked) <= asked * 0.02


def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others(tmp_path: Path):
    options = "--errors", "0.05", "--seed", "7"
    first = generate(tmp_path / "first.trig", 3_000, *options).read_bytes()
    again = generate(tmp_path / "again.trig", 3_000, *options).read_bytes()
    other = generate(tmp_path / "other.trig", 3_000, "--errors", "0.05", "--seed", "8").read_bytes()

    assert first == again
    assert first != other


def test_trig_and_n_quads_are_the_same_graphs_and_turtle_and_n_triples_the_same_union(tmp_path: Path):
    trig, nquads, turtle, ntriples = (generate(tmp_path / f"g{end}", 3_000) for end in (".trig", ".nq", ".ttl", ".nt"))

    assert set(ox.parse(path=trig)) == set(ox.parse(path=nquads))
    assert triples(turtle) == triples(ntriples)


def test_without_errors_neither_shapes_nor_checks_find_anything(tmp_path: Path):
    report = validate([generate(tmp_path / "g.trig", 9_000, "--seed", "3")])

    assert report.findings == []
    assert report.checks == 89


def test_every_shape_of_the_data_has_something_to_do(tmp_path: Path):
    report = validate([generate(tmp_path / "g.trig", 9_000)])

    assert [shape for shape, nodes in report.focus_nodes.items() if not nodes] == []


def test_each_kind_of_mistake_is_found_where_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    generator = importlib.import_module("generate")
    mistakes = importlib.import_module("invented.mistakes")
    made, chance = [], generator.Random(2)
    path = tmp_path / "g.trig"
    with path.open("w", encoding="utf-8") as out:
        writer = generator.Turtle(out)
        for document in generator.documents(generator.World(5, union=False), 9_000):
            made += mistakes.spoil(document, 0.3, chance)
            writer.write(document.graphs)
    assert {kind for _, kind in made} == set(mistakes.MISTAKES)

    found = {str(node) for finding in validate([path]).findings for node in (finding.focus, finding.value)}
    expand = generator.Lines(sys.stdout).full
    assert [(node, kind) for node, kind in made if expand(node) not in found] == []


def test_about_as_many_nodes_as_asked_for_carry_a_mistake(tmp_path: Path):
    whole = set(ox.parse(path=generate(tmp_path / "whole.nq", 20_000)))
    spoilt = set(ox.parse(path=generate(tmp_path / "spoilt.nq", 20_000, "--errors", "0.05")))
    changed = {str(quad.subject) for quad in whole ^ spoilt}
    nodes = {str(quad.subject) for quad in whole}

    assert 0.035 <= len(changed) / len(nodes) <= 0.065


def test_with_terms_the_file_can_be_validated_alone(tmp_path: Path):
    path = generate(tmp_path / "g.ttl", 9_000, "--with-terms")

    assert abs(count(path) - 9_000) <= 180
    assert validate([path], shapes=resources.shapes()).findings == []


@pytest.mark.parametrize(
    "options", [["--triples", "10"], ["--triples", "5000", "-o", "g.rdf"], ["--triples", "5000", "--errors", "2"]]
)
def test_what_cannot_be_written_is_refused(options: list[str], tmp_path: Path):
    run = subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True, cwd=tmp_path, check=False)

    assert run.returncode == 2
    assert "error:" in run.stderr
    assert list(tmp_path.iterdir()) == []
