"""One page from recorded fetches to findings: what is told, what is held, and what never counts as reading."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from monitor.check import check_page, next_due
from monitor.model import Access, Failure
from monitor.store import Store, alerts, findings, readings
from tests.one_page import (
    ACME,
    DEFAULT,
    LOOSE,
    PAGE,
    PROMISE,
    START,
    WALL,
    Watch,
    access,
    hasty,
    headlines,
    html,
    kinds,
    store,
    watch,
)

__all__ = ["hasty", "store", "watch"]


def test_the_first_sight_is_believed_and_tells_nothing(watch: Watch) -> None:
    outcome = watch.sees(html(PROMISE))
    assert access(outcome) == [Access.OK]
    assert (outcome.alerts, outcome.followed) == ((), ())


def test_a_change_is_told_once_two_readings_agree(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    assert watch.sees(html(LOOSE)).alerts == ()
    (alert,) = watch.sees(html(LOOSE)).alerts
    assert alert.direction == "weaker"
    assert alert.findings[0].before_quote == PROMISE
    assert alert.before.last_seen_at == START + timedelta(hours=24)
    assert alert.after.fetched_at == START + timedelta(hours=48)
    assert alert.after.confirmed_at == START + timedelta(hours=72)
    assert watch.sees(html(LOOSE)).alerts == ()


def test_findings_alert_and_deliveries_are_written_together(hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    (alert,) = hasty.sees(html(LOOSE)).alerts
    with hasty.store.read() as conn:
        assert alerts.get(conn, alert.id) == alert
        assert [delivery.alert_id for delivery in alerts.waiting(conn)] == [alert.id]


def test_a_withdrawal_needs_three_readings_over_72_hours(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    told = [watch.sees(html()).alerts for _ in range(4)]
    assert [len(alerts_) for alerts_ in told] == [0, 0, 0, 1]
    assert told[3][0].findings[0].kind == "withdrawn"


def test_a_text_that_flips_back_is_never_told(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    for _ in range(5):
        assert watch.sees(html(LOOSE)).alerts == ()
        (held,) = watch.sees(html(PROMISE)).followed
        assert held.state == "variant"


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"body": WALL}, Access.WALL),
        ({"body": WALL, "status": 403}, Access.WALL),
        ({"body": html(), "status": 500}, Access.ERROR_PAGE),
        ({"body": b"", "status": 200}, Access.EMPTY),
        ({"failure": Failure(Access.TIMEOUT, "too slow")}, Access.TIMEOUT),
        ({"status": 429}, Access.RATE_LIMITED),
    ],
)
def test_what_we_did_not_read_is_never_a_withdrawal(
    watch: Watch, facts: dict[str, object], state: Access
) -> None:
    watch.sees(html(PROMISE))
    for _ in range(6):
        outcome = watch.sees(**facts)  # type: ignore[arg-type]
        assert access(outcome) == [state]
        assert (outcome.alerts, outcome.followed) == ((), ())
    assert watch.sees(html(PROMISE)).alerts == ()


def test_a_wall_between_two_readings_does_not_reset_what_is_pending(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(LOOSE))
    watch.sees(WALL)
    assert len(watch.sees(html(LOOSE)).alerts) == 1


def test_a_page_that_is_gone_is_told_once_as_gone(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    told = [watch.sees(b"<p>Not found</p>", status=404).alerts for _ in range(6)]
    assert [len(alerts_) for alerts_ in told] == [0, 0, 0, 1, 0, 0]
    (alert,) = told[3]
    assert alert.findings[0].rule == "page-gone"
    assert "is gone" in alert.headline


def test_a_page_that_comes_back_in_time_was_never_gone(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(status=404)
    assert [one.state for one in watch.sees(html(PROMISE)).followed] == ["variant"]


def test_a_page_that_was_rewritten_whole_is_believed_once_it_has_stood(watch: Watch) -> None:
    chapters = "".join(
        f"<p>Chapter {i} of our cookbook tells you how to bake the cake that grandmother number {i * 7} liked.</p>"
        for i in range(60)
    )
    rewritten = f"<html><body><h1>Garden club</h1>{chapters}</body></html>".encode()
    watch.sees(html(PROMISE))
    outcomes = [watch.sees(rewritten) for _ in range(8)]
    assert [access(outcome)[0].value for outcome in outcomes] == [
        *["replaced"] * 3,
        "ok",
        *["unchanged"] * 4,
    ]
    assert kinds(outcomes) == [("withdrawn", "weaker")]
    (alert,) = outcomes[3].alerts
    assert alert.headline.endswith("; the page holds another document now")


def test_another_document_is_one_alert_that_lists_what_is_lost_and_what_is_kept(watch: Watch) -> None:
    others = "We will not build emotion recognition.", "We never share voiceprints with anybody."
    chapters = "".join(
        f"<p>Recipe {i} wants {i * 7} spoons of flour, sieved by hand at dawn.</p>" for i in range(60)
    )
    watch.sees(html(PROMISE, *others))
    cookbook = f"<html><body><p>{others[0]}</p>{chapters}</body></html>".encode()
    told = [alert for _ in range(6) for alert in watch.sees(cookbook).alerts]
    (alert,) = told
    assert [(one.kind.value, one.tier.value, one.before_quote) for one in alert.findings] == [
        ("withdrawn", "alert", PROMISE),
        ("withdrawn", "alert", others[1]),
        ("moved", "log", others[0]),
    ]
    assert alert.headline.endswith("; the page holds another document now, with 1 statement as before")


def test_half_a_page_that_comes_back_whole_was_never_believed(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    half = html()[: len(html()) * 4 // 10]
    for _ in range(3):
        assert [access(watch.sees(half))[0] for _ in range(3)] == [Access.PARTIAL] * 3
        assert watch.sees(html(PROMISE)).alerts == ()


def test_the_stump_of_a_page_is_never_believed(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    stump = html()[: len(html()) // 5]
    assert {access(watch.sees(stump))[0] for _ in range(12)} == {Access.PARTIAL}


def test_nonces_and_redesigns_are_silent(hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    assert hasty.sees(html(PROMISE, nonce="b")).alerts == ()
    redesigned = html(PROMISE).replace(b"<p>", b"<div class='x'>").replace(b"</p>", b"</div>")
    assert hasty.sees(redesigned).alerts == ()


def test_an_unchanged_answer_counts_as_reading(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    assert access(watch.sees(html(PROMISE))) == [Access.UNCHANGED]
    assert access(watch.sees(status=304)) == [Access.UNCHANGED]
    with watch.store.read() as conn:
        baseline = findings.baseline(conn, PAGE.id)
        assert baseline is not None
        assert baseline.last_seen_at == watch.now


def test_a_304_that_refers_to_a_pending_version_counts_for_it(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(LOOSE))
    (alert,) = watch.sees(status=304).alerts
    assert alert.after.sha256 == sha256(html(LOOSE)).hexdigest()


def test_the_change_back_is_told_too(hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    hasty.sees(html(LOOSE))
    (back,) = hasty.sees(html(PROMISE)).alerts
    assert back.direction == "stronger"


# ------------------------------------------------------------------ what a review once showed to go wrong


def test_a_second_removal_is_told_again_two_months_later(watch: Watch) -> None:
    seen = [watch.sees(html(PROMISE)) for _ in range(2)]
    for _ in range(2):
        seen += [watch.sees(html()) for _ in range(5)]
        seen += [watch.sees(html(PROMISE)) for _ in range(65)]
    assert kinds(seen) == [("withdrawn", "weaker"), ("introduced", "stronger")] * 2


def test_gone_and_back_and_gone_again_are_three_alerts(watch: Watch) -> None:
    seen = [watch.sees(html(PROMISE)) for _ in range(2)]
    for _ in range(2):
        seen += [watch.sees(b"<p>Not found</p>", status=404) for _ in range(6)]
        seen += [watch.sees(html(PROMISE)) for _ in range(6)]
    assert kinds(seen) == [("withdrawn", "weaker"), ("introduced", "stronger")] * 2
    assert headlines(seen)[0].count("is gone") == headlines(seen)[1].count("is there again") == 1


EXTRA = "You may not use our service for face recognition of children."


@pytest.mark.parametrize("changed", [html(PROMISE, EXTRA), html(LOOSE)], ids=["introduced", "weakened"])
def test_what_flipped_once_and_was_then_told_is_not_undone_by_standing(watch: Watch, changed: bytes) -> None:
    seen = [watch.sees(body) for body in (html(PROMISE), html(PROMISE), changed, html(PROMISE))]
    seen += [watch.sees(changed) for _ in range(12)]
    assert len(headlines(seen)) == 1


def test_what_was_told_and_is_then_reworded_is_not_undone(watch: Watch) -> None:
    seen = [watch.sees(html(PROMISE, "We do not use gait recognition.")) for _ in range(2)]
    seen += [watch.sees(html(PROMISE, EXTRA)) for _ in range(2)]  # told: introduced; pending: withdrawn
    longer = EXTRA.replace("children.", "children or of their parents, anywhere.")
    seen += [watch.sees(html(PROMISE, longer)) for _ in range(8)]
    assert [
        quote
        for o in seen
        for a in o.alerts
        for f in a.findings
        if f.kind == "withdrawn"
        for quote in [f.before_quote]
    ] == ["We do not use gait recognition."]


def test_a_page_that_comes_back_with_other_words_does_not_bring_the_old_ones_back(watch: Watch) -> None:
    seen = [watch.sees(html(PROMISE)) for _ in range(2)]
    seen += [watch.sees(status=404) for _ in range(6)]
    seen += [watch.sees(html(LOOSE)) for _ in range(6)]
    assert PROMISE not in [f.after_quote for o in seen for a in o.alerts for f in a.findings]


def test_one_404_does_not_make_a_removal_a_page_that_is_gone(watch: Watch) -> None:
    seen = [watch.sees(html(PROMISE)) for _ in range(2)] + [watch.sees(status=404)]
    seen += [watch.sees(html()) for _ in range(5)]
    assert ["page no longer says" in headline for headline in headlines(seen)] == [True]


def test_a_flapping_404_is_told_in_turn(watch: Watch) -> None:
    seen = [watch.sees(html(PROMISE)) for _ in range(2)]
    for _ in range(6):
        seen += [watch.sees(status=404) for _ in range(5)] + [watch.sees(html(PROMISE))]
    told = ["gone" if "is gone" in headline else "back" for headline in headlines(seen)]
    assert told == ["gone", "back"] * (len(told) // 2) + ["gone"] * (len(told) % 2)


def test_the_same_text_at_a_new_host_is_the_page_and_may_then_change(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    there = "https://new.example/pledge"
    seen = [
        watch.sees(html(PROMISE), final_url=there),
        *(watch.sees(html(LOOSE), final_url=there) for _ in range(2)),
    ]
    assert kinds(seen) == [("force", "weaker")]


def test_another_spelling_of_the_address_is_the_same_page(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    page = replace(PAGE, url=PAGE.url.replace("https://", "http://www.") + "/")
    assert kinds([watch.sees(html(LOOSE), page=page) for _ in range(2)]) == [("force", "weaker")]


def test_a_told_change_that_is_undone_while_another_is_pending_is_told_back(watch: Watch) -> None:
    gone_soon = "You may not use our service for face recognition of children."
    seen = [watch.sees(html(PROMISE, gone_soon)) for _ in range(2)]
    seen += [watch.sees(html(LOOSE)) for _ in range(2)]
    seen += [watch.sees(html(PROMISE, gone_soon)) for _ in range(3)]
    assert kinds(seen) == [("force", "weaker"), ("force", "stronger")]


@pytest.mark.parametrize(
    "body", [html(PROMISE), b"<title>Access Denied</title><p>You don't have permission to access this.</p>"]
)
def test_a_404_that_is_not_a_missing_page_is_not_gone(watch: Watch, body: bytes) -> None:
    watch.sees(html(PROMISE))
    states = {access(watch.sees(body, status=404))[0] for _ in range(6)}
    assert states in ({Access.ERROR_PAGE}, {Access.WALL})


def test_a_404_now_and_then_does_not_reset_what_is_pending(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    seen = [watch.sees(html(), after=24) if n % 3 else watch.sees(status=404, after=24) for n in range(1, 10)]
    assert ("withdrawn", "weaker") in kinds(seen)


def test_an_edited_selector_begins_anew_and_stops_nobody(store: Store, watch: Watch) -> None:
    watch.sees(html(PROMISE))
    page = replace(PAGE, select=("main",))
    redesigned = html(LOOSE).replace(b"<h1>", b"<main><h1>").replace(b"</body>", b"</main></body>")
    outcome = watch.sees(redesigned, page=page)
    assert (access(outcome), outcome.alerts) == ([Access.OK], ())


def test_an_edited_address_begins_anew(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    page = replace(PAGE, url="https://acme.example/another")
    seen = [watch.sees(html("We sell cameras."), page=page) for _ in range(5)]
    assert kinds(seen) == []


def test_a_translation_is_not_a_changed_policy(watch: Watch) -> None:
    german = "".join(
        f"<p>Absatz {i} handelt von Gebühren, von Hinweisen und von den Feiertagen der Belegschaft.</p>"
        for i in range(40)
    )
    watch.sees(html(PROMISE))
    body = f"<html><body><h1>Unser Versprechen</h1><p>Wir verkaufen der Polizei nichts.</p>{german}</body></html>".encode()
    assert {access(watch.sees(body))[0] for _ in range(8)} == {Access.OTHER_LANGUAGE}


def test_another_host_is_not_the_page(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    chooser = b"<p>Choose what you allow us to store about you before we show you anything at all.</p>" * 3
    seen = [watch.sees(chooser, final_url="https://choose.example/") for _ in range(8)]
    assert {access(outcome)[0] for outcome in seen} == {Access.MOVED}


def test_another_page_of_another_host_is_not_the_page(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    chooser = b"<p>Choose what you allow us to store about you before we show you anything at all.</p>" * 3
    assert access(watch.sees(chooser, final_url="https://choose.example/consent")) == [Access.MOVED]


def test_a_page_rewritten_at_its_new_host_is_not_taken_for_another_host(watch: Watch) -> None:
    there = "https://new.example/pledge"
    watch.sees(html(PROMISE))
    watch.sees(html(PROMISE), final_url=there)
    rewritten = (
        html().replace(b"Paragraph", b"Our new chapter about gardens is called").replace(b"fees", b"roses")
    )
    assert Access.MOVED not in access(watch.sees(rewritten, final_url=there))


def test_a_wall_in_place_of_the_part_that_we_watch_is_a_wall(watch: Watch) -> None:
    page = replace(PAGE, select=("h1",))
    watch.sees(html(PROMISE), page=page)
    assert access(watch.sees(WALL, page=page)) == [Access.WALL]


def test_even_the_hasty_look_twice_at_half_a_page(hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    half = html()[: len(html()) * 4 // 10] + b"</body></html>"
    assert [access(hasty.sees(half))[0] for _ in range(2)] == [Access.PARTIAL, Access.OK]


def test_a_stump_of_changing_size_has_not_stood(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    halves = [html()[: len(html()) * share // 100] for share in (36, 47)]
    assert {access(watch.sees(halves[n % 2]))[0] for n in range(12)} == {Access.PARTIAL}


def test_a_304_after_an_error_refers_to_the_last_good_body(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html("We are sorry."), status=500)
    seen = [watch.sees(status=304) for _ in range(5)]
    assert {access(outcome)[0] for outcome in seen} == {Access.UNCHANGED}
    assert kinds(seen) == []


def test_a_304_that_refers_to_nothing_is_no_reading(watch: Watch) -> None:
    assert access(watch.sees(status=304)) == [Access.EMPTY]


def test_evidence_is_never_without_a_body(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(LOOSE))
    watch.sees(status=304)
    back = [watch.sees(html(PROMISE)) for _ in range(2)]
    (alert,) = (alert for outcome in back for alert in outcome.alerts)
    assert alert.before.sha256 == sha256(html(LOOSE)).hexdigest()


def test_a_wall_every_third_day_does_not_hide_a_rewritten_page(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(PROMISE))
    rewritten = (
        html()
        .replace(b"Paragraph", b"Our new chapter about gardens is called")
        .replace(b"speaks of fees", b"and sings of roses")
    )
    seen = [watch.sees(WALL if n % 3 == 0 else rewritten) for n in range(1, 25)]
    assert kinds(seen) == [("withdrawn", "weaker")]


def test_a_banner_above_a_short_page_is_no_wall(hasty: Watch) -> None:
    short = f"<p>{PROMISE}</p><p>We sell cameras.</p><p>Write to us.</p>".encode()
    hasty.sees(short)
    seen = [
        hasty.sees(b"<p>We value your privacy</p>" + short),
        hasty.sees(b"<p>We value your privacy</p>" + short.replace(PROMISE.encode(), b"")),
    ]
    assert kinds(seen) == [("withdrawn", "weaker")]


def test_a_region_chooser_seen_first_tells_nothing_later(watch: Watch) -> None:
    watch.sees(b"<p>Choose your region</p><p>Europe</p><p>Asia</p>")
    assert kinds([watch.sees(html("We may sell facial recognition to police.")) for _ in range(8)]) == []


def test_every_fetch_is_read_once(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    with watch.store.begin() as conn:
        again = check_page(conn, watch.store, ACME, PAGE, watch.rules, watch.address, watch.now)
    assert again.readings == ()
    with watch.store.read() as conn:
        assert len(readings.of_page(conn, PAGE.id)) == 1


def test_quotes_stand_in_the_stored_body(hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    (alert,) = hasty.sees(html(LOOSE)).alerts
    assert alert.findings[0].before_quote in hasty.store.blobs.get(alert.before.sha256).decode()
    assert alert.findings[0].after_quote in hasty.store.blobs.get(alert.after.sha256).decode()


def test_a_pending_page_is_asked_sooner(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    pending = watch.sees(html(LOOSE)).followed
    assert next_due(PAGE, (), DEFAULT, watch.now) > watch.now + timedelta(hours=22)
    assert next_due(PAGE, pending, DEFAULT, watch.now) == watch.now + timedelta(hours=6)


def test_pages_spread_and_none_waits_longer_than_its_cadence() -> None:
    pages = [replace(PAGE, id=f"acme/page-{number}") for number in range(100)]
    due = [next_due(page, (), DEFAULT, START) - START for page in pages]
    assert timedelta(hours=22.8) <= min(due) < timedelta(hours=23)
    assert timedelta(hours=23.8) < max(due) <= timedelta(hours=24)
    later = [next_due(page, (), DEFAULT, START + timedelta(days=1)) - START for page in pages]
    assert due != [one - timedelta(days=1) for one in later]  # not at the same time of day for ever
