"""The dossier of each organization of the demo, in every format: the command as a whole process.

    python -m tests.benchmarks.dossier [--home FOLDER]

Exits 1 where one takes over 5 s.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.home import Home

LIMIT = 5.0  #: seconds
FORMATS = ("json", "html", "xlsx", "pdf")
_DEMO = "from pathlib import Path; import sys; from app.demo import watch_editions; watch_editions(Path(sys.argv[1]))"
_PROGRAM = "import sys; from app.cli import main; main()"


def report(home: Path) -> Iterator[tuple[str, float]]:
    """A line for each organization and format, and the seconds that it took."""
    for one in Home(home, home / "config").watchlist.organizations:
        for kind in FORMATS:
            file = home.parent / f"{one.id}.{kind}"
            command = ("--home", str(home), "dossier", one.id, "-o", str(file))
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", _PROGRAM, *command], check=True, capture_output=True)
            seconds = time.perf_counter() - began
            yield f"{one.id:<24}{kind:<6}{seconds:>7.2f} s{file.stat().st_size / 1024:>9.1f} KB", seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a dossier is over its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--home", type=Path, help="a home that is there already (default: a new demo)")
    asked = parser.parse_args(arguments)
    print("dossiers of the demo, the whole command")
    with tempfile.TemporaryDirectory(prefix="pledgewatch-dossier-") as folder:
        home = asked.home or Path(folder, "home")
        if not asked.home:
            subprocess.run([sys.executable, "-c", _DEMO, str(home)], check=True, capture_output=True)
        slowest = 0.0
        for line, seconds in report(home):
            print(line, flush=True)
            slowest = max(slowest, seconds)
    print(f"slowest {slowest:.2f} s, limit {LIMIT:.0f} s")
    return int(slowest > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
