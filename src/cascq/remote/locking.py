"""One load at a time: a lock in the store, with an owner, and an end in case the owner dies."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.remote import replies
from cascq.remote.protocol import Client

LASTS = timedelta(minutes=3)  # without renewal
RENEWAL = 45.0  # seconds between two renewals
_OWNER = ns.DCTERMS + "creator"
_SINCE = ns.DCTERMS + "created"
_UNTIL = "http://schema.org/expires"
_PROCESS = ", process "
_held: set[str] = set()  # the locks that this process holds


@dataclass(frozen=True)
class Lock:
    """A lock as it stands in the store. Times are UTC, as text: they compare as such, and no store rewrites them."""

    node: str
    owner: str
    since: str
    until: str

    def triples(self) -> str:
        """Return the lock as it stands in an update."""
        values = ((_OWNER, self.owner), (_SINCE, self.since), (_UNTIL, self.until))
        rows = " ".join(f"<{self.node}> <{name}> {ox.Literal(value)} ." for name, value in values)
        return f"GRAPH <{ns.LOCK_GRAPH}> {{ {rows} }}"


def _clock(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).strftime("%Y-%m-%dT%H:%M:%SZ")


def _me() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "?"
    return f"{user}@{socket.gethostname()}{_PROCESS}{os.getpid()}"


def _is_dead(lock: Lock) -> bool:
    """Tell whether the owner was a process of this machine that is no more, or a load of this one that has ended."""
    if lock.owner == _me():
        return lock.node not in _held
    place, _, number = lock.owner.rpartition(_PROCESS)
    if os.name != "posix" or place.rpartition("@")[2] != socket.gethostname() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def standing(client: Client) -> list[Lock]:
    """Return all locks in the store, also those whose time is over."""
    query = (
        f"SELECT ?lock ?owner ?since ?until WHERE {{ GRAPH <{ns.LOCK_GRAPH}> "
        f"{{ ?lock <{_OWNER}> ?owner ; <{_SINCE}> ?since ; <{_UNTIL}> ?until }} }}"
    )
    rows = replies.rows(client.results(query), client.addresses.query, "lock", "owner", "since", "until")
    return [Lock(*(term.value for term in row)) for row in rows]


def _refuse_if_taken(client: Client, mine: Lock) -> None:
    """Raise an error if somebody else has a lock that holds; remove those that do not.

    While a lock is renewed it stands there twice, with two ends: the later one counts.
    """
    for lock in standing(client):
        if lock.node == mine.node:
            continue
        if lock.until <= _clock() or _is_dead(lock):
            client.update(f"DELETE DATA {{ {lock.triples()} }}")
            continue
        owner_zh = lock.owner.replace(_PROCESS, "，进程 ")
        raise CascqError(
            f"another load is at work there: {lock.owner}, since {lock.since}; wait until it is done (if it has died, "
            f"its lock ends at {lock.until})",
            f"另一个加载正在进行：{owner_zh}，始于 {lock.since}；请等它完成（若它已中断，其锁在 {lock.until} 失效）",
        )


@contextlib.contextmanager
def locked(client: Client) -> Iterator[None]:
    """Hold the lock of a store.

    Look, write, look again: of two loads that begin at the same moment both see the other one and neither goes on,
    which is dull but safe on stores without transactions.

    Raises:
        CascqError: somebody else holds it; or the store cannot be written.
    """
    lock = Lock(f"{ns.LOCK_GRAPH}#{uuid.uuid4()}", _me(), _clock(), _clock(LASTS))
    _refuse_if_taken(client, lock)
    _held.add(lock.node)
    stop = threading.Event()
    current = [lock]

    def renew() -> None:
        while not stop.wait(RENEWAL):
            later = Lock(lock.node, lock.owner, lock.since, _clock(LASTS))
            # A renewal that fails is no reason to stop: if the store is gone, the load itself will notice.
            with contextlib.suppress(CascqError):
                client.update(f"INSERT DATA {{ {later.triples()} }}")
                old, current[0] = current[0], later
                node = f"<{lock.node}> <{_UNTIL}> {ox.Literal(old.until)}"
                client.update(f"DELETE DATA {{ GRAPH <{ns.LOCK_GRAPH}> {{ {node} }} }}")

    thread = threading.Thread(target=renew, daemon=True)
    try:
        client.update(f"INSERT DATA {{ {lock.triples()} }}")
        _refuse_if_taken(client, lock)
        thread.start()
        yield
    finally:
        stop.set()
        if thread.ident is not None:
            thread.join()
        # What happened before is what matters, and the lock ends by itself: no patience with a server that has died.
        with contextlib.suppress(CascqError):
            client.update(f"DELETE DATA {{ {current[0].triples()} }}", attempts=1)
        _held.discard(lock.node)
