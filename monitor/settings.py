"""What the operator decides: who we are, how politely we fetch, when we believe a change, who is told.

Read from config/settings.toml, strictly. Passwords and secrets never stand in the file: it names the
environment variables that hold them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.errors import ConfigError
from monitor.model import Direction, Role, Tier
from monitor.tables import build, read_toml, suggestion, url_problem

CHANNEL_NEEDS: Mapping[str, tuple[str, ...]] = {
    "console": (),
    "file": ("path",),
    "email": ("host", "sender"),
    "webhook": ("url",),
    "apprise": ("url",),
}
SECURITIES = ("starttls", "tls", "none")
AT_ONCE = "at_once"
EVERY = (AT_ONCE, "hourly", "daily", "weekly")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_PASSWORD = re.compile(r"[A-Za-z0-9+]+://[^/?#]*:[^/?#]*@|.*[?&]password=")
_LISTEN = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_APPRISE = re.compile(r"[A-Za-z][A-Za-z0-9]*://[^\s\x00-\x1f\x7f]+")
_HOST = re.compile(r"\[?[A-Za-z0-9._:%-]+\]?")
_DESK_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_HEADERS_OF_OTHERS = ("host", "cookie", "authorization", "origin", "referer", "user-agent")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs this watch. contact: the address (URL or e-mail) shown in the User-Agent."""

    contact: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """How we fetch. Times in seconds, sizes in bytes. allow_hosts are our own and may be private."""

    allow_hosts: tuple[str, ...] = ()
    delay_seconds: float = 3.0
    own_delay_seconds: float = 0.0
    timeout_seconds: float = 60.0
    max_bytes: int = 8_388_608
    max_redirects: int = 5
    concurrent_requests: int = 8
    deadline_seconds: float = 3600.0
    canaries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the store is. "" means the SQLite file pledgewatch.db in the home."""

    url: str = ""  #: without a password: a URL with one is given as PLEDGEWATCH_STORE_URL
    free_bytes: int = 500_000_000  #: with less free disk space nothing is fetched


@dataclass(frozen=True, slots=True)
class Confirm:
    """How many readings must agree, over at least how many hours, before a change is believed."""

    changed_readings: int = 2
    changed_hours: float = 6.0
    withdrawn_readings: int = 3
    withdrawn_hours: float = 72.0
    unusual_readings: int = 5
    unusual_hours: float = 336.0


@dataclass(frozen=True, slots=True)
class Outage:
    """When a check says more about our own network than about the pages: then it decides nothing."""

    hosts_share: float = 0.3  #: more than this share of the hosts failed …
    from_hosts: int = 5  #: … and at least so many


@dataclass(frozen=True, slots=True)
class MassChange:
    """When so much changed at once (within 24 h) that a person looks before anybody is told."""

    organization_share: float = 0.2  #: more than this share of an organization's pages …
    all_share: float = 0.3  #: … or of all pages …
    from_pages: int = 5  #: … and at least so many


@dataclass(frozen=True, slots=True)
class Daemon:
    """How the daemon itself is watched. listen: "127.0.0.1:8322", or "" for not at all."""

    listen: str = ""  #: where /metrics, /healthz and /canary are answered
    ping_url_env: str = ""  #: the variable with the address to tell of each check (healthchecks.io style)
    alive_days: float = 7.0  #: so often routes with operations = true hear that all is well; 0 for never


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the desk is found by those who get our messages, and who may say for others who they are."""

    url: str = ""  #: "https://watch.example.org"; "" where messages link to no desk
    hosts: tuple[str, ...] = ()  #: further names under which it is asked for, without a port
    trusted_proxies: tuple[str, ...] = ()  #: addresses or networks of those whose user_header is believed
    user_header: str = "X-Remote-User"  #: in which they name the account


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """Who puts time stamps (RFC 3161) on the heads in evidence packs. "" for nobody."""

    url: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out. kind: see CHANNEL_NEEDS. security: starttls, tls or none."""

    kind: str
    url: str = ""  #: webhook: http or https; apprise: as Apprise writes it, such as mmosts://host/token
    url_env: str = ""  #: the variable with the address, where the address itself is a secret
    secret_env: str = ""
    path: str = ""
    host: str = ""
    port: int = 0
    sender: str = ""
    username: str = ""
    password_env: str = ""
    security: str = "starttls"


@dataclass(frozen=True, slots=True)
class Route:
    """Who gets which alerts by which channel, and when. An empty tuple does not narrow."""

    name: str
    channel: str
    recipients: tuple[str, ...] = ()  #: e-mail only
    organizations: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  #: of the page
    directions: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ("alert",)
    every: str = AT_ONCE  #: or a digest: hourly, daily, weekly
    at: str = "08:00"  #: of a digest: the time of day in the zone; of an hourly one the minutes count
    on: str = "monday"  #: of a weekly digest
    zone: str = "UTC"  #: whose times are shown beside UTC, and by which digests go out
    unconfirmed: bool = False  #: also tell what is not confirmed yet, at once, marked so
    operations: bool = False  #: also tell about the watch itself: outages, what is held, what fails
    digest_from: int = 20  #: so many alerts at once for one person become one digest (e-mail only)


@dataclass(frozen=True, slots=True)
class Settings:
    """All of config/settings.toml."""

    operator: Operator = Operator()
    network: Network = Network()
    store: StoreSettings = StoreSettings()
    confirm: Confirm = Confirm()
    outage: Outage = Outage()
    mass_change: MassChange = MassChange()
    daemon: Daemon = Daemon()
    desk: Desk = Desk()
    time_stamp: TimeStamp = TimeStamp()
    channels: Mapping[str, Channel] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()


def load_settings(config: Path) -> Settings:
    """The settings of a config folder. Raises ConfigError with file and key where they cannot be followed."""
    file = config / "settings.toml"
    settings = build(Settings, read_toml(file), str(file))
    _check_operator(settings.operator, str(file))
    _check_network(settings.network, str(file))
    _check_confirm(settings.confirm, str(file))
    _check_shares(settings, str(file))
    _check_store(settings.store, str(file))
    _check_daemon(settings.daemon, str(file))
    _check_desk(settings.desk, str(file))
    _check_time_stamp(settings.time_stamp, str(file))
    for name, channel in settings.channels.items():
        _check_channel(name, channel, str(file))
    _check_route_names(settings.routes, str(file))
    for place, route in enumerate(settings.routes):
        _check_route(route, f"routes[{place}]", settings.channels, str(file))
    return settings


def _check_operator(operator: Operator, file: str) -> None:
    contact = operator.contact
    if contact and not _ADDRESS.fullmatch(contact) and url_problem(contact):
        problem = f'is "{contact}"; write an e-mail address or a web address at which you can be reached'
        raise ConfigError(file, "operator.contact", problem)


def _check_network(network: Network, file: str) -> None:
    for name in ("delay_seconds", "own_delay_seconds", "max_redirects"):
        _at_least(getattr(network, name), 0, file, f"network.{name}")
    for name in ("timeout_seconds", "deadline_seconds"):
        _more_than_zero(getattr(network, name), file, f"network.{name}")
    for name in ("max_bytes", "concurrent_requests"):
        _at_least(getattr(network, name), 1, file, f"network.{name}")
    for place, canary in enumerate(network.canaries):
        if problem := url_problem(canary):
            raise ConfigError(file, f"network.canaries[{place}]", problem)
    for place, host in enumerate(network.allow_hosts):
        if not _HOST.fullmatch(host):
            problem = f'is "{host}"; write a host alone, such as 127.0.0.1 or desk.example.org'
            raise ConfigError(file, f"network.allow_hosts[{place}]", problem)


def _check_confirm(confirm: Confirm, file: str) -> None:
    for name in ("changed_readings", "withdrawn_readings", "unusual_readings"):
        _at_least(getattr(confirm, name), 1, file, f"confirm.{name}")
    for name in ("changed_hours", "withdrawn_hours", "unusual_hours"):
        _at_least(getattr(confirm, name), 0, file, f"confirm.{name}")


def _check_shares(settings: Settings, file: str) -> None:
    for key, share in (
        ("outage.hosts_share", settings.outage.hosts_share),
        ("mass_change.organization_share", settings.mass_change.organization_share),
        ("mass_change.all_share", settings.mass_change.all_share),
    ):
        if not 0 < share <= 1:
            raise ConfigError(file, key, f"is {share:g}; write a share above 0 and up to 1, such as 0.3")
    _at_least(settings.outage.from_hosts, 1, file, "outage.from_hosts")
    _at_least(settings.mass_change.from_pages, 1, file, "mass_change.from_pages")


def _check_store(store: StoreSettings, file: str) -> None:
    _at_least(store.free_bytes, 0, file, "store.free_bytes")
    if _PASSWORD.match(store.url):
        problem = "holds a password; give the whole URL in the variable PLEDGEWATCH_STORE_URL instead"
        raise ConfigError(file, "store.url", problem)


def _check_daemon(daemon: Daemon, file: str) -> None:
    _at_least(daemon.alive_days, 0, file, "daemon.alive_days")
    _check_environment(daemon.ping_url_env, file, "daemon.ping_url_env")
    if daemon.listen and not _LISTEN.fullmatch(daemon.listen):
        problem = f'is "{daemon.listen}"; write an address and a port, such as 127.0.0.1:8322'
        raise ConfigError(file, "daemon.listen", problem)


def _check_desk(desk: Desk, file: str) -> None:
    if desk.url and (problem := url_problem(desk.url)):
        raise ConfigError(file, "desk.url", problem)
    for place, host in enumerate(desk.hosts):
        if not _DESK_HOST.fullmatch(host):
            problem = f'is "{host}"; write a host alone, such as watch.example.org'
            raise ConfigError(file, f"desk.hosts[{place}]", problem)
    for place, proxy in enumerate(desk.trusted_proxies):
        if problem := _proxy_problem(proxy):
            raise ConfigError(file, f"desk.trusted_proxies[{place}]", f'is "{proxy}"; {problem}')
    if not _HEADER.fullmatch(desk.user_header) or desk.user_header.lower() in _HEADERS_OF_OTHERS:
        problem = f'is "{desk.user_header}"; write the name of a header that only your proxy sets'
        raise ConfigError(file, "desk.user_header", f"{problem}, such as X-Remote-User")


def _check_time_stamp(time_stamp: TimeStamp, file: str) -> None:
    if time_stamp.url and (problem := url_problem(time_stamp.url)):
        raise ConfigError(file, "time_stamp.url", problem)


def _proxy_problem(proxy: str) -> str:
    try:
        network = ip_network(proxy)
    except ValueError:
        return "write an address such as 127.0.0.1, or a network such as 10.1.2.0/24"
    return "that is everybody; name your proxy alone" if network.prefixlen == 0 else ""


def _check_channel(name: str, channel: Channel, file: str) -> None:
    key = f"channels.{name}"
    _check_name(name, file, key)
    _one_of(channel.kind, CHANNEL_NEEDS, file, f"{key}.kind")
    _one_of(channel.security, SECURITIES, file, f"{key}.security")
    for need in CHANNEL_NEEDS[channel.kind]:
        if not getattr(channel, need) and not (need == "url" and channel.url_env):
            raise ConfigError(file, f"{key}.{need}", f"is missing; a channel of kind {channel.kind} needs it")
    if channel.url and channel.kind != "apprise" and (problem := url_problem(channel.url)):
        raise ConfigError(file, f"{key}.url", problem)
    if channel.url and channel.kind == "apprise" and not _APPRISE.fullmatch(channel.url):
        problem = "is no address as Apprise writes it, such as mmosts://chat.example.org/token; mend it"
        raise ConfigError(file, f"{key}.url", problem)
    if channel.sender and not _ADDRESS.fullmatch(channel.sender):
        raise ConfigError(file, f"{key}.sender", f'is "{channel.sender}"; write one e-mail address')
    if not 0 <= channel.port <= 65535:
        raise ConfigError(file, f"{key}.port", f"is {channel.port}; write 1 to 65535, or leave it out")
    for place in ("secret_env", "password_env", "url_env"):
        _check_environment(getattr(channel, place), file, f"{key}.{place}")
    if channel.username and not channel.password_env:
        raise ConfigError(
            file, f"{key}.password_env", "is missing; name the variable that holds the password"
        )


def _check_environment(name: str, file: str, key: str) -> None:
    """Refuse what cannot be a variable's name, without repeating it: it may be the secret itself."""
    if name and not _ENVIRONMENT.fullmatch(name):
        problem = (
            "is not the name of an environment variable; put the secret into a variable and its name here"
        )
        raise ConfigError(file, key, problem)


