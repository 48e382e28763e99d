"""When digests go out: once an hour, a day or a week of the zone, whatever its clocks do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from alerts.schedule import next_slot, slot
from monitor.settings import WEEKDAYS, Route

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Nuuk",  # leaps over the last hour of a day
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Apia",  # leapt over a whole day, 30 December 2011
    "Asia/Kathmandu",  # 45 minutes off
    "Pacific/Kwajalein",
    "Antarctica/Troll",  # by two hours
)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def route(every: str, at: str, zone: str = "UTC", on: str = "monday") -> Route:
    return Route("staff", "mail", every=every, at=at, zone=zone, on=on)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DAILY = route("daily", "08:00", "Europe/Berlin")
LEAPT, TWICE = route("daily", "02:30", "Europe/Berlin"), route("daily", "02:30", "Europe/Berlin")


@pytest.mark.parametrize(
    ("asked", "now", "newest", "following"),
    [
        pytest.param(DAILY, "2026-11-22 06:59:59", "2026-11-21 07:00", "2026-11-22 07:00", id="just before"),
        pytest.param(DAILY, "2026-11-22 07:00:00", "2026-11-22 07:00", "2026-11-23 07:00", id="at it"),
        pytest.param(DAILY, "2026-07-01 12:00:00", "2026-07-01 06:00", "2026-07-02 06:00", id="in summer"),
        pytest.param(
            LEAPT, "2026-03-29 12:00:00", "2026-03-29 01:00", "2026-03-30 00:30", id="leapt over: right after"
        ),
        pytest.param(
            TWICE, "2026-10-25 01:29:59", "2026-10-25 00:30", "2026-10-26 01:30", id="shown twice: the first"
        ),
        pytest.param(
            TWICE, "2026-10-25 12:00:00", "2026-10-25 00:30", "2026-10-26 01:30", id="shown twice: only once"
        ),
        pytest.param(
            route("daily", "02:15", "Australia/Lord_Howe"),
            "2026-10-03 20:00:00",
            "2026-10-03 15:30",
            "2026-10-04 15:15",
            id="half an hour leapt over",
        ),
        pytest.param(
            route("daily", "08:00", "Pacific/Apia"),
            "2011-12-30 12:00:00",
            "2011-12-29 18:00",
            "2011-12-30 18:00",
            id="a day leapt over has none",
        ),
        pytest.param(
            route("weekly", "08:00", "Pacific/Apia", "friday"),
            "2011-12-30 12:00:00",
            "2011-12-30 10:00",
            "2012-01-05 18:00",
            id="a week has one, though its day was leapt over",
        ),
        pytest.param(
            route("daily", "23:30", "America/Nuuk"),
            "2024-03-31 12:00:00",
            "2024-03-31 01:00",
            "2024-04-01 00:30",
            id="leapt over until midnight",
        ),
        pytest.param(
            route("weekly", "08:00", "America/New_York", "sunday"),
            "2026-11-22 13:30:00",
            "2026-11-22 13:00",
            "2026-11-29 13:00",
            id="weekly",
        ),
        pytest.param(
            route("weekly", "00:00", on="monday"),
            "2026-12-31 00:00:00",
            "2026-12-28 00:00",
            "2027-01-04 00:00",
            id="over the end of the year",
        ),
        pytest.param(
            route("hourly", "08:20", "Asia/Kathmandu"),
            "2026-11-22 06:02:05",
            "2026-11-22 05:35",
            "2026-11-22 06:35",
            id="hourly, by the minutes of its zone",
        ),
        pytest.param(
            route("hourly", "08:20", "Europe/Berlin"),
            "2026-03-29 01:10:00",
            "2026-03-29 00:20",
            "2026-03-29 01:20",
            id="an hour leapt over has none",
        ),
        pytest.param(
            route("hourly", "08:15", "Antarctica/Troll"),
            "2026-10-25 01:05:00",
            "2026-10-25 00:15",
            "2026-10-25 03:15",
            id="hours shown twice have one each",
        ),
    ],
)
def test_the_newest_and_the_next(asked: Route, now: str, newest: str, following: str) -> None:
    assert slot(asked, utc(now)) == utc(newest)
    assert next_slot(asked, utc(now)) == utc(following)


# --------------------------------------------------------------------------- whatever the clocks do

moments = some.integers(0, 115 * 365 * 86_400).map(lambda seconds: utc("1975-01-01") + seconds * SECOND)
minutes = some.times().map(lambda time: f"{time:%H:%M}")
routes = some.builds(
    route,
    some.sampled_from(["hourly", "daily", "weekly"]),
    minutes,
    some.sampled_from(ZONES),
    some.sampled_from(WEEKDAYS),
)
SKIPPED = utc("2011-12-30 09:59:59")


@given(routes, moments, some.timedeltas(timedelta(0), timedelta(days=9)))
@example(route("hourly", "00:45", "Australia/Lord_Howe"), utc("2026-10-03 15:29:00"), timedelta(minutes=2))
@example(route("daily", "08:00", "Pacific/Apia"), SKIPPED, SECOND)
def test_they_never_go_back(asked: Route, now: datetime, later: timedelta) -> None:
    assert slot(asked, now) <= slot(asked, now + later)


@given(routes, moments)
@example(route("daily", "08:00", "Pacific/Apia"), SKIPPED)
@example(route("weekly", "08:00", "Pacific/Apia", "friday"), SKIPPED)
def test_nothing_lies_between_the_newest_and_the_next(asked: Route, now: datetime) -> None:
    newest, following = slot(asked, now), next_slot(asked, now)
    assert newest <= now < following
    assert slot(asked, newest) == newest and slot(asked, following) == following
    assert slot(asked, following - SECOND) == newest and next_slot(asked, newest) == following
    assert newest.tzinfo is UTC and following.tzinfo is UTC


def days_of(zone: str, year: int) -> list[date]:
    """The days that the zone had, or will have, by walking through them hour by hour."""
    start = datetime(year, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    walked = (start + timedelta(hours=hours) for hours in range(-24, 367 * 24))
    seen = {at.astimezone(ZoneInfo(zone)).date() for at in walked}
    return sorted(day for day in seen if day.year == year)


def slots_of(asked: Route, year: int) -> Iterator[datetime]:
    at = next_slot(asked, datetime(year, 1, 1, tzinfo=ZoneInfo(asked.zone)).astimezone(UTC) - SECOND)
    while at.astimezone(ZoneInfo(asked.zone)).year == year:
        yield at
        at = next_slot(asked, at)


@settings(max_examples=25)
@given(minutes, some.sampled_from(ZONES), some.integers(1975, 2089))
@example("08:00", "Pacific/Apia", 2011)
@example("00:00", "Pacific/Kwajalein", 1993)
@example("02:30", "Europe/Berlin", 2026)
def test_each_day_of_the_zone_has_exactly_one(at: str, zone: str, year: int) -> None:
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in slots_of(route("daily", at, zone), year)]
    if zone != "America/Nuuk":  # where 23:30 goes out at midnight, as no clock shows it on that day
        assert days == days_of(zone, year)
    assert len(days) in (364, 365, 366, 367)


@settings(max_examples=25)
@given(minutes, some.sampled_from(ZONES), some.integers(1975, 2089), some.sampled_from(WEEKDAYS[:5]))
@example("08:00", "Pacific/Apia", 2011, "friday")
def test_each_week_has_exactly_one(at: str, zone: str, year: int, on: str) -> None:
    asked = route("weekly", at, zone, on)
    weeks = [moment.astimezone(ZoneInfo(zone)).isocalendar()[:2] for moment in slots_of(asked, year)]
    assert len(set(weeks)) == len(weeks)
    whole = {day.isocalendar()[:2] for day in days_of(zone, year)[7:-7]}
    assert whole <= set(weeks)
