"""Markup that no tree builder survives is refused before it is parsed.

Measured with lexbor: 20,000 nested blocks, options or attributes take 0.5 to 2 s, each quadratic; open
formatting elements (<b>) are copied into every later paragraph. Real pages stay far below these limits.
"""

import re
from collections import Counter
from collections.abc import Iterator

from monitor.errors import ExtractError

MAX_DEPTH = 10_000  #: levels of elements
MAX_WORK = 200_000_000  #: levels × tags: the steps of a parser that looks up the stack at each tag
MAX_COPIES = 2_000_000  #: open formatting elements × tags
MAX_OPTIONS = 20_000
MAX_ATTRIBUTES = 20_000  #: of one tag

_FEW_TAGS = 2_000  # too few to do harm
_SHORT = 100_000  # characters: fewer cannot hold too many attributes
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)(?=[\s/>])", re.IGNORECASE)
_WHOLE_TAG = re.compile(r"<[a-z](?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_FORMATTING_TAGS = "a b big code em font i nobr s small strike strong tt u"
_FORMATTING = frozenset(_FORMATTING_TAGS.split())
_VOID_TAGS = "area base br col embed hr img input link meta param source track wbr"
_SELF_CLOSING_TAGS = "p li dt dd option optgroup tr td th tbody thead tfoot rb rt rp rtc"
_NEVER_NESTED = frozenset(f"{_VOID_TAGS} {_SELF_CLOSING_TAGS}".split())


def refuse_hostile(markup: str) -> None:
    """Raise ExtractError (too_large) for markup whose tree would cost far more than its size."""
    tags = markup.count("<")
    if tags > _FEW_TAGS:
        _refuse_depth(markup, tags)
    if len(markup) > _SHORT:
        _refuse_attributes(markup)


def _refuse_depth(markup: str, tags: int) -> None:
    if markup.count("<option") > MAX_OPTIONS:
        raise ExtractError("too_large", f"the page has more than {MAX_OPTIONS:,} options to choose from")
    depth, formatting = _depths(markup)
    if depth > MAX_DEPTH or depth * tags > MAX_WORK or formatting * tags > MAX_COPIES:
        raise ExtractError(
            "too_large", f"the page nests its elements {depth:,} levels deep; no real page does"
        )


def _depths(markup: str) -> tuple[int, int]:
    """The most elements that are open at once, and the most formatting elements."""
    count: Counter[str] = Counter()
    depth = formatting = deepest = most_formatting = 0
    for step, name in _steps(markup):
        if count[name] + step < 0:
            continue  # closes nothing
        count[name] += step
        depth += step
        deepest = max(deepest, depth)
        if name in _FORMATTING:
            formatting += step
            most_formatting = max(most_formatting, formatting)
    return deepest, most_formatting


def _steps(markup: str) -> Iterator[tuple[int, str]]:
    """(1, name) for every start tag that may nest, (-1, name) for every end tag; not those in scripts."""
    in_script = False
    for slash, raw in _TAG.findall(markup):
        name = raw.lower()
        if name == "script":
            in_script = not slash
        elif not in_script and name not in _NEVER_NESTED:
            yield (-1 if slash else 1), name


def _refuse_attributes(markup: str) -> None:
    for tag in _WHOLE_TAG.finditer(markup):
        if tag.end() - tag.start() > _SHORT and _attributes(tag[0]) > MAX_ATTRIBUTES:
            raise ExtractError("too_large", f"an element has more than {MAX_ATTRIBUTES:,} attributes")


def _attributes(tag: str) -> int:
    return len(_QUOTED.sub("'' ", tag).replace("/", " ").split())
