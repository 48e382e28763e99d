"""What a command costs: CPU seconds and peak memory as the kernel counts them, and wall seconds beside them.

Keep whoever imports this small: a child's peak memory starts at what its parent had.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """One run, process start included. peak is resident memory in MB (2^20 bytes)."""

    wall: float
    cpu: float
    peak: float
    output: str = ""


def cost_of(command: Sequence[str]) -> Cost:
    """Run to the end and measure; a run that failed is no measurement, so it ends the benchmark."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with exit code {process.returncode}:\n{said}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


def least(costs: Iterable[Cost]) -> Cost:
    """The least of each figure; the highest peak."""
    all_costs = list(costs)
    return Cost(
        min(cost.wall for cost in all_costs),
        min(cost.cpu for cost in all_costs),
        max(cost.peak for cost in all_costs),
    )
