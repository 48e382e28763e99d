"""A hostile web server: raw sockets and TLS, one behaviour a path, and everything it was told.

A behaviour is bytes, sent as they stand before the connection is closed, or a function that does with the
connection what it likes. What is tried and what must come of it: see hostile_rows.py.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import chain, repeat
from typing import Self

Behaviour = bytes | Callable[[socket.socket], None]

_TICK = 0.1  #: seconds between the drops of a slow answer


class Hostile:
    """Serves behaviours by path on 127.0.0.1, a port of its own; a context manager.

    tls: with this context. at_once: the behaviour of every connection before anything was read from it.
    A path without behaviour answers 404.
    """

    def __init__(
        self,
        behaviours: Mapping[str, Behaviour],
        tls: ssl.SSLContext | None = None,
        at_once: Behaviour | None = None,
    ) -> None:
        self.behaviours = dict(behaviours)
        self.heads: list[bytes] = []  #: of the requests, as they came
        self._tls, self._at_once = tls, at_once
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listening.getsockname()[1]

    def url(self, path: str, host: str = "localhost", scheme: str = "") -> str:
        """Of a path here."""
        return f"{scheme or ('https' if self._tls else 'http')}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        with suppress(OSError), connection:
            if self._at_once is not None:
                _behave(self._at_once, connection)
                return
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                _behave(self._behaviour(_head(connection)), connection)

    def _behaviour(self, head: bytes) -> Behaviour:
        self.heads.append(head)
        path = head.split(b" ")[1].decode("ascii") if head.count(b" ") > 1 else ""
        return self.behaviours.get(path, NOT_FOUND)


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (more := connection.recv(65_536)):
        head += more
    return head


def _behave(behaviour: Behaviour, connection: socket.socket) -> None:
    if isinstance(behaviour, bytes):
        connection.sendall(behaviour)
    else:
        behaviour(connection)


# --------------------------------------------------------------------------- behaviours


def answer(*headers: str, body: bytes = b"", status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer; length: what Content-Length says, if it is not the truth (-1: it is left out)."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", "Connection: close", *headers]
    if length != -1:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """An answer in these chunks; end=b"" leaves out the last one."""
    return answer("Transfer-Encoding: chunked", length=-1) + b"".join(map(chunk, chunks)) + end


def chunk(body: bytes) -> bytes:
    """One of them."""
    return b"%x\r\n%s\r\n" % (len(body), body)


def redirect(location: str, *headers: str, body: bytes = b"") -> bytes:
    """To anywhere; the characters of location are its bytes."""
    return answer(f"Location: {location}", *headers, body=body, status="302 Found")


NOT_FOUND = answer(body=b"<p>no such page</p>", status="404 Not Found")


def endlessly(start: bytes, piece: bytes) -> Behaviour:
    """The start, then the piece again and again, as fast as it is taken."""
    return lambda connection: _send(connection, chain([start], repeat(piece)))


def slowly(start: bytes, drop: bytes) -> Behaviour:
    """The start at once, then a drop at each tick, for ever; an empty drop is silence."""
    return lambda connection: _send(connection, chain([start], _every_tick(drop)))


def _every_tick(drop: bytes) -> Iterator[bytes]:
    while True:
        time.sleep(_TICK)
        yield drop


def _send(connection: socket.socket, pieces: Iterator[bytes]) -> None:
    """Until the other side has had enough."""
    for piece in pieces:
        connection.sendall(piece)
        if not piece and _has_left(connection):
            return


def _has_left(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        connection.settimeout(20)


def after(seconds: float, then: bytes) -> Behaviour:
    """An answer that takes its time."""

    def late(connection: socket.socket) -> None:
        time.sleep(seconds)
        connection.sendall(then)

    return late


def reset(before: bytes = b"") -> Behaviour:
    """These bytes, and once they have come through, a TCP reset instead of an end."""

    def kick(connection: socket.socket) -> None:
        connection.sendall(before)
        time.sleep(_TICK)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return kick
