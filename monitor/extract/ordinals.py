"""The number, letter or bullet in front of a clause, and the series that such ordinals form.

An ordinal says where a clause stands, never what it says.
"""

import re

_ORDINAL = re.compile(
    r"""
      [•▪◦‣●■∙·*|] (?: \s+ | $ )
    | [-–—] (?: \s+ | $ )
    | \( (?: \d{1,3} | [A-Za-z] | [ivx]{2,5} | [IVX]{2,5} ) [.]? \) (?: \s+ | $ )
    | (?: \d{1,3} (?: \.\d{1,3} )* [a-z]? | [ivx]{2,5} | [IVX]{2,5} ) [.)]{1,2} (?: \s+ | $ )
    | [A-Za-z] [.)]{1,2} (?: \s+ (?! [A-Za-z] \. ) | $ )
    | \d{1,3} (?: \.\d{1,3} )+ \s+ (?! [a-z%€$] | Million | Milliard | Prozent )
    | \d{1,3} \. (?= [A-Z][a-z] )
    | (?: §{1,2} | (?i: section | article | artikel | art\. | abschnitt | clause | artículo | sección
                      | cláusula | artigo | seção | chapter | part | schedule | ziffer ) \s )
      \s? \d{1,3} (?: \.\d{1,3} )* [a-z]? (?: \s (?i: absatz | abs\. ) \s \d{1,2} )? \s? [.:)–—-] \s+
    """,
    re.VERBOSE,
)
_DIGITS, _LOWER, _UPPER = re.compile(r"\d+"), re.compile(r"[a-z]+"), re.compile(r"[A-Z]+")
_INTRODUCES = (":", "—", "–")
_FINISHED = (".", "!", ";")
_LABEL_WORDS = 5  # a block of fewer words is a label, whatever it ends with
_TAIL = 60  # characters
_POINTS_ON = re.compile(
    r"\b(?:following|below|listed|these|folgende[mnrs]?|suivante?s?|ci-dessous|siguientes?|seguintes?)\b",
    re.IGNORECASE,
)
_AT_MOST = 3  # ordinals in a row: "1. (a) •"
DEEPEST = 12  #: lead-ins kept, the innermost


def ordinal_end(text: str, start: int = 0) -> int:
    """Where the ordinals in front of text[start:] end; start itself when there are none."""
    for _ in range(_AT_MOST):
        found = _ORDINAL.match(text, start)
        if found is None:
            break
        start = found.end()
    return start


def shape(text: str, start: int = 0) -> str:
    """What the first ordinal of text[start:] looks like: "(a)", "1.", "1.1", "•"; "" when there is none."""
    found = _ORDINAL.match(text, start)
    if found is None:
        return ""
    mark = _UPPER.sub("A", _LOWER.sub("a", _DIGITS.sub("1", found[0].strip())))
    return mark.rstrip(".") if "1.1" in mark else mark


def introduces(text: str) -> bool:
    """True for a text that announces what follows: it ends with a colon or a dash."""
    return text.endswith(_INTRODUCES)


def governs(text: str) -> bool:
    """True for a text whose words go on in the list right after it.

    "You may not", "Face data." and "Do none of the following." do; "We do not sell your data." has said all,
    and would turn the meaning of a list of data that is collected.
    """
    is_finished = text.endswith(_FINISHED) and text.count(" ") + 1 >= _LABEL_WORDS
    return not is_finished or _POINTS_ON.search(text, max(0, len(text) - _TAIL)) is not None


class Series:
    """Numbered clauses that follow "… :" one by one: each inherits the words that opened its series."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []  # lead-in, shape of its ordinals

    @property
    def lead_ins(self) -> tuple[str, ...]:
        """The lead-ins of the series that are open now, outermost first."""
        return tuple(lead_in for lead_in, _ in self._open[-DEEPEST:])

    def advance(self, mark: str, intro: str) -> tuple[str, ...]:
        """The lead-ins of the next clause. mark: shape of its ordinal; intro: what announced it, or ""."""
        if not mark:
            if self._open:
                self._open.clear()
            return ()
        shapes = [known for _, known in self._open]
        if mark in shapes:
            del self._open[shapes.index(mark) + 1 :]
        elif intro and mark != shape(intro):
            self._open.append((intro, mark))
        else:
            self._open.clear()
        return self.lead_ins
