"""The one choke point of the spiders: a host is judged at the moment of connecting, by its addresses.

So redirects, robots.txt, odd spellings of 127.0.0.1 and names that change their answer all pass the same
gate, and the address that was judged is the address that is connected to. What is judged how: see
monitor/addresses.py.
"""

from collections.abc import Collection, Sequence
from typing import Any, Self

from scrapy.crawler import Crawler
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer  # type: ignore[import-untyped]

from monitor.addresses import refused_addresses


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
        self._allow_hosts = tuple(allow_hosts)
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
