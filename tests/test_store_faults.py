"""A lock, damage, a server that stops in the middle, nowhere to print: told in one sentence, nothing lost.

Once it is mended, everything goes on.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.home import Home
from monitor.blobs import Blobs
from monitor.errors import StoreError
from monitor.store import alerts, checks, fetches, holds, open_store, opening, readings, sqlite_url
from monitor.store.verify import Verification
from tests.homes import Screen, at_home
from tests.kills import BEGIN, STEP, expected, new_home, one_round
from tests.postgres_server import Server
from tests.receiver import WEBHOOK, Receiver, receiving
from tests.store_values import TERMS, fetch
from tests.tally import Tally

# --------------------------------------------------------------------------- locked, damaged


def test_a_store_that_another_program_holds_is_told_and_goes_on_when_it_lets_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pledgewatch.db"
    monkeypatch.setattr(opening, "PATIENCE", 0.05)
    with open_store(sqlite_url(file), Blobs(tmp_path / "blobs")) as store:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="another process has been writing"), store.begin():
            pass
        with store.read() as conn:  # readers go on
            assert fetches.unread(conn, TERMS) == []
        other.execute("ROLLBACK")
        other.close()
        with store.begin() as conn:
            assert fetches.record(conn, fetch()).id == 1


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        pytest.param(
            lambda kept: kept[:5000], "the store is damaged: restore it from a backup", id="cut off"
        ),
        pytest.param(
            lambda kept: kept[:4096] + b"\xa5" * (len(kept) - 4096),
            "the store is damaged: restore it from a backup",
            id="overwritten",
        ),
        pytest.param(lambda kept: b"#!/bin/sh\n" * 900, "this file is not a database", id="another file"),
    ],
)
def test_a_damaged_database_is_one_sentence_and_exit_code_3(
    tmp_path: Path, capsys: Screen, damage: Callable[[bytes], bytes], sentence: str
) -> None:
    home = new_home(tmp_path / "home", 9)
    home.open_store().close()
    file = home.root / "pledgewatch.db"
    file.write_bytes(damage(file.read_bytes()))
    assert at_home(home.root, "status") == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"pledgewatch: {file}: {sentence}")
    assert told.err.count("\n") == 1


# --------------------------------------------------------------------------- in the middle of a pass


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path / "received") as running:
        yield running


def unsaid(*words: object) -> None:
    pass


def rounds(home: Home, *numbers: int) -> None:
    for number in numbers:
        one_round(home, 1, number, BEGIN + number * STEP, unsaid)


def judged(receiver: Receiver, count: int) -> tuple[int, int, int, int]:
    tally = Tally()
    tally.judge(expected(1, count), receiver.receipts(), [WEBHOOK])
    return tally.received, tally.lost, tally.duplicate_keys, tally.phantom


@pytest.mark.parametrize(("missing", "told"), [(1, 2), (3, 0)], ids=["of one page", "of all"])
def test_a_missing_body_costs_its_page_alone_and_once_it_is_back_nothing_was_lost(
    tmp_path: Path, receiver: Receiver, missing: int, told: int
) -> None:
    home = new_home(tmp_path / "home", receiver.http)
    rounds(home, 0)
    aside = {file: file.read_bytes() for file in sorted((home.root / "blobs").rglob("*.zst"))[:missing]}
    for file in aside:
        file.unlink()
    rounds(home, 1)
    assert judged(receiver, 2)[0] == told
    for file, body in aside.items():
        file.write_bytes(body)
    one_round(home, 1, 1, BEGIN + 2 * STEP, unsaid)
    assert judged(receiver, 2) == (3, 0, 0, 0)
    with home.open_store() as store:
        assert list(Verification(store).damages()) == []


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One that a test may stop."""
    with Server() as running:
        yield running


@pytest.mark.parametrize(
    ("place", "step"),
    [
        pytest.param(fetches, "record", id="fetched"),
        pytest.param(readings, "record", id="read"),
        pytest.param(holds, "hold", id="held"),
        pytest.param(alerts, "mark_sent", id="sent and not marked"),
    ],
)
def test_a_server_that_stops_in_the_middle_ends_the_pass_and_the_next_one_goes_on(
    tmp_path: Path, server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, place: Any, step: str
) -> None:
    name = f"stopped_{step}_{place.__name__.rpartition('.')[2]}"
    server.create(name)
    home = new_home(tmp_path / "home", receiver.http, store_url=server.url(name))
    rounds(home, 0)
    real = getattr(place, step)

    def stopped_once(*words: Any) -> Any:
        monkeypatch.undo()
        server.stop()
        server.start()
        return real(*words)

    monkeypatch.setattr(place, step, stopped_once)
    with pytest.raises(StoreError, match=rf"^postgresql://[^\n]*{name}[^\n]*: the store cannot be used \("):
        rounds(home, 1)
    one_round(home, 1, 1, BEGIN + STEP + timedelta(hours=1), unsaid)
    assert judged(receiver, 2) == (3, 0, 0, 0)
    with home.open_store() as store:
        assert list(Verification(store).damages()) == []


def test_a_server_that_is_not_there_is_one_sentence_and_exit_code_3(
    tmp_path: Path, capsys: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg")
    home = new_home(tmp_path / "home", 9)
    monkeypatch.setenv("PLEDGEWATCH_STORE_URL", "postgresql://heron:s3cr3t-CANARY@/watch?host=/nowhere")
    assert at_home(home.root, "status") == 3
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith(
        "pledgewatch: postgresql://heron:***@/watch?host=%2Fnowhere: the store cannot be used"
    )
    assert "CANARY" not in told.err


# --------------------------------------------------------------------------- nowhere to print


FULL_DEVICE = Path("/dev/full")


@pytest.mark.skipif(not FULL_DEVICE.exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    ("streams", "unbuffered"),
    [(("stdout",), True), (("stdout", "stderr"), False), (("stderr",), False)],
    ids=["output, at once", "output and errors, at the end", "errors"],
)
def test_what_was_checked_is_recorded_though_nothing_can_be_printed(
    tmp_path: Path, streams: tuple[str, ...], unbuffered: bool
) -> None:
    home = new_home(tmp_path / "home", 9)
    with FULL_DEVICE.open("wb") as full:
        to = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | dict.fromkeys(streams, full)
        command = [sys.executable, "-m", "app", "--home", str(home.root), "check", "--all"]
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        environ |= dict.fromkeys(["PYTHONUNBUFFERED"] * unbuffered, "1")
        done = subprocess.run(command, **to, env=environ, text=True, check=False)
    assert done.returncode == 1
    if "stderr" not in streams:
        assert done.stderr == (
            "pledgewatch: the output cannot be written (No space left on device); what was done is recorded\n"
        )
    with home.open_store() as store, store.read() as conn:
        last = checks.last(conn)
        assert last is not None and last.ended_at is not None
        assert last.counts["asked"] == 3
