"""Was the fault ours? One check's failures decide whether it may decide anything at all. Pure.

Many hosts that fail at once, or not one canary that answers, say more about our own network than about the
pages: such a check is degraded, all that it read is set aside, and one notice tells the operator.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.model import Access, Fetch, Notice
from monitor.settings import Outage

KIND = "outage"
QUIET = timedelta(hours=24)  #: while an outage goes on, it is told once in so long
HOSTS_AT_MOST = 20  #: failing hosts that a notice names; the rest is counted

_FAILED = frozenset({Access.DNS, Access.TIMEOUT, Access.CONNECTION, Access.TLS})
_NEVER_ASKED = frozenset({Access.NOT_REACHED, Access.BLOCKED_BY_POLICY})
_WHAT_TO_DO = (
    "What to do: see whether this machine reaches the internet (its link, its name server, its clock).",
    "Why each page could not be read: pledgewatch status",
    "The pages are read again when they are due; nothing is lost.",
    "While this goes on it is told again after a day, not at every check.",
)


def canaries_wanted(fetches: Iterable[Fetch]) -> bool:
    """Whether the canaries should be asked: some host failed."""
    return bool(failing_hosts(fetches))


def degraded(fetches: Sequence[Fetch], limits: Outage, canaries: Mapping[str, bool] | None = None) -> str:
    """Why this check decides nothing, in one sentence; "" where it may decide.

    fetches: the newest of each page that was asked. canaries: address → whether any HTTP answer came; empty
    where they were not asked.
    """
    hosts, failing = _asked(fetches), failing_hosts(fetches)
    deaf = bool(failing) and bool(canaries) and not any((canaries or {}).values())
    many = len(failing) >= limits.from_hosts and len(failing) > limits.hosts_share * len(hosts)
    if not deaf and not many:
        return ""
    silent = f", and none of the {len(canaries or {})} canary addresses answered" if deaf else ""
    return (
        f"{len(failing)} of {len(hosts)} hosts could not be reached ({_counted(failing)}){silent}: "
        "our own network was in doubt, so this check decides nothing."
    )


def was_heard(canary: Fetch) -> bool:
    """Whether this canary proves that our network is there: any trouble but silence does."""
    return canary.failure is None or canary.failure.kind not in _FAILED


def failing_hosts(fetches: Iterable[Fetch]) -> dict[str, Access]:
    """Scheme and host → how it failed last, for each host of which nothing could be had."""
    return {
        host: kinds[-1] for host, kinds in _asked(fetches).items() if all(kind in _FAILED for kind in kinds)
    }


def outage_notice(why: str, fetches: Iterable[Fetch], started_at: datetime, now: datetime) -> Notice:
    """What the operator is told. why: as `degraded` said it; started_at: of the check (both aware UTC)."""
    named = [f"{host}: {kind}" for host, kind in sorted(failing_hosts(fetches).items())]
    left_out = len(named) - HOSTS_AT_MOST
    more = [f"… and {left_out} more hosts."] if left_out > 0 else []
    lines = (*named[:HOSTS_AT_MOST], *more, *_WHAT_TO_DO)
    return Notice(_id(started_at), now, KIND, why, lines)


def is_news(newest: Notice | None, now: datetime) -> bool:
    """Whether an outage should be told, given the newest notice of one."""
    return newest is None or now - newest.raised_at >= QUIET


def _asked(fetches: Iterable[Fetch]) -> dict[str, list[Access]]:
    """Scheme and host → how each of its pages failed (OK: it answered); what was never asked is left out."""
    hosts: dict[str, list[Access]] = {}
    for fetch in fetches:
        kind = fetch.failure.kind if fetch.failure else Access.OK
        if kind not in _NEVER_ASKED:
            parts = urlsplit(fetch.requested_url)
            hosts.setdefault(f"{parts.scheme}://{parts.netloc}", []).append(kind)
    return hosts


def _counted(failing: Mapping[str, Access]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in Counter(failing.values()).most_common())


def _id(started_at: datetime) -> str:
    return hashlib.sha256(json.dumps([KIND, started_at.isoformat()]).encode()).hexdigest()
