"""What a page says just now, before anybody watches it: one polite fetch, of which nothing is recorded.

    preview() ─► a process of its own (`python -m app.previewing`, JSON in and out) ─► Preview

The process is for the reactor, which runs once in each, and for the limits: a page that hangs, crashes or
swells ends with it. Robots, the guard of addresses and all limits are those of a check.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from app.comparing import slots_told
from app.due import refuse_without_contact
from app.home import Home
from app.validation import Sight, fetched, sight_of
from monitor.access import count_words
from monitor.errors import InputError, PledgewatchError
from monitor.language import recognise
from monitor.model import Access, Document, Fetch, Page, Statement
from monitor.reader import Reader
from monitor.tables import build

AT_ONCE = 2  #: previews that may run
START_SECONDS = 20  #: for a process (and a browser) to start, besides the time that a page may take
_LINES, _LINE_CHARACTERS = 200, 1_000  #: of the text, as it is shown
_STATEMENTS, _QUOTE_CHARACTERS = 50, 2_000
_HEADINGS, _HEADING_CHARACTERS = 4, 2_000
_FREE = BoundedSemaphore(AT_ONCE)


class BusyError(PledgewatchError):
    """As many previews run as may run at once."""


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: its words, what we make of them, and what stands above it: headings, then lead-ins."""

    quote: str
    told: str
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page says. language: as we recognise it, "" where we cannot tell."""

    access: Access
    evidence: tuple[str, ...] = ()
    final_url: str = ""
    title: str = ""
    language: str = ""
    words: int = 0
    lines: tuple[str, ...] = ()
    more_lines: int = 0
    statements: tuple[Said, ...] = ()
    more_statements: int = 0
    has_lexicon: bool = True  #: False: nobody looked for statements, there are no words for its language


@dataclass(frozen=True, slots=True)
class Dropped:
    """What selectors leave out of a captured page. words_of_all: without any selector."""

    words_of_all: int
    lines: tuple[str, ...] = ()
    more_lines: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the process is told. products: by which names facial recognition is called, for each page."""

    home: str
    config: str
    seconds: float
    pages: tuple[Page, ...] = ()
    products: tuple[tuple[str, ...], ...] = field(default=())


# --------------------------------------------------------------------------- for whoever asks


def preview(home: Home, page: Page, products: Sequence[str] = ()) -> Preview:
    """Fetch this page once and say what it says. Raises BusyError, ConfigError, InputError: one sentence."""
    refuse_without_contact(home, [page])
    if not _FREE.acquire(blocking=False):
        raise BusyError(f"{AT_ONCE} previews run just now, and no more may: try again in a moment.")
    try:
        return previews(home, [page], [products])[0]
    finally:
        _FREE.release()


def previews(home: Home, pages: Sequence[Page], products: Sequence[Sequence[str]]) -> tuple[Preview, ...]:
    """The same of several pages in one process, without a limit of how many run. Raises InputError."""
    seconds = home.settings.network.timeout_seconds
    asked = Asked(
        str(home.root.absolute()),
        str(home.config.absolute()),
        seconds,
        tuple(pages),
        tuple(map(tuple, products)),
    )
    answer = _answer(json.dumps(asdict(asked)).encode(), seconds + START_SECONDS)
    if answer.get("problem"):
        raise InputError(str(answer["problem"]))
    return tuple(build(Preview, one, "the preview") for one in answer["previews"])


def _answer(asked: bytes, seconds: float) -> Mapping[str, Any]:
    """What the process answers within this time. Raises InputError where it does not."""
    command = [sys.executable, "-m", "app.previewing"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) as child:
        try:
            told, _ = child.communicate(asked, timeout=seconds)
        except subprocess.TimeoutExpired:
            problem = f"The page was not read within {seconds:g} seconds, so the preview was stopped"
            raise InputError(f"{problem}; try again later.") from None
        finally:
            _end(child)
    if child.returncode:
        raise InputError("The preview broke off before its end; what it said of that is in the desk's log.")
    answer: Mapping[str, Any] = json.loads(told)
    return answer


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End it, and whatever it started (a browser)."""
    with suppress(ProcessLookupError):  # where all of them ended by themselves
        os.killpg(child.pid, signal.SIGKILL)


def preview_of_capture(
    home: Home, page: Page, products: Sequence[str], fetch: Fetch, body: bytes
) -> tuple[Preview, Dropped]:
    """What a stored body says by this page's selectors, and what they leave out. Nothing is fetched."""
    with Reader() as reader:
        sight = sight_of(home, products, page, fetch, body, reader.read)
        whole = reader.read(body, fetch, replace(page, select=(), remove=()))
    return preview_of(sight, fetch), _dropped(whole, sight.document)


def _dropped(whole: object, kept: Document | None) -> Dropped:
    if not isinstance(whole, Document):
        return Dropped(0)
    left = Counter(segment.text for segment in kept.segments) if kept else Counter[str]()
    lines = []
    for segment in whole.segments:
        if left[segment.text]:
            left[segment.text] -= 1
        else:
            lines.append(_short(segment.text, _LINE_CHARACTERS))
    return Dropped(count_words(whole), tuple(lines[:_LINES]), max(len(lines) - _LINES, 0))


def preview_of(sight: Sight, fetch: Fetch) -> Preview:
    """A look at a page, cut to what can be shown."""
    document = sight.document
    if document is None:
        return Preview(sight.verdict.access, sight.verdict.evidence, fetch.final_url)
    lines = document.text.split("\n")
    return Preview(
        access=sight.verdict.access,
        evidence=sight.verdict.evidence,
        final_url=fetch.final_url,
        title=_short(document.title, _LINE_CHARACTERS),
        language=recognise(document.text),
        words=count_words(document),
        lines=tuple(_short(line, _LINE_CHARACTERS) for line in lines[:_LINES]),
        more_lines=max(len(lines) - _LINES, 0),
        statements=tuple(map(_said, sight.statements[:_STATEMENTS])),
        more_statements=max(len(sight.statements) - _STATEMENTS, 0),
        has_lexicon=sight.lexicon is not None,
    )


def _said(statement: Statement) -> Said:
    above = tuple(_short(one, _HEADING_CHARACTERS) for one in statement.context[-_HEADINGS:])
    return Said(_short(statement.quote, _QUOTE_CHARACTERS), slots_told(statement), above)


def _short(text: str, at_most: int) -> str:
    return text if len(text) <= at_most else f"{text[: at_most - 1]}…"


# --------------------------------------------------------------------------- the process itself


def main() -> None:
    """Read what is asked from standard input; answer on standard output."""
    asked = build(Asked, json.load(sys.stdin.buffer), "the request")
    try:
        answer: dict[str, Any] = {"previews": [asdict(one) for one in _looked(asked)]}
    except PledgewatchError as error:
        answer = {"problem": str(error)}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _looked(asked: Asked) -> list[Preview]:
    home = Home(Path(asked.home), Path(asked.config))
    network = replace(home.settings.network, deadline_seconds=asked.seconds)
    came = fetched(home, asked.pages, network, lambda page_id: None)
    with Reader() as reader:
        return [
            preview_of(sight_of(home, products, page, *came[page.id], reader.read), came[page.id][0])
            for page, products in zip(asked.pages, asked.products, strict=True)
        ]


if __name__ == "__main__":
    main()
