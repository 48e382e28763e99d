"""Who is signed in, and what programs ask with. Of a token only the SHA-256 is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from monitor.model import AccountRole
from monitor.store.tables import accounts, sessions, tokens

IDLE = timedelta(hours=12)  #: a session that was not used for so long has ended
LONGEST = timedelta(days=30)  #: a session that began so long ago has ended, however it was used
NOTED_EVERY = timedelta(minutes=10)  #: how exactly is kept when a session was used last


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose session or token it is, and what may be done with it. seen_at: when it was noted last (UTC)."""

    account_id: int
    name: str
    role: AccountRole
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """What a program asks with. role: at most so much may be done with it. Times are UTC."""

    id: int
    name: str
    role: AccountRole
    created_at: datetime


def fingerprint(token: str) -> str:
    """The SHA-256 by which a token is known: 64 hex digits."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def begin(conn: Connection, token_sha256: str, account_id: int, now: datetime) -> None:
    """Sign in. What ended or was forgotten by anybody is taken out."""
    conn.execute(
        delete(sessions).where(sessions.c.ended_at.is_not(None) | (sessions.c.seen_at <= now - IDLE))
    )
    row = {"token_sha256": token_sha256, "account_id": account_id, "created_at": now, "seen_at": now}
    conn.execute(insert(sessions), row)


def holder(conn: Connection, token_sha256: str, now: datetime) -> Holder | None:
    """Whose session it is; None where it ended, was idle or lasted for too long, or the account is closed."""
    query = (
        select(sessions.c.account_id, accounts.c.name, accounts.c.role, sessions.c.seen_at)
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .where(
            sessions.c.token_sha256 == token_sha256,
            sessions.c.ended_at.is_(None),
            sessions.c.seen_at > now - IDLE,
            sessions.c.created_at > now - LONGEST,
            accounts.c.closed_at.is_(None),
        )
    )
    row = conn.execute(query).one_or_none()
    return Holder(**row._mapping) if row else None


def note_use(conn: Connection, token_sha256: str, now: datetime) -> None:
    """It is used now."""
    conn.execute(update(sessions).where(sessions.c.token_sha256 == token_sha256).values(seen_at=now))


def end(conn: Connection, token_sha256: str, now: datetime) -> None:
    """Sign out."""
    conn.execute(update(sessions).where(sessions.c.token_sha256 == token_sha256).values(ended_at=now))


def end_all(conn: Connection, account_id: int, now: datetime) -> None:
    """Sign this account out everywhere."""
    is_open = (sessions.c.account_id == account_id) & sessions.c.ended_at.is_(None)
    conn.execute(update(sessions).where(is_open).values(ended_at=now))


# --------------------------------------------------------------------------- tokens of programs


def add_token(
    conn: Connection, token_sha256: str, account_id: int, name: str, role: AccountRole, now: datetime
) -> None:
    """Keep a new token."""
    row = {"account_id": account_id, "name": name, "role": role, "token_sha256": token_sha256}
    conn.execute(insert(tokens).values(created_at=now, **row))


def tokens_of(conn: Connection, account_id: int) -> list[Token]:
    """The tokens of this account that still count, oldest first."""
    query = (
        select(tokens.c.id, tokens.c.name, tokens.c.role, tokens.c.created_at)
        .where(tokens.c.account_id == account_id, tokens.c.revoked_at.is_(None))
        .order_by(tokens.c.id)
    )
    return [Token(**row._mapping) for row in conn.execute(query)]


def token_holder(conn: Connection, token_sha256: str) -> Holder | None:
    """Whose token it is, with the lesser of both roles; None where it was revoked, or the account closed."""
    query = (
        select(tokens.c.account_id, accounts.c.name, accounts.c.role, tokens.c.role.label("token_role"))
        .join(accounts, accounts.c.id == tokens.c.account_id)
        .where(
            tokens.c.token_sha256 == token_sha256,
            tokens.c.revoked_at.is_(None),
            accounts.c.closed_at.is_(None),
        )
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    return Holder(row.account_id, row.name, row.token_role if row.role.may(row.token_role) else row.role)


def revoke(conn: Connection, account_id: int, token_id: int, now: datetime) -> bool:
    """End one token of this account; whether there was such a one."""
    is_it = (tokens.c.id == token_id) & (tokens.c.account_id == account_id) & tokens.c.revoked_at.is_(None)
    return conn.execute(update(tokens).where(is_it).values(revoked_at=now)).rowcount > 0


def revoke_all(conn: Connection, account_id: int, now: datetime) -> None:
    """End every token of this account."""
    is_open = (tokens.c.account_id == account_id) & tokens.c.revoked_at.is_(None)
    conn.execute(update(tokens).where(is_open).values(revoked_at=now))
