"""Opening the store from which the graph is taken instead of from files."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from cascq.errors import CascqError
from cascq.given import as_seconds
from cascq.remote.stores import Folder, Note, Store

_PACKAGES = ("SPARQLWrapper", "requests")


def open_store(
    *,
    endpoint: str | None = None,
    store: str | os.PathLike[str] | None = None,
    profile: str | None = None,
    user: str | None = None,
    timeout: float | None = None,
    note: Note | None = None,
) -> Store | None:
    """Open the store that is asked for; None if none is.

    Args:
        endpoint: a URL; see `cascq.remote.endpoint.open_endpoint`.
        store: a folder that `cascq load` has made.
        profile: what kind of store is behind the URL.
        user: who asks it.
        timeout: seconds until it must have begun to answer; see `cascq.remote.protocol.TIMEOUT`.
        note: what to do with remarks on how far its answers are to be relied on.

    Raises:
        CascqError: both are given, or it cannot be opened.
    """
    if endpoint is not None and store is not None:
        raise CascqError("one store at a time: an endpoint or a folder", "一次只能用一个存储：endpoint 或文件夹")
    if endpoint is None and (profile or user or timeout is not None):
        raise CascqError(
            "--profile, --user and --timeout go with --endpoint", "--profile、--user 与 --timeout 须与 --endpoint 同用"
        )
    if timeout is not None:
        as_seconds(timeout)
    if store is not None:
        return Folder(Path(store), note=note)
    if endpoint is None:
        return None
    require_packages()
    from cascq.remote.endpoint import open_endpoint

    return open_endpoint(endpoint, profile, user, timeout=timeout, note=note)


def require_packages() -> None:
    """Make sure that the packages for stores with a URL, the extra `remote`, are installed.

    Raises:
        CascqError: they are not.
    """
    if missing := [name for name in _PACKAGES if find_spec(name) is None]:
        raise CascqError(
            f"a store with a URL needs more packages ({', '.join(missing)}): pip install 'cascq[remote]'",
            f"访问有 URL 的存储需要更多软件包（{'、'.join(missing)}）：pip install 'cascq[remote]'",
        )
