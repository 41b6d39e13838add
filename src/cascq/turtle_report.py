"""The W3C's validation report in Turtle."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.language import LANGUAGES
from cascq.report import Finding

CHECKS = ns.BASE + "checks/"
_SH = "http://www.w3.org/ns/shacl#"
_SEVERITY = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}


def turtle(findings: Iterable[Finding]) -> str:
    """Return a sh:ValidationReport with one sh:ValidationResult for each finding, in their order.

    A check is a SPARQL constraint outside the shapes: its findings name it by sh:sourceConstraint.
    """
    results = [_result(finding) for finding in findings]
    head = f"@prefix sh: <{_SH}> .\n\n[] a sh:ValidationReport ;\n    sh:conforms {'false' if results else 'true'}"
    return head + "".join(f" ;\n    sh:result {result}" for result in results) + " .\n"


def _result(f: Finding) -> str:
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
        lines.append(f"        sh:resultPath {f.path_turtle} ;")
    if f.value is not None:
        lines.append(f"        sh:value {f.value} ;")
    component = f.component or _SH + "SPARQLConstraintComponent"
    lines.append(f"        sh:sourceConstraintComponent <{component}> ;")
    if not is_shape:
        lines.append(f"        sh:sourceConstraint <{CHECKS}{f.source}> ;")
    elif ":" in f.source and not f.source.startswith("_:"):
        lines.append(f"        sh:sourceShape <{f.source}> ;")
    messages = dict.fromkeys(str(ox.Literal(f.messages[lang], language=lang)) for lang in LANGUAGES)
    lines.append("        sh:resultMessage " + " , ".join(messages))
    return "\n".join(lines) + "\n    ]"
