"""The baseline: known findings are accepted, new ones fail, those that vanished are said."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import cascq
from baseline_folder import DATA, PREFIXES, SHAPES, Folder, told
from cascq.places.surroundings import describe
from cascq.reports import baseline
from cascq.reports.report import Finding, Location
from cascq.validation import validate
from conftest import ENVIRONMENT, Run

Cli = Callable[..., Run]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)


# --- The file ---


def test_the_file_has_a_line_for_each_finding(here: Folder) -> None:
    here.accept()
    lines = here.file.read_text(encoding="utf-8").splitlines()
    assert lines[:3] + lines[6:] == ["{", '"cascqBaseline": 1,', '"findings": [', "]", "}"]
    assert lines[5] == (
        '{"file": "数 据.ttl", "source": "https://example.org/Body-name", "focus": "<https://example.org/b>", '
        '"path": "https://example.org/name", "component": "http://www.w3.org/ns/shacl#MinCountConstraintComponent", '
        '"severity": "warning"}'
    )
    assert [json.loads(line.rstrip(","))["focus"][-2] for line in lines[3:6]] == ["a", "b", "b"]
    assert json.loads(lines[3][:-1])["value"] == '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'


def test_the_file_depends_on_the_findings_alone(here: Folder) -> None:
    here.accept()
    before = here.file.read_bytes()
    here.write(PREFIXES + "# moved\n\n\n" + "\n".join(reversed(DATA.removeprefix(PREFIXES).splitlines())))
    here.accept()
    assert here.file.read_bytes() == before


def test_without_findings_the_file_is_a_baseline_too(here: Folder) -> None:
    here.write(f'{PREFIXES}ex:a a ex:Body ; ex:name "A" .')
    here.accept()
    assert json.loads(here.file.read_text()) == {"cascqBaseline": 1, "findings": []}
    assert told(here.apply()) == (0, 0, 0)


def test_files_are_named_from_the_folder_of_the_baseline(here: Folder, tmp_path: Path) -> None:
    (tmp_path / "ci").mkdir()
    baseline.write(tmp_path / "ci" / "known.json", here.validate())
    assert {e.file for e in baseline.read(tmp_path / "ci" / "known.json").entries} == {"../数 据.ttl"}


# --- What is accepted ---


def test_what_is_known_does_not_fail(here: Folder) -> None:
    here.accept()
    report = here.apply()
    assert told(report) == (0, 3, 0)
    assert not report.fails("info")


def test_what_is_new_fails(here: Folder) -> None:
    here.accept()
    here.write(DATA + "ex:c a ex:Body ; ex:name 'C' ; ex:age 7 .")
    report = here.apply()
    assert told(report) == (1, 3, 0)
    assert report.fails()


def test_another_value_is_another_finding_and_the_old_one_has_vanished(here: Folder) -> None:
    here.accept()
    here.write(DATA.replace("ex:age 5", "ex:age 50"))
    report = here.apply()
    assert told(report) == (1, 2, 1)
    assert report.vanished[0].text("en").startswith("violation: https://example.org/Body-age https://example.org/a ")
    assert report.vanished[0].text("zh").startswith("违规：https://example.org/Body-age https://example.org/a ")


def test_a_graver_severity_is_another_finding(here: Folder) -> None:
    here.accept()
    here.shapes.write_text(SHAPES.replace("sh:severity sh:Warning", "sh:severity sh:Violation"), encoding="utf-8")
    assert told(here.apply()) == (1, 2, 1)


def test_another_wording_is_the_same_finding(here: Folder) -> None:
    here.accept()
    here.shapes.write_text(SHAPES.replace("Too old", "Much too old").replace("sh:max", "\n sh:max"), encoding="utf-8")
    assert told(here.apply()) == (0, 3, 0)


def test_a_file_may_be_renamed(here: Folder) -> None:
    here.accept()
    here.data = here.data.rename("new.ttl")
    assert told(here.apply()) == (0, 3, 0)


def test_two_equal_findings_need_two_entries(here: Folder) -> None:
    node = "[] a ex:Body ; ex:name 'X' ; ex:age 9 .\n"
    here.write(DATA + node)
    here.accept()
    here.write(DATA + node + node)
    assert told(here.apply()) == (1, 4, 0)
    here.accept()
    assert told(here.apply()) == (0, 5, 0)
    here.write(DATA + node)
    assert told(here.apply()) == (0, 4, 1)


# --- Blank nodes ---

NESTED = "ex:z ex:has [ a ex:Body ; ex:name 'X' ; ex:age 7 ] , [ a ex:Body ; ex:name 'Y' ; ex:age 7 ] .\n"


def test_blank_nodes_are_known_by_what_stands_around_them(here: Folder) -> None:
    here.write(DATA + NESTED)
    here.accept()
    here.write(f"{PREFIXES}[] ex:note 'b1' . ex:first ex:has [ a ex:Body ; ex:age 7 ] .\n{NESTED}" + DATA)
    report = here.apply()
    assert [(f.severity, f.places[0].line) for f in report.findings] == [("violation", 3), ("warning", 3)]
    assert told(report) == (2, 5, 0)


def test_a_blank_node_whose_other_statements_change_is_known_by_the_way_to_it(here: Folder) -> None:
    here.write(DATA + NESTED)
    here.accept()
    here.write(DATA + NESTED.replace("'X'", "'new'"))
    assert told(here.apply()) == (0, 5, 0)
    added = NESTED.replace(" .\n", " , [ a ex:Body ; ex:name 'Z' ; ex:age 7 ] .\n")
    here.write(DATA + added)
    report = here.apply()
    assert told(report) == (1, 5, 0)
    assert report.findings[0].around["focus"] == (
        "<https://example.org/z> <https://example.org/has> [ <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        '<https://example.org/Body> ; <https://example.org/age> "7"^^<http://www.w3.org/2001/XMLSchema#integer> ; '
        '<https://example.org/name> "Z" ]'
    )


def test_shapes_without_a_name_are_known_by_what_stands_around_them(here: Folder) -> None:
    anonymous = SHAPES.replace(", ex:Body-name", ", [ sh:path ex:name ; sh:minCount 1 ; sh:message 'No name.' ]")
    here.shapes.write_text(anonymous, encoding="utf-8")
    here.accept()
    here.shapes.write_text(anonymous.replace("No name", "Unnamed").replace("\nex:Body a", "\n\nex:Body a"))
    assert told(here.apply()) == (0, 3, 0)


def statements(text: str) -> dict[Path, list[ox.Quad]]:
    return {Path("x"): list(ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE, rename_blank_nodes=True))}


def test_surroundings_do_not_depend_on_names_or_order() -> None:
    texts = (
        "ex:a ex:p _:x . _:x ex:q _:y ; ex:r 1 . _:y ex:s 'y' ; ex:back _:x .",
        "_:n ex:back _:m . _:n ex:s 'y' . _:m ex:r 1 . _:m ex:q _:n . ex:a ex:p _:m .",
    )
    described = []
    for text in texts:
        files = statements(text)
        described.append(sorted(describe((q.subject for q in files[Path("x")]), files).values()))
    assert described[0] == described[1]
    assert len(described[0]) == 2
    assert described[0][0].startswith("<https://example.org/a> <https://example.org/p> / <https://example.org/q> [ ")


def test_surroundings_of_circles_and_of_long_texts_end() -> None:
    files = statements(
        "_:a ex:p _:b . _:b ex:p _:c . _:c ex:p _:d . _:d ex:p _:a . _:a ex:long '" + "长" * 9999 + "' ."
    )
    described = describe((q.subject for q in files[Path("x")]), files)
    assert len(described) == 4
    assert max(map(len, described.values())) < 400


# --- What was not looked at ---


def test_an_entry_of_a_file_that_was_not_read_has_not_vanished(here: Folder, tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text(DATA.replace("ex:a a", "ex:o a").replace("ex:b a", "ex:p a"), encoding="utf-8")
    paths = [here.data, other]
    baseline.write(here.file, validate(paths, [here.shapes]))
    known = baseline.read(here.file)
    assert told(here.apply()) == (0, 3, 0)
    # … and stays when the baseline is brought up to date from the one file
    here.write(DATA.replace("ex:age 5", "ex:age 1"))
    baseline.write(here.file, here.apply(), known, [here.data])
    assert len(baseline.read(here.file).entries) == 5
    other.unlink()
    assert told(here.apply()) == (0, 2, 3)


def test_an_entry_of_a_check_that_was_not_run_has_not_vanished(here: Folder) -> None:
    entry = {"source": "evidence", "focus": "<https://example.org/a>", "severity": "violation"}
    here.file.write_text(json.dumps({"cascqBaseline": 1, "findings": [entry]}))
    assert told(here.apply()) == (3, 0, 0)


# --- Writing ---


def test_a_write_that_is_cut_short_loses_nothing(here: Folder, tmp_path: Path) -> None:
    here.accept()
    before = here.file.read_bytes()
    here.write(DATA + "\n".join(f"ex:c{n} a ex:Body ; ex:name 'C' ; ex:age 9 ." for n in range(99)))
    code = """if True:
        import pathlib, resource, signal
        from cascq.reports import baseline
        from cascq import errors, validation
        report = validation.validate([pathlib.Path("数 据.ttl")], [pathlib.Path("shapes.ttl")])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))  # as on a full disk, a write ends in the middle
        try:
            baseline.write(pathlib.Path("known.json"), report)
        except errors.CascqError as error:
            print(error.en)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    assert done.stdout.startswith("known.json: cannot be written: ")
    assert done.stdout.endswith("nothing was changed\n")
    assert here.file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["known.json", "shapes.ttl", "数 据.ttl"]


