"""What follows from a verdict: who hears of it, what is taken back, what goes out after all."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.corrections import SAYINGS, Judged, correction, is_wrong, judge
from monitor.blobs import Blobs
from monitor.model import CORRECTION, Alert, Notice, Place, Review, Verdict
from monitor.settings import Channel, Desk, Route, Settings
from monitor.store import Connection, Store, notices, open_store, reviews, sqlite_url
from monitor.store import alerts as stored
from monitor.store.alerts import NewDelivery
from monitor.wire import notice_json
from tests.sample_alerts import NOW, alert, notice, unconfirmed
from tests.test_schema import NOTICE, problems

HOUR = timedelta(hours=1)
ANA, BEN = "ana@example.org", "ben@example.org"
SETTINGS = Settings(
    channels={
        "mail": Channel("email", host="localhost", sender="w@example.org"),
        "hook": Channel("webhook", url="https://hook.example"),
    },
    routes=(
        Route("staff", "mail", (ANA, BEN)),
        Route("room", "hook"),
        Route("daily", "mail", (ANA,), every="daily"),
    ),
)
TO_ANA = NewDelivery("to-ana", "staff", "mail", ANA)
TO_BEN = NewDelivery("to-ben", "staff", "mail", BEN)
TO_ROOM = NewDelivery("to-room", "room", "hook", "")
IN_DIGEST = NewDelivery("in-digest", "daily", "mail", ANA, gathered=True)
WRONG = sorted(set(Verdict) - {Verdict.RIGHT})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "store.db"), Blobs(tmp_path / "blobs")) as opened:
        yield opened


def raise_to(store: Store, *addressed: NewDelivery, sent: Sequence[NewDelivery] = ()) -> Alert:
    """An alert with these deliveries, some of them sent."""
    raised = alert()
    with store.begin() as conn:
        stored.add(conn, raised, addressed)
        for one in stored.waiting(conn):
            if one.key in {each.key for each in sent}:
                stored.mark_sent(conn, one.id, NOW)
    return raised


def review(verdict: Verdict, hours: float = 1, note: str = "") -> Review:
    return Review(alert().id, NOW + hours * HOUR, "Ana", verdict, note)


def judged(store: Store, verdict: Verdict, hours: float = 1, **how: object) -> Judged:
    with store.begin() as conn:
        return judge(conn, alert(), review(verdict, hours), how.pop("settings", SETTINGS), **how)  # type: ignore[arg-type]


def corrections(store: Store) -> list[tuple[str, str, str]]:
    """(route, recipient, headline) of every correction that waits."""
    with store.read() as conn:
        waiting = [one for one in stored.waiting(conn) if one.notice_id]
        return [(one.route, one.recipient, notices.get(conn, one.notice_id).headline) for one in waiting]


def send_all(store: Store) -> None:
    with store.begin() as conn:
        for one in stored.due(conn, NOW + 99 * HOUR):
            stored.mark_sent(conn, one.id, NOW + 99 * HOUR)


def alerts_waiting(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as conn:
        return [(one.route, one.recipient, one.state) for one in stored.waiting(conn) if one.alert_id]


def who(store: Store) -> list[tuple[str, str]]:
    return [(route, recipient) for route, recipient, _ in corrections(store)]


# --------------------------------------------------------------------------- who hears of it


@pytest.mark.parametrize("verdict", WRONG)
def test_everyone_who_got_a_wrong_alert_is_told_by_the_same_way(store: Store, verdict: Verdict) -> None:
    raise_to(store, TO_ANA, TO_ROOM, sent=[TO_ANA, TO_ROOM])
    assert judged(store, verdict) == Judged(corrections=2)
    assert who(store) == [("staff", ANA), ("room", "")]
    assert all(SAYINGS[verdict] in headline for _, _, headline in corrections(store))


def test_what_still_waits_is_taken_back_and_nobody_else_is_told(store: Store) -> None:
    raise_to(store, TO_ANA, TO_BEN, IN_DIGEST, sent=[TO_ANA])
    assert judged(store, Verdict.PAGE_NOISE) == Judged(corrections=1, taken_back=2)
    assert who(store) == [("staff", ANA)]
    assert alerts_waiting(store) == []


def test_whoever_was_told_early_and_again_is_told_once(store: Store) -> None:
    raise_to(
        store,
        TO_ANA,
        replace(TO_ANA, key="to-ana/unconfirmed"),
        sent=[TO_ANA, replace(TO_ANA, key="to-ana/unconfirmed")],
    )
    assert judged(store, Verdict.WRONG_DIRECTION).corrections == 1


def test_nobody_was_told_so_nobody_is_corrected(store: Store) -> None:
    raise_to(store)
    assert judged(store, Verdict.WRONG_DIRECTION) == Judged()
    with store.read() as conn:
        assert notices.since(conn, CORRECTION, NOW) == []
        assert reviews.newest(conn)[alert().id].verdict is Verdict.WRONG_DIRECTION


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(replace(SETTINGS, routes=SETTINGS.routes[1:]), id="no such route any more"),
        pytest.param(replace(SETTINGS, routes=(Route("staff", "mail", (BEN,)),)), id="no such recipient"),
        pytest.param(replace(SETTINGS, channels={"hook": SETTINGS.channels["hook"]}), id="no such channel"),
    ],
)
def test_whom_the_settings_no_longer_want_is_left_out(store: Store, settings: Settings) -> None:
    raise_to(store, TO_ANA, TO_ROOM, sent=[TO_ANA, TO_ROOM])
    assert judged(store, Verdict.DUPLICATE, settings=settings).corrections == (
        "room" in {route.name for route in settings.routes}
    )
    assert ("staff", ANA) not in who(store)


def test_what_a_digest_tells_cannot_be_called_back_so_it_is_corrected(store: Store) -> None:
    raise_to(store, IN_DIGEST)
    with store.begin() as conn:
        notices.add(conn, notice(id="d" * 64, kind="digest"), [NewDelivery("d", "daily", "mail", ANA)])
        stored.bundle(conn, [one.id for one in stored.waiting(conn) if one.alert_id], "d" * 64)
    assert judged(store, Verdict.NOT_ABOUT_THIS) == Judged(corrections=1)
    assert alerts_waiting(store) == [("daily", ANA, "bundled")]


def test_what_waits_was_not_composed_yet_so_nobody_has_to_hear_of_it(store: Store) -> None:
    raise_to(store, TO_ANA, TO_BEN, IN_DIGEST)
    assert judged(store, Verdict.PAGE_NOISE) == Judged(taken_back=3)
    assert who(store) == []


def test_what_was_given_up_is_not_sent_later(store: Store) -> None:
    raise_to(store, TO_ANA)
    with store.begin() as conn:
        stored.mark_failed(conn, stored.waiting(conn)[0].id, NOW, None, "550 no such user")
    assert judged(store, Verdict.PAGE_NOISE) == Judged(taken_back=1)
    with store.read() as conn:
        assert stored.parked(conn) == []


def test_what_was_being_handed_over_when_it_was_cut_off_counts_as_told(store: Store) -> None:
    raise_to(store, TO_ANA, TO_BEN)
    with store.begin() as conn:
        stored.mark_under_way(conn, stored.waiting(conn)[0].id)
    judged(store, Verdict.PAGE_NOISE)
    assert who(store) == [("staff", ANA)]


# --------------------------------------------------------------------------- one verdict after another


def test_a_correction_that_was_not_sent_is_overtaken_by_the_next_verdict(store: Store) -> None:
    raise_to(store, TO_ANA, sent=[TO_ANA])
    judged(store, Verdict.PAGE_NOISE, 1)
    judged(store, Verdict.DUPLICATE, 2)
    assert [headline.split(":")[0] for _, _, headline in corrections(store)] == [TWICE]
    assert judged(store, Verdict.RIGHT, 3) == Judged()
    assert corrections(store) == [], "nobody was told otherwise"


WRONG, TWICE, AGAIN = "A person judged this to be wrong", "This was told twice", "A person judged this again"


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        pytest.param([Verdict.RIGHT], [], id="right"),
        pytest.param([Verdict.RIGHT, Verdict.RIGHT], [], id="right twice"),
        pytest.param([Verdict.RIGHT, Verdict.PAGE_NOISE], [WRONG], id="right, then wrong"),
        pytest.param([Verdict.PAGE_NOISE, Verdict.PAGE_NOISE], [WRONG], id="the same again"),
        pytest.param([Verdict.PAGE_NOISE, Verdict.DUPLICATE], [WRONG, TWICE], id="wrong otherwise"),
        pytest.param([Verdict.PAGE_NOISE, Verdict.RIGHT], [WRONG, AGAIN], id="right after all"),
        pytest.param(
            [Verdict.PAGE_NOISE, Verdict.RIGHT, Verdict.PAGE_NOISE],
            [WRONG, AGAIN, WRONG],
            id="to and fro",
        ),
    ],
)
def test_a_message_goes_out_whenever_the_verdict_is_another_one(
    store: Store, verdicts: list[Verdict], told: list[str]
) -> None:
    raise_to(store, TO_ANA, sent=[TO_ANA])
    heard: list[str] = []
    for hours, verdict in enumerate(verdicts):
        judged(store, verdict, hours)
        heard += [headline.split(":")[0] for _, _, headline in corrections(store)]
        send_all(store)
    assert heard == told
    with store.read() as conn:
        assert [one.verdict for one in reviews.of_alert(conn, alert().id)] == verdicts


def test_what_was_taken_back_goes_out_where_it_is_right_after_all(store: Store) -> None:
    raise_to(store, TO_ANA, TO_BEN, sent=[TO_ANA])
    judged(store, Verdict.PAGE_NOISE, 1)
    send_all(store)
    after_all = judged(store, Verdict.RIGHT, 2, anew=(TO_ANA, TO_BEN))
    assert after_all == Judged(corrections=1, sent_after_all=1)
    assert alerts_waiting(store) == [("staff", BEN, "waiting")]
    assert judged(store, Verdict.PAGE_NOISE, 3) == Judged(corrections=1, taken_back=1)
    assert judged(store, Verdict.RIGHT, 4, anew=(TO_ANA, TO_BEN)).sent_after_all == 1, "as often as it takes"


def test_right_at_once_sends_nothing_anew(store: Store) -> None:
    raise_to(store, TO_ANA, sent=[TO_ANA])
    assert judged(store, Verdict.RIGHT, anew=(TO_BEN,)) == Judged()
    assert alerts_waiting(store) == []


def test_nothing_is_kept_where_any_of_it_fails(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: a verdict without its correction, or a correction without its verdict, is never seen."""
    raise_to(store, TO_ANA, TO_BEN, sent=[TO_ANA])

    def fail(conn: Connection, notice: Notice, addressed: Sequence[NewDelivery]) -> bool:
        raise RuntimeError("killed here")

    monkeypatch.setattr("alerts.corrections.notices.add", fail)
    with pytest.raises(RuntimeError):
        judged(store, Verdict.PAGE_NOISE)
    with store.read() as conn:
        assert reviews.all(conn) == []
    assert alerts_waiting(store) == [("staff", BEN, "waiting")]


