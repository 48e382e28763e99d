"""The watch of the simulated year: pages, a store, and a fetch a page and day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from monitor.blobs import Blobs
from monitor.check import Outcome, Rules, check_page
from monitor.confirm import Need, Policy
from monitor.model import Alert, Fetch, Organization, Page, Reading, Role
from monitor.store import Store, fetches, open_store, pages, sqlite_url
from tests.benchmarks.year.failures import Answer
from tests.texts import access_rules, english

START = datetime(2026, 1, 1, 6, tzinfo=UTC)
POLICY = Policy(Need(2, timedelta(hours=6)), Need(3, timedelta(hours=72)))
SISTERS = 3  #: pages of one organization


@dataclass(slots=True)
class Watch:
    """A store and its pages. alerts: everything told, with the day. readings: of the last day, by page."""

    store: Store
    organizations: dict[str, Organization]
    alerts: list[tuple[int, Alert]] = field(default_factory=list)
    readings: dict[str, Reading] = field(default_factory=dict)

    def day(self, day: int, answers: Iterable[tuple[Page, Answer]]) -> None:
        """One fetch for each of these pages, and what is made of it."""
        now = START + timedelta(days=day)
        rules = Rules({"en": english()}, access_rules(), POLICY)
        with self.store.begin() as conn:
            for page, answer in answers:
                fetches.record(conn, self._fetch(page, answer, now))
                organization = self.organizations[page.organization_id]
                outcome = check_page(conn, self.store, organization, page, rules, lambda _: (), now)
                self._keep(day, page, outcome)

    def _keep(self, day: int, page: Page, outcome: Outcome) -> None:
        self.alerts += [(day, alert) for alert in outcome.alerts]
        self.readings[page.id] = outcome.readings[-1]

    def _fetch(self, page: Page, answer: Answer, now: datetime) -> Fetch:
        if answer.body:
            self.store.blobs.put(answer.body)
        host = page.url.rpartition("/")[0]
        return Fetch(
            page_id=page.id,
            requested_url=page.url,
            started_at=now,
            ended_at=now,
            final_url=host + answer.path if answer.path else page.url,
            redirects=answer.hops(page.url),
            status=answer.status,
            headers=answer.headers,
            body_sha256=sha256(answer.body).hexdigest() if answer.body else "",
            body_bytes=len(answer.body),
            failure=answer.failure,
        )


def watched(count: int) -> tuple[Page, ...]:
    """So many pages, a few for each organization."""
    return tuple(
        Page(
            f"house{i // SISTERS}/rules{i}",
            f"house{i // SISTERS}",
            f"https://house{i // SISTERS}.example/rules{i}",
            Role.POLICY,
        )
        for i in range(count)
    )


def opened(folder: Path, declared: Sequence[Page]) -> Watch:
    """A watch over these pages with a new store in this folder. Close its store."""
    store = open_store(sqlite_url(folder / "year.db"), Blobs(folder / "blobs"))
    with store.begin() as conn:
        pages.sync(conn, declared, START)
    ids = dict.fromkeys(page.organization_id for page in declared)
    owned = {one: tuple(page for page in declared if page.organization_id == one) for one in ids}
    organizations = {one: Organization(one, one, "vendor", pages=pages_) for one, pages_ in owned.items()}
    return Watch(store, organizations)
