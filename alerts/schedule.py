"""When the digests of a route go out, by the clocks on the wall in its zone. Pure.

One in each hour, day or week of that zone, at the first moment at which its clocks show the time that the
route names; where they leap over that time, at the first moment after the leap; where they show it twice, the
first time. An hour or a day that they leap over altogether has none.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.settings import WEEKDAYS, Route

_DAY = timedelta(days=1)
_LENGTHS = {"hourly": timedelta(hours=1), "daily": _DAY, "weekly": timedelta(days=7)}
_SET_BACK_AT_MOST = _DAY  #: clocks were never set back by more


def slot(route: Route, now: datetime) -> datetime:
    """The newest moment at or before `now` (aware) at which a digest of this route goes out (UTC).

    route: one with a digest: KeyError for one whose alerts go out at once.
    """
    zone, length = ZoneInfo(route.zone), _LENGTHS[route.every]
    period = _period(route.every, _on_the_wall(now, zone) + _SET_BACK_AT_MOST)
    while (at := _moment(route, period, zone)) is None or at > now:
        period -= length
    return at


def next_slot(route: Route, now: datetime) -> datetime:
    """The first such moment after `now` (UTC)."""
    zone, length = ZoneInfo(route.zone), _LENGTHS[route.every]
    period = _period(route.every, _on_the_wall(now, zone))
    while (at := _moment(route, period, zone)) is None or at <= now:
        period += length
    return at


def _period(every: str, wall: datetime) -> datetime:
    """When the hour, day or week of this time began, on the wall."""
    hour = wall.replace(minute=0, second=0, microsecond=0)
    if every == "hourly":
        return hour
    day = hour.replace(hour=0)
    return day if every == "daily" else day - day.weekday() * _DAY


def _moment(route: Route, period: datetime, zone: ZoneInfo) -> datetime | None:
    """When the digest of this period goes out; None where the zone never had such an hour or day."""
    if _on_the_wall(_first(period, zone), zone) >= period + _LENGTHS[route.every]:
        return None
    hours, minutes = (int(part) for part in route.at.split(":"))
    days = WEEKDAYS.index(route.on) if route.every == "weekly" else 0
    into = timedelta(days=days, hours=0 if route.every == "hourly" else hours, minutes=minutes)
    return _first(period + into, zone)


def _first(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which the clocks of the zone show this time, or a later one."""
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    if _on_the_wall(at, zone) == wall:
        return at
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)  # the leap lies between the two
    seconds = range(int((at - before).total_seconds()) + 1)
    past = bisect_left(
        seconds, True, key=lambda second: _on_the_wall(before + timedelta(seconds=second), zone) >= wall
    )
    return before + timedelta(seconds=past)


def _on_the_wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of the zone show at this moment, without a zone."""
    return at.astimezone(zone).replace(tzinfo=None)
