"""Feeds: what the feed validators ask for, what is told and what is not, and that nothing in it can act."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds import ENTRIES_AT_MOST, Entry, Feed, atom, entries, feeds, json_feed, safe_name
from monitor.model import Alert, Organization, Review, Touched, Verdict
from monitor.wire import alert_json
from tests.sample_alerts import CORVID, NOW, alert, finding, unconfirmed
from tests.store_values import alert as heron_alert

DESK = "https://watch.example.org/pledges"
A = "{http://www.w3.org/2005/Atom}"
EXTENSION = "{urn:x-pledgewatch:alert:1}alert"
HOUR = timedelta(hours=1)


def review(told: Alert, verdict: Verdict = Verdict.WRONG_DIRECTION, note: str = "") -> Review:
    return Review(told.id, NOW + HOUR, "Ana", verdict, note)


def feed_of(*alerts: Alert, reviews: Sequence[Review] = ()) -> Feed:
    return feeds(entries(alerts, {one.alert_id: one for one in reviews}))[0]


def parsed(feed: Feed, desk: str = DESK) -> ElementTree.Element:
    return ElementTree.fromstring(atom(feed, desk))


def items(feed: Feed, desk: str = DESK) -> list[dict[str, Any]]:
    return list(json.loads(json_feed(feed, desk))["items"])


def many(count: int) -> list[Alert]:
    return [replace(alert(), id=f"{n:064x}", raised_at=NOW + n * HOUR) for n in range(count)]


FEEDS = {
    "one alert": feed_of(alert()),
    "several organizations": feed_of(alert(), heron_alert("b" * 64), heron_alert("c" * 64, hours=5)),
    "judged": feed_of(alert(), reviews=[review(alert(), note="It <b>adds</b> a duty.")]),
    "no page address": feed_of(replace(alert(), page={**alert().page, "url": "javascript:alert(1)"})),
    "nothing yet": feed_of(),
}

# --------------------------------------------------------------------------- RFC 4287


def rfc_3339(text: str) -> datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text), text
    return datetime.fromisoformat(text)


def check_atom(body: bytes) -> None:
    """What RFC 4287 says with "MUST", as far as a feed of ours could break it."""
    root = ElementTree.fromstring(body)
    assert body.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert root.tag == f"{A}feed"
    found = root.findall(f"{A}entry")
    for node in (root, *found):
        for name in ("id", "title", "updated"):  # 4.1.1, 4.1.2: exactly one each
            assert len(node.findall(f"{A}{name}")) == 1, name
            assert node.findtext(f"{A}{name}"), name
        assert urlsplit(node.findtext(f"{A}id") or "").scheme, "4.2.6: an id is an absolute IRI"
        for stamp in (*node.findall(f"{A}updated"), *node.findall(f"{A}published")):
            rfc_3339(stamp.text or "")
        check_links(node)
    assert len(root.findall(f"{A}author/{A}name")) == 1, "4.1.1: an author for all entries"
    ids = [node.findtext(f"{A}id") for node in (root, *found)]
    assert len(set(ids)) == len(ids)
    for node in found:
        assert len(node.findall(f"{A}content")) == 1, "4.1.2: no link rel=alternate without content"
        assert node.find(f"{A}content").attrib == {"type": "html"}  # type: ignore[union-attr]
        assert node.find(f"{A}category").get("term")  # type: ignore[union-attr]


def check_links(node: ElementTree.Element) -> None:
    seen = set()
    for link in node.findall(f"{A}link"):
        target = urlsplit(link.attrib["href"])
        assert target.scheme in ("http", "https") and target.netloc, "absolute, and a web address"
        kind = (link.get("rel"), link.get("type"), link.get("hreflang"))
        assert kind not in seen, "4.1.1: one alternate of a type and language"
        seen.add(kind)


@pytest.mark.parametrize("desk", [DESK, ""], ids=["with a desk", "without"])
@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_a_feed_is_valid_atom(feed: Feed, desk: str) -> None:
    body = atom(feed, desk)
    check_atom(body)
    read = feedparser.parse(body)
    assert (read.bozo, read.version, len(read.entries)) == (False, "atom10", len(feed.entries))


def test_a_feed_links_to_itself_where_the_desk_is_known() -> None:
    links = {link.get("rel"): link.get("href") for link in parsed(FEEDS["one alert"]).findall(f"{A}link")}
    assert links == {"self": f"{DESK}/feeds/all.atom", "alternate": f"{DESK}/"}
    assert parsed(FEEDS["one alert"], "").findall(f"{A}link") == []


# --------------------------------------------------------------------------- JSON Feed 1.1


def check_json_feed(body: bytes) -> None:
    """What JSON Feed 1.1 asks for."""
    read = json.loads(body)
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    assert read["title"] and isinstance(read["items"], list)
    assert all(one["name"] for one in read["authors"])
    assert all(urlsplit(read[key]).netloc for key in ("home_page_url", "feed_url") if key in read)
    ids = [one["id"] for one in read["items"]]
    assert len(set(ids)) == len(ids) and all(isinstance(id, str) and id for id in ids)
    for one in read["items"]:
        assert one["content_text"] and one["content_html"]
        assert rfc_3339(one["date_published"]) <= rfc_3339(one["date_modified"])
        assert urlsplit(one.get("url", "https://")).scheme in ("http", "https")
        assert all(isinstance(tag, str) for tag in one["tags"])


@pytest.mark.parametrize("desk", [DESK, ""], ids=["with a desk", "without"])
@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_a_feed_is_valid_json_feed(feed: Feed, desk: str) -> None:
    check_json_feed(json_feed(feed, desk))


# --------------------------------------------------------------------------- what an entry says


def test_an_entry_says_what_the_alert_says() -> None:
    (entry,) = parsed(FEEDS["one alert"]).findall(f"{A}entry")
    (item,) = items(FEEDS["one alert"])
    desk = f"{DESK}/changes/{alert().id}"
    assert entry.findtext(f"{A}title") == item["title"] == alert().headline
    assert entry.find(f"{A}link").attrib == {"rel": "alternate", "href": desk}  # type: ignore[union-attr]
    assert item["url"] == desk
    assert entry.findtext(f"{A}updated") == item["date_modified"] == "2026-11-22T06:02:05Z"
    assert "[-" in item["content_text"] and "{+" in item["content_text"], "the words before and after, marked"
    assert item["id"] == alert().id


def test_the_page_is_linked_where_there_is_no_desk() -> None:
    (item,) = items(FEEDS["one alert"], "")
    assert item["url"] == "https://corvid.example/terms"
    (item,) = items(FEEDS["no page address"], "")
    assert "url" not in item


@pytest.mark.parametrize("desk", [DESK, ""], ids=["with a desk", "without"])
def test_both_carry_the_whole_alert(desk: str) -> None:
    (entry,) = parsed(FEEDS["one alert"], desk).findall(f"{A}entry")
    (item,) = items(FEEDS["one alert"], desk)
    told = json.loads(entry.findtext(EXTENSION) or "")
    assert told == item["_pledgewatch"]
    assert told | {"links": {}} == alert_json(alert()) | {"links": {}}
    assert told["links"]["desk"] == (f"{DESK}/changes/{alert().id}" if desk else "")


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.RIGHT}))
def test_what_was_judged_wrong_stays_and_says_so(verdict: Verdict) -> None:
    feed = feed_of(alert(), reviews=[review(alert(), verdict, "Seen in both editions.")])
    (entry,) = parsed(feed).findall(f"{A}entry")
    assert entry.findtext(f"{A}title") == f"Corrected: {alert().headline}"
    assert entry.findtext(f"{A}updated") == "2026-11-22T07:02:05Z"
    assert entry.findtext(f"{A}published") == "2026-11-22T06:02:05Z"
    first, _, rest = items(feed)[0]["content_text"].partition("\n\n")
    assert first.startswith("This alert was judged wrong: ")
    assert first.endswith(f"({verdict} by Ana, 2026-11-22 07:02 UTC). Seen in both editions.")
    assert "[-" in rest, "what was told stays readable"


def test_what_was_judged_right_keeps_its_title() -> None:
    (item,) = items(feed_of(alert(), reviews=[review(alert(), Verdict.RIGHT)]))
    assert item["title"] == alert().headline
    assert item["content_text"].startswith(
        "This alert was judged right: it holds as it was told (right by Ana"
    )


# --------------------------------------------------------------------------- which alerts, which feeds


def test_unconfirmed_held_and_muted_alerts_are_in_no_feed() -> None:
    told = entries(
        [unconfirmed(alert()), heron_alert("b" * 64), heron_alert("c" * 64)], {}, silent={"b" * 64}
    )
    assert [one.alert.id for one in told] == ["c" * 64]


def test_the_newest_come_first_and_only_so_many() -> None:
    feed = feed_of(*many(ENTRIES_AT_MOST + 3))
    assert len(feed.entries) == ENTRIES_AT_MOST
    raised = [item["date_published"] for item in items(feed)]
    assert raised == sorted(raised, reverse=True)
    assert feed.entries[0].alert.raised_at == NOW + (ENTRIES_AT_MOST + 2) * HOUR


def test_there_is_one_feed_for_each_organization_and_each_ask() -> None:
    touching = replace(alert(), asks=(Touched("POL-2", "No sale to the police", "it names them"),))
    quiet = Organization("dunlin", "Dunlin Air", "airline")
    made = {feed.name: feed for feed in feeds(entries([touching, heron_alert()], {}), [CORVID, quiet])}
    assert {name: len(feed.entries) for name, feed in made.items()} == {
        "all": 2,
        "organizations/corvid": 1,
        "organizations/dunlin": 0,
        "organizations/heron": 1,
        "asks/POL-1": 2 if "POL-1" in heron_alert().findings[0].asks else 1,
        "asks/POL-2": 1,
    }
    assert made["organizations/dunlin"].title.startswith("Dunlin Air: ")
    assert made["asks/POL-2"].title.endswith("POL-2: No sale to the police")


def test_each_organization_has_as_many_entries_as_the_whole() -> None:
    told = entries([*many(ENTRIES_AT_MOST + 3), heron_alert()], {})
    assert {feed.name: len(feed.entries) for feed in feeds(told)}["organizations/heron"] == 1


@pytest.mark.parametrize(
    "id", ["../../etc/passwd", "", ".", "..", ".hidden", "a/b", "a b", "ä", "x" * 300, "a\0"]
)
def test_no_id_leaves_its_folder(id: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", safe_name(id))
    assert safe_name("POL-1") == "POL-1"


# --------------------------------------------------------------------------- ids and bytes never change


def test_a_second_time_gives_the_same_bytes() -> None:
    for feed in FEEDS.values():
        assert (atom(feed, DESK), json_feed(feed, DESK)) == (atom(feed, DESK), json_feed(feed, DESK))


def test_ids_are_the_same_for_ever() -> None:
    """Written down here: who subscribed sees each entry once, whatever we change."""
    feed = feed_of(replace(alert(), id="a" * 64))
    (entry,) = parsed(feed).findall(f"{A}entry")
    assert parsed(feed).findtext(f"{A}id") == "urn:uuid:675e4e83-5d7b-539e-aae4-7c3d4f573df2"
    assert entry.findtext(f"{A}id") == "urn:uuid:9f1126f1-ac29-5e64-8f9b-43ebec205cad"
    judged = feed_of(replace(alert(), id="a" * 64), reviews=[review(replace(alert(), id="a" * 64))])
    assert parsed(judged, "").findtext(f"{A}entry/{A}id") == entry.findtext(f"{A}id")


def test_other_feeds_and_alerts_have_other_ids() -> None:
    made = feeds(entries([alert(), heron_alert()], {}))
    ids = [parsed(feed).findtext(f"{A}id") for feed in made]
    assert len(set(ids)) == len(ids)


# --------------------------------------------------------------------------- hostile words

HOSTILE = [
    "]]>",
    "<script>alert(1)</script>",
    "&lt;script&gt;",
    "<![CDATA[ x ]]>",
    "<!--",
    "&nbsp;&unknown;",
    "\0\x01\x08\x0b\x0c\x1f\x7f\x85",
    "\ud800 and \udfff",
    "\ufffe\uffff\U0001fffe",
    "\u202egnp.exe\u202c",
    "a\r\nb\rc\nd\te",
    "{{7*7}} {% raw %}",
    '" onmouseover="x',
    "😀",
    "x" * 300_000,
]


def hostile(words: str) -> Alert:
    changed = alert(
        finding(
            before_quote=words, after_quote=f"{words} more", context=(words,), reasons=(words,), asks=(words,)
        ),
        organization=replace(CORVID, name=words),
    )
    return replace(changed, headline=f"Corvid {words}", not_checked=(words,))


def check_harmless(words: str) -> None:
    told = hostile(words)
    for feed in feeds(entries([told], {told.id: review(told, note=words)})):
        body = atom(feed, DESK)
        check_atom(body)
        read = feedparser.parse(body, sanitize_html=False)
        assert not read.bozo, read.bozo_exception
        check_json_feed(json_feed(feed, DESK))
        (entry,) = ElementTree.fromstring(body).findall(f"{A}entry")
        (item,) = items(feed)
        assert json.loads(entry.findtext(EXTENSION) or "")["findings"] == alert_json(told)["findings"]
        for html in (entry.findtext(f"{A}content") or "", item["content_html"]):
            assert set(re.findall(r"<[^>]*>?", html)) <= {"<p>", "</p>", "<br>"}
        assert "<" not in re.sub(r"</?p>|<br>", "", item["content_html"])


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words[:20]))
def test_hostile_words_are_text(words: str) -> None:
    check_harmless(words)


@given(words=st.text(st.characters(exclude_categories=()), min_size=1, max_size=40))
def test_any_words_are_text(words: str) -> None:
    check_harmless(words)


@given(
    url=st.sampled_from(
        ["javascript:alert(1)", "//evil.example", "/terms", "data:text/html,x", "ftp://x", "http://a b/"]
    )
)
def test_only_web_addresses_are_linked(url: str) -> None:
    feed = feed_of(replace(alert(), page={**alert().page, "url": url}))
    assert parsed(feed, "").find(f"{A}entry/{A}link") is None
    assert "url" not in items(feed, "")[0]


def test_the_newest_verdict_dates_an_entry_but_never_before_it_was_raised() -> None:
    early = replace(review(alert()), at=NOW - HOUR)
    assert Entry(alert(), early).updated == NOW
