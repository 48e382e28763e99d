"""Loops of kills at random instants: of the pipeline, and of the server of the database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from shutil import rmtree

from app.home import Home
from tests.kills import (
    BEGIN,
    STEP,
    Child,
    Ended,
    Work,
    examined,
    expected,
    forked,
    new_home,
    one_round,
    ready_to_fork,
    waiting,
)
from tests.postgres_server import Server
from tests.quick_stores import compiled_once
from tests.receiver import MAIL, WEBHOOK, Receiver, receiving
from tests.tally import Tally

DROP = 12  #: of so many messages one is taken without an answer, and one is not taken
_CYCLES = 500  # with one store
_LOOK = 50  # so often the store is examined
_CRASH = 200  # so often the server is stopped at once
_DRAIN = 60  # rounds at most until nothing waits


@dataclass(frozen=True)
class Loop:
    """Where a loop runs. server: of PostgreSQL, or None for SQLite files."""

    folder: Path
    receiver: Receiver
    mail: bool
    server: Server | None
    random: Random

    @property
    def ways(self) -> tuple[str, ...]:
        """How each alert has to come."""
        return (WEBHOOK, MAIL) if self.mail else (WEBHOOK,)

    @contextmanager
    def home(self, name: str) -> Iterator[Home]:
        """A new home, with a database of its own."""
        if self.server:
            self.server.create(name)
        url = self.server.url(name) if self.server else ""
        try:
            yield new_home(self.folder / name, self.receiver.http, self.receiver.smtp * self.mail, url)
        finally:
            rmtree(self.folder / name)


@contextmanager
def looping(folder: Path, database: str, *, mail: bool, seed: int, drop: int = DROP) -> Iterator[Loop]:
    """All that a loop needs, and this process ready to fork."""
    with compiled_once(), receiving(folder / "received", drop) as receiver:
        ready_to_fork(new_home(folder / "warm", receiver.http, receiver.smtp * mail))
        if database == "sqlite":
            yield Loop(folder, receiver, mail, None, Random(seed))
            return
        with Server(fsync="on") as server:
            yield Loop(folder, receiver, mail, server, Random(seed))


def at_random(loop: Loop, cycles: int, told: Callable[[Tally], None] = lambda tally: None) -> Tally:
    """So many cycles, each with a kill at a random instant, in one store after the other."""
    tally = Tally()
    for world in range(1, 2 + (cycles - 1) // _CYCLES):
        with loop.home(f"world{world}") as home:
            Watch(loop, home, world, tally).cycles(min(_CYCLES, cycles - tally.cycles))
        told(tally)
    return tally


class Watch:
    """One store and its world, from round to round."""

    def __init__(self, loop: Loop, home: Home, world: int, tally: Tally) -> None:
        self.loop, self.home, self.world = loop, home, world
        self.begin_anew(tally)
        self.cycle = self.number = 0
        self.typical, self.after_kill = 0.0, False

    def begin_anew(self, tally: Tally | None = None) -> None:
        """Count from here on."""
        self.tally = tally or Tally()
        self.came_before = len(self.loop.receiver.receipts())

    def cycles(self, count: int) -> None:
        """Kill in each but the first two, then let everything come to its end, and judge."""
        for place in range(count):
            self.typical = self.undisturbed().seconds if place < 2 else self._killed()
            if self.cycle % _LOOK == 0:
                self.tally.examined(forked(partial(examined, self.home)))
        self.drain()
        self.judge()

    def judge(self, first: int = 1) -> None:
        """Hold what came against what had to, from this round on."""
        wanted = {told for told in expected(self.world, self.number) if told[2] >= first}
        self.tally.judge(wanted, self.loop.receiver.receipts(self.came_before), self.loop.ways)

    def undisturbed(self, work: Work | None = None) -> Ended:
        """One round to its end."""
        ended = forked(work or self.round())
        self.tally.note(ended, after_kill=self.after_kill)
        self.after_kill = False
        self.number += ended.code == 0
        return ended

    def round(self) -> Work:
        """The round at hand, for a child; twelve hours after the one before."""
        self.cycle += 1
        return partial(one_round, self.home, self.world, self.number, BEGIN + self.cycle * STEP)

    def _killed(self) -> float:
        """One cycle with a kill; how long a round takes by now."""
        crash = self.loop.server is not None and self.cycle % _CRASH == _CRASH // 2
        after = self.loop.random.uniform(0, 1.2 * self.typical)
        ended = self._crashed(after) if crash else forked(self.round(), after)
        self.tally.note(ended, after_kill=self.after_kill, may_fail=crash)
        self.after_kill = ended.code is None
        if ended.code != 0:
            return self.typical * 1.01  # on a slow machine some rounds have to come to their end too
        self.number += 1
        return self.typical + 0.3 * (ended.seconds - self.typical)

    def _crashed(self, after: float) -> Ended:
        """The server of the database stops at once in the middle, and is started again."""
        assert self.loop.server is not None
        child = Child(self.round())
        time.sleep(after)
        self.loop.server.stop()
        self.loop.server.start()
        return child.ended()

    def drain(self) -> None:
        """The round at hand once more, until nothing of it waits."""
        for _ in range(_DRAIN):
            ended = forked(self.round())
            self.tally.note(ended, after_kill=self.after_kill)
            self.after_kill = False
            if not ended.code and forked(partial(waiting, self.home)).words("waiting") == ("0",):
                break
        self.number += 1
        self.tally.examined(forked(partial(examined, self.home)))
