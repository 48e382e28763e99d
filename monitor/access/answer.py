"""What the answer itself says, before its text is read: headers, the status, where it led."""

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from monitor.access.shares import is_there
from monitor.access.verdict import Verdict, named, quote, told
from monitor.marks import AccessRules, Appearance, Mark, sign
from monitor.model import Access, Document, Fetch

_BY_STATUS = {
    401: Access.LOGIN,
    404: Access.GONE,
    407: Access.LOGIN,
    410: Access.GONE,
    429: Access.RATE_LIMITED,
}
_REFUSED = frozenset({402, 403, 405, 406, 999})
_MAYBE_REFUSED = _REFUSED | {401, 407, 428, 429, 451, 503}
_BARRED = frozenset({Access.WALL, Access.LOGIN, Access.CONSENT, Access.RATE_LIMITED})
YET_THERE = "Yet most of the usual text is there."  #: of an error that carries the page
_FOR_LEGAL_REASONS = 451
_GATEWAY = frozenset({502, *range(504, 600)})  # trouble behind whoever stands in front: never a wall
_NO_CONTENT, _PART = (204, 205), 206
_PERMANENT = (301, 308)


def by_header(seen: Appearance, rules: AccessRules) -> Verdict | None:
    """The mark that a header shows: exact, whatever the body says."""
    for mark in rules.marks:
        found = sign(mark, seen) if mark.header else ""
        if found:
            return Verdict(mark.state, (told(mark, seen, f"header “{found}”"),))
    return None


def by_status(
    seen: Appearance, text: Document | None, usual: Document | None, rules: AccessRules
) -> Verdict | None:
    """What any status but a plain success means; None where the text has to tell."""
    if 200 <= seen.status < 300:
        return _by_success(seen.status)
    if seen.status == 304:
        return Verdict(Access.UNCHANGED, ("The server answered 304.",))
    mark, found = _mark_of_refusal(seen, rules)
    if mark is not None:
        return Verdict(mark.state, (told(mark, seen, quote(text, found)),))
    access, evidence = _by_error(seen.status)
    if is_there(text, usual):
        access = Access.WALL if access is Access.WALL else Access.ERROR_PAGE
        return Verdict(access, (f"The server answered {seen.status}.", YET_THERE))
    return Verdict(access, (evidence,))


def _by_success(status: int) -> Verdict | None:
    if status in _NO_CONTENT:
        return Verdict(Access.EMPTY, (f"The server answered {status}: no content.",))
    if status == _PART:
        return Verdict(Access.PARTIAL, ("The server answered 206: only a part of the page.",))
    return None


def _by_error(status: int) -> tuple[Access, str]:
    if status == _FOR_LEGAL_REASONS:
        return Access.WALL, "The server answered 451: a country block."
    if status in _REFUSED:
        return Access.WALL, f"The server answered {status}: it does not let us in, and names no bot wall."
    if 300 <= status < 400:
        return Access.ERROR_PAGE, f"The server answered {status}, but leads nowhere."
    return _BY_STATUS.get(status, Access.ERROR_PAGE), f"The server answered {status}."


def _mark_of_refusal(seen: Appearance, rules: AccessRules) -> tuple[Mark | None, str]:
    """A refusal may say what it wants at any length; another error is a wall only where it is short."""
    if seen.status in _MAYBE_REFUSED:
        return _first_mark(seen, rules, _BARRED)
    if seen.status in _GATEWAY or len(seen.text.split()) >= rules.short_page_words:
        return None, ""
    return _first_mark(seen, rules, (Access.WALL,))


def _first_mark(seen: Appearance, rules: AccessRules, states: Collection[Access]) -> tuple[Mark | None, str]:
    words = len(seen.text.split())
    for mark in rules.marks:
        if mark.state in states and not mark.header and not (mark.below_words and words >= mark.below_words):
            found = sign(mark, seen)
            if found:
                return mark, found
    return None, ""


def by_address(
    seen: Appearance, document: Document, usual: Document | None, rules: AccessRules
) -> Verdict | None:
    """Led to a login, a consent screen or a wall, and not to the text that we know."""
    if not seen.led_to or is_there(document, usual):
        return None
    for mark in rules.marks:
        if mark.address and sign(mark, seen):
            return Verdict(mark.state, (f"The address led to {named(mark)}: {seen.led_to}.",))
    return None


def by_place(fetch: Fetch, document: Document, usual: Document | None, usual_url: str) -> Verdict | None:
    """Sent to another host, or to the front page, and not to the text that we know.

    Doubtful where every hop was permanent: then the other text may be the page that there is now.
    """
    if usual is None or not usual_url or is_there(document, usual):
        return None
    final, asked, before = (urlsplit(url) for url in (fetch.final_url, fetch.requested_url, usual_url))
    to_front = final.path in ("", "/") and asked.path not in ("", "/")
    if _host(final) == _host(before) and not (to_front and before.path not in ("", "/")):
        return None
    lasting = _is_lasting(fetch)
    how = "for good" if lasting else "for now"
    evidence = f"The address now leads {how} to {fetch.final_url}, where another text stands."
    return Verdict(Access.MOVED, (evidence,), lasting)


def moved_for_good(fetch: Fetch) -> str:
    """One sentence where permanent redirects alone led elsewhere, else "" (https and www are no move)."""
    asked, final = urlsplit(fetch.requested_url), urlsplit(fetch.final_url)
    same = _host(asked) == _host(final) and asked.path.rstrip("/") == final.path.rstrip("/")
    if not fetch.redirects or same or not _is_lasting(fetch):
        return ""
    return f"It moved for good to {fetch.final_url}: put the new address into its declaration."


def _is_lasting(fetch: Fetch) -> bool:
    """Whether every hop on the way was permanent; one that nobody saw (a script's) is not."""
    if not fetch.redirects:
        return fetch.final_url == fetch.requested_url
    return all(hop.status in _PERMANENT for hop in fetch.redirects)


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")
