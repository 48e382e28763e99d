"""Every address of the desk, but for the API's (api.py). Nothing is served but these."""

from app.desk.door import Door
from app.desk.pages import (
    accounts,
    asks,
    changes,
    commitments,
    compares,
    coverage,
    files,
    organization,
    organizations,
    papers,
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
    *asks.DOORS,
    *papers.DOORS,
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
