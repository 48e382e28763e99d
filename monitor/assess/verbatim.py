"""Quotation marks in reasons stand around exact words of the page: the rules work with folded ones. Pure."""

import re
from collections.abc import Sequence

_QUOTED = re.compile("“([^”]*)”")
_WORD = re.compile(r"\w+")
_CUT = " …"  #: ends words of which only the beginning is told


def verbatim(reason: str, texts: Sequence[str]) -> str:
    """The reason with the words of these texts where it quotes them; without marks where none has them."""
    return _QUOTED.sub(lambda found: _as_written(found[1], texts), reason)


def _as_written(words: str, texts: Sequence[str]) -> str:
    said = words.removesuffix(_CUT)
    parts = _WORD.findall(said)
    pattern = re.compile(r"\b" + r"[\W_]+".join(map(re.escape, parts)) + r"\b", re.IGNORECASE)
    slices = [found[0] for text in texts if parts and (found := pattern.search(text))]
    if said in slices or not slices:
        return f"“{words}”" if slices else words
    return f"“{slices[0]}{_CUT if said != words else ''}”"
