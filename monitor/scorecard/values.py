"""The values of a scorecard: what is found of each part of an ask, and on which words it rests."""

from dataclasses import dataclass
from datetime import datetime

from monitor.asks import Ask, State


@dataclass(frozen=True, slots=True)
class Support:
    """Words that a state rests on. at, last_seen: UTC; fetch_id: of their snapshot; why: a sentence.

    is_contrary: they say the contrary of what is asked.
    """

    quote: str
    context: tuple[str, ...]
    page_id: str
    fetch_id: int
    at: datetime
    last_seen: datetime
    why: str
    is_contrary: bool = False


@dataclass(frozen=True, slots=True)
class Overrule:
    """A person's state in place of ours (config/overrules.toml of a home). part: "" for all of the ask."""

    organization: str
    ask: str
    state: State
    reason: str
    who: str
    on: str  #: the day (2027-03-01)
    part: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an ask's scope, as "sell" or "use", and how it is met. overruled: what a person says."""

    name: str  #: "" where the ask has one part
    state: State
    why: str  #: one sentence
    supports: tuple[Support, ...] = ()
    overruled: Overrule | None = None
    found: State | None = None  #: our own state, where it was overruled


@dataclass(frozen=True, slots=True)
class Score:
    """One ask with its parts."""

    ask: Ask
    parts: tuple[Part, ...]
