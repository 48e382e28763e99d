"""A dossier as a paper: what is in it, in which order, in which words. Pure."""

from collections import Counter
from collections.abc import Iterator

from app.dossiers.appendix import coverage_section, evidence_sections
from app.dossiers.asked import questions_section, replies_section, score_sections
from app.dossiers.documented import documented_section
from app.dossiers.dossier import Dossier
from app.dossiers.gist import gist
from app.dossiers.sections import (
    changes_sections,
    differing_sections,
    ledger_sections,
)
from app.dossiers.words import LENSES, ORDER, STATUSES, direction_said, when
from app.papers.paper import Facts, Items, Paper, Section

NOTE = (
    "Quotation marks hold exact words; everything else is a description of what was seen and when."
    " Numbers such as E1 point to the evidence at the end. Facts, not motives; no legal advice."
)


_NO_IDENTIFIER = "none known to us"


def paper_of(dossier: Dossier) -> Paper:
    """The whole dossier. The same dossier gives the same paper."""
    period = dossier.period
    return Paper(
        title=f"Dossier: {dossier.organization.name}",
        subtitle=f"What it says about facial recognition, from {period.first} to {period.last}",
        facts=Facts(tuple((name, said) for name, said in _cover(dossier) if said)),
        sections=(
            Section("in-short", "In short", (Items(tuple(_in_short(dossier))),)),
            *changes_sections(dossier),
            *ledger_sections(dossier),
            documented_section(dossier),
            *score_sections(dossier),
            *differing_sections(dossier),
            questions_section(dossier),
            replies_section(dossier),
            coverage_section(dossier),
            *evidence_sections(dossier),
        ),
        note=NOTE,
    )


def _cover(dossier: Dossier) -> Iterator[tuple[str, str]]:
    one, period = dossier.organization, dossier.period
    ids = one.identifiers
    yield "Organization", f"{one.name} ({one.id})"
    yield "Kind", one.kind.replace("_", " ")
    ticker = f"{ids.ticker} ({ids.exchange})" if ids.ticker and ids.exchange else ids.ticker
    yield "Ticker", ticker or _NO_IDENTIFIER
    yield "ISIN", ids.isin or _NO_IDENTIFIER
    yield "LEI", ids.lei or _NO_IDENTIFIER
    yield "Certainty of these", ids.certainty if ids.ticker or ids.isin or ids.lei else ""
    yield "Country", one.country
    yield "Part of", dossier.parent
    yield "Also known as", ", ".join(one.aliases)
    yield "Names of its products", ", ".join(one.products)
    yield "Period", f"{period.first} to {period.last} (UTC, both days included)"
    yield "As of", when(dossier.as_of) or "nothing was ever looked at"
    yield "Pages watched", str(len(one.pages)) if dossier.is_watched else "none: it is not on the watchlist"
    yield "Head of the record", dossier.head.sha256 if dossier.head else ""


def _in_short(dossier: Dossier) -> Iterator[str]:
    """A sentence on each part; no figure over several lenses."""
    directions = Counter(direction_said(one.alert.direction) for one in dossier.changes)
    told = ", ".join(f"{count} {name}" for name, count in sorted(directions.items()))
    count = len(dossier.changes) + dossier.left_out
    yield f"Changes told in the period: {count:,}{f' ({told})' if told else ''}."
    yield from gist(dossier)
    statuses = Counter(one.commitment.status for one in dossier.commitments)
    kept = "; ".join(f"{STATUSES[one]}: {statuses[one]}" for one in ORDER if statuses[one])
    yield f"Commitments in the ledger: {len(dossier.commitments):,}{f' ({kept})' if kept else ''}."
    if dossier.documented:
        yield f"Documented by others: {len(dossier.documented):,}."
    for lens, name in LENSES.items():
        states = Counter(
            part.state.value for one in dossier.scores if one.ask.lens is lens for part in one.parts
        )
        if states:
            yield f"{name}: {', '.join(f'{count} {state}' for state, count in sorted(states.items()))}."
    theirs = f"; captures of others that were imported: {dossier.imported:,}" if dossier.imported else ""
    yield f"Readings of its pages in the period: {sum(one.read.count for one in dossier.coverage):,}{theirs}."
