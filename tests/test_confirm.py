"""Believing a change takes readings that agree over time; what flips back is a variant."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.confirm import Need, Policy, alternations, finding_key, follow, looks_to_come, next_look
from monitor.model import Access, Direction, Finding, FindingKind, Reading, Sighting, Tier, Tracked

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
POLICY = Policy(changed=Need(2, timedelta(hours=6)), withdrawn=Need(3, timedelta(hours=72)))
ANY = Need(1, timedelta(0))
AT_ONCE = Policy(ANY, ANY, ANY)


def finding(
    kind: FindingKind = FindingKind.FORCE, before: str = "We will not.", after: str = "We do not."
) -> Finding:
    return Finding(kind, Direction.WEAKER, Tier.ALERT, "high", "rule", ("reason",), before, after)


CHANGED, WITHDRAWN = finding(), finding(FindingKind.WITHDRAWN, after="")


def states(policy: Policy, *readings: tuple[float, tuple[Finding, ...]]) -> list[list[str]]:
    """The states after each reading, given (hours since the start, what was found)."""
    tracked: tuple[Tracked, ...] = ()
    seen = []
    for number, (hours, found) in enumerate(readings):
        tracked = follow(tracked, found, (1, 10 + number), START + timedelta(hours=hours), policy)
        seen.append([one.state.value for one in tracked])
    return seen


@pytest.mark.parametrize(
    ("policy", "readings", "expected"),
    [
        (POLICY, [(0, (CHANGED,)), (6, (CHANGED,))], "confirmed"),
        (POLICY, [(0, (CHANGED,)), (5, (CHANGED,))], "pending"),
        (POLICY, [(0, (CHANGED,)), (5, (CHANGED,)), (7, (CHANGED,))], "confirmed"),
        (POLICY, [(0, (WITHDRAWN,)), (72, (WITHDRAWN,))], "pending"),
        (POLICY, [(0, (WITHDRAWN,)), (36, (WITHDRAWN,)), (72, (WITHDRAWN,))], "confirmed"),
        (POLICY, [(0, (CHANGED,)), (24, ())], "variant"),
        (POLICY, [(0, (CHANGED,)), (24, ()), (48, (CHANGED,)), (56, (CHANGED,))], "pending"),
        (POLICY, [(0, (CHANGED,)), (1, ()), (2, (CHANGED,)), (40, (CHANGED,)), (80, (CHANGED,))], "confirmed"),
        (AT_ONCE, [(0, (WITHDRAWN,))], "confirmed"),
    ],
    ids=[
        "two agree over 6 h", "too soon", "a third settles it", "a withdrawal needs three", "three over 72 h",
        "flipped back", "once a variant, it needs more", "and gets it", "believed at once",
    ],
)  # fmt: skip
def test_states(policy: Policy, readings: list[tuple[float, tuple[Finding, ...]]], expected: str) -> None:
    assert states(policy, *readings)[-1] == [expected]


def test_a_confirmed_finding_stays_confirmed_and_keeps_its_time() -> None:
    first = follow((), [CHANGED], (1, 2), START, AT_ONCE)
    second = follow(first, [CHANGED], (1, 3), START + timedelta(days=1), AT_ONCE)
    assert [one.confirmed_at for one in second] == [START]
    assert [one.after_fetch_id for one in second] == [2]


def test_immaterial_findings_are_not_followed() -> None:
    logged = Finding(FindingKind.REWORDED, Direction.NEUTRAL, Tier.LOG, "high", "rule", (), "a", "b")
    assert follow((), [logged], (1, 2), START, POLICY) == ()


def test_the_key_ignores_numbers_and_typography() -> None:
    assert finding_key(finding(before="We will not.")) == finding_key(finding(before="we will not"))
    assert finding_key(finding(before="We will not.")) != finding_key(finding(before="We may not."))


@pytest.mark.parametrize(
    ("found", "hours_seen", "hours_next"),
    [(CHANGED, (0,), 6), (WITHDRAWN, (0,), 36), (WITHDRAWN, (0, 36), 72)],
)
def test_the_next_look_is_when_it_could_be_settled(
    found: Finding, hours_seen: tuple[int, ...], hours_next: int
) -> None:
    tracked: tuple[Tracked, ...] = ()
    for hours in hours_seen:
        tracked = follow(tracked, [found], (1, 2), START + timedelta(hours=hours), POLICY)
    (one,) = tracked
    assert one.state is Sighting.PENDING
    assert next_look(one, POLICY) == START + timedelta(hours=hours_next)


@pytest.mark.parametrize(
    ("looks", "hours"),
    [(1, [36, 72]), (2, [72]), (3, [72])],
    ids=["two to come", "one to come", "enough looks, and not enough time"],
)
def test_the_looks_to_come(looks: int, hours: list[int]) -> None:
    one = Tracked("k", WITHDRAWN, 1, 2, START, START, looks, Sighting.PENDING)
    assert looks_to_come(one, POLICY) == tuple(START + timedelta(hours=each) for each in hours)


def readings_of(texts: str) -> list[Reading]:
    """One reading a letter, a day apart; a dot is a look that could not read the page."""
    return [
        Reading(
            day,
            "acme/pledge",
            START + timedelta(days=day),
            Access.WALL if text == "." else Access.OK,
            text_sha256=text,
        )
        for day, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("texts", "turns"),
    [
        ("AAB", 0),
        ("AABBA", 1),
        ("AABBAAB", 2),
        ("AABBAABBA", 3),
        ("AA..A", 0),
        ("AABA", 0),
        ("AABBCCA", 1),
        ("AABBCCAAB", 2),
        ("AABBAAC", 0),
    ],
    ids=[
        "new", "first return", "and again", "and again", "a wall between", "one look is no face", "three faces",
        "the second of three", "a new text ends it",
    ],
)  # fmt: skip
def test_known_texts_that_come_back_are_counted(texts: str, turns: int) -> None:
    *earlier, now = readings_of(texts)
    assert alternations(earlier, now) == turns
