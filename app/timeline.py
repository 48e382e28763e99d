"""A picture of commitments through time: a lane each, from first sight to the last. Pure.

All lengths are units of the picture (its viewBox); x grows with time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, pi, sin

from monitor.model import Direction

LANES_AT_MOST = 40
WIDTH = 960.0
_MARGIN = 12.0  #: left and right, so that no mark is cut off
_HEAD = 28.0  #: above the lanes: the ticks' words
_LANE = 56.0
_BAR = 10.0  #: its height
_ABOVE, _WORDS, _BAR_TOP = 14.0, 31.0, 38.0  #: below the top of its lane: two lines of words, and the bar
_MARK = 8.0  #: from the middle of a mark to its corners
_LABEL = 96  #: characters of a line that is drawn; more of them end with "…"
_TICKS_AT_MOST = 12
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Event:
    """What changed in a commitment (UTC)."""

    at: datetime
    direction: Direction
    what: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One commitment. until: None where it goes on, as far as we know; last_seen: how far that is.

    above: the lines that stand above its words.
    """

    label: str
    status: str
    since: datetime
    until: datetime | None = None
    events: tuple[Event, ...] = ()
    above: tuple[str, ...] = ()
    last_seen: datetime | None = None

    @property
    def said(self) -> str:
        """All of its words, below the lines above them: never shortened."""
        return " › ".join((*self.above, self.label))


@dataclass(frozen=True, slots=True)
class Tick:
    """A line through the lanes where a year, a month or a day begins."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An event as a shape of its own for each direction. points: as an SVG polygon wants them."""

    direction: Direction
    points: str
    event: Event


@dataclass(frozen=True, slots=True)
class Bar:
    """A lane as it is drawn. y: the top of the bar; above_y, label_y: the lines on which the words stand.

    above, label: as much of the words as a line holds; lane.said has all of them.
    """

    lane: Lane
    above: str
    label: str
    x: float
    y: float
    width: float
    height: float
    above_y: float
    label_y: float
    marks: tuple[Mark, ...]
    rest: float = 0.0  #: from the end of the bar to now, where it goes on as far as we know

    @property
    def is_open(self) -> bool:
        """Whether it goes on, as far as we know."""
        return self.lane.until is None


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn. left_out: lanes that have no room."""

    width: float
    height: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    left_out: int


def picture(lanes: Sequence[Lane], now: datetime, start: datetime | None = None) -> Picture:
    """The first lanes as far as there is room, in their order, from start up to now (aware UTC).

    start: when the first of them begins, where it is left out.
    """
    shown = lanes[:LANES_AT_MOST]
    start = start or min((one.since for one in shown), default=now)
    scale = _Scale(min(start, now - _DAY), now)
    bars = tuple(_bar(lane, place, scale) for place, lane in enumerate(shown))
    height = _HEAD + _LANE * len(shown)
    return Picture(WIDTH, height, tuple(_ticks(scale)), bars, len(lanes) - len(shown))


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        """Where a moment lies; what is outside lies at the edge."""
        part = (min(max(at, self.start), self.end) - self.start) / (self.end - self.start)
        return round(_MARGIN + part * (WIDTH - 2 * _MARGIN), 1)


def _bar(lane: Lane, place: int, scale: _Scale) -> Bar:
    top = _HEAD + _LANE * place
    left, right = scale.x(lane.since), scale.x(lane.until or lane.last_seen or scale.end)
    middle = top + _BAR_TOP + _BAR / 2
    marks = (Mark(one.direction, _points(one.direction, scale.x(one.at), middle), one) for one in lane.events)
    width = round(max(right - left, 2.0), 1)
    return Bar(
        lane=lane,
        above=_short(" › ".join(lane.above)),
        label=_short(lane.label),
        x=left,
        y=top + _BAR_TOP,
        width=width,
        height=_BAR,
        above_y=top + _ABOVE,
        label_y=top + _WORDS,
        marks=tuple(marks),
        rest=0.0 if lane.until else round(max(scale.x(scale.end) - left - width, 0.0), 1),
    )


def _short(label: str) -> str:
    words = " ".join(label.split())
    return words if len(words) <= _LABEL else f"{words[: _LABEL - 1].rstrip()}…"


# --------------------------------------------------------------------------- shapes

#: How the corners lie around the middle, in turns from straight up, clockwise.
_CORNERS = {
    Direction.WEAKER: (1 / 2, 5 / 6, 1 / 6),
    Direction.STRONGER: (0, 1 / 3, 2 / 3),
    Direction.MIXED: (0, 1 / 4, 1 / 2, 3 / 4),
    Direction.UNCLEAR: (1 / 8, 3 / 8, 5 / 8, 7 / 8),
    Direction.NEUTRAL: tuple(corner / 12 for corner in range(12)),
}


def _points(direction: Direction, x: float, y: float) -> str:
    corners = ((2 * pi * turn) for turn in _CORNERS[direction])
    places = ((x + _MARK * sin(turn), y - _MARK * cos(turn)) for turn in corners)
    return " ".join(f"{left:.1f},{top:.1f}" for left, top in places)


# --------------------------------------------------------------------------- ticks

_MONTHS = (1, 3, 12, 24, 60, 120, 240)  #: steps, where days are too many


def _ticks(scale: _Scale) -> Iterator[Tick]:
    """Where years begin; where there are too few of them months, or days."""
    days = (scale.end - scale.start).days + 1
    for step in (1, 7):
        if days <= _TICKS_AT_MOST * step:
            yield from _day_ticks(scale, step)
            return
    step = next((one for one in _MONTHS if days <= _TICKS_AT_MOST * one * 30), _MONTHS[-1])
    yield from _month_ticks(scale, step)


def _day_ticks(scale: _Scale, step: int) -> Iterator[Tick]:
    at = scale.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    while at <= scale.end:
        yield Tick(scale.x(at), f"{at.day} {at:%b}")
        at += step * _DAY


def _month_ticks(scale: _Scale, step: int) -> Iterator[Tick]:
    start = scale.start.astimezone(UTC)
    month = -(-(start.year * 12 + start.month) // step) * step  # after the start, and a multiple of the step
    while (at := datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)) <= scale.end:
        yield Tick(scale.x(at), f"{at:%Y}" if step >= 12 else f"{at:%b %Y}")
        month += step
