"""What a channel gets, and how a channel is found by its name."""

import importlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from monitor.errors import DeliveryError
from monitor.model import Alert
from monitor.settings import Channel

_KIND = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Message:
    """One alert on its way to one recipient. key is the same at every attempt; recipient is "" for places."""

    alert: Alert
    key: str
    route: str
    recipient: str = ""


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
