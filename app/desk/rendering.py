"""Pages from templates. Whatever comes from outside is only ever a value, escaped, with its signs visible."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from alerts.looks import LOOKS
from alerts.marking import visible
from app.desk.texts import texts
from app.desk.visit import Visit
from app.templating import environment_of
from monitor.model import Saying, Standing, Statement
from monitor.wire import utc_text
from monitor.words import STATES, spoken

TEMPLATES = Path(__file__).parent / "templates"
AT_ONCE = 600  #: characters of a quote, or of the lines above it: what is longer can be unfolded


def page(visit: Visit, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """The page that this template makes of the values; in it, `visit` and `t` (the texts) are known too."""
    return HTMLResponse(rendered(visit, template, values), status)


def rendered(visit: Visit, template: str, values: Mapping[str, Any]) -> str:
    """The HTML alone."""
    return environment().get_template(template).render(visit=visit, **values)


def attachment(body: bytes | str, name: str, media_type: str) -> Response:
    """A file to be kept: never shown in our own origin."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-._") else "-" for sign in name)
    return Response(
        body,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{plain}"'},
    )


@cache
def environment() -> Environment:
    """The templates, every value escaped; a name that is not there is a bug, not an empty place."""
    made = environment_of(TEMPLATES)
    made.globals |= {"t": texts(), "looks": LOOKS, "states": STATES}
    made.filters |= {
        "when": when,
        "day": day,
        "utc": utc_text,
        "part": part,
        "path": path,
        "said": said,
        "parted": parted,
        "linked": linked,
        "spoken": spoken,
    }
    return made


_TIME = Markup('<time datetime="{iso}" title="{utc} UTC">{shown}</time>')


def when(at: datetime) -> Markup:
    """A moment: UTC as it is sent; the reader's own zone where scripts run, UTC on hover."""
    at = at.astimezone(UTC)
    return _TIME.format(iso=utc_text(at), utc=f"{at:%Y-%m-%d %H:%M:%S}", shown=f"{at:%d %b %Y %H:%M} UTC")


def day(at: datetime) -> Markup:
    """The same, by its day."""
    at = at.astimezone(UTC)
    return _TIME.format(iso=utc_text(at), utc=f"{at:%Y-%m-%d %H:%M:%S}", shown=f"{at:%d %b %Y}")


def said(one: Saying | Statement | Standing) -> str:
    """Its words below all that stands above them: "Terms › You may not use it to: › search for faces;"."""
    return " › ".join((*one.context, one.quote))


def parted(text: str) -> tuple[str, str]:
    """The text as far as it is shown at once, and the rest of it, which is folded; "" mostly."""
    if len(text) <= AT_ONCE:
        return text, ""
    end = text.rfind(" ", AT_ONCE // 2, AT_ONCE) + 1 or AT_ONCE
    return text[:end], text[end:]


_ADDRESS = re.compile(r"https?://[^\s<>\"'“”‘’]+?(?=[.,;:!?)\]]*(?:\s|$))")
_LINK = Markup('<a href="{0}" rel="noreferrer noopener">{1}</a>')


def linked(text: str) -> Markup:
    """The text with each web address in it as a link."""
    made, end = Markup(), 0
    for found in _ADDRESS.finditer(text):
        made += visible(text[end : found.start()]) + _LINK.format(found[0], visible(found[0]))
        end = found.end()
    return made + visible(text[end:])


def part(text: str) -> str:
    """A part of an address: every sign that means something there is escaped, the slash as well."""
    return quote(text, safe="")


def path(text: str) -> str:
    """The same for an id like organization/page, whose slash stays."""
    return quote(text, safe="/")
