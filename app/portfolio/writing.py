"""A portfolio as a paper: counts, exposures, changes to the weaker, asks, ends, and all without a place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.papers.paper import Block, Cell, Facts, Items, Paper, Paragraph, Section, Table
from app.portfolio.asking import BY_LENS, OPEN, by_lens, in_words, open_asks
from app.portfolio.gathering import Position, Weakened
from app.portfolio.method import NOTE, SETTLE, method
from monitor.holdings import Ambiguous, Holding, Holdings, Matched, Matching
from monitor.scorecard import State
from monitor.until import Until

_HOLDING = ("row", "holding", "ISIN", "LEI", "ticker", "exchange", "weight %", "amount", "currency")


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All that the paper says. since, today: days (UTC); positions: by the id of the organization."""

    holdings: Holdings
    matching: Matching
    positions: Mapping[str, Position]
    since: date
    today: date

    @property
    def held(self) -> dict[str, list[Matched]]:
        """Id of an organization → the holdings that cover it, in the order of ids."""
        found: dict[str, list[Matched]] = {}
        for one in self.matching.matched:
            for id in (one.organization.id, *one.covers):
                found.setdefault(id, []).append(one)
        return dict(sorted(found.items()))


def paper_of(portfolio: Portfolio) -> Paper:
    """The paper. It holds no time but the days that were asked for."""
    since, today = portfolio.since, portfolio.today
    sections = (
        _section("exposures", "Exposures", _exposures(portfolio)),
        _section("weaker", f"Changes to the weaker since {since}", _weaker(portfolio)),
        _section("lenses", "Asks by state, each lens by itself", _lenses(portfolio)),
        _section("asks", "Asks that are unmet or regressed", _asks(portfolio)),
        _section("ending", "Commitments that lapse", _ending(portfolio)),
        _section(
            "ambiguous",
            "Ambiguous: a person has to decide",
            Paragraph(SETTLE, soft=True),
            _ambiguous(portfolio.matching.ambiguous),
        ),
        _section("not-covered", "Not covered", _not_covered(portfolio.matching.not_covered)),
        _section("rows", "Rows with something wrong", _problems(portfolio.holdings)),
        _section(
            "method", "Method and limits", Items(portfolio.holdings.notes), Items(method(portfolio.since))
        ),
    )
    subtitle = f"What the issuers promised on facial recognition, as of {today}; changes since {since}"
    return Paper("Portfolio", subtitle, Facts(tuple(_counts(portfolio))), sections, NOTE)


def _section(id: str, title: str, *blocks: Block) -> Section:
    return Section(id, title, blocks)


def _counts(portfolio: Portfolio) -> Iterator[tuple[str, str]]:
    matching, positions = portfolio.matching, portfolio.positions.values()
    yield "Rows in the list", f"{portfolio.holdings.rows:,}"
    yield "Holdings", f"{len(portfolio.holdings.holdings):,}"
    yield "Matched", f"{len(matching.matched):,}"
    yield (
        "… by an identifier or a name that is not confirmed",
        f"{sum(not one.is_sure for one in matching.matched):,}",
    )
    yield "Ambiguous", f"{len(matching.ambiguous):,}"
    yield "Not covered", f"{len(matching.not_covered):,}"
    yield "Weight covered", _covered(portfolio)
    yield "Organizations covered", f"{len(portfolio.positions):,}"
    yield (
        f"… with changes to the weaker since {portfolio.since}",
        f"{sum(one.weaker > 0 for one in positions):,}",
    )
    yield (
        "… with commitments that lapse within 180 days or have lapsed",
        f"{sum(bool(one.ending) for one in positions):,}",
    )
    yield (
        "… with pages that nobody could read lately, or none",
        f"{sum(bool(one.unread) for one in positions):,}",
    )


def _covered(portfolio: Portfolio) -> str:
    """The weight that is matched, as a share of what the list weighs; long and short positions alike."""
    total = _weight(portfolio.holdings.holdings)
    if not total:
        return "the list has no weights"
    share = _weight(one.holding for one in portfolio.matching.matched)
    return f"{share:.2f} of {total:.2f} percent"


def _weight(holdings: Iterable[Holding]) -> Decimal:
    return sum((abs(one.weight) for one in holdings if one.weight is not None), Decimal(0))


# --------------------------------------------------------------------------- the tables


def _exposures(portfolio: Portfolio) -> Table:
    columns = (
        *("row", "holding", "organization", "through", "weight %", "amount", "currency"),
        *("commitments standing", f"changes to the weaker since {portfolio.since}", "lapsing or lapsed"),
        *("asks regressed, by lens", "asks unmet, by lens", "pages not read", "matched by", "confirmed"),
        *("our identifier", "remarks", "ISIN", "LEI", "ticker", "exchange", "organization id"),
    )
    rows = tuple(
        _exposure(one, portfolio.positions[id])
        for one in portfolio.matching.matched
        for id in (one.organization.id, *one.covers)
    )
    return Table(
        "exposures", "Each matched holding, and what it covers", columns, rows, "No holding matched."
    )


