"""What is known of the stores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cascq.errors import CascqError
from cascq.remote import connecting
from cascq.remote.profiles import PROFILES, Addresses, is_url, named, recognise
from conftest import Run
from faulty import Answer, faulty, in_turn
from servers import Server


def test_addresses_below_a_base_url() -> None:
    assert PROFILES["virtuoso"].addresses("http://h:8890/") == Addresses(
        "http://h:8890/sparql", "http://h:8890/sparql-auth", "http://h:8890/sparql-graph-crud-auth"
    )
    assert PROFILES["graphdb"].addresses("http://h:7200/repositories/r") == Addresses(
        "http://h:7200/repositories/r",
        "http://h:7200/repositories/r/statements",
        "http://h:7200/repositories/r/rdf-graphs/service",
    )
    assert PROFILES["blazegraph"].addresses("http://h/blazegraph").graph_store == ""


@pytest.mark.parametrize("url", ["http://h:7878", "http://h:7878/", "http://h:7878/query", "http://h:7878/update"])
def test_the_address_of_a_service_will_do(url: str) -> None:
    assert PROFILES["oxigraph"].addresses(url).update == "http://h:7878/update"


@pytest.mark.parametrize(
    ("profile", "url", "query"),
    [
        ("fuseki", "http://h:3030/ds/query", "http://h:3030/ds/query"),
        ("fuseki", "http://h:3030/ds/data", "http://h:3030/ds/query"),
        ("fuseki", "http://h:3030/data", "http://h:3030/data/query"),  # a dataset may be called so
        ("graphdb", "http://h:7200/repositories/r/statements", "http://h:7200/repositories/r"),
        ("oxigraph", "http://h/behind/a/proxy/query", "http://h/behind/a/proxy/query"),
    ],
)
def test_the_address_of_a_service_below_a_path_will_do(profile: str, url: str, query: str) -> None:
    assert PROFILES[profile].addresses(url).query == query


def test_real_stores_are_recognised(oxigraph: Server, virtuoso: Server) -> None:
    for server, name in ((oxigraph, "oxigraph"), (virtuoso, "virtuoso")):
        client, profile = connecting.connect(server.url)
        client.close()
        assert profile.name == name


@pytest.mark.parametrize(
    "headers",
    [
        # as logged in Jena's own repository, and without the header that Fuseki sends only if told to
        {"date": "Mon, 26 Oct 2020 15:53:37 GMT", "fuseki-request-id": "1", "server": "Apache Jena Fuseki (3.17.0)"},
        {"Fuseki-Request-Id": "1", "Vary": "Accept-Encoding"},
    ],
)
def test_fuseki_is_recognised_by_what_it_has_answered(headers: dict[str, str]) -> None:
    assert recognise("http://h:8080/anything", headers) is PROFILES["fuseki"]


@pytest.mark.parametrize("name", PROFILES)
def test_the_usual_url_of_a_store_is_not_taken_for_one_of_another(name: str) -> None:
    example = PROFILES[name].example
    for url in (example, example + "/", example.replace("localhost", "store.example.org")):
        assert recognise(url, {}) in {PROFILES[name], None}


def test_what_a_server_says_goes_before_its_url() -> None:
    url = "http://h:7200/repositories/r"
    assert recognise(url, {"Server": "nginx"}) is PROFILES["graphdb"]
    assert recognise(url, {"Server": "Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu"}) is PROFILES["virtuoso"]


@pytest.mark.parametrize(
    "url",
    [
        "http://h:7200/",
        "http://h:7200/repositories",
        "http://h:8080/rdf4j-server",
        "http://h:9999/blazegraphs",
        "http://h:5820/a/b",
        "https://x.neptune.amazonaws.com.example.org:8182",
        "https://xneptune.amazonaws.com",
    ],
)
def test_a_url_that_only_resembles_the_one_of_a_store_is_not_recognised(url: str) -> None:
    assert recognise(url, {}) is None


def test_nothing_that_a_store_infers_is_asked_for() -> None:
    """GraphDB and RDF4J answer with it unless told not to; the knowledge graph brings its own derived graph."""
    for name in ("graphdb", "rdf4j"):
        assert PROFILES[name].union == (("infer", "false"),)


def test_a_store_of_which_it_is_not_known_what_is_one_transaction_is_loaded_the_careful_way() -> None:
    assert not PROFILES["qlever"].atomic_update
    assert not PROFILES["sparql"].atomic_update


def test_every_example_of_a_url_is_one() -> None:
    for profile in PROFILES.values():
        assert profile.name == "sparql" or is_url(profile.example)


def test_an_unknown_store_is_asked_for() -> None:
    with faulty(in_turn(Answer(404))) as server:
        with pytest.raises(CascqError, match="which store is this\\? Say so with --profile"):
            connecting.connect(server.url)
        client, profile = connecting.connect(server.url, "fuseki")
        client.close()
        assert profile.title == "Apache Jena Fuseki"


def test_an_unknown_profile_is_an_error() -> None:
    with pytest.raises(CascqError, match="unknown profile 'x' \\(known: oxigraph, virtuoso"):
        named("x")


@pytest.mark.parametrize("url", ["ftp://h/", "http://", "http:///x", "http://h:99999999", "http://h /x"])
def test_what_is_no_url_of_a_store(url: str) -> None:
    with pytest.raises(CascqError, match="is no URL of a store"):
        is_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://me:geheim@host:99999/",
        "ftp://me:geheim@host/",
        "http:/me:geheim@host:7878/",
        "//me:geheim@host/",
        "me:geheim@host:7878",
        "http://me:geheim@a..b/",
        "https://me:geheim@/x",
        "http://me:ge@heim@host/ x",
        "http://me:\ngeheim@host/",
        "http://host:99999/?apikey=geheim",
    ],
)
def test_a_password_in_what_is_no_url_is_not_repeated(url: str, cli: Callable[..., Run]) -> None:
    for arguments in (("load", url), ("stats", "--endpoint", url), ("load", "--query-url", url, "--update-url", url)):
        for lang in ("en", "zh"):
            run = cli(*arguments, lang=lang)
            assert run.code == 2
            assert run.err.startswith(("cascq: ", "cascq："))
            assert "heim" not in run.err + run.out


def test_a_key_in_an_address_is_not_repeated(oxigraph: Server, project: Path, cli: Callable[..., Run]) -> None:
    """Neither in the report nor in messages."""
    services = [f"{oxigraph.url}/{name}?apikey=geheim" for name in ("query", "update")]
    load = ("load", "--query-url", services[0], "--update-url", services[1])
    for arguments in ((*load,), (*load, "--json"), (*load, "--dry-run")):
        run = cli(*arguments)
        assert (run.code, run.err) == (0, "")
        assert oxigraph.url in run.out
        assert "geheim" not in run.out
    with faulty(in_turn(Answer(404))) as server:
        run = cli("load", f"{server.url}/?apikey=geheim")
        assert "which store is this" in run.err
        assert "geheim" not in run.err
        run = cli("load", f"{server.url}/?apikey=geheim", "--profile", "fuseki")
        assert "has no part after '?'" in run.err
        assert "geheim" not in run.err


@pytest.mark.parametrize("folder", ["store", "./store", "C:/store", "/srv/store"])
def test_what_is_a_folder(folder: str) -> None:
    assert not is_url(folder)
