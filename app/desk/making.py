"""Files that take seconds to make: one after the other; only a few wait, so that pages are still answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from monitor.errors import PledgewatchError

AT_ONCE = 1  #: that are made
IN_LINE = 4  #: made and waiting; each has one of the threads that answer
LONGEST = 20.0  #: seconds that one waits for its turn
AGAIN = 10  #: seconds after which who was sent away may ask again


class BusyError(PledgewatchError):
    """Too much is asked for at once: answered with 503, when to ask again, and the sentence."""


class Making:
    """Whose turn it is. longest: seconds that one waits."""

    def __init__(self, longest: float = LONGEST) -> None:
        self.longest = longest
        self.line, self.free = BoundedSemaphore(IN_LINE), BoundedSemaphore(AT_ONCE)

    @contextmanager
    def turn(self, busy: str) -> Iterator[None]:
        """Within it a file is made. Raises BusyError with this sentence where the line is too long."""
        if not self.line.acquire(blocking=False):
            raise BusyError(busy)
        try:
            if not self.free.acquire(timeout=self.longest):
                raise BusyError(busy)
            try:
                yield
            finally:
                self.free.release()
        finally:
            self.line.release()
