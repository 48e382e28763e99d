"""pledgewatch desk as a process: where it listens, what it refuses, how it ends, and that no secret comes out of it."""

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn

from app.desk.connections import Impatient
from app.desk.gate import Desk
from app.desk.serve import Config, _ending, _server, _shown
from app.home import Home
from monitor.model import AccountRole
from monitor.store import accounts
from monitor.store.accounts import Invitation
from tests.homes import ROOT, home

__all__ = ["home"]  # the fixture

CANARY = "s3cr3t-CANARY"
_SECRETS = {
    "MAIL_PASSWORD": f"{CANARY}-mail",
    "HOOK_URL": f"https://hooks.example.org/{CANARY}-hook",
    "HOOK_SECRET": f"whsec_{CANARY}-whsec",
    "PING": f"https://ping.example.org/{CANARY}-ping",
}
_SETTINGS = """
[daemon]
ping_url_env = "PING"
[channels.mail]
kind = "email"
host = "smtp.example.org"
sender = "watch@example.org"
username = "watch"
password_env = "MAIL_PASSWORD"
[channels.hook]
kind = "webhook"
url_env = "HOOK_URL"
secret_env = "HOOK_SECRET"
[desk]
"""


@dataclass
class Served:
    """A desk that runs, and what it said first."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def started(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "app", "--home", str(home), "desk", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **_SECRETS},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Served]:
    process = started(home, "--port", "0", *arguments)
    try:
        assert process.stdout
        line = next((one for one in process.stdout if " at http" in one), "")
        found = re.search(r"at http://\S+:(\d+)/", line)
        assert found, (line, process.stderr and process.stderr.read())
        yield Served(process, int(found.group(1)))
    finally:
        process.kill()
        process.communicate()


def refused(home: Path, *arguments: str) -> tuple[int, str]:
    said = started(home, *arguments)
    _, complaint = said.communicate(timeout=60)
    return said.returncode, complaint


def with_admin(home: Path) -> None:
    ours, now = Home(home, home / "config"), datetime.now(UTC)
    with ours.open_store() as store, store.begin() as conn:
        accounts.invite(conn, "x", Invitation("vera", AccountRole.ADMIN, now, now + timedelta(hours=1)))
        accounts.accept(conn, "x", "a hash", now)


# --------------------------------------------------------------------------- one desk, looked at from outside


def test_from_its_start_to_sigterm(home: Path) -> None:
    """V40 too: nothing that the settings name, and nothing of the server itself, is in any answer or line."""
    (home / "config" / "settings.toml").write_text(_SETTINGS)
    with serving(home) as served:
        seen = [served.get(path) for path in ("/", "/healthz", "/nowhere", "/accounts", "/account", "/audit")]
        assert [status for status, _, _ in seen] == [200, 200, 404, 200, 200, 200]
        seen.append(served.get("/", Host="evil.example"))
        assert seen[-1][0] == 421
        seen.append(served.get("/", **{"X-Forwarded-For": "127.0.0.1"}))
        assert seen[-1][0] == 303
        for _, headers, body in seen:
            assert not {"server", "date", "x-powered-by"} & set(headers)
            assert CANARY not in body + str(headers)
            assert not re.search("uvicorn|starlette|fastapi", (body + str(headers)).lower())
        declaration = home / "config" / "watchlist" / "heron.toml"
        declaration.write_text('this is "no TOML')
        assert served.get("/")[0] == 200
        with socket.create_connection(("127.0.0.1", served.port)) as idle:
            idle.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:")
            served.process.send_signal(signal.SIGTERM)
            out, err = served.process.communicate(timeout=30)
        assert served.process.returncode == 0, err
        assert CANARY not in out + err


def test_ctrl_c_ends_it_with_130(home: Path) -> None:
    with serving(home) as served:
        assert served.get("/healthz")[0] == 200
        served.process.send_signal(signal.SIGINT)
        _, err = served.process.communicate(timeout=30)
        assert (served.process.returncode, "Traceback" in err) == (130, False)


def test_a_sigterm_before_the_server_runs_is_not_lost() -> None:
    server, before = uvicorn.Server(uvicorn.Config("none")), signal.getsignal(signal.SIGTERM)
    with _ending(server):
        signal.raise_signal(signal.SIGTERM)
        assert server.should_exit
    assert signal.getsignal(signal.SIGTERM) is before


# --------------------------------------------------------------------------- who connects and says nothing


class Hasty(Impatient):
    head_seconds = 0.2


async def slow_page(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(2 * Hasty.head_seconds)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def hasty() -> Iterator[int]:
    """The port of a server of one slow page, which waits no longer for the head of a request."""
    config = uvicorn.Config(
        slow_page,
        http=Hasty,
        lifespan="off",
        log_config=None,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server, listener = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    server.should_exit = True
    thread.join()
    listener.close()


WHOLE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize("said", [b"", b"GET", WHOLE[:-2]])
def test_who_sends_no_whole_head_in_time_is_hung_up_on(hasty: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=20) as silent:
        silent.sendall(said)
        assert silent.recv(100) == b""


def test_who_sends_one_is_answered_however_long_that_takes_and_then_has_as_much_time_again(
    hasty: int,
) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=20) as asking:
        for _ in range(2):
            asking.sendall(WHOLE[:9])
            asking.sendall(WHOLE[9:])
            heard = b""
            while not heard.endswith(b"ok"):
                heard += asking.recv(1_000) or b"closed: ok"
            assert heard.startswith(b"HTTP/1.1 200")
        asking.sendall(WHOLE[:9])
        assert asking.recv(100) == b""


def test_the_desk_is_served_so() -> None:
    assert _server(Desk(None, None, None)).config.http is Impatient  # type: ignore[arg-type]


# --------------------------------------------------------------------------- where it does not listen


def test_a_port_that_is_taken_is_said_in_one_sentence(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, said = refused(home, "--port", str(taken.getsockname()[1]))
    assert (code, len(said.splitlines())) == (2, 1)
    assert "--port" in said


def test_no_admin_no_public_address(home: Path) -> None:
    code, said = refused(home, "--host", "0.0.0.0", "--port", "0")
    assert (code, len(said.splitlines())) == (2, 1)
    assert "accounts invite NAME --role admin" in said


def test_a_public_address_without_https_is_warned_of(home: Path) -> None:
    with_admin(home)
    with serving(home, "--host", "0.0.0.0") as served:
        assert served.get("/")[0] == 303
        assert served.get("/", Host="192.0.2.7")[0] == 421
        served.process.send_signal(signal.SIGTERM)
        _, err = served.process.communicate(timeout=30)
    assert "in the clear" in err


@pytest.mark.parametrize(
    ("host", "bind", "shown"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1", "localhost"),
        ("::1", "::1", "[::1]"),
        ("0.0.0.0", "0.0.0.0", "127.0.0.1"),
        ("::", "::", "[::1]"),
    ],
)
def test_what_to_put_into_a_browser(host: str, bind: str, shown: str) -> None:
    assert _shown(host, bind) == shown


# --------------------------------------------------------------------------- the configuration in force


def test_an_edit_shows_after_a_second_and_ones_own_at_once(home: Path) -> None:
    clock = [0.0]
    config, settings = Config((str(home), None), {}, lambda: clock[0]), home / "config" / "settings.toml"

    def written(url: str) -> None:
        settings.write_text(f'[desk]\nurl = "{url}"\n')

    written("https://one.example.org")
    assert config.home().settings.desk.url == "https://one.example.org"
    written("https://second.example.org")
    assert config.home().settings.desk.url == "https://one.example.org"
    clock[0] = 1.0
    assert config.home().settings.desk.url == "https://second.example.org"
    written("https://the-third.example.org")
    config.look_again()
    assert config.home().settings.desk.url == "https://the-third.example.org"
    settings.write_text("no = TOML = at all")
    config.look_again()
    assert config.home().settings.desk.url == "https://the-third.example.org"
