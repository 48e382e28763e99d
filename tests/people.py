"""People with accounts at a desk of their own, signed in by the form as in a browser; hashing costs little."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from argon2 import PasswordHasher

from app.desk.gate import Desk
from app.desk.passwords import Passwords
from app.home import Home
from monitor.model import AccountRole, Audit
from monitor.store import accounts, audits, sessions
from monitor.store.accounts import Account, Invitation
from tests.desks import Client, client_of

PASSWORD = "a long walk by the sea"
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_CSRF = re.compile(r'name="csrf" value="([^"]*)"')


@dataclass
class Moving:
    """A clock that a test moves."""

    at: datetime = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Place:
    """A desk, its clock, and who comes to it."""

    desk: Desk
    clock: Moving
    bugs: list[BaseException] = field(default_factory=list)

    def stranger(self, peer: str = "127.0.0.1") -> Client:
        """Somebody with a new browser, who fills in the forms that they are shown."""
        client = client_of(self.desk, peer)
        client.csrf = csrf_in(client.get("/signin").text) or client.csrf
        return client

    def account(self, name: str, role: AccountRole) -> Account:
        """An account that is there already, with PASSWORD."""
        token, now = f"link of {name}", self.clock()
        with self.desk.store.begin() as conn:
            link = Invitation(name, role, now, now + timedelta(hours=1))
            accounts.invite(conn, sessions.fingerprint(token), link)
            made = accounts.accept(conn, sessions.fingerprint(token), HASHER.hash(PASSWORD), now)
        assert made
        return made

    def signed_in(self, name: str, peer: str = "127.0.0.1") -> Client:
        """Their browser, after the form."""
        client = self.stranger(peer)
        answer = client.post("/signin", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        client.csrf = csrf_in(client.get("/account").text)
        return client

    def person(self, name: str, role: AccountRole) -> Client:
        """Both."""
        self.account(name, role)
        return self.signed_in(name)

    def otherwise(self, settings: str, bind: str = "127.0.0.1") -> Desk:
        """The same desk with other lines of [desk], on another address."""
        config = Path(mkdtemp(dir=self.desk.home().root))
        home = _home(self.desk.home().root, config, settings)
        return replace(self.desk, home=lambda: home, bind=bind)

    def log(self) -> list[Audit]:
        """What the audit log says, newest first."""
        with self.desk.store.read() as conn:
            return audits.newest(conn, 100)


@contextmanager
def place(folder: Path, settings: str = "", bind: str = "127.0.0.1") -> Iterator[Place]:
    """A desk over a new home. settings: the lines of [desk]."""
    home, clock = _home(folder, folder / "config", settings), Moving()
    with home.open_store() as store:
        desk = Desk(lambda: home, store, clock, "owner", bind, passwords=Passwords(HASHER))
        here = Place(desk, clock)
        here.desk = replace(desk, bug=here.bugs.append)
        yield here


def _home(folder: Path, config: Path, settings: str) -> Home:
    (config / "watchlist").mkdir(parents=True)
    (config / "settings.toml").write_text(f"[desk]\n{settings}\n", encoding="utf-8")
    return Home(folder, config)


def csrf_in(html: str) -> str:
    """The token in the forms of this page."""
    found = _CSRF.search(html)
    return found.group(1) if found else ""
