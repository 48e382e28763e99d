"""Private addresses in every spelling that we know, and one crawl by the real spider over all of them.

Forms × addresses, so that a new form or a new block is one line. None of them may ever be connected to. Two
things are watched: a listener on 127.0.0.1 and ::1 counts what knocks, and every connect that any socket of
the crawling process is told to make is noted, which covers the addresses where nobody can listen here.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address

from monitor.model import Access
from monitor.settings import Network
from tests.crawl_once import Outcome, Wanted, crawl_in_process
from tests.loopback import Loopback, redirect
from tests.sockets import Listener

START = "start.example"  #: our own host: the one that may be connected to, and it redirects anywhere
REBINDING = "rebinding.example"

IPV4 = (
    "127.0.0.1",  # loopback
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # link-local: cloud metadata
    "100.64.0.1",  # carrier-grade NAT
    "100.100.100.200",  # there: Alibaba's metadata
    "168.63.129.16",  # Azure's host agent
    "0.0.0.0",
    "224.0.0.1",  # multicast
    "198.18.0.1",
    "255.255.255.255",
)

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CIRCLED = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")


def _bytes(ip: IPv4Address) -> tuple[int, int, int, int]:
    one, two, three, four = ip.packed
    return one, two, three, four


def _groups(ip: IPv4Address) -> str:
    """As the last 32 bits of an IPv6 address: 7f00:1."""
    return f"{int(ip) >> 16:x}:{int(ip) & 0xFFFF:x}"


FORMS: dict[str, Callable[[IPv4Address], str]] = {
    "dotted": str,
    "decimal": lambda ip: str(int(ip)),
    "hex": lambda ip: hex(int(ip)),
    "hex in capitals": lambda ip: f"0X{int(ip):08X}",
    "octal": lambda ip: f"0{int(ip):o}",
    "dotted hex": lambda ip: ".".join(map(hex, _bytes(ip))),
    "dotted octal": lambda ip: ".".join(f"0{byte:o}" for byte in _bytes(ip)),
    "octal with more zeros": lambda ip: ".".join(f"000{byte:o}" for byte in _bytes(ip)),
    "mixed": lambda ip: "{:#x}.{}.0{:o}.{}".format(*_bytes(ip)),
    "three parts": lambda ip: "{}.{}.{}".format(*_bytes(ip)[:2], int(ip) & 0xFFFF),
    "two parts": lambda ip: f"{_bytes(ip)[0]}.{int(ip) & 0xFFFFFF}",
    "two parts in hex": lambda ip: f"{_bytes(ip)[0]:#x}.{int(ip) & 0xFFFFFF:#x}",
    "full-width digits": lambda ip: str(ip).translate(_FULL_WIDTH),
    "circled digits": lambda ip: str(ip).translate(_CIRCLED),
    "ideographic dots": lambda ip: str(ip).replace(".", "。"),
    "full-width dots": lambda ip: str(ip).replace(".", "．"),
    "a dot at the end": lambda ip: f"{ip}.",
    "IPv4-mapped": lambda ip: f"[::ffff:{ip}]",
    "IPv4-mapped in hex": lambda ip: f"[0:0:0:0:0:FFFF:{_groups(ip)}]",
    "IPv4-compatible": lambda ip: f"[::{ip}]",
    "IPv4-translated": lambda ip: f"[::ffff:0:{ip}]",
    "NAT64": lambda ip: f"[64:ff9b::{_groups(ip)}]",
    "local NAT64": lambda ip: f"[64:ff9b:1::{ip}]",
    "6to4": lambda ip: f"[2002:{_groups(ip)}::1]",
    "Teredo": lambda ip: f"[2001:0:{_groups(ip)}:0:63bf:{_groups(IPv4Address(int(ip) ^ 0xFFFFFFFF))}]",
}

IPV6 = (
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::1%25lo]",
    "[::1%lo]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fe80::1%lo]",
    "[FE80::A9FE:A9FE]",
    "[fc00::1]",
    "[fd00:ec2::254]",  # Amazon's metadata
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[5f00::1]",
)

#: Names and what they resolve to: one answer after the other, the last one for ever.
PRIVATE_NAMES: dict[str, list[list[str]]] = {
    "localhost": [["127.0.0.1"]],
    "LocalHost.": [["127.0.0.1"]],
    "inside.example": [["127.0.0.1"]],
    "inside6.example": [["::1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "nat64.example": [["64:ff9b::7f00:1"]],
    "intranet.example": [["10.0.0.7"]],
    "metadata.example": [["169.254.169.254"]],
    "both.example": [["93.184.216.34", "127.0.0.1"]],
    "both-other-way.example": [["127.0.0.1", "93.184.216.34"]],
    "both-families.example": [["2606:4700::1111", "::1"]],
}
_NAMES = {
    **{name.lower(): answers for name, answers in PRIVATE_NAMES.items()},
    **{f"{ip}.": [[ip]] for ip in IPV4},  # as some resolvers say
    START: [["127.0.0.1"]],
    REBINDING: [["8.8.8.8"], ["127.0.0.1"]],  # public while it is judged, private later
}


def spellings() -> Iterator[tuple[str, str]]:
    """(host as in a URL, what it is), all different."""
    for ip in map(IPv4Address, IPV4):
        yield from {form(ip): f"{ip}, {name}" for name, form in FORMS.items()}.items()
    yield from ((host, "IPv6") for host in IPV6)
    yield from ((host, "a name that resolves to it") for host in PRIVATE_NAMES)


@dataclass(frozen=True)
class Tried:
    """One crawl over everything: page ids are the hosts, and "to <host>" for a redirect to it."""

    outcome: Outcome
    start_port: int
    listener_port: int
    knocks: int

    def state(self, page_id: str) -> Access:
        """What came of this page."""
        failure = self.outcome.of(page_id).failure
        return Access.OK if failure is None else failure.kind

    def strangers(self) -> set[tuple[str, int]]:
        """Addresses that a socket was told to connect to, other than that of our own host."""
        return set(self.outcome.connects) - {("127.0.0.1", self.start_port)}


def try_spellings() -> Tried:
    """Ask for each spelling, follow a redirect to each, and for a name that changes its answer."""
    with ExitStack() as stack:
        listener = stack.enter_context(Listener())
        targets = {host: f"http://{host}:{listener.port}/" for host, _ in spellings()}
        hops = {f"/{n}": redirect(url.encode().decode("latin-1")) for n, url in enumerate(targets.values())}
        start = stack.enter_context(Loopback(hops))
        wanted = [Wanted(host, url) for host, url in targets.items()]
        wanted += [Wanted(f"to {host}", start.url(f"/{n}", START)) for n, host in enumerate(targets)]
        wanted.append(Wanted(REBINDING, f"http://{REBINDING}:{listener.port}/"))
        outcome = crawl_in_process(
            wanted,
            network=Network(allow_hosts=(START,), delay_seconds=0.0, timeout_seconds=5.0),
            names=_NAMES,
            environ={"http_proxy": f"http://127.0.0.1:{listener.port}"},
        )
        return Tried(outcome, start.port, listener.port, listener.knocks())
