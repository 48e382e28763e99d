"""Our whole check beside a spider that only downloads: the same pages, from the same server, by turns."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import Cost, cost_of, least
from tests.benchmarks.policy_pages import addresses, serving, set_nonces

_PLEDGEWATCH = str(Path(sys.executable).parent / "pledgewatch")
_BARE, _BARE_START = "Scrapy, download only", "Scrapy, no page (start-up)"
_COLD, _UNCHANGED, _NONCES = "check, cold", "check, unchanged", "check, unchanged but for nonces"
_START = "check, nothing due (start-up)"
_STARTS = {_BARE: _BARE_START, _COLD: _START, _UNCHANGED: _START, _NONCES: _START}


def report(count: int, rounds: int) -> Iterator[str]:
    """Lines for `count` pages: the least of each figure over so many rounds."""
    with serving(count) as server, TemporaryDirectory(prefix="pledgewatch-bench-") as folder:
        runs = [_round(server, count, Path(folder, str(number))) for number in range(rounds)]
    costs = {name: least(run[name] for run in runs) for name in runs[0]}
    yield f"{count} pages of about 50 KB on loopback, least of {rounds} interleaved rounds, process start included"
    yield f"{'':<34}{'pages/s':>9}{'CPU s':>8}{'CPU ms/page':>13}{'less start':>12}{'× bare':>8}{'peak MB':>9}"
    for name, cost in costs.items():
        yield f"{name:<34}{_figures(name, costs, count) if name in _STARTS else _start(cost)}{cost.peak:>9.0f}"


def _figures(name: str, costs: dict[str, Cost], count: int) -> str:
    cost, start = costs[name], costs[_STARTS[name]]
    each, apart = 1000 * cost.cpu / count, 1000 * (cost.cpu - start.cpu) / count
    ratio = cost.cpu / costs[_BARE].cpu
    return f"{count / cost.wall:>9.0f}{cost.cpu:>8.2f}{each:>13.1f}{apart:>12.1f}{ratio:>8.2f}"


def _start(cost: Cost) -> str:
    return f"{'':>9}{cost.cpu:>8.2f}{'':>33}"


def _round(server: str, count: int, folder: Path) -> dict[str, Cost]:
    """Everything once, in a new home."""
    folder.mkdir()
    urls, nothing, home = folder / "urls.txt", folder / "nothing.txt", folder / "home"
    urls.write_text("\n".join(addresses(server, count)))
    nothing.touch()
    costs = {_BARE_START: _download(nothing, 0), _BARE: _download(urls, count)}
    _make_home(home, urls)
    costs[_COLD] = _check(home, count)
    costs[_UNCHANGED] = _check(home, count)
    costs[_START] = cost_of([_PLEDGEWATCH, "--home", str(home), "check"])
    set_nonces(server, "fresh")
    costs[_NONCES] = _check(home, count)
    set_nonces(server, "same")
    return costs


def _make_home(home: Path, urls: Path) -> None:
    wishes = ["--contact", "bench@example.org", "--allow-host", "127.0.0.1", "--confirm", "none"]
    cost_of([_PLEDGEWATCH, "init", str(home), *wishes])
    cost_of([_PLEDGEWATCH, "--home", str(home), "add", "--from", str(urls)])


def _check(home: Path, count: int) -> Cost:
    return _all_read(cost_of([_PLEDGEWATCH, "--home", str(home), "check", "--all"]), count)


def _download(urls: Path, count: int) -> Cost:
    command = [sys.executable, "-m", "tests.benchmarks.download_only", str(urls)]
    return _all_read(cost_of(command), count)


def _all_read(cost: Cost, count: int) -> Cost:
    """A run that missed pages is no measurement."""
    if not any(line.startswith(f"{count} read") for line in cost.output.splitlines()):
        sys.exit(f"not all of the {count} pages were read:\n{cost.output}")
    return cost
