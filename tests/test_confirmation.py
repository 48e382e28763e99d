"""What came and went, what moved elsewhere, what was replaced: told once, told right, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.asides import linked_of, probe_of
from monitor.errors import ExtractError
from monitor.model import Access, Alert, Document, Failure, Fetch, Page, Redirect
from monitor.reading import read_document
from monitor.store import alerts, fetches, findings, pages
from tests.one_page import (
    LOOSE,
    PADDING,
    PAGE,
    PROMISE,
    TERMS,
    Watch,
    access,
    hasty,
    html,
    kinds,
    store,
    watch,
)

__all__ = ["hasty", "store", "watch"]

OTHER = "We will not build emotion recognition."


# --------------------------------------------------------------------------- editions that alternate


def test_two_editions_in_turn_are_never_told(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    turns = [html(OTHER), html(PROMISE)] * 20
    assert kinds([watch.sees(turn) for turn in turns]) == []


def test_editions_that_stand_for_days_are_told_once_each_way(watch: Watch) -> None:
    """Each stands longer than a withdrawal takes: only the first turn, and the first way back, are news."""
    seen = [watch.sees(html(PROMISE)) for _ in range(2)]
    seen += [watch.sees(body) for body in ([html()] * 5 + [html(PROMISE)] * 5) * 6]
    assert kinds(seen) == [("withdrawn", "weaker"), ("introduced", "stronger")]


def test_what_alternated_and_then_went_for_good_is_told_after_two_weeks(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    for turn in [html(OTHER), html(PROMISE)] * 3:
        assert watch.sees(turn).alerts == ()
    told = [bool(watch.sees(html(OTHER)).alerts) for _ in range(20)]
    assert told.index(True) == 14


def test_a_flip_is_forgotten_after_two_months(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(LOOSE))
    watch.sees(html(PROMISE))
    watch.sees(html(PROMISE), after=24 * 70)
    watch.sees(html(LOOSE))
    assert kinds([watch.sees(html(LOOSE))]) == [("force", "weaker")]


# --------------------------------------------------------------------------- several changes at once


def test_what_was_told_as_new_and_is_then_weakened_is_told_as_weaker(watch: Watch) -> None:
    """All while another removal is pending, so that the page as we believe it knows neither wording."""
    watch.sees(html(OTHER))
    seen = [watch.sees(html(PROMISE)) for _ in range(2)]
    seen += [watch.sees(html(LOOSE)) for _ in range(6)]
    assert kinds(seen) == [("introduced", "stronger"), ("withdrawn", "weaker"), ("force", "weaker")]
    (quotes,) = {
        (f.before_quote, f.after_quote)
        for o in seen
        for a in o.alerts
        for f in a.findings
        if f.kind == "force"
    }
    assert quotes == (PROMISE, LOOSE)


def test_what_was_told_as_new_and_then_moves_to_another_page_is_no_loss(watch: Watch) -> None:
    watch.sees(html("Nothing."), page=TERMS)
    watch.sees(html(OTHER))
    seen = [watch.sees(html(PROMISE)) for _ in range(2)]
    watch.sees(html(PROMISE), page=TERMS, after=1)
    for _ in range(6):
        seen.append(watch.sees(html()))
        watch.sees(html(PROMISE), page=TERMS, after=0)
    assert ("relocated", "neutral") in kinds(seen)
    assert kinds(seen).count(("withdrawn", "weaker")) == 1


# --------------------------------------------------------------------------- moved to another page


def test_a_statement_that_stands_on_another_page_has_moved_there(watch: Watch) -> None:
    watch.sees(html(OTHER), page=TERMS)
    watch.sees(html(PROMISE))
    watch.sees(html(OTHER, PROMISE), page=TERMS)
    watch.sees(html(OTHER, PROMISE), page=TERMS)
    seen = [watch.sees(html()) for _ in range(4)]
    assert kinds(seen) == [("relocated", "neutral")]
    (finding,) = [finding for one in seen for alert in one.alerts for finding in alert.findings]
    assert (finding.before_quote, finding.after_quote, finding.tier) == (PROMISE, "", "review")
    assert "acme/terms" in finding.reasons[0]


def test_what_stands_elsewhere_as_before_did_not_move_and_is_not_called_a_loss(watch: Watch) -> None:
    watch.sees(html(PROMISE), page=TERMS)
    watch.sees(html(PROMISE))
    seen = [watch.sees(html()) for _ in range(4)]
    assert kinds(seen) == [("relocated", "unclear")]
    (alert,) = [alert for one in seen for alert in one.alerts]
    assert alert.findings[0].tier == "alert"
    assert "still stands on another of their pages" in alert.headline


def test_a_page_that_is_gone_may_have_moved_too(watch: Watch) -> None:
    watch.sees(html(), page=TERMS)
    watch.sees(html(PROMISE, OTHER))
    watch.sees(html(PROMISE), page=TERMS)
    told = kinds([watch.sees(b"<p>no</p>", status=404) for _ in range(6)])
    assert sorted(told) == [("relocated", "neutral"), ("withdrawn", "weaker")]


def test_words_that_left_both_pages_stand_nowhere(watch: Watch) -> None:
    for page in (PAGE, TERMS):
        watch.sees(html(PROMISE), page=page, after=0.1)
    seen = [watch.sees(html(), page=page, after=12) for _ in range(6) for page in (PAGE, TERMS)]
    assert kinds(seen) == [("withdrawn", "weaker")] * 2


@pytest.mark.parametrize("status", [404, 503])
def test_a_page_that_cannot_be_read_any_more_holds_nothing(watch: Watch, status: int) -> None:
    watch.sees(html(PROMISE), page=TERMS)
    watch.sees(html(PROMISE))
    for _ in range(10):
        watch.sees(b"<p>no</p>", status, page=TERMS)
    assert kinds([watch.sees(html()) for _ in range(5)]) == [("withdrawn", "weaker")]


def test_a_page_that_is_gone_holds_its_words_for_three_days(watch: Watch) -> None:
    watch.sees(html(PROMISE), page=TERMS)
    watch.sees(html(PROMISE))
    watch.sees(b"<p>no</p>", 404, page=TERMS)
    assert kinds([watch.sees(html()) for _ in range(5)]) == [("withdrawn", "weaker")]


def test_a_relocation_needs_as_much_as_a_withdrawal_and_its_way_back_is_told(watch: Watch) -> None:
    watch.sees(html(PROMISE), page=TERMS)
    watch.sees(html(PROMISE))
    assert kinds([watch.sees(html(), after=12) for _ in range(2)]) == []
    watch.sees(html(PROMISE))
    watch.sees(html(PROMISE), page=TERMS, after=1)
    seen = [watch.sees(html(), after=24) for _ in range(2)]
    watch.sees(html(PROMISE), page=TERMS, after=1)
    seen += [watch.sees(html(), after=24) for _ in range(3)]
    seen += [watch.sees(html(PROMISE)) for _ in range(5)]
    assert kinds(seen) == [("relocated", "unclear"), ("introduced", "stronger")]


# --------------------------------------------------------------------------- one change, told in many ways


def test_a_weaker_wording_that_names_the_day_is_one_change(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    daily = [LOOSE.replace("We do", f"As of day {day} of our calendar, we do") for day in range(6)]
    seen = [watch.sees(html(wording)) for wording in daily]
    assert kinds(seen) == [("force", "weaker")]


def test_a_withdrawal_is_not_undone_by_a_weaker_wording(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    seen = [watch.sees(html(*wording)) for wording in [(LOOSE,), (), (LOOSE,), (), (LOOSE,)]]
    assert ("force", "weaker") in kinds(seen)


def test_the_same_words_under_a_line_that_turns_them_are_no_relocation(watch: Watch) -> None:
    item = "sell facial recognition technology to police departments"
    listed = f"<p>We may:</p><ul><li>{item}</li></ul>"
    banned = f"<p>You may not:</p><ul><li>{item}</li></ul>"
    watch.sees(f"<html><body>{listed}{PADDING}</body></html>".encode(), page=TERMS)
    watch.sees(f"<html><body>{banned}{PADDING}</body></html>".encode())
    assert kinds([watch.sees(html()) for _ in range(4)]) == [("withdrawn", "weaker")]


def test_a_newly_linked_document_is_read_before_a_withdrawal_is_told(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    new = html("See <a href='/principles'>our principles</a>.")
    (link,) = watch.sees(new).links
    assert link == "https://acme.example/principles"
    watch.sees(html(PROMISE), page=linked_of(PAGE, link), after=0)
    assert kinds([watch.sees(new) for _ in range(4)]) == [("relocated", "neutral")]


def test_a_linked_document_that_was_read_long_ago_says_nothing_of_today(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(PROMISE), page=linked_of(PAGE, "https://acme.example/principles"), after=0)
    watch.sees(html(PROMISE), after=24 * 30)
    assert kinds([watch.sees(html()) for _ in range(4)]) == [("withdrawn", "weaker")]


def test_a_linked_document_that_is_there_every_second_look_is_there(watch: Watch) -> None:
    linked = linked_of(PAGE, "https://acme.example/principles")
    watch.sees(html(PROMISE))
    seen = []
    for look in range(10):
        watch.sees(
            html(PROMISE) if look % 2 else b"<p>no</p>", 200 if look % 2 else 404, page=linked, after=0
        )
        seen.append(watch.sees(html()))
    assert kinds(seen) == [("relocated", "neutral")]


def test_links_that_stood_before_or_are_watched_are_not_asked_for(watch: Watch) -> None:
    old = "<a href='/a'>a</a> <a href='https://www.acme.example/terms#x'>terms</a>"
    new = "<a href='mailto:x@acme.example'>mail</a> <a href='https://news.example/pledge'>elsewhere</a>"
    watch.sees(html(PROMISE, old))
    assert watch.sees(html(old + new)).links == ()


# --------------------------------------------------------------------------- where it leads


def moved(status: int) -> tuple[Redirect, ...]:
    return (Redirect(PAGE.url, status),)


NEWS = (
    "<html><body>"
    + "".join(f"<p>News item {i} tells of awards, partners and fairs.</p>" for i in range(60))
    + "</body></html>"
).encode()


def test_a_page_that_moved_for_good_with_its_text_is_the_page(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    outcome = watch.sees(html(PROMISE), final_url="https://acme.example/new", redirects=moved(301))
    assert outcome.readings[0].access.is_reading


def test_a_page_that_leads_elsewhere_for_good_is_told_once_it_has_stood(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    seen = [watch.sees(NEWS, final_url="https://acme.example/", redirects=moved(301)) for _ in range(5)]
    assert [access(one)[0] for one in seen[:3]] == [Access.MOVED] * 3
    assert kinds(seen) == [("withdrawn", "weaker")]


def test_a_number_of_the_visit_in_the_address_is_no_other_place(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    seen = [
        watch.sees(NEWS, final_url=f"https://acme.example/?visit={number}", redirects=moved(301))
        for number in range(5)
    ]
    assert kinds(seen) == [("withdrawn", "weaker")]


def test_a_page_that_leads_elsewhere_for_now_is_never_told(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    seen = [watch.sees(NEWS, final_url="https://acme.example/", redirects=moved(302)) for _ in range(60)]
    assert {access(one)[0] for one in seen} == {Access.MOVED}


# --------------------------------------------------------------------------- errors in between


def test_a_404_in_turn_with_an_error_that_carries_the_text_is_not_gone(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    turns = [watch.sees(b"<p>no</p>", 404), watch.sees(html(PROMISE), 500)]
    turns += [watch.sees(body, status) for body, status in [(b"<p>no</p>", 404), (html(PROMISE), 500)] * 10]
    assert kinds(turns) == []


def test_half_a_page_is_believed_after_two_weeks_only(watch: Watch) -> None:
    watch.sees(html(PROMISE, OTHER))
    half = html(OTHER)[: len(html(OTHER)) * 4 // 10] + b"</body></html>"
    seen = [watch.sees(half) for _ in range(18)]
    assert [access(one)[0] for one in seen[:14]] == [Access.PARTIAL] * 14
    assert kinds(seen) == [("withdrawn", "weaker")]


@pytest.mark.parametrize("body", [html(OTHER), html(PROMISE), b""], ids=["changed", "the same", "nothing"])
def test_in_doubt_about_ourselves_nothing_counts(watch: Watch, body: bytes) -> None:
    watch.sees(html(PROMISE))
    seen = [watch.sees(body, doubt="Our own network was in doubt.") for _ in range(6)]
    assert {access(one)[0] for one in seen} == {Access.OUTAGE}
    assert kinds(seen) == []
    assert watch.sees(html(PROMISE)).readings[0].access is Access.UNCHANGED


@pytest.mark.parametrize("failure", [None, Failure(Access.CONNECTION, "the connection failed")])
def test_a_check_in_doubt_is_repeated_soon(watch: Watch, failure: Failure | None) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(PROMISE), failure=failure, doubt="Our own network was in doubt.")
    with watch.store.read() as conn:
        assert dict(pages.schedule(conn))[PAGE.id] == watch.now + timedelta(hours=1)


def test_a_304_to_a_request_for_the_whole_page_proves_nothing(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    assert access(watch.sees(status=304, after=24 * 6)) == [Access.UNCHANGED]
    assert access(watch.sees(status=304, after=24 * 3)) == [Access.ERROR_PAGE]


def test_nothing_is_compared_while_the_earlier_version_cannot_be_read(watch: Watch) -> None:
    old, rules = html(PROMISE), watch.rules
    watch.sees(old)

    def read(body: bytes, fetch: Fetch, page: Page) -> Document | ExtractError:
        return ExtractError("unparseable", "too slow") if body == old else read_document(body, fetch, page)

    watch.rules = replace(rules, read=read)
    assert access(watch.sees(html())) == [Access.UNPARSEABLE]
    watch.rules = rules
    assert kinds([watch.sees(html()) for _ in range(4)]) == [("withdrawn", "weaker")]


def test_a_page_that_was_another_document_with_a_clock_is_told_back(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    dishes = "".join(
        f"<p>Dish {first}{last} wants butter.</p>" for first in "abc" for last in "defghijklmnopqrstuvwxyz"
    )
    seen = [
        watch.sees(f"<html><body>{dishes}<p>It is day {day}.</p></body></html>".encode()) for day in range(9)
    ]
    assert kinds(seen) == [("withdrawn", "weaker")]
    assert kinds([watch.sees(html(PROMISE)) for _ in range(6)]) == [("introduced", "stronger")]


# --------------------------------------------------------------------------- told at once


def test_who_wants_to_know_at_once_is_told_twice_under_one_id(watch: Watch) -> None:
    watch.takes_unconfirmed = True
    watch.sees(html(PROMISE))
    assert watch.sees(html(LOOSE)).alerts == ()
    (early,) = everything_told(watch)
    assert early.after.confirmed_at is None
    (confirmed,) = watch.sees(html(LOOSE)).alerts
    assert confirmed.id == early.id
    assert [one.after.confirmed_at for one in everything_told(watch)] == [watch.now]
    with watch.store.read() as conn:  # the early word had not gone out: it is not needed any more
        assert [one.key for one in alerts.waiting(conn)] == [f"{early.id}/all"]


def test_nobody_else_hears_of_it(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(LOOSE))
    assert everything_told(watch) == []


def everything_told(watch: Watch) -> list[Alert]:
    with watch.store.read() as conn:
        return alerts.all(conn)


# --------------------------------------------------------------------------- the probe


def test_a_page_that_reads_like_any_missing_page_of_its_host_is_not_there(watch: Watch) -> None:
    missing = f"<html><body><h1>Acme</h1><p>We make cameras.</p>{PADDING}</body></html>".encode()
    watch.sees(html(PROMISE))
    watch.sees(missing, page=probe_of(PAGE, "no-such-page"), after=0)
    seen = [watch.sees(missing) for _ in range(6)]
    assert {access(one)[0] for one in seen} == {Access.SOFT_404}
    assert kinds(seen) == []


def test_asides_are_no_pages(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    probe = probe_of(PAGE, "no-such-page")
    with watch.store.begin() as conn:
        fetches.record(conn, Fetch(probe.id, probe.url, watch.now, watch.now, probe.url, status=404))
    with watch.store.read() as conn:
        assert fetches.newest_unread(conn) == []


def test_a_page_with_little_of_its_own_is_still_itself(watch: Watch) -> None:
    """All the rest stands on every page of the host, the missing ones too."""
    own = (
        "We answer every letter within a week of its arrival.",
        "Our office is in the old mill beside the long bridge.",
    )
    watch.sees(html(PROMISE, *own))
    watch.sees(html("There is no such page."), page=probe_of(PAGE, "no-such-page"), after=0)
    assert kinds([watch.sees(html(*own)) for _ in range(4)]) == [("withdrawn", "weaker")]


def test_what_comes_and_goes_is_told_early_only_once(watch: Watch) -> None:
    watch.takes_unconfirmed = True
    watch.sees(html(PROMISE))
    for body in [html(LOOSE), html(PROMISE)] * 5:
        watch.sees(body)
    assert len(everything_told(watch)) == 1


def test_a_wording_that_changes_daily_is_told_early_only_once(watch: Watch) -> None:
    watch.takes_unconfirmed = True
    watch.sees(html(PROMISE))
    for day in range(2):
        watch.sees(html(LOOSE.replace("We do", f"As of day {day}, we do")), after=2)
    assert len(everything_told(watch)) == 1


def test_what_was_pending_against_an_address_that_was_edited_is_closed(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(LOOSE))
    watch.sees(html(LOOSE), page=replace(PAGE, url="https://acme.example/other"))
    with watch.store.read() as conn:
        assert findings.all_pending(conn) == []


def test_a_failed_look_does_not_put_off_what_is_pending(watch: Watch) -> None:
    weekly = replace(PAGE, every_hours=168)
    watch.sees(html(PROMISE), page=weekly)
    watch.sees(html(), page=weekly)
    watch.sees(status=503, page=weekly)
    with watch.store.read() as conn:
        assert dict(pages.schedule(conn))[PAGE.id] <= watch.now + timedelta(hours=36)
