"""What we believe of a page, and whether what a fetch brought can be believed in its place."""

from dataclasses import replace

from monitor.access import (
    STILL_THERE,
    Verdict,
    count_words,
    judge,
    kept_share,
    moved_for_good,
    primary,
)
from monitor.check.rules import Rules
from monitor.check.stands import keep_standing
from monitor.check.texts import Text, Texts
from monitor.compare import statements_in
from monitor.confirm import STOOD, settled
from monitor.errors import ExtractError
from monitor.language import recognise
from monitor.lexicon import Lexicon
from monitor.model import Access, Document, Fetch, Organization, Page, Reading
from monitor.reading import text_sha256
from monitor.store import Connection, Store, findings, readings
from monitor.store.findings import Baseline

SEEN_ONCE = "The text before this was seen once and states nothing, so this one is taken for the page."
CERTAIN = 0.9  #: how sure we are of another language before we disbelieve a page for it
WORDS_TO_TELL = 20  #: fewer words tell no language

_REFERS_TO_NOTHING = Verdict(
    Access.EMPTY, ("The server answered 304, and we have no text that it refers to.",)
)
_NOTHING_NEW = Verdict(
    Access.ERROR_PAGE, ("The server answered 304, though it was asked for the whole page.",)
)


class Believed:
    """The baseline of one page and its text. `baseline` is None before the first good reading."""

    def __init__(
        self, store: Store, conn: Connection, organization: Organization, page: Page, rules: Rules
    ) -> None:
        self.conn, self.page, self.rules = conn, page, rules
        self.texts = Texts(store, conn, page, rules.read)
        self.baseline = findings.baseline(conn, page.id)
        lexicon = rules.lexicons.get(primary(page.language))
        #: the words of this page's language, with the organization's product names
        self.lexicon: Lexicon | None = lexicon.with_products(organization.products) if lexicon else None

    # ------------------------------------------------------------------ the baseline

    @property
    def fetch(self) -> Fetch:
        """The fetch whose text we believe."""
        assert self.baseline is not None
        return self.texts.fetch(self.baseline.fetch_id)

    def usual(self) -> Document | None:
        """The text that we believe, with today's code; None where that finds none."""
        text = self.texts.of(self.fetch) if self.baseline else None
        return text if isinstance(text, Document) else None

    def move_to(self, reading: Reading, fetch: Fetch) -> None:
        """From now on the page is compared with this reading."""
        body = self.texts.with_body(fetch)
        self._set(Baseline(self.page.id, body.id, reading.text_sha256, reading.at))

    def seen_again(self, reading: Reading) -> None:
        """It still stands."""
        assert self.baseline is not None
        self._set(replace(self.baseline, last_seen_at=reading.at))

    def _set(self, baseline: Baseline) -> None:
        self.baseline = baseline
        findings.set_baseline(self.conn, baseline)
        keep_standing(self.conn, self.page.id, baseline, self.lexicon, self.rules.program, self.usual)

    def drop_if_foreign(self, fetch: Fetch) -> None:
        """A page whose address was edited begins anew: two addresses are not two versions."""
        if self.baseline is not None and not _same_address(self.fetch, fetch):
            self._begin_anew()

    def _begin_anew(self) -> None:
        """What was pending against the old text can be settled no more."""
        self.baseline = None
        findings.close_pending(self.conn, self.page.id)

    # ------------------------------------------------------------------ one more fetch

    def verdict(self, fetch: Fetch) -> tuple[Verdict, Document | None]:
        """Whether it is the page, and the text that came, which is None where nothing had to be read."""
        if self.texts.is_stale(fetch):
            return _NOTHING_NEW, None
        if self._same_bytes(fetch):
            return _read_well(Access.UNCHANGED, fetch), None
        text = self.texts.of(self.texts.with_body(fetch))
        verdict = self._judged(fetch, text)
        document = text if isinstance(text, Document) else None
        if verdict.access is Access.UNCHANGED and document is None:
            return _REFERS_TO_NOTHING, None
        return verdict, document

    def reading(self, fetch: Fetch, verdict: Verdict, document: Document | None = None) -> Reading:
        """What we make of a fetch."""
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

    def settle(self, reading: Reading, verdict: Verdict) -> Reading:
        """A text unlike its usual self is the page after all, once it has stood long enough.

        So it is at once where the usual text was seen once only and states nothing: that one was odd.
        """
        if not verdict.doubtful:
            return reading
        if verdict.access is Access.REPLACED and self._was_odd():
            self._begin_anew()
            return replace(reading, access=Access.OK, evidence=(*reading.evidence, SEEN_ONCE))
        if settled(readings.of_page(self.conn, self.page.id), reading, self.rules.policy):
            return replace(reading, access=Access.OK, evidence=(*reading.evidence, STOOD))
        return reading

    # ------------------------------------------------------------------ can it be believed?

    def _same_bytes(self, fetch: Fetch) -> bool:
        """A good answer with the very bytes that we believe: nothing to extract."""
        if self.baseline is None or fetch.failure is not None or fetch.status not in (200, 304):
            return False
        return self.fetch.body_sha256 == self.texts.with_body(fetch).body_sha256 != ""

    def _judged(self, fetch: Fetch, text: Text) -> Verdict:
        """The access state; the very text that we believe needs no further proof."""
        sha256 = text_sha256(text) if isinstance(text, Document) else ""
        if self.baseline and fetch.status == 200 and sha256 == self.baseline.text_sha256:
            return _read_well(Access.OK, fetch)
        if sha256 and (trouble := self._usual_trouble()):
            return trouble
        usual = self.usual() if sha256 else None
        if sha256 and usual is None and self.baseline is not None:
            self._begin_anew()  # its selectors were edited
        verdict = judge(
            fetch,
            text,
            self.page,
            usual,
            self.rules.access,
            whole=self.texts.whole(fetch) if isinstance(text, ExtractError) else None,
            usual_url=self.fetch.final_url if usual else "",
            markup=self.texts.markup(fetch),
            missing=self.texts.missing(),
        )
        believable = verdict.doubtful or verdict.access is Access.OK
        if usual and believable and isinstance(text, Document) and not _is_mostly(text, usual):
            return self._by_language(text, verdict)
        return verdict

    def _usual_trouble(self) -> Verdict | None:
        """Where what we believe cannot be read again just now, nothing can be compared with it."""
        text = self.texts.of(self.fetch) if self.baseline else None
        if not isinstance(text, ExtractError) or text.kind != Access.UNPARSEABLE:
            return None
        return Verdict(Access.UNPARSEABLE, ("The earlier version could not be read again:", str(text)))

    def _by_language(self, document: Document, verdict: Verdict) -> Verdict:
        """A translation is not a changed policy, whatever its markup says of its language."""
        spoken = recognise(document.text, sure_from=CERTAIN) if count_words(document) >= WORDS_TO_TELL else ""
        if spoken in ("", primary(self.page.language)):
            return verdict
        return Verdict(Access.OTHER_LANGUAGE, (f"The text is in “{spoken}”.",))

    def _was_odd(self) -> bool:
        """Whether what we believe was seen once only, and has no statement to lose (a region chooser)."""
        earlier = readings.of_page(self.conn, self.page.id)
        if sum(one.access.is_reading for one in earlier) != 1:
            return False
        usual = self.usual()
        return not (usual and self.lexicon and statements_in(usual, self.lexicon))


def _read_well(access: Access, fetch: Fetch) -> Verdict:
    """A reading, with the remark that the page has moved for good."""
    return Verdict(access, tuple(filter(None, [moved_for_good(fetch)])))


def _is_mostly(document: Document, usual: Document) -> bool:
    return kept_share(document, usual) >= STILL_THERE


def _same_address(one: Fetch, other: Fetch) -> bool:
    """Whether two fetches asked for one address, in whatever spelling."""
    return _plain_address(one.requested_url) == _plain_address(other.requested_url)


def _plain_address(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")
