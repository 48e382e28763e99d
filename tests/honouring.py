"""Two receivers of alerts that honour keys and count raw messages: by webhook, and by mail for some people.

One may do something with whom it hears from before it answers: what came is then taken, and not marked as sent.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from monitor.model import WELCOME
from monitor.wire import NOTICE_SCHEMA
from tests.far_ends import Postbox, mail_server

_PAGE = re.compile(r"Page: .*http://[^/]+/(\S+)")


WELCOME_TO_ALL = ("notice", WELCOME)  #: what each place hears first


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message as it came. what: direction and page; words: what changed there, by webhook only."""

    place: str
    key: str
    what: tuple[str, str]
    words: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True)
class Receivers:
    """What came, and what happens when something does. struck: who is killed before the answer."""

    came: list[Receipt] = field(default_factory=list)
    ports: tuple[int, int] = (0, 0)
    strike: Any = None
    lock: Lock = field(default_factory=Lock)

    def take(self, receipt: Receipt) -> None:
        with self.lock:
            is_new = receipt.key not in {one.key for one in self.came}
            self.came.append(receipt)
        if is_new and self.strike:
            self.strike()

    @property
    def told(self) -> dict[tuple[str, str], Receipt]:
        """What is left for whoever honours keys: (place, key) → the first message."""
        return {(one.place, one.key): one for one in reversed(self.came)}


@contextmanager
def receiving() -> Iterator[Receivers]:
    """Both, for as long as the block lasts."""
    receivers = Receivers()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receivers.take(_by_webhook(self.headers["webhook-id"], body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *about: object) -> None:
            """Say nothing."""

    class Sink(Postbox):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            mail = message_from_bytes(bytes(envelope.content), policy=default)
            for person in envelope.rcpt_tos:
                receivers.take(_by_mail(person, mail))
            return "250 OK"

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, address: object) -> None:
            """A sender that was killed hears no answer."""

    with Quiet(("127.0.0.1", 0), Answer) as server, mail_server(Sink()) as smtp:
        receivers.ports = server.server_address[1], smtp
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receivers
        finally:
            server.shutdown()
            thread.join()


def _by_webhook(key: str, body: Any) -> Receipt:
    if body["schema"] == NOTICE_SCHEMA:
        return Receipt("webhook", key, ("notice", body["kind"]))
    found = [(one["kind"], one["before_quote"], one["after_quote"]) for one in body["findings"]]
    return Receipt("webhook", key, (body["direction"], body["page"]["id"]), tuple(sorted(found)))


def _by_mail(person: str, mail: EmailMessage) -> Receipt:
    body = mail.get_body(("plain",))
    page = _PAGE.search(body.get_content() if body else "")
    direction = mail["Subject"].partition("]")[0].removeprefix("[")
    if mail["Subject"].startswith("[pledgewatch] Watching "):
        return Receipt(person, mail["Message-ID"], WELCOME_TO_ALL)
    return Receipt(person, mail["Message-ID"], (direction, page[1] if page else mail["Subject"]))
