"""The GitHub action and workflows, the GitLab template, the pre-commit hooks: what their YAML says.

It is checked against the services' schemas, and against itself and the documentation.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cascq.reading import FORMATS
from ci_files import ACTION, GITLAB, HOOKS, ROOT, WORKFLOWS, yaml_of


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-actions", ACTION),
        *(("vendor.github-workflows", path) for path in WORKFLOWS),
        ("vendor.gitlab-ci", GITLAB),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_it_is_what_the_service_reads(schema: str, path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_hooks_are_what_pre_commit_reads() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    hooks = yaml.safe_load(HOOKS.read_text())
    assert [hook["id"] for hook in hooks] == ["cascq-validate", "cascq-check"]
    for hook in hooks:
        assert all(re.search(hook["files"], f"data/a{suffix}") for suffix in FORMATS)
        assert not re.search(hook["files"], "README.md")


def steps() -> list[dict[str, Any]]:
    """Return the steps of the action and of all jobs in the workflows."""
    jobs = [job for path in WORKFLOWS for job in yaml_of(path)["jobs"].values()]
    return [*yaml_of(ACTION)["runs"]["steps"], *(step for job in jobs for step in job.get("steps", []))]


def test_no_input_becomes_part_of_a_script() -> None:
    scripts = [step["run"] for step in steps() if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]


def test_every_input_of_the_action_is_used() -> None:
    used = set(re.findall(r"inputs\.([a-z-]+)", ACTION.read_text()))
    assert used == set(yaml_of(ACTION)["inputs"])


def test_the_reusable_workflow_gives_the_action_inputs_that_it_has() -> None:
    workflow = yaml_of(ROOT / ".github" / "workflows" / "validate.yml")
    (step,) = [step for step in workflow["jobs"]["validate"]["steps"] if step["uses"] == "./.cascq"]
    assert set(step["with"]) <= set(yaml_of(ACTION)["inputs"])
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(workflow["jobs"])))
    assert used == set(workflow["on"]["workflow_call"]["inputs"])


def test_the_own_workflow_calls_the_reusable_one() -> None:
    job = yaml_of(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["validate"]
    assert job["uses"] == "./.github/workflows/validate.yml"
    inputs = yaml_of(ROOT / ".github" / "workflows" / "validate.yml")["on"]["workflow_call"]["inputs"]
    assert {name for name, value in inputs.items() if value.get("required")} <= set(job["with"]) <= set(inputs)
    assert all((ROOT / path).exists() for path in job["with"]["paths"].split())


def examples() -> list[dict[str, Any]]:
    """Return the YAML that docs/ci.md shows."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]


def test_the_documented_ways_are_right(tmp_path: Path) -> None:
    by_action, by_workflow, by_include, by_hook = examples()
    file = tmp_path / "example.yml"
    for example, schema in (
        ({"on": "pull_request", **by_action}, "vendor.github-workflows"),
        ({"on": "pull_request", **by_workflow}, "vendor.github-workflows"),
        (by_include, "vendor.gitlab-ci"),
    ):
        file.write_text(json.dumps(example))
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    file.write_text(json.dumps(by_hook))
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", str(file)], check=True)
    inputs = yaml_of(ROOT / ".github" / "workflows" / "validate.yml")["on"]["workflow_call"]["inputs"]
    assert set(by_action["jobs"]["data"]["steps"][1]["with"]) <= set(yaml_of(ACTION)["inputs"])
    assert set(by_workflow["jobs"]["data"]["with"]) <= set(inputs)
    (job,) = set(by_include) - {"include"}
    assert set(by_include[job]["variables"]) <= set(yaml_of(GITLAB)[job]["variables"])
    ids = {hook["id"] for hook in yaml.safe_load(HOOKS.read_text())}
    assert {hook["id"] for hook in by_hook["repos"][0]["hooks"]} <= ids
