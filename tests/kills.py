"""A busy pipeline on a real store that may be killed at any instant, and what must hold whenever it is.

    parent ── fork ──► child: open, lease, fetch, read, hold, release, send ── HTTP, SMTP ──► receiver
      │                  ▲ SIGKILL at a random instant, or by itself at a named step
      └── knows which page says what in which round, so which alerts must arrive: never asks the store

The parent imports the program once and never opens a store. It must have no threads.
"""

import gc
import os
import select
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from time import perf_counter

from app import watch
from app.due import take_pages
from app.fetching import Recorder
from app.home import SHIPPED_CONFIG, Home, policy_of
from app.owner import this_process
from app.telling import hold_and_gather, raise_what_is_due
from monitor.check import Rules
from monitor.errors import StoreError
from monitor.model import Fetch
from monitor.reading import read_document
from monitor.store import Store, alerts, checks, holds, leases
from monitor.store.verify import Verification

BEGIN = datetime(2027, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=12)  #: from one cycle to the next: whatever waits to be sent again is due
#: Organization → its pages. The changes of the pair are always a mass change: held, and released at once.
PAGES = {"sole": ("sole/terms",), "pair": ("pair/terms", "pair/pledge")}
PAGE_IDS = tuple(page for its in PAGES.values() for page in its)
_HANGS = 120.0  # seconds after which a child that is not to be killed has failed
_NOTHING_ELSE = "".join(
    f"<p>Section {n} speaks of fees, notices and holidays of kind {n}.</p>" for n in range(12)
)

Say = Callable[..., None]  #: from the child to its parent: words, one line each time
Work = Callable[[Say], None]


# --------------------------------------------------------------------------- the world


def body(world: int, page: int, number: int) -> bytes:
    """What this page says in this round: every round loosens or tightens its promise."""
    force = ("will not sell", "do not currently sell")[number % 2]
    place = f"Kell{world}g{page}p{number}r"
    promise = f"We {force} facial recognition technology to police departments in {place}."
    return f"<html><body><h1>Rules</h1><p>{promise}</p>{_NOTHING_ELSE}</body></html>".encode()


def expected(world: int, rounds: int) -> set[tuple[int, ...]]:
    """What has to be told after so many whole rounds; the first one only remembers."""
    return {(world, page, number) for page in range(len(PAGE_IDS)) for number in range(1, rounds)}


def new_home(root: Path, http: int, smtp: int = 0, store_url: str = "", site: int = 9) -> Home:
    """A home that watches the world, believes at once, and tells the receiver by HTTP and, with smtp, by mail.

    http, smtp, site: ports of this machine. A forked child asks no site: it brings what a fetch would.
    """
    (root / "config" / "watchlist").mkdir(parents=True)
    (root / "config" / "settings.toml").write_text(
        _SETTINGS.format(http=http) + _MAIL.format(smtp=smtp) * bool(smtp)
    )
    for organization, its in PAGES.items():
        tables = "".join(_PAGE.format(name=one.partition("/")[2], id=one, site=site) for one in its)
        head = f'name = "{organization.title()} Optics"\nkind = "vendor"\nwhy = ["made up"]\n'
        (root / "config" / "watchlist" / f"{organization}.toml").write_text(head + tables)
    home = Home(root, root / "config", store_url)
    home.__dict__["rules"] = replace(_rules(), policy=policy_of(home.settings.confirm))
    assert {page.id for page in home.watchlist.pages} == set(PAGE_IDS)
    return home


@cache
def _rules() -> Rules:
    """Read once, for every child; pages are read in the child itself (programs read them in their worker)."""
    rules = replace(Home(Path("var"), SHIPPED_CONFIG).rules, read=read_document)
    assert rules.lexicons["en"]
    return rules


_SETTINGS = """\
operator.contact = "watch@example.org"
network.allow_hosts = ["127.0.0.1"]
store.free_bytes = 0
confirm = {{ changed_readings = 1, changed_hours = 0.0, withdrawn_readings = 1, withdrawn_hours = 0.0, unusual_readings = 1, unusual_hours = 0.0 }}
mass_change = {{ organization_share = 0.2, all_share = 1.0, from_pages = 2 }}
channels.hook = {{ kind = "webhook", url = "http://127.0.0.1:{http}/hook" }}
[[routes]]
name = "hook"
channel = "hook"
operations = true
"""
_MAIL = """\
recipients = []
[[routes]]
name = "staff"
channel = "mail"
recipients = ["staff@pledges.example"]
digest_from = 1000
[channels.mail]
kind = "email"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "watch@pledges.example"
"""
_PAGE = """\
[pages.{name}]
url = "http://127.0.0.1:{site}/{id}"
role = "terms"
"""


# --------------------------------------------------------------------------- what the child does


