"""A dossier as JSON, schema "pledgewatch.dossier/1": the same dossier gives the same bytes.

Times are RFC 3339 in UTC, days 2027-03-01; what is not known is null. "evidence" is the number of a quote in
the list of that name, null where there are no words.
"""

import json
from datetime import datetime
from typing import Any

from app.dossiers.dossier import Change, Dossier, Entry, Evidence, Question, Waiting
from app.evidence.imported import kept_at
from app.marks import Marks
from app.proof import PageProof
from monitor.documented import Documented
from monitor.ledger.differing import NOT_WATCHED, PAGE_WATCHED, Differing
from monitor.model import Organization
from monitor.replies import Reply
from monitor.scorecard import Overrule, Score, Support
from monitor.wire import alert_json, finding_json, utc_text

SCHEMA = "pledgewatch.dossier/1"


def json_of(dossier: Dossier) -> str:
    """The whole document, with a line feed at its end."""
    written = {
        "schema": SCHEMA,
        "organization": _organization(dossier.organization, dossier),
        "period": {"from": str(dossier.period.first), "to": str(dossier.period.last)},
        "as_of": _at(dossier.as_of),
        "changes": [_change(one) for one in dossier.changes],
        "changes_left_out": dossier.left_out,
        "captures_imported": dossier.imported,
        "waiting": [_waiting(one) for one in dossier.waiting],
        "commitments": [_entry(one) for one in dossier.commitments],
        "documented": [_documented(one, dossier) for one in dossier.documented],
        "scores": [_score(one, dossier) for one in dossier.scores],
        "differing": [_differing(one, dossier) for one in dossier.differing],
        "questions": [_question(one) for one in dossier.questions],
        "replies": [_reply(number, one, dossier) for number, one in enumerate(dossier.replies, 1)],
        "coverage": [_coverage(one) for one in dossier.coverage],
        "limits": list(dossier.limits),
        "evidence": [_evidence(one) for one in dossier.evidence],
        "head": {"link": dossier.head.link, "sha256": dossier.head.sha256} if dossier.head else None,
    }
    text = json.dumps(written, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()


def _at(at: datetime | None) -> str | None:
    return utc_text(at) if at else None


def _organization(one: Organization, dossier: Dossier) -> dict[str, Any]:
    ids = one.identifiers
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "ticker": ids.ticker,
        "exchange": ids.exchange,
        "isin": ids.isin,
        "lei": ids.lei,
        "identifiers_certainty": ids.certainty,
        "country": one.country,
        "parent": dossier.parent,
        "aliases": list(one.aliases),
        "products": list(one.products),
        "watched": dossier.is_watched,
        "pages": [{"id": page.id, "url": page.url, "role": page.role.value} for page in one.pages],
    }


# --------------------------------------------------------------------------- what changed


def _change(one: Change) -> dict[str, Any]:
    return {
        "alert": alert_json(one.alert),
        "marks": _marks(one.marks),
        "evidence": [{"before": before or None, "after": after or None} for before, after in one.numbers],
    }


def _marks(marks: Marks) -> dict[str, Any]:
    held, muted, judged, back = marks.held, marks.muted, marks.judged, marks.taken_back
    return {
        "held": held is not None,
        "muted": muted and {"author": muted.author, "reason": muted.reason, "until": str(muted.until)},
        "early": marks.early.value if marks.early else None,
        "judged": judged
        and {
            "verdict": judged.verdict.value,
            "author": judged.author,
            "note": judged.note,
            "at": _at(judged.at),
        },
        "taken_back": back and {"alert": back.alert_id, "at": _at(back.at)},
    }


def _waiting(one: Waiting) -> dict[str, Any]:
    before, after = one.numbers
    return {
        "page": one.page_id,
        "first_seen_at": _at(one.tracked.first_seen_at),
        "last_seen_at": _at(one.tracked.last_seen_at),
        "finding": finding_json(one.tracked.finding),
        "evidence": {"before": before or None, "after": after or None},
    }


# --------------------------------------------------------------------------- what it says


def _entry(one: Entry) -> dict[str, Any]:
    kept = one.commitment
    return {
        "key": kept.key,
        "status": kept.status.value,
        "strength": one.strength.value,
        "evidence": one.number or None,
        "quote": kept.saying.quote,
        "context": list(kept.saying.context),
        "page": kept.saying.page_id,
        "pages": list(kept.page_ids),
        "stance": kept.saying.stance,
        "actions": list(kept.saying.actions),
        "technologies": list(kept.saying.technologies),
        "parties": list(kept.saying.parties),
        "ends": str(kept.end.day) if kept.end else "",
        "ends_at_the_latest": bool(kept.end and kept.end.is_counted),
        "since": _at(kept.since),
        "until": _at(kept.until),
        "last_seen_at": _at(kept.last_seen),
        "page_unread": one.unread,
        "waiting": len(kept.pending),
        "steps": [
            {
                "at": _at(step.at),
                "page": step.page_id,
                "kind": step.kind,
                "direction": step.direction,
                "quote": step.quote,
                "evidence": number or None,
            }
            for step, number in one.steps
        ],
    }


