"""Logs: one line an event, whatever stands in it; no secret in any of them; a bug is one line, too."""

import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import logs
from app.logs import FIELD_BYTES, TRACEBACK_BYTES, JsonLines, PlainLines, secrets_of
from monitor.settings import Channel, Daemon, Settings
from tests.homes import ROOT

PING = "https://ping.example/5e1c0000-canary"
ENVIRON = {
    "MAIL_PASSWORD": 'mail "canary"\\1',
    "HOOK_SECRET": "whsec_Y2FuYXJ5IG9mIGEgc2VjcmV0",
    "HOOK_URL": "https://hooks.example/T0001/canaryhook?key=canaryquery",
    "PING_URL": PING,
    "PLEDGEWATCH_STORE_URL": "postgresql://watch:store%20canary@db.example/watch?password=querycanary",
}
SETTINGS = Settings(
    daemon=Daemon(ping_url_env="PING_URL"),
    channels={
        "mail": Channel("email", password_env="MAIL_PASSWORD"),
        "hook": Channel("webhook", url_env="HOOK_URL", secret_env="HOOK_SECRET"),
    },
)
HOSTILE = {
    "a line of its own": '\n{"at": "2026-01-01T00:00:00Z", "level": "critical", "event": "fake"}',
    "ANSI": "\x1b[2J\x1b[31mgone\x1b]0;title\x07",
    "other ends of lines": "a\rb\x0bc\x0cd\x85e\u2028f\u2029g",
    "NUL and DEL": "a\x00b\x7fc\x9bd",
    "half a surrogate pair": "a\ud800b\udfffc",
    "right to left": "\u202edetrever\u2066",
    "a format": "%(x)s %s %d {0} {x}",
    "quotes": '", "level": "critical", "x": "\\',
}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What `prepare` changes in this process is changed back."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook, sys.unraisablehook)
    level, handlers, shown = root.level, list(root.handlers), warnings.showwarning
    yield
    root.level, root.handlers, warnings.showwarning = level, handlers, shown
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def prepared(environ: dict[str, str] = ENVIRON, stream: io.StringIO | None = None) -> io.StringIO:
    out = stream or io.StringIO()
    logs.prepare(SETTINGS, environ, out)
    return out


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


# --------------------------------------------------------------------------- one line


def test_an_event_is_one_line_with_its_fields() -> None:
    out = prepared()
    logs.say("check ended", code=0, pages=12, took=1.5, next=datetime(2026, 11, 22, tzinfo=UTC), why=None)
    logs.warn("ping not taken")
    first, second = lines(out)
    assert datetime.fromisoformat(first.pop("at")).utcoffset() is not None
    assert first == {
        "level": "info", "event": "check ended", "code": 0, "pages": 12, "took": 1.5,
        "next": "2026-11-22T00:00:00Z", "why": None,
    }  # fmt: skip
    assert (second["level"], second["event"]) == ("warning", "ping not taken")
    assert list(second) == ["at", "level", "event"]


def test_no_field_can_pass_for_another() -> None:
    out = prepared()
    logs.say("event", at="1999", level="critical")
    (line,) = lines(out)
    assert line["level"] == "info" and line["at"] != "1999"


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_what_others_wrote_stays_in_its_field(hostile: str) -> None:
    out = prepared()
    logs.say("page failed", why=hostile)
    logging.getLogger("library").warning(hostile)
    written = out.getvalue()
    assert written.count("\n") == 2
    assert all(32 <= ord(sign) < 127 for sign in written.replace("\n", ""))
    assert [line["level"] for line in lines(out)] == ["info", "warning"]
    assert lines(out)[0]["why"] == hostile
    assert lines(out)[1]["event"] == hostile


@pytest.mark.parametrize("sign", ["x", "\x1b", "☹", "\U0001f985", '"', "\ud800"], ids=ascii)
def test_ten_megabytes_are_cut(sign: str) -> None:
    out = prepared()
    logs.say("page failed", why=sign * 10_000_000)
    (line,) = lines(out)
    assert 1.0 >= len(json.dumps(line["why"])[1:-1]) / FIELD_BYTES > 0.9
    assert line["why"].startswith(sign) and line["why"].endswith("...")


def test_a_field_that_just_fits_is_whole() -> None:
    out = prepared()
    logs.say("event", a="x" * FIELD_BYTES, b="x" * (FIELD_BYTES + 1))
    (line,) = lines(out)
    assert line["a"] == "x" * FIELD_BYTES
    assert line["b"] == "x" * (FIELD_BYTES - 3) + "..."


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), object(), ["a"], b"a"],
    ids=["nan", "inf", "object", "list", "bytes"],
)
def test_what_json_has_no_word_for_is_text(value: object) -> None:
    out = prepared()
    logs.say("event", value=value)
    assert isinstance(lines(out)[0]["value"], str)


def test_a_library_that_formats_badly_does_not_cost_the_line() -> None:
    record = logging.LogRecord("library", logging.ERROR, "", 0, "%d pages of %s", ("many",), None)
    line = JsonLines().line(record)
    assert (line["event"], line["from"]) == ("%d pages of %s", "library")


def test_libraries_are_heard_when_they_warn_only() -> None:
    out = prepared()
    logging.getLogger("scrapy.core").info("crawled")
    logging.getLogger("alembic.runtime").warning("odd")
    warnings.showwarning("old words", DeprecationWarning, "file.py", 7)
    assert [line["event"] for line in lines(out)] == ["odd", "warning"]
    assert lines(out)[1]["message"] == "old words"


