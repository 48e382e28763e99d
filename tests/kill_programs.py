"""Loops of kills of the real program, started anew each time, with a real site to read."""

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from app.home import Home
from monitor.store import alerts
from monitor.store.verify import Verification
from tests.kills import PAGE_IDS, Ended, body, expected, new_home
from tests.loopback import Answer, Loopback
from tests.receiver import WEBHOOK, receiving
from tests.tally import Tally

_LONGEST = 2.5  # seconds until a kill at the latest, more on a slow machine
_PATIENCE = 120.0  # for one that is not to be killed
_DRAIN = 5
_CHECK, _RELEASE, _SEND = ("check", "--all"), ("alerts", "release", "--all"), ("alerts", "send")


def at_programs(folder: Path, programs: int, seed: int) -> Tally:
    """So many programs killed at a random instant: mostly checks, at times what lets alerts go out or sends."""
    random = Random(seed)
    with receiving(folder / "received-from-programs") as receiver, Loopback({}) as site:
        home = new_home(folder / "programs", receiver.http, site=site.port)
        world = _World(home, site)
        longest = max(_LONGEST, 1.2 * world.first())
        for _ in range(programs):
            words = random.choices((_CHECK, _RELEASE, _SEND), (8, 1, 1))[0]
            world.run(words, random.uniform(0, longest))
        world.drain()
        world.tally.judge(expected(1, world.number), receiver.receipts(), [WEBHOOK])
    with home.open_store() as store:
        found = [str(damage) for damage in Verification(store).damages()]
    world.tally.corrupt += bool(found)
    world.tally.said += found
    return world.tally


class _World:
    """The site and its watch, from round to round."""

    def __init__(self, home: Home, site: Loopback) -> None:
        self.home, self.site, self.tally, self.number = home, site, Tally(), 0
        self._show()

    def first(self) -> float:
        """The first check, to its end; seconds."""
        began = time.monotonic()
        self.run(_CHECK)
        return time.monotonic() - began

    def run(self, words: tuple[str, ...], kill_after: float = _PATIENCE) -> bool:
        """Start the program with these words; True where it ended by itself. Such a check ends a round."""
        ended = _ended(self.home.root, words, kill_after)
        self.tally.note(ended)
        done = ended.code == 0
        if done and words == _CHECK:
            self.number += 1
            self._show()
        return done

    def drain(self) -> None:
        """Let everything go out."""
        for _ in range(_DRAIN):
            if self.run(_CHECK) and self.run(_RELEASE) and self._sent():
                return

    def _show(self) -> None:
        for page, page_id in enumerate(PAGE_IDS):
            self.site.routes[f"/{page_id}"] = Answer(body=body(1, page, self.number))

    def _sent(self) -> bool:
        return not self._waiting() or (self.run(_SEND) and not self._waiting())

    def _waiting(self) -> int:
        with self.home.open_store() as store, store.read() as conn:
            return len(alerts.waiting(conn))


def _ended(home: Path, words: tuple[str, ...], kill_after: float) -> Ended:
    began = time.monotonic()
    command = [sys.executable, "-m", "app", "--home", str(home), *words]
    environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environ) as process:
        try:
            said, _ = process.communicate(timeout=kill_after)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            said, code = b"", None
    told = ((" ".join(words), said.decode("utf-8", "replace")[-2000:]),)
    return Ended(code, told if code else (told[0][:1],), time.monotonic() - began)
