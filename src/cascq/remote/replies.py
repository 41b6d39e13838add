"""Reading what a triple store answers, and telling an answer from a page, a fragment, or something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cascq.remote.faults import broken, not_sparql

N_TRIPLES, N_QUADS = "application/n-triples", "application/n-quads"
RESULTS = "application/sparql-results+json"
Results = ox.QuerySolutions | ox.QueryBoolean
_RESULTS: dict[str, ox.QueryResultsFormat] = {
    RESULTS: ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}
_GRAPHS: dict[str, ox.RdfFormat] = {
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,  # what N-Triples was called before it had a name of its own
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
ANSWERS = frozenset({*_RESULTS, *_GRAPHS})  # content types in which a store may answer a query
_VIRTUOSO_ASK = "__ASK_RETVAL"  # Virtuoso 7 answers ASK with a table of this one column and no row, or the row 1
# Virtuoso 7 names blank nodes by IRIs that no other engine takes for names of blank nodes
_VIRTUOSO_NODE = re.compile(rb'(<bnode>|"type": *"bnode", *"value": *")nodeID://')


@dataclass(frozen=True)
class Reply:
    """A whole answer with a status of success.

    Attributes:
        url: what was asked.
        headers: of the response, names in lower case.
        body: of the response.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The content type, in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def is_page(self) -> bool:
        """Tell whether this is a page for a browser, whatever its content type says."""
        return bool(re.match(rb"\s*(<!doctype\s+html|<html)", self.body[:300], re.IGNORECASE))


def results(reply: Reply) -> Results:
    """Return the results of a SELECT or ASK query; see `counted`."""
    return counted(reply)[0]


def counted(reply: Reply) -> tuple[Results, int]:
    """Return the results of a SELECT or ASK query, and how many rows they have.

    Raises:
        ServerError: the answer is something else, or only a part.
    """
    number = 0
    form = _RESULTS.get(reply.kind)
    if form is None or reply.is_page():
        raise not_sparql(reply.url, reply.kind, reply.body)
    body = _VIRTUOSO_NODE.sub(rb"\1", reply.body) if b"nodeID://" in reply.body else reply.body
    try:
        parsed = ox.parse_query_results(body, format=form)
        if isinstance(parsed, ox.QuerySolutions):
            variables = [variable.value for variable in parsed.variables]
            trues = 0
            for row in parsed:  # to the end: an answer that is cut off must not pass for a short one
                number += 1
                trues += variables != [_VIRTUOSO_ASK] or getattr(row[0], "value", "0") != "0"
            if variables == [_VIRTUOSO_ASK]:
                body, form = b'{"head":{},"boolean":%s}' % (b"true" if trues else b"false"), _RESULTS[RESULTS]
            parsed = ox.parse_query_results(body, format=form)
    except (SyntaxError, ValueError) as error:
        raise broken(reply.url, str(error)) from error
    if not isinstance(parsed, Results):  # not possible with these formats
        raise not_sparql(reply.url, reply.kind, reply.body)
    return parsed, 0 if isinstance(parsed, ox.QueryBoolean) else number


def rows(answer: Results, url: str, *names: str, optional: Collection[str] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an answer to a SELECT query of ours, as the terms of these variables.

    Args:
        answer: the results.
        url: what was asked.
        names: the variables that the query selects.
        optional: those of them that may be unbound, which is None.

    Raises:
        ServerError: these are the results of another query: of a cache or a gateway that confuses its answers.
    """
    if not isinstance(answer, ox.QuerySolutions):
        raise broken(url, f"ASK ≠ SELECT {_listed(names)}")
    found = [variable.value for variable in answer.variables]
    if not set(names) <= set(found):
        raise broken(url, f"SELECT {_listed(found)} ≠ SELECT {_listed(names)}")
    for row in answer:
        for name in names:
            if row[name] is None and name not in optional:
                raise broken(url, f"?{name} = ∅")
        yield tuple(row[name] for name in names)


def _listed(names: Iterable[str]) -> str:
    return " ".join(f"?{name}" for name in names) or "()"


def number(term: object, url: str) -> int:
    """Return a term as the number that it must be.

    Raises:
        ServerError: it is none.
    """
    try:
        return int(getattr(term, "value", ""))
    except ValueError:
        raise broken(url, f"COUNT = {term}") from None


def count(answer: Results, url: str) -> int:
    """Return the number that a query for one number was answered with.

    Raises:
        ServerError: the answer is something else.
    """
    terms = [term for row in answer for term in row] if isinstance(answer, ox.QuerySolutions) else []
    return number(terms[0] if len(terms) == 1 else None, url)


def counts(answer: Results, url: str) -> dict[str, int]:
    """Return the numbers ?n of an answer by the graphs ?g.

    Raises:
        ServerError: those are not its columns, or that are no numbers.
    """
    # Where there is no graph, rdflib answers with a row of nothing, or with a count without a graph.
    found = rows(answer, url, "g", "n", optional=("g", "n"))
    return {node.value: number(term, url) for node, term in found if isinstance(node, ox.NamedNode)}


def quads(answer: Results, url: str, name: str = "") -> Iterator[ox.Quad]:
    """Yield the rows ?s ?p ?o of an answer as quads of the graph of this name; if left out, of the graphs ?g.

    Raises:
        ServerError: those are not its columns, or no triples.
    """
    node = [ox.NamedNode(name)] if name else []
    for row in rows(answer, url, *("spo" if name else "spog")):
        yield quad((*row, *node), url)


def quad(terms: Iterable[Any], url: str) -> ox.Quad:
    """Return subject, predicate, object and graph, as they were answered, as a quad.

    Raises:
        ServerError: they are no such terms.
    """
    try:
        return ox.Quad(*terms)
    except TypeError:
        raise broken(url, " ".join(map(str, terms))) from None


def graph(reply: Reply) -> ox.RdfFormat:
    """Return the format of a graph that was answered.

    Raises:
        ServerError: the answer is something else.
    """
    form = _GRAPHS.get(reply.kind)
    if form is None or reply.is_page():
        raise not_sparql(reply.url, reply.kind, reply.body)
    return form


def triples(reply: Reply) -> list[ox.Triple]:
    """Return the triples of a graph that was answered; blank nodes keep the names that the store gave them.

    Raises:
        ServerError: the answer is something else, or only a part.
    """
    return list(stream(reply))


def stream(reply: Reply) -> Iterator[ox.Triple]:
    """Yield the triples of a graph that was answered; see `triples`."""
    form = graph(reply)
    try:
        for quad in ox.parse(reply.body, form):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise broken(reply.url, str(error)) from error
