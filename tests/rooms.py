"""Chat services on 127.0.0.1, each shaped as the real one is: what they were told, and what they answer."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram

_ANSWERS = {
    "/login": {"access_token": "t", "user_id": "@watch:127.0.0.1", "home_server": "127.0.0.1"},
    "/join/": {"room_id": "!room:127.0.0.1"},
}


@dataclass(frozen=True)
class Asked:
    """One request: its path and, where it had one, its JSON body."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Room:
    """A service's inside. status: what it answers to a message; answer: the body of that answer.

    welcome: what it answers to all else, where that is not what the real one would;
    drips: it answers a byte at a time, without an end; hangs: it answers nothing.
    """

    status: int = 200
    answer: bytes = b'{"ok": true, "event_id": "$e"}'
    headers: dict[str, str] = field(default_factory=dict)
    welcome: bytes = b""
    drips: bool = False
    hangs: bool = False
    asked: list[Asked] = field(default_factory=list)

    @property
    def told(self) -> list[Any]:
        """The messages that it got."""
        return [one.body for one in self.asked if _is_message(one.path)]


def _is_message(path: str) -> bool:
    return not any(word in path for word in ("/login", "/join/", "/logout", "/account/", "/.well-known/"))


@contextmanager
def room_server(room: Room, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A real HTTP server on 127.0.0.1; gives its port."""
    closing = threading.Event()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            room.asked.append(Asked(self.command, self.path, headers, json.loads(body) if body else None))
            if room.hangs:
                closing.wait()
            elif _is_message(self.path):
                is_slack = self.path.startswith("/services/") and room.status == 200
                self._say(room.status, b"ok" if is_slack else room.answer, room.headers)
            else:
                found = next((_ANSWERS[word] for word in _ANSWERS if word in self.path), {})
                self._say(200, room.welcome or json.dumps(found).encode(), {})

        def do_PUT(self) -> None:
            self.do_POST()

        def do_GET(self) -> None:
            self.do_POST()

        def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            while room.drips and not closing.is_set():
                self.wfile.write(b" ")
                time.sleep(0.02)
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, address: object) -> None:
            """A client that breaks off is what these tests are about."""

    with Quiet(("127.0.0.1", 0), Door) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            closing.set()
            server.shutdown()
            with suppress(RuntimeError):
                thread.join()


@dataclass(frozen=True)
class Service:
    """A service of Apprise: its address ({port} stands for ours), and the words of one message there.

    shown: what people see of it, as the service reads it.
    """

    url: str
    shown: Callable[[Any], str]
    is_tls: bool = False


def _unescaped(markdown: str) -> str:
    """Markdown in which every sign is escaped, as it is shown."""
    out, signs = "", iter(markdown)
    for sign in signs:
        out += next(signs, "") if sign == "\\" else sign
    return out.replace("\u00a0", " ")


def _card(body: Any) -> str:
    texts = [block["text"] for block in body["attachments"][0]["content"]["body"]]
    return _unescaped("\n".join(texts))


def _slack(body: Any) -> str:
    one = body["attachments"][0]
    return unescape(f"{one['title']}\n{one['text']}")


SERVICES = {
    "slack": Service("slack://T1JJ3T3L2/A1BRTD4JD/CANARYdnlazkcOXrIdevi7FQ/#general", _slack),
    "teams": Service("workflow://127.0.0.1:{port}/643384f7d1684e3b9c6b9b1f1ef5a4ff/CANARY_sig", _card, True),
    "mattermost": Service(
        "mmost://127.0.0.1:{port}/canary4722377935511fc85d3dd4", lambda body: _unescaped(body["text"])
    ),
    "matrix": Service("matrix://watch:CANARY-pw@127.0.0.1:{port}/#room", lambda body: body["body"]),
    "telegram": Service(
        "tgram://123456789:CANARY_abcdefg/12315544/", lambda body: unescape(body["text"].replace("\r", ""))
    ),
    "signal": Service(
        "signal://watch:CANARY-pw@127.0.0.1:{port}/+15551234567/+15559876543", lambda body: body["message"]
    ),
}


def lead_here(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services with an address of their own have it here."""
    monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{port}/services")
    monkeypatch.setattr(NotifyTelegram, "notify_url", f"http://127.0.0.1:{port}/bot")
