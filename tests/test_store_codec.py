"""Values of the model survive JSON, and whatever page text is in them survives the databases."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Access, Alert, Delivery, Fetch, Finding, Reading, Redirect, Side, Tracked
from monitor.store import tables
from monitor.store.codec import dumps, pack, unpack
from tests.store_values import FETCHES, NOW, alert, finding

ZONES = st.one_of(st.just(UTC), st.integers(-720, 840).map(lambda m: timezone(timedelta(minutes=m))))
TIMES = st.datetimes(datetime(1990, 1, 2), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001
TEXTS = st.text(max_size=30)  # every character but half surrogate pairs
FINDINGS = st.from_type(Finding)
SIDES = st.builds(
    Side,
    fetched_at=TIMES,
    sha256=TEXTS,
    url=TEXTS,
    last_seen_at=st.none() | TIMES,
    confirmed_at=st.none() | TIMES,
)
ALERTS = st.builds(
    Alert,
    raised_at=TIMES,
    organization=st.dictionaries(TEXTS, TEXTS, max_size=3),
    page=st.dictionaries(TEXTS, TEXTS, max_size=3),
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    before=SIDES,
    after=SIDES,
    links=st.dictionaries(TEXTS, TEXTS, max_size=3),
)


def through_json(kind: Any, value: object) -> object:
    return unpack(kind, json.loads(dumps(pack(value))))


@given(value=FINDINGS)
def test_any_finding_survives(value: Finding) -> None:
    assert through_json(Finding, value) == value


@given(value=ALERTS)
def test_any_alert_survives(value: Alert) -> None:
    assert through_json(Alert, value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(tuple[Redirect, ...], (Redirect("https://a.example/", 301),), id="array of values"),
        pytest.param(tuple[tuple[str, str], ...], (("ETag", '"1"'),), id="array of pairs"),
        pytest.param(frozenset[str], frozenset({"b", "a"}), id="set"),
        pytest.param(Mapping[str, int], {"read": 3}, id="mapping"),
        pytest.param(datetime | None, None, id="nothing"),
        pytest.param(datetime | None, NOW, id="time"),
        pytest.param(Access, Access.SOFT_404, id="choice"),
        pytest.param(float, 0.25, id="number"),
        pytest.param(bool, True, id="truth"),
    ],
)
def test_each_kind_of_field_survives(kind: Any, value: object) -> None:
    again = through_json(kind, value)
    assert (again, type(again)) == (value, type(value))


def test_what_json_looks_like() -> None:
    at = datetime(2026, 3, 1, 8, 30, 0, 5000, tzinfo=timezone(timedelta(hours=2)))
    packed = pack(Side(at, "ab", "https://heron.example/"))
    assert packed["fetched_at"] == "2026-03-01T06:30:00.005000Z"
    assert packed["last_seen_at"] is None
    assert pack(finding())["kind"] == "withdrawn"
    assert pack(frozenset({"b", "a"})) == ["a", "b"]
    assert dumps("\0 é \ud83d") == r'"\u0000 \u00e9 \ud83d"'


def test_a_field_that_was_added_later_gets_its_default() -> None:
    packed = pack(alert())
    del packed["not_checked"], packed["links"]
    again = unpack(Alert, packed)
    assert (again.not_checked, again.links) == ((), {})


@pytest.mark.parametrize(
    ("value", "error"),
    [
        pytest.param(datetime(2026, 3, 1), ValueError, id="a time without a zone"),  # noqa: DTZ001
        pytest.param(object(), TypeError, id="no value at all"),
        pytest.param({1, 2}, TypeError, id="a set that can change"),
    ],
)
def test_what_has_no_json_form_is_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        pack(value)


@pytest.mark.parametrize(
    ("kind", "table"),
    [(Fetch, "fetches"), (Reading, "readings"), (Tracked, "findings"), (Delivery, "deliveries")],
)
def test_every_field_has_its_column(kind: Any, table: str) -> None:
    derived = {"held"}  # of a delivery: its alert is on hold
    assert {each.name for each in fields(kind)} - derived <= set(tables.metadata.tables[table].columns.keys())


@pytest.mark.parametrize("name", FETCHES)
def test_packing_loses_no_fact_of_a_fetch(name: str) -> None:
    assert through_json(Fetch, FETCHES[name]) == FETCHES[name]
