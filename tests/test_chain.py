"""Whatever is written gets its link, and each link hangs on the one before."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from monitor.model import Access
from monitor.store import Store, chain, fetches, readings, tables
from tests.store_values import fetch, reading

pytest_plugins = ["tests.postgres"]


def links(store: Store) -> list[chain.Link]:
    with store.read() as conn:
        rows = conn.execute(select(tables.links).order_by(tables.links.c.id))
        return [chain.Link(**row._mapping) for row in rows]


def test_a_new_store_has_no_head(store: Store) -> None:
    with store.read() as conn:
        assert chain.head(conn) is None


def test_each_row_of_a_transaction_is_linked_once_in_order(store: Store) -> None:
    with store.begin() as conn:
        first = fetches.record(conn, fetch())
        readings.record(conn, reading(first.id))
        fetches.record(conn, fetch(1))
        readings.record(conn, reading(first.id, access=Access.WALL))
    assert [(one.id, one.kind, one.key) for one in links(store)] == [
        (1, "fetches", "1"),
        (2, "readings", "1"),
        (3, "fetches", "2"),
    ]


def test_each_link_hangs_on_the_one_before(store: Store) -> None:
    for hours in range(3):
        with store.begin() as conn:
            fetches.record(conn, fetch(hours))
    before = chain.ORIGIN
    for one in links(store):
        assert one.sha256 == chain.following(before, one.kind, one.key, one.content_sha256)
        before = one.sha256
    with store.read() as conn:
        assert chain.head(conn) == links(store)[-1]


def test_a_link_is_over_what_the_row_holds_now(store: Store) -> None:
    with store.begin() as conn:
        readings.record(conn, reading(fetches.record(conn, fetch()).id))
    with store.begin() as conn:
        readings.record(conn, reading(1, access=Access.WALL))
    *_, older, newer = links(store)
    assert (older.kind, older.key) == (newer.kind, newer.key) == ("readings", "1")
    assert older.content_sha256 != newer.content_sha256
    with store.read() as conn:
        assert chain.contents(conn, "readings", ["1"]) == {"1": newer.content_sha256}


def test_a_transaction_that_fails_leaves_no_link(store: Store) -> None:
    with pytest.raises(KeyError), store.begin() as conn:
        fetches.record(conn, fetch())
        raise KeyError
    assert links(store) == []
    with store.begin() as conn:
        fetches.record(conn, fetch())
    assert len(links(store)) == 1


@pytest.mark.parametrize("statement", ["UPDATE links SET kind = 'x'", "DELETE FROM links"])
def test_links_are_append_only(store: Store, statement: str) -> None:
    with store.begin() as conn:
        fetches.record(conn, fetch())
    with pytest.raises(IntegrityError, match="append-only"), store.begin() as conn:
        conn.execute(text(statement))


def test_rows_of_an_older_program_get_their_links(store: Store) -> None:
    with store.begin() as conn:
        conn.execute(tables.fetches.insert(), {name: getattr(fetch(), name) for name in fetches._FACTS})
    assert links(store) == []
    with store.begin() as conn:
        chain.seal_unlinked(conn)
        chain.seal_unlinked(conn)
    assert [(one.kind, one.key) for one in links(store)] == [("fetches", "1")]
