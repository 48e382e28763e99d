"""Who asks: somebody at this machine, a session, a program's token, or whom a trusted proxy names."""

import base64
import binascii
import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from app.desk.origins import (
    FORWARDED,
    asking_address,
    host_of,
    is_https,
    is_loopback,
    is_own_name,
    is_trusted,
    url_host,
)
from app.desk.visit import LOCAL, PROXY, SESSION, TOKEN, Visitor
from monitor.errors import StoreError
from monitor.model import AccountRole
from monitor.settings import Desk as DeskSettings
from monitor.store import Connection, Store, accounts, sessions
from monitor.store.sessions import Holder, fingerprint

#: What a program may ask for with a token, and only that.
FOR_PROGRAMS = ("/feeds/", "/calendar.ics", "/api/")
_TOKEN_AT_MOST = 200  # characters


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. session: the SHA-256 of the token in the cookie, "" where it opens nothing."""

    who: Visitor
    csrf: str
    address: str  #: by which attempts to sign in are counted
    session: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is needed to know who asks. bind: where the desk listens; secret: of this process alone."""

    store: Store
    settings: DeskSettings
    bind: str
    local_user: str
    secret: bytes


def asker(request: Request, known: Known, now: datetime) -> Asker:
    """Who sends this request. Raises StoreError."""
    cookie = request.cookies.get(cookie_name(known.settings), "")[:_TOKEN_AT_MOST]
    session = fingerprint(cookie) if cookie else ""
    with known.store.read() as conn:
        holder = sessions.holder(conn, session, now) if session else None
        who = Visitor(holder.name, holder.role, SESSION) if holder else _without_session(conn, request, known)
    if holder:
        _note_use(known.store, session, holder, now)
    key = cookie.encode() if holder else known.secret
    peer, forwarded = _peer(request), ", ".join(request.headers.getlist("x-forwarded-for"))
    address = asking_address(peer, forwarded, known.settings.trusted_proxies)
    return Asker(who, form_token(key, who), address, session if holder else "")


def form_token(key: bytes, who: Visitor) -> str:
    """What our forms carry for them. key: the session's token, or the secret of this process."""
    return hmac.new(key, f"{who.via} {who.name}".encode(), hashlib.sha256).hexdigest()


def _without_session(conn: Connection, request: Request, known: Known) -> Visitor:
    if holder := _by_token(conn, request):
        return Visitor(holder.name, holder.role, TOKEN)
    if who := _by_proxy(conn, request, known.settings):
        return who
    if _is_at_this_machine(request, known) and not accounts.is_any(conn):
        return Visitor(known.local_user, AccountRole.ADMIN, LOCAL)
    return Visitor()


def _note_use(store: Store, session: str, holder: Holder, now: datetime) -> None:
    """Not at every request; and nobody is turned away because the store is busy just then."""
    if holder.seen_at and now - holder.seen_at >= sessions.NOTED_EVERY:
        with suppress(StoreError), store.begin() as conn:
            sessions.note_use(conn, session, now)


# --------------------------------------------------------------------------- programs


def _by_token(conn: Connection, request: Request) -> Holder | None:
    if request.method not in ("GET", "HEAD") or not request.url.path.startswith(FOR_PROGRAMS):
        return None
    token = _token(request.headers.get("authorization", ""))
    return sessions.token_holder(conn, fingerprint(token)) if token else None


def _token(header: str) -> str:
    """The token in an Authorization header: as Bearer, or as the password of Basic."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()[:_TOKEN_AT_MOST]
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(rest.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return pair.partition(":")[2][:_TOKEN_AT_MOST]


# --------------------------------------------------------------------------- proxies, and this machine


def _by_proxy(conn: Connection, request: Request, settings: DeskSettings) -> Visitor | None:
    """Whom the proxy names; the header counts for nothing from anybody else, or where it stands twice."""
    named = request.headers.getlist(settings.user_header)
    if len(named) != 1 or not is_trusted(_peer(request), settings.trusted_proxies):
        return None
    account = accounts.named(conn, named[0].strip().lower())
    return Visitor(account.name, account.role, PROXY) if account and not account.closed_at else None


def _is_at_this_machine(request: Request, known: Known) -> bool:
    """Only this machine reaches the desk, and nothing hints at a proxy that stands for others.

    desk.url names where a proxy is asked; one that says nothing of itself (nginx) asks by HTTP/1.0.
    """
    names = {*FORWARDED, known.settings.user_header.lower()}
    return (
        is_loopback(known.bind)
        and is_own_name(host_of(request.headers.get("host", "")), known.bind)
        and (not known.settings.url or is_own_name(url_host(known.settings.url), known.bind))
        and not known.settings.trusted_proxies
        and request.scope.get("http_version") != "1.0"
        and not any(name in request.headers for name in names)
    )


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


# --------------------------------------------------------------------------- the cookie


def cookie_name(settings: DeskSettings) -> str:
    """Of the cookie with the session: by https one that no other host and no plain http can set."""
    return "__Host-pw" if is_https(settings) else "pw"


def with_session(response: Response, token: str, settings: DeskSettings) -> Response:
    """The answer, which also gives the browser this session; "" takes away the one that it has."""
    name, secure = cookie_name(settings), is_https(settings)
    if token:
        response.set_cookie(name, token, path="/", secure=secure, httponly=True, samesite="lax")
    else:
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    return response
