"""Whatever was changed past the store's own functions is found and named, and nothing else is accused."""

import json
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.home import Home
from monitor.blobs import Blobs
from monitor.model import Access, Notice
from monitor.store import (
    Store,
    alerts,
    chain,
    checks,
    fetches,
    notices,
    open_store,
    readings,
    sqlite_url,
    tables,
)
from monitor.store.verify import Verification
from tests import tamperings
from tests.benchmarks import tampering
from tests.chained import must_hold
from tests.homes import Screen, at_home, home  # noqa: F401  a fixture
from tests.populated import populate
from tests.store_values import NOW, alert, failed, fetch, not_modified, reading

pytest_plugins = ["tests.postgres"]

ALERT = "a" * 64
CHANGED = "it was changed, or does not follow on the one before"
NOT_AS_RECORDED = "its content is not what was recorded"
TAKEN_OUT = "it was taken out: its newest link says that it is there"
NO_LINK = "it was inserted: it has no link"
ZEROS, FOREIGN = "0" * 64, "f" * 64


def record(store: Store) -> None:
    """Ten links: the reading of fetch 1 was made anew, and a delivery was taken back."""
    for hours, one in enumerate((fetch(), not_modified(1), failed(2))):
        with store.begin() as conn:  # links 1 and 2, 3 and 4, 5 and 6
            readings.record(conn, reading(fetches.record(conn, one).id, hours))
    with store.begin() as conn:
        readings.record(conn, reading(1, access=Access.WALL))  # 7
        alerts.add(conn, alert(), [alerts.NewDelivery("k", "desk", "mail", "a@example.org")])  # 8 and 9
    with store.begin() as conn:
        checks.start(conn, NOW)  # 10


def intrude(store: Store, *statements: str) -> None:
    """Past triggers and references, which stand again afterwards."""
    if store.engine.dialect.name == "sqlite":
        with tamperings.intruding(Path(store.place).parent) as db:
            for statement in statements:
                db.execute(statement)
        return
    with store.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            conn.execute(text(statement))


def found(store: Store) -> list[tuple[str, str]]:
    return [(damage.where, damage.what) for damage in Verification(store).of_chain()]


# --------------------------------------------------------------------------- what is whole


def test_a_new_store_is_whole(store: Store) -> None:
    verification = Verification(store, chain.ORIGIN)
    assert list(verification.damages()) == []
    assert (verification.links, verification.rows, verification.blobs) == (0, 0, 0)
    assert (verification.head, verification.known_link) == (None, 0)


def test_a_store_that_was_written_by_the_check_is_whole(store: Store) -> None:
    populate(store)
    store.blobs.put(b"left by a crash")
    verification = Verification(store)
    assert list(verification.damages()) == []
    with store.read() as conn:
        assert verification.head == chain.head(conn)
        assert verification.links == verification.head.id
        assert all(list(chain.rows(conn, kind)) for kind in chain.CHAINED)
    assert verification.unnamed_blobs == 1
    assert verification.blobs == len(list(store.blobs.all()))


def test_rows_of_an_older_program_are_whole_once_they_are_linked(store: Store) -> None:
    with store.begin() as conn:
        conn.execute(tables.fetches.insert(), {name: getattr(fetch(), name) for name in fetches._FACTS})
        chain.seal_unlinked(conn)
    assert found(store) == []


@pytest.mark.usefixtures("tampers")
def test_many_rows_are_walked_a_few_at_a_time(store: Store) -> None:
    with store.begin() as conn:
        for _ in range(2 * chain.TOGETHER + 1):
            checks.start(conn, NOW)
    intrude(
        store, "DELETE FROM checks WHERE id IN (500, 501)", "UPDATE checks SET remark = 'x' WHERE id = 1001"
    )
    verification = Verification(store)
    assert [damage.where for damage in verification.of_chain()] == ["checks 500", "checks 501", "checks 1001"]
    assert (verification.links, verification.rows) == (2 * chain.TOGETHER + 1, 2 * chain.TOGETHER - 1)


