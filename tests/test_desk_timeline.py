"""The picture of commitments through time: where bars, marks and ticks lie."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.timeline import LANES_AT_MOST, WIDTH, Event, Lane, Picture, picture
from monitor.model import Direction

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def lane(days_ago: float, until_days_ago: float | None = None, *events: Event) -> Lane:
    until = None if until_days_ago is None else NOW - until_days_ago * DAY
    return Lane("We will not sell it.", "standing", NOW - days_ago * DAY, until, events)


def labels(drawn: Picture) -> list[str]:
    return [tick.label for tick in drawn.ticks]


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        (0.1, "1 Mar", "1 Mar"),
        (10, "20 Feb", "1 Mar"),
        (60, "1 Jan", "26 Feb"),
        (330, "May 2026", "Mar 2027"),
        (900, "Oct 2024", "Jan 2027"),
        (3000, "2019", "2027"),
        (7000, "2008", "2026"),
    ],
)
def test_ticks_are_days_months_or_years_whatever_is_shown(days: float, first: str, last: str) -> None:
    said = labels(picture([lane(days)], NOW))
    assert (said[0], said[-1]) == (first, last)
    assert len(said) <= 13


def test_a_bar_goes_from_first_sight_to_its_end_or_to_today() -> None:
    older, newer = picture([lane(100, 50), lane(50)], NOW).bars
    assert older.x < newer.x == pytest.approx(older.x + older.width, abs=0.2)
    assert newer.x + newer.width == WIDTH - older.x
    assert (older.is_open, newer.is_open) == (False, True)
    assert older.y < newer.label_y < newer.y


def test_each_direction_has_a_shape_of_its_own() -> None:
    events = [Event(NOW - DAY, direction) for direction in Direction]
    (bar,) = picture([lane(10, None, *events)], NOW).bars
    assert len({mark.points for mark in bar.marks}) == len(Direction)
    corners = {mark.direction: len(mark.points.split()) for mark in bar.marks}
    assert corners[Direction.WEAKER] == corners[Direction.STRONGER] == 3
    weaker, stronger = (
        _highest(bar.marks[list(Direction).index(one)].points) for one in ("weaker", "stronger")
    )
    assert (weaker, stronger) == (2, 1), "one points down, the other up"


def _highest(points: str) -> int:
    """How many corners lie at the top."""
    heights = [float(corner.split(",")[1]) for corner in points.split()]
    return heights.count(min(heights))


def test_what_has_no_room_is_counted() -> None:
    drawn = picture([lane(10)] * (LANES_AT_MOST + 3), NOW)
    assert (len(drawn.bars), drawn.left_out) == (LANES_AT_MOST, 3)


def test_a_long_label_is_cut_and_put_on_one_line() -> None:
    (bar,) = picture([Lane("no\nface " * 60, "standing", NOW - DAY)], NOW).bars
    assert bar.label.startswith("no face no face") and bar.label.endswith("…") and len(bar.label) < 100


def test_the_lines_above_the_words_are_drawn_above_them_and_kept_whole() -> None:
    lead = "Subject to section 4, " * 9 + "you may not use it to:"
    (bar,) = picture([Lane("search for faces;", "standing", NOW - DAY, above=("Terms", lead))], NOW).bars
    assert bar.above.startswith("Terms › Subject to") and bar.above.endswith("…") and len(bar.above) < 100
    assert bar.lane.said == f"Terms › {lead} › search for faces;"


def test_nothing_to_draw_is_an_empty_picture() -> None:
    drawn = picture([], NOW)
    assert drawn.bars == () and drawn.left_out == 0


moments = st.integers(-30 * 365, 900).map(lambda days: NOW + days * DAY)
events = st.builds(Event, moments, st.sampled_from(Direction))
lanes = st.builds(
    Lane,
    st.text(),
    st.just("standing"),
    moments,
    st.none() | moments,
    st.lists(events, max_size=3).map(tuple),
)


@given(st.lists(lanes, max_size=5))
def test_everything_lies_within_the_picture(given_lanes: list[Lane]) -> None:
    drawn = picture(given_lanes, NOW)
    for bar in drawn.bars:
        assert bar.x >= 0 and bar.width > 0 and bar.x + bar.width <= drawn.width
        assert 0 < bar.above_y < bar.label_y < bar.y and bar.y + bar.height <= drawn.height
        for corner in (corner for mark in bar.marks for corner in mark.points.split()):
            x, y = map(float, corner.split(","))
            assert 0 <= x <= drawn.width and 0 <= y <= drawn.height
    places = [tick.x for tick in drawn.ticks]
    assert places == sorted(set(places)) and len(places) <= 14
