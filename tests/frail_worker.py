"""The real worker with a parser that has faults: what a page asks for in capitals, happens.

Run as the worker is (`monitor.reader.worker`), so the faults are real ones of a real process.
"""

import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

from monitor.extract import html
from monitor.reader import worker

_read = html.read


def read(markup: str, **parts: Any) -> Any:
    """As `monitor.extract.html.read`, unless the page asks for a fault."""
    if "SEGFAULT" in markup:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "ABORT" in markup:
        os.abort()
    if "LEAVE" in markup:
        os._exit(3)
    if "ASLEEP" in markup:
        time.sleep(600)
    while "SPIN" in markup:
        pass
    if "GROW" in markup:
        return bytearray(1 << 40)
    if "BUG" in markup:
        raise KeyError("a fault\nof ours")
    if "NONSENSE" in markup:
        os.write(sys.stdin.fileno(), (9).to_bytes(8, "big") + b"{nonsense")
    if "ENDLESS" in markup:
        os.write(sys.stdin.fileno(), (1 << 60).to_bytes(8, "big"))
    for path in re.findall("ONCE (\\S+)", markup):
        if not Path(path).exists():
            Path(path).touch()
            os.abort()
    return _read(markup, **parts)


if __name__ == "__main__":
    html.read = read
    worker.main(*map(int, sys.argv[1:]))
