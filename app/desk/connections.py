"""Connections to the desk: whoever connects and says nothing keeps nobody else out."""

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class Impatient(H11Protocol):
    """Closes a connection by which no whole head of a request came in time: half of one is none."""

    head_seconds: ClassVar[float] = 10.0
    head_limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time begins."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """It ends with a whole head; it begins again with the first bytes of another request."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head_came()
        elif self.head_limit is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._head_came()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self.head_limit = self.loop.call_later(self.head_seconds, self.transport.close)

    def _head_came(self) -> None:
        if self.head_limit is not None:
            self.head_limit.cancel()
            self.head_limit = None
