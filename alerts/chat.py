"""A message for a chat room: text that stays text whatever a page says, cut to the room there is. Pure.

An invisible character (U+200B) stands inside of what would call people, hide a link or become a picture; that
is the one difference between what a chat shows and what a page says.
"""

import re
from collections.abc import Callable

from monitor.model import ABOUT_AN_ALERT, DIGEST, Alert, Notice

BREAK = "\u200b"

_URL = re.compile(r"((?<!<)https?://[^\s<>()\[\]{}|\\\"'`*]+)")
_ACTS = re.compile(
    r"(?<=@)(?=\w)"  # @here, @everyone, @somebody
    r"|(?<=<)(?=\S)"  # <!channel>, <@U1>, <https://one|another>, <at>, <b>
    r"|(?<=\])(?=[(\[:])"  # [one](another), ![picture](address), [one]: another
    r"|(?<=[|~])(?=[|~])"  # ||hidden||, ~~struck out~~
    r"|(?<=:)(?=[A-Za-z+][\w+-]*:)"  # :smile:
    r"|(?<=&)(?=#?\w{1,32};)"  # &lt;
)
_MARKS = re.compile(r"([\\`*_{}\[\]()#+!>-])")
_NUMBERED = re.compile(r"^( *\d+)([.)])", re.MULTILINE)
_INDENT = re.compile(r"^ +", re.MULTILINE)


def literal(text: str) -> str:
    """Nothing in it calls anybody or hides a link. Addresses stay as they are."""
    return _outside_addresses(lambda words: _ACTS.sub(BREAK, words), text)


def unindented(text: str) -> str:
    """Indented by blanks that make no block of code in Markdown."""
    return _INDENT.sub(lambda blanks: "\u00a0" * len(blanks[0]), text)


def markdown(text: str) -> str:
    """The text as Markdown that shows it letter by letter, for places that read all they get as Markdown."""
    return unindented(_NUMBERED.sub(r"\1\\\2", _outside_addresses(_escaped, text)))


def cut(text: str, fits: Callable[[str], bool], rest: str) -> str:
    """The text where it fits, or as many of its lines as do, and then `rest`."""
    if fits(text):
        return text
    lines = text.rstrip().split("\n")
    for most in range(len(lines) - 1, 0, -1):
        shorter = "\n".join(lines[:most]).rstrip() + f"\n{rest}"
        if fits(shorter):
            return shorter
    return rest


def rest_of(content: Alert | Notice) -> str:
    """What stands where a message was cut: where the whole of it is."""
    if isinstance(content, Alert):
        return f"… the rest: pledgewatch alerts show {content.id[:12]}"
    if content.kind in ABOUT_AN_ALERT:
        return f"… the rest: pledgewatch alerts show {content.about[:12]}"
    if content.kind == DIGEST:
        return "… the rest: pledgewatch alerts list"
    return "… cut here: this place takes no longer message"


def _escaped(words: str) -> str:
    return _MARKS.sub(r"\\\1", _ACTS.sub(BREAK, words))


def _outside_addresses(change: Callable[[str], str], text: str) -> str:
    """Every second part that splitting by the pattern gives is an address."""
    parts = _URL.split(text)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))
