"""Claims for tests of scorecards: sentences on a page, as a home would have found them."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from app.home import SHIPPED_CONFIG
from monitor.asks import Ask, load_asks
from monitor.compare import compare, statements_in
from monitor.confirm import finding_key
from monitor.lexicon import Lexicon, load_lexicon
from monitor.model import Document, Saying, Segment, Sighting, Standing, Tracked
from monitor.scorecard import Claim, Part, claims_of, scorecard
from monitor.scorecard.cautions import load_cautions
from monitor.scorecard.said import Said, said_of
from monitor.standing import standing_of

ENGLISH = load_lexicon(SHIPPED_CONFIG, "en")
ASKS = load_asks(SHIPPED_CONFIG)
CAUTIONS = load_cautions(SHIPPED_CONFIG)
START = datetime(2026, 1, 1, 6, tzinfo=UTC)
FAR = 200  #: the day on which tests look, counted from START
PLEDGE, TERMS = "acme/pledge", "acme/terms"


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def on(number: int) -> date:
    return day(number).date()


def document(words: Sequence[str]) -> Document:
    return Document(tuple(Segment(one) for one in words))


def said(
    words: Sequence[str],
    first: int,
    last: int,
    page: str = PLEDGE,
    standing: bool = True,
    lexicon: Lexicon = ENGLISH,
) -> list[Saying]:
    """What a page says in these sentences, seen from one day to another."""
    found = standing_of(statements_in(document(words), lexicon), (), day(first), lexicon)
    return [_saying(one, place, first, last, page, standing) for place, one in enumerate(found)]


def _saying(one: Standing, place: int, first: int, last: int, page: str, standing: bool) -> Saying:
    shared = {each.name for each in fields(Saying)} & {each.name for each in fields(Standing)}
    words: dict[str, Any] = {name: getattr(one, name) for name in shared}
    return Saying(
        page_id=page, organization_id="acme", language="en", place=place, first_fetch_id=first,
        first_seen_at=day(first), last_fetch_id=last, last_seen_at=day(last), believed=True,
        standing=standing, **words,
    )  # fmt: skip


def read(saying: Saying) -> Said | None:
    return said_of(saying, ENGLISH, cautions=CAUTIONS[ENGLISH.language])


class Page:
    """The editions of one page, each with the first day on which it was seen; the last one stands."""

    def __init__(
        self,
        *editions: tuple[int, Sequence[str]],
        page: str = PLEDGE,
        until: int = FAR,
        lexicon: Lexicon = ENGLISH,
    ) -> None:
        self.sayings: list[Saying] = []
        self.tracked: list[tuple[str, Tracked]] = []
        ends = [first - 1 for first, _ in editions[1:]] + [until]
        for (first, words), end in zip(editions, ends, strict=True):
            self.sayings += said(words, first, end, page, end == until, lexicon)
        for (_, old), (first, new) in pairwise(editions):
            for one in compare(document(old), document(new), lexicon).findings:
                known = day(first + 3)
                self.tracked.append(
                    (page, Tracked(finding_key(one), one, first - 1, first, day(first), known, 3, Sighting.CONFIRMED, known))
                )  # fmt: skip


def claims(*pages: Page, today: int = FAR) -> tuple[Claim, ...]:
    sayings = [one for page in pages for one in page.sayings]
    tracked = [one for page in pages for one in page.tracked]
    return claims_of(sayings, tracked, read, on(today))


def ask(id: str) -> Ask:
    return next(one for one in ASKS if one.id == id)


def part_of(id: str, name: str, made: Sequence[Claim], **more: Any) -> Part:
    """How one part of a shipped ask is met by these claims."""
    one = ask(id)
    kind = next(iter(sorted(one.organizations)), "vendor")
    (score,) = scorecard(made, [one], kind, more.get("unread", {}), more.get("overrules", ()))
    return next(each for each in score.parts if each.name == name)
