"""Whether a check was degraded by our own network: then it decides nothing, and one notice says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.operations import tell_outage
from monitor.model import Access, Failure, Fetch, Notice
from monitor.outage import HOSTS_AT_MOST, canaries_wanted, degraded, failing_hosts, is_news, outage_notice
from monitor.settings import Channel, Outage, Route, Settings
from monitor.store import Store, alerts

pytest_plugins = ["tests.postgres"]

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
LIMITS = Outage(hosts_share=0.3, from_hosts=5)
DNS, TIMEOUT, CONNECTION, TLS = Access.DNS, Access.TIMEOUT, Access.CONNECTION, Access.TLS
OTHER = (
    Access.WALL,
    Access.ROBOTS_DISALLOWED,
    Access.RATE_LIMITED,
    Access.TOO_LARGE,
    Access.PARTIAL,
    Access.ERROR_PAGE,
    Access.NOT_REACHED,
    Access.BLOCKED_BY_POLICY,
)


def fetch(host: int | str, kind: Access | None = None, page: str = "terms") -> Fetch:
    """One page of a host, read well or failed in this way."""
    failure = Failure(kind, f"host{host} said nothing ({kind})") if kind else None
    status = None if kind else 200
    url = host if isinstance(host, str) else f"https://host{host}.example"
    return Fetch(f"{host}/{page}", f"{url}/{page}", NOW, NOW, status=status, failure=failure)


def hosts(failed: int, well: int, kind: Access = DNS) -> list[Fetch]:
    return [fetch(number, kind if number < failed else None) for number in range(failed + well)]


@pytest.mark.parametrize(
    ("fetches", "is_degraded"),
    [
        pytest.param([], False, id="nothing was asked"),
        pytest.param(hosts(0, 30), False, id="all is well"),
        pytest.param(hosts(5, 0), True, id="everything fails"),
        pytest.param(hosts(4, 0), False, id="everything fails, of too few hosts"),
        pytest.param(hosts(9, 21), False, id="exactly the share"),
        pytest.param(hosts(10, 20), True, id="more than the share"),
        pytest.param(hosts(4, 5), False, id="more than the share, too few"),
        *[pytest.param(hosts(10, 5, kind), True, id=kind) for kind in (DNS, TIMEOUT, CONNECTION, TLS)],
        *[pytest.param(hosts(10, 5, kind), False, id=kind) for kind in OTHER],
        pytest.param(
            [*hosts(6, 6), *(fetch(number, page="pledge") for number in range(6))],
            False,
            id="every host gave us one of its pages",
        ),
        pytest.param(
            [fetch(0, DNS, f"page{number}") for number in range(9)], False, id="one host, many pages"
        ),
        pytest.param(
            [fetch(f"https://x.example:{port}", TIMEOUT) for port in range(8001, 8006)],
            True,
            id="ports are hosts",
        ),
        pytest.param(
            [*hosts(5, 7), *(fetch(number, Access.NOT_REACHED) for number in range(20, 40))],
            True,
            id="hosts whose turn never came do not dilute the share",
        ),
        pytest.param(
            [*hosts(10, 20), *(fetch(number, Access.ROBOTS_DISALLOWED, "old") for number in range(10))],
            False,
            id="a host that answered for one page did not fail",
        ),
    ],
)
def test_many_hosts_that_fail_at_once_are_our_own_outage(fetches: list[Fetch], is_degraded: bool) -> None:
    assert bool(degraded(fetches, LIMITS)) == is_degraded


def test_the_sentence_says_how_many_and_how() -> None:
    fetches = [*hosts(8, 18), *(fetch(number, TIMEOUT) for number in range(50, 54))]
    assert degraded(fetches, LIMITS) == (
        "12 of 30 hosts could not be reached (8 dns, 4 timeout): our own network was in doubt, "
        "so this check decides nothing."
    )


# --------------------------------------------------------------------------- canaries

DEAF = {"https://a.example": False, "https://b.example": False}


@pytest.mark.parametrize(
    ("fetches", "canaries", "is_degraded"),
    [
        pytest.param(hosts(1, 29), {}, False, id="not asked"),
        pytest.param(hosts(1, 29), DEAF, True, id="none answers"),
        pytest.param(hosts(1, 29), DEAF | {"https://b.example": True}, False, id="one answers"),
        pytest.param(hosts(0, 30), DEAF, False, id="no host failed"),
        pytest.param(hosts(10, 20), {"https://b.example": True}, True, id="too many failed all the same"),
    ],
)
def test_canaries_that_are_all_silent_are_our_own_outage(
    fetches: list[Fetch], canaries: dict[str, bool], is_degraded: bool
) -> None:
    assert bool(degraded(fetches, LIMITS, canaries)) == is_degraded


def test_silent_canaries_are_said() -> None:
    assert degraded(hosts(1, 2), LIMITS, DEAF) == (
        "1 of 3 hosts could not be reached (1 dns), and none of the 2 canary addresses answered: "
        "our own network was in doubt, so this check decides nothing."
    )


@pytest.mark.parametrize(
    ("fetches", "wanted"),
    [(hosts(0, 3), False), (hosts(1, 3), True), (hosts(2, 1, Access.WALL), False), ([], False)],
    ids=["all is well", "a host failed", "a wall is an answer", "nothing was asked"],
)
def test_canaries_are_asked_only_when_a_host_failed(fetches: list[Fetch], wanted: bool) -> None:
    assert canaries_wanted(fetches) == wanted


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from([None, *Access])), max_size=40))
def test_one_more_page_that_was_read_never_makes_an_outage(said: list[tuple[int, Access | None]]) -> None:
    fetches = [fetch(number, kind, str(place)) for place, (number, kind) in enumerate(said)]
    if not degraded(fetches, LIMITS):
        assert not degraded([*fetches, fetch(99)], LIMITS)
        assert not degraded([*fetches, fetch(0)], LIMITS)
    assert canaries_wanted(fetches) == bool(degraded(fetches, LIMITS, DEAF))


# --------------------------------------------------------------------------- the notice


def told(fetches: Sequence[Fetch], started_at: datetime = NOW, now: datetime = NOW) -> Notice:
    return outage_notice(degraded(fetches, LIMITS), fetches, started_at, now)


def test_the_notice_names_the_hosts_and_what_to_do() -> None:
    one = told(hosts(5, 3))
    assert one.kind == "outage"
    assert one.headline.startswith("5 of 8 hosts could not be reached (5 dns)")
    assert one.lines[0] == "https://host0.example: dns"
    assert sum(line.startswith("https://host") for line in one.lines) == 5
    assert "see whether this machine reaches the internet" in " ".join(one.lines)


def test_at_most_so_many_hosts_are_named() -> None:
    one = told(hosts(HOSTS_AT_MOST + 3, 0))
    assert sum(line.startswith("https://") for line in one.lines) == HOSTS_AT_MOST
    assert "… and 3 more hosts." in one.lines


def test_a_check_has_one_notice_for_ever() -> None:
    later = NOW + timedelta(hours=6)
    assert told(hosts(5, 0)).id == told(hosts(9, 0), NOW, later).id != told(hosts(5, 0), later).id


@pytest.mark.parametrize(
    ("newest", "news"),
    [(None, True), (timedelta(hours=1), False), (timedelta(hours=23), False), (timedelta(hours=24), True)],
)
def test_an_outage_that_goes_on_is_told_once_a_day(newest: timedelta | None, news: bool) -> None:
    earlier = replace(told(hosts(5, 0)), raised_at=NOW - newest) if newest else None
    assert is_news(earlier, NOW) == news


def test_the_failure_that_is_named_is_the_last_of_its_host() -> None:
    assert failing_hosts([fetch(1, DNS), fetch(1, TIMEOUT, "pledge")])["https://host1.example"] is TIMEOUT


def test_an_outage_is_told_by_the_routes_of_operations(store: Store) -> None:
    settings = Settings(
        channels={"screen": Channel("console")},
        routes=(Route("desk", "screen", operations=True), Route("campaigners", "screen")),
    )
    fetches = hosts(6, 3)
    why = degraded(fetches, LIMITS)
    with store.begin() as conn:
        for hours, news in [(0, True), (6, False), (12, False), (25, True)]:
            at = NOW + timedelta(hours=hours)
            assert tell_outage(conn, settings, why, fetches, at, at) == news
        assert [one.route for one in alerts.waiting(conn)] == ["desk", "desk"]
