"""What came of a fetch: only the page itself counts as reading."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.access import YET_THERE, Verdict, judge, judge_text, moved_for_good
from monitor.errors import ConfigError, ExtractError
from monitor.marks import Mark, example_of, load_access_rules
from monitor.model import Access, Document, Failure, Fetch, Page, Redirect, Role, Segment
from tests.texts import access_rules

AT = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = Page("acme/terms", "acme", "https://acme.example/terms", Role.TERMS)
RULES = access_rules()


def text(*segments: str, title: str = "", language: str = "", has_end: bool = True) -> Document:
    return Document(tuple(Segment(each) for each in segments), title, language, has_end=has_end)


def passages(count: int) -> tuple[str, ...]:
    return tuple(
        f"Passage {i} of the terms says a little about thing number {i} in plain words." for i in range(count)
    )


LONG = text(*passages(40))
OTHER = text(*(f"Chapter {i}: recipes, gardens, boats, weather maps, songs {i * 7}." for i in range(60)))
PLEDGE = text(
    "Our pledge",
    "We will not sell facial recognition technology to police departments, in any country, until there is a law "
    "that protects the people whose faces would be searched.",
    "We ask an outside auditor to look at our contracts once a year and we publish what the auditor writes to us.",
)


def fetch(status: int = 200, **facts: object) -> Fetch:
    base = {
        "page_id": PAGE.id,
        "requested_url": PAGE.url,
        "started_at": AT,
        "ended_at": AT,
        "final_url": PAGE.url,
    }
    return Fetch(**{**base, "status": status, **facts})  # type: ignore[arg-type]


def led(to: str, *statuses: int) -> Fetch:
    """An answer that redirects of these statuses led to."""
    return fetch(final_url=to, redirects=tuple(Redirect(PAGE.url, status) for status in statuses))


@pytest.mark.parametrize(
    ("given", "document", "access"),
    [
        (fetch(), LONG, Access.OK),
        (fetch(), PLEDGE, Access.OK),
        (fetch(304), None, Access.UNCHANGED),
        (fetch(404), text("Not found"), Access.GONE),
        (fetch(410), None, Access.GONE),
        (fetch(401), None, Access.LOGIN),
        (fetch(407), None, Access.LOGIN),
        (fetch(402), text("Pay first"), Access.WALL),
        (fetch(403), text("Forbidden"), Access.WALL),
        (fetch(403), text("Please sign in to your account."), Access.LOGIN),
        (fetch(406), None, Access.WALL),
        (fetch(429), None, Access.RATE_LIMITED),
        (fetch(451), text("Not for you"), Access.WALL),
        (fetch(500), LONG, Access.ERROR_PAGE),
        (fetch(503), text("Just a moment..."), Access.WALL),
        (fetch(503), text("Sorry"), Access.ERROR_PAGE),
        (fetch(522), text("Connection timed out", "Performance & security by Cloudflare"), Access.ERROR_PAGE),
        (fetch(404), text("Just a moment..."), Access.WALL),
        (fetch(404), text("Page not found", "Sign in to continue"), Access.GONE),
        (fetch(302), None, Access.ERROR_PAGE),
        (fetch(204), None, Access.EMPTY),
        (fetch(205), None, Access.EMPTY),
        (fetch(206), LONG, Access.PARTIAL),
        (fetch(200, headers=(("CF-Mitigated", "challenge"),)), LONG, Access.WALL),
        (fetch(429, headers=(("X-KPSDK-CT", "0a"),)), None, Access.WALL),
        (fetch(200, headers=(("X-KPSDK-CT", "0a"),)), LONG, Access.OK),
        (fetch(200), text("Please enable JavaScript and cookies to continue."), Access.WALL),
        (fetch(200), text("Hello", title="Just a moment..."), Access.WALL),
        (
            fetch(200),
            text("We value your privacy", "Accept all cookies to continue to the site."),
            Access.CONSENT,
        ),
        (fetch(200), text("Sign in", "to continue to Acme Ads", "Forgot email?"), Access.LOGIN),
        (fetch(200), text("Oops! Page not found."), Access.SOFT_404),
        (fetch(200), text("Page introuvable"), Access.SOFT_404),
        (fetch(200), text("Something went wrong."), Access.ERROR_PAGE),
        (fetch(200), text("You need to enable JavaScript to run this app."), Access.RENDERED_NEEDED),
        (fetch(200), ExtractError("empty", "no text"), Access.EMPTY),
        (fetch(200), ExtractError("unsupported", "a picture"), Access.UNSUPPORTED),
        (fetch(200), None, Access.EMPTY),
        (fetch(0, failure=Failure(Access.TIMEOUT, "took too long")), None, Access.TIMEOUT),
        (led("https://acme.example/login?next=/terms", 302), LONG, Access.LOGIN),
        (led("https://consent.acme.example/v2/collectConsent?sid=1", 302), LONG, Access.CONSENT),
        (led("https://acme.queue-it.net/?c=acme", 302), LONG, Access.WALL),
        (led("https://acme.example/login-terms", 302), LONG, Access.OK),
        (led("https://acme.example/terms/v2", 301), LONG, Access.OK),
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
        (text(*passages(15)), Access.PARTIAL),
        (text("Access denied"), Access.WALL),
        (OTHER, Access.REPLACED),
        (text(*passages(40), "Verify you are human, our captcha blog says."), Access.OK),
        (text("We value your privacy", "Accept cookies to continue", *passages(40)), Access.OK),
        (text(*passages(40), language="de"), Access.OK),
    ],
    ids=[
        "same",
        "half",
        "collapsed to a wall",
        "another document",
        "a long page may mention walls",
        "an overlay of consent above the page",
        "the page is all there, only its markup names another language",
    ],
)
def test_states_against_the_usual_text(document: Document, access: Access) -> None:
    assert judge(fetch(), document, PAGE, LONG, RULES).access is access


@pytest.mark.parametrize(
    ("declared", "document", "access"),
    [
        ({"min_words": 1000}, LONG, Access.PARTIAL),
        ({"contains": ("Acme Terms",)}, LONG, Access.REPLACED),
        ({"contains": ("passage 3 OF",)}, LONG, Access.OK),
        ({"language": "de"}, text(*passages(40), language="en-US"), Access.OTHER_LANGUAGE),
        ({"language": "en-GB"}, text(*passages(40), language="en"), Access.OK),
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


def test_an_overlay_above_a_short_page_that_is_all_there_is_no_wall() -> None:
    seen = replace(PLEDGE, segments=(Segment("Sign in to continue"), *PLEDGE.segments))
    assert judge(fetch(), seen, PAGE, PLEDGE, RULES).access is Access.OK
    assert judge(fetch(), seen, PAGE, None, RULES).access is Access.LOGIN


def test_a_short_page_that_always_looked_like_this_stays_readable() -> None:
    usual = text("Access denied is the name of our newsletter.")
    assert judge_text(usual, usual, RULES).access is Access.OK


# --------------------------------------------------------------------------- what no reader sees


@pytest.mark.parametrize(
    ("markup", "access"),
    [
        ("<title>Just a moment...</title><script>window._cf_chl_opt={cvId:'3'}</script>", Access.WALL),
        ("<title>Just a moment...</title>", Access.WALL),
        ("<noscript>Please enable JS and disable any ad blocker</noscript>", Access.WALL),
        ('<script src="https://ct.captcha-delivery.com/c.js"></script>', Access.WALL),
        ('<script src="/_Incapsula_Resource?SWJIYLWA=719d"></script>', Access.WALL),
        ('<div id="root"></div><script src="/static/main.js"></script>', Access.RENDERED_NEEDED),
        ("<title>Acme</title><script>boot()</script>", Access.RENDERED_NEEDED),
        ('<meta http-equiv="refresh" content="0; url=/login?next=/terms">', Access.LOGIN),
        ('<form><input name="q"><input type="password"></form>', Access.LOGIN),
        ("<p></p>", Access.EMPTY),
        ("<script>var text = 'you must be logged in';", Access.RENDERED_NEEDED),
    ],
)
def test_a_page_without_text_is_known_by_its_markup(markup: str, access: Access) -> None:
    nothing = ExtractError("empty", "the body holds no text")
    assert judge(fetch(), nothing, PAGE, LONG, RULES, markup=markup).access is access


@pytest.mark.parametrize(
    "weak",
    [
        {"headers": (("cf-ray", "9a1b-AMS"), ("server", "cloudflare"))},
        {"headers": (("set-cookie", "_abck=A~-1; bm_sz=B; datadome=C; _px3=D; visid_incap_1=E"),)},
        {"headers": (("x-azure-ref", "0a"), ("via", "1.1 google"), ("x-iinfo", "9-1"))},
        {"markup": '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'},
        {"markup": '<form><div class="g-recaptcha"></div><input type="password"></form>'},
        {"markup": '<div id="root"></div><div id="onetrust-banner-sdk"></div><script>__tcfapi()</script>'},
        {"markup": '<script src="/_Incapsula_Resource?SWJIYLWA=719d"></script>'},
        {"markup": '<script src="https://js.datadome.co/tags.js"></script>'},
        {"line": "We value your privacy. We use cookies, and you can accept all cookies or refuse them."},
        {"line": "Sign in"},
        {
            "line": "An attempt that is met with access denied is written to a ledger and looked at every week."
        },
        {"line": "Please enable JavaScript to see our map."},
        {"line": "Our page about bots says: verify the address of a crawler before you block it."},
    ],
)
@pytest.mark.parametrize("document", [PLEDGE, LONG], ids=["a short page", "a long page"])
def test_weak_marks_never_make_a_wall(document: Document, weak: dict[str, object]) -> None:
    lines = [Segment(str(weak["line"]))] if "line" in weak else []
    seen = replace(document, segments=(*document.segments, *lines))
    given = fetch(headers=weak.get("headers", ()))
    markup = str(weak.get("markup", ""))
    for usual in (None, document):
        assert judge(given, seen, PAGE, usual, RULES, markup=markup) == Verdict(Access.OK)


# --------------------------------------------------------------------------- a page that was never there

SITE = (
    "Acme",
    "Products",
    "Prices",
    "Help",
    "Careers",
    "About us",
    "All rights reserved by Acme in Example Town",
)


def not_found(url: str) -> Document:
    return text(
        *SITE, "Hm.", f"We looked for {url} in vain.", "Try the search or read our front page instead."
    )


MENU = text(*SITE, *(segment.text for segment in PLEDGE.segments))


@pytest.mark.parametrize(
    ("frame", "own", "access"),
    [
        (passages(20), PLEDGE.segments[2].text, Access.SOFT_404),
        (passages(20), " ".join(segment.text for segment in PLEDGE.segments), Access.OK),
        (SITE, "We sell no faces to anybody.", Access.OK),
    ],
    ids=["a few of many words are its own", "a whole pledge is its own", "a third of few words are its own"],
)
def test_a_page_with_words_of_its_own_is_there(frame: tuple[str, ...], own: str, access: Access) -> None:
    assert judge(fetch(), text(*frame, own), PAGE, None, RULES, missing=text(*frame, "Hm.")).access is access


@pytest.mark.parametrize(
    ("document", "usual", "access"),
    [
        (not_found("/terms"), None, Access.SOFT_404),
        (not_found("/terms?id=77"), PLEDGE, Access.SOFT_404),
        (text(*reversed([s.text for s in not_found("/terms").segments])), None, Access.SOFT_404),
        (
            text(*(s.text for s in not_found("/a").segments), "You may like: maps, boats"),
            None,
            Access.SOFT_404,
        ),
        (MENU, None, Access.OK),
        (MENU, MENU, Access.OK),
        (not_found("/terms"), not_found("/terms"), Access.OK),
        (text(*SITE, "Soon more."), text(*SITE, "Our pledge stands."), Access.OK),
        (
            not_found("/terms"),
            text(*SITE, "Hm.", "Try the search or read our front page instead."),
            Access.SOFT_404,
        ),
    ],
    ids=[
        "the same page as for a random address",
        "it was another page before",
        "its parts in another order",
        "a few words of its own",
        "a menu that every page has",
        "that menu, in the page that we know",
        "the page that we know has always been that one",
        "what we know is nearly that one, and so is this",
        "what we know is nearly that one, this is exactly that one",
    ],
)
def test_a_missing_page_is_known_by_a_probe(
    document: Document, usual: Document | None, access: Access
) -> None:
    probe = not_found("/pw-7f3a")
    verdict = judge(fetch(), document, PAGE, usual, RULES, missing=probe)
    assert verdict.access is access
    if access is Access.SOFT_404:
        assert verdict.evidence == ("The host answers an address that does not exist with the same page.",)


# --------------------------------------------------------------------------- half pages


@pytest.mark.parametrize(
    ("count", "has_end", "usual_had", "access"),
    [
        (40, True, True, Access.OK),
        (30, True, True, Access.OK),
        (30, False, True, Access.PARTIAL),
        (39, False, True, Access.PARTIAL),
        (40, False, True, Access.OK),
        (30, False, False, Access.OK),
        (15, False, False, Access.PARTIAL),
    ],
)
def test_a_page_that_lost_its_end_and_words_is_half(
    count: int, has_end: bool, usual_had: bool, access: Access
) -> None:
    usual = text(*passages(40), has_end=usual_had)
    verdict = judge(fetch(), text(*passages(count), has_end=has_end), PAGE, usual, RULES)
    assert verdict.access is access
    if usual_had and access is Access.PARTIAL:
        assert verdict.evidence == (
            f"The page ends without its end mark and has {15 * count} of its usual 600 words.",
        )
        assert verdict.doubtful  # it is believed after two weeks: some sites drop their end mark for good


# --------------------------------------------------------------------------- moved


@pytest.mark.parametrize(
    ("to", "statuses", "document", "expected"),
    [
        ("https://acme.example/legal/terms", (301,), LONG, (Access.OK, False)),
        ("https://other.example/terms", (308, 301), LONG, (Access.OK, False)),
        ("https://other.example/terms", (301,), OTHER, (Access.MOVED, True)),
        ("https://other.example/terms", (301, 302), OTHER, (Access.MOVED, False)),
        ("https://other.example/terms", (302,), OTHER, (Access.MOVED, False)),
        ("https://acme.example/", (301,), OTHER, (Access.MOVED, True)),
        ("https://acme.example/", (303,), OTHER, (Access.MOVED, False)),
        ("https://other.example/led-by-a-script", (), OTHER, (Access.MOVED, False)),
        ("https://acme.example/login?next=/terms", (301,), OTHER, (Access.LOGIN, False)),
        ("https://other.example/wait", (301,), text("You are now in line"), (Access.WALL, False)),
    ],
)
def test_where_a_redirect_led(
    to: str, statuses: tuple[int, ...], document: Document, expected: tuple[Access, bool]
) -> None:
    verdict = judge(led(to, *statuses), document, PAGE, LONG, RULES, usual_url=PAGE.url)
    assert (verdict.access, verdict.doubtful) == expected


@pytest.mark.parametrize(
    ("to", "statuses", "told"),
    [
        ("https://acme.example/legal/terms", (301,), True),
        ("https://other.example/terms", (308, 301), True),
        ("https://acme.example/legal/terms", (301, 302), False),
        ("https://www.acme.example/terms/", (301,), False),
        (PAGE.url, (), False),
    ],
)
def test_a_move_for_good_is_told_with_what_to_do(to: str, statuses: tuple[int, ...], told: bool) -> None:
    sentence = f"It moved for good to {to}: put the new address into its declaration." if told else ""
    assert moved_for_good(led(to, *statuses)) == sentence
    assert judge(led(to, *statuses), LONG, PAGE, LONG, RULES).evidence == ((sentence,) if told else ())


# --------------------------------------------------------------------------- evidence in plain words


@pytest.mark.parametrize(
    ("given", "document", "evidence"),
    [
        (
            fetch(403),
            text("Just a moment..."),
            "The server answered 403 with a page by Cloudflare: “Just a moment...”.",
        ),
        (
            fetch(),
            text("Sign in to continue", "Password"),
            "The server answered 200 with a login page: “Sign in to continue” (5 words).",
        ),
        (
            fetch(405, headers=(("X-Amzn-Waf-Action", "captcha"),)),
            None,
            "The server answered 405 with a page by AWS WAF: header “x-amzn-waf-action: captcha”.",
        ),
        (
            led("https://acme.example/login", 302),
            LONG,
            "The address led to a login page: https://acme.example/login.",
        ),
        (
            fetch(403),
            None,
            "The server answered 403: it does not let us in, and names no bot wall.",
        ),
        (fetch(451), None, "The server answered 451: a country block."),
        (fetch(404), None, "The server answered 404."),
        (fetch(301), None, "The server answered 301, but leads nowhere."),
        (fetch(204), None, "The server answered 204: no content."),
        (fetch(206), LONG, "The server answered 206: only a part of the page."),
    ],
)
def test_evidence_says_what_was_seen(given: Fetch, document: Document | None, evidence: str) -> None:
    assert judge(given, document, PAGE, None, RULES).evidence == (evidence,)


@pytest.mark.parametrize("status", [404, 410, 500, 503, 429])
def test_an_error_that_carries_the_page_is_not_its_end(status: int) -> None:
    verdict = judge(fetch(status), LONG, PAGE, LONG, RULES)
    assert verdict == Verdict(Access.ERROR_PAGE, (f"The server answered {status}.", YET_THERE))


# --------------------------------------------------------------------------- invariants

WORDS = st.lists(st.text("abcdefg ’…^<>/", max_size=40), max_size=30)


@given(before=WORDS, after=WORDS)
def test_a_page_that_is_all_there_is_the_page_whatever_stands_around_it(
    before: list[str], after: list[str]
) -> None:
    around = text("Just a moment...", *before, *passages(40), *after, "Page not found")
    assert judge(fetch(), around, PAGE, LONG, RULES).access is Access.OK


@given(status=st.integers(0, 999), lines=WORDS, markup=st.text("<script/>=… ab", max_size=80))
def test_only_a_success_is_ever_read(status: int, lines: list[str], markup: str) -> None:
    document = text(*lines) if lines else None
    for usual in (None, LONG):
        verdict = judge(fetch(status), document, PAGE, usual, RULES, markup=markup)
        assert verdict.evidence or verdict.access is Access.OK
        assert not verdict.access.is_reading or status in (*range(200, 300), 304)


# --------------------------------------------------------------------------- marks


def as_fetched(mark: Mark) -> Verdict:
    """What is made of a mark's own example, as an answer of that look."""
    seen = example_of(mark)
    redirects = (Redirect(PAGE.url, 302),) if seen.led_to else ()
    answer = fetch(
        seen.status or 200,
        headers=tuple(seen.headers.items()),
        final_url=seen.led_to or PAGE.url,
        redirects=redirects,
    )
    shown = (
        text(*mark.example.splitlines()) if mark.phrases or mark.address else ExtractError("empty", "none")
    )
    return judge(answer, shown, PAGE, None, RULES, markup=mark.example)


