"""What each SHACL engine finds in the same data, in a form in which they can be compared.

`shacl` and pySHACL are run as cascq runs them. pyshacl-turbo is the second reference, for what pySHACL has wrong.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import pyoxigraph as ox
import pyshacl_turbo

from cascq.reports.report import Finding
from cascq.shacl import engines, reference, results, shape_rewriting
from cascq.shacl.datafiles import DataFiles
from cascq.shacl.shapes import Shapes

Found = Counter[tuple[str, ...]]


def turbo(data: DataFiles, shapes: Shapes) -> engines.Outcome:
    """Apply shapes with pyshacl-turbo."""
    data.settle()
    triples, meanings = shape_rewriting.rewrite(shapes, fast=False)
    graphs = reference.to_rdflib(data.all()), reference.to_rdflib(triples)
    _, report, text = pyshacl_turbo.validate(graphs[0], shacl_graph=graphs[1])
    assert not isinstance(report, Exception), text
    return engines.Outcome(reference.read_report(report), meanings, "turbo")


def told(finding: Finding) -> tuple[str, ...]:
    """Everything that a finding says but its place."""
    path = finding.path_turtle if finding.path is None else str(finding.path)
    parts = (finding.focus, path, finding.value, finding.component, finding.source, finding.severity)
    return (*map(str, parts), finding.messages["en"], finding.messages["zh"])


class Trial:
    """Data and shapes to which engines are put; blank nodes have the same names for all of them."""

    def __init__(self, data: Sequence[Path], shapes: Shapes, terms: Iterable[ox.Quad] = ()) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._data = DataFiles(list(data), list(terms), Path(self._folder.name))
        self._shapes = shapes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def run(self, engine: str) -> Found:
        """Return what an engine finds, with how often it does."""
        if engine == "turbo":
            outcome = turbo(self._data, self._shapes)
        else:
            outcome = engines.start(engine, self._data, self._shapes)()
        return Counter(map(told, results.findings(outcome.results, self._shapes, outcome.meanings)))
