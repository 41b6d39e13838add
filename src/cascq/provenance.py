"""Which passages state a row of an answer.

The query's WHERE is run as SELECT *, each solution is put into the query's triple patterns, and the named graphs
that hold the triples so made are looked up. Sub-selects and EXISTS are asked again on their own with what the outer
solution binds; NOT EXISTS and MINUS state nothing and are left out. A derived triple is traced through the rule that
made it.

Labels say what a thing is called, not that the row is true: they count only where a row is about nothing else. A type
counts only where nothing else gives a passage.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
from rdflib.paths import Path as PropertyPath
from rdflib.term import BNode, Literal, Node, URIRef, Variable

from cascq import namespaces as ns
from cascq import resources
from cascq.answers import Answer, Cell
from cascq.confidence import plausible_graphs
from cascq.errors import CascqError
from cascq.patterns import Group, Pattern, Query, parse
from cascq.reading import read_text
from cascq.remote.stores import Store
from cascq.sparql import Term, dataset, select, tokens, variables
from cascq.terms import serialise

_LABELS = {ns.RDFS_LABEL, ns.PREF_LABEL, ns.ALT_LABEL}
Solution = Mapping[str, Term]
Triple = tuple[Term, ox.NamedNode, Term]


@dataclass
class Support:
    """Graphs that hold triples: passages and curated graphs, by their IRIs."""

    passages: set[str] = field(default_factory=set)
    curated: set[str] = field(default_factory=set)

    def add(self, other: Support) -> None:
        """Take over another support."""
        self.passages |= other.passages
        self.curated |= other.curated

    def __bool__(self) -> bool:
        return bool(self.passages or self.curated)

    def text(self, plausible: Collection[str] = ()) -> str:
        """Return the CURIEs, passages first, in reading order; behind graphs that are called plausible, this."""
        curated = sorted(f"{ns.shorten(graph)}{'(plausible)' * (graph in plausible)}" for graph in self.curated)
        return " ".join([*sorted(map(ns.shorten, self.passages), key=ns.natural_key), *curated])


def with_evidence(store: Store, query: str, answer: Answer) -> Answer:
    """Return an answer with a column `evidence`: CURIEs of passages and curated graphs, joined by spaces.

    Behind the name of a graph that the editors call plausible stands `(plausible)`.

    Args:
        store: the store that the answer came from.
        query: the text that was run, with its parameters bound.
        answer: a SELECT's answer.

    Raises:
        CascqError: the query is no SELECT, chooses its graphs, or cannot be taken apart.
    """
    if dataset(query):
        raise CascqError(
            "evidence is looked for in all graphs, so it does not go with FROM", "依据会查找全部图，不能与 FROM 同用"
        )
    if answer.boolean is not None or answer.graph is not None:
        raise CascqError("--evidence goes with SELECT queries", "--evidence 只用于 SELECT 查询")
    try:
        parsed = parse(query)
    except ValueError as error:
        raise CascqError(f"no evidence for this query: {error}", f"无法为此查询给出依据：{error}") from error
    tracer = Tracer(store)
    plausible = plausible_graphs(store)
    cells: list[Cell] = [ox.Literal(support.text(plausible)) for support in tracer.rows(parsed, answer)]
    return answer.with_column("evidence", cells, {"zh": "依据", "en": "Evidence"})


class Tracer:
    """Finds the graphs behind triples and answers, in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._traced: dict[Triple, Support] = {}
        self._asked: dict[tuple[str, str], list[dict[str, Term]]] = {}
        # The same few ways up the class tree are gone again and again.
        self._ways: dict[tuple[Term, PropertyPath, Term], list[Triple]] = {}
        self._steps: dict[tuple[Term, Node | PropertyPath], list[Term]] = {}

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """The passages and curated graphs, by IRI."""
        kinds = {}
        for kind in ("Passage", "CuratedGraph"):
            for quad in self._store.quads_for_pattern(
                None, ox.NamedNode(ns.RDF_TYPE), ox.NamedNode(ns.CASCQ + kind), None
            ):
                kinds[quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""] = kind
        return kinds

    @cached_property
    def _rule_texts(self) -> dict[str, Query | None]:
        """The texts of the rules of the derived graph; parsed when one is needed, for parsing takes its time."""
        return {read_text(path): None for path in resources.rules()}

    def _rules(self, predicate: ox.NamedNode) -> Iterator[Query]:
        """Yield the rules that can make triples with a predicate."""
        local = predicate.value.replace("#", "/").rsplit("/", 1)[-1]
        for text, known in self._rule_texts.items():
            if local in text:
                rule = known or parse(text)
                self._rule_texts[text] = rule
                yield rule

    def rows(self, query: Query, answer: Answer) -> list[Support]:
        """Return the support of each row of an answer."""
        solutions = self._solutions(query.where, {})
        inside = variables(query.where.text)
        common = [(i, name) for i, name in enumerate(answer.columns) if name in inside]
        grouped: dict[tuple[Cell, ...], list[dict[str, Term]]] = defaultdict(list)
        for solution in solutions:
            grouped[tuple(solution.get(name) for _, name in common)].append(solution)
        supports = []
        for row in answer.rows:
            triples: set[Triple] = set()
            scoped = Support()
            for solution in grouped.get(tuple(row[i] for i, _ in common), []):
                triples |= set(self._triples(query.where, solution, scoped))
            supports.append(self._weigh(triples, scoped, frozenset()))
        return supports

    def triple(self, triple: Triple, within: frozenset[Triple] = frozenset()) -> Support:
        """Return the graphs that state a triple; a derived one is traced through the rules.

        Args:
            triple: subject, predicate, object.
            within: derived triples that are being traced already, so that no circle is run forever.
        """
        if triple in self._traced:
            return self._traced[triple]
        support = Support()
        derived = False
        subject, predicate, value = triple
        if isinstance(subject, ox.Literal):
            return support
        for quad in self._store.quads_for_pattern(subject, predicate, value, None):
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            derived = derived or name == ns.DERIVED_GRAPH
            kind = self._kinds.get(name)
            if kind == "Passage":
                support.passages.add(name)
            elif kind == "CuratedGraph" or name.startswith(ns.CURATED):
                support.curated.add(name)
        if support.passages:
            support = Support(support.passages)  # what a passage states, the editors need not vouch for
        elif derived and triple not in within:
            for rule in list(self._rules(predicate)):
                for pattern in rule.template:
                    if (bound := _unify(pattern, triple)) is not None:
                        made: set[Triple] = set()
                        scoped = Support()
                        for solution in self._solutions(rule.where, bound):
                            made |= set(self._triples(rule.where, solution, scoped))
                        # All premises count: a place that only the editors give must be seen in what rests on it.
                        support.add(self._weigh(made, scoped, within | {triple}))
        if not within:
            self._traced[triple] = support
        return support

    def _weigh(self, triples: set[Triple], scoped: Support, within: frozenset[Triple]) -> Support:
        """Put the supports of triples together: facts first, then types, then labels."""
        total = Support(set(scoped.passages), set(scoped.curated))
        facts = [t for t in triples if t[1].value not in _LABELS and t[1].value != ns.RDF_TYPE]
        for triple in facts:
            total.add(self.triple(triple, within))
        if not total:
            for triple in triples:
                if triple[1].value == ns.RDF_TYPE:
                    total.add(self.triple(triple, within))
        if not total:
            for triple in triples:
                if triple[1].value in _LABELS:
                    total.add(self.triple(triple, within))
        return total

    def _solutions(self, group: Group, bound: Solution) -> list[dict[str, Term]]:
        """Run a group as SELECT *, with what is bound from outside."""
        inside = variables(group.text) - _assigned(group.text)
        names = sorted(
            n
            for n, term in bound.items()
            if n in inside and (group.shared is None or n in group.shared) and not isinstance(term, ox.BlankNode)
        )
        values = ""
        if names:
            cells = " ".join(serialise(term) for n in names if not isinstance(term := bound[n], ox.BlankNode))
            values = f"VALUES ({' '.join('?' + n for n in names)}) {{ ({cells}) }}"
        key = (group.text, values)
        if key not in self._asked:
            text = f"{group.prefixes}\nSELECT * WHERE {{ {values}\n{group.text[1:]}"
            self._asked[key] = select(self._store, text, "evidence")
        return self._asked[key]

    def _triples(self, group: Group, solution: Solution, scoped: Support) -> Iterator[Triple]:
        """Yield the triples that a solution makes of a group's patterns and of those of its inner groups.

        Patterns inside GRAPH name their graph; that goes into `scoped` directly.
        """
        for pattern in group.patterns:
            graph = None if pattern.graph is None else _term(pattern.graph, solution)
            for triple in self._instances(pattern, solution):
                if not isinstance(graph, ox.NamedNode) or graph.value == ns.DERIVED_GRAPH:
                    yield triple
                elif self._kinds.get(graph.value) == "Passage":
                    scoped.passages.add(graph.value)
                elif self._kinds.get(graph.value) == "CuratedGraph":
                    scoped.curated.add(graph.value)
        for inner in group.inner:
            # FILTER(!BOUND(?place) || EXISTS { … ?place … }): with ?place open, the EXISTS is not why the row is there.
            if not inner.needs <= solution.keys():
                continue
            for inner_solution in self._solutions(inner, solution):
                # Of a branch of a UNION or an OPTIONAL that this solution did not take; or of another solution.
                if inner.shared is not None and any(
                    solution.get(name) != inner_solution[name] for name in inner.shared & inner_solution.keys()
                ):
                    continue
                yield from self._triples(inner, {**solution, **inner_solution}, scoped)

    def _instances(self, pattern: Pattern, solution: Solution) -> Iterator[Triple]:
        """Yield the triples in the store that a pattern matches in a solution."""
        subject, value = _term(pattern.subject, solution), _term(pattern.object, solution)
        # An unbound variable is an OPTIONAL or a branch of a UNION that this solution did not take.
        if (subject is None and not isinstance(pattern.subject, BNode)) or (
            value is None and not isinstance(pattern.object, BNode)
        ):
            return
        if isinstance(pattern.predicate, PropertyPath):
            if subject is not None and value is not None:
                way = (subject, pattern.predicate, value)
                if way not in self._ways:
                    self._ways[way] = self._path(*way)
                yield from self._ways[way]
            return
        predicate = _term(pattern.predicate, solution)
        if isinstance(predicate, ox.NamedNode) and not (subject is None and value is None):
            yield from self._match(subject, predicate, value)

    def _match(self, subject: Term | None, predicate: ox.NamedNode, value: Term | None) -> Iterator[Triple]:
        if isinstance(subject, ox.Literal):
            return
        for quad in self._store.quads_for_pattern(subject, predicate, value, None):
            if not isinstance(quad.subject, ox.Triple) and not isinstance(quad.object, ox.Triple):
                yield quad.subject, quad.predicate, quad.object

    def _path(self, start: Term, path: Node | PropertyPath, end: Term) -> list[Triple]:
        """Return the triples of a way along a property path from start to end; a shortest way where it may repeat."""
        if isinstance(path, URIRef):
            return list(self._match(start, ox.NamedNode(str(path)), end))
        if isinstance(path, InvPath):
            return self._path(end, path.arg, start)
        if isinstance(path, AlternativePath):
            return [triple for part in path.args for triple in self._path(start, part, end)]
        if isinstance(path, SequencePath):
            first, *rest = path.args
            tail = rest[0] if len(rest) == 1 else SequencePath(*rest)
            triples = []
            for middle in self._step(start, first):
                if onward := self._path(middle, tail, end):
                    triples += [*self._path(start, first, middle), *onward]
                elif middle == end and isinstance(tail, MulPath) and tail.zero:
                    triples += self._path(start, first, middle)
            return triples
        if isinstance(path, MulPath):
            return self._repeat(start, path, end)
        if isinstance(path, NegatedPath):
            return []
        return []

    def _step(self, start: Term, path: Node | PropertyPath) -> list[Term]:
        """Return where a path leads from a node."""
        if isinstance(start, ox.BlankNode | ox.Literal):
            return []
        if (start, path) not in self._steps:
            text = path.n3() if isinstance(path, URIRef | PropertyPath) else ""
            rows = select(self._store, f"SELECT DISTINCT ?end WHERE {{ {serialise(start)} {text} ?end }}", "evidence")
            self._steps[start, path] = [row["end"] for row in rows]
        return self._steps[start, path]

    def _repeat(self, start: Term, path: MulPath, end: Term) -> list[Triple]:
        """Return the triples of a shortest way of repeated steps."""
        if start == end and path.zero:
            return []
        came: dict[Term, Term] = {}
        frontier = [start]
        while frontier and end not in came:
            following = []
            for node in frontier:
                for target in self._step(node, path.path):
                    if target not in came:
                        came[target] = node
                        following.append(target)
            frontier = following if path.more else []
        if end not in came:
            return []
        triples: list[Triple] = []
        node = end
        while True:
            triples += self._path(came[node], path.path, node)
            node = came[node]
            if node == start:
                return triples


def _term(node: Node | PropertyPath, solution: Solution) -> Term | None:
    """Return a pattern's term in a solution; None if it is open."""
    if isinstance(node, Variable):
        return solution.get(str(node))
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return (
            ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype))) if node.datatype else ox.Literal(str(node))
        )
    return None


@functools.lru_cache(maxsize=256)
def _assigned(text: str) -> frozenset[str]:
    """Return the variables to which a group gives values by an expression; they cannot have values before."""
    found = list(tokens(text))
    return frozenset(
        token.text[1:]
        for before, token in itertools.pairwise(found)
        if token.kind == "variable" and before.kind == "word" and before.text.upper() == "AS"
    )


def _unify(pattern: Pattern, triple: Triple) -> dict[str, Term] | None:
    """Return the bindings under which a template pattern makes a triple, or None."""
    bound: dict[str, Term] = {}
    for node, term in zip((pattern.subject, pattern.predicate, pattern.object), triple, strict=True):
        if isinstance(node, Variable):
            if bound.setdefault(str(node), term) != term:
                return None
        elif isinstance(node, PropertyPath) or _term(node, {}) != term:
            return None
    return bound
