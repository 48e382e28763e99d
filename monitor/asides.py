"""Asides: fetches that help to judge a page, and are no pages themselves. Pure.

A probe asks a host for an address that cannot exist: a page that reads like its answer is not there either.
A linked document is one that a page newly links to: a statement that left the page may stand in it now.
Both are recorded like every fetch, under a page id with a blank in it, which no watched page has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urldefrag, urljoin, urlsplit

from monitor.model import Document, Page

PROBE_LASTS = timedelta(days=7)  #: a host's answer to a missing page is good for so long
AGAIN_AFTER = timedelta(hours=1)  #: an aside that brought no answer is asked for again
LINKS_AT_MOST = 5


def probe_id(url: str) -> str:
    """The page id of the probe of this URL's host."""
    parts = urlsplit(url)
    return f"probe {parts.scheme}://{parts.netloc}"


def probe_of(page: Page, token: str) -> Page:
    """The aside that asks the page's host for an address that nobody made. token: random letters."""
    parts = urlsplit(page.url)
    url = parts._replace(path=f"/{token}", query="", fragment="").geturl()
    return _aside(page, probe_id(page.url), url)


def linked_prefix(page: Page) -> str:
    """How the ids of all documents begin that this page newly linked to."""
    return f"linked {page.id} "


def linked_of(page: Page, url: str) -> Page:
    """The aside that reads a document which the page newly links to."""
    return replace(_aside(page, linked_prefix(page) + url, url), fetch="plain")


def is_aside(page_id: str) -> bool:
    """Whether fetches with this id are asides."""
    return " " in page_id


def new_links(before: Document | None, after: Document, base: str, watched: Iterable[str]) -> Iterator[str]:
    """The addresses that only the later text links to, on the sites of the watched pages and not watched
    themselves; at most a few, in order. base: where the page was found."""
    watched = list(watched)
    sites = {_site(url) for url in [base, *watched]}
    known = {_plain(url) for url in watched}
    known |= {_plain(urljoin(base, link)) for link in (before.links if before else ())} | {_plain(base)}
    count = 0
    for link in after.links:
        url = urldefrag(urljoin(base, link)).url
        is_new = url.startswith(("http://", "https://")) and _plain(url) not in known
        if is_new and count < LINKS_AT_MOST and _site(url) in sites:
            known.add(_plain(url))
            count += 1
            yield url


def _site(url: str) -> str:
    """The last labels of the host, roughly what one owner registers: "acme.example", "acme.co.uk"."""
    labels = (urlsplit(url).hostname or "").split(".")
    is_nested = len(labels[-1]) == 2 and len("".join(labels[-2:-1])) <= 3
    return ".".join(labels[-3:] if is_nested or labels[-1].isdigit() else labels[-2:])


def _plain(url: str) -> str:
    return urldefrag(url).url.partition("://")[2].removeprefix("www.").rstrip("/")


def _aside(page: Page, page_id: str, url: str) -> Page:
    """Nothing of the page's declaration but how it is fetched, and for whom."""
    return replace(
        page, id=page_id, url=url, select=(), remove=(), min_words=0, contains=(), screenshot=False, note=""
    )
