"""Deriving while data go by: the same as deriving from a store that has everything."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from cascq import namespaces as ns
from cascq import resources
from cascq.errors import CascqError
from cascq.reading import find_files, read_file, read_text
from cascq.remote.canonical import canonical
from cascq.remote.deriving import Derivation, beginnings, is_single
from cascq.remote.gathering import gather
from cascq.rules import derive

PREFIX = "PREFIX e: <http://e.org/>\n"


def rule(path: Path, text: str) -> Path:
    path.write_text(PREFIX + text, encoding="utf-8")
    return path


def derived(rules: list[Path], *blocks: str) -> list[bytes]:
    with Derivation(rules) as derivation:
        for block in blocks:
            derivation.add(block.encode())
        derivation.complete()
        return canonical(b"".join(derivation.finish()))


def line(subject: str, name: str, value: str) -> str:
    return f"<http://e.org/{subject}> <http://e.org/{name}> <http://e.org/{value}> .\n"


def test_the_shipped_rules_derive_the_same_as_from_a_store_with_everything():
    store = ox.Store()
    terms = [*resources.ontology(), *resources.vocabularies(), *resources.alignments()]
    graph = ox.NamedNode("http://e.org/terms")
    store.extend(ox.Quad(q.subject, q.predicate, q.object, graph) for path in terms for q in read_file(path))
    for path in find_files([resources.data()]):
        store.extend(read_file(path))
    assert derive(store, resources.rules()) > 1_000
    whole = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(ns.DERIVED_GRAPH))

    with gather(None) as gathered:
        assert gathered.text(gathered.contents[ns.DERIVED_GRAPH]) == b"".join(canonical(whole))


def test_rules_that_join_see_portions_together_and_what_earlier_rules_derived(tmp_path: Path):
    step = rule(tmp_path / "1.rq", "CONSTRUCT { ?x e:far ?z } WHERE { ?x e:in ?y . ?y e:in ?z }")
    back = rule(tmp_path / "2.rq", "CONSTRUCT { ?y e:back ?x } WHERE { ?x ?p ?y . FILTER(?p != e:in) }")

    found = derived([step, back], line("a", "in", "b"), line("b", "in", "c"), line("q", "other", "r"))

    assert b"".join(found).decode() == line("a", "far", "c") + line("c", "back", "a") + line("r", "back", "q")


def test_prefixes_may_stand_on_one_line(tmp_path: Path):
    text = "CONSTRUCT { ?x e:far ?z } WHERE { ?x f:in ?y . ?y f:in ?z }"
    step = tmp_path / "1.rq"
    step.write_text(f"PREFIX e: <http://e.org/> PREFIX f: <http://e.org/> {text}", encoding="utf-8")
    assert derived([step], line("a", "in", "b"), line("b", "in", "c")) == [line("a", "far", "c").encode()]


def test_subproperties_of_a_named_property_are_seen(tmp_path: Path):
    path = rule(tmp_path / "1.rq", "CONSTRUCT { ?x e:near ?y } WHERE { ?p "
                "<http://www.w3.org/2000/01/rdf-schema#subPropertyOf>* e:in . ?x ?p ?y }")  # fmt: skip
    with Derivation([path]) as derivation:
        for below, above in (("within", "in"), ("deepWithin", "within")):
            derivation.terms(f"<http://e.org/{below}> <{ns.RDFS}subPropertyOf> <http://e.org/{above}> .\n".encode())
        derivation.add((line("a", "deepWithin", "b") + line("a", "beside", "c")).encode())
        derivation.complete()
        assert b"".join(derivation.finish()).decode() == line("a", "near", "b")


@pytest.mark.parametrize("portion", [1, 10_000])
def test_labels_are_seen_of_what_another_property_leads_to(
    portion: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = rule(tmp_path / "1.rq", f"CONSTRUCT {{ ?x e:text ?l }} WHERE {{ ?x e:in/<{ns.PREF_LABEL}> ?l }}")
    monkeypatch.setattr("cascq.remote.deriving._PORTION", portion)
    labels = "".join(f'<http://e.org/{name}> <{ns.PREF_LABEL}> "{name}" .\n' for name in "abc")
    blank = f'_:b <{ns.PREF_LABEL}> "blank" .\n<http://e.org/d> <http://e.org/in> _:b .\n'

    found = derived([path], labels, line("a", "in", "b"), line("c", "in", "b"), blank)

    assert b"".join(found).decode().splitlines() == [
        f'<http://e.org/{name}> <http://e.org/text> "{text}" .'
        for name, text in (("a", "b"), ("c", "b"), ("d", "blank"))
    ]


def test_what_does_not_fit_into_memory_goes_on_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    step = rule(tmp_path / "1.rq", "CONSTRUCT { ?x e:far ?z } WHERE { ?x e:in ?y . ?y e:in ?z }")
    blocks = [line(f"n{i}", "in", f"n{i + 1}") for i in range(40)]
    expected = derived([step], *blocks)
    assert len(expected) == 39
    monkeypatch.setattr("cascq.remote.deriving._PORTION", 100)
    monkeypatch.setattr("cascq.remote.deriving._IN_MEMORY", 1_000)

    assert derived([step], *blocks) == expected


@pytest.mark.parametrize(
    ("where", "single"),
    [
        ("{ ?a ?p ?b . FILTER(?a != ?b) FILTER(?p NOT IN (e:x, e:y)) . }", True),
        ("{ ?a e:p ?b . }", True),
        ("{ ?a a e:C . }", True),
        ("{ ?a e:p ?b ; e:q ?c . }", False),
        ("{ ?a e:p/e:q ?b . }", False),
        ("{ ?a e:p ?b . ?b e:q ?c }", False),
        ("{ ?a e:p ?b . FILTER(EXISTS { ?b e:q ?c }) }", False),
        ("{ ?a e:p ?b . OPTIONAL { ?b e:q ?c } }", False),
        ("{ { ?a e:p ?b } UNION { ?a e:q ?b } }", False),
        ("{ ?a e:p ?b . { SELECT ?a { ?a e:q ?c } } }", False),
    ],
)
def test_a_rule_of_one_pattern_is_told_from_others(where: str, *, single: bool):
    assert is_single(f"{PREFIX}CONSTRUCT {{ ?a e:r ?b }} WHERE {where}") is single


def test_the_rule_that_looks_at_all_properties_is_one_of_a_single_pattern():
    assert [path.name for path in resources.rules() if is_single(read_text(path))] == ["06-linked-to.rq"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ('FILTER(STRSTARTS(STR(?a), "http://e.org/"))', (b"http://e.org/", b"")),
        ('FILTER(?a != ?b) FILTER(STRSTARTS(STR(?a), "e") && STRSTARTS(STR(?b), "f"))', (b"e", b"f")),
        ('FILTER(STRSTARTS(STR(?a), "e") || STRSTARTS(STR(?b), "f"))', (b"", b"")),
        ('FILTER(!STRSTARTS(STR(?a), "e"))', (b"", b"")),
        ('FILTER(STRSTARTS(STR(?a), "e") = false)', (b"", b"")),
        ('FILTER(STRSTARTS(STR(?a), "\\u0065"))', (b"", b"")),
        ('FILTER(STRSTARTS(?a, "e"))', (b"", b"")),
    ],
)
def test_how_the_terms_of_a_rule_begin(filters: str, found: tuple[bytes, bytes]):
    assert beginnings(f"{PREFIX}CONSTRUCT {{ ?a e:r ?b }} WHERE {{ ?a ?p ?b . {filters} }}") == found


def test_of_a_rule_that_says_how_terms_begin_nothing_is_lost(tmp_path: Path):
    some = rule(
        tmp_path / "1.rq",
        "CONSTRUCT { ?x e:to ?y } WHERE { ?x ?p ?y . "
        'FILTER(STRSTARTS(STR(?x), "http://e.org/a") && STRSTARTS(STR(?y), "http://e.org/b")) }',
    )
    literal = '<http://e.org/a2> <http://e.org/p> "http://e.org/b \\"2\\""@en .\n'
    blank = "_:a <http://e.org/p> <http://e.org/b> .\n"
    block = line("a1", "p", "b1") + line("c", "p", "b1") + line("a1", "p", "c") + literal + blank
    expected = line("a1", "to", "b1") + literal.replace("/p>", "/to>")
    assert b"".join(derived([some], block)).decode() == expected


def test_a_rule_that_asks_for_graphs_is_refused(tmp_path: Path):
    path = rule(tmp_path / "1.rq", "CONSTRUCT { ?x e:in ?g } WHERE { GRAPH ?g { ?x e:p ?y } }")
    with pytest.raises(CascqError, match="cannot use GRAPH"):
        Derivation([path])
