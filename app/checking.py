"""pledgewatch check: run one check and say what came of it."""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from itertools import groupby
from operator import attrgetter

from alerts.render import when
from app import watch
from app.due import refuse_without_contact, take_pages
from app.home import Home
from app.logs import RUN, prepare, warn
from app.logs import say as log
from app.owner import moment, process_id
from app.pings import new_run, pings_of
from app.room import Room
from app.screen import bar, columns, say
from app.timekeeping import doubt_of_clock, look_at_clock
from monitor.blobs import Blobs
from monitor.confirm import Policy, next_look
from monitor.errors import InputError, PledgewatchError
from monitor.model import Access, Alert, Page, Reading, Tier, Tracked
from monitor.mutes import Mute, muted
from monitor.store import leases
from monitor.wire import alert_json, finding_json, utc_text
from spiders.crawl import run, utc_now


def run_check(
    home: Home,
    organization: str,
    page: str,
    *,
    everything: bool,
    as_json: bool,
    environ: Mapping[str, str],
) -> int:
    """Check what is due and print the outcome. 1 where something failed and was recorded, else 0.

    Whoever is pinged (daemon.ping_url_env) hears of its start and its end.
    """
    if environ.get(RUN):
        prepare(home.settings, environ, sys.stderr)
    wanted = _wanted(home, organization, page)
    pings, run_id = pings_of(home.settings, environ), environ.get(RUN) or new_run()
    _pinged(pings.start(run_id))
    try:
        done, elsewhere = _check(home, wanted, everything=everything, quiet=as_json, environ=environ)
    except PledgewatchError as error:
        _pinged(pings.fail(run_id, str(error)))
        raise
    _pinged(pings.fail(run_id, done.remark) if done.remark else pings.success(run_id))
    log("checked", **watch.counts(done), remark=done.remark)
    if as_json:
        print(json.dumps(check_json(done), ensure_ascii=False, indent=1))
    else:
        show(home, done)
        _show_elsewhere(elsewhere)
    return int(done.trouble)


def _pinged(problem: str) -> None:
    """A ping that was not heard is for the log; whoever waits for it gives alarm."""
    if problem:
        warn("ping not heard", why=problem)


def _check(
    home: Home, wanted: Collection[str], *, everything: bool, quiet: bool, environ: Mapping[str, str]
) -> tuple[watch.Check, Sequence[leases.Lease]]:
    """The check, and what was left to others that look at it just now."""
    home.read_all()
    refuse_without_contact(home, [one for one in home.watchlist.pages if one.id in wanted])
    short = _make_room(home)
    Blobs(home.root / "blobs").clear_unfinished(utc_now())
    with home.open_store() as store:
        began = moment()
        look_at_clock(store, began)
        ours = () if short else wanted
        asked, elsewhere = take_pages(home, store, utc_now(), ours, everything=everything)
        steps = 2 * len(asked)  # each page is fetched, and read

        def doubt() -> str:
            return doubt_of_clock(store, began)

        with bar("Checking pages", steps, quiet=quiet) as tick, _console_aside(quiet):
            done = run(lambda: watch.check(home, store, asked, utc_now, environ, tick, doubt, short))
    return done, elsewhere


def _make_room(home: Home) -> str:
    """Why nothing should be fetched; "" where there is room. On a full disk the ballast is thrown off."""
    room = Room(home.root, home.settings.store.free_bytes)
    short = room.problem()
    if not short:
        room.keep_ballast()
    elif room.is_full():
        room.drop_ballast()
    return short


def _console_aside(as_json: bool) -> AbstractContextManager[object]:
    """With --json, what the console channel prints goes to standard error: the document stands alone."""
    return redirect_stdout(sys.stderr) if as_json else nullcontext()


def _wanted(home: Home, organization: str, page: str) -> set[str]:
    """The ids of the pages that were asked for. Raises InputError where there is no such thing."""
    if page:
        return {home.watchlist.page(page).id}
    if organization:
        return {one.id for one in home.watchlist.organization(organization).pages}
    if not home.watchlist.pages:
        raise InputError("The watchlist names no page: add one with `pledgewatch add URL`.")
    return {one.id for one in home.watchlist.pages}


# --------------------------------------------------------------------------- for programs


