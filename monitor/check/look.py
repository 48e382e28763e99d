"""One look at a page: the state that its fetches pass through, in order, under one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.access import YET_THERE, Verdict
from monitor.announce import alert_of
from monitor.asides import new_links
from monitor.assess import kept_statements, page_gone
from monitor.check.believed import Believed
from monitor.check.elsewhere import relocated
from monitor.check.rules import Address, Rules
from monitor.compare import compare, statements_in
from monitor.confirm import (
    REMEMBERED,
    STOOD,
    alternations,
    finding_key,
    follow,
    inverse,
    is_remembered,
    told_and_missing,
)
from monitor.model import (
    FOUND_ELSEWHERE,
    PAGE_BACK,
    PAGE_GONE,
    STILL_ELSEWHERE,
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
from monitor.segment import fold, sentences
from monitor.store import Connection, Store, alerts, findings, readings
from monitor.threads import earlier_of, thread_of


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
        self.believed = Believed(store, conn, organization, page, rules)
        self.texts, self.lexicon = self.believed.texts, self.believed.lexicon
        self.readings: list[Reading] = []
        self.followed: list[Tracked] = []
        self.alerts: list[Alert] = []
        self.links: list[str] = []
        self.is_replaced = False  #: whether the fetch at hand is another document than the page was

    def at(self, fetch: Fetch) -> None:
        """Make a reading of one fetch, and act on it."""
        self.act(fetch, self.see(fetch))

    def see(self, fetch: Fetch) -> "Seen | None":
        """The reading of one fetch, recorded, and its text; None where nothing comes of it."""
        if self.doubt:
            self._record(self.believed.reading(fetch, _doubted(fetch, self.doubt)))
            return None
        self.believed.drop_if_foreign(fetch)
        verdict, document = self.believed.verdict(fetch)
        reading = self.believed.settle(self.believed.reading(fetch, verdict, document), verdict)
        self.is_replaced = STOOD in reading.evidence and verdict.access is not Access.PARTIAL
        return self._record(reading), document

    def act(self, fetch: Fetch, seen: "Seen | None") -> None:
        """Follow what `see` brought of the same fetch, before the next one is seen."""
        if seen is None:
            return
        reading, document = seen
        if reading.access is Access.GONE:
            self._follow_gone(reading, fetch)
        elif YET_THERE in reading.evidence:
            self._follow_not_gone(reading, fetch)
        elif reading.access.is_reading and document is not None:
            self._read(reading, document, fetch)
        elif reading.access.is_reading:
            self._still(reading, fetch)

    def _read(self, reading: Reading, document: Document, fetch: Fetch) -> None:
        baseline = self.believed.baseline
        if baseline is None or self.lexicon is None:
            self.believed.move_to(reading, fetch)
        elif reading.text_sha256 == baseline.text_sha256:
            self._still(reading, fetch)
        else:
            usual = self.believed.usual()
            found = compare(usual, document, self.lexicon).findings if usual else ()
            self._follow(reading, self._looked_for(found, reading.at), self._live(), fetch, document)

    def _looked_for(self, found: Sequence[Finding], at: datetime) -> Sequence[Finding]:
        """What is found, once each statement that left was looked for on the organization's other pages."""
        usual, baseline = self.believed.usual(), self.believed.baseline
        if usual is None or baseline is None:
            return found
        return relocated(found, usual, baseline.last_seen_at, at, self.organization, self.texts)

    # ------------------------------------------------------------------ what is believed

    def _follow_gone(self, reading: Reading, fetch: Fetch) -> None:
        """A page that is gone says nothing of what was pending; what was told as gone stays told."""
        if self.believed.baseline is None or self.lexicon is None:
            return
        live = [one for one in self._live() if one.finding.rule in (*_LEFT, PAGE_BACK)]
        told = [
            one.finding for one in live if one.state is Sighting.CONFIRMED and one.finding.rule != PAGE_BACK
        ]
        quotes = {finding.before_quote for finding in told}
        usual = self.believed.usual()
        gone = page_gone(statements_in(usual, self.lexicon)) if usual else ()
        news = [finding for finding in gone if finding.before_quote not in quotes]
        self._follow(reading, (*told, *self._looked_for(news, reading.at)), live, fetch)

    def _follow_not_gone(self, reading: Reading, fetch: Fetch) -> None:
        """An error with most of the usual text in it: no reading, and yet the page is not gone."""
        live = self._live() if self.believed.baseline else []
        pending = [one for one in live if one.state is Sighting.PENDING and one.finding.rule in _LEFT]
        if pending:
            self._follow(reading, (), pending, fetch)

    def _still(self, reading: Reading, fetch: Fetch) -> None:
        """The page is as we believe it: whatever was pending has flipped back."""
        assert self.believed.baseline is not None
        live = self._live()
        if live:
            self._follow(reading, (), live, fetch, self.believed.usual())
        elif fetch.status == 200 and fetch.final_url != self.believed.fetch.final_url:
            self.believed.move_to(reading, fetch)  # the same text, now found elsewhere
        else:
            self.believed.seen_again(reading)

    def _live(self) -> list[Tracked]:
        """The findings against what we believe, or against what was told since, and those that flipped."""
        assert self.believed.baseline is not None
        known = findings.tracked(self.conn, self.page.id)
        here = self.believed.baseline.fetch_id
        return [one for one in known if one.before_fetch_id >= here or is_remembered(one)]

    def _since_told(
        self, live: Sequence[Tracked], found: Sequence[Finding], document: Document | None, at: datetime
    ) -> tuple[set[str], list[tuple[Finding, int]]]:
        """What became of what was told and is not found any more, by this text.

        The keys of the ways back that it truly goes; and the further changes to words that only the told text
        said, each with the fetch that said them: the page as we believe it never knew these words.
        """
        back: set[str] = set()
        further: list[tuple[Finding, int]] = []
        now = {finding_key(finding) for finding in found}
        for one in told_and_missing(live, now) if document and self.lexicon else ():
            assert document is not None
            if one.finding.rule in _LEFT:
                stands = fold(one.finding.before_quote) in {each.key for each in sentences(document)}
                back |= {finding_key(inverse(one.finding))} if stands else set()
                continue
            changes = self._changes_since(one, document, at)
            way = finding_key(inverse(one.finding))
            if way in {finding_key(each) for each in changes}:
                back.add(way)
                continue
            said = one.finding.after_quote
            further += [(each, one.after_fetch_id) for each in changes if said and each.before_quote == said]
        return back, further

    def _changes_since(self, one: Tracked, document: Document, at: datetime) -> Sequence[Finding]:
        """What this text changed in the text that was told."""
        told = self.texts.of(self.texts.fetch(one.after_fetch_id))
        if not isinstance(told, Document) or self.lexicon is None:
            return ()
        found = compare(told, document, self.lexicon).findings
        return relocated(found, told, one.last_seen_at, at, self.organization, self.texts)

    def _follow(
        self,
        reading: Reading,
        found: Sequence[Finding],
        live: Sequence[Tracked],
        fetch: Fetch,
        document: Document | None = None,
    ) -> None:
        """Follow what was found; tell what is now believed; move the baseline once nothing is open."""
        assert self.believed.baseline is not None
        known = {one.key: one.state for one in live}
        ids = (self.believed.baseline.fetch_id, self.texts.with_body(fetch).id)
        back, further = self._since_told(live, found, document, reading.at)
        told_anew = {finding.after_quote for finding, _ in further} - {""}
        found = [finding for finding in found if finding.after_quote not in told_anew]
        stood = self._stood(reading) if STOOD in reading.evidence else ()
        turns = alternations(self._earlier(reading.at - REMEMBERED), reading)
        followed = follow(live, found, ids, reading.at, self.rules.policy, back, stood, turns, further)
        findings.save(self.conn, self.page.id, followed)
        self.followed = list(followed)
        news = [
            one
            for one in followed
            if one.state is not Sighting.VARIANT and one.state is not known.get(one.key)
        ]
        for ids in sorted({(one.before_fetch_id, one.after_fetch_id) for one in news}):
            self._tell([one for one in news if (one.before_fetch_id, one.after_fetch_id) == ids], *ids, fetch)
        if not any(one.state is Sighting.PENDING for one in followed):
            if reading.access.is_reading:
                self.believed.move_to(reading, fetch)
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
            self.links = list(new_links(self.believed.usual(), document, fetch.final_url, watched))

    # ------------------------------------------------------------------ what is told

    def _tell(self, news: Sequence[Tracked], before_id: int, after_id: int, fetch: Fetch) -> None:
        """One alert on what is confirmed now, one on what is new: most routes take the first kind only.

        What came and went before, or was told early in other words, is not told early again.
        """
        confirmed = [one for one in news if one.state is Sighting.CONFIRMED]
        early = [one for one in news if one.state is Sighting.PENDING and one.readings == 1 and not one.flips]
        for told in filter(None, (confirmed, early)):
            after = _side(self.texts.fetch(after_id))
            self._raise(told, self._before(before_id), after, fetch, confirmed=told is confirmed)

    def _before(self, fetch_id: int) -> Side:
        baseline = self.believed.baseline
        last_seen_at = baseline.last_seen_at if baseline and baseline.fetch_id == fetch_id else None
        return replace(_side(self.texts.fetch(fetch_id)), last_seen_at=last_seen_at)

    def _raise(
        self, told: Sequence[Tracked], before: Side, after: Side, fetch: Fetch, *, confirmed: bool
    ) -> None:
        known = alerts.of_page(self.conn, self.page.id)
        follows = earlier_of([one.finding for one in told], known)
        alert = alert_of(
            self.organization,
            self.page,
            told,
            before,
            replace(after, confirmed_at=fetch.ended_at if confirmed else None),
            fetch.ended_at,
            kept=self._kept(fetch) if self.is_replaced else None,
            asks=self.rules.asks,
            follows=follows,
            thread=thread_of(follows, known),
        )
        addressed = self.address(alert)
        if (confirmed or addressed) and alerts.add(self.conn, alert, addressed) and confirmed:
            self.alerts.append(alert)

    def _kept(self, fetch: Fetch) -> tuple[Finding, ...]:
        """Which statements the document that replaced the page still says."""
        usual, now = self.believed.usual(), self.texts.of(self.texts.with_body(fetch))
        if usual is None or self.lexicon is None or not isinstance(now, Document):
            return ()
        return kept_statements(statements_in(usual, self.lexicon), statements_in(now, self.lexicon))

    def _record(self, reading: Reading) -> Reading:
        readings.record(self.conn, reading)
        self.readings.append(reading)
        return reading


Seen = tuple[Reading, Document | None]

#: What is found of words that left with their page, or for another one.
_LEFT = (PAGE_GONE, FOUND_ELSEWHERE, STILL_ELSEWHERE)


def _doubted(fetch: Fetch, doubt: str) -> Verdict:
    """In a check that we doubt as a whole, trouble stays what it was, and nothing else counts."""
    if fetch.failure is not None:
        return Verdict(fetch.failure.kind, (fetch.failure.message, doubt))
    return Verdict(Access.OUTAGE, (doubt,))


def _side(fetch: Fetch) -> Side:
    return Side(fetch.ended_at, fetch.body_sha256, fetch.final_url or fetch.requested_url)
