"""The browser's only way out: a proxy on loopback that asks the guard before it connects anywhere.

A browser resolves names and follows redirects by itself, and its pages load what they like; so the one
choke point for addresses stands in front of it. It connects to the very address that it has judged.
"""

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Collection
from typing import Self
from urllib.parse import urlsplit

from spiders.guard import refused_addresses

_HEAD_SECONDS = 30
_EXPECTED = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError)


class Door:
    """`async with Door(hosts) as door`: a forward proxy at door.url while the block runs.

    addresses: to which address each host was connected. refused: hosts turned away, with the address
    that is not public. unresolved: hosts without any address.
    """

    def __init__(self, allow_hosts: Collection[str]) -> None:
        self._allow_hosts = frozenset(host.lower() for host in allow_hosts)
        self.addresses: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.unresolved: set[str] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

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
        host, port = parts.hostname or "", parts.port or 80
        far_reader, far_writer = await self._connect(host, port)
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                far_writer.write(_for_origin(head))
            await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
        finally:
            far_writer.close()

    async def _connect(self, host: str, port: int) -> tuple[StreamReader, StreamWriter]:
        """Connect to the first address that answers; OSError where none does or one may not."""
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            self.unresolved.add(host)
            raise
        addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        refused = refused_addresses(host, addresses, self._allow_hosts)
        if refused:
            self.refused[host] = refused[0]
            raise OSError(f"{host} is not public")
        for address in addresses[:-1]:
            try:
                return await self._open(host, address, port)
            except OSError:
                continue
        return await self._open(host, addresses[-1], port)

    async def _open(self, host: str, address: str, port: int) -> tuple[StreamReader, StreamWriter]:
        connection = await asyncio.open_connection(address, port)
        self.addresses[host] = address
        return connection


def _for_origin(head: bytes) -> bytes:
    """The head as the server itself wants it: a path instead of a URL, and one request a connection."""
    first, _, rest = head.partition(b"\r\n")
    method, url, version = first.split(b" ")
    path = b"/" + url.split(b"//", 1)[1].partition(b"/")[2]
    headers = [line for line in rest.split(b"\r\n") if line and not line.lower().startswith(_PROXY_ONLY)]
    return b"\r\n".join([b" ".join((method, path, version)), *headers, b"Connection: close", b"", b""])


_PROXY_ONLY = (b"connection:", b"proxy-")


async def _pipe(reader: StreamReader, writer: StreamWriter) -> None:
    """Copy until the sender has finished, then close this direction."""
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    finally:
        if writer.can_write_eof() and not writer.is_closing():
            writer.write_eof()
