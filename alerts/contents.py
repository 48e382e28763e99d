"""What messages are made of: each text is on one line, not too long, and cannot act. Pure."""

import re
from dataclasses import dataclass

from alerts.limits import Limits, line
from alerts.looks import Look
from alerts.marking import size, visible

_SAFE = re.compile(r"https?://[^\s<>\"'`\\]+")
_ENDINGS = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class Spot:
    """An address as it is shown, and as a link: href is "" where a mail may not point there.

    label: our own words for the link, where the address is long and not worth reading.
    """

    text: str
    href: str
    label: str = ""


NOWHERE = Spot("", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a list: what is said, about which text, and where it is found (an address or a command)."""

    lead: str
    text: str = ""
    note: str = ""
    spot: Spot = NOWHERE
    command: str = ""
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A titled list, and how many of it are left out."""

    title: str
    entries: tuple[Entry, ...]
    left_out: int = 0
    note: str = ""


def spot(url: str, limits: Limits, label: str = "") -> Spot:
    """The address as text; as a link too where it is one of the web, and not of many lines."""
    is_link = _SAFE.fullmatch(url) and visible(url) == url and size(url) <= 2 * limits.line
    return Spot(line(url, limits.line), *((url, label) if is_link else ("", "")))


def sentence(words: str) -> str:
    """With its full stop."""
    return words if not words or words.endswith(_ENDINGS) else f"{words}."


def shown_by(id: str) -> str:
    """The command that shows an alert."""
    return f"pledgewatch alerts show {id[:12]}" if id else ""
