"""pledgewatch check: run one check and say what came of it."""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stdout

from alerts.render import when
from app import watch
from app.home import Home
from app.screen import bar, columns, say
from monitor.confirm import Policy, next_look
from monitor.errors import InputError
from monitor.model import Access, Alert, Page, Reading, Tier, Tracked
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
    """Check what is due and print the outcome. 1 where something failed and was recorded, else 0."""
    wanted = _wanted(home, organization, page)
    home.read_words()
    with home.open_store() as store:
        due = watch.due_pages(home, store, utc_now(), everything=everything)
        asked = [one for one in due if one.id in wanted]
        watch.refuse_without_contact(home, asked)
        steps = 2 * len(asked)  # each page is fetched, and read
        with bar("Checking pages", steps, quiet=as_json) as tick, _console_aside(as_json):
            done = run(lambda: watch.check(home, store, asked, utc_now, environ, tick))
    if as_json:
        print(json.dumps(check_json(done), ensure_ascii=False, indent=1))
    else:
        show(home, done)
    return int(done.trouble)


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
    if done.doubt:
        say(f"NOTHING DECIDED  {done.doubt}")
    for page_id, one in done.pending:
        say(_pending_told(page_id, one, home.rules.policy))
    for alert in done.alerts:
        say(f"{_label(alert, done.held)}  {alert.direction.upper()}  {alert.headline}  [{alert.id[:12]}]")
    counted = watch.counts(done)
    say(
        f"{counted['read']} read ({counted['unchanged']} unchanged), {counted['not_readable']} not readable, "
        f"{counted['alerts']} alert{'s' * (counted['alerts'] != 1)}, {counted['pending']} pending; "
        f"{counted['sent']} sent, {counted['failed']} not sent."
    )


def _label(alert: Alert, held: Sequence[Alert]) -> str:
    """A person should look first: so much changed at once, or no finding is trusted by itself."""
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
