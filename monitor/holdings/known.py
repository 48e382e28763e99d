"""The organizations by everything that they are known by. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from monitor.holdings.exchanges import bare_ticker
from monitor.model import Organization
from monitor.terms import folded

#: Legal forms at the end of a name, folded.
_FORMS = re.compile(
    r"(?: (?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|plc|ag|se|sa|sas|spa|srl|nv|bv"
    r"|ab|asa|oyj|gmbh|kgaa|kg|kk|sab|s a b|tbk|bhd|pjsc|sca|oy|s a|s p a|n v|b v|a g|p l c|k k|s e"
    r"|de c v|de cv))+$"
)
#: Words behind the name of an issuer that say what kind of security of it is meant, folded.
_SECURITY = re.compile(
    r"(?: (?:(?:class|cl|series|ser) [a-z0-9]|common stock|common shares|ordinary shares|registered shares"
    r"|common|com|ord|shs|shares|stock|adr|ads|gdr|reg|reg s|inh|vz|new))+$"
)
LIKE = 80.0  #: words at least so much alike, in percent, may be the same
_SHORT = 6  #: letters: single words up to here are the name of many
_ABBREVIATION = 3  #: letters: a shorter word stands only for itself


class Known:
    """The organizations by everything that they are known by."""

    def __init__(self, organizations: Sequence[Organization]) -> None:
        self.ids = {one.id: one for one in organizations}
        self.leis = _by(organizations, lambda one: [one.identifiers.lei])
        self.isins = _by(organizations, lambda one: [one.identifiers.isin])
        self.issuers = _by(organizations, lambda one: [issuer_number(one.identifiers.isin)])
        self.tickers = _by(organizations, lambda one: [bare_ticker(one.identifiers.ticker)])
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


def is_short(name: str) -> bool:
    """Whether a plain name is a single short word, as many companies have it for a name."""
    return " " not in name and len(name) <= _SHORT


def is_like(name: str, one: Organization) -> bool:
    """Whether a name is much like ours or an alias; a short single word has to be the same."""
    said = _issuer(name)
    return any(_is_near(said, _issuer(each)) for each in (one.name, *one.aliases))


def _is_near(said: str, ours: str) -> bool:
    """Whether they are the same, word for word, but for slips of the pen."""
    words, those = said.split(), ours.split()
    if said == ours or is_short(said) or is_short(ours) or len(words) != len(those):
        return said == ours
    return all(fuzz.ratio(one, other) >= LIKE for one, other in zip(words, those, strict=True))


def is_same(name: str, one: Organization) -> bool:
    """Whether a name is ours or an alias, but for the legal form and the kind of security behind it."""
    return _issuer(name) in map(_issuer, (one.name, *one.aliases))


def are_like(name: str, others: Iterable[str]) -> bool:
    """Whether a name may be of the same company as one of these: shortened, or with more words than it."""
    return any(_may_be(_issuer(name), _issuer(each)) for each in others)


def _may_be(name: str, ours: str) -> bool:
    """Whether all its words stand for words of ours, the first among them, or all of ours are in it."""
    if _is_near(name, ours) or _is_run_together(name, ours) or _is_run_together(ours, name):
        return True
    words, those = name.split(), ours.split()
    if is_short(ours) or not those:
        return ours in words
    found = [{place for place, each in enumerate(those) if _stands_for(word, each)} for word in words]
    named = set().union(*found)
    return len(named) == len(those) or (0 in named and all(found))


def _stands_for(word: str, ours: str) -> bool:
    """“solut” and “intl” stand for solutions and international."""
    if len(word) < _ABBREVIATION or word[0] != ours[0]:
        return word == ours
    letters = iter(ours)
    return ours.startswith(word) or (word[-1] == ours[-1] and all(sign in letters for sign in word))


def _is_run_together(name: str, other: str) -> bool:
    """“walmart” begins “wal mart stores”."""
    start, joined = name.replace(" ", ""), ""
    return bool(start) and any(start == (joined := joined + word) for word in other.split())


def issuer_number(isin: str) -> str:
    """Six signs that all securities of one issuer share, "" where no such stand in the ISIN.

    In the United States and Canada it is a CUSIP between country and check digit, of shares and bonds alike.
    """
    return isin[2:8] if isin[:2] in ("US", "CA") else ""


def _issuer(name: str) -> str:
    """A plain name without the kind of security behind it: “Example Cameras Inc. Class A”."""
    return plain(_SECURITY.sub("", folded(name)))
