"""What a reader of a message is shown: its words, and the elements they stand in."""

import re
from html.parser import HTMLParser


class Shown(HTMLParser):
    """The words of the body, its elements with the names of their attributes, and what <del> and <ins> hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.skeleton: list[tuple[str, ...]] = []
        self.words = ""
        self.marked: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.skeleton.append((tag, *(name for name, _ in attrs)))
        if tag == "br":
            self.words += "\n"
        elif tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if {"style", "title"} & set(self._open):
            return
        self.words += data
        self.marked += [(tag, data) for tag in self._open if tag in ("del", "ins")]

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return [value or "" for name, value in self.attributes if name == "href"]


def squeezed(words: str) -> str:
    """Each run of blanks and line breaks as one blank."""
    return " ".join(words.split())


def unmarked(words: str) -> str:
    """Plain text without the signs that mark removed and added words."""
    return squeezed(re.sub(r"\[-|-\]|\{\+|\+\}", "", words))
