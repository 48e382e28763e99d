"""What the daemon and its checks say on standard error: a JSON line an event, or a plain one at a terminal.

    {"at": "2026-11-22T16:55:00Z", "level": "info", "event": "check ended", "code": 0}

Everything that Python's logging carries goes the same way, warnings of libraries too. What others wrote
cannot begin a line of its own, act on a terminal or flood the log, and no secret that the settings name is
in it.
"""

import json
import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from textwrap import indent
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote, unquote, urlsplit

from alerts.marking import visible
from monitor.settings import Settings
from monitor.wire import utc_text

FIELD_BYTES = 2_048  #: of a field as it is written
TRACEBACK_BYTES = 8_192  #: of a bug's, of which the end says most
RUN = "PLEDGEWATCH_RUN"  #: the variable by which a check knows the run that it belongs to
HIDDEN = "***"
_WORTH_HIDING = 8  #: characters: a shorter part of a secret is hardly one

_LOGGER = logging.getLogger("pledgewatch")
_STORE_URL = "PLEDGEWATCH_STORE_URL"


def say(event: str, **fields: Any) -> None:
    """Log an event. Fields are text, numbers, times or None; nothing is said before `prepare`."""
    _LOGGER.info("%s", event, extra={"fields": fields})


def warn(event: str, **fields: Any) -> None:
    """The same for what a person should look at."""
    _LOGGER.warning("%s", event, extra={"fields": fields})


def bug(error: BaseException) -> None:
    """Log an error that nobody expected, with its traceback, as one line."""
    trace = "".join(traceback.format_exception(error))
    _LOGGER.critical("%s", "bug", extra={"fields": {"traceback": trace}})


def prepare(settings: Settings, environ: Mapping[str, str], stream: TextIO) -> None:
    """From now on all logging of this process goes to this stream; so does a bug, before it ends it."""
    run = {"run": environ[RUN]} if environ.get(RUN) else {}
    lines = PlainLines if stream.isatty() else JsonLines
    out = _Out(stream)
    out.setFormatter(lines(secrets_of(settings, environ), run))
    root = logging.getLogger()
    for known in [one for one in root.handlers if isinstance(one, _Out)]:
        root.removeHandler(known)
    root.addHandler(out)
    root.setLevel(logging.WARNING)
    _LOGGER.setLevel(logging.INFO)
    warnings.showwarning = _show_warning
    sys.excepthook = _on_bug
    threading.excepthook = sys.unraisablehook = _on_bug_aside


def is_prepared() -> bool:
    """Whether the log of this process goes somewhere."""
    return any(isinstance(one, _Out) for one in logging.getLogger().handlers)


class _Out(logging.StreamHandler[TextIO]):
    """Where nothing can be written (a full disk, a closed pipe), the line is lost and nothing else."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging calls it so
        pass


def _on_bug(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """In place of Python's own report; Python then ends as it always does."""
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        bug(error)


def _on_bug_aside(seen: Any) -> None:
    """A bug in a thread, or where Python cannot raise it: it ends nothing."""
    _on_bug(seen.exc_type, seen.exc_value, seen.exc_traceback)


def _show_warning(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
    warn("warning", kind=category.__name__, message=str(message))


# --------------------------------------------------------------------------- one line


class JsonLines(logging.Formatter):
    """A record as one line of JSON in ASCII. more: fields of every line."""

    def __init__(self, secrets: Iterable[str] = (), more: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.secrets = sorted(set(filter(None, secrets)), key=len, reverse=True)
        self.more = dict(more or {})

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.line(record)).replace("\x7f", "\\u007f")

    def line(self, record: logging.LogRecord) -> dict[str, Any]:
        """at, level and event, and then the fields, all fit to be written."""
        fields = {"from": record.name} if record.name != _LOGGER.name else {}
        fields |= self.more | getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            fields["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        head = {
            "at": utc_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "event": _message(record),
        }
        return {name: self._fit(name, value) for name, value in (head | fields | head).items()}

    def _fit(self, name: str, value: Any) -> Any:
        if value is None or isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
            return value
        text = utc_text(value) if isinstance(value, datetime) else str(value)
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return _end(text, TRACEBACK_BYTES) if name == "traceback" else _beginning(text, FIELD_BYTES)


class PlainLines(JsonLines):
    """The same for people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = self.line(record)
        at, level, event = (line.pop(name) for name in ("at", "level", "event"))
        trace = line.pop("traceback", "")
        loud = "" if level == "info" else f" {level.upper()}"
        said = ", ".join(f"{name} {value}" for name, value in line.items())
        told = f"{at}{loud} {event}{': ' if said else ''}{said}".replace("\n", "\\n")
        return visible(told + indent(f"\n{trace}".rstrip(), "    "))


def _message(record: logging.LogRecord) -> str:
    """A library's own mistake in its message does not cost us the line."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _beginning(text: str, room: int) -> str:
    if len(text) <= room and _written(text) <= room:
        return text
    return _cut(text[:room], room - 3, keep_end=False) + "..."


def _end(text: str, room: int) -> str:
    if len(text) <= room and _written(text) <= room:
        return text
    return "..." + _cut(text[-room:], room - 3, keep_end=True)


def _cut(text: str, room: int, *, keep_end: bool) -> str:
    """As much as fits when it is escaped."""
    while (written := _written(text)) > room:
        kept = min(len(text) * room // written, len(text) - 1)
        text = text[len(text) - kept :] if keep_end else text[:kept]
    return text


def _written(text: str) -> int:
    return len(json.dumps(text)) - 2


# --------------------------------------------------------------------------- what is never said


def secrets_of(settings: Settings, environ: Mapping[str, str]) -> set[str]:
    """Every secret that the settings name, in all the forms in which a line could hold it."""
    names = {settings.daemon.ping_url_env}
    for channel in settings.channels.values():
        names |= {channel.password_env, channel.secret_env, channel.url_env}
    values = {value for name in names if name for value in _values(environ, name)}
    values |= {password for url in _values(environ, _STORE_URL) for password in _passwords(url)}
    return {form for value in values for form in _forms(value) if form}


def _values(environ: Mapping[str, str], name: str) -> list[str]:
    """What the variable holds, and what the file holds that <name>_FILE names."""
    held = [environ.get(name, "")]
    if file := environ.get(f"{name}_FILE", ""):
        with suppress(OSError):
            held.append(Path(file).read_text(encoding="utf-8", errors="replace"))
    return [value.strip() for value in held if value.strip()]


def _passwords(url: str) -> list[str]:
    """The password of a database URL, as it is written and as it is meant."""
    try:
        parts = urlsplit(url)
        written = parts.password or ""
    except ValueError:
        return [url]
    asked = [
        pair.removeprefix("password=") for pair in parts.query.split("&") if pair.startswith("password=")
    ]
    return [form for one in (written, *asked) for form in (one, unquote(one))]


def _forms(value: str) -> set[str]:
    """A secret as it is, and escaped as Python, JSON and addresses escape; also the parts of an address."""
    parts = {value.removeprefix("whsec_"), *value.splitlines()}
    if value.startswith(("http://", "https://")):
        rest = value.partition("://")[2].partition("/")[2]
        parts |= {rest, *re.split("[/?&]", rest)}
    forms = {value, *(part for part in parts if len(part) >= _WORTH_HIDING)}
    return {form for one in forms for form in (one, repr(one)[1:-1], json.dumps(one)[1:-1], quote(one))}
