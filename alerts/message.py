"""What a channel gets, and how a channel is found by its name."""

import importlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from alerts.reader import ANYBODY, Reader
from monitor.errors import DeliveryError
from monitor.model import Alert, Notice
from monitor.settings import Channel
from monitor.tables import url_problem

EARLY = "/unconfirmed"  #: ends the key of what is told before it is confirmed
AGAIN = "with `pledgewatch alerts send --parked`"  #: how what was given up goes out after all

_KIND = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Message:
    """One alert or notice on its way to one recipient ("" for a place). key is the same at every attempt.

    thread: what all messages on one commitment share; "" for what belongs to none. earlier: the keys of those
    that this recipient already has, oldest first.
    """

    content: Alert | Notice
    key: str
    route: str
    recipient: str = ""
    allow_hosts: tuple[str, ...] = ()  #: as in network.allow_hosts: places that may have private addresses
    reader: Reader = ANYBODY
    thread: str = ""
    earlier: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """What a place knows it by: content and route, and whether it is told before it is confirmed."""
        early = isinstance(self.content, Alert) and self.content.after.confirmed_at is None
        return f"{self.content.id}/{self.route}" + EARLY * early


class Sender(Protocol):
    """What every module in alerts/channels/ offers."""

    def send(self, message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> str:
        """Hand the message over. Returns what the other side answered (one line, "" where it says nothing)
        when it has taken it; raises DeliveryError if not.

        environ holds the secrets that the channel names; `now` (aware UTC) dates the attempt.
        """


def sender(kind: str) -> Sender:
    """The module alerts/channels/<kind>.py. DeliveryError (permanent) where there is none."""
    name = f"alerts.channels.{kind}"
    if not _KIND.fullmatch(kind) or importlib.util.find_spec(name) is None:
        raise DeliveryError(
            f'there is no channel of kind "{kind}"; add alerts/channels/{kind}.py', permanent=True
        )
    return cast(Sender, importlib.import_module(name))


def secret(environ: Mapping[str, str], variable: str) -> str:
    """What a variable that the settings name holds, or else the file that <variable>_FILE names.

    One line break at the end of the file is not part of it. DeliveryError where there is nothing: it names
    the variable and the file, never what they hold.
    """
    if value := environ.get(variable, ""):
        return value
    if file := environ.get(f"{variable}_FILE", ""):
        return _in_file(Path(file), f"{variable}_FILE")
    raise DeliveryError(
        f"the environment variable {variable} is not set; set it, or {variable}_FILE, and send again"
    )


def _in_file(file: Path, variable: str) -> str:
    try:
        value = file.read_text("utf-8").removesuffix("\n")  # reading makes \r\n one sign
    except (OSError, UnicodeDecodeError, ValueError) as error:
        problem = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise DeliveryError(f"{file}, which {variable} names, cannot be read: {problem}; mend it") from None
    if not value:
        raise DeliveryError(f"{file}, which {variable} names, is empty; write the secret into it")
    return value


def address(channel: Channel, environ: Mapping[str, str]) -> str:
    """Where a webhook goes: what url_env names, or else url. DeliveryError where that is no web address."""
    if not channel.url_env:
        return channel.url
    url = secret(environ, channel.url_env)
    if url_problem(url):  # which would repeat it
        problem = f"what {channel.url_env} holds is not an absolute http or https address; mend it"
        raise DeliveryError(problem)
    return url
