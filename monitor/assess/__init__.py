"""Edits × statements → findings: what a change did to each commitment.

    align(old, new) ─► pair statements ─► compare slots (strength) ─► one finding a pair
                                      └─► left alone: withdrawn or introduced
Every statement of the old document that did not stay as it was is in exactly one finding.
"""

from collections.abc import Sequence

from monitor.assess.pairing import pair
from monitor.assess.strength import compare
from monitor.assess.verdict import moved, on_one_side, on_pair, page_gone, repeated, unplaced
from monitor.lexicon import Lexicon
from monitor.model import Edit, Finding, Statement

__all__ = ["assess", "page_gone"]


def assess(
    edits: Sequence[Edit], old: Sequence[Statement], new: Sequence[Statement], lexicon: Lexicon
) -> tuple[Finding, ...]:
    """What the edits did to the statements: material findings first, then the log."""
    pairing = pair(edits, old, new, lexicon)
    changed = [on_pair(b, a, compare(b, a, lexicon), score) for b, a, score in pairing.pairs]
    gone = [on_one_side(statement, gone=True) for statement in pairing.gone]
    come = [on_one_side(statement, gone=False) for statement in pairing.come]
    shifted = [moved(b, a) for b, a in pairing.moved]
    unsure = [unplaced(edit, statement) for edit, statement in pairing.unplaced]
    again = [repeated(edit) for edit in pairing.repeated]
    findings = _once((*changed, *gone, *come, *unsure, *shifted, *again))
    return tuple(sorted(findings, key=lambda finding: not finding.is_material))


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same change to two copies of one statement is told once."""
    by_words = {
        (finding.kind, finding.before_quote, finding.after_quote): finding for finding in reversed(findings)
    }
    return tuple(reversed(by_words.values()))
