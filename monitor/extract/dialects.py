"""Markup in which a browser shows text that our HTML parser would hide: made plain before it is parsed.

An XHTML page may close a script with "/>" and may set text as CDATA; a web component may keep its text in a
template that is its shadow root. HTML's own rules swallow all three, and a clause would vanish with them.
"""

import re
from collections.abc import Iterator
from html import escape

_XHTML = "http://www.w3.org/1999/xhtml"  #: every XHTML page must name it in its first tag
_WITHIN = 4_096
_SWALLOWING = "audio canvas datalist iframe noembed noframes noscript object script select style template \
textarea title video xmp"
_EMPTY = re.compile(
    rf"<({'|'.join(_SWALLOWING.split())})((?=[\s/])(?:[^<>\"'/]++|\"[^\"]*+\"|'[^']*+'|/(?!>))*+)/>",
    re.IGNORECASE,
)
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_SHADOW = "shadowrootmode"
_TEMPLATE = re.compile(r"<(/?)template\b[^<>]*>", re.IGNORECASE)


def as_html(markup: str) -> str:
    """The same page in HTML's own words; nearly always the very same text."""
    if _XHTML in markup[:_WITHIN]:
        markup = _EMPTY.sub(r"<\1\2></\1>", markup) if "/>" in markup else markup
        markup = _without_cdata(markup) if _CDATA in markup else markup
    return "".join(_opened(markup)) if _SHADOW in markup else markup


def _without_cdata(markup: str) -> str:
    head, *parts = markup.split(_CDATA)
    out = [head]
    for part in parts:
        text, end, rest = part.partition(_CDATA_END)
        out += (escape(text), rest) if end else (_CDATA, part)
    return "".join(out)


def _opened(markup: str) -> Iterator[str]:
    """Shadow roots as <div>; other templates as they are, and what lies in them stays unseen."""
    open_templates: list[bool] = []  # is it written as a <div>?
    done = 0
    for tag in _TEMPLATE.finditer(markup):
        yield markup[done : tag.start()]
        done = tag.end()
        if not tag[1]:
            open_templates.append(_SHADOW in tag[0])
            yield "<div>" if open_templates[-1] else tag[0]
        else:
            yield "</div>" if open_templates and open_templates.pop() else tag[0]
    yield markup[done:]
