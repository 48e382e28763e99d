"""The command line as a process: what a command came to, as one sentence and an exit code."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any, TextIO

import typer

from app import diligence  # noqa: F401 — its commands belong to the program
from app.commands import app
from monitor.errors import PledgewatchError, StoreError

DONE, RECORDED_TROUBLE, BAD_INPUT, BAD_STORE, INTERRUPTED = 0, 1, 2, 3, 130


def main() -> None:
    """The console script: an expected error is one sentence and its exit code."""
    _prepare_streams()
    code = DONE
    try:
        code = outcome_of(lambda: app(prog_name="pledgewatch", standalone_mode=False))
        sys.stdout.flush()
    except OSError as error:
        if not _is_shut(sys.stdout):
            raise
        if not isinstance(error, BrokenPipeError):  # nobody reads on, as in `alerts list | head -1`
            _say_shut(f"the output cannot be written ({error.strerror}); what was done is recorded")
        _to_nowhere(sys.stdout)
        code = code or RECORDED_TROUBLE
    sys.exit(code)


def _is_shut(stream: TextIO) -> bool:
    """Whether nothing can be printed there: then not even an empty line."""
    try:
        print(file=stream, flush=True)
    except OSError:
        return True
    return False


def _say_shut(sentence: str) -> None:
    """On standard error, where that can be written itself."""
    try:
        _complain(sentence)
        sys.stderr.flush()
    except OSError:
        _to_nowhere(sys.stderr)


def _to_nowhere(stream: TextIO) -> None:
    """What is still in it must not fail once more when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def outcome_of(command: Callable[[], Any]) -> int:
    """Run a command; its exit code (contract.md). A bug passes through."""
    try:
        code = command()
    except KeyboardInterrupt:
        return INTERRUPTED
    except typer.Abort as stopped:
        if stopped.__cause__ is not None:  # no keystroke: something of ours ended too early
            raise
        return INTERRUPTED
    except typer.TyperException as error:
        error.show()  # type: ignore[attr-defined]  # every error of a command line has it
        return BAD_INPUT
    except PledgewatchError as error:
        _complain(_one_line(str(error)))
        return BAD_STORE if isinstance(error, StoreError) else BAD_INPUT
    return code if isinstance(code, int) else DONE


def _complain(sentence: str) -> None:
    """On standard error; where a log goes there, as a line of it."""
    logs = sys.modules.get("app.logs")
    if logs is not None and logs.is_prepared():
        logs.warn("stopped", why=sentence)
    else:
        print(f"pledgewatch: {sentence}", file=sys.stderr)


def _prepare_streams() -> None:
    """UTF-8 whatever the locale (half a surrogate pair as its JSON escape); nowhere, where one is closed."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115, PTH123  both live as long as we do
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _one_line(sentence: str) -> str:
    from alerts.marking import visible

    return visible(" ".join(part.strip() for part in sentence.split("\n")))
