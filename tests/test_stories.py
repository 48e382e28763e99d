"""Five documented cases, told to a store as dated captures: what ended, narrowed, softened or left is told so.

The words come from config/documented; the pages around them are made up.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from app.home import SHIPPED_CONFIG, Home
from app.importing import run_import
from app.indexing import index_new
from monitor.check import check_page
from monitor.documented import Fate, last_day, load_documented, of_organization
from monitor.ledger import Commitment, Status, ledger
from monitor.ledger.differing import PAGE_WATCHED, differing
from monitor.model import Alert, Fetch, Finding, Saying, Sighting
from monitor.segment import fold
from monitor.store import Store, fetches, findings, raised, statements
from monitor.until import Until
from monitor.watchlist import load_watchlist
from tests.texts import english

DOCUMENTED = load_documented(SHIPPED_CONFIG)
SAID = {one.id: one for one in DOCUMENTED}
TODAY = date(2026, 11, 22)
#: Each text is captured so often, and each withdrawal read so often, that it is believed.
SEEN_AFTER = (timedelta(0), timedelta(days=1), timedelta(days=4))
GONE = datetime(2023, 9, 1, tzinfo=UTC)  #: "now only available through Wayback Machine, it seems"

SETTINGS = '[operator]\ncontact = "tests@pledgewatch.invalid"\n'
PURSUED = "<h2>Applications we will not pursue</h2><p>We will not pursue these applications:</p><ul><li>{}</li></ul>"

#: Organization → the texts of its page: of which documented words, in what markup.
STORIES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "amazon": (("<p>{}</p>", ("amazon-2020-moratorium",)), ("<p>{}</p>", ("amazon-aws-terms",))),
    "microsoft": (
        ("<p>{}.</p>", ("microsoft-2020-police",)),
        ("<p>{}</p>", ("microsoft-azure-face-overview",)),
        ("<p>{}</p>", ("microsoft-limited-access-2025",)),
        ("<p>{}</p>", ("microsoft-face-transparency-note-2025",)),
    ),
    "google": (
        (PURSUED, ("google-2018-ai-principles-surveillance",)),
        ("<p>We {}.</p>", ("google-2025-ai-principles",)),
    ),
    "roc": (
        ("<p>{}</p><p>{}</p>", ("rank-one-code", "rank-one-probable-cause-2020")),
        ("<p>{}.</p><p>{}</p>", ("rank-one-code-2025", "rank-one-probable-cause-2025")),
    ),
    "ibm": (("<p>{}</p>", ("ibm-2020-sunset",)),),
}


def words(id: str) -> str:
    return SAID[id].quote


def body(markup: str, ids: tuple[str, ...]) -> bytes:
    around = [f"<p>Paragraph {number} of this page speaks of another matter.</p>" for number in range(12)]
    text = markup.format(*map(words, ids))
    return ("<h1>What we do</h1>" + "".join(around[:6]) + text + "".join(around[6:])).encode()


def captures(organization: str) -> Iterator[tuple[datetime, bytes]]:
    """When each text of its page was captured, with its bytes: from the last day on which it may have come."""
    free = datetime.min.replace(tzinfo=UTC)
    for markup, ids in STORIES[organization]:
        came = last_day(SAID[ids[0]].said_on)
        start = max(datetime(came.year, came.month, came.day, tzinfo=UTC), free)
        yield from ((start + after, body(markup, ids)) for after in SEEN_AFTER)
        free = start + SEEN_AFTER[-1] + timedelta(days=1)


# --------------------------------------------------------------------------- the store of all five


@dataclass(frozen=True)
class Told:
    """What the store holds of one organization."""

    sayings: list[Saying]
    findings: list[Finding]  #: that were confirmed, in order of time
    alerts: list[Alert]
    ledger: tuple[Commitment, ...]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    root = tmp_path_factory.mktemp("stories")
    home = Home(root, root / "config")
    declare(root / "config")
    assert run_import(home, write_captures(root / "captures"), as_json=True) == 0
    with home.open_store() as store:
        page_gone(home, store)
        index_new(home, store, datetime(2026, 11, 22, tzinfo=UTC))
        return {organization: told_of(store, organization) for organization in STORIES}


def declare(config: Path) -> None:
    """One page each, and the names of products by which our watchlist says each means facial recognition."""
    (config / "watchlist").mkdir(parents=True)
    (config / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    products = {one.id: json.dumps(one.products) for one in load_watchlist(SHIPPED_CONFIG).organizations}
    for one in STORIES:
        declared = f'name = "{one}"\nkind = "platform"\nproducts = {products[one]}\n[pages.words]\n'
        (config / "watchlist" / f"{one}.toml").write_text(
            f'{declared}url = "https://{one}.example/words"\nrole = "policy"\n', encoding="utf-8"
        )


def write_captures(folder: Path) -> Path:
    folder.mkdir()
    manifest = []
    for one in STORIES:
        for at, text in captures(one):
            name = f"{one}-{at:%Y%m%d}.html"
            (folder / name).write_bytes(text)
            where = {"organization": one, "page": "words", "url": f"https://{one}.example/words"}
            facts = {"file": name, "sha256": sha256(text).hexdigest(), "bytes": len(text)}
            manifest.append(where | facts | {"captured_at": f"{at:%Y%m%dT%H%M%SZ}", "select": None})
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def page_gone(home: Home, store: Store) -> None:
    """Its server answers three times that there is no such page."""
    (organization,) = (one for one in home.watchlist.organizations if one.id == "ibm")
    (page,) = organization.pages
    for after in SEEN_AFTER:
        at = GONE + after
        with store.begin() as conn:
            fetches.record(conn, Fetch(page.id, page.url, at, at, page.url, status=404))
            check_page(conn, store, organization, page, home.rules, lambda alert: (), at)


def told_of(store: Store, organization: str) -> Told:
    with store.read() as conn:
        sayings = statements.of_organization(conn, organization)
        tracked = findings.of_organization(conn, organization)
        told = raised.of_organization(conn, organization, 100)
    assert all(one.state is Sighting.CONFIRMED for _, one in tracked)
    ordered = sorted((one for _, one in tracked), key=lambda one: one.first_seen_at)
    return Told(sayings, [one.finding for one in ordered], told, ledger(sayings, tracked, TODAY))


def verdict(one: Finding) -> tuple[str, str, str]:
    return one.kind.value, one.direction.value, one.rule


def from_to(told: Told, before: str, after: str) -> set[tuple[str, str, str]]:
    """What was told of words that begin so, and became words that begin so; "" for none."""

    def begins(quote: str, opening: str) -> bool:
        return quote.startswith(opening) if opening else not quote

    return {
        verdict(one)
        for one in told.findings
        if begins(one.before_quote, before) and begins(one.after_quote, after)
    }


# --------------------------------------------------------------------------- Amazon: ended, and narrowed


def test_the_moratorium_of_one_year_has_ended_by_its_own_words_the_day_after() -> None:
    one = SAID["amazon-2020-moratorium"]
    assert (one.said_on, one.start, one.expiry) == ("2020-06-10", "2020-06-10", "2021-06-10")
    assert not one.ended(date(2021, 6, 10))
    assert one.ended(date(2021, 6, 11))
    assert [(change.on, change.effect) for change in one.changes] == [("2021-05-18", "extended_indefinitely")]
    assert (one.fates, one.superseded_by) == ((Fate.SUPERSEDED,), "amazon-aws-terms")


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2020, 12, 1), Status.STANDING),
        (date(2021, 6, 10), Status.LAPSING),
        (date(2021, 6, 11), Status.LAPSED),
    ],
)
def test_its_page_read_no_other_words_and_has_lapsed_that_day(
    told: dict[str, Told], today: date, status: Status
) -> None:
    first = [one for one in told["amazon"].sayings if one.quote.startswith("We’re implementing")]
    (one,) = ledger([replace(each, standing=True) for each in first], (), today)
    assert one.status is status
    assert one.end == Until(date.fromisoformat(SAID["amazon-2020-moratorium"].expiry), is_counted=True)


def test_from_the_post_to_the_terms_it_covers_less_and_names_no_end(told: dict[str, Told]) -> None:
    assert from_to(told["amazon"], "We’re implementing", "Amazon has implemented") == {
        ("scope", "weaker", "purposes-narrowed"),
        ("term", "stronger", "term-lengthened"),
    }
    (one,) = (one for one in told["amazon"].ledger if one.since.date() == date(2020, 6, 10))
    assert one.status is Status.STANDING
    assert fold(one.saying.quote) in fold(words("amazon-aws-terms"))
    assert "in connection with criminal investigations" in one.saying.quote
    assert {step.at.date() for step in one.steps} == {date(2020, 6, 10), date(2021, 8, 17)}


def test_an_exception_is_no_protection(told: dict[str, Told]) -> None:
    assert not [one for one in told["amazon"].ledger if "does not apply" in one.saying.quote]


def test_the_post_and_the_terms_stand_side_by_side_and_the_terms_are_narrower(told: dict[str, Told]) -> None:
    documented = of_organization(DOCUMENTED, "amazon")
    for commitments in ((), told["amazon"].ledger):
        (one,) = differing(commitments, documented, {}, {"en": english()})
        assert one.narrowest is not None
        narrowest = one.wordings[one.narrowest]
        assert "in connection with criminal investigations" in narrowest.quote
        assert "criminal investigations" in one.why
        post = next(each for each in one.wordings if each.key == "amazon-2020-moratorium")
        assert (post.quote, post.status, post.since) == (words("amazon-2020-moratorium"), PAGE_WATCHED, None)


# --------------------------------------------------------------------------- Microsoft: four wordings


def test_a_softer_condition_is_weaker(told: dict[str, Told]) -> None:
    assert from_to(told["microsoft"], "We will not sell", "On June 11, 2020") == {
        ("term", "weaker", "end-loosened")
    }


def test_a_prohibition_without_a_condition_is_stronger(told: dict[str, Told]) -> None:
    assert from_to(told["microsoft"], "On June 11, 2020", "Since the announcement") == {
        ("force", "stronger", "force-raised")
    }


def test_state_or_local_police_is_fewer_than_police_departments(told: dict[str, Told]) -> None:
    assert from_to(told["microsoft"], "Since the announcement", "The use of Face API") == {
        ("scope", "weaker", "parties-narrowed")
    }


def test_it_is_one_commitment_through_its_four_wordings(told: dict[str, Told]) -> None:
    (one,) = (one for one in told["microsoft"].ledger if one.since.date() == date(2020, 6, 11))
    assert one.status is Status.STANDING
    assert one.saying.quote == words("microsoft-face-transparency-note-2025")
    assert len({step.quote for step in one.steps}) == 4


def test_the_four_wordings_are_shown_with_the_narrowest() -> None:
    (one,) = differing((), of_organization(DOCUMENTED, "microsoft"), {}, {"en": english()})
    assert {wording.key for wording in one.wordings} == {
        "microsoft-2020-police",
        "microsoft-azure-face-overview",
        "microsoft-limited-access-2025",
        "microsoft-face-transparency-note-2025",
    }
    assert one.narrowest is not None
    assert one.wordings[one.narrowest].key == "microsoft-face-transparency-note-2025"
    assert "names fewer parties (state or local police)" in one.why


# --------------------------------------------------------------------------- Google: a principle removed


def test_a_removed_principle_is_withdrawn(told: dict[str, Told]) -> None:
    it = told["google"]
    assert [verdict(one) for one in it.findings] == [("withdrawn", "weaker", "protection-gone")]
    assert it.findings[0].before_quote == words("google-2018-ai-principles-surveillance")
    (alert,) = it.alerts
    assert alert.direction == "weaker"
    assert "no longer says under “We will not pursue these applications”" in alert.headline
    (one,) = it.ledger
    assert (one.status, one.until is None) == (Status.WITHDRAWN, False)


def test_words_that_weigh_benefits_against_risks_are_no_commitment(told: dict[str, Told]) -> None:
    assert not [one for one in told["google"].sayings if "proceed where we believe" in one.quote]


# --------------------------------------------------------------------------- Rank One: require became challenge


def test_both_wordings_on_probable_cause_are_one_commitment(told: dict[str, Told]) -> None:
    last = words("rank-one-probable-cause-2025")
    (one,) = (each for each in told["roc"].ledger if each.saying.quote == last)
    assert one.status is Status.STANDING
    assert [step.quote for step in one.steps] == [
        words("rank-one-probable-cause-2020"),
        words("rank-one-probable-cause-2025"),
    ]
    assert (SAID["rank-one-code"].fates, SAID["rank-one-code"].superseded_by) == (
        (Fate.WEAKENED,),
        "rank-one-code-2025",
    )


def test_from_require_to_challenge_is_weaker(told: dict[str, Told]) -> None:
    (one,) = (one for one in told["roc"].findings if one.before_quote == words("rank-one-code"))
    assert one.direction == "weaker"


def test_from_any_support_to_the_sole_support_is_weaker(told: dict[str, Told]) -> None:
    before = words("rank-one-probable-cause-2020")
    assert {one.direction.value for one in told["roc"].findings if one.before_quote == before} == {"weaker"}


# --------------------------------------------------------------------------- IBM: the page is gone


def test_of_a_page_that_is_gone_both_statements_are_told(told: dict[str, Told]) -> None:
    it = told["ibm"]
    assert {verdict(one) for one in it.findings} == {("withdrawn", "weaker", "page-gone")}
    assert {one.before_quote for one in it.findings} == {one.quote for one in it.sayings}
    assert fold(" ".join(one.quote for one in it.sayings)) == fold(words("ibm-2020-sunset"))
    (alert,) = it.alerts
    assert (alert.direction, "is gone" in alert.headline) == ("weaker", True)
    ended, opposed = it.ledger
    assert "no longer offers" in ended.saying.quote
    for one in (ended, opposed):
        assert (one.status, one.last_seen.date()) == (Status.WITHDRAWN, date(2020, 6, 12))
    assert SAID["ibm-2020-sunset"].fates == (Fate.BROKEN_ALLEGED, Fate.PAGE_GONE)


# --------------------------------------------------------------------------- all of them


def test_every_quote_that_is_told_is_documented(told: dict[str, Told]) -> None:
    known = fold("\n".join(one.quote for one in DOCUMENTED))
    quotes = {
        quote
        for it in told.values()
        for one in it.findings
        for quote in (one.before_quote, one.after_quote)
        if quote
    }
    assert len(quotes) > 10
    assert [quote for quote in quotes if fold(quote).removesuffix(".") not in known] == []