@pytest.mark.usefixtures("tampers")
def test_one_moment_is_verified_while_a_writer_goes_on(store: Store) -> None:
    record(store)
    intrude(store, "UPDATE links SET key = '2' WHERE id = 2")
    verification = Verification(store)
    walk = verification.of_chain()
    assert next(walk).where == "links 2"
    with store.begin() as conn:
        readings.record(conn, reading(3, access=Access.TIMEOUT))
        checks.start(conn, NOW)
    assert list(walk) == []
    assert verification.links == 10


# --------------------------------------------------------------------------- rows and links


@pytest.mark.usefixtures("tampers")
@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE fetches SET status = 201 WHERE id = 1"], [("fetches 1", NOT_AS_RECORDED)]),
        (["UPDATE fetches SET status = NULL WHERE id = 1"], [("fetches 1", NOT_AS_RECORDED)]),
        (["UPDATE fetches SET ended_at = started_at WHERE id = 2"], [("fetches 2", NOT_AS_RECORDED)]),
        (["UPDATE readings SET evidence = '[]' WHERE fetch_id = 3"], [("readings 3", NOT_AS_RECORDED)]),
        (["UPDATE readings SET access = 'nonsense' WHERE fetch_id = 3"], [("readings 3", NOT_AS_RECORDED)]),
        (["UPDATE alerts SET id = 'b'"], [(f"alerts {ALERT}", TAKEN_OUT), ("alerts b", NO_LINK)]),
        (["DELETE FROM checks"], [("checks 1", TAKEN_OUT)]),
        (["DELETE FROM readings WHERE fetch_id = 1"], [("readings 1", TAKEN_OUT)]),
        (
            ["INSERT INTO checks (id, started_at, counts) SELECT 7, started_at, counts FROM checks"],
            [("checks 7", NO_LINK)],
        ),
        (
            ["UPDATE readings SET fetch_id = fetch_id + 5 WHERE fetch_id < 3"],
            [
                ("readings 1", TAKEN_OUT),
                ("readings 2", TAKEN_OUT),
                ("readings 6", NO_LINK),
                ("readings 7", NO_LINK),
            ],
        ),
        ([f"UPDATE links SET content_sha256 = '{FOREIGN}' WHERE id = 2"], [("links 2", CHANGED)]),
        ([f"UPDATE links SET sha256 = '{FOREIGN}' WHERE id = 3"], [("links 3", CHANGED)]),
        ([f"UPDATE links SET sha256 = '{FOREIGN}' WHERE id = 10"], [("links 10", CHANGED)]),
        (["UPDATE links SET key = '2' WHERE id = 2"], [("links 2", CHANGED)]),
        (
            ["UPDATE links SET kind = 'fetchez' WHERE id = 1"],
            [("links 1", CHANGED), ("fetches 1", NO_LINK)],
        ),
        (
            [f"UPDATE links SET key = 'x', sha256 = '{FOREIGN}' WHERE id = 2"],
            [
                ("links 2", CHANGED),
                ("links 3", "nothing proves it: links 2 was changed"),
                ("readings x", TAKEN_OUT),
            ],
        ),
        (
            ["DELETE FROM links WHERE id = 2"],
            [("links 2", "it is missing, and nothing proves links 3 any more")],
        ),
        (
            ["DELETE FROM links WHERE id IN (2, 3)"],
            [
                ("links 2 to 3", "they are missing, and nothing proves links 4 any more"),
                ("fetches 2", NO_LINK),
            ],
        ),
        (["DELETE FROM links WHERE id = 10"], [("checks 1", NO_LINK)]),
        (
            [f"INSERT INTO links SELECT 0, kind, key, content_sha256, '{FOREIGN}' FROM links WHERE id = 10"],
            [("links 0", "it was inserted: the first link is 1")],
        ),
        (
            ["INSERT INTO links SELECT 11, kind, key, content_sha256, sha256 FROM links WHERE id = 10"],
            [("links 11", CHANGED)],
        ),
        (
            ["UPDATE links SET id = 99 WHERE id = 10"],
            [("links 10 to 98", "they are missing, and nothing proves links 99 any more")],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value[0], str) else "",
)
def test_what_was_tampered_with_is_named(
    store: Store, statements: Sequence[str], expected: list[tuple[str, str]]
) -> None:
    record(store)
    intrude(store, *statements)
    assert found(store) == expected


