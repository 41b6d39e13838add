"""A folder with data, shapes and a baseline, for the tests of baselines."""

from __future__ import annotations

from pathlib import Path

from cascq.reports import baseline
from cascq.reports.report import Report
from cascq.validation import validate

PREFIXES = "@prefix ex: <https://example.org/> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = f"""{PREFIXES}
ex:Body a sh:NodeShape ; sh:targetClass ex:Body ; sh:property ex:Body-age , ex:Body-name .
ex:Body-age a sh:PropertyShape ; sh:path ex:age ; sh:maxInclusive 4 ; sh:message "年龄最大为4。"@zh , "Too old."@en .
ex:Body-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "No name." .
"""
DATA = f"""{PREFIXES}
ex:a a ex:Body ; ex:name "A" ; ex:age 5 .
ex:b a ex:Body ; ex:age 6 .
"""


class Folder:
    """A folder with data and shapes, which is the current one."""

    def __init__(self, top: Path) -> None:
        self.data, self.shapes, self.file = top / "数 据.ttl", top / "shapes.ttl", top / "known.json"
        self.shapes.write_text(SHAPES, encoding="utf-8")
        self.write(DATA)

    def write(self, text: str) -> None:
        self.data.write_text(text, encoding="utf-8")

    def validate(self) -> Report:
        return validate([self.data], [self.shapes])

    def accept(self) -> None:
        """Accept what there is to be found now."""
        baseline.write(self.file, self.validate())

    def apply(self) -> Report:
        """Validate and apply the baseline."""
        return baseline.apply(self.validate(), baseline.read(self.file), [self.data])


def told(report: Report) -> tuple[int, int, int]:
    """How many findings are new, accepted, vanished."""
    return len(report.findings), len(report.accepted), len(report.vanished)