def _exposure(one: Matched, position: Position) -> tuple[Cell, ...]:
    row, name, *identifiers, weight, amount, currency = _holding(one.holding)
    is_itself = position.organization.id == one.organization.id
    through = "" if is_itself else f"{one.organization.name} (parent)"
    figures = (weight, amount, currency) if is_itself else (None, None, "")  # counted once, with the parent
    return (
        *(row, name, position.organization.name, through, *figures),
        *(position.standing, position.weaker, len(position.ending)),
        *(in_words(position, State.REGRESSED), in_words(position, State.UNMET), "; ".join(position.unread)),
        *(one.how.value, "yes" if one.is_sure else "no", one.certainty, " ".join(one.remarks)),
        *(*identifiers, position.organization.id),
    )


def _holding(one: Holding) -> tuple[Cell, ...]:
    rows = ", ".join(f"{row}" for row in one.rows[:20]) + (" …" if len(one.rows) > 20 else "")
    figures = (_figure(one.weight), _figure(one.amount))
    return (
        rows,
        one.name or one.organization,
        one.isin,
        one.lei,
        one.ticker,
        one.exchange,
        *figures,
        one.currency,
    )


def _figure(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _weaker(portfolio: Portfolio) -> Table:
    columns = (
        *("organization", "page", "seen first", "confirmed", "kind", "before", "after", "held in rows"),
        *("counted", "alert", "link"),
    )
    rows = (
        _change(portfolio.positions[id], held, one)
        for id, held in portfolio.held.items()
        for one in portfolio.positions[id].weakened
    )
    caption = (
        f"Confirmed changes to the weaker first seen since {portfolio.since}, words that are new among them"
    )
    return Table("weaker", caption, columns, tuple(rows), f"None was confirmed since {portfolio.since}.")


def _change(position: Position, held: Sequence[Matched], one: Weakened) -> tuple[Cell, ...]:
    finding, alert = one.tracked.finding, one.alert
    return (
        *(position.organization.name, one.page_id, one.tracked.first_seen_at, one.tracked.confirmed_at),
        *(finding.kind.value, finding.before_quote, finding.after_quote, _rows(held)),
        *(f"no: {one.against}" if one.against else "yes", alert.id if alert else "", _link(one)),
    )


def _link(one: Weakened) -> str:
    return one.alert.links.get("desk", "") if one.alert else ""


def _rows(held: Sequence[Matched]) -> str:
    rows = sorted({row for one in held for row in one.holding.rows})
    return ", ".join(map(str, rows[:20])) + (" …" if len(rows) > 20 else "")


def _lenses(portfolio: Portfolio) -> Table:
    rows = (row for position in _in_order(portfolio) for row in by_lens(position))
    return Table(
        "asks-by-lens", "Parts of asks in each state", BY_LENS, tuple(rows), "No ask addresses any of them."
    )


def _asks(portfolio: Portfolio) -> Table:
    rows = (row for position in _in_order(portfolio) for row in open_asks(position))
    caption = "Each part of an ask that is unmet, or regressed against the organization's own words"
    return Table("asks-open", caption, OPEN, tuple(rows), "None.")


def _in_order(portfolio: Portfolio) -> Iterator[Position]:
    return (portfolio.positions[id] for id in portfolio.held)


def _ending(portfolio: Portfolio) -> Table:
    columns = ("organization", "ends", "status", "words", "page", "last seen", "held in rows")
    rows = (
        (
            *(position.organization.name, _day(one.end), one.status.value, one.saying.quote),
            *(one.saying.page_id, one.last_seen, _rows(held)),
        )
        for id, held in portfolio.held.items()
        for position in [portfolio.positions[id]]
        for one in position.ending
    )
    caption = "Commitments that end by their own words within 180 days, or have ended and still stand there"
    return Table("lapsing", caption, columns, tuple(rows), "None.")


def _day(end: Until | None) -> Cell:
    """A day that is only known "at the latest" says so."""
    if end is None:
        return None
    return str(end) if end.is_counted else end.day


def _ambiguous(those: Sequence[Ambiguous]) -> Table:
    rows = (
        (*_holding(one.holding), one.why, each.organization.name, each.organization.id, each.why)
        for one in those
        for each in one.candidates
    )
    columns = (*_HOLDING, "why", "candidate", "candidate id", "what fits")
    return Table("ambiguous", "A row for each candidate", columns, tuple(rows), "None.")


def _not_covered(those: Sequence[Holding]) -> Table:
    caption = "Holdings of no organization on the watchlist, as far as the list tells"
    return Table("not-covered", caption, _HOLDING, tuple(map(_holding, those)), "None.")


def _problems(holdings: Holdings) -> Table:
    rows = tuple((one.row, one.what) for one in holdings.problems)
    return Table("rows", "As a spreadsheet counts the rows", ("row", "what is wrong"), rows, "None.")
