"""The SHACL engines: which one applies the shapes, and what is said if it is not the fast one.

`shacl` is the default. It is proven to find what pySHACL, the reference, finds (tests/test_engines.py), and pySHACL
takes its place where it is not installed, refuses the shapes, or is known to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from threading import Thread

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.reports.report import term_text
from cascq.shacl.datafiles import DataFiles
from cascq.shacl.results import Result
from cascq.shacl.shape_rewriting import ADVANCED, rewrite
from cascq.shacl.shapes import Shapes


@dataclass(frozen=True)
class Outcome:
    """What an engine found.

    Attributes:
        results: in no particular order.
        meanings: see `shape_rewriting.rewrite`.
        engine: the engine, with its version.
        notes: what to tell about the choice of the engine, in "zh" and "en".
    """

    results: list[Result]
    meanings: Mapping[tuple[str, str], str]
    engine: str
    notes: tuple[Mapping[str, str], ...] = ()


def start(engine: str, data: DataFiles, shapes: Shapes) -> Callable[[], Outcome]:
    """Begin to apply shapes, on another core if the engine can, and return a function that waits for the outcome.

    Args:
        engine: "shacl", "pyshacl", or "auto".
        data: what to validate; it may be read meanwhile.
        shapes: the shapes.

    Raises:
        CascqError: from the function: the shapes cannot be used, or not by the engine that was asked for.
    """
    wait = _start(engine, data, shapes)

    def told() -> Outcome:
        outcome = wait()
        return replace(outcome, notes=(*outcome.notes, *_left_out(shapes)))

    return told


def _left_out(shapes: Shapes) -> Iterator[Mapping[str, str]]:
    """Say what of the shapes does not count."""
    if names := [term_text(feature) for feature in ADVANCED if shapes.pairs(feature)]:
        yield {
            "en": f"not applied, since it is no part of the SHACL recommendation: {', '.join(names)}",
            "zh": f"未应用（不属于 SHACL 推荐标准）：{'、'.join(names)}",
        }
    if names := [ns.shorten(shape.value) for shape in shapes.undescribed()]:
        yield {
            "en": f"shapes refer to these, of which nothing is said, so they demand nothing: {', '.join(names)}",
            "zh": f"被形状引用但未见描述、因而不作任何要求的形状：{'、'.join(names)}",
        }


def _start(engine: str, data: DataFiles, shapes: Shapes) -> Callable[[], Outcome]:
    if engine == "pyshacl":
        return lambda: _reference(data, shapes)
    if find_spec("shacl") is None:
        return lambda: _instead(engine, data, shapes, "it is not installed", "尚未安装")
    try:
        from cascq.shacl.fast_shacl import NotForThisEngineError, refuse_differing

        refuse_differing(shapes)
    except (ImportError, NotForThisEngineError) as error:  # ImportError: a wheel that does not fit the machine
        reason = str(error)
        return lambda: _instead(engine, data, shapes, reason, reason)
    ended: list[Outcome | Exception] = []

    triples, meanings = rewrite(shapes, fast=True)  # before other work of Python's is in its way

    def work() -> None:
        try:
            ended.append(_fast(data, triples, meanings))
        except (NotForThisEngineError, CascqError, OSError, ValueError, MemoryError) as error:
            ended.append(error)  # raised again where the outcome is waited for

    worker = Thread(target=work, daemon=True)  # who finds a fault in the data meanwhile need not wait for it
    worker.start()

    def wait() -> Outcome:
        worker.join()
        if not ended:
            raise CascqError("the SHACL engine ended without a result", "SHACL 引擎未给出结果便已结束")
        (outcome,) = ended
        if isinstance(outcome, NotForThisEngineError):
            return _instead(engine, data, shapes, str(outcome), str(outcome))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return wait


def _fast(data: DataFiles, triples: Sequence[ox.Triple], meanings: Mapping[tuple[str, str], str]) -> Outcome:
    """Apply shapes, as `rewrite` gives them, with the `shacl` package."""
    from cascq.shacl import fast_shacl

    found = fast_shacl.run(data.feed(), triples)
    fast_shacl.refuse_doubtful(found)
    if fast_shacl.has_blank_nodes(found):
        data.settle()
        nodes = {term for quad in data.all() for term in (quad.subject, quad.object) if isinstance(term, ox.BlankNode)}
        found = fast_shacl.run_with_probes(data.feed(fast_shacl.probes(nodes)), triples, len(found))
    return Outcome(found, meanings, f"shacl {fast_shacl.VERSION}")


def _reference(data: DataFiles, shapes: Shapes) -> Outcome:
    """Apply shapes with pySHACL."""
    from importlib.metadata import version

    from cascq.shacl import reference

    data.settle()
    triples, meanings = rewrite(shapes, fast=False)
    found = reference.run(reference.to_rdflib(data.all()), reference.to_rdflib(triples))
    return Outcome(found, meanings, f"pyshacl {version('pyshacl')}")


def _instead(engine: str, data: DataFiles, shapes: Shapes, en: str, zh: str) -> Outcome:
    """Apply shapes with the reference engine, because the fast one cannot.

    Raises:
        CascqError: the fast engine was asked for by name.
    """
    if engine != "auto":
        raise CascqError(
            f"the engine '{engine}' cannot apply these shapes: {en}; take --engine auto",
            f"引擎“{engine}”无法应用这些形状：{zh}；请用 --engine auto",
        )
    outcome = _reference(data, shapes)
    note = {
        "en": f"pySHACL is used, which is slower: the fast engine cannot do it: {en}",
        "zh": f"改用较慢的 pySHACL：快速引擎无法处理：{zh}",
    }
    return Outcome(outcome.results, outcome.meanings, outcome.engine, (note,))
