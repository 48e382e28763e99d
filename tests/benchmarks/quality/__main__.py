"""make quality: how often the detector is right on the labelled pairs, set by set."""

import argparse
import sys

from tests.benchmarks.quality import floors
from tests.benchmarks.quality.beside import beside_told
from tests.benchmarks.quality.breakdowns import breakdowns
from tests.benchmarks.quality.cases import load
from tests.benchmarks.quality.confidence import confidence_told
from tests.benchmarks.quality.explain import explain
from tests.benchmarks.quality.figures import Figure, figures, figures_told
from tests.benchmarks.quality.passes import Results, run
from tests.shared import SHARED, WHY_NOT


def main() -> int:
    """Print the tables, or one case; 1 where a pin was refused."""
    wanted = _arguments()
    if not SHARED.is_dir():
        sys.exit(f"make quality: {WHY_NOT}.")
    if wanted.explain:
        return _explain(wanted.explain)
    results = run(wanted.python)
    found = figures(results)
    for told in breakdowns(results):
        print(told)
    print(beside_told(results), confidence_told(results), figures_told(found), sep="\n")
    _print_broken_promises(results)
    _print_flips(results, found)
    return _pin(results, found) if wanted.pin else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.quality", description=__doc__)
    parser.add_argument("--explain", metavar="CASE", help="show one case: statements, slots, findings")
    parser.add_argument("--pin", action="store_true", help="raise the floors to what is measured now")
    parser.add_argument(
        "--python", action="append", default=[], help="another Python with our libraries: same bytes?"
    )
    return parser.parse_args()


def _explain(id: str) -> int:
    case = next((case for case in load() if case.id == id), None)
    if case is None:
        sys.exit(f"There is no case {id}. A sibling of another case is not scored.")
    print(*explain(case), sep="\n")
    return 0


def _print_broken_promises(results: Results) -> None:
    """Each pair in which a quote is not exact, a statement is in no place, or an answer is not the same."""
    for pair, one in results.by_pair:
        view = "document" if one.is_whole else "passage"
        where = f"{one.case.id} ({view})"
        for quote in one.answer.inexact:
            print(f"Not in the text, {where}: {quote}")
        for quote in one.answer.owed.in_none:
            print(f"In no finding, {where}: {quote}")
        for quote in one.answer.owed.in_several:
            print(f"In several findings, {where}: {quote}")
        if pair.name in results.unlike:
            print(f"Answered otherwise by another process, {where}")


def _print_flips(results: Results, found: tuple[Figure, ...]) -> None:
    pinned = floors.load()
    if pinned.data != floors.data_digest():
        print("\nNothing is pinned for these labelled pairs.")
        return
    flips = list(pinned.flips(results))
    print(f"\nSince the pin {len(flips)} outcomes flipped{':' if flips else '.'}")
    print(*(f"  {flip}" for flip in flips), sep="\n")
    for why in pinned.broken(found):
        print(f"Fell: {why}.")


def _pin(results: Results, found: tuple[Figure, ...]) -> int:
    broken = floors.pin(found, results, floors.data_digest())
    print("Nothing was pinned: floors only go up." if broken else "Pinned.")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
