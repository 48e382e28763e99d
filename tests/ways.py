"""The other side of every way out, on this machine: what arrived there, and how it refuses and hangs."""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from alerts.message import sender
from monitor.model import Alert, Notice
from monitor.settings import Channel
from tests.certificates import Certificate
from tests.far_ends import Hook, Postbox, mail_server, web_server
from tests.rooms import SERVICES, Room, lead_here, room_server
from tests.told import about

SIGNING = "whsec_" + base64.b64encode(b"CANARY" * 5).decode()
HERE = ("127.0.0.1",)


@dataclass
class End:
    """The other side of one way out, while it is up.

    arrived: each message that it has, as the words that people or programs read there; refuse, hang: make it so;
    first: what is to be done right before.
    """

    channel: Channel
    arrived: Callable[[], list[str]]
    answered: str
    recipient: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    refuse: Callable[[], None] | None = None
    hang: Callable[[], None] | None = None
    first: Callable[[], None] = lambda: None

    def take(self, content: Alert | Notice, allow_hosts: tuple[str, ...] = HERE) -> str:
        self.first()
        told = replace(about(content, self.recipient), allow_hosts=allow_hosts)
        return sender(self.channel.kind).send(told, self.channel, self.environ, datetime.now(UTC))


class _Screen(StringIO):
    is_gone = False

    def write(self, words: str) -> int:
        if self.is_gone:
            raise BrokenPipeError("Broken pipe")
        return super().write(words)


@contextmanager
def _console(folder: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[End]:
    out = _Screen()

    def close() -> None:
        out.is_gone = True

    def show() -> None:
        monkeypatch.setattr(sys, "stdout", out)

    yield End(Channel("console"), lambda: [out.getvalue()], "", refuse=close, first=show)


@contextmanager
def _file(folder: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[End]:
    path = folder / "alerts.jsonl"

    def arrived() -> list[str]:
        return path.read_text("utf-8").splitlines() if path.is_file() else []

    yield End(Channel("file", path=str(path)), arrived, f"written to {path}", refuse=path.mkdir)


@contextmanager
def _email(folder: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[End]:
    postbox = Postbox({"DATA": "250 2.0.0 Ok: queued as 4F"})

    def arrived() -> list[str]:
        return ["\n".join(part.get_content() for part in mail.iter_parts()) for _, mail in postbox.mails]

    def refuse() -> None:
        postbox.answers["RCPT"] = "550 5.1.1 no such user"

    def hang() -> None:
        postbox.is_silent = True
        monkeypatch.setattr("alerts.channels.email.DEADLINE_SECONDS", 0.3)

    with _taking(postbox) as port:
        channel = Channel("email", host="127.0.0.1", port=port, sender="watch@x.example", security="none")
        yield End(channel, arrived, "250 2.0.0 Ok: queued as 4F", "a@x.example", {}, refuse, hang)


@contextmanager
def _taking(postbox: Postbox) -> Iterator[int]:
    """The postbox keeps the mail although it answers in words of its own."""
    really = postbox.handle_DATA

    async def keep(server: Any, session: Any, envelope: Any) -> str:
        said = postbox.answers.pop("DATA")
        await really(server, session, envelope)
        postbox.answers["DATA"] = said
        return said

    postbox.handle_DATA = keep  # type: ignore[method-assign]
    with mail_server(postbox) as port:
        yield port


@contextmanager
def _webhook(folder: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[End]:
    hook = Hook()

    def arrived() -> list[str]:
        return [
            json.dumps(Webhook(SIGNING).verify(body.decode(), headers)) for _, headers, body in hook.calls
        ]

    def refuse() -> None:
        hook.status = 500

    def hang() -> None:
        hook.hangs = True
        monkeypatch.setattr("alerts.channels.webhook.TIMEOUT_SECONDS", 0.3)

    with web_server(hook) as port:
        channel = Channel("webhook", url_env="HOOK", secret_env="SIGNING")
        environ = {"HOOK": f"http://127.0.0.1:{port}/CANARY", "SIGNING": SIGNING}
        yield End(channel, arrived, "HTTP 204", "", environ, refuse, hang)


def _chat(name: str) -> Callable[..., Any]:
    @contextmanager
    def chat(folder: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[End]:
        service, room = SERVICES[name], Room()

        def refuse() -> None:
            room.status = 403

        def hang() -> None:
            room.hangs = True
            monkeypatch.setattr("alerts.channels.apprise.DEADLINE_SECONDS", 0.3)

        with room_server(room, certificate.server if service.is_tls else None) as port:
            lead_here(port, monkeypatch)
            environ = {"CHAT": service.url.format(port=port)}
            channel = Channel("apprise", url_env="CHAT")
            yield End(
                channel,
                lambda: [service.shown(body) for body in room.told],
                "HTTP 200",
                "",
                environ,
                refuse,
                hang,
            )

    return chat


WAYS = {
    "console": _console,
    "file": _file,
    "email": _email,
    "webhook": _webhook,
    **{name: _chat(name) for name in SERVICES},
}
