"""Holdings × organizations: by LEI, ISIN, ticker, exact name; what is less sure is shown only. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from monitor.holdings.doubts import against, foreign, is_unlike
from monitor.holdings.exchanges import bare_ticker, parted, same_exchange, same_ticker
from monitor.holdings.holding import Holding, How
from monitor.holdings.known import Known, is_short, issuer_number, plain
from monitor.model import Organization

CLOSE, MOST_CANDIDATES = 86.0, 5
_ALIKE = "No identifier fits; something in it is only alike."
_BOND = (
    "It reads like a bond: no identifier of it is one that we know, and a name alone does not tell of which "
    "company; the LEI of its issuer would."
)
#: A rate with decimals or a percent sign; a day or year of maturity behind a name; words for a bond.
_BOND_LIKE = re.compile(
    r"\d\s?%|\b\d{1,2}[.,]\d{2,3}\b|\b\d{1,2}[./]\d{1,2}[./](?:20)?\d{2}\b|\b20[2-9]\d$"
    r"|\b(?:bonds?|notes?|nts|frn|debentures?|anleihen?|schuldverschreibung|obligations?|obligaciones|bonos?"
    r"|obrigações|títulos)\b",
    re.IGNORECASE,
)
SEEN = "seen"  #: certainty of identifiers that somebody saw in a source


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
    if problem := against(holding, _names(holding, known), organization, how):
        return Ambiguous(holding, problem, (Candidate(organization, f"{how} fits"),))
    contradicted = ["Other things in the row are of another organization."] if not agreed else []
    remarks = (*contradicted, *_remarks(holding, organization, how))
    covers = known.below(organization.id)
    return Matched(holding, organization, how, *_certainty(organization, how), remarks, covers)


def _fits(holding: Holding, known: Known) -> dict[How, list[Organization]]:
    """By each thing that the row names: the organizations that have it, where there are any."""
    tickers = known.tickers.get(bare_ticker(holding.ticker), [])
    listings = [one for one in tickers if same_exchange(holding.exchange, one.identifiers.exchange)]
    unlisted = [one for one in tickers if not (holding.exchange and one.identifiers.exchange)]
    of_issuer = known.issuers.get(issuer_number(holding.isin), [])
    names = [those for name in _names(holding, known) if (those := known.names.get(plain(name)))]
    found = {
        How.ORGANIZATION: [known.ids[holding.organization]] if holding.organization in known.ids else [],
        How.LEI: known.leis.get(holding.lei, []),
        How.ISIN: known.isins.get(holding.isin, []),
        How.ISSUER: [] if holding.isin in known.isins else of_issuer,
        How.LISTING: listings,
        How.TICKER: [] if listings else unlisted,
        How.NAME: names[0] if names else [],
    }
    return {how: those for how, those in found.items() if those}


def _names(holding: Holding, known: Known) -> tuple[str, ...]:
    """All that the row calls it: a column called organization may hold names, too."""
    said = (holding.name, "" if holding.organization in known.ids else holding.organization)
    return tuple(name for name in said if name)


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


def _remarks(holding: Holding, one: Organization, how: How) -> list[str]:
    found, ours = [], one.identifiers
    if how in (How.LEI, How.ISSUER) and holding.isin and ours.isin not in ("", holding.isin):
        found.append(
            f"Its ISIN is not the one that we know ({ours.isin}): another class or kind of security?"
        )
    if how in (How.LISTING, How.TICKER) and foreign(holding):
        found.append(f"We know no {foreign(holding)} of it to compare.")
    if holding.ticker and ours.ticker and not same_ticker(holding.ticker, ours.ticker):
        found.append(f"Its ticker is not the one that we know ({ours.ticker}).")
    if is_unlike(holding.name, one):
        found.append(f"Its name in the list is not like “{one.name}”.")
    has_ticker = bool(holding.ticker) and same_ticker(holding.ticker, ours.ticker)
    if has_ticker and holding.exchange and not same_exchange(holding.exchange, ours.exchange):
        found.append(f"Its exchange is not the one that we know ({ours.exchange or 'none'}).")
    if how is How.TICKER and not holding.exchange:
        found.append("No exchange is given, and tickers are used by several companies.")
    return found


def _certainty(one: Organization, how: How) -> tuple[str, bool]:
    """What vouches for our identifier by which it was matched, and whether that was seen in a source."""
    if how in (How.ORGANIZATION, How.NAME):
        return ("our own id" if how is How.ORGANIZATION else "the name alone"), how is How.ORGANIZATION
    said = one.identifiers.certainty.strip()
    kind = {How.LEI: "LEI", How.ISIN: "ISIN"}.get(how, "ticker")
    return said or "not said", how is not How.ISSUER and (said == SEEN or f"{kind}: {SEEN}" in said)


# --------------------------------------------------------------------------- what is only alike


def _by_likeness(holding: Holding, known: Known) -> Ambiguous | Holding:
    """Candidates, never a match: organizations of the ticker elsewhere, or whose names are close."""
    elsewhere = known.tickers.get(bare_ticker(holding.ticker), [])
    found = {
        one.id: Candidate(
            one, f"ticker fits, on another exchange ({one.identifiers.exchange or 'not known'})"
        )
        for one in elsewhere
    }
    base, suffix, _ = parted(holding.ticker)
    for one in known.tickers.get(bare_ticker(base), ()) if suffix else ():
        found.setdefault(one.id, Candidate(one, f"its ticker fits without “{suffix.strip()}”"))
    for name in _names(holding, known):
        for spelling, why in _close(plain(name), known):
            for one in known.names[spelling]:
                found.setdefault(one.id, Candidate(one, why))
    if not found:
        return holding
    candidates = tuple(found.values())[:MOST_CANDIDATES]
    return Ambiguous(holding, _BOND if _BOND_LIKE.search(holding.name) else _ALIKE, candidates)


def _close(name: str, known: Known) -> list[tuple[str, str]]:
    """(spelling of ours, why) for names that are close, the closest first."""
    if len(name) < 3:
        return []
    begins = [
        (each, f"its name begins like “{each}”")
        for each in known.starts.get(name.partition(" ")[0], ())
        if f"{name} ".startswith(f"{each} ") or f"{each} ".startswith(f"{name} ")
    ]
    words = name.split()
    holds = [
        (each, f"its name holds “{each}”")
        for place, word in enumerate(words[1:], 1)
        for each in known.starts.get(word, ())
        if not is_short(each) and words[place : place + len(each.split())] == each.split()
    ]
    near = process.extract(
        name, known.spellings, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=MOST_CANDIDATES
    )
    alike = [(each, f"its name is {score:.0f} % like “{each}”") for each, score, _ in near]
    return sorted(alike) + sorted(begins) + sorted(holds)
