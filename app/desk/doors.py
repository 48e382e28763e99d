"""Every address of the desk, but for the API's (api.py). Nothing is served but these."""

from app.desk.door import Door
from app.desk.pages import (
    accounts,
    changes,
    commitments,
    compares,
    coverage,
    files,
    organization,
    organizations,
    search,
    signing,
    snapshots,
    subscribing,
    today,
    watched,
    watchlist,
)

DOORS: tuple[Door, ...] = (
    *today.DOORS,
    *organizations.DOORS,
    *organization.DOORS,
    *watched.DOORS,
    *changes.DOORS,
    *snapshots.DOORS,
    *compares.DOORS,
    *commitments.DOORS,
    *search.DOORS,
    *coverage.DOORS,
    *watchlist.DOORS,
    *subscribing.DOORS,
    *signing.DOORS,
    *accounts.DOORS,
    *files.DOORS,
)
