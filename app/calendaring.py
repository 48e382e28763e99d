"""pledgewatch calendar write: the days that matter, as a file that calendars read."""

from pathlib import Path

from alerts.calendar import Entry, calendar, entries_of
from app.home import Home
from app.screen import say
from app.writing import write_file
from monitor.store import Connection, findings, standing


def write_calendar(home: Home, file: Path) -> int:
    """Write the calendar, unless the file holds it already, and say how many entries it has.

    The file is there in whole, or as it was. Raises InputError where it cannot be written.
    """
    with home.existing_store() as store, store.read() as conn:
        entries = known_days(conn, home)
    count = f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'}"
    is_new = write_file(file, calendar(entries))
    say(f"{file}: {count}." if is_new else f"{file}: {count}, as before.")
    return 0


def known_days(conn: Connection, home: Home) -> tuple[Entry, ...]:
    """What the calendar holds now; nothing that stood on a page that is gone. Raises ConfigError."""
    rows = standing.with_ends(conn)
    gone = findings.gone_now(conn, {row.page_id for row in rows})
    return entries_of([row for row in rows if row.page_id not in gone], home.watchlist, home.mutes)
