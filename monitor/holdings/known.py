"""The organizations by everything that they are known by. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from monitor.model import Organization
from monitor.terms import folded

#: Legal forms at the end of a name, folded.
_FORMS = re.compile(
    r"(?: (?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|plc|ag|se|sa|sas|spa|srl|nv|bv"
    r"|ab|asa|oyj|gmbh|kgaa|kg|kk|sab|s a b|tbk|bhd|pjsc|sca|oy|s a|s p a|n v|b v|a g|p l c|k k|s e"
    r"|de c v|de cv))+$"
)


class Known:
    """The organizations by everything that they are known by."""

    def __init__(self, organizations: Sequence[Organization]) -> None:
        self.ids = {one.id: one for one in organizations}
        self.leis = _by(organizations, lambda one: [one.identifiers.lei])
        self.isins = _by(organizations, lambda one: [one.identifiers.isin])
        self.tickers = _by(organizations, lambda one: [one.identifiers.ticker.upper()])
        self.names = _by(organizations, lambda one: [plain(name) for name in (one.name, *one.aliases)])
        self.starts: Mapping[str, list[str]] = _grouped(self.names)
        self.spellings = list(self.names)
        self._children = _by(organizations, lambda one: [one.parent])

    def top(self, ids: Collection[str]) -> Organization | None:
        """The one of these, or the one that all the others are below; None where there is no such."""
        tops = (one for one in ids if set(ids) <= {one, *self.below(one)})
        return next((self.ids[one] for one in sorted(tops)), None)

    def below(self, id: str) -> tuple[str, ...]:
        """The ids of all organizations that this one is the parent of, and those below them."""
        found: list[str] = []
        open_ = [id]
        while open_:
            children = [one.id for one in self._children.get(open_.pop(), ()) if one.id not in found]
            found += children
            open_ += children
        return tuple(sorted(found))


def _by(
    organizations: Iterable[Organization], keys: Callable[[Organization], Iterable[str]]
) -> dict[str, list[Organization]]:
    found: dict[str, list[Organization]] = defaultdict(list)
    for one in organizations:
        for key in dict.fromkeys(keys(one)):
            if key:
                found[key].append(one)
    return dict(found)


def _grouped(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[name.partition(" ")[0]].append(name)
    return dict(found)


def plain(name: str) -> str:
    """A name, folded, without the legal form at its end: “Example Cameras, Inc.” is example cameras."""
    return _FORMS.sub("", folded(name))
