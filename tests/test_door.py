"""The browser's way out: what passes, what does not, and that the address judged is the one connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from spiders.door import Door, Way
from spiders.site import Reach
from tests.loopback import Answer, Loopback
from tests.sockets import names_from

MOST = 1_000_000


async def said(way_url: str, request: bytes) -> bytes:
    """What the proxy answers to these bytes, until it closes the connection."""
    port = int(way_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def get(url: str) -> bytes:
    return f"GET {url} HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n".encode()


def connect(host_port: str) -> bytes:
    return f"CONNECT {host_port} HTTP/1.1\r\n\r\n".encode()


def connects_of(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every (address, port) that is connected to from now on; those that would leave this machine fail."""
    really, connects = asyncio.open_connection, list[tuple[str, int]]()

    async def open_connection(host: str, port: int) -> Any:
        connects.append((host, port))
        if host != "127.0.0.1":
            raise OSError("the test lets nothing out")
        return await really(host, port)

    monkeypatch.setattr(asyncio, "open_connection", open_connection)
    return connects


def through(
    ask: Callable[[Way], Awaitable[Any]],
    reach: Reach,
    allow_hosts: Sequence[str] = ("127.0.0.1",),
    most_bytes: int = MOST,
) -> Any:
    async def main() -> Any:
        async with Door(allow_hosts) as door, door.way(reach, most_bytes) as way:
            return await ask(way)

    return asyncio.run(main())


def test_a_request_and_a_tunnel_pass_within_reach() -> None:
    with Loopback({"/a?b": Answer(body=b"hello")}) as site:
        here = f"127.0.0.1:{site.port}"
        tunnelled = connect(here) + b"GET /a?b HTTP/1.1\r\nHost: y\r\nConnection: close\r\n\r\n"

        async def ask(way: Way) -> list[bytes]:
            return [await said(way.url, get(f"http://{here}/a?b")), await said(way.url, tunnelled)]

        plain, tunnel = through(ask, Reach(here))
    assert plain.endswith(b"hello")
    assert tunnel.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 ")
    assert tunnel.endswith(b"hello")
    assert [one.path for one in site.asked] == ["/a?b", "/a?b"]
    assert "Proxy-Connection" not in site.asked[0].headers


@pytest.mark.parametrize(
    "request_of",
    [
        lambda here: get(f"http://{here}/"),
        lambda here: connect(here),
        lambda here: b"GET / HTTP/1.1\r\nHost: " + here.encode() + b"\r\n\r\n",  # not a proxy's request
        lambda here: b"nonsense\r\n\r\n",
        lambda here: connect("127.0.0.1:99999"),
        lambda here: connect(":"),
        lambda here: b"GET http://\xff/ HTTP/1.1\r\n\r\n",
        lambda here: b"x" * 100_000,
    ],
)
def test_what_is_out_of_reach_or_no_request_is_answered_with_nothing(
    request_of: Callable[[str], bytes],
) -> None:
    with Loopback({"/": Answer(body=b"hello")}) as site:
        request = request_of(f"127.0.0.1:{site.port}")
        assert through(lambda way: said(way.url, request), Reach("example.org")) == b""
    assert site.asked == []


def test_the_way_of_the_browser_itself_leads_nowhere() -> None:
    async def main(request: bytes) -> bytes:
        async with Door(["127.0.0.1"]) as door:
            return await said(door.url, request)

    with Loopback({"/": Answer(body=b"hello")}) as site:
        assert asyncio.run(main(get(site.url()))) == b""
    assert site.asked == []


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([["127.0.0.1"]], id="private"),
        pytest.param([["192.0.2.1", "127.0.0.1"]], id="one of two is private"),
        pytest.param([["::ffff:127.0.0.1"]], id="private in another spelling"),
        pytest.param([[]], id="no address"),
    ],
)
def test_within_reach_but_private_is_refused(
    answers: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    connects = connects_of(monkeypatch)
    monkeypatch.setattr(socket, "getaddrinfo", names_from({"cdn.example.net": answers}))
    with Loopback({"/": Answer(body=b"hello")}) as site:
        request = get(f"http://cdn.example.net:{site.port}/")
        assert through(lambda way: said(way.url, request), Reach("example.net")) == b""
        assert ("127.0.0.1", site.port) not in connects
    assert site.asked == []


def test_a_name_is_asked_for_once_and_the_address_that_was_judged_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connects = connects_of(monkeypatch)
    rebinding = {"cdn.example.net": [["93.184.216.34"], ["127.0.0.1"]]}
    monkeypatch.setattr(socket, "getaddrinfo", names_from(rebinding))
    with Loopback({"/": Answer(body=b"hello")}) as site:
        request = get(f"http://cdn.example.net:{site.port}/")

        async def twice(way: Way) -> list[bytes]:
            return [await said(way.url, request), await said(way.url, request)]

        assert through(twice, Reach("example.net")) == [b"", b""]
        assert [host for host, port in connects if port == site.port] == ["93.184.216.34"]
    assert site.asked == []


def test_a_second_request_on_the_same_connection_goes_nowhere() -> None:
    with Loopback({"/a": Answer(body=b"hello"), "/b": Answer(body=b"again")}) as site:
        here = f"127.0.0.1:{site.port}"
        first = f"POST http://{here}/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc".encode()
        through(lambda way: said(way.url, first + get(f"http://{here}/b")), Reach(here))
    assert {one.path for one in site.asked} <= {"/a"}


def test_a_way_ends_after_so_many_bytes_for_all_its_connections_together() -> None:
    with Loopback({"/": Answer(body=b"x" * 60_000)}) as site:
        here, request = f"127.0.0.1:{site.port}", get(site.url())

        async def ask(way: Way) -> tuple[list[int], bool]:
            return [len(await said(way.url, request)) for _ in range(3)], way.is_spent

        sizes, is_spent = through(ask, Reach(here), most_bytes=100_000)
    assert is_spent
    assert sizes[0] > 60_000
    assert sum(sizes) <= 100_000
    assert sizes[2] == 0
    assert len(site.asked) == 2


def test_open_connections_end_with_the_way() -> None:
    with Loopback({"/": Answer(hangs=True)}) as site:
        request = get(site.url())

        async def main() -> bytes:
            async with Door(["127.0.0.1"]) as door:
                async with door.way(Reach(f"127.0.0.1:{site.port}"), MOST) as way:
                    waiting = asyncio.create_task(said(way.url, request))
                    while not site.asked:
                        await asyncio.sleep(0.01)
                return await waiting

        assert asyncio.run(main()) == b""