@pytest.mark.usefixtures("tampers")
def test_what_was_taken_out_and_put_back_is_named(store: Store) -> None:
    with store.begin() as conn:
        alerts.add(conn, alert(), [alerts.NewDelivery("early", "desk", "mail", "a@example.org")])
    intrude(store, "CREATE TABLE kept AS SELECT * FROM deliveries")
    with store.begin() as conn:
        chain.note(conn, tables.deliveries, 1)
        conn.execute(tables.deliveries.delete())
    assert found(store) == []
    intrude(store, "INSERT INTO deliveries SELECT * FROM kept")
    assert found(store) == [("deliveries 1", "it was put back: its newest link says that it was taken out")]


def test_a_row_that_holds_what_its_newest_link_says_gets_no_other(store: Store) -> None:
    record(store)
    for _ in range(2):
        with store.begin() as conn:
            readings.record(conn, reading(1, access=Access.WALL))
            chain.note(conn, tables.holds, "never there")
    with store.read() as conn:
        head = chain.head(conn)
    assert head is not None and head.id == 10


@pytest.mark.usefixtures("tampers")
def test_the_fixture_finds_who_forgets_to_note(store: Store) -> None:
    record(store)
    with store.begin() as conn:
        conn.execute(tables.checks.update().values(remark="nobody noted this"))
    with pytest.raises(AssertionError, match="checks 1: its content is not what was recorded"):
        must_hold(store)


# --------------------------------------------------------------------------- a head that was kept elsewhere


def written_anew(store: Store) -> list[str]:
    """What an intruder needs who knows how the chain is made."""
    with store.read() as conn:
        linked = [
            chain.Link(**row._mapping)
            for row in conn.execute(select(tables.links).order_by(tables.links.c.id))
        ]
        contents = {
            kind: {row.key: row.content_sha256 for row in chain.rows(conn, kind)} for kind in chain.CHAINED
        }
    before, statements = chain.ORIGIN, []
    for one in linked:
        content = contents[one.kind].get(one.key, one.content_sha256)
        before = chain.following(before, one.kind, one.key, content)
        statements.append(
            f"UPDATE links SET content_sha256 = '{content}', sha256 = '{before}' WHERE id = {one.id}"
        )
    return statements


@pytest.mark.usefixtures("tampers")
def test_a_chain_that_was_written_anew_lacks_the_head_that_was_kept(store: Store) -> None:
    record(store)
    with store.read() as conn:
        kept = chain.head(conn)
    assert kept is not None
    with store.begin() as conn:
        notices.add(conn, Notice("n", NOW, "outage", "Nothing could be reached.", ()), [])
    verification = Verification(store, kept.sha256)
    assert list(verification.of_chain()) == []
    assert verification.known_link == kept.id == 10
    assert verification.links == 11

    intrude(store, "UPDATE fetches SET status = 404 WHERE id = 1")
    intrude(store, *written_anew(store))
    assert found(store) == []
    [damage] = Verification(store, kept.sha256).of_chain()
    assert damage.where == f"head {kept.sha256}"


# --------------------------------------------------------------------------- the database


@pytest.mark.usefixtures("tampers")
@pytest.mark.parametrize("table", ["fetches", "links"])
@pytest.mark.parametrize("name", ["never_change", "never_go"])
def test_a_trigger_that_was_dropped_is_named(store: Store, table: str, name: str) -> None:
    on = f" ON {table}" if store.engine.dialect.name == "postgresql" else ""
    with store.begin() as conn:
        conn.execute(text(f"DROP TRIGGER {table}_{name}{on}"))
    assert list(map(str, Verification(store).damages())) == [f"trigger {table}_{name}: it is missing"]


@pytest.mark.usefixtures("tampers")
def test_a_trigger_that_does_nothing_is_named(store: Store) -> None:
    is_sqlite = store.engine.dialect.name == "sqlite"
    with store.begin() as conn:
        if is_sqlite:
            conn.execute(text("DROP TRIGGER links_never_go"))
            conn.execute(text("CREATE TRIGGER links_never_go BEFORE DELETE ON links BEGIN SELECT 1; END"))
        else:
            conn.execute(text("ALTER TABLE links DISABLE TRIGGER links_never_go"))
    assert list(map(str, Verification(store).damages())) == ["trigger links_never_go: it was changed"]


