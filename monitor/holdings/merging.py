"""Rows of the same holding, added; rows of one identifier that cannot be of one company, kept apart. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter

from monitor.holdings.exchanges import same_exchange
from monitor.holdings.holding import Holding, Problem
from monitor.holdings.known import are_like
from monitor.terms import folded

_NAME, _LEI, _ID = attrgetter("name"), attrgetter("lei"), attrgetter("organization")


def merged(holdings: Sequence[Holding]) -> tuple[list[Holding], list[Problem]]:
    """Each holding once, with the sum of its rows; and what is to be said of that."""
    same: dict[tuple[str, ...], list[Holding]] = {}
    for one in holdings:
        same.setdefault(_key(one), []).append(one)
    kept, problems = [], []
    for those in same.values():
        if why := _why_apart(those):
            apart, found = _apart(those, why)
            kept += apart
            problems += found
            continue
        if len(those) == 1:
            kept += those
            continue
        one, what = _sum(those)
        kept.append(one)
        first = min(row for row in one.rows)
        problems += [Problem(row, f"{what} {first:,}.") for row in one.rows if row != first]
    return kept, problems


def _key(one: Holding) -> tuple[str, ...]:
    """What a holding is known by: the security before its issuer, that before its name."""
    if one.isin:
        return "isin", one.isin
    if one.lei:
        return "lei", one.lei
    if one.ticker:
        return "ticker", one.ticker, *_issuer(one)
    if one.name:
        return "name", folded(one.name) or one.name, one.organization
    return "organization", one.organization


def _issuer(one: Holding) -> tuple[str, ...]:
    """Which company a ticker is of: without an exchange, only the name tells."""
    return (folded(one.exchange),) if one.exchange else ("", folded(one.name) or one.name, one.organization)


def _odd(those: Sequence[Holding]) -> str:
    """What speaks against rows of one key being of one company, "" where nothing does."""
    names, leis_, ids = ({kind(one) for one in those} - {""} for kind in (_NAME, _LEI, _ID))
    found = [kind for kind, said in (("LEI", leis_), ("organization", ids)) if len(said) > 1]
    if any(not are_like(one, [min(names)]) and not are_like(min(names), [one]) for one in names):
        found.append("name")
    return " and ".join(found)


def _why_apart(those: Sequence[Holding]) -> str:
    """How a sentence on rows of one key that are not added goes on, "" where they can be."""
    if odd := _odd(those):
        return f"with another {odd}: only one can be right."
    if _listing(those) is None:
        return "with another ticker or exchange: each was placed by itself."
    return ""


def _apart(those: Sequence[Holding], why: str) -> tuple[list[Holding], list[Problem]]:
    """Rows of one key, added only where they say the same, and a remark on each."""
    same: dict[tuple[str, ...], list[Holding]] = {}
    for one in those:
        said = (folded(one.name) or one.name, one.lei, one.organization, one.ticker, one.exchange)
        same.setdefault(said, []).append(one)
    what = f"The same {_key(those[0])[0]} stands in {len(those)} rows {why}"
    problems = [Problem(row, what) for one in those for row in one.rows]
    return [_sum(each)[0] if len(each) > 1 else each[0] for each in same.values()], problems


def _listing(those: Sequence[Holding]) -> tuple[str, str] | None:
    """The (ticker, exchange) of one row that says all that the others say; None where none does."""
    said = sorted({(one.ticker, one.exchange) for one in those})
    return next((one for one in said if all(_says(one, other) for other in said)), None)


def _says(whole: tuple[str, str], part: tuple[str, str]) -> bool:
    (ticker, exchange), (its_ticker, its_exchange) = whole, part
    is_there = its_exchange in ("", exchange) or same_exchange(its_exchange, exchange)
    return its_ticker in ("", ticker) and is_there


def _sum(those: Sequence[Holding]) -> tuple[Holding, str]:
    """These rows as one holding, and how a sentence on that begins. Their order makes no difference."""
    kinds = ("name", "isin", "lei", "organization", "currency")
    said = {kind: sorted({getattr(one, kind) for one in those} - {""}) for kind in kinds}
    one_currency = len(said["currency"]) < 2
    ticker, exchange = _listing(those) or ("", "")
    holding = Holding(
        ticker=ticker,
        exchange=exchange,
        rows=tuple(sorted(row for one in those for row in one.rows)),
        weight=_total([one.weight for one in those]),
        amount=_total([one.amount for one in those]) if one_currency else None,
        **{kind: (values[0] if values else "") for kind, values in said.items()},
    )
    what = f"The same {_key(those[0])[0]} stands in {len(those)} rows"
    added = "weights and amounts were" if one_currency else "weights were, amounts in several currencies not,"
    return holding, f"{what}: {added} added to row"


def _total(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None
