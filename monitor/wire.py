"""Findings, alerts and notices as the JSON of the contract: the same keys in the same order, everywhere."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.model import Alert, Earlier, Finding, Notice, Section, Side

ALERT_SCHEMA = "pledgewatch.alert/1"
NOTICE_SCHEMA = "pledgewatch.notice/1"
_ORGANIZATION = ("id", "name", "ticker", "isin", "lei")
_PAGE = ("id", "url", "role")
_LINKS = ("desk", "evidence")


def utc_text(at: datetime) -> str:
    """RFC 3339 in UTC with Z, in whole seconds: 2026-11-22T06:02:00Z. ValueError where `at` has no zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as in `compare --json` and in an alert."""
    return {
        "kind": finding.kind.value,
        "direction": finding.direction.value,
        "tier": finding.tier.value,
        "confidence": finding.confidence,
        "stance": finding.stance,
        "bearer": finding.bearer,
        "actions": list(finding.actions),
        "technologies": list(finding.technologies),
        "parties": list(finding.parties),
        "before_quote": finding.before_quote,
        "after_quote": finding.after_quote,
        "context": list(finding.context),
        "rule": finding.rule,
        "reasons": list(finding.reasons),
        "asks": list(finding.asks),
    }


def alert_json(alert: Alert) -> dict[str, Any]:
    """One alert as in a webhook body and in `alerts show --json`. Unknown is "", or null for a time."""
    return {
        "schema": ALERT_SCHEMA,
        "id": alert.id,
        "raised_at": utc_text(alert.raised_at),
        "organization": {key: alert.organization.get(key, "") for key in _ORGANIZATION},
        "page": _page_json(alert.page),
        "headline": alert.headline,
        "direction": alert.direction.value,
        "findings": [finding_json(finding) for finding in alert.findings],
        "before": _side_json(alert.before, "last_seen_at", alert.before.last_seen_at),
        "after": _side_json(alert.after, "confirmed_at", alert.after.confirmed_at),
        "not_checked": list(alert.not_checked),
        "links": {key: alert.links.get(key, "") for key in _LINKS},
        "asks": [
            {"id": one.id, "text": one.text, "why": one.why, "source": one.source} for one in alert.asks
        ],
        "places": [{"page": _page_json(one.page), "alert": one.alert_id} for one in alert.places],
        "follows": [_earlier_json(one) for one in alert.follows],
        "thread": alert.first_id,
    }


def notice_json(notice: Notice) -> dict[str, Any]:
    """One operational message as in a webhook body."""
    return {
        "schema": NOTICE_SCHEMA,
        "id": notice.id,
        "raised_at": utc_text(notice.raised_at),
        "kind": notice.kind,
        "headline": notice.headline,
        "lines": list(notice.lines),
        "about": notice.about,
        "sections": [_section_json(one) for one in notice.sections],
    }


def content_json(content: Alert | Notice) -> dict[str, Any]:
    """Whatever a message carries; its schema says which."""
    return alert_json(content) if isinstance(content, Alert) else notice_json(content)


def _page_json(page: Mapping[str, str]) -> dict[str, str]:
    return {key: page.get(key, "") for key in _PAGE}


def _earlier_json(earlier: Earlier) -> dict[str, str]:
    return {
        "alert": earlier.alert_id,
        "raised_at": utc_text(earlier.raised_at),
        "headline": earlier.headline,
        "relation": earlier.relation.value,
    }


def _section_json(section: Section) -> dict[str, Any]:
    items = [
        {
            "text": one.text,
            "direction": one.direction,
            "marks": list(one.marks),
            "url": one.url,
            "alert": one.alert_id,
        }
        for one in section.items
    ]
    return {"title": section.title, "items": items, "note": section.note}


def _side_json(side: Side, moment: str, at: datetime | None) -> dict[str, Any]:
    return {
        "fetched_at": utc_text(side.fetched_at),
        moment: utc_text(at) if at else None,
        "sha256": side.sha256,
        "url": side.url,
    }
