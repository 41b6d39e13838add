"""A validation of what a store holds: its data become a file for a while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.remote.stores import Store

if TYPE_CHECKING:
    from cascq.reports.report import Report


@contextmanager
def written(store: Store) -> Iterator[tuple[Path, Counter[str]]]:
    """Write the data of a store into a file for a validation, graph by graph; afterwards the file is removed.

    Ontology, vocabularies and alignments stay out, since a validation brings its own; so does what was derived.

    Yields:
        The file (N-Quads), and how many quads of each graph are in it.

    Raises:
        CascqError: the store fails, or has no data.
    """
    sizes: Counter[str] = Counter()

    def data() -> Iterator[ox.Quad]:
        for quad in store:
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            if not ns.is_made(name):
                sizes[name] += 1
                yield quad

    with TemporaryDirectory(prefix="cascq-") as folder:
        path = Path(folder) / "store.nq"
        with path.open("wb") as file:
            ox.serialize(data(), file, ox.RdfFormat.N_QUADS)
        if not sizes:
            raise CascqError("the store has no data to validate", "存储中没有可验证的数据")
        yield path, sizes


def without_places(report: Report) -> Report:
    """Return a report without the places of a file that is there no more."""
    return replace(report, findings=[replace(finding, places=()) for finding in report.findings])
