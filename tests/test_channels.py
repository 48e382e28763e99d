"""The contract of all ways out: found by name, one function, what was told arrives once, trouble is said."""

import base64
import inspect
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import alerts.channels
from alerts.chat import BREAK
from alerts.message import sender
from alerts.render import html, text
from monitor.errors import DeliveryError
from monitor.model import Alert, Direction, Item, Notice, Section
from monitor.settings import CHANNEL_NEEDS
from monitor.wire import content_json
from tests.certificates import Certificate
from tests.sample_alerts import alert, finding, notice, unconfirmed
from tests.told import TOLD, about
from tests.ways import WAYS, End

KINDS = sorted(module.name for module in pkgutil.iter_modules(alerts.channels.__path__))
SIGNING = "whsec_" + base64.b64encode(b"CANARY" * 5).decode()
HERE = ("127.0.0.1",)

# --------------------------------------------------------------------------- found by name


def test_the_settings_know_every_channel_and_no_other() -> None:
    assert sorted(CHANNEL_NEEDS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_is_found_by_its_name_and_has_the_one_function(kind: str) -> None:
    signature = inspect.signature(sender(kind).send)
    assert list(signature.parameters)[:4] == ["message", "channel", "environ", "now"]
    assert all(one.default is not one.empty for one in list(signature.parameters.values())[4:])
    assert signature.return_annotation is str


@pytest.mark.parametrize("kind", ["pigeon", "", "../message", "os", "email.message", "Email", "__init__"])
def test_what_is_not_a_channel_is_never_imported(kind: str) -> None:
    with pytest.raises(DeliveryError, match="no channel of kind") as caught:
        sender(kind)
    assert caught.value.permanent


@pytest.fixture
def end(
    request: pytest.FixtureRequest, tmp_path: Path, trusted: Certificate, monkeypatch: pytest.MonkeyPatch
) -> Iterator[End]:
    """The far end of the way that the test names."""
    with WAYS[request.param](tmp_path, trusted, monkeypatch) as up:
        yield up


ways = pytest.mark.parametrize("end", WAYS, indirect=True)
over_the_network = pytest.mark.parametrize(
    "end", [way for way in WAYS if way not in ("console", "file")], indirect=True
)
guarded_ways = pytest.mark.parametrize(
    "end", [way for way in WAYS if way not in ("console", "file", "email")], indirect=True
)

# --------------------------------------------------------------------------- whatever is told

HOSTILE = (
    "\x1b[31m\r\nBcc: e@x.example\u202e <!channel> @everyone <https://evil.example|good> [good](https://evil.example) "
    "<script>alert(1)</script> =?utf-8?q?=0D=0A?= {{7*7}} ${HOME} %s"
)
CONTENTS = {
    "alert": (TOLD, "Corvid Cloud"),
    "unconfirmed alert": (unconfirmed(TOLD), "Corvid Cloud"),
    "notice": (notice(), "6 of 12 hosts could not be reached"),
    "notice with sections": (
        notice(
            headline="What changed this week",
            sections=(Section("Weaker", (Item("Corvid Cloud: the terms cover less", Direction.WEAKER),)),),
        ),
        "the terms cover less",
    ),
    "hostile texts": (
        replace(alert(finding(before_quote=HOSTILE, after_quote="")), headline=f"Corvid Cloud {HOSTILE}"),
        "Corvid Cloud",
    ),
}


@ways
@pytest.mark.parametrize("name", CONTENTS)
def test_it_arrives_once_and_what_was_answered_is_said(end: End, name: str) -> None:
    content, words = CONTENTS[name]
    assert end.take(content) == end.answered
    [arrived] = end.arrived()
    assert words in " ".join(arrived.replace(BREAK, "").split())


@ways
def test_what_a_page_says_stays_text(end: End) -> None:
    end.take(CONTENTS["hostile texts"][0])
    [arrived] = end.arrived()
    if end.channel.kind in ("file", "webhook"):  # for programs: exactly as it stands on the page
        assert HOSTILE in json.loads(arrived)["findings"][0]["before_quote"]
        return
    assert "\x1b" not in arrived and "\u202e" not in arrived
    if end.channel.kind == "email":
        assert "<script>" not in arrived[arrived.index("<html") :]
    if end.channel.kind == "apprise":
        assert "@everyone" not in arrived and "<!" not in arrived and "](" not in arrived


@pytest.mark.parametrize("end", ["file", "webhook"], indirect=True)
@pytest.mark.parametrize("name", CONTENTS)
def test_programs_get_the_json_of_the_contract(end: End, name: str) -> None:
    content, _ = CONTENTS[name]
    end.take(content)
    assert [json.loads(one) for one in end.arrived()] == [json.loads(json.dumps(content_json(content)))]


@pytest.mark.parametrize("end", ["email"], indirect=True)
@pytest.mark.parametrize("name", CONTENTS)
def test_people_get_the_message_as_text_and_as_html(end: End, name: str) -> None:
    content, _ = CONTENTS[name]
    end.take(content)
    [arrived] = end.arrived()
    both = f"{text(content)}\n{html(content)}"
    assert arrived.replace("\r\n", "\n").rstrip("\n") == both.rstrip("\n")


# --------------------------------------------------------------------------- trouble


@ways
def test_a_refusal_is_an_error_that_gives_no_secret_away(end: End) -> None:
    assert end.refuse
    end.refuse()
    with pytest.raises(DeliveryError) as caught:
        end.take(TOLD)
    assert "CANARY" not in str(caught.value).upper()


@over_the_network
def test_a_far_end_that_hangs_is_left_and_tried_again(end: End) -> None:
    assert end.hang
    end.hang()
    with pytest.raises(DeliveryError) as caught:
        end.take(TOLD)
    assert not caught.value.permanent
    assert "CANARY" not in str(caught.value).upper()


@guarded_ways
def test_a_private_address_is_refused_unless_it_is_ours(end: End) -> None:
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1 is not public; .* network\.allow_hosts"):
        end.take(TOLD, allow_hosts=("10.0.0.1",))
    assert end.arrived() == []


@pytest.mark.parametrize(
    ("content", "identity"),
    [
        pytest.param(TOLD, f"{TOLD.id}/staff", id="alert"),
        pytest.param(unconfirmed(TOLD), f"{TOLD.id}/staff/unconfirmed", id="unconfirmed alert"),
        pytest.param(notice(), f"{'0' * 64}/staff", id="notice"),
    ],
)
def test_a_place_knows_apart_what_it_should_take_twice(content: Alert | Notice, identity: str) -> None:
    assert about(content).identity == identity
