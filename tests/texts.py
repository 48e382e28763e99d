"""Short ways to make values for the tests of the pure floors."""

from functools import cache

from app.home import SHIPPED_CONFIG
from monitor.compare import compare
from monitor.extract import extract
from monitor.lexicon import Lexicon, load_lexicon
from monitor.marks import AccessRules, load_access_rules
from monitor.model import Document, Finding, Statement
from monitor.segment import sentences
from monitor.statements import find

#: A language of four words that the loader accepts; tests break one thing in it.
SMALLEST_LEXICON = """language = "xx"
[[technologies]]
id = "face_recognition"
phrases = ["faces"]
[[actions]]
id = "sell"
phrases = ["sell"]
[[cues]]
id = "not"
stance = "refuses"
phrases = ["not"]
[[terms]]
id = "for_ever"
term = "permanent"
phrases = ["for ever"]
"""


@cache
def english() -> Lexicon:
    """The shipped English lexicon."""
    return load_lexicon(SHIPPED_CONFIG, "en")


@cache
def access_rules() -> AccessRules:
    """The shipped marks."""
    return load_access_rules(SHIPPED_CONFIG)


def document(text: str, media_type: str = "text/markdown") -> Document:
    """A document of this text; no segments where it is empty."""
    return extract(text.encode(), media_type) if text.strip() else Document(())


def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a Markdown text."""
    return find(sentences(document(text)), english())


def statement(text: str) -> Statement:
    """The one statement of a text."""
    (only,) = statements(text)
    return only


def changes(before: str, after: str) -> tuple[Finding, ...]:
    """Every finding between two Markdown texts."""
    return compare(document(before), document(after), english()).findings


def material(before: str, after: str) -> list[Finding]:
    """The findings that are worth a person's time."""
    return [finding for finding in changes(before, after) if finding.is_material]
