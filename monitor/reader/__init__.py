"""Bodies → text in a process of its own, so that no page can harm the program or hold it up.

    Reader ─► worker (`monitor.reader.worker`): extract under limits of time and memory ─► Document

A page that kills the worker costs that page alone: it is `unparseable`, and a new worker reads the next.
"""

import time
from collections.abc import Sequence
from hashlib import sha256
from types import TracebackType
from typing import Self

from monitor.errors import ExtractError
from monitor.extract import MAX_BYTES, extract
from monitor.model import Document, Fetch, Page
from monitor.reader.limits import Limits
from monitor.reader.messages import Request
from monitor.reader.process import DiedError, Worker
from monitor.reading import read_document

__all__ = ["Limits", "Reader"]

_REMEMBERED = 1_000  #: bodies that no worker could read
_TRIES = 2  #: of a body that a worker died of: the fault may have been an earlier one's


class _UnreadError(Exception):
    """A body that no worker could read; the text says why."""


class Reader:
    """Reads bodies in a worker, which is started with the first one and ends with this process.

    For one thread at a time. `close` it, or use it in a `with` statement.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._worker: Worker | None = None
        self._unread: dict[bytes, str] = {}

    def read(self, body: bytes, fetch: Fetch, page: Page) -> Document | ExtractError:
        """The text of a body as its page declares it; the trouble as a value."""
        return read_document(body, fetch, page, self.extract)

    def extract(
        self,
        body: bytes,
        media_type: str,
        *,
        charset: str = "",
        select: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> Document:
        """As `monitor.extract.extract`. Raises ExtractError, also `unparseable`: too slow, too large to
        hold, or the parser crashed. Such a body is tried once, whatever part of it is asked for."""
        if len(body) > MAX_BYTES:
            return extract(body, media_type)  # says so
        key = sha256(b"%b %b" % (media_type.encode("utf-8", "replace"), body)).digest()
        if key in self._unread:
            raise ExtractError("unparseable", self._unread[key])
        try:
            answer = self._asked(Request(body, media_type, charset, tuple(select), tuple(remove)))
        except _UnreadError as why:
            if len(self._unread) < _REMEMBERED:
                self._unread[key] = str(why)
            raise ExtractError("unparseable", str(why)) from None
        if isinstance(answer, ExtractError):
            raise answer
        return answer

    @property
    def pid(self) -> int:
        """The worker's process id; 0 while there is none."""
        return self._worker.pid if self._worker else 0

    def _asked(self, asked: Request) -> Document | ExtractError:
        """What a worker answers, within the time for one document. Raises _UnreadError where none does."""
        until = time.monotonic() + self.limits.seconds
        died = ""
        for _ in range(_TRIES):
            try:
                return self._answer(asked, until)
            except DiedError as death:
                died = str(death)
                if death.of_time:
                    raise _too_slow(f"{self.limits.cpu_seconds} seconds of processor time") from None
            except TimeoutError:
                raise _too_slow(f"{self.limits.seconds:g} seconds") from None
        raise _UnreadError(f"the program that reads it crashed {_TRIES} times ({died})")

    def _answer(self, asked: Request, until: float) -> Document | ExtractError:
        """The answer of the worker at hand; whatever goes wrong, that worker is gone."""
        if self._worker is None or not self._worker.is_ours:
            self._worker = Worker(self.limits)
        last = True
        try:
            answer, last = self._worker.ask(asked, until)
        finally:
            if last:
                self.close()
        return answer

    def close(self) -> None:
        """End the worker; a further body starts a new one."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _too_slow(than: str) -> _UnreadError:
    return _UnreadError(f"reading it took more than {than}")
