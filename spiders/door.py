"""The browser's only way out: proxies on loopback that ask the guard before they connect anywhere.

A browser resolves names by itself, and its pages load what they like (from workers, sockets, hints …); so the
one choke point for addresses stands in front of it. Each page has a way out of its own, which leads to the
hosts within its reach, connects to the very address that was judged, and ends after so many bytes.
"""

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from monitor.addresses import refused_addresses
from spiders.site import Reach

_Side = Coroutine[Any, Any, None]

_HEAD_SECONDS = 30
_NOWHERE = Reach("")
_PROXY_ONLY = (b"connection:", b"proxy-")
_EXPECTED = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError)


class Door:
    """`async with Door(hosts) as door`: door.url is a proxy for the browser itself, and leads nowhere."""

    def __init__(self, allow_hosts: Collection[str]) -> None:
        self._allow_hosts = tuple(allow_hosts)
        self._own = Way(_NOWHERE, self._allow_hosts, 0)

    @property
    def url(self) -> str:
        """The address of the proxy that refuses everything."""
        return self._own.url

    async def __aenter__(self) -> Self:
        await self._own.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._own.close()

    @asynccontextmanager
    async def way(self, reach: Reach, most_bytes: int) -> AsyncIterator["Way"]:
        """A way out for one page; its connections end with the block, or once most_bytes have come in."""
        way = Way(reach, self._allow_hosts, most_bytes)
        await way.open()
        try:
            yield way
        finally:
            await way.close()


class Way:
    """A forward proxy at `url`. is_spent: more bytes came in than it lets through."""

    def __init__(self, reach: Reach, allow_hosts: Collection[str], most_bytes: int) -> None:
        self._reach, self._allow_hosts, self._bytes_left = reach, allow_hosts, most_bytes
        self._connections: set[asyncio.Task[None]] = set()
        self.url = ""
        self.is_spent = False

    async def open(self) -> None:
        """Listen on a port of 127.0.0.1."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Listen no more, and end all connections."""
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
            await self._pass_on(head, reader, writer)
        except _EXPECTED:
            pass  # the browser sees a closed connection, and says so
        finally:
            writer.close()

    async def _pass_on(self, head: bytes, reader: StreamReader, writer: StreamWriter) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        far_reader, far_writer = await self._connect(parts.hostname or "", parts.port or 80)
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                there, until = _pipe(reader, far_writer), asyncio.FIRST_EXCEPTION
            else:
                far_writer.write(_for_origin(head))
                there, until = _pipe_body(reader, far_writer, _body_length(head)), asyncio.FIRST_COMPLETED
            await _together(there, self._pass_back(far_reader, writer), until)
        finally:
            far_writer.close()

    async def _connect(self, host: str, port: int) -> tuple[StreamReader, StreamWriter]:
        """Connect to the first address that answers; OSError where none does or one may not."""
        if self.is_spent or not self._reach.holds(host, port):
            raise OSError(f"{host} is not within reach")
        loop = asyncio.get_running_loop()
        answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        if not addresses or refused_addresses(host, addresses, self._allow_hosts):
            raise OSError(f"{host} is not public")
        for address in addresses[:-1]:
            try:
                return await asyncio.open_connection(address, port)
            except OSError:
                continue
        return await asyncio.open_connection(addresses[-1], port)

    async def _pass_back(self, far_reader: StreamReader, writer: StreamWriter) -> None:
        """Copy what comes in, as long as there are bytes left for it."""
        try:
            while piece := await far_reader.read(65_536):
                self._bytes_left -= len(piece)
                if self._bytes_left < 0:
                    self.is_spent = True
                    raise OSError("this page loads too much")
                writer.write(piece)
                await writer.drain()
        finally:
            _end(writer)


def _for_origin(head: bytes) -> bytes:
    """The head as the server itself wants it: a path instead of a URL, and one request a connection."""
    first, _, rest = head.partition(b"\r\n")
    method, url, version = first.split(b" ")
    path = b"/" + url.split(b"//", 1)[1].partition(b"/")[2]
    headers = [line for line in rest.split(b"\r\n") if line and not line.lower().startswith(_PROXY_ONLY)]
    return b"\r\n".join([b" ".join((method, path, version)), *headers, b"Connection: close", b"", b""])


def _body_length(head: bytes) -> int:
    lengths = [
        line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"
    ]
    return int(lengths[0]) if lengths else 0


async def _pipe_body(reader: StreamReader, writer: StreamWriter, length: int) -> None:
    """Copy one request's body, then wait for the end: a second request could be meant for another host."""
    while length:
        piece = await reader.read(min(length, 65_536))
        if not piece:
            return
        length -= len(piece)
        writer.write(piece)
        await writer.drain()
    await reader.read(1)


async def _pipe(reader: StreamReader, writer: StreamWriter) -> None:
    """Copy until the sender has finished, then close this direction."""
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    finally:
        _end(writer)


def _end(writer: StreamWriter) -> None:
    if writer.can_write_eof() and not writer.is_closing():
        writer.write_eof()


async def _together(there: _Side, back: _Side, until: str) -> None:
    """Run both sides of a connection until the first has ended (or failed), which ends the other."""
    sides = [asyncio.create_task(there), asyncio.create_task(back)]
    try:
        await asyncio.wait(sides, return_when=until)
    finally:
        for side in sides:
            side.cancel()
        await asyncio.gather(*sides, return_exceptions=True)
