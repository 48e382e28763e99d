"""What speaks against a match. Where anything does, none is made, and a person decides. Pure."""

from collections.abc import Callable, Mapping, Sequence

from monitor.holdings.exchanges import same_exchange, same_ticker
from monitor.holdings.holding import Holding, How
from monitor.holdings.known import are_like, is_like, is_same, is_short, plain
from monitor.model import Organization
from monitor.terms import folded

_BODIES = frozenset({"agency", "campaign", "city", "regulator", "state"})  #: kinds that are no companies

#: Legal forms, written as one word, that only these countries use (ISO 3166); all others are used in many.
_FORM_IN = {
    "ag": "AT CH DE LI",
    "gmbh": "AT CH DE LI",
    "kgaa": "DE",
    "nv": "BE CW NL SR",
    "bv": "BE NL",
    "ab": "FI SE",
    "oyj": "FI",
    "asa": "NO",
    "kk": "JP",
    "tbk": "ID",
    "bhd": "BN MY",
    "plc": "CY GB GG IE IM JE KE LK MT NG TH",
    "sa": "AR BE BO BR CH CL CO CR EC ES FR GR GT LU MC MX PA PE PL PT PY RO UY",
    "sas": "AR CO EC FR",
    "spa": "CL DZ IT",
}


def against(holding: Holding, names: Sequence[str], one: Organization, how: How) -> str:
    """Why a match by this would not hold: one sentence; "" where nothing in the row speaks against it.

    names: all that the row calls it. Our own id, written by a person, settles everything.
    """
    if how is How.ORGANIZATION:
        return ""
    said = [name for name in names if is_comparable(name)]
    return (
        _another_identifier(holding, one, how)
        or _another_name(said, one, how)
        or _OF[how](holding, tuple(names if how is How.NAME else said), one)
    )


def foreign(holding: Holding) -> str:
    """Which identifier of a security or issuer the row has; asked where none of them fits ours."""
    return " and ".join(kind for kind, said in (("ISIN", holding.isin), ("LEI", holding.lei)) if said)


def is_comparable(name: str) -> bool:
    """Whether it is written in letters that a name of ours can be compared with."""
    return any(sign.isalnum() for sign in folded(name) if sign.isascii())


def is_unlike(name: str, one: Organization) -> bool:
    """Whether a name is of nothing that we know this organization by."""
    if plain(name).replace(" ", "") == one.identifiers.ticker.lower():
        return False
    return is_comparable(name) and not are_like(name, (one.name, *one.aliases))


# --------------------------------------------------------------------------- whatever fits


def _another_identifier(holding: Holding, one: Organization, how: How) -> str:
    ours, fits = one.identifiers, f"Its {how} fit{'' if how is How.LISTING else 's'}"
    if how is not How.LEI and holding.lei and ours.lei and holding.lei != ours.lei:
        return f"{fits}, but its LEI is not the one that we know ({ours.lei})."
    by_ticker = how in (How.LISTING, How.TICKER)
    if by_ticker and holding.isin and ours.isin and holding.isin != ours.isin:
        return f"{fits}, but its ISIN is not the one that we know ({ours.isin})."
    return ""


def _another_name(names: Sequence[str], one: Organization, how: How) -> str:
    unlike = next((name for name in names if is_unlike(name, one)), "")
    fit = "fit" if how is How.LISTING else "fits"
    return unlike and f"Its {how} {fit}, but its name is not like “{one.name}”: “{unlike}”."


# --------------------------------------------------------------------------- by what fits


def _nothing(holding: Holding, names: Sequence[str], one: Organization) -> str:
    """An LEI is of one issuer, whatever security of it this is."""
    return ""


def _of_isin(holding: Holding, names: Sequence[str], one: Organization) -> str:
    """A security has one ticker on an exchange; it may have changed where the name still fits."""
    ours = one.identifiers
    if names or not holding.ticker or same_ticker(holding.ticker, ours.ticker):
        return ""
    if ours.ticker and same_exchange(holding.exchange, ours.exchange):
        return f"Its ISIN fits, but its ticker there is not the one that we know ({ours.ticker})."
    return ""


def _of_issuer(holding: Holding, names: Sequence[str], one: Organization) -> str:
    ours = one.identifiers.isin
    return "" if names else f"Only the issuer number in its ISIN is that of the one that we know ({ours})."


def _of_listing(holding: Holding, names: Sequence[str], one: Organization) -> str:
    if names or not foreign(holding):
        return ""
    return (
        f"Its ticker and exchange fit, but its {foreign(holding)} is none that we know, and no name is given."
    )


def _of_ticker(holding: Holding, names: Sequence[str], one: Organization) -> str:
    """A ticker is used by many: a name beside it has to be ours."""
    if not names:
        return "Only its ticker fits, and tickers are used by several companies."
    if not any(is_like(name, one) for name in names):
        return f"Its ticker fits, but its name is not like “{one.name}”, and no exchange can be compared."
    if foreign(holding) and not any(is_same(name, one) for name in names):
        said = foreign(holding)
        return (
            f"Its ticker fits, but its name is only like “{one.name}”, and its {said} is none that we know."
        )
    return ""


def _of_name(holding: Holding, names: Sequence[str], one: Organization) -> str:
    """A name never stands against an identifier or a listing, and a short single word is the name of many."""
    if said := foreign(holding):
        return (
            f"Its name fits, but its {said} is not one that we know of “{one.name}”: another kind of "
            "security of it, such as a bond, or another company of that name."
        )
    ours = (one.name, *one.aliases)
    fitting = [name for name in names if plain(name) in map(plain, ours)]
    with_form = [name for name in fitting if folded(name) != plain(name)]
    is_whole = any(folded(name) in map(folded, ours) for name in with_form)
    if not is_whole and all(is_short(plain(name)) for name in fitting):
        return "Its name alone fits, and so short a name is used by several companies."
    if with_form and not is_whole and one.kind in _BODIES:
        return f"Its name fits but for a legal form, and “{one.name}” is no company."
    if with_form and not is_whole and one.country and all(_is_abroad(name, one) for name in with_form):
        return (
            f"Its name fits, but with a legal form that is not used in the country of ours ({one.country})."
        )
    return _listed_elsewhere(holding, one)


def _is_abroad(name: str, one: Organization) -> bool:
    form = folded(name).removeprefix(plain(name)).replace(" ", "")
    return form in _FORM_IN and one.country not in _FORM_IN[form].split()


def _listed_elsewhere(holding: Holding, one: Organization) -> str:
    ours = one.identifiers
    if holding.ticker and not same_ticker(holding.ticker, ours.ticker):
        return f"Its name fits, but its ticker is not the one that we know ({ours.ticker or 'none'})."
    has_other = bool(ours.exchange) or not ours.ticker
    if holding.exchange and has_other and not same_exchange(holding.exchange, ours.exchange):
        return f"Its name fits, but its exchange is not the one that we know ({ours.exchange or 'none'})."
    return ""


_OF: Mapping[How, Callable[[Holding, Sequence[str], Organization], str]] = {
    How.LEI: _nothing,
    How.ISIN: _of_isin,
    How.ISSUER: _of_issuer,
    How.LISTING: _of_listing,
    How.TICKER: _of_ticker,
    How.NAME: _of_name,
}
