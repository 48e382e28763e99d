"""The calendar file: what stands in it, the same bytes each time, and hostile words that stay words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from alerts.calendar import calendar, entries_of
from alerts.marking import visible
from monitor.model import DateKind, FindingKind, KnownDate, Organization, Page, Role, Standing
from monitor.mutes import Mute
from monitor.store.standing import OnPage
from monitor.watchlist import Watchlist

SINCE = datetime(2026, 3, 1, 6, 0, 0, 5, tzinfo=UTC)
WORDS = "We will not sell facial recognition to police until 10 June 2027."
PAGE = Page("corvellam/pledge", "corvellam", "https://corvellam.example/pledge?a=1,2;3", Role.PLEDGE)
CORVELLAM = Organization("corvellam", "Corvellam Cloud", "platform", pages=(PAGE,))
MEETING = KnownDate(
    date(2027, 5, 20), DateKind.ANNUAL_MEETING, "The annual meeting", "https://corvellam.example/agm"
)
UNSURE = KnownDate(
    date(2027, 5, 9), DateKind.EXPIRY, "Five years end", certainty="the day is to be confirmed"
)


def stands(**changes: object) -> Standing:
    plain = Standing(
        "k" * 64, WORDS, ("Police",), SINCE, "refuses", technologies=("face_recognition",),
        ends="2027-06-10", ends_text="until 10 June 2027",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def written(
    *statements: Standing, dates: tuple[KnownDate, ...] = (), organization: Organization = CORVELLAM
) -> bytes:
    watched = Watchlist((replace(organization, dates=dates),))
    return calendar(entries_of([OnPage(PAGE.id, "f", "w", statements)], watched))


def events(content: bytes) -> list[Event]:
    """What another program reads in it; every line is as short as RFC 5545 wants it."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    return [one for one in Calendar.from_ical(content).subcomponents if one.name == "VEVENT"]


def test_the_end_of_a_commitment_is_an_all_day_entry_with_its_words() -> None:
    (event,) = events(written(stands()))
    assert str(event["SUMMARY"]) == "Corvellam Cloud: a statement on facial recognition ends by its own words"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2027, 6, 10), date(2027, 6, 11))
    said = str(event["DESCRIPTION"])
    for words in (f"“{WORDS}”", "Where: Police", f"Page: {PAGE.url}", "since 2026-03-01", "Nobody checked"):
        assert words in said
    assert (str(event["TRANSP"]), str(event["URL"])) == ("TRANSPARENT", PAGE.url)
    assert event["UID"].endswith("@pledgewatch")
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == SINCE.replace(microsecond=0)
    assert event["SEQUENCE"] == 0
    assert event["CATEGORIES"].cats == ["Commitment"]


def test_it_warns_180_90_30_and_7_days_before() -> None:
    (event,) = events(written(stands()))
    alarms = [one for one in event.subcomponents if one.name == "VALARM"]
    assert [one["TRIGGER"].dt for one in alarms] == [timedelta(days=-days) for days in (180, 90, 30, 7)]
    assert all(str(one["ACTION"]) == "DISPLAY" and one["DESCRIPTION"] for one in alarms)


@pytest.mark.parametrize(
    "left_out",
    [
        pytest.param({"ends": ""}, id="no end"),
        pytest.param({"protects": False}, id="protects nobody"),
        pytest.param({"stance": "permits"}, id="allows"),
        pytest.param({"ends": "2026-02-28"}, id="over before we saw it"),
    ],
)
def test_what_is_no_entry(left_out: dict[str, object]) -> None:
    assert events(written(stands(**left_out))) == []


def test_the_watchlists_dates_are_entries_with_what_is_not_sure_of_them() -> None:
    unsure, meeting = events(written(dates=(MEETING, UNSURE)))
    assert str(meeting["SUMMARY"]) == "Corvellam Cloud: annual meeting"
    assert str(meeting["DESCRIPTION"]) == f"The annual meeting\nSource: {MEETING.source}"
    assert str(meeting["URL"]) == MEETING.source
    assert str(unsure["SUMMARY"]) == "Corvellam Cloud: a commitment ends (day not certain)"
    assert "Not certain: the day is to be confirmed" in str(unsure["DESCRIPTION"])
    assert "URL" not in unsure


def test_a_canary_and_a_page_that_is_not_watched_are_no_entries() -> None:
    assert events(written(stands(), organization=replace(CORVELLAM, kind="canary"))) == []
    assert events(written(stands(), organization=replace(CORVELLAM, pages=()))) == []


def test_every_kind_of_date_has_words() -> None:
    every = tuple(KnownDate(date(2027, 1, 1), kind, "what") for kind in DateKind)
    assert len({str(event["SUMMARY"]) for event in events(written(dates=every))}) == len(DateKind)


MUTE = Mute(
    "Ana",
    "The page alternates.",
    date(2026, 11, 22),
    date(2027, 1, 1),
    page=PAGE.id,
    kinds=(FindingKind.SCOPE,),
    words="the login",
)


