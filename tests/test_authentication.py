"""How a server is told who asks: in the way that it should be, and not otherwise."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cascq.errors import CascqError
from cascq.remote import authentication, connecting
from cascq.remote.authentication import Authentication
from cascq.remote.credentials import Credentials
from cascq.remote.profiles import PROFILES, Addresses
from cascq.remote.protocol import Client
from faulty import Answer, Asked, Faulty, Script, faulty
from servers import Server

ME = Credentials("me", "geheim")
GRAPH = "https://w3id.org/cascq/test"
TRIPLES = b"<https://w3id.org/cascq/id/a> <https://w3id.org/cascq/id/b> <https://w3id.org/cascq/id/c> .\n"
BASIC = "Basic bWU6Z2VoZWlt"
NONCE = 'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'


def client_of(server: Faulty, way: str, who: Credentials = ME) -> Client:
    addresses = Addresses(server.url + "/query", server.url + "/update", server.url + "/store")
    return Client(addresses, who, way, pause=0.01)


def asking(challenge: str, *, reads: bool = True) -> Script:
    """Return a script of a server that lets in whoever answers a challenge, for writing or for everything."""

    def script(asked: Asked) -> Answer:
        is_read = asked.method == "GET" or asked.path.startswith("/query")
        if "Authorization" not in asked.headers and (reads or not is_read):
            return Answer(401, b"who is there?", headers={"WWW-Authenticate": challenge})
        return Answer(body=b'{"head":{},"boolean":true}') if asked.path.startswith("/query") else Answer(204)

    return script


def sent(server: Faulty) -> list[tuple[str, str, str]]:
    return [(one.method, one.path.partition("?")[0], one.headers.get("Authorization", "")) for one in server.asked]


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_the_standard(algorithm: str, response: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 7616, section 3.9.1."""
    once = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    monkeypatch.setattr("cascq.remote.authentication.secrets.token_hex", lambda _size: once)
    who = Authentication(Credentials("Mufasa", "Circle of Life"), "digest")
    asked = f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, {NONCE}'
    assert who.learn("http://www.example.org/dir/index.html", asked)
    header = who.header("GET", "http://www.example.org/dir/index.html")
    assert f'response="{response}"' in header
    assert 'uri="/dir/index.html"' in header
    assert "qop=auth, nc=00000001" in header


@pytest.mark.parametrize(
    ("asked", "ways", "found"),
    [
        ('Basic realm="a", Digest realm="b", nonce="n", qop="auth"', "digest basic", {"realm": "b", "nonce": "n"}),
        ('Digest realm="b, c", nonce="n" , Basic realm="a"', "digest basic", {"realm": "b, c", "nonce": "n"}),
        ('Digest realm="b", nonce="n", algorithm=SHA-512-256, Digest realm="b", nonce="m"', "digest", {"nonce": "m"}),
        ('Digest realm="b", nonce="n", algorithm=X, Basic realm="a"', "digest basic", {}),
        ('Negotiate, Basic realm="a"', "digest basic", {}),
        ("Basic", "digest basic", {}),
        ('Basic realm="a"', "digest", None),
        ('Digest realm="b", nonce="n", qop="auth-int"', "digest basic", None),
        ("Digest", "digest basic", None),
        ('Bearer realm="x"', "digest basic", None),
        ("", "digest basic", None),
    ],
)
def test_challenges_are_read(asked: str, ways: str, found: dict[str, str] | None) -> None:
    challenge = authentication._challenge(asked, set(ways.split()))
    if found is None or challenge is None:
        assert found is challenge
    elif found:
        assert found.items() <= challenge.asked.items()
    else:
        assert challenge.asked == {}


def test_a_digest_is_not_exchanged_for_a_password_in_clear() -> None:
    with faulty(asking('Basic realm="x"')) as server, client_of(server, "digest") as client:
        for send in (
            lambda: client.results("ASK {}"),
            lambda: client.update("CLEAR ALL"),
            lambda: client.put_graph(GRAPH, TRIPLES),
        ):
            with pytest.raises(CascqError, match=r"in a way \(Basic\) that its profile does not have") as caught:
                send()
            assert "认证方式（Basic）" in caught.value.zh
        assert {header for *_, header in sent(server)} == {""}


@pytest.mark.parametrize("way", ["challenge", "none"])
def test_a_server_that_does_not_ask_is_not_told(way: str) -> None:
    script = asking("", reads=False)
    with (
        faulty(
            lambda asked: Answer(204) if "store" in asked.path or "update" in asked.path else script(asked)
        ) as server,
        client_of(server, way) as client,
    ):
        client.results("ASK {}")
        client.update("CLEAR ALL")
        client.put_graph(GRAPH, TRIPLES)
        client.post_graph(GRAPH, TRIPLES)
        assert {header for *_, header in sent(server)} == {""}
        assert [(one.method, bool(one.body)) for one in server.asked[2:]] == [
            ("POST", False), ("PUT", True), ("POST", True),
        ]  # fmt: skip


