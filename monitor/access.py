"""Facts of a fetch → one access state, with the evidence for it. Pure.

The order is from certain to likely: trouble on the way, the status, headers, then the text itself.
Only `ok` and `unchanged` are readings; everything else can never say that a statement is gone.
"""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from monitor.errors import ExtractError
from monitor.marks import AccessRules, Mark
from monitor.model import Access, Document, Fetch, Page

_BY_STATUS = {
    401: Access.LOGIN,
    404: Access.GONE,
    407: Access.LOGIN,
    410: Access.GONE,
    429: Access.RATE_LIMITED,
}
STILL_THERE = 0.5  #: from this share of its usual passages, it is the page whatever else it shows
_GROWN = 2.0  #: so many times the usual words, with none of the usual passages, is another document
_OTHER_WORDS_BELOW = 0.6  #: a rewritten page keeps more of its different words than this
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
    usual_url: str = "",
) -> Verdict:
    """The access state of one fetch. `usual` is the text we last believed, None at first sight.

    `whole` is the text of the whole answer where the part that we watch is not in it, as with a wall;
    `usual_url` is where the text that we believe was found in the end.
    """
    if fetch.failure is not None:
        return Verdict(fetch.failure.kind, (fetch.failure.message,))
    answered = _by_header(fetch, rules) or _by_status(fetch, whole or document, usual, rules)
    if answered is not None:
        return answered
    if isinstance(document, ExtractError):
        found = _by_marks(whole, count_words(whole), None, rules) if whole else None
        return found or Verdict(Access(document.kind), (str(document),))
    if document is None:
        return Verdict(Access.EMPTY, ("The answer had no body.",))
    return (
        _by_login_path(fetch)
        or _by_place(fetch, document, usual, usual_url)
        or _by_text(document, usual, rules, page)
        or _by_growth(document, usual, rules)
        or Verdict(Access.OK)
    )


def judge_text(document: Document, usual: Document | None, rules: AccessRules) -> Verdict:
    """Whether a text can be the page at all: against marks, and its usual self."""
    return _by_text(document, usual, rules, None) or Verdict(Access.OK)


def _by_text(
    document: Document, usual: Document | None, rules: AccessRules, page: Page | None
) -> Verdict | None:
    words = count_words(document)
    if words == 0:
        return Verdict(Access.EMPTY, ("The page holds no text.",))
    return (
        _by_marks(document, words, usual, rules)
        or (_by_declaration(document, words, page) if page else None)
        or (_by_usual(document, words, usual, rules) if usual else None)
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


def _by_status(
    fetch: Fetch, document: Document | ExtractError | None, usual: Document | None, rules: AccessRules
) -> Verdict | None:
    status = fetch.status or 0
    if 200 <= status < 300:
        return None
    if status == 304:
        return Verdict(Access.UNCHANGED, ("The server answered 304.",))
    text = document if isinstance(document, Document) else None
    evidence = f"The server answered {status}."
    mark = _first_mark(text, rules, only=Access.WALL) if text else None
    if mark is not None or status in (403, 406):
        return Verdict(Access.WALL, (evidence, f"Bot wall: {mark.name if mark else 'unnamed'}."))
    if text and usual and kept_share(text, usual) >= STILL_THERE:
        return Verdict(Access.ERROR_PAGE, (evidence, "Yet most of the usual text is there."))
    return Verdict(_BY_STATUS.get(status, Access.ERROR_PAGE), (evidence,))


def _by_login_path(fetch: Fetch) -> Verdict | None:
    final, asked = fetch.final_url.lower(), fetch.requested_url.lower()
    if fetch.redirects and any(path in final and path not in asked for path in _LOGIN_PATHS):
        return Verdict(Access.LOGIN, (f"Redirected to {fetch.final_url}.",))
    return None


def _by_place(fetch: Fetch, document: Document, usual: Document | None, usual_url: str) -> Verdict | None:
    """Sent to another host, or to the front page, and not to the text that we know."""
    if usual is None or not usual_url or kept_share(document, usual) >= STILL_THERE:
        return None
    final, asked, before = (urlsplit(url) for url in (fetch.final_url, fetch.requested_url, usual_url))
    to_front = final.path in ("", "/") and asked.path not in ("", "/")
    if _host(final) != _host(before) or (to_front and before.path not in ("", "/")):
        return Verdict(Access.MOVED, (f"The address now leads to {fetch.final_url}.",))
    return None


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def _by_marks(document: Document, words: int, usual: Document | None, rules: AccessRules) -> Verdict | None:
    """Marks count on a short page, or on one that lost most of its text."""
    collapsed = usual is not None and words < rules.collapsed_below * count_words(usual)
    if words >= rules.short_page_words and not collapsed:
        return None
    if usual is not None and kept_share(document, usual) >= STILL_THERE:
        return None  # a banner above a page that is all there
    mark = _first_mark(document, rules)
    if mark is None or (usual is not None and _shows(usual, mark)):
        return None
    return Verdict(mark.state, (f"The text reads as {mark.name} ({words} words).",))


def _first_mark(document: Document, rules: AccessRules, only: Access | None = None) -> Mark | None:
    for mark in rules.marks:
        if not mark.header and only in (None, mark.state) and _shows(document, mark):
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
    spoken = primary(document.language)
    if spoken and spoken != primary(page.language):
        return Verdict(Access.OTHER_LANGUAGE, (f"The page says that it is in “{document.language}”.",))
    return None


def _by_usual(document: Document, words: int, usual: Document, rules: AccessRules) -> Verdict | None:
    usual_words = count_words(usual)
    if usual_words >= rules.partial_from_words and words < rules.partial_below * usual_words:
        doubtful = words >= rules.never_believed_below * usual_words
        evidence = f"{words} words, where the page usually has {usual_words}."
        return Verdict(Access.PARTIAL, (evidence,), doubtful)
    if len(usual.segments) >= rules.replaced_from_sentences:
        return _replaced(document, usual, rules)
    return None


def _by_growth(document: Document, usual: Document | None, rules: AccessRules) -> Verdict | None:
    """Many times the usual text, and none of it: what we took for the page was something else."""
    if usual is None or count_words(document) <= _GROWN * count_words(usual):
        return None
    return _replaced(document, usual, rules)


def _replaced(document: Document, usual: Document, rules: AccessRules) -> Verdict | None:
    kept = kept_share(document, usual)
    if kept >= rules.replaced_below or _shared_words(document, usual) >= _OTHER_WORDS_BELOW:
        return None
    return Verdict(Access.REPLACED, (f"{kept:.0%} of the usual passages are there.",), True)


def kept_share(document: Document, usual: Document) -> float:
    """Which share of the usual page's different passages this text has."""
    olds = {segment.text for segment in usual.segments}
    return len(olds & {segment.text for segment in document.segments}) / len(olds) if olds else 0.0


def primary(language: str) -> str:
    """`en` of `en-GB` or `en_US`, in lower case."""
    return language.replace("_", "-").partition("-")[0].lower()


def _shared_words(document: Document, usual: Document) -> float:
    """Which share of the usual page's different words this text has."""
    olds = set(usual.text.lower().split())
    return len(olds & set(document.text.lower().split())) / len(olds) if olds else 1.0
