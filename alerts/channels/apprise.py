"""By Apprise: to Slack, Teams, Mattermost, Matrix, Telegram, Signal and whatever else it reaches over HTTP.

The address is an Apprise URL of one place, and mostly a secret: give it by url_env. What is sent is the plain
text. Whom Apprise connects to, how long it takes and what it may read is for guarded.py to say.
"""

import logging
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import unquote

import requests
from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, NotifyType, OverflowMode
from apprise.common import PersistentStoreMode
from apprise.conversion import convert_between
from apprise.manager_plugins import NotificationManager
from apprise.plugins import url_to_dict
from apprise.plugins.matrix.base import MatrixWebhookMode, NotifyMatrix

from alerts import chat
from alerts.channels.webhook import THROTTLED, retry_after
from alerts.guarded import Line, guarded
from alerts.message import Message, secret
from alerts.render import subject, text
from monitor.errors import DeliveryError
from monitor.settings import Channel

DEADLINE_SECONDS = 60.0  #: for all of it
BYTES_AT_MOST = 48_000  #: Matrix takes 65,536 with all that stands around it
BLOCK_CHARACTERS = 3_000  #: of one block of Slack

#: Why a kind of address is refused.
REFUSED = {
    **dict.fromkeys(("mailto", "mailtos"), "use a channel of kind email for mail"),
    **dict.fromkeys(
        ("json", "jsons", "xml", "xmls", "form", "forms"),
        "use a channel of kind webhook for JSON, XML and forms",
    ),
    **dict.fromkeys(("nostr", "vapid", "fcm"), "it opens files or lines of its own, which we do not allow"),
}
_NOT_HTTP = "only services that are reached over HTTP are allowed, and no part of this machine"
#: Apprise hands these the text as it is, and they read all they get as Markdown.
_READ_MARKDOWN = {"mmost", "mmosts", "discord", "guilded", "fluxer", "fluxers", "revolt", "zulip"} | {
    "nctalk",
    "nctalks",
    "humhub",
    "humhubs",
}
#: What an address may say besides its place. Ours is one plain text, sent once, over checked lines.
_IGNORED = {"format", "overflow", "emojis", "retry", "wait", "optional", "verify", "redirect"} | {
    "rto",
    "cto",
    "store",
    "include_image",
}
_SERVICES = NotificationManager()
_PARTS = re.compile(r"[^/?#&=@:,;+\s]{4,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LOUD = ("apprise", "urllib3", "requests")  #: loggers that may say an address

with warnings.catch_warnings():  # one of them still asks for a module that Python gives up
    warnings.simplefilter("ignore", DeprecationWarning)
    _SERVICES.load_modules()


def send(message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> str:
    """Hand it to Apprise. Returns the last HTTP status, such as "HTTP 200".

    No failure is permanent: what is wrong with an address can be mended. The sentence names the variable that
    holds the address and what the service said, without any part of the address.
    """
    url, place = _address(channel, environ)
    with _overheard() as said, guarded(message.allow_hosts, place, DEADLINE_SECONDS) as line:
        taken, answers = _handed_over(url, place, message, line, said)
    if taken:
        return f"HTTP {answers[-1][0]}" if answers else ""
    if line.refused:
        raise line.refused
    raise _failed(place, answers, _without(url, said), now)


def check_address(channel: Channel, environ: Mapping[str, str]) -> None:
    """Whether its address is one that could be sent to; nothing is sent. DeliveryError where it is not."""
    url, place = _address(channel, environ)
    with _overheard(), guarded((), place, DEADLINE_SECONDS):
        _service(url, place)


def _address(channel: Channel, environ: Mapping[str, str]) -> tuple[str, str]:
    """The address, and what to call it, as it may be a secret."""
    if channel.url_env:
        return secret(environ, channel.url_env).strip(), f"the address in {channel.url_env}"
    return channel.url, f"the {_scheme(channel.url)}:// address"


def _handed_over(
    url: str, place: str, message: Message, line: Line, said: list[str]
) -> tuple[bool, list[tuple[int, str]]]:
    """Whether Apprise says that it was taken, and the answers until then. It ends here, on our line."""
    service = _service(url, place)
    service.throttle = line.pause  # type: ignore[method-assign]
    title, body = _words(message, service)
    taken = False
    try:
        taken = service.notify(
            body=body,
            title=title,
            notify_type=NotifyType.INFO,
            overflow=OverflowMode.UPSTREAM,
            body_format=NotifyFormat.TEXT,
        )
    except (DeliveryError, requests.RequestException) as error:
        said.append(str(error))
    except Exception as error:  # another's code, at what the network answered: it must not end the watch
        said.append(f"Apprise stumbled over the answer ({type(error).__name__})")
    return taken, list(line.answers)


# --------------------------------------------------------------------------- which service


def _service(url: str, place: str) -> NotifyBase:
    """The service of this address. DeliveryError, without the address, where it is none that we allow."""
    found = url_to_dict(url)
    if not found:
        raise DeliveryError(f"{place} is not an address that Apprise knows; mend it")
    scheme = str(found["schema"])
    if why := _refusal(scheme):
        raise DeliveryError(f"{place} is not allowed: {why}; mend it")
    if "template" in found:
        raise DeliveryError(f"{place} names a template, and we send our own text alone; take it out")
    asked = {key: value for key, value in found.items() if key not in _IGNORED}
    service = Apprise.instantiate(asked, asset=_asset())
    if service is None:
        raise DeliveryError(f"{place} is not a whole address of {scheme}://; mend it")
    if (places := _places(service)) != 1:
        much = f"{places} places; make a channel of each" if places else "no place; name one"
        raise DeliveryError(f"{place} names {much}")
    return service


def _refusal(scheme: str) -> str:
    """Why services of this scheme are not allowed; "" where they are."""
    if scheme in REFUSED:
        return REFUSED[scheme]
    modules = [sys.modules[kind.__module__] for kind in _SERVICES[scheme].__mro__]
    is_http = any(getattr(module, "requests", None) is requests for module in modules)
    return "" if is_http else _NOT_HTTP


def _asset() -> AppriseAsset:
    """Ours: nothing on disk, no picture from elsewhere, no word of ours read as anything else."""
    return AppriseAsset(
        app_id="pledgewatch",
        app_desc="pledgewatch",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        interpret_emojis=False,
        interpret_escapes=False,
        storage_mode=PersistentStoreMode.MEMORY,
    )


def _places(service: NotifyBase) -> int:
    """How many places it would send to. Left alone, Telegram takes who wrote last, and Matrix every room."""
    if getattr(service, "detect_owner", False):
        return 0
    if isinstance(service, NotifyMatrix) and service.mode == MatrixWebhookMode.DISABLED:
        return len(service.rooms) + len(service.users)
    return len(service)


# --------------------------------------------------------------------------- which words


def _words(message: Message, service: NotifyBase) -> tuple[str, str]:
    """Title and body, as text that stays text and fits. Without a title, the body says it all."""
    form = service.resolve_format(NotifyFormat.TEXT)
    shown = _shown_as(service, form)
    line = subject(message.content)
    title = _short(line, shown if form is not NotifyFormat.MARKDOWN else chat.markdown, service.title_maxlen)

    def fits(words: str) -> bool:
        sent = convert_between(NotifyFormat.TEXT, form, shown(words))
        room = _room(service) - (len(title) + 2) * bool(service.overflow_amalgamate_title)
        most_lines = service.body_max_line_count or len(sent)
        return len(sent) <= room and len(sent.encode()) <= BYTES_AT_MOST and words.count("\n") < most_lines

    whole = text(message.content, message.reader)
    return title, shown(chat.cut(whole, fits, chat.rest_of(message.content)))


def _shown_as(service: NotifyBase, form: NotifyFormat) -> Callable[[str], str]:
    """How text stays text there. Apprise itself escapes what HTML and the Markdown it makes would read."""
    if form is NotifyFormat.TEXT and not _READ_MARKDOWN.isdisjoint(service.schemas()):
        return chat.markdown
    if form is NotifyFormat.MARKDOWN:
        return lambda words: chat.unindented(chat.literal(words))
    return chat.literal


def _room(service: NotifyBase) -> int:
    most = int(service.body_maxlen)
    return min(most, BLOCK_CHARACTERS) if getattr(service, "use_blocks", False) else most


def _short(line: str, shown: Callable[[str], str], most: int) -> str:
    """The line as it is shown, in at most so many characters; "" where there is no room at all."""
    if most <= 0:
        return ""
    while len(shown(line)) > most:
        line = line[:-2].rstrip() + "…"
    return shown(line)


# --------------------------------------------------------------------------- what went wrong


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise logs as a warning meanwhile; nothing of it, nor of what it uses, goes into our own log."""
    said: list[str] = []
    before = {name: logging.getLogger(name).propagate for name in _LOUD}
    ear = _Ear(said)
    try:
        for name in _LOUD:
            logging.getLogger(name).propagate = False
            logging.getLogger(name).addHandler(ear)
        yield said
    finally:
        for name, propagate in before.items():
            logging.getLogger(name).propagate = propagate
            logging.getLogger(name).removeHandler(ear)


class _Ear(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("apprise"):
            self.said.append(record.getMessage())


def _failed(place: str, answers: list[tuple[int, str]], why: str, now: datetime) -> DeliveryError:
    """Whatever it is, it can be mended, so it is tried again."""
    if not answers:
        return DeliveryError(f"{place} was not reached{why}; it is tried again", unreachable=True)
    status, patience = answers[-1]
    later = retry_after(patience, now) if status in THROTTLED else None
    return DeliveryError(
        f"{place} answered {status} and did not take it{why}; it is tried again", retry_after=later
    )


def _without(url: str, said: list[str]) -> str:
    """The last thing said, on one line, with every part of the address struck out; it may be the secret."""
    line = _CONTROL.sub(" ", said[-1]).strip().rstrip(".") if said else ""
    _, _, rest = url.partition("://")
    parts = set(_PARTS.findall(rest)) | set(_PARTS.findall(unquote(rest)))
    for part in sorted(parts, key=len, reverse=True):
        line = re.sub(re.escape(part), "***", line, flags=re.IGNORECASE)
    return f": {line[:200]}" if line else ""


def _scheme(url: str) -> str:
    return url.partition("://")[0]
