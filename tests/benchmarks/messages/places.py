"""Everybody who is told, on this machine: two people by mail, a webhook, three chats, a file."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from standardwebhooks.webhooks import Webhook

from app.home import SHIPPED_CONFIG
from tests.certificates import made_certificate
from tests.far_ends import Hook, Postbox, mail_server, web_server
from tests.rooms import SERVICES, Room, lead_here, room_server
from tests.ways import SIGNING

SENDER = "watch@pledges.invalid"
PEOPLE = ("ada@x.invalid", "bea@x.invalid")
STAFF, EARLY, WEEKLY = "staff", "early", "weekly"
HOOK, FILE, CHATS = "hook", "file", ("slack", "teams", "telegram")
ZONE = "America/New_York"
FILE_NAME = "told.jsonl"

_MAIL_ROUTES = {
    STAFF: "",
    EARLY: "unconfirmed = true\n",
    WEEKLY: f'every = "weekly"\nzone = "{ZONE}"\n',
}
_ALERT = re.compile(r"(?:alerts show |/changes/)([0-9a-f]{12})")
_MARKS = re.compile(r"^(?:\[[a-z]+\] )+")
_WELCOME = "This is what stands now"
_FOR_REVIEW = "\nWaiting for review"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message at one place. what: names it; a mail by its Message-ID, a digest by its date."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as it came. to: "ada@x.invalid by staff"."""

    to: str
    id: str
    at: datetime
    subject: str
    text: str
    html: str

    @property
    def is_digest(self) -> bool:
        return self.to.endswith(f"by {WEEKLY}") and _WELCOME not in self.text

    @property
    def is_clear(self) -> bool:
        """Whether the subject, without its marks, is how the mail itself begins, blank for blank."""
        words = _MARKS.sub("", self.subject).rstrip("…")
        return words in " ".join(self.text.split())

    @property
    def alerts(self) -> list[str]:
        """The first twelve digits of each alert that it tells of as a change."""
        return _ALERT.findall(self.text.partition(_FOR_REVIEW)[0])


@dataclass
class Places:
    """The receivers while they are up. environ: the secrets that the settings name."""

    folder: Path
    settings: str
    environ: Mapping[str, str]
    postbox: Postbox
    hook: Hook
    room: Room
    cards: Room
    problems: list[str] = field(default_factory=list)  #: what is wrong with single messages

    @property
    def letters(self) -> list[Letter]:
        return [_letter(people, mail) for people, mail in self.postbox.mails]

    def arrived(self) -> list[Arrival]:
        """Every message at every place, raw: what came twice is there twice."""
        return [*self._mails(), *self._calls(), *self._lines(), *self._chats()]

    def _mails(self) -> Iterator[Arrival]:
        for letter in self.letters:
            yield Arrival(letter.to, f"digest {letter.at:%Y-%m-%d %H:%M}" if letter.is_digest else letter.id)

    def _calls(self) -> Iterator[Arrival]:
        for _, headers, _ in self.hook.calls:
            yield Arrival(HOOK, headers["webhook-id"].removesuffix(f"/{HOOK}"))

    def _lines(self) -> Iterator[Arrival]:
        file = self.folder / FILE_NAME
        for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
            yield Arrival(FILE, json.loads(line)["id"])

    def _chats(self) -> Iterator[Arrival]:
        slack = [one.body for one in self.room.asked if one.path.startswith("/services/")]
        telegram = [one.body for one in self.room.asked if one.path.endswith("/sendMessage")]
        for name, bodies in zip(CHATS, (slack, self.cards.told, telegram), strict=True):
            for words in map(SERVICES[name].shown, bodies):
                found = _ALERT.findall(words)
                yield Arrival(name, "welcome" if _WELCOME in words else found[-1] if found else words[:60])

    def bad_signatures(self) -> int:
        """How many calls of the webhook are not signed as Standard Webhooks asks, by its own library."""
        return sum(not _is_signed(headers, body.decode()) for _, headers, body in self.hook.calls)

    def schema_errors(self) -> list[str]:
        """What is wrong with the bodies of the webhook and the lines of the file, by our published schemas."""
        file = self.folder / FILE_NAME
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        bodies = [json.loads(one) for one in (*(body for *_, body in self.hook.calls), *lines)]
        return [error.message for body in bodies for error in _schema(body).iter_errors(body)]


@contextmanager
def receiving(folder: Path, desk: str) -> Iterator[Places]:
    """All receivers, each a real server on 127.0.0.1. folder: that becomes the home. desk: its address or ""."""
    certificate = made_certificate(folder)
    postbox, hook, room, cards = Postbox(), Hook(), Room(), Room()
    with ExitStack() as up:
        patch = up.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("SSL_CERT_FILE", str(certificate.path))
        smtp, http = up.enter_context(mail_server(postbox)), up.enter_context(web_server(hook))
        chat, tls = (
            up.enter_context(room_server(room)),
            up.enter_context(room_server(cards, certificate.server)),
        )
        lead_here(chat, patch)
        environ = {"HOOK_SECRET": SIGNING}
        environ |= {f"{name.upper()}_URL": SERVICES[name].url.format(port=tls) for name in CHATS}
        yield Places(folder, _settings(smtp, http, desk), environ, postbox, hook, room, cards)


def _settings(smtp: int, http: int, desk: str) -> str:
    channels = {
        "mail": f'kind = "email"\nhost = "127.0.0.1"\nport = {smtp}\nsecurity = "none"\nsender = "{SENDER}"\n',
        HOOK: f'kind = "webhook"\nurl = "http://127.0.0.1:{http}/in"\nsecret_env = "HOOK_SECRET"\n',
        FILE: f'kind = "file"\npath = "{FILE_NAME}"\n',
        **{name: f'kind = "apprise"\nurl_env = "{name.upper()}_URL"\n' for name in CHATS},
    }
    people = json.dumps(PEOPLE)
    routes = {name: f'channel = "mail"\nrecipients = {people}\n{more}' for name, more in _MAIL_ROUTES.items()}
    routes |= {name: f'channel = "{name}"\n' for name in (HOOK, FILE, *CHATS)}
    parts = [
        '[operator]\ncontact = "tests@pledgewatch.invalid"\n',
        '[network]\nallow_hosts = ["127.0.0.1"]\n',
        f'[desk]\nurl = "{desk}"\n' if desk else "",
        *(f"[channels.{name}]\n{text}" for name, text in channels.items()),
        *(
            f'[[routes]]\nname = "{name}"\ntiers = ["alert", "review"]\n{text}'
            for name, text in routes.items()
        ),
    ]
    return "".join(parts)


def _letter(people: list[str], mail: EmailMessage) -> Letter:
    route = str(mail["List-Id"]).lstrip("<").partition(".")[0]
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain and rich, "a mail has both parts"
    return Letter(
        to=f"{','.join(people)} by {route}",
        id=str(mail["Message-ID"]),
        at=parsedate_to_datetime(mail["Date"]),
        subject=str(mail["Subject"]),
        text=plain.get_content(),
        html=rich.get_content(),
    )


def _is_signed(headers: Mapping[str, str], body: str) -> bool:
    """By the library's own signing: its verify() refuses whatever is not of today, and this world's days are not."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    right = Webhook(SIGNING).sign(headers["webhook-id"], at, body)
    return compare_digest(right, headers.get("webhook-signature", ""))


def _schema(body: Mapping[str, Any]) -> Draft202012Validator:
    name = body["schema"].removeprefix("pledgewatch.").partition("/")[0]
    return Draft202012Validator(
        json.loads((SHIPPED_CONFIG / "schema" / f"{name}.schema.json").read_text("utf-8"))
    )
