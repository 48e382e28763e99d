"""Which route gets which alert, and the deliveries that follow from it."""

from typing import Any

import pytest

from alerts.routes import deliveries, operational
from monitor.model import Alert, Direction, Tier
from monitor.settings import Channel, Route, Settings
from monitor.store.alerts import NewDelivery
from tests.sample_alerts import CORVID, TERMS, alert, finding, notice, unconfirmed

CHANNELS = {
    "screen": Channel("console"),
    "log": Channel("file", path="alerts.jsonl"),
    "mail": Channel("email", host="mail.example", sender="watch@pledges.example"),
    "hook": Channel("webhook", url="https://hook.example/"),
}
WEAKER = alert()
MIXED = alert(finding(), finding(direction=Direction.STRONGER))
FOR_REVIEW = alert(finding(tier=Tier.REVIEW))
WEAKER_FOR_REVIEW = alert(finding(direction=Direction.STRONGER), finding(tier=Tier.REVIEW))


def routed(told: Alert, *routes: Route) -> tuple[NewDelivery, ...]:
    return deliveries(told, CORVID, TERMS, Settings(channels=CHANNELS, routes=routes))


@pytest.mark.parametrize(
    ("told", "narrowed", "matches"),
    [
        pytest.param(WEAKER, {}, True, id="nothing narrows"),
        pytest.param(WEAKER, {"organizations": ("other", "corvid")}, True, id="its organization"),
        pytest.param(WEAKER, {"organizations": ("other",)}, False, id="another organization"),
        pytest.param(WEAKER, {"kinds": ("vendor",)}, True, id="its kind"),
        pytest.param(WEAKER, {"kinds": ("airline",)}, False, id="another kind"),
        pytest.param(WEAKER, {"roles": ("terms",)}, True, id="its role"),
        pytest.param(WEAKER, {"roles": ("pledge",)}, False, id="another role"),
        pytest.param(WEAKER, {"directions": ("weaker",)}, True, id="its direction"),
        pytest.param(WEAKER, {"directions": ("stronger",)}, False, id="another direction"),
        pytest.param(MIXED, {"directions": ("weaker",)}, True, id="mixed has a weaker part"),
        pytest.param(MIXED, {"directions": ("mixed",)}, True, id="mixed as a whole"),
        pytest.param(MIXED, {"directions": ("neutral",)}, False, id="mixed is not neutral"),
        pytest.param(FOR_REVIEW, {}, False, id="alerts only, unless asked"),
        pytest.param(FOR_REVIEW, {"tiers": ("alert", "review")}, True, id="its tier"),
        pytest.param(FOR_REVIEW, {"tiers": ()}, True, id="any tier"),
        pytest.param(
            WEAKER_FOR_REVIEW, {"directions": ("weaker",)}, False, id="the weaker part is not of that tier"
        ),
        pytest.param(WEAKER, {"kinds": ("vendor",), "roles": ("pledge",)}, False, id="all must match"),
    ],
)
def test_a_route_hears_what_it_asked_for(told: Alert, narrowed: dict[str, Any], matches: bool) -> None:
    assert bool(routed(told, Route("staff", "screen", **narrowed))) == matches


def test_people_get_one_each_and_places_get_one() -> None:
    told = routed(
        WEAKER,
        Route("staff", "mail", recipients=("a@x.example", "b@x.example", "a@x.example")),
        Route("archive", "log"),
        Route("bridge", "hook", recipients=("ignored",)),
    )
    assert told == (
        NewDelivery(f"{WEAKER.id}/staff/a@x.example", "staff", "mail", "a@x.example"),
        NewDelivery(f"{WEAKER.id}/staff/b@x.example", "staff", "mail", "b@x.example"),
        NewDelivery(f"{WEAKER.id}/archive/", "archive", "log", ""),
        NewDelivery(f"{WEAKER.id}/bridge/", "bridge", "hook", ""),
    )


def test_no_route_no_delivery() -> None:
    assert routed(WEAKER) == ()


# --------------------------------------------------------------------------- before it is confirmed


def test_what_is_not_confirmed_is_for_those_who_asked_and_they_are_told_again() -> None:
    routes = (
        Route("early", "mail", recipients=("a@x.example",), unconfirmed=True),
        Route("patient", "mail", recipients=("b@x.example",)),
        Route("hasty", "hook", unconfirmed=True),
    )
    first, then = routed(unconfirmed(WEAKER), *routes), routed(WEAKER, *routes)
    assert [one.key for one in first] == [
        f"{WEAKER.id}/early/a@x.example/unconfirmed",
        f"{WEAKER.id}/hasty//unconfirmed",
    ]
    assert [one.key for one in then] == [
        f"{WEAKER.id}/early/a@x.example",
        f"{WEAKER.id}/patient/b@x.example",
        f"{WEAKER.id}/hasty/",
    ]


def test_a_route_for_what_is_unconfirmed_is_narrowed_as_ever() -> None:
    route = Route("early", "screen", directions=("stronger",), unconfirmed=True)
    assert routed(unconfirmed(WEAKER), route) == ()


# --------------------------------------------------------------------------- about the watch itself


def test_a_notice_is_for_the_routes_of_operations_whatever_they_narrow() -> None:
    routes = (
        Route("desk", "mail", ("a@x.example", "b@x.example"), kinds=("airline",), operations=True),
        Route("campaigners", "mail", ("c@x.example",)),
        Route("archive", "log", operations=True),
    )
    assert operational(notice(), Settings(channels=CHANNELS, routes=routes)) == (
        NewDelivery(f"{'0' * 64}/desk/a@x.example", "desk", "mail", "a@x.example"),
        NewDelivery(f"{'0' * 64}/desk/b@x.example", "desk", "mail", "b@x.example"),
        NewDelivery(f"{'0' * 64}/archive/", "archive", "log", ""),
    )
