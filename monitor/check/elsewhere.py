"""A statement that left its page: does it stand on another page of the organization, word for word?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.asides import linked_prefix
from monitor.check.texts import Texts
from monitor.model import (
    FOUND_ELSEWHERE,
    STILL_ELSEWHERE,
    Direction,
    Document,
    Finding,
    FindingKind,
    Organization,
    Sentence,
    Tier,
)
from monitor.segment import sentences


@dataclass(frozen=True, slots=True)
class _Place:
    """Where words stand: since when we know of them there, and when they were last read (UTC)."""

    name: str
    known_since: datetime
    last_read_at: datetime


_Words = tuple[str, str]  #: the key of a sentence, and of the words above it, which may turn its meaning


def relocated(
    found: Sequence[Finding],
    before: Document,
    last_seen_at: datetime,
    organization: Organization,
    texts: Texts,
) -> tuple[Finding, ...]:
    """The findings, with each withdrawal of words that stand elsewhere turned into a relocation.

    before: the document that said them, last seen then (UTC). Words that stood elsewhere all along did not
    move: that they left this page is told to everybody, but not as a loss.
    """
    if not any(_is_withdrawal(finding) for finding in found):
        return tuple(found)
    was = {sentence.text: _words(sentence) for sentence in sentences(before)}
    standing = _standing(_places(organization, texts))
    return tuple(
        _looked_up(finding, standing.get(was.get(finding.before_quote, ("", ""))), last_seen_at)
        for finding in found
    )


def _is_withdrawal(finding: Finding) -> bool:
    return finding.kind is FindingKind.WITHDRAWN and finding.is_material and bool(finding.before_quote)


def _words(sentence: Sentence) -> _Words:
    return sentence.key, sentence.frame


def _places(organization: Organization, texts: Texts) -> Iterator[tuple[_Place, Document]]:
    """The organization's other pages as we believe them, then what this page newly links to."""
    for page in organization.pages:
        known = texts.believed_of(page) if page.id != texts.page.id else None
        if known:
            since = texts.fetch(known[0].fetch_id).ended_at
            yield _Place(f"the page {page.id} ({page.url})", since, known[0].last_seen_at), known[1]
    for fetch, document in texts.asides(linked_prefix(texts.page)):
        name = f"a document that this page newly links to ({fetch.requested_url})"
        yield _Place(name, fetch.ended_at, fetch.ended_at), document


def _standing(places: Iterable[tuple[_Place, Document]]) -> dict[_Words, _Place]:
    """The first place counts."""
    known: dict[_Words, _Place] = {}
    for place, document in places:
        for sentence in sentences(document):
            if sentence.key:
                known.setdefault(_words(sentence), place)
    return known


def _looked_up(finding: Finding, place: _Place | None, last_seen_at: datetime) -> Finding:
    if place is None or not _is_withdrawal(finding):
        return finding
    stood_there = place.known_since <= last_seen_at
    still = "stood there before, too, and still do" if stood_there else "stand there now"
    return replace(
        finding,
        kind=FindingKind.RELOCATED,
        direction=Direction.UNCLEAR if stood_there else Direction.NEUTRAL,
        tier=finding.tier if stood_there else Tier.REVIEW,
        rule=STILL_ELSEWHERE if stood_there else FOUND_ELSEWHERE,
        reasons=(f"The same words {still}: {place.name}, last read {place.last_read_at:%Y-%m-%d}.",),
    )