# --------------------------------------------------------------------------- what it says


def test_a_correction_says_what_was_told_who_judged_and_where_the_evidence_is() -> None:
    told = correction(alert(), review(Verdict.WRONG_DIRECTION, note="It adds\na duty."), Verdict.RIGHT)
    assert (told.kind, told.about, told.raised_at) == (CORRECTION, alert().id, NOW + HOUR)
    assert told.headline == (
        f"A person judged this to be wrong: {alert().headline}. "
        "What holds: the words changed as quoted, but the direction that was told is wrong."
    )
    assert told.lines == (
        "Raised on 2026-11-22 06:02 UTC, on the page https://corvid.example/terms",
        "Judged by Ana on 2026-11-22 07:02 UTC: wrong-direction.",
        "Note of the reviewer: It adds a duty.",
        f"The evidence stays: pledgewatch alerts show {alert().id[:12]}",
    )


def test_the_desk_is_named_where_there_is_one(store: Store) -> None:
    raise_to(store, TO_ANA, sent=[TO_ANA])
    judged(store, Verdict.PAGE_NOISE, settings=replace(SETTINGS, desk=Desk("https://watch.example.org")))
    with store.read() as conn:
        (told,) = notices.since(conn, CORRECTION, NOW)
    assert told.lines[-1] == f"The evidence stays: https://watch.example.org/changes/{alert().id}"


