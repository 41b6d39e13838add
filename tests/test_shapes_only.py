"""`cascq validate --shapes-only`: shapes are tested, with cases or without."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cascq import resources
from cascq.errors import CascqError
from cascq.shacl.cases import read_cases
from cascq.shacl.engines import Engine
from cascq.shacl.removals import Bench
from cascq.shacl.shapes_only import ShapesReport, validate_shapes
from shape_cases import CASES, HEAD, SHAPES, WORLD, write_cases

Write = Callable[..., tuple[Path, Path]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes shapes, a world and cases."""
    return partial(write_cases, tmp_path)


def found(report: ShapesReport) -> list[tuple[str, str, str, int | None]]:
    """Return rule, severity, file and line of each finding."""
    return [(f.source, f.severity, Path(f.places[0].file).name, f.places[0].line) for f in report.findings]


def test_shapes_whose_constraints_all_have_a_case_are_fine(write: Write) -> None:
    shapes, folder = write()
    report = validate_shapes([shapes], folder)
    assert found(report) == []
    assert (report.files, report.shapes, report.constraints, report.cases, report.removals) == (1, 4, 6, 3, 6)
    assert report.notes == []


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
def test_a_constraint_without_a_case_is_found_at_its_line(write: Write, engine: str) -> None:
    shapes, folder = write(cases=CASES.partition('[[case]]\nname = "age: no number"')[0])
    report = validate_shapes([shapes], folder, engine=engine)
    assert set(found(report)) == {
        ("constraint-unnoticed", "violation", "shapes.ttl", 6),  # sh:property with the name
        ("constraint-unnoticed", "violation", "shapes.ttl", 9),  # sh:datatype
        ("constraint-unnoticed", "violation", "shapes.ttl", 11),  # sh:maxLength
    }
    names = {f.path.value.rsplit("#")[-1] for f in report.findings if f.path}
    assert names == {"maxLength", "datatype", "property", "node"}


def test_a_case_that_reports_something_else_is_found_at_its_line(write: Write) -> None:
    shapes, folder = write(cases=CASES.replace('component = "MaxCount"', 'component = "MinCount"'))
    report = validate_shapes([shapes], folder)
    assert found(report)[0] == ("case-failing", "violation", "Person.toml", 2)
    assert "expected https://example.org/ann https://example.org/age MinCount" in report.findings[0].messages["en"]
    assert "reported https://example.org/ann https://example.org/age MaxCount" in report.findings[0].messages["en"]


def test_a_world_that_is_not_right_is_found_at_its_line(write: Write) -> None:
    shapes, folder = write(world=WORLD.replace("5", '"5"'), cases=CASES.replace("ex:age 5", 'ex:age "5"'))
    assert ("world-not-valid", "violation", "world.ttl", 4) in found(validate_shapes([shapes], folder))


def test_a_shape_without_focus_node_in_the_world_is_a_warning(write: Write) -> None:
    shapes, folder = write(SHAPES + "ex:Idle sh:targetClass ex:Nobody ; sh:property ex:Person-age .")
    assert ("shape-idle", "warning", "shapes.ttl", 12) in found(validate_shapes([shapes], folder))


def test_a_deactivated_shape_needs_no_case(write: Write) -> None:
    shapes, folder = write(
        SHAPES + "ex:Off sh:targetClass ex:Human ; sh:deactivated true ; sh:property ex:Person-age ."
    )
    assert found(validate_shapes([shapes], folder)) == []


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
def test_a_case_of_a_shape_that_is_not_there_fails(write: Write, engine: str) -> None:
    shapes, folder = write(cases=CASES + CASES.split("\n\n", maxsplit=1)[0].replace("ex:Person-age", "ex:Person-agee"))
    report = validate_shapes([shapes], folder, engine=engine)
    assert found(report) == [("case-failing", "violation", "Person.toml", 19)]
    assert report.findings[0].messages["en"].endswith("reported nothing")


YEARS = """ex:S sh:targetClass ex:Human ; sh:property ex:P .
ex:P sh:path ex:born ; sh:lessThan ex:left ; sh:message "Born late."@en , "出生过晚。"@zh ."""
BORN = 'ex:ann a ex:Human ; ex:born "2016"^^xsd:gYear ; ex:left "2020"^^xsd:gYear .'
LATE = """[[case]]
name = "born later"
add = 'ex:ann ex:born "2021"^^xsd:gYear .'
expect = { focus = "ex:ann", path = "ex:born", component = "LessThan", shape = "ex:P" }
"""


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
def test_years_are_compared_by_pyshacl_here_too(write: Write, engine: str) -> None:
    shapes, folder = write(YEARS, BORN, LATE)
    assert found(validate_shapes([shapes], folder, engine=engine)) == []


