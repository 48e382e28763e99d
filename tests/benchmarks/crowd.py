"""A store as large as the desk has to bear: 500 organizations, 5,000 pages, 200,000 fetches, 20,000 findings.

    python -m tests.benchmarks.crowd FOLDER [--organizations 500]

All names and words are made up, and the same numbers give the same home. Each page was looked at forty times: ten
times over two years, then daily. Its words changed twice and were believed; a third change waits, or went back.
Statements, keys and headlines are what the program makes of the bodies; the rows are written in bulk, most of
them without links: whoever verifies this store finds it broken.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.home import Home
from monitor.announce import alert_of
from monitor.blobs import Blobs
from monitor.check.worth import QUOTED_AT_MOST
from monitor.compare import statements_in
from monitor.confirm import finding_key
from monitor.model import (
    Access,
    Alert,
    Document,
    Failure,
    Fetch,
    Reading,
    Robots,
    Saying,
    Segment,
    Side,
    Sighting,
    Standing,
    Tracked,
)
from monitor.reading import read_document, text_sha256
from monitor.standing import found_by, next_day, standing_of
from monitor.store.statements import Indexed
from monitor.terms import folded
from tests.benchmarks.crowd_rows import alert_row, bulk, checks, deliveries, hold, judge, row
from tests.benchmarks.crowd_story import LOOKS, Story, finding_of, story_of
from tests.benchmarks.crowd_words import NOW, PARTS, VARIANTS, VERSIONS, body, declaration, said, settings

PAGES_EACH = 10  #: pages of an organization
_DAY = timedelta(days=1)
_AGENT = "pledgewatch/1 (+mailto:crowd@example.org)"


def fill(folder: Path, organizations: int = 500, pages: int = PAGES_EACH) -> Home:
    """A home in this folder, which is not there yet, with so many organizations, and pages of each."""
    (folder / "config" / "watchlist").mkdir(parents=True)
    (folder / "config" / "settings.toml").write_text(settings())
    for number in range(organizations):
        file, words = declaration(number, pages)
        (folder / "config" / "watchlist" / file).write_text(words)
    home = Home(folder, folder / "config")
    with home.open_store() as store:
        crowd = _Crowd(home, _Hasty(folder / "blobs").put)
        with store.begin() as conn:
            crowd.write(conn)
    return home


class _Hasty(Blobs):
    """Bodies that nobody waits for until they are on the disk."""

    def _write(self, path: Path, kept: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(kept)


@dataclass(frozen=True, slots=True)
class _Text:
    """One version of one text: its body, and what the program finds in it."""

    body_sha256: str
    body_bytes: int
    text_sha256: str
    words: int
    statements: tuple[Standing, ...]
    kept: tuple[Standing, ...]  #: what the store keeps of them as standing


class _Crowd:
    """Everything that the store gets."""

    def __init__(self, home: Home, put: Callable[[bytes], str]) -> None:
        self.home, self._put = home, put
        self.lexicon = home.rules.lexicons["en"]
        self._text = cache(self._read)
        self._said = cache(self._statements_in)
        organizations = {one.id: one for one in home.watchlist.organizations}
        self.stories = [
            story_of(number, page, organizations[page.organization_id])
            for number, page in enumerate(home.watchlist.pages)
        ]
        self.ids: dict[tuple[int, int], int] = {}  # page number, look → fetch id
        self.ended: dict[tuple[int, int], datetime] = {}

    def write(self, conn: Connection) -> None:
        """All rows, in one transaction."""
        bulk(conn, "fetches", self._fetches())
        bulk(conn, "readings", self._readings())
        bulk(conn, "baselines", map(self._baseline, self.stories))
        bulk(conn, "pages", ({"id": one.page.id, "next_due_at": one.at[-1] + _DAY} for one in self.stories))
        bulk(conn, "findings", self._findings())
        raised = [self._alert(one) for one in self.stories]
        bulk(conn, "alerts", map(alert_row, raised))
        bulk(conn, "deliveries", deliveries(raised))
        bulk(conn, "holds", (hold(one) for one in raised[::250]))
        bulk(conn, "standing", map(self._standing, self.stories))
        bulk(conn, "statements", self._statements())
        bulk(conn, "indexed", map(self._indexed, self.stories))
        bulk(conn, "checks", checks(len(self.stories)))
        judge(conn, raised)
        if conn.dialect.name == "sqlite":
            conn.execute(text("INSERT INTO statements_words(statements_words) VALUES ('rebuild')"))

    # ------------------------------------------------------------------ what the program makes of a text

    def _read(self, variant: int, version: int) -> _Text:
        page, whole = self.home.watchlist.pages[0], body(variant, version)
        fetch = Fetch(page.id, page.url, NOW, NOW, page.url, headers=(("content-type", "text/html"),))
        document = read_document(whole, fetch, page)
        assert not isinstance(document, Exception), document
        promises = {words for part in range(PARTS) if (words := said(variant, part, version))}
        about = [one for one in document.segments if one.text in promises]
        found = tuple(statement for one in about for statement in self._said(one))
        assert len(found) == len(promises), found
        kept = dict.fromkeys((*found[:QUOTED_AT_MOST], *(one for one in found if one.ends)))
        words = len(document.text.split())
        return _Text(self._put(whole), len(whole), text_sha256(document), words, found, tuple(kept))

    def _statements_in(self, segment: Segment) -> tuple[Standing, ...]:
        statements = statements_in(Document((segment,), language="en"), self.lexicon)
        return standing_of(statements, (), NOW, self.lexicon)

    def text(self, story: Story, version: int) -> _Text:
        return self._text(story.number % VARIANTS, version)

    # ------------------------------------------------------------------ fetches and readings

    def _fetches(self) -> Iterator[dict[str, Any]]:
        """In the order of time, so their numbers are as if they had been recorded one by one."""
        looks = sorted((at, one.number, i) for one in self.stories for i, at in enumerate(one.at))
        for id, (at, number, i) in enumerate(looks, 1):
            self.ids[number, i], self.ended[number, i] = id, at + timedelta(seconds=2)
            yield self._fetch(self.stories[number], i, id)

    def _fetch(self, story: Story, i: int, id: int) -> dict[str, Any]:
        access, page = story.access[i], story.page
        its = self.text(story, story.versions[i])
        has_body = access is Access.OK
        failure = None if access.is_reading else Failure(access, "It did not answer as a page does.")
        return {
            "id": id,
            "page_id": page.id,
            "requested_url": page.url,
            "started_at": story.at[i],
            "ended_at": self.ended[story.number, i],
            "final_url": page.url,
            "redirects": (),
            "status": 200 if has_body else 304 if access is Access.UNCHANGED else None,
            "headers": (("content-type", "text/html; charset=utf-8"), ("etag", f'"{its.text_sha256[:12]}"')),
            "body_sha256": its.body_sha256 if has_body else "",
            "body_bytes": its.body_bytes if has_body else 0,
            "robots": Robots("allowed", page.url, "0" * 64, story.at[i]),
            "certificate_sha256": "c" * 64,
            "ip_address": "192.0.2.7",
            "user_agent": _AGENT,
            "program_version": "0.1.0",
            "config_sha256": "d" * 64,
            "failure": failure,
            "archive_url": "",
            "screenshot_sha256": "",
        }

    def _readings(self) -> Iterator[dict[str, Any]]:
        for (number, i), id in self.ids.items():
            story = self.stories[number]
            access = story.access[i]
            its = self.text(story, story.versions[i]) if access.is_reading else None
            why = () if its else ("It asks visitors to prove that they are human.",)
            yield row(
                Reading(
                    id,
                    story.page.id,
                    self.ended[number, i],
                    access,
                    why,
                    its.text_sha256 if its else "",
                    its.words if its else 0,
                )
            )

    def _first(self, story: Story, version: int) -> int:
        """The look that read this version first, with its body."""
        return next(i for i in story.seen(version) if story.access[i] is Access.OK)

    def _baseline(self, story: Story) -> dict[str, Any]:
        last = self.ended[story.number, story.seen(2)[-1]]
        return {
            "page_id": story.page.id,
            "fetch_id": self.ids[story.number, self._first(story, 2)],
            "text_sha256": self.text(story, 2).text_sha256,
            "last_seen_at": last,
        }

    # ------------------------------------------------------------------ findings and alerts

    def _findings(self) -> Iterator[dict[str, Any]]:
        for story in self.stories:
            third = Sighting.PENDING if story.is_pending else Sighting.VARIANT
            changes = (0, 1, Sighting.CONFIRMED), (1, 1, Sighting.CONFIRMED), (2, 2, Sighting.CONFIRMED)
            for part, version, state in (*changes, (4, 3, third)):
                yield {"page_id": story.page.id, **row(self._tracked(story, part, version, state))}

    def _tracked(self, story: Story, part: int, version: int, state: Sighting) -> Tracked:
        finding = finding_of(story.number, part, version)
        first, looks = self._first(story, version), story.seen(version)
        confirmed = looks[min(1, len(looks) - 1)] if state is Sighting.CONFIRMED else None
        return Tracked(
            key=finding_key(finding),
            finding=finding,
            before_fetch_id=self.ids[story.number, self._first(story, version - 1)],
            after_fetch_id=self.ids[story.number, first],
            first_seen_at=self.ended[story.number, first],
            last_seen_at=self.ended[story.number, confirmed or first],
            readings=len(looks[:2]),
            state=state,
            confirmed_at=self.ended[story.number, confirmed] if confirmed else None,
            flips=int(state is Sighting.VARIANT),
        )

    def _alert(self, story: Story) -> Alert:
        tracked = [self._tracked(story, part, 1, Sighting.CONFIRMED) for part in (0, 1)]
        at = tracked[0].confirmed_at
        assert at is not None
        old, new = self._first(story, 0), self._first(story, 1)
        before, after = self.text(story, 0).body_sha256, self.text(story, 1).body_sha256
        last = self.ended[story.number, story.seen(0)[-1]]
        return alert_of(
            story.organization,
            story.page,
            tracked,
            Side(self.ended[story.number, old], before, story.page.url, last_seen_at=last),
            Side(self.ended[story.number, new], after, story.page.url, confirmed_at=at),
            at,
            asks=self.home.asks,
        )

    # ------------------------------------------------------------------ what stands, and what ever stood

    def _standing(self, story: Story) -> dict[str, Any]:
        since = {one.key: at for one, at, _ in self._sayings(story)}
        now = tuple(Standing(**(row(one) | {"since": since[one.key]})) for one in self.text(story, 2).kept)
        day = next_day(now, NOW.date())
        return {
            "page_id": story.page.id,
            "text_sha256": self.text(story, 2).text_sha256,
            "words": self._found_by(),
            "statements": now,
            "next_day": day.isoformat() if day else None,
        }

    def _found_by(self) -> str:
        return found_by(self.lexicon, self.home.rules.program)

    def _indexed(self, story: Story) -> dict[str, Any]:
        newest, its = self.ids[story.number, LOOKS - 1], self.text(story, 2).text_sha256
        return row(Indexed(story.page.id, NOW, newest, its, "0" * 64, self._found_by()))

    def _sayings(self, story: Story) -> Iterator[tuple[Standing, datetime, Saying]]:
        """Each statement that was ever on the page, when it was seen first, and its row."""
        once = {
            one.key: (one, place)
            for version in range(VERSIONS)
            for place, one in enumerate(self.text(story, version).statements)
        }
        in_version = [
            {one.key for one in self.text(story, version).statements} for version in range(VERSIONS)
        ]
        for key, (one, place) in once.items():
            looks = story.seen(*(version for version in range(VERSIONS) if key in in_version[version]))
            first, last = (story.number, looks[0]), (story.number, looks[-1])
            shared = ("key", "quote", "context", "stance", "bearer", "actions", "technologies", "parties")
            yield (
                one,
                self.ended[first],
                Saying(
                    page_id=story.page.id,
                    organization_id=story.organization.id,
                    language="en",
                    **{name: getattr(one, name) for name in (*shared, "protects", "ends")},
                    place=place,
                    first_fetch_id=self.ids[first],
                    first_seen_at=self.ended[first],
                    last_fetch_id=self.ids[last],
                    last_seen_at=self.ended[last],
                    believed=key in in_version[0] | in_version[1] | in_version[2],
                    standing=key in in_version[2],
                ),
            )

    def _statements(self) -> Iterator[dict[str, Any]]:
        for story in self.stories:
            for _, _, saying in self._sayings(story):
                its = row(saying) | {"folded": folded(saying.quote)}
                yield {name: value for name, value in its.items() if name != "id"}


def main() -> None:
    """Fill a new folder and say how long it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--organizations", type=int, default=500)
    asked = parser.parse_args()
    began = time.perf_counter()
    fill(asked.folder, asked.organizations)
    print(f"{asked.organizations} organizations in {asked.folder} after {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
