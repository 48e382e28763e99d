"""An end to a conversation: a socket's own time limit starts again with every byte that comes."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer


@contextmanager
def hanging_up(connected: Callable[[], socket.socket | None], seconds: float) -> Iterator[None]:
    """Hang up after so many seconds in all, on whatever socket it is by then (STARTTLS makes another one)."""

    def hang_up() -> None:
        line = connected()
        with suppress(OSError):
            if line is not None:
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
