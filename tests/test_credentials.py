"""Who a store is asked as, and where that may stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from cascq.errors import CascqError
from cascq.remote.credentials import Credentials, find

URL = "https://store.example:8890/sparql"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with a netrc file."""
    (tmp_path / ".netrc").write_text("machine store.example login anna password geheim\n", encoding="utf-8")
    return {"HOME": str(tmp_path)}


def test_nobody_in_particular(tmp_path: Path) -> None:
    assert not find(URL, environ={"HOME": str(tmp_path)})
    assert not find(URL, environ={})


def test_from_the_environment() -> None:
    assert find(URL, environ={"CASCQ_TOKEN": "t"}) == Credentials("", "", "t")
    assert find(URL, environ={"CASCQ_USER": "u", "CASCQ_PASSWORD": "p"}) == Credentials("u", "p")
    assert find(URL, "u", {"CASCQ_PASSWORD": "p"}) == Credentials("u", "p")


def test_a_user_who_is_named_goes_before_a_token() -> None:
    assert find(URL, "u", {"CASCQ_TOKEN": "t", "CASCQ_PASSWORD": "p"}) == Credentials("u", "p")


def test_from_a_netrc_file(home: dict[str, str], tmp_path: Path) -> None:
    assert find(URL, environ=home) == Credentials("anna", "geheim")
    assert find(URL, "anna", home) == Credentials("anna", "geheim")
    assert not find("https://other.example/", environ=home)
    other = tmp_path / "mine"
    other.write_text("machine other.example login otto password o\n", encoding="utf-8")
    assert find("https://other.example/", environ={**home, "NETRC": str(other)}) == Credentials("otto", "o")


def test_from_a_prompt() -> None:
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "typed"

    assert find(URL, "u", {}, ask) == Credentials("u", "typed")
    assert asked == ["u@store.example: "]


def test_the_password_of_another_user_is_not_taken(home: dict[str, str]) -> None:
    environ = {**home, "CASCQ_USER": "bob", "CASCQ_PASSWORD": "bobs"}
    assert find(URL, "eve", environ, lambda _: "typed") == Credentials("eve", "typed")


def test_no_password_and_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(CascqError, match=r"no password for user 'u' of store\.example: set CASCQ_PASSWORD") as caught:
        find(URL, "u", {})
    assert "没有 store.example 用户“u”的密码" in caught.value.zh


@pytest.mark.parametrize("url", ["http://u:geheim@h/", "http://u@h/", "https://:geheim@h/"])
def test_a_url_is_no_place_for_a_password(url: str) -> None:
    with pytest.raises(CascqError, match="the URL for h has a user or a password in it") as caught:
        find(url, environ={})
    assert "geheim" not in str(caught.value) + caught.value.zh


def test_a_broken_netrc_file_is_told_without_its_content(tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine h login u password p geheim x\n", encoding="utf-8")
    with pytest.raises(CascqError, match=r"netrc:\d+: broken netrc file") as caught:
        find(URL, environ={"NETRC": str(path)})
    assert "geheim" not in str(caught.value)
    with pytest.raises(CascqError, match="cannot be read"):
        find(URL, environ={"NETRC": str(tmp_path / "none")})


def test_nothing_of_it_is_printed() -> None:
    assert repr(Credentials("u", "p" * 9, "t" * 9)) == "Credentials(user='u')"


@pytest.mark.parametrize("token", ["口令", "a\nb", "a b"])
def test_what_cannot_be_a_token_is_refused(token: str) -> None:
    with pytest.raises(CascqError, match="CASCQ_TOKEN is no token"):
        find(URL, environ={"CASCQ_TOKEN": token})


def test_no_answer_at_the_prompt() -> None:
    def ask(_: str) -> str:
        raise EOFError

    with pytest.raises(CascqError, match="no password for user 'u'"):
        find(URL, "u", {}, ask)


def test_whose_password_the_environment_has_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(CascqError, match="is of user 'bob'"):
        find(URL, "eve", {"CASCQ_USER": "bob", "CASCQ_PASSWORD": "bobs"})
