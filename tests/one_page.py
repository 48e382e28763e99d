"""One watched page, a store and a clock: what the tests of a check tell it to see, one fetch after another."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.blobs import Blobs
from monitor.check import Outcome, Rules, check_page
from monitor.confirm import Need, Policy
from monitor.model import Access, Alert, Failure, Fetch, Organization, Page, Redirect, Role
from monitor.store import Store, alerts, fetches, open_store, pages, sqlite_url
from tests.chained import must_hold
from tests.texts import access_rules, english

START = datetime(2026, 1, 1, 6, tzinfo=UTC)
PAGE = Page("acme/pledge", "acme", "https://acme.example/pledge", Role.PLEDGE)
TERMS = Page("acme/terms", "acme", "https://acme.example/terms", Role.TERMS)
ACME = Organization("acme", "Acme", "vendor", pages=(PAGE, TERMS))
DEFAULT = Policy(Need(2, timedelta(hours=6)), Need(3, timedelta(hours=72)))
ANY = Need(1, timedelta(0))
AT_ONCE = Policy(ANY, ANY, ANY)

PROMISE = "We will not sell facial recognition technology to police departments."
LOOSE = "We do not currently sell general-purpose facial recognition technology to police departments."
PADDING = "".join(
    f"<p>Paragraph {i} speaks of fees, notices and holidays of kind {i}.</p>" for i in range(40)
)


def html(*sentences: str, nonce: str = "") -> bytes:
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return f"<html><body data-n='{nonce}'><h1>Our pledge</h1>{text}{PADDING}</body></html>".encode()


WALL = b"<html><title>Just a moment...</title><body><p>Verify you are human</p></body></html>"


class Watch:
    """A store, a clock, and an organization whose pages answer as told."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self.store, self.rules, self.hours = store, Rules({"en": english()}, access_rules(), policy), 0.0
        self.takes_unconfirmed = False  #: whether somebody wants to be told of what is not confirmed yet
        with store.begin() as conn:
            pages.sync(conn, ACME.pages, START)

    @property
    def now(self) -> datetime:
        return START + timedelta(hours=self.hours)

    def sees(
        self,
        body: bytes = b"",
        status: int = 200,
        failure: Failure | None = None,
        after: float = 24,
        page: Page = PAGE,
        final_url: str = "",
        redirects: tuple[Redirect, ...] = (),
        doubt: str = "",
    ) -> Outcome:
        """One more fetch, so many hours after the last, and what is made of it."""
        self.hours += after
        digest = self.store.blobs.put(body) if body else ""
        fetch = Fetch(
            page.id, page.url, self.now, self.now, final_url or page.url, redirects, status=status,
            headers=(("Content-Type", "text/html"),), body_sha256=digest, body_bytes=len(body), failure=failure,
        )  # fmt: skip
        with self.store.begin() as conn:
            fetches.record(conn, fetch)
            return check_page(conn, self.store, ACME, page, self.rules, self.address, self.now, doubt)

    def address(self, alert: Alert) -> list[alerts.NewDelivery]:
        if alert.after.confirmed_at:
            return [alerts.NewDelivery(f"{alert.id}/all", "all", "console", "")]
        early = alerts.NewDelivery(f"{alert.id}/all/unconfirmed", "all", "console", "")
        return [early] if self.takes_unconfirmed else []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "x.db"), Blobs(tmp_path / "blobs")) as opened:
        yield opened
        must_hold(opened)


@pytest.fixture
def watch(store: Store) -> Watch:
    return Watch(store, DEFAULT)


@pytest.fixture
def hasty(store: Store) -> Watch:
    return Watch(store, AT_ONCE)


def access(outcome: Outcome) -> list[Access]:
    return [reading.access for reading in outcome.readings]


def kinds(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    """(kind, direction) of everything told, in order."""
    return [(f.kind.value, f.direction.value) for o in outcomes for a in o.alerts for f in a.findings]


def headlines(outcomes: list[Outcome]) -> list[str]:
    return [alert.headline for outcome in outcomes for alert in outcome.alerts]
