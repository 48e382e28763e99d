"""Holdings × organizations: by LEI, ISIN, ticker, exact name; what is less sure is shown only. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from monitor.holdings.exchanges import parted, same_exchange
from monitor.holdings.holding import Holding
from monitor.holdings.known import Known, is_like, is_short, plain, share_words
from monitor.model import Organization
from monitor.terms import folded

CLOSE, MOST_CANDIDATES = 86.0, 5
SEEN = "seen"  #: certainty of identifiers that somebody saw in a source


class How(StrEnum):
    """By what a holding was matched, the surest first."""

    ORGANIZATION = "our id"
    LEI = "LEI"
    ISIN = "ISIN"
    LISTING = "ticker and exchange"
    TICKER = "ticker alone"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Matched:
    """A holding that is of this organization. certainty: of our identifier, in the words of the watchlist.

    is_sure: a source was seen for it; remarks: what speaks against it; covers: ids of organizations below it.
    """

    holding: Holding
    organization: Organization
    how: How
    certainty: str
    is_sure: bool
    remarks: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organization that a holding may be of, and why: a few words."""

    organization: Organization
    why: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A holding that a person has to place. why: one sentence."""

    holding: Holding
    why: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Every holding, once, each part in the order of the rows."""

    matched: tuple[Matched, ...]
    ambiguous: tuple[Ambiguous, ...]
    not_covered: tuple[Holding, ...]


def match(holdings: Iterable[Holding], organizations: Sequence[Organization]) -> Matching:
    """Each holding placed by itself; the order of rows makes no difference."""
    known = Known(organizations)
    placed = [_placed(one, known) for one in sorted(holdings, key=lambda one: one.rows)]
    return Matching(
        tuple(one for one in placed if isinstance(one, Matched)),
        tuple(one for one in placed if isinstance(one, Ambiguous)),
        tuple(one for one in placed if isinstance(one, Holding)),
    )


# --------------------------------------------------------------------------- one holding


def _placed(holding: Holding, known: Known) -> Matched | Ambiguous | Holding:
    fits = _fits(holding, known)
    if not fits:
        return _by_likeness(holding, known)
    chosen = known.ids.get(holding.organization)
    agreed = set.intersection(*({one.id for one in those} for those in fits.values()))
    organization = chosen or known.top(agreed)
    if organization is None:
        return _undecided(holding, fits, is_contradiction=not agreed)
    how = next(how for how in How if how in fits)
    if problem := _against(holding, _name(holding, known), organization, how):
        return Ambiguous(holding, problem, (Candidate(organization, f"{how} fits"),))
    contradicted = ["Other things in the row are of another organization."] if not agreed else []
    remarks = (*contradicted, *_remarks(holding, organization, how))
    covers = known.below(organization.id)
    return Matched(holding, organization, how, *_certainty(holding, organization, how), remarks, covers)


def _fits(holding: Holding, known: Known) -> dict[How, list[Organization]]:
    """By each thing that the row names: the organizations that have it, where there are any."""
    tickers = known.tickers.get(holding.ticker, []) if holding.ticker else []
    listings = [one for one in tickers if same_exchange(holding.exchange, one.identifiers.exchange)]
    found = {
        How.ORGANIZATION: [known.ids[holding.organization]] if holding.organization in known.ids else [],
        How.LEI: known.leis.get(holding.lei, []),
        How.ISIN: known.isins.get(holding.isin, []),
        How.LISTING: listings if holding.exchange else [],
        How.TICKER: [] if holding.exchange else tickers,
        How.NAME: known.names.get(plain(_name(holding, known)), []),
    }
    return {how: those for how, those in found.items() if those}


def _name(holding: Holding, known: Known) -> str:
    """Its name; a column called organization may hold names, too."""
    return holding.name or ("" if holding.organization in known.ids else holding.organization)


def _undecided(
    holding: Holding, fits: Mapping[How, Sequence[Organization]], *, is_contradiction: bool
) -> Ambiguous:
    reasons: dict[str, list[str]] = defaultdict(list)
    organizations = {one.id: one for those in fits.values() for one in those}
    for how, those in fits.items():
        for one in those:
            reasons[one.id].append(how)
    candidates = tuple(
        Candidate(organizations[id], f"{' and '.join(why)} fit{'s' * (len(why) == 1)}")
        for id, why in sorted(reasons.items())
    )
    why = "What the row names contradicts itself: it is of different organizations."
    return Ambiguous(
        holding, why if is_contradiction else f"{len(candidates)} organizations fit the same.", candidates
    )


def _against(holding: Holding, name: str, one: Organization, how: How) -> str:
    """Why a match would not hold, "" where nothing is known against it."""
    ours = one.identifiers
    if how is How.ORGANIZATION:
        return ""
    if how is not How.LEI and holding.lei and ours.lei and holding.lei != ours.lei:
        return f"Its {how} fits, but its LEI is not the one that we know ({ours.lei})."
    by_ticker = how in (How.LISTING, How.TICKER)
    if by_ticker and holding.isin and ours.isin and holding.isin != ours.isin:
        return f"Its {how} fits, but its ISIN is not the one that we know ({ours.isin})."
    if how is How.TICKER:
        return _against_ticker(holding, name, one)
    return _against_name(holding, name, one) if how is How.NAME else ""


