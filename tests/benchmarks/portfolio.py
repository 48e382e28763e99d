"""5,000 made-up holdings beside 500 made-up organizations of three pages, of which 100 are held (crowd.py).

    python -m tests.benchmarks.portfolio [--home FOLDER] [--rows 5000] [--held 100]

Time is that of the whole command in this process: the list read and matched, the ledgers and scorecards of all
that is held, the workbook and the page; that the statements were found before is the desk's part. Exits 1 where it takes over 10 s.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from stdnum import isin as isins
from stdnum.iso7064 import mod_97_10

from app.home import Home
from app.portfolio.command import FORMATS, portfolio_of
from app.portfolio.writing import paper_of
from app.stale import stale
from monitor.holdings import read_holdings
from monitor.store import statements
from tests.benchmarks import crowd
from tests.benchmarks.crowd_words import NOW

LIMIT = 10.0  #: seconds
ROWS, HELD, PAGES = 5_000, 100, 3
_SYLLABLES = [
    "ba",
    "ce",
    "dor",
    "fen",
    "gal",
    "hin",
    "jor",
    "kel",
    "lum",
    "mar",
    "nov",
    "or",
    "pel",
    "quin",
    "ras",
    "sol",
    "tur",
    "vex",
    "wil",
    "zan",
]


def isin(number: int) -> str:
    """Made up, with its check digit."""
    base = f"XS{number:09d}"
    return base + isins.calc_check_digit(base)


def lei(number: int) -> str:
    """The same."""
    base = f"5299{number:014d}"
    return base + mod_97_10.calc_check_digits(base)


def with_identifiers(config: Path, new: Path) -> Path:
    """A copy of this config folder in which every organization has a ticker, an ISIN and an LEI."""
    shutil.copytree(config, new)
    for number, file in enumerate(sorted((new / "watchlist").glob("*.toml"))):
        said = f'ticker = "T{number}"\nexchange = "NYSE"\nisin = "{isin(number)}"\nlei = "{lei(number)}"\n'
        file.write_text(f'{file.read_text()}\n[identifiers]\n{said}certainty = "seen"\n')
    return new


def holdings(names: Sequence[str], rows: int) -> bytes:
    """A list in which each of these is held, by turns by ISIN, LEI, ticker and name, among strangers."""
    draw = Random(7)
    lines = [*_held(names), *(_stranger(draw, number) for number in range(len(names), rows))]
    draw.shuffle(lines)
    return "".join(f"{line}\n" for line in ("name,isin,lei,ticker,exchange,weight,amount", *lines)).encode()


def _held(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        by = (
            f"{name} Inc.,{isin(number)},,,,",
            f"{name} plc,,{lei(number)},,,",
            f",,,T{number},XNYS,",
            f"{name},,,,,",
        )
        yield f"{by[number % 4]}0.02,1000.5"


def _stranger(draw: Random, number: int) -> str:
    first, second = ("".join(draw.choices(_SYLLABLES, k=3)).title() for _ in range(2))
    return f"{first} {second} Ltd,{isin(number + 10_000)},{lei(number + 10_000)},,,0.02,1000.5"


def indexed(home: Home) -> None:
    """Say of the crowd's pages that their statements were found by the program of today, as they were."""
    with home.open_store() as store:
        news = stale(home, store)
        with store.begin() as conn:
            known = statements.all_indexed(conn)
            for page, _, words in news:
                statements.keep_indexed(conn, replace(known[page.id], words=words))


def seconds(home: Home, rows: int, held: int) -> tuple[float, int, int]:
    """How long it takes, how many holdings were matched, how many bytes the workbook and the page have."""
    data = holdings([one.name for one in home.watchlist.organizations[:held]], rows)
    home.asks, home.rules.lexicons["en"]
    began = time.perf_counter()
    found = portfolio_of(home, read_holdings(data), NOW.date().replace(year=NOW.year - 1), NOW)
    paper = paper_of(found)
    size = sum(len(FORMATS[one](paper)) for one in ("xlsx", "html"))
    return time.perf_counter() - began, len(found.matching.matched), size


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figure; 1 where it is over the limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--home", type=Path, help="a crowd that is there already (default: a new one)")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--held", type=int, default=HELD)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="pledgewatch-portfolio-") as folder:
        root = asked.home or crowd.fill(Path(folder, "home"), pages=PAGES).root
        home = Home(root, with_identifiers(root / "config", Path(folder, "config")))
        indexed(home)
        took, matched, size = seconds(home, asked.rows, asked.held)
        watched = len(home.watchlist.organizations)
    over = took > LIMIT
    print(
        f"a portfolio of {asked.rows:,} rows, {matched:,} matched among {watched:,} organizations: "
        f"{took:.1f} s of {LIMIT:.0f} s ({took / LIMIT:.0%}), {size / 1024:,.0f} KB"
        f"{'  OVER' if over else ''}"
    )
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