def test_to_prepare_twice_does_not_double_the_lines() -> None:
    prepared()
    out = prepared()
    logs.say("event")
    assert len(lines(out)) == 1


def test_a_check_names_the_run_that_it_belongs_to() -> None:
    out = prepared(ENVIRON | {logs.RUN: "0d9b"})
    logs.say("check began")
    assert lines(out)[0]["run"] == "0d9b"


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_costs_the_line_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    prepared(stream=Full())
    logs.say("event")
    assert capsys.readouterr() == ("", "")


# --------------------------------------------------------------------------- at a terminal


def test_people_get_plain_lines() -> None:
    out = prepared(stream=Terminal())
    logs.say("check ended", code=0, pages=2)
    logs.warn("ping not taken", why="a\nb\x1b[2J")
    first, second = out.getvalue().splitlines()
    assert first.endswith("Z check ended: code 0, pages 2")
    assert second.endswith("Z WARNING ping not taken: why a\\nb⟨U+001B⟩[2J")


def test_a_traceback_at_a_terminal_is_readable_and_begins_no_line() -> None:
    out = prepared(stream=Terminal())
    try:
        raise ValueError("\n2026-11-22T00:00:00Z fake")
    except ValueError as error:
        logs.bug(error)
    first, *others = out.getvalue().splitlines()
    assert first.endswith("Z CRITICAL bug")
    assert len(others) > 3 and all(line.startswith("    ") for line in others)


# --------------------------------------------------------------------------- secrets


def secret_words() -> list[str]:
    return [
        *ENVIRON.values(), "Y2FuYXJ5IG9mIGEgc2VjcmV0", "5e1c0000-canary", "/T0001/canaryhook?key=canaryquery",
        "canaryhook", "key=canaryquery", "store%20canary", "store canary", "querycanary",
        repr(ENVIRON["MAIL_PASSWORD"]), json.dumps(ENVIRON["MAIL_PASSWORD"]),
    ]  # fmt: skip


@pytest.mark.parametrize("secret", secret_words())
def test_no_form_of_a_secret_is_written(secret: str) -> None:
    out = prepared()
    logs.say(f"event {secret}", why=f"the server says {secret}", cut="x" * (FIELD_BYTES - 8) + secret)
    logging.getLogger("library").warning("posting to %s", secret)
    try:
        raise RuntimeError(f"cannot log in with {secret}")
    except RuntimeError as error:
        logs.bug(error)
        logging.getLogger("library").exception("failed")
    written = out.getvalue()
    assert written.count("***") >= 5
    assert "canary" not in written.lower() and "Y2Fu" not in written


def test_secrets_in_files_are_known_too(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("filecanary\n", encoding="utf-8")
    environ = {"MAIL_PASSWORD_FILE": str(tmp_path / "password"), "PING_URL_FILE": str(tmp_path / "missing")}
    assert secrets_of(SETTINGS, environ) == {"filecanary"}


def test_what_the_settings_do_not_name_is_no_secret() -> None:
    assert secrets_of(Settings(), {"PATH": "/usr/bin", "MAIL_PASSWORD": "x"}) == set()
    assert secrets_of(SETTINGS, {}) == set()
    assert secrets_of(Settings(), {"PLEDGEWATCH_STORE_URL": "postgresql://db.example/watch"}) == set()


def test_parts_of_an_address_that_anybody_may_say_stay() -> None:
    out = prepared({"PING_URL": "https://ping.example/a/b"})
    logs.say("a b", why="ping.example does not answer")
    assert (lines(out)[0]["event"], lines(out)[0]["why"]) == ("a b", "ping.example does not answer")


def test_the_longer_secret_goes_first() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "pass password", (), None)
    assert JsonLines(["pass", "password"]).line(record)["event"] == "*** ***"
    assert PlainLines(["pass", "password"]).format(record).endswith("*** ***: from x")


# --------------------------------------------------------------------------- bugs

PROGRAM = """
import os, sys, threading
from app import logs
from monitor.settings import Channel, Settings
logs.prepare(Settings(channels={"m": Channel("email", password_env="MAIL_PASSWORD")}), os.environ, sys.stderr)
def deep(left):
    if left:
        deep(left - 1)
    raise LookupError("it is " + os.environ["MAIL_PASSWORD"] + "\\n" * 5)
"""


def run(*more: str) -> tuple[int, list[dict[str, Any]]]:
    environ = {"MAIL_PASSWORD": "mailcanary", "PATH": "/usr/bin"}
    command = [sys.executable, "-c", PROGRAM + "\n".join(more)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environ, check=False)
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def test_a_bug_is_one_line_and_ends_the_program() -> None:
    code, (line,) = run("deep(3)")
    assert code == 1
    assert (line["level"], line["event"]) == ("critical", "bug")
    assert line["traceback"].rstrip().endswith("LookupError: it is ***")
    assert "Traceback (most recent call last)" in line["traceback"]


def test_a_bug_in_a_thread_is_one_line() -> None:
    code, (line,) = run("thread = threading.Thread(target=deep, args=(1,)); thread.start(); thread.join()")
    assert (code, line["event"]) == (0, "bug")


def test_of_a_long_traceback_the_end_is_kept() -> None:
    out = prepared()
    logs.bug(ValueError("first" + "\x1b" * 20_000 + "last"))
    (line,) = lines(out)
    assert len(json.dumps(line["traceback"])) - 2 <= TRACEBACK_BYTES
    assert line["traceback"].startswith("...\x1b")
    assert line["traceback"].rstrip().endswith("last")
