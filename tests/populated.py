"""A store with some of everything: two pages watched for a while, by way of the real check."""

from dataclasses import replace

from monitor.model import Access, Audit, Failure, Host, Notice, Review, Robots, Verdict
from monitor.store import Store, alerts, audits, checks, fetches, holds, hosts, notices, reviews
from tests.one_page import AT_ONCE, LOOSE, PAGE, PROMISE, START, TERMS, WALL, Watch, html
from tests.store_values import fetch

ROBOTS = b"User-agent: *\nAllow: /\n"
TIMEOUT = Failure(Access.TIMEOUT, "no answer for 60 seconds")


def populate(store: Store) -> None:
    """Every chained table has several rows, rows were changed and taken out, and every body is there."""
    watch = Watch(store, AT_ONCE)
    watch.takes_unconfirmed = True
    for page in (PAGE, TERMS):
        for number, sentence in enumerate((PROMISE, LOOSE, PROMISE)):
            watch.sees(html(sentence, nonce=f"{page.id} {number}"), page=page)
            watch.sees(WALL, page=page)
            watch.sees(failure=TIMEOUT, status=0, page=page)
    _asides(store)
    _telling(store)
    _judging(store)


def _asides(store: Store) -> None:
    robots = Robots("allowed", "https://acme.example/robots.txt", store.blobs.put(ROBOTS), START)
    picture = store.blobs.put(bytes(range(256)) * 5)
    with store.begin() as conn:
        for hours in range(3):
            seen = fetch(hours, body_sha256=store.blobs.put(b"%d" % hours), robots=robots)
            fetches.record(conn, replace(seen, screenshot_sha256=picture))
        hosts.save(conn, Host("https://acme.example", robots))
        hosts.save(
            conn, Host("https://heron.example", replace(robots, sha256=store.blobs.put(b"")), START, "429")
        )


def _judging(store: Store) -> None:
    with store.begin() as conn:
        for told in alerts.all(conn):
            for verdict in (Verdict.WRONG_DIRECTION, Verdict.RIGHT):
                reviews.add(conn, Review(told.id, START, "Ana", verdict, "It adds a duty."))
                audits.add(conn, Audit(START, "Ana", "judged", told.id, verdict.value))


def _telling(store: Store) -> None:
    for number in range(3):
        with store.begin() as conn:
            check = checks.start(conn, START)
            notice = Notice(
                f"outage-{number}", START, "outage", "Our own network was in doubt.", ("Look at it.",)
            )
            notices.add(conn, notice, [alerts.NewDelivery(f"n{number}", "desk", "mail", "desk@example.org")])
        with store.begin() as conn:
            checks.finish(conn, check, START, {"read": number})
    with store.begin() as conn:
        for one in alerts.all(conn)[:2]:
            holds.hold(conn, holds.Hold(one.id, START, "much changed at once"))
        holds.release(conn, alerts.all(conn)[0].id, START)
        first, second, *_ = alerts.waiting(conn)
        alerts.mark_sent(conn, first.id, START)
        alerts.mark_failed(conn, second.id, START, START, "451 try later")
