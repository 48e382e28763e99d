"""The named steps of a round: count them, or kill this process just before or just after one of them."""

import os
import signal
import smtplib
import socket
import stat
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from monitor.store import alerts, chain, fetches, findings, holds, readings

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class Fatal:
    """The step to be killed at: its name, the how manieth of that name (from 1), and on which side of it."""

    step: str
    count: int
    side: str


COMMIT, LOOK, LINK = "a transaction is committed", "a look at the store ends", "the chain is continued"
BLOB, FOLDER = "a blob is synced", "a folder of blobs is synced"


def _what_is_synced(done: Mapping[str, int], handle: int) -> str:
    return FOLDER if stat.S_ISDIR(os.fstat(handle).st_mode) else BLOB


def _what_is_committed(done: Mapping[str, int], *words: object) -> str:
    """Before each commit, and only then, the chain is continued."""
    return COMMIT if done.get(LINK, 0) > done.get(COMMIT, 0) else LOOK


#: Where a step is done, what it is called there, and its name (or how to tell it from the arguments).
STEPS: tuple[tuple[Any, str, str | Callable[..., str]], ...] = (
    (tempfile, "mkstemp", "a blob is begun"),
    (os, "fsync", _what_is_synced),
    (Path, "replace", "a blob gets its name"),
    (fetches, "record", "a fetch is recorded"),
    (readings, "record", "a reading is recorded"),
    (findings, "save", "findings are followed"),
    (alerts, "add", "an alert is raised"),
    (holds, "hold", "an alert is held"),
    (holds, "release", "an alert is released"),
    (chain, "seal", LINK),
    (DefaultDialect, "do_commit", _what_is_committed),
    (socket, "create_connection", "a receiver is dialled"),
    (HTTPConnection, "request", "a webhook is sent"),
    (HTTPConnection, "getresponse", "a webhook is answered"),
    (smtplib.SMTP, "send_message", "a mail is handed over"),
    (alerts, "mark_sent", "a delivery is marked"),
    (DefaultDialect, "do_execute", "a statement is run"),
)
NAMES = (*(name for _, _, name in STEPS if isinstance(name, str)), COMMIT, LOOK, BLOB, FOLDER)


def watch(fatal: Fatal | None = None) -> Counter[str]:
    """From now on count the steps of this process, and end it with SIGKILL at the fatal one."""
    done: Counter[str] = Counter()
    for place, called, name in STEPS:
        setattr(place, called, _watched(getattr(place, called), name, done, fatal))
    return done


def _watched(
    real: Callable[..., Any], name: str | Callable[..., str], done: Counter[str], fatal: Fatal | None
) -> Callable[..., Any]:
    @wraps(real)
    def step(*words: Any, **named: Any) -> Any:
        called = name if isinstance(name, str) else name(done, *words)
        done[called] += 1
        here = (called, done[called])
        _die_if(fatal, *here, BEFORE)
        result = real(*words, **named)
        _die_if(fatal, *here, AFTER)
        return result

    return step


def _die_if(fatal: Fatal | None, step: str, count: int, side: str) -> None:
    if fatal == Fatal(step, count, side):
        os.kill(os.getpid(), signal.SIGKILL)
