"""`cascq validate --shapes-only` on the command line: exit codes, formats, options that do not go with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import rdflib
from jsonschema import Draft202012Validator

import cascq
from cascq.reports.report import FORMATS
from cascq.shacl.shapes_only import RULES
from conftest import Run
from shape_cases import SHAPES, write_cases

Cli = Callable[..., Run]
Write = Callable[..., tuple[Path, Path]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes shapes, a world and cases."""
    return partial(write_cases, tmp_path)


def test_the_command_line_reports_and_exits(write: Write, cli: Cli) -> None:
    shapes, folder = write()
    run = cli("validate", "--shapes-only", "--shapes", str(shapes), "--cases", str(folder))
    assert run.code == 0, run
    assert run.out == "Nothing to complain about.\n"
    assert run.err.startswith("shape files: 1, shapes: 4, constraints: 6, cases: 3, removals tried: 6 (")
    shapes, folder = write(SHAPES.replace("sh:maxCount", "sh:maxCuont"))
    run = cli("validate", "--shapes-only", "--shapes", str(shapes), "--cases", str(folder))
    assert run.code == 1
    assert f"{shapes}:8:5: violation: SHACL has no sh:maxCuont; did you mean sh:maxCount?" in run.out
    assert "    ^~~~~~~~~~~" in run.out
    assert "形状文件" in cli("validate", "--shapes-only", "--shapes", str(shapes), lang="zh").err


def test_warnings_fail_only_if_that_is_asked(write: Write, cli: Cli) -> None:
    shapes, _ = write("ex:Dead sh:class ex:C ; sh:message 'C'@en .")
    assert cli("validate", "--shapes-only", "--shapes", str(shapes)).code == 0
    assert cli("validate", "--shapes-only", "--shapes", str(shapes), "--severity", "warning").code == 1


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_read(write: Write, cli: Cli, form: str) -> None:
    shapes, folder = write(SHAPES.replace("sh:maxCount", "sh:maxCuont"))
    run = cli("validate", "--shapes-only", "--shapes", str(shapes), "--cases", str(folder), "--format", form)
    assert run.code == 1
    assert "term-unknown" in run.out
    if form in {"json", "gitlab", "sarif"}:
        json.loads(run.out)
    if form == "json":
        report = json.loads(run.out)
        assert report["constraints"] == 5
        schema = Path(cascq.__file__).with_name("report.schema.json").read_text(encoding="utf-8")
        Draft202012Validator(json.loads(schema)).validate(report)
    if form == "junit":
        assert set(re.findall(r'testcase [^>]*name="([^"]+)"', run.out)) == set(RULES)
    if form == "turtle":
        assert len(rdflib.Graph().parse(data=run.out)) > 5


@pytest.mark.parametrize(
    "options",
    [
        ["data"],
        ["--data", "data"],
        ["--source", "report.txt"],
        ["--endpoint", "http://127.0.0.1:1/"],
        ["--baseline", "known.json"],
        ["--write-baseline"],
        ["--changed-since", "HEAD"],
    ],
    ids=" ".join,
)
def test_what_reads_data_does_not_go_with_it(cli: Cli, options: list[str]) -> None:
    run = cli("validate", "--shapes-only", *options)
    assert run.code == 2
    assert "--shapes-only tests the shapes and reads no data: it does not go with" in run.err
    assert run.out == ""


def test_cases_go_with_it_only(write: Write, cli: Cli) -> None:
    run = cli("validate", "--cases", str(write()[1]))
    assert (run.code, run.out, run.err) == (2, "", "cascq: --cases goes with --shapes-only\n")
