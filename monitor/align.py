"""Two documents → edits: sentences first, words inside pairs.

Sentences with the same words under the same frame cancel out, wherever they stand (a re-ordered or
renumbered copy leaves nothing). What is left is paired by likeness, best first, with fixed ties.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

from monitor.model import Edit, EditKind, Sentence

REWORDED_AT = 0.55  #: likeness from which two sentences are versions of one another
_PAIRS_AT_MOST = 250_000  #: beyond this, likeness is looked at only where a rare word is shared
_WORD_PAIRS_AT_MOST = 200_000_000  #: the same, in words: each comparison is quadratic in them
_NEIGHBOURS_AT_MOST = 40  #: sentences with the same rare words that one sentence is then compared with
_LONG_FROM = 4_000_000  #: word pairs from which the order of the words is not compared
_ORDERED_AT_MOST = 100_000_000  #: beyond this many sentence pairs, what stayed counts as moved
_MARKED_TOKENS_AT_MOST = 4_000  #: beyond this many differing tokens, the middle is marked as a whole
_ALIKE_FROM = 0.3  #: below this share of common tokens, word marks would only confuse
T = TypeVar("T")
Identity = Callable[[Sentence], Hashable]
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of words. kind: same, removed or added."""

    kind: str
    text: str


def align(
    old: Sequence[Sentence], new: Sequence[Sentence], place: Callable[[Sentence], Hashable] = lambda s: ""
) -> tuple[Edit, ...]:
    """What became of each sentence. Kept ones are left out; each other one is in exactly one edit.

    `place` tells what of its surroundings, besides the line above, makes a sentence another one.
    """

    def identity(sentence: Sentence) -> Hashable:
        return sentence.key, sentence.frame, place(sentence)

    moved, old_left, new_left = _cancel(old, new, identity)
    repeated, old_left, new_left = _set_repeated_apart(old, new, old_left, new_left, identity)
    reframed, old_left, new_left = _pair_equal_words(old_left, new_left)
    reworded, old_left, new_left = _pair_alike(old_left, new_left)
    removed = [Edit(EditKind.REMOVED, sentence, None) for sentence in old_left]
    added = [Edit(EditKind.ADDED, None, sentence) for sentence in new_left]
    return (*moved, *reframed, *repeated, *reworded, *removed, *added)


def likeness(a: Sentence, b: Sentence) -> float:
    """0 to 1: how many of their words two sentences share, in order."""
    return _likeness(a.key.split(), b.key.split())


def _likeness(a: list[str], b: list[str], at_least: float = 0.0) -> float:
    """Linear where the sentences are very long: then only which words they share, not their order."""
    if len(a) * len(b) < _LONG_FROM:
        return Indel.normalized_similarity(a, b, score_cutoff=at_least)
    return 2 * (Counter(a) & Counter(b)).total() / (len(a) + len(b))


def _cancel(
    old: Sequence[Sentence], new: Sequence[Sentence], identity: Identity
) -> tuple[list[Edit], list[Sentence], list[Sentence]]:
    """Take out what is the same on both sides; the same words out of order are `moved`."""
    old_keys = [identity(sentence) for sentence in old]
    new_keys = [identity(sentence) for sentence in new]
    if old_keys == new_keys:
        return [], [], []
    kept_old, kept_new = _kept_in_order(old_keys, new_keys)
    pairs, old_left, new_left = _pair_by(without(old, kept_old), without(new, kept_new), identity)
    return [Edit(EditKind.MOVED, a, b, 1.0) for a, b in pairs], old_left, new_left


