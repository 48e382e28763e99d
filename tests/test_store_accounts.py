"""Accounts, links, sessions, tokens and the audit log in the store, on each database."""

from datetime import timedelta

import pytest

from monitor.errors import InputError
from monitor.model import AccountRole, Audit
from monitor.store import Store, accounts, audits, sessions
from monitor.store.accounts import Account, Invitation
from tests.store_values import NOW

pytest_plugins = ["tests.postgres"]

READER, REVIEWER, ADMIN = AccountRole
LATER = NOW + timedelta(hours=1)


def made(store: Store, name: str, role: AccountRole) -> Account:
    with store.begin() as conn:
        accounts.invite(conn, f"link of {name}", Invitation(name, role, NOW, LATER))
        account = accounts.accept(conn, f"link of {name}", "a hash", NOW)
    assert account
    return account


def test_from_a_link_to_a_closed_account(store: Store) -> None:
    vera = made(store, "vera", ADMIN)
    otto = made(store, "otto", READER)
    with store.begin() as conn:
        assert accounts.accept(conn, "link of vera", "another", NOW) is None
        assert accounts.all(conn) == [otto, vera]
        assert accounts.password_hash(conn, "otto") == "a hash"
        accounts.close(conn, otto.id, LATER)
        assert accounts.named(conn, "otto") == Account(otto.id, "otto", READER, NOW, LATER)
        assert accounts.password_hash(conn, "otto") is None
        assert accounts.is_any(conn)
        assert accounts.is_any_admin(conn)


def test_links_that_are_open(store: Store) -> None:
    first, second = Invitation("a", READER, NOW, LATER), Invitation("b", ADMIN, NOW, LATER)
    with store.begin() as conn:
        assert not accounts.is_any(conn)
        accounts.invite(conn, "1", second)
        accounts.invite(conn, "2", first)
        assert accounts.invited(conn, NOW) == [first, second]
        assert accounts.invitation(conn, "2", NOW) == first
        assert accounts.invited(conn, LATER) == []


def test_the_last_admin_stays(store: Store) -> None:
    vera = made(store, "vera", ADMIN)
    with store.begin() as conn:
        with pytest.raises(InputError):
            accounts.close(conn, vera.id, NOW)
        with pytest.raises(InputError):
            accounts.set_role(conn, vera.id, REVIEWER)
        accounts.set_role(conn, vera.id, ADMIN)


def test_sessions(store: Store) -> None:
    vera = made(store, "vera", ADMIN)
    with store.begin() as conn:
        for token in ("1", "2"):
            sessions.begin(conn, token, vera.id, NOW)
        assert sessions.holder(conn, "1", NOW) == sessions.Holder(vera.id, "vera", ADMIN, NOW)
        sessions.note_use(conn, "1", LATER)
        assert sessions.holder(conn, "1", NOW + sessions.IDLE)
        assert sessions.holder(conn, "2", NOW + sessions.IDLE) is None
        sessions.end(conn, "1", LATER)
        assert sessions.holder(conn, "1", LATER) is None
        accounts.set_password(conn, vera.id, "another", LATER)
        assert sessions.holder(conn, "2", LATER) is None


def test_tokens(store: Store) -> None:
    made(store, "anna", ADMIN)
    vera = made(store, "vera", REVIEWER)
    with store.begin() as conn:
        sessions.add_token(conn, "1", vera.id, "reader", READER, NOW)
        sessions.add_token(conn, "2", vera.id, "too much", ADMIN, NOW)
        assert [one.name for one in sessions.tokens_of(conn, vera.id)] == ["reader", "too much"]
        held = [sessions.token_holder(conn, token) for token in ("1", "2", "3")]
        assert [one and one.role for one in held] == [READER, REVIEWER, None]
        assert sessions.revoke(conn, vera.id, 1, NOW)
        assert not sessions.revoke(conn, vera.id, 1, NOW)
        assert sessions.token_holder(conn, "1") is None
        accounts.close(conn, vera.id, NOW)
        assert sessions.token_holder(conn, "2") is None
        accounts.invite(conn, "again", Invitation("vera", READER, NOW, LATER))
        assert accounts.accept(conn, "again", "a hash", NOW) == Account(vera.id, "vera", READER, NOW)
        assert sessions.token_holder(conn, "2") is None  # it does not come back with the account


def test_the_log(store: Store) -> None:
    with store.begin() as conn:
        for number in range(3):
            audits.add(conn, Audit(NOW, "vera", "judged", str(number)))
    with store.read() as conn:
        assert [one.about for one in audits.newest(conn, 2)] == ["2", "1"]
        assert [one.about for one in audits.newest(conn, 2, after=2)] == ["0"]
        assert audits.count(conn) == 3
