"""Accounts for admins, one's own account for everybody, and the log of who did what."""

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response

from app import accounting
from app.accounting import account_role, new_token
from app.desk.asker import with_session
from app.desk.door import ADMIN, READER, Door
from app.desk.passwords import AT_LEAST, amiss
from app.desk.rendering import page
from app.desk.texts import texts
from app.desk.visit import NotFoundError, RefusedError, Visit
from monitor.errors import InputError
from monitor.model import AccountRole, Audit
from monitor.store import Connection, accounts, audits, sessions
from monitor.store.accounts import Account
from monitor.store.sessions import fingerprint

PER_PAGE = 50
LARGEST_NUMBER = 2**31  #: what an id in the store can be
TOKEN_NAME_AT_MOST = 80  #: characters


def show(visit: Visit) -> Response:
    """Everybody who may sign in, and the links that are open."""
    return _everybody(visit)


def invite(visit: Visit) -> Response:
    """A one-time link, shown this once."""
    try:
        role = account_role(visit.said("role"))
        with visit.store.begin() as conn:
            token, new = accounting.invite(conn, visit.said("name"), role, visit.who.name, visit.now)
    except InputError as error:
        return _everybody(visit, problem=str(error))
    return _everybody(visit, link=f"{visit.outside}/setup/{token}", invitation=new)


def change_role(visit: Visit) -> Response:
    """Another role for somebody else."""

    def change(conn: Connection) -> None:
        account, role = accounting.open_account(conn, visit.path["name"]), account_role(visit.said("role"))
        accounts.set_role(conn, account.id, role)
        audits.add(conn, Audit(visit.now, visit.who.name, "changed a role", account.name, f"to {role}"))

    return _changed(visit, change)


def close(visit: Visit) -> Response:
    """Nobody signs in by this account any more."""
    return _changed(visit, lambda conn: accounting.close(conn, visit.path["name"], visit.who.name, visit.now))


def _changed(visit: Visit, change: Callable[[Connection], object]) -> Response:
    try:
        with visit.store.begin() as conn:
            change(conn)
    except InputError as error:
        return _everybody(visit, problem=str(error))
    return RedirectResponse("/accounts", 303)


def _everybody(visit: Visit, problem: str = "", **more: object) -> Response:
    with visit.store.read() as conn:
        known, links = accounts.all(conn), accounts.invited(conn, visit.now)
    values = {"accounts": known, "links": links, "roles": list(AccountRole), "problem": problem}
    typed = {"name": visit.said("name")[:80], "role": visit.said("role") if problem else ""}
    given = {"link": "", "invitation": None, "typed": typed} | more
    return page(visit, "accounts.html", values | given, 400 if problem else 200)


# --------------------------------------------------------------------------- one's own


def own(visit: Visit) -> Response:
    """One's password and tokens."""
    return _own(visit, done=visit.asked("done") == "password")


def change_password(visit: Visit) -> Response:
    """A new password: every session and token ends, and this browser gets a new session."""
    if not visit.attempts.admit(visit.who.name, visit.address, visit.now):
        return _own(visit, problem=texts()("signing.often"), status=429)
    with visit.store.read() as conn:
        hash = accounts.password_hash(conn, visit.who.name)
    if not visit.passwords.fits(hash, visit.said("current")):
        return _own(visit, problem=texts()("accounts.wrong_password"))
    visit.attempts.was_right(visit.who.name, visit.address)
    if wrong := amiss(visit.said("password"), visit.said("again"), visit.who.name):
        return _own(visit, problem=texts()(f"signing.password_{wrong}", least=AT_LEAST))
    fresh, token = visit.passwords.hash(visit.said("password")), new_token()
    with visit.store.begin() as conn:
        account = _account(conn, visit)
        accounts.set_password(conn, account.id, fresh, visit.now)
        audits.add(conn, Audit(visit.now, visit.who.name, "changed the password"))
        if visit.session:
            sessions.begin(conn, fingerprint(token), account.id, visit.now)
    onward = RedirectResponse("/account?done=password", 303)
    return with_session(onward, token, visit.home.settings.desk) if visit.session else onward


def make_token(visit: Visit) -> Response:
    """A token for a program, shown this once."""
    name, token = " ".join(visit.said("name").split())[:TOKEN_NAME_AT_MOST], f"pw_{new_token()}"
    try:
        role = account_role(visit.said("role"))
    except InputError as error:
        return _own(visit, problem=str(error))
    if not name:
        return _own(visit, problem=texts()("accounts.token_needs_name"))
    if not visit.who.may(role):
        return _own(visit, problem=texts()("accounts.token_too_much"))
    with visit.store.begin() as conn:
        sessions.add_token(conn, fingerprint(token), _account(conn, visit).id, name, role, visit.now)
        audits.add(conn, Audit(visit.now, visit.who.name, "made a token", name, f"as {role}"))
    return _own(visit, token=token)


def revoke_token(visit: Visit) -> Response:
    """It opens nothing from now on. Raises NotFoundError where it is not one of one's own."""
    said = visit.path["token"]
    if not said.isascii() or not said.isdecimal() or int(said[:20]) > LARGEST_NUMBER:
        raise NotFoundError(texts()("accounts.no_token"))
    with visit.store.begin() as conn:
        if not sessions.revoke(conn, _account(conn, visit).id, int(said), visit.now):
            raise NotFoundError(texts()("accounts.no_token"))
        audits.add(conn, Audit(visit.now, visit.who.name, "revoked a token", said))
    return RedirectResponse("/account", 303)


def _own(
    visit: Visit, problem: str = "", status: int = 400, token: str = "", *, done: bool = False
) -> Response:
    with visit.store.read() as conn:
        account = accounts.named(conn, visit.who.name)
        kept = sessions.tokens_of(conn, account.id) if account else []
    values = {
        "account": account,
        "tokens": kept,
        "roles": [role for role in AccountRole if visit.who.may(role)],
        "problem": problem,
        "token": token,
        "done": done,
        "least": AT_LEAST,
    }
    return page(visit, "account.html", values, status if problem else 200)


def _account(conn: Connection, visit: Visit) -> Account:
    """One's own, by whatever way one signed in. Raises RefusedError for who has none."""
    account = accounts.named(conn, visit.who.name)
    if account is None or account.closed_at:
        raise RefusedError(texts()("accounts.none_own"))
    return account


# --------------------------------------------------------------------------- who did what


def log(visit: Visit) -> Response:
    """The audit log, newest first."""
    said = visit.asked("page", "1")
    number = min(max(int(said[:6]), 1), 100_000) if said.isascii() and said.isdecimal() else 1
    with visit.store.read() as conn:
        kept = audits.newest(conn, PER_PAGE, (number - 1) * PER_PAGE)
        count = audits.count(conn)
    values = {"audits": kept, "count": count, "page": number, "is_last": number * PER_PAGE >= count}
    return page(visit, "audit.html", values)


DOORS = (
    Door("/accounts", ADMIN, show),
    Door("/accounts", ADMIN, invite, "POST"),
    Door("/accounts/{name}/role", ADMIN, change_role, "POST"),
    Door("/accounts/{name}/close", ADMIN, close, "POST"),
    Door("/account", READER, own),
    Door("/account/password", READER, change_password, "POST"),
    Door("/account/tokens", READER, make_token, "POST"),
    Door("/account/tokens/{token}/revoke", READER, revoke_token, "POST"),
    Door("/audit", ADMIN, log),
)