def _documented(one: Documented, dossier: Dossier) -> dict[str, Any]:
    """The words of another organization are left out: it is only named with it."""
    is_own, pages = one.is_of(dossier.organization.id), {page.id for page in dossier.organization.pages}
    return {
        "id": one.id,
        "status": PAGE_WATCHED if one.page in pages else NOT_WATCHED,
        "organization": one.organization,
        "named_only": not is_own,
        "said_on": one.said_on,
        "quote": one.quote if is_own or one.is_gap else "",
        "quoted": one.quoted.value,
        "quoted_by": one.quoted_by,
        "actor": one.actor,
        "page": one.page,
        "strength": [strength.value for strength in one.strength],
        "fates": [fate.value for fate in one.fates],
        "confidence": one.confidence,
        "barred": list(one.barred),
        "technology": one.technology,
        "customer": one.customer,
        "geography": one.geography,
        "condition": one.condition,
        "start": one.start,
        "expiry": one.expiry,
        "exceptions": list(one.exceptions),
        "court": one.court,
        "promise": one.promise,
        "changes": [
            {"on": each.on, "what": each.what, "effect": each.effect, "source": each.source}
            for each in one.changes
        ],
        "superseded_by": one.superseded_by,
        "sources": list(one.sources),
        "note": one.note,
        "evidence": dossier.numbers.get((f"documented:{one.id}", one.quote, 0)),
    }


def _differing(one: Differing, dossier: Dossier) -> dict[str, Any]:
    return {
        "subject": one.subject,
        "why": one.why,
        "wordings": [
            {
                "quote": wording.quote,
                "context": list(wording.context),
                "page": wording.page_id,
                "strength": wording.strength.value,
                "since": _at(wording.since),
                "status": wording.status,
                "narrowest": place == one.narrowest,
                "evidence": dossier.number_of(wording),
            }
            for place, wording in enumerate(one.wordings)
        ],
    }


# --------------------------------------------------------------------------- what is asked


def _score(one: Score, dossier: Dossier) -> dict[str, Any]:
    return {
        "ask": one.ask.id,
        "lens": one.ask.lens.value,
        "text": one.ask.text,
        "source": one.ask.source,
        "parts": [
            {
                "name": part.name,
                "state": part.state.value,
                "why": part.why,
                "overruled": _overrule(part.overruled) if part.overruled else None,
                "found": part.found.value if part.found else None,
                "supports": [_support(each, dossier) for each in part.supports],
            }
            for part in one.parts
        ],
    }


def _overrule(one: Overrule) -> dict[str, Any]:
    return {"reason": one.reason, "who": one.who, "on": one.on}


def _support(one: Support, dossier: Dossier) -> dict[str, Any]:
    place = (one.page_id, one.quote, one.fetch_id)
    return {"quote": one.quote, "page": one.page_id, "why": one.why, "evidence": dossier.numbers.get(place)}


def _question(one: Question) -> dict[str, Any]:
    return {
        "asks": list(one.asks),
        "state": one.state.value,
        "text": one.text,
        "quote": one.quote,
        "evidence": one.number or None,
    }


def _reply(number: int, one: Reply, dossier: Dossier) -> dict[str, Any]:
    return {
        "asked_on": str(one.asked_on),
        "due": str(one.due),
        "answered": str(one.answered) if one.answered else None,
        "outcome": one.outcome(dossier.period.last),
        "about": list(one.about),
        "channel": one.channel,
        "quote": one.quote,
        "source": one.source,
        "note": one.note,
        "evidence": dossier.numbers.get((f"reply:{number}", one.quote, 0)),
    }


# --------------------------------------------------------------------------- what it rests on


def _coverage(one: PageProof) -> dict[str, Any]:
    first, last = one.read.ends or (None, None)
    return {
        "page": one.page_id,
        "url": one.page.url if one.page else "",
        "watched_since": _at(one.watched_since),
        "days": one.days,
        "days_read": one.read.days,
        "days_without": one.days_without,
        "readings": one.read.count,
        "first_reading_at": _at(first),
        "last_reading_at": _at(last),
        "longest_gap_hours": round(one.longest_gap.total_seconds() / 3600, 1),
        "failed": {access.value: count for access, count in sorted(one.failures.items())},
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "number": one.number,
        "quote": one.quote,
        "context": list(one.context),
        "proof": one.proof.value,
        "strength": one.strength.value,
        "page": one.page_id,
        "url": one.url,
        "fetch": one.fetch_id or None,
        "captured_at": _at(one.captured_at),
        "body_sha256": one.body_sha256,
        "text_sha256": one.text_sha256,
        "archive_url": kept_at(one.archive_url),
        "first_seen_at": _at(one.first_seen),
        "last_seen_at": _at(one.last_seen),
        "sources": list(one.sources),
    }
