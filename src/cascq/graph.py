"""The knowledge graph in memory, and what can be asked of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq import resources, rules
from cascq.answers import Answer
from cascq.errors import CascqError
from cascq.given import Paths, as_paths
from cascq.language import LANGUAGES, default_language
from cascq.names import Hit, Names
from cascq.reading import read_file, read_files
from cascq.remote.opening import open_store
from cascq.remote.store_validation import without_places, written
from cascq.remote.stores import Note, Store, near
from cascq.sparql import run

if TYPE_CHECKING:
    import rdflib

    from cascq.check import CheckReport
    from cascq.describe import Description
    from cascq.evidence import EvidenceReport
    from cascq.stats import Stats
    from cascq.validation import Report


def load(
    paths: Paths | None = None,
    *,
    endpoint: str | None = None,
    store: str | os.PathLike[str] | None = None,
    profile: str | None = None,
    user: str | None = None,
    timeout: float | None = None,
    note: Note | None = None,
) -> KnowledgeGraph:
    """Load the ontology, its vocabularies and the data, and derive the short cuts; or open a store that has them.

    Args:
        paths: RDF files and folders, or one of them, to read in place of the shipped data; None for the shipped data.
        endpoint: the URL of a store that `cascq load` has filled: its answers, instead of what files say.
        store: a folder that `cascq load` has made, likewise.
        profile: what kind of store is behind the URL, such as "virtuoso"; recognised if left out, where possible.
        user: who asks it; the password comes from the environment, a netrc file or a prompt.
        timeout: seconds until the store must have begun to answer; a minute if left out.
        note: called with remarks (English, Chinese) on how far the answers of the endpoint are to be relied on.

    Returns:
        The graph; about 0.1 s for the shipped data.

    Raises:
        CascqError: something cannot be read; the message names file and line, all broken files together. Or the store
            does not answer, or holds nothing of ours.
    """
    if paths is not None and (endpoint is not None or store is not None):
        raise CascqError("files or a store, not both", "文件与存储不能同时给出")
    opened = open_store(endpoint=endpoint, store=store, profile=profile, user=user, timeout=timeout, note=note)
    return KnowledgeGraph(paths, store=opened)


class KnowledgeGraph:
    """The graph, in an Oxigraph store in memory, in a folder, or in a remote store.

    Attributes:
        store: the store. Ask it with `use_default_graph_as_union=True`, or use `sparql`.
        paths: what was read in place of the shipped data, or None.
        opened: the store was there already: it was opened, not filled from files.
    """

    def __init__(self, paths: Paths | None = None, *, store: Store | None = None) -> None:
        self.paths = None if paths is None else as_paths(paths)
        self.opened = store is not None
        self.store: Store = _read(self.paths) if store is None else store

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self.store)

    @cached_property
    def names(self) -> Names:
        """The labels and aliases in the graph."""
        return Names(self.store)

    def query(
        self,
        name: str,
        /,
        params: Mapping[str, Any] | None = None,
        *,
        lang: str | None = None,
        evidence: bool = False,
        **more: Any,
    ) -> Answer:
        """Answer a canned query.

        Args:
            name: its name, as in `cascq query --list`.
            params: values of its parameters by name: text, numbers, dates, RDF terms.
            lang: language of labels, "zh" or "en"; from the locale if left out.
            evidence: add a column with the passages that state each row.
            **more: parameters as keywords (`from_` for `from`).

        Raises:
            CascqError: no such query, or a parameter that is unknown, missing or wrong.
        """
        from cascq import binding, catalogue

        canned = catalogue.get(name)
        terms = binding.terms(canned, {**(params or {}), **more}, self.store, self.names, _language(lang))
        text = binding.bind(canned, terms)
        answer = Answer.of(run(self.store, text, str(canned.path)), canned.columns)
        if evidence:
            from cascq.provenance import with_evidence

            return with_evidence(near(self.store), text, answer)
        return answer

    def sparql(self, text: str, *, evidence: bool = False) -> Answer:
        """Answer any SPARQL 1.1 query; nothing is changed, no other server is called.

        Args:
            text: the query.
            evidence: add a column with the passages that state each row.

        Raises:
            CascqError: a syntax error (with line and column), an update, a SERVICE clause; or evidence for a query
                that is no SELECT, or that chooses its graphs with FROM.
        """
        answer = Answer.of(run(self.store, text))
        if evidence:
            from cascq.provenance import with_evidence

            return with_evidence(near(self.store), text, answer)
        return answer

    def resolve(self, name: str) -> str:
        """Return the IRI of the one thing that an IRI, a CURIE, a label or an alias means.

        Raises:
            CascqError: nothing is called that, or several things are.
        """
        return self.names.resolve(name).value

    def describe(self, name: str, *, lang: str | None = None) -> Description:
        """Return all facts about one thing, in both directions, with their evidence.

        Raises:
            CascqError: see `resolve`.
        """
        from cascq.describe import describe

        return describe(near(self.store), self.names, self.resolve(name), _language(lang))

    def search(self, text: str, *, lang: str | None = None, limit: int | None = None) -> list[Hit]:
        """Return the things whose labels or aliases contain a text, best matches first, at most `limit`.

        Raises:
            CascqError: the text is empty, or the limit is less than 1.
        """
        return self.names.search(text, _language(lang), limit)

    def evidence(
        self,
        name: str | None = None,
        *,
        source: Paths | None = None,
        lang: str | None = None,
    ) -> EvidenceReport:
        """Return passages: all, one, or those that state something about one thing.

        Args:
            name: a passage or a thing, as in `resolve`; all passages if left out.
            source: the source document or documents; with them, texts are shown and everything is verified.
            lang: language of labels and summaries.

        Raises:
            CascqError: see `resolve`; or a document cannot be read.
        """
        from cascq.evidence import evidence

        node = None if name is None else self.resolve(name)
        return evidence(near(self.store), self.names, node, [] if source is None else as_paths(source), _language(lang))

    def export(self, form: str = "trig") -> str:
        """Return the whole graph as text, the same text for the same graph.

        Args:
            form: trig, nquads or jsonld (with named graphs), turtle or rdfxml (the union of the graphs).

        Raises:
            CascqError: an unknown format.
        """
        from cascq.export import export

        return export(near(self.store), form)

    def stats(self, *, lang: str | None = None) -> Stats:
        """Return what is in the graph, counted."""
        from cascq.stats import stats

        return stats(near(self.store), self.names, _language(lang))

    def validate(self, *, shapes: Paths | None = None, engine: str = "auto", source: Paths | None = None) -> Report:
        """Validate the files this graph was read from, or what its store holds, against the shapes and the checks.

        Raises:
            CascqError: it cannot run.
        """
        from cascq.validation import validate

        if self.opened:
            with written(self.store) as (path, _):
                return without_places(validate([path], shapes, engine, source))
        return validate(self.paths, shapes, engine, source)

    def check(self, *, lang: str | None = None) -> CheckReport:
        """Validate the data and run every canned query: what `cascq check` does.

        Raises:
            CascqError: it cannot run.
        """
        from cascq.check import check

        return check(self.paths, _language(lang), self)

    def dataset(self) -> rdflib.Dataset:
        """Return a copy of the graph as an rdflib Dataset whose default graph is the union."""
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        quads = ox.serialize(iter(self.store), format=ox.RdfFormat.N_QUADS)
        dataset.parse(data=quads or b"", format="nquads")
        for prefix, iri in ns.PREFIXES.items():
            dataset.bind(prefix, iri)
        return dataset


def _read(paths: Sequence[Path] | None) -> ox.Store:
    """Read the ontology, its vocabularies and the data into memory, and derive the short cuts."""
    store = ox.Store()
    for path, graph in resources.terms():
        name = ox.NamedNode(graph)
        store.extend(ox.Quad(q.subject, q.predicate, q.object, name) for q in read_file(path))
    for quads in read_files([resources.data()] if paths is None else paths).values():
        # An export read back carries the ontology and what was derived: both come from here, once.
        store.extend(q for q in quads if not ns.is_made(getattr(q.graph_name, "value", "")))
    rules.derive(store, resources.rules())
    return store


def _language(lang: str | None) -> str:
    """Return the language that was asked for, else that of the locale."""
    if lang is None:
        return default_language(os.environ)
    if lang not in LANGUAGES:
        raise CascqError(f"'{lang}' is no language of the graph: zh or en", f"“{lang}”不可用：只有 zh 或 en")
    return lang
