"""The watch on the watch: is it time to say that all is well, what is said, and is the canary silent. Pure.

A canary is an organization of kind "canary": a page of our own that changes each day, so that a change must
be fetched, seen, confirmed and told each day.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Notice, Page, Reading
from monitor.watchlist import Watchlist
from monitor.words import STATES

KIND = "alive"
CANARY = "canary"  #: kind of organization, and of the notice that it is silent
PAGES_AT_MOST = 40  #: pages that could not be read and that a message names; the rest is counted
#: So long may a canary be silent. It changes after 24 h, is looked at within its 6 h and confirmed after 6 h
#: more (confirm.changed_hours): 36 h between two alerts at most. A machine that was off for a night may add
#: 14 h; a day that was missed altogether is over it.
SILENT_AT_MOST = timedelta(hours=24 + 6 + 6 + 14)
CANARY_TOLD_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store says of the time since `since` (UTC), and of what is open now."""

    since: datetime
    checks: int  #: that ended
    cut_short: int  #: that did not
    doubted: int  #: that decided nothing, or had another remark
    read: int  #: readings, of whatever page
    not_read: int
    alerts: int  #: raised
    watched: int  #: pages on the watchlist
    never: int = 0  #: of these pages: no look at them was ever recorded
    unread: tuple[tuple[Reading, datetime], ...] = ()  #: the newest look, and since when it is so
    waiting: int = 0  #: deliveries
    waiting_since: datetime | None = None
    parked: int = 0
    held: int = 0  #: alerts
    canary: str = ""  #: why it counts as silent
    links: int = 0  #: of the chain
    head: str = ""  #: SHA-256 of the newest one


def canary_pages(watchlist: Watchlist) -> tuple[Page, ...]:
    """The pages that change for no other reason than that somebody has to notice."""
    return tuple(page for one in watchlist.organizations if one.kind == CANARY for page in one.pages)


def watched_for_others(watchlist: Watchlist) -> tuple[Page, ...]:
    """All pages but canaries: what shares and mass changes are counted over."""
    ours = {page.id for page in canary_pages(watchlist)}
    return tuple(page for page in watchlist.pages if page.id not in ours)


def canary_overdue(told_at: datetime | None, first_fetch_at: datetime | None, now: datetime) -> str:
    """One sentence where the canary was silent for too long; "" where it was not, or was never fetched.

    told_at: when an alert on it was last delivered; all times are aware UTC.
    """
    since = told_at or first_fetch_at
    if since is None or now - since <= SILENT_AT_MOST:
        return ""
    last = f"its last alert was delivered {_at(told_at)}" if told_at else "no alert on it was ever delivered"
    return (
        f"The canary page changes each day, and {last} (it is fetched since {_at(first_fetch_at or since)}): "
        "between fetching and telling something does not work."
    )


def canary_notice(why: str, now: datetime) -> Notice:
    """What the operator is told of it. why: as canary_overdue said it."""
    lines = (
        "What is read and told of other pages may be missing too.",
        "What to do: pledgewatch status, pledgewatch doctor, and the daemon's log since then.",
        "While this goes on it is told again after a day.",
    )
    return Notice(_id(CANARY, now), now, CANARY, why, lines)


def is_time(newest: Notice | None, first_check_at: datetime | None, alive_days: float, now: datetime) -> bool:
    """Whether to say that the watch is alive: so many days after the last time, or after the first check."""
    since = newest.raised_at if newest else first_check_at
    return alive_days > 0 and since is not None and now - since >= timedelta(days=alive_days)


def alive_notice(facts: Facts, now: datetime) -> Notice:
    """What was done since the last one, what could not be read, what waits, and the chain's head."""
    unread = len(facts.unread)
    failed = (
        f"{unread} could not be read when we looked last" if unread else "none failed when we looked last"
    )
    pages = "1 page is" if facts.watched == 1 else f"{facts.watched} pages are"
    headline = f"The watch is running: {pages} watched, {failed}."
    lines = (
        *_done(facts),
        *([f"CANARY: {facts.canary}"] if facts.canary else []),
        *_unread(facts),
        *_open(facts),
        _chain(facts),
    )
    return Notice(_id(KIND, now), now, KIND, headline, lines)


def _done(facts: Facts) -> list[str]:
    more = [
        f"{count} {what}"
        for count, what in (
            (facts.cut_short, "did not end (stopped, or still running)"),
            (facts.doubted, "with a remark (an outage of ours, a clock that was set)"),
        )
        if count
    ]
    said = "; ".join([f"Since {_at(facts.since)}: {_count(facts.checks, 'check')} ended", *more])
    return [
        f"{said}.",
        f"Pages were read {_count(facts.read, 'time')}, and {facts.not_read} times they could not be read.",
        f"{_count(facts.alerts, 'alert')} raised.",
    ]


def _unread(facts: Facts) -> list[str]:
    """The longest unread first: of these pages silence means nothing."""
    never = [f"{_count(facts.never, 'page')} never looked at yet."] if facts.never else []
    if not facts.unread:
        return never or ["Every page was read when we looked last."]
    oldest = sorted(facts.unread, key=lambda one: (one[1], one[0].page_id))
    named = [f"{one.page_id}: {STATES[one.access]}, since {_at(since)}" for one, since in oldest]
    left_out = len(named) - PAGES_AT_MOST
    more = [f"… and {_count(left_out, 'more page')}: pledgewatch status --json"] if left_out > 0 else []
    return [
        *never,
        "Of these pages we know nothing since then: that nothing was told of them says nothing.",
        *named[:PAGES_AT_MOST],
        *more,
    ]


def _open(facts: Facts) -> list[str]:
    since = f", the oldest since {_at(facts.waiting_since)}" if facts.waiting_since else ""
    return [
        f"Waiting to be sent: {facts.waiting}{since}.",
        f"Given up, not sent: {facts.parked}. Alerts held for a person: {facts.held}.",
    ]


def _chain(facts: Facts) -> str:
    """Whoever keeps this message can prove later what was recorded before it."""
    if not facts.links:
        return "Nothing is recorded yet."
    return f"All that was recorded until now is sealed by link {facts.links} of the chain: {facts.head}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _id(kind: str, now: datetime) -> str:
    return hashlib.sha256(json.dumps([kind, now.isoformat()]).encode()).hexdigest()
