"""The frozen values that flow from a page to an alert. Times are aware UTC; sizes are bytes.

Page ─► Fetch (+ body) ─► Document ─► Statement ─► Finding ─► Alert
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """What a page is for: it tells how hard its words are to change quietly."""

    PLEDGE = "pledge"
    POLICY = "policy"
    TERMS = "terms"
    PRODUCT = "product"
    CUSTOMERS = "customers"
    TRANSPARENCY_REPORT = "transparency_report"
    NEWSROOM = "newsroom"


class Access(StrEnum):
    """What came of one attempt to read a page. Only OK and UNCHANGED count as reading."""

    OK = "ok"
    UNCHANGED = "unchanged"
    GONE = "gone"
    MOVED = "moved"
    WALL = "wall"
    LOGIN = "login"
    CONSENT = "consent"
    ERROR_PAGE = "error_page"
    PARTIAL = "partial"
    EMPTY = "empty"
    OTHER_LANGUAGE = "other_language"
    SOFT_404 = "soft_404"
    ROBOTS_DISALLOWED = "robots_disallowed"
    RATE_LIMITED = "rate_limited"
    BLOCKED_BY_POLICY = "blocked_by_policy"
    TLS = "tls"
    DNS = "dns"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    REPLACED = "replaced"
    RENDERED_NEEDED = "rendered_needed"
    UNPARSEABLE = "unparseable"  #: reading it took too much time or memory
    NOT_REACHED = "not_reached"  #: the crawl ended before its turn came
    OUTAGE = "outage"  #: our own network was in doubt while it was fetched

    @property
    def is_reading(self) -> bool:
        """True where we truly read the page."""
        return self in (Access.OK, Access.UNCHANGED)


# --------------------------------------------------------------------------- what is watched


@dataclass(frozen=True, slots=True)
class Page:
    """One watched document. id is `organization/page`."""

    id: str
    organization_id: str
    url: str
    role: Role
    language: str = "en"
    fetch: str = "plain"  #: or "rendered"
    select: tuple[str, ...] = ()  #: CSS: keep only these parts
    remove: tuple[str, ...] = ()  #: CSS: drop these parts
    min_words: int = 0  #: fewer words than this is not the page
    contains: tuple[str, ...] = ()  #: words that must be there, or it is not the page
    every_hours: float = 24.0
    third_parties: tuple[str, ...] = ()  #: rendered: other sites that it may load from
    screenshot: bool = False  #: rendered: keep a picture of it too
    note: str = ""
    paused: bool = False  #: stays watched by name, but nobody asks for it


@dataclass(frozen=True, slots=True)
class UnconfirmedPage:
    """An address that nobody saw: kept for a person to confirm, never fetched."""

    url: str
    role: Role
    why: str


@dataclass(frozen=True, slots=True)
class Identifiers:
    """How an issuer is named in markets. certainty says who vouches for them."""

    ticker: str = ""
    exchange: str = ""
    isin: str = ""
    lei: str = ""
    certainty: str = ""


class DateKind(StrEnum):
    """What a date of the watchlist is for."""

    ANNUAL_MEETING = "annual_meeting"
    FILING_DEADLINE = "filing_deadline"
    EXPIRY = "expiry"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class KnownDate:
    """A day that matters at an organization and stands on no page that we watch."""

    on: date
    kind: DateKind
    what: str  #: one line
    source: str = ""
    certainty: str = ""  #: "" for seen in the source, else what is not sure of it


@dataclass(frozen=True, slots=True)
class Organization:
    """Who is watched."""

    id: str
    name: str
    kind: str
    why: tuple[str, ...] = ()
    identifiers: Identifiers = Identifiers()
    parent: str = ""
    country: str = ""
    aliases: tuple[str, ...] = ()
    products: tuple[str, ...] = ()  #: names by which it calls facial recognition
    note: str = ""
    pages: tuple[Page, ...] = ()
    unconfirmed: tuple[UnconfirmedPage, ...] = ()
    dates: tuple[KnownDate, ...] = ()


# --------------------------------------------------------------------------- what was fetched


@dataclass(frozen=True, slots=True)
class Failure:
    """Expected trouble, as a value. kind is an access state."""

    kind: Access
    message: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the address that answered, with which status."""

    url: str
    status: int


@dataclass(frozen=True, slots=True)
class Robots:
    """What robots.txt said, as evidence. decision: allowed, disallowed, unreachable or not_asked."""

    decision: str
    url: str = ""
    sha256: str = ""
    fetched_at: datetime | None = None  #: when that file was read; it is used for up to 24 h


