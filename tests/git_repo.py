"""A git repository with data and shapes, for the tests of what changed since a revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cascq.reports import changes
from cascq.reports.report import Report
from cascq.validation import validate

SHAPES = """@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:Body a sh:NodeShape ; sh:targetClass ex:Body ; sh:property ex:Body-age , ex:Body-name , ex:Body-friend .
ex:Body-age a sh:PropertyShape ; sh:path ex:age ; sh:maxInclusive 4 ; sh:message "年龄最大为4。"@zh , "Too old."@en .
ex:Body-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "No name." .
ex:Body-friend a sh:PropertyShape ; sh:path ex:friend ; sh:class ex:Body ; sh:message "No body." .
"""
FIRST = """@prefix ex: <https://example.org/> .
ex:a a ex:Body ; ex:name "A" ; ex:age 5 .

ex:b a ex:Body ; ex:name "B" ;
    ex:age 6 .
ex:c a ex:Body ;
    ex:name "C" ;
    ex:friend ex:d .
"""
SECOND = """@prefix ex: <https://example.org/> .
ex:d a ex:Body ; ex:name "D" ; ex:age 7 .
"""


class Repo:
    """A git repository with data and shapes, of which one commit exists."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.data = top / "data" / "数据"
        self.first, self.second = self.data / "一 a.ttl", self.data / 'b"2".ttl'
        self.shapes = top / "shapes" / "形状.ttl"
        self.data.mkdir(parents=True)
        self.shapes.parent.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        for key, value in (("user.name", "Nobody"), ("user.email", "nobody@example.org"), ("core.autocrlf", "false")):
            self.git("config", key, value)
        self.first.write_text(FIRST, encoding="utf-8")
        self.second.write_text(SECOND, encoding="utf-8")
        self.shapes.write_text(SHAPES, encoding="utf-8")
        self.commit()

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.top, capture_output=True, text=True, check=True)
        return done.stdout

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "A change")

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def since(self, rev: str, paths: list[Path] | None = None) -> Report:
        paths = [self.top / "data"] if paths is None else paths
        report = validate(paths, [self.shapes])
        return changes.limit(report, rev, paths=paths, shapes=[self.shapes])


def found(report: Report) -> list[str]:
    """The nodes and properties of the findings."""
    return [f"{f.focus.value[-1]} {f.path.value[20:] if f.path else ''}" for f in report.findings]
