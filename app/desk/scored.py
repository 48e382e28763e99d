"""How one organization meets what is asked of it, as the desk shows it: lens by lens, never one figure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from app.desk.memory import Memory
from app.desk.visit import NotFoundError, Visit
from app.dossiers.found import as_of, refuse_unknown
from app.dossiers.words import LENSES
from app.scoring import overrules_of, scores_of
from app.sight import AT_LEAST
from monitor.asks import Ask, Lens, State
from monitor.errors import InputError
from monitor.model import Saying
from monitor.scorecard import Overrule, Part, Score, Support
from monitor.store import Connection, chain, raised, statements

QUOTES = 5  #: passages below the parts of an ask that rest on the same ones
Place = tuple[str, str, tuple[str, ...], int]  #: page id, words, lines above, fetch in which they were last
Keys = Mapping[Place, str]  #: → key of the commitment
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """Words that a state rests on. key: of their commitment; "" where the store has none."""

    support: Support
    key: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Parts of an ask that are met alike, by the same words. names: none for an ask of one part.

    grounds: the first of them; count: of all.
    """

    names: tuple[str, ...]
    state: State
    why: str
    grounds: tuple[Ground, ...]
    count: int
    overruled: Overrule | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One ask with its cells."""

    ask: Ask
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Asks of which nothing is known, for the same reasons."""

    whys: tuple[str, ...]
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All asks of one lens. counts: parts by their state, those that there are, in the order of State."""

    lens: Lens
    name: str
    counts: tuple[tuple[State, int], ...]
    shown: tuple[Shown, ...]
    unknown: tuple[Unknown, ...]

    @property
    def asks(self) -> int:
        """How many there are."""
        return len(self.shown) + self.folded

    @property
    def folded(self) -> int:
        """Of how many nothing is known."""
        return sum(len(one.asks) for one in self.unknown)


@dataclass(frozen=True, slots=True)
class Scored:
    """An organization with its scores. at: the last look that the store knows, of which they are (UTC).

    is_old: nobody looked for so long that much may be otherwise now.
    """

    id: str
    name: str
    is_watched: bool
    at: datetime | None
    is_old: bool
    scores: tuple[Score, ...]
    keys: Keys

    def shelves(self) -> tuple[Shelf, ...]:
        """The lenses that ask something of it, in their order."""
        return tuple(
            _shelf(lens, name, its, self.keys)
            for lens, name in LENSES.items()
            if (its := [one for one in self.scores if one.ask.lens is lens])
        )


def scored(conn: Connection, visit: Visit, id: str) -> Scored:
    """As a dossier has it: of the last look, with what people decided by now.

    Raises NotFoundError where nobody ever knew this organization; ConfigError.
    """
    home, now = visit.home, visit.now
    overrules_of(home, now)  # refuses what is decided for a day to come
    watched = {one.id: one.name for one in home.watchlist.organizations}
    name = watched.get(id) or _unwatched(conn, visit, id)
    at = _as_of(conn)
    sayings = statements.of_organization(conn, id)
    scores = scores_of(conn, home, id, at or _EVER, decided_by=max(now, at or _EVER), sayings=sayings)
    is_old = at is not None and now - at > AT_LEAST
    return Scored(id, name, id in watched, at, is_old, scores, keys_of(sayings))


_LOOKS: Memory[datetime | None] = Memory(4)


def _as_of(conn: Connection) -> datetime | None:
    """Kept by the head of the chain: a store with the same one says the same."""
    head = chain.head(conn)
    return _LOOKS.get(head.sha256, lambda: as_of(conn)) if head else as_of(conn)


def _unwatched(conn: Connection, visit: Visit, id: str) -> str:
    """Its name, as the newest alert has it."""
    try:
        refuse_unknown(conn, visit.home, id)
    except InputError:
        raise NotFoundError(f"There is no organization {id}, and there never was one.") from None
    newest = raised.of_organization(conn, id, 1)
    return str(newest[0].organization["name"]) if newest else id


def keys_of(sayings: Iterable[Saying]) -> Keys:
    """Where words were seen last → the key of their commitment."""
    return {(one.page_id, one.quote, one.context, one.last_fetch_id): one.key for one in sayings}


# --------------------------------------------------------------------------- by lens


def _shelf(lens: Lens, name: str, scores: Sequence[Score], keys: Keys) -> Shelf:
    counted = Counter(part.state for one in scores for part in one.parts)
    return Shelf(
        lens,
        name,
        tuple((state, counted[state]) for state in State if counted[state]),
        tuple(Shown(one.ask, tuple(_cells(one.parts, keys))) for one in scores if not _is_blank(one)),
        tuple(_unknown(one for one in scores if _is_blank(one))),
    )


def _is_blank(score: Score) -> bool:
    """Whether nothing at all is known of it."""
    return all(
        part.state is State.UNKNOWN and not part.supports and not part.overruled for part in score.parts
    )


def _unknown(scores: Iterable[Score]) -> Iterator[Unknown]:
    asks: dict[tuple[str, ...], list[Ask]] = {}
    for one in scores:
        asks.setdefault(tuple(dict.fromkeys(part.why for part in one.parts)), []).append(one.ask)
    return (Unknown(whys, tuple(its)) for whys, its in asks.items())


def _cells(parts: Sequence[Part], keys: Keys) -> Iterator[Cell]:
    for _, alike in groupby(parts, key=lambda one: (one.state, one.why, one.supports)):
        its = list(alike)
        grounds = [Ground(one, keys.get(place_of(one), "")) for one in its[0].supports]
        yield Cell(
            tuple(one.name for one in its if one.name),
            its[0].state,
            its[0].why,
            tuple(grounds[:QUOTES]),
            len(grounds),
            its[0].overruled,
        )


def place_of(one: Support) -> Place:
    """Where words were seen last, as keys_of() has it."""
    return one.page_id, one.quote, one.context, one.fetch_id
