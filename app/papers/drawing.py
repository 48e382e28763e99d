"""The timeline as SVG that stands alone: in colours of the day, which a page may replace by its own. Pure."""

from collections.abc import Iterator
from html import escape

from alerts.looks import INKS
from alerts.marking import visible
from app.timeline import Bar, Picture

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Libertinus Serif', serif"
_WORDS, _SOFT = INKS["card"].day.words, INKS["soft"].day.words
_BELOW_TICKS = 18
_XMLNS = "http://www.w3.org/2000/svg"


def drawn(picture: Picture) -> str:
    """The lanes with their words, bars and marks; every word is escaped. The same for the same picture."""
    size = f'viewBox="0 0 {picture.width} {picture.height}"'
    lines = [f'<svg xmlns="{_XMLNS}" class="timeline" {size} font-family="{_FONT}" font-size="13">']
    for tick in picture.ticks:
        place = f'x1="{tick.x}" y1="{_BELOW_TICKS}" x2="{tick.x}" y2="{picture.height}"'
        lines.append(f'<line class="tick" {place} stroke="{INKS["rule"].day.line}"/>')
        lines.append(_text("tick", tick.x, 13, tick.label, 'text-anchor="middle"'))
    for bar in picture.bars:
        lines += _bar(bar)
    return "\n".join((*lines, "</svg>"))


def _bar(bar: Bar) -> Iterator[str]:
    if bar.above:
        yield _text("above", 12, bar.above_y, bar.above)
    yield _text("label", 12, bar.label_y, bar.label)
    place = f'x="{bar.x}" y="{bar.y}" width="{bar.width}" height="{bar.height}" rx="2" stroke-width="1.5"'
    known = INKS["known"].day
    if bar.is_open:
        look = f'class="bar open" fill="{known.ground}" stroke="{known.line}"'
    else:
        look = f'class="bar" fill="none" stroke="{INKS["quote"].day.line}" stroke-dasharray="4 3"'
    yield f"<rect {look} {place}/>"
    if bar.rest:
        start, middle = bar.x + bar.width, bar.y + bar.height / 2
        yield (
            f'<line class="rest" x1="{start:.1f}" y1="{middle}" x2="{start + bar.rest:.1f}" y2="{middle}" '
            f'stroke="{_SOFT}" stroke-dasharray="1 4"/>'
        )
    for mark in bar.marks:
        name = mark.direction.value
        yield (
            f'<polygon class="mark {name}" points="{mark.points}" fill="{INKS[name].day.line}" '
            f'stroke="{INKS["card"].day.ground}"/>'
        )


def _text(name: str, x: float, y: float, words: str, more: str = "") -> str:
    size, colour = ("", _WORDS) if name == "label" else (' font-size="11"', _SOFT)
    said = escape(visible(words))
    return f'<text class="{name}" x="{x}" y="{y}"{size} fill="{colour}" {more}>{said}</text>'
