"""Deltas → one finding: kind, direction, tier, confidence, and a reason that can be read aloud."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.assess.deltas import Delta
from monitor.assess.strength import overall
from monitor.assess.verbatim import verbatim
from monitor.lexicon import spell
from monitor.model import (
    BINDING,
    CUE_GAP,
    KEPT,
    PAGE_GONE,
    SAME_WORDS,
    Direction,
    Edit,
    Finding,
    FindingKind,
    Sentence,
    Stance,
    Statement,
    Tier,
)

#: The kind that a finding carries when several slots changed: the first of these.
_KINDS = (
    FindingKind.REVERSED,
    FindingKind.FORCE,
    FindingKind.BEARER,
    FindingKind.TERM,
    FindingKind.EXCEPTION,
    FindingKind.CONDITION,
    FindingKind.SCOPE,
)
_RECUT = "The same words stand there, cut into other sentences."
_SURE_PAIR_AT = 0.6
_FIRM = BINDING | {Stance.PROMISES}


def on_pair(b: Statement, a: Statement, deltas: Sequence[Delta], score: float) -> tuple[Finding, ...]:
    """What became of one statement; two findings where it gained in one way and lost in another."""
    if overall(deltas) is not Direction.MIXED or b.doubtful or a.doubtful:
        return (_on_pair(b, a, deltas, score),)
    parts = ([d for d in deltas if d.direction is way] for way in (Direction.WEAKER, Direction.STRONGER))
    return tuple(replace(_on_pair(b, a, part, score), tier=Tier.REVIEW, confidence="low") for part in parts)


def _on_pair(b: Statement, a: Statement, deltas: Sequence[Delta], score: float) -> Finding:
    """One finding for one statement in two wordings; other words alone go to the log."""
    if not deltas:
        return _finding(
            FindingKind.REWORDED,
            Direction.NEUTRAL,
            Tier.LOG,
            "same-slots",
            b,
            a,
            ("The words changed; nothing that we know how to weigh did.",),
        )
    direction = Direction.UNCLEAR if b.doubtful or a.doubtful else overall(deltas)
    leading = min(deltas, key=lambda delta: (delta.direction is not direction, _KINDS.index(delta.kind)))
    clear = direction in (Direction.WEAKER, Direction.STRONGER)
    trusted = clear and any(delta.sure for delta in deltas)
    foreign = "other" in (b.bearer, a.bearer)
    trusted = trusted and not _is_rephrased(b, a) and not any(one.carried or one.in_quotes for one in (b, a))
    tier = Tier.LOG if foreign else Tier.ALERT if trusted else Tier.REVIEW
    confidence = "low" if not trusted else "high" if score >= _SURE_PAIR_AT else "medium"
    reasons = (leading.reason, *(delta.reason for delta in deltas if delta is not leading))
    return _finding(leading.kind, direction, tier, leading.rule, b, a, reasons, confidence)


def _is_rephrased(b: Statement, a: Statement) -> bool:
    """ "Only with your consent" for "not without your consent": two ways to say no, compared with care."""
    return b.stance is not a.stance and {b.stance, a.stance} <= BINDING


def on_one_side(statement: Statement, *, gone: bool) -> Finding:
    """A statement that stands in one document only."""
    kind = _kind_alone(statement, gone=gone)
    direction = Direction.STRONGER if statement.protects != gone else Direction.WEAKER
    direction = Direction.UNCLEAR if statement.doubtful else direction
    rule = f"{'protection' if statement.protects else 'practice'}-{'gone' if gone else 'new'}"
    what = "protects people" if statement.protects else "permits or describes it"
    verb = "no longer appears in" if gone else "is new in"
    reason = f"A statement that {what} {verb} this document."
    tier, confidence = _weight(statement)
    before, after = (statement, None) if gone else (None, statement)
    return _finding(kind, direction, tier, rule, before, after, (reason,), confidence)


def _kind_alone(statement: Statement, *, gone: bool) -> FindingKind:
    if statement.is_carve_out and statement.carried:
        return FindingKind.EXCEPTION
    return FindingKind.WITHDRAWN if gone else FindingKind.INTRODUCED


def _weight(statement: Statement) -> tuple[Tier, str]:
    """How far one statement alone is trusted."""
    told_of_nobody = statement.stance is Stance.PRACTISES and not statement.parties
    says_nothing = statement.sentence.kind == "heading" or (statement.carried and told_of_nobody)
    if statement.bearer == "other" or says_nothing:
        return Tier.LOG, "low"
    if statement.carried or statement.in_quotes:
        return Tier.REVIEW, "low"
    if statement.stance in _FIRM and statement.force >= 2 and not statement.doubtful:
        return Tier.ALERT, "high"
    is_fragment = not (statement.cue or statement.bearer or statement.parties)
    if statement.actions and not (statement.doubtful or statement.by_frame or is_fragment):
        return Tier.ALERT, "medium"
    return Tier.REVIEW, "low"


def moved(b: Statement, a: Statement) -> Finding:
    """The same words in another place."""
    reason = "The same words stand in another place of this document."
    return _finding(FindingKind.MOVED, Direction.NEUTRAL, Tier.LOG, "same-words", b, a, (reason,))


def recut(b: Statement, a: Statement) -> Finding:
    """The same words, cut into other sentences."""
    return _finding(FindingKind.REWORDED, Direction.NEUTRAL, Tier.LOG, "same-words-recut", b, a, (_RECUT,))


def recut_alone(statement: Statement, twin: Sentence, *, gone: bool) -> Finding:
    """The same, where only one side is a statement for itself."""
    before, after = (statement, None) if gone else (None, statement)
    finding = _finding(
        FindingKind.REWORDED, Direction.NEUTRAL, Tier.LOG, "same-words-recut", before, after, (_RECUT,)
    )
    return replace(finding, after_quote=twin.text) if gone else finding


def unplaced(edit: Edit, statement: Statement) -> Finding:
    """The same words, or nearly, in surroundings that no longer (or only now) make them a statement."""
    assert edit.before is not None and edit.after is not None
    gone = statement.sentence is edit.before
    kind = FindingKind.WITHDRAWN if gone else FindingKind.INTRODUCED
    own = bool(statement.cue) and not statement.by_heading and _stands_in(statement.cue, statement.quote)
    refused = statement.by_heading and statement.stance is Stance.REFUSES
    by_itself = (own or refused) and statement.carried in ("", "heading") and statement.bearer != "other"
    tier = Tier.REVIEW if by_itself else Tier.LOG
    stand = "The same words stand" if edit.before.key == edit.after.key else "Nearly the same words stand"
    reason = f"{stand} there, but what stands above them, and said what they are about, changed."
    finding = _finding(kind, Direction.UNCLEAR, tier, SAME_WORDS, statement, None, (reason,), "low")
    return replace(finding, before_quote=edit.before.text, after_quote=edit.after.text)


def _stands_in(cue: str, quote: str) -> bool:
    """Whether a sentence holds the words of its force, which may stand apart: "no … may"."""
    text = spell(quote)
    return all(part in text for part in cue.split(CUE_GAP))


def elsewhere(statement: Statement, *, gone: bool) -> Finding:
    """A copy that went or came, while the same words stand in another place of the document."""
    kind = FindingKind.WITHDRAWN if gone else FindingKind.INTRODUCED
    leans = statement.by_heading or statement.carried == "heading"
    tier = Tier.REVIEW if leans and statement.bearer != "other" else Tier.LOG
    reason = "The same words stand in another place of this document, below other words."
    before, after = (statement, None) if gone else (None, statement)
    return _finding(kind, Direction.UNCLEAR, tier, SAME_WORDS, before, after, (reason,), "low")


def repeated(edit: Edit) -> Finding:
    """Words that stood twice and now stand once, or the other way."""
    before, after = (edit.before, edit.twin) if edit.before else (edit.twin, edit.after)
    assert before is not None and after is not None
    return Finding(
        kind=FindingKind.MOVED,
        direction=Direction.NEUTRAL,
        tier=Tier.LOG,
        confidence="high",
        rule="same-words-again",
        reasons=("The same words stand here a different number of times.",),
        before_quote=before.text,
        after_quote=after.text,
        context=after.headings + after.lead_ins,
    )


def _finding(
    kind: FindingKind,
    direction: Direction,
    tier: Tier,
    rule: str,
    b: Statement | None,
    a: Statement | None,
    reasons: tuple[str, ...],
    confidence: str = "high",
) -> Finding:
    subject = b or a
    assert subject is not None
    said = [text for one in (b, a) if one for text in (one.quote, *one.context)]
    return Finding(
        kind=kind,
        direction=direction,
        tier=tier,
        confidence=confidence,
        rule=rule,
        reasons=tuple(verbatim(reason, said) for reason in reasons),
        before_quote=b.quote if b else "",
        after_quote=a.quote if a else "",
        context=(a or subject).context,
        stance=subject.stance,
        bearer=subject.bearer,
        actions=tuple(sorted(subject.actions)),
        technologies=tuple(sorted(subject.technologies)),
        parties=tuple(sorted(subject.parties)),
    )


def kept_statements(old: Sequence[Statement], new: Sequence[Statement]) -> tuple[Finding, ...]:
    """Which statements of the old document the new one says too, word for word."""
    says = {statement.sentence.key: statement for statement in new}
    reason = ("It stands in the document that replaced the page, too.",)
    kept = ((one, says[one.sentence.key]) for one in old if one.sentence.key in says)
    return tuple(
        _finding(FindingKind.MOVED, Direction.NEUTRAL, Tier.LOG, KEPT, was, now, reason) for was, now in kept
    )


def page_gone(statements: Sequence[Statement]) -> tuple[Finding, ...]:
    """What a page that is gone takes with it: each statement that would be worth a person's time."""
    return tuple(
        replace(
            finding,
            rule=PAGE_GONE,
            reasons=("The page that said this now answers that there is no such page.",),
        )
        for finding in (on_one_side(statement, gone=True) for statement in statements)
        if finding.is_material
    )
