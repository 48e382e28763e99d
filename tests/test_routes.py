"""Which route gets which alert, and the deliveries that follow from it."""

from dataclasses import replace
from typing import Any

import pytest

from alerts.routes import concerns, deliveries, operational, pages_of, to_one
from monitor.model import Alert, Direction, Organization, Page, Role, Standing, Tier, Touched
from monitor.settings import Channel, Route, Settings
from monitor.store.alerts import NewDelivery
from monitor.watchlist import Watchlist
from tests.sample_alerts import CORVID, NOW, TERMS, alert, finding, notice, unconfirmed

CHANNELS = {
    "screen": Channel("console"),
    "log": Channel("file", path="alerts.jsonl"),
    "mail": Channel("email", host="mail.example", sender="watch@pledges.example"),
    "hook": Channel("webhook", url="https://hook.example/"),
}
WEAKER = alert()
MIXED = alert(finding(), finding(direction=Direction.STRONGER))
FOR_REVIEW = alert(finding(tier=Tier.REVIEW))
#: Weaker for face recognition and the police; stronger for voices and advertisers, an ask of its own.
TWO = alert(
    finding(),
    finding(
        direction=Direction.STRONGER,
        technologies=("voice_recognition",),
        parties=("advertisers",),
        asks=("ADS-1",),
    ),
)
ASKED = replace(alert(finding(asks=())), asks=(Touched("POL-2", "Do not sell.", "It names the police."),))
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
        pytest.param(
            alert(finding(direction=Direction.NEUTRAL), finding(tier=Tier.REVIEW)),
            {"directions": ("weaker",)},
            False,
            id="weaker only by what is for review",
        ),
        pytest.param(WEAKER, {"kinds": ("vendor",), "roles": ("pledge",)}, False, id="all must match"),
        pytest.param(
            WEAKER, {"technologies": ("gait_recognition", "face_recognition")}, True, id="its technology"
        ),
        pytest.param(WEAKER, {"technologies": ("gait_recognition",)}, False, id="another technology"),
        pytest.param(WEAKER, {"parties": ("police",)}, True, id="its party"),
        pytest.param(WEAKER, {"parties": ("military",)}, False, id="another party"),
        pytest.param(WEAKER, {"asks": ("POL-1",)}, True, id="its ask"),
        pytest.param(WEAKER, {"asks": ("POL-2",)}, False, id="another ask"),
        pytest.param(ASKED, {"asks": ("POL-2",)}, True, id="an ask of the alert as a whole"),
        pytest.param(WEAKER, {"languages": ("de", "en")}, True, id="its language"),
        pytest.param(WEAKER, {"languages": ("en-GB",)}, True, id="its language, of whatever country"),
        pytest.param(WEAKER, {"languages": ("de",)}, False, id="another language"),
        pytest.param(
            TWO, {"technologies": ("voice_recognition",), "asks": ("ADS-1",)}, True, id="one finding fits all"
        ),
        pytest.param(
            TWO, {"technologies": ("voice_recognition",), "parties": ("police",)}, False, id="none fits both"
        ),
        pytest.param(
            TWO, {"technologies": ("voice_recognition",), "directions": ("weaker",)}, False, id="nor this"
        ),
        pytest.param(
            TWO, {"technologies": ("voice_recognition",), "directions": ("mixed",)}, True, id="mixed all over"
        ),
        pytest.param(
            alert(finding(), finding(tier=Tier.REVIEW, technologies=("iris_recognition",))),
            {"technologies": ("iris_recognition",)},
            False,
            id="that technology is for review only",
        ),
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


@pytest.mark.parametrize("every", ["at_once", "hourly", "daily", "weekly"])
def test_a_route_with_digests_gathers_under_the_same_keys(every: str) -> None:
    early, plain = (Route("staff", "screen", every=each, unconfirmed=True) for each in (every, "at_once"))
    for told in (WEAKER, unconfirmed(WEAKER)):
        (one,) = routed(told, early)
        assert one == replace(routed(told, plain)[0], gathered=every != "at_once")
    assert not to_one(notice(), early, "").gathered, "a notice waits for no digest"


def test_the_pages_of_a_route() -> None:
    german = Page("corvid/agb", "corvid", "https://corvid.example/agb", Role.TERMS, language="de")
    bird = Page("canary/page", "canary", "http://127.0.0.1/", Role.TERMS)
    corvid = replace(CORVID, pages=(TERMS, german))
    watched = Watchlist((Organization("canary", "Canary", "canary", pages=(bird,)), corvid))

    def ids(**narrowed: Any) -> list[str]:
        return [page.id for _, page in pages_of(Route("staff", "screen", **narrowed), watched)]

    assert ids() == ["corvid/terms", "corvid/agb"], "canaries are for those who ask for them"
    assert ids(languages=("de",), roles=("terms",)) == ["corvid/agb"]
    assert ids(kinds=("canary",)) == ["canary/page"]
    assert ids(technologies=("none",), directions=("weaker",)) == ids(), "that is asked of findings"


def test_what_stands_is_of_what_a_route_asked_for() -> None:
    stands = Standing(
        "k", "q", (), NOW, "refuses", technologies=("face_recognition",), parties=("police", "immigration")
    )
    assert concerns(Route("staff", "screen", parties=("police",)), stands)
    assert not concerns(Route("staff", "screen", parties=("police",), technologies=("drones",)), stands)


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
