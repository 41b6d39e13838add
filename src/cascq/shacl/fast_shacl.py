"""SHACL with the `shacl` package, a compiled engine that reads files by itself.

Its results name blank nodes in a way of its own. Where one is in a result, the engine is run once more on the same
data with a probe at each blank node, whose results say which is which; what is found must be the same in both runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
import shacl

from cascq import namespaces as ns
from cascq.reports.report import Node, term_text
from cascq.shacl.datafiles import Data
from cascq.shacl.lexical import well_formed
from cascq.shacl.results import NotForThisEngineError, Result
from cascq.shacl.shape_terms import LINKS, LIST_LINKS, SH, TYPE, sh
from cascq.shacl.shapes import Shapes

VERSION = shacl.__version__
_PROBE = "urn:cascq:probe:"
_POINTS = ox.NamedNode(_PROBE + "points")
_SHAPE, _PROPERTY = ox.NamedNode(_PROBE + "shape"), ox.NamedNode(_PROBE + "property")
_PROBING = (
    ox.Triple(_SHAPE, TYPE, sh("NodeShape")),
    ox.Triple(_SHAPE, sh("targetSubjectsOf"), _POINTS),
    ox.Triple(_SHAPE, sh("property"), _PROPERTY),
    ox.Triple(_PROPERTY, TYPE, sh("PropertyShape")),
    ox.Triple(_PROPERTY, sh("path"), _POINTS),
    ox.Triple(_PROPERTY, sh("nodeKind"), sh("IRI")),
)


BOUNDS = tuple(map(sh, ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")))
# The datatypes whose values this engine cannot order. Nor can SPARQL 1.1 (section 17.3), but pySHACL can.
UNORDERED = {ns.XSD + name for name in ("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")} | {
    ns.XSD + name for name in ("duration", "dayTimeDuration", "yearMonthDuration")
}
_LESS = {SH + "LessThanConstraintComponent", SH + "LessThanOrEqualsConstraintComponent"}


def refuse_differing(shapes: Shapes) -> None:
    """Refuse shapes that this engine is known to apply otherwise than the SHACL recommendation and pySHACL.

    Raises:
        NotForThisEngineError: a shape that refers to itself, sh:closed on a property shape, or a bound that is a
            year, a part of a date or a duration.
    """
    for bound in BOUNDS:
        for _, value in shapes.pairs(bound):
            if isinstance(value, ox.Literal) and value.datatype.value in UNORDERED:
                raise NotForThisEngineError(f"sh:{bound.value.removeprefix(SH)} {term_text(value)}")
    if any(shapes.value(shape, sh("path")) is not None for shape, _ in shapes.pairs(sh("closed"))):
        raise NotForThisEngineError("sh:closed on a property shape")
    done: set[Node] = set()
    for start in shapes.having(*LINKS, *LIST_LINKS):
        trail: list[tuple[Node, Iterator[Node]]] = [(start, _below(shapes, start))]
        on_trail: set[Node] = {start}
        while trail and start not in done:
            node, below = trail[-1]
            new = next(below, None)
            if new is None:
                trail.pop()
                on_trail.discard(node)
                done.add(node)
            elif new in on_trail:
                raise NotForThisEngineError("a shape that refers to itself")
            elif new not in done:
                trail.append((new, _below(shapes, new)))
                on_trail.add(new)


def _below(shapes: Shapes, node: Node) -> Iterator[Node]:
    return (shape for _, _, shape in shapes.linked(node))


def apply(data: Data, shapes: Sequence[ox.Triple]) -> list[Result]:
    """Validate data and return what the shapes find, in no particular order. Other Python threads go on meanwhile.

    Args:
        data: what to validate.
        shapes: see `shape_rewriting.rewrite`; not such as `refuse_differing` refuses.

    Raises:
        NotForThisEngineError: the engine refuses the shapes or the data, or its results are not to be trusted.
    """
    found = _run(data.feed(), shapes)
    _refuse_doubtful(found)
    if any(isinstance(r.focus, ox.BlankNode) or isinstance(r.value, ox.BlankNode) for r in found):
        data.settle()
        nodes = {term for quad in data.all() for term in (quad.subject, quad.object) if isinstance(term, ox.BlankNode)}
        found = _run_with_probes(data.feed(_probes(nodes)), shapes, len(found))
    return found


def _run(data: Path, shapes: Iterable[ox.Triple]) -> list[Result]:
    """Validate a file and return what the shapes find.

    Args:
        data: a file in Turtle, TriG, N-Triples or N-Quads; its named graphs are validated together.
        shapes: see `shape_rewriting.rewrite`.

    Raises:
        NotForThisEngineError: the engine refuses the shapes or the data.
    """
    text = ox.serialize(shapes, format=ox.RdfFormat.N_TRIPLES) or b""
    try:
        report = shacl.Shapes.from_text(text.decode(), format="ntriples").validate_file(str(data))
    except ValueError as error:
        raise NotForThisEngineError(" ".join(str(error).split())) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which is no Exception for Python
            raise
        raise NotForThisEngineError(f"it broke down: {error}") from error
    return [_result(result) for result in report.results]


def _refuse_doubtful(results: Iterable[Result]) -> None:
    """Refuse results of comparisons that this engine cannot make: to it no year is less than another.

    Raises:
        NotForThisEngineError: sh:lessThan or sh:lessThanOrEquals is reported of a year or a duration.
    """
    for result in results:
        value = result.value
        if result.component not in _LESS or not isinstance(value, ox.Literal):
            continue
        if value.datatype.value in UNORDERED and well_formed(value):  # to an ill-formed one, nothing compares
            raise NotForThisEngineError(f"it cannot compare values of the datatype {term_text(value.datatype)}")


def _probes(nodes: Iterable[ox.BlankNode]) -> Iterator[ox.Triple]:
    """Yield the triples to add to the data for `_run_with_probes`, one for each blank node."""
    for node in nodes:
        yield ox.Triple(ox.NamedNode(_PROBE + node.value), _POINTS, node)


def _run_with_probes(data: Path, shapes: Iterable[ox.Triple], expected: int) -> list[Result]:
    """Do as `_run`, with blank nodes under their names in the data.

    Args:
        data: a file as for `_run`, with `_probes` in it.
        shapes: as for `_run`.
        expected: how many results there were without probes.

    Raises:
        NotForThisEngineError: see `_run`; or the probes changed what is found.
    """
    found = _run(data, [*shapes, *_PROBING])
    names: dict[object, ox.BlankNode] = {
        result.value: ox.BlankNode(result.focus.value.removeprefix(_PROBE))
        for result in found
        if result.shape == _PROPERTY.value and isinstance(result.focus, ox.NamedNode)
    }
    results = [
        Result(
            names.get(r.focus, r.focus),
            r.path,
            r.has_path,
            names.get(r.value, r.value) if r.value is not None else None,
            r.shape,
            r.component,
            r.severity,
            r.messages,
        )
        for r in found
        if r.shape != _PROPERTY.value
    ]
    if len(results) != expected:
        raise NotForThisEngineError("blank nodes whose names it does not tell")
    return results


def _result(result: shacl.Result) -> Result:
    path = result.path
    plain = path is not None and path.startswith("<") and path.find(">") == len(path) - 1
    return Result(
        focus=_term(result.focus_node),
        path=ox.NamedNode(path[1:-1]) if path is not None and plain else None,
        has_path=path is not None,
        value=None if result.value is None else _term(result.value),
        shape=(result.source_shape or "").strip("<>"),
        component=result.component_iri,
        severity=result.severity_iri,
        messages=tuple(sorted(result.messages)),
    )


def _term(text: str) -> Node:
    """Read a term in N-Triples syntax."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    (triple,) = ox.parse(f"<{ns.BASE}> <{ns.BASE}> {text} .", ox.RdfFormat.N_TRIPLES)
    value: Node = triple.object
    return value
