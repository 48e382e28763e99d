"""What a change that is not believed yet waits for, as `status` and the desk say it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from monitor.confirm import Need, Policy, looks_to_come, need_of
from monitor.model import Tracked


@dataclass(frozen=True, slots=True)
class Outlook:
    """What it takes. looks: when readings are due that settle it (UTC), at least one."""

    need: Need
    looks: tuple[datetime, ...]

    @property
    def next_look(self) -> datetime:
        """When the next reading is due that helps."""
        return self.looks[0]

    @property
    def believed_from(self) -> datetime:
        """The earliest time from which it is believed, if it stands until then."""
        return self.looks[-1]


@dataclass(frozen=True, slots=True)
class Ahead:
    """When we look next, and from when on it can be believed (UTC). is_overdue: that look is due already."""

    next_look: datetime
    believed_from: datetime
    is_overdue: bool


def ahead_of(what: Outlook, due_at: datetime | None, now: datetime) -> Ahead | None:
    """What lies ahead as things are; None where nobody looks.

    due_at: when its page is due (UTC), None where it is not asked for. Where the look that would help is in
    the past, the page was not read then: the next one is that of its schedule.
    """
    if due_at is None:
        return None
    at = what.next_look if what.next_look > now else max(what.next_look, due_at)
    return Ahead(at, max(what.believed_from, at), at <= now)


def outlook(one: Tracked, policy: Policy) -> Outlook:
    """What this pending finding waits for."""
    return Outlook(need_of(one, policy), looks_to_come(one, policy))
