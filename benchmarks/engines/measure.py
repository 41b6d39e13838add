"""Run a command as a whole process and print its wall seconds and peak memory as JSON.

    measure.py LIMIT MEMORY OUT ERR COMMAND...

Stops it after LIMIT seconds or at MEMORY megabytes: an engine that takes all there is would take the machine with it.
It is a process of its own, and small, since Linux counts to a process what its parent held when it was started.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)


def run(command: list[str], limit: float, memory: float, out: Path, err: Path) -> dict[str, object]:
    """Run a command to its end, or stop it.

    Returns:
        seconds: wall time from before its start to its end; peak: the most memory that it held at once (ru_maxrss,
        which Linux calls VmHWM), in MB; code: its exit code; stopped: why it was stopped, or an empty text.
    """
    reasons: list[str] = []
    done = threading.Event()
    with out.open("wb") as to, err.open("wb") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=to, stderr=errors)
        guard = threading.Thread(target=_watch, args=(process.pid, limit, memory, done, reasons))
        guard.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        done.set()
        guard.join()
        process.returncode = os.waitstatus_to_exitcode(status)
    if not reasons and seconds > limit:
        reasons.append(f"over {limit:,g} s")
    stopped = "".join(reasons)
    return {"seconds": seconds, "peak": usage.ru_maxrss / 1024, "code": process.returncode, "stopped": stopped}


def _watch(pid: int, limit: float, memory: float, done: threading.Event, reasons: list[str]) -> None:
    """Stop a process that takes too long or too much; say why."""
    started = time.perf_counter()
    while not done.wait(0.25):
        try:
            resident = _RESIDENT.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace"))
        except OSError:
            return
        if time.perf_counter() - started > limit:
            reasons.append(f"over {limit:,g} s")
        elif resident and int(resident[1]) / 1024 > memory:
            reasons.append(f"over {memory:,g} MB")
        if reasons:
            os.kill(pid, signal.SIGKILL)
            return


if __name__ == "__main__":
    seconds, megabytes, out_file, err_file, *rest = sys.argv[1:]
    json.dump(run(rest, float(seconds), float(megabytes), Path(out_file), Path(err_file)), sys.stdout)