def test_a_link_stays_a_link_and_rights_stay(here: Folder, tmp_path: Path) -> None:
    here.accept()
    here.file.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(here.file)
    baseline.write(link, here.validate())
    assert link.is_symlink()
    assert stat.S_IMODE(here.file.stat().st_mode) == 0o640


def test_the_data_are_not_overwritten_in_a_slip(cli: Cli, here: Folder) -> None:
    run = cli("validate", "--shapes", "shapes.ttl", "--write-baseline", here.data.name)
    assert (run.code, run.out) == (2, "")
    assert f"{here.data.name}:1:1: the baseline is no JSON" in run.err
    assert "it is not overwritten" in run.err
    assert here.data.read_text(encoding="utf-8") == DATA


# --- Broken baselines ---

ENTRY = '{"source": "x", "focus": "<x:y>", "severity": "info"}'
BROKEN = {
    "": "known.json:1:1: the baseline is no JSON",
    '{\n"cascqBaseline": 1,\n<<<<<<< HEAD': "known.json:3:1: the baseline is no JSON",
    "[]": 'known.json: not a baseline: "cascqBaseline" is missing',
    "null": 'known.json: not a baseline: "cascqBaseline" is missing',
    '{"findings": []}': 'known.json: not a baseline: "cascqBaseline" is missing',
    '{"cascqBaseline": 2, "findings": []}': "known.json: a baseline of version 2; this cascq reads version 1",
    '{"cascqBaseline": "1"}': "known.json: a baseline of version '1'",
    '{"cascqBaseline": 1}': 'known.json: "findings" must be a list',
    '{"cascqBaseline": 1, "findings": [' + ENTRY + ", {}]}": "known.json: finding 2 of the baseline must have",
    '{"cascqBaseline": 1, "findings": [' + ENTRY.replace('"x"', "1") + "]}": "known.json: finding 1 of the baseline",
    '{"cascqBaseline": 1, "findings": [' + ENTRY.replace("x:y", "\\ud800") + "]}": "known.json: finding 1",
    '{"cascqBaseline": 1, "findings": [' + ENTRY.replace("focus", "fokus") + "]}": "known.json: finding 1",
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_baseline_is_refused(cli: Cli, here: Folder, content: str, lang: str) -> None:
    here.file.write_text(content, encoding="utf-8")
    run = cli("validate", here.data.name, "--shapes", "shapes.ttl", "--baseline", "known.json", lang=lang)
    assert (run.code, run.out) == (2, "")
    assert (BROKEN[content] in run.err) == (lang == "en")
    assert run.err.startswith(("cascq: known.json", "cascq：known.json"))
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("name", "words"),
    [("gone.json", "no such file"), (".", "this is a folder, not a file"), ("latin.json", "not UTF-8")],
)
def test_a_baseline_that_cannot_be_read_is_refused(cli: Cli, here: Folder, name: str, words: str) -> None:
    Path("latin.json").write_bytes(b'{"cascqBaseline": 1, "findings": ["\xe9"]}')
    run = cli("validate", here.data.name, "--shapes", "shapes.ttl", "--baseline", name)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


