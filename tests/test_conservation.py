"""Nothing is lost between two documents: what stood there and does not stand any more is told, once."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.model import Finding, FindingKind, Sentence, Statement
from tests.texts import changes, document, statements

COMMITMENTS = (
    "Orvella will not sell facial recognition to police departments.",
    "We do not use facial recognition in our halls.",
    "You may not use face matching on employees.",
    "Customers must delete every faceprint after thirty days.",
    "We have no plans to offer gait recognition.",
    "A one-year moratorium on police use of facial recognition is in force.",
    "Facial recognition is prohibited, except in an emergency.",
)
PRACTICES = (
    "We use facial recognition at the gates of our stadium.",
    "Police may use our facial recognition with a warrant.",
    "We share biometric data with law enforcement.",
    "We keep face templates for two years.",
)
UNRELATED = (
    "Prices are in euros.",
    "We sell lamps and bells.",
    "Requests take two days.",
)
HEADINGS = ("Our shops", "Our halls", "Privacy")
LEAD_INS = (
    "You may not use our lamps to:",
    "Customers may use our lamps to:",
    "We use facial recognition to:",
)
ITEMS = (
    "recognise people by their faces;",
    "run face matching on crowds;",
    "share biometric data with police;",
    "send letters;",
    "open the door of a shop;",
)
REWORDINGS = (
    ("will not", "do not"),
    ("may not", "must not"),
    ("do not", "will not"),
    ("two", "three"),
    ("one-year", "two-year"),
    ("police departments", "law enforcement"),
    (" with a warrant", ""),
    (".", " in our northern halls."),
)

#: A heading, a paragraph of sentences, or a lead-in with its items.
Block = tuple[str, tuple[str, ...]]
Blocks = tuple[Block, ...]

SAID = st.sampled_from((*COMMITMENTS, *PRACTICES, *UNRELATED))
BLOCK = st.one_of(
    st.tuples(st.just("heading"), st.tuples(st.sampled_from(HEADINGS))),
    st.tuples(st.just("paragraph"), st.lists(SAID, min_size=1, max_size=4).map(tuple)),
    st.tuples(
        st.just("list"),
        st.tuples(st.sampled_from(LEAD_INS)).flatmap(
            lambda lead: st.lists(st.sampled_from(ITEMS), min_size=1, max_size=4).map(
                lambda items: (*lead, *items)
            )
        ),
    ),
)
BLOCKS = st.lists(BLOCK, min_size=1, max_size=5).map(tuple)


def markdown(blocks: Blocks) -> str:
    """The document that these blocks make."""
    write: dict[str, Callable[[tuple[str, ...]], str]] = {
        "heading": lambda said: f"## {said[0]}",
        "paragraph": " ".join,
        "list": lambda said: said[0] + "\n\n" + "\n".join(f"- {item}" for item in said[1:]),
    }
    return "\n\n".join(write[kind](said) for kind, said in blocks if said)


# ------------------------------------------------------------------ what an editor does to a document


def put(blocks: Blocks, place: int, *new: Block) -> Blocks:
    """The same blocks with others in the place of one."""
    return (*blocks[:place], *new, *blocks[place + 1 :])


def delete(said: tuple[str, ...], place: int, word: int) -> tuple[str, ...]:
    return (*said[:place], *said[place + 1 :])


def insert(said: tuple[str, ...], place: int, word: int) -> tuple[str, ...]:
    choices = (*COMMITMENTS, *PRACTICES, *UNRELATED)
    return (*said[:place], choices[word % len(choices)], *said[place:])


def turn(said: tuple[str, ...], place: int, word: int) -> tuple[str, ...]:
    return (*said[place:], *said[:place])


def reword(said: tuple[str, ...], place: int, word: int) -> tuple[str, ...]:
    old, new = REWORDINGS[word % len(REWORDINGS)]
    return (*said[:place], said[place].replace(old, new, 1), *said[place + 1 :])


def merge(said: tuple[str, ...], place: int, word: int) -> tuple[str, ...]:
    if place + 1 >= len(said):
        return said
    first, second = said[place].rstrip("."), said[place + 1]
    return (*said[:place], f"{first}, and {second[0].lower()}{second[1:]}", *said[place + 2 :])


INSIDE = (delete, insert, turn, reword, merge)


def edited(blocks: Blocks, step: tuple[int, int, int, int]) -> Blocks:
    """The blocks after one edit: inside a paragraph, or of a whole block."""
    kind, which, place, word = step
    if not blocks:
        return blocks
    which %= len(blocks)
    name, said = blocks[which]
    if kind < len(INSIDE) and name == "paragraph" and said:
        return put(blocks, which, (name, INSIDE[kind](said, place % len(said), word)))
    if kind < len(INSIDE) and name == "list" and len(said) > 2:
        act = (delete, turn, reword)[kind % 3]
        return put(blocks, which, (name, (said[0], *act(said[1:], place % (len(said) - 1), word))))
    if kind == len(INSIDE):
        return put(blocks, which)
    if kind == len(INSIDE) + 1:
        return (*blocks[which:], *blocks[:which])
    halves = (name, said[:place]), (name, said[place:])
    return put(blocks, which, *halves) if name == "paragraph" else blocks


STEP = st.tuples(*[st.integers(0, len(INSIDE) + 2)], *[st.integers(0, 7)] * 2, st.integers(0, 40))


@st.composite
def versions(draw: st.DrawFn) -> tuple[str, str]:
    """A document, and the same document a few edits later."""
    before = after = draw(BLOCKS)
    for step in draw(st.lists(STEP, min_size=1, max_size=3)):
        after = edited(after, step)
    return markdown(before), markdown(after)


# ------------------------------------------------------------------ what has to hold


def meaning(statement: Statement) -> Hashable:
    """The words, the line above them, and every slot; not the place."""
    words = Sentence("", key=statement.sentence.key, frame=statement.sentence.frame)
    return replace(statement, sentence=words)


def gone(old: tuple[Statement, ...], new: tuple[Statement, ...]) -> list[Statement]:
    """Those of the old statements that have no identical counterpart among the new ones."""
    stands = Counter(map(meaning, new))
    left = []
    for one in old:
        stands[meaning(one)] -= 1
        if stands[meaning(one)] < 0:
            left.append(one)
    return left


def places(quote: str, findings: tuple[Finding, ...]) -> set[str]:
    """What stands in its place, once for each: "" where nothing does. What a change gives and takes is one place."""
    return {finding.after_quote for finding in findings if finding.before_quote == quote}


@settings(max_examples=250, deadline=None)
@given(versions())
@example((" ".join(COMMITMENTS), ""))
@example((" ".join(PRACTICES), " ".join(reversed(PRACTICES))))
def test_what_does_not_stand_any_more_is_told_once(pair: tuple[str, str]) -> None:
    before, after = pair
    old, findings = statements(before), changes(before, after)
    copies = Counter(one.quote for one in old)
    for one in gone(old, statements(after)):
        told = places(one.quote, findings)
        assert 1 <= len(told) <= copies[one.quote], (one.quote, told)


@settings(max_examples=80, deadline=None)
@given(versions())
def test_quotes_are_exact_and_the_answer_is_always_the_same(pair: tuple[str, str]) -> None:
    before, after = pair
    findings = changes(before, after)
    for finding in findings:
        assert finding.before_quote or finding.after_quote
        assert finding.before_quote in document(before).text
        assert finding.after_quote in document(after).text
    assert changes(before, after) == findings


@settings(max_examples=80, deadline=None)
@given(versions())
def test_what_still_stands_is_not_called_withdrawn(pair: tuple[str, str]) -> None:
    before, after = pair
    stands = Counter(map(meaning, statements(after)))
    stood = Counter(map(meaning, statements(before)))
    kept = {one.quote for one in statements(before) if stands[meaning(one)] >= stood[meaning(one)]}
    lost = {one.quote for one in gone(statements(before), statements(after))}
    withdrawn = {one.before_quote for one in changes(before, after) if one.kind is FindingKind.WITHDRAWN}
    assert not withdrawn & (kept - lost)
