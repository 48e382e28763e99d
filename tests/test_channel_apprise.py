"""Chat services by Apprise, against servers on this machine that are shaped as they are."""

import ast
import inspect
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from apprise import Apprise
from apprise.manager_plugins import NotificationManager
from apprise.plugins.mattermost import NotifyMattermost

from alerts.channels import apprise
from alerts.chat import BREAK
from alerts.message import Message
from alerts.render import subject, text
from monitor.errors import DeliveryError
from monitor.settings import Channel
from tests.rooms import SERVICES, Room, lead_here, room_server
from tests.sample_alerts import NOW, alert, finding
from tests.sockets import deaf_port
from tests.told import TOLD, message

HERE = ("127.0.0.1",)
OURS = message(allow_hosts=HERE)
MATTERMOST = "mmost://127.0.0.1:{port}/canary4722377935511fc85d3dd4"


def by_url(url: str, told: Message = OURS) -> str:
    return apprise.send(told, Channel("apprise", url=url), {}, NOW)


# --------------------------------------------------------------------------- what arrives


def test_the_whole_message_arrives_once_as_text(name: str, tell: Callable[..., str]) -> None:
    room = Room()
    assert tell(name, room) == "HTTP 200"
    [body] = room.told
    shown = " ".join(SERVICES[name].shown(body).replace(BREAK, "").split())
    if name == "teams":  # takes a thousand characters
        assert f"… the rest: pledgewatch alerts show {TOLD.id[:12]}" in shown
    else:
        assert " ".join(text(TOLD).split()) in shown
    if name in ("slack", "teams", "matrix"):
        assert subject(TOLD) in shown


EVIL = (
    "<!channel> @here @everyone <https://evil.example|good> [good](https://evil.example) <b>bold</b> **bold** "
    "<at>all</at> ![seen](https://evil.example/x.png) &lt;i&gt; \\*a\\* _b_ ```c"
)


def test_nothing_of_a_page_acts(name: str, tell: Callable[..., str]) -> None:
    hostile = alert(finding(before_quote=EVIL, after_quote=""))
    room = Room()
    tell(name, room, message(content=hostile, allow_hosts=HERE))
    [body] = room.told
    sent = repr(body)
    for acts in ("<!", "@here", "@everyone", "<https", "](", "<b>", "<at>", "&lt;i"):
        assert acts not in sent, acts
    if name in ("mattermost", "teams"):
        assert "**" not in sent
    assert " ".join(EVIL.split()) in " ".join(SERVICES[name].shown(body).replace(BREAK, "").split())


def test_a_service_is_told_that_it_is_plain_text(tell: Callable[..., str]) -> None:
    rooms = {name: Room() for name in SERVICES}
    for name, room in rooms.items():
        tell(name, room)
    [slack], [signal], [matrix] = (rooms[name].told for name in ("slack", "signal", "matrix"))
    assert slack["mrkdwn"] is False
    assert signal["text_mode"] == "normal"
    assert "formatted_body" not in matrix and "format" not in matrix


@pytest.mark.parametrize(
    "options", ["format=markdown", "format=html", "overflow=split", "retry=3", "emojis=yes"]
)
def test_an_address_does_not_say_how_it_is_sent(options: str) -> None:
    plain, other = Room(), Room(500)
    with room_server(plain) as port:
        by_url(MATTERMOST.format(port=port))
    with room_server(other) as port, pytest.raises(DeliveryError):
        by_url(f"{MATTERMOST.format(port=port)}?{options}&optional=yes")
    assert other.told == plain.told, "once, and the same"


def test_a_long_message_is_one_that_says_where_the_rest_is(name: str, tell: Callable[..., str]) -> None:
    words = "We will not sell it to the police, nor to anyone who works for them. " * 40
    many = [finding(before_quote=f"{number} {words}", after_quote="") for number in range(9)]
    long = alert(*many)
    room = Room()
    tell(name, room, message(content=long, allow_hosts=HERE))
    [body] = room.told
    shown = SERVICES[name].shown(body).rstrip()
    if name in ("teams", "mattermost", "telegram"):
        assert shown.endswith(f"\n… the rest: pledgewatch alerts show {long.id[:12]}")