@pytest.mark.parametrize(
    "mark", RULES.marks, ids=lambda mark: f"{mark.state}-{mark.name}-{mark.example[:20]}"
)
def test_every_mark_recognises_its_example(mark: Mark) -> None:
    verdict = as_fetched(mark)
    assert verdict.access is mark.state
    assert mark.name in verdict.evidence[0]


@pytest.mark.parametrize(
    ("mark", "ordinary"), [(mark, line) for mark in RULES.marks for line in mark.not_examples]
)
def test_what_no_mark_may_take_for_its_own(mark: Mark, ordinary: str) -> None:
    seen = replace(PLEDGE, segments=(*PLEDGE.segments, Segment(ordinary)))
    assert judge(fetch(), seen, PAGE, None, RULES, markup=ordinary).access is Access.OK


def test_every_phrase_gives_its_own_state() -> None:
    wrong = [
        (phrase, verdict.access)
        for mark in RULES.marks
        if mark.phrases and not (mark.header or mark.statuses or mark.markup)
        for phrase in mark.phrases
        for verdict in [judge_text(text(*phrase.strip("^").split("…")), None, RULES)]
        if verdict.access is not mark.state
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("mark", "key"),
    [
        ('phrases = ["stop here"]\nexample = "Come in"', "example"),
        ('phrases = ["Stop here"]\nexample = "stop here"', "phrases"),
        ('phrases = ["  "]\nexample = "stop here"', "phrases"),
        ('example = "stop here"', "phrases"),
        ('phrases = ["^stop"]\nexample = "please stop"', "example"),
        ('phrases = ["stop … here"]\nexample = "here we stop"', "example"),
        ('phrases = ["stop"]\nheader = "x-wall"\nexample = "x-wall: go"', "example"),
        ('header = "x-wall"\nmarkup = ["stop"]\nexample = "x-wall: 1"', "example"),
        ('phrases = ["stop"]\nexample = "stop"\nnot_examples = ["Do not stop"]', "not_examples"),
    ],
)
def test_a_mark_that_cannot_be_meant_is_refused(tmp_path: Path, mark: str, key: str) -> None:
    bad = f'[[marks]]\nstate = "wall"\nname = "X"\n{mark}\n'
    (tmp_path / "access.toml").write_text(bad, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"marks\[0\]\.{key}"):
        load_access_rules(tmp_path)
