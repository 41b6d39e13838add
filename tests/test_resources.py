from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cascq import resources
from cascq.errors import CascqError
from conftest import PROJECT


def installed_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that the package is installed in a folder that is no checkout."""
    monkeypatch.setattr(resources, "__file__", str(folder / "site" / "cascq" / "resources.py"))
    resources.root.cache_clear()


@pytest.fixture(autouse=True)
def _forget_the_root() -> object:
    resources.root.cache_clear()
    yield
    resources.root.cache_clear()


def test_in_a_checkout_its_own_files_are_used() -> None:
    assert resources.root() == Path(__file__).resolve().parents[1]


def test_an_installed_cascq_uses_the_checkout_it_is_run_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed_at(tmp_path, monkeypatch)
    monkeypatch.chdir(PROJECT / "data" / "letter")
    assert resources.root() == PROJECT


def test_elsewhere_it_uses_what_the_wheel_carries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed_at(tmp_path, monkeypatch)
    shipped = tmp_path / "site" / "cascq" / "_shipped"
    shutil.copytree(PROJECT, shipped)
    monkeypatch.chdir(tmp_path)
    assert resources.root() == shipped
    assert [path.name for path in resources.queries()] == ["agreements.rq"]


def test_an_installation_without_a_graph_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed_at(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CascqError, match="carries no graph"):
        resources.root()
