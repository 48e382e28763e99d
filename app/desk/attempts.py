"""How often somebody may fail to sign in. In memory, and bounded: it forgets after a minute."""

from datetime import datetime, timedelta
from threading import Lock

BOTH, EACH, ALL, WITHIN = 5, 20, 300, timedelta(minutes=1)


class Attempts:
    """Counts what failed. both: on a name by one address; each: on a name, or by an address; all: together.

    So somebody who guesses at a name hardly keeps its owner out, who asks from elsewhere.
    """

    def __init__(
        self, both: int = BOTH, each: int = EACH, all: int = ALL, within: timedelta = WITHIN
    ) -> None:
        self.both, self.each, self.all, self.within = both, each, all, within
        self.tried: list[tuple[datetime, str, str]] = []
        self.lock = Lock()

    def admit(self, name: str, address: str, now: datetime) -> bool:
        """Whether one more may be tried now (UTC); only then it counts, until it is known to be right."""
        with self.lock:
            self.tried = [one for one in self.tried if now - self.within < one[0] <= now]
            by = [(known == name, at == address) for _, known, at in self.tried]
            if (
                by.count((True, True)) >= self.both
                or max(sum(is_name for is_name, _ in by), sum(is_from for _, is_from in by)) >= self.each
                or len(by) >= self.all
            ):
                return False
            self.tried.append((now, name, address))
            return True

    def was_right(self, name: str, address: str) -> None:
        """The last of these that was admitted does not count."""
        with self.lock:
            same = [one for one in self.tried if one[1:] == (name, address)]
            if same:
                self.tried.remove(same[-1])
