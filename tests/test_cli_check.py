"""check and run as an operator meets them: the real program against a real server on this machine."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.homes import at_home
from tests.homes import program as program_here
from tests.loopback import Answer, Loopback

ROOT = Path(__file__).resolve().parent.parent
PADDING = "".join(
    f"<p>Paragraph {i} speaks of fees, notices and holidays of kind {i}.</p>" for i in range(40)
)
PROMISE = "We will not sell facial recognition technology to police departments."
LOOSE = "We do not currently sell general-purpose facial recognition technology to police departments."


def page(sentence: str) -> bytes:
    return f"<html lang='en'><body><h1>Our pledge</h1><p>{sentence}</p>{PADDING}</body></html>".encode()


class Program:
    """A home that watches one page of a loopback server; each call is a process of its own."""

    def __init__(self, folder: Path, site: Loopback) -> None:
        self.home, self.site = folder / "home", site
        options = ("--contact", "ops@acme.example", "--allow-host", "127.0.0.1", "--confirm", "none")
        assert program_here("init", self.home, *options) == 0
        of = ("--organization", "acme", "--role", "pledge")
        assert at_home(self.home, "add", site.url("/pledge"), *of) == 0

    def __call__(self, *arguments: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(self.command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr + done.stdout
        return done

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "app", *arguments]

    def check(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self("--home", str(self.home), "check", "--json", *arguments, code=code).stdout)

    def serve(self, answer: Answer) -> None:
        self.site.routes = {"/pledge": answer}


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with Loopback({"/pledge": Answer(body=page(PROMISE))}) as site:
        yield Program(tmp_path, site)


def test_a_changed_promise_is_found_told_and_kept(program: Program) -> None:
    first = program.check("--all")
    assert first["counts"] | {"asked": 1, "read": 1, "alerts": 0} == first["counts"]
    program.serve(Answer(body=page(LOOSE)))
    second = program.check("--all")
    (alert,) = second["alerts"]
    assert (alert["schema"], alert["direction"], alert["page"]["role"]) == (
        "pledgewatch.alert/1",
        "weaker",
        "pledge",
    )
    assert second["counts"]["sent"] == 1
    listed = json.loads(program("--home", str(program.home), "alerts", "list", "--json").stdout)
    assert [one["id"] for one in listed["alerts"]] == [alert["id"]]
    shown = json.loads(
        program("--home", str(program.home), "alerts", "show", alert["id"][:12], "--json").stdout
    )
    assert shown["findings"][0]["after_quote"] == LOOSE


def test_an_unchanged_page_is_asked_conditionally(program: Program) -> None:
    program.serve(Answer(body=page(PROMISE), etag='"one"'))
    program.check("--all")
    answer = program.check("--all")
    assert answer["readings"][0]["access"] == "unchanged"
    asked = [one.headers.get("If-None-Match") for one in program.site.asked if one.path == "/pledge"]
    assert asked == [None, '"one"']


def test_a_page_is_due_when_its_time_has_come_and_not_before(program: Program) -> None:
    assert program.check()["counts"]["asked"] == 1
    assert program.check()["counts"]["asked"] == 0


def test_trouble_is_recorded_and_said(program: Program) -> None:
    program.check("--all")
    program.serve(Answer(403, b"<title>Just a moment...</title><p>Verify you are human</p>"))
    answer = program.check("--all", code=1)
    assert answer["readings"][0]["access"] == "wall"
    assert answer["alerts"] == []
    told = program("--home", str(program.home), "check", "--all", code=1).stdout
    assert "wall" in told
    assert "1 not readable" in told


def test_the_page_as_a_person_sees_it(program: Program) -> None:
    told = program("--home", str(program.home), "check", "--all").stdout
    assert "acme" in told
    assert "1 read (0 unchanged), 0 not readable, 0 alerts" in told
    assert "Nothing is due." in program("--home", str(program.home), "check").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--page", "acme/pledg"], "acme/pledge"),
        (["--organization", "acne"], "acme"),
    ],
)
def test_what_is_not_watched_is_refused_with_the_nearest_name(
    program: Program, arguments: list[str], said: str
) -> None:
    done = program("--home", str(program.home), "check", *arguments, code=2)
    assert said in done.stderr
    assert done.stdout == ""


def test_nobody_is_asked_without_a_contact(program: Program) -> None:
    settings = program.home / "config" / "settings.toml"
    settings.write_text(settings.read_text().replace("ops@acme.example", ""))
    program("--home", str(program.home), "check", "--all")  # this machine may be asked
    watchlist = program.home / "config" / "watchlist" / "acme.toml"
    watchlist.write_text(watchlist.read_text().replace("127.0.0.1", "acme.example"))
    done = program("--home", str(program.home), "check", "--all", code=2)
    assert "operator.contact" in done.stderr
    assert "operator.contact" in program("--home", str(program.home), "run", code=2).stderr


def test_a_store_that_cannot_be_used_is_exit_3(program: Program) -> None:
    (program.home / "pledgewatch.db").write_bytes(b"this is no database" * 100)
    done = program("--home", str(program.home), "check", "--all", code=3)
    assert len(done.stderr.splitlines()) == 1


def test_the_daemon_checks_what_is_due_and_stops_when_told(program: Program) -> None:
    command = program.command("--home", str(program.home), "run")
    daemon = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert daemon.stderr is not None
        said = [json.loads(daemon.stderr.readline()) for _ in range(3)]
        assert [one["event"] for one in said] == ["watching", "checked", "check ended"]
        assert (said[0]["pages"], said[1]["read"], said[2]["code"]) == (1, 1, 0)
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, rest = daemon.communicate(timeout=60)
    assert daemon.returncode == 0, rest
    assert [one.path for one in program.site.asked if one.path == "/pledge"] == ["/pledge"]
