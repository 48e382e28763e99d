"""Two documents → what changed in their statements. The heart of the house, without a store."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.access import Verdict, judge_text
from monitor.align import align
from monitor.assess import assess
from monitor.lexicon import Lexicon
from monitor.marks import AccessRules
from monitor.model import Access, Document, Finding, FindingKind, Sentence, Statement
from monitor.segment import sentences
from monitor.statements import find, place


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
    olds, news = sentences(before), sentences(after)
    edits = align(olds, news, place(lexicon))
    old = find(olds, lexicon, _places(olds, [edit.before for edit in edits]))
    new = find(news, lexicon, _places(news, [edit.after for edit in edits]))
    return Comparison(
        language=lexicon.language,
        access=Access.OK,
        findings=assess(edits, old, new, lexicon, (_keys(olds), _keys(news))),
        edits=Counter(edit.kind.value for edit in edits),
    )


def _keys(sentences: Sequence[Sentence]) -> frozenset[str]:
    return frozenset(sentence.key for sentence in sentences)


def _places(sentences: Sequence[Sentence], changed: Iterable[Sentence | None]) -> frozenset[int]:
    ids = {id(sentence) for sentence in changed}
    return frozenset(i for i, sentence in enumerate(sentences) if id(sentence) in ids)


def compare_unbelieving(
    before: Document, after: Document, lexicon: Lexicon, rules: AccessRules, language_after: str
) -> Comparison:
    """The same for two texts of which the later may not be the page: then nothing is called withdrawn."""
    verdict = judge_text(after, before, rules) if after.segments else Verdict(Access.OK)
    if verdict.access is Access.OK and language_after not in ("", lexicon.language):
        verdict = Verdict(Access.OTHER_LANGUAGE, (f"The later text is in “{language_after}”.",))
    found = compare(before, after, lexicon)
    believed = verdict.access is Access.OK
    readable = verdict.access is not Access.OTHER_LANGUAGE
    return replace(
        found,
        access=verdict.access,
        evidence=verdict.evidence,
        findings=tuple(
            one for one in found.findings if believed or (readable and one.kind is not FindingKind.WITHDRAWN)
        ),
        statements_before=len(statements_in(before, lexicon)),
        statements_after=len(statements_in(after, lexicon)),
    )


def statements_in(document: Document, lexicon: Lexicon) -> tuple[Statement, ...]:
    """Every statement of one document."""
    return find(sentences(document), lexicon)
