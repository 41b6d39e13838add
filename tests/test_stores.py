"""The same question gives the same answer on every store: the same rows, in the same order, with the same literals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import servers
import store_samples
from cascq import binding, catalogue, resources
from cascq import namespaces as ns
from cascq.catalogue import CannedQuery
from cascq.checks import load_checks, run_check
from cascq.errors import CascqError
from cascq.graph import KnowledgeGraph
from cascq.parameters import Parameter
from cascq.reading import read_file
from cascq.remote import stores
from cascq.remote.stores import Folder, Store
from cascq.reports.report import Finding
from cascq.sparql import Term, select

QUERIES = {name: catalogue.get(name) for name in sorted(catalogue.names())}
CHECKS = {check.name: check for check in load_checks(resources.root() / "queries" / "checks")}
FIXTURES = Path(__file__).parent / "checks"
STORES = ("folder", "folder asked", "oxigraph", "oxigraph asked", "virtuoso")
ASKED = {"folder asked", "oxigraph asked"}


@pytest.fixture(scope="module")
def everything(shipped: KnowledgeGraph) -> list[ox.Quad]:
    """The shipped graph as it lies in a store, beside other things."""
    return store_samples.with_catalogue(shipped.store)


@pytest.fixture(scope="module")
def opened(
    everything: list[ox.Quad],
    shipped: KnowledgeGraph,
    virtuoso_server: servers.Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, KnowledgeGraph]]:
    """The shipped graph in each store: as it is read into memory, and, "asked", as if it were too large for that."""
    servers.empty_virtuoso(virtuoso_server)
    folders = tmp_path_factory.mktemp("stores")
    alone = list(shipped.store)
    with (
        servers.oxigraph() as server,
        store_samples.filled(server.url, "oxigraph", everything) as oxigraph,
        servers.oxigraph() as other_server,
        store_samples.filled(other_server.url, "oxigraph", alone) as asked,
        store_samples.filled(virtuoso_server.url, "virtuoso", everything) as virtuoso,
    ):
        made: dict[str, Store] = {
            "folder": Folder(store_samples.make_folder(folders / "all", everything)),
            "folder asked": Folder(store_samples.make_folder(folders / "alone", alone), in_memory=0),
            "oxigraph": store_samples.endpoint(oxigraph, "oxigraph"),
            "oxigraph asked": store_samples.endpoint(asked, "oxigraph", in_memory=0),
            "virtuoso": store_samples.endpoint(virtuoso, "virtuoso"),
        }
        yield {name: KnowledgeGraph(store=store) for name, store in made.items()}


@pytest.fixture(params=STORES)
def graph(request: pytest.FixtureRequest, opened: Mapping[str, KnowledgeGraph]) -> KnowledgeGraph:
    """The shipped graph in each store in turn."""
    return opened[request.param]


def example(parameter: Parameter, query: CannedQuery, shipped: KnowledgeGraph) -> Term | None:
    """Return a value for a parameter: one that is in the graph, so that the filter has something to keep."""
    if parameter.type == "date":
        return ox.Literal("2020" if parameter.name == "to" else "2017-05")
    if parameter.type == "concept":
        pattern = f"?x skos:inScheme <{parameter.scheme}> . ?s ?p ?x . FILTER(STRSTARTS(STR(?s), '{ns.ID}'))"
    elif parameter.type == "iri":
        path, limits = "a/rdfs:subClassOf*", parameter.classes or (ns.CASCQ + "Organization",)
        if parameter.subclass_of:
            path, limits = "rdfs:subClassOf*", parameter.subclass_of
        elif parameter.values:
            path, limits = "rdfs:subPropertyOf?", parameter.values
        pattern = f"VALUES ?limit {{ {' '.join(f'<{iri}>' for iri in limits)} }} ?x {path} ?limit . ?s ?p ?x ."
    else:
        return query.example.get(parameter.name)
    rows = select(
        shipped.store, f"SELECT ?x WHERE {{ {pattern} }} GROUP BY ?x ORDER BY DESC(COUNT(DISTINCT ?s)) STR(?x)"
    )
    return rows[0]["x"] if rows else None


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_the_same_answer(name: str, graph: KnowledgeGraph, shipped: KnowledgeGraph) -> None:
    query = QUERIES[name]
    assert graph.sparql(query.text).render("json") == shipped.sparql(query.text).render("json")


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_the_same_answer_with_values(
    name: str, opened: Mapping[str, KnowledgeGraph], shipped: KnowledgeGraph
) -> None:
    """Each parameter alone, in English."""
    query = QUERIES[name]
    required = {p.name: query.example[p.name] for p in query.parameters if p.required}
    lang: dict[str, Term | None] = {p.name: ox.Literal("en") for p in query.parameters if p.type == "language"}
    for parameter in query.parameters:
        values: dict[str, Term | None] = {**required, **lang}
        if parameter.type != "language":
            values[parameter.name] = example(parameter, query, shipped)
        text = binding.bind(query, values)
        expected = shipped.sparql(text).render("json")
        for store, graph in opened.items():
            assert graph.sparql(text).render("json") == expected, (store, parameter.name)


def test_rdflib_has_the_same_answers_with_values_too(shipped: KnowledgeGraph) -> None:
    """A choice of queries with every kind of parameter; with their own values, all queries are in test_queries.py."""
    dataset = shipped.dataset()
    for name, values in {
        "agreements": {"from": ox.Literal("2017-05")},
        "establishments": {"kind": ox.NamedNode(ns.CASCQ + "ResearchPlatform")},
        "find": {"text": ox.Literal("重庆")},
        "in-place": {"place": ox.NamedNode(ns.ID + "chongqing")},
        "concepts": {"vocabulary": ox.NamedNode(ns.VOC + "Status")},
    }.items():
        text = binding.bind(QUERIES[name], {**QUERIES[name].example, **values, "lang": ox.Literal("en")})
        ours = [[None if cell is None else cell.value for cell in row] for row in shipped.sparql(text).rows]
        result = dataset.query(text)
        theirs = [[None if cell is None else str(cell) for cell in row] for row in result]
        assert ours == theirs, name
        assert ours, name
    assert isinstance(dataset, rdflib.Dataset)


def test_all_that_is_told_of_things_is_the_same(graph: KnowledgeGraph, shipped: KnowledgeGraph) -> None:
    for lang in ("zh", "en"):
        assert graph.describe("id:cigit", lang=lang).render() == shipped.describe("id:cigit", lang=lang).render()
        assert graph.search("重庆", lang=lang) == shipped.search("重庆", lang=lang)
        assert graph.stats(lang=lang).render() == shipped.stats(lang=lang).render()
    assert graph.evidence("id:cigit", lang="zh").to_dict() == shipped.evidence("id:cigit", lang="zh").to_dict()
    assert graph.resolve("重庆研究院") == shipped.resolve("重庆研究院")
    assert len(graph) == len(shipped)


def test_evidence_is_the_same(graph: KnowledgeGraph, shipped: KnowledgeGraph) -> None:
    for name in ("agreements", "academy-bodies"):
        expected = shipped.query(name, lang="zh", evidence=True).render("json")
        assert graph.query(name, lang="zh", evidence=True).render("json") == expected


def test_an_export_is_the_same(graph: KnowledgeGraph, shipped: KnowledgeGraph) -> None:
    assert graph.export("nquads") == shipped.export("nquads")


def test_other_forms_of_queries_are_answered_too(graph: KnowledgeGraph, shipped: KnowledgeGraph) -> None:
    for text in (
        "ASK { id:cigit a cascq:ResearchOrganization }",
        "ASK { id:cigit a cascq:Company }",
        "CONSTRUCT { ?s skos:prefLabel ?o } WHERE { ?s a cascq:Person ; skos:prefLabel ?o }",
        "SELECT (COUNT(*) AS ?n) FROM report:1.1-2 WHERE { ?s ?p ?o }",
        "SELECT ?g WHERE { GRAPH ?g { ?s a cascq:Person } } ORDER BY ?g",
        "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o FILTER(!isBLANK(?s)) }",
    ):
        assert sorted(graph.sparql(text).render("json")) == sorted(shipped.sparql(text).render("json")), text


def test_the_graphs_of_others_are_no_part_of_ours(graph: KnowledgeGraph) -> None:
    for name in (store_samples.OTHER.value, ns.SHAPES_GRAPH, ns.CATALOGUE_GRAPH):
        assert not graph.sparql(f"ASK {{ GRAPH <{name}> {{ ?s ?p ?o }} }}").boolean
        with pytest.raises(CascqError, match="there is no graph"):
            graph.sparql(f"SELECT * FROM <{name}> WHERE {{ ?s ?p ?o }}")
    assert not graph.sparql('ASK { ?s ?p "别人的名称"@zh }').boolean


def test_what_a_store_holds_is_validated(opened: Mapping[str, KnowledgeGraph], shipped: KnowledgeGraph) -> None:
    expected = shipped.validate()
    for name in ("folder", "oxigraph", "virtuoso"):
        report = opened[name].validate()
        assert report.statements == expected.statements, name
        assert report.focus_nodes == expected.focus_nodes
        assert [f.source for f in report.findings] == [f.source for f in expected.findings]


def shown(findings: list[Finding]) -> list[tuple[str, ...]]:
    """Return what findings say, without the names of blank nodes, which are the store's own."""
    return [
        ("_:" if isinstance(f.focus, ox.BlankNode) else str(f.focus), str(f.path), *("" if "_:" in m else m for m in
         f.messages.values()), str(f.passage)) for f in findings
    ]  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_the_same_in_the_shipped_data(name: str, graph: KnowledgeGraph, shipped: KnowledgeGraph) -> None:
    assert shown(run_check(graph.store, CHECKS[name])) == shown(run_check(shipped.store, CHECKS[name]))


