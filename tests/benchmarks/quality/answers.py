"""What the detector says of a pair, as `compare --jsonl` would say it, and whether it kept its promises."""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from app.comparing import DEFAULT_LANGUAGE, comparison_json
from app.home import SHIPPED_CONFIG
from monitor.compare import Comparison, compare_unbelieving, statements_in
from monitor.errors import ExtractError
from monitor.extract import extract
from monitor.language import recognise
from monitor.lexicon import Lexicon, Lexicons
from monitor.marks import AccessRules, load_access_rules
from monitor.model import Access, Document, Finding, Statement
from monitor.segment import sentences
from tests.benchmarks.quality.cases import Pair
from tests.benchmarks.quality.conservation import Owed, owed


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one comparison. digest: of all that a user would read."""

    language: str
    access: Access
    findings: tuple[Finding, ...]
    digest: str
    quotes: int
    inexact: tuple[str, ...]
    owed: Owed

    @property
    def material(self) -> tuple[Finding, ...]:
        """The findings that are more than other words or another place."""
        return tuple(finding for finding in self.findings if finding.is_material)


@dataclass(frozen=True, slots=True)
class Read:
    """A pair as the detector sees it. lexicon is None where nobody knows the language."""

    before: Document
    after: Document
    language: str
    language_after: str
    lexicon: Lexicon | None

    @property
    def statements(self) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """Every statement before, and after."""
        if self.lexicon is None:
            return (), ()
        return statements_in(self.before, self.lexicon), statements_in(self.after, self.lexicon)


def read(pair: Pair) -> Read:
    """Extract both texts and choose the lexicon."""
    before, after = (_document(text) for text in pair.texts())
    language = pair.language or recognise(f"{before.text}\n{after.text}") or DEFAULT_LANGUAGE
    language_after = pair.language or recognise(after.text)
    return Read(before, after, language, language_after, _lexicons().get(language))


def compare(seen: Read) -> Comparison:
    """The comparison itself."""
    if seen.lexicon is None:
        return Comparison(seen.language, Access.OK)
    return compare_unbelieving(seen.before, seen.after, seen.lexicon, _rules(), seen.language_after)


def answer(seen: Read) -> Answer:
    """The comparison, and what is checked of it from outside."""
    comparison = compare(seen)
    quotes = _quotes(comparison.findings, seen)
    return Answer(
        language=seen.language,
        access=comparison.access,
        findings=comparison.findings,
        digest=digest(comparison),
        quotes=len(quotes),
        inexact=tuple(quote for quote, text in quotes if quote not in text),
        owed=_owed(comparison, seen),
    )


def digest(comparison: Comparison) -> str:
    """Equal digests: the same answer, byte for byte."""
    told = json.dumps(comparison_json("", comparison), ensure_ascii=False)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _owed(comparison: Comparison, seen: Read) -> Owed:
    if not comparison.statements_before or seen.lexicon is None:
        return Owed()
    old = statements_in(seen.before, seen.lexicon)
    return owed(old, sentences(seen.after), comparison.findings, believed=comparison.access is Access.OK)


def _quotes(findings: tuple[Finding, ...], seen: Read) -> list[tuple[str, str]]:
    sides = [(one.before_quote, seen.before.text) for one in findings]
    sides += [(one.after_quote, seen.after.text) for one in findings]
    return [(quote, text) for quote, text in sides if quote]


def _document(text: str) -> Document:
    """A passage may be empty (the statement is new, or gone) or hold no words, but a picture."""
    try:
        return extract(text.encode(), "text/markdown", charset="utf-8")
    except ExtractError as error:
        if error.kind != "empty":
            raise
        return Document(())


@cache
def _lexicons() -> dict[str, Lexicon]:
    return dict(Lexicons(SHIPPED_CONFIG))


@cache
def _rules() -> AccessRules:
    return load_access_rules(SHIPPED_CONFIG)
