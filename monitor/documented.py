"""Commitments that others documented and that stand on no page we watch: config/documented/*.toml, strict.

They are entries of the ledger of their own kind: known from the press, a court, an archive, with sources, and
never mixed with what we read ourselves. Reading the files is all that reaches the disk; the rest is pure.
"""

from dataclasses import dataclass
from enum import StrEnum

from monitor.strength import Strength

FOLDER = "documented"


class Quoted(StrEnum):
    """How we know the words."""

    PRIMARY = "primary"  #: the organization's, a court's or a regulator's own text was seen
    PRESS = "press"  #: quoted in the press, which was seen
    PARAPHRASE = "paraphrase"  #: the sense alone; shown without quotation marks


class Fate(StrEnum):
    """How it fared by the sources, as of the day on which they were compiled."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WEAKENED = "weakened"
    WITHDRAWN = "withdrawn"
    PAGE_GONE = "page_gone"
    BROKEN_ALLEGED = "broken_alleged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Change:
    """One event in its history. on: a day, a month or a year as ISO says it ("2023-08"), "" for unknown."""

    on: str
    what: str
    effect: str  #: one word, as strengthened, weakened, clarified, page_gone
    source: str


@dataclass(frozen=True, slots=True)
class Documented:
    """One documented commitment. organization: id on the watchlist. Empty text: the sources do not say.

    said_on, start, expiry: as `on` of a Change. fates: one or two, the first counts.
    """

    id: str
    organization: str
    said_on: str
    quote: str
    quoted: Quoted
    strength: tuple[Strength, ...]
    fates: tuple[Fate, ...]
    confidence: str  #: high, medium or low
    sources: tuple[str, ...]
    quoted_by: str = ""  #: in words, who printed it
    actor: str = ""  #: who said it, where that is not the organization's own name
    barred: tuple[str, ...] = ()  #: actions: sell, develop, offer, use, promote, research, invest
    technology: str = ""
    customer: str = ""
    geography: str = ""
    condition: str = ""
    start: str = ""
    expiry: str = ""
    exceptions: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    superseded_by: str = ""  #: id of another one
    note: str = ""  #: what is not sure of it
