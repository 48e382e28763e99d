"""States of asks that people decided in place of ours: config/overrules.toml. Pure but for reading it.

    [[overrules]]
    organization = "corvid"
    ask = "POL-1"
    part = "police"              # left out: all parts of the ask
    state = "met"                # met, partial, unmet, regressed or unknown
    reason = "The contract terms that the company sent us forbid it."
    who = "Ana"
    on = 2027-03-01              # the day on which it was decided (UTC)

An overrule holds until words that covered the ask get weaker: it must be dated after the day on which
that was confirmed. Its reason is shown wherever the state is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.asks import Ask, State
from monitor.errors import ConfigError
from monitor.scorecard import Overrule
from monitor.tables import build, dotted, read_toml, suggestion

FILE = "overrules.toml"


@dataclass(frozen=True, slots=True)
class _Row:
    organization: str
    ask: str
    state: State
    reason: str
    who: str
    on: date
    part: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    overrules: tuple[_Row, ...] = ()


def load_overrules(config: Path, asks: Sequence[Ask], organizations: Collection[str]) -> tuple[Overrule, ...]:
    """The overrules of a config folder, in their order; none where it has no overrules.toml.

    organizations: the ids on the watchlist. Raises ConfigError with file and key, also on what is not known.
    """
    file = config / FILE
    if not file.exists():
        return ()
    rows = build(_File, read_toml(file), str(file)).overrules
    parts = {ask.id: {part.name for part in ask.parts} for ask in asks}
    seen: set[tuple[str, str, str, date]] = set()
    for place, row in enumerate(rows):
        key = f"overrules[{place}]"
        _check(row, str(file), key, parts, organizations)
        same = (row.organization, row.ask, row.part, row.on)
        if same in seen:
            problem = "decides the same part twice on one day; leave one of them out"
            raise ConfigError(str(file), key, problem)
        seen.add(same)
    return tuple(_overrule(row) for row in rows)


def refuse_undecided(overrules: Sequence[Overrule], today: date, file: str) -> None:
    """An overrule of a day to come would hide what happens until then. Raises ConfigError."""
    for place, one in enumerate(overrules):
        if one.on > today.isoformat():
            problem = f"is {one.on}, which is still to come; write the day on which it was decided"
            raise ConfigError(file, f"overrules[{place}].on", problem)


def _overrule(row: _Row) -> Overrule:
    return Overrule(row.organization, row.ask, row.state, row.reason, row.who, row.on.isoformat(), row.part)


def _check(
    row: _Row, file: str, key: str, parts: dict[str, set[str]], organizations: Collection[str]
) -> None:
    for name in ("reason", "who"):
        if not getattr(row, name).strip():
            problem = "is empty; an overrule says who decided it, and why"
            raise ConfigError(file, dotted(key, name), problem)
    known = (
        ("organization", organizations, "which is not on the watchlist"),
        ("ask", parts, "which is no ask of asks.toml"),
    )
    for name, ids, problem in known:
        _refuse_unknown(getattr(row, name), ids, problem, file, dotted(key, name))
    if row.part:
        problem = f"which is no part of {row.ask}"
        _refuse_unknown(row.part, parts[row.ask] - {""}, problem, file, dotted(key, "part"))


def _refuse_unknown(id: str, known: Collection[str], problem: str, file: str, key: str) -> None:
    if id not in known:
        raise ConfigError(file, key, f'is "{id}", {problem}; {suggestion(id, known)}')
