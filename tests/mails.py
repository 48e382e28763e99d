"""One message of each sort, plainly made up: for the tests of what is told and of how it looks."""

from dataclasses import replace
from datetime import timedelta

from alerts.links import linked
from alerts.reader import Reader
from monitor.model import (
    CORRECTION,
    DIGEST,
    LAPSED,
    LAPSING,
    PAGE_GONE,
    RETRACTION,
    WELCOME,
    Alert,
    Direction,
    Earlier,
    Finding,
    FindingKind,
    Item,
    Notice,
    Place,
    Relation,
    Section,
    Tier,
    Touched,
)
from tests.sample_alerts import NOW, REFUSAL, alert, finding, notice, unconfirmed

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


DIGEST_NOTICE = notice(
    kind=DIGEST,
    headline="4 changes on pages of 3 organizations: 2 weaker, 1 stronger, 1 unclear",
    lines=("Nothing changed on 118 pages.", "3 pages could not be read; they are listed below."),
    sections=(
        Section("Corvid Cloud", (item(), item("stronger", marks=("unconfirmed",)))),
        Section(
            "Heron Systems",
            (item("weaker", text="Heron Systems' policy page no longer says: “We will not”"),),
        ),
        Section(
            "Lamplight Airports",
            (item("unclear", marks=("unconfirmed", "for review"), url=f"{DESK}/changes/{'c' * 64}"),),
            "One page of theirs could not be read.",
        ),
        Section(
            "Pledges that lapse",
            (
                Item(
                    "Heron Systems' pledge ends on 2026-12-01, in 9 days", url="https://heron.example/pledge"
                ),
            ),
        ),
        Section("Not read", (Item("https://lamplight.example/policy: a wall, since 2026-11-19"),)),
    ),
)
WELCOME_NOTICE = notice(
    kind=WELCOME,
    headline="What stands today: 3 statements on 2 pages of 2 organizations",
    lines=("From now on you are told when one of them changes.",),
    sections=(
        Section(
            "Corvid Cloud", (Item(REFUSAL, url="https://corvid.example/terms", marks=("since 2026-11-01",)),)
        ),
        Section(
            "Heron Systems",
            (Item(MORATORIUM, url="https://heron.example/pledge"),),
            "Two pages are read daily.",
        ),
    ),
)
CORRECTION_NOTICE = notice(
    kind=CORRECTION,
    headline="What we told of Corvid Cloud's terms page was judged wrong by a person: its statements did not change.",
    lines=(
        "Raised on 2026-11-21 06:02 UTC, on the page https://corvid.example/terms",
        "Judged by Ana on 2026-11-22 06:02 UTC: page-noise.",
        "The evidence stays: pledgewatch alerts show cccccccccccc",
    ),
    about="c" * 64,
)
RETRACTION_NOTICE = replace(
    CORRECTION_NOTICE, kind=RETRACTION, headline="Not confirmed after all: the page reads as before."
)
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