def test_the_engines_that_were_used_are_told_and_why(write: Write) -> None:
    shapes, folder = write(YEARS, BORN, LATE)
    report = validate_shapes([shapes], folder)
    assert re.fullmatch(r"pyshacl [\d.]+, shacl [\d.]+", report.engine)
    assert [note["en"].rsplit(": ", 1)[1] for note in report.notes] == [
        "it cannot compare values of the datatype xsd:gYear"
    ]
    shapes, folder = write(SHAPES.replace("sh:maxCount 1", "sh:closed false ; sh:maxCount 1"))
    (note,) = validate_shapes([shapes], folder).notes
    assert note["zh"] == "改用较慢的 pySHACL：快速引擎无法处理：sh:closed on a property shape"


def test_an_engine_that_cannot_apply_the_shapes_is_refused_if_it_was_asked_for(write: Write) -> None:
    shapes, folder = write(YEARS, BORN, LATE)
    with pytest.raises(CascqError, match="cannot compare values of the datatype xsd:gYear; take --engine auto"):
        validate_shapes([shapes], folder, engine="shacl")


def test_data_tell_which_shapes_apply_to_nothing(write: Write, tmp_path: Path) -> None:
    shapes, folder = write()
    assert found(validate_shapes([shapes], data=[folder / "world.ttl"])) == []
    (tmp_path / "other.ttl").write_text(HEAD + "ex:x a ex:Stone .", encoding="utf-8")
    assert found(validate_shapes([shapes], data=[tmp_path / "other.ttl"])) == [
        ("shape-idle", "warning", "shapes.ttl", 4)
    ]


def test_without_cases_it_says_what_was_not_tested(write: Write) -> None:
    shapes, _ = write()
    report = validate_shapes([shapes])
    assert [note["en"].partition(":")[0] for note in report.notes] == [
        "whether each shape applies to anything was not checked",
        "no cases were given (--cases FOLDER), so no removal test was made",
    ]
    assert (report.cases, report.removals) == (0, 0)


def test_malformed_shapes_are_reported_and_no_case_is_applied(write: Write) -> None:
    shapes, folder = write(SHAPES.replace("sh:maxCount 1", 'sh:maxCount "one"'))
    report = validate_shapes([shapes], folder)
    assert found(report) == [("parameter-value", "violation", "shapes.ttl", 8)]
    assert [note["en"] for note in report.notes] == ["no case was applied: first mend the malformed shapes"]


def test_the_shapes_for_shapes_find_what_the_linter_does_not_look_for(write: Write) -> None:
    shapes, folder = write(SHAPES + "ex:Person-age a sh:NodeShape .".replace("sh:NodeShape", "ex:Kind"))
    assert found(validate_shapes([shapes], folder)) == []
    shapes, _ = write(SHAPES + "[] a sh:NodeShape , <http://www.w3.org/2000/01/rdf-schema#Class> ; sh:class ex:C .")
    report = validate_shapes([shapes])
    assert ("shapes-for-shapes", "violation", "shapes.ttl", 12) in found(report)


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ('"One."@en , "一。"@zh', []),
        ('"One."@en-GB , "一。"@zh-Hans', []),
        ('"One."@en', ["has constraints, but no message in Chinese"]),
        ('"One."', ["has constraints, but no message in Chinese or English"]),
    ],
)
def test_messages_are_in_every_language_that_the_shapes_speak(write: Write, messages: str, expected: list[str]) -> None:
    shapes, _ = write(SHAPES.replace('"One age."@en , "年龄只有一个。"@zh', messages))
    report = validate_shapes([shapes])
    assert [f.messages["en"] for f in report.findings] == expected
    assert {(f.source, f.places[0].line) for f in report.findings} <= {("message-missing", 7)}


def test_shapes_without_any_messages_get_a_note_only(write: Write) -> None:
    shapes, _ = write(
        'ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:message "Ein p."@de ] .'
    )
    report = validate_shapes([shapes])
    assert found(report) == []
    assert report.notes[0]["en"] == "these shapes have no messages in Chinese or English, so none was missed"


