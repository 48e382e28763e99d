"""Made-up values of every kind that the store keeps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.model import (
    Access,
    Alert,
    Direction,
    Failure,
    Fetch,
    Finding,
    FindingKind,
    Page,
    Reading,
    Redirect,
    Robots,
    Role,
    Side,
    Sighting,
    Tier,
    Tracked,
)

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TERMS, PLEDGE = "heron/terms", "heron/pledge"


def page(page_id: str = TERMS, url: str = "https://heron.example/terms") -> Page:
    return Page(page_id, page_id.split("/")[0], url, Role.TERMS)


def fetch(hours: float = 0, **changes: Any) -> Fetch:
    """A good fetch of the terms, so many hours after NOW."""
    at = NOW + hours * HOUR
    good = Fetch(
        TERMS,
        "https://heron.example/terms",
        at,
        at + timedelta(seconds=1.25),
        final_url="https://heron.example/terms",
        status=200,
        headers=(
            ("Content-Type", "text/html"),
            ("ETag", '"v1"'),
            ("last-modified", "Sun, 01 Mar 2026 05:00:00 GMT"),
        ),
        body_sha256="b" * 64,
        body_bytes=4711,
        program_version="0.1.0",
        config_sha256="c" * 64,
    )
    return replace(good, **changes)


def not_modified(hours: float) -> Fetch:
    return fetch(hours, status=304, body_sha256="", body_bytes=0, headers=())


def failed(hours: float) -> Fetch:
    trouble = Failure(Access.TIMEOUT, "no answer for 60 seconds")
    return fetch(hours, status=None, body_sha256="", body_bytes=0, headers=(), failure=trouble)


FETCHES = {
    "bare": Fetch(TERMS, "https://heron.example/", NOW, NOW),
    "good": fetch(),
    "every fact": fetch(
        redirects=(Redirect("https://heron.example/old", 301), Redirect("https://heron.example/older", 302)),
        robots=Robots("allowed", "https://heron.example/robots.txt", "d" * 64),
        certificate_sha256="e" * 64,
        ip_address="2001:db8::7",
        user_agent="pledgewatch/0.1.0 (+mailto:desk@example.org)",
    ),
    "not modified": not_modified(1),
    "failed": failed(2),
    "memento": fetch(archive_url="https://archive.example/20260301/https://heron.example/terms"),
    "hostile headers": fetch(headers=(("X-Odd", "a\0b\u202ec"), ("X-Odd", "twice"), ("X-Empty", ""))),
    "words of the world": fetch(failure=Failure(Access.DNS, "名前が見つかりません 🦅")),
}


def reading(fetch_id: int, hours: float = 0, access: Access = Access.OK, page_id: str = TERMS) -> Reading:
    return Reading(fetch_id, page_id, NOW + hours * HOUR, access, ("status 200", "«mot»"), "f" * 64, 812)


def finding(**changes: Any) -> Finding:
    withdrawn = Finding(
        FindingKind.WITHDRAWN,
        Direction.WEAKER,
        Tier.ALERT,
        "high",
        "statement-gone",
        ("The sentence no longer appears.",),
        before_quote="We will not sell “face recognition” to the police.",
        context=("Our promise",),
        stance="refuses",
        bearer="company",
        actions=("sell",),
        technologies=("face_recognition",),
        parties=("police",),
        asks=("POL-1",),
    )
    return replace(withdrawn, **changes)


def tracked(fetch_id: int, key: str = "k1", **changes: Any) -> Tracked:
    first_seen = Tracked(key, finding(), fetch_id, fetch_id, NOW, NOW, 1, Sighting.PENDING)
    return replace(first_seen, **changes)


def alert(alert_id: str = "a" * 64, hours: float = 0) -> Alert:
    return Alert(
        id=alert_id,
        raised_at=NOW + hours * HOUR,
        organization={"id": "heron", "name": "Heron Systems", "ticker": "HRN", "isin": "", "lei": ""},
        page={"id": TERMS, "url": "https://heron.example/terms", "role": "terms"},
        headline="Heron Systems no longer says that it will not sell face recognition to the police",
        direction=Direction.WEAKER,
        findings=(finding(), finding(kind=FindingKind.FORCE, tier=Tier.REVIEW)),
        before=Side(NOW - 9 * HOUR, "b" * 64, "https://heron.example/terms", last_seen_at=NOW - HOUR),
        after=Side(NOW, "c" * 64, "https://heron.example/terms", confirmed_at=NOW),
        not_checked=("the press page could not be read",),
        links={"desk": "http://127.0.0.1:8321/alerts/a"},
    )
