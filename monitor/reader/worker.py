"""The worker: reads hostile bytes so that the program need not. Started by `monitor.reader`, never by hand.

It talks over its standard input, a socket. It limits itself before it reads the first byte of a page, and
ends when the program does.
"""

import resource
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from monitor.errors import ExtractError
from monitor.extract import MAX_BYTES, extract
from monitor.model import Document
from monitor.reader.limits import refuse_endless
from monitor.reader.messages import Request, answer_frame, read_request, receive, send

READY = b"ready"
_FILES = 64  #: open at once: Python opens some while it imports
_HEAD_AT_MOST = 1_000_000  #: bytes of a request beside the body
_NAMED_AT_MOST = 200  #: characters of an error
_GROWN = 200 * 1024 * 1024  #: bytes of address space; a worker that holds more is worn out
_HELD = Path("/proc/self/statm")


def main(memory: int, cpu_seconds: int, documents: int) -> None:
    """Answer requests until the program ends, or this worker is worn out."""
    _limit(memory)
    with socket.socket(fileno=sys.stdin.fileno()) as line:
        send(line, READY)
        for number in range(1, documents + 1):
            frame = receive(line, MAX_BYTES + _HEAD_AT_MOST)
            if not frame:
                return
            _allow(cpu_seconds)
            answer = _answer(read_request(frame), memory)
            last = number == documents or _held() > _GROWN
            send(line, _answer_frame(answer, memory, last=last))
            if last:
                return


def _limit(memory: int) -> None:
    """No core dump, no written file, no child process, few open files, so much memory and no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_AS, memory),
    ):
        with suppress(ValueError, OSError):  # stricter already, or unknown to this system
            resource.setrlimit(what, (most, most))


def _allow(seconds: int) -> None:
    """So many more seconds of processor time, then the kernel ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, most))


def _held() -> int:
    """Bytes of address space in use; 0 where the system does not say."""
    return int(_HELD.read_text().split()[0]) * resource.getpagesize() if _HELD.exists() else 0


def _answer(asked: Request, memory: int) -> Document | ExtractError:
    try:
        return refuse_endless(
            extract(
                asked.body,
                asked.media_type,
                charset=asked.charset,
                select=asked.select,
                remove=asked.remove,
            )
        )
    except ExtractError as trouble:
        return trouble
    except MemoryError:
        return _needed_more(memory)
    except Exception as error:  # a fault of ours that hostile bytes found: it costs this document
        return ExtractError("unparseable", f"reading it failed with {_named(error)}")


def _named(error: Exception) -> str:
    return " ".join(f"{type(error).__name__} {error}".split())[:_NAMED_AT_MOST]


def _answer_frame(answer: Document | ExtractError, memory: int, *, last: bool) -> bytes:
    try:
        return answer_frame(answer, last=last)
    except MemoryError:
        return answer_frame(_needed_more(memory), last=True)


def _needed_more(memory: int) -> ExtractError:
    megabytes = memory // 1024 // 1024
    return ExtractError("unparseable", f"reading it needed more than {megabytes} MB of memory")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
