"""Findings and alerts as JSON: the keys and the order of the contract, times in whole seconds with Z."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.model import Earlier, Item, Place, Relation, Section, Touched
from monitor.wire import alert_json, content_json, finding_json, notice_json, utc_text
from tests.sample_alerts import HEDGED, NOW, REFUSAL, alert, finding, notice


@pytest.mark.parametrize(
    ("at", "text"),
    [
        pytest.param(datetime(2026, 11, 22, 6, 2, tzinfo=UTC), "2026-11-22T06:02:00Z", id="utc"),
        pytest.param(
            datetime(2026, 11, 22, 6, 2, 59, 999_999, tzinfo=UTC), "2026-11-22T06:02:59Z", id="never ahead"
        ),
        pytest.param(
            datetime(2026, 11, 22, 0, 30, tzinfo=timezone(timedelta(hours=2))),
            "2026-11-21T22:30:00Z",
            id="another zone",
        ),
    ],
)
def test_times_are_utc_in_whole_seconds(at: datetime, text: str) -> None:
    assert utc_text(at) == text


def test_a_time_without_a_zone_is_a_bug_not_a_guess() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        utc_text(datetime(2026, 11, 22, 6, 2))  # noqa: DTZ001


def test_a_finding_has_the_keys_of_the_contract_in_their_order() -> None:
    assert list(finding_json(finding()).items()) == [
        ("kind", "scope"),
        ("direction", "weaker"),
        ("tier", "alert"),
        ("confidence", "high"),
        ("stance", "refuses"),
        ("bearer", "company"),
        ("actions", ["sell"]),
        ("technologies", ["face_recognition"]),
        ("parties", ["police"]),
        ("before_quote", REFUSAL),
        ("after_quote", HEDGED),
        ("context", ["Public safety", "What we do not sell"]),
        ("rule", "counterpart-narrowed"),
        ("reasons", ["The refusal now covers general-purpose technology only."]),
        ("asks", ["POL-1"]),
    ]


def test_an_alert_has_the_keys_of_the_contract_in_their_order() -> None:
    told = alert()
    assert list(alert_json(told).items()) == [
        ("schema", "pledgewatch.alert/1"),
        ("id", told.id),
        ("raised_at", "2026-11-22T06:02:05Z"),
        (
            "organization",
            {
                "id": "corvid",
                "name": "Corvid Cloud",
                "ticker": "CRVD",
                "isin": "US0000000002",
                "lei": "LEI0000000000000000X",
            },
        ),
        ("page", {"id": "corvid/terms", "url": "https://corvid.example/terms", "role": "terms"}),
        ("headline", told.headline),
        ("direction", "weaker"),
        ("findings", [finding_json(finding())]),
        (
            "before",
            {
                "fetched_at": "2026-11-13T06:02:05Z",
                "last_seen_at": "2026-11-21T06:01:00Z",
                "sha256": "b" * 64,
                "url": "https://corvid.example/terms",
            },
        ),
        (
            "after",
            {
                "fetched_at": "2026-11-21T18:00:00Z",
                "confirmed_at": "2026-11-22T06:02:05Z",
                "sha256": "a" * 64,
                "url": "https://corvid.example/terms",
            },
        ),
        ("not_checked", ["The sister page was not read."]),
        ("links", {"desk": "", "evidence": ""}),
        ("asks", []),
        ("places", []),
        ("follows", []),
        ("thread", told.id),
    ]
    assert list(alert_json(told)["after"]) == ["fetched_at", "confirmed_at", "sha256", "url"]


def test_what_is_unknown_is_empty_and_an_unknown_time_is_null() -> None:
    told = alert()
    bare = replace(told, organization={"id": "x"}, after=replace(told.after, confirmed_at=None))
    document = json.loads(json.dumps(alert_json(bare)))
    assert document["organization"] == {"id": "x", "name": "", "ticker": "", "isin": "", "lei": ""}
    assert document["after"]["confirmed_at"] is None


def test_a_notice_has_keys_of_its_own() -> None:
    told = notice()
    assert list(notice_json(told).items()) == [
        ("schema", "pledgewatch.notice/1"),
        ("id", "0" * 64),
        ("raised_at", "2026-11-22T06:02:05Z"),
        ("kind", "outage"),
        ("headline", told.headline),
        ("lines", list(told.lines)),
        ("about", ""),
        ("sections", []),
    ]


def test_what_an_alert_touches_and_follows_and_where_else_it_holds() -> None:
    told = replace(
        alert(),
        asks=(Touched("POL-1", "No sale to police.", "It is about sales.", "A letter"),),
        places=(
            Place({"id": "corvid/aup", "url": "https://corvid.example/aup", "role": "policy"}, "b" * 64),
        ),
        follows=(Earlier("c" * 64, NOW, "It said less.", Relation.REVERSED),),
        thread="d" * 64,
    )
    written = alert_json(told)
    assert written["asks"] == [
        {"id": "POL-1", "text": "No sale to police.", "why": "It is about sales.", "source": "A letter"}
    ]
    page = {"id": "corvid/aup", "url": "https://corvid.example/aup", "role": "policy"}
    assert written["places"] == [{"page": page, "alert": "b" * 64}]
    assert written["follows"] == [
        {
            "alert": "c" * 64,
            "raised_at": "2026-11-22T06:02:05Z",
            "headline": "It said less.",
            "relation": "reversed",
        }
    ]
    assert written["thread"] == "d" * 64


def test_the_sections_of_a_notice() -> None:
    item = Item("It changed.", "weaker", ("unconfirmed",), "https://corvid.example/terms", "a" * 64)
    (section,) = notice_json(notice(sections=(Section("Corvid", (item,), "and more"),)))["sections"]
    assert section == {
        "title": "Corvid",
        "items": [
            {
                "text": "It changed.",
                "direction": "weaker",
                "marks": ["unconfirmed"],
                "url": "https://corvid.example/terms",
                "alert": "a" * 64,
            }
        ],
        "note": "and more",
    }


def test_what_a_message_carries_says_what_it_is() -> None:
    assert content_json(alert()) == alert_json(alert())
    assert content_json(notice()) == notice_json(notice())
