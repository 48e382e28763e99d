"""pledgewatch status: look, and show it to a person or to a program."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from alerts.alive import why_silent
from app.home import Home, policy_of
from app.status import Status, show, status_of
from app.status_json import status_json
from monitor.store import Store


def show_status(home: Home, *, as_json: bool) -> int:
    """Print the state of the watch. Raises ConfigError and StoreError."""
    policy = policy_of(home.settings.confirm)
    with home.existing_store() as store:
        status = status_now(store, home, datetime.now(UTC))
    if as_json:
        print(json.dumps(status_json(status, policy), ensure_ascii=False, indent=1))
    else:
        show(status, policy, {page.id for page in home.watchlist.pages})
    return 0


def status_now(store: Store, home: Home, now: datetime) -> Status:
    """The state of the watch at this moment (UTC), as people and programs are told it."""
    with store.read() as conn:
        silent = why_silent(conn, home.watchlist, now)
    return replace(status_of(store, home.watchlist.pages, now), canary=silent)
