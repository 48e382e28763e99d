"""The words before and after: marked, folded around what changed, cut where they are too long, and counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.marking import AROUND, LARGE, MARK_COSTS, Run, plain, sides, size, start, visible
from tests.sample_alerts import HEDGED, REFUSAL

LONG = " ".join(f"word{place}" for place in range(300))
HUGE = "one of many words " * 4_000


def test_long_unchanged_parts_are_folded_and_counted() -> None:
    before, after = sides(f"{LONG} old {LONG}", f"{LONG} new {LONG}", 10_000)
    hidden = 300 - AROUND
    assert [run.kind for run in before] == ["folded", "same", "removed", "same", "folded"]
    assert [run.text for run in before if run.kind == "folded"] == [f"… {hidden} words unchanged …"] * 2
    assert [run.kind for run in after] == ["folded", "same", "added", "same", "folded"]


def test_between_two_changes_both_ends_are_kept() -> None:
    before, _ = sides(f"old {LONG} old", f"new {LONG} new", 10_000)
    assert [run.kind for run in before] == ["removed", "same", "folded", "same", "removed"]
    assert before[2].text == f"… {300 - 2 * AROUND} words unchanged …"


def test_short_unchanged_parts_are_shown_whole() -> None:
    before, after = sides(REFUSAL, HEDGED, 10_000)
    assert "".join(run.text for run in before) == REFUSAL
    assert "".join(run.text for run in after) == HEDGED


def test_a_long_removed_passage_is_cut_and_the_rest_counted() -> None:
    before, after = sides(LONG, "", MARK_COSTS + len(LONG) // 2)
    assert [run.kind for run in before] == ["removed", "folded"]
    shown = len(before[0].text.split())
    assert LONG.startswith(before[0].text) and 140 < shown < 170
    assert before[1].text == f"… {300 - shown} more words, not shown here …"
    assert after == ()


@given(st.text("ab \n", max_size=300), st.text("abc \n", max_size=300))
def test_what_is_not_folded_is_verbatim(before: str, after: str) -> None:
    old, new = sides(before, after, 10_000)
    assert any(run.kind == "folded" for run in old) or "".join(run.text for run in old) == before
    assert any(run.kind == "folded" for run in new) or "".join(run.text for run in new) == after


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ([Run("same", "We "), Run("removed", "will "), Run("same", "not.")], "We [-will-] not."),
        ([Run("added", " now ")], "{+now+}"),
        ([Run("same", "a"), Run("removed", " "), Run("same", "b")], "a b"),
        ([Run("folded", "… 3 words unchanged …"), Run("same", "b")], "… 3 words unchanged … b"),
        ([], ""),
    ],
)
def test_marks_in_plain_text(runs: list[Run], words: str) -> None:
    assert plain(runs) == words


def words(runs: tuple[Run, ...]) -> int:
    """How many are shown, and how many are said to be hidden."""
    return sum(run.hidden if run.kind == "folded" else len(run.text.split()) for run in runs)


@pytest.mark.parametrize("room", [150, 500, 5_000, 50_000])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"{LONG} old {LONG}", f"{LONG} new {LONG}", id="one change"),
        pytest.param("a b " * 900, "a c " * 900, id="900 changes"),
        pytest.param(LONG, f"{LONG} new", id="only added"),
        pytest.param(HUGE, "", id="a huge passage is gone"),
        pytest.param(HUGE, HUGE[:30_000] + "new " + HUGE[30_000:], id="a word in a huge passage"),
        pytest.param(HUGE, HUGE.replace("many", "few"), id="a huge passage, changed all over"),
    ],
)
def test_every_word_is_shown_or_counted(before: str, after: str, room: int) -> None:
    assert len(HUGE) > LARGE
    for side, runs in zip((before, after), sides(before, after, room), strict=True):
        assert words(runs) == len(side.split())


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60), st.text("abc \n", max_size=60))
def test_in_a_huge_passage_what_is_shown_stands_there_in_this_order(head: str, old: str, new: str) -> None:
    before, after = f"{head}{HUGE}{old} {HUGE}", f"{head}{HUGE}{new} {HUGE}"
    for side, runs in zip((before, after), sides(before, after, 10_000), strict=True):
        place = 0
        for run in runs:
            if run.kind != "folded":
                place = side.index(run.text, place) + len(run.text)


def test_an_unchanged_word_beside_an_added_one_is_shown_on_both_sides() -> None:
    before, after = sides(LONG, f"{LONG} new", 10_000)
    assert [run.kind for run in before] == ["folded", "same"]
    assert [run.kind for run in after] == ["folded", "same", "added"]


@given(st.text(), st.integers(0, 200))
def test_a_start_is_the_longest_that_fits(text: str, most: int) -> None:
    begin = start(text, most)
    assert text.startswith(begin) and size(begin) <= most
    assert begin == text or size(text[: len(begin) + 1]) > most


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\u202ec\td\ne", "a⟨U+0000⟩b⟨U+202E⟩c\td\ne"),
        ("line\u2028end\u2029", "line⟨U+2028⟩end⟨U+2029⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\ufeff\u200e\u2066", "⟨U+FEFF⟩⟨U+200E⟩⟨U+2066⟩"),
        ("hidden \U000e0041", "hidden ⟨U+E0041⟩"),
        ("👩‍🔬 naïve — “ß”", "👩‍🔬 naïve — “ß”"),
    ],
)
def test_control_and_direction_characters_are_named(text: str, shown: str) -> None:
    assert visible(text) == shown
