"""One look at a page: the state that its fetches pass through, in order, under one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.access import (
    STILL_THERE,
    YET_THERE,
    Verdict,
    count_words,
    judge,
    kept_share,
    moved_for_good,
    primary,
)
from monitor.announce import alert_of
from monitor.asides import new_links
from monitor.assess import kept_statements, page_gone
from monitor.check.elsewhere import relocated
from monitor.check.rules import Address, Rules
from monitor.check.texts import Text, Texts
from monitor.compare import compare, statements_in
from monitor.confirm import (
    REMEMBERED,
    STOOD,
    alternations,
    finding_key,
    follow,
    inverse,
    settled,
    told_and_missing,
)
from monitor.errors import ExtractError
from monitor.language import recognise
from monitor.lexicon import Lexicon
from monitor.model import (
    FOUND_ELSEWHERE,
    PAGE_BACK,
    PAGE_GONE,
    STILL_ELSEWHERE,
    WAYS_BACK,
    Access,
    Alert,
    Document,
    Fetch,
    Finding,
    FindingKind,
    Organization,
    Page,
    Reading,
    Side,
    Sighting,
    Tracked,
)
from monitor.reading import text_sha256
from monitor.segment import fold, sentences
from monitor.store import Connection, Store, alerts, findings, readings
from monitor.store.findings import Baseline

SEEN_ONCE = "The text before this was seen once and states nothing, so this one is taken for the page."
CERTAIN = 0.9  #: how sure we are of another language before we disbelieve a page for it
WORDS_TO_TELL = 20  #: fewer words tell no language


class Look:
    """One page, its baseline, and what came of its fetches so far."""

    def __init__(
        self,
        store: Store,
        conn: Connection,
        organization: Organization,
        page: Page,
        rules: Rules,
        address: Address,
        doubt: str = "",
    ) -> None:
        self.conn, self.organization, self.page = conn, organization, page
        self.rules, self.address, self.doubt = rules, address, doubt
        self.texts = Texts(store, conn, page, rules.read)
        self.baseline = findings.baseline(conn, page.id)
        self.readings: list[Reading] = []
        self.followed: list[Tracked] = []
        self.alerts: list[Alert] = []
        self.links: list[str] = []
        self.is_replaced = False  #: whether the fetch at hand is another document than the page was

    def at(self, fetch: Fetch) -> None:
        """Make a reading of one fetch, and act on it."""
        if self.doubt:
            self._record(self._reading(fetch, _doubted(fetch, self.doubt)))
            return
        self.is_replaced = False
        self._drop_foreign_baseline(fetch)
        if self.texts.is_stale(fetch):
            self._record(self._reading(fetch, _NOTHING_NEW))
        elif self._same_bytes(fetch):
            self._still(self._record(self._reading(fetch, _read_well(Access.UNCHANGED, fetch))), fetch)
        else:
            self._at_new_bytes(fetch)

    def _at_new_bytes(self, fetch: Fetch) -> None:
        text = self.texts.of(self.texts.with_body(fetch))
        verdict = self._judged(fetch, text)
        document = text if isinstance(text, Document) else None
        if verdict.access is Access.UNCHANGED and document is None:
            verdict = _REFERS_TO_NOTHING
        reading = self._believing(self._reading(fetch, verdict, document), verdict)
        self._act(self._record(reading), document, fetch)

    def _act(self, reading: Reading, document: Document | None, fetch: Fetch) -> None:
        if reading.access is Access.GONE:
            self._follow_gone(reading, fetch)
        elif YET_THERE in reading.evidence:
            self._follow_not_gone(reading, fetch)
        elif reading.access.is_reading and document is not None:
            self._read(reading, document, fetch)

    def _read(self, reading: Reading, document: Document, fetch: Fetch) -> None:
        if self.baseline is None or self.lexicon is None:
            self._believe(reading, fetch)
        elif reading.text_sha256 == self.baseline.text_sha256:
            self._still(reading, fetch)
        else:
            usual = self._usual()
            found = compare(usual, document, self.lexicon).findings if usual else ()
            self._follow(reading, self._looked_for(found), self._live(), fetch, document)

    def _looked_for(self, found: Sequence[Finding]) -> Sequence[Finding]:
        """What is found, once each statement that left was looked for on the organization's other pages."""
        usual = self._usual()
        if usual is None or self.baseline is None:
            return found
        return relocated(found, usual, self.baseline.last_seen_at, self.organization, self.texts)

    # ------------------------------------------------------------------ can it be believed?

    def _judged(self, fetch: Fetch, text: Text) -> Verdict:
        """The access state; the very text that we believe needs no further proof."""
        sha256 = text_sha256(text) if isinstance(text, Document) else ""
        if self.baseline and fetch.status == 200 and sha256 == self.baseline.text_sha256:
            return _read_well(Access.OK, fetch)
        if self.baseline and sha256 and (trouble := self._usual_trouble()):
            return trouble
        usual = self._usual() if self.baseline and sha256 else None
        if sha256 and usual is None:
            self.baseline = None  # there is none, or its selectors were edited: begin anew
        verdict = judge(
            fetch,
            text,
            self.page,
            usual,
            self.rules.access,
            whole=self.texts.whole(fetch) if isinstance(text, ExtractError) else None,
            usual_url=self._believed.final_url if usual else "",
            markup=self.texts.markup(fetch),
            missing=self.texts.missing(),
        )
        believable = verdict.doubtful or verdict.access is Access.OK
        if usual and believable and isinstance(text, Document) and not _is_mostly(text, usual):
            return self._by_language(text, verdict)
        return verdict

    def _usual_trouble(self) -> Verdict | None:
        """Where what we believe cannot be read again just now, nothing can be compared with it."""
        text = self.texts.of(self._believed)
        if not isinstance(text, ExtractError) or text.kind != Access.UNPARSEABLE:
            return None
        return Verdict(Access.UNPARSEABLE, ("The earlier version could not be read again:", str(text)))

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
        if settled(self._earlier(), reading, self.rules.policy):
            self.is_replaced = verdict.access is not Access.PARTIAL
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
        live = [one for one in self._live() if one.finding.rule in _WITH_THE_PAGE]
        told = [
            one.finding for one in live if one.state is Sighting.CONFIRMED and one.finding.rule != PAGE_BACK
        ]
        quotes = {finding.before_quote for finding in told}
        usual = self._usual()
        gone = page_gone(statements_in(usual, self.lexicon)) if usual else ()
        news = [finding for finding in gone if finding.before_quote not in quotes]
        self._follow(reading, (*told, *self._looked_for(news)), live, fetch)

    def _follow_not_gone(self, reading: Reading, fetch: Fetch) -> None:
        """An error with most of the usual text in it: no reading, and yet the page is not gone."""
        pending = [one for one in self._live() if one.finding.rule == PAGE_GONE] if self.baseline else []
        if any(one.state is Sighting.PENDING for one in pending):
            self._follow(reading, (), [one for one in pending if one.state is Sighting.PENDING], fetch)

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
            told = self.texts.of(self.texts.fetch(one.after_fetch_id))
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
        known = {one.key: one.state for one in live}
        ids = (self.baseline.fetch_id, self.texts.with_body(fetch).id)
        back = self._ways_back(live, found, document)
        stood = self._stood(reading) if STOOD in reading.evidence else ()
        turns = alternations(self._earlier(reading.at - REMEMBERED), reading)
        followed = follow(live, found, ids, reading.at, self.rules.policy, back, stood, turns)
        findings.save(self.conn, self.page.id, followed)
        self.followed = list(followed)
        news = [
            one
            for one in followed
            if one.state is not Sighting.VARIANT and one.state is not known.get(one.key)
        ]
        for before_id in sorted({one.before_fetch_id for one in news}):
            self._tell([one for one in news if one.before_fetch_id == before_id], before_id, fetch)
        if not any(one.state is Sighting.PENDING for one in followed):
            if reading.access.is_reading:
                self._believe(reading, fetch)
        elif document is not None:
            self._look_for_links(document, fetch)

    def _earlier(self, since: datetime | None = None) -> list[Reading]:
        return readings.of_page(self.conn, self.page.id, since)

    def _stood(self, reading: Reading) -> tuple[datetime, ...]:
        """When the last looks in a row, before this one, brought this very text (UTC)."""
        run: list[datetime] = []
        for earlier in reversed(self._earlier()):
            is_same = earlier.text_sha256 == reading.text_sha256
            if earlier.access.is_reading and not is_same:
                break
            if is_same and earlier.fetch_id != reading.fetch_id:
                run.append(earlier.at)
        return tuple(reversed(run))

    def _look_for_links(self, document: Document, fetch: Fetch) -> None:
        """A statement that is missing may stand in a document that the page links to since."""
        missing = (FindingKind.WITHDRAWN,)
        if any(one.state is Sighting.PENDING and one.finding.kind in missing for one in self.followed):
            watched = [page.url for page in self.organization.pages]
            self.links = list(new_links(self._usual(), document, fetch.final_url, watched))

    # ------------------------------------------------------------------ what is told

    def _tell(self, news: Sequence[Tracked], before_id: int, fetch: Fetch) -> None:
        """One alert on what is confirmed now, one on what is new: most routes take the first kind only."""
        for state in (Sighting.CONFIRMED, Sighting.PENDING):
            told = [one for one in news if one.state is state]
            if told:
                self._raise(told, before_id, fetch)

    def _raise(self, told: Sequence[Tracked], before_id: int, fetch: Fetch) -> None:
        assert self.baseline is not None
        last_seen_at = self.baseline.last_seen_at if before_id == self.baseline.fetch_id else None
        seen_in = {one.after_fetch_id for one in told}
        after = self.texts.fetch(seen_in.pop()) if len(seen_in) == 1 else self.texts.with_body(fetch)
        is_confirmed = told[0].state is Sighting.CONFIRMED
        alert = alert_of(
            self.organization,
            self.page,
            told,
            replace(_side(self.texts.fetch(before_id)), last_seen_at=last_seen_at),
            replace(_side(after), confirmed_at=fetch.ended_at if is_confirmed else None),
            fetch.ended_at,
            kept=self._kept(fetch) if self.is_replaced else None,
        )
        addressed = self.address(alert)
        if (is_confirmed or addressed) and alerts.add(self.conn, alert, addressed) and is_confirmed:
            self.alerts.append(alert)

    def _kept(self, fetch: Fetch) -> tuple[Finding, ...]:
        """Which statements the document that replaced the page still says."""
        usual, now = self._usual(), self.texts.of(self.texts.with_body(fetch))
        if usual is None or self.lexicon is None or not isinstance(now, Document):
            return ()
        return kept_statements(statements_in(usual, self.lexicon), statements_in(now, self.lexicon))

    def _believe(self, reading: Reading, fetch: Fetch) -> None:
        """From now on the page is compared with this reading."""
        body = self.texts.with_body(fetch)
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
        return self.texts.fetch(self.baseline.fetch_id)

    def _same_bytes(self, fetch: Fetch) -> bool:
        """A good answer with the very bytes that we believe: nothing to extract."""
        if self.baseline is None or fetch.failure is not None or fetch.status not in (200, 304):
            return False
        return self._believed.body_sha256 == self.texts.with_body(fetch).body_sha256 != ""

    def _usual(self) -> Document | None:
        """The text that we believe, with today's code; None where that finds none."""
        text = self.texts.of(self._believed)
        return text if isinstance(text, Document) else None


#: What is found of a page that is gone as a whole, and of one that is there again.
_WITH_THE_PAGE = (PAGE_GONE, PAGE_BACK, FOUND_ELSEWHERE, STILL_ELSEWHERE)


_REFERS_TO_NOTHING = Verdict(
    Access.EMPTY, ("The server answered 304, and we have no text that it refers to.",)
)
_NOTHING_NEW = Verdict(
    Access.ERROR_PAGE, ("The server answered 304, though it was asked for the whole page.",)
)


def _read_well(access: Access, fetch: Fetch) -> Verdict:
    """A reading, with the remark that the page has moved for good."""
    return Verdict(access, tuple(filter(None, [moved_for_good(fetch)])))


def _doubted(fetch: Fetch, doubt: str) -> Verdict:
    """In a check that we doubt as a whole, trouble stays what it was, and nothing else counts."""
    if fetch.failure is not None:
        return Verdict(fetch.failure.kind, (fetch.failure.message, doubt))
    return Verdict(Access.OUTAGE, (doubt,))


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