def _against_ticker(holding: Holding, name: str, one: Organization) -> str:
    """A ticker without an exchange is used by many: the name has to be ours, where there is one."""
    if name and not is_like(name, one):
        return f"Its ticker fits, but its name is not like “{one.name}”, and no exchange is given."
    if not name and _foreign(holding):
        return f"Its ticker alone fits, and its {_foreign(holding)} is none that we know."
    return ""


def _against_name(holding: Holding, name: str, one: Organization) -> str:
    """A name never stands against an identifier, and a short single word is the name of many."""
    if _foreign(holding):
        return f"Its name fits, but its {_foreign(holding)} is not one that we know of “{one.name}”."
    whole = folded(name)
    is_whole = whole != plain(name) and whole in map(folded, (one.name, *one.aliases))
    if is_short(plain(name)) and not is_whole:
        return "Its name alone fits, and so short a name is used by several companies."
    return ""


def _foreign(holding: Holding) -> str:
    """Which identifier of a security or issuer the row has; asked where none of them fits ours."""
    return " and ".join(kind for kind, said in (("ISIN", holding.isin), ("LEI", holding.lei)) if said)


def _is_unlike(name: str, one: Organization) -> bool:
    return bool(name) and not share_words(name, (one.name, *one.aliases))


def _remarks(holding: Holding, one: Organization, how: How) -> list[str]:
    found = []
    if how is How.LEI and holding.isin and one.identifiers.isin not in ("", holding.isin):
        known = one.identifiers.isin
        found.append(f"Its ISIN is not the one that we know ({known}): another class or kind of security?")
    if how in (How.LISTING, How.TICKER) and _foreign(holding):
        found.append(f"We know no {_foreign(holding)} of it to compare.")
    if how is How.NAME and holding.ticker:
        found.append(f"Its ticker is not the one that we know ({one.identifiers.ticker or 'none'}).")
    if how is not How.NAME and _is_unlike(holding.name, one):
        found.append(f"Its name in the list is not like “{one.name}”.")
    listed = one.identifiers.exchange
    has_ticker = bool(holding.ticker) and one.identifiers.ticker.upper() == holding.ticker
    if has_ticker and holding.exchange and not same_exchange(holding.exchange, listed):
        found.append(f"Its exchange is not the one that we know ({listed or 'none'}).")
    if how is How.TICKER:
        found.append("No exchange is given, and tickers are used by several companies.")
    return found


def _certainty(holding: Holding, one: Organization, how: How) -> tuple[str, bool]:
    """What vouches for our identifier by which it was matched, and whether that was seen in a source."""
    if how in (How.ORGANIZATION, How.NAME):
        return ("our own id" if how is How.ORGANIZATION else "the name alone"), how is How.ORGANIZATION
    said = one.identifiers.certainty.strip()
    kind = how if how in (How.LEI, How.ISIN) else "ticker"
    return said or "not said", _is_vouched(holding, one, how) and (said == SEEN or f"{kind}: {SEEN}" in said)


def _is_vouched(holding: Holding, one: Organization, how: How) -> bool:
    """A ticker is never sure without a name beside it, nor with one that is not like ours."""
    if how is How.TICKER:
        return bool(holding.name or holding.organization)
    return how is not How.LISTING or not _is_unlike(holding.name, one)


# --------------------------------------------------------------------------- what is only alike


def _by_likeness(holding: Holding, known: Known) -> Ambiguous | Holding:
    """Candidates, never a match: organizations of the ticker elsewhere, or whose names are close."""
    elsewhere = known.tickers.get(holding.ticker, []) if holding.ticker else []
    found = {
        one.id: Candidate(
            one, f"ticker fits, on another exchange ({one.identifiers.exchange or 'not known'})"
        )
        for one in elsewhere
    }
    base, suffix, _ = parted(holding.ticker)
    for one in known.tickers.get(base, ()) if suffix else ():
        found.setdefault(one.id, Candidate(one, f"its ticker fits without “{suffix.strip()}”"))
    for spelling, why in _close(plain(_name(holding, known)), known):
        for one in known.names[spelling]:
            found.setdefault(one.id, Candidate(one, why))
    if not found:
        return holding
    candidates = tuple(found.values())[:MOST_CANDIDATES]
    return Ambiguous(holding, "No identifier fits; something in it is only alike.", candidates)


def _close(name: str, known: Known) -> list[tuple[str, str]]:
    """(spelling of ours, why) for names that are close, the closest first."""
    if len(name) < 3:
        return []
    begins = [
        (each, f"its name begins like “{each}”")
        for each in known.starts.get(name.partition(" ")[0], ())
        if f"{name} ".startswith(f"{each} ") or f"{each} ".startswith(f"{name} ")
    ]
    near = process.extract(
        name, known.spellings, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=MOST_CANDIDATES
    )
    alike = [(each, f"its name is {score:.0f} % like “{each}”") for each, score, _ in near]
    return sorted(alike) + sorted(begins)