@pytest.fixture(scope="module")
def oxigraph_server() -> Iterator[servers.Server]:
    """One Oxigraph server for the seeded faults."""
    with servers.oxigraph() as server:
        yield server


def terms() -> list[ox.Quad]:
    """Return what the checks need of ontology and vocabularies."""
    needed = {ns.RDF_TYPE, ns.RDFS_SUBCLASS, ns.RDFS + "subPropertyOf"}
    files = [(ns.ONTOLOGY_GRAPH, path) for path in resources.ontology()]
    files += [(ns.VOC + path.stem, path) for path in resources.vocabularies()]
    return [
        ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(graph))
        for graph, path in files
        for q in read_file(path)
        if q.predicate.value in needed and isinstance(q.subject, ox.NamedNode)
    ]


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_the_seeded_fault(
    name: str, oxigraph_server: servers.Server, virtuoso_server: servers.Server, tmp_path: Path
) -> None:
    """The failing fixture of each check, in each store."""
    path = min((FIXTURES / name).glob("fail*.trig"))
    quads = store_samples.with_catalogue([*terms(), *read_file(path)])
    memory = ox.Store()
    memory.extend(quad for quad in quads if stores.is_ours(getattr(quad.graph_name, "value", ""), ALL))
    expected = shown(run_check(memory, CHECKS[name]))
    assert expected
    folder = Folder(store_samples.make_folder(tmp_path / "store", quads))
    assert shown(run_check(folder, CHECKS[name])) == expected
    with (
        store_samples.filled(oxigraph_server.url, "oxigraph", quads) as oxigraph,
        store_samples.filled(virtuoso_server.url, "virtuoso", quads) as virtuoso,
    ):
        for client, profile in ((oxigraph, "oxigraph"), (virtuoso, "virtuoso")):
            remote = store_samples.endpoint(client, profile)
            assert shown(run_check(remote, CHECKS[name])) == expected, profile


