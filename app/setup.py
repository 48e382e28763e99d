"""pledgewatch init: a new home, all of it or nothing.

What is written is read back by the strict loaders before it counts.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.canary import canary_file
from app.home import SHIPPED_CONFIG, Home
from app.screen import say
from monitor.errors import ConfigError, InputError
from monitor.settings import Confirm, load_settings
from monitor.watchlist import load_watchlist

_STORE = "pledgewatch.db"
_LISTEN, _LOOPBACK = "127.0.0.1:8322", "127.0.0.1"  #: where a daemon with a canary answers
_CONFIRM = {"default": Confirm(), "none": Confirm(1, 0.0, 1, 0.0, 1, 0.0)}
#: Which option a refused key of the settings came from.
_OPTIONS = {
    "operator": "--contact",
    "network": "--allow-host",
    "channels.webhook": "--webhook",
    "channels.mail": "--email",
    "routes": "--email",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator asks of a new home. "" and () leave a thing out; confirm is default or none."""

    contact: str = ""
    allow_hosts: tuple[str, ...] = ()
    webhook: str = ""
    email: str = ""
    confirm: str = "default"
    with_watchlist: bool = False
    canary: bool = False


# --------------------------------------------------------------------------- a new home


def make_home(folder: Path, wishes: Wishes) -> int:
    """Make DIR with config/ and a store. Raises InputError, with nothing left behind, where it cannot."""
    _refuse_a_home(folder)
    settings = settings_text(wishes)
    try:
        with _folder(folder), TemporaryDirectory(prefix=".new-", dir=folder) as scratch:
            new = Path(scratch)
            _write_config(new / "config", settings, wishes)
            _accept(new / "config")
            Home(new, new / "config").open_store().close()
            for part in sorted(new.iterdir()):
                part.rename(folder / part.name)
    except OSError as error:
        raise InputError(f"{folder} cannot be made a home: {error.strerror or error}.") from error
    _say_made(folder, wishes)
    return 0


