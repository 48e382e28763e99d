"""Which statement of the old document is which of the new one: identity across versions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import LCSseq

from monitor.align import best_first, likeness, without
from monitor.assess.terms import is_about_keeping
from monitor.lexicon import Lexicon
from monitor.model import Edit, EditKind, Sentence, Statement

ACCEPT_AT = 0.45
_CONTAINED_AT = 0.85
_TURNED_AT = 0.7  #: likeness from which a refusal and a permission speak of one act, whatever they name
_SAME_ACT_AT = 0.5  #: … and from which they do where bearer, act and parties agree
_STOOD_AT = 0.8  #: likeness from which a sentence stood there before, whatever its surroundings make of it
_CANDIDATES_AT_MOST = 40_000
_SLOTS = ("protects", "stance", "parties", "term", "exceptions", "conditions", "hedges")


@dataclass(frozen=True, slots=True)
class Pairing:
    """Every changed statement in exactly one place. The third of a pair is its score, 0 to 1."""

    pairs: tuple[tuple[Statement, Statement, float], ...] = ()
    moved: tuple[tuple[Statement, Statement], ...] = ()
    repeated: tuple[Edit, ...] = ()  #: said twice on one side, once on the other
    unplaced: tuple[tuple[Edit, Statement], ...] = ()  #: the same words, a statement on one side only
    gone: tuple[Statement, ...] = ()
    come: tuple[Statement, ...] = ()

    @property
    def open(self) -> frozenset[int]:
        """The ids of the sentences that are still to be weighed."""
        paired = (one for b, a, _ in self.pairs for one in (b, a))
        return frozenset(id(one.sentence) for one in (*paired, *self.gone, *self.come))


@dataclass
class _Left:
    """Statements that no edit has paired yet."""

    old: list[Statement] = field(default_factory=list)
    new: list[Statement] = field(default_factory=list)


def pair(
    edits: Sequence[Edit], old: Sequence[Statement], new: Sequence[Statement], lexicon: Lexicon
) -> Pairing:
    """Pair by the edits first; what they leave by likeness, slots and place; then look for merged ones."""
    before = {id(statement.sentence): statement for statement in old}
    after = {id(statement.sentence): statement for statement in new}
    left = _Left()
    pairs: list[tuple[Statement, Statement, float]] = []
    moved: list[tuple[Statement, Statement]] = []
    unplaced: list[tuple[Edit, Statement]] = []
    repeated = tuple(
        edit for edit in edits if edit.twin and (_of(edit.before, before) or _of(edit.after, after))
    )
    for edit in edits:
        if edit.twin:
            continue
        b, a = _of(edit.before, before), _of(edit.after, after)
        if b and a and edit.kind is EditKind.MOVED:
            moved.append((b, a))
        elif b and a and (_same_words(edit) or _is_version(b, a, lexicon)):
            pairs.append((b, a, edit.similarity))
        elif (b or a) and not (b and a) and _stood(edit, b or a):
            unplaced += [(edit, one) for one in (b, a) if one]
        else:
            left.old.extend([b] if b else [])
            left.new.extend([a] if a else [])
    pairs += _pair_left(left, lexicon)
    pairs += _pair_copies(left, pairs)
    gone, come = _drop_contained(left, pairs)
    return Pairing(tuple(pairs), tuple(moved), repeated, tuple(unplaced), tuple(gone), tuple(come))


def _same_words(edit: Edit) -> bool:
    return edit.before is not None and edit.after is not None and edit.before.key == edit.after.key


def _stood(edit: Edit, only: Statement | None) -> bool:
    """Whether the sentence stands on both sides, and only what stands around it names our subject on one."""
    if only is None or edit.before is None or edit.after is None:
        return False
    return _same_words(edit) or (only.by_frame and edit.similarity >= _STOOD_AT)


def _of(sentence: Sentence | None, statements: dict[int, Statement]) -> Statement | None:
    return statements.get(id(sentence)) if sentence is not None else None


def related(b: Statement, a: Statement, lexicon: Lexicon) -> bool:
    """False where the technology vanished: however alike the words, the commitment is another one."""
    return _overlap(b.technologies, a.technologies, "technologies", lexicon) > 0


def _is_version(b: Statement, a: Statement, lexicon: Lexicon) -> bool:
    """Whether two statements may be two wordings of one.

    What was refused and what is allowed are one only where the same act turned: where most of the words
    stayed, or the same bearer's same act towards the same people turned.
    """
    if not related(b, a, lexicon):
        return False
    sure = not (b.doubtful or a.doubtful or is_about_keeping(b, a))
    return b.protects == a.protects or not sure or _turned(b, a, lexicon)


def _turned(b: Statement, a: Statement, lexicon: Lexicon) -> bool:
    """Whether one refuses what the other one allows: the less of who does what to whom is named, the more
    words must be the same."""
    alike = likeness(b.sentence, a.sentence)
    if alike >= _TURNED_AT:
        return True
    same_bearer = b.bearer == a.bearer or not (b.bearer and a.bearer)
    named = all(
        _overlap(getattr(b, slot), getattr(a, slot), slot, lexicon) for slot in ("actions", "parties")
    )
    by_itself = bool(b.parties) and not (b.by_frame or a.by_frame)
    return same_bearer and named and (by_itself or alike >= _SAME_ACT_AT)


def score(b: Statement, a: Statement, lexicon: Lexicon) -> float:
    """0 to 1: words, slots, place (weights as in the tried design)."""
    slots = (
        _overlap(b.technologies, a.technologies, "technologies", lexicon)
        + _overlap(b.parties, a.parties, "parties", lexicon)
        + _overlap(b.actions, a.actions, "actions", lexicon)
    ) / 3
    place = 1.0 if b.context == a.context else 0.0
    return 0.5 * likeness(b.sentence, a.sentence) + 0.3 * slots + 0.2 * place


def _overlap(b: frozenset[str], a: frozenset[str], list_name: str, lexicon: Lexicon) -> float:
    """1 when equal, 0.5 when some are related, 0 when none is."""
    if b == a:
        return 1.0
    wide_b = {w for id in b for w in lexicon.wider(list_name, id)}
    wide_a = {w for id in a for w in lexicon.wider(list_name, id)}
    return 0.5 if wide_b & a or wide_a & b else 0.0


def _pair_left(left: _Left, lexicon: Lexicon) -> list[tuple[Statement, Statement, float]]:
    """Best first, ties by place; takes what it pairs out of `left`."""
    if len(left.old) * len(left.new) > _CANDIDATES_AT_MOST:
        return []
    scored = (
        (score(b, a, lexicon), i, j)
        for i, b in enumerate(left.old)
        for j, a in enumerate(left.new)
        if _is_version(b, a, lexicon)
    )
    best = best_first(each for each in scored if each[0] >= ACCEPT_AT)
    pairs = [(left.old[i], left.new[j], points) for points, i, j in best]
    left.old = without(left.old, {i for _, i, _ in best})
    left.new = without(left.new, {j for _, _, j in best})
    return pairs


def _pair_copies(
    left: _Left, pairs: list[tuple[Statement, Statement, float]]
) -> list[tuple[Statement, Statement, float]]:
    """A second copy of a reworded statement is not lost, nor is a second copy of its new wording new."""
    by_old = {b.sentence.key: a for b, a, _ in pairs}
    by_new = {a.sentence.key: b for b, a, _ in pairs}
    copies = [(b, by_old[b.sentence.key], 1.0) for b in left.old if b.sentence.key in by_old]
    copies += [(by_new[a.sentence.key], a, 1.0) for a in left.new if a.sentence.key in by_new]
    left.old = [b for b in left.old if b.sentence.key not in by_old]
    left.new = [a for a in left.new if a.sentence.key not in by_new]
    return copies


def _drop_contained(
    left: _Left, pairs: list[tuple[Statement, Statement, float]]
) -> tuple[list[Statement], list[Statement]]:
    """A statement whose words stand inside a longer one was merged into it (or split off it)."""
    if (len(left.old) + len(left.new)) * (len(left.old) + len(left.new) + len(pairs)) > _CANDIDATES_AT_MOST:
        return left.old, left.new
    new_side = [*left.new, *(a for _, a, _ in pairs)]
    old_side = [*left.old, *(b for b, _, _ in pairs)]
    gone = [b for b in left.old if not _take_contained(b, new_side, pairs, forward=True)]
    come = [a for a in left.new if not _take_contained(a, old_side, pairs, forward=False)]
    merged = {id(a) for _, a, _ in pairs}
    return gone, [a for a in come if id(a) not in merged]


def _take_contained(
    statement: Statement,
    others: Sequence[Statement],
    pairs: list[tuple[Statement, Statement, float]],
    *,
    forward: bool,
) -> bool:
    words = statement.sentence.key.split()
    for other in others:
        whole = other.sentence.key.split()
        if len(words) < len(whole) and _is_inside(statement, other, words, whole):
            if forward:
                pairs.append((statement, other, 1.0))
            return True
    return False


def _is_inside(statement: Statement, other: Statement, words: list[str], whole: list[str]) -> bool:
    """Whether the longer sentence says what the shorter one said: word for word, or slot by slot."""
    if statement.cue != other.cue or not statement.technologies <= other.technologies:
        return False
    if f" {' '.join(words)} " in f" {' '.join(whole)} ":
        return True
    same = all(getattr(statement, slot) == getattr(other, slot) for slot in _SLOTS)
    return same and bool(LCSseq.similarity(words, whole) >= _CONTAINED_AT * len(words))
