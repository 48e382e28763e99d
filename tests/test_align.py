"""Sentences first, words inside pairs: moves and renumbering leave nothing, and nothing gets lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.align import align, word_marks
from monitor.model import EditKind, Sentence
from monitor.segment import sentences
from tests.texts import document


def sentence(words: str, frame: str = "") -> Sentence:
    return Sentence(text=words, key=words, frame=frame)


def kinds(old: list[Sentence], new: list[Sentence]) -> list[str]:
    return sorted(edit.kind.value for edit in align(old, new))


A, B, C = sentence("we sell cameras"), sentence("we do not sell face search"), sentence("prices are in euros")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([A, B], [A, B], []),
        ([A, B, C], [B, C, A], ["moved"]),
        ([A, B], [A], ["removed"]),
        ([A], [A, B], ["added"]),
        ([B], [sentence("we do not sell face search today")], ["reworded"]),
        ([B], [sentence("our offices are closed in august and open again later")], ["added", "removed"]),
        ([sentence("search faces", "you may not")], [sentence("search faces", "you may")], ["reworded"]),
        ([A, A], [A], ["removed"]),
    ],
    ids=["same", "moved", "removed", "added", "reworded", "another", "other frame", "said twice"],
)
def test_edits(old: list[Sentence], new: list[Sentence], expected: list[str]) -> None:
    assert kinds(old, new) == expected


WORDS = st.lists(
    st.sampled_from(["face", "search", "police", "we", "sell", "never", "cameras"]), min_size=1, max_size=5
)
TEXTS = st.lists(WORDS.map(lambda words: sentence(" ".join(words))), max_size=12)


@given(TEXTS, TEXTS)
def test_every_sentence_is_kept_or_in_exactly_one_edit(old: list[Sentence], new: list[Sentence]) -> None:
    edits = align(old, new)
    for side, whole in (("before", old), ("after", new)):
        left = list(whole)
        for edit in edits:
            if getattr(edit, side) is not None:
                left.remove(getattr(edit, side))
    repeated = sum(1 if edit.before else -1 for edit in edits if edit.twin)
    gone = sum(edit.kind is EditKind.REMOVED for edit in edits if not edit.twin)
    come = sum(edit.kind is EditKind.ADDED for edit in edits if not edit.twin)
    assert len(old) - gone - repeated == len(new) - come


def test_words_said_twice_that_now_stand_once_are_not_lost() -> None:
    (edit,) = align([A, B, A], [A, B])
    assert (edit.kind, edit.twin) == (EditKind.REMOVED, A)


@given(TEXTS)
def test_an_order_changes_no_words(old: list[Sentence]) -> None:
    assert {edit.kind for edit in align(old, list(reversed(old)))} <= {EditKind.MOVED}


@given(st.text(max_size=200), st.text(max_size=200))
def test_marks_join_to_both_sides(before: str, after: str) -> None:
    marks = word_marks(before, after)
    assert "".join(mark.text for mark in marks if mark.kind != "added") == before
    assert "".join(mark.text for mark in marks if mark.kind != "removed") == after


def test_marks_are_words() -> None:
    marks = [(mark.kind, mark.text) for mark in word_marks("We will not sell it.", "We do not sell it.")]
    assert marks == [("same", "We "), ("removed", "will"), ("added", "do"), ("same", " not sell it.")]


def test_a_long_difference_is_marked_as_a_whole() -> None:
    before, after = " ".join(f"a{i}" for i in range(5000)), " ".join(f"b{i}" for i in range(5000))
    assert [mark.kind for mark in word_marks(f"x {before} y", f"x {after} y")] == [
        "same",
        "removed",
        "added",
        "same",
    ]


def test_a_renumbered_copy_leaves_nothing() -> None:
    old = sentences(document("## 4. Use\n\n4.1 We sell cameras.\n\n4.2 We do not sell face search.\n"))
    new = sentences(document("## 5. Use\n\n5.1 We sell cameras.\n\n5.2 We do not sell face search.\n"))
    assert align(old, new) == ()


def test_a_page_of_very_many_passages_in_another_order_gets_an_answer() -> None:
    old = [sentence(f"passage {i}") for i in range(20_000)]
    assert {edit.kind for edit in align(old, old[::-1])} == {EditKind.MOVED}