def test_a_later_one_says_what_it_goes_before() -> None:
    told = correction(unconfirmed(alert()), review(Verdict.RIGHT), Verdict.PAGE_NOISE)
    assert told.headline == f"A person judged this again: {alert().headline}. It holds as it was told."
    assert "Raised on 2026-11-22 06:02 UTC, not confirmed then, on the page" in told.lines[0]
    assert "This goes before what was said of it until now: page-noise." in told.lines


def test_a_duplicate_is_not_called_wrong() -> None:
    told = correction(alert(), review(Verdict.DUPLICATE), Verdict.RIGHT)
    assert "wrong" not in told.headline and "so it counts once" in told.headline


def test_sister_pages_are_named() -> None:
    sister = Place({"id": "corvid/aup", "url": "https://corvid.example/aup", "role": "terms"}, "c" * 64)
    told = correction(replace(alert(), places=(sister,)), review(Verdict.PAGE_NOISE), Verdict.RIGHT)
    assert "https://corvid.example/aup (pledgewatch alerts show cccccccccccc)" in told.lines


@given(
    headline=st.text(st.characters(exclude_categories=()), min_size=1),
    note=st.text(st.characters(exclude_categories=())),
    verdict=st.sampled_from(Verdict),
    before=st.sampled_from(Verdict),
)
def test_whatever_words_come_it_is_a_notice_of_one_line_each(
    headline: str, note: str, verdict: Verdict, before: Verdict
) -> None:
    told = correction(replace(alert(), headline=headline), review(verdict, note=note), before)
    assert problems(notice_json(told), NOTICE) == []
    for line in (told.headline, *told.lines):
        assert len(line.splitlines()) == 1 and "\0" not in line
        line.encode()


@given(
    one=st.tuples(st.sampled_from(Verdict), st.integers(0, 9)),
    other=st.tuples(st.sampled_from(Verdict), st.integers(0, 9)),
)
def test_each_verdict_has_a_message_of_its_own(one: tuple[Verdict, int], other: tuple[Verdict, int]) -> None:
    first, second = (correction(alert(), review(*each), Verdict.RIGHT).id for each in (one, other))
    assert (first == second) == (one == other)


def test_wrong_is_every_verdict_but_right() -> None:
    assert not is_wrong(None) and not is_wrong(review(Verdict.RIGHT))
    assert all(is_wrong(review(verdict)) for verdict in WRONG)


MOTIVES = ("quietly", "dropped", "withdrew", "sneak", "silently", "hid ", "admit")


@pytest.mark.parametrize("verdict", Verdict)
def test_it_states_facts_and_no_motives(verdict: Verdict) -> None:
    told = correction(alert(), review(verdict), Verdict.RIGHT)
    assert not [word for word in MOTIVES if word in " ".join((told.headline, *told.lines)).lower()]