def _refuse_a_home(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: name a folder for the new home.")
    for part in ("config", _STORE):
        if (folder / part).exists():
            raise InputError(
                f"{folder} has a {part} already: it may be a home, so nothing was changed; name a new folder."
            )


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """The folder, made where it is missing, and gone again if what follows goes wrong."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in missing:
            with suppress(OSError):
                path.rmdir()
        raise


def _write_config(config: Path, settings: str, wishes: Wishes) -> None:
    watchlist = config / "watchlist"
    watchlist.mkdir(parents=True)
    (config / "settings.toml").write_text(settings, encoding="utf-8")
    if wishes.canary:
        (watchlist / "canary.toml").write_text(canary_file(_LISTEN), encoding="utf-8")
    if wishes.with_watchlist:
        for file in sorted((SHIPPED_CONFIG / "watchlist").glob("*.toml")):
            shutil.copyfile(file, watchlist / file.name)


def _accept(config: Path) -> None:
    """Read the new configuration as every command will. Raises InputError naming the option to mend."""
    try:
        load_settings(config)
    except ConfigError as error:
        option = next((name for key, name in _OPTIONS.items() if error.key.startswith(key)), "The settings:")
        raise InputError(f"{option} {error.problem}.") from error
    load_watchlist(config)


def _watched(wishes: Wishes) -> str:
    return "" if wishes.with_watchlist else " (the canary alone)" if wishes.canary else " (empty)"


def _say_made(folder: Path, wishes: Wishes) -> None:
    say(f"A new home is ready in {folder}.")
    say(f"  settings   {folder / 'config' / 'settings.toml'}")
    say(f"  watchlist  {folder / 'config' / 'watchlist'}{_watched(wishes)}")
    say(f"  store      {folder / _STORE}")
    if not wishes.contact:
        say("Pages of others can be read once operator.contact in the settings says how to reach you.")
    step = "check" if wishes.with_watchlist else "add URL"
    say(f"Next: pledgewatch --home {folder} {step}")


# --------------------------------------------------------------------------- its settings


def settings_text(wishes: Wishes) -> str:
    """config/settings.toml of a new home, for people to read and change. Raises InputError."""
    if wishes.confirm not in _CONFIRM:
        raise InputError(f'--confirm is "{wishes.confirm}"; choose one of {", ".join(_CONFIRM)}.')
    confirm = _CONFIRM[wishes.confirm]
    parts = [
        _HEAD.format(
            contact=toml_text(wishes.contact),
            allow_hosts=", ".join(toml_text(host) for host in _allowed(wishes)),
        ),
        _CONFIRM_TABLE.format(confirm=confirm),
        *([_DAEMON.format(listen=toml_text(_LISTEN))] if wishes.canary else []),
        *_ways_out(wishes),
    ]
    return "\n".join(parts)


def _allowed(wishes: Wishes) -> list[str]:
    """The canary is read from this machine, which has to be allowed like any other private address."""
    return list(dict.fromkeys([*wishes.allow_hosts, *([_LOOPBACK] if wishes.canary else [])]))


def _ways_out(wishes: Wishes) -> Iterator[str]:
    if wishes.webhook:
        yield _WEBHOOK.format(url=toml_text(wishes.webhook))
    if wishes.email:
        yield _MAIL.format(address=toml_text(wishes.email))
    if not wishes.webhook and not wishes.email:
        yield _CONSOLE
    if wishes.canary:
        yield _CANARY


def toml_text(text: str) -> str:
    """Text as a TOML string. Raises InputError where it cannot be one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{text!r} is not valid UTF-8: write it again.") from None
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_HEAD = """\
# What the operator of this watch decides. A line that begins with # shows a value that holds anyway.
# A misspelt key is refused before anything starts; try a change with: pledgewatch validate

[operator]
# A web address or an e-mail address at which a site's owner can reach you. It stands in the User-Agent
# of every request. While it is empty, check and run refuse to start against anything but this machine.
contact = {contact}

[network]
# Your own hosts: only these may have private or loopback addresses.
allow_hosts = [{allow_hosts}]
# delay_seconds = 3.0         # at least this long between two requests to one site
# own_delay_seconds = 0.0     # the same for allow_hosts
# timeout_seconds = 60.0      # one request may take so long
# concurrent_requests = 8     # over all sites together

[store]
# url = ""                    # empty: the SQLite file pledgewatch.db in the home
"""

_CONFIRM_TABLE = """\
[confirm]
# A change is believed when so many readings agree, the first and the last at least so many hours apart.
changed_readings = {confirm.changed_readings}
changed_hours = {confirm.changed_hours}
# A text that is gone needs more: pages come back.
withdrawn_readings = {confirm.withdrawn_readings}
withdrawn_hours = {confirm.withdrawn_hours}
# Less than half of the usual text, or a text that keeps coming and going, needs most.
unusual_readings = {confirm.unusual_readings}
unusual_hours = {confirm.unusual_hours}
"""

_DAEMON = """\
[daemon]
# Here the daemon answers to /metrics, /healthz and /canary: a page that changes each day, so that the watch
# has one change to tell each day. Who else shall notice that it fell silent: ping_url_env, alive_days.
listen = {listen}
"""

_ROUTE = """
[[routes]]
name = "{name}"
channel = "{name}"
tiers = ["alert"]             # add "review" to hear also what a person should look at
operations = true             # also hear of the watch itself: outages, what is held, routes that fail
"""

_CONSOLE = """\
# Alerts are printed where the check runs. Try another way out with: pledgewatch alerts test ROUTE
[channels.console]
kind = "console"
""" + _ROUTE.format(name="console")

_CANARY = """\
# Where the canary's daily change goes; no other route hears of it, unless it asks for it.
[channels.canary]
kind = "file"
path = "canary.jsonl"

[[routes]]
name = "canary"
channel = "canary"
kinds = ["canary"]
"""

_WEBHOOK = (
    """\
[channels.webhook]
kind = "webhook"
url = {url}
# secret_env = "PLEDGEWATCH_HOOK_SECRET"   # the variable that holds whsec_…, which signs every message
"""
    + _ROUTE
).replace("{name}", "webhook")

_MAIL = (
    """\
# The mail server of this machine. For another one write its host and port, security = "starttls" (port 587)
# or "tls" (port 465), and where it asks for a password: username = "…" and password_env = "…", the name of
# the environment variable that holds the password.
[channels.mail]
kind = "email"
host = "localhost"
port = 25
security = "none"
sender = {address}
"""
    + _ROUTE.replace('channel = "{name}"', 'channel = "{name}"\nrecipients = [{address}]')
).replace("{name}", "mail")
