"""Validate a file with one engine and print the number of its results: `drive.py ENGINE DATA SHAPES`.

Runs in the environment that benchmarks/validation.py makes for the engines, a process for each run. The data are one
graph in Turtle or N-Triples, by the ending of their name; the shapes are Turtle.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path


def parse(data: Path, _: Path) -> None:
    """Only parse the file, with the parser that Oxigraph has: less than this takes nobody who reads it."""
    import pyoxigraph as ox

    for _quad in ox.parse(path=data):
        pass


def bulk_load(data: Path, _: Path) -> None:
    """Only load the file into Oxigraph's store in memory."""
    import pyoxigraph as ox

    ox.Store().bulk_load(path=data)


def pyshacl_turbo(data: Path, shapes: Path) -> int:
    """Pyshacl-turbo, from files: it reads them with rdflib."""
    import pyshacl_turbo
    from rdflib import SH

    _, report, _ = pyshacl_turbo.validate(str(data), shacl_graph=str(shapes))
    return sum(1 for _ in report.objects(None, SH.result))


def pyshacl_turbo_native(data: Path, shapes: Path) -> int:
    """Pyshacl-turbo on a data set of rdflib-turbo, its fastest way."""
    import pyshacl_turbo
    from rdflib import SH
    from rdflib_turbo import Dataset

    graph = Dataset()
    graph.parse(data, format="nt" if data.suffix == ".nt" else "turtle")
    _, report, _ = pyshacl_turbo.validate(graph, shacl_graph=str(shapes))
    return sum(1 for _ in report.objects(None, SH.result))


def shacl(data: Path, shapes: Path) -> int:
    """Shacl, from files."""
    import shacl as engine

    return len(engine.Shapes.from_file(str(shapes)).validate_file(str(data)).results)


def shacl_rust(data: Path, shapes: Path) -> int:
    """Shacl-rust as it comes."""
    import shacl_rust as engine

    return len(engine.validate_file(str(data), str(shapes))["results"])


def shacl_rust_index(data: Path, shapes: Path) -> int:
    """Shacl-rust with its index, which it calls experimental."""
    import shacl_rust as engine

    return len(engine.validate_file(str(data), str(shapes), experimental_index=True)["results"])


def pyshifty(data: Path, shapes: Path) -> int:
    """Pyshifty with the W3C report, which needs rdflib."""
    import shifty
    from rdflib import SH

    _, report, _ = shifty.validate(data, shapes)
    return sum(1 for _ in report.objects(None, SH.result))


def pyshifty_algebra(data: Path, shapes: Path) -> int:
    """Pyshifty with its own results: its reasons are not the results of the W3C report, one for one."""
    import shifty

    return sum(len(violation.reasons) for violation in shifty.validate_algebra(data, shapes).violations)


def pyrudof(data: Path, shapes: Path) -> int:
    """Rudof, in its native mode."""
    import pyrudof as engine

    rudof = engine.Rudof(engine.RudofConfig())
    rudof.read_data(data, engine.RDFFormat.NTriples if data.suffix == ".nt" else engine.RDFFormat.Turtle)
    rudof.read_shacl(shapes, engine.ShaclFormat.Turtle)
    return len(rudof.validate_shacl())


ENGINES: dict[str, Callable[[Path, Path], int | None]] = {
    "parse": parse,
    "bulk load": bulk_load,
    "pyshacl-turbo": pyshacl_turbo,
    "pyshacl-turbo native": pyshacl_turbo_native,
    "shacl": shacl,
    "shacl-rust": shacl_rust,
    "shacl-rust index": shacl_rust_index,
    "pyshifty": pyshifty,
    "pyshifty algebra": pyshifty_algebra,
    "pyrudof": pyrudof,
}

if __name__ == "__main__":
    found = ENGINES[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    if found is not None:
        print(f"results: {found}")