def test_a_service_that_takes_a_line_gets_one_that_says_where_the_rest_is() -> None:
    service = Apprise.instantiate("d7sms://CANARY-token@15559876543")
    _, body = apprise._words(message(), service)
    assert len(body) <= 160
    assert body.startswith("Corvid Cloud") and body.endswith(f"alerts show {TOLD.id[:12]}")


# --------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 410, 429, 500, 503])
def test_what_is_not_taken_is_tried_again(status: int, name: str, tell: Callable[..., str]) -> None:
    room = Room(status, b'{"ok": false}', {"Location": "http://127.0.0.1:9/"})
    if name == "matrix" and status == 429:
        room.answer = b'{"retry_after_ms": 10}'  # Apprise asks it once more by itself
    with pytest.raises(DeliveryError, match=f"^the address in CHAT answered {status} ") as caught:
        tell(name, room)
    assert not caught.value.permanent and not caught.value.unreachable
    assert "CANARY" not in str(caught.value).upper().replace("CHAT", "")


def test_a_refusal_in_an_answer_that_looks_good_is_one(tell: Callable[..., str]) -> None:
    room = Room(400, b'{"ok": false, "description": "chat 12315544 not found\\u0007 for CANARY_abcdefg"}')
    with pytest.raises(DeliveryError) as caught:
        tell("telegram", room)
    assert str(caught.value) == (
        "the address in CHAT answered 400 and did not take it: Failed to send Telegram notification to ***: "
        "chat *** not found  for ***, error=400; it is tried again"
    )


def test_who_is_throttled_waits_as_it_is_told() -> None:
    with (
        room_server(Room(429, headers={"Retry-After": "120"})) as port,
        pytest.raises(DeliveryError) as caught,
    ):
        by_url(MATTERMOST.format(port=port))
    assert caught.value.retry_after == timedelta(minutes=2)


def test_nobody_there_is_unreachable() -> None:
    with (
        deaf_port() as port,
        pytest.raises(DeliveryError, match="mmost:// address was not reached") as caught,
    ):
        by_url(MATTERMOST.format(port=port))
    assert caught.value.unreachable and "canary" not in str(caught.value)


@pytest.mark.parametrize("answer", [b"[]", b"null", b"7", b'{"retry_after_ms": "x"}', b"\xff", b""])
def test_an_answer_that_nobody_expects_does_not_end_the_watch(
    answer: bytes, tell: Callable[..., str]
) -> None:
    with pytest.raises(DeliveryError, match="answered 429"):
        tell("matrix", Room(429, answer))


@pytest.mark.parametrize(
    "welcome", [b"[]", b"null", b"7", b'{"access_token": 7}', b'{"room_id": {}, "access_token": "t"}']
)
def test_a_welcome_that_nobody_expects_does_not_either(welcome: bytes, tell: Callable[..., str]) -> None:
    with pytest.raises(DeliveryError, match="did not take it") as caught:
        tell("matrix", Room(404, welcome=welcome))
    assert "CANARY" not in str(caught.value)


def test_a_mistake_of_apprise_does_not_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> bool:
        raise KeyError("canary4722377935511fc85d3dd4")

    monkeypatch.setattr(NotifyMattermost, "send", stumble)
    with pytest.raises(DeliveryError, match=r"Apprise stumbled over the answer \(KeyError\)") as caught:
        by_url(MATTERMOST.format(port=1))
    assert "canary" not in str(caught.value)


def test_an_answer_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.guarded.ANSWER_BYTES", 1000)
    with room_server(Room(answer=b"x" * 1001)) as port, pytest.raises(DeliveryError, match="answered 200"):
        by_url(MATTERMOST.format(port=port))


