"""What a process under test does with the network: seen from inside and outside, and kept on this machine."""

import errno
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Self


def watch_connects(connects: list[tuple[str, int]], alone: bool) -> None:
    """Note each connect(2) of this process in `connects`; alone: those that leave this machine fail.

    Python itself announces every connect of every socket (sys.audit), before the kernel hears of it; so what
    is not in the list sent no packet.
    """

    def seen(event: str, details: tuple[Any, ...]) -> None:
        if event != "socket.connect" or details[0].family not in (socket.AF_INET, socket.AF_INET6):
            return
        host, port = details[1][:2]
        connects.append((host, port))
        if alone and host not in ("127.0.0.1", "::1"):
            raise OSError(errno.ENETUNREACH, "the test lets nothing out")

    sys.addaudithook(seen)


def names_from(names: Mapping[str, Sequence[Sequence[str]]]) -> Callable[..., Any]:
    """A socket.getaddrinfo that knows these names, localhost and numbers, and asks nobody else.

    Each name has its answers one after the other, the last one for ever.
    """
    really = socket.getaddrinfo
    waiting = {
        name: list(answers) for name, answers in ({"localhost": [["127.0.0.1"]]} | dict(names)).items()
    }

    def getaddrinfo(
        host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Any:
        answers = waiting.get(host if isinstance(host, str) else host.decode("ascii"), [[host]])
        ips = answers.pop(0) if len(answers) > 1 else answers[0]
        flags |= socket.AI_NUMERICHOST
        return [found for ip in ips for found in really(ip, port, family, type, proto, flags)]

    return getaddrinfo


def peak_bytes() -> int:
    """The most memory that this process ever held (resident), in bytes. Linux counts it since its start."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


class Listener:
    """Listens on one port of 127.0.0.1 and ::1, and never answers. A context manager."""

    def __init__(self) -> None:
        self._sockets = [socket.create_server(("127.0.0.1", free_port()))]
        self.port: int = self._sockets[0].getsockname()[1]
        if socket.has_ipv6:
            self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))

    def knocks(self) -> int:
        """How many connections came since the last time."""
        return sum(_accepted(one) for one in self._sockets)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            one.close()


def _accepted(listening: socket.socket) -> int:
    listening.setblocking(False)
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return 0
    return 1 + _accepted(listening)


def hold_port() -> socket.socket:
    """A port of 127.0.0.1 that is ours until this socket is closed, and where nobody listens: who asks is refused.

    A server of ours may listen there meanwhile, if it sets SO_REUSEPORT before it binds.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(("127.0.0.1", 0))
    return held


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port where nobody answers until the block ends. One that was let go may be another test's by then."""
    with hold_port() as held:
        yield int(held.getsockname()[1])


_LOWEST, _HIGHEST = 10_000, 30_000  #: below what systems give out (Linux from 32768, others from 49152)
_candidates = count(os.getpid())  # processes that run side by side begin at different ones


def free_port() -> int:
    """A port of 127.0.0.1 for a server that needs its number before it starts: no system gives it to another."""
    for candidate in _candidates:
        port = _LOWEST + candidate % (_HIGHEST - _LOWEST)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("count() has no end")
