"""To standard output, as plain text."""

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TextIO

from alerts.message import Message
from alerts.render import text
from monitor.errors import DeliveryError
from monitor.settings import Channel


def send(
    message: Message,
    channel: Channel,
    environ: Mapping[str, str],
    now: datetime,
    stream: TextIO | None = None,
) -> str:
    """Write the message and an empty line to `stream` (standard output unless one is given)."""
    out = stream or sys.stdout
    try:
        out.write(text(message.content, message.reader) + "\n")
        out.flush()
    except (OSError, UnicodeEncodeError) as error:
        raise DeliveryError(f"the message could not be printed: {error}; try again") from error
    return ""