def test_a_message_of_a_query_counts_for_it(write: Write) -> None:
    query = """ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this { $this a ?kind }" ; sh:message %s ] ."""
    assert found(validate_shapes([write(query % '"No."@en , "不。"@zh')[0]])) == []
    assert found(validate_shapes([write(query % '"No."@en')[0]])) == []  # these shapes speak English only
    other = "ex:T sh:targetClass ex:C ; sh:class ex:D ; sh:message '是'@zh , 'yes'@en ."
    assert [f[0] for f in found(validate_shapes([write(query % '"No."@en' + other)[0]]))] == ["message-missing"]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project without cases, on which commands work."""
    for name in ("ontology", "data"):
        shutil.copytree(resources.root() / name, tmp_path / name)
    monkeypatch.setattr(resources, "root", lambda: tmp_path)
    return tmp_path


LICENSOR = "csh:Licence-licensor a sh:PropertyShape ;"


@pytest.mark.parametrize(
    ("old", "new", "rule", "at"),
    [
        ("sh:targetClass cascq:Licence ;", "sh:targetClass cascq:Licnce ;", "target-unknown", "cascq:Licnce"),
        ("sh:targetClass cascq:Licence ;", "sh:targetSubjectsOf skos:boarder ;", "target-unknown", "skos:boarder"),
        ('"@zh ,\n        "Licensor', '"@de ,\n        "Licensor', "message-missing", LICENSOR),
        (f"{LICENSOR}\n    sh:path cascq:licensor ;", LICENSOR, "shape-without-path", LICENSOR),
    ],
)
def test_a_fault_in_the_shipped_shapes_is_found(copy: Path, old: str, new: str, rule: str, at: str) -> None:
    path = copy / "ontology" / "shapes" / "agreements.ttl"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    line = text[: text.index(at)].count("\n") + 1
    assert [(f.source, f.places[0].line) for f in validate_shapes().findings] == [(rule, line)]


def test_shipped_shapes_without_a_checkout_have_no_cases(copy: Path) -> None:
    report = validate_shapes()
    assert found(report) == []
    assert "no removal test" in report.notes[0]["en"]


# --- Cases ---


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("[[case]", "Person.toml: "),
        ("", "only [[case]] is known here"),
        ("[[case]]\nname = 'x'", "Person.toml:1: a case has the texts"),
        (
            "[[case]]\nname = 'x'\nadd = 'ex:a ex:b 1 .'\nexpect = { focus = 'ex:a' }",
            "Person.toml:1: a case has the texts",
        ),
        ("\n[[case]]\nname = 'x'\nad = ''\n" + CASES.splitlines()[4], "Person.toml:2: a case has the texts"),
        ("[[case]]\nname = 'x'\n" + CASES.splitlines()[4], "Person.toml:1: this case changes nothing"),
        ("[[case]]\nname = 'x'\nadd = 'ex:a ex:b'\n" + CASES.splitlines()[4], "Person.toml:1: "),
        ("[[case]]\nname = 'x'\nremove = 'ex:a ex:b 1 .'\n" + CASES.splitlines()[4], "removes what is not there"),
    ],
)
def test_a_broken_case_is_refused_with_its_line(write: Write, case: str, message: str) -> None:
    _, folder = write(cases=case)
    with pytest.raises(CascqError) as caught:
        read_cases(folder)
    assert message in caught.value.en
    assert caught.value.zh


def test_all_broken_cases_are_told_at_once(write: Write) -> None:
    _, folder = write(cases="[[case]]\nname = 'x'\n[[case]]\nname = 'y'\n")
    with pytest.raises(CascqError) as caught:
        read_cases(folder)
    assert len(caught.value.en.splitlines()) == 2


def test_a_world_may_be_compressed(write: Write) -> None:
    shapes, folder = write()
    world = folder / "world.ttl"
    world.with_suffix(".ttl.gz").write_bytes(gzip.compress(world.read_bytes()))
    world.unlink()
    assert found(validate_shapes([shapes], folder)) == []


@pytest.mark.parametrize("missing", ["folder", "world", "cases"])
def test_a_folder_without_cases_is_refused(write: Write, missing: str) -> None:
    _, folder = write()
    {
        "folder": shutil.rmtree,
        "world": lambda f: (f / "world.ttl").unlink(),
        "cases": lambda f: (f / "Person.toml").unlink(),
    }[missing](folder)
    with pytest.raises(CascqError, match=str(folder)):
        read_cases(folder)


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
def test_a_referenced_shape_with_a_target_of_its_own_stays_out_of_a_case(write: Write, engine: str) -> None:
    shapes, folder = write(
        "ex:S sh:targetClass ex:Human ; sh:property ex:P .\n"
        "ex:P sh:path ex:friend ; sh:node ex:T .\nex:T sh:targetClass ex:Human ; sh:pattern 'ann' .",
        "ex:ann a ex:Human ; ex:friend ex:ann .",
        "[[case]]\nname = 'a friend'\nadd = 'ex:ann ex:friend ex:bob . ex:bob a ex:Human .'\n"
        "expect = { focus = 'ex:ann', path = 'ex:friend', component = 'Node', shape = 'ex:P' }",
    )
    cases = read_cases(folder)
    from cascq.reading import read

    bench = Bench(read([shapes]), cases.world, engine=Engine(engine))
    assert bench.failing(cases.cases) == []


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(CascqError, match="unknown SHACL engine"):
        validate_shapes(engine="magic")
