"""The command line itself: what is said when it is misused or cut off, and the exit codes (contract.md)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from app.cli import outcome_of
from monitor.errors import ConfigError, InputError, StoreError
from tests.homes import ROOT, Screen, program


def raising(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


def started(*arguments: str, **options: object) -> "subprocess.Popen[bytes]":
    """The program in a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "app", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload]


# --------------------------------------------------------------------------- usage


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["check", "--nope"], "No such option: --nope", id="unknown option"),
        pytest.param(["statements"], "Missing argument 'FILE'.", id="missing argument"),
        pytest.param(["chekc"], "No such command 'chekc'. Did you mean 'check'?", id="unknown command"),
        pytest.param(["alerts", "lst"], "No such command 'lst'. Did you mean 'list'?", id="in a group"),
        pytest.param(["status", "now"], "Got unexpected extra argument(s) (now)", id="one too many"),
        pytest.param(["--home"], "Option '--home' requires an argument.", id="no value"),
        pytest.param([], "Usage: ", id="nothing"),
        pytest.param(["alerts"], "Usage: ", id="nothing in a group"),
    ],
)
def test_misuse_is_said_on_standard_error_and_is_exit_code_2(
    capsys: Screen, arguments: list[str], sentence: str
) -> None:
    assert program(*arguments) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""


# --------------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        pytest.param(lambda: None, 0, "", id="done"),
        pytest.param(lambda: 1, 1, "", id="trouble recorded"),
        pytest.param(raising(InputError("no such page")), 2, "no such page", id="input"),
        pytest.param(
            raising(ConfigError("s.toml", "a.b", "is wrong")), 2, "s.toml: a.b: is wrong", id="config"
        ),
        pytest.param(raising(StoreError("it is full")), 3, "it is full", id="store"),
        pytest.param(raising(KeyboardInterrupt()), 130, "", id="Ctrl-C"),
        pytest.param(raising(typer.Abort()), 130, "", id="aborted"),
        pytest.param(
            raising(InputError("a\x1b[2J\u202eb\r\n    c\td")),
            2,
            "a⟨U+001B⟩[2J⟨U+202E⟩b c\td",
            id="hostile",
        ),
    ],
)
def test_what_came_of_a_command(capsys: Screen, command: Callable[[], int], code: int, told: str) -> None:
    assert outcome_of(command) == code
    assert capsys.readouterr() == ("", f"pledgewatch: {told}\n" if told else "")


@pytest.mark.parametrize("bug", [ValueError("a bug"), OSError(28, "No space left on device")])
def test_a_bug_is_not_caught(bug: Exception) -> None:
    with pytest.raises(type(bug)):
        outcome_of(raising(bug))


def test_a_file_that_ended_too_early_is_no_keystroke() -> None:
    app = typer.Typer()
    app.command()(raising(EOFError("cut off")))
    with pytest.raises(typer.Abort) as caught:
        outcome_of(lambda: app([], standalone_mode=False))
    assert isinstance(caught.value.__cause__, EOFError)


# --------------------------------------------------------------------------- streams


def test_who_stops_reading_gets_no_traceback() -> None:
    """As `compare --jsonl | head -1`: the reader takes one line and goes."""
    read, write = os.pipe()
    line = b'{"id": 1, "before": "We sell.", "after": "We do not sell.", "language": "en"}\n'
    with started("compare", "--jsonl", stdout=write) as running:
        os.close(write)
        assert running.stdin is not None
        running.stdin.write(line)
        running.stdin.flush()
        with os.fdopen(read, "rb") as reader:
            assert json.loads(reader.readline())["id"] == 1
        _, errors = running.communicate(line)
    assert (running.returncode, errors) == (1, b"")


def test_who_reads_nothing_gets_no_traceback_either() -> None:
    """What is short is written only at the end."""
    read, write = os.pipe()
    os.close(read)
    with started("validate", stdout=write, env={**os.environ, "PYTHONUNBUFFERED": ""}) as running:
        os.close(write)
        _, errors = running.communicate()
    assert (running.returncode, errors) == (1, b"")


def test_a_closed_standard_output_is_nowhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "--home", str(tmp_path), "validate"]
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *command], cwd=ROOT, stderr=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_is_written_is_utf8_whatever_the_locale() -> None:
    line = json.dumps({"id": "ü \ud800", "before": "", "after": "", "language": "en"}).encode()
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    with started("compare", "--jsonl", stdout=subprocess.PIPE, env=environ) as running:
        told, errors = running.communicate(line)
    assert (running.returncode, errors) == (0, b"")
    assert "ü".encode() in told
    assert json.loads(told)["id"] == "ü \ud800"
