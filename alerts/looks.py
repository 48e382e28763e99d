"""How a message looks: words, signs and colours, by day and by night. Pure.

Every pair of words and ground keeps a contrast of 4.5 to 1 (WCAG AA) or more; tests compute it.
"""

from dataclasses import dataclass

from monitor.model import CORRECTION, DIGEST, RETRACTION, WELCOME, Direction


@dataclass(frozen=True, slots=True)
class Look:
    """How a direction is shown: a word, a sign and a sentence; its colours are the ink of its word."""

    word: str
    sign: str
    sentence: str

    @property
    def ink(self) -> str:
        """The name of its colours in INKS."""
        return self.word.lower()


LOOKS = {
    Direction.WEAKER: Look("Weaker", "▼", "people are protected less than before"),
    Direction.STRONGER: Look("Stronger", "▲", "people are protected more than before"),
    Direction.MIXED: Look("Mixed", "◆", "weaker in one part, stronger in another"),
    Direction.NEUTRAL: Look("Neutral", "●", "people are protected as before"),
    Direction.UNCLEAR: Look("Unclear", "?", "a person has to judge the effect"),
}


@dataclass(frozen=True, slots=True)
class Shade:
    """Words on a ground, with a line around or beside it; "" leaves what is below."""

    words: str
    ground: str = ""
    line: str = ""

    @property
    def css(self) -> tuple[str, ...]:
        """As declarations: "color:#1c2329"."""
        names = {"color": self.words, "background-color": self.ground, "border-color": self.line}
        return tuple(f"{name}:{colour}" for name, colour in names.items() if colour)


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of one kind of thing by day and by night."""

    day: Shade
    night: Shade


INKS = {
    "page": Ink(Shade("#1c2329", "#eef1f4"), Shade("#e8ecf0", "#0f1318")),
    "card": Ink(Shade("#1c2329", "#ffffff", "#d5dae0"), Shade("#e8ecf0", "#1a2027", "#39424d")),
    "quote": Ink(Shade("#1c2329", "#f6f8fa", "#8a96a3"), Shade("#e8ecf0", "#12171d", "#6b7885")),
    "soft": Ink(Shade("#4b5563"), Shade("#aab4bf")),
    "link": Ink(Shade("#0b5e8a"), Shade("#8cc8f5")),
    "rule": Ink(Shade("", "", "#e1e5ea"), Shade("", "", "#323b45")),
    "del": Ink(Shade("#6f140d", "#fbdcd7"), Shade("#ffe3df", "#5b1d18")),
    "ins": Ink(Shade("#073b57", "#d3e8f6"), Shade("#dff2ff", "#0e4564")),
    "early": Ink(Shade("#4d3400", "#fdf3d7", "#7a5200"), Shade("#f3e3b8", "#3a2d0c", "#e9bd5c")),
    "known": Ink(Shade("#0d4429", "#e3f4ea", "#1f7a4d"), Shade("#c9f0da", "#0f3322", "#4fb583")),
    "weaker": Ink(Shade("#8c1d18", "#fbe4e1", "#b3261e"), Shade("#ffb4ab", "#4a1a16", "#ff9d92")),
    "stronger": Ink(Shade("#084a6d", "#dcecf7", "#0b5e8a"), Shade("#a6daf8", "#0d3a54", "#7cc7f2")),
    "mixed": Ink(Shade("#5f4000", "#fbedcf", "#7a5200"), Shade("#f0cf86", "#3d2f0e", "#e9bd5c")),
    "neutral": Ink(Shade("#374151", "#e9ecf0", "#4b5563"), Shade("#d0d7df", "#303943", "#b6bfca")),
    "unclear": Ink(Shade("#4b2f8a", "#ece6f9", "#5b3aa6"), Shade("#d3c3fa", "#33255a", "#c3acf7")),
}


#: Ends every alert.
CLOSING = "pledgewatch tells what the pages say that it watches, and when; why they say it, it does not know."


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of notice is told: its name, the mark of its subject, its ink, and why one gets it."""

    name: str
    mark: str
    ink: str
    footer: str


_OF_THE_WATCH = Manner(
    "About the watch", "[pledgewatch]", "neutral", "This message is about the watch itself."
)
_MANNERS = {
    DIGEST: Manner(
        "Digest",
        "[pledgewatch]",
        "neutral",
        "These changes are told in one message; `pledgewatch alerts show ID` shows the words and the "
        "evidence of each.",
    ),
    WELCOME: Manner(
        "What stands today",
        "[pledgewatch]",
        "neutral",
        "This is told once, so that you know what is watched; from now on you hear of changes.",
    ),
    CORRECTION: Manner("Correction", "[correction]", "mixed", "You get this because you got the alert."),
    RETRACTION: Manner("Taken back", "[taken back]", "mixed", "You get this because you got the alert."),
}


def manner(kind: str) -> Manner:
    """How this kind of notice is told; what is not known here is about the watch itself."""
    return _MANNERS.get(kind, _OF_THE_WATCH)
