"""Reading what a triple store answers, and telling an answer from a page, a fragment, or something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
_VIRTUOSO_ASK = "__ASK_RETVAL"  # Virtuoso 7 answers ASK with a table of this one column and no row, or the row 1
# Virtuoso 7 names blank nodes in JSON as if they were IRIs
_VIRTUOSO_NODE = re.compile(rb'("type": "bnode", "value": ")nodeID://')


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
    """Return the results of a SELECT or ASK query.

    Raises:
        ServerError: the answer is something else, or only a part.
    """
    form = _RESULTS.get(reply.kind)
    if form is None or reply.is_page():
        raise not_sparql(reply.url, reply.kind, reply.body)
    body = _VIRTUOSO_NODE.sub(rb"\1", reply.body) if b'"nodeID://' in reply.body else reply.body
    try:
        parsed = ox.parse_query_results(body, format=form)
        if isinstance(parsed, ox.QuerySolutions):
            variables = [variable.value for variable in parsed.variables]
            rows = 0
            for row in parsed:  # to the end: an answer that is cut off must not pass for a short one
                rows += variables != [_VIRTUOSO_ASK] or getattr(row[0], "value", "0") != "0"
            if variables == [_VIRTUOSO_ASK]:
                body, form = b'{"head":{},"boolean":%s}' % (b"true" if rows else b"false"), _RESULTS[RESULTS]
            parsed = ox.parse_query_results(body, format=form)
    except (SyntaxError, ValueError) as error:
        raise broken(reply.url, str(error)) from error
    if not isinstance(parsed, Results):  # not possible with these formats
        raise not_sparql(reply.url, reply.kind, reply.body)
    return parsed


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
