"""What the states of access, and the ids of the lexicon, are called where people read them."""

from collections.abc import Sequence

from monitor.model import Access

#: Each goes on from the page's name: "acme/pledge: a bot wall stood before it, since …".
STATES = {
    Access.OK: "read in full",
    Access.UNCHANGED: "read, as we know it",
    Access.GONE: "the server says that there is no such page",
    Access.MOVED: "the address leads to another text now",
    Access.WALL: "a bot wall stood before it",
    Access.LOGIN: "a login stood before it",
    Access.CONSENT: "a consent screen stood before it",
    Access.ERROR_PAGE: "the server had trouble",
    Access.PARTIAL: "only a part of it came",
    Access.EMPTY: "it came without any text",
    Access.OTHER_LANGUAGE: "it came in another language",
    Access.SOFT_404: "“not found”, though the server says that all is well",
    Access.ROBOTS_DISALLOWED: "robots.txt asks us to stay away",
    Access.RATE_LIMITED: "the host asked us for patience",
    Access.BLOCKED_BY_POLICY: "we do not connect to this address",
    Access.TLS: "its certificate does not hold",
    Access.DNS: "the name of its host was not found",
    Access.TIMEOUT: "no whole answer came in time",
    Access.CONNECTION: "the connection failed",
    Access.TOO_LARGE: "it is larger than we read",
    Access.UNSUPPORTED: "it is a kind of file that we cannot read",
    Access.REPLACED: "another document stands there",
    Access.RENDERED_NEEDED: "only a browser would see its text",
    Access.UNPARSEABLE: "reading it took too much time or memory",
    Access.NOT_REACHED: "the check ended before its turn",
    Access.OUTAGE: "our own network was in doubt",
}

#: What the ids of the lexicon are called where the id itself, with blanks, is no good name.
NAMES = {
    "face_recognition": "facial recognition",
    "face_template": "face templates",
    "face_scraping": "scraping of face images",
    "local_police": "state or local police",
    "immigration": "immigration enforcement",
    "intelligence": "intelligence services",
}


def spoken(identifier: str) -> str:
    """An id of the lexicon as a person says it: "facial recognition"."""
    return NAMES.get(identifier, identifier.replace("_", " "))


def listed(words: Sequence[str], joint: str = "and") -> str:
    """ "a", "a and b", "a, b and c". `words` has at least one."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"
