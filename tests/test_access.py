"""What came of a fetch: only the page itself counts as reading."""

from datetime import UTC, datetime

import pytest

from monitor.access import judge, judge_text
from monitor.errors import ConfigError, ExtractError
from monitor.marks import Mark, load_access_rules
from monitor.model import Access, Document, Failure, Fetch, Page, Redirect, Role, Segment
from tests.texts import access_rules

AT = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = Page("acme/terms", "acme", "https://acme.example/terms", Role.TERMS)
RULES = access_rules()


def text(*segments: str, title: str = "", language: str = "") -> Document:
    return Document(tuple(Segment(each) for each in segments), title, language)


LONG = text(
    *(f"Passage {i} of the terms says a little about thing number {i} in plain words." for i in range(40))
)
OTHER = text(*(f"Chapter {i}: recipes, gardens, boats, weather maps, songs {i * 7}." for i in range(60)))


def fetch(status: int = 200, **facts: object) -> Fetch:
    base = {
        "page_id": PAGE.id,
        "requested_url": PAGE.url,
        "started_at": AT,
        "ended_at": AT,
        "final_url": PAGE.url,
    }
    return Fetch(**{**base, "status": status, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "document", "access"),
    [
        (fetch(), LONG, Access.OK),
        (fetch(304), None, Access.UNCHANGED),
        (fetch(404), text("Not found"), Access.GONE),
        (fetch(410), None, Access.GONE),
        (fetch(401), None, Access.LOGIN),
        (fetch(403), text("Forbidden"), Access.WALL),
        (fetch(429), None, Access.RATE_LIMITED),
        (fetch(500), LONG, Access.ERROR_PAGE),
        (fetch(503), text("Just a moment..."), Access.WALL),
        (fetch(503), text("Sorry"), Access.ERROR_PAGE),
        (fetch(200, headers=(("CF-Mitigated", "challenge"),)), LONG, Access.WALL),
        (fetch(200), text("Please enable JavaScript and cookies to continue."), Access.WALL),
        (
            fetch(200),
            text("We value your privacy", "Accept all cookies to continue to the site."),
            Access.CONSENT,
        ),
        (fetch(200), text("Sign in to continue"), Access.LOGIN),
        (fetch(200), text("Oops! Page not found."), Access.SOFT_404),
        (fetch(200), text("Something went wrong."), Access.ERROR_PAGE),
        (fetch(200), text("You need to enable JavaScript to run this app."), Access.RENDERED_NEEDED),
        (fetch(200), ExtractError("empty", "no text"), Access.EMPTY),
        (fetch(200), None, Access.EMPTY),
        (fetch(0, failure=Failure(Access.TIMEOUT, "took too long")), None, Access.TIMEOUT),
        (
            fetch(
                200, final_url="https://acme.example/login?next=/terms", redirects=(Redirect(PAGE.url, 302),)
            ),
            LONG,
            Access.LOGIN,
        ),
        (
            fetch(200, final_url="https://acme.example/terms/v2", redirects=(Redirect(PAGE.url, 301),)),
            LONG,
            Access.OK,
        ),
    ],
)
def test_states_at_first_sight(
    given: Fetch, document: Document | ExtractError | None, access: Access
) -> None:
    verdict = judge(given, document, PAGE, None, RULES)
    assert verdict.access is access
    assert verdict.evidence or access is Access.OK


@pytest.mark.parametrize(
    ("document", "access"),
    [
        (LONG, Access.OK),
        (text(*(segment.text for segment in LONG.segments[:15])), Access.PARTIAL),
        (text("Access denied"), Access.WALL),
        (OTHER, Access.REPLACED),
        (
            text(
                *(segment.text for segment in LONG.segments), "Verify you are human, our captcha blog says."
            ),
            Access.OK,
        ),
    ],
    ids=["same", "half", "collapsed to a wall", "another document", "a long page may mention walls"],
)
def test_states_against_the_usual_text(document: Document, access: Access) -> None:
    assert judge(fetch(), document, PAGE, LONG, RULES).access is access


@pytest.mark.parametrize(
    ("declared", "document", "access"),
    [
        ({"min_words": 1000}, LONG, Access.PARTIAL),
        ({"contains": ("Acme Terms",)}, LONG, Access.REPLACED),
        ({"contains": ("passage 3 OF",)}, LONG, Access.OK),
        ({"language": "de"}, text(*(s.text for s in LONG.segments), language="en-US"), Access.OTHER_LANGUAGE),
        ({"language": "en-GB"}, text(*(s.text for s in LONG.segments), language="en"), Access.OK),
    ],
)
def test_states_against_the_declaration(
    declared: dict[str, object], document: Document, access: Access
) -> None:
    page = Page(PAGE.id, PAGE.organization_id, PAGE.url, PAGE.role, **declared)  # type: ignore[arg-type]
    assert judge(fetch(), document, page, None, RULES).access is access


def test_a_wall_in_place_of_the_watched_part_is_named() -> None:
    missing = ExtractError("empty", "nothing matches select")
    assert judge(fetch(), missing, PAGE, LONG, RULES, text("Just a moment...")).access is Access.WALL
    assert judge(fetch(), missing, PAGE, LONG, RULES, OTHER).access is Access.EMPTY


def test_a_short_page_that_always_looked_like_this_stays_readable() -> None:
    usual = text("Access denied is the name of our newsletter.")
    assert judge_text(usual, usual, RULES).access is Access.OK


@pytest.mark.parametrize(
    "mark", RULES.marks, ids=lambda mark: f"{mark.state}-{mark.name}-{mark.example[:20]}"
)
def test_every_mark_recognises_its_example(mark: Mark) -> None:
    if mark.header:
        name, _, value = mark.example.partition(": ")
        assert judge(fetch(headers=((name, value),)), LONG, PAGE, None, RULES).access is mark.state
    else:
        assert judge_text(text(mark.example), None, RULES).access is mark.state


def test_a_mark_that_misses_its_example_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    bad = '[[marks]]\nstate = "wall"\nname = "X"\nphrases = ["stop here"]\nexample = "Come in"\n'
    (folder / "access.toml").write_text(bad, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"marks\[0\].example"):
        load_access_rules(folder)