def test_a_server_that_asks_for_writing_only_is_told_then() -> None:
    """The upload is not sent in vain: an empty request goes before it."""
    with faulty(asking('Basic realm="x"', reads=False)) as server, client_of(server, "challenge") as client:
        client.results("ASK {}")
        client.update("CLEAR ALL")
        client.put_graph(GRAPH, TRIPLES)
        client.post_graph(GRAPH, TRIPLES)
        assert sent(server) == [
            ("POST", "/query", ""),
            ("POST", "/update", ""),
            ("POST", "/update", BASIC),
            ("POST", "/store", ""),
            ("PUT", "/store", BASIC),
            ("POST", "/store", BASIC),
        ]
        assert [one.body for one in server.asked[3:]] == [b"", TRIPLES, TRIPLES]


@pytest.mark.parametrize("challenge", ['Bearer realm="x"', "Negotiate", "Digest realm", 'NTLM, X y="z"', ""])
def test_a_challenge_that_cannot_be_answered_is_no_traceback(challenge: str) -> None:
    with faulty(asking(challenge)) as server, client_of(server, "challenge") as client:
        for send in (lambda: client.results("ASK {}"), lambda: client.put_graph(GRAPH, TRIPLES)):
            with pytest.raises(CascqError, match="HTTP 401: the store asks for a login in a way"):
                send()
        assert {header for *_, header in sent(server)} == {""}


def test_a_wrong_password_is_not_sent_again_and_again() -> None:
    refusal = Answer(401, headers={"WWW-Authenticate": 'Basic realm="x"'})
    with faulty(lambda _: refusal) as server, client_of(server, "challenge") as client:
        for _ in range(2):
            with pytest.raises(CascqError, match="user, password or token is wrong"):
                client.results("ASK {}")
        assert [header for *_, header in sent(server)] == ["", BASIC, BASIC]


def digest_of(password: str, asked: Asked, nonce: str) -> bool:
    """Tell whether a request answers the challenge of a server that knows one user, me (RFC 7616, MD5)."""
    header = asked.headers.get("Authorization", "")
    if not header.startswith("Digest "):
        return False
    given = {name: value.strip('"') for name, _, value in (part.partition("=") for part in header[7:].split(", "))}

    def hashed(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    first, second = hashed(f"me:TDB:{password}"), hashed(f"{asked.method}:{asked.path}")
    right = hashed(f"{first}:{nonce}:{given['nc']}:{given['cnonce']}:auth:{second}")
    return given["nonce"] == nonce and given["response"] == right


def test_the_profile_of_fuseki_logs_in_by_digest_and_by_basic() -> None:
    """By digest, as its own password file has it, also when a challenge expires; by basic if the server wants that."""
    kind = PROFILES["fuseki"]

    def digest(asked: Asked) -> Answer:
        nonce = "first" if asked.number < 5 else "second"
        if digest_of("geheim", asked, nonce):
            return Answer(204)
        challenge = f'Digest realm="TDB", nonce="{nonce}", qop="auth", algorithm=MD5, stale=true'
        return Answer(401, headers={"WWW-Authenticate": challenge})

    for script in (digest, asking('Basic realm="TDB"')):
        with (
            faulty(script) as server,
            Client(kind.addresses(server.url + "/ds"), ME, kind.authentication, pause=0.01) as client,
        ):
            client.update("CLEAR ALL")
            client.put_graph(GRAPH + "?a=b&c", TRIPLES)
            for _ in range(3):
                client.post_quads(TRIPLES)
            assert server.asked[-1].body == TRIPLES


@pytest.mark.parametrize("way", ["digest", "challenge"])
def test_a_real_server_is_told_by_digest(way: str, virtuoso: Server) -> None:
    with Client(PROFILES["virtuoso"].addresses(virtuoso.url), Credentials("dba", "dba"), way) as client:
        client.put_graph(GRAPH, TRIPLES)
        client.update(f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <http://e.org/a> <http://e.org/b> 1 }} }}")
        client.post_graph(GRAPH, TRIPLES)
        reply = client.get_graph(GRAPH)
        assert reply is not None
        assert reply.body.count(b"\n") == 2
        rows = client.results("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        assert "https://w3id.org/cascq/none" not in {row[0].value for row in rows}


def test_asking_who_is_there_makes_no_graph(oxigraph: Server) -> None:
    with Client(PROFILES["oxigraph"].addresses(oxigraph.url), ME, "challenge") as client:
        client.put_graph(GRAPH, TRIPLES)
        assert [row[0].value for row in client.results("SELECT DISTINCT ?g { GRAPH ?g {} }")] == [GRAPH]


def test_what_a_netrc_file_says_of_one_host_is_not_told_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine localhost login me password geheim\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(path))
    addresses = Addresses("http://localhost:1/query", "http://127.0.0.1:1/update")
    with pytest.raises(CascqError, match=r"on different hosts \(localhost, 127\.0\.0\.1\)") as caught:
        connecting.connect(addresses.query, addresses=addresses)
    assert "不同主机（localhost, 127.0.0.1）" in caught.value.zh
    assert "geheim" not in caught.value.en + caught.value.zh
    same = "machine localhost login me password geheim machine 127.0.0.1 login me password geheim\n"
    for said, environment in ((same, {}), ("", {}), ("", {"CASCQ_USER": "u", "CASCQ_PASSWORD": "p"})):
        path.write_text(said, encoding="utf-8")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        connecting.connect(addresses.query, addresses=addresses)[0].close()
