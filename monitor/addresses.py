"""Which URLs are asked for, and which IP addresses are connected to: one judgement for all who connect.

The spiders' resolver, the browser's door and webhooks resolve a host, ask here about every address of the
answer, and connect to the very address that was judged. Only network.allow_hosts may have private addresses.
"""

import re
from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

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


def refused_addresses(host: str, addresses: Iterable[str], allow_hosts: Collection[str]) -> tuple[str, ...]:
    """The addresses for which we do not connect to this host; one is enough to refuse the whole answer.

    allow_hosts: names or IP addresses as in network.allow_hosts, in any case; IPv6 with or without brackets.
    """
    if _bare(host) in map(_bare, allow_hosts):
        return ()
    return tuple(address for address in addresses if not is_public(address))


def not_public(host: str, address: str) -> str:
    """What to say of a host that was refused for this address, as one sentence."""
    where = "this address" if _bare(host) == address else f"the address {address}"
    return f"{host} was to be asked, and {where} is not public: if yours, put it in network.allow_hosts"


def _bare(host: str) -> str:
    return host.strip("[]").lower()