@dataclass(frozen=True, slots=True)
class Host:
    """What we remember of one origin (scheme, host and port) between crawls."""

    origin: str  #: "https://example.org"
    robots: Robots = Robots(
        "not_asked"
    )  #: as its robots.txt said last; decision is of the file, not of a page
    not_before: datetime | None = None  #: it asked for patience: no request before this (UTC)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One attempt to read a page, whatever came of it (the facts that evidence needs)."""

    page_id: str
    requested_url: str
    started_at: datetime
    ended_at: datetime
    final_url: str = ""
    redirects: tuple[Redirect, ...] = ()
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body_sha256: str = ""  #: of the body as stored, after content decoding; "" where there is none
    body_bytes: int = 0
    robots: Robots = Robots("not_asked")
    certificate_sha256: str = ""
    ip_address: str = ""
    user_agent: str = ""
    program_version: str = ""
    config_sha256: str = ""
    failure: Failure | None = None
    archive_url: str = ""  #: where a memento came from; "" for our own fetches
    screenshot_sha256: str = ""  #: of the picture (PNG) that a rendered page asked for
    id: int = 0  #: given by the store

    def header(self, name: str) -> str:
        """The first header of this name in any case, or ""."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What we make of a fetch: its access state, why, and which text it held. Derived."""

    fetch_id: int
    page_id: str
    at: datetime
    access: Access
    evidence: tuple[str, ...] = ()
    text_sha256: str = ""
    words: int = 0


# --------------------------------------------------------------------------- what it says


@dataclass(frozen=True, slots=True)
class Segment:
    """One block of text. kind: heading, paragraph, item, cell or quote."""

    text: str
    kind: str = "paragraph"
    headings: tuple[str, ...] = ()
    lead_ins: tuple[str, ...] = ()  #: "You may not use the service to:", outermost first


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a snapshot, in order. Derived, never stored as truth."""

    segments: tuple[Segment, ...]
    title: str = ""
    language: str = ""
    media_type: str = "text/html"
    has_end: bool = True  #: False where its markup should end with an end mark, and does not
    links: tuple[str, ...] = ()  #: the addresses that it links to, as written, each once

    @property
    def text(self) -> str:
        """All segments, one a line: every quote is a substring of this."""
        return "\n".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a segment, verbatim, with the frame that governs it."""

    text: str  #: verbatim: a substring of its segment
    ordinal: str = ""  #: "50.9.1", "(a)": never part of identity
    headings: tuple[str, ...] = ()
    lead_ins: tuple[str, ...] = ()
    kind: str = "paragraph"
    segment: int = 0
    index: int = 0  #: its place among the sentences of its document
    key: str = ""  #: the words alone, folded: equal keys are the same words
    frame: str = ""  #: the lead-ins, folded: the same words under another frame mean another thing


class Stance(StrEnum):
    """What a statement does about its subject."""

    REFUSES = "refuses"
    LIMITS = "limits"
    REQUIRES = "requires"
    PROMISES = "promises"
    PERMITS = "permits"
    PRACTISES = "practises"
    ASPIRES = "aspires"
    WITHDRAWS = "withdraws"


CUE_GAP = " … "  #: between words of force that stand apart: "no … may"
#: Stances that bind somebody to hold back or to do something; the others only tell, promise or allow.
BINDING = frozenset({Stance.REFUSES, Stance.LIMITS, Stance.REQUIRES, Stance.WITHDRAWS})
SOFT = frozenset(Stance) - BINDING
SAYING_NO = frozenset({Stance.REFUSES, Stance.WITHDRAWS})
BANS = SAYING_NO | {Stance.LIMITS}
#: What binds somebody, or promises, to protect people; the other stances tell or allow.
PROTECTIVE = frozenset({Stance.REFUSES, Stance.LIMITS, Stance.REQUIRES, Stance.PROMISES})


@dataclass(frozen=True, slots=True)
class Statement:
    """What one sentence says about facial recognition or other biometric surveillance."""

    sentence: Sentence
    stance: Stance
    force: int  #: 0 to 4, strongest last
    protects: bool = True  #: whether it protects the people who could be watched
    cue: str = ""  #: the words that carry the force: "will not", "must"
    bearer: str = ""  #: company, customer, third_party or other
    actions: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    exceptions: frozenset[str] = frozenset()
    hedges: frozenset[str] = frozenset()
    term: str = ""  #: "" (none stated), permanent, until_event, until_further_notice, fixed, revocable
    term_text: str = ""
    durations: tuple[float, ...] = ()  #: lengths of time, in days
    doubtful: bool = (
        False  #: a double negation, or a list whose line points further up: a person has to judge
    )
    marks: tuple[Stance, ...] = ()  #: in a row of a table: the stance of each cell that has one
    by_heading: bool = False  #: the force stands in the heading, not in the sentence or the line above it
    carried: str = (
        ""  #: where the technology was named, if not in it ("It may be used by …"): words, heading, section
    )
    in_quotes: bool = False  #: somebody is quoted: who says so has to be judged
    by_frame: bool = False  #: the technology is named in the line above it only
    is_carve_out: bool = False  #: the whole sentence is an exception: "This does not apply to …"

    @property
    def quote(self) -> str:
        """The exact words."""
        return self.sentence.text

    @property
    def context(self) -> tuple[str, ...]:
        """Headings, then lead-ins."""
        return self.sentence.headings + self.sentence.lead_ins


