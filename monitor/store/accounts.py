"""Who may sign in at the desk, and the one-time links by which they get there. Of a password: its hash."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from monitor.errors import InputError
from monitor.model import AccountRole
from monitor.store import sessions
from monitor.store.tables import accounts, invitations


@dataclass(frozen=True, slots=True)
class Account:
    """A person. name: in lower case, unique for ever; closed_at: None while they may sign in. In UTC."""

    id: int
    name: str
    role: AccountRole
    created_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A set-up link that is open: it makes the account, or sets a new password where there is one."""

    name: str
    role: AccountRole
    created_at: datetime
    expires_at: datetime


_ACCOUNT = (accounts.c.id, accounts.c.name, accounts.c.role, accounts.c.created_at, accounts.c.closed_at)
_INVITATION = (
    invitations.c.name,
    invitations.c.role,
    invitations.c.created_at,
    invitations.c.expires_at,
)


def is_any(conn: Connection) -> bool:
    """Whether there ever was an account: from then on everybody signs in."""
    return conn.execute(select(accounts.c.id).limit(1)).first() is not None


def is_any_admin(conn: Connection) -> bool:
    """Whether somebody who may sign in is an admin."""
    return bool(_admins(conn))


def all(conn: Connection) -> list[Account]:
    """Every account, those that are closed too, by name."""
    return [Account(**row._mapping) for row in conn.execute(select(*_ACCOUNT).order_by(accounts.c.name))]


def named(conn: Connection, name: str) -> Account | None:
    """The account of this name, closed or not."""
    row = conn.execute(select(*_ACCOUNT).where(accounts.c.name == name)).one_or_none()
    return Account(**row._mapping) if row else None


def password_hash(conn: Connection, name: str) -> str | None:
    """What the password of an open account was hashed to; None where nobody of this name may sign in."""
    is_open = (accounts.c.name == name) & accounts.c.closed_at.is_(None)
    return conn.scalar(select(accounts.c.password_hash).where(is_open))


def set_password(conn: Connection, account_id: int, hash: str, now: datetime) -> None:
    """A new password. Every session and every token of this account ends."""
    conn.execute(update(accounts).where(accounts.c.id == account_id).values(password_hash=hash))
    sessions.end_all(conn, account_id, now)
    sessions.revoke_all(conn, account_id, now)


def set_role(conn: Connection, account_id: int, role: AccountRole) -> None:
    """Another role, from the next request on. Raises InputError for the last admin."""
    if role is not AccountRole.ADMIN:
        _refuse_last_admin(conn, account_id)
    conn.execute(update(accounts).where(accounts.c.id == account_id).values(role=role))


def close(conn: Connection, account_id: int, now: datetime) -> None:
    """Nobody signs in by it any more: its sessions, tokens and links end.

    Raises InputError for the last admin.
    """
    _refuse_last_admin(conn, account_id)
    is_it = accounts.c.id == account_id
    conn.execute(update(accounts).where(is_it).values(closed_at=now))
    sessions.end_all(conn, account_id, now)
    sessions.revoke_all(conn, account_id, now)
    _void(conn, conn.scalar(select(accounts.c.name).where(is_it)) or "", now)


def _refuse_last_admin(conn: Connection, account_id: int) -> None:
    if _admins(conn) == [account_id]:
        raise InputError("This is the only admin: make somebody else an admin first.")


def _admins(conn: Connection) -> list[int]:
    are_admins = (accounts.c.role == AccountRole.ADMIN) & accounts.c.closed_at.is_(None)
    return list(conn.scalars(select(accounts.c.id).where(are_admins)))


# --------------------------------------------------------------------------- one-time links


def invite(conn: Connection, token_sha256: str, new: Invitation) -> None:
    """Open a link. An older one for the same name ends."""
    _void(conn, new.name, new.created_at)
    row = {name: getattr(new, name) for name in ("name", "role", "created_at", "expires_at")}
    conn.execute(insert(invitations).values(token_sha256=token_sha256, **row))


def invitation(conn: Connection, token_sha256: str, now: datetime) -> Invitation | None:
    """The open link of this token; None where it was used, has run out or never was."""
    is_it = (invitations.c.token_sha256 == token_sha256) & _is_open(now)
    row = conn.execute(select(*_INVITATION).where(is_it)).one_or_none()
    return Invitation(**row._mapping) if row else None


def invited(conn: Connection, now: datetime) -> list[Invitation]:
    """The links that are open, by name."""
    query = select(*_INVITATION).where(_is_open(now)).order_by(invitations.c.name)
    return [Invitation(**row._mapping) for row in conn.execute(query)]


def accept(conn: Connection, token_sha256: str, hash: str, now: datetime) -> Account | None:
    """Use a link: an account that is open keeps its role and gets this password, another is made or opened.

    Sessions and tokens from before end.
    None where the link is not open: it counts once.
    """
    link = invitation(conn, token_sha256, now)
    if link is None:
        return None
    is_it = invitations.c.token_sha256 == token_sha256
    conn.execute(update(invitations).where(is_it).values(used_at=now))
    known = named(conn, link.name)
    if known is None:
        row = {"name": link.name, "role": link.role, "password_hash": hash, "created_at": now}
        conn.execute(insert(accounts), row)
    else:
        set_password(conn, known.id, hash, now)
        if known.closed_at:
            opened = {"role": link.role, "closed_at": None}
            conn.execute(update(accounts).where(accounts.c.id == known.id).values(opened))
    return named(conn, link.name)


def _is_open(now: datetime) -> ColumnElement[bool]:
    return invitations.c.used_at.is_(None) & (invitations.c.expires_at > now)


def _void(conn: Connection, name: str, now: datetime) -> None:
    conn.execute(
        update(invitations).where((invitations.c.name == name) & _is_open(now)).values(expires_at=now)
    )
