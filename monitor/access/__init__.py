"""Facts of a fetch → one access state, with the evidence for it. Pure.

The order is from certain to likely: trouble on the way, headers, the status, where it led, then the text.
Only `ok` and `unchanged` are readings; everything else can never say that a statement is gone.
"""

import html
import re
from dataclasses import replace

from monitor.access.answer import YET_THERE, by_address, by_header, by_place, by_status, moved_for_good
from monitor.access.shares import STILL_THERE, count_words, kept_share
from monitor.access.text import by_growth, by_marks, by_text, primary, shown, without_text
from monitor.access.verdict import Verdict
from monitor.errors import ExtractError
from monitor.marks import AccessRules, Appearance, lines_of, plain
from monitor.model import Access, Document, Fetch, Page

__all__ = [
    "MARKUP_BYTES",
    "STILL_THERE",
    "YET_THERE",
    "Verdict",
    "count_words",
    "judge",
    "judge_text",
    "kept_share",
    "moved_for_good",
    "primary",
]

MARKUP_BYTES = 64 * 1024  #: so much of a body is looked at as markup
_CODE = re.compile(r"<(?=/?(?:script|style)\b)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def judge(
    fetch: Fetch,
    document: Document | ExtractError | None,
    page: Page,
    usual: Document | None,
    rules: AccessRules,
    whole: Document | None = None,
    usual_url: str = "",
    markup: str = "",
    missing: Document | None = None,
) -> Verdict:
    """The access state of one fetch. `usual` is the text we last believed, None at first sight.

    whole: the text of the whole answer where the part that we watch is not in it, as with a wall;
    usual_url: where the text that we believe was found in the end; markup: the first MARKUP_BYTES of the
    body as text, "" where it is none; missing: what the host shows for an address that cannot exist.
    """
    if fetch.failure is not None:
        return Verdict(fetch.failure.kind, (fetch.failure.message,))
    text = document if isinstance(document, Document) else whole
    seen = _appearance(fetch, text, markup)
    answered = by_header(seen, rules) or by_status(seen, text, usual, rules)
    if answered is not None:
        return answered
    if not isinstance(document, Document):
        return without_text(document, seen, rules)
    return (
        by_address(seen, document, usual, rules)
        or by_marks(seen, document, usual, rules)
        or by_place(fetch, document, usual, usual_url)
        or by_text(document, usual, rules, page, missing)
        or by_growth(document, usual, rules)
        or Verdict(Access.OK, tuple(filter(None, [moved_for_good(fetch)])))
    )


def judge_text(document: Document, usual: Document | None, rules: AccessRules) -> Verdict:
    """Whether a text can be the page at all: against marks, and its usual self."""
    return (
        by_marks(shown(document), document, usual, rules)
        or by_text(document, usual, rules)
        or Verdict(Access.OK)
    )


def _appearance(fetch: Fetch, text: Document | None, markup: str) -> Appearance:
    return replace(
        shown(text) if text else Appearance(text=lines_of(*_bare(markup))),
        markup=plain(markup),
        status=fetch.status or 0,
        headers={name.lower(): value.lower() for name, value in reversed(fetch.headers)},
        asked=fetch.requested_url.lower(),
        led_to=fetch.final_url.lower() if fetch.redirects else "",
    )


def _bare(markup: str) -> list[str]:
    """What stands between the tags: the title, and what a browser without scripts would show."""
    pieces = _CODE.split(markup)
    read = [piece for piece in pieces if not piece[:6].lower().startswith(("script", "style"))]
    ended = [piece.partition(">")[2] if piece.startswith("/s") else piece for piece in read]
    return html.unescape(_TAG.sub("\n", "\n".join(ended))).splitlines()
