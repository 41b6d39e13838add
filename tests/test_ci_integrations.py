"""The GitHub action, the GitLab template and the pre-commit hooks, as far as they go without the services.

The commands in them are really run: in a repository of invented data, installed from a copy of this checkout, with the
inputs given as the services give them.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from ci_files import ACTION, GITLAB, HOOKS, ROOT, yaml_of

PACKAGED = ("src", "ontology", "data", "queries", "pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA")
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")

GOOD = "@prefix ex: <https://example.org/> .\nex:a a ex:Body ;\n    ex:age 3 .\n"
BAD = GOOD.replace("ex:age 3", "ex:age 9")
SHAPES = """@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
ex:Body-shape a sh:NodeShape ; sh:targetClass ex:Body ; sh:property ex:Body-age .
ex:Body-age sh:path ex:age ; sh:maxInclusive 4 ; sh:message "Age is 4 at most."@en , "年龄最大为4。"@zh .
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody who exists only here."""
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with what this one installs, as the service or pre-commit has it."""
    copy = tmp_path_factory.mktemp("cascq") / "cascq"
    copy.mkdir()
    for name in (*PACKAGED, "action.yml", "ci", HOOKS.name):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    git(copy, "init", "--quiet")
    git(copy, "add", ".")
    git(copy, "commit", "--quiet", "-m", "a copy")
    return copy


@pytest.fixture
def consumer(tmp_path: Path) -> Path:
    """Another repository, with data, shapes and a commit."""
    folder = tmp_path / "consumer"
    (folder / "my data").mkdir(parents=True)
    (folder / "my data" / "good.ttl").write_text(GOOD, encoding="utf-8")
    (folder / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "good data")
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return what a service's machine has: no PYTHONPATH, no virtual environment, and what is given."""
    dropped = ("PYTHONPATH", "VIRTUAL_ENV", "GITHUB_", "CI_", "GIT_", "PRE_COMMIT")
    return {**{k: v for k, v in os.environ.items() if not k.startswith(dropped)}, "LC_ALL": "C.UTF-8", **more}


class Action:
    """The steps of action.yml that are scripts, run as GitHub's runner runs them."""

    def __init__(self, checkout: Path, temp: Path) -> None:
        self.checkout, self.temp = checkout, temp
        self.steps = {step["name"]: step for step in yaml_of(ACTION)["runs"]["steps"] if "run" in step}
        defaults = yaml_of(ACTION)["inputs"].items()
        self.defaults = {name: str(value.get("default", "")) for name, value in defaults}

    def run(
        self, name: str, workspace: Path, inputs: Mapping[str, str] | None = None, folder: str = "."
    ) -> tuple[subprocess.CompletedProcess[str], str]:
        """Run a step; return what came of it, and what it wrote as outputs."""
        values = {f"inputs.{key}": value for key, value in {**self.defaults, **(inputs or {})}.items()}
        values["github.action_path"] = str(self.checkout)
        step = self.steps[name]
        assert step["shell"] == "bash"
        given = {key: EXPRESSION.sub(lambda m: values[m[1]], value) for key, value in step.get("env", {}).items()}
        script, outputs = self.temp / "step.sh", self.temp / "outputs"
        script.write_text(step["run"], encoding="utf-8")
        outputs.write_text("")
        variables = environment(
            **given, RUNNER_TEMP=str(self.temp), GITHUB_OUTPUT=str(outputs), GITHUB_WORKSPACE=str(workspace)
        )
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        done = subprocess.run(
            command, cwd=workspace / folder, env=variables, capture_output=True, text=True, check=False
        )
        return done, outputs.read_text()


