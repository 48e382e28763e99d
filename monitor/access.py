"""Facts of a fetch → one access state, with the evidence for it. Pure.

The order is from certain to likely: trouble on the way, the status, headers, then the text itself.
Only `ok` and `unchanged` are readings; everything else can never say that a statement is gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.errors import ExtractError
from monitor.marks import AccessRules, Mark
from monitor.model import Access, Document, Fetch, Page

_BY_STATUS = {
    304: Access.UNCHANGED,
    401: Access.LOGIN,
    404: Access.GONE,
    407: Access.LOGIN,
    410: Access.GONE,
    429: Access.RATE_LIMITED,
}
_LOGIN_PATHS = ("/login", "/signin", "/sign-in", "/log-in", "/auth/", "/sso/")


@dataclass(frozen=True, slots=True)
class Verdict:
    """An access state and why."""

    access: Access
    evidence: tuple[str, ...] = ()
    doubtful: bool = False  #: only its usual self speaks against it: it may be a page that was rewritten


def judge(
    fetch: Fetch,
    document: Document | ExtractError | None,
    page: Page,
    usual: Document | None,
    rules: AccessRules,
    whole: Document | None = None,
) -> Verdict:
    """The access state of one fetch. `usual` is the text we last believed, None at first sight.

    `whole` is the text of the whole answer where the part that we watch is not in it, as with a wall.
    """
    if fetch.failure is not None:
        return Verdict(fetch.failure.kind, (fetch.failure.message,))
    answered = _by_header(fetch, rules) or _by_status(fetch, whole or document, rules)
    if answered is not None:
        return answered
    if isinstance(document, ExtractError):
        found = _by_marks(whole, count_words(whole), None, rules) if whole else None
        return found or Verdict(Access(document.kind), (str(document),))
    if document is None:
        return Verdict(Access.EMPTY, ("The answer had no body.",))
    return _by_login_path(fetch) or judge_text(document, usual, rules, page)


def judge_text(
    document: Document, usual: Document | None, rules: AccessRules, page: Page | None = None
) -> Verdict:
    """Whether a text can be the page at all: against marks, its declaration, and its usual self."""
    words = count_words(document)
    if words == 0:
        return Verdict(Access.EMPTY, ("The page holds no text.",))
    return (
        _by_marks(document, words, usual, rules)
        or (_by_declaration(document, words, page) if page else None)
        or (_by_usual(document, words, usual, rules) if usual else None)
        or Verdict(Access.OK)
    )


def count_words(document: Document) -> int:
    """Words of the whole text."""
    return sum(len(segment.text.split()) for segment in document.segments)


def _by_header(fetch: Fetch, rules: AccessRules) -> Verdict | None:
    for mark in rules.marks:
        value = fetch.header(mark.header).lower() if mark.header else ""
        if value and any(phrase in value for phrase in mark.phrases):
            return Verdict(mark.state, (f"{mark.name}: header {mark.header}: {value}",))
    return None


def _by_status(fetch: Fetch, document: Document | ExtractError | None, rules: AccessRules) -> Verdict | None:
    status = fetch.status or 0
    if 200 <= status < 300:
        return None
    evidence = f"The server answered {status}."
    if status in _BY_STATUS:
        return Verdict(_BY_STATUS[status], (evidence,))
    mark = _first_mark(document, rules, {Access.WALL}) if isinstance(document, Document) else None
    if mark is not None or status in (403, 406):
        name = mark.name if mark else "unnamed"
        return Verdict(Access.WALL, (evidence, f"Bot wall: {name}."))
    return Verdict(Access.ERROR_PAGE, (evidence,))


def _by_login_path(fetch: Fetch) -> Verdict | None:
    final, asked = fetch.final_url.lower(), fetch.requested_url.lower()
    if fetch.redirects and any(path in final and path not in asked for path in _LOGIN_PATHS):
        return Verdict(Access.LOGIN, (f"Redirected to {fetch.final_url}.",))
    return None


def _by_marks(document: Document, words: int, usual: Document | None, rules: AccessRules) -> Verdict | None:
    """Marks count on a short page, or on one that lost most of its text."""
    collapsed = usual is not None and words < rules.collapsed_below * count_words(usual)
    if words >= rules.short_page_words and not collapsed:
        return None
    mark = _first_mark(document, rules, None)
    if mark is None or (usual is not None and _shows(usual, mark)):
        return None
    return Verdict(mark.state, (f"The text reads as {mark.name} ({words} words).",))


def _first_mark(document: Document, rules: AccessRules, states: Iterable[Access] | None) -> Mark | None:
    wanted = set(states) if states is not None else None
    for mark in rules.marks:
        if not mark.header and (wanted is None or mark.state in wanted) and _shows(document, mark):
            return mark
    return None


def _shows(document: Document, mark: Mark) -> bool:
    text = f"{document.title}\n{document.text}".lower().replace("’", "'")
    return any(phrase in text for phrase in mark.phrases)


def _by_declaration(document: Document, words: int, page: Page) -> Verdict | None:
    if words < page.min_words:
        return Verdict(Access.PARTIAL, (f"{words} words, where at least {page.min_words} are expected.",))
    text = document.text.lower()
    missing = [needed for needed in page.contains if needed.lower() not in text]
    if missing:
        return Verdict(Access.REPLACED, (f"The words “{missing[0]}”, which mark this page, are not there.",))
    spoken = document.language.split("-")[0].lower()
    if spoken and spoken != page.language.split("-")[0].lower():
        return Verdict(Access.OTHER_LANGUAGE, (f"The page says that it is in “{document.language}”.",))
    return None


def _by_usual(document: Document, words: int, usual: Document, rules: AccessRules) -> Verdict | None:
    usual_words = count_words(usual)
    if usual_words >= rules.partial_from_words and words < rules.partial_below * usual_words:
        doubtful = words >= rules.never_believed_below * usual_words
        evidence = f"{words} words, where the page usually has {usual_words}."
        return Verdict(Access.PARTIAL, (evidence,), doubtful)
    olds = {segment.text for segment in usual.segments}
    if len(olds) >= rules.replaced_from_sentences:
        kept = len(olds & {segment.text for segment in document.segments}) / len(olds)
        if kept < rules.replaced_below and _shared_words(document, usual) < 0.6:
            return Verdict(Access.REPLACED, (f"{kept:.0%} of the usual passages are there.",), True)
    return None


def _shared_words(document: Document, usual: Document) -> float:
    """Which share of the usual page's different words this text has."""
    olds = set(usual.text.lower().split())
    return len(olds & set(document.text.lower().split())) / len(olds)
