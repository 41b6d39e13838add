"""The SHACL engines: which one applies the shapes, and what is said if it is not the fast one.

`shacl` is the default. It is proven to find what pySHACL, the reference, finds (tests/test_engines.py), and pySHACL
takes its place where it is not installed, refuses the shapes, or is known to differ.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.reports.report import Finding, term_text
from cascq.shacl.datafiles import Data, Triples
from cascq.shacl.results import NotForThisEngineError, Result, findings
from cascq.shacl.shape_rewriting import ADVANCED, rewrite
from cascq.shacl.shapes import Shapes

ENGINES = ("auto", "shacl", "pyshacl")
_ONE_AT_A_TIME = Lock()  # rdflib and pySHACL are not made for threads


def refuse_unknown(engine: str) -> None:
    """Raise an error if there is no such engine.

    Raises:
        CascqError: there is none.
    """
    if engine not in ENGINES:
        raise CascqError(
            f"unknown SHACL engine '{engine}': {', '.join(ENGINES)}",
            f"未知的 SHACL 引擎“{engine}”：{'、'.join(ENGINES)}",
        )


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


def start(engine: str, data: Data, shapes: Shapes) -> Callable[[], Outcome]:
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


def _start(engine: str, data: Data, shapes: Shapes) -> Callable[[], Outcome]:
    if engine == "pyshacl":
        return lambda: _reference(data, shapes)
    try:
        apply_fast = _prepared(data, shapes)
    except NotForThisEngineError as error:
        refused = error  # `error` is gone after this block
        return lambda: _instead(engine, data, shapes, refused)
    ended: list[Outcome | Exception] = []

    def work() -> None:
        try:
            ended.append(apply_fast())
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
            return _instead(engine, data, shapes, outcome)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return wait


def _prepared(data: Data, shapes: Shapes) -> Callable[[], Outcome]:
    """Return what applies shapes with the `shacl` package; that may be called in another thread.

    Raises:
        NotForThisEngineError: the package is missing, or is known to differ on these shapes. What is returned raises it
            as well.
    """
    if find_spec("shacl") is None:
        raise NotForThisEngineError("it is not installed", "尚未安装")
    try:
        from cascq.shacl import fast_shacl
    except ImportError as error:  # a wheel that does not fit the machine
        raise NotForThisEngineError(str(error)) from error
    fast_shacl.refuse_differing(shapes)
    triples, meanings = rewrite(shapes, fast=True)  # before other work of Python's is in its way
    return lambda: Outcome(fast_shacl.apply(data, triples), meanings, f"shacl {fast_shacl.VERSION}")


def _reference(data: Data, shapes: Shapes) -> Outcome:
    """Apply shapes with pySHACL."""
    from importlib.metadata import version

    from cascq.shacl import reference

    data.settle()
    triples, meanings = rewrite(shapes, fast=False)
    with _ONE_AT_A_TIME:
        found = reference.run(reference.to_rdflib(data.all()), reference.to_rdflib(triples))
    return Outcome(found, meanings, f"pyshacl {version('pyshacl')}")


def _instead(engine: str, data: Data, shapes: Shapes, refused: NotForThisEngineError) -> Outcome:
    """Apply shapes with the reference engine, because the fast one cannot.

    Raises:
        CascqError: the fast engine was asked for by name.
    """
    if engine != "auto":
        raise CascqError(
            f"the engine '{engine}' cannot apply these shapes: {refused.en}; take --engine auto",
            f"引擎“{engine}”无法应用这些形状：{refused.zh}；请用 --engine auto",
        ) from refused
    note = {
        "en": f"pySHACL is used, which is slower: the fast engine cannot do it: {refused.en}",
        "zh": f"改用较慢的 pySHACL：快速引擎无法处理：{refused.zh}",
    }
    return replace(_reference(data, shapes), notes=(note,))


class Engine:
    """An engine that applies many shapes to many small graphs, from several threads if its user likes, and keeps note.

    Attributes:
        name: "shacl", "pyshacl", or "auto".
    """

    def __init__(self, name: str = "auto") -> None:
        """Take the name.

        Raises:
            CascqError: no such engine.
        """
        refuse_unknown(name)
        self.name = name
        self._used: set[str] = set()
        self._notes: dict[str, Mapping[str, str]] = {}

    @property
    def used(self) -> str:
        """The engines that were used so far, with their versions; the name if none was."""
        return ", ".join(sorted(self._used)) or self.name

    @property
    def notes(self) -> list[Mapping[str, str]]:
        """What is to be told about the choice of the engine so far, in "zh" and "en"."""
        return [note for _, note in sorted(self._notes.items())]

    def apply(self, data: Iterable[ox.Triple], shapes: Iterable[ox.Quad]) -> list[Finding]:
        """Return what shapes find in data, in any order.

        Raises:
            CascqError: the shapes cannot be used, or not by the engine that was asked for.
        """
        graph = Shapes(shapes)
        with tempfile.TemporaryDirectory(prefix="cascq-") as folder:
            outcome = self._outcome(Triples(data, Path(folder)), graph)
        self._used.add(outcome.engine)
        self._notes |= {note["en"]: note for note in outcome.notes}
        return findings(outcome.results, graph, outcome.meanings)

    def _outcome(self, data: Triples, shapes: Shapes) -> Outcome:
        if self.name == "pyshacl":
            return _reference(data, shapes)
        try:
            return _prepared(data, shapes)()
        except NotForThisEngineError as error:
            return _instead(self.name, data, shapes, error)
