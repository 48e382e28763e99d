"""Tell whoever started us how we are, as systemd wants it (sd_notify(3)), without its library."""

import socket
from collections.abc import Mapping
from contextlib import suppress

READY, STOPPING, WELL = "READY=1", "STOPPING=1", "WATCHDOG=1"
_PATIENCE_SECONDS = 1.0  #: for a supervisor that is behind with its reading


def tell(state: str, environ: Mapping[str, str]) -> None:
    """Send a state, such as READY=1, to the socket that NOTIFY_SOCKET names; where none is named, to nobody.

    A supervisor that is gone or does not read is no reason to stop watching: a state that cannot be handed
    over is dropped. What follows from a READY=1 or a WATCHDOG=1 that never came is the supervisor's to know.
    """
    place = environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    address = "\0" + place[1:] if place.startswith("@") else place  # "@" is how an abstract one is written
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.settimeout(_PATIENCE_SECONDS)
        out.sendto(state.encode("utf-8", "replace"), address)


def status(sentence: str) -> str:
    """A state that people read in `systemctl status`: one line, whatever the sentence holds."""
    return "STATUS=" + " ".join(sentence.split())
