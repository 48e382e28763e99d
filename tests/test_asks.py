"""config/asks.toml: what is asked, of whom, and which change of a statement touches it."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.home import SHIPPED_CONFIG
from monitor.asks import About, Ask, Example, Lens, load_asks, touched, touched_by, with_asks
from monitor.compare import compare
from monitor.errors import ConfigError
from monitor.lexicon import load_lexicon
from monitor.model import (
    LAPSED,
    LAPSING,
    PAGE_BACK,
    PAGE_GONE,
    Direction,
    Document,
    Finding,
    FindingKind,
    Segment,
    Stance,
    Tier,
)
from monitor.watchlist import load_watchlist
from tests.sample_alerts import finding

ASKS = load_asks(SHIPPED_CONFIG)
ENGLISH = load_lexicon(SHIPPED_CONFIG, "en")


def changes(example: Example) -> tuple[Finding, ...]:
    """What the detector finds between the two sides of an example."""
    before, after = (
        Document(tuple(Segment(side) for side in (words,) if side))
        for words in (example.before, example.after)
    )
    return compare(before, after, ENGLISH).findings


def ids_of(example: Example) -> set[str]:
    return {one.id for one in touched(changes(example), ASKS, example.organization)}


def examples(kind: str) -> list[object]:
    return [
        pytest.param(ask.id, one, id=f"{ask.id}-{place}")
        for ask in ASKS
        for place, one in enumerate(getattr(ask, kind))
    ]


@pytest.mark.parametrize(("ask", "example"), examples("examples"))
def test_each_ask_is_touched_by_its_examples(ask: str, example: Example) -> None:
    assert ask in ids_of(example)


@pytest.mark.parametrize(("ask", "example"), examples("not_examples"))
def test_and_not_by_its_counter_examples(ask: str, example: Example) -> None:
    assert [one for one in changes(example) if one.is_material], "the counter-example must be a change"
    assert ask not in ids_of(example)


def test_an_ask_that_can_be_touched_carries_both_kinds_of_examples() -> None:
    assert [ask.id for ask in ASKS if ask.about and not (ask.examples and ask.not_examples)] == []
    assert [ask.id for ask in ASKS if not ask.about and (ask.examples or ask.not_examples)] == []


@pytest.mark.parametrize("slot", ["actions", "technologies", "parties", "bearers"])
def test_every_id_that_an_ask_names_is_one_of_the_lexicon(slot: str) -> None:
    known = {entry.id for entry in getattr(ENGLISH.file, slot)} | {""}
    assert {one for ask in ASKS if ask.about for one in getattr(ask.about, slot)} <= known


def test_every_kind_of_organization_is_one_of_the_watchlist() -> None:
    kinds = {organization.kind for organization in load_watchlist(SHIPPED_CONFIG).organizations}
    assert {kind for ask in ASKS for kind in ask.organizations} <= kinds


def test_every_ask_says_what_who_and_where_from() -> None:
    assert all(ask.text and ask.source and ask.addressee for ask in ASKS)


# --------------------------------------------------------------------------- which


def ask(**about: object) -> Ask:
    return Ask("A-1", "No sale.", "a letter", "vendors", about=About(**about))  # type: ignore[arg-type]


SELL, POLICE = frozenset({"sell"}), frozenset({"police"})


@pytest.mark.parametrize(
    ("about", "what", "is_touched"),
    [
        ({"actions": SELL}, {}, True),
        ({"actions": frozenset({"use"})}, {}, False),
        ({"actions": SELL, "parties": POLICE}, {}, True),
        ({"actions": SELL, "parties": frozenset({"schools"})}, {}, False),
        ({"stances": frozenset({Stance.PERMITS})}, {}, False),
        ({"kinds": frozenset({FindingKind.SCOPE})}, {}, True),
        ({"bearers": frozenset({"customer"})}, {}, False),
        ({"technologies": frozenset({"emotion_recognition"})}, {}, False),
        ({"parties": POLICE}, {"parties": ()}, False),
        ({"parties": POLICE, "everyone": True}, {"parties": ()}, True),
        ({"parties": POLICE, "everyone": True}, {"parties": (), "stance": "permits"}, False),
        ({"parties": POLICE, "everyone": True}, {"parties": ("schools",)}, False),
        ({"words": frozenset({"general-purpose"})}, {}, True),
        ({"words": frozenset({"General-Purpose Facial"})}, {}, True),
        ({"words": frozenset({"general-pur"})}, {}, False),
    ],
)
def test_every_named_slot_must_fit(
    about: dict[str, object], what: dict[str, object], is_touched: bool
) -> None:
    assert bool(touched_by(finding(**what), [ask(**about)])) is is_touched


@pytest.mark.parametrize(
    ("organizations", "known_only", "kind", "is_touched"),
    [
        ((), False, "vendor", True),
        (("vendor",), False, "vendor", True),
        (("vendor",), False, "agency", False),
        (("vendor",), False, "", True),
        (("vendor",), True, "", False),
        (("vendor",), False, "other", True),
        (("vendor",), True, "other", False),
        (("vendor",), True, "vendor", True),
    ],
)
def test_an_ask_is_of_somebody(
    organizations: tuple[str, ...], known_only: bool, kind: str, is_touched: bool
) -> None:
    one = Ask("A", "t", "s", "a", frozenset(organizations), known_only, about=About(actions=SELL))
    assert bool(touched_by(finding(), [one], kind)) is is_touched


@pytest.mark.parametrize(
    ("what", "order"),
    [
        pytest.param({}, ["POL-1", "INV-1", "GB-2b1", "GB-2a"], id="police named: the asks that name police"),
        pytest.param(
            {"kind": FindingKind.SCOPE, "parties": ()},
            ["POL-1", "INV-1", "GB-2b1", "GB-2a", "GB-scope"],
            id="nobody named: the narrower first",
        ),
        pytest.param(
            {"kind": FindingKind.SCOPE, "parties": ("schools",)},
            ["GB-2b1", "GB-2a", "GB-scope"],
            id="a party that no ask names",
        ),
        pytest.param(
            {"actions": ("sell", "delete")},
            ["POL-1", "INV-1", "GB-2b2", "GB-2b1", "GB-2a"],
            id="an ask as narrow that names nobody comes after those that name police",
        ),
        pytest.param(
            {"technologies": ("remote_biometric_identification",), "stance": "permits"},
            ["AIA-5-1-h", "POL-1", "INV-1", "GB-2b1"],
            id="what is forbidden by name comes first",
        ),
    ],
)
def test_the_ask_that_comes_closest_is_told_first(what: dict[str, object], order: list[str]) -> None:
    one = finding(**({"kind": FindingKind.FORCE} | what))
    assert [ask.id for ask in touched_by(one, ASKS, "vendor")] == order
    assert [told.id for told in touched([one], ASKS, "vendor")] == order


def test_what_is_as_close_stays_in_the_order_of_the_file() -> None:
    asks = [Ask(name, "t", "s", "a", about=About(actions=SELL)) for name in "BCA"]
    assert [one.id for one in touched_by(finding(), asks)] == ["B", "C", "A"]


def test_what_was_only_reworded_carries_its_asks_and_touches_none() -> None:
    reworded = finding(kind=FindingKind.REWORDED, tier=Tier.LOG, asks=())
    assert with_asks([reworded], [ask(actions=SELL)])[0].asks == ("A-1",)
    assert touched([reworded], [ask(actions=SELL)]) == ()


def test_without_asks_the_findings_stay_as_they_are() -> None:
    assert with_asks([finding()], ()) == (finding(),)


# --------------------------------------------------------------------------- why


@pytest.mark.parametrize(
    ("about", "what", "sentence"),
    [
        (
            {"actions": SELL, "parties": POLICE},
            {},
            "The statement is about the sale of facial recognition to police, and changed in what it covers; it protects less than before.",
        ),
        (
            {"actions": SELL, "parties": POLICE, "everyone": True},
            {"parties": (), "kind": FindingKind.WITHDRAWN},
            "The statement is about the sale of facial recognition to anyone, and no longer appears on the page we watch.",
        ),
        (
            {"actions": frozenset({"use"}), "parties": POLICE},
            {"actions": ("use",), "kind": FindingKind.INTRODUCED},
            "The statement is about the use of facial recognition, names police, and is new on the page.",
        ),
        (
            {"actions": frozenset({"publish"})},
            {"actions": ("publish",), "kind": FindingKind.WITHDRAWN, "rule": PAGE_GONE},
            "The statement is about public reporting on facial recognition, and is gone with the page that said it.",
        ),
        (
            {"technologies": frozenset({"face_recognition"})},
            {"kind": FindingKind.TERM, "rule": LAPSING, "direction": Direction.UNCLEAR},
            "The statement is about facial recognition, and is to end by its own words.",
        ),
        (
            {"technologies": frozenset({"face_recognition"})},
            {"kind": FindingKind.TERM, "rule": LAPSED, "direction": Direction.WEAKER},
            "The statement is about facial recognition, and has ended by its own words.",
        ),
        (
            {"actions": SELL},
            {"kind": FindingKind.INTRODUCED, "rule": PAGE_BACK},
            "The statement is about the sale of facial recognition, and is on the page again.",
        ),
        (
            {"actions": SELL},
            {"kind": FindingKind.TERM, "direction": Direction.UNCLEAR},
            "The statement is about the sale of facial recognition, and changed in its time limit.",
        ),
        (
            {"actions": SELL},
            {"kind": FindingKind.REVERSED, "tier": Tier.ALERT, "direction": Direction.WEAKER},
            "The statement is about the sale of facial recognition, and now says the opposite; it protects less than before.",
        ),
        (
            {"actions": SELL},
            {"kind": FindingKind.REVERSED, "tier": Tier.ALERT, "direction": Direction.STRONGER},
            "The statement is about the sale of facial recognition, and now says the opposite; it protects more than before.",
        ),
        (
            {"actions": SELL},
            {"kind": FindingKind.REVERSED, "tier": Tier.REVIEW, "direction": Direction.WEAKER},
            "The statement is about the sale of facial recognition, and may now say the opposite.",
        ),
        (
            {"actions": SELL},
            {"kind": FindingKind.REVERSED, "tier": Tier.ALERT, "direction": Direction.UNCLEAR},
            "The statement is about the sale of facial recognition, and may now say something else.",
        ),
    ],
)  # fmt: skip
def test_why_is_one_sentence_from_the_slots(
    about: dict[str, object], what: dict[str, object], sentence: str
) -> None:
    (one,) = touched([finding(**what)], [ask(**about)])
    assert one.why == sentence


@given(st.sampled_from(list(FindingKind)), st.sampled_from(list(Direction)), st.sampled_from(ASKS))
def test_every_why_is_one_plain_sentence(kind: FindingKind, direction: Direction, one: Ask) -> None:
    for actions in ((), ("sell",), ("use", "sell"), ("delete", "retain"), ("refuse_work",), ("unheard_of",)):
        for made in touched([finding(kind=kind, direction=direction, actions=actions, asks=())], [one]):
            assert made.why.startswith("The statement is about ") and made.why.count(".") == 1
            assert "  " not in made.why and "_" not in made.why


def test_each_ask_is_told_once_with_the_first_reason() -> None:
    both = [finding(), finding(kind=FindingKind.WITHDRAWN)]
    (one,) = touched(both, [ask(actions=SELL)])
    assert "changed in what it covers" in one.why


# --------------------------------------------------------------------------- the file

GOOD = '[[asks]]\nid = "A"\ntext = "t"\nsource = "s"\naddressee = "a"\n'


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        (GOOD + 'colour = "red"\n', "asks[0].colour", "is not a known key"),
        (GOOD + 'about.verbs = ["sell"]\n', "asks[0].about.verbs", "is not a known key"),
        (GOOD + 'about.stances = ["denies"]\n', "asks[0].about.stances[0]", "choose one of"),
        (GOOD + "about.everyone = true\n", "asks[0].about", "names nothing"),
        (GOOD + GOOD, "asks[1].id", "comes twice"),
        (GOOD.replace('"A"', '" "'), "asks[0].id", "is empty"),
        (GOOD + 'lens = "lawyer"\n', "asks[0].lens", "choose one of seed_letter, investor"),
        (GOOD + 'beyond = "b"\n[[asks.parts]]\nactions = ["sell"]\n', "asks[0].beyond", "beside parts"),
        (GOOD + '[[asks.parts]]\nname = "sell"\n', "asks[0].parts[0]", "names nothing"),
        (GOOD + '[[asks.parts]]\nwords = ["a"]\n' * 2, "asks[0].parts[1].name", "comes twice"),
        (
            GOOD + '[[asks.parts]]\nwords = ["a"]\nexamples = [{ says = ["b"], state = "good" }]\n',
            "asks[0].parts[0].examples[0].state",
            "choose one of met",
        ),
        (GOOD.replace('source = "s"\n', ""), "asks[0].source", "is missing"),
    ],
)
def test_what_does_not_fit_is_refused_with_file_and_key(
    tmp_path: Path, text: str, key: str, problem: str
) -> None:
    (tmp_path / "asks.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_asks(tmp_path)
    assert refused.value.key == key
    assert str(tmp_path / "asks.toml") in str(refused.value) and problem in refused.value.problem


def test_words_for_every_part_stand_in_the_file_once(tmp_path: Path) -> None:
    part = '[[asks.parts]]\nwords = ["a"]\nneutral = ["body"]\n'
    (tmp_path / "asks.toml").write_text('narrowing = ["live"]\nneutral = ["tool"]\n' + GOOD + part)
    ((one,),) = [each.parts for each in load_asks(tmp_path)]
    assert (one.narrowing, one.neutral) == (frozenset({"live"}), frozenset({"tool", "body"}))


def test_an_ask_of_a_home_of_before_needs_no_lens(tmp_path: Path) -> None:
    (tmp_path / "asks.toml").write_text(GOOD)
    assert [(one.lens, one.parts) for one in load_asks(tmp_path)] == [(Lens.OTHER, ())]


def test_no_asks_are_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "asks.toml").write_text("", encoding="utf-8")
    assert load_asks(tmp_path) == ()


# --------------------------------------------------------------------------- how it is met


def test_every_ask_says_what_counts_and_through_which_lens() -> None:
    lists = ("met", "partial", "unmet", "regressed")
    assert [one.id for one in ASKS if not all(getattr(one, name) for name in lists)] == []
    assert {one.lens for one in ASKS} == set(Lens) - {Lens.OTHER}


def test_an_ask_has_parts_with_examples_of_several_states_or_says_why_not() -> None:
    assert [one.id for one in ASKS if bool(one.parts) == bool(one.beyond)] == []
    few = [one.id for one in ASKS for part in one.parts if len({each.state for each in part.examples}) < 3]
    assert few == []


@pytest.mark.parametrize("slot", ["actions", "technologies", "parties", "bearers", "purposes", "places"])
def test_every_id_that_a_part_names_is_one_of_the_lexicon(slot: str) -> None:
    known = {entry.id for entry in getattr(ENGLISH.file, slot)} | {""}
    also = {"technologies": "related", "parties": "narrower", "actions": "named", "bearers": "lesser"}.get(
        slot, slot
    )
    named = {id for one in ASKS for part in one.parts for id in getattr(part, slot) | getattr(part, also)}
    assert named <= known


def test_every_ask_of_the_brief_is_there_with_its_source_and_doubts() -> None:
    shared = Path(os.environ.get("PLEDGEWATCH_SHARED", "../shared")) / "domain" / "asks.yaml"
    if not shared.exists():
        pytest.skip("the brief is not here")
    text = shared.read_text(encoding="utf-8")
    known = {one.id: one for one in ASKS}
    wanted = re.split(r"(?m)^- id: ", text.split("\nasks:\n")[1])[1:]
    assert len(wanted) == 45
    assert {one.split("\n")[0] for one in wanted} == set(known)
    for one in wanted:
        ours = known[one.split("\n")[0]]
        doubted = re.search("general knowledge|not opened|from memory", one)
        assert ours.source and bool(ours.certainty) is bool(doubted), ours.id
