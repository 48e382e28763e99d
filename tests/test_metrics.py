"""Metrics, parsed back with Prometheus' own parser; and the alert rules that are built on them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.home import SHIPPED_CONFIG, Home
from app.metrics import BLOCKED, NEVER, BlobBytes, metrics_text, tree_bytes
from monitor.model import Access, Reading
from monitor.store import Store, alerts, chain, checks, fetches, findings, holds, pages, readings
from monitor.store.alerts import NewDelivery
from tests.homes import Screen, at_home, declared, home
from tests.store_values import HOUR, NOW, PLEDGE, TERMS, alert, fetch, page, tracked

pytest_plugins = ["tests.postgres"]
__all__ = ["home"]  # the fixture

RULES = SHIPPED_CONFIG / "supervision" / "prometheus-rules.yml"
HERON = """
name = "Heron Systems"
kind = "vendor"
[pages.terms]
url = "https://heron.example/secret-path"
role = "terms"
[pages.pledge]
url = "https://heron.example/pledge"
role = "pledge"
[pages.new]
url = "https://heron.example/new"
role = "policy"
"""
Sample = tuple[str, frozenset[tuple[str, str]]]


@pytest.fixture(params=["sqlite", "postgresql"])
def watch(request: pytest.FixtureRequest, home: Path) -> Home:
    """A home that watches three pages, with its store on each database."""
    declared(home, "heron").write_text(HERON)
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    return Home(home, home / "config", url)


def fill(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page(), page(PLEDGE), page("heron/new")], NOW + 100 * HOUR)
        pages.set_next_due(conn, PLEDGE, NOW)
        checks.finish(conn, checks.start(conn, NOW), NOW + HOUR, {"read": 1})
        checks.finish(conn, checks.start(conn, NOW + 2 * HOUR), NOW + 3 * HOUR, {}, "An outage of ours.")
        checks.start(conn, NOW + 4 * HOUR)
        good = fetches.record(conn, fetch()).id
        wall = fetches.record(conn, fetch(1, page_id=PLEDGE, status=403)).id
        readings.record(conn, Reading(good, TERMS, NOW, Access.OK, words=812))
        readings.record(conn, Reading(wall, PLEDGE, NOW + HOUR, Access.WALL, ("a wall",)))
        findings.save(conn, TERMS, [tracked(good)])
        addressed = [NewDelivery(name, "team", "mail", f"{name}@example.org") for name in "abc"]
        alerts.add(conn, alert(), addressed)
        first, second, _ = alerts.waiting(conn)
        alerts.mark_sent(conn, first.id, NOW)
        alerts.mark_failed(conn, second.id, NOW, None, "410")
        alerts.add(conn, alert("d" * 64, -9), [NewDelivery("held", "team", "mail", "d@example.org")])
        holds.hold(conn, holds.Hold("d" * 64, NOW, "much at once"))


def samples(text: str) -> dict[Sample, float]:
    return {
        (sample.name.removeprefix("pledgewatch_"), frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def plain(found: dict[Sample, float]) -> dict[str, float]:
    return {name: value for (name, labels), value in found.items() if not labels}


@pytest.fixture
def told(watch: Home) -> Iterator[dict[Sample, float]]:
    with watch.open_store() as store:
        fill(store)
    yield samples(metrics_text(watch, NOW + 5 * HOUR))


def test_what_the_store_knows_is_told(told: dict[Sample, float], watch: Home) -> None:
    found = plain(told)
    with watch.open_store() as store, store.read() as conn:
        head = chain.head(conn)
    expected = {
        "last_check_timestamp_seconds": (NOW + 4 * HOUR).timestamp(),
        "last_good_check_timestamp_seconds": (NOW + HOUR).timestamp(),
        "blocked_ratio": 1 / 3,
        "pages_due": 1,
        "pages_overdue_seconds": 5 * 3600,
        "findings_pending": 1,
        "alerts_raised_total": 2,
        "alerts_held": 1,
        "outbox_parked": 1,
        "outbox_oldest_seconds": 5 * 3600,
        "canary_last_delivered_timestamp_seconds": 0,
        "canary_overdue": 0,
        "chain_length": head.id if head else 0,
        "blob_bytes": 0,
    }
    assert {name: found[name] for name in expected} == expected
    assert found["database_bytes"] > 50_000
    assert found["disk_free_bytes"] > 0


@pytest.mark.parametrize(
    ("family", "label", "counts"),
    [
        ("pages", "access", {"ok": 1, "wall": 1, NEVER: 1, "gone": 0}),
        ("deliveries", "state", {"sent": 1, "parked": 1, "waiting": 2}),
    ],
)
def test_counts_by_state(
    told: dict[Sample, float], family: str, label: str, counts: dict[str, float]
) -> None:
    found = {dict(labels)[label]: value for (name, labels), value in told.items() if name == family}
    assert {state: found[state] for state in counts} == counts
    assert sum(found.values()) == sum(counts.values())


def test_every_access_state_has_its_series_from_the_start(told: dict[Sample, float]) -> None:
    states = {dict(labels)["access"] for name, labels in told if name == "pages"}
    assert states == {*map(str, Access), NEVER}
    assert all(not state.is_reading for state in BLOCKED)


def test_labels_hold_no_address_and_no_name(told: dict[Sample, float]) -> None:
    labels = {value for _, pairs in told for pair in pairs for value in pair}
    assert not [label for label in labels if "@" in label or "/" in label or "heron" in label]


def test_an_empty_store_has_zeros(watch: Home) -> None:
    found = samples(metrics_text(watch, NOW))
    assert found["pages", frozenset({("access", NEVER)})] == 3
    some = ("last_check_timestamp_seconds", "outbox_oldest_seconds", "chain_length", "blocked_ratio")
    assert [plain(found)[name] for name in some] == [0, 0, 0, 0]


def test_the_command_prints_them(home: Path, capsys: Screen) -> None:
    declared(home, "heron").write_text(HERON)
    assert at_home(home, "metrics") == 0
    found = samples(capsys.readouterr().out)
    assert found["pages", frozenset({("access", NEVER)})] == 3


def test_files_are_measured_once_an_hour(tmp_path: Path) -> None:
    blobs = BlobBytes(tmp_path)
    assert blobs.at(NOW) == 0
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "file").write_bytes(b"x" * 700)
    assert [blobs.at(NOW + HOUR), blobs.at(NOW + HOUR + timedelta(seconds=1))] == [0, 700]
    assert tree_bytes(tmp_path / "missing") == 0


# --------------------------------------------------------------------------- the rules


def rules() -> list[dict[str, str]]:
    """Name, expression, duration and the rest of each rule; a line that is not understood is refused."""
    found: list[dict[str, str]] = []
    for number, line in enumerate(RULES.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        form = re.fullmatch(r"""( *)(- )?(\w+):(?: (?:'([^']*)'|"([^"\\]*)"|([\w-]+)))?""", line)
        assert form, f"line {number}: {line}"
        value = next((each for each in form.groups()[3:] if each is not None), "")
        if form[2] and form[3] == "alert":
            found.append({})
        if found:
            depth = len(form[1]) + len(form[2] or "")
            assert depth == (10 if form[3] in ("severity", "summary") else 8), f"line {number}: {line}"
            assert form[3] not in found[-1], f"line {number}: {form[3]} twice"
            found[-1][form[3]] = value
    return found


def test_every_rule_is_whole() -> None:
    found = rules()
    assert len(found) == len({rule["alert"] for rule in found}) >= 6
    for rule in found:
        assert set(rule) == {"alert", "expr", "for", "labels", "severity", "annotations", "summary"}, rule
        assert re.fullmatch(r"\d+[mhd]", rule["for"])
        assert rule["severity"] in ("warning", "critical")
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_every_metric_that_a_rule_names_exists(told: dict[Sample, float]) -> None:
    known = {f"pledgewatch_{name}" for name, _ in told}
    named = {name for rule in rules() for name in re.findall(r"pledgewatch_\w+", rule["expr"])}
    assert named <= known, named - known
    for wanted in ("last_check", "canary", "outbox_oldest", "outbox_parked", "pages", "disk_free"):
        assert any(name.startswith(f"pledgewatch_{wanted}") for name in named), wanted
