"""What the forms of the watchlist share: previews with what to know of them, and what went wrong."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from alerts.render import when
from app.desk.declaring import ChangedError, watched_as, why_fixed
from app.desk.visit import NotFoundError, RefusedError, Visit
from app.previewing import BusyError, Preview
from monitor.errors import InputError, PledgewatchError
from monitor.model import Access, Page
from monitor.store import hosts
from spiders.memory import origin_of, wait

_ENOUGH_WORDS = 50  #: to tell the language by
#: What to do about a page that was not read: texts of their own.
_HINTS = (
    Access.RENDERED_NEEDED,
    Access.ROBOTS_DISALLOWED,
    Access.BLOCKED_BY_POLICY,
    Access.OTHER_LANGUAGE,
    Access.WALL,
    Access.LOGIN,
    Access.CONSENT,
)


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know before a page is watched: a key of texts, and what is put in there."""

    key: str
    given: Mapping[str, object]


def fixed(visit: Visit) -> str:
    """Why nothing can be changed here, as a key of texts; "" where it can."""
    return why_fixed(visit) or ("" if os.access(visit.home.config / "watchlist", os.W_OK) else "readonly")


def products(visit: Visit, organization_id: str) -> tuple[str, ...]:
    """By which names this organization calls facial recognition; none where nobody knows it yet."""
    known = (one for one in visit.home.watchlist.organizations if one.id == organization_id)
    return next((one.products for one in known), ())


def refuse_impatience(visit: Visit, url: str) -> None:
    """A host that asked for patience is not asked for a preview either. Raises InputError."""
    with visit.store.read() as conn:
        host = next((one for one in hosts.all(conn) if one.origin == origin_of(url)), None)
    if host and wait(host.not_before, visit.now):
        raise InputError(f"{host.origin} is not asked before {when(host.not_before)}: {host.why}.")


def warnings(visit: Visit, page: Page, seen: Preview) -> tuple[Warned, ...]:
    """What somebody should know before this is watched."""
    short = page.min_words or visit.home.rules.access.short_page_words
    spoken = page.language.split("-")[0]
    is_read = seen.access.is_reading
    told = {"language": spoken, "words": seen.words, "url": seen.final_url, "seen": seen.language}
    told["page"] = watched_as(visit.home.watchlist, page.url, page.id)
    holds = {
        f"hint_{seen.access}": seen.access in _HINTS,
        "watched": bool(told["page"]),
        "no_lexicon": not seen.has_lexicon,
        "no_statement": is_read and seen.has_lexicon and not seen.statements,
        "few_words": is_read and seen.words < short,
        "language": is_read and seen.words >= _ENOUGH_WORDS and seen.language not in ("", spoken),
        "elsewhere": bool(seen.final_url) and seen.final_url.rstrip("/") != page.url.rstrip("/"),
    }
    return tuple(Warned(key, told) for key, is_so in holds.items() if is_so)


def or_problem(attempt: Callable[[], Response], again: Callable[[str, int], Response]) -> Response:
    """The answer; or the form again with what was typed, and the sentence that says what is wrong."""
    try:
        return attempt()
    except (NotFoundError, RefusedError):
        raise
    except BusyError as error:
        return again(str(error), 503)
    except ChangedError as error:
        return again(str(error), 409)
    except PledgewatchError as error:
        return again(str(error), 400)