def check_json(done: watch.Check) -> dict[str, object]:
    """One check as JSON."""
    return {
        "schema": "pledgewatch.check/1",
        "started_at": utc_text(done.started_at),
        "ended_at": utc_text(done.ended_at),
        "counts": watch.counts(done),
        "doubt": done.doubt,
        "short": done.short,
        "damage": [{"page": page_id, "why": why} for page_id, why in done.damage],
        "held": [alert.id for alert in done.held],
        "readings": [reading_json(reading) for reading in done.readings],
        "pending": [{"page": page_id, **finding_json(one.finding)} for page_id, one in done.pending],
        "alerts": [alert_json(alert) for alert in done.alerts],
    }


def reading_json(reading: Reading) -> dict[str, object]:
    """One reading as JSON."""
    return {
        "page": reading.page_id,
        "at": utc_text(reading.at),
        "access": reading.access.value,
        "evidence": list(reading.evidence),
        "words": reading.words,
    }


# --------------------------------------------------------------------------- for people


def show(home: Home, done: watch.Check) -> None:
    """Print a table by organization, then what was found and what was sent."""
    if done.asked or done.readings:
        header = ("organization", "read", "unchanged", "changed", "not readable and why")
        columns(list(_rows(home, done)), header=header)
    else:
        say("Nothing is due.")
    if done.short:
        say(f"NOTHING FETCHED  {done.short}")
    for page_id, why in done.damage:
        say(f"NOT LOOKED AT  {page_id}: {why}")
    if done.doubt:
        say(f"NOTHING DECIDED  {done.doubt}")
    for page_id, one in done.pending:
        say(_pending_told(page_id, one, home.rules.policy))
    for alert in done.alerts:
        label = _label(alert, done.held, home.mutes)
        say(f"{label}  {alert.direction.upper()}  {alert.headline}  [{alert.id[:12]}]")
    counted = watch.counts(done)
    say(
        f"{counted['read']} read ({counted['unchanged']} unchanged), {counted['not_readable']} not readable, "
        f"{counted['alerts']} alert{'s' * (counted['alerts'] != 1)}, {counted['pending']} pending; "
        f"{counted['sent']} sent, {counted['failed']} not sent."
    )


def _show_elsewhere(elsewhere: Sequence[leases.Lease]) -> None:
    for owner, held in groupby(sorted(elsewhere, key=attrgetter("owner")), attrgetter("owner")):
        names = ", ".join(one.name.removeprefix("page ") for one in held)
        say(f"Left to another check that looks at them just now (process {process_id(owner)}): {names}.")


def _label(alert: Alert, held: Sequence[Alert], mutes: Iterable[Mute]) -> str:
    """Muted, or to be looked at first (so much changed at once, or no finding is trusted by itself)."""
    if muted(alert, mutes, alert.raised_at.date()):
        return "MUTED"
    if any(alert.id == one.id for one in held):
        return "HELD"
    return "ALERT" if any(finding.tier is Tier.ALERT for finding in alert.findings) else "REVIEW"


def _rows(home: Home, done: watch.Check) -> Iterator[tuple[str, ...]]:
    changed = {outcome.page_id for outcome in done.outcomes if outcome.followed or outcome.alerts}
    for organization, readings in sorted(_by_organization(home, done.readings).items()):
        states = Counter(reading.access for reading in readings)
        read = sum(count for state, count in states.items() if state.is_reading)
        moved = sum(reading.page_id in changed for reading in readings)
        yield organization, str(read), str(states[Access.UNCHANGED]), str(moved), _reasons(readings)


def _by_organization(home: Home, readings: Sequence[Reading]) -> dict[str, list[Reading]]:
    pages: dict[str, Page] = {page.id: page for page in home.watchlist.pages}
    grouped: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        grouped[pages[reading.page_id].organization_id].append(reading)
    return grouped


def _reasons(readings: Sequence[Reading]) -> str:
    return "\n".join(
        f"{reading.page_id.partition('/')[2]}: {reading.access}"
        + (f" ({reading.evidence[0]})" if reading.evidence else "")
        for reading in readings
        if not reading.access.is_reading
    )


def _pending_told(page_id: str, one: Tracked, policy: Policy) -> str:
    finding = one.finding
    return (
        f"PENDING  {finding.direction.upper()} ({finding.kind}) on {page_id}: {finding.reasons[0]} "
        f"Seen {one.readings}×; next look from {when(next_look(one, policy))}."
    )
