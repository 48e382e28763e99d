"""pledgewatch alerts, through the real program: list, show, send, and try a route against real servers."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.home import Home
from monitor.confirm import finding_key
from monitor.model import Alert, Finding, Review, Sighting, Verdict
from monitor.store import alerts, fetches, findings, holds, notices, reviews
from monitor.store.alerts import NewDelivery
from tests.homes import Screen, at_home, home, program
from tests.loopback import Answer, Loopback
from tests.sample_alerts import AFTER, BEFORE, NOW, alert, finding, notice, tracked, unconfirmed
from tests.store_values import HOUR, fetch
from tests.store_values import alert as heron_alert

__all__ = ["home"]  # the fixture

OUR_OWN = ("--allow-host", "127.0.0.1")
OLD, NEW = b"<p>We will not sell it.</p>", b"<p>We do not currently sell it.</p>"


def raise_alert(folder: Path, raised: Alert, *deliveries: NewDelivery) -> Alert:
    with Home(folder, folder / "config").open_store() as store, store.begin() as conn:
        assert alerts.add(conn, raised, deliveries)
    return raised


def follow(folder: Path, page_id: str, *found: Finding, state: Sighting = Sighting.PENDING) -> None:
    """These findings, seen once, and pending unless another state is given."""
    with Home(folder, folder / "config").open_store() as store, store.begin() as conn:
        seen = fetches.record(conn, fetch(page_id=page_id)).id
        pending = [
            replace(
                tracked(one, finding_key(one)),
                state=state,
                before_fetch_id=seen,
                after_fetch_id=seen,
            )
            for one in found
        ]
        findings.save(conn, page_id, pending)


def raise_with_evidence(folder: Path) -> Alert:
    """An alert with the two fetches and the two bodies that it was made from."""
    old, new = (sha256(body).hexdigest() for body in (OLD, NEW))
    raised = replace(alert(), before=replace(BEFORE, sha256=old), after=replace(AFTER, sha256=new))
    with Home(folder, folder / "config").open_store() as store, store.begin() as conn:
        ids = []
        for side, body in ((raised.before, OLD), (raised.after, NEW)):
            store.blobs.put(body)
            at = {"started_at": side.fetched_at - HOUR, "ended_at": side.fetched_at}
            page_id = raised.page["id"]
            ids.append(fetches.record(conn, fetch(page_id=page_id, body_sha256=side.sha256, **at)).id)
        one = replace(
            tracked(finding(), finding_key(finding())), before_fetch_id=ids[0], after_fetch_id=ids[1]
        )
        findings.save(conn, raised.page["id"], [one])
        alerts.add(conn, raised, ())
    assert one.state is Sighting.CONFIRMED
    return raised


def told_json(capsys: Screen, folder: Path, *arguments: str) -> Any:
    assert at_home(folder, "alerts", *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


# --------------------------------------------------------------------------- list


def test_no_alert_is_said(home: Path, capsys: Screen) -> None:
    assert at_home(home, "alerts", "list") == 0
    assert capsys.readouterr().out == "No alert was raised yet.\n"
    assert told_json(capsys, home, "list") == {"schema": "pledgewatch.alerts/1", "alerts": []}


def test_alerts_are_listed_newest_first(home: Path, capsys: Screen) -> None:
    for number in range(3):
        raise_alert(home, heron_alert(str(number) * 64, hours=number))
    assert [one["id"][0] for one in told_json(capsys, home, "list")["alerts"]] == ["2", "1", "0"]
    assert at_home(home, "alerts", "list") == 0
    header, first, *_ = capsys.readouterr().out.splitlines()
    assert header.split() == ["id", "raised", "direction", "what"]
    assert first.startswith("222222222222  2026-03-01 08:00 UTC  weaker     Heron Systems no longer says")


def test_what_is_unconfirmed_or_held_is_marked(home: Path, capsys: Screen) -> None:
    raise_alert(home, unconfirmed(heron_alert("1" * 64)))
    hold(home, raise_alert(home, heron_alert("2" * 64, hours=1)))
    hold(home, raise_alert(home, unconfirmed(heron_alert("3" * 64, hours=2))))
    follow(home, heron_alert().page["id"], *heron_alert().findings)
    assert [one["held"] for one in told_json(capsys, home, "list")["alerts"]] == [WHY, WHY, ""]
    assert at_home(home, "alerts", "list") == 0
    _, third, second, first, hint = capsys.readouterr().out.splitlines()
    assert "  [held] [unconfirmed] Heron Systems no longer" in third
    assert "  [held] Heron Systems no longer" in second
    assert "  [unconfirmed] Heron Systems no longer" in first
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        findings.close_pending(conn, heron_alert().page["id"])
    assert at_home(home, "alerts", "list") == 0
    assert capsys.readouterr().out.count("[unconfirmed, gone again] Heron Systems no longer") == 2
    assert hint.startswith("2 held: let one go out with `pledgewatch alerts release ID`")


def test_what_another_alert_confirmed_is_not_gone(home: Path, capsys: Screen) -> None:
    raise_alert(home, unconfirmed(heron_alert()))
    follow(home, heron_alert().page["id"], *heron_alert().findings, state=Sighting.CONFIRMED)
    assert at_home(home, "alerts", "list") == 0
    assert "[unconfirmed, confirmed by a later one] Heron Systems" in capsys.readouterr().out


# --------------------------------------------------------------------------- what is held

WHY = "6 of 9 pages changed."


def hold(folder: Path, raised: Alert) -> Alert:
    with Home(folder, folder / "config").open_store() as store, store.begin() as conn:
        holds.hold(conn, holds.Hold(raised.id, NOW, WHY))
    return raised


def test_what_is_held_is_shown_and_not_sent_until_it_is_released(home: Path, capsys: Screen) -> None:
    raised = hold(home, raise_alert(home, alert(), NewDelivery("k", "console", "console", "")))
    assert at_home(home, "alerts", "send") == 0
    assert capsys.readouterr().out == (
        "0 sent, 0 failed and tried again later, 0 given up.\n"
        f"  held: {raised.id[:12]} by console, until `pledgewatch alerts release {raised.id[:12]}`.\n"
    )
    assert at_home(home, "alerts", "show", raised.id[:9]) == 0
    assert capsys.readouterr().out.startswith(f"Held, not sent: {WHY} It goes out with")

    assert at_home(home, "alerts", "release", raised.id[:9]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"released {raised.id[:12]}: Corvid Cloud")
    assert "`pledgewatch alerts send`" in told
    assert at_home(home, "alerts", "send") == 0
    assert "1 sent" in capsys.readouterr().out


def test_everything_that_is_held_can_be_released_at_once(home: Path, capsys: Screen) -> None:
    for number in range(3):
        hold(home, raise_alert(home, heron_alert(str(number) * 64)))
    assert at_home(home, "alerts", "release", "--all") == 0
    assert capsys.readouterr().out.count("released ") == 3
    assert at_home(home, "alerts", "release", "--all") == 0
    assert capsys.readouterr().out == "Nothing is held.\n"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param(
            ["a"], "aaaaaaaaaaaa is not held: `pledgewatch alerts list` shows what is", id="not held"
        ),
        pytest.param(["b"], "no alert has an id that begins with 'b'", id="unknown"),
        pytest.param([], "name one alert by its ID, or all that are held with --all", id="nothing"),
        pytest.param(["a", "--all"], "name one alert by its ID, or all", id="one and all"),
    ],
)
def test_what_cannot_be_released_is_said(home: Path, capsys: Screen, asked: list[str], sentence: str) -> None:
    raise_alert(home, heron_alert())
    assert at_home(home, "alerts", "release", *asked) == 2
    assert sentence in capsys.readouterr().err


def test_sending_by_hand_holds_a_mass_change_too(home: Path, capsys: Screen) -> None:
    """Whoever sends first: a check that was killed before it judged is no way round the hold."""
    pages = "".join(
        f'[pages.p{number}]\nurl = "https://corvid.example/{number}"\nrole = "terms"\n' for number in range(6)
    )
    text = f'name = "Corvid Cloud"\nkind = "vendor"\nwhy = ["made up"]\n{pages}'
    (home / "config" / "watchlist" / "corvid.toml").write_text(text)
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        for number in range(6):
            one = tracked(finding(), finding_key(finding()))
            page_id = f"corvid/p{number}"
            seen = fetches.record(conn, fetch(page_id=page_id)).id
            findings.save(conn, page_id, [replace(one, before_fetch_id=seen, after_fetch_id=seen)])
        raised = replace(alert(), page={**alert().page, "id": "corvid/p0"})
        alerts.add(conn, raised, [NewDelivery("k", "console", "console", "")])
    assert at_home(home, "alerts", "send") == 0
    told = capsys.readouterr().out
    assert "1 alert is held for a person: 6 of 6 pages of Corvid Cloud" in told
    assert "1 sent, 0 failed" in told, "the notice, by the route that init wrote"
    assert "[-will" not in told


def test_a_notice_that_could_not_be_sent_is_listed(tmp_path: Path, capsys: Screen) -> None:
    folder = tmp_path / "home"
    with Loopback({"/hook": Answer(503)}) as site:
        program("init", folder, "--webhook", site.url("/hook"), *OUR_OWN)
        with Home(folder, folder / "config").open_store() as store, store.begin() as conn:
            notices.add(conn, notice(), [NewDelivery("k", "webhook", "webhook", "")])
        assert at_home(folder, "alerts", "send") == 1
    assert f"waiting: {'0' * 12} by webhook, next " in capsys.readouterr().out


# --------------------------------------------------------------------------- show


def test_an_alert_is_found_by_how_its_id_begins(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert())
    told = told_json(capsys, home, "show", raised.id[:8].upper())
    assert told["schema"] == "pledgewatch.alert/1"
    assert told["id"] == raised.id
    assert told["findings"][0]["before_quote"] == finding().before_quote


def test_people_see_the_message_and_where_its_evidence_lies(home: Path, capsys: Screen) -> None:
    raised = raise_with_evidence(home)
    assert at_home(home, "alerts", "show", raised.id) == 0
    told = capsys.readouterr().out
    assert "[-" in told
    for name, side, body, number in (("before", raised.before, OLD, 1), ("after", raised.after, NEW, 2)):
        assert f"{name + ':':<8}fetch {number} of {side.fetched_at:%Y-%m-%d %H:%M} UTC, status 200" in told
        blob = home / "blobs" / side.sha256[:2] / f"{side.sha256}.zst"
        assert f"{blob}, {len(body)} bytes, intact" in told
        assert blob.exists()


def test_what_a_person_said_of_an_alert_stands_in_its_message_too(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert())
    for author, verdict in (("Bo", Verdict.PAGE_NOISE), ("Ana", Verdict.RIGHT)):
        with Home(home, home / "config").open_store() as store, store.begin() as conn:
            reviews.add(conn, Review(raised.id, NOW, author, verdict))
    assert at_home(home, "alerts", "show", raised.id) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "high confidence, judged right by Ana, 2026-11-22 06:02 UTC." in told
    assert "not reviewed by a person" not in told


def test_a_damaged_body_is_said_and_the_alert_is_still_shown(home: Path, capsys: Screen) -> None:
    raised = raise_with_evidence(home)
    side = raised.after.sha256
    (home / "blobs" / side[:2] / f"{side}.zst").write_bytes(b"rot")
    assert at_home(home, "alerts", "show", raised.id) == 0
    told = capsys.readouterr().out
    assert "its body cannot be shown as evidence" in told
    assert told.count("intact") == 1


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("ffff", "no alert has an id that begins with 'ffff'"),
        ("a", "more than one alert"),
        ("", "no alert"),
        ("a\udcff", "no alert"),  # as a byte that is no UTF-8 comes from the command line
    ],
    ids=["unknown", "ambiguous", "nothing", "no UTF-8"],
)
def test_an_id_that_fits_no_one_alert_is_refused(
    home: Path, capsys: Screen, asked: str, sentence: str
) -> None:
    raise_alert(home, heron_alert("a1" * 32))
    raise_alert(home, heron_alert("a2" * 32))
    assert at_home(home, "alerts", "show", asked) == 2
    assert sentence in capsys.readouterr().err


# --------------------------------------------------------------------------- send


def test_what_waits_is_sent_once(home: Path, capsys: Screen) -> None:
    raise_alert(home, alert(), NewDelivery("k", "console", "console", ""))
    assert at_home(home, "alerts", "send") == 0
    told = capsys.readouterr().out
    assert "Corvid Cloud" in told
    assert "1 sent, 0 failed and tried again later, 0 given up." in told
    assert at_home(home, "alerts", "send") == 0
    assert capsys.readouterr().out.startswith("0 sent")


def test_what_was_given_up_is_put_back_and_tried_at_once(tmp_path: Path, capsys: Screen) -> None:
    folder = tmp_path / "home"
    with Loopback({"/hook": Answer(410)}) as site:
        program("init", folder, "--webhook", site.url("/hook"), *OUR_OWN)
        raised = raise_alert(folder, alert(), NewDelivery("k", "webhook", "webhook", ""))
        raise_alert(folder, heron_alert(), NewDelivery("l", "gone", "webhook", ""))
        assert at_home(folder, "alerts", "send") == 1
        assert "0 sent, 0 failed and tried again later, 2 given up." in capsys.readouterr().out
        assert at_home(folder, "alerts", "send") == 0
        assert capsys.readouterr().out.startswith("0 sent, 0 failed"), "what was given up is left alone"
        assert at_home(folder, "status") == 0
        told = capsys.readouterr().out
        assert "Given up, not sent: 2\n" in told
        assert "Put them back and try them at once: pledgewatch alerts send --parked" in told
        site.routes["/hook"] = Answer(204)
        assert at_home(folder, "alerts", "send", "--parked") == 0
        assert capsys.readouterr().out.startswith(
            "1 put back; 1 stay, as their route, channel or recipient is no longer in the settings.\n1 sent, 0 failed"
        )
        assert at_home(folder, "alerts", "send", "--parked") == 0
        assert capsys.readouterr().out.startswith("0 put back; 1 stay")
    assert [json.loads(asked.body)["id"] for asked in site.asked] == [raised.id] * 2


def test_a_route_that_fails_is_told_by_another(tmp_path: Path, capsys: Screen) -> None:
    folder = tmp_path / "home"
    with Loopback({"/hook": Answer(410)}) as site:
        program("init", folder, "--webhook", site.url("/hook"), *OUR_OWN)
        settings = folder / "config" / "settings.toml"
        settings.write_text(
            settings.read_text() + '\n[channels.screen]\nkind = "console"\n'
            '[[routes]]\nname = "desk"\nchannel = "screen"\noperations = true\n'
        )
        raise_alert(folder, alert(), NewDelivery("k", "webhook", "webhook", ""))
        assert at_home(folder, "alerts", "send") == 1
        told = "Messages by the route webhook (webhook by webhook) are not taken: 1 was given up"
        assert f"told elsewhere with what is sent next: {told}" in capsys.readouterr().out
        assert at_home(folder, "alerts", "send") == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert told in printed and "answered 410" in printed and "1 sent" in printed


def test_what_a_digest_has_is_listed_with_it(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert(), NewDelivery("k", "console", "console", ""))
    digest = notice(id="d" * 64, kind="digest")
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        (one,) = alerts.waiting(conn)
        notices.add(conn, digest, [NewDelivery("d", "console", "gone", "")])
        alerts.bundle(conn, [one.id], digest.id)
    assert at_home(home, "status") == 0
    assert f"  {raised.id[:12]}  console  in digest dddddddddddd" in capsys.readouterr().out
    assert at_home(home, "status", "--json") == 0
    waiting = json.loads(capsys.readouterr().out)["waiting"]
    assert [(one["alert"], one["digest"]) for one in waiting] == [(raised.id, "d" * 64), ("", "")]
    assert at_home(home, "alerts", "send") == 1
    capsys.readouterr()
    assert at_home(home, "status") == 0
    told = capsys.readouterr().out
    assert "Given up, not sent: 2\n" in told and told.count("in digest dddddddddddd") == 1


def test_what_cannot_be_sent_waits_and_is_exit_code_1(tmp_path: Path, capsys: Screen) -> None:
    with Loopback({"/hook": Answer(503)}) as site:
        program("init", tmp_path / "home", "--webhook", site.url("/hook"), *OUR_OWN)
        raise_alert(tmp_path / "home", alert(), NewDelivery("k", "webhook", "webhook", ""))
        capsys.readouterr()
        assert at_home(tmp_path / "home", "alerts", "send") == 1
    told = capsys.readouterr().out
    assert "0 sent, 1 failed and tried again later, 0 given up." in told
    assert f"waiting: {alert().id[:12]} by webhook, next " in told
    assert "answered 503" in told


def test_what_was_refused_for_good_is_exit_code_1(tmp_path: Path, capsys: Screen) -> None:
    with Loopback({"/hook": Answer(410)}) as site:
        program("init", tmp_path / "home", "--webhook", site.url("/hook"), *OUR_OWN)
        raise_alert(tmp_path / "home", alert(), NewDelivery("k", "webhook", "webhook", ""))
        assert at_home(tmp_path / "home", "alerts", "send") == 1
    told = capsys.readouterr().out
    assert (
        "0 sent, 0 failed and tried again later, 1 given up.\n  why they were given up: pledgewatch status"
        in told
    )


def test_a_file_with_a_relative_path_lies_in_the_home_that_was_named(home: Path, capsys: Screen) -> None:
    settings = home / "config" / "settings.toml"
    settings.write_text(settings.read_text().replace('kind = "console"', 'kind = "file"\npath = "out.jsonl"'))
    raised = raise_alert(home, alert(), NewDelivery("k", "console", "console", ""))
    assert at_home(home, "alerts", "send") == 0
    assert json.loads((home / "out.jsonl").read_text())["id"] == raised.id


# --------------------------------------------------------------------------- test


def test_a_sample_goes_out_at_once_and_is_marked_as_one(tmp_path: Path, capsys: Screen) -> None:
    with Loopback({"/hook": Answer(204)}) as site:
        program("init", tmp_path / "home", "--webhook", site.url("/hook"), *OUR_OWN)
        capsys.readouterr()
        assert at_home(tmp_path / "home", "alerts", "test", "webhook") == 0
        assert at_home(tmp_path / "home", "alerts", "test", "webhook") == 0
        bodies = [json.loads(asked.body) for asked in site.asked]
    assert [body["schema"] for body in bodies] == ["pledgewatch.alert/1"] * 2
    assert "made up" in bodies[0]["organization"]["name"]
    assert "test" in bodies[0]["headline"]
    assert bodies[0]["id"] != bodies[1]["id"], "a receiver that honours keys would pass over the second try"
    assert capsys.readouterr().out == "webhook (by webhook): the sample was taken: HTTP 204\n" * 2


def test_a_sample_shows_all_that_an_alert_may_hold(tmp_path: Path, capsys: Screen) -> None:
    folder = tmp_path / "home"
    with Loopback({"/hook": Answer(204)}) as site:
        program("init", folder, "--webhook", site.url("/hook"), *OUR_OWN)
        settings = folder / "config" / "settings.toml"
        settings.write_text(f'{settings.read_text()}\n[desk]\nurl = "https://desk.example"\n')
        assert at_home(folder, "alerts", "test", "webhook") == 0
    (asked,) = site.asked
    told = json.loads(asked.body)
    (found,) = told["findings"]
    assert (found["kind"], found["direction"]) == ("force", "weaker")
    assert found["context"] and found["reasons"] and told["not_checked"]
    assert found["asks"] == [one["id"] for one in told["asks"]] and told["asks"][0]["why"]
    assert told["links"]["desk"] == f"https://desk.example/changes/{told['id']}"


def test_a_sample_tells_times_in_the_zone_of_the_route(home: Path, capsys: Screen) -> None:
    settings = home / "config" / "settings.toml"
    assert at_home(home, "alerts", "test", "console") == 0
    assert "UTC (" not in capsys.readouterr().out
    settings.write_text(
        settings.read_text().replace('channel = "console"', 'channel = "console"\nzone = "Asia/Tokyo"')
    )
    assert at_home(home, "alerts", "test", "console") == 0
    assert " JST)" in capsys.readouterr().out


def test_a_sample_that_is_not_taken_says_what_was_answered(tmp_path: Path, capsys: Screen) -> None:
    with Loopback({"/hook": Answer(403)}) as site:
        program("init", tmp_path / "home", "--webhook", site.url("/hook"), *OUR_OWN)
        assert at_home(tmp_path / "home", "alerts", "test", "webhook") == 1
    assert "the sample was not taken: http://127.0.0.1 answered 403" in capsys.readouterr().out


def test_each_recipient_is_tried(tmp_path: Path, capsys: Screen) -> None:
    folder = tmp_path / "home"
    program("init", folder, "--email", "a@example.org")
    settings = folder / "config" / "settings.toml"
    with Loopback({}) as site:  # an HTTP server is no mail server
        port = site.port
    text = settings.read_text().replace("port = 25", f"port = {port}").replace('"localhost"', '"127.0.0.1"')
    settings.write_text(text.replace('["a@example.org"]', '["a@example.org", "b@example.org"]'))
    capsys.readouterr()
    assert at_home(folder, "alerts", "test", "mail") == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told] == [
        "mail (by email) a@example.org",
        "mail (by email) b@example.org",
    ]


def test_nothing_about_a_sample_is_kept(home: Path, capsys: Screen) -> None:
    assert at_home(home, "alerts", "test", "console") == 0
    assert "Sample Organization" in capsys.readouterr().out
    assert told_json(capsys, home, "list")["alerts"] == []


def test_an_unknown_route_is_refused_with_the_nearest(home: Path, capsys: Screen) -> None:
    assert at_home(home, "alerts", "test", "consol") == 2
    assert 'no route "consol" is in the settings; did you mean "console"?' in capsys.readouterr().err
