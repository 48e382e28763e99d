"""The outbox against real servers that are down, slow, greylisting, rude or forgetful (reliability F28 to F33)."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from alerts.channels import email, webhook
from alerts.outbox import Sent, send_waiting
from alerts.routes import deliveries
from monitor.blobs import Blobs
from monitor.settings import Channel, Network, Route, Settings
from monitor.store import Store, open_store, sqlite_url
from monitor.store import alerts as stored
from tests.far_ends import Hook, Postbox, mail_server, web_server
from tests.sample_alerts import CORVID, NOW, TERMS, alert
from tests.sockets import deaf_port

MINUTE = timedelta(minutes=1)
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
ADA, BEA = "ada@x.example", "bea@x.example"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "pledgewatch.db"), Blobs(tmp_path / "blobs")) as opened:
        yield opened


def mailing(port: int, *recipients: str) -> Settings:
    mail = Channel("email", host="127.0.0.1", port=port, sender="watch@pledges.example", security="none")
    return Settings(channels={"mail": mail}, routes=(Route("staff", "mail", recipients=recipients),))


def calling(port: int) -> Settings:
    hook = Channel("webhook", url=f"http://127.0.0.1:{port}/", secret_env="HOOK")
    own = Network(allow_hosts=("127.0.0.1",))
    return Settings(network=own, channels={"hook": hook}, routes=(Route("bridge", "hook"),))


def raise_alert(store: Store, settings: Settings) -> None:
    with store.begin() as conn:
        assert stored.add(conn, alert(), deliveries(alert(), CORVID, TERMS, settings))


def run(store: Store, settings: Settings, at: datetime = NOW) -> Sent:
    return send_waiting(store, settings, lambda: at, {"HOOK": SECRET})


def errors(store: Store) -> list[str]:
    with store.read() as conn:
        return [one.last_error for one in (*stored.waiting(conn), *stored.parked(conn))]


# --------------------------------------------------------------------------- mail


def test_a_mail_server_that_is_down_gets_the_mail_when_it_is_up_again(store: Store) -> None:
    raise_alert(store, mailing(0, ADA))
    with deaf_port() as port:
        assert run(store, mailing(port, ADA)) == Sent(failed=1)
    assert "Connection refused" in errors(store)[0]
    with mail_server(postbox := Postbox()) as port:
        assert run(store, mailing(port, ADA), NOW + 2 * MINUTE) == Sent(sent=1)
    assert [to for to, _ in postbox.mails] == [[ADA]]


def test_a_greylisting_server_is_asked_again_after_five_minutes_and_not_before(store: Store) -> None:
    with mail_server(postbox := Postbox(refuses={ADA: ["451 greylisted"]})) as port:
        raise_alert(store, mailing(port, ADA))
        assert run(store, mailing(port, ADA)) == Sent(failed=1)
        assert run(store, mailing(port, ADA), NOW + 5 * MINUTE - timedelta(seconds=1)) == Sent()
        assert run(store, mailing(port, ADA), NOW + 5 * MINUTE) == Sent(sent=1)
    assert len(postbox.mails) == 1


def test_one_recipient_that_is_unknown_costs_the_others_nothing(store: Store) -> None:
    with mail_server(postbox := Postbox(refuses={ADA: ["550 no such user"]})) as port:
        raise_alert(store, mailing(port, ADA, BEA))
        assert run(store, mailing(port, ADA, BEA)) == Sent(sent=1, parked=1)
    assert [to for to, _ in postbox.mails] == [[BEA]]
    assert "550 no such user" in errors(store)[0]


def test_a_line_that_breaks_after_the_mail_brings_the_same_mail_again(store: Store) -> None:
    with mail_server(postbox := Postbox(hangs_up=1)) as port:
        raise_alert(store, mailing(port, ADA))
        assert run(store, mailing(port, ADA)) == Sent(failed=1)
        assert run(store, mailing(port, ADA), NOW + 2 * MINUTE) == Sent(sent=1)
    first, second = (mail["Message-ID"] for _, mail in postbox.mails)
    assert first == second


def test_a_slow_mail_server_does_not_starve_the_other_routes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "TIMEOUT_SECONDS", 0.1)
    many = tuple(f"{number}@x.example" for number in range(50))
    with mail_server(postbox := Postbox(is_silent=True)) as smtp, web_server(hook := Hook()) as http:
        to_people, to_place = mailing(smtp, *many), calling(http)
        both = Settings(
            network=to_place.network,
            channels={**to_people.channels, **to_place.channels},
            routes=to_people.routes + to_place.routes,
        )
        raise_alert(store, both)
        assert run(store, both) == Sent(sent=1, failed=3, put_off=47)
    assert postbox.connections == 3
    assert len(hook.calls) == 1


# --------------------------------------------------------------------------- webhook


def ids(hook: Hook) -> list[str]:
    return [headers["webhook-id"] for _, headers, _ in hook.calls]


@pytest.mark.parametrize("status", [0, 302, 401, 404, 500], ids=lambda status: str(status or "answer lost"))
def test_whatever_goes_wrong_the_same_message_comes_again(store: Store, status: int) -> None:
    """Also where it was taken and only the answer was lost: who honours the id knows it."""
    now = datetime.now(UTC)  # what verifies a signature wants it fresh
    with web_server(elsewhere := Hook()) as other:
        hook = Hook(first=[(status, {"Location": f"http://127.0.0.1:{other}/"})])
        with web_server(hook) as port:
            raise_alert(store, calling(port))
            assert run(store, calling(port), now) == Sent(failed=1)
            assert run(store, calling(port), now + 2 * MINUTE) == Sent(sent=1)
    assert ids(hook) == [f"{alert().id}/bridge"] * 2
    for _, headers, body in hook.calls:
        assert Webhook(SECRET).verify(body.decode(), headers)["id"] == alert().id
    assert elsewhere.calls == []


def test_a_receiver_that_never_answers_is_left_and_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_SECONDS", 0.2)
    hook = Hook(hangs=True)
    with web_server(hook) as port:
        raise_alert(store, calling(port))
        assert run(store, calling(port)) == Sent(failed=1)
    hook.hangs = False
    with web_server(hook) as port:
        assert run(store, calling(port), NOW + 2 * MINUTE) == Sent(sent=1)
    assert ids(hook) == [f"{alert().id}/bridge"] * 2
    assert json.loads(hook.calls[0][2]) == json.loads(hook.calls[1][2])


def test_a_receiver_that_wants_no_more_is_left_alone(store: Store) -> None:
    with web_server(hook := Hook(410)) as port:
        raise_alert(store, calling(port))
        assert run(store, calling(port)) == Sent(parked=1)
        assert run(store, calling(port), NOW + timedelta(days=9)) == Sent()
    assert len(hook.calls) == 1


@pytest.mark.parametrize(
    "header", ["1800", format_datetime(NOW.replace(microsecond=0) + 30 * MINUTE, usegmt=True)]
)
def test_a_receiver_that_asks_for_patience_gets_it(store: Store, header: str) -> None:
    at = NOW.replace(microsecond=0)
    with web_server(hook := Hook(first=[(429, {"Retry-After": header})])) as port:
        raise_alert(store, calling(port))
        assert run(store, calling(port)) == Sent(failed=1)
        assert run(store, calling(port), at + 29 * MINUTE) == Sent()
        assert run(store, calling(port), at + 31 * MINUTE) == Sent(sent=1)
    assert len(hook.calls) == 2
