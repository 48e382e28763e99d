"""Two texts side by side: what stayed, what changed, and nothing lost of either."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import redline as module
from monitor.redline import Stretch, redline

A, B, C, D = "We sell it.", "To nobody.", "Not to police.", "Ever."


@pytest.mark.parametrize(
    ("old", "new", "stretches"),
    [
        ([], [], []),
        ([A], [A], [((A,), (A,))]),
        ([A], [], [((A,), ())]),
        ([], [A], [((), (A,))]),
        ([A, B, D], [A, C, D], [((A,), (A,)), ((B,), (C,)), ((D,), (D,))]),
        ([A, B], [A, B, C, D], [((A, B), (A, B)), ((), (C, D))]),
        ([A, A, B], [A, B], [((A,), (A,)), ((A,), ()), ((B,), (B,))]),
    ],
)
def test_the_stretches_of_two_texts(
    old: list[str], new: list[str], stretches: list[tuple[tuple[str, ...], tuple[str, ...]]]
) -> None:
    assert [(one.before, one.after) for one in redline(old, new)] == stretches


_TEXT = st.lists(st.sampled_from([A, B, C, D]), max_size=12)


@given(_TEXT, _TEXT)
def test_nothing_is_lost_and_same_and_changed_take_turns(old: list[str], new: list[str]) -> None:
    found = redline(old, new)
    assert [one for stretch in found for one in stretch.before] == old
    assert [one for stretch in found for one in stretch.after] == new
    turns = [one.is_same for one in found]
    assert all(a != b for a, b in pairwise(turns))


def test_what_is_too_much_to_order_is_one_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAIRS_AT_MOST", 3)
    assert redline([A, B, C], [A, C, B]) == (Stretch((A,), (A,)), Stretch((B, C), (C, B)))
