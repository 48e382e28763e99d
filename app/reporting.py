"""pledgewatch status: look, and show it to a person or to a program."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from alerts.alive import why_silent
from app.home import Home
from app.status import show, status_of
from app.status_json import status_json


def show_status(home: Home, *, as_json: bool) -> int:
    """Print the state of the watch. Raises ConfigError and StoreError."""
    policy = home.rules.policy
    with home.open_store() as store:
        now = datetime.now(UTC)
        with store.read() as conn:
            silent = why_silent(conn, home.watchlist, now)
        status = replace(status_of(store, home.watchlist.pages, now), canary=silent)
    if as_json:
        print(json.dumps(status_json(status, policy), ensure_ascii=False, indent=1))
    else:
        show(status, policy, {page.id for page in home.watchlist.pages})
    return 0
