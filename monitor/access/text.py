"""What the text says: marks, the page that stands in for a missing one, the declaration, its usual self."""

from monitor.access.shares import count_words, has_same_words, is_like, is_there, kept_share, shared_words
from monitor.access.verdict import Verdict, quote, told
from monitor.errors import ExtractError
from monitor.marks import AccessRules, Appearance, lines_of, sign
from monitor.model import Access, Document, Page

_GROWN = 2.0  # so many times the usual words, with none of the usual passages, is another document
_OTHER_WORDS_BELOW = 0.6  # a rewritten page keeps more of its different words than this


def shown(document: Document) -> Appearance:
    """The text as marks are compared with it."""
    return Appearance(text=lines_of(document.title, *(segment.text for segment in document.segments)))


def without_text(document: ExtractError | None, seen: Appearance, rules: AccessRules) -> Verdict:
    """No text to read: a wall, or a shell that scripts fill, shows in its markup."""
    if document is None or document.kind == Access.EMPTY:
        found = by_marks(seen, None, None, rules)
        if found is not None:
            return found
    if document is None:
        return Verdict(Access.EMPTY, ("The answer had no body.",))
    return Verdict(Access(document.kind), (str(document),))


def by_marks(
    seen: Appearance, document: Document | None, usual: Document | None, rules: AccessRules
) -> Verdict | None:
    """Marks count on a short page, or on one that lost most of its text.

    Where nothing of what we watch is there (no document), the weak ones count as much as the strong.
    """
    words = count_words(document) if document else len(seen.text.split())
    collapsed = usual is not None and words < rules.collapsed_below * count_words(usual)
    if words >= rules.short_page_words and not collapsed:
        return None
    if is_there(document, usual):
        return None  # a banner above a page that is all there
    usually = shown(usual) if usual is not None else None
    for mark in rules.marks:
        if mark.header or mark.address or (document and mark.below_words and words >= mark.below_words):
            continue
        found = sign(mark, seen)
        if found and not (usually and sign(mark, usually)):
            return Verdict(mark.state, (told(mark, seen, quote(document, found), words),))
    return None


def by_text(
    document: Document,
    usual: Document | None,
    rules: AccessRules,
    page: Page | None = None,
    missing: Document | None = None,
) -> Verdict | None:
    """Why this text cannot be the page; None where nothing speaks against it."""
    words = count_words(document)
    if words == 0:
        return Verdict(Access.EMPTY, ("The page holds no text.",))
    return (
        (_by_probe(document, usual, missing) if missing else None)
        or (_by_declaration(document, words, usual, page) if page else None)
        or (_by_usual(document, words, usual, rules) if usual else None)
    )


def _by_probe(document: Document, usual: Document | None, missing: Document) -> Verdict | None:
    """The same page as for an address that cannot exist, unless that is what this page always was."""
    if not is_like(document, missing) or (usual is not None and _has_own(document, usual, missing)):
        return None
    if usual is not None and is_like(usual, missing):
        told_apart = has_same_words(document, missing) and not has_same_words(usual, missing)
        if not told_apart:
            return None
    return Verdict(Access.SOFT_404, ("The host answers an address that does not exist with the same page.",))


def _has_own(document: Document, usual: Document, missing: Document) -> bool:
    """Whether most of what only the usual page says, and no missing page, is there."""
    strange = {segment.text for segment in missing.segments}
    own = {segment.text for segment in usual.segments} - strange
    return 2 * len(own & {segment.text for segment in document.segments}) >= len(own) > 0


def _by_declaration(document: Document, words: int, usual: Document | None, page: Page) -> Verdict | None:
    if words < page.min_words:
        return Verdict(Access.PARTIAL, (f"{words} words, where at least {page.min_words} are expected.",))
    text = document.text.lower()
    missing = [needed for needed in page.contains if needed.lower() not in text]
    if missing:
        return Verdict(Access.REPLACED, (f"The words “{missing[0]}”, which mark this page, are not there.",))
    spoken = primary(document.language)
    if spoken and spoken != primary(page.language) and not is_there(document, usual):
        return Verdict(Access.OTHER_LANGUAGE, (f"The page says that it is in “{document.language}”.",))
    return None


def _by_usual(document: Document, words: int, usual: Document, rules: AccessRules) -> Verdict | None:
    usual_words = count_words(usual)
    doubtful = words >= rules.never_believed_below * usual_words
    if usual.has_end and not document.has_end and words < usual_words:
        evidence = f"The page ends without its end mark and has {words} of its usual {usual_words} words."
        return Verdict(Access.PARTIAL, (evidence,), doubtful)
    if usual_words >= rules.partial_from_words and words < rules.partial_below * usual_words:
        evidence = f"{words} words, where the page usually has {usual_words}."
        return Verdict(Access.PARTIAL, (evidence,), doubtful)
    if len(usual.segments) >= rules.replaced_from_sentences:
        return _replaced(document, usual, rules)
    return None


def by_growth(document: Document, usual: Document | None, rules: AccessRules) -> Verdict | None:
    """Many times the usual text, and none of it: what we took for the page was something else."""
    if usual is None or count_words(document) <= _GROWN * count_words(usual):
        return None
    return _replaced(document, usual, rules)


def _replaced(document: Document, usual: Document, rules: AccessRules) -> Verdict | None:
    kept = kept_share(document, usual)
    if kept >= rules.replaced_below or shared_words(document, usual) >= _OTHER_WORDS_BELOW:
        return None
    return Verdict(Access.REPLACED, (f"{kept:.0%} of the usual passages are there.",), True)


def primary(language: str) -> str:
    """`en` of `en-GB` or `en_US`, in lower case."""
    return language.replace("_", "-").partition("-")[0].lower()
