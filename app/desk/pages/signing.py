"""Signing in and out, and the one-time link by which somebody sets a password."""

from starlette.responses import RedirectResponse, Response

from app import logs
from app.accounting import new_token
from app.desk.asker import with_session
from app.desk.door import PUBLIC, READER, Door
from app.desk.origins import local_path
from app.desk.passwords import AT_LEAST, amiss
from app.desk.rendering import page
from app.desk.texts import texts
from app.desk.visit import NotFoundError, Visit
from monitor.model import Audit
from monitor.store import Connection, accounts, audits, sessions
from monitor.store.accounts import Account
from monitor.store.sessions import fingerprint


def ask(visit: Visit) -> Response:
    """The form; whoever is signed in goes on."""
    if visit.who.role:
        return RedirectResponse(local_path(visit.asked("next", "/")), 303)
    with visit.store.read() as conn:
        return _asked(visit, local_path(visit.asked("next", "/")), 200, "", is_new=not accounts.is_any(conn))


def sign_in(visit: Visit) -> Response:
    """A new session, or the same sentence for whatever was wrong."""
    name, onward = visit.said("name").strip().lower()[:80], local_path(visit.said("next"))
    if not visit.attempts.admit(name, visit.address, visit.now):
        again = _asked(visit, onward, 429, "often")
        again.headers["Retry-After"] = "60"
        return again
    with visit.store.read() as conn:
        hash = accounts.password_hash(conn, name)
    if not visit.passwords.fits(hash, visit.said("password")):
        logs.warn("a sign-in failed", name=name, address=visit.address)
        return _asked(visit, onward, 401, "wrong")
    visit.attempts.was_right(name, visit.address)
    with visit.store.begin() as conn:
        account = accounts.named(conn, name)
        if account is None or accounts.password_hash(conn, name) != hash:  # it changed just now
            return _asked(visit, onward, 401, "wrong")
        return _signed_in(conn, visit, account, onward, "signed in")


def sign_out(visit: Visit) -> Response:
    """The session ends here and in the store."""
    if visit.session:
        with visit.store.begin() as conn:
            sessions.end(conn, visit.session, visit.now)
            audits.add(conn, Audit(visit.now, visit.who.name, "signed out"))
    return with_session(RedirectResponse("/signin", 303), "", visit.home.settings.desk)


def _asked(visit: Visit, onward: str, status: int, wrong: str, *, is_new: bool = False) -> Response:
    problem = texts()(f"signing.{wrong}") if wrong else ""
    values = {"next": onward, "name": visit.said("name")[:80], "problem": problem, "is_new": is_new}
    return page(visit, "signin.html", values, status)


def _signed_in(conn: Connection, visit: Visit, account: Account, onward: str, what: str) -> Response:
    """Always by a new token, never by one that the browser brought along."""
    token = new_token()
    if visit.session:
        sessions.end(conn, visit.session, visit.now)
    sessions.begin(conn, fingerprint(token), account.id, visit.now)
    audits.add(conn, Audit(visit.now, account.name, what))
    return with_session(RedirectResponse(onward, 303), token, visit.home.settings.desk)


# --------------------------------------------------------------------------- the one-time link


def ask_password(visit: Visit) -> Response:
    """The form of a set-up link that is open. Raises NotFoundError."""
    return _set_up(visit, "", 200)


def set_password(visit: Visit) -> Response:
    """The account, signed in. Raises NotFoundError where the link is not open (any more)."""
    token, password = fingerprint(visit.path["token"]), visit.said("password")
    with visit.store.read() as conn:
        link = accounts.invitation(conn, token, visit.now)
    if link is None:
        raise NotFoundError(texts()("signing.no_link"))
    if wrong := amiss(password, visit.said("again"), link.name):
        return _set_up(visit, wrong, 400)
    hash = visit.passwords.hash(password)
    with visit.store.begin() as conn:
        account = accounts.accept(conn, token, hash, visit.now)
        if account is None:
            raise NotFoundError(texts()("signing.no_link"))
        return _signed_in(conn, visit, account, "/", "set a password by a link")


def _set_up(visit: Visit, wrong: str, status: int) -> Response:
    with visit.store.read() as conn:
        link = accounts.invitation(conn, fingerprint(visit.path["token"]), visit.now)
    if link is None:
        raise NotFoundError(texts()("signing.no_link"))
    problem = texts()(f"signing.password_{wrong}", least=AT_LEAST) if wrong else ""
    return page(visit, "setup.html", {"link": link, "problem": problem, "least": AT_LEAST}, status)


DOORS = (
    Door("/signin", PUBLIC, ask),
    Door("/signin", PUBLIC, sign_in, "POST"),
    Door("/signout", READER, sign_out, "POST"),
    Door("/setup/{token}", PUBLIC, ask_password),
    Door("/setup/{token}", PUBLIC, set_password, "POST"),
)
