"""Loops of kills at every named step, before it and after it."""

from collections.abc import Collection, Iterator
from functools import partial
from random import Random

from app.home import Home
from tests.kill_loops import Loop, Watch
from tests.kills import BEGIN, PAGE_IDS, Ended, Say, Work, examined, forked, one_round
from tests.named_steps import AFTER, BEFORE, COMMIT, FOLDER, Fatal, watch
from tests.tally import Tally


def at_named_steps(loop: Loop, *, thorough: bool) -> dict[str, Tally]:
    """Step → what came of kills at its first time in a round, and at every second commit.

    thorough: at its last time too, and at each commit.

    After each kill follows a round to its end, and then all must be as if there had been no kill.
    """
    with loop.home("steps") as home:
        watched = Watch(loop, home, 1, Tally())
        for _ in range(2):
            watched.undisturbed()
        counts = _counts(watched.undisturbed(_counted(watched.round())))
        return {
            step: _killed(watched, [*_fatal(step, _times(step, count, loop.random, thorough=thorough))])
            for step, count in counts.items()
        }


def _times(step: str, count: int, random: Random, *, thorough: bool) -> Collection[int]:
    if step == COMMIT:
        return range(1, count + 1) if thorough else range(random.randint(1, 2), count + 1, 2)
    if step == FOLDER:  # the first body of its folder syncs two
        count = len(PAGE_IDS)
    return {1, count} if thorough else {1}


def at_creation(loop: Loop, every: int = 1) -> Tally:
    """Kills at each statement and commit (or every so manieth) that make a new store, each in one of its own."""
    tally = Tally()
    with loop.home("counted") as home:
        counts = _counts(forked(_counted(partial(_made, home))))
    fatal = [one for step, count in counts.items() for one in _fatal(step, range(1, count + 1, every))]
    for place, one in enumerate(fatal):
        with loop.home(f"made{place}") as home:
            tally.note(forked(_counted(partial(_made, home), one)))
            tally.note(forked(partial(one_round, home, 0, 0, BEGIN)), after_kill=True)
            tally.examined(forked(partial(examined, home)))
    tally.broken += len(fatal) - tally.kills.total()
    return tally


def _made(home: Home, say: Say) -> None:
    say("makes")
    home.open_store().close()


def _fatal(step: str, times: Collection[int]) -> Iterator[Fatal]:
    return (Fatal(step, each, side) for each in sorted(times) for side in (BEFORE, AFTER))


def _counted(work: Work, fatal: Fatal | None = None) -> Work:
    """The same with its steps counted and said, killed at the fatal one."""

    def counted(say: Say) -> None:
        done = watch(fatal)
        work(say)
        for step, count in done.items():
            say("step", step, count)

    return counted


def _counts(ended: Ended) -> dict[str, int]:
    return {step: int(count) for _, step, count in (line for line in ended.said if line[0] == "step")}


def _killed(watched: Watch, fatal: Collection[Fatal]) -> Tally:
    """What came of a kill at each of these, in a round each."""
    watched.begin_anew()
    first = watched.number
    for one in fatal:
        watched.tally.note(forked(_counted(watched.round(), one)))
        watched.after_kill = True
        watched.undisturbed()
    watched.tally.broken += len(fatal) - watched.tally.kills.total()
    watched.drain()
    watched.judge(first)
    return watched.tally
