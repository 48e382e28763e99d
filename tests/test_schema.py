"""The JSON Schemas that we ship: what we write satisfies them, and so does the contract's own example."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.home import SHIPPED_CONFIG
from monitor.model import (
    Alert,
    Direction,
    Earlier,
    FindingKind,
    Item,
    Notice,
    Place,
    Relation,
    Role,
    Section,
    Side,
    Stance,
    Tier,
    Touched,
)
from monitor.wire import alert_json, notice_json
from tests.homes import ROOT
from tests.sample_alerts import NOW, alert, finding, notice, unconfirmed
from tests.shared import SHARED, WHY_NOT

#: The demo in a process of its own, because the reactor starts once a process.
WATCH = """
import json, tempfile
from pathlib import Path
from app.demo import watch_editions
from monitor.wire import alert_json
with tempfile.TemporaryDirectory() as folder:
    told = watch_editions(Path(folder))
print(json.dumps([alert_json(alert) for each in told for alert in each.alerts]))
"""
HEX = re.compile(r"[0-9a-f]{64}")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SHIPPED_CONFIG / "schema" / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


ALERT, NOTICE = validator("alert"), validator("notice")


def problems(told: Any, by: Draft202012Validator = ALERT) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in by.iter_errors(told)]


def loose(told: dict[str, Any]) -> list[str]:
    """What is no id of 64 hex digits, no digest and no time, where the schema asks for one in its words."""
    ids = [told["id"], told["thread"], *(one["alert"] for key in ("places", "follows") for one in told[key])]
    digests = [told[side]["sha256"] for side in ("before", "after")]
    times = [told["raised_at"], *(told[side]["fetched_at"] for side in ("before", "after"))]
    times += [told["before"]["last_seen_at"], told["after"]["confirmed_at"]]
    times += [one["raised_at"] for one in told["follows"]]
    return (
        [one for one in ids if not HEX.fullmatch(one)]
        + [one for one in digests if one and not HEX.fullmatch(one)]
        + [one for one in times if one is not None and not RFC_3339.fullmatch(one)]
    )


# --------------------------------------------------------------------------- what we write


def full() -> Alert:
    """An alert with all that one can have."""
    return replace(
        alert(),
        links={"desk": "https://desk.example/changes/1", "evidence": "https://desk.example/evidence.zip"},
        asks=(Touched("POL-1", "No sale to police", "it names police", "https://ask.example"),),
        places=(Place({"id": "corvid/aup", "url": "https://corvid.example/aup", "role": "terms"}, "c" * 64),),
        follows=(Earlier("d" * 64, NOW, "Corvid Cloud: it changed", Relation.REVERSED),),
        thread="d" * 64,
    )


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(alert(), id="confirmed"),
        pytest.param(unconfirmed(alert()), id="unconfirmed"),
        pytest.param(full(), id="with asks, places and what it follows"),
        pytest.param(replace(alert(), after=replace(alert().after, sha256="")), id="no body came"),
        pytest.param(
            replace(alert(), before=replace(alert().before, last_seen_at=None)), id="never seen again"
        ),
    ],
)
def test_our_alerts_satisfy_the_schema_and_its_strict_words(told: Alert) -> None:
    assert problems(alert_json(told)) == []
    assert loose(alert_json(told)) == []


@pytest.fixture(scope="module")
def demo() -> list[dict[str, Any]]:
    ran = subprocess.run([sys.executable, "-c", WATCH], cwd=ROOT, capture_output=True, text=True, check=True)
    return list(json.loads(ran.stdout))


def test_every_alert_of_the_demo_satisfies_it(demo: list[dict[str, Any]]) -> None:
    assert len(demo) >= 4
    assert [problems(told) + loose(told) for told in demo] == [[]] * len(demo)


TIMES = st.datetimes(min_value=NOW.replace(tzinfo=None, year=1970), timezones=st.just(UTC))
SIDES = st.builds(
    Side,
    TIMES,
    st.sampled_from(["", "a" * 64]),
    st.text(),
    last_seen_at=st.none() | TIMES,
    confirmed_at=st.none() | TIMES,
)
FINDINGS = st.builds(
    finding,
    kind=st.sampled_from(FindingKind),
    direction=st.sampled_from(Direction),
    tier=st.sampled_from(Tier),
    confidence=st.sampled_from(["high", "medium", "low"]),
    stance=st.sampled_from(["", *Stance]),
    before_quote=st.text(),
    after_quote=st.text(),
    context=st.lists(st.text()).map(tuple),
    asks=st.lists(st.text()).map(tuple),
)
PAGES = st.fixed_dictionaries(
    {"id": st.just("a/b"), "url": st.text(), "role": st.sampled_from([*map(str, Role)])}
)
ALERTS = st.builds(
    replace,
    st.just(alert()),
    raised_at=TIMES,
    page=PAGES,
    direction=st.sampled_from(Direction),
    findings=st.lists(FINDINGS, min_size=1, max_size=3).map(tuple),
    before=SIDES,
    after=SIDES,
    not_checked=st.lists(st.text()).map(tuple),
    asks=st.lists(st.builds(Touched, st.just("POL-1"), st.text(), st.text(), st.text())).map(tuple),
    places=st.lists(st.builds(Place, PAGES, st.just("e" * 64))).map(tuple),
    follows=st.lists(st.builds(Earlier, st.just("f" * 64), TIMES, st.text(), st.sampled_from(Relation))).map(
        tuple
    ),
)


@given(told=ALERTS)
def test_whatever_an_alert_holds_satisfies_it(told: Alert) -> None:
    assert problems(alert_json(told)) == []
    assert loose(alert_json(told)) == []


@given(
    told=st.builds(
        Notice,
        st.just("a" * 64),
        TIMES,
        st.sampled_from(["outage", "digest", "welcome", "correction", "retraction"]),
        st.text(min_size=1),
        st.lists(st.text()).map(tuple),
        st.text(),
        st.lists(
            st.builds(
                Section,
                st.text(),
                st.lists(
                    st.builds(
                        Item,
                        st.text(),
                        st.sampled_from(["", *map(str, Direction)]),
                        st.lists(st.text()).map(tuple),
                    )
                ).map(tuple),
                st.text(),
            )
        ).map(tuple),
    )
)
def test_whatever_a_notice_holds_satisfies_its_schema(told: Notice) -> None:
    assert problems(notice_json(told), NOTICE) == []
    assert RFC_3339.fullmatch(notice_json(told)["raised_at"])


# --------------------------------------------------------------------------- what is refused

Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, Change] = {
    "no id": lambda told: told.pop("id"),
    "no headline": lambda told: told.pop("headline"),
    "another schema": lambda told: told.update(schema="pledgewatch.alert/2"),
    "a direction that is none": lambda told: told.update(direction="worse"),
    "a finding's direction that is none": lambda told: told["findings"][0].update(direction="worse"),
    "a kind that is none": lambda told: told["findings"][0].update(kind="deleted"),
    "a tier that is none": lambda told: told["findings"][0].update(tier="urgent"),
    "no finding": lambda told: told.update(findings=[]),
    "a finding without its quote": lambda told: told["findings"][0].pop("before_quote"),
    "reasons as one text": lambda told: told["findings"][0].update(reasons="because"),
    "a time as a number": lambda told: told.update(raised_at=1_795_000_000),
    "a time with another zone": lambda told: told.update(raised_at="2026-11-22T07:02:00+01:00"),
    "an early time that is no time": lambda told: told["after"].update(confirmed_at="soon"),
    "no confirmed_at": lambda told: told["after"].pop("confirmed_at"),
    "no last_seen_at": lambda told: told["before"].pop("last_seen_at"),
    "an unknown role": lambda told: told["page"].update(role="blog"),
    "an organization as text": lambda told: told.update(organization="Corvid Cloud"),
    "no links": lambda told: told.pop("links"),
    "a link that is null": lambda told: told["links"].update(desk=None),
    "an ask as text": lambda told: told.update(asks=["POL-1"]),
    "a place without its page": lambda told: told["places"][0].pop("page"),
    "a relation that is none": lambda told: told["follows"][0].update(relation="later"),
    "a thread that is null": lambda told: told.update(thread=None),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused(change: Change) -> None:
    told = alert_json(full())
    change(told)
    assert len(problems(told)) == 1


WRONG_NOTICES: dict[str, Change] = {
    "no kind": lambda told: told.pop("kind"),
    "lines as text": lambda told: told.update(lines="one"),
    "an item without its alert": lambda told: told["sections"][0]["items"][0].pop("alert"),
    "a direction that is none": lambda told: told["sections"][0]["items"][0].update(direction="worse"),
    "an alert's schema": lambda told: told.update(schema="pledgewatch.alert/1"),
}


@pytest.mark.parametrize("change", WRONG_NOTICES.values(), ids=WRONG_NOTICES)
def test_what_is_wrong_in_a_notice_is_refused(change: Change) -> None:
    told = notice_json(notice(sections=(Section("Corvid Cloud", (Item("It changed", "weaker"),)),)))
    assert problems(told, NOTICE) == []
    change(told)
    assert len(problems(told, NOTICE)) == 1


def test_more_keys_may_come() -> None:
    told = alert_json(full())
    told["held"] = told["page"]["title"] = told["findings"][0]["place"] = "new"
    assert problems(told) == []
    assert problems(notice_json(notice()) | {"new": 1}, NOTICE) == []


def test_every_key_that_we_write_is_described() -> None:
    """A key that is added to what we write is added to the schema, too."""
    assert set(ALERT.schema["properties"]) == set(alert_json(full()))
    assert set(NOTICE.schema["properties"]) == set(notice_json(notice()))
    assert set(ALERT.schema["$defs"]["finding"]["properties"]) == set(alert_json(full())["findings"][0])


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        (ALERT.schema["$defs"]["direction"]["enum"], Direction),
        (ALERT.schema["$defs"]["finding"]["properties"]["kind"]["enum"], FindingKind),
        (ALERT.schema["$defs"]["finding"]["properties"]["tier"]["enum"], Tier),
        (ALERT.schema["$defs"]["page"]["properties"]["role"]["enum"], Role),
        (ALERT.schema["properties"]["follows"]["items"]["properties"]["relation"]["enum"], Relation),
    ],
    ids=["direction", "kind", "tier", "role", "relation"],
)
def test_the_words_are_those_of_the_code(listed: list[str], known: Any) -> None:
    assert listed == [str(one) for one in known]


# --------------------------------------------------------------------------- the contract


@pytest.mark.skipif(not SHARED.is_dir(), reason=WHY_NOT)
def test_the_example_of_the_contract_satisfies_it() -> None:
    """Word for word, but for its findings: there it points to those of the comparison above it."""
    contract = (SHARED / "contract.md").read_text("utf-8")
    compared, example = (
        block
        for block in re.findall(r"```json\n(.*?)```", contract, re.DOTALL)
        if '"schema": "pledgewatch' in block
    )
    findings = json.dumps(json.loads(compared)["findings"])
    placeholder = "[ …as above… ]"
    assert example.count(placeholder) == 1
    assert problems(json.loads(example.replace(placeholder, findings))) == []
