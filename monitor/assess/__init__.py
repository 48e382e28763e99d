"""Edits × statements → findings: what a change did to each commitment.

    align(old, new) ─► pair statements ─► compare slots (strength) ─► a finding a pair (two, if two ways)
                                      └─► left alone: withdrawn or introduced
Every statement of the old document that did not stay as it was is in exactly one of these places.
"""

from collections.abc import Container, Mapping, Sequence

from monitor.assess.pairing import pair
from monitor.assess.regroup import regrouped
from monitor.assess.strength import compare
from monitor.assess.verdict import (
    elsewhere,
    kept_statements,
    moved,
    on_one_side,
    on_pair,
    page_gone,
    recut,
    recut_alone,
    repeated,
    unplaced,
)
from monitor.lexicon import Lexicon
from monitor.model import Edit, Finding, Sentence, Statement

__all__ = ["assess", "kept_statements", "page_gone"]


def assess(
    edits: Sequence[Edit],
    old: Sequence[Statement],
    new: Sequence[Statement],
    lexicon: Lexicon,
    kept: tuple[Container[str], Container[str]] = ((), ()),
) -> tuple[Finding, ...]:
    """What the edits did to the statements: material findings first, then the log.

    kept: the keys of all sentences of the old and of the new document.
    """
    pairing = pair(edits, old, new, lexicon)
    stands, stood = regrouped(edits, pairing.open, lexicon)
    changed = [one for each in pairing.pairs for one in _paired(*each, stands, stood, lexicon)]
    gone = [_alone(statement, stands, kept[1], gone=True) for statement in pairing.gone]
    come = [_alone(statement, stood, kept[0], gone=False) for statement in pairing.come]
    shifted = [moved(b, a) for b, a in pairing.moved]
    unsure = [unplaced(edit, statement) for edit, statement in pairing.unplaced]
    again = [repeated(edit) for edit in pairing.repeated]
    findings = _once((*changed, *gone, *come, *unsure, *shifted, *again))
    return tuple(sorted(findings, key=lambda finding: not finding.is_material))


def _paired(
    b: Statement,
    a: Statement,
    score: float,
    stands: Mapping[int, Sentence],
    stood: Mapping[int, Sentence],
    lexicon: Lexicon,
) -> tuple[Finding, ...]:
    """The findings on two wordings; the same sentence below other words is never merely cut otherwise."""
    same = b.sentence.key == a.sentence.key
    if not same and id(b.sentence) in stands and id(a.sentence) in stood:
        return (recut(b, a),)
    return on_pair(b, a, compare(b, a, lexicon), score)


def _alone(
    statement: Statement, twins: Mapping[int, Sentence], standing: Container[str], *, gone: bool
) -> Finding:
    """A statement without a partner: cut otherwise, standing elsewhere too, or truly gone or new."""
    if statement.sentence.key in standing:
        return elsewhere(statement, gone=gone)
    twin = twins.get(id(statement.sentence))
    return recut_alone(statement, twin, gone=gone) if twin else on_one_side(statement, gone=gone)


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same change to two copies of one statement is told once."""
    by_words = {
        (one.kind, one.direction, one.before_quote, one.after_quote): one for one in reversed(findings)
    }
    return tuple(reversed(by_words.values()))
