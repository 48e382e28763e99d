"""A statement that left its page: does it stand on another page of the organization, word for word?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

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
    """Where words stand, when that was last read (UTC), and whether they stood there before, too."""

    name: str
    last_read_at: datetime
    stood_there: bool = False


FRESH = timedelta(days=7)  #: an aside that is older says nothing of today
_Words = tuple[str, str]  #: the key of a sentence, and of the words above it, which may turn its meaning


def relocated(
    found: Sequence[Finding],
    before: Document,
    last_seen_at: datetime,
    at: datetime,
    organization: Organization,
    texts: Texts,
) -> tuple[Finding, ...]:
    """The findings of this moment (UTC), with each withdrawal of words that stand elsewhere as a relocation.

    before: the document that said them, last seen then (UTC). Words that stood elsewhere all along did not
    move: that they left this page is told to everybody, but not as a loss.
    """
    if not any(_is_withdrawal(finding) for finding in found):
        return tuple(found)
    was = {sentence.text: _words(sentence) for sentence in sentences(before)}
    standing = _standing(_places(organization, texts, last_seen_at, at))
    words = (was.get(finding.before_quote, ("", "")) for finding in found)
    return tuple(_looked_up(one, standing.get(key)) for one, key in zip(found, words, strict=True))


def _is_withdrawal(finding: Finding) -> bool:
    return finding.kind is FindingKind.WITHDRAWN and finding.is_material and bool(finding.before_quote)


def _words(sentence: Sentence) -> _Words:
    return sentence.key, sentence.frame


def _places(
    organization: Organization, texts: Texts, then: datetime, now: datetime
) -> Iterator[tuple[_Place, Document, frozenset[_Words]]]:
    """Where words may stand now, and which stood there then: other pages, then newly linked documents."""
    for page in organization.pages:
        said = texts.said_by(page, now, that_day=True) if page.id != texts.page.id else None
        if said:
            # a page that was first read later than then proves no move: its words count as having stood
            stood = texts.said_by(page, then, whatever_came=True) or said
            words = frozenset(map(_words, sentences(stood[1])))
            yield _Place(f"the page {page.id} ({page.url})", said[0]), said[1], words
    for fetch, document in texts.asides(linked_prefix(texts.page)):
        if now - fetch.ended_at <= FRESH:
            name = f"a document that this page newly links to ({fetch.requested_url})"
            yield _Place(name, fetch.ended_at), document, frozenset()


def _standing(places: Iterable[tuple[_Place, Document, frozenset[_Words]]]) -> dict[_Words, _Place]:
    """The first place counts."""
    known: dict[_Words, _Place] = {}
    for place, document, stood in places:
        for words in map(_words, sentences(document)):
            if words[0]:
                known.setdefault(words, replace(place, stood_there=words in stood))
    return known


def _looked_up(finding: Finding, place: _Place | None) -> Finding:
    if place is None or not _is_withdrawal(finding):
        return finding
    still = "stood there before, too, and still do" if place.stood_there else "stand there now"
    return replace(
        finding,
        kind=FindingKind.RELOCATED,
        direction=Direction.UNCLEAR if place.stood_there else Direction.NEUTRAL,
        tier=finding.tier if place.stood_there else Tier.REVIEW,
        rule=STILL_ELSEWHERE if place.stood_there else FOUND_ELSEWHERE,
        reasons=(f"The same words {still}: {place.name}, last read {place.last_read_at:%Y-%m-%d}.",),
    )
