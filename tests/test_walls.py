"""Walls are named, ordinary pages are not: the floors of `python -m tests.benchmarks.walls`, on a sample."""

import pytest

from tests.benchmarks.walls import CHANGES, SHORT, Ordinary, misnamed, missed, ordinary_pages, policy
from tests.shared import SHARED, WHY_NOT
from tests.texts import access_rules
from tests.walls import walls

RULES = access_rules()
NAMED_AT_LEAST, MISNAMED_AT_MOST = 0.99, 0.005
EVERY = 7  #: of so many real pages, one


def test_there_are_walls_enough() -> None:
    every = list(walls())
    assert len(every) >= 200
    assert len({wall.vendor for wall in every}) >= 30
    assert len({wall.label for wall in every}) == len(every)


@pytest.mark.parametrize("usual", [None, policy()], ids=["at first sight", "by the usual text"])
def test_walls_are_named_with_their_vendor(usual: object) -> None:
    gone = missed(RULES, usual)  # type: ignore[arg-type]
    assert len(gone) <= (1 - NAMED_AT_LEAST) * len(list(walls())), [wall.label for wall in gone]


@pytest.fixture(scope="module")
def sample() -> list[Ordinary]:
    """Every seventh readable document and capture."""
    if not SHARED.is_dir():
        pytest.skip(WHY_NOT)
    return list(ordinary_pages())[::EVERY]


@pytest.mark.parametrize("by_own", [False, True], ids=["at first sight", "by its own text"])
@pytest.mark.parametrize("change", CHANGES)
def test_ordinary_pages_are_not_misnamed(sample: list[Ordinary], change: str, by_own: bool) -> None:
    wrong = list(misnamed(sample, CHANGES[change], RULES, by_own))
    assert len(wrong) <= MISNAMED_AT_MOST * len(sample), wrong


@pytest.mark.parametrize("change", SHORT)
def test_a_page_of_sixty_words_stays_a_page(sample: list[Ordinary], change: str) -> None:
    pages = [page for page in sample if "page isn’t available" not in page.document.text[:40]]
    assert list(misnamed(pages, SHORT[change], RULES, by_own=False)) == []