def _check_route_names(routes: Iterable[Route], file: str) -> None:
    seen: set[str] = set()
    for place, route in enumerate(routes):
        _check_name(route.name, file, f"routes[{place}].name")
        if route.name in seen:
            problem = f'"{route.name}" is the name of an earlier route; give each route a name of its own'
            raise ConfigError(file, f"routes[{place}].name", problem)
        seen.add(route.name)


def _check_route(route: Route, key: str, channels: Mapping[str, Channel], file: str) -> None:
    if route.channel not in channels:
        problem = f'"{route.channel}" is not declared under [channels]; {suggestion(route.channel, channels)}'
        raise ConfigError(file, f"{key}.channel", problem)
    _check_recipients(route.recipients, channels[route.channel].kind, file, f"{key}.recipients")
    vocabularies = (
        ("roles", route.roles, Role),
        ("directions", route.directions, Direction),
        ("tiers", route.tiers, Tier),
    )
    for name, words, vocabulary in vocabularies:
        for place, word in enumerate(words):
            _one_of(word, [str(member) for member in vocabulary], file, f"{key}.{name}[{place}]")
    _at_least(route.digest_from, 2, file, f"{key}.digest_from")
    _check_schedule(route, key, file)
    if not route.tiers:
        raise ConfigError(
            file, f"{key}.tiers", 'is empty, so nothing would be sent; write ["alert"] or leave it out'
        )


