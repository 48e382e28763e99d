"""Judged alerts as labelled pairs, in the format of the cases that the detector is measured on. Pure.

One pair for each passage that an alert quotes, with the words of the page and nothing else of it. A wrong
alert is a hard negative; a wrong direction is a change whose direction nobody said; the same change told
twice names the pair that it repeats (sibling_of), so that it counts once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from alerts.corrections import SAYINGS
from monitor.model import Alert, Finding, Review, Stance, Verdict

NEGATIVE_KINDS = {
    Verdict.REWORDED_ONLY: "reworded",
    Verdict.NOT_ABOUT_THIS: "off_topic_change",
    Verdict.PAGE_NOISE: "page_noise",
}
_STATEMENT_TYPES = {
    Stance.REFUSES: "prohibition",
    Stance.LIMITS: "prohibition",
    Stance.REQUIRES: "duty",
    Stance.PROMISES: "pledge",
    Stance.ASPIRES: "pledge",
    Stance.PERMITS: "permission",
    Stance.PRACTISES: "disclosure",
}

Passage = tuple[str, str]  #: the exact words before and after


def labelled(
    judged: Sequence[tuple[Alert, Review]], raised: Iterable[Alert], languages: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The pairs of these alerts with their verdicts, one row each.

    raised: every alert, among which a duplicate's original is looked for; languages: by page id.
    """
    known = list(raised)
    return [row for alert, review in judged for row in _rows(alert, review, known, languages)]


def _rows(
    alert: Alert, review: Review, raised: Sequence[Alert], languages: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    for number, (passage, findings) in enumerate(_passages(alert).items()):
        row = _row(alert, review, passage, findings[0]) | _label(review, findings)
        row |= {"id": _case_id(alert, number), "language": languages.get(alert.page["id"], "")}
        original = _original(alert, passage, raised) if review.verdict is Verdict.DUPLICATE else ""
        yield row | ({"sibling_of": original} if original else {})


def _passages(alert: Alert) -> dict[Passage, list[Finding]]:
    """The material findings by the words that they quote."""
    found: dict[Passage, list[Finding]] = {}
    for finding in alert.findings:
        if finding.is_material:
            found.setdefault((finding.before_quote, finding.after_quote), []).append(finding)
    return found


def _case_id(alert: Alert, number: int) -> str:
    return f"alert-{alert.id[:16]}-{number}"


def _row(alert: Alert, review: Review, passage: Passage, first: Finding) -> dict[str, Any]:
    return {
        "id": "",
        "service": alert.organization["name"],
        "path": alert.page["id"],
        "url": alert.page["url"],
        "date": f"{alert.after.fetched_at:%Y-%m-%d}",
        "language": "",
        "reason": review.note or SAYINGS[review.verdict],
        "before": passage[0],
        "after": passage[1],
        "heading": first.context[0] if first.context else "",
        "sha256_before": alert.before.sha256,
        "sha256_after": alert.after.sha256,
        "alert": alert.id,
        "rule": first.rule,
        "verdict": review.verdict.value,
        "author": review.author,
    }


def _label(review: Review, findings: Sequence[Finding]) -> dict[str, Any]:
    first = findings[0]
    if negative_kind := NEGATIVE_KINDS.get(review.verdict):
        empty = dict.fromkeys(("statement_type", "subject", "technology", "who"), "")
        return {"material": False, "kind": None, "direction": None, "negative_kind": negative_kind} | empty
    changes = [{"kind": one.kind.value, "direction": _direction(one, review)} for one in findings]
    return {
        "material": True,
        **changes[0],
        "statement_type": _STATEMENT_TYPES.get(Stance(first.stance), "") if first.stance else "",
        "subject": first.bearer,
        "technology": _words(first.technologies),
        "who": _words(first.parties),
        **({"changes": changes} if len(changes) > 1 else {}),
    }


def _direction(finding: Finding, review: Review) -> str | None:
    return None if review.verdict is Verdict.WRONG_DIRECTION else finding.direction.value


def _original(alert: Alert, passage: Passage, raised: Iterable[Alert]) -> str:
    """The pair of the first alert of this organization that told the same words earlier; "" for none."""
    earlier = [
        one
        for one in raised
        if one.organization["id"] == alert.organization["id"]
        and (one.raised_at, one.id) < (alert.raised_at, alert.id)
        and passage in _passages(one)
    ]
    if not earlier:
        return ""
    first = min(earlier, key=lambda one: (one.raised_at, one.id))
    return _case_id(first, list(_passages(first)).index(passage))


def _words(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
