"""What a page function is given: who looks, at what, when, and the store to look in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from starlette.datastructures import FormData, QueryParams

from app.desk.attempts import Attempts
from app.desk.making import Making
from app.desk.passwords import Passwords
from app.home import Home
from monitor.errors import PledgewatchError
from monitor.model import AccountRole
from monitor.store import Store

LOCAL, SESSION, PROXY, TOKEN = "local", "session", "proxy", "token"  #: how we know who it is


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks. role: None for somebody who is not signed in. via: local, session, proxy or token."""

    name: str = ""
    role: AccountRole | None = None
    via: str = ""

    def may(self, needed: AccountRole | None) -> bool:
        """Whether a door that needs this role is open to them; None needs nobody to be signed in."""
        return needed is None or (self.role is not None and self.role.may(needed))

    @property
    def may_add(self) -> bool:
        """Whether they may put pages on the watchlist, and judge."""
        return self.may(AccountRole.REVIEWER)

    @property
    def may_edit(self) -> bool:
        """Whether they may change what the watchlist says."""
        return self.may(AccountRole.ADMIN)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, read in full. now: aware UTC; path: the parts of the address that vary."""

    home: Home
    store: Store
    now: datetime
    who: Visitor
    url: str  #: path and query, as asked
    base: str  #: where the desk is, without a slash at its end: "http://127.0.0.1:8321"
    path: Mapping[str, str] = field(default_factory=dict)
    query: QueryParams = field(default_factory=QueryParams)
    form: FormData = field(default_factory=FormData)
    csrf: str = ""  #: what each of our forms sends along
    wants_part: bool = False  #: htmx asks for a part of a page, not for the whole
    has_already: str = ""  #: If-None-Match: what who asks was given before
    address: str = ""  #: from where they ask, to count attempts to sign in by
    session: str = ""  #: the SHA-256 of the session's token, where they are signed in by one
    passwords: Passwords = field(default_factory=Passwords)
    attempts: Attempts = field(default_factory=Attempts)
    making: Making = field(default_factory=Making)

    @property
    def outside(self) -> str:
        """Where others find the desk: at desk.url, else where it was asked here; no slash at its end."""
        return (self.home.settings.desk.url or self.base).rstrip("/")

    def asked(self, name: str, otherwise: str = "") -> str:
        """One word of the query, without blanks around it."""
        return self.query.get(name, otherwise).strip()

    def said(self, name: str) -> str:
        """One field of the form as text; "" where it is absent or a file."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""


class NotFoundError(PledgewatchError):
    """There is nothing at this address: answered with 404 and the sentence."""


class RefusedError(PledgewatchError):
    """This may not be done: answered with 403 and the sentence."""
