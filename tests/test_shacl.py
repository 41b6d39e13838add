"""The pySHACL adapter: what it must keep quiet about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cascq import resources

ROOT = Path(__file__).parents[1]


def test_an_ill_formed_literal_is_a_finding_and_no_log_line(tmp_path: Path) -> None:
    source = resources.root() / "data" / "cas-chongqing-report" / "1-cooperation.trig"
    mistaken = tmp_path / "1-cooperation.trig"
    mistaken.write_text(source.read_text(encoding="utf-8").replace("2016-04-21", "2016-04-31"), encoding="utf-8")
    command = [sys.executable, "-m", "cascq", "validate", str(mistaken), "--lang", "en"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert '"2016-04-31"^^xsd:date' in done.stdout
    assert "Traceback" not in done.stderr
    assert "Failed to convert" not in done.stderr
