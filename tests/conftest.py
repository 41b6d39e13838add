"""What the tests share: the tiny invented project, the shipped graph, and a way to run the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

import cascq
from cascq import resources
from cascq.cli import main
from cascq.graph import KnowledgeGraph

# The first call of an RDF library imports and warms up; that is no reason to fail.
settings.register_profile("cascq", deadline=None)
settings.load_profile("cascq")

PROJECT = Path(__file__).parent / "project"
# For processes of their own: this checkout's package, from wherever the tests are run.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
LETTER = PROJECT / "source" / "letter.txt"


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