def _kept_in_order(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[set[int], set[int]]:
    ids: dict[Hashable, int] = {}
    a = [ids.setdefault(key, len(ids)) for key in old]
    b = [ids.setdefault(key, len(ids)) for key in new]
    start, end = _common_ends(a, b)
    kept_old = {*range(start), *range(len(a) - end, len(a))}
    kept_new = {*range(start), *range(len(b) - end, len(b))}
    a, b = a[start : len(a) - end], b[start : len(b) - end]
    if len(a) * len(b) <= _ORDERED_AT_MOST:
        for step in Indel.opcodes(a, b):
            if step.tag == "equal":
                kept_old.update(range(start + step.src_start, start + step.src_end))
                kept_new.update(range(start + step.dest_start, start + step.dest_end))
    return kept_old, kept_new


def _pair_equal_words(
    old: Sequence[Sentence], new: Sequence[Sentence]
) -> tuple[list[Edit], list[Sentence], list[Sentence]]:
    """The same words under another frame: "You may not:" became "You may:"."""
    pairs, old_left, new_left = _pair_by(old, new, lambda s: s.key)
    return [Edit(EditKind.REWORDED, a, b, 1.0) for a, b in pairs], old_left, new_left


def _set_repeated_apart(
    old: Sequence[Sentence],
    new: Sequence[Sentence],
    old_left: list[Sentence],
    new_left: list[Sentence],
    identity: Identity,
) -> tuple[list[Edit], list[Sentence], list[Sentence]]:
    """What was said twice and now stands once (or the other way) is neither lost nor new."""
    stood = {identity(sentence): sentence for sentence in old} if new_left else {}
    stands = {identity(sentence): sentence for sentence in new} if old_left else {}
    edits = [
        Edit(EditKind.REMOVED, s, None, 1.0, stands[identity(s)]) for s in old_left if identity(s) in stands
    ]
    edits += [
        Edit(EditKind.ADDED, None, s, 1.0, stood[identity(s)]) for s in new_left if identity(s) in stood
    ]
    return (
        edits,
        [s for s in old_left if identity(s) not in stands],
        [s for s in new_left if identity(s) not in stood],
    )


def _pair_by(
    old: Sequence[Sentence], new: Sequence[Sentence], key: Callable[[Sentence], Hashable]
) -> tuple[list[tuple[Sentence, Sentence]], list[Sentence], list[Sentence]]:
    waiting: defaultdict[Hashable, deque[Sentence]] = defaultdict(deque)
    for sentence in new:
        waiting[key(sentence)].append(sentence)
    pairs: list[tuple[Sentence, Sentence]] = []
    old_left: list[Sentence] = []
    for sentence in old:
        same = waiting[key(sentence)]
        if same:
            pairs.append((sentence, same.popleft()))
        else:
            old_left.append(sentence)
    taken = {id(b) for _, b in pairs}
    return pairs, old_left, [sentence for sentence in new if id(sentence) not in taken]


def _pair_alike(
    old: Sequence[Sentence], new: Sequence[Sentence]
) -> tuple[list[Edit], list[Sentence], list[Sentence]]:
    best = best_first(_alike(old, new))
    return (
        [Edit(EditKind.REWORDED, old[i], new[j], score) for score, i, j in best],
        without(old, {i for _, i, _ in best}),
        without(new, {j for _, _, j in best}),
    )


def best_first(scored: Iterable[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """Of (score, i, j), each i and each j once: the highest score first, ties by place."""
    used_old: set[int] = set()
    used_new: set[int] = set()
    best = []
    for score, i, j in sorted(scored, key=lambda each: (-each[0], each[1], each[2])):
        if i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            best.append((score, i, j))
    return best


def without(items: Sequence[T], taken: Container[int]) -> list[T]:
    """The items whose places are not taken."""
    return [item for i, item in enumerate(items) if i not in taken]


def _words(sentences: Sequence[Sentence]) -> int:
    return sum(sentence.key.count(" ") + 1 for sentence in sentences)


def _alike(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[tuple[float, int, int]]:
    """(likeness, i, j) of every pair that is alike enough."""
    olds = [sentence.key.split() for sentence in old]
    news = [sentence.key.split() for sentence in new]
    few = len(old) * len(new) <= _PAIRS_AT_MOST and _words(old) * _words(new) <= _WORD_PAIRS_AT_MOST
    pairs = _promising(olds, news) if few else _neighbours(olds, news)
    scored = ((_likeness(olds[i], news[j], REWORDED_AT), i, j) for i, j in pairs)
    return [each for each in scored if each[0] >= REWORDED_AT]


def _promising(olds: Sequence[list[str]], news: Sequence[list[str]]) -> Iterator[tuple[int, int]]:
    """(i, j) of sentences that have enough words in common, in whatever order, to be alike."""
    ids: dict[str, int] = {}
    old_bags = [_bag(words, ids) for words in olds]
    new_bags = [_bag(words, ids) for words in news]
    for i, (size, bits, again) in enumerate(old_bags):
        for j, (other_size, other_bits, other_again) in enumerate(new_bags):
            shared = (bits & other_bits).bit_count() + min(again, other_again)
            if 2 * min(shared, size, other_size) >= REWORDED_AT * (size + other_size):
                yield i, j


def _bag(words: Sequence[str], ids: dict[str, int]) -> tuple[int, int, int]:
    """How many words, which ones (one bit each), and how many of them are said again."""
    bits = 0
    for word in words:
        bits |= 1 << ids.setdefault(word, len(ids))
    return len(words), bits, len(words) - bits.bit_count()


def _neighbours(olds: Sequence[list[str]], news: Sequence[list[str]]) -> Iterator[tuple[int, int]]:
    """(i, j) of sentences that share the rarest words of the old one, a few for each."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for j, words in enumerate(news):
        for word in set(words):
            holders[word].append(j)
    for i, words in enumerate(olds):
        near: set[int] = set()
        for word in sorted(holders.keys() & set(words), key=lambda word: (len(holders[word]), word)):
            if len(near) + len(holders[word]) > _NEIGHBOURS_AT_MOST:
                break
            near.update(holders[word])
        yield from ((i, j) for j in sorted(near))


def word_marks(before: str, after: str) -> tuple[Mark, ...]:
    """Which words stayed, went and came. Joined same + removed give `before`; same + added give `after`."""
    head, a, b, tail = _trim(_TOKEN.findall(before), _TOKEN.findall(after))
    if len(a) + len(b) > _MARKED_TOKENS_AT_MOST:
        middle = [Mark("removed", "".join(a)), Mark("added", "".join(b))]
    else:
        middle = _diff_tokens(a, b)
    marks = [Mark("same", "".join(head)), *middle, Mark("same", "".join(tail))]
    return tuple(_joined([mark for mark in marks if mark.text]))


def _trim(a: list[str], b: list[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """Common head, what differs on each side, common tail."""
    start, end = _common_ends(a, b)
    return a[:start], a[start : len(a) - end], b[start : len(b) - end], a[len(a) - end :]


def _common_ends(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[int, int]:
    """How many items are the same from the start, and how many of the rest from the end."""
    shorter = min(len(a), len(b))
    start = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    rest = shorter - start
    end = next((i for i in range(rest) if a[-1 - i] != b[-1 - i]), rest)
    return start, end


def _diff_tokens(a: list[str], b: list[str]) -> list[Mark]:
    """diff-match-patch over one private-use character a token: never by its clock, so always the same."""
    ids: dict[str, str] = {}
    for token in (*a, *b):
        ids.setdefault(token, chr(0xE000 + len(ids)) if len(ids) < 0x1900 else chr(0xF0000 + len(ids)))
    words = {char: token for token, char in ids.items()}
    differ = diff_match_patch()
    differ.Diff_Timeout = 0
    steps = differ.diff_main("".join(ids[t] for t in a), "".join(ids[t] for t in b), False)
    if sum(len(chars) for op, chars in steps if op == 0) < _ALIKE_FROM * min(len(a), len(b)):
        return [Mark("removed", "".join(a)), Mark("added", "".join(b))]
    names = {-1: "removed", 0: "same", 1: "added"}
    return _readable([Mark(names[op], "".join(words[char] for char in chars)) for op, chars in steps])


def _readable(marks: list[Mark]) -> list[Mark]:
    """Between two changes, a lone blank or comma is part of the change: runs of words read better."""
    out: list[Mark] = []
    pending = {"removed": "", "added": ""}
    for i, mark in enumerate(marks):
        inside = 0 < i < len(marks) - 1
        if mark.kind != "same":
            pending[mark.kind] += mark.text
        elif inside and not any(char.isalnum() for char in mark.text):
            pending = {kind: text + mark.text for kind, text in pending.items()}
        else:
            out += [*_flushed(pending), mark]
            pending = {"removed": "", "added": ""}
    return [*out, *_flushed(pending)]


def _flushed(pending: dict[str, str]) -> list[Mark]:
    return [Mark(kind, text) for kind, text in pending.items() if text]


def _joined(marks: Sequence[Mark]) -> list[Mark]:
    out: list[Mark] = []
    for mark in marks:
        if out and out[-1].kind == mark.kind:
            out[-1] = Mark(mark.kind, out[-1].text + mark.text)
        else:
            out.append(mark)
    return out
