"""Commitments that others documented: config/documented/*.toml, strict.

They are entries of the ledger of their own kind: known from the press, a court, an archive, with sources, and
never mixed with what we read ourselves. Reading the files is all that reaches the disk; the rest is pure.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError
from monitor.strength import Strength
from monitor.tables import build, dotted, read_toml, suggestion

FOLDER = "documented"
_CONFIDENCE = ("high", "medium", "low")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


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
    REVERSED = "reversed"  #: the organization did what it had said it would not
    NO_PLEDGE = "no_pledge"  #: it was asked or looked for, and there is none


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
    strength: tuple[Strength, ...]  #: of the places where it stands; empty where there is no pledge
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
    also: tuple[str, ...] = ()  #: ids of other organizations that it is about; `note` says how
    promise: str = ""  #: what it undertook to do, beside what it barred
    court: str = ""  #: the court, the case and its number
    technologies: tuple[str, ...] = ()  #: what is barred, as ids of config/lexicon
    parties: tuple[str, ...] = ()  #: from whom, the same; empty: from anybody
    purposes: tuple[str, ...] = ()  #: for what, the same; empty: for anything
    places: tuple[str, ...] = ()  #: where, the same; empty: anywhere, or as `geography` says
    page: str = ""  #: id of the watched page on which it stood, where it stood on one

    @property
    def is_verbatim(self) -> bool:
        """Whether `quote` holds exact words; else it is the sense alone."""
        return bool(self.quote) and self.quoted is not Quoted.PARAPHRASE

    @property
    def strongest(self) -> Strength:
        """Of the places where it stands, the one that is hardest to change quietly; of none, the weakest."""
        return min(self.strength, key=lambda one: one.rank, default=Strength.PRESS_REPLY)

    @property
    def is_gap(self) -> bool:
        """Whether it says that no pledge was found, and quotes nobody."""
        return Fate.NO_PLEDGE in self.fates and not self.is_verbatim

    def is_of(self, organization: str) -> bool:
        """Whether these words are this organization's; else it is only named in `also`."""
        return organization == self.organization

    def ended(self, today: date) -> bool:
        """Whether its end has passed by its own words on this day; a month or a year ends on its last day."""
        return bool(self.expiry) and last_day(self.expiry) < today


@dataclass(frozen=True, slots=True)
class _File:
    documented: tuple[Documented, ...] = ()


def load_documented(config: Path) -> tuple[Documented, ...]:
    """What `config`/documented/*.toml hold, by file name, then in their order; nothing where there is none.

    The name of a file is the id of its organization. Raises ConfigError, also on an id that comes twice.
    """
    found: dict[str, Documented] = {}
    files: dict[str, str] = {}
    for path in sorted((config / FOLDER).glob("*.toml")):
        for place, one in enumerate(_read(path)):
            key = f"documented[{place}]"
            _check(one, str(path), key)
            if one.id in found:
                raise ConfigError(
                    str(path), dotted(key, "id"), f'"{one.id}" is in {files[one.id]} too; give each its own'
                )
            found[one.id], files[one.id] = one, f"{path}"
    for one in found.values():
        others = found.keys() - {one.id}
        if one.superseded_by and one.superseded_by not in others:
            problem = f'of "{one.id}" is "{one.superseded_by}"; {suggestion(one.superseded_by, others)}'
            raise ConfigError(files[one.id], "superseded_by", problem)
    return tuple(found.values())


def check_against(documented: Iterable[Documented], organizations: Collection[str]) -> None:
    """Raises ConfigError where one of them names an organization that is not among these ids."""
    for one in documented:
        for name in (one.organization, *one.also):
            if name not in organizations:
                raise ConfigError(
                    f"{FOLDER}/{one.organization}.toml",
                    one.id,
                    f'is of "{name}", which is not on the watchlist; {suggestion(name, organizations)}',
                )


def of_organization(documented: Iterable[Documented], organization: str) -> tuple[Documented, ...]:
    """What this organization said, alone or with others, the oldest first; of an unknown day last."""
    theirs = (one for one in documented if organization in (one.organization, *one.also))
    return tuple(sorted(theirs, key=lambda one: (one.said_on or "9", one.id)))


def last_day(on: str) -> date:
    """The last day of a day, a month or a year ("2021-06-10", "2027-05", "2026"). Raises ValueError."""
    named = _DATE.fullmatch(on)
    if named is None:
        raise ValueError(f"{on} is neither a day nor a month nor a year")
    year, month, day = (int(part) if part else None for part in named.groups())
    first = date(year or 0, 12 if month is None else month, 1 if day is None else day)
    return first if day else first.replace(day=monthrange(first.year, first.month)[1])


def _read(path: Path) -> tuple[Documented, ...]:
    table = read_toml(path)
    entries = table.get("documented")
    if not isinstance(entries, list):
        return build(_File, table, str(path)).documented
    return build(_File, {**table, "documented": _named(entries, path)}, str(path)).documented


def _named(entries: Sequence[Any], path: Path) -> list[Any]:
    """The same, each with the organization that the name of the file says."""
    for place, entry in enumerate(entries):
        if isinstance(entry, Mapping) and "organization" in entry:
            key = f"documented[{place}].organization"
            raise ConfigError(str(path), key, "is the name of the file; take the key out")
    return [{**one, "organization": path.stem} if isinstance(one, Mapping) else one for one in entries]


def _check(one: Documented, file: str, key: str) -> None:
    wrong = next(_wrong(one), None)
    if wrong:
        raise ConfigError(file, dotted(key, wrong[0]), wrong[1])


def _wrong(one: Documented) -> Iterator[tuple[str, str]]:
    """What does not fit: (key, what is wrong with it, and how to mend it)."""
    for name in ("id", "strength", "fates", "sources"):
        if not getattr(one, name) and not (name == "strength" and one.is_gap):
            yield name, "is empty; name at least one"
    if one.quoted is not Quoted.PARAPHRASE and not one.quote.strip():
        yield "quote", 'is empty; write the exact words, or quoted = "paraphrase"'
    if one.confidence not in _CONFIDENCE:
        yield "confidence", f'is "{one.confidence}"; choose one of {", ".join(_CONFIDENCE)}'
    dates = {name: getattr(one, name) for name in ("said_on", "start", "expiry")}
    dates |= {f"changes[{place}].on": each.on for place, each in enumerate(one.changes)}
    for name, on in dates.items():
        if on and not _is_date(on):
            yield name, f'is "{on}"; write a day, a month or a year, as in "2021-06-10", "2021-06" or "2021"'


def _is_date(on: str) -> bool:
    try:
        last_day(on)
    except ValueError:
        return False
    return True