@pytest.mark.parametrize("trouble", [Room(hangs=True), Room(drips=True)], ids=["hangs", "drips"])
def test_a_service_that_takes_its_time_is_left(
    trouble: Room, name: str, tell: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apprise, "DEADLINE_SECONDS", 0.5)
    room = Room(500, hangs=trouble.hangs, drips=trouble.drips)
    with pytest.raises(DeliveryError, match="tried again"):
        tell(name, room)


def test_a_service_that_says_wait_is_not_waited_for_past_the_end(
    tell: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apprise, "DEADLINE_SECONDS", 0.5)
    with pytest.raises(DeliveryError, match="answered 429"):
        tell("matrix", Room(429, b'{"retry_after_ms": 100000000}'))


# --------------------------------------------------------------------------- which addresses


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mailto://a:CANARY@x.example", "use a channel of kind email"),
        ("json://127.0.0.1/CANARY", "use a channel of kind webhook"),
        ("form://127.0.0.1/CANARY", "use a channel of kind webhook"),
        ("syslog://CANARY", "no part of this machine"),
        ("dbus://", "no part of this machine"),
        ("mqtt://CANARY@127.0.0.1/topic", "no part of this machine"),
        ("rsyslog://127.0.0.1/CANARY", "no part of this machine"),
        ("irc://127.0.0.1/CANARY", "no part of this machine"),
        ("fcm://project/CANARY?keyfile=/etc/passwd", "files or lines of its own"),
        ("file:///etc/CANARY", "not an address that Apprise knows"),
        ("CANARY", "not an address that Apprise knows"),
        ("https://CANARY.example/hook", "not an address that Apprise knows"),
        ("slack://CANARY", "not a"),
        ("mmost://127.0.0.1/canary4722377935511fc85d3dd4?channel=CANARY,other", "names 2 places"),
        ("matrix://watch:CANARY@127.0.0.1/", "names no place"),
        ("tgram://123456789:CANARY_abcdefg/", "names no place"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/CANARYdnlazkcOXrIdevi7FQ/?template=/etc/passwd", "names a template"),
    ],
)
def test_an_address_that_will_not_do_is_not_repeated(url: str, said: str) -> None:
    channel = Channel("apprise", url_env="CHAT")
    with pytest.raises(DeliveryError, match=f"^the address in CHAT .*{said}") as caught:
        apprise.send(message(allow_hosts=HERE), channel, {"CHAT": url}, NOW)
    assert not caught.value.permanent
    assert "CANARY" not in str(caught.value).upper() and "/etc" not in str(caught.value)


def test_the_address_that_slack_itself_gives_is_one(
    tell: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room()
    with room_server(room) as port:
        lead_here(port, monkeypatch)
        by_url("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/CANARYdnlazkcOXrIdevi7FQ")
    assert len(room.told) == 1


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(DeliveryError, match="CHAT is not set"):
        apprise.send(message(), Channel("apprise", url_env="CHAT"), {}, NOW)


def speaks_otherwise(kind: type) -> set[str]:
    """What the module of an allowed service imports that could pass by our line."""
    tree = ast.parse(inspect.getsource(sys.modules[kind.__module__]))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    tops = {module.partition(".")[0] for module in modules}
    return tops & {
        "socket",
        "subprocess",
        "http",
        "smtplib",
        "ftplib",
        "asyncio",
        "ssl",
        "websocket",
        "httpx",
        "aiohttp",
    }


def test_every_service_that_is_allowed_speaks_by_requests_alone() -> None:
    services = NotificationManager()
    allowed = {services[scheme] for scheme in services.schemas() if not apprise._refusal(scheme)}
    assert len(allowed) > 100
    assert {kind.__name__: found for kind in allowed if (found := speaks_otherwise(kind))} == {}
