"""Baselines on the command line: `cascq validate --baseline`, `--write-baseline`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from baseline_folder import DATA, Folder
from cascq.reports.report import FORMATS
from conftest import Run

Cli = Callable[..., Run]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)


SHAPE = "https://example.org/Body-name"
ASKED = ("validate", "数 据.ttl", "--shapes", "shapes.ttl")


def test_known_findings_are_counted_and_do_not_fail(cli: Cli, here: Folder) -> None:
    assert cli(*ASKED).code == 1
    run = cli(*ASKED, "--write-baseline", "--severity", "info")
    assert run.code == 0
    assert run.err.endswith("cascq-baseline.json: written, 3 findings accepted\n")
    run = cli(*ASKED, "--baseline", "cascq-baseline.json", "--severity", "info")
    assert (run.code, run.out) == (0, "Nothing new to complain about.\n")
    assert run.err.splitlines()[-3:] == [
        "found: 0 violations, 0 warnings, 0 remarks",
        "baseline cascq-baseline.json: 3 findings accepted, 0 vanished",
        "passes: no new violation or warning or remark (--severity info)",
    ]
    run = cli(*ASKED, "--baseline", "cascq-baseline.json", lang="zh")
    assert run.out == "没有发现新的问题。\n"
    assert run.err.splitlines()[-2:] == [
        "基线 cascq-baseline.json：已接受 3 条，已消失 0 条",
        "通过：没有新的违规（--severity violation）",
    ]


def test_what_vanished_is_named_and_leaves_the_baseline_when_it_is_updated(cli: Cli, here: Folder) -> None:
    cli(*ASKED, "--write-baseline", "known.json")
    here.write(DATA.replace("ex:age 5", "ex:age 1").replace("ex:b", "ex:c"))
    run = cli(*ASKED, "--baseline", "known.json")
    assert run.code == 1
    assert "baseline known.json: 0 findings accepted, 3 vanished\n  vanished: violation: " in run.err
    name = "https://example.org/name"
    assert f"\n  vanished: warning: {SHAPE} https://example.org/b {name} (数 据.ttl)\n" in run.err
    assert run.err.endswith("fails: 1 violation (--severity violation)\n")
    assert cli(*ASKED, "--baseline", "known.json", lang="zh").err.count("  已消失：") == 3
    data = json.loads(cli(*ASKED, "--baseline", "known.json", "--json").out)
    assert [entry["focus"] for entry in data["vanished"]] == [f"<https://example.org/{name}>" for name in "abb"]
    assert cli(*ASKED, "--baseline", "known.json", "--write-baseline").code == 0
    run = cli(*ASKED, "--baseline", "known.json")
    assert run.code == 0
    assert "2 findings accepted, 0 vanished" in run.err
    assert not Path("cascq-baseline.json").exists()


def test_what_a_store_holds_has_a_baseline_too(cli: Cli, here: Folder, tmp_path: Path) -> None:
    store = ox.Store(tmp_path / "store")
    store.bulk_load(DATA.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("https://w3id.org/cascq/curated/g"))
    store.flush()
    del store
    asked = ("validate", "--store", "store", "--shapes", "shapes.ttl")
    cli(*ASKED, "--write-baseline", "known.json")
    assert cli(*asked, "--baseline", "known.json").code == 0
    here.write(DATA.replace("ex:a a", "ex:gone a"))
    cli(*ASKED, "--write-baseline", "known.json")
    run = cli(*asked, "--baseline", "known.json", "--write-baseline")
    assert (run.code, run.err.splitlines()[-1]) == (0, "known.json: written, 4 findings accepted")


def test_of_many_that_vanished_some_are_named(cli: Cli, here: Folder) -> None:
    here.write(DATA + "\n".join(f"ex:c{n} a ex:Body ; ex:name 'C' ; ex:age 9 ." for n in range(30)))
    cli(*ASKED, "--write-baseline", "known.json")
    here.write(DATA)
    run = cli(*ASKED, "--baseline", "known.json")
    assert run.err.count("  vanished: ") == 20
    assert "  … and 10 more (all in --format json)\n" in run.err


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_an_accepted_finding_as_a_fault(cli: Cli, here: Folder, form: str) -> None:
    cli(*ASKED, "--write-baseline", "known.json")
    here.write(DATA + "ex:c a ex:Body ; ex:name 'C' ; ex:age 7 .")
    run = cli(*ASKED, "--baseline", "known.json", "--format", form)
    assert run.code == 1
    if form == "json":
        data = json.loads(run.out)
        assert [f["focus"]["value"][-1] for f in data["findings"]] == ["c"]
        assert [f["focus"]["value"][-1] for f in data["accepted"]] == ["a", "b", "b"]
        assert data["counts"] == {"violation": 1, "warning": 0, "info": 0}
    elif form == "sarif":
        (log,) = json.loads(run.out)["runs"]
        assert [(r["baselineState"], len(r.get("suppressions", []))) for r in log["results"]] == [
            ("new", 0),
            *[("unchanged", 1)] * 3,
        ]
    else:
        assert "https://example.org/c" in run.out
        assert "https://example.org/b" not in run.out
