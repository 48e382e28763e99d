"""Routes by which messages are not taken: which they are, and what is told elsewhere. Pure."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alerts.message import AGAIN
from alerts.render import when
from alerts.routes import unwanted
from monitor.model import Delivery, Notice
from monitor.settings import Settings

KIND = "delivery"
TRIES = 3  #: so many failures of one delivery are more than a hiccup
QUIET = timedelta(hours=24)  #: while it goes on, it is told once in so long

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Failing:
    """A route, what waits to go by it, and what was given up. A digest counts as one."""

    route: str
    waiting: tuple[Delivery, ...]
    parked: tuple[Delivery, ...]

    @property
    def tried(self) -> tuple[Delivery, ...]:
        """What waits and failed too often."""
        return tuple(one for one in self.waiting if one.attempts >= TRIES)

    @property
    def channels(self) -> frozenset[str]:
        """The channels that fail."""
        return frozenset(one.channel for one in (*self.tried, *self.parked))

    @property
    def last_error(self) -> str:
        """What was said last, as far as we know."""
        if not self.tried:
            return self.parked[-1].last_error
        return max(self.tried, key=lambda one: (one.next_attempt_at or _NEVER, one.id)).last_error


def failing_routes(
    waiting: Iterable[Delivery], parked: Iterable[Delivery], settings: Settings
) -> list[Failing]:
    """The routes with something given up, or that failed at least TRIES times, by name.

    What the settings no longer want is not counted, nor what is held for a person.
    """
    by_route: dict[str, tuple[list[Delivery], list[Delivery]]] = {}
    for place, some in enumerate((waiting, parked)):
        for one in some:
            of_another = one.digest_id or one.carried_by
            if not of_another and not one.held and not unwanted(one, settings):
                by_route.setdefault(one.route, ([], []))[place].append(one)
    every = (Failing(route, tuple(left), tuple(over)) for route, (left, over) in sorted(by_route.items()))
    return [one for one in every if one.tried or one.parked]


def failing_notice(failing: Failing, settings: Settings, since: datetime, now: datetime) -> Notice:
    """What is told of it. since: when the oldest message that was not taken was raised (aware UTC)."""
    ways = ", ".join(f"{settings.channels[name].kind} by {name}" for name in sorted(failing.channels))
    headline = (
        f"Messages by the route {failing.route} ({ways}) are not taken: {_counted(failing)}, "
        f"the oldest since {when(since)}."
    )
    lines = (
        f"The last error: {failing.last_error}",
        "What waits is tried again, for about three days. Each message: pledgewatch status",
        f"Once it is mended, try it: pledgewatch alerts test {failing.route}",
        f"What was given up goes out {AGAIN}.",
        "While this goes on it is told again after a day.",
    )
    return Notice(_id(failing, now), now, KIND, headline, lines, failing.route)


def _counted(failing: Failing) -> str:
    waiting, parked = len(failing.waiting), len(failing.parked)
    waits = f"{waiting} wait" if waiting != 1 else "1 waits"
    over = f"{parked} were given up" if parked != 1 else "1 was given up"
    return ", ".join([waits] * bool(waiting) + [over] * bool(parked))


def _id(failing: Failing, now: datetime) -> str:
    """While something is still tried, each day is news; what was given up is news once."""
    given_up = sorted((one.id, one.attempts) for one in failing.parked)
    parts = [KIND, failing.route, now.isoformat() if failing.tried else given_up]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
