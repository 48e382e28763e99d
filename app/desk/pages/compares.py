"""Any two snapshots of one page side by side, and what the detector finds between them now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from alerts.marking import Run, inline, sides
from app.desk.door import READER, Door
from app.desk.pages.snapshots import snapshot_of
from app.desk.reading import lexicon_of, name_of, page_of, text_of
from app.desk.rendering import page
from app.desk.texts import texts
from app.desk.trails import Lines, above, lines
from app.desk.visit import Visit
from monitor.compare import compare
from monitor.errors import InputError
from monitor.model import Document, Finding, Page
from monitor.redline import Stretch, redline
from monitor.segment import sentences
from monitor.store import snapshots
from monitor.store.snapshots import Snapshot

CHANGES, CHOICES = 200, 100  #: shown at most: stretches that changed, snapshots to choose from
SENTENCES = 8_000  #: of both texts that the detector is asked about here: the longest policy has 7,400
UNFOLDED = 30  #: sentences of an unchanged stretch
_ROOM, _ALL = 20_000, 400_000  # bytes of the words of one stretch, and of all


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch as it is shown. same: how many sentences stayed; stayed: some of them, the first."""

    same: int = 0
    stayed: tuple[str, ...] = ()
    before: tuple[Run, ...] = ()
    after: tuple[Run, ...] = ()
    inline: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, and what stands above its words on each side."""

    finding: Finding
    above: Lines


def show(visit: Visit) -> Response:
    """The form, and where two snapshots are named, what differs."""
    names = visit.asked("before"), visit.asked("after")
    if not any(names):
        raise InputError(texts()("compares.name_two"))
    with visit.store.read() as conn:
        was, is_ = (snapshot_of(conn, name) if name else None for name in names)
        known = was or is_
        assert known is not None
        page_id = known.fetch.page_id
        if was and is_ and was.fetch.page_id != is_.fetch.page_id:
            raise InputError(texts()("compares.two_pages"))
        choices = snapshots.newest(conn, page_id, CHOICES)
    declared, _ = page_of(visit.home, page_id, known.fetch.requested_url)
    values: dict[str, Any] = {
        "was": was,
        "now": is_,
        "page_id": page_id,
        "organization": declared.organization_id,
        "name": name_of(visit.home, declared.organization_id),
        "choices": _with(choices, was, is_),
        "most": CHOICES,
        "view": "inline" if visit.asked("view") == "inline" else "side",
    }
    return page(visit, "compare.html", values | _compared(visit, declared, was, is_))


def _with(choices: Sequence[Snapshot], *chosen: Snapshot | None) -> list[Snapshot]:
    """The choices and those that are chosen, newest first."""
    every = {one.fetch.id: one for one in (*choices, *chosen) if one}
    return sorted(every.values(), key=lambda one: (one.fetch.started_at, one.fetch.id), reverse=True)


def _compared(visit: Visit, declared: Page, was: Snapshot | None, now: Snapshot | None) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(("stretches", "findings", "left_out", "problem", "unsure"))
    if was is None or now is None:
        return nothing
    old, new = (text_of(visit.home, visit.store, one.fetch, declared) for one in (was, now))
    if old is None or new is None:
        return nothing | {"problem": texts()("compares.no_text")}
    before, after = ([one.text for one in sentences(side)] for side in (old, new))
    changed = redline(before, after)
    shown = list(_shown(changed))
    left_out = sum(not one.is_same for one in changed) - sum(not one.same for one in shown)
    found, unsure = _found(visit, declared, (was, now), (old, new), len(before) + len(after))
    return nothing | {"stretches": shown, "left_out": left_out, "findings": found, "unsure": unsure}


def _found(
    visit: Visit,
    declared: Page,
    pair: tuple[Snapshot, Snapshot],
    documents: tuple[Document, Document],
    size: int,
) -> tuple[Sequence[Told] | None, str]:
    """What the detector says, or why it is not asked: as one sentence."""
    if not all(one.reading and one.reading.access.is_reading for one in pair):
        return None, texts()("compares.not_read")
    if size > 2 * SENTENCES:
        return None, texts()("compares.too_large", count=f"{2 * SENTENCES:,}")
    lexicon = lexicon_of(visit.home, declared)
    if lexicon is None:
        return None, texts()("compares.no_lexicon", language=declared.language)
    found = compare(*documents, lexicon).findings
    return [Told(one, lines(one, *above(one, documents))) for one in found], ""


def _shown(stretches: Sequence[Stretch]) -> Iterator[Shown]:
    """The stretches up to so many changes and so many words."""
    changes, room = 0, _ALL
    for one in stretches:
        if one.is_same:
            yield Shown(len(one.before), one.before[:UNFOLDED])
            continue
        before, after = " ".join(one.before), " ".join(one.after)
        changes, room = changes + 1, room - min(_ROOM, len(before)) - min(_ROOM, len(after))
        if changes > CHANGES or room < 0:
            return
        yield Shown(0, (), *sides(before, after, _ROOM), inline(before, after, _ROOM))


DOORS = (Door("/compare", READER, show),)
