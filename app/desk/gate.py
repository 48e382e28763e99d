"""What every request passes: who it is, whether the door is open to them, whether a form is really ours."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app import logs
from app.desk.asker import Asker, Known, asker
from app.desk.attempts import Attempts
from app.desk.door import Door
from app.desk.forms import read_form
from app.desk.making import AGAIN, BusyError, Making
from app.desk.origins import base_of
from app.desk.passwords import Passwords
from app.desk.rendering import page
from app.desk.texts import texts
from app.desk.visit import NotFoundError, RefusedError, Visit, Visitor
from app.home import Home
from monitor.errors import ConfigError, PledgewatchError, StoreError
from monitor.store import Store

_STATUS = {NotFoundError: 404, RefusedError: 403, StoreError: 503, BusyError: 503}


@dataclass(frozen=True)
class Desk:
    """What the desk works with. home: the one in force now; now: the clock (aware UTC).

    local_user: who looks where nobody has an account and only this machine can ask. bind: the address on
    which it listens. bug: told of what nobody expected, when the visitor gets a page that says no more.
    changed: told when somebody changed something, so that the next look shows it.
    """

    home: Callable[[], Home]
    store: Store
    now: Callable[[], datetime]
    local_user: str = "local"
    bind: str = "127.0.0.1"
    bug: Callable[[BaseException], None] = logs.bug
    changed: Callable[[], None] = lambda: None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    passwords: Passwords = field(default_factory=Passwords, repr=False)
    attempts: Attempts = field(default_factory=Attempts, repr=False)
    making: Making = field(default_factory=Making, repr=False)


@dataclass(frozen=True)
class Gate:
    """Turns requests into visits. The wall has asked who it is before."""

    desk: Desk

    def asker(self, request: Request) -> Asker:
        """Who asks. Raises StoreError, ConfigError."""
        desk, settings = self.desk, self.desk.home().settings.desk
        known = Known(desk.store, settings, desk.bind, desk.local_user, desk.secret)
        return asker(request, known, desk.now())

    async def answer(self, request: Request, door: Door) -> Response:
        """What the door's function makes of this request; expected trouble becomes a page that says it.

        Raises HTTPException for a form that cannot be read.
        """
        if not _asker(request).who.may(door.needs):
            sentence = texts()("gate.role", role=door.needs, own=_asker(request).who.role)
            return await run_in_threadpool(self.problem, request, sentence, 403)
        form = await read_form(request) if request.method == "POST" else FormData()
        return await run_in_threadpool(self._answer, request, door, form)

    def _answer(self, request: Request, door: Door, form: FormData) -> Response:
        visit = self.visit(request, form)
        if request.method == "POST" and not _is_ours(visit):
            return page(visit, "problem.html", {"problem": texts()("gate.stale")}, 403)
        try:
            return door.answer(visit)
        except PledgewatchError as error:
            return problem_of(visit, error)
        finally:
            if request.method == "POST":
                self.desk.changed()

    def visit(self, request: Request, form: FormData | None = None) -> Visit:
        """The request as a page function gets it. Raises ConfigError."""
        who, home = _asker(request), self.desk.home()
        return Visit(
            home=home,
            store=self.desk.store,
            now=self.desk.now(),
            who=who.who,
            url=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            base=base_of(request.headers.get("host", ""), home.settings.desk),
            path=request.path_params,
            query=request.query_params,
            form=form or FormData(),
            csrf=who.csrf,
            wants_part=request.headers.get("hx-request") == "true",
            has_already=request.headers.get("if-none-match", ""),
            address=who.address,
            session=who.session,
            passwords=self.desk.passwords,
            attempts=self.desk.attempts,
            making=self.desk.making,
        )

    def problem(self, request: Request, sentence: str, status: int) -> Response:
        """A page that says one sentence."""
        return page(self.visit(request), "problem.html", {"problem": sentence}, status)


def problem_of(visit: Visit, error: PledgewatchError) -> Response:
    """Expected trouble as a page. Files and places are named to those who are signed in alone."""
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
    sentence = str(error)
    if isinstance(error, StoreError) or (isinstance(error, ConfigError) and visit.who.role is None):
        logs.warn("trouble at the desk", why=sentence)
        sentence = texts()("gate.store")
    said = page(visit, "problem.html", {"problem": sentence}, status)
    if isinstance(error, BusyError):
        said.headers["Retry-After"] = str(AGAIN)
    return said


def _asker(request: Request) -> Asker:
    known: Asker = getattr(request.state, "asker", None) or Asker(Visitor(), "", "")
    return known


def _is_ours(visit: Visit) -> bool:
    """Whether the form carries the token that we put into it."""
    return bool(visit.csrf) and hmac.compare_digest(visit.said("csrf").encode(), visit.csrf.encode())