def test_the_last_day_of_a_mute_is_one_for_review() -> None:
    found = entries_of([OnPage(PAGE.id, "f", "w", (stands(),))], Watchlist((CORVELLAM,)), [MUTE])
    review, end = events(calendar(found))
    assert (review["DTSTART"].dt, end["DTSTART"].dt) == (date(2027, 1, 1), date(2027, 6, 10))
    assert str(review["SUMMARY"]) == "Corvellam Cloud: a mute ends, for review"
    assert review["CATEGORIES"].cats == ["Review"]
    assert str(review["DESCRIPTION"]).splitlines() == [
        f"Muted: the page {PAGE.id}",
        "Kinds of change: scope",
        "The words: “the login”",
        "Why: The page alternates.",
        "Decided by Ana, from 2026-11-22 to 2027-01-01 (UTC).",
    ]
    assert len(review.subcomponents) == 1, "a week before"


@pytest.mark.parametrize(
    ("mute", "organization", "entries"),
    [
        (replace(MUTE, page="", organization=CORVELLAM.id), CORVELLAM, 1),
        (replace(MUTE, page="heron/terms"), CORVELLAM, 0),
        (MUTE, replace(CORVELLAM, kind="canary"), 0),
    ],
    ids=["of an organization", "of who is not watched", "of a canary"],
)
def test_mutes_of_who_is_watched_are_in_it(mute: Mute, organization: Organization, entries: int) -> None:
    assert len(entries_of([], Watchlist((organization,)), [mute])) == entries


def test_mutes_that_differ_are_entries_of_their_own() -> None:
    others = [MUTE, replace(MUTE, words=""), replace(MUTE, kinds=()), replace(MUTE, since=date(2026, 12, 1))]
    found = events(calendar(entries_of([], Watchlist((CORVELLAM,)), [*others, MUTE])))
    assert len({str(event["UID"]) for event in found}) == len(found) == 4


def test_the_same_days_are_the_same_bytes_in_whatever_order_they_come() -> None:
    one, two = stands(), stands(key="j" * 64)
    assert written(one, two, dates=(MEETING, UNSURE)) == written(two, one, dates=(UNSURE, MEETING))


def test_ids_are_stable_and_each_entry_has_its_own() -> None:
    ids = [event["UID"] for event in events(written(stands(), stands(key="j" * 64), dates=(MEETING, UNSURE)))]
    assert len(set(ids)) == 4
    yearly = events(written(dates=(MEETING, replace(MEETING, on=date(2028, 5, 20)), MEETING)))
    assert len({event["UID"] for event in yearly}) == len(yearly) == 2
    assert events(written(stands(since=SINCE + timedelta(days=9))))[0]["UID"] in ids


def test_a_statement_that_left_the_page_leaves_the_calendar() -> None:
    assert len(events(written(stands()))) == 1
    assert events(written()) == []


def test_an_empty_calendar_is_a_calendar() -> None:
    whole = Calendar.from_ical(written())
    assert str(whole["VERSION"]) == "2.0"
    assert str(whole["CALSCALE"]) == "GREGORIAN"
    assert "pledgewatch" in str(whole["PRODID"])
    assert str(whole["X-WR-CALNAME"])


HOSTILE = [
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\nSUMMARY:forged",
    'commas, semicolons; colons: back\\slashes \\n \\, "quotes"',
    "NUL \0 bell \a escape \x1b[31m delete \x7f",
    "right \u202eto left\u202c \u2066isolated\u2069 עברית عربى",
    "emoji 🎥👩‍👩‍👧 and half a pair \ud83d",
    "line \u2028 paragraph \u2029 next \x85 tab \t feed \f",
    "long " + "é🎥" * 400,
    "ATTACH;VALUE=URI:http://evil.example\nX-ALT-DESC;FMTTYPE=text/html:<b>bold</b>",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words(words: str) -> None:
    must_stay_text(words)


@given(st.text(st.characters(), max_size=120))
def test_any_words_stay_words(words: str) -> None:
    must_stay_text(words)


def must_stay_text(words: str) -> None:
    organization = replace(CORVELLAM, name=f"Corvellam {words}")
    date_ = KnownDate(date(2027, 1, 1), DateKind.REVIEW, f"what {words}", f"https://x.example/{words}", words)
    plain = events(written(stands(), dates=(MEETING,)))
    content = written(
        stands(quote=f"say {words} end", context=(words,), ends_text=words),
        dates=(date_,),
        organization=organization,
    )
    hostile = events(content)
    assert len(hostile) == 2
    for event, like in zip(hostile, plain[::-1], strict=True):
        assert set(event.keys()) - {"URL"} == set(like.keys()) - {"URL"}
        assert [one.name for one in event.subcomponents] == ["VALARM"] * 4
        assert event["UID"].endswith("@pledgewatch")
    assert not any(
        sign in content for sign in (b"\0", b"\x1b", b"\x7f", "\u202e".encode(), "\u2028".encode())
    )
    said = str(next(one for one in hostile if one["DTSTART"].dt == date(2027, 6, 10))["DESCRIPTION"])
    quote = visible(" ".join(f"say {words} end".split()))
    assert said.split("\n")[0] == f"“{quote}”"
