"""The same comparisons in another process, under another hash seed or another Python: the same bytes?

Run as a module with two numbers it prints one digest a pair: of every so many, from the place of the first on.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from tests.benchmarks.quality.answers import compare, digest, read
from tests.benchmarks.quality.cases import load, pairs_of

_SEED = "20211102"


@dataclass(frozen=True, slots=True)
class Repeat:
    """One such process, started and not yet read."""

    process: subprocess.Popen[str]
    output: IO[str]

    def digests(self) -> list[str]:
        """Wait for the end. A run that failed is no repetition, so it ends everything."""
        if self.process.wait():
            raise RuntimeError("Another Python could not repeat the comparisons: it says why above.")
        self.output.seek(0)
        return self.output.read().split()


@contextmanager
def repeating(python: str, first: int = 0, every: int = 1) -> Iterator[Repeat]:
    """A repetition that never outlives its reader: of every so many pairs one, from this place on."""
    command = [python, "-m", "tests.benchmarks.quality.repeat", str(first), str(every)]
    environment = {**os.environ, "PYTHONHASHSEED": _SEED}
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, env=environment, text=True)
        try:
            yield Repeat(process, output)
        finally:
            process.kill()
            process.wait()


def unlike(names: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> frozenset[str]:
    """The pairs that were answered otherwise."""
    return frozenset(name for name, one, other in zip(names, ours, theirs, strict=True) if one != other)


def main() -> None:
    """Print the digests."""
    first, every = map(int, sys.argv[1:])
    for pair in pairs_of(load())[first::every]:
        sys.stdout.write(f"{digest(compare(read(pair)))}\n")


if __name__ == "__main__":
    main()
