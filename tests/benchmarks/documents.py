"""A thousand hostile documents, each read by the worker and compared with a good page: time and memory.

python -m tests.benchmarks.documents [WORDS]      (only the families whose name holds these words)

Ends with 1 where a document took more than 20 s or a process more than 500 MB. Nothing may crash at all.
"""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from monitor.compare import compare_unbelieving
from monitor.errors import ExtractError
from monitor.extract import extract
from monitor.model import Document
from monitor.reader import Reader
from tests.hostile_documents import HTML, PAGE, Hostile, documents
from tests.texts import access_rules, english

SECONDS_AT_MOST = 20.0
MEGABYTES_AT_MOST = 500.0
_EVERY = 0.02  # seconds between two looks at the worker's memory
_ROW = "{:34} {:>5} {:>5}  {:<42} {:>8} {:>8} {:>8} {:>8}"


@dataclass(slots=True)
class Cost:
    """What the documents of one family came to. Seconds of the slowest; peaks in MB of resident memory."""

    family: str
    count: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reading: float = 0.0
    slowest: float = 0.0
    worker: float = 0.0
    program: float = 0.0

    def row(self) -> str:
        """One line of the table."""
        refused = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()) if kind != "read")
        figures = (f"{self.reading:.2f}", f"{self.slowest:.2f}", f"{self.worker:.0f}", f"{self.program:.0f}")
        return _ROW.format(self.family, self.count, self.kinds["read"], refused, *figures)


class Watch:
    """The peaks of the worker and of this process since `start`, as the kernel counts them."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.worker = reader, 0.0
        threading.Thread(target=self._look, daemon=True).start()

    def start(self) -> None:
        """From here on; the kernel forgets the peaks so far."""
        self.worker = 0.0
        for process in ("self", str(self.reader.pid or "self")):
            Path(f"/proc/{process}/clear_refs").write_text("5")

    @property
    def program(self) -> float:
        """The peak of this process."""
        return _peak("self")

    def _look(self) -> None:
        while True:
            if self.reader.pid:
                self.worker = max(self.worker, _peak(str(self.reader.pid)))
            time.sleep(_EVERY)


def _peak(process: str) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:  # it has just ended
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0
    )


def costs(words: str = "") -> Iterator[Cost]:
    """One for each family, as soon as it is through."""
    normal = extract(PAGE.encode(), HTML)
    chosen = (one for one in documents() if words in one.family)
    with Reader() as reader:
        watch = Watch(reader)
        compare_unbelieving(normal, normal, english(), access_rules(), "")
        for family, ones in groupby(chosen, lambda one: one.family):
            cost = Cost(family)
            for one in ones:
                _measure(one, normal, reader, watch, cost)
            yield cost


def _measure(one: Hostile, normal: Document, reader: Reader, watch: Watch, cost: Cost) -> None:
    watch.start()
    began = time.perf_counter()
    try:
        document = reader.extract(one.body, one.media_type, charset=one.charset)
        read = time.perf_counter()
        compare_unbelieving(normal, document, english(), access_rules(), "")
        kind = "read"
    except ExtractError as trouble:
        read, kind = time.perf_counter(), trouble.kind
    ended = time.perf_counter()
    cost.count += 1
    cost.kinds[kind] += 1
    cost.reading = max(cost.reading, read - began)
    cost.slowest = max(cost.slowest, ended - began)
    cost.worker = max(cost.worker, watch.worker)
    cost.program = max(cost.program, watch.program)


def main(words: str = "") -> int:
    """Print the table and its sum; 1 where a bound is broken."""
    titles = ("family", "count", "read", "refused", "read s", "all s", "worker", "program")
    print(_ROW.format(*titles))
    total = Cost("all")
    for cost in costs(words):
        print(cost.row(), flush=True)
        total.count += cost.count
        total.kinds += cost.kinds
        total.reading, total.slowest = max(total.reading, cost.reading), max(total.slowest, cost.slowest)
        total.worker, total.program = max(total.worker, cost.worker), max(total.program, cost.program)
    print(total.row())
    return int(total.slowest > SECONDS_AT_MOST or max(total.worker, total.program) > MEGABYTES_AT_MOST)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
