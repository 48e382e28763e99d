"""Changes that were told as confirmed and went back since: they are followed no more, and happened. Pure."""

from collections.abc import Iterable, Iterator

from monitor.confirm import finding_key
from monitor.ledger.lines import Followed
from monitor.model import Alert, Sighting, Tracked


def with_told(tracked: Followed, alerts: Iterable[Alert]) -> Followed:
    """The changes, with what else these alerts told as confirmed, each once."""
    known = {(page, one.key) for page, one in tracked if one.state is Sighting.CONFIRMED}
    found = {(page, one.key): one for page, one in _told(alerts) if (page, one.key) not in known}
    return [*tracked, *((page, one) for (page, _), one in found.items())]


def _told(alerts: Iterable[Alert]) -> Iterator[tuple[str, Tracked]]:
    for alert in sorted(alerts, key=lambda one: one.raised_at):
        if (confirmed := alert.after.confirmed_at) is None:
            continue
        for finding in alert.findings:
            yield (
                alert.page["id"],
                Tracked(
                    key=finding_key(finding),
                    finding=finding,
                    before_fetch_id=0,
                    after_fetch_id=0,
                    first_seen_at=alert.after.fetched_at,
                    last_seen_at=max(alert.after.last_seen_at or confirmed, confirmed),
                    readings=0,
                    state=Sighting.CONFIRMED,
                    confirmed_at=confirmed,
                ),
            )
