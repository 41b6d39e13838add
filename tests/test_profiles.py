"""What is known of the stores."""

from __future__ import annotations

import pytest

from cascq.errors import CascqError
from cascq.remote import opening
from cascq.remote.profiles import PROFILES, Addresses, is_url, named, recognise
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
        client, profile = opening.connect(server.url)
        client.close()
        assert profile.name == name


@pytest.mark.parametrize(
    ("url", "headers", "name"),
    [
        ("http://h/", {"server": "Apache Jena Fuseki (5.1.0)"}, "fuseki"),
        ("http://h/ds", {"Fuseki-Request-ID": "7"}, "fuseki"),
        ("http://h:7200/repositories/r", {}, "graphdb"),
        ("http://h:8080/rdf4j-server/repositories/r/", {}, "rdf4j"),
        ("http://h:9999/blazegraph/namespace/kb", {}, "blazegraph"),
        ("http://h:5820/db", {}, "stardog"),
        ("https://x.cluster-1.eu-north-1.neptune.amazonaws.com:8182", {}, "neptune"),
    ],
)
def test_others_are_recognised_by_what_their_manuals_say(url: str, headers: dict[str, str], name: str) -> None:
    found = recognise(url, headers)
    assert found is not None
    assert found.name == name


def test_every_example_of_a_url_is_one() -> None:
    for profile in PROFILES.values():
        assert profile.name == "sparql" or is_url(profile.example)


def test_an_unknown_store_is_asked_for() -> None:
    with faulty(in_turn(Answer(404))) as server:
        with pytest.raises(CascqError, match="which store is this\\? Say so with --profile"):
            opening.connect(server.url)
        client, profile = opening.connect(server.url, "fuseki")
        client.close()
        assert profile.title == "Apache Jena Fuseki"


def test_an_unknown_profile_is_an_error() -> None:
    with pytest.raises(CascqError, match="unknown profile 'x' \\(known: oxigraph, virtuoso"):
        named("x")


@pytest.mark.parametrize("url", ["ftp://h/", "http://", "http:///x", "http://h:99999999", "http://h /x"])
def test_what_is_no_url_of_a_store(url: str) -> None:
    with pytest.raises(CascqError, match="is no URL of a store"):
        is_url(url)


@pytest.mark.parametrize("folder", ["store", "./store", "C:/store", "/srv/store"])
def test_what_is_a_folder(folder: str) -> None:
    assert not is_url(folder)
