"""To a file: one message a line, as the JSON of the contract.

A reader that has seen an id, with the same after.confirmed_at, skips it.
"""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from alerts.message import Message
from monitor.errors import DeliveryError
from monitor.settings import Channel
from monitor.wire import content_json


def send(message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> str:
    """Append the line and wait until it is on disk. A relative path starts at PLEDGEWATCH_HOME (./var)."""
    path = Path(environ.get("PLEDGEWATCH_HOME") or "var") / channel.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            _append(file, json.dumps(content_json(message.content)).encode())
    except OSError as error:
        problem = error.strerror or str(error)
        raise DeliveryError(f"{path} cannot be written: {problem}; mend it and send again") from error
    return f"written to {path}"


def _append(file: BinaryIO, line: bytes) -> None:
    """One write a line; a line that a crash cut short is closed first, so that it spoils no other."""
    closing = b"" if _ends_a_line(file) else b"\n"
    file.write(closing + line + b"\n")
    file.flush()
    os.fsync(file.fileno())


def _ends_a_line(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
