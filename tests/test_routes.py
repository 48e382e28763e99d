"""Which route gets which alert, and the deliveries that follow from it."""

from typing import Any

import pytest

from alerts.routes import deliveries
from monitor.model import Alert, Direction, Tier
from monitor.settings import Channel, Route, Settings
from monitor.store.alerts import NewDelivery
from tests.sample_alerts import CORVID, TERMS, alert, finding

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
