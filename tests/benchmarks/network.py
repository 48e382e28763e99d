"""Print what a hostile network tried and what came of it: `python -m tests.benchmarks.network`.

Ends with 1 where a row went otherwise than reliability.md asks, a packet reached a private address, a cut body
was taken for a page, or the crawling process held more memory than it may.
"""

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.model import Access
from spiders.decoders import UndecodableError, decode
from tests.compressed import CODECS, ENCODERS, TEXT, cut_points
from tests.hostile_crawl import Happened, Run, run, unexpected
from tests.spellings import REBINDING, Tried, spellings, try_spellings

MOST_BYTES = 150_000_000


def main() -> int:
    with TemporaryDirectory() as folder:
        done = run(Path(folder))
    tried = try_spellings()
    recognised, cut = truncations()
    print(f"{'row':<4} {'what was tried':<52} {'what happened':<18} why")
    for one in done.happened:
        print(_line(one))
    print()
    print(f"rows as they must be:        {_as_expected(done.happened)} of {len(done.happened)}")
    print(f"truncations recognised:      {recognised} of {cut}, four codecs by a hundred cut points")
    print(f"  … through the spider:      {_as_expected(done.cuts)} of {len(done.cuts)}")
    print(f"private addresses refused:   {_refused(tried)} of {2 * len(hosts())} asked for or redirected to")
    print(
        f"  … spellings:               {len(hosts())}, and a name that changes its answer: {tried.state(REBINDING)}"
    )
    print(f"  … packets to the listener: {tried.knocks + done.knocks}")
    print(f"  … other private connects:  {len(_private_connects(tried))}")
    print(f"peak memory of the crawl:    {done.outcome.peak_bytes / 1e6:.0f} MB of {MOST_BYTES / 1e6:.0f} MB")
    problems = _problems(done, tried, cut - recognised)
    print(*problems, sep="\n")
    return int(bool(problems))


def hosts() -> list[str]:
    """All spellings."""
    return [host for host, _ in spellings()]


def truncations() -> tuple[int, int]:
    """(how many were recognised as partial, how many were tried)."""
    kinds: Counter[Access] = Counter()
    for coding in CODECS:
        encoded = ENCODERS[coding](TEXT)
        kinds.update(_decoded(encoded[:size], coding) for size in cut_points(len(encoded)))
    return kinds[Access.PARTIAL], kinds.total()


def _decoded(body: bytes, coding: str) -> Access:
    try:
        decode(body, [coding], len(TEXT))
    except UndecodableError as error:
        return error.failure.kind
    return Access.OK


def _line(one: Happened) -> str:
    mark = " " if one.state in one.row.expected else "!"
    why = one.message if len(one.message) <= 150 else "… " + one.message[-150:]
    return f"{one.row.id:<4}{mark}{one.row.tried:<52} {one.state:<18} {why}"


def _as_expected(happened: tuple[Happened, ...]) -> int:
    return len(happened) - len(unexpected(happened))


def _refused(tried: Tried) -> int:
    states = [tried.state(way + host) for host in hosts() for way in ("", "to ")]
    return sum(state in (Access.BLOCKED_BY_POLICY, Access.DNS) for state in states)


def _private_connects(tried: Tried) -> set[tuple[str, int]]:
    return {(host, port) for host, port in tried.strangers() if host != "8.8.8.8"}


def _problems(done: Run, tried: Tried, taken: int) -> list[str]:
    wrong = unexpected(done.happened) + unexpected(done.cuts)
    checks = {
        f"{taken} cut bodies were taken for pages": taken > 0,
        "a spelling was not refused": _refused(tried) < 2 * len(hosts()),
        "a private address was reached": bool(tried.knocks or done.knocks or _private_connects(tried)),
        "the crawl held too much memory": done.outcome.peak_bytes >= MOST_BYTES,
    }
    return wrong + [problem for problem, is_so in checks.items() if is_so]


if __name__ == "__main__":
    sys.exit(main())
