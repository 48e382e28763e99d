"""config/overrules.toml: what people decided of asks, refused where it could mean nothing."""

from datetime import date
from pathlib import Path

import pytest

from monitor.asks import Ask, Scope, State
from monitor.errors import ConfigError
from monitor.overrules import FILE, load_overrules, refuse_undecided
from monitor.scorecard import Overrule

SELL = frozenset({"sell"})
ASKS = (
    Ask("POL-1", "t", "s", "a", parts=(Scope("police", actions=SELL), Scope("military", actions=SELL))),
    Ask("INV-2", "t", "s", "a"),
)
GOOD = {
    "organization": '"acme"',
    "ask": '"POL-1"',
    "part": '"police"',
    "state": '"met"',
    "reason": '"The contract forbids it."',
    "who": '"Ana"',
    "on": "2027-03-01",
}


def load(folder: Path, *rows: dict[str, str]) -> tuple[Overrule, ...]:
    tables = ("[[overrules]]\n" + "".join(f"{key} = {text}\n" for key, text in row.items()) for row in rows)
    (folder / FILE).write_text("\n".join(tables), encoding="utf-8")
    return load_overrules(folder, ASKS, {"acme", "corvid"})


def test_an_overrule_is_read(tmp_path: Path) -> None:
    (one,) = load(tmp_path, GOOD)
    assert one == Overrule(
        "acme", "POL-1", State.MET, "The contract forbids it.", "Ana", "2027-03-01", "police"
    )


def test_without_a_part_it_is_of_the_whole_ask(tmp_path: Path) -> None:
    whole = {key: text for key, text in GOOD.items() if key != "part"}
    assert [one.part for one in load(tmp_path, whole, whole | {"ask": '"INV-2"'})] == ["", ""]


def test_a_home_needs_none(tmp_path: Path) -> None:
    assert load_overrules(tmp_path, ASKS, {"acme"}) == ()


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        ({"organization": '"acne"'}, "overrules[1].organization", 'is "acne", which is not on the watchlist; did you mean "acme"?'),
        ({"ask": '"POL-2"'}, "overrules[1].ask", 'is "POL-2", which is no ask of asks.toml; known are: INV-2, POL-1'),
        ({"part": '"polices"'}, "overrules[1].part", 'is "polices", which is no part of POL-1; did you mean "police"?'),
        ({"ask": '"INV-2"'}, "overrules[1].part", 'is "police", which is no part of INV-2; none is known here'),
        ({"state": '"good"'}, "overrules[1].state", "choose one of met, partial, unmet, regressed, unknown"),
        ({"reason": '" "'}, "overrules[1].reason", "is empty"),
        ({"who": '""'}, "overrules[1].who", "is empty"),
        ({"on": '"2027-03-01"'}, "overrules[1].on", "must be a day"),
        ({"on": "2027-02-30"}, "", "is not valid TOML"),
        ({"until": "2027-04-01"}, "overrules[1].until", "is not a known key"),
        ({}, "overrules[1]", "decides the same part twice on one day"),
    ],
)  # fmt: skip
def test_what_could_mean_nothing_is_refused(
    tmp_path: Path, change: dict[str, str], key: str, problem: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, GOOD, GOOD | change)
    assert refused.value.key == key
    assert str(tmp_path / FILE) in str(refused.value) and problem in refused.value.problem


def test_a_decision_of_a_day_to_come_is_refused(tmp_path: Path) -> None:
    overrules = load(tmp_path, GOOD)
    refuse_undecided(overrules, date(2027, 3, 1), "a file")
    with pytest.raises(ConfigError, match="still to come"):
        refuse_undecided(overrules, date(2027, 2, 28), "a file")
