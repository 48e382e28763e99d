"""One worker process and the line to it."""

import os
import signal
import socket
import subprocess
import sys
import time
import weakref
from pathlib import Path

from monitor.errors import ExtractError
from monitor.model import Document
from monitor.reader.limits import Limits
from monitor.reader.messages import Request, read_answer, receive, request_frame, send

WORKER = "monitor.reader.worker"  #: the module that is run
_ROOT = Path(__file__).resolve().parents[2]
_ANSWER_AT_MOST = 128 * 1024 * 1024  #: bytes
_START_SECONDS = 60.0  #: until a worker is there; a busy machine takes its time
_END_SECONDS = 2.0  #: for a process whose line is gone


class DiedError(Exception):
    """The worker ended, or said what makes no sense. of_time: it had used up its processor time."""

    def __init__(self, problem: str, *, of_time: bool = False) -> None:
        super().__init__(problem)
        self.of_time = of_time


class Worker:
    """A running worker. Raises ExtractError (unparseable) where none can be started."""

    def __init__(self, limits: Limits) -> None:
        self._line, self._process = _start(limits)
        self._owner = os.getpid()
        self._end = weakref.finalize(self, _end, self._process, self._line, self._owner)
        try:
            self._received(100, time.monotonic() + _START_SECONDS)
        except (DiedError, TimeoutError) as trouble:
            self.end()
            raise _not_started(str(trouble) or "it hangs") from None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_ours(self) -> bool:
        """False in a process that was forked from the one that started it."""
        return self._owner == os.getpid()

    def ask(self, asked: Request, until: float) -> tuple[Document | ExtractError, bool]:
        """Its answer, and whether it ends after it. until: as `time.monotonic` counts.

        Raises TimeoutError and DiedError.
        """
        try:
            self._line.settimeout(_left(until))
            send(self._line, request_frame(asked))
        except TimeoutError:
            raise
        except OSError:
            raise self._died() from None
        try:
            return read_answer(self._received(_ANSWER_AT_MOST, until))
        except ValueError as error:
            raise DiedError(f"it answered nonsense: {error}") from None

    def end(self) -> None:
        """End it now, whatever it is doing."""
        self._end()

    def _received(self, at_most: int, until: float) -> bytes:
        try:
            frame = receive(self._line, at_most, lambda: self._line.settimeout(_left(until)))
        except TimeoutError:
            raise
        except OSError:
            frame = b""
        if not frame:
            raise self._died()
        return frame

    def _died(self) -> DiedError:
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return DiedError("it hung up")
        if code == -signal.SIGXCPU:
            return DiedError("no time left", of_time=True)
        return DiedError(_named(code))


def _start(limits: Limits) -> "tuple[socket.socket, subprocess.Popen[bytes]]":
    """With nothing of our environment (it may hold secrets), and out of reach of the terminal's Ctrl-C."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", WORKER, *map(str, limits.words)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                process_group=0,
            )
        except OSError as error:
            ours.close()
            raise _not_started(error.strerror or str(error)) from None
    return ours, process


def _environment() -> dict[str, str]:
    """What it needs to find the same modules as we do."""
    path = os.pathsep.join([str(_ROOT), *filter(None, sys.path)])
    return {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}


def _not_started(why: str) -> ExtractError:
    return ExtractError("unparseable", f"the process that reads pages cannot be started: {why}")


def _named(code: int) -> str:
    """How a process ended."""
    if code >= 0:
        return f"exit code {code}"
    hint = ": it may have needed more memory" if code == -signal.SIGABRT else ""
    return f"{signal.Signals(-code).name}{hint}"


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _end(process: "subprocess.Popen[bytes]", line: socket.socket, owner: int) -> None:
    line.close()
    if owner == os.getpid():
        process.kill()
        process.wait()
