"""Lint of SHACL shapes: what the recommendation calls ill-formed, and what is probably not meant.

Engines treat malformed shapes differently, and some in silence: a property shape without a path, a misspelt parameter
or a sh:in that is no list can make every node conform. So shapes are linted before any engine sees them. The linter
works on the quads as parsed, and takes some milliseconds for some hundred shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from cascq.errors import CascqError
from cascq.reports.report import Finding, term_text
from cascq.shacl.shape_rules import DOUBTS, RULES
from cascq.shacl.shape_terms import sh
from cascq.shacl.shapes import Shapes


def lint(files: Mapping[Path, Sequence[ox.Quad]]) -> list[Finding]:
    """Return what is wrong with shapes, located in their files.

    Args:
        files: the quads of each file of shapes, as `cascq.reading.read_files` returns them; all files together are one
            shapes graph.

    Returns:
        Findings in their order. `source` is the name of the rule, such as `shape-without-path`. A violation is
        malformed by the recommendation's syntax rules, or refused by pySHACL; a warning is suspicious.
    """
    from cascq.places.locating import locate  # slow to import, and needed only if something is wrong

    return locate(find(files), files, {}, {})


def find(files: Mapping[Path, Sequence[ox.Quad]]) -> list[Finding]:
    """Return what `lint` returns, in no particular order and not located."""
    return list(_apply(_together(files), (*RULES, *DOUBTS)))


def refuse_malformed(files: Mapping[Path, Sequence[ox.Quad]], shapes: Shapes | None = None) -> None:
    """Raise an error if shapes are malformed.

    Args:
        files: the quads of each file of shapes.
        shapes: all of them, if they have been put together already.

    Raises:
        CascqError: with file, line, column and the reason for each violation that `lint` finds.
    """
    violations = (finding for finding in _apply(shapes or _together(files), RULES) if finding.severity == "violation")
    found = [finding for finding in violations if not _is_announced(finding)]
    if not found:
        return
    from cascq.places.locating import locate

    errors = []
    for finding in locate(found, files, {}, {}):
        where = str(finding.places[0]) if finding.places else term_text(finding.focus)
        shown = "".join(f"\n    {line}" for place in finding.places[:1] for line in place.caret().splitlines())
        messages = finding.messages
        errors.append(CascqError(f"{where}: {messages['en']}{shown}", f"{where}：{messages['zh']}{shown}"))
    raise CascqError.join(errors)


def _is_announced(finding: Finding) -> bool:
    """Tell whether shapes can be applied all the same, as published ones are (Brick's): `engines` says it."""
    return finding.source == "shape-not-described" and finding.path != sh("property")


def _together(files: Mapping[Path, Sequence[ox.Quad]]) -> Shapes:
    return Shapes(quad for quads in files.values() for quad in quads)


def _apply(shapes: Shapes, rules: Iterable[Callable[[Shapes], Iterator[Finding]]]) -> Iterator[Finding]:
    for rule in rules:
        yield from rule(shapes)
