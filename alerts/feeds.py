"""Alerts as feeds: Atom (RFC 4287) and JSON Feed 1.1, whole, by organization and by ask. Pure.

The same alerts and verdicts give the same bytes. Written with xml.etree, which escapes what it is given;
what XML 1.0 cannot hold is shown by number before (visible), and the alert itself travels as ASCII JSON.
"""

import hashlib
import html
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from alerts.corrections import SAYINGS, is_wrong, reviewed
from alerts.links import linked
from alerts.marking import visible
from alerts.reader import Reader
from alerts.render import text
from monitor.model import Alert, Organization, Review
from monitor.tables import url_problem
from monitor.wire import alert_json, utc_text

ENTRIES_AT_MOST = 200  #: the newest
ATOM, JSON_FEED = "http://www.w3.org/2005/Atom", "https://jsonfeed.org/version/1.1"
NAMESPACE = "urn:x-pledgewatch:alert:1"  #: of the element that holds the alert's JSON
NAME = "pledgewatch"
WHOLE = "all"
_ABOUT = "changes in what is promised about facial recognition"
_BEFORE_ALL = "1970-01-01T00:00:00Z"  #: a feed without entries was never updated

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Entry:
    """An alert, and the verdict on it that counts; None where nobody judged it."""

    alert: Alert
    review: Review | None = None

    @property
    def updated(self) -> datetime:
        """When what is said of it changed last."""
        return max(self.alert.raised_at, self.review.at) if self.review else self.alert.raised_at

    @property
    def title(self) -> str:
        """Its headline; that of a wrong one says so."""
        line = " ".join(self.alert.headline.split())
        return f"Corrected: {line}" if is_wrong(self.review) else line


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed, newest first. name: its file without the ending, as in organizations/corvid."""

    name: str
    title: str
    entries: tuple[Entry, ...] = ()


def entries(
    alerts: Iterable[Alert], reviews: Mapping[str, Review], silent: Collection[str] = ()
) -> tuple[Entry, ...]:
    """What feeds tell, newest first: every alert that is confirmed. silent: ids that are held or muted."""
    told = [
        Entry(one, reviews.get(one.id)) for one in alerts if one.after.confirmed_at and one.id not in silent
    ]
    return tuple(sorted(told, key=lambda one: (-one.alert.raised_at.timestamp(), one.alert.id)))


def feeds(told: Sequence[Entry], organizations: Iterable[Organization] = ()) -> tuple[Feed, ...]:
    """The whole, then one feed for each organization, then one for each ask that an alert touches.

    organizations: who is watched; they have a feed before anything is told of them.
    """
    names = {one.id: one.name for one in organizations}
    names |= {one.alert.organization["id"]: one.alert.organization["name"] for one in reversed(told)}
    asks = {ask: words for one in reversed(told) for ask, words in _asks(one.alert)}
    return (
        whole(told),
        *(of_organization(id, name, told) for id, name in sorted(names.items())),
        *(of_ask(ask, words, told) for ask, words in sorted(asks.items())),
    )


def atom(feed: Feed, desk_url: str = "") -> bytes:
    """The feed as Atom, UTF-8. desk_url: "" where there is no desk; then the feed has no link to itself."""
    root = ElementTree.Element("feed", {"xmlns": ATOM, f"xmlns:{NAME}": NAMESPACE})
    _add(root, "id", _urn(f"feed {feed.name}"))
    _add(root, "title", feed.title)
    _add(root, "updated", _updated(feed))
    _add(_add(root, "author"), "name", NAME)
    _add(root, "generator", NAME)
    if desk_url:
        _add(root, "link", rel="self", type="application/atom+xml", href=address(feed, desk_url, "atom"))
        _add(root, "link", rel="alternate", type="text/html", href=_base(desk_url))
    for entry in feed.entries:
        _add_entry(root, entry, desk_url)
    ElementTree.indent(root, " ")
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def json_feed(feed: Feed, desk_url: str = "") -> bytes:
    """The feed as JSON Feed 1.1, in ASCII."""
    links = (
        {"home_page_url": _base(desk_url), "feed_url": address(feed, desk_url, "json")} if desk_url else {}
    )
    told = {
        "version": JSON_FEED,
        "title": _clean(feed.title),
        **links,
        "authors": [{"name": NAME}],
        "items": [_item(entry, desk_url) for entry in feed.entries],
    }
    return json.dumps(told, indent=1).encode() + b"\n"


def address(feed: Feed, desk_url: str, ending: str) -> str:
    """Where the desk has this feed."""
    return f"{_base(desk_url)}feeds/{feed.name}.{ending}"


def safe_name(id: str) -> str:
    """The id as part of a file's name and of an address; one that cannot be gives way to its digest."""
    return id if _SAFE_NAME.fullmatch(id) else hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()[:16]


