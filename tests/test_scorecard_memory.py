"""What words say is read once: whoever asks again gets the same, and no lexicon is kept for it."""

import gc
from dataclasses import replace
from weakref import ref

from monitor.lexicon import Lexicon
from monitor.scorecard.said import said_of
from tests.claimed import ENGLISH, said

(SAYING,) = said(["Acme Corp will not sell facial recognition wholesale to police departments."], 0, 1)


def test_the_same_words_are_read_once_wherever_and_whenever_they_stand() -> None:
    other = replace(SAYING, page_id="acme/terms", last_fetch_id=9, standing=False)
    assert said_of(SAYING, ENGLISH) is said_of(other, ENGLISH)


def test_other_lines_above_the_words_are_read_anew() -> None:
    below = replace(SAYING, context=("You may not use it to:",))
    assert said_of(below, ENGLISH) is not said_of(SAYING, ENGLISH)


def test_names_are_heard_whoever_asked_before() -> None:
    everything, named = said_of(SAYING, ENGLISH), said_of(SAYING, ENGLISH, ["Wholesale Acme"])
    assert everything and named
    assert "wholesale" in everything.others and "wholesale" not in named.others
    assert said_of(SAYING, ENGLISH) == everything


def test_product_names_make_another_lexicon() -> None:
    own = ENGLISH.with_products(("Wholesale",))
    one, other = said_of(SAYING, own), said_of(SAYING, ENGLISH)
    assert one and other and one.others != other.others


def test_a_lexicon_that_nobody_uses_any_more_is_not_kept() -> None:
    lexicon = Lexicon(ENGLISH.file)
    kept = ref(lexicon)
    assert said_of(SAYING, lexicon) is not None
    del lexicon
    gc.collect()
    assert kept() is None
