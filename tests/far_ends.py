"""An SMTP server and a web server on 127.0.0.1 that do whatever a test says, for the tests of what is sent."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Postbox:
    """An SMTP server's inside: what it took, and what it answers instead where a test says so.

    answers: command → what it always answers; refuses: recipient → what it answers to that one in turn, OK
    after that; hangs_up: so many mails it takes without an answer; is_silent: it never answers the next mail.
    """

    answers: dict[str, str] = field(default_factory=dict)
    refuses: dict[str, list[str]] = field(default_factory=dict)
    hangs_up: int = 0
    is_silent: bool = False
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, said: list[str]
    ) -> list[str]:
        session.host_name = name
        self.connections += 1
        return said

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" not in self.answers:
            envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusals := self.refuses.get(address):
            return refusals.pop(0)
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.is_silent:
            await asyncio.sleep(3600)
        if "DATA" not in self.answers:
            mail = message_from_bytes(bytes(envelope.content or b""), policy=default)
            self.mails.append((list(envelope.rcpt_tos), mail))
        if self.hangs_up:
            self.hangs_up -= 1
            server.transport.close()
        return self.answers.get("DATA", "250 OK")

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self.answers.get("QUIT", "221 Bye")


@contextmanager
def mail_server(postbox: Postbox, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    """A real SMTP server on 127.0.0.1; gives its port. tls: from the first byte on."""
    loop = asyncio.new_event_loop()
    talks: list[SMTP] = []

    def protocol() -> SMTP:
        talks.append(SMTP(postbox, hostname="mail.test", loop=loop, **options))
        return talks[-1]

    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0, ssl=tls))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_ended(loop, talks))
        loop.close()


async def _ended(loop: asyncio.AbstractEventLoop, talks: list[SMTP]) -> None:
    for talk in talks:
        if talk.transport:
            talk.transport.abort()
    await asyncio.sleep(0)
    others = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass
class Hook:
    """A web server's inside: what it got, and what it answers.

    first: statuses and headers that are answered before `status` is; 0 closes the line without an answer.
    """

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    hangs: bool = False
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def web_server(hook: Hook, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A real HTTP server on 127.0.0.1; gives its port."""
    closing = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.calls.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, headers = hook.first.pop(0) if hook.first else (hook.status, hook.headers)
            if hook.hangs:
                closing.wait()
            if hook.hangs or not status:
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, address: object) -> None:
            """A client that breaks off is what these tests are about."""

    with Quiet(("127.0.0.1", 0), Answer) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            closing.set()
            server.shutdown()
            thread.join()
