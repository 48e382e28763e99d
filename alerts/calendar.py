"""The calendar (iCalendar, RFC 5545): the days on which commitments end, and others that matter. Pure.

Every entry is an all-day event whose id comes of what it is about. Nothing in it comes of the clock, so the
same store gives the same bytes. A statement that left its page, or a date that was taken out, leaves the
calendar. What pages say is text, whatever it looks like.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event

from alerts.marking import visible
from monitor.alive import CANARY
from monitor.model import DateKind, KnownDate, Organization, Standing
from monitor.mutes import Mute
from monitor.standing import DAYS_BEFORE, is_protection
from monitor.store.standing import OnPage
from monitor.tables import url_problem
from monitor.watchlist import Watchlist
from monitor.words import listed, spoken

NAME = "Pledgewatch: days that matter"
_PRODUCT = "-//pledgewatch//calendar//EN"
_KINDS = {
    DateKind.ANNUAL_MEETING: "annual meeting",
    DateKind.FILING_DEADLINE: "filing deadline",
    DateKind.EXPIRY: "a commitment ends",
    DateKind.REVIEW: "review",
}
_WEEK = 7  #: days in which a mute can be thought over
_QUOTED, _LINE = 4_000, 300  #: characters that are shown of a statement, and of other words


@dataclass(frozen=True, slots=True)
class Entry:
    """One all-day entry. about: what makes its id; written_at: since when it is known (UTC)."""

    on: date
    about: tuple[str, ...]
    summary: str
    lines: tuple[str, ...]
    category: str
    written_at: datetime
    url: str = ""
    alarms: tuple[int, ...] = DAYS_BEFORE  #: so many days before


def entries_of(
    standing: Iterable[OnPage], watched: Watchlist, mutes: Iterable[Mute] = ()
) -> tuple[Entry, ...]:
    """What the calendar holds, by day: the ends of what protects, the watchlist's dates, the ends of mutes.

    Ends that had passed when we first saw the statement are history, and no entry.
    """
    on_pages, in_file = {row.page_id: row.statements for row in standing}, tuple(mutes)
    found = [
        entry
        for organization in watched.organizations
        if organization.kind != CANARY
        for entry in (*_ends(organization, on_pages), *_dates(organization), *_reviews(organization, in_file))
    ]
    once = {one.about: one for one in found}
    return tuple(sorted(once.values(), key=lambda one: (one.on, one.summary, one.about)))


def calendar(entries: Sequence[Entry]) -> bytes:
    """The iCalendar file of these entries, in their order; the same entries give the same bytes."""
    whole = Calendar()
    for name, value in (
        ("PRODID", _PRODUCT),
        ("VERSION", "2.0"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", NAME),
    ):
        whole.add(name, value)
    for entry in entries:
        whole.add_component(_event(entry))
    return bytes(whole.to_ical())


# --------------------------------------------------------------------------- what stands in it


def _ends(organization: Organization, on_pages: dict[str, tuple[Standing, ...]]) -> Iterator[Entry]:
    for page in organization.pages:
        for one in on_pages.get(page.id, ()):
            if one.ends and is_protection(one) and one.ends >= _day(one.since).isoformat():
                yield _end(organization, page.id, page.url, one)


def _end(organization: Organization, page_id: str, url: str, one: Standing) -> Entry:
    about = listed([spoken(name) for name in one.technologies] or ["biometric surveillance"])
    where = " > ".join(one.context)
    return Entry(
        on=date.fromisoformat(one.ends),
        about=("end", page_id, one.key, one.ends),
        summary=f"{organization.name}: a statement on {about} ends by its own words",
        lines=(
            f"“{_cut(one.quote, _QUOTED)}”",
            *([f"Where: {_cut(where, _LINE)}"] if where else []),
            f"The words that name the day: “{_cut(one.ends_text, _LINE)}”",
            f"Page: {url}",
            f"Seen there since {_day(one.since).isoformat()} (UTC).",
            "Nobody checked whether it was extended, or ended, anywhere else.",
        ),
        category="Commitment",
        written_at=one.since,
        url=url,
    )


def _dates(organization: Organization) -> Iterator[Entry]:
    for known in organization.dates:
        yield _known(organization, known)


def _known(organization: Organization, known: KnownDate) -> Entry:
    unsure = [f"Not certain: {known.certainty}"] if known.certainty else []
    source = [f"Source: {known.source}"] if known.source else []
    return Entry(
        on=known.on,
        about=("date", organization.id, known.on.isoformat(), known.kind.value, known.what),
        summary=f"{organization.name}: {_KINDS[known.kind]}{' (day not certain)' if unsure else ''}",
        lines=(known.what, *unsure, *source),
        category=_category(known.kind),
        written_at=_EPOCH,
        url="" if url_problem(known.source) else known.source,
    )


def _reviews(organization: Organization, mutes: Iterable[Mute]) -> Iterator[Entry]:
    """The last days of the mutes of an organization: somebody has to see whether they are made anew."""
    for mute in mutes:
        if organization.id in (mute.organization, mute.page.partition("/")[0]):
            yield _review(organization.name, mute)


def _review(name: str, mute: Mute) -> Entry:
    since, until = mute.since.isoformat(), mute.until.isoformat()
    kinds = ", ".join(spoken(kind) for kind in mute.kinds)
    return Entry(
        on=mute.until,
        about=("mute", mute.organization, mute.page, kinds, mute.words, since, until),
        summary=f"{name}: a mute ends, for review",
        lines=(
            f"Muted: {f'the page {mute.page}' if mute.page else 'every page of theirs'}",
            *([f"Kinds of change: {kinds}"] if kinds else []),
            *([f"The words: “{_cut(mute.words, _LINE)}”"] if mute.words else []),
            f"Why: {_cut(mute.reason, _LINE)}",
            f"Decided by {_cut(mute.author, _LINE)}, from {since} to {until} (UTC).",
        ),
        category=_category(DateKind.REVIEW),
        written_at=datetime(mute.since.year, mute.since.month, mute.since.day, tzinfo=UTC),
        alarms=(_WEEK,),
    )


def _category(kind: DateKind) -> str:
    return kind.value.replace("_", " ").capitalize()


#: Of what stands in a file nobody knows since when it is known; the same stamp each time keeps it stable.
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


# --------------------------------------------------------------------------- how it is written


def _event(entry: Entry) -> Event:
    event = Event()
    for name, value in (
        ("UID", f"{_id(entry)}@pledgewatch"),
        ("DTSTAMP", _second(entry.written_at)),
        ("LAST-MODIFIED", _second(entry.written_at)),
        ("SEQUENCE", 0),
        ("DTSTART", entry.on),
        ("DTEND", entry.on + timedelta(days=1)),
        ("SUMMARY", _text(entry.summary)),
        ("DESCRIPTION", "\n".join(map(_text, entry.lines))),
        ("CATEGORIES", [_text(entry.category)]),
        ("TRANSP", "TRANSPARENT"),
        ("CLASS", "PUBLIC"),
    ):
        event.add(name, value)
    if entry.url:
        event.add("URL", entry.url)
    for days in entry.alarms:
        event.add_component(_alarm(entry, days))
    return event


def _alarm(entry: Entry, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", timedelta(days=-days))
    alarm.add("DESCRIPTION", _text(f"In {days} days: {entry.summary}"))
    return alarm


def _id(entry: Entry) -> str:
    return sha256("\n".join(entry.about).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _text(words: str) -> str:
    """One line of text in which no sign acts: whatever a page says, it stays what it is."""
    return visible(" ".join(words.split()))


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[:most]} …"


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
