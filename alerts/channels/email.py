"""By e-mail over SMTP: one message to one recipient, as text and as HTML.

What is told of one commitment is one thread: each mail names the thread's root, which nobody ever sent, and
the mails that this recipient already has.
"""

import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from alerts.deadline import hanging_up
from alerts.message import AGAIN, Message, secret
from alerts.render import html, subject, text
from monitor.errors import DeliveryError
from monitor.settings import Channel

TIMEOUT_SECONDS = 30.0  #: for each answer
DEADLINE_SECONDS = 120.0  #: for all of them
GREYLISTED = timedelta(minutes=5)  #: a server that says "later" (4xx) is left alone so long at least
PORTS = {"starttls": 587, "tls": 465, "none": 25}
REFERENCES_AT_MOST = 20  #: earlier mails that one mail names

_LINE_AT_MOST, _WORD_AT_MOST = 76, 60  #: characters of a header; a longer word is encoded
_ABOUT_THE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
_NOT_LOGGED_IN = 530
_CLOSING = 421
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\\x00-\x20\x7f-\x9f]+@[^@\s<>,;:\"()\[\]\\\x00-\x20\x7f-\x9f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class _Ids(UnstructuredHeader, BaseHeader):
    """Ids and addresses in angle brackets: broken at blanks alone. Python would encode what is long."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {(policy.linesep + ' ').join(self.split())}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """Quotes to the letter: where Python folds, neighbouring encoded words lose the blank between them."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        fits = self.isascii() and all(len(word) <= _WORD_AT_MOST for word in self.split(" "))
        line = Header(str(self), "us-ascii" if fits else "utf-8", _LINE_AT_MOST, self.name)
        return f"{self.name}: {line.encode(linesep=policy.linesep)}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("Subject", _Subject)
for _name in ("List-Id", "List-Unsubscribe", "In-Reply-To", "References"):
    _HEADERS.map_to_type(_name, _Ids)
_POLICY = SMTP.clone(header_factory=_HEADERS)


def send(message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> str:
    """Hand the mail to the server. Returns what it answered, such as "250 2.0.0 Ok: queued as 4F".

    Permanent is only its refusal (5xx) of the recipient or of the mail.

    Where the line breaks after the mail was handed over, nobody knows whether it was taken: it is sent again,
    and is the same mail by its Message-ID.
    """
    mail = compose(message, channel, now)
    try:
        with _connected(channel, environ) as server:
            server.send_message(mail, from_addr=channel.sender, to_addrs=[message.recipient])
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise _refused(error, channel) from error
    return server.heard


def compose(message: Message, channel: Channel, now: datetime) -> EmailMessage:
    """The mail itself. Its Message-ID follows from the delivery key: a second attempt is the same mail."""
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = header(subject(message.content))
    mail["From"] = checked(channel.sender)
    mail["To"] = checked(message.recipient)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(message.key, channel.sender)
    mail["Auto-Submitted"] = "auto-generated"  # says all that "Precedence: bulk" would, and is a standard
    for name, value in (_list(message.route, channel.sender) | _thread(message, channel.sender)).items():
        mail[name] = value
    mail.set_content(text(message.content, message.reader))
    mail.add_alternative(html(message.content, message.reader), subtype="html")
    return mail


def message_id(key: str, sender: str) -> str:
    """`<…@domain of the sender>`: the same key gives the same id."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{_domain(sender)}>"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _list(route: str, sender: str) -> dict[str, str]:
    """By what a mail program files the mails of a route, and how to get no more of them.

    Unsubscribing reaches a person, who mends the settings: nothing of ours could take a click (RFC 8058).
    """
    address = quote(sender, safe="@+")
    return {
        "List-Id": f"<{route}.pledgewatch.{_domain(sender)}>",
        "List-Unsubscribe": f"<mailto:{address}?subject={quote(f'unsubscribe {route}')}>",
    }


def _thread(message: Message, sender: str) -> dict[str, str]:
    """The thread of the commitment: its root, and the newest of the mails that this recipient already has."""
    if not message.thread:
        return {}
    root = message_id(f"thread {message.thread}", sender)
    ids = [root, *(message_id(key, sender) for key in message.earlier[-REFERENCES_AT_MOST:])]
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)}


def header(value: str) -> str:
    """A header value on one line: nothing in it can start another header.

    An RFC 2047 word is taken apart too: Python would decode it, line breaks and all, into the header.
    """
    return _CONTROL.sub(" ", value).replace("=?", "= ?").strip()


def checked(address: str) -> str:
    """The address, if it is exactly one; DeliveryError (permanent) if not."""
    if not _ADDRESS.fullmatch(address) or "=?" in address:
        raise DeliveryError(f"{address!r} is not one e-mail address; mend it in the settings", permanent=True)
    return address


class _Server(smtplib.SMTP):
    """Keeps what the server answered to the mail, which smtplib throws away. heard: one line."""

    heard = ""

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, said = super().data(msg)
        self.heard = header(f"{code} {said.decode('utf-8', 'replace')}")[:200]
        return code, said


class _TlsServer(_Server, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte on."""


@contextmanager
def _connected(channel: Channel, environ: Mapping[str, str]) -> Iterator[_Server]:
    """A server that we may hand mail to. What it says to our goodbye no longer matters: it has the mail."""
    password = secret(environ, channel.password_env) if channel.username else ""
    server = _dial(channel)
    try:
        with hanging_up(lambda: server.sock, DEADLINE_SECONDS):
            if channel.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if channel.username:
                server.login(channel.username, password)
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
    finally:
        server.close()


def _dial(channel: Channel) -> _Server:
    port = channel.port or PORTS[channel.security]
    if channel.security == "tls":
        context = ssl.create_default_context()
        return _TlsServer(channel.host, port, timeout=TIMEOUT_SECONDS, context=context)
    return _Server(channel.host, port, timeout=TIMEOUT_SECONDS)


def _refused(error: Exception, channel: Channel) -> DeliveryError:
    """What is wrong with us (sender, login, a closed door) can be mended, so it is tried again."""
    code, reply = _answer(error)
    permanent = isinstance(error, _ABOUT_THE_MAIL) and 500 <= code < 600 and code != _NOT_LOGGED_IN
    said = f"answered {code} {reply}".rstrip() if code else f"failed: {reply}"
    advice = f"mend the address and send it {AGAIN}" if permanent else "it is tried again"
    return DeliveryError(
        f"the mail server {channel.host} {said}; {advice}",
        permanent=permanent,
        retry_after=GREYLISTED if 400 <= code < 500 else None,
        unreachable=code == _CLOSING or not isinstance(error, (*_ABOUT_THE_MAIL, smtplib.SMTPSenderRefused)),
    )


def _answer(error: Exception) -> tuple[int, str]:
    """The server's code and first words; 0 and what we know where it gave no code."""
    code: int
    reply: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPAuthenticationError):  # some servers repeat the password
        code, reply = error.smtp_code, "to the login"
    elif isinstance(error, smtplib.SMTPResponseException):
        code, reply = error.smtp_code, error.smtp_error
    elif isinstance(error, UnicodeError):
        code, reply = 0, "the user name, the password or the host has characters that SMTP cannot carry"
    else:
        code, reply = 0, str(error) or type(error).__name__
    said = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return code, header(said)[:200]
