"""Made-up policy pages with statements that can be withdrawn or weakened, and with harmless changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

#: (a statement, the same one weakened); {} is a place, so that no two pages say quite the same.
STATEMENTS = (
    (
        "We will not sell facial recognition technology to police departments in {}.",
        "We do not currently sell facial recognition technology to police departments in {}.",
    ),
    (
        "We never use face recognition to identify visitors of our offices in {}.",
        "We may use face recognition to identify visitors of our offices in {}.",
    ),
    (
        "Customers in {} must not use our service for biometric surveillance.",
        "Customers in {} should not use our service for biometric surveillance.",
    ),
    (
        "We delete face templates of users in {} within 30 days.",
        "We delete face templates of users in {} within 365 days.",
    ),
    (
        "We do not share voiceprints of callers from {} with anybody.",
        "We do not share voiceprints of callers from {} with anybody without a court order.",
    ),
)
_PLACES = [
    "Aldermoor",
    "Brackwater",
    "Corhaven",
    "Dunmere",
    "Eastfold",
    "Fennick",
    "Garroway",
    "Holmstead",
    "Inverloch",
    "Jessamine",
]
_SUBJECTS = [
    "invoices",
    "deliveries",
    "refunds",
    "passwords",
    "holidays",
    "newsletters",
    "parcels",
    "receipts",
    "warranties",
    "repairs",
]
_VERBS = ["keep", "review", "archive", "describe", "count", "renew", "print", "answer", "export", "correct"]
_WHEN = [
    "each spring",
    "on request",
    "within a week",
    "before a contract ends",
    "after notice",
    "at month's end",
]


@dataclass(frozen=True, slots=True)
class Text:
    """What a page says: its statements as they stand, and the number of its harmless edition."""

    number: int
    statements: tuple[str, ...]
    edition: int = 0


def first_text(number: int, statements: int, random: Random) -> Text:
    """The text that a page begins with."""
    kinds = random.sample(range(len(STATEMENTS)), statements)
    return Text(number, tuple(STATEMENTS[kind][0].format(place(number)) for kind in kinds))


def place(number: int) -> str:
    """A name of a place that only this page has."""
    return f"{_PLACES[number % 10]} {_PLACES[number // 10 % 10]} {number}"


def weakened(statement: str, number: int) -> str:
    """The weaker wording of one of the page's statements."""
    wordings = {strong.format(place(number)): weak.format(place(number)) for strong, weak in STATEMENTS}
    return wordings[statement]


def html(text: Text, nonce: int = 0) -> bytes:
    """The page. An edition changes a date and a sentence on something else; a nonce only the markup."""
    parts = [f"<h1>Rules of house {text.number}</h1><p>Edition {text.edition} of these rules.</p>"]
    parts += paragraphs([*text.statements[:1], *filler(text.number, text.edition), *text.statements[1:]])
    body = "\n".join(parts)
    head = f"<!doctype html><html lang='en'><head><title>Rules</title></head><body data-n='{nonce}'>"
    return f"{head}{body}<footer><p>House {text.number}</p></footer></body></html>".encode()


def paragraphs(sentences: Sequence[str]) -> list[str]:
    """One paragraph a sentence."""
    return [f"<p>{sentence}</p>" for sentence in sentences]


def filler(number: int, edition: int) -> list[str]:
    """Forty sentences about other things; each edition says one of them in another way."""
    random = Random(f"filler {number}")
    sentences = [_sentence(random) for _ in range(40)]
    sentences[edition % 40] += f" This was last looked at in edition {edition}."
    return sentences


def other_document(number: int) -> bytes:
    """A page of another kind altogether."""
    random = Random(f"other {number}")
    sentences = [f"{_sentence(random)[:-1]}, which our cook calls dish {i}." for i in range(60)]
    return f"<html><body><h1>Canteen</h1>{''.join(paragraphs(sentences))}</body></html>".encode()


def _sentence(random: Random) -> str:
    first, second = random.sample(_SUBJECTS, 2)
    return f"We {random.choice(_VERBS)} {first} and {second} {random.choice(_WHEN)}, under rule {random.randrange(999)}."
