"""All or nothing, one writer at a time, readers undisturbed; trouble is a StoreError, a bug stays a bug."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from monitor.errors import StoreError
from monitor.store import Store, fetches, opening, pages, readings, sqlite_url
from monitor.store.alone import alone
from tests.store_values import NOW, TERMS, fetch, page, reading

pytest_plugins = ["tests.postgres"]

Open = Callable[[str], Store]
ROOT = Path(__file__).resolve().parent.parent


def test_what_fails_half_way_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.begin() as conn:
        fetches.record(conn, fetch())
        raise ZeroDivisionError
    with store.read() as conn:
        assert fetches.unread(conn, fetch().page_id) == []


def test_a_mistake_of_ours_is_not_called_trouble_of_the_store(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as conn:
        readings.record(conn, reading(fetch_id=4711))
    with store.begin() as conn:  # and the store goes on
        assert fetches.record(conn, fetch()).id > 0


def test_a_read_does_not_write(store: Store) -> None:
    with pytest.raises(StoreError, match="may not be written"), store.read() as conn:
        fetches.record(conn, fetch())
    with store.begin() as conn:
        assert fetches.unread(conn, TERMS) == []
        assert fetches.record(conn, fetch()).id > 0


def test_a_reader_sees_one_moment_and_does_not_wait_for_the_writer(new_url: str, opened: Open) -> None:
    ours, theirs = opened(new_url), opened(new_url)
    with ours.read() as early:
        assert fetches.unread(early, TERMS) == []
        with theirs.begin() as writer:
            kept = fetches.record(writer, fetch())
            with ours.read() as meanwhile:
                assert fetches.unread(meanwhile, TERMS) == []
        assert fetches.unread(early, TERMS) == []
    with ours.read() as late:
        assert fetches.unread(late, TERMS) == [kept]


def test_a_second_writer_has_to_wait(new_url: str, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(new_url)
    monkeypatch.setattr(opening, "PATIENCE", 0.02)
    second = opened(new_url)
    with first.begin(), pytest.raises(StoreError, match="another process has been writing"), second.begin():
        pass
    with second.begin() as conn:
        assert fetches.record(conn, fetch()).id > 0


def test_two_writers_never_lose_each_others_work(new_url: str, opened: Open) -> None:
    stores = [opened(new_url), opened(new_url)]
    with stores[0].begin() as conn:
        pages.sync(conn, [page()], NOW)
    start, rounds = threading.Barrier(2), 25

    def add_an_hour_often(store: Store) -> None:
        start.wait()
        for _ in range(rounds):
            with store.begin() as conn:
                ((_, due),) = pages.schedule(conn)
                pages.set_next_due(conn, TERMS, due + timedelta(hours=1))

    writers = [threading.Thread(target=add_an_hour_often, args=(each,)) for each in stores]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    with stores[0].read() as conn:
        assert pages.schedule(conn) == [(TERMS, NOW + timedelta(hours=2 * rounds))]


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path, opened: Open) -> None:
    store = opened(sqlite_url(tmp_path / "pledgewatch.db"))
    with store.begin() as conn:
        kept = fetches.record(conn, fetch())
        conn.execute(text("PRAGMA max_page_count=1"))  # SQLite makes it the pages in use
    with (
        pytest.raises(StoreError, match=r"pledgewatch\.db: the disk is full: free some space"),
        store.begin() as conn,
    ):
        pages.sync(conn, [page(f"heron/{number}") for number in range(2000)], NOW)
    with store.read() as conn:
        assert fetches.get(conn, kept.id) == kept
        assert pages.schedule(conn) == []


def test_a_store_that_was_closed_can_be_read_again(store: Store) -> None:
    store.close()
    with store.read() as conn:
        assert pages.schedule(conn) == []


# --------------------------------------------------------------------------- one writer over all processes


HOLDS = """
import sys, time
from pathlib import Path
from monitor.store.alone import alone
with alone(Path(sys.argv[1]), 1, "busy"):
    print("held", flush=True)
    time.sleep(60)
"""


def is_free(file: Path) -> bool:
    try:
        with alone(file, 0, "busy"):
            return True
    except StoreError:
        return False


def test_another_process_that_writes_is_waited_for_and_ends_with_its_death(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "PATIENCE", 0.05)
    file = tmp_path / "pledgewatch.db"
    store = opened(sqlite_url(file))
    command = [sys.executable, "-c", HOLDS, str(file)]
    other = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match="another process has been writing"), store.begin():
            pass
        with store.read() as conn:  # who reads does not wait
            assert fetches.unread(conn, TERMS) == []
    finally:
        other.kill()
        other.communicate()
    with store.begin() as conn:
        assert fetches.record(conn, fetch()).id > 0


def test_the_lock_is_held_until_the_commit_is_done(tmp_path: Path, opened: Open) -> None:
    file = tmp_path / "pledgewatch.db"
    store = opened(sqlite_url(file))
    during: list[bool] = []
    event.listen(store.engine, "commit", lambda conn: during.append(is_free(file)))
    with store.begin() as conn:
        fetches.record(conn, fetch())
        during.append(is_free(file))
    assert during == [False, False]
    assert is_free(file)
    with store.read():
        assert is_free(file)


def test_a_transaction_that_fails_lets_go(tmp_path: Path, opened: Open) -> None:
    file = tmp_path / "pledgewatch.db"
    with pytest.raises(ZeroDivisionError), opened(sqlite_url(file)).begin():
        raise ZeroDivisionError
    assert is_free(file)
