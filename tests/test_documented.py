"""Commitments that others documented: what a file may say, and that ours hold all that is known."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.home import SHIPPED_CONFIG, Home
from monitor.documented import (
    Fate,
    Quoted,
    check_against,
    last_day,
    load_documented,
    of_organization,
)
from monitor.errors import ConfigError
from monitor.lexicon import load_lexicon
from monitor.segment import fold
from monitor.strength import Strength
from monitor.watchlist import load_watchlist
from tests.shared import SHARED, WHY_NOT

PLEDGE = """
[[documented]]
id = "heron-2020"
quote = "We will not sell face search to police."
quoted = "press"
said_on = "2020-06-10"
barred = ["sell"]
strength = ["public_statement", "contract_terms"]
fates = ["in_force"]
confidence = "high"
sources = ["https://news.example/heron"]
"""
CHANGE = """
[[documented.changes]]
on = "2021"
what = "Extended."
effect = "extended"
source = "https://news.example/more"
"""


def config(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "documented"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def problem(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_documented(folder)
    return str(caught.value)


# --------------------------------------------------------------------------- what a file says


def test_the_name_of_the_file_is_the_organization(tmp_path: Path) -> None:
    (one,) = load_documented(config(tmp_path, heron=PLEDGE + CHANGE))
    assert (one.organization, one.id, one.quoted, one.is_verbatim) == (
        "heron",
        "heron-2020",
        Quoted.PRESS,
        True,
    )
    assert (one.strength[0], one.strongest) == (Strength.PUBLIC_STATEMENT, Strength.CONTRACT_TERMS)
    assert [(change.on, change.effect) for change in one.changes] == [("2021", "extended")]


def test_where_there_is_no_folder_nothing_is_documented(tmp_path: Path) -> None:
    assert load_documented(tmp_path) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "heron-2020"', 'id = ""', "documented[0].id: is empty"),
        ('quoted = "press"', 'quoted = "hearsay"', "documented[0].quoted: is \"hearsay\"; choose one of primary"),
        ('quote = "We will not sell face search to police."', 'quote = " "', "documented[0].quote: is empty"),
        ('said_on = "2020-06-10"', 'said_on = "June 2020"', "documented[0].said_on: is \"June 2020\"; write a day"),
        ('said_on = "2020-06-10"', 'said_on = "2020-06-31"', "documented[0].said_on: is \"2020-06-31\""),
        ('said_on = "2020-06-10"', 'said_on = "2020-13"', "documented[0].said_on: is \"2020-13\""),
        ('on = "2021"', 'on = "soon"', "documented[0].changes[0].on: is \"soon\""),
        ('fates = ["in_force"]', "fates = []", "documented[0].fates: is empty"),
        ('["https://news.example/heron"]', "[]", "documented[0].sources: is empty"),
        ('confidence = "high"', 'confidence = "sure"', "choose one of high, medium, low"),
        ('confidence = "high"', 'confidnce = "high"', "documented[0].confidnce: is not a known key"),
        ('barred = ["sell"]', 'organization = "heron"', "documented[0].organization: is the name of the file"),
        ('barred = ["sell"]', 'superseded_by = "other"', "is \"other\"; none is known here"),
        ('barred = ["sell"]', 'superseded_by = "heron-2020"', "superseded_by: of \"heron-2020\""),
        ('["public_statement", "contract_terms"]', "[]", "documented[0].strength: is empty"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (PLEDGE + CHANGE).replace(old, new)
    assert text != PLEDGE + CHANGE
    assert said in problem(config(tmp_path, heron=text))


def test_an_id_comes_once_in_all_files(tmp_path: Path) -> None:
    told = problem(config(tmp_path, heron=PLEDGE, stork=PLEDGE))
    assert "stork.toml" in told.split(":")[0]
    assert '"heron-2020" is in' in told
    assert "heron.toml too" in told


def test_only_who_gives_the_watchlist_has_an_organization_refused(tmp_path: Path) -> None:
    documented = load_documented(config(tmp_path, heron=PLEDGE.replace("barred", 'also = ["stork"]\nbarred')))
    check_against(documented, {"heron", "stork"})
    for known, unknown in (({"stork"}, '"heron"'), ({"heron"}, '"stork"')):
        with pytest.raises(ConfigError, match=f"is of {unknown}, which is not on the watchlist"):
            check_against(documented, known)


def test_what_several_said_is_found_with_each(tmp_path: Path) -> None:
    both = PLEDGE.replace("barred", 'also = ["stork"]\nbarred')
    own = PLEDGE.replace("heron-2020", "stork-2019").replace("2020-06-10", "2019")
    undated = PLEDGE.replace("heron-2020", "a-stork").replace("2020-06-10", "")
    documented = load_documented(config(tmp_path, heron=both, stork=own + undated))
    assert [one.id for one in of_organization(documented, "stork")] == ["stork-2019", "heron-2020", "a-stork"]
    assert [one.id for one in of_organization(documented, "heron")] == ["heron-2020"]


def test_only_where_no_pledge_was_found_and_nobody_is_quoted_there_is_no_strength(tmp_path: Path) -> None:
    none = PLEDGE.replace('["public_statement", "contract_terms"]', "[]").replace("in_force", "no_pledge")
    assert "documented[0].strength: is empty" in problem(config(tmp_path, heron=none))
    (tmp_path / "documented" / "heron.toml").write_text(none.replace('"press"', '"paraphrase"'))
    (one,) = load_documented(tmp_path)
    assert (one.strength, one.is_gap, one.is_of("heron"), one.is_of("stork")) == ((), True, True, False)


@pytest.mark.parametrize(
    ("on", "last"),
    [
        ("2021-06-10", date(2021, 6, 10)),
        ("2024-02", date(2024, 2, 29)),
        ("2021-12", date(2021, 12, 31)),
        ("9999-12", date(9999, 12, 31)),
        ("2026", date(2026, 12, 31)),
    ],
)
def test_a_month_or_a_year_ends_on_its_last_day(on: str, last: date) -> None:
    assert last_day(on) == last


@pytest.mark.parametrize("on", ["", "0000", "2021-6", "2021-06-10T00:00", "21", "２０２１", "2021-06-10 "])
def test_other_writing_is_no_date(on: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        last_day(on)


def test_a_home_may_have_its_own(tmp_path: Path) -> None:
    assert Home(tmp_path, config(tmp_path, heron=PLEDGE)).documented[0].id == "heron-2020"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert Home(tmp_path, empty).documented == load_documented(SHIPPED_CONFIG)


# --------------------------------------------------------------------------- ours

OURS = load_documented(SHIPPED_CONFIG)
WATCHED = load_watchlist(SHIPPED_CONFIG)
BY_ID = {one.id: one for one in OURS}


def test_ours_are_of_organizations_and_pages_that_are_watched() -> None:
    check_against(OURS, {one.id for one in WATCHED.organizations})
    pages = {page.id for page in WATCHED.pages}
    assert [one.id for one in OURS if one.page and one.page not in pages] == []
    assert [one.id for one in OURS if one.page and not one.page.startswith(f"{one.organization}/")] == []


def test_ours_name_what_the_lexicon_knows() -> None:
    words = load_lexicon(SHIPPED_CONFIG, "en").file
    for slot in ("technologies", "parties", "purposes", "places"):
        known = {entry.id for entry in getattr(words, slot)}
        assert [one.id for one in OURS if not known.issuperset(getattr(one, slot))] == []
    acts = {"sell", "develop", "offer", "use", "promote", "research", "invest"}
    assert [one.id for one in OURS if not acts.issuperset(one.barred)] == []


def test_every_one_of_ours_says_what_it_is() -> None:
    for one in OURS:
        assert one.quote.strip()
        assert 1 <= len(one.fates) <= 2
        assert all(source.strip() for source in one.sources)
        assert all(change.what.endswith((".", ".”")) for change in one.changes), one.id
        assert (Fate.SUPERSEDED not in one.fates) or one.superseded_by, one.id


def test_what_is_past_by_its_own_words_has_ended() -> None:
    for one in OURS:
        if one.expiry:
            day = last_day(one.expiry)
            assert not one.ended(day)
            assert one.ended(date.fromordinal(day.toordinal() + 1))
    assert [one.id for one in OURS if one.ended(date(2026, 11, 22))] == ["amazon-2020-moratorium"]
    assert [one.id for one in OURS if one.expiry and not one.ended(date(2026, 11, 22))] == [
        "clearview-2022-settlement-illinois"
    ]


# --------------------------------------------------------------------------- all that is known

FACTS = SHARED / "domain" / "pledges.yaml"
#: Items of one list, which the facts join with " | ": each is an entry of its own.
JOINED = {"openai-usage-policies": ("openai-usage-policies", "openai-usage-policies-real-time")}


def facts() -> list[dict[str, Any]]:
    if not FACTS.is_file():
        pytest.skip(WHY_NOT)
    pledges: list[dict[str, Any]] = pytest.importorskip("yaml").safe_load(FACTS.read_text("utf-8"))["pledges"]
    return pledges


def is_verbatim(fact: dict[str, Any]) -> bool:
    status = str(fact.get("quote_status") or "")
    return bool(fact.get("quote")) and status.startswith(("primary", "press")) and "paraphrase" not in status


def test_every_pledge_that_is_known_is_in_the_product_with_a_source() -> None:
    known = facts()
    assert len(known) > 30
    assert [fact["id"] for fact in known if fact["id"] not in BY_ID] == []
    assert [fact["id"] for fact in known if not BY_ID[fact["id"]].sources] == []


def test_exact_words_are_the_same_words_and_the_rest_is_no_quotation() -> None:
    for fact in facts():
        one = BY_ID[fact["id"]]
        assert one.is_verbatim == is_verbatim(fact), one.id
        if one.is_verbatim:
            assert (one.quoted is Quoted.PRIMARY) == fact["quote_status"].startswith("primary"), one.id
            ours = [BY_ID[each].quote for each in JOINED.get(one.id, (one.id,))]
            assert [fold(each) for each in ours] == [fold(each) for each in fact["quote"].split(" | ")], (
                one.id
            )


def addresses(sources: list[Any]) -> set[str]:
    """Those that lead to the web, without what is said of them."""
    return {str(one).split()[0] for one in sources if str(one).startswith("https://")}


def test_no_fact_of_them_is_lost() -> None:
    for fact in facts():
        one, changes = BY_ID[fact["id"]], fact.get("changes", [])
        assert list(one.barred) == fact.get("action_barred", []), one.id
        assert "confidence" not in fact or str(fact["confidence"]).startswith(one.confidence), one.id
        assert "strength" not in fact or " + ".join(one.strength) == fact["strength"], one.id
        assert addresses(fact.get("sources", [])) <= addresses(list(one.sources)), one.id
        known = addresses([change.source for change in one.changes])
        assert addresses([change["source"] for change in changes]) <= known, one.id
        assert len(one.changes) >= len(changes), one.id
        assert len(one.exceptions) >= len(fact.get("exceptions", [])) or one.id in JOINED, one.id
        said = {name for name in SLOTS if fact.get(name) not in (None, "not stated")}
        assert {name for name in said if not getattr(one, name)} <= NO_DAY.get(one.id, set()), one.id
        assert one.note or "not confirmed" not in str(fact), one.id


SLOTS = ("technology", "geography", "condition", "court", "promise", "start", "expiry")
#: No day is known: `note` says between which it lies, or that there is none.
NO_DAY = {
    "google-2018-fr-api": {"expiry"},
    "clearview-2022-settlement-private": {"expiry"},
    "rite-aid-ftc-2023": {"start", "expiry"},
}
