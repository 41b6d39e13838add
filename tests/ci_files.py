"""The files with which other repositories run cascq in their CI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GITLAB = ROOT / "ci" / "gitlab.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def yaml_of(path: Path) -> dict[str, Any]:
    """Read YAML; `on` is a key of workflows, not the truth value that YAML 1.1 takes it for."""
    return {("on" if key is True else key): value for key, value in yaml.safe_load(path.read_text()).items()}
