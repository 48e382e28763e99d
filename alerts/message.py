"""What a channel gets, and how a channel is found by its name."""

import importlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from monitor.errors import DeliveryError
from monitor.model import Alert, Notice
from monitor.settings import Channel

EARLY = "/unconfirmed"  #: ends the key of what is told before it is confirmed

_KIND = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Message:
    """One alert or notice on its way to one recipient ("" for a place). key is the same at every attempt."""

    content: Alert | Notice
    key: str
    route: str
    recipient: str = ""
    allow_hosts: tuple[str, ...] = ()  #: as in network.allow_hosts: places that may have private addresses

    @property
    def identity(self) -> str:
        """What a place knows it by: content and route, and whether it is told before it is confirmed."""
        early = isinstance(self.content, Alert) and self.content.after.confirmed_at is None
        return f"{self.content.id}/{self.route}" + EARLY * early


class Sender(Protocol):
    """What every module in alerts/channels/ offers."""

    def send(self, message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> None:
        """Hand the message over. Returns when the other side has taken it; raises DeliveryError if not.

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
    """The value of an environment variable that a channel names. DeliveryError where it is not set."""
    value = environ.get(variable, "")
    if not value:
        raise DeliveryError(f"the environment variable {variable} is not set; set it and send again")
    return value
