"""The line that chat services get: to judged addresses alone, without a trace, and not for ever."""

import gc
import logging
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import requests

from alerts.channels import apprise
from alerts.guarded import guarded
from alerts.message import Message
from monitor.errors import DeliveryError
from monitor.settings import Channel
from tests.certificates import Certificate
from tests.rooms import SERVICES, Room, room_server
from tests.sample_alerts import NOW
from tests.sockets import deaf_port
from tests.told import message

HERE = ("127.0.0.1",)
OURS = message(allow_hosts=HERE)
MATTERMOST = "mmost://127.0.0.1:{port}/canary4722377935511fc85d3dd4"


def by_url(url: str, told: Message = OURS) -> str:
    return apprise.send(told, Channel("apprise", url=url), {}, NOW)


# --------------------------------------------------------------------------- where it may go


@contextmanager
def connected(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every address that this process connects to."""
    seen: list[Any] = []
    really = socket.socket.connect

    def note(self: socket.socket, address: Any) -> None:
        seen.append(address)
        really(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    yield seen


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "inside.example", "both.example"],
)
def test_a_private_address_is_never_connected_to(
    host: str, names: dict[str, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names |= {"inside.example": [["127.0.0.1"]], "both.example": [["8.8.8.8", "127.0.0.1"]]}
    room = Room()
    with room_server(room) as port, connected(monkeypatch) as seen:
        url = f"mmost://{host}:{port}/canary4722377935511fc85d3dd4"
        with pytest.raises(DeliveryError, match=r"not public.*allow_hosts") as caught:
            by_url(url, message())
    assert not caught.value.permanent and "canary" not in str(caught.value)
    assert seen == [] and room.asked == []


def test_a_name_is_looked_up_once(names: dict[str, list[list[str]]]) -> None:
    names["chat.example"] = [["127.0.0.1"], ["192.0.2.1"]]  # at a second look it would be elsewhere
    room = Room()
    with room_server(room) as port:
        by_url(
            f"mmost://chat.example:{port}/canary4722377935511fc85d3dd4",
            message(allow_hosts=("chat.example",)),
        )
    assert len(room.told) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    elsewhere = Room()
    with room_server(elsewhere) as other:
        room = Room(status, headers={"Location": f"http://127.0.0.1:{other}/"})
        with room_server(room) as port, pytest.raises(DeliveryError, match=f"answered {status}"):
            by_url(MATTERMOST.format(port=port) + "?redirect=yes")
    assert len(room.asked) == 1 and elsewhere.asked == []


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_the_proxy_of_the_environment_is_not_used(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    with deaf_port() as deaf, room_server(room) as port:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{deaf}")
        by_url(MATTERMOST.format(port=port))
    assert len(room.told) == 1


def test_a_certificate_that_nobody_vouches_for_gets_nothing(certificate: Certificate) -> None:
    room = Room()
    url = SERVICES["teams"].url
    with room_server(room, certificate.server) as port, pytest.raises(DeliveryError, match="was not reached"):
        by_url(url.format(port=port) + "?verify=no")
    assert room.asked == []


def test_afterwards_the_line_is_dead_and_others_have_theirs() -> None:
    room = Room()
    with room_server(room) as port:
        url = f"http://127.0.0.1:{port}/"
        with guarded(HERE, "here", 5) as line:
            session = requests.Session()
            assert session.post(url, data="{}").status_code == 200
        with pytest.raises(requests.Timeout):
            line.pause()
        with pytest.raises(requests.Timeout):
            line.dial(("127.0.0.1", port))
        assert requests.post(url, data="{}", timeout=5).status_code == 200
        session.close()


def test_what_a_service_does_at_its_end_is_done_on_our_line(tell: Callable[..., str]) -> None:
    room = Room()
    tell("matrix", room)
    asked = [one.path for one in room.asked]
    gc.collect()
    assert asked[-1].endswith("/logout") and len(room.asked) == len(asked)


# --------------------------------------------------------------------------- what is written down


def test_nothing_of_it_is_logged(name: str, tell: Callable[..., str]) -> None:
    records: list[logging.LogRecord] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    root, ear = logging.getLogger(), Ear(logging.DEBUG)
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        tell(name, Room())
        with pytest.raises(DeliveryError):
            tell(name, Room(404))
    finally:
        root.removeHandler(ear)
        root.setLevel(level)
    assert [one.getMessage() for one in records] == []


def test_who_sends_nothing_by_apprise_does_not_load_it() -> None:
    code = "import sys, app.commands, app.sending, alerts.outbox; print('apprise' in sys.modules, 'requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_one_sending_at_a_time() -> None:
    order: list[str] = []

    def send() -> None:
        with guarded((), "second", 5):
            order.append("the second")

    with guarded((), "first", 5):
        other = Thread(target=send)
        other.start()
        other.join(0.1)
        order.append("the first")
    other.join()
    assert order == ["the first", "the second"]
