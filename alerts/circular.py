"""A notice as its message tells it: about the watch, a digest, a welcome, a correction. Pure."""

from dataclasses import dataclass

from alerts.contents import Entry, Part, shown_by, spot
from alerts.limits import Limits, first, line
from alerts.looks import LOOKS, Look, manner
from alerts.reader import Reader
from monitor.model import Item, Notice, Section


@dataclass(frozen=True, slots=True)
class Circular:
    """A notice. What is left out of it is counted: lines, parts, and the entries of those parts."""

    name: str
    ink: str
    headline: str
    lines: tuple[Entry, ...]
    lines_left_out: int
    parts: tuple[Part, ...]
    parts_left_out: int
    entries_left_out: int
    at: str
    footer: str


def circular(notice: Notice, reader: Reader, limits: Limits) -> Circular:
    """The notice for this reader."""
    how = manner(notice.kind)
    lines, lines_left_out = first(notice.lines, limits.lines)
    sections, parts_left_out = first(notice.sections, limits.sections)
    return Circular(
        name=how.name,
        ink=how.ink,
        headline=line(notice.headline, 3 * limits.line),
        lines=tuple(_line(one, limits) for one in lines),
        lines_left_out=lines_left_out,
        parts=tuple(_section(one, limits) for one in sections),
        parts_left_out=parts_left_out,
        entries_left_out=sum(len(one.items) for one in notice.sections[len(sections) :]),
        at=reader.when(notice.raised_at),
        footer=how.footer,
    )


def _line(words: str, limits: Limits) -> Entry:
    """With a link, where it ends with an address."""
    said = line(words, 4 * limits.line)
    before, _, last = said.rpartition(" ")
    at = spot(last, limits)
    return Entry(before, spot=at) if at.href else Entry(said)


def _section(section: Section, limits: Limits) -> Part:
    items, left_out = first(section.items, limits.items)
    return Part(
        line(section.title, limits.line),
        tuple(_item(one, limits) for one in items),
        left_out,
        line(section.note, 2 * limits.line),
    )


def _item(item: Item, limits: Limits) -> Entry:
    looks: dict[str, Look] = {direction.value: look for direction, look in LOOKS.items()}
    marks = line(", ".join(item.marks), limits.line)
    is_on_the_desk = item.alert_id and item.alert_id in item.url
    return Entry(
        f"[{marks}]" if marks else "",
        line(item.text, 2 * limits.line),
        spot=spot(item.url, limits, "See it on the desk" if is_on_the_desk else ""),
        command="" if is_on_the_desk else shown_by(item.alert_id),
        look=looks.get(item.direction),
    )
