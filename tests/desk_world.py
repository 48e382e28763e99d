"""Made-up homes for the views of the desk: so many organizations and pages, and what the store knows of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.desk.gate import Desk
from app.home import Home
from monitor.model import Access, Alert, Direction, Page, Side, Tracked
from monitor.store import Connection, alerts, checks, fetches, findings, pages, readings
from tests.desks import NOW, client_of, statements_sent
from tests.store_values import alert, fetch, finding, reading, tracked

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def home_of(root: Path, organizations: int = 2, each: int = 2, more: str = "") -> Home:
    """A home that watches org0/p0, org0/p1, org1/p0 … more: TOML put before the pages of org0."""
    folder = root / "config" / "watchlist"
    folder.mkdir(parents=True)
    (root / "config" / "settings.toml").write_text('operator.contact = "desk@example.org"\n')
    for number in range(organizations):
        declared = "".join(
            f'[pages.p{page}]\nurl = "https://org{number}.example/{page}"\nrole = "terms"\n'
            for page in range(each)
        )
        head = f'name = "Organization {number}"\nkind = "vendor"\nwhy = ["made up"]\n'
        (folder / f"org{number}.toml").write_text(head + (more if number == 0 else "") + declared)
    return Home(root, root / "config")


def watch(conn: Connection, watched: Sequence[Page], due_at: datetime = NOW + HOUR) -> None:
    """All pages are on the schedule."""
    pages.sync(conn, watched, due_at)


def look(
    conn: Connection, page_id: str, at: datetime, access: Access = Access.OK, text: str = "t", **more: Any
) -> int:
    """One fetch and what we made of it; the id of the fetch."""
    kept = fetches.record(conn, replace(fetch(page_id=page_id), started_at=at, ended_at=at, **more))
    said = ("status 200",) if access.is_reading else ("The server answered <b>403</b>.",)
    made = replace(reading(kept.id, access=access, page_id=page_id), at=at, evidence=said, text_sha256=text)
    readings.record(conn, made)
    return kept.id


def raise_alert(
    conn: Connection, page_id: str, at: datetime, direction: Direction = Direction.WEAKER, **more: Any
) -> Alert:
    """An alert with a headline that names its number."""
    number = len(alerts.all(conn))
    organization = {**alert().organization, "id": page_id.partition("/")[0], "name": "Organization"}
    made = replace(
        alert(f"{number:064x}"),
        raised_at=at,
        organization=organization,
        page={"id": page_id, "url": f"https://{page_id}", "role": "terms"},
        direction=direction,
        headline=f"Headline {number}.",
        after=Side(at - HOUR, "c" * 64, "https://x.example/", confirmed_at=at),
        **more,
    )
    alerts.add(conn, made, [])
    return made


def follow(
    conn: Connection, page_id: str, fetch_id: int, at: datetime, key: str = "k", **more: Any
) -> Tracked:
    """A change that waits to be confirmed."""
    made = tracked(fetch_id, key, first_seen_at=at, last_seen_at=at, finding=finding(), **more)
    findings.save(conn, page_id, [made])
    return made


def check(conn: Connection, started_at: datetime, remark: str = "") -> None:
    """A check that took an hour."""
    number = checks.start(conn, started_at)
    checks.finish(conn, number, started_at + HOUR, {"asked": 2, "not_readable": 1}, remark)


def served(home: Home, address: str) -> tuple[int, int]:
    """How many bytes the desk answers at this address, and how many questions it asks the store for them."""
    with home.open_store() as store:
        client = client_of(Desk(lambda: home, store, lambda: NOW))
        client.get(address)  # the first one of all reads more: the configuration
        with statements_sent(store) as sent:
            answer = client.get(address)
    assert answer.status_code == 200
    return len(answer.content), len(sent)
