"""The parts of a dossier's paper on what the organization says and what changed in it. Pure."""

from collections.abc import Iterator, Sequence

from app.dossiers.dossier import Change, Dossier, Entry, Waiting
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
    none = "No change was told in this time." if dossier.checks else "No page was read in this time."
    table = Table("changes", f"Changes told from {span}, the newest first", columns, rows, none)
    yield Section("changes", "What changed in the period", (table,))
    for number, one in enumerate(dossier.changes[:SHOWN_AT_MOST], 1):
        alert = one.alert
        title = f"{day(alert.raised_at)}: {alert.page['id']}, {direction_said(alert.direction)}"
        yield Section(f"change-{number}", title, tuple(_change(one, marker)), level=2)
    if dossier.waiting:
        yield _waiting_section(dossier.waiting, marker)


def _change_row(one: Change, marker: Marker) -> tuple[Cell, ...]:
    alert = one.alert
    numbers = marker.all(number for pair in one.numbers for number in pair)
    said = (direction_said(alert.direction), alert.page["id"], alert.headline, marks_said(one.marks), numbers)
    return alert.raised_at.date(), *said


def _change(one: Change, marker: Marker) -> Iterator[Block]:
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
            yield Quotation(finding.before_quote, source, finding.context, "before")
        if finding.after_quote:
            source = f"{marker(after)}: {alert.page['id']}, seen {when(alert.after.fetched_at)}"
            yield Quotation(finding.after_quote, source, finding.context, _mark(finding))
    yield Facts(tuple(_facts(one)))


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


def _waiting_section(waiting: Sequence[Waiting], marker: Marker) -> Section:
    rows = tuple(
        (
            one.tracked.first_seen_at,
            one.page_id,
            kind_said(one.tracked.finding.kind),
            one.tracked.finding.before_quote,
            one.tracked.finding.after_quote,
            marker.all(one.numbers),
        )
        for one in waiting
    )
    columns = ("First seen", "Page", "What", "Words before", "Words after", "Evidence")
    table = Table("not-confirmed", "Seen, and not confirmed yet", columns, rows)
    said = "These changes were seen and may go back: nobody is told of them before further readings agree."
    return Section("not-confirmed", "Not confirmed yet", (Paragraph(said), table), level=2)


# --------------------------------------------------------------------------- the ledger


_TIMES = ("First seen, in any words", "These words since", "Last seen")


def ledger_sections(dossier: Dossier) -> Iterator[Section]:
    """Every commitment, through time, with its history."""
    marker = Marker(dossier)
    kept = sorted(
        dossier.commitments, key=lambda one: (ORDER.index(one.commitment.status), one.commitment.since)
    )
    columns = ("Status", "Words", "Page", "Strength", *_TIMES, "Evidence")
    rows = tuple(_ledger_row(one, marker) for one in kept)
    none = "No commitment was found on its pages so far."
    table = Table("ledger", "Commitments, what stands first", columns, rows, none)
    yield Section("ledger", "Ledger of commitments", (table,))
    if not kept:
        return
    yield Section("timeline", "Commitments through time", tuple(_figures(dossier, kept)), level=2)
    steps = tuple(_step_rows(kept, marker))
    came = ("Commitment", "When", "Page", "What happened", "Direction", "Words from then on", "Evidence")
    history = Table("history", "Each time that words came or left", came, steps)
    yield Section("history", "History", (history,), level=2)


def _ledger_row(one: Entry, marker: Marker) -> tuple[Cell, ...]:
    kept = one.commitment
    status = STATUSES[kept.status] + (f" ({kept.end})" if kept.end else "")
    status += "; a change waits to be confirmed" if kept.pending else ""
    status += "; its page could not be read since" if one.unread and kept.until is None else ""
    words = _below(kept.saying.context, kept.saying.quote)
    dates = (kept.since.date(), kept.saying.first_seen_at.date(), kept.last_seen.date())
    return status, words, ", ".join(kept.page_ids), STRENGTHS[one.strength], *dates, marker(one.number)


def _below(context: Sequence[str], quote: str) -> str:
    """The words below the line that governs them, where there is one."""
    return f"{context[-1]} › {quote}" if context else quote


def _step_rows(kept: Sequence[Entry], marker: Marker) -> Iterator[tuple[Cell, ...]]:
    for one in kept:
        for step, number in one.steps:
            yield (
                f"E{one.number}",
                step.at,
                step.page_id,
                step_said(step),
                direction_said(step.direction),
                step.quote,
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
    return Lane(words, status, kept.since, kept.until, events, kept.saying.context, kept.last_seen)


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
