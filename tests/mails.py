"""One message of each sort, plainly made up: for the tests of what is told and of how it looks."""

from dataclasses import replace
from datetime import timedelta

from alerts.corrections import correction
from alerts.coverage import _UNKNOWN
from alerts.digest import digest_notice
from alerts.entries import head_line, section
from alerts.followups import retraction
from alerts.links import linked
from alerts.reader import Reader
from alerts.routes import Watched
from alerts.welcome import _quoted, _said
from monitor.model import (
    LAPSED,
    LAPSING,
    PAGE_GONE,
    WELCOME,
    Access,
    Alert,
    Direction,
    Earlier,
    Finding,
    FindingKind,
    Item,
    Notice,
    Organization,
    Page,
    Place,
    Relation,
    Review,
    Role,
    Stance,
    Standing,
    Tier,
    Touched,
    Verdict,
)
from monitor.settings import Route
from monitor.store.chain import Link
from monitor.words import STATES
from tests.sample_alerts import CORVID, NOW, REFUSAL, TERMS, alert, finding, notice, unconfirmed

DESK = "https://desk.example/watch"
BERLIN = Reader("Europe/Berlin")
ASKED = Touched(
    "POL-1",
    "No sale or lease of facial recognition technology to police, in any form.",
    "the statement named police departments before, and names them with fewer products now",
    "https://asks.example/letter-of-2021",
)
FILLER = "The committee meets each spring, keeps minutes and answers letters within thirty days. "
MORATORIUM = "Until 10 June 2027 we will not offer facial recognition technology to police departments."


def told(*findings: Finding) -> Alert:
    """The alert of these findings, with the ask that it touches."""
    return replace(alert(*findings), asks=(ASKED,))


def with_places(count: int, one: Alert) -> Alert:
    """The same change on so many sister pages."""
    pages = [
        {"id": f"corvid/{n}", "url": f"https://corvid.example/{n}/acceptable-use", "role": "policy"}
        for n in range(count)
    ]
    return replace(one, places=tuple(Place(page, f"{n:064x}") for n, page in enumerate(pages)))


def following(one: Alert, relation: Relation) -> Alert:
    """It follows an alert of ten days before."""
    before = Earlier(
        "e" * 64, NOW - timedelta(days=10), "Corvid Cloud's terms page was told of before", relation
    )
    return replace(one, follows=(before,), thread=before.alert_id)


def lapse(rule: str, direction: Direction = Direction.WEAKER) -> Alert:
    """A commitment whose own words name its end. rule: LAPSING or LAPSED."""
    is_over = rule == LAPSED
    reason = (
        "By its own words it ended on 10 June 2027."
        if is_over
        else "By its own words it ends on 10 June 2027."
    )
    one = finding(
        kind=FindingKind.TERM,
        rule=rule,
        direction=direction,
        reasons=(reason,),
        before_quote=MORATORIUM,
        after_quote=MORATORIUM,
    )
    raised = told(one)
    return replace(
        raised, before=replace(raised.after, confirmed_at=None, last_seen_at=NOW), after=raised.after
    )


