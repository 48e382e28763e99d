"""Words that no slot explains: which differences a person has to see, and which mean nothing."""

import pytest

from monitor.model import Tier
from tests.texts import changes, material

REFUSES = "We will not use facial recognition"
USES = "We use facial recognition"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # words in brackets
        (f"{REFUSES} in our rooms.", f"{REFUSES} in our rooms (halls, tunnels and stables)."),
        (f"{REFUSES} in rooms such as (halls).", f"{REFUSES} in rooms such as (halls, tunnels, stables)."),
        (f"{REFUSES} in our halls.", f"{REFUSES} in our halls (see the map beside the northern door)."),
        # another name of the same, or the same thing renamed
        (f"{REFUSES} in Copper Barn.", f"{REFUSES} in Copper Barn, formerly known as Tarrowin Hall."),
        (f"{REFUSES} in Copper Barn.", f"{REFUSES} in Copper Barn, also called Tarrowin Hall."),
        (f"{REFUSES} in Copper Barn.", f"{REFUSES} in Tarrowin Hall."),
        ("Corvellam Lens will not use facial recognition.", "Tarrowin Sight will not use facial recognition."),
        # synonyms
        (f"{REFUSES} to begin a visit.", f"{REFUSES} to start a visit."),
        (f"{REFUSES} at a yearly fair.", f"{REFUSES} at an annual fair."),
        ("We tell guests before we buy facial recognition.", "We inform guests before we purchase facial recognition."),
        ("Guests decide on biometric data about them.", "Guests decide on biometric information about them."),
        (f"{REFUSES} unless we agree.", f"{REFUSES} unless we agree otherwise."),
        # spelling, and forms of a word
        (f"{REFUSES} in our libary and theatr.", f"{REFUSES} in our library and theatre."),
        (f"{REFUSES} in our theaters.", f"{REFUSES} in our theatres."),
        (f"{REFUSES} at our concerts.", f"{REFUSES} at our concert."),
        # dates
        ("Each autumn we report on our use of facial recognition.", "Each winter we report on our use of facial recognition."),
        # lists of what is done anyway
        ("We collect hats, coats, voiceprints, bags, and boots.", "We collect hats, coats, voiceprints, bags, umbrellas, ropes, and boots."),
        ("We collect hats, coats, voiceprints, bags, and boots.", "We collect hats, bags, boots, voiceprints, and coats."),
        # the same words in another order
        (f"{REFUSES} in our halls.", "In our halls, we will not use facial recognition."),
        # one word more
        (f"{REFUSES} in our halls.", f"{REFUSES} in our quiet halls."),
    ],
)  # fmt: skip
def test_a_difference_that_means_nothing_is_logged_either_way(before: str, after: str) -> None:
    for old, new in ((before, after), (after, before)):
        assert [finding.tier for finding in changes(old, new)] == [Tier.LOG]


@pytest.mark.parametrize(
    ("before", "after", "rule", "direction", "back"),
    [
        # two words that came or went on one side alone
        (f"{REFUSES}.", f"{REFUSES} in concert halls.", "words-added", "weaker", "words-removed stronger"),
        (f"{REFUSES} in halls.", f"{REFUSES} in halls while the Tarrowin floods.", "words-added", "weaker", "words-removed stronger"),
        (f"{USES} at our theatre.", f"{USES} at our theatre to greet singers in June.", "words-added", "stronger", "words-removed weaker"),
        # somebody else
        (f"{REFUSES} on strangers.", f"{REFUSES} on children.", "words-changed", "unclear", "words-changed unclear"),
        (f"{USES} on shoppers.", f"{USES} on pupils.", "words-changed", "unclear", "words-changed unclear"),
        ("Facial recognition is overseen by judges.", "Facial recognition is overseen by interns.", "bearer-changed", "unclear", "bearer-changed unclear"),
        ("Engineers may decline work on facial recognition.", "Managers may decline work on facial recognition.", "bearer-changed", "unclear", "bearer-changed unclear"),
        # all of them, or some
        (f"{REFUSES} in any wooden hall.", f"{REFUSES} in our largest hall.", "reach-narrowed", "weaker", "reach-widened stronger"),
        (f"{USES} in our largest hall.", f"{USES} in any wooden hall.", "reach-widened", "weaker", "reach-narrowed stronger"),
        # one more on the list of a refusal
        (f"{REFUSES} on riders or drivers.", f"{REFUSES} on riders, singers or drivers.", "items-added", "stronger", "items-removed weaker"),
        (f"{REFUSES} on carts in our halls.", f"{REFUSES} on carts or wooden boats in our halls.", "items-added", "stronger", "items-removed weaker"),
        ("Engineers may decline work on facial recognition.", "Managers and engineers may decline work on facial recognition.", "actor-widened", "stronger", "actor-narrowed weaker"),
        # three words and more in the place of others
        (f"{REFUSES} in halls beside northern rivers.", f"{REFUSES} in tunnels under old castles.", "words-changed", "unclear", "words-changed unclear"),
    ],
)  # fmt: skip
def test_a_difference_that_may_mean_something_is_for_a_person(
    before: str, after: str, rule: str, direction: str, back: str
) -> None:
    (finding,) = material(before, after)
    assert (finding.rule, finding.direction, finding.tier) == (rule, direction, Tier.REVIEW)
    if back:
        (finding,) = material(after, before)
        assert (f"{finding.rule} {finding.direction}", finding.tier) == (back, Tier.REVIEW)


@pytest.mark.parametrize(
    ("one", "other"),
    [("lawful", "unlawful"), ("necessary", "unnecessary"), ("willing", "unwilling"), ("registered", "unregistered")],
)  # fmt: skip
@pytest.mark.parametrize(
    "text",
    [
        "We use facial recognition only for {} gatherings.",
        "Facial recognition is prohibited, except at {} gatherings.",
        "We will not use facial recognition until it is {}.",
    ],
    ids=["condition", "exception", "end"],
)
def test_an_opposite_is_no_misspelling(text: str, one: str, other: str) -> None:
    assert material(text.format(one), text.format(other))
    assert material(text.format(other), text.format(one))


def test_the_words_are_shown() -> None:
    (added,) = material(f"{REFUSES} in halls.", f"{REFUSES} in halls beside muddy rivers.")
    assert "beside" in added.reasons[0]
    assert "muddy" in added.reasons[0]
    (swapped,) = material(f"{REFUSES} on strangers.", f"{REFUSES} on children.")
    assert "“strangers”" in swapped.reasons[0]
    assert "“children”" in swapped.reasons[0]


def test_what_a_slot_explains_is_told_by_that_slot() -> None:
    after = f"{REFUSES} in halls beside muddy rivers until further notice."
    (finding,) = material(f"{REFUSES} in halls.", after)
    assert finding.rule == "term-shortened"


def test_an_endless_sentence_is_not_weighed_word_by_word() -> None:
    long = " ".join(f"hall{number}" for number in range(4_000))
    (finding,) = changes(f"{REFUSES} in {long}.", f"{REFUSES} in {long} beside muddy rivers.")
    assert finding.rule == "same-slots"
