"""What others documented, as dossiers and letters tell it: by whom, since when, and all that limits it. Pure.

The words are those of the organization whose entry it is. Of one that the entry only names beside it, they
are never given as its own.
"""

from collections.abc import Collection, Iterator, Sequence

from app.dossiers.dossier import Dossier
from app.dossiers.words import STRENGTHS, Marker
from app.papers.paper import Block, Cell, Items, Paragraph, Section, Table
from monitor.documented import Documented

NO_PLEDGE = "No pledge found"
_COLUMNS = (
    *("Said on", "Words", "Strength", "Fate", "How it is known", "Limits, and what is not sure", "Where"),
    *("Sources", "Evidence"),
)
_INTRO = (
    "These are known from their sources, as of their days, and not from our reading: that stands in the"
    " ledger."
)


def words_of(one: Documented, organization: str) -> str:
    """Its words or their sense; of an organization that is only named with it, that and no more."""
    if one.is_gap:
        return f"{NO_PLEDGE}: {one.quote}"
    if not one.is_of(organization):
        return f"{named_in(one)}. Words of others are not given here as those of this organization."
    return f"“{one.quote}”" if one.is_verbatim else f"In sense: {one.quote}"


def named_in(one: Documented) -> str:
    """ "Named in a documented statement of Heron Air", for one that is only named with it."""
    return f"Named in a documented statement of {one.actor or one.organization}"


def limits_of(one: Documented) -> Iterator[str]:
    """All that limits its words, and what is not sure of them, a sentence or a clause each."""
    named = {
        "Customers": one.customer,
        "Where": one.geography,
        "Condition": one.condition,
        "From": one.start,
        "Ends": one.expiry,
        "Exceptions": "; ".join(one.exceptions),
        "Court": one.court,
        "It undertook": one.promise,
        "Note": one.note,
    }
    yield from (f"{name}: {text.rstrip('.')}." for name, text in named.items() if text)


def place_of(one: Documented, watched: Collection[str]) -> str:
    """Whether it was said on a page that is watched. watched: ids of the pages that are."""
    if one.page in watched:
        return f"said on {one.page}, which is watched: what we read there stands in the ledger"
    return f"said on {one.page}, which is not watched" if one.page else "on no page that we watch"


def documented_section(dossier: Dossier) -> Section:
    """Commitments known from others, never mixed with what we read."""
    marker = Marker(dossier)
    rows = tuple(_row(one, dossier, marker) for one in dossier.documented)
    table = Table("documented", "Documented by others", _COLUMNS, rows, "None is documented.")
    changes = tuple(_changes(dossier.documented))
    blocks: list[Block] = [Paragraph(_INTRO), table] if rows else [table]
    blocks += [Items(changes)] if changes else []
    return Section("documented", "Documented by others", tuple(blocks))


def _row(one: Documented, dossier: Dossier, marker: Marker) -> tuple[Cell, ...]:
    id, pages = dossier.organization.id, {page.id for page in dossier.organization.pages}
    strength = ", ".join(STRENGTHS[each] for each in one.strength) if not one.is_gap else ""
    fates = ", ".join(fate.value.replace("_", " ") for fate in one.fates)
    return (
        *(one.said_on or "not known", words_of(one, id), strength, fates, "; ".join(_known(one))),
        *(" ".join(limits_of(one)), place_of(one, pages), "; ".join(one.sources)),
        marker(dossier.numbers.get((f"documented:{one.id}", one.quote, 0))),
    )


def _known(one: Documented) -> Iterator[str]:
    yield from (f"{name} {text}" for name, text in (("of", one.actor), ("by", one.quoted_by)) if text)
    yield f"{one.quoted.value}, {one.confidence} confidence"


def _changes(documented: Sequence[Documented]) -> Iterator[str]:
    for one in documented:
        for change in one.changes:
            effect = "; ".join(part for part in (change.effect.replace("_", " "), change.source) if part)
            yield f"{one.id}, {change.on or 'day not known'}: {change.what} ({effect})"
