"""One page from recorded fetches to recorded findings, in one transaction.

    fetch ─► extract ─► access ─► reading ─► compare with the baseline ─► follow ─► alert + deliveries

The baseline is the version of the page that we believe. Both sides of a comparison are extracted with
today's code. A page that looks the same as the baseline costs one hash.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.access import STILL_THERE, Verdict, count_words, judge, kept_share, primary
from monitor.announce import alert_of
from monitor.assess import page_gone
from monitor.compare import compare, statements_in
from monitor.confirm import STOOD, Policy, finding_key, follow, inverse, next_look, settled, told_and_missing
from monitor.errors import ExtractError
from monitor.language import recognise
from monitor.lexicon import Lexicon
from monitor.marks import AccessRules
from monitor.model import (
    PAGE_BACK,
    PAGE_GONE,
    WAYS_BACK,
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
from monitor.reading import read_document, text_sha256
from monitor.segment import fold, sentences
from monitor.store import Connection, Store, alerts, fetches, findings, pages, readings
from monitor.store.findings import Baseline

SEEN_ONCE = "The text before this was seen once and states nothing, so this one is taken for the page."
CERTAIN = 0.9  #: how sure we are of another language before we disbelieve a page for it
WORDS_TO_TELL = 20  #: fewer words tell no language
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
        return check_page_within(conn, store, organization, page, rules, address, now)


def check_page_within(
    conn: Connection,
    store: Store,
    organization: Organization,
    page: Page,
    rules: Rules,
    address: Address,
    now: datetime,
) -> Outcome:
    """The same inside a transaction that the caller holds, so that several pages can share one."""
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
        self.fetches: dict[int, Fetch] = {}
        self.documents: dict[int, Document | None] = {}
        self.readings: list[Reading] = []
        self.followed: list[Tracked] = []
        self.alerts: list[Alert] = []

    def at(self, fetch: Fetch) -> None:
        """Make a reading of one fetch, and act on it."""
        self._drop_foreign_baseline(fetch)
        if self._same_bytes(fetch):
            self._still(self._record(self._reading(fetch, Verdict(Access.UNCHANGED))), fetch)
            return
        document = self._document(self._with_body(fetch))
        verdict = self._judged(fetch, document)
        text = document if isinstance(document, Document) else None
        if verdict.access is Access.UNCHANGED and text is None:
            verdict = Verdict(
                Access.EMPTY, ("The server answered 304, and we have no text that it refers to.",)
            )
        reading = self._record(self._believing(self._reading(fetch, verdict, text), verdict))
        if reading.access is Access.GONE:
            self._follow_gone(reading, fetch)
        elif reading.access.is_reading and text is not None:
            self._read(reading, text, fetch)

    def _read(self, reading: Reading, document: Document, fetch: Fetch) -> None:
        if self.baseline is None or self.lexicon is None:
            self._believe(reading, fetch)
        elif reading.text_sha256 == self.baseline.text_sha256:
            self._still(reading, fetch)
        else:
            usual = self._usual()
            found = compare(usual, document, self.lexicon).findings if usual else ()
            self._follow(reading, found, self._live(), fetch, document)

    # ------------------------------------------------------------------ can it be believed?

    def _judged(self, fetch: Fetch, document: Document | ExtractError | None) -> Verdict:
        """The access state; the very text that we believe needs no further proof."""
        text = text_sha256(document) if isinstance(document, Document) else ""
        if self.baseline and fetch.status == 200 and text == self.baseline.text_sha256:
            return Verdict(Access.OK)
        usual = self._usual() if self.baseline and text else None
        if text and usual is None:
            self.baseline = None  # there is none, or its selectors were edited: begin anew
        whole = self._whole(fetch) if isinstance(document, ExtractError) else None
        url = self._believed.final_url if usual else ""
        verdict = judge(fetch, document, self.page, usual, self.rules.access, whole, url)
        believable = verdict.doubtful or verdict.access is Access.OK
        if usual and believable and isinstance(document, Document) and not _is_mostly(document, usual):
            return self._by_language(document, verdict)
        return verdict

    def _by_language(self, document: Document, verdict: Verdict) -> Verdict:
        """A translation is not a changed policy, whatever its markup says of its language."""
        spoken = recognise(document.text, sure_from=CERTAIN) if count_words(document) >= WORDS_TO_TELL else ""
        if spoken in ("", primary(self.page.language)):
            return verdict
        return Verdict(Access.OTHER_LANGUAGE, (f"The text is in “{spoken}”.",))

    def _believing(self, reading: Reading, verdict: Verdict) -> Reading:
        """A text unlike its usual self is the page after all, once it has stood long enough.

        So it is at once where the usual text was seen once only and states nothing: that one was odd.
        """
        if not verdict.doubtful:
            return reading
        if verdict.access is Access.REPLACED and self._was_odd():
            self.baseline = None
            return replace(reading, access=Access.OK, evidence=(*reading.evidence, SEEN_ONCE))
        if settled(readings.of_page(self.conn, self.page.id), reading, self.rules.policy):
            return replace(reading, access=Access.OK, evidence=(*reading.evidence, STOOD))
        return reading

    def _was_odd(self) -> bool:
        """Whether what we believe was seen once only, and has no statement to lose (a region chooser)."""
        if self.baseline is None or self.baseline.last_seen_at > self._believed.ended_at:
            return False
        usual = self._usual()
        return not (usual and self.lexicon and statements_in(usual, self.lexicon))

    def _drop_foreign_baseline(self, fetch: Fetch) -> None:
        """A page whose address was edited begins anew: two addresses are not two versions."""
        if self.baseline is not None and not _same_address(self._believed, fetch):
            self.baseline = None

    # ------------------------------------------------------------------ what is believed

    def _follow_gone(self, reading: Reading, fetch: Fetch) -> None:
        """A page that is gone says nothing of what was pending; what was told as gone stays told."""
        if self.baseline is None or self.lexicon is None:
            return
        live = [one for one in self._live() if one.finding.rule in (PAGE_GONE, PAGE_BACK)]
        told = [
            one.finding for one in live if one.state is Sighting.CONFIRMED and one.finding.rule == PAGE_GONE
        ]
        usual = self._usual()
        found = told or (page_gone(statements_in(usual, self.lexicon)) if usual else ())
        self._follow(reading, found, live, fetch)

    def _still(self, reading: Reading, fetch: Fetch) -> None:
        """The page is as we believe it: whatever was pending has flipped back."""
        assert self.baseline is not None
        live = self._live()
        if live:
            self._follow(reading, (), live, fetch, self._usual())
        elif fetch.status == 200 and fetch.final_url != self._believed.final_url:
            self._believe(reading, fetch)  # the same text, now found elsewhere
        else:
            self.baseline = replace(self.baseline, last_seen_at=reading.at)
            findings.set_baseline(self.conn, self.baseline)

    def _live(self) -> list[Tracked]:
        """The findings against what we believe now, and those that flipped before."""
        assert self.baseline is not None
        known = findings.tracked(self.conn, self.page.id)
        here = self.baseline.fetch_id
        return [one for one in known if one.before_fetch_id == here or _is_remembered(one)]

    def _ways_back(
        self, live: Sequence[Tracked], found: Sequence[Finding], document: Document | None
    ) -> set[str]:
        """The keys of the ways back, from what was told, that this text truly goes."""
        now = {finding_key(finding) for finding in found}
        if document is None or self.lexicon is None:
            return set()
        back: set[str] = set()
        for one in told_and_missing(live, now):
            if one.finding.rule == PAGE_GONE:
                stands = fold(one.finding.before_quote) in {each.key for each in sentences(document)}
                back |= {finding_key(inverse(one.finding))} if stands else set()
                continue
            told = self._document(self._fetch(one.after_fetch_id))
            if isinstance(told, Document):
                back |= {finding_key(each) for each in compare(told, document, self.lexicon).findings}
        return back

    def _follow(
        self,
        reading: Reading,
        found: Sequence[Finding],
        live: Sequence[Tracked],
        fetch: Fetch,
        document: Document | None = None,
    ) -> None:
        """Follow what was found; tell what is now believed; move the baseline once nothing is open."""
        assert self.baseline is not None
        told = {one.key for one in live if one.state is Sighting.CONFIRMED}
        ids = (self.baseline.fetch_id, self._with_body(fetch).id)
        back = self._ways_back(live, found, document)
        followed = follow(live, found, ids, reading.at, self.rules.policy, back)
        findings.save(self.conn, self.page.id, followed)
        self.followed = list(followed)
        news = [one for one in followed if one.state is Sighting.CONFIRMED and one.key not in told]
        for before_id in sorted({one.before_fetch_id for one in news}):
            self._tell([one for one in news if one.before_fetch_id == before_id], before_id, fetch)
        if reading.access.is_reading and not any(one.state is Sighting.PENDING for one in followed):
            self._believe(reading, fetch)

    def _tell(self, news: Sequence[Tracked], before_id: int, fetch: Fetch) -> None:
        assert self.baseline is not None
        last_seen_at = self.baseline.last_seen_at if before_id == self.baseline.fetch_id else None
        seen_in = {one.after_fetch_id for one in news}
        after = self._fetch(seen_in.pop()) if len(seen_in) == 1 else self._with_body(fetch)
        alert = alert_of(
            self.organization,
            self.page,
            news,
            replace(_side(self._fetch(before_id)), last_seen_at=last_seen_at),
            replace(_side(after), confirmed_at=fetch.ended_at),
            fetch.ended_at,
        )
        if alerts.add(self.conn, alert, self.address(alert)):
            self.alerts.append(alert)

    def _believe(self, reading: Reading, fetch: Fetch) -> None:
        """From now on the page is compared with this reading."""
        body = self._with_body(fetch)
        self.baseline = Baseline(self.page.id, body.id, reading.text_sha256, reading.at)
        findings.set_baseline(self.conn, self.baseline)

    def _reading(self, fetch: Fetch, verdict: Verdict, document: Document | None = None) -> Reading:
        same = self.baseline if verdict.access is Access.UNCHANGED and document is None else None
        return Reading(
            fetch_id=fetch.id,
            page_id=self.page.id,
            at=fetch.ended_at,
            access=verdict.access,
            evidence=verdict.evidence,
            text_sha256=text_sha256(document) if document else same.text_sha256 if same else "",
            words=count_words(document) if document else 0,
        )

    def _record(self, reading: Reading) -> Reading:
        readings.record(self.conn, reading)
        self.readings.append(reading)
        return reading

    # ------------------------------------------------------------------ words and bodies

    @property
    def lexicon(self) -> Lexicon | None:
        """The words of this page's language, with the organization's product names."""
        lexicon = self.rules.lexicons.get(primary(self.page.language))
        return lexicon.with_products(self.organization.products) if lexicon else None

    @property
    def _believed(self) -> Fetch:
        """The fetch whose text we believe."""
        assert self.baseline is not None
        return self._fetch(self.baseline.fetch_id)

    def _fetch(self, fetch_id: int) -> Fetch:
        """A fetch of the store, asked for once."""
        if fetch_id not in self.fetches:
            self.fetches[fetch_id] = fetches.get(self.conn, fetch_id)
        return self.fetches[fetch_id]

    def _same_bytes(self, fetch: Fetch) -> bool:
        """A good answer with the very bytes that we believe: nothing to extract."""
        if self.baseline is None or fetch.failure is not None or fetch.status not in (200, 304):
            return False
        return self._believed.body_sha256 == self._with_body(fetch).body_sha256 != ""

    def _usual(self) -> Document | None:
        """The text that we believe, extracted once with today's code; None where that finds none."""
        believed = self._believed
        if believed.id not in self.documents:
            document = self._document(believed)
            self.documents[believed.id] = document if isinstance(document, Document) else None
        return self.documents[believed.id]

    def _with_body(self, fetch: Fetch) -> Fetch:
        """The fetch whose body this one stands for: itself, or the one that a 304 refers to."""
        return (fetches.previous_body(self.conn, fetch) or fetch) if fetch.status == 304 else fetch

    def _whole(self, fetch: Fetch) -> Document | None:
        """The text of the whole answer, where the part that we watch is not in it."""
        document = self._document(fetch, replace(self.page, select=(), remove=()))
        return document if isinstance(document, Document) else None

    def _document(self, fetch: Fetch, page: Page | None = None) -> Document | ExtractError | None:
        if not fetch.body_sha256:
            return None
        return read_document(self.store.blobs.get(fetch.body_sha256), fetch, page or self.page)


def _is_mostly(document: Document, usual: Document) -> bool:
    return kept_share(document, usual) >= STILL_THERE


def _is_remembered(one: Tracked) -> bool:
    """A variant is known again when it comes back; a way back is followed until it is told."""
    if one.finding.rule in WAYS_BACK:
        return one.state is not Sighting.VARIANT
    return bool(one.flips) and one.state is not Sighting.CONFIRMED


def _same_address(one: Fetch, other: Fetch) -> bool:
    """Whether two fetches asked for one address, in whatever spelling."""
    return _plain_address(one.requested_url) == _plain_address(other.requested_url)


def _plain_address(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _side(fetch: Fetch) -> Side:
    return Side(fetch.ended_at, fetch.body_sha256, fetch.final_url or fetch.requested_url)