# --- What is shown ---


def test_of_a_shape_without_a_name_only_what_leads_to_it_is_shown(here: Folder) -> None:
    unnamed = "ex:Body a sh:NodeShape ; sh:targetClass ex:Body ; sh:property [ sh:path ex:age ; sh:maxInclusive 4 ] ."
    here.shapes.write_text(PREFIXES + unnamed, encoding="utf-8")
    here.accept()
    here.write(DATA.replace("ex:age 6", "ex:age 1"))
    (entry,) = here.apply().vanished
    shape = "<https://example.org/Body> <http://www.w3.org/ns/shacl#property> [ ]"
    assert entry.text("en").startswith(f"violation: {shape} https://example.org/b https://example.org/age ")


def test_in_python(here: Folder) -> None:
    report = cascq.load([here.data]).validate(shapes=[here.shapes])
    assert baseline.write(here.file, report) == 3
    known = baseline.read(here.file)
    report = baseline.apply(cascq.load([here.data]).validate(shapes=[here.shapes]), known, [here.data])
    assert (told(report), report.fails("info")) == ((0, 3, 0), False)


def test_names_of_entries_hold_no_control_characters(here: Folder) -> None:
    report = here.validate()
    sly = replace(report.findings[0], value=ox.Literal("a\x1b[31m\n\x9bb"), places=(Location("x\x1b.ttl", 1),))
    entry = baseline.Entry.of(sly, Path.cwd())
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in entry.text("en"))
    assert isinstance(sly, Finding)


def test_the_baseline_in_the_docs_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "validation.md").read_text(encoding="utf-8")
    (tmp_path / "shown.json").write_text(page.partition("```json\n")[2].partition("```")[0], encoding="utf-8")
    assert [entry.severity for entry in baseline.read(tmp_path / "shown.json").entries] == ["warning"]
