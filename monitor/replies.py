"""What an organization was asked, and what came of it (config/replies.toml). Pure but for reading it.

[[replies]]
organization = "corvid"
asked_on = 2026-09-01        # days are UTC
due = 2026-09-30
answered = 2026-09-20        # left out, or "": no answer came
about = ["POL-1"]            # ids of config/asks.toml
channel = "letter to the board"
quote = "We have read your letter."   # exact words of the answer
source = "letter of 20 September 2026, page 2"
note = ""
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError
from monitor.tables import build, dotted, read_toml, suggestion

FILE = "replies.toml"


@dataclass(frozen=True, slots=True)
class Reply:
    """One question to an organization. answered: None where no answer came; quote: exact words of it."""

    organization: str
    asked_on: date
    due: date
    about: tuple[str, ...] = ()
    answered: date | None = None
    channel: str = ""
    quote: str = ""
    source: str = ""
    note: str = ""

    def outcome(self, on: date) -> str:
        """What had come of it by the end of this day (UTC)."""
        if self.answered is not None and self.answered <= on:
            late = f", {_days((self.answered - self.due).days)} late" if self.answered > self.due else ""
            return f"answered on {self.answered}{late}"
        return f"no answer by {self.due}" if on > self.due else f"open until {self.due}"


@dataclass(frozen=True, slots=True)
class _File:
    replies: tuple[Reply, ...] = ()


def load_replies(config: Path) -> tuple[Reply, ...]:
    """The replies of a config folder, in the order of their days; none where it has no replies.toml.

    Raises ConfigError with file and key.
    """
    file = config / FILE
    if not file.exists():
        return ()
    replies = build(_File, _without_blanks(read_toml(file)), str(file)).replies
    for place, reply in enumerate(replies):
        _check(reply, str(file), f"replies[{place}]")
    return tuple(sorted(replies, key=lambda one: (one.asked_on, one.due, one.organization)))


def refuse_strangers(
    replies: Iterable[Reply], organizations: Collection[str], asks: Collection[str], config: Path
) -> None:
    """A reply of nobody whom we watch, or on no ask that we know, would stand nowhere. Raises ConfigError."""
    for reply in replies:
        for id, known, what in (
            (reply.organization, organizations, "no organization of the watchlist"),
            *((one, asks, "no ask of asks.toml") for one in reply.about),
        ):
            if id not in known:
                problem = f'"{id}" (asked on {reply.asked_on}) is {what}; {suggestion(id, known)}'
                raise ConfigError(str(config / FILE), "replies", problem)


def refuse_unanswered(replies: Iterable[Reply], today: date, config: Path) -> None:
    """An answer of a day to come is none yet: told as one that did not come. Raises ConfigError."""
    for reply in replies:
        if reply.answered and reply.answered > today:
            problem = f'"{reply.organization}" (asked on {reply.asked_on}) answered on {reply.answered}'
            problem += ", which is still to come; write the day on which the answer came (UTC)"
            raise ConfigError(str(config / FILE), "replies", problem)


def _without_blanks(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same without answered = "", which says as much as no word of it."""
    entries = table.get("replies")
    if not isinstance(entries, list):
        return table
    return {**table, "replies": [_without_blank(one) if isinstance(one, dict) else one for one in entries]}


def _without_blank(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in entry.items() if (name, value) != ("answered", "")}


def _check(reply: Reply, file: str, key: str) -> None:
    def refuse(name: str, problem: str) -> None:
        raise ConfigError(file, dotted(key, name), problem)

    if not reply.organization.strip():
        refuse("organization", "is empty; write the id of an organization of the watchlist")
    if reply.due < reply.asked_on:
        refuse("due", f"is {reply.due}, before it was asked on {reply.asked_on}; write a later day")
    if reply.answered and reply.answered < reply.asked_on:
        refuse("answered", f"is {reply.answered}, before it was asked on {reply.asked_on}; write a later day")
    if reply.quote and not reply.answered:
        refuse("quote", "are words of an answer, but answered names no day; write the day, or take them out")
    if reply.quote and not reply.source.strip():
        refuse("source", "is empty, though words are quoted; say where they stand")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
