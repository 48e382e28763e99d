"""The spiders' resolver: all addresses of a host, or none. What is public: see test_addresses.py."""

from typing import Any

import pytest
from twisted.internet.address import IPv4Address

from spiders.guard import GuardedResolver


class _Answers:
    """A name resolver that gives these addresses to every question."""

    def __init__(self, *ips: str) -> None:
        self.addresses = [IPv4Address("TCP", ip, 80) for ip in ips]

    def resolveHostName(self, receiver: Any, host: str, *_: Any) -> None:  # noqa: N802
        receiver.resolutionBegan(None)
        for address in self.addresses:
            receiver.addressResolved(address)
        receiver.resolutionComplete()


class _Reactor:
    """The part of a reactor that the resolver uses."""

    def __init__(self, resolver: object) -> None:
        self.nameResolver = resolver

    def installNameResolver(self, resolver: object) -> None:  # noqa: N802
        self.nameResolver = resolver


class _Receiver:
    """Who asked: notes what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def resolutionBegan(self, _: object) -> None:  # noqa: N802
        self.told.append("began")

    def addressResolved(self, address: IPv4Address) -> None:  # noqa: N802
        self.told.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.told.append("complete")


@pytest.mark.parametrize(
    ("ips", "told", "refused"),
    [
        pytest.param(["8.8.8.8", "1.1.1.1"], ["8.8.8.8", "1.1.1.1"], {}, id="public"),
        pytest.param(["8.8.8.8", "10.0.0.1"], [], {"example.org": "10.0.0.1"}, id="one is private"),
        pytest.param([], [], {}, id="unknown name"),
    ],
)
def test_the_resolver_gives_all_addresses_or_none(
    ips: list[str], told: list[str], refused: dict[str, str]
) -> None:
    resolver, receiver = GuardedResolver(_Reactor(_Answers(*ips)), ["intranet.example"]), _Receiver()
    resolver.resolveHostName(receiver, "Example.org")
    assert receiver.told == ["began", *told, "complete"]
    assert resolver.refused == refused


def test_each_crawl_has_its_own_allow_list() -> None:
    reactor = _Reactor(_Answers("10.0.0.1"))
    GuardedResolver(reactor, ["example.org"]).install_on_reactor()
    second = GuardedResolver(reactor, [])
    second.install_on_reactor()
    receiver = _Receiver()
    second.resolveHostName(receiver, "example.org")
    assert receiver.told == ["began", "complete"]