@dataclass(frozen=True, slots=True)
class Standing:
    """A statement that stands on a page now, as we keep it between looks. Derived."""

    key: str  #: its words, folded, and the line that governs it: the same statement has the same key
    quote: str
    context: tuple[str, ...]
    since: datetime  #: when we saw it first
    stance: str
    bearer: str = ""
    actions: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    protects: bool = True
    ends: str = ""  #: the day until which it holds by its own words (2021-06-10); "" where it names none
    lasts: int = 0  #: the days for which it holds by its own words, where it names no day but a time
    ends_text: str = ""  #: the words that say so, verbatim


# --------------------------------------------------------------------------- what changed


class EditKind(StrEnum):
    """How two versions of a sentence relate."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Edit:
    """One aligned difference between two documents."""

    kind: EditKind
    before: Sentence | None
    after: Sentence | None
    similarity: float = 0.0
    twin: Sentence | None = None  #: for removed and added: the same words, which still (or already) stand


#: Rules that others act on: the whole page is gone, or back; what was told holds no more; the same words
#: stand below others, on another page, or in the document that replaced this one.
PAGE_GONE = "page-gone"
PAGE_BACK = "page-back"
UNDONE = "told-change-undone"
WAYS_BACK = frozenset({PAGE_BACK, UNDONE})
SAME_WORDS = "same-words-elsewhere"
FOUND_ELSEWHERE = "found-on-another-page"
STILL_ELSEWHERE = "still-on-another-page"
KEPT = "kept-in-the-new-document"  #: it stands in the document that replaced the page, too
LAPSING, LAPSED = "lapsing", "lapsed"  #: its own end date draws near, or is over; the page says the same


class FindingKind(StrEnum):
    """What a change did to a commitment (contract.md)."""

    INTRODUCED = "introduced"
    WITHDRAWN = "withdrawn"
    SCOPE = "scope"
    EXCEPTION = "exception"
    CONDITION = "condition"
    TERM = "term"
    FORCE = "force"
    BEARER = "bearer"
    REVERSED = "reversed"
    RELOCATED = "relocated"
    REWORDED = "reworded"
    MOVED = "moved"


class Direction(StrEnum):
    """For the protection of the people who could be watched."""

    WEAKER = "weaker"
    STRONGER = "stronger"
    MIXED = "mixed"
    NEUTRAL = "neutral"
    UNCLEAR = "unclear"


class Tier(StrEnum):
    """alert: material and trusted; review: a person should look; log: immaterial."""

    ALERT = "alert"
    REVIEW = "review"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a change did to one commitment, in whose words, by which rule."""

    kind: FindingKind
    direction: Direction
    tier: Tier
    confidence: str  #: high, medium or low
    rule: str
    reasons: tuple[str, ...]
    before_quote: str = ""
    after_quote: str = ""
    context: tuple[str, ...] = ()
    stance: str = ""
    bearer: str = ""
    actions: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()

    @property
    def is_material(self) -> bool:
        """Alert or review, and more than other words or another place."""
        immaterial = (FindingKind.REWORDED, FindingKind.MOVED)
        return self.tier is not Tier.LOG and self.kind not in immaterial


