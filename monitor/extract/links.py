"""The addresses that a page links to, as written."""

import re

LINKS_AT_MOST = 2_000
_LONGEST = 2_000  #: characters; browsers and servers refuse longer ones
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UNSEEN = str.maketrans("", "", "\t\n\r")  #: browsers drop these anywhere in an address
_BLANK = "".join(map(chr, range(33)))


class Links:
    """Collects http and https addresses, absolute or relative, each once and in order."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def add(self, href: str | None) -> None:
        """Take up one href: not where it leads to another place of the page, or runs or sends something."""
        if not href or len(href) > _LONGEST or len(self._found) >= LINKS_AT_MOST:
            return
        address = href.translate(_UNSEEN).strip(_BLANK)
        scheme = _SCHEME.match(address)
        if address and address[0] != "#" and (not scheme or scheme[0].lower() in ("http:", "https:")):
            self._found.setdefault(address)

    @property
    def found(self) -> tuple[str, ...]:
        """Them all, so far."""
        return tuple(self._found)