def test_a_trigger_that_is_none_of_ours_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with store.begin() as conn:
            conn.execute(text("CREATE TRIGGER x BEFORE INSERT ON links BEGIN SELECT 1; END"))
        [damage] = Verification(store).damages()
    assert damage.where == "trigger x"


def opened(folder: Path) -> Store:
    return open_store(sqlite_url(folder / "pledgewatch.db"), Blobs(folder / "blobs"))


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ("sent_at DATETIME", "sent_at DATEVIME", "column deliveries.sent_at"),
        ("recipient TEXT NOT NULL", "recipient TEXT FOT NULL", "column deliveries.recipient"),
        (
            "(digest_id) REFERENCES notices",
            "(digest_id) REFERENCES notises",
            "reference deliveries.digest_id",
        ),
        (' UNIQUE ("key")', ' UNIQUE ("key", route)', "index deliveries key"),
    ],
)
def test_a_table_that_is_not_ours_any_more_is_named(
    tmp_path: Path, was: str, becomes: str, where: str
) -> None:
    with opened(tmp_path) as store:
        record(store)
    with closing(sqlite3.connect(tmp_path / "pledgewatch.db")) as db, db:
        db.execute("PRAGMA writable_schema = ON")
        changed = db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'deliveries'", (was, becomes)
        )
        assert changed.rowcount == 1
    with opened(tmp_path) as store:
        assert where in {damage.where for damage in Verification(store).damages()}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("CAST(x'f09f' AS TEXT)", id="no UTF-8"),
        pytest.param("CAST(remark AS BLOB)", id="the same bytes, but no text"),
        pytest.param("remark || char(0)", id="a byte that is not shown"),
        pytest.param("7", id="a number"),
    ],
)
def test_text_that_is_other_text_is_named(tmp_path: Path, value: str) -> None:
    with opened(tmp_path) as store:
        record(store)
        intrude(store, f"UPDATE checks SET remark = {value}")
        assert found(store) == [("checks 1", NOT_AS_RECORDED)]


@pytest.mark.parametrize(
    "value", ["2026-03-01T06:00:00Z", "2026-03-01T06:00:00.000000", "2026-03-01 06:00:00,000000", "when"]
)
def test_a_time_in_other_letters_is_named(tmp_path: Path, value: str) -> None:
    with opened(tmp_path) as store:
        record(store)
        intrude(store, f"UPDATE checks SET started_at = '{value}'")
        assert found(store) == [("checks 1", NOT_AS_RECORDED)]


def test_a_reference_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        record(store)
        intrude(store, "DELETE FROM fetches WHERE id = 2")
        told = [
            str(damage) for damage in Verification(store).damages() if damage.where.startswith("readings")
        ]
    assert told == ["readings, row 2: it refers to a row of fetches that is not there"]


# --------------------------------------------------------------------------- bodies


@pytest.mark.usefixtures("tampers")
def test_each_body_is_read_again(store: Store) -> None:
    populate(store)
    first, second, *_ = sorted(
        (store.blobs.path(sha256) for sha256 in store.blobs.all()), key=lambda path: path.name
    )
    first.write_bytes(first.read_bytes()[:-1])
    second.unlink()
    one, other = Verification(store).damages()
    assert str(one) == f"{first}: blob is damaged, its bytes are not its name's: restore it from a backup"
    assert re.fullmatch(rf"{second}: it is missing: (fetches|hosts) \S+ names it", str(other))


@pytest.mark.parametrize("sentence", ["picture", "robots"])
def test_pictures_and_robots_txt_are_bodies_too(store: Store, sentence: str) -> None:
    populate(store)
    with store.read() as conn:
        last = fetches.get(
            conn, conn.scalar(select(tables.fetches.c.id).order_by(tables.fetches.c.id.desc()).limit(1))
        )
    gone = store.blobs.path(last.screenshot_sha256 if sentence == "picture" else last.robots.sha256)
    gone.unlink()
    [damage] = Verification(store).damages()
    assert damage.where == str(gone)


# --------------------------------------------------------------------------- tamperings at random


