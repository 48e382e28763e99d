"""pledgewatch import-snapshots: captures of others, told in the order of their dates, and never sent."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.home import Home
from app.unread import unread_pages, unreadable
from monitor.model import Sighting
from monitor.store import alerts, fetches, findings, readings
from tests.homes import Screen, at_home, declared, home
from tests.shared import SHARED, WHY_NOT
from tests.store_values import fetch, reading, tracked

__all__ = ["home"]  # the fixture

URL = "https://heron.example/pledge"
STANDING = "We will not sell facial recognition technology to police departments."
HEDGED = "We do not currently sell general-purpose facial recognition technology to police departments."


def page_of(*sentences: str) -> bytes:
    """A page about many things, with these sentences in the middle."""
    around = [f"Paragraph {number} of our policy speaks of another matter." for number in range(12)]
    words = [*around[:6], *sentences, *around[6:]]
    return ("<h1>Our policy</h1>" + "".join(f"<p>{one}</p>" for one in words)).encode()


HISTORY = (
    ("20250103T000000Z", page_of(STANDING)),
    ("20250101T000000Z", page_of(STANDING)),
    ("20250105T000000Z", page_of(HEDGED)),
    ("20250104T000000Z", b""),
    ("20250106T000000Z", page_of(HEDGED)),
)


def captures(
    folder: Path,
    history: Sequence[tuple[str, bytes]] = HISTORY,
    page: str = "pledge",
    select: str | None = None,
) -> Path:
    """A folder of captures with its manifest, in the order given."""
    folder.mkdir(exist_ok=True)
    manifest = []
    for stamp, body in history:
        (folder / f"{page}-{stamp}.html").write_bytes(body)
        entry = {"organization": "heron", "page": page, "captured_at": stamp, "url": URL, "select": select}
        facts = {"file": f"{page}-{stamp}.html", "sha256": sha256(body).hexdigest(), "bytes": len(body)}
        manifest.append(entry | facts)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def pages_of(folder: Path, **histories: Sequence[tuple[str, bytes]]) -> Path:
    """The same for several pages of one organization, by their names."""
    manifest = []
    for page, history in histories.items():
        captures(folder, history, page)
        manifest += json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def imported(home: Path, folder: Path, capsys: Screen, code: int) -> Any:
    capsys.readouterr()
    assert at_home(home, "import-snapshots", folder, "--json") == code
    return json.loads(capsys.readouterr().out)


# --------------------------------------------------------------------------- the timeline


def test_captures_are_assessed_in_the_order_of_their_dates(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    told = imported(home, captures(tmp_path / "captures"), capsys, 1)
    assert told["schema"] == "pledgewatch.import/1"
    assert told["captures"] == {"new": 5, "known": 0, "late": 0}
    (page,) = told["pages"]
    assert page["page"] == "heron/pledge"
    assert [one["at"] for one in page["texts"]] == ["2025-01-01T00:00:00Z", "2025-01-05T00:00:00Z"]
    assert [one["at"] for one in page["not_readable"]] == ["2025-01-04T00:00:00Z"]
    assert sum(page["readings"].values()) == 5


def test_a_change_is_told_with_its_quotes_and_raised_once_it_is_believed(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    told = imported(home, captures(tmp_path / "captures"), capsys, 1)
    (page,) = told["pages"]
    assert page["changes"]
    for change in page["changes"]:
        assert (change["first_seen_at"], change["state"]) == ("2025-01-05T00:00:00Z", "confirmed")
        assert change["confirmed_at"] == "2025-01-06T00:00:00Z"
        assert change["finding"]["before_quote"] == STANDING
        assert change["finding"]["after_quote"] == HEDGED
    (alert,) = told["alerts"]
    assert alert["direction"] == "weaker"
    assert alert["raised_at"] == "2025-01-06T00:00:00Z"


BEFORE = ("20250101T080000Z", "20250203T080000Z")
AFTER = ("20250305T080000Z", "20250407T080000Z", "20250509T080000Z")
LATER = ("20250305T210000Z", "20250407T210000Z", "20250509T210000Z")  #: on the same days
ELSEWHERE = "You may not use our service to recognise emotions."
BIRDS = "We count the birds on our roof every year."
BOTH = (ELSEWHERE, STANDING)


def stood(days: Sequence[str], *sentences: str) -> list[tuple[str, bytes]]:
    return [(day, page_of(*sentences)) for day in days]


@pytest.mark.parametrize(
    ("policy", "days", "stood_there", "stands_there", "told"),
    [
        ("policy", LATER, (ELSEWHERE,), BOTH, ("relocated", "neutral")),
        ("a-policy", AFTER, (ELSEWHERE,), BOTH, ("relocated", "neutral")),
        ("policy", AFTER, BOTH, BOTH, ("relocated", "unclear")),
        ("policy", AFTER, (ELSEWHERE,), (ELSEWHERE,), ("withdrawn", "weaker")),
        ("policy", LATER, BOTH, (ELSEWHERE,), ("withdrawn", "weaker")),
    ],
)
def test_words_that_left_a_page_are_looked_for_on_the_others_as_they_were_on_that_day(
    home: Path,
    tmp_path: Path,
    capsys: Screen,
    policy: str,
    days: tuple[str, ...],
    stood_there: tuple[str, ...],
    stands_there: tuple[str, ...],
    told: tuple[str, str],
) -> None:
    histories = {
        "pledge": [*stood(BEFORE, STANDING, BIRDS), *stood(AFTER, BIRDS)],
        policy: [*stood(BEFORE, *stood_there), *stood(days, *stands_there)],
    }
    pages = imported(home, pages_of(tmp_path / "captures", **histories), capsys, 0)["pages"]
    (changes,) = [one["changes"] for one in pages if one["page"] == "heron/pledge"]
    (found,) = [one["finding"] for one in changes]
    assert (found["kind"], found["direction"]) == told


def test_people_read_a_timeline(home: Path, tmp_path: Path, capsys: Screen) -> None:
    assert at_home(home, "import-snapshots", captures(tmp_path / "captures")) == 1
    lines = capsys.readouterr().out.splitlines()
    days = [line[2:12] for line in lines if line.startswith("  2025-")]
    assert days == sorted(days)
    assert days[0] == "2025-01-01"
    told = "\n".join(lines)
    assert f"- {STANDING}" in told
    assert f"+ {HEDGED}" in told
    assert "not readable: empty" in told
    assert "ALERT WEAKER heron's policy page changed " in told
    assert lines[-1] == "Captures: 5 new. Alerts: 1 (kept, not sent)."


def test_everything_readable_is_exit_code_0(home: Path, tmp_path: Path, capsys: Screen) -> None:
    told = imported(home, captures(tmp_path / "captures", HISTORY[:2]), capsys, 0)
    assert told["alerts"] == []


# --------------------------------------------------------------------------- what is kept


def test_bodies_are_kept_byte_for_byte_as_mementos(home: Path, tmp_path: Path, capsys: Screen) -> None:
    imported(home, captures(tmp_path / "captures"), capsys, 1)
    with Home(home, home / "config").open_store() as store, store.read() as conn:
        kept = [fetches.get(conn, reading.fetch_id) for reading in readings.of_page(conn, "heron/pledge")]
        for (stamp, body), one in zip(sorted(HISTORY), kept, strict=True):
            assert f"{one.started_at:%Y%m%dT%H%M%SZ}" == stamp
            assert one.archive_url
            assert store.blobs.get(one.body_sha256) == body


def test_nothing_is_ever_sent(home: Path, tmp_path: Path, capsys: Screen) -> None:
    imported(home, captures(tmp_path / "captures"), capsys, 1)
    with Home(home, home / "config").open_store() as store, store.read() as conn:
        assert len(alerts.all(conn)) == 1
        assert alerts.waiting(conn) == []


def test_a_second_import_finds_everything_known_and_tells_the_same(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    folder = captures(tmp_path / "captures")
    first = imported(home, folder, capsys, 1)
    second = imported(home, folder, capsys, 1)
    assert second["captures"] == {"new": 0, "known": 5, "late": 0}
    assert second | {"captures": 0} == first | {"captures": 0}


def test_an_import_goes_on_where_it_was_stopped(home: Path, tmp_path: Path, capsys: Screen) -> None:
    """Recorded and not read: as a kill between the two leaves it."""
    folder = captures(tmp_path / "captures")
    whole = imported(home, folder, capsys, 1)
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        for table in ("readings", "findings", "baselines", "deliveries", "alerts"):
            conn.exec_driver_sql(f"DELETE FROM {table}")
    again = imported(home, folder, capsys, 1)
    assert again["captures"] == {"new": 0, "known": 5, "late": 0}
    assert again["pages"] == whole["pages"]
    assert [one["id"] for one in again["alerts"]] == [one["id"] for one in whole["alerts"]]


def test_later_captures_go_on_from_what_is_believed(home: Path, tmp_path: Path, capsys: Screen) -> None:
    early, late = sorted(HISTORY)[:2], sorted(HISTORY)[3:]
    imported(home, captures(tmp_path / "early", early), capsys, 0)
    told = imported(home, captures(tmp_path / "late", late), capsys, 0)
    assert [one["direction"] for one in told["alerts"]] == ["weaker"]


def test_what_is_older_than_what_was_read_is_left_out(home: Path, tmp_path: Path, capsys: Screen) -> None:
    """A past that is told after the present would look like a change."""
    imported(home, captures(tmp_path / "late", sorted(HISTORY)[3:]), capsys, 0)
    told = imported(home, captures(tmp_path / "early", sorted(HISTORY)[:2]), capsys, 0)
    assert told["captures"] == {"new": 0, "known": 0, "late": 2}
    assert told["alerts"] == []
    with Home(home, home / "config").open_store() as store, store.read() as conn:
        assert findings.all_pending(conn) == []


@pytest.mark.parametrize(
    ("captured", "why", "since"),
    [
        (3, "heron/pledge: it came without any text in the newest capture, of 2025-01-04", "2025-01-04"),
        (4, "heron/pledge: what was read last has not been looked through", ""),
    ],
)
def test_a_page_that_was_gone_when_it_was_captured_last_is_not_known(
    home: Path, tmp_path: Path, capsys: Screen, captured: int, why: str, since: str
) -> None:
    declared(home, "heron").write_text(
        f'name = "Heron Systems"\nkind = "vendor"\n[pages.pledge]\nurl = "{URL}"\nrole = "pledge"\n'
    )
    imported(home, captures(tmp_path / "captures", sorted(HISTORY)[:captured]), capsys, 1)
    watching = Home(home, home / "config")
    heron = watching.watchlist.organization("heron")
    with watching.open_store() as store, store.read() as conn:
        found = unread_pages(conn, watching, heron, datetime(2025, 1, 5, 9, tzinfo=UTC))
        last = unreadable(conn, ["heron/pledge"])
    assert found == {"heron/pledge": why}
    assert [f"{began:%Y-%m-%d}" for _, began in last.values()] == ([since] if since else [])


# --------------------------------------------------------------------------- selectors of the manifest


def test_a_selector_that_fits_no_capture_is_left_out_and_said(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    folder = captures(tmp_path / "captures", select="main > \u202earticle")
    (page,) = imported(home, folder, capsys, 1)["pages"]
    assert page["selectors_left_out"] == ["main > \u202earticle"]
    assert len(page["texts"]) == 2
    assert [one["access"] for one in page["not_readable"]] == ["empty"]
    at_home(home, "import-snapshots", folder)
    said = '  the selector "main > ⟨U+202E⟩article" fits none of the captures, so the whole page is read'
    assert said in capsys.readouterr().out.splitlines()


def test_a_selector_that_fits_one_capture_holds_for_all(home: Path, tmp_path: Path, capsys: Screen) -> None:
    inside = b"<main>" + page_of(STANDING) + b"</main>"
    history = [("20250101T000000Z", inside), ("20250102T000000Z", page_of(STANDING))]
    (page,) = imported(home, captures(tmp_path / "captures", history, select="main"), capsys, 1)["pages"]
    assert page["selectors_left_out"] == []
    assert [one["at"] for one in page["not_readable"]] == ["2025-01-02T00:00:00Z"]


def test_a_selector_is_kept_where_no_capture_has_a_text(home: Path, tmp_path: Path, capsys: Screen) -> None:
    history = [("20250101T000000Z", b"<main></main>"), ("20250102T000000Z", b" ")]
    (page,) = imported(home, captures(tmp_path / "captures", history, select="main"), capsys, 1)["pages"]
    assert page["selectors_left_out"] == []


def test_the_selectors_of_our_watchlist_are_never_left_out(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    declared(home, "heron").write_text(
        'name = "Heron Systems"\nkind = "vendor"\n'
        f'[pages.pledge]\nurl = "{URL}"\nrole = "pledge"\nselect = ["article"]\n'
    )
    folder = captures(tmp_path / "captures", HISTORY[:2], select="aside")
    (page,) = imported(home, folder, capsys, 1)["pages"]
    assert page["selectors_left_out"] == []
    assert len(page["not_readable"]) == 2


# --------------------------------------------------------------------------- beside the watchlist


def test_the_watchlist_says_how_a_page_is_read(home: Path, tmp_path: Path, capsys: Screen) -> None:
    declared(home, "heron").write_text(
        'name = "Heron Systems"\nkind = "vendor"\n'
        f'[pages.pledge]\nurl = "{URL}"\nrole = "pledge"\nmin_words = 100000\n'
    )
    told = imported(home, captures(tmp_path / "captures", HISTORY[:2]), capsys, 1)
    assert told["pages"][0]["readings"] == {"partial": 2}


def test_our_own_unread_fetches_are_left_to_a_check(home: Path, tmp_path: Path, capsys: Screen) -> None:
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        fetches.record(conn, fetch(page_id="heron/pledge"))
    assert at_home(home, "import-snapshots", captures(tmp_path / "captures")) == 2
    assert "run `pledgewatch check`, then import again" in capsys.readouterr().err


def test_a_change_that_our_own_fetch_showed_is_left_to_a_check(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        own = fetches.record(conn, fetch(page_id="heron/pledge"))
        readings.record(conn, reading(own.id, page_id="heron/pledge"))
        findings.save(conn, "heron/pledge", [tracked(own.id)])
    assert at_home(home, "import-snapshots", captures(tmp_path / "captures")) == 2
    assert capsys.readouterr().err == (
        "pledgewatch: heron/pledge has a change that waits to be confirmed, and an import would never "
        "send it: run `pledgewatch check` until it is settled, then import again.\n"
    )
    with Home(home, home / "config").open_store() as store, store.read() as conn:
        assert len(readings.of_page(conn, "heron/pledge")) == 1
        assert fetches.unread(conn, "heron/pledge") == []


def test_a_change_that_a_capture_showed_and_our_own_fetch_too_is_left_to_a_check(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    imported(home, captures(tmp_path / "early", sorted(HISTORY)[:4]), capsys, 1)
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        own = fetches.record(conn, fetch(page_id="heron/pledge"))
        readings.record(conn, reading(own.id, page_id="heron/pledge"))
    assert at_home(home, "import-snapshots", captures(tmp_path / "late", sorted(HISTORY)[4:])) == 2
    assert "waits to be confirmed" in capsys.readouterr().err


@pytest.mark.parametrize("state", [Sighting.CONFIRMED, Sighting.VARIANT])
def test_a_settled_change_is_no_hindrance(
    home: Path, tmp_path: Path, capsys: Screen, state: Sighting
) -> None:
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        own = fetches.record(conn, fetch(page_id="heron/pledge"))
        readings.record(conn, reading(own.id, page_id="heron/pledge"))
        findings.save(conn, "heron/pledge", [tracked(own.id, state=state)])
    assert imported(home, captures(tmp_path / "captures"), capsys, 0)["captures"]["late"] == 5


def test_a_change_that_only_captures_showed_is_confirmed_by_the_next_one(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    imported(home, captures(tmp_path / "early", sorted(HISTORY)[:4]), capsys, 1)
    told = imported(home, captures(tmp_path / "late", sorted(HISTORY)[4:]), capsys, 0)
    assert [one["direction"] for one in told["alerts"]] == ["weaker"]


# --------------------------------------------------------------------------- trouble


@pytest.mark.parametrize("spoil", ["manifest", "body", "nothing there"])
def test_a_folder_that_cannot_be_used_changes_nothing(
    home: Path, tmp_path: Path, capsys: Screen, spoil: str
) -> None:
    folder = captures(tmp_path / "captures")
    if spoil == "manifest":
        (folder / "manifest.json").write_text("[{]")
    elif spoil == "body":
        (folder / "pledge-20250105T000000Z.html").write_bytes(b"other bytes")
    else:
        (folder / "manifest.json").unlink()
    assert at_home(home, "import-snapshots", folder) == 2
    told = capsys.readouterr()
    assert str(folder) in told.err
    assert len(told.err.strip().splitlines()) == 1
    with Home(home, home / "config").open_store() as store, store.read() as conn:
        assert fetches.unread(conn, "heron/pledge") == []
        assert readings.of_page(conn, "heron/pledge") == []


# --------------------------------------------------------------------------- real captures


@pytest.mark.skipif(not (SHARED / "timelapse" / "manifest.json").exists(), reason=WHY_NOT)
def test_every_real_capture_becomes_a_reading(home: Path, capsys: Screen) -> None:
    manifest = json.loads((SHARED / "timelapse" / "manifest.json").read_text())
    told = imported(home, SHARED / "timelapse", capsys, 1)
    assert told["captures"] == {"new": len(manifest), "known": 0, "late": 0}
    assert sum(sum(page["readings"].values()) for page in told["pages"]) == len(manifest)
    left_out = {page["page"]: page["readings"] for page in told["pages"] if page["selectors_left_out"]}
    assert left_out == {"grok/privacy-policy": {"ok": 11}}
