"""Two documents → what changed in their statements. The heart of the house, without a store."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.access import Verdict, count_words, judge_text
from monitor.align import align
from monitor.assess import assess
from monitor.lexicon import Lexicon
from monitor.marks import AccessRules
from monitor.model import Access, Document, Finding, FindingKind, Sentence, Statement
from monitor.segment import sentences
from monitor.statements import Known, find, place


@dataclass(frozen=True, slots=True)
class Comparison:
    """What compare() found. counts: statements before and after; edits by kind."""

    language: str
    access: Access
    evidence: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    edits: Mapping[str, int] = field(default_factory=dict)
    statements_before: int = 0
    statements_after: int = 0
    not_checked: tuple[str, ...] = ()  #: what nobody looked for, and why


def compare(before: Document, after: Document, lexicon: Lexicon) -> Comparison:
    """What changed between two texts that are both believed to be the page."""
    return _compare(before, after, lexicon, count=False)


def _compare(before: Document, after: Document, lexicon: Lexicon, *, count: bool) -> Comparison:
    """count: also count the statements of both texts, which asks for more than those that changed."""
    olds, news = sentences(before), sentences(after)
    edits = align(olds, news, place(lexicon))
    changed = frozenset(id(side) for edit in edits for side in (edit.before, edit.after) if side)
    known = Known(lexicon)
    old, new = (
        find(side, lexicon, None if count else _places(side, changed), known) for side in (olds, news)
    )
    was, now = ([one for one in side if id(one.sentence) in changed] for side in (old, new))
    return Comparison(
        language=lexicon.language,
        access=Access.OK,
        findings=assess(edits, was, now, lexicon, (_keys(olds), _keys(news))),
        edits=Counter(edit.kind.value for edit in edits),
        statements_before=len(old) if count else 0,
        statements_after=len(new) if count else 0,
    )


def _keys(sentences: Sequence[Sentence]) -> frozenset[str]:
    return frozenset(sentence.key for sentence in sentences)


def _places(sentences: Sequence[Sentence], changed: Container[int]) -> frozenset[int]:
    return frozenset(i for i, sentence in enumerate(sentences) if id(sentence) in changed)


def compare_unbelieving(
    before: Document, after: Document, lexicon: Lexicon, rules: AccessRules, language_after: str
) -> Comparison:
    """The same for two texts of which the later may not be the page: then nothing is called withdrawn."""
    verdict = judge_text(after, before, rules) if after.segments else _without_text(before, rules)
    if verdict.access is Access.OK and language_after not in ("", lexicon.language):
        verdict = Verdict(Access.OTHER_LANGUAGE, (f"The later text is in “{language_after}”.",))
    found = _compare(before, after, lexicon, count=True)
    believed = verdict.access is Access.OK
    readable = verdict.access is not Access.OTHER_LANGUAGE
    return replace(
        found,
        access=verdict.access,
        evidence=verdict.evidence,
        findings=tuple(
            one for one in found.findings if believed or (readable and one.kind is not FindingKind.WITHDRAWN)
        ),
    )


def _without_text(before: Document, rules: AccessRules) -> Verdict:
    """A passage may be gone; a whole page that holds no word any more was not read."""
    if count_words(before) < rules.short_page_words:
        return Verdict(Access.OK)
    return Verdict(Access.EMPTY, ("The later text holds no words.",))


def statements_in(document: Document, lexicon: Lexicon) -> tuple[Statement, ...]:
    """Every statement of one document."""
    return find(sentences(document), lexicon)
