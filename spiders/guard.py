"""The one choke point for addresses: which URLs we ask for, and which IP addresses we connect to.

A URL is judged by its shape (`refusal`); a host is judged by the addresses its name resolves to, at the
moment of connecting (`GuardedResolver`), so redirects, robots.txt, odd spellings of 127.0.0.1 and names that
change their answer all pass the same gate. Only hosts in network.allow_hosts may have private addresses.
"""

import re
from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer  # type: ignore[import-untyped]

_UNSAFE_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")

_NOT_PUBLIC_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; cloud metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent
        "169.254.0.0/16",  # link-local; cloud metadata at 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
# Everything else is not public: ::1, fc00::/7, fe80::/10, fec0::/10, ff00::/8 …
_GLOBAL_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


def refusal(url: str) -> str:
    """Why we do not ask for this URL, as one sentence; "" when its shape is fine."""
    if _UNSAFE_CHARACTERS.search(url):
        return f"{url!r} holds a blank, a control character or a backslash: write it percent-encoded"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"{url!r} is not a valid URL ({error})"
    if parts.scheme not in ("http", "https"):
        return f"{url!r} is not an http or https URL: only those are fetched"
    if "@" in parts.netloc:
        return f"{url!r} holds a user name: write the URL without it"
    return "" if host else f"{url!r} names no host"


def is_public(ip: str) -> bool:
    """True for an address on the open Internet; False for private, special or unreadable ones."""
    try:
        address = ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    return _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_4)
    if address.ipv4_mapped is not None:
        return _is_public(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_6 and not any(address in block for block in _NOT_PUBLIC_6)


def refused_addresses(host: str, addresses: Sequence[str], allow_hosts: Collection[str]) -> tuple[str, ...]:
    """The addresses for which we do not connect to this host; one is enough to refuse the whole answer."""
    if host.lower() in allow_hosts:
        return ()
    return tuple(address for address in addresses if not is_public(address))


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves names, and gives no address at all where one of them is not public.

    Twisted asks it for every connection, IP literals included (a test holds that fast). `refused` says
    which hosts were refused, and for which address: Twisted itself only sees a name without addresses.
    """

    def __init__(self, reactor: Any, allow_hosts: Collection[str]) -> None:
        installed = reactor.nameResolver
        self._reactor = reactor
        self._resolver: Any = installed._resolver if isinstance(installed, GuardedResolver) else installed
        self._allow_hosts = frozenset(host.lower() for host in allow_hosts)
        self.refused: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """How Scrapy's own command line builds it (setting TWISTED_DNS_RESOLVER)."""
        return cls(reactor, crawler.settings.getlist("ALLOW_HOSTS"))

    def install_on_reactor(self) -> None:
        """From now on every connection of this process asks here."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 (Twisted's interface)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """See IHostnameResolver."""
        receiver = _Judge(self, resolutionReceiver, hostName)
        resolution: IHostResolution = self._resolver.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution

    def judge(self, host: str, addresses: Sequence[Any]) -> Sequence[Any]:
        """The addresses to connect to: all of them, or none."""
        refused = refused_addresses(host, [address.host for address in addresses], self._allow_hosts)
        if refused:
            self.refused[host.lower()] = refused[0]
            return ()
        return addresses


@implementer(IResolutionReceiver)
class _Judge:
    """Holds the answer back until it is whole, then passes on what the resolver lets through."""

    def __init__(self, resolver: GuardedResolver, receiver: Any, host: str) -> None:
        self._resolver, self._receiver, self._host = resolver, receiver, host
        self._addresses: list[Any] = []

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        self._addresses.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        for address in self._resolver.judge(self._host, self._addresses):
            self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()