class Sighting(StrEnum):
    """Where a finding stands between first sight and belief."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    VARIANT = "variant"  #: the text flipped back before it was confirmed


@dataclass(frozen=True, slots=True)
class Tracked:
    """A finding followed over readings until it is believed or seen to flip back."""

    key: str
    finding: Finding
    before_fetch_id: int
    after_fetch_id: int
    first_seen_at: datetime
    last_seen_at: datetime
    readings: int
    state: Sighting
    confirmed_at: datetime | None = None
    flips: int = 0  #: how often the text went back to its other face


# --------------------------------------------------------------------------- what is told


class Verdict(StrEnum):
    """What a person who looked at an alert says of it."""

    RIGHT = "right"
    WRONG_DIRECTION = "wrong-direction"
    REWORDED_ONLY = "reworded-only"
    NOT_ABOUT_THIS = "not-about-this"
    PAGE_NOISE = "page-noise"
    DUPLICATE = "duplicate"

    @property
    def upholds(self) -> bool:
        """Whether what was told holds, here or in the alert that it repeats."""
        return self in (Verdict.RIGHT, Verdict.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Review:
    """One verdict on one alert. What counts is the newest."""

    alert_id: str
    at: datetime
    author: str
    verdict: Verdict
    note: str = ""
    id: int = 0  #: given by the store


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a change, as evidence: which fetch, when, what bytes, where from."""

    fetched_at: datetime
    sha256: str
    url: str
    last_seen_at: datetime | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """An ask that a change touches, and why. text: what is asked, in the words of config/asks.toml."""

    id: str
    text: str
    why: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Another page that changed in the same words. page: id, url, role; alert_id: of its own evidence."""

    page: Mapping[str, str]
    alert_id: str


class Relation(StrEnum):
    """How an alert follows an earlier one."""

    CONFIRMS = "confirms"  #: told unconfirmed then, under another id: it told more, or less
    EARLIER = "earlier"  #: the same commitment, changed before
    REVERSED = "reversed"  #: what was told then holds no more


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier alert that a later one refers back to."""

    alert_id: str
    raised_at: datetime
    headline: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Alert:
    """The message made of the confirmed findings of one change. id names the change for ever."""

    id: str
    raised_at: datetime
    organization: Mapping[str, str]  #: id, name, ticker, isin, lei
    page: Mapping[str, str]  #: id, url, role
    headline: str
    direction: Direction
    findings: tuple[Finding, ...]
    before: Side
    after: Side
    not_checked: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[Touched, ...] = ()
    places: tuple[Place, ...] = ()  #: sister pages with the same change
    follows: tuple[Earlier, ...] = ()  #: the newest first
    thread: str = ""  #: the id of the first alert on this commitment; "" where this is the first

    @property
    def first_id(self) -> str:
        """What all alerts on this commitment share."""
        return self.thread or self.id


DIGEST = "digest"  #: the kind of notice that stands for many alerts
WELCOME = "welcome"  #: … that says what stands when a route begins
CORRECTION, RETRACTION = (
    "correction",
    "retraction",
)  #: … that a person, or the page, has gone back on an alert
ABOUT_AN_ALERT = frozenset({CORRECTION, RETRACTION})


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a section. direction: "" where it has none; alert_id: "" where it is no alert."""

    text: str
    direction: str = ""
    marks: tuple[str, ...] = ()  #: "unconfirmed", "for review" …
    url: str = ""
    alert_id: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a notice: what is told of one organization, or one kind of thing."""

    title: str
    items: tuple[Item, ...] = ()
    note: str = ""  #: a line below the items


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about the watch itself, or a digest of alerts. id names the event."""

    id: str
    raised_at: datetime
    kind: str  #: outage, mass_change, delivery, digest, alive, canary, welcome, correction or retraction
    headline: str  #: one sentence
    lines: tuple[str, ...] = ()  #: what more there is to know, and what to do
    about: str = ""  #: of kind delivery: the route that fails; correction, retraction: the alert's id
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one recipient, with its attempts."""

    id: int
    key: str  #: stable over attempts: who honours keys sees the message once
    alert_id: str  #: of what it tells: an alert …
    route: str
    channel: str
    recipient: str
    state: str  #: waiting, gathered (for the next digest), bundled (another goes in its place), sent …
    attempts: int = 0
    next_attempt_at: datetime | None = None
    last_error: str = ""
    notice_id: str = ""  #: … or a notice
    held: bool = False  #: part of a mass change that waits for a person
    digest_id: str = ""  #: the digest (a notice) that takes its place, and whose fate it shares
    carried_by: int = 0  #: or the delivery of the same change on a sister page


# --------------------------------------------------------------------------- what was ever said


@dataclass(frozen=True, slots=True)
class Saying:
    """A statement over the time in which we saw it on one page. Derived.

    believed: a text that we believed held it; standing: the text that we believe now does.
    """

    page_id: str
    organization_id: str
    language: str
    key: str  #: as of Standing
    quote: str
    context: tuple[str, ...]
    stance: str
    bearer: str
    actions: tuple[str, ...]
    technologies: tuple[str, ...]
    parties: tuple[str, ...]
    protects: bool
    ends: str
    place: int  #: among the statements of the text
    first_fetch_id: int
    first_seen_at: datetime
    last_fetch_id: int
    last_seen_at: datetime
    believed: bool
    standing: bool
    lasts: int = 0  #: as of Standing
    id: int = 0  #: given by the store


# --------------------------------------------------------------------------- who looks and decides


class AccountRole(StrEnum):
    """What a person may do at the desk; each may do what those before it may."""

    READER = "reader"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def may(self, needed: "AccountRole") -> bool:
        """Whether this role includes the other one."""
        order = list(AccountRole)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Audit:
    """One thing that somebody did at the desk or with accounts."""

    at: datetime
    who: str
    what: str
    about: str = ""
    detail: str = ""
    id: int = 0  #: given by the store
