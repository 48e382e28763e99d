"""Walls rebuilt from walls.toml: what a fetch would bring, bare and among much markup."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.access import MARKUP_BYTES, Verdict, judge
from monitor.marks import AccessRules
from monitor.model import Access, Document, Fetch, Page, Redirect, Role
from monitor.reading import read_document

AT = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = Page("acme/terms", "acme", "https://acme.example/terms", Role.TERMS)
_STYLE = "<style>" + "\n".join(f".c{n}{{margin:{n}px;color:#{n:06x}}}" for n in range(300)) + "</style>"
_SCRIPT = "<script>" + "".join(f"var v{n}=[{n},'{n:x}'];" for n in range(300)) + "</script>"
_DRAWING = '<svg viewBox="0 0 9 9"><path d="M1 1h7v7H1z"/><title>logo</title></svg>'


@dataclass(frozen=True, slots=True)
class Wall:
    """One answer of one wall. vendor is the name to tell, "" where nothing names it."""

    vendor: str
    status: int
    headers: Mapping[str, str]
    address: str  #: where it led; "" for nowhere
    body: bytes
    label: str

    def fetch(self) -> Fetch:
        """As a spider would record it."""
        return Fetch(
            PAGE.id,
            PAGE.url,
            AT,
            AT,
            final_url=self.address or PAGE.url,
            redirects=(Redirect(PAGE.url, 302),) if self.address else (),
            status=self.status,
            headers=(("Content-Type", "text/html; charset=utf-8"), *self.headers.items()),
        )


def walls() -> Iterator[Wall]:
    """Every face in every status, bare and dressed."""
    faces = tomllib.loads((Path(__file__).parent / "walls.toml").read_text(encoding="utf-8"))["walls"]
    for number, face in enumerate(faces):
        for status in face.get("status", [200]):
            for dressed in (False, True):
                yield _wall(face, number, status, dressed)


def _wall(face: Mapping[str, Any], number: int, status: int, dressed: bool) -> Wall:
    shown = {"title", "text", "markup"} & set(face)
    return Wall(
        vendor=face["vendor"],
        status=status,
        headers=face.get("headers", {}),
        address=face.get("address", ""),
        body=_html(face, dressed).encode() if shown else b"",
        label=f"{face['vendor'] or 'unnamed'} {number} {status}{' dressed' if dressed else ''}",
    )


def _html(face: Mapping[str, Any], dressed: bool) -> str:
    title = f"<title>{face['title']}</title>" if "title" in face else ""
    text = "".join(f"<p>{line}</p>" for line in face.get("text", ()))
    markup = "".join(face.get("markup", ()))
    if not dressed:
        return f"<!doctype html><html><head>{title}</head><body>{text}{markup}</body></html>"
    head = f'<meta name="viewport" content="width=device-width">{_STYLE}{title}{_SCRIPT}'
    return f"<!doctype html><html><head>{head}</head><body><div>{_DRAWING}</div>{text}{markup}</body></html>"


def judged(wall: Wall, rules: AccessRules, usual: Document | None) -> Verdict:
    """What is made of a wall, at first sight or by what the page usually is."""
    fetch = wall.fetch()
    text = read_document(wall.body, fetch, PAGE) if wall.body else None
    beginning = wall.body[:MARKUP_BYTES].decode("utf-8", "replace")
    return judge(fetch, text, PAGE, usual, rules, usual_url=PAGE.url if usual else "", markup=beginning)


def is_named(wall: Wall, verdict: Verdict) -> bool:
    """Whether it was taken for a wall, and of this vendor."""
    return verdict.access is Access.WALL and wall.vendor in " ".join(verdict.evidence)
