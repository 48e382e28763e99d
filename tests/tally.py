"""What a loop of kills came to: what was received, held against what had to be."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.kills import Ended
from tests.receiver import Receipt


@dataclass
class Tally:
    """Counted over all stores. Only raw duplicates are allowed: the same message under the same key."""

    cycles: int = 0
    kills: Counter[str] = field(default_factory=Counter)  #: what the child was at → how often it was killed
    expected: int = 0
    received: int = 0
    lost: int = 0
    raw_duplicates: int = 0
    duplicate_keys: int = 0
    phantom: int = 0
    corrupt: int = 0  #: times that a store was found damaged
    broken: int = 0  #: children that ended by a bug, or could not use a store that was there
    slowest: float = 0.0  #: seconds from the start after a kill to the first look at the store
    said: list[str] = field(default_factory=list)  #: each damage and each bug

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, told under two keys, made up or broken."""
        return not (self.lost or self.duplicate_keys or self.phantom or self.corrupt or self.broken)

    def note(self, ended: Ended, *, after_kill: bool = False, may_fail: bool = False) -> None:
        """One cycle. may_fail: the database server was stopped during it."""
        self.cycles += 1
        if ended.code is None:
            self.kills[ended.said[-1][0] if ended.said else "starts"] += 1
        elif ended.code and not (may_fail and ended.code == 3):
            self.broken += 1
            self.said += [f"exit code {ended.code}: {' '.join(line)}" for line in ended.said[-1:]]
        if after_kill and (looked := ended.words("fetches")):
            self.slowest = max(self.slowest, float(looked[0]))

    def examined(self, ended: Ended) -> None:
        """What the examination of a store said."""
        found = [" ".join(line) for line in ended.said]
        self.corrupt += bool(found or ended.code)
        self.said += found

    def judge(self, wanted: Iterable[tuple[int, ...]], came: Sequence[Receipt], ways: Sequence[str]) -> None:
        """Hold what came against what had to come by each of these ways."""
        due = {(way, told) for way in ways for told in wanted}
        got = {(one.way, one.told) for one in came if not isinstance(one.told, str)}
        self.expected += len(due)
        self.received += len(due & got)
        self.lost += len(due - got)
        self.phantom += len(got - due)
        keys = {(one.way, one.key, one.told) for one in came}
        self.raw_duplicates += len(came) - len(keys)
        self.duplicate_keys += _twice((way, told) for way, _, told in keys)
        self.duplicate_keys += _twice((way, key) for way, key, _ in keys)

    def add(self, other: Mapping[str, Any]) -> None:
        """Another tally, as `vars` gives it."""
        for name, value in other.items():
            if name == "slowest":
                self.slowest = max(self.slowest, value)
            elif name == "kills":
                self.kills.update(value)
            else:
                setattr(self, name, getattr(self, name) + value)

    def told(self) -> str:
        """For people, one line each."""
        each = {**vars(self), "kills": self.kills.total(), "slowest": f"{self.slowest:.3f} s"}
        at = ", ".join(f"{name} {count}" for name, count in self.kills.most_common())
        lines = [f"{name.replace('_', ' '):<16}{value}" for name, value in each.items() if name != "said"]
        return "\n".join([*lines, f"{'killed while it':<16}{at}", *self.said[:20]])


def _twice(these: Iterable[object]) -> int:
    return sum(count > 1 for count in Counter(these).values())
