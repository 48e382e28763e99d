"""What the daemon answers on daemon.listen, through real sockets: three pages, and nothing else."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import listening as listening_module
from app.canary import canary_page
from app.home import Home
from app.listening import TICK_AT_LATEST, listening
from app.setup import Wishes, make_home
from monitor.errors import ConfigError
from tests.sockets import free_port

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Times:
    """What the daemon's clock says, and when it ticked."""

    now: datetime = NOW
    tick: datetime | None = NOW


CLOCK = Times()  #: of the server that answers most of these tests


def on(folder: Path, listen: str) -> Home:
    """This home, listening there (every home is another one: it reads its settings once)."""
    (folder / "config" / "settings.toml").write_text(f'[daemon]\nlisten = "{listen}"\n', encoding="utf-8")
    return Home(folder, folder / "config")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty watchlist and a store."""
    folder = tmp_path_factory.mktemp("listening") / "home"
    make_home(folder, Wishes())
    return folder


@pytest.fixture(scope="module")
def answering(home: Path) -> Iterator[int]:
    with listening(on(home, "127.0.0.1:0"), lambda: CLOCK.tick, lambda: CLOCK.now) as where:
        yield int(where.rpartition(":")[2])


@pytest.fixture
def times() -> Times:
    CLOCK.now, CLOCK.tick = NOW, NOW
    return CLOCK


@pytest.fixture
def port(answering: int, times: Times) -> int:
    return answering


def ask(port: int, path: str, method: str = "GET") -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


def raw(port: int, sent: bytes) -> bytes:
    """What comes back until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        came = b""
        try:
            while part := connection.recv(65536):
                came += part
        except ConnectionResetError:
            pass
        return came


# --------------------------------------------------------------------------- the pages


def test_metrics_are_those_of_the_store(port: int) -> None:
    answer, body = ask(port, "/metrics")
    assert (answer.status, answer.getheader("Content-Type")) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    assert "pledgewatch_chain_length" in {one.name for one in text_string_to_metric_families(body)}


def test_the_canary_is_of_today(port: int, times: Times) -> None:
    answer, body = ask(port, "/canary?whatever")
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/html; charset=utf-8")
    assert body == canary_page(NOW)
    times.now += timedelta(days=1)
    assert ask(port, "/canary")[1] == canary_page(times.now) != body


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        pytest.param(timedelta(0), 200, id="just now"),
        pytest.param(TICK_AT_LATEST - timedelta(seconds=1), 200, id="lately"),
        pytest.param(TICK_AT_LATEST, 503, id="too long ago"),
        pytest.param(-timedelta(minutes=9), 200, id="the clock was set back"),
        pytest.param(None, 503, id="never"),
    ],
)
def test_health_is_a_tick_lately(port: int, times: Times, ago: timedelta | None, status: int) -> None:
    times.tick = None if ago is None else NOW - ago
    answer, body = ask(port, "/healthz")
    assert answer.status == status
    assert len(body.splitlines()) == 1


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_a_store_that_cannot_be_used_is_no_health(tmp_path: Path, path: str) -> None:
    (tmp_path / "config" / "watchlist").mkdir(parents=True)
    (tmp_path / "pledgewatch.db").write_bytes(b"this is no database, and was never one" * 100)
    with listening(on(tmp_path, "127.0.0.1:0"), lambda: NOW, lambda: NOW) as where:
        answer, body = ask(int(where.rpartition(":")[2]), path)
    assert answer.status == 503
    assert body == "The store cannot be used; the daemon's log and pledgewatch doctor say why.\n"


@pytest.mark.parametrize("path", ["/", "/metrics/", "/../config/settings.toml", "/config", "/robots.txt"])
def test_there_is_nothing_else(port: int, path: str) -> None:
    assert ask(port, path)[0].status == 404


@pytest.mark.parametrize("path", ["/metrics", "/canary", "/healthz", "/nothing"])
def test_head_is_get_without_a_body(port: int, path: str) -> None:
    answer, body = ask(port, path, "HEAD")
    full, content = ask(port, path)
    assert (answer.status, body) == (full.status, "")
    if path != "/metrics":  # whose figures may be another by now
        assert answer.getheader("Content-Length") == str(len(content))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_nothing_can_be_done_here(port: int, method: str) -> None:
    answer, _ = ask(port, "/metrics", method)
    assert (answer.status, answer.getheader("Allow")) == (405, "GET, HEAD")


