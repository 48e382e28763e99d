"""pledgewatch accounts: who may sign in at the desk. The desk's page uses the same functions."""

import getpass
import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from alerts.render import when
from app.home import Home
from app.screen import columns, say
from monitor.errors import InputError
from monitor.model import AccountRole, Audit
from monitor.store import Connection, accounts, audits
from monitor.store.accounts import Account, Invitation
from monitor.store.sessions import fingerprint
from monitor.tables import suggestion
from monitor.wire import utc_text

AUDITS_SCHEMA = "pledgewatch.audits/1"
LINK_HOURS = 72  #: so long a set-up link may be used
DEFAULT_BASE = "http://127.0.0.1:8321"
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


def this_user() -> str:
    """The name of the user of this machine, for the audit log."""
    try:
        return " ".join(getpass.getuser().split()) or "local"
    except (OSError, KeyError):
        return "local"


def new_token() -> str:
    """256 random bits that fit into an address."""
    return secrets.token_urlsafe(32)


def account_name(said: str) -> str:
    """A name as it is kept: in lower case. Raises InputError for one that cannot be."""
    name = said.strip().lower()
    if not _NAME.fullmatch(name):
        raise InputError(f'"{said[:80]}" cannot be a name: use up to 64 letters a to z, digits and . _ @ + -')
    return name


def account_role(said: str) -> AccountRole:
    """The role of this name. Raises InputError."""
    known = [str(role) for role in AccountRole]
    if said not in known:
        raise InputError(f'"{said[:80]}" is no role; {suggestion(said[:80], known)}')
    return AccountRole(said)


def invite(conn: Connection, said: str, role: AccountRole, by: str, now: datetime) -> tuple[str, Invitation]:
    """Open a set-up link: (its token, which is kept nowhere; what it is for).

    Somebody who has an account keeps the role and sets a new password by it. Raises InputError for a name
    that cannot be, and for anybody but an admin while there is none.
    """
    name = account_name(said)
    known = accounts.named(conn, name)
    if role is not AccountRole.ADMIN and not accounts.is_any_admin(conn):
        raise InputError("The first account must be an admin's: invite somebody with the role admin first.")
    if known and not known.closed_at:
        role = known.role
    token = new_token()
    new = Invitation(name, role, now, now + timedelta(hours=LINK_HOURS))
    accounts.invite(conn, fingerprint(token), new)
    audits.add(conn, Audit(now, by, "invited", name, f"as {role}"))
    return token, new


def close(conn: Connection, name: str, by: str, now: datetime) -> Account:
    """Close an account. Raises InputError where there is none, and for the last admin."""
    account = open_account(conn, name)
    accounts.close(conn, account.id, now)
    audits.add(conn, Audit(now, by, "closed an account", account.name))
    return account


def open_account(conn: Connection, name: str) -> Account:
    """The account of this name that may sign in. Raises InputError."""
    account = accounts.named(conn, name.strip().lower())
    if account is None or account.closed_at:
        known = [one.name for one in accounts.all(conn) if not one.closed_at]
        raise InputError(f'Nobody signs in as "{name[:80]}"; {suggestion(name[:80], known)}')
    return account


# --------------------------------------------------------------------------- the commands


def invite_account(home: Home, name: str, role: str, by: str) -> int:
    """Print a one-time set-up link. Raises InputError, ConfigError, StoreError."""
    wanted, now = account_role(role), datetime.now(UTC)
    base = home.settings.desk.url.rstrip("/") or DEFAULT_BASE
    with home.open_store() as store, store.begin() as conn:
        token, new = invite(conn, name, wanted, by, now)
    say(f"{new.name} becomes {new.role} of the desk by this link, once, until {when(new.expires_at)}:")
    print(f"{base}/setup/{token}")
    return 0


def list_accounts(home: Home) -> int:
    """Print every account, and the links that are open. Raises ConfigError, StoreError."""
    now = datetime.now(UTC)
    with home.open_store() as store, store.read() as conn:
        known, links = accounts.all(conn), accounts.invited(conn, now)
    rows = [(one.name, str(one.role), f"since {when(one.created_at)}", _state(one)) for one in known]
    rows += [(one.name, str(one.role), f"until {when(one.expires_at)}", "set-up link") for one in links]
    if not rows:
        say("Nobody has an account: whoever uses this machine may use the desk. Invite an admin with")
        say("  pledgewatch accounts invite NAME --role admin")
    columns(rows, header=("name", "role", "when", "state"))
    return 0


def close_account(home: Home, name: str, by: str) -> int:
    """Close an account and print so. Raises InputError, ConfigError, StoreError."""
    with home.open_store() as store, store.begin() as conn:
        account = close(conn, name, by, datetime.now(UTC))
    say(f"{account.name} may not sign in any more; sessions and tokens have ended.")
    return 0


def show_audits(home: Home, *, as_json: bool) -> int:
    """Print who did what, newest first. Raises ConfigError, StoreError."""
    with home.open_store() as store, store.read() as conn:
        kept = audits.newest(conn, audits.count(conn))
    if as_json:
        document = {"schema": AUDITS_SCHEMA, "audits": [audit_json(one) for one in kept]}
        print(json.dumps(document, ensure_ascii=False, indent=1))
    elif not kept:
        say("Nothing was done at the desk yet.")
    columns([(when(one.at), one.who, one.what, one.about, one.detail) for one in kept if not as_json])
    return 0


def audit_json(audit: Audit) -> Mapping[str, object]:
    """One of them, for programs."""
    return {
        "id": audit.id,
        "at": utc_text(audit.at),
        "who": audit.who,
        "what": audit.what,
        "about": audit.about,
        "detail": audit.detail,
    }


def _state(account: Account) -> str:
    return f"closed {when(account.closed_at)}" if account.closed_at else "open"