@pytest.fixture(scope="module")
def action(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Action:
    """The action after its installing step."""
    temp = tmp_path_factory.mktemp("runner")
    prepared = Action(checkout, temp)
    done, _ = prepared.run("Install cascq", temp)
    assert done.returncode == 0, done.stderr
    return prepared


def commands(log: str) -> list[str]:
    """Return the workflow commands of a log that GitHub's runner heeds."""
    heeded, token = [], None
    for line in map(str.strip, log.splitlines()):
        if token is not None:
            token = None if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.startswith("::") or "##[" in line:
            heeded.append(line)
    assert token is None
    return heeded


Inputs = dict[str, str]
BOTH: Inputs = {"paths": "my data", "shapes": "shapes.ttl"}


def test_action_on_good_data(action: Action, consumer: Path) -> None:
    done, outputs = action.run("Validate", consumer, BOTH)
    assert (done.returncode, outputs) == (0, "exit-code=0\n"), done.stdout
    assert commands(done.stdout) == []
    assert "Body-shape 1" in done.stdout, "the summary says how many focus nodes a shape has"


def test_action_on_bad_data(action: Action, consumer: Path) -> None:
    (consumer / "my data" / "bad.ttl").write_text(BAD, encoding="utf-8")
    done, outputs = action.run("Validate", consumer, {**BOTH, "sarif": "out.sarif"})
    assert (done.returncode, outputs) == (1, "exit-code=1\n")
    (annotation,) = commands(done.stdout)
    assert annotation.startswith("::error file=my data/bad.ttl,line=3,endLine=3,col=")
    assert "::Age is 4 at most." in annotation
    (result,) = json.loads((consumer / "out.sarif").read_text())["runs"][0]["results"]
    assert result["message"]["text"].startswith("Age is 4 at most.")


def test_action_takes_several_lines_and_any_name(action: Action, consumer: Path) -> None:
    (consumer / "my data" / "bad.ttl").write_text(BAD, encoding="utf-8")
    inputs = {"paths": "my data/g*.ttl\nmy data/b*.ttl\n", "shapes": "shapes.ttl\n", "lang": "zh"}
    done, _ = action.run("Validate", consumer, inputs)
    assert done.returncode == 1
    assert "年龄最大为4。" in done.stdout


def test_action_with_a_baseline_and_a_revision(action: Action, consumer: Path) -> None:
    (consumer / "my data" / "bad.ttl").write_text(BAD, encoding="utf-8")
    git(consumer, "add", ".")
    git(consumer, "commit", "--quiet", "-m", "bad data")
    assert action.run("Validate", consumer, {**BOTH, "changed-since": "HEAD"})[0].returncode == 0
    assert action.run("Validate", consumer, {**BOTH, "changed-since": "HEAD~1"})[0].returncode == 1
    cascq = str(action.temp / "cascq" / "bin" / "cascq")
    accept = [cascq, "validate", "my data", "--shapes", "shapes.ttl", "--write-baseline", "accepted.json"]
    subprocess.run(accept, cwd=consumer, env=environment(), check=True, capture_output=True)
    assert action.run("Validate", consumer, {**BOTH, "baseline": "accepted.json"})[0].returncode == 0


def test_action_heeds_severity_engine_and_format(action: Action, consumer: Path) -> None:
    (consumer / "my data" / "bad.ttl").write_text(BAD, encoding="utf-8")
    (consumer / "shapes.ttl").write_text(SHAPES.replace("sh:path", "sh:severity sh:Warning ; sh:path"), "utf-8")
    warned, _ = action.run("Validate", consumer, {**BOTH, "engine": "pyshacl"})
    assert warned.returncode == 0
    assert "::warning file=my data/bad.ttl," in warned.stdout
    assert "pyshacl" in warned.stdout
    failed, _ = action.run("Validate", consumer, {**BOTH, "severity": "warning", "format": "text"})
    assert failed.returncode == 1
    assert "my data/bad.ttl:3:12: warning: Age is 4 at most." in failed.stdout


def test_what_cannot_be_read_is_shown_at_its_line(action: Action, consumer: Path) -> None:
    (consumer / "my data" / "broken.ttl").write_text(GOOD + "ex:b ex:age .\n", encoding="utf-8")
    for lang in ("en", "zh"):
        done, outputs = action.run("Validate", consumer, {**BOTH, "lang": lang, "sarif": "out.sarif"})
        assert (done.returncode, outputs) == (2, "exit-code=2\n")
        assert not (consumer / "out.sarif").exists()
        add, remove = commands(done.stdout)
        assert remove == "::remove-matcher owner=cascq::"
        said = [line for line in done.stdout.splitlines() if not line.startswith("::")]
        matcher = json.loads(Path(add.removeprefix("::add-matcher::")).read_text(encoding="utf-8"))
        (pattern,) = matcher["problemMatcher"][0]["pattern"]
        (found,) = [match for line in said if (match := re.match(pattern["regexp"], line))]
        assert found[pattern["file"]] == "my data/broken.ttl"
        assert found[pattern["line"]] == "4"
        assert int(found[pattern["column"]]) > 1


@pytest.mark.parametrize("form", ["github", "text", "json"])
def test_no_line_of_data_is_a_command(action: Action, consumer: Path, form: str) -> None:
    sly = BAD.replace("9", '9 , """\n::add-mask::e\n##[add-mask]e\n"""')
    (consumer / "my data" / "bad.ttl").write_text(sly, encoding="utf-8")
    done, _ = action.run("Validate", consumer, {**BOTH, "format": form})
    assert done.returncode == 1
    assert all(command.startswith("::error file=") for command in commands(done.stdout))
    (consumer / "my data" / "broken.ttl").write_text(GOOD + "::add-mask::e ##[add-mask]e\n", encoding="utf-8")
    done, _ = action.run("Validate", consumer, {**BOTH, "format": form})
    assert done.returncode == 2
    assert "add-mask" in done.stdout
    assert [re.split("::| ", command)[1] for command in commands(done.stdout)] == ["add-matcher", "remove-matcher"]


def test_action_without_paths_is_an_error(action: Action, consumer: Path) -> None:
    done, outputs = action.run("Validate", consumer, {"paths": " \n"})
    assert (done.returncode, outputs) == (2, "exit-code=2\n")
    assert done.stdout.startswith("::error title=cascq::")


@pytest.mark.parametrize(
    "name", ["paths", "shapes", "severity", "baseline", "changed-since", "lang", "engine", "format"]
)
def test_nothing_in_an_input_is_run(action: Action, consumer: Path, name: str) -> None:
    for sly in (
        "$(touch hacked)",
        "`touch hacked`",
        "'; touch hacked; '",
        "--write-baseline=hacked",
        '"\ntouch hacked',
    ):
        done, _ = action.run("Validate", consumer, {**BOTH, name: sly})
        assert done.returncode == 2, sly
        assert not (consumer / "hacked").exists()


def test_annotations_name_files_from_the_root_of_the_repository(action: Action, consumer: Path) -> None:
    (consumer / "my data" / "bad.ttl").write_text(BAD, encoding="utf-8")
    done, _ = action.run("Validate", consumer, {"paths": "bad.ttl", "shapes": "../shapes.ttl"}, folder="my data")
    assert "::error file=my data/bad.ttl,line=3," in done.stdout


# --- GitLab ---


@pytest.fixture(scope="module")
def gitlab(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the job as GitLab's runner does: before_script and script as one script, variables as environment."""
    job = yaml_of(GITLAB)["cascq-validate"]
    place = str(tmp_path_factory.mktemp("gitlab") / "cascq")
    commands = [*job["before_script"], *job["script"]]
    (there,) = re.findall(r"-m venv (\S+)", "\n".join(commands))
    lines = [line.replace(there, place) for line in commands]

    def run(project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        given = {**job["variables"], "CASCQ_PACKAGE": str(checkout), "CI_PROJECT_DIR": str(project), **variables}
        is_there = Path(place).exists()  # once is enough
        kept = [line for line in lines if not is_there or not (" venv " in line or "pip install" in line)]
        command = ["bash", "-c", "set -eo pipefail\n" + "\n".join(kept)]
        return subprocess.run(
            command, cwd=project, env=environment(**given), capture_output=True, text=True, check=False
        )

    return run


def test_gitlab(gitlab: Callable[..., subprocess.CompletedProcess[str]], consumer: Path) -> None:
    good = gitlab(consumer, CASCQ_PATHS="my data", CASCQ_SHAPES="shapes.ttl")
    assert good.returncode == 0, good.stderr
    reports = yaml_of(GITLAB)["cascq-validate"]["artifacts"]["reports"]
    assert json.loads((consumer / reports["codequality"]).read_text()) == []
    (consumer / "my data" / "bad.ttl").write_text(BAD, encoding="utf-8")
    bad = gitlab(consumer, CASCQ_PATHS="my data/*.ttl", CASCQ_SHAPES="shapes.ttl")
    assert bad.returncode == 1
    assert "my data/bad.ttl:3:12: violation: Age is 4 at most." in bad.stdout
    (issue,) = json.loads((consumer / reports["codequality"]).read_text())
    assert issue["location"] == {"path": "my data/bad.ttl", "lines": {"begin": 3}}
    assert "<failure" in (consumer / reports["junit"]).read_text(encoding="utf-8")
    git(consumer, "add", "my data")
    git(consumer, "commit", "--quiet", "-m", "bad data")
    old = gitlab(consumer, CASCQ_PATHS="my data", CASCQ_SHAPES="shapes.ttl", CASCQ_CHANGED_SINCE="HEAD")
    assert old.returncode == 0, old.stdout
    for sly in ("$(touch hacked)", "--write-baseline=hacked", "'; touch hacked; '"):
        assert gitlab(consumer, CASCQ_PATHS=sly, CASCQ_SHAPES="shapes.ttl").returncode == 2
        assert not (consumer / "hacked").exists()
    unset = gitlab(consumer)
    assert (unset.returncode, unset.stderr) == (2, "cascq: set CASCQ_PACKAGE and CASCQ_PATHS\n")


# --- pre-commit ---


def test_pre_commit_runs_the_hooks_in_another_repository(checkout: Path, consumer: Path, tmp_path: Path) -> None:
    config = {
        "repos": [
            {
                "repo": str(checkout),
                "rev": git(checkout, "rev-parse", "HEAD"),
                "hooks": [
                    {"id": "cascq-validate", "args": ["--shapes=shapes.ttl", "my data"]},
                    {"id": "cascq-check", "args": ["--json"]},
                ],
            }
        ]
    }
    (consumer / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    git(consumer, "add", ".")
    variables = environment(PRE_COMMIT_HOME=str(tmp_path / "pre-commit"), PRE_COMMIT_COLOR="never")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", *arguments]
        return subprocess.run(command, cwd=consumer, env=variables, capture_output=True, text=True, check=False)

    good = run("--all-files")
    assert good.returncode == 0, good.stdout + good.stderr
    assert len(re.findall(r"cascq (?:validate|check)\.+Passed", good.stdout)) == 2
    (consumer / "my data" / "bad.ttl").write_text(BAD, encoding="utf-8")
    git(consumer, "add", ".")
    bad = run("cascq-validate")
    assert bad.returncode == 1
    assert "my data/bad.ttl:3:12: violation: Age is 4 at most." in bad.stdout
    git(consumer, "rm", "--quiet", "--cached", "my data/bad.ttl")
    (consumer / "note.txt").write_text("no data")
    git(consumer, "add", "note.txt")
    assert "(no files to check)Skipped" in run("cascq-validate", "--files", "note.txt").stdout


# --- The documentation ---


def test_the_documented_commands_run(consumer: Path) -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    (consumer / "data").mkdir()
    (consumer / "data" / "bad.ttl").write_text(BAD, encoding="utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    variables = environment(PYTHONPATH=str(ROOT / "src"))
    codes = []
    for line in lines:
        script = f'cascq() {{ {shlex.quote(sys.executable)} -m cascq "$@"; }}\n{line}'
        done = subprocess.run(["bash", "-c", script], cwd=consumer, env=variables, capture_output=True, check=False)
        codes.append(done.returncode)
    assert codes == [1, 0, 0]
    assert (consumer / "report.xml").exists()