class _All(frozenset[str]):
    """The graphs of a fixture: all but what `cascq load` keeps for itself."""

    def __contains__(self, graph: object) -> bool:
        return graph != store_samples.OTHER.value

    def __bool__(self) -> bool:
        return True


ALL = _All()


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CascqError, match="there is no such folder"):
        Folder(tmp_path / "none")
    with pytest.raises(CascqError, match="no store is in this folder"):
        Folder(tmp_path)
    assert not list(tmp_path.iterdir())
    other = store_samples.make_folder(tmp_path / "other", [store_samples.BESIDE[0]])
    with pytest.raises(CascqError, match="no graph of cascq is in this store"):
        Folder(other)


@pytest.mark.parametrize("name", ["find", "names-in-time", "curated-graphs"])
def test_a_folder_of_many_graphs_is_asked_without_a_list(
    name: str,
    everything: list[ox.Quad],
    shipped: KnowledgeGraph,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As `cascq load` makes it, with a catalogue: a list of thousands of graphs took minutes."""
    monkeypatch.setattr(stores, "LISTED", 0)
    ours = {*shipped.store.named_graphs(), ox.NamedNode(ns.CATALOGUE_GRAPH)}
    loaded = [quad for quad in everything if quad.graph_name in ours]
    graph = KnowledgeGraph(store=Folder(store_samples.make_folder(tmp_path / "many", loaded), in_memory=0))
    text = QUERIES[name].text
    assert graph.sparql(text).render("json") == shipped.sparql(text).render("json")
