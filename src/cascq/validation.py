"""Validation: shapes and checks applied to data, in one report.

Only what is asserted is validated: the derived graph is made by rules and has nothing that a steward could mend.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq import resources
from cascq.errors import CascqError, collect
from cascq.given import Paths, as_paths
from cascq.reading import read, read_files
from cascq.reports.report import Finding, Node, Report
from cascq.shacl import engines, results
from cascq.shacl.datafiles import LARGE, DataFiles
from cascq.shacl.focus import FocusCounter
from cascq.shacl.shape_terms import sh
from cascq.shacl.shapes import Shapes

if TYPE_CHECKING:
    from cascq.checks import Check
    from cascq.names import Names
    from cascq.places.locating import Statements

__all__ = ["Report", "validate"]

_EVIDENCE = "evidence"
_STREAMED = 1 << 17  # bytes of a file that is better read anew, by the engine too, than held
_AHEAD = 200_000_000  # bytes of data that may be in memory while the engine is at work, to find places in them later
_EDITORIAL_NOTE = ox.NamedNode(ns.SKOS + "editorialNote")


def validate(
    paths: Paths | None = None,
    shapes: Paths | None = None,
    engine: str = "auto",
    source: Paths | None = None,
) -> Report:
    """Validate data against the shapes and the checks.

    Args:
        paths: RDF files and folders, or one of them, in place of the shipped data.
        shapes: shapes in place of the shipped ones. Then these alone count: no checks are run, and neither the ontology
            nor the vocabularies are added to the data.
        engine: the SHACL engine: "shacl" (compiled), "pyshacl" (the reference), or "auto" for the fastest that can do
            what the shapes ask for.
        source: source documents; with them, passages, names, dates and numbers are compared with the documents.

    Raises:
        CascqError: something cannot be read; an unknown engine; no data, no shapes, shapes that cannot be used, or no
            node to which any shape applies. Nothing checked is no success.
    """
    started = time.perf_counter()
    engines.refuse_unknown(engine)
    own = shapes is None
    complete = own or source is not None  # whether anything needs all data at once
    terms = _terms() if own else []
    with contextlib.ExitStack() as at_end:
        data = _data(paths, terms, own=own, at_end=at_end)
        shape_files = _read_shapes(shapes)
        graph = Shapes(quad for part in shape_files.values() for quad in part)
        run = engines.start(engine, data, graph)
        # The engine is at work already, if it can be: what it finds with malformed shapes is not asked.
        from cascq import built_in
        from cascq.names import Names
        from cascq.shacl.shape_lint import refuse_malformed

        refuse_malformed(shape_files, graph)
        data.refuse_triple_terms()
        checks = _load_checks() if own else []
        statements, focus_nodes = _count(data, graph, terms)
        if paths is None and own:
            _refuse_idle(focus_nodes, graph.quads, terms)
        found = built_in.check(quad for quads in data.files.values() for quad in quads) if own else []
        said = _opened(data)
        outcome = run()
        found += results.findings(outcome.results, graph, outcome.meanings)
        store = data.store() if complete else ox.Store()
        names = Names(store)
        if own:
            from cascq.checks import run_checks

            found += run_checks(store, checks)
        if source is not None:
            found += _compare(store, names, as_paths(source))
        if found:
            from cascq.places.locating import Statements, locate  # slow to import

            said = said or Statements(data.files, data.left_out)
            found = locate(found, said, shape_files, {check.name: check.path for check in checks})
            if not complete:
                names = _names(found, said)
        applied = [*(check.name for check in checks), *(built_in.BUILT_IN if own else ())]
        return Report(
            findings=found,
            files=len(data.files),
            statements=statements,
            focus_nodes=focus_nodes,
            checks=len(checks),
            engine=outcome.engine,
            seconds=time.perf_counter() - started,
            names=names,
            check_names=(*applied, *([_EVIDENCE] if source is not None else [])),
            notes=(*outcome.notes, *_left_out(data)),
        )


def _data(paths: Paths | None, terms: Sequence[ox.Quad], *, own: bool, at_end: contextlib.ExitStack) -> DataFiles:
    """Return the data, the shipped ones if no paths are given.

    Args:
        paths: see `validate`.
        terms: the ontology and the vocabularies.
        own: whether the shipped shapes and checks are applied: checks go through all data, more than once.
        at_end: what closes the data and takes their temporary files away.
    """
    folder = at_end.enter_context(tempfile.TemporaryDirectory(prefix="cascq-"))
    data = DataFiles(
        [resources.data()] if paths is None else as_paths(paths),
        terms,
        Path(folder),
        LARGE if own else _STREAMED,
        ns.is_made if own else None,
    )
    at_end.callback(data.close)
    return data


def _count(data: DataFiles, shapes: Shapes, terms: Iterable[ox.Quad]) -> tuple[int, dict[str, int]]:
    """Return how many statements there are, and how many focus nodes of each shape.

    Raises:
        CascqError: a file cannot be read; or nothing would be checked.
    """
    counter = FocusCounter(shapes)
    counter.count(terms)
    statements = sum(collect(data.files.values(), counter.count))
    counts = counter.result()
    if not statements:
        raise CascqError(
            "nothing to check: all graphs there are made from the ontology and by rules",
            "没有可验证的内容：其中所有的图都由本体和规则生成",
        )
    _refuse_nothing(counts)
    return statements, counts


def _opened(data: DataFiles) -> Statements | None:
    """Prepare to find places in large data, while the engine is still at work; None for small data and huge ones."""
    if not LARGE < data.size < _AHEAD:
        return None
    from cascq.places.locating import Statements

    said = Statements(data.files, data.left_out)
    said.open()  # findings are to be expected
    return said


def _left_out(data: DataFiles) -> Iterator[Mapping[str, str]]:
    """Say that graphs are left out."""
    if number := len(data.left_out):
        yield {
            "en": f"left out, since made from the ontology and by rules: {number} graph{'' if number == 1 else 's'}",
            "zh": f"略去由本体和规则生成的图：{number} 个",
        }


def _load_checks() -> list[Check]:
    from cascq.checks import load_checks  # YAML is slow to import, and other people's shapes need none of it

    return load_checks(resources.root() / "queries" / "checks")


def _names(found: Sequence[Finding], said: Statements) -> Names:
    """Return the names of the nodes of findings: all names of a large file would be too many."""
    from cascq.names import LABELS, Names

    store = ox.Store()
    for node in {f.focus for f in found}:
        store.extend(quad for _, quad in said.about.get(node, ()) if quad.predicate.value in LABELS)
    return Names(store)


def _read_shapes(paths: Paths | None) -> dict[Path, list[ox.Quad]]:
    """Read the shapes, file by file."""
    if paths is None:
        paths = resources.shapes()
    if not (files := as_paths(paths)):
        raise CascqError("there are no shapes to validate against", "没有可用的形状")
    return read_files(files)


def _terms() -> list[ox.Quad]:
    """Return the ontology and the vocabularies, each in its graph: data are validated together with their terms."""
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))
        for path, graph in resources.terms()
        if not graph.startswith(ns.ALIGNMENT)
        for quad in read([path])
    ]


def _refuse_nothing(counts: Mapping[str, int]) -> None:
    """Raise an error if nothing would be checked."""
    if not counts:
        raise CascqError("no shape with a target in these shapes", "这些形状中没有一个有目标")
    if not any(counts.values()):
        shapes = ", ".join(sorted("[]" if iri.startswith("_:") else ns.shorten(iri) for iri in counts))
        raise CascqError(
            f"nothing to check: no node in the data is targeted by any of the {len(counts)} shapes ({shapes})",
            f"没有可验证的内容：{len(counts)} 个形状在数据中都没有焦点节点（{shapes}）",
        )


def _refuse_idle(counts: Mapping[str, int], shapes: Iterable[ox.Quad], terms: Iterable[ox.Quad]) -> None:
    """Raise an error if a shape has nothing to do on the shipped data, though its class is not kept for later."""
    kept = {quad.subject for quad in terms if quad.predicate == _EDITORIAL_NOTE}
    classes: dict[str, set[Node]] = defaultdict(set)
    for quad in shapes:
        shape, target = quad.subject, quad.object
        if quad.predicate == sh("targetClass") and isinstance(shape, ox.NamedNode) and isinstance(target, ox.NamedNode):
            classes[shape.value].add(target)
    idle = sorted(iri for iri, count in counts.items() if not count and not (classes[iri] and classes[iri] <= kept))
    if idle:
        listed = ", ".join(map(ns.shorten, idle))
        raise CascqError(
            f"shapes without any focus node in the shipped data: {listed}; mend their targets, or say in the ontology "
            "that the class is kept for later (skos:editorialNote)",
            f"以下形状在自带数据中没有焦点节点：{listed}；请改正其目标，或在本体中注明该类为后续预留（skos:editorialNote）",
        )


def _compare(store: ox.Store, names: Names, sources: Sequence[Path]) -> list[Finding]:
    """Return what does not agree with the source documents."""
    from cascq.evidence import evidence

    findings = []
    for failure in evidence(store, names, None, list(sources), "en").failures:
        iri, stated = ns.expand(failure.where), failure.stated
        shown = f": {failure.triple}" if failure.triple else ""
        focus: Node = ox.Literal(failure.where) if iri is None else ox.NamedNode(iri)
        path = value = None
        if (
            stated is not None
            and not isinstance(stated.subject, ox.Triple)
            and not isinstance(stated.object, ox.Triple)
        ):
            focus, path, value = stated.subject, stated.predicate, stated.object
        findings.append(
            Finding(
                severity="violation",
                source=_EVIDENCE,
                focus=focus,
                path=path,
                value=value,
                component=None,
                messages={"zh": failure.zh + shown, "en": failure.en + shown},
                passage=iri,
            )
        )
    return findings
