"""How often a wall is named, and how often an ordinary page is taken for what it is not.

`python -m tests.benchmarks.walls` prints both: the rebuilt walls by vendor, and real documents and captures,
as they are and with the words of walls put into them.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.access import MARKUP_BYTES, count_words, judge
from monitor.errors import ExtractError
from monitor.extract import extract
from monitor.marks import AccessRules
from monitor.mementos import body_of, read_manifest
from monitor.model import Access, Document, Segment
from tests.shared import SHARED, rows
from tests.texts import access_rules
from tests.walls import PAGE, Wall, is_named, judged, walls

_EXPECTED = Path(__file__).parent.parent / "timelapse_expected.toml"
_NO_PAGE = ("error_page", "login_page", "bot_wall", "empty")
_FRAGMENT_WORDS = 40  # a document of fewer words is a piece of a page: a heading, a date line
#: longer documents that a person sees to be no page either, though they are not labelled so: a sign-in
_NO_PAGE_EITHER = frozenset(
    {"3ee5972e742407ebf354", "a05d33657ec43e74e9ed", "e2eec1e9480009ed33bc", "edea63a8ee953c0b7efb"}
)
_BANNER = (
    "We value your privacy",
    "We use cookies and similar technologies. You can accept all cookies or change your choice at any time.",
    "Accept all",
    "Sign in",
)
_PROSE = (
    "Access denied errors and bot checks, where a visitor must verify that a browser is real, are logged.",
    "This site is protected by reCAPTCHA, and Cloudflare shows a page that says checking your browser.",
)
_WEAK_MARKUP = (
    '<script src="https://www.google.com/recaptcha/api.js"></script><form><input type="password"></form>'
    '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
    '<script src="/_Incapsula_Resource?SWJIYLWA=719d34d3&ns=1"></script><div id="onetrust-banner-sdk"></div>'
    '<script src="https://js.datadome.co/tags.js"></script><div class="g-recaptcha"></div><div id="root"></div>'
)
_WEAK_HEADERS = (
    ("cf-ray", "9a1b2c3d4e5f6071-AMS"),
    ("server", "cloudflare"),
    ("set-cookie", "_abck=A~-1; datadome=x; _px3=y; visid_incap_1=z; __cf_bm=q"),
    ("x-azure-ref", "20250101T000000Z"),
    ("x-iinfo", "9-1-0 0NNN"),
    ("via", "1.1 google"),
    ("x-kpsdk-ct", "0abc"),
)


@dataclass(frozen=True, slots=True)
class Ordinary:
    """A real page that was read well: its text, and the markup it came from ("" for Markdown)."""

    name: str
    document: Document
    markup: str = ""


def main() -> None:
    """Print both tables."""
    rules = access_rules()
    for line in [*wall_lines(rules), "", *ordinary_lines(rules)]:
        print(line)


# --------------------------------------------------------------------------- walls


def missed(rules: AccessRules, usual: Document | None) -> list[Wall]:
    """The walls that were not named."""
    return [wall for wall in walls() if not is_named(wall, judged(wall, rules, usual))]


def wall_lines(rules: AccessRules) -> Iterator[str]:
    """A table by vendor, and each wall that was missed."""
    first, known = ({wall.label for wall in missed(rules, usual)} for usual in (None, policy()))
    by_vendor: defaultdict[str, list[Wall]] = defaultdict(list)
    for wall in walls():
        by_vendor[wall.vendor or "(unnamed)"].append(wall)
    yield f"{'walls named':<24}{'at first sight':>16}{'by usual text':>16}"
    for vendor, group in by_vendor.items():
        yield _row(vendor, group, first, known)
    every = list(walls())
    yield _row("all", every, first, known)
    for label in sorted(first | known):
        yield f"  missed: {label}"


def _row(name: str, group: list[Wall], first: set[str], known: set[str]) -> str:
    shares = [f"{sum(wall.label not in gone for wall in group)}/{len(group)}" for gone in (first, known)]
    return f"{name:<24}{shares[0]:>16}{shares[1]:>16}"


def policy() -> Document:
    """What the page usually is: a long policy in made-up words."""
    lines = (
        f"Rule {n}: the workshop keeps ledger {n} in a dry room and shows it to its owner." for n in range(90)
    )
    return Document(tuple(Segment(line) for line in lines), "Terms")


# --------------------------------------------------------------------------- ordinary pages


def ordinary_lines(rules: AccessRules) -> Iterator[str]:
    """A table by what was done to the pages, and each page that was misnamed."""
    pages = list(ordinary_pages())
    yield f"{'ordinary pages misnamed':<44}{'at first sight':>16}{'by own text':>16}"
    for name, change in {**CHANGES, **SHORT}.items():
        sides = (False, True) if name in CHANGES else (False,)
        wrong = [list(misnamed(pages, change, rules, by_own)) for by_own in sides]
        yield f"{name:<44}" + "".join(f"{f'{len(each)}/{len(pages)}':>16}" for each in wrong)
        for page, access in Counter(each for group in wrong for each in group):
            yield f"  {page}: {access}"


def ordinary_pages() -> Iterator[Ordinary]:
    """Every readable document and capture below ../shared."""
    noise = rows("cases/access_noise.jsonl")
    no_page = {Path(row["document_after"]).stem for row in noise if row["noise_kind"] in _NO_PAGE}
    for file in sorted((SHARED / "cases" / "documents").glob("*.md")):
        if file.stem in no_page | _NO_PAGE_EITHER:
            continue
        document = extract(file.read_bytes(), "text/markdown")
        if count_words(document) >= _FRAGMENT_WORDS:
            yield Ordinary(file.stem, document)
    yield from _captures()


def _captures() -> Iterator[Ordinary]:
    pages = tomllib.loads(_EXPECTED.read_text(encoding="utf-8"))["pages"]
    for memento in read_manifest(SHARED / "timelapse"):
        stamp = f"{memento.captured_at:%Y%m%dT%H%M%SZ}"
        if stamp in pages[memento.page.id].get("unreadable", ()):
            continue
        body = body_of(memento)
        markup = body[:MARKUP_BYTES].decode("utf-8", "replace")
        yield Ordinary(f"{memento.page.id} {stamp}", _text(body, memento.page.select), markup)


def _text(body: bytes, select: tuple[str, ...]) -> Document:
    try:
        return extract(body, "text/html", select=select)
    except ExtractError:
        return extract(body, "text/html")  # the selector stopped fitting when the site was redesigned


def misnamed(
    pages: list[Ordinary], change: Callable[[Ordinary], Ordinary], rules: AccessRules, by_own: bool
) -> Iterator[tuple[str, Access]]:
    """Which pages are not ok once changed, at first sight or judged by their own clean text."""
    for page in pages:
        seen, usual = change(page), page.document if by_own else None
        fetch = replace(_ANSWER, headers=_WEAK_HEADERS) if seen.markup.startswith(_WEAK_MARKUP) else _ANSWER
        declared = replace(PAGE, language=page.document.language or "en")
        verdict = judge(
            fetch,
            seen.document,
            declared,
            usual,
            rules,
            usual_url=PAGE.url if by_own else "",
            markup=seen.markup,
        )
        if verdict.access is not Access.OK:
            yield page.name, verdict.access


def _with(lines: tuple[str, ...], before: bool) -> Callable[[Ordinary], Ordinary]:
    added = tuple(Segment(line) for line in lines)

    def change(page: Ordinary) -> Ordinary:
        segments = page.document.segments
        both = (*added, *segments) if before else (*segments, *added)
        return replace(page, document=replace(page.document, segments=both))

    return change


def _weak_marks(page: Ordinary) -> Ordinary:
    return replace(page, markup=_WEAK_MARKUP + page.markup)


def _cut_short(page: Ordinary) -> Ordinary:
    """Its first passages, of at least 60 words in all: a short page, whole in itself."""
    kept: list[Segment] = []
    for segment in page.document.segments:
        kept.append(segment)
        if count_words(Document(tuple(kept))) >= 60:
            break
    return replace(page, document=replace(page.document, segments=tuple(kept)))


def _short_with_banner(page: Ordinary) -> Ordinary:
    return _weak_marks(_with(_BANNER, before=False)(_cut_short(page)))


_ANSWER = next(iter(walls())).fetch()
_ANSWER = replace(_ANSWER, status=200, headers=())

CHANGES: dict[str, Callable[[Ordinary], Ordinary]] = {
    "as they are": lambda page: page,
    "with a cookie banner": _with(_BANNER, before=True),
    "with prose about walls": _with(_PROSE, before=False),
    "with scripts and headers of vendors": _weak_marks,
}
#: a page of some 60 words at first sight, for which there is no usual text
SHORT: dict[str, Callable[[Ordinary], Ordinary]] = {
    "only its first 60 words": _cut_short,
    "only its first 60 words, banner, scripts": _short_with_banner,
}


if __name__ == "__main__":
    main()