def whole(told: Sequence[Entry]) -> Feed:
    """The feed of everything."""
    return Feed(WHOLE, _ABOUT.capitalize(), tuple(told[:ENTRIES_AT_MOST]))


def of_organization(id: str, name: str, told: Iterable[Entry]) -> Feed:
    """The feed of what is told of this organization."""
    of_it = [one for one in told if one.alert.organization["id"] == id]
    return Feed(f"organizations/{safe_name(id)}", f"{name}: {_ABOUT}", tuple(of_it[:ENTRIES_AT_MOST]))


def of_ask(ask: str, words: str, told: Iterable[Entry]) -> Feed:
    """The feed of what touches this ask. words: what is asked, "" where nobody knows."""
    touching = [one for one in told if ask in dict(_asks(one.alert))]
    title = f"Changes that touch the ask {ask}" + (f": {words}" if words else "")
    return Feed(f"asks/{safe_name(ask)}", title, tuple(touching[:ENTRIES_AT_MOST]))


def _asks(alert: Alert) -> Iterator[tuple[str, str]]:
    """(id, its words or "") of each ask that the alert touches."""
    yield from ((ask, "") for finding in alert.findings for ask in finding.asks)
    yield from ((ask.id, ask.text) for ask in alert.asks)


# --------------------------------------------------------------------------- one entry


def _add_entry(root: ElementTree.Element, entry: Entry, desk_url: str) -> None:
    alert = linked(entry.alert, desk_url)
    node = _add(root, "entry")
    _add(node, "id", _urn(f"alert {alert.id}"))
    _add(node, "title", entry.title)
    _add(node, "published", utc_text(alert.raised_at))
    _add(node, "updated", utc_text(entry.updated))
    if link := _link(alert):
        _add(node, "link", rel="alternate", href=link)
    _add(node, "category", term=alert.direction.value)
    _add(node, "content", _html(entry), type="html")
    _add(node, f"{NAME}:alert", json.dumps(alert_json(alert)))


def _item(entry: Entry, desk_url: str) -> dict[str, Any]:
    alert = linked(entry.alert, desk_url)
    link = _link(alert)
    return {
        "id": alert.id,
        **({"url": link} if link else {}),
        "title": _clean(entry.title),
        "content_html": _clean(_html(entry)),
        "content_text": _clean(_plain(entry)),
        "date_published": utc_text(alert.raised_at),
        "date_modified": utc_text(entry.updated),
        "tags": [alert.direction.value],
        f"_{NAME}": alert_json(alert),
    }


def _plain(entry: Entry) -> str:
    """The verdict, where there is one, and the message."""
    reader = Reader(reviewed=reviewed(entry.review) if entry.review else "")
    message = text(entry.alert, reader)
    if entry.review is None:
        return message
    said = SAYINGS[entry.review.verdict]
    note = f" {entry.review.note.strip()}" if entry.review.note.strip() else ""
    how = "judged wrong" if is_wrong(entry.review) else "judged right"
    return visible(f"This alert was {how}: {said} ({reviewed(entry.review)}).{note}") + f"\n\n{message}"


def _html(entry: Entry) -> str:
    """The plain message in paragraphs, everything escaped: it holds no markup but these two elements."""
    paragraphs = re.split(r"\n{2,}", _plain(entry).strip())
    return "\n".join(f"<p>{html.escape(one).replace(chr(10), '<br>')}</p>" for one in paragraphs)


def _link(alert: Alert) -> str:
    """Where a person reads on: at the desk, or else on the page; "" where neither is a web address."""
    at = alert.links.get("desk") or alert.page.get("url", "")
    return "" if url_problem(at) else at


# --------------------------------------------------------------------------- what both share


def _add(parent: ElementTree.Element, tag: str, words: str = "", **attributes: str) -> ElementTree.Element:
    node = ElementTree.SubElement(parent, tag, {key: _clean(value) for key, value in attributes.items()})
    node.text = _clean(words) or None
    return node


def _clean(words: str) -> str:
    """What could act on who reads it is shown by number, and with it all that XML 1.0 cannot hold."""
    return visible(words)


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, f"{NAMESPACE}:{name}").urn


def _updated(feed: Feed) -> str:
    return utc_text(max(one.updated for one in feed.entries)) if feed.entries else _BEFORE_ALL


def _base(desk_url: str) -> str:
    return f"{desk_url.rstrip('/')}/"
