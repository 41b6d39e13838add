"""What the tests share: the tiny invented project, the shipped graph, and a way to run the command line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

import cascq
import servers
from cascq import resources
from cascq.cli import main
from cascq.graph import KnowledgeGraph
from cascq.remote.targets import Target

# The first call of an RDF library imports and warms up; that is no reason to fail.
settings.register_profile("cascq", deadline=None)
settings.load_profile("cascq")

PROJECT = Path(__file__).parent / "project"
# For processes of their own: this checkout's package, from wherever the tests are run.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
LETTER = PROJECT / "source" / "letter.txt"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of Virtuoso where it is not installed, which the last lines say; .ci/run installs it.

    It comes with Debian, not with Python: who has nothing but Python can run all other tests.
    """
    if shutil.which("virtuoso-t") is not None:
        return
    needing = [item for item in items if _needs_virtuoso(item)]
    config.hook.pytest_deselected(items=needing)
    items[:] = [item for item in items if item not in set(needing)]


def _needs_virtuoso(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    named = [*(parameters.params.values() if parameters else ()), *getattr(item, "fixturenames", ())]
    return any(isinstance(name, str) and "virtuoso" in name for name in named)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that the tests of Virtuoso were left out."""
    if shutil.which("virtuoso-t") is None:
        terminalreporter.write_line(
            "without the tests of Virtuoso, which is not installed (Debian: virtuoso-opensource-7)"
        )


@dataclass(frozen=True)
class Run:
    """What a command gave: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run a command line in this process; English unless a test asks otherwise."""

    def run(*arguments: str, lang: str = "en") -> Run:
        capsys.readouterr()
        code = main([*arguments, "--lang", lang] if lang else list(arguments))
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return run


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the tiny project in tests/project the one that commands work on."""
    monkeypatch.setattr(resources, "root", lambda: PROJECT)
    return PROJECT


@pytest.fixture
def tiny(project: Path) -> KnowledgeGraph:
    """The graph of the tiny project."""
    return cascq.load()


@pytest.fixture(scope="session")
def shipped() -> KnowledgeGraph:
    """The shipped graph, loaded once; nothing in it can be changed by asking."""
    return cascq.load()


SHAPES = """
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:Body a sh:NodeShape ; sh:targetClass ex:Body ; sh:property ex:Body-age , ex:Body-name , ex:Body-known .
ex:Body-age a sh:PropertyShape ; sh:path ex:age ; sh:datatype xsd:integer ; sh:maxInclusive 4 ;
    sh:message "年龄最大为4。"@zh , "Age is 4 at most."@en .
ex:Body-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "缺名称。"@zh .
ex:Body-known a sh:PropertyShape ; sh:path [ sh:alternativePath ( ex:name ( ex:head [ sh:inversePath ex:of ] ) ) ] ;
    sh:minCount 1 ; sh:severity sh:Info ; sh:message "Unknown." .
"""
DATA = """
@prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ex:g2 { ex:b10 a ex:Body ; ex:age "05"^^xsd:integer ; ex:name "B" . }
ex:g10 { ex:b10 ex:age "05"^^xsd:integer . }
ex:g1 { ex:b2 a ex:Body ; skos:prefLabel "乙"@zh , "Second"@en . }
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Files with small data and shapes of their own."""
    data, shapes = tmp_path / "data.trig", tmp_path / "shapes.ttl"
    data.write_text(DATA, encoding="utf-8")
    shapes.write_text(SHAPES, encoding="utf-8")
    return data, shapes


@pytest.fixture
def oxigraph() -> Iterator[servers.Server]:
    """An empty Oxigraph server of one's own, in memory: it starts in a tenth of a second."""
    with servers.oxigraph() as server:
        yield server


@pytest.fixture(scope="session")
def virtuoso_server() -> Iterator[servers.Server]:
    """One Virtuoso server for all tests of a process: it starts in some seconds."""
    with servers.virtuoso() as server:
        yield server


@pytest.fixture
def virtuoso(virtuoso_server: servers.Server) -> servers.Server:
    """The Virtuoso server, empty of what other tests wrote into it."""
    servers.empty_virtuoso(virtuoso_server)
    return virtuoso_server


@pytest.fixture(params=["folder", "oxigraph", "virtuoso"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is to be typed to load into each store."""
    if request.param == "folder":
        return str(tmp_path / "store")
    monkeypatch.setenv("CASCQ_USER", "dba")
    monkeypatch.setenv("CASCQ_PASSWORD", "dba")
    return str(request.getfixturevalue(request.param).url)


@pytest.fixture
def data(project: Path, tmp_path: Path) -> Path:
    """A copy of the tiny project's data, to be changed."""
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def target(where: str) -> Iterator[Callable[[], Target]]:
    """Opens anew the store that is loaded into."""
    clients = []

    from cascq.remote import connecting
    from cascq.remote.folder_target import FolderTarget
    from cascq.remote.remote_target import RemoteTarget

    def make() -> Target:
        if "://" not in where:
            return FolderTarget(Path(where))
        client, profile = connecting.connect(where)
        clients.append(client)
        return RemoteTarget(client, profile)

    yield make
    for client in clients:
        client.close()