def test_no_tampering_is_missed(tmp_path: Path) -> None:
    trials = tampering.run(tmp_path, 60, seed=5)
    assert {trial.kind for trial in trials} == set(tamperings.KINDS)
    assert [trial for trial in trials if trial.outcome == tampering.MISSED or not trial.is_named] == []


# --------------------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("populated")
    with opened(folder) as store:
        populate(store)
    return folder


@pytest.fixture
def recorded(home: Path, populated: Path) -> Path:  # noqa: F811
    return Path(shutil.copytree(populated, home, dirs_exist_ok=True))


def head_of(recorded: Path) -> chain.Link:
    with Home(recorded, recorded / "config").open_store() as store, store.read() as conn:
        head = chain.head(conn)
    assert head is not None
    return head


def test_the_command_tells_that_all_is_whole(recorded: Path, capsys: Screen) -> None:
    head = head_of(recorded)
    assert at_home(recorded, "verify-store", "--head", head.sha256.upper()) == 0
    told = capsys.readouterr().out
    assert re.search(rf"^Verified +{head.id} links, \d+ rows, \d+ blobs$", told, re.MULTILINE)
    assert re.search(rf"^Head +{head.sha256}, link {head.id}$", told, re.MULTILINE)
    assert re.search(rf"^Known head +it is link {head.id}; 0 came after it$", told, re.MULTILINE)
    assert told.endswith("Intact.\n")


def test_the_command_names_each_damage(recorded: Path, capsys: Screen) -> None:
    with tamperings.intruding(recorded) as db:
        db.execute("UPDATE fetches SET status = 404 WHERE id = 1")
    assert at_home(recorded, "verify-store") == 1
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == ["fetches 1: its content is not what was recorded", "Not intact: 1 found."]


def test_the_command_speaks_json(recorded: Path, capsys: Screen) -> None:
    blobs = Blobs(recorded / "blobs")
    gone = blobs.path(next(blobs.all()))
    gone.unlink()
    blobs.put(b"left by a crash")
    assert at_home(recorded, "verify-store", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    head = head_of(recorded)
    [damage] = told["damages"]
    assert told["schema"] == "pledgewatch.verify/1"
    assert (told["intact"], told["known_head"], told["unnamed_blobs"]) == (False, None, 1)
    assert told["head"] == {"link": head.id, "sha256": head.sha256}
    assert told["verified"]["links"] == head.id
    assert damage["where"] == str(gone)


@pytest.mark.parametrize("head", ["", "abc", "g" * 64])
def test_what_is_no_head_is_refused(recorded: Path, capsys: Screen, head: str) -> None:
    assert at_home(recorded, "verify-store", "--head", head) == 2
    assert "is no head" in capsys.readouterr().err


def test_a_head_of_another_chain_is_told(recorded: Path, capsys: Screen) -> None:
    assert at_home(recorded, "verify-store", "--head", FOREIGN) == 1
    assert f"head {FOREIGN}: no link has this SHA-256" in capsys.readouterr().out


def test_a_store_that_is_not_there_is_not_whole(home: Path, capsys: Screen) -> None:  # noqa: F811
    (home / "pledgewatch.db").unlink(missing_ok=True)
    assert at_home(home, "verify-store") == 3
    assert "is not there" in capsys.readouterr().err
    assert not (home / "pledgewatch.db").exists()


def test_a_file_that_is_no_database_is_another_thing(recorded: Path, capsys: Screen) -> None:
    (recorded / "pledgewatch.db").write_bytes(b"no database at all, but long enough to look like one" * 99)
    assert at_home(recorded, "verify-store") == 3
    assert "not a database" in capsys.readouterr().err


@pytest.mark.parametrize("letter", [b"!", b"\xe9"], ids=["ASCII", "no UTF-8"])
def test_tables_that_cannot_be_made_out_are_another_thing(
    recorded: Path, capsys: Screen, letter: bytes
) -> None:
    file = recorded / "pledgewatch.db"
    kept = file.read_bytes()
    file.write_bytes(kept.replace(b"CREATE TABLE holds (", b"CR" + letter + b"ATE TABLE holds ("))
    assert at_home(recorded, "verify-store") == 3
    assert "the store is damaged: restore it from a backup" in capsys.readouterr().err