def test_what_is_sent_is_safe_and_says_little(port: int) -> None:
    answer, _ = ask(port, "/canary")
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Content-Security-Policy", "").startswith("default-src 'none'")
    assert answer.getheader("Server", "").strip() == "pledgewatch"


# --------------------------------------------------------------------------- its limits


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b" 414 ", id="a long address"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b" 431 ", id="a long header"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200 + b"\r\n", b" 431 ", id="many headers"),
        pytest.param(b"nonsense\r\n\r\n", b" 400 ", id="nonsense"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", b" 505 ", id="another protocol"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\r\n", b" 400 ", id="TLS"),
    ],
)
def test_odd_requests_are_refused(port: int, sent: bytes, status: bytes) -> None:
    assert status in raw(port, sent) + b" 400 " * (b"nonsense" in sent)
    assert ask(port, "/healthz")[0].status == 200, "and the next one is answered"


def test_one_connection_is_one_request(port: int) -> None:
    came = raw(port, b"GET /nothing HTTP/1.1\r\n\r\nGET /nothing HTTP/1.1\r\n\r\n")
    assert came.count(b" 404 ") == 1


def test_who_says_nothing_is_hung_up_on(home: Path, times: Times, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening_module._Request, "timeout", 0.1)
    with listening(on(home, "127.0.0.1:0"), lambda: times.tick, lambda: times.now) as where:
        assert raw(int(where.rpartition(":")[2]), b"GET /healthz HT") == b""


def test_who_trickles_is_hung_up_on(home: Path, times: Times, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening_module, "_WHOLE_SECONDS", 0.2)
    monkeypatch.setattr(listening_module._Request, "timeout", 60.0)  # which each byte would begin anew
    with listening(on(home, "127.0.0.1:0"), lambda: times.tick, lambda: times.now) as where:
        assert raw(int(where.rpartition(":")[2]), b"GET /healthz HTTP/1.1\r\n") == b""


def test_more_than_so_many_at_once_are_turned_away_and_later_ones_answered(port: int) -> None:
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(listening_module._AT_ONCE)]
    try:
        assert raw(port, b"GET /healthz HTTP/1.1\r\n\r\n") == b""
    finally:
        for one in idle:
            one.close()
    while b" 200 " not in raw(port, b"GET /healthz HTTP/1.1\r\n\r\n"):
        pass  # until the threads have seen that nobody is there


def test_many_at_once_are_answered(port: int) -> None:
    statuses: list[int] = []
    threads = [Thread(target=lambda: statuses.append(ask(port, "/canary")[0].status)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8


# --------------------------------------------------------------------------- where


def test_a_port_in_use_is_named(home: Path, times: Times) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = on(home, f"127.0.0.1:{other.getsockname()[1]}")
        with (
            pytest.raises(ConfigError, match=r"daemon\.listen: .*in use.*; name a free port") as raised,
            listening(place, lambda: None, lambda: NOW),
        ):
            raise AssertionError("it listens")
    assert raised.value.key == "daemon.listen"


@pytest.mark.parametrize("listen", ["127.0.0.1:99999", "192.0.2.1:8322", "no-such-host.invalid:8322"])
def test_where_nobody_can_listen(home: Path, listen: str) -> None:
    place = on(home, listen)
    with (
        pytest.raises(ConfigError, match=r"daemon\.listen"),
        listening(place, lambda: None, lambda: NOW),
    ):
        raise AssertionError("it listens")


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6_may_be_written(home: Path) -> None:
    with listening(on(home, "[::1]:0"), lambda: None, lambda: NOW) as where:
        assert where.startswith("::1:")


def test_the_port_is_free_again_afterwards(home: Path) -> None:
    place = on(home, f"127.0.0.1:{free_port()}")
    for _ in range(3):
        with listening(place, lambda: NOW, lambda: NOW) as where:
            assert ask(int(where.rpartition(":")[2]), "/healthz")[0].status == 200
