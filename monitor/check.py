"""One page from recorded fetches to recorded findings, in one transaction.

    fetch ─► extract ─► access ─► reading ─► compare with the baseline ─► follow ─► alert + deliveries

The baseline is the version of the page that we believe. Both sides of a comparison are extracted with
today's code. A page that looks the same as the baseline costs one hash.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.access import Verdict, count_words, judge
from monitor.announce import alert_of
from monitor.assess import page_gone
from monitor.compare import compare, statements_in
from monitor.confirm import STOOD, Policy, follow, next_look, settled
from monitor.errors import ExtractError, StoreError
from monitor.extract import extract, sniff
from monitor.lexicon import Lexicon
from monitor.marks import AccessRules
from monitor.model import (
    Access,
    Alert,
    Document,
    Fetch,
    Finding,
    Organization,
    Page,
    Reading,
    Side,
    Sighting,
    Tracked,
)
from monitor.store import Connection, Store, alerts, fetches, findings, pages, readings
from monitor.store.findings import Baseline

SOONEST = timedelta(hours=1)  #: a page that waits for confirmation is not asked more often than this


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides and is data: words by language, marks, and how much proof a change needs."""

    lexicons: Mapping[str, Lexicon]
    access: AccessRules
    policy: Policy


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one look at a page brought."""

    page_id: str
    readings: tuple[Reading, ...] = ()
    followed: tuple[Tracked, ...] = ()  #: findings after the last reading
    alerts: tuple[Alert, ...] = ()


Address = Callable[[Alert], Sequence[alerts.NewDelivery]]


def check_page(
    store: Store, organization: Organization, page: Page, rules: Rules, address: Address, now: datetime
) -> Outcome:
    """Read every fetch of this page that was not read yet, oldest first. Raises StoreError."""
    with store.begin() as conn:
        look = _Look(store, conn, organization, page, rules, address)
        for fetch in fetches.unread(conn, page.id):
            look.at(fetch)
        pages.set_next_due(conn, page.id, next_due(page, look.followed, rules.policy, now))
        return Outcome(page.id, tuple(look.readings), tuple(look.followed), tuple(look.alerts))


def next_due(page: Page, followed: Sequence[Tracked], policy: Policy, now: datetime) -> datetime:
    """The page's own cadence (UTC), sooner where a look could settle what is pending."""
    looks = [next_look(one, policy) for one in followed if one.state is Sighting.PENDING]
    return min([now + timedelta(hours=page.every_hours), *(max(look, now + SOONEST) for look in looks)])


