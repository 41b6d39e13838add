"""One load at a time: a lock in the store, with an owner, and an end in case the owner dies."""

from __future__ import annotations

import contextlib
import getpass
import os
import re
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.remote import replies
from cascq.remote.protocol import Client
from cascq.remote.targets import Hold

LASTS = timedelta(minutes=3)  # without renewal
RENEWAL = 45.0  # seconds between two renewals
LOOKS = 10.0  # seconds between two looks at whether it still stands
_OWNER = ns.DCTERMS + "creator"
_SINCE = ns.DCTERMS + "created"
_UNTIL = "http://schema.org/expires"
_PROCESS = ", process "
_SPACE = re.compile(r" \[[^][]*\]$")  # where process numbers are counted, at the end of an owner; for programs only
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


def _space() -> str:
    """Return what tells where process numbers are counted: which start of which kernel, which container on it.

    The name of the host does not: containers and copies of a machine may share it. "" where nothing tells.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f" [{boot} {Path('/proc/self/ns/pid').stat().st_ino}]"
    except (OSError, UnicodeError):
        return ""


def _me() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "?"
    return f"{user}@{socket.gethostname()}{_PROCESS}{os.getpid()}{_space()}"


def _is_dead(lock: Lock) -> bool:
    """Tell whether the owner was a process of this machine that is no more, or a load of this one that has ended."""
    space = _space()
    place, _, number = lock.owner.removesuffix(space).rpartition(_PROCESS)
    is_near = space and lock.owner.endswith(space) and place.rpartition("@")[2] == socket.gethostname()
    if not is_near or not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return lock.node not in _held
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def standing(client: Client) -> list[Lock]:
    """Return all locks in the store, also those whose time is over.

    While a lock is renewed it stands there with two ends: the later one counts.
    """
    query = (
        f"SELECT ?lock ?owner ?since ?until WHERE {{ GRAPH <{ns.LOCK_GRAPH}> "
        f"{{ ?lock <{_OWNER}> ?owner ; <{_SINCE}> ?since ; <{_UNTIL}> ?until }} }}"
    )
    rows = replies.rows(client.results(query), client.addresses.query, "lock", "owner", "since", "until")
    found = sorted((Lock(*(term.value for term in row)) for row in rows), key=lambda lock: lock.until)
    return list({lock.node: lock for lock in found}.values())


def _remove(client: Client, lock: Lock, attempts: int | None = None) -> None:
    """Remove all that is said of a lock."""
    client.update(f"DELETE WHERE {{ GRAPH <{ns.LOCK_GRAPH}> {{ <{lock.node}> ?p ?o }} }}", attempts)


def _renew(client: Client, lock: Lock) -> None:
    """Let a lock end later, and only then no longer at an earlier time, so that it stands at every moment.

    One that has ended, or is there no more, stays so: somebody else may have the lock by now, or be about to take it.
    STR: Virtuoso finds no literal that is later than another.
    """
    end, now, later = f"<{lock.node}> <{_UNTIL}>", ox.Literal(_clock()), ox.Literal(_clock(LASTS))
    graph = f"GRAPH <{ns.LOCK_GRAPH}>"
    stands = f"{graph} {{ {end} ?until FILTER(STR(?until) > {now}) }}"
    client.update(f"INSERT {{ {graph} {{ {end} {later} }} }} WHERE {{ {stands} }}")
    earlier = f"{graph} {{ {end} {later} ; <{_UNTIL}> ?until FILTER(STR(?until) < {later}) }}"
    client.update(f"DELETE {{ {graph} {{ {end} ?until }} }} WHERE {{ {earlier} }}")


def _refuse_if_taken(client: Client, mine: Lock) -> None:
    """Raise an error if somebody else has a lock that holds; remove those that do not."""
    for lock in standing(client):
        if lock.node == mine.node:
            continue
        if lock.until <= _clock() or _is_dead(lock):
            _remove(client, lock)
            continue
        owner = _SPACE.sub("", lock.owner)
        owner_zh = owner.replace(_PROCESS, "，进程 ")
        raise CascqError(
            f"another load is at work there: {owner}, since {lock.since}; wait until it is done (if it has died, "
            f"its lock ends at {lock.until})",
            f"另一个加载正在进行：{owner_zh}，始于 {lock.since}；请等它完成（若它已中断，其锁在 {lock.until} 失效）",
        )


class _Renewed(Hold):
    """A lock in a store, which is renewed while it is held."""

    def __init__(self, client: Client, lock: Lock) -> None:
        self._client = client
        self._lock = lock
        self._looked = time.time()
        self._until = lock.until

    def check(self, *, sure: bool = False) -> None:
        """Look whether it still stands; without `sure` not more often than every `LOOKS` seconds.

        By the clock on the wall, which goes on while a process or a machine is suspended.
        """
        now = time.time()
        if not sure and self._looked <= now < self._looked + LOOKS and _clock() < self._until:
            return
        self._until = max((lock.until for lock in standing(self._client) if lock.node == self._lock.node), default="")
        self._looked = now
        if self._until <= _clock():
            raise CascqError(
                "the lock of this load has run out (computer suspended, or store out of reach for minutes) "
                "and another load may have begun: this one stops here; load again",
                "本次加载的锁已失效（计算机曾休眠，或存储曾有数分钟无法访问？），另一个加载可能已经开始："
                "本次加载到此停止；请重新加载",
            )


@contextlib.contextmanager
def locked(client: Client) -> Iterator[Hold]:
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

    def renew() -> None:
        while not stop.wait(RENEWAL):
            # A renewal that fails is no reason to stop: the next may not, and whoever writes looks at the lock.
            with contextlib.suppress(CascqError):
                _renew(client, lock)

    thread = threading.Thread(target=renew, daemon=True)
    try:
        client.update(f"INSERT DATA {{ {lock.triples()} }}")
        _refuse_if_taken(client, lock)
        thread.start()
        yield _Renewed(client, lock)
    finally:
        stop.set()
        if thread.ident is not None:
            thread.join()
        # What happened before is what matters, and a lock ends by itself: little patience with a server that has died.
        with contextlib.suppress(CascqError):
            _remove(client, lock, attempts=2)
        _held.discard(lock.node)