def _check_schedule(route: Route, key: str, file: str) -> None:
    _one_of(route.every, EVERY, file, f"{key}.every")
    _one_of(route.on, WEEKDAYS, file, f"{key}.on")
    if not _CLOCK.fullmatch(route.at):
        raise ConfigError(file, f"{key}.at", f'is "{route.at}"; write a time of day such as 08:00')
    if not _is_zone(route.zone):
        problem = f'is "{route.zone}", which is no time zone that this machine knows; '
        problem += "write one such as Europe/Berlin or America/New_York"
        raise ConfigError(file, f"{key}.zone", problem)


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _check_recipients(recipients: tuple[str, ...], kind: str, file: str, key: str) -> None:
    if recipients and kind != "email":
        problem = (
            f"is for channels of kind email, and this one is of kind {kind}; "
            "take it out, or name a channel of kind email"
        )
        raise ConfigError(file, key, problem)
    if kind == "email" and not recipients:
        raise ConfigError(file, key, "is missing; a route by e-mail needs at least one address")
    for place, recipient in enumerate(recipients):
        if not _ADDRESS.fullmatch(recipient):
            raise ConfigError(file, f"{key}[{place}]", f'is "{recipient}"; write one e-mail address')


def _check_name(name: str, file: str, key: str) -> None:
    if not _NAME.fullmatch(name):
        problem = f'"{name}" is not a good name; use lower-case letters, digits, hyphens and underscores'
        raise ConfigError(file, key, problem)


def _one_of(word: str, known: Iterable[str], file: str, key: str) -> None:
    choices = list(known)
    if word not in choices:
        raise ConfigError(file, key, f'is "{word}"; choose one of {", ".join(choices)}')


def _at_least(number: float, least: int, file: str, key: str) -> None:
    if number < least:
        raise ConfigError(file, key, f"is {number:g}; write {least} or more")


def _more_than_zero(number: float, file: str, key: str) -> None:
    if number <= 0:
        raise ConfigError(file, key, f"is {number:g}; write more than 0")
