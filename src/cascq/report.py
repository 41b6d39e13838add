"""Findings of shapes and checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
Node = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a shape or a check found.

    Attributes:
        severity: "violation" blocks, "warning" asks, "info" tells.
        source: IRI of the shape, or name of the check.
        focus: the node at fault.
        path: the property concerned, if one is.
        value: the value concerned, if one is.
        component: IRI of the SHACL constraint component; None for checks.
        messages: what is wrong and what to do, in "zh" and "en".
        passage: IRI of the named graph in which the fault stands, if it stands in one.
    """

    severity: Severity
    source: str
    focus: Node
    path: ox.NamedNode | None
    value: Node | None
    component: str | None
    messages: Mapping[str, str]
    passage: str | None
