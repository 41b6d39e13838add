"""Servers that misbehave below HTTP: they write to the socket what a script says, at the pace that it says."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass
class Raw:
    """A running server.

    Attributes:
        url: its base URL.
        sent: how many bytes it has sent, headers aside.
    """

    url: str
    sent: int = 0


@contextlib.contextmanager
def raw(head: str, blocks: Callable[[], Iterator[bytes]], pause: float = 0.0) -> Iterator[Raw]:
    """Run a server that answers every request in the same way.

    Args:
        head: status line and headers.
        blocks: the body, in parts.
        pause: seconds after each part.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    server = Raw(f"http://127.0.0.1:{listening.getsockname()[1]}")
    stop = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            _read(connection)
            connection.sendall(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode())
            for block in blocks():
                if stop.is_set():
                    return
                connection.sendall(block)
                server.sent += len(block)
                if pause:
                    time.sleep(pause)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _read(connection: socket.socket) -> None:
    """Read a request to its end: what is left unread resets the connection when it is closed."""
    with connection.makefile("rb") as request:
        length = 0
        while line := request.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        request.read(length)
