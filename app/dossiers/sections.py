"""The parts of a dossier's paper on what the organization says and what changed in it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from app.dossiers.dossier import Change, Dossier, Entry, Evidence, Proof, Waiting
from app.dossiers.limits import none_read
from app.dossiers.words import (
    ORDER,
    STATUSES,
    STRENGTHS,
    Marker,
    day,
    direction_said,
    kind_said,
    marks_said,
    step_said,
    when,
)
from app.papers.drawing import drawn
from app.papers.paper import Block, Cell, Facts, Figure, Paragraph, Quotation, Section, Table
from app.timeline import LANES_AT_MOST, Event, Lane, picture
from monitor.ledger.differing import Differing
from monitor.model import Direction, Finding

SHOWN_AT_MOST = 60  #: changes that are shown whole; the table has all
_LANES = 14  #: in one picture: as many as a printed page holds
_PICTURE = (
    "One bar for each commitment, from first sight to last sight; dots after it: nothing was confirmed to"
    " have changed since. Marks show changes: ▼ weaker, ▲ stronger, ◆ mixed, ■ unclear, ● neutral."
)


# --------------------------------------------------------------------------- what changed


def changes_sections(dossier: Dossier) -> Iterator[Section]:
    """What was told in the period: a table of all, then each with its words; and what waits."""
    marker = Marker(dossier)
    rows = tuple(_change_row(one, marker) for one in dossier.changes)
    span = f"{dossier.period.first} to {dossier.period.last}"
    columns = ("Day", "Direction", "Page", "What", "Marks", "Evidence")
    none = "No change was told in this time." if dossier.checks else none_read(dossier)
    table = Table("changes", f"Changes told from {span}, the newest first", columns, rows, none)
    yield Section("changes", "What changed in the period", (table,))
    for number, one in enumerate(dossier.changes[:SHOWN_AT_MOST], 1):
        alert = one.alert
        title = f"{day(alert.raised_at)}: {alert.page['id']}, {direction_said(alert.direction)}"
        yield Section(f"change-{number}", title, tuple(_change(one, marker, dossier)), level=2)
    if dossier.waiting:
        yield _waiting_section(dossier, marker)


def _change_row(one: Change, marker: Marker) -> tuple[Cell, ...]:
    alert = one.alert
    numbers = marker.all(number for pair in one.numbers for number in pair)
    said = (direction_said(alert.direction), alert.page["id"], alert.headline, marks_said(one.marks), numbers)
    return alert.raised_at.date(), *said


def _change(one: Change, marker: Marker, dossier: Dossier) -> Iterator[Block]:
    alert = one.alert
    yield Paragraph(f"{alert.headline}.")
    if marks := marks_said(one.marks):
        yield Paragraph(f"To be known of it: {marks}.")
    shown = set()
    for finding, (before, after) in zip(alert.findings, one.numbers, strict=True):
        if (pair := (finding.before_quote, finding.after_quote)) in shown:
            continue
        shown.add(pair)
        seen = when(alert.before.last_seen_at or alert.before.fetched_at)
        if finding.before_quote:
            source = f"{marker(before)}: {alert.page['id']}, last seen {seen}"
            above = _above_before(finding, dossier.evidence_of(before))
            yield Quotation(finding.before_quote, source, above, "before")
        if finding.after_quote:
            source = f"{marker(after)}: {alert.page['id']}, seen {when(alert.after.fetched_at)}"
            yield Quotation(finding.after_quote, source, finding.context, _mark(finding))
    yield Facts(tuple(_facts(one)))


def _above_before(finding: Finding, its: Evidence | None) -> tuple[str, ...]:
    """The lines above the words before: those of a finding are of the later text, where it has both."""
    if not finding.after_quote:
        return finding.context
    return its.lines if its and its.proof is Proof.VERBATIM else ()


def _mark(finding: Finding) -> str:
    return direction_said(finding.direction)


def _facts(one: Change) -> Iterator[tuple[str, str]]:
    alert = one.alert
    kinds = dict.fromkeys(kind_said(finding.kind) for finding in alert.findings)
    yield "What", "; ".join(kinds)
    yield "First seen", when(alert.after.fetched_at)
    yield "Confirmed", when(alert.after.confirmed_at) or "not when it was told"
    if alert.asks:
        yield "Asks that it touches", ", ".join(ask.id for ask in alert.asks)
    yield "Alert", alert.id


def _waiting_section(dossier: Dossier, marker: Marker) -> Section:
    rows = tuple(
        (
            one.tracked.first_seen_at,
            one.page_id,
            kind_said(one.tracked.finding.kind),
            one.tracked.finding.before_quote,
            one.tracked.finding.after_quote,
            _stands_below(one, dossier),
            marker.all(one.numbers),
        )
        for one in dossier.waiting
    )
    columns = ("First seen", "Page", "What", "Words before", "Words after", "Below", "Evidence")
    table = Table("not-confirmed", "Seen, and not confirmed yet", columns, rows)
    said = "These changes were seen and may go back: nobody is told of them before further readings agree."
    return Section("not-confirmed", "Not confirmed yet", (Paragraph(said), table), level=2)


def _stands_below(one: Waiting, dossier: Dossier) -> str:
    its = [found for number in one.numbers if (found := dossier.evidence_of(number))]
    return " / ".join(dict.fromkeys(" › ".join(each.under) for each in its if each.under))


# --------------------------------------------------------------------------- the ledger


_TIMES = ("First seen, in any words", "These words first seen", "Last seen")
_NOT_FOLLOWED = "No commitment is followed here: it is not on the watchlist, and nobody looks at its pages."


def ledger_sections(dossier: Dossier) -> Iterator[Section]:
    """Every commitment, through time, with its history."""
    marker = Marker(dossier)
    kept = sorted(
        dossier.commitments, key=lambda one: (ORDER.index(one.commitment.status), one.commitment.since)
    )
    columns = ("Status", "Words", "Page", "Strength", *_TIMES, "Evidence")
    cited = {one.number: one for one in dossier.evidence}
    rows = tuple(_ledger_row(one, marker, cited) for one in kept)
    none = "No commitment was found on its pages so far." if dossier.is_watched else _NOT_FOLLOWED
    table = Table("ledger", "Commitments, what stands first", columns, rows, none)
    yield Section("ledger", "Ledger of commitments", (table,))
    if not kept:
        return
    yield Section("timeline", "Commitments through time", tuple(_figures(dossier, kept)), level=2)
    steps = tuple(_step_rows(kept, marker, cited))
    came = ("Commitment", "When", "Page", "What happened", "Direction", "Words from then on", "Evidence")
    history = Table("history", "Each time that words came or left", came, steps)
    yield Section("history", "History", (history,), level=2)


def _ledger_row(one: Entry, marker: Marker, cited: Mapping[int, Evidence]) -> tuple[Cell, ...]:
    kept = one.commitment
    status = STATUSES[kept.status] + (f" ({kept.end})" if kept.end else "")
    status += "; a change waits to be confirmed" if kept.pending else ""
    status += "; its page could not be read since" if one.unread and kept.until is None else ""
    words = " › ".join((*one.under, kept.saying.quote))
    dates = (kept.since.date(), _first_seen(one, cited).date(), kept.last_seen.date())
    return status, words, ", ".join(kept.page_ids), STRENGTHS[one.strength], *dates, marker(one.number)


def _first_seen(one: Entry, cited: Mapping[int, Evidence]) -> datetime:
    """When these words were first seen on their page, below whatever lines."""
    its = cited.get(one.number)
    return (its and its.first_seen) or one.commitment.saying.first_seen_at


def _below(quote: str, its: Evidence | None) -> str:
    """The words below the lines that decide what they mean."""
    return " › ".join((*its.under, quote)) if its else quote


def _step_rows(
    kept: Sequence[Entry], marker: Marker, cited: Mapping[int, Evidence]
) -> Iterator[tuple[Cell, ...]]:
    for one in kept:
        steps = [step for step, _ in one.steps]
        for place, (step, number) in enumerate(one.steps):
            yield (
                f"E{one.number}",
                step.at,
                step.page_id,
                step_said(step, steps[:place]),
                direction_said(step.direction),
                _below(step.quote, cited.get(number)),
                marker(number),
            )


def _figures(dossier: Dossier, kept: Sequence[Entry]) -> Iterator[Block]:
    """The picture, in parts that fit on a page, all on one scale of time."""
    lanes, start = [_lane(one) for one in kept], min(one.commitment.since for one in kept)
    now = dossier.as_of or max(one.commitment.last_seen for one in kept)
    shown = lanes[:LANES_AT_MOST]
    for first in range(0, len(shown), _LANES):
        some = shown[first : first + _LANES]
        span = f"{len(some)} commitments from {day(start)} to {day(now)}"
        alt = f"Bars for {span}; the history below says the same."
        yield Figure(drawn(picture(some, now, start)), alt, "" if first else _PICTURE)
    if more := len(lanes) - len(shown):
        yield Paragraph(f"{more} more have no room in the picture; they stand in the tables.", soft=True)


def _lane(one: Entry) -> Lane:
    kept = one.commitment
    events = tuple(
        Event(step.at, Direction(step.direction), step.kind) for step in kept.steps if step.direction
    )
    words = f"E{one.number}: {kept.saying.quote}"
    status = STATUSES[kept.status]
    return Lane(words, status, kept.since, kept.until, events, one.under, kept.last_seen)


# --------------------------------------------------------------------------- worded differently


def differing_sections(dossier: Dossier) -> Iterator[Section]:
    """Each subject with its wordings side by side, the narrowest marked."""
    marker = Marker(dossier)
    rows = tuple(row for one in dossier.differing for row in _wording_rows(one, dossier, marker))
    columns = ("Subject", "Words", "Where", "Strength", "First seen", "Status", "Evidence")
    none = "No subject was found that is worded differently in several places."
    table = Table("worded-differently", "The same subject in different words", columns, rows, none)
    yield Section("worded-differently", "Worded differently in several places", (table,))
    for number, one in enumerate(dossier.differing, 1):
        blocks: list[Block] = [Paragraph(one.why), *_wordings(one, dossier, marker)]
        yield Section(f"subject-{number}", one.subject, tuple(blocks), level=2)


def _wording_rows(one: Differing, dossier: Dossier, marker: Marker) -> Iterator[tuple[Cell, ...]]:
    for place, wording in enumerate(one.wordings):
        yield (
            one.subject,
            wording.quote,
            wording.page_id or "documented elsewhere",
            STRENGTHS[wording.strength],
            wording.since.date() if wording.since else None,
            f"{wording.status}, the narrowest" if place == one.narrowest else wording.status,
            marker(dossier.number_of(wording)),
        )


def _wordings(one: Differing, dossier: Dossier, marker: Marker) -> Iterator[Quotation]:
    for place, wording in enumerate(one.wordings):
        where = wording.page_id or "documented elsewhere"
        seen = f", first seen {day(wording.since)}" if wording.since else ""
        number = marker(dossier.number_of(wording)) or "not in exact words"
        source = f"{number}: {where}, {STRENGTHS[wording.strength]}{seen}, {wording.status}"
        mark = "narrowest" if place == one.narrowest else ""
        yield Quotation(wording.quote, source, wording.context, mark)
