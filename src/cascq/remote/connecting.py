"""Taking the graph from a store instead of from files: for questions, and for a validation of what the store holds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.given import as_seconds
from cascq.remote.stores import Folder, Note, Store

if TYPE_CHECKING:
    from cascq.reports.report import Report

_PACKAGES = ("SPARQLWrapper", "requests")


def connect(
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


@contextmanager
def written(store: Store) -> Iterator[tuple[Path, Counter[str]]]:
    """Write the data of a store into a file for a validation, graph by graph; afterwards the file is removed.

    Ontology, vocabularies and alignments stay out, since a validation brings its own; so does what was derived.

    Yields:
        The file (N-Quads), and how many quads of each graph are in it.

    Raises:
        CascqError: the store fails, or has no data.
    """
    sizes: Counter[str] = Counter()

    def data() -> Iterator[ox.Quad]:
        for quad in store:
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            if not ns.is_made(name):
                sizes[name] += 1
                yield quad

    with TemporaryDirectory(prefix="cascq-") as folder:
        path = Path(folder) / "store.nq"
        with path.open("wb") as file:
            ox.serialize(data(), file, ox.RdfFormat.N_QUADS)
        if not sizes:
            raise CascqError("the store has no data to validate", "存储中没有可验证的数据")
        yield path, sizes


def without_places(report: Report) -> Report:
    """Return a report without the places of a file that is there no more."""
    return replace(report, findings=[replace(finding, places=()) for finding in report.findings])