def item(direction: str = "weaker", **changes: object) -> Item:
    """An entry of a digest."""
    entry = Item(
        "Corvid Cloud's terms page changed “will not sell” to “do not currently sell”, which now binds less",
        direction,
        url="https://corvid.example/terms",
        alert_id="c" * 64,
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def told_of(organization: Organization, one: Finding) -> Alert:
    """The alert of this finding on the terms page of another organization."""
    page = Page(
        f"{organization.id}/terms", organization.id, f"https://{organization.id}.example/terms", Role.TERMS
    )
    return replace(alert(one, page=page, organization=organization), asks=(ASKED,))


HERON = Organization("heron", "Heron Systems", "vendor")
LAMPLIGHT = Organization("lamplight", "Lamplight Airports", "deployer")
HEAD = Link(4711, "alert", "c" * 64, "e" * 64, "d" * 64)
UNCLEAR = unconfirmed(told_of(LAMPLIGHT, finding(direction=Direction.UNCLEAR, tier=Tier.REVIEW)))
JUDGED = Review(told().id, NOW, "Ana", Verdict.PAGE_NOISE, "The page showed last year's terms for an hour.")
STRONGER = replace(told(finding(direction=Direction.STRONGER, kind=FindingKind.TERM)), id="5" * 64)
_DIGEST = digest_notice(
    "0" * 64,
    (with_places(3, told()), STRONGER, told_of(HERON, finding()), UNCLEAR),
    HEAD,
    NOW,
    DESK,
    {STRONGER.id: replace(JUDGED, alert_id=STRONGER.id, verdict=Verdict.RIGHT)},
)
#: With what coverage.py adds to the digest of a route.
DIGEST_NOTICE = replace(
    _DIGEST,
    lines=(
        "Since 2026-11-15 06:02 UTC (07:02 CET): 118 pages read, 3 not.",
        *_DIGEST.lines,
    ),
    sections=(
        *_DIGEST.sections,
        section(
            "Not read",
            [Item(f"{LAMPLIGHT.name}, lamplight/policy: {STATES[Access.WALL]}, since 2026-11-19 06:01 UTC")],
            50,
            "page",
            _UNKNOWN,
        ),
    ),
)

THEIRS: Watched = (
    (CORVID, TERMS),
    (HERON, Page("heron/pledge", "heron", "https://heron.example/pledge", Role.PLEDGE)),
)


def _stands(quote: str, *context: str) -> Standing:
    return Standing(quote, quote, context, NOW - timedelta(days=21), Stance.REFUSES)


STANDINGS = {
    "corvid/terms": (
        _stands(REFUSAL, "Public safety", "What we do not sell"),
        *(_stands(f"{n}. {FILLER * 5}", "You may not:") for n in range(7)),
    ),
    "heron/pledge": (_stands(MORATORIUM),),
}
WELCOME_NOTICE = notice(
    kind=WELCOME,
    headline="Watching 2 pages of 2 organizations: what stands there to protect people",
    lines=(*_said(Route("desk", "mail", every="weekly", zone="Europe/Berlin"), NOW), head_line(HEAD)),
    sections=tuple(_quoted(THEIRS, STANDINGS, BERLIN)),
)
CORRECTION_NOTICE = correction(linked(told(), DESK), JUDGED, Verdict.RIGHT)
RETRACTION_NOTICE = retraction(unconfirmed(told()), NOW)
ALIVE_NOTICE = notice(
    kind="alive",
    headline="The watch is alive: 14 checks since 2026-11-15, 118 of 121 pages read.",
    lines=(
        "3 pages are not readable.",
        "No delivery waits.",
        f"Head of the chain: link 4711, SHA-256 {'d' * 64}",
    ),
)

_WIDE = replace(
    told(
        finding(
            before_quote=f"{FILLER * 6}{REFUSAL} {FILLER * 6}{'x' * 10_000}",
            after_quote=f"{FILLER * 6}We may sell facial recognition technology. {FILLER * 6}{'y' * 10_000}",
            context=("h" * 10_000,),
            reasons=("r" * 10_000,),
        )
    ),
    page={"id": "corvid/terms", "url": f"https://corvid.example/{'p' * 10_000}", "role": "terms"},
    headline="w" * 10_000,
    not_checked=("n" * 10_000,),
)

#: name → what is told, and to whom
MAILS: dict[str, tuple[Alert | Notice, Reader]] = {
    "weaker": (linked(told(), DESK), BERLIN),
    "stronger": (told(finding(direction=Direction.STRONGER)), Reader()),
    "mixed": (
        told(
            finding(direction=Direction.WEAKER), finding(kind=FindingKind.TERM, direction=Direction.STRONGER)
        ),
        Reader(),
    ),
    "neutral": (told(finding(direction=Direction.NEUTRAL, kind=FindingKind.RELOCATED)), Reader()),
    "for review": (told(finding(direction=Direction.UNCLEAR, tier=Tier.REVIEW)), Reader()),
    "clause gone": (told(finding(kind=FindingKind.WITHDRAWN, after_quote="")), BERLIN),
    "clause new": (told(finding(kind=FindingKind.INTRODUCED, before_quote="")), BERLIN),
    "page gone": (told(finding(kind=FindingKind.WITHDRAWN, rule=PAGE_GONE, after_quote="")), BERLIN),
    "sister pages": (with_places(7, told()), BERLIN),
    "early": (linked(unconfirmed(told()), DESK), BERLIN),
    "confirmed after early": (told(), Reader("Europe/Berlin", NOW - timedelta(hours=12))),
    "reversed": (following(told(finding(direction=Direction.STRONGER)), Relation.REVERSED), BERLIN),
    "earlier": (linked(following(told(), Relation.EARLIER), DESK), BERLIN),
    "lapsing": (lapse(LAPSING, Direction.NEUTRAL), BERLIN),
    "lapsed": (lapse(LAPSED), BERLIN),
    "folded": (
        told(finding(before_quote=f"{FILLER * 9}{REFUSAL} {FILLER * 9}", after_quote=f"{FILLER * 18}")),
        BERLIN,
    ),
    "very long words": (_WIDE, BERLIN),
    "digest": (DIGEST_NOTICE, BERLIN),
    "welcome": (WELCOME_NOTICE, BERLIN),
    "correction": (CORRECTION_NOTICE, BERLIN),
    "taken back": (RETRACTION_NOTICE, BERLIN),
    "alive": (ALIVE_NOTICE, BERLIN),
    "outage": (notice(), Reader()),
}