class _Look:
    """One page under one transaction: the state that its fetches pass through, in order."""

    def __init__(
        self,
        store: Store,
        conn: Connection,
        organization: Organization,
        page: Page,
        rules: Rules,
        address: Address,
    ) -> None:
        self.store, self.conn = store, conn
        self.organization, self.page, self.rules, self.address = organization, page, rules, address
        self.baseline = findings.baseline(conn, page.id)
        self.readings: list[Reading] = []
        self.followed: list[Tracked] = []
        self.alerts: list[Alert] = []

    def at(self, fetch: Fetch) -> None:
        """Make a reading of one fetch, and act on it."""
        if self._same_bytes(fetch):
            self._keep_baseline(self._record(self._reading(fetch, Verdict(Access.UNCHANGED))))
            return
        document = self._document(fetch)
        verdict = self._judged(fetch, document)
        if verdict.access is Access.UNCHANGED:  # a 304: the body that it refers to
            document = self._body_referred_to(fetch)
        text = document if isinstance(document, Document) else None
        reading = self._record(self._believing(self._reading(fetch, verdict, text), verdict))
        if reading.access is Access.GONE:
            self._act(reading, self._lost_with_the_page(), fetch)
        elif reading.access.is_reading and text is not None:
            self._read(reading, text, fetch)

    def _believing(self, reading: Reading, verdict: Verdict) -> Reading:
        """A text unlike its usual self is the page after all, once it has stood long enough."""
        earlier = readings.of_page(self.conn, self.page.id) if verdict.doubtful else ()
        if not verdict.doubtful or not settled(earlier, reading, self.rules.policy):
            return reading
        return replace(reading, access=Access.OK, evidence=(*reading.evidence, STOOD))

    def _judged(self, fetch: Fetch, document: Document | ExtractError | None) -> Verdict:
        """The access state; the very text that we believe needs no further proof."""
        text = text_sha256(document) if isinstance(document, Document) else ""
        if self.baseline and fetch.status == 200 and text == self.baseline.text_sha256:
            return Verdict(Access.OK)
        usual = self._usual() if self.baseline and text else None
        whole = self._whole(fetch) if isinstance(document, ExtractError) else None
        return judge(fetch, document, self.page, usual, self.rules.access, whole)

    def _read(self, reading: Reading, document: Document, fetch: Fetch) -> None:
        if self.baseline is None:
            self._believe(reading)
        elif reading.text_sha256 == self.baseline.text_sha256:
            self._keep_baseline(reading)
        elif self.lexicon is None:
            self._believe(reading)
        else:
            found = compare(self._usual(), document, self.lexicon)
            self._act(reading, found.findings, fetch)

    def _act(self, reading: Reading, found: Sequence[Finding], fetch: Fetch) -> None:
        """Follow what was found; tell what is now believed; move the baseline once nothing is pending."""
        if self.baseline is None:
            return
        known = findings.tracked(self.conn, self.page.id)
        live = [one for one in known if one.before_fetch_id == self.baseline.fetch_id or one.flips]
        told = {one.key for one in live if one.state is Sighting.CONFIRMED}
        ids = (self.baseline.fetch_id, fetch.id)
        followed = follow(live, found, ids, reading.at, self.rules.policy)
        self._keep(followed)
        self._tell(
            [one for one in followed if one.state is Sighting.CONFIRMED and one.key not in told], fetch
        )
        pending = any(one.state is Sighting.PENDING for one in followed)
        if reading.access.is_reading and not pending:
            self._believe(reading)

    def _tell(self, believed: Sequence[Tracked], fetch: Fetch) -> None:
        if not believed or self.baseline is None:
            return
        before = fetches.get(self.conn, self.baseline.fetch_id)
        first = fetches.get(self.conn, min(one.after_fetch_id for one in believed))
        alert = alert_of(
            self.organization,
            self.page,
            believed,
            replace(_side(before), last_seen_at=self.baseline.last_seen_at),
            replace(_side(first), confirmed_at=fetch.ended_at),
            fetch.ended_at,
        )
        if alerts.add(self.conn, alert, self.address(alert)):
            self.alerts.append(alert)

    def _lost_with_the_page(self) -> tuple[Finding, ...]:
        if self.baseline is None or self.lexicon is None:
            return ()
        return page_gone(statements_in(self._usual(), self.lexicon))

    @property
    def lexicon(self) -> Lexicon | None:
        """The words of this page's language, with the organization's product names."""
        lexicon = self.rules.lexicons.get(self.page.language.split("-")[0])
        return lexicon.with_products(self.organization.products) if lexicon else None

    # ------------------------------------------------------------------ state

    def _believe(self, reading: Reading) -> None:
        """From now on the page is compared with this reading."""
        self.baseline = Baseline(self.page.id, reading.fetch_id, reading.text_sha256, reading.at)
        findings.set_baseline(self.conn, self.baseline)

    def _keep_baseline(self, reading: Reading) -> None:
        """The page is as we believe it; whatever was pending has flipped back."""
        assert self.baseline is not None
        self.baseline = replace(self.baseline, last_seen_at=reading.at)
        findings.set_baseline(self.conn, self.baseline)
        known = findings.tracked(self.conn, self.page.id)
        live = [one for one in known if one.before_fetch_id == self.baseline.fetch_id]
        if live:
            self._keep(follow(live, (), (0, 0), reading.at, self.rules.policy))

    def _keep(self, followed: Sequence[Tracked]) -> None:
        findings.save(self.conn, self.page.id, followed)
        self.followed = list(followed)

    def _reading(self, fetch: Fetch, verdict: Verdict, document: Document | None = None) -> Reading:
        known = self.baseline if verdict.access is Access.UNCHANGED and document is None else None
        return Reading(
            fetch_id=fetch.id,
            page_id=self.page.id,
            at=fetch.ended_at,
            access=verdict.access,
            evidence=verdict.evidence,
            text_sha256=text_sha256(document) if document else known.text_sha256 if known else "",
            words=count_words(document) if document else 0,
        )

    def _record(self, reading: Reading) -> Reading:
        readings.record(self.conn, reading)
        self.readings.append(reading)
        return reading

    # ------------------------------------------------------------------ bodies

    def _same_bytes(self, fetch: Fetch) -> bool:
        """A good answer with the very bytes that we believe: nothing to extract."""
        if self.baseline is None or fetch.failure is not None or fetch.status not in (200, 304):
            return False
        believed = self._with_body(fetches.get(self.conn, self.baseline.fetch_id))
        return believed.body_sha256 == self._with_body(fetch).body_sha256 != ""

    def _usual(self) -> Document:
        """The text that we believe, extracted with today's code. Raises StoreError."""
        assert self.baseline is not None
        document = self._document(self._with_body(fetches.get(self.conn, self.baseline.fetch_id)))
        if not isinstance(document, Document):
            raise StoreError(f"{self.page.id}: the version that we believe can no longer be read: {document}")
        return document

    def _with_body(self, fetch: Fetch) -> Fetch:
        """The fetch whose body this one stands for: itself, or the one that a 304 refers to."""
        return (fetches.previous_body(self.conn, fetch) or fetch) if fetch.status == 304 else fetch

    def _body_referred_to(self, fetch: Fetch) -> Document | None:
        document = self._document(self._with_body(fetch))
        return document if isinstance(document, Document) else None

    def _whole(self, fetch: Fetch) -> Document | None:
        """The text of the whole answer, where the part that we watch is not in it."""
        body = self.store.blobs.get(fetch.body_sha256)
        document = read_document(body, fetch, replace(self.page, select=(), remove=()))
        return document if isinstance(document, Document) else None

    def _document(self, fetch: Fetch) -> Document | ExtractError | None:
        if not fetch.body_sha256:
            return None
        return read_document(self.store.blobs.get(fetch.body_sha256), fetch, self.page)


def read_document(body: bytes, fetch: Fetch, page: Page) -> Document | ExtractError:
    """The text of a body as its page declares it; the trouble as a value."""
    declared = fetch.header("Content-Type")
    kind = sniff(body, fetch.final_url or fetch.requested_url, declared)
    try:
        return extract(body, kind, charset=_charset(declared), select=page.select, remove=page.remove)
    except ExtractError as trouble:
        return trouble


def text_sha256(document: Document) -> str:
    """The SHA-256 of the extracted text (UTF-8)."""
    return sha256(document.text.encode()).hexdigest()


def _charset(content_type: str) -> str:
    _, _, rest = content_type.partition("charset=")
    return rest.split(";")[0].strip(" \"'")


def _side(fetch: Fetch) -> Side:
    return Side(fetch.ended_at, fetch.body_sha256, fetch.final_url or fetch.requested_url)
