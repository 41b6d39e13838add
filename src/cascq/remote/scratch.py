"""Room on disk for what does not fit into memory."""

from __future__ import annotations

import tempfile
from typing import IO


def scratch() -> IO[bytes]:
    """Return a file that is gone when it is closed."""
    return tempfile.TemporaryFile(prefix="cascq-")
