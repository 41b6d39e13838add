"""The W3C's validation report in Turtle (SHACL recommendation, section 3.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.language import LANGUAGES
from cascq.reports.report import Finding
from cascq.shacl.shape_terms import SH

CHECKS = ns.BASE + "checks/"
_ROOT = "urn:x"
_PREFIX = f"@prefix sh: <{SH}> ."
_SEVERITY = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}


def turtle(findings: Iterable[Finding]) -> str:
    """Return a sh:ValidationReport with one sh:ValidationResult for each finding, in their order.

    A check is a SPARQL constraint outside the shapes: its findings name it by sh:sourceConstraint.
    """
    listed = list(findings)
    paths = _Paths(listed)
    results = [_result(finding, paths) for finding in listed]
    head = f"{_PREFIX}\n\n[] a sh:ValidationReport ;\n    sh:conforms {'false' if results else 'true'}"
    return head + "".join(f" ;\n    sh:result {result}" for result in results) + " .\n" + paths.described()


class _Paths:
    """Paths of more than one property: results of one shape have one path between them, which then needs a name."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        uses = Counter((f.source, f.path_turtle) for f in findings if f.path is None and f.path_turtle)
        self._names = {
            use: f"path{number}" for number, use in enumerate((use for use, count in uses.items() if count > 1), 1)
        }

    def of(self, f: Finding) -> str:
        """Return the path of a finding: as it is written, or its name."""
        name = self._names.get((f.source, f.path_turtle))
        return f.path_turtle if name is None else f"_:{name}"

    def described(self) -> str:
        """Return the statements on the paths that have names."""
        lines = []
        for (_, path), name in self._names.items():
            statements = list(ox.parse(f"{_PREFIX} <{_ROOT}> <{_ROOT}> {path} .", ox.RdfFormat.TURTLE))
            (root,) = (q.object for q in statements if q.subject == ox.NamedNode(_ROOT))
            statements = [q for q in statements if q.object != root]
            # Nodes are numbered in the order in which they are written.
            nodes = dict.fromkeys(term for q in statements for term in (q.subject, q.object) if _is_blank(term))
            labels = {node: f"{name}.{number}" for number, node in enumerate(nodes)} | {root: name}
            for q in statements:
                shown = [f"_:{labels[term]}" if _is_blank(term) else str(term) for term in (q.subject, q.object)]
                lines.append(f"{shown[0]} {q.predicate} {shown[1]} .\n")
        return "\n" + "".join(lines) if lines else ""


def _is_blank(term: object) -> bool:
    return isinstance(term, ox.BlankNode)


def _result(f: Finding, paths: _Paths) -> str:
    is_shape = f.component is not None
    lines = [
        "[",
        "        a sh:ValidationResult ;",
        f"        sh:resultSeverity {_SEVERITY[f.severity]} ;",
        f"        sh:focusNode {f.focus} ;",
    ]
    if f.path is not None:
        lines.append(f"        sh:resultPath {f.path} ;")
    elif f.path_turtle:
        lines.append(f"        sh:resultPath {paths.of(f)} ;")
    if f.value is not None:
        lines.append(f"        sh:value {f.value} ;")
    component = f.component or SH + "SPARQLConstraintComponent"
    lines.append(f"        sh:sourceConstraintComponent <{component}> ;")
    if not is_shape:
        lines.append(f"        sh:sourceConstraint <{CHECKS}{f.source}> ;")
    else:
        lines.append(f"        sh:sourceShape {f.source if f.source.startswith('_:') else f'<{f.source}>'} ;")
    lines.append("        sh:resultMessage " + " , ".join(map(str, _messages(f))))
    return "\n".join(lines) + "\n    ]"


def _messages(f: Finding) -> list[ox.Literal]:
    """Return the messages; one that stands in for both languages was given without language, or in one only."""
    if len({f.messages[lang] for lang in LANGUAGES}) == 1:
        return [ox.Literal(f.messages[LANGUAGES[0]])]
    return [ox.Literal(f.messages[lang], language=lang) for lang in LANGUAGES]
