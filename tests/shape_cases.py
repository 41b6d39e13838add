"""Shapes with a world in which all is right and a case for each constraint, for the tests of --shapes-only."""

from __future__ import annotations

from pathlib import Path

HEAD = """\
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = """\
ex:Person a sh:NodeShape ; sh:targetClass ex:Human ;
    sh:property ex:Person-age ,
        [ sh:path ex:name ; sh:node ex:Name ; sh:message "No name."@en , "名称有误。"@zh ] .
ex:Person-age a sh:PropertyShape ; sh:path ex:age ;
    sh:maxCount 1 ;
    sh:datatype xsd:integer ;
    sh:message "One age."@en , "年龄只有一个。"@zh .
ex:Name sh:maxLength 9 .
"""
WORLD = "ex:ann a ex:Human ; ex:age 5 ; ex:name 'Ann' ."
CASES = """
[[case]]
name = "age: two"
add = 'ex:ann ex:age 6 .'
expect = { focus = "ex:ann", path = "ex:age", component = "MaxCount", shape = "ex:Person-age" }

[[case]]
name = "age: no number"
remove = 'ex:ann ex:age 5 .'
add = 'ex:ann ex:age "five" .'
expect = { focus = "ex:ann", path = "ex:age", component = "Datatype", shape = "ex:Person-age" }

[[case]]
name = "name: too long"
remove = 'ex:ann ex:name "Ann" .'
add = 'ex:ann ex:name "Annabellissima" .'
expect = { focus = "<https://example.org/ann>", path = "ex:name", component = "Node", shape = "ex:Person" }
"""


def write_cases(top: Path, shapes: str = SHAPES, world: str = WORLD, cases: str = CASES) -> tuple[Path, Path]:
    """Write shapes, a world and cases; return the file of the shapes and the folder of the cases."""
    folder = top / "cases"
    folder.mkdir(exist_ok=True)
    (top / "shapes.ttl").write_text(HEAD + shapes, encoding="utf-8")
    (folder / "world.ttl").write_text(HEAD + world, encoding="utf-8")
    (folder / "Person.toml").write_text(cases, encoding="utf-8")
    return top / "shapes.ttl", folder
