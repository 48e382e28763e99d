"""config/settings.toml: the shipped defaults, and the sentence for everything that cannot be followed."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.settings import (
    Channel,
    Route,
    Settings,
    load_settings,
)

CONFIG = Path(__file__).parents[1] / "config"

CHANNELS = """
[channels.screen]
kind = "console"
[channels.mail]
kind = "email"
host = "smtp.example.org"
sender = "watch@example.org"
"""


def load(folder: Path, text: str) -> Settings:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return load_settings(folder)


# --------------------------------------------------------------------------- what is shipped


def test_the_shipped_settings_are_the_defaults() -> None:
    shipped = load_settings(CONFIG)
    assert replace(shipped, channels={}, routes=()) == Settings()


def test_the_shipped_settings_show_alerts_on_the_console() -> None:
    shipped = load_settings(CONFIG)
    assert dict(shipped.channels) == {"console": Channel("console")}
    assert shipped.routes == (Route("everything", "console", operations=True),)


def test_the_shipped_examples_are_good_once_their_hash_signs_are_gone(tmp_path: Path) -> None:
    text = (CONFIG / "settings.toml").read_text(encoding="utf-8")
    settings = load(tmp_path, re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE))
    assert [channel.kind for channel in settings.channels.values()] == ["console", "file", "email", "webhook"]
    assert [route.name for route in settings.routes] == ["everything", "campaigners"]


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Settings()


@pytest.mark.parametrize("contact", ["", "watch@example.org", "https://example.org/about"])
def test_a_contact_is_an_address(tmp_path: Path, contact: str) -> None:
    assert load(tmp_path, f'[operator]\ncontact = "{contact}"').operator.contact == contact


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "desk.example.org", "::1", "[::1]", "127.0.0.1:8080"]
)
def test_an_allowed_host_is_a_host(tmp_path: Path, host: str) -> None:
    assert load(tmp_path, f'[network]\nallow_hosts = ["{host}"]').network.allow_hosts == (host,)


def test_a_route_may_narrow_everything(tmp_path: Path) -> None:
    text = """
    [[routes]]
    name = "team"
    channel = "mail"
    recipients = ["a@example.org", "b@example.org"]
    organizations = ["acme"]
    kinds = ["vendor"]
    roles = ["pledge", "terms"]
    directions = ["weaker"]
    tiers = ["alert", "review"]
    """
    assert load(tmp_path, CHANNELS + text).routes == (
        Route(
            name="team",
            channel="mail",
            recipients=("a@example.org", "b@example.org"),
            organizations=("acme",),
            kinds=("vendor",),
            roles=("pledge", "terms"),
            directions=("weaker",),
            tiers=("alert", "review"),
        ),
    )


def test_a_route_may_ask_for_words_and_for_a_digest(tmp_path: Path) -> None:
    text = """
    [[routes]]
    name = "team"
    channel = "screen"
    technologies = ["face_recognition"]
    parties = ["police", "immigration"]
    asks = ["POL-1"]
    languages = ["en", "de"]
    every = "weekly"
    at = "07:30"
    on = "friday"
    zone = "America/New_York"
    unconfirmed = true
    """
    assert load(tmp_path, CHANNELS + text).routes == (
        Route(
            name="team",
            channel="screen",
            technologies=("face_recognition",),
            parties=("police", "immigration"),
            asks=("POL-1",),
            languages=("en", "de"),
            every="weekly",
            at="07:30",
            on="friday",
            zone="America/New_York",
            unconfirmed=True,
        ),
    )


# --------------------------------------------------------------------------- what is refused


def network(line: str, key: str, problem: str) -> tuple[str, str, str]:
    return f"[network]\n{line}", f"network.{key}", problem


def channel(lines: str, key: str, problem: str) -> tuple[str, str, str]:
    return f"[channels.out]\n{lines}", f"channels.out{key}", problem


def route(lines: str, key: str, problem: str) -> tuple[str, str, str]:
    return f"{CHANNELS}[[routes]]\n{lines}", f"routes[0]{key}", problem


REFUSALS = {
    "misspelt table": ("[netwrok]\n", "netwrok", 'is not a known key; did you mean "network"?'),
    "misspelt key": network(
        "delay_second = 1", "delay_second", 'is not a known key; did you mean "delay_seconds"?'
    ),
    "contact is no address": (
        '[operator]\ncontact = "the office"',
        "operator.contact",
        'is "the office"; write an e-mail address or a web address at which you can be reached',
    ),
    "negative delay": network("delay_seconds = -1", "delay_seconds", "is -1; write 0 or more"),
    "negative own delay": network(
        "own_delay_seconds = -0.5", "own_delay_seconds", "is -0.5; write 0 or more"
    ),
    "negative redirects": network("max_redirects = -1", "max_redirects", "is -1; write 0 or more"),
    "no time": network("timeout_seconds = 0", "timeout_seconds", "is 0; write more than 0"),
    "no deadline": network("deadline_seconds = 0", "deadline_seconds", "is 0; write more than 0"),
    "no bytes": network("max_bytes = 0", "max_bytes", "is 0; write 1 or more"),
    "no requests": network("concurrent_requests = 0", "concurrent_requests", "is 0; write 1 or more"),
    "an address for a host": network(
        'allow_hosts = ["http://127.0.0.1/"]',
        "allow_hosts[0]",
        'is "http://127.0.0.1/"; write a host alone, such as 127.0.0.1 or desk.example.org',
    ),
    "no readings": ("[confirm]\nchanged_readings = 0", "confirm.changed_readings", "is 0; write 1 or more"),
    "no withdrawn readings": (
        "[confirm]\nwithdrawn_readings = 0",
        "confirm.withdrawn_readings",
        "is 0; write 1 or more",
    ),
    "negative hours": ("[confirm]\nchanged_hours = -1", "confirm.changed_hours", "is -1; write 0 or more"),
    "negative withdrawn hours": (
        "[confirm]\nwithdrawn_hours = -1",
        "confirm.withdrawn_hours",
        "is -1; write 0 or more",
    ),
    "bad channel name": (
        '[channels."Two words"]\nkind = "console"',
        "channels.Two words",
        '"Two words" is not a good name; use lower-case letters, digits, hyphens and underscores',
    ),
    "unknown kind": channel(
        'kind = "pigeon"', ".kind", 'is "pigeon"; choose one of console, file, email, webhook, apprise'
    ),
    "no kind": channel("", ".kind", "is missing; add it"),
    "file without path": channel('kind = "file"', ".path", "is missing; a channel of kind file needs it"),
    "e-mail without host": channel(
        'kind = "email"\nsender = "a@example.org"', ".host", "is missing; a channel of kind email needs it"
    ),
    "e-mail without sender": channel(
        'kind = "email"\nhost = "smtp.example.org"', ".sender", "is missing; a channel of kind email needs it"
    ),
    "webhook without url": channel(
        'kind = "webhook"', ".url", "is missing; a channel of kind webhook needs it"
    ),
    "bad url": channel(
        'kind = "webhook"\nurl = "example.org"',
        ".url",
        'must begin with http:// or https:// ("example.org"); write the whole address',
    ),
    "apprise without url": channel(
        'kind = "apprise"', ".url", "is missing; a channel of kind apprise needs it"
    ),
    "no apprise url": channel(
        'kind = "apprise"\nurl = "T0K3N/general"',
        ".url",
        "is no address as Apprise writes it, such as mmosts://chat.example.org/token; mend it",
    ),
    "bad sender": channel(
        'kind = "email"\nhost = "smtp.example.org"\nsender = "watch"',
        ".sender",
        'is "watch"; write one e-mail address',
    ),
    "bad port": channel(
        'kind = "console"\nport = 70000', ".port", "is 70000; write 1 to 65535, or leave it out"
    ),
    "bad security": channel(
        'kind = "console"\nsecurity = "ssl"', ".security", 'is "ssl"; choose one of starttls, tls, none'
    ),
    "a secret for its variable": channel(
        'kind = "console"\nsecret_env = "whsec_abc+/="',
        ".secret_env",
        "is not the name of an environment variable; put the secret into a variable and its name here",
    ),
    "a password for its variable": channel(
        'kind = "console"\npassword_env = "hunter 2"',
        ".password_env",
        "is not the name of an environment variable; put the secret into a variable and its name here",
    ),
    "user name without password": channel(
        'kind = "email"\nhost = "smtp.example.org"\nsender = "a@example.org"\nusername = "a"',
        ".password_env",
        "is missing; name the variable that holds the password",
    ),
    "unknown channel": route(
        'name = "a"\nchannel = "scren"',
        ".channel",
        '"scren" is not declared under [channels]; did you mean "screen"?',
    ),
    "no channel": route('name = "a"', ".channel", "is missing; add it"),
    "bad route name": route(
        'name = "A b"\nchannel = "screen"',
        ".name",
        '"A b" is not a good name; use lower-case letters, digits, hyphens and underscores',
    ),
    "two routes of one name": (
        CHANNELS + '[[routes]]\nname = "a"\nchannel = "screen"\n' * 2,
        "routes[1].name",
        '"a" is the name of an earlier route; give each route a name of its own',
    ),
    "e-mail to nobody": route(
        'name = "a"\nchannel = "mail"',
        ".recipients",
        "is missing; a route by e-mail needs at least one address",
    ),
    "recipients of a channel that has none": route(
        'name = "a"\nchannel = "screen"\nrecipients = ["a@example.org"]',
        ".recipients",
        "is for channels of kind email, and this one is of kind console; "
        "take it out, or name a channel of kind email",
    ),
    "bad recipient": route(
        'name = "a"\nchannel = "mail"\nrecipients = ["a@example.org", "b"]',
        ".recipients[1]",
        'is "b"; write one e-mail address',
    ),
    "unknown role": route(
        'name = "a"\nchannel = "screen"\nroles = ["blog"]',
        ".roles[0]",
        'is "blog"; choose one of pledge, policy, terms, product, customers, transparency_report, newsroom',
    ),
    "unknown direction": route(
        'name = "a"\nchannel = "screen"\ndirections = ["worse"]',
        ".directions[0]",
        'is "worse"; choose one of weaker, stronger, mixed, neutral, unclear',
    ),
    "unknown tier": route(
        'name = "a"\nchannel = "screen"\ntiers = ["alarm"]',
        ".tiers[0]",
        'is "alarm"; choose one of alert, review, log',
    ),
    "unknown rhythm": route(
        'name = "a"\nchannel = "screen"\nevery = "monthly"',
        ".every",
        'is "monthly"; choose one of at_once, hourly, daily, weekly',
    ),
    "no time of day": route(
        'name = "a"\nchannel = "screen"\nevery = "daily"\nat = "8 am"',
        ".at",
        'is "8 am"; write a time of day such as 08:00',
    ),
    "a time that no clock shows": route(
        'name = "a"\nchannel = "screen"\nat = "24:00"', ".at", 'is "24:00"; write a time of day such as 08:00'
    ),
    "unknown weekday": route(
        'name = "a"\nchannel = "screen"\non = "Monday"',
        ".on",
        'is "Monday"; choose one of monday, tuesday, wednesday, thursday, friday, saturday, sunday',
    ),
    "unknown zone": route(
        'name = "a"\nchannel = "screen"\nzone = "Europe/Bonn"',
        ".zone",
        'is "Europe/Bonn", which is no time zone that this machine knows; '
        "write one such as Europe/Berlin or America/New_York",
    ),
    "a zone that leads out of the list": route(
        'name = "a"\nchannel = "screen"\nzone = "../../etc/passwd"',
        ".zone",
        'is "../../etc/passwd", which is no time zone that this machine knows; '
        "write one such as Europe/Berlin or America/New_York",
    ),
    "misspelt digest key": route(
        'name = "a"\nchannel = "screen"\nevry = "daily"',
        ".evry",
        'is not a known key; did you mean "every"?',
    ),
    "no tiers": route(
        'name = "a"\nchannel = "screen"\ntiers = []',
        ".tiers",
        'is empty, so nothing would be sent; write ["alert"] or leave it out',
    ),
}


@pytest.mark.parametrize(("text", "key", "problem"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_followed_is_refused_in_one_sentence(
    tmp_path: Path, text: str, key: str, problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert str(caught.value) == f"{tmp_path / 'settings.toml'}: {key}: {problem}"


def test_missing_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"settings\.toml: is not there"):
        load_settings(tmp_path)