def one_round(home: Home, world: int, number: int, at: datetime, say: Say) -> None:
    """One whole check of the world as it is in this round, at this time. Says each part that it begins."""
    began = perf_counter()

    def clock() -> datetime:
        return at + timedelta(seconds=perf_counter() - began)

    say("opens")
    with home.open_store() as store:
        with store.read() as conn:
            alerts.waiting(conn)
        say("fetches", perf_counter() - began)
        check_id = _begin(home, store, clock())
        watch.read_pages(home, store, clock, _unseen)
        _fetch(store, world, number, clock)
        say("reads")
        watch.read_pages(home, store, clock, _unseen)
        say("holds")
        raise_what_is_due(home, store, clock())
        hold_and_gather(home, store, clock())
        _release_held(store, clock())
        say("sends")
        watch.send(home, store, clock, {})
        say("ends")
        with store.begin() as conn:
            checks.finish(conn, check_id, clock(), {})
            leases.release(conn, this_process())


def _unseen(page_id: str) -> None:
    pass


def _begin(home: Home, store: Store, now: datetime) -> int:
    """Take every page: whoever held one before is dead."""
    _, others = take_pages(home, store, now, PAGE_IDS, everything=True)
    assert not others, others
    with store.begin() as conn:
        return checks.start(conn, now)


def _fetch(store: Store, world: int, number: int, clock: Callable[[], datetime]) -> None:
    recorder = Recorder(store, _unseen)
    for page, page_id in enumerate(PAGE_IDS):
        url, came, now = f"http://127.0.0.1:9/{page_id}", body(world, page, number), clock()
        sha256 = store.blobs.put(came)
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        fetch = Fetch(page_id, url, now, now, url, status=200, headers=headers, body_sha256=sha256)
        recorder.record(replace(fetch, body_bytes=len(came)), came, b"")
    recorder.flush()


def _release_held(store: Store, now: datetime) -> None:
    with store.begin() as conn:
        for alert_id in holds.held(conn):
            holds.release(conn, alert_id, now)


def waiting(home: Home, say: Say) -> None:
    """Say how many deliveries wait."""
    with home.open_store() as store, store.read() as conn:
        say("waiting", len(alerts.waiting(conn)))


def examined(home: Home, say: Say) -> None:
    """Say what is damaged in the store."""
    with home.open_store() as store:
        for damage in Verification(store).damages():
            say("damage", damage)


# --------------------------------------------------------------------------- a child, and its end


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended. code: its exit code, or None where it was killed. said: its lines, as words."""

    code: int | None
    said: tuple[tuple[str, ...], ...]
    seconds: float

    def words(self, first: str) -> tuple[str, ...]:
        """What follows after this word, where it was said."""
        return next((line[1:] for line in self.said if line[0] == first), ())


class Child:
    """A forked process that does this: 0 done, 3 the store cannot be used, 70 a bug."""

    def __init__(self, work: Work) -> None:
        self.began = time.monotonic()
        self.line, theirs = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self.line)
            os._exit(_worked(work, theirs))
        os.close(theirs)

    def ended(self, kill_after: float | None = None) -> Ended:
        """How it ended; it is killed so many seconds after it began, if it still runs then."""
        until = self.began + (_HANGS if kill_after is None else kill_after)
        said = _heard(self.line, self.pid, until)
        os.close(self.line)
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        return Ended(None if code == -signal.SIGKILL else code, said, time.monotonic() - self.began)


def forked(work: Work, kill_after: float | None = None) -> Ended:
    """Do this in a child, to its end or to its being killed."""
    return Child(work).ended(kill_after)


def _worked(work: Work, line: int) -> int:
    def say(*words: object) -> None:
        os.write(line, ("\t".join(map(str, words)).replace("\n", " | ") + "\n").encode())

    try:
        work(say)
    except StoreError as error:
        say("trouble", error)
        return 3
    except BaseException:
        say("bug", traceback.format_exc()[-3000:])
        return 70
    return 0


def _heard(line: int, pid: int, until: float) -> tuple[tuple[str, ...], ...]:
    """Every line, until the child ends; at that time it is killed."""
    heard, killed = b"", False
    while True:
        left = max(0.0, until - time.monotonic())
        if killed or select.select([line], [], [], left)[0]:
            if not (more := os.read(line, 65536)):
                return tuple(tuple(one.split("\t")) for one in heard.decode().splitlines() if one)
            heard += more
        else:
            os.kill(pid, signal.SIGKILL)
            killed = True


def ready_to_fork(home: Home) -> None:
    """Load all that a child needs by two rounds in a home of no account; keep the collector from touching it."""
    for number in range(2):
        one_round(home, 0, number, BEGIN + number * STEP, _unsaid)
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()


def _unsaid(*words: object) -> None:
    pass
