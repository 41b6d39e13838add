"""Write the shipped data with its terms as one Turtle file, and the shipped shapes as one: `prepare.py DATA SHAPES`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parents[2]


def merge(files: Iterable[Path], target: Path) -> None:
    """Write the union of files into one file, Turtle or N-Triples by its ending."""
    quads = [quad for path in files for quad in ox.parse(path=path, rename_blank_nodes=True)]
    triples = dict.fromkeys(ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    ox.serialize(triples, target, format=ox.RdfFormat.from_extension(target.suffix[1:]))


if __name__ == "__main__":
    ontology = ROOT / "ontology"
    terms = [ontology / "cascq.ttl", *sorted((ontology / "vocabularies").glob("*.ttl"))]
    merge([*sorted((ROOT / "data").rglob("*.trig")), *terms], Path(sys.argv[1]))
    merge(sorted((ontology / "shapes").glob("*.ttl")), Path(sys.argv[2]))
