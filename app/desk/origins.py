"""Names and addresses of the desk itself: by which it is asked for, whether a form comes from it. Pure."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from monitor.settings import Desk

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_ANY_ADDRESS = frozenset({"0.0.0.0", "[::]"})
_NEXT_AT_MOST = 2_000  # characters
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")

#: What says that somebody stands between: then whoever asks is not known to be on this machine.
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def host_of(header: str) -> str:
    """The name in a Host header, in lower case and without its port; "" where it is none."""
    found = _HOST.fullmatch(header)
    return found.group(1).lower().rstrip(".") if found else ""


def is_loopback_name(host: str) -> bool:
    """Whether only this machine calls itself so."""
    return host in _LOOPBACK_NAMES


def is_own_name(host: str, bind: str) -> bool:
    """The same of a desk that listens on this loopback address: 127.0.0.2 is another name of it."""
    return is_loopback_name(host) or host == (f"[{bind}]" if ":" in bind else bind).lower()


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach this address."""
    ip = _ip(address)
    return ip is not None and ip.is_loopback


def may_be_asked_as(host: str, bind: str, settings: Desk) -> bool:
    """Whether the desk answers to this name: this machine's, where it listens, desk.url, desk.hosts."""
    bound = f"[{bind}]" if ":" in bind else bind
    names = {bound.lower(), url_host(settings.url), *(name.lower() for name in settings.hosts)}
    return bool(host) and (is_loopback_name(host) or host in names - _ANY_ADDRESS - {""})


def url_host(url: str) -> str:
    """The name in an address, as a Host header has it."""
    return host_of(urlsplit(url).netloc)


def is_https(settings: Desk) -> bool:
    """Whether people reach the desk by https (a proxy speaks it for us)."""
    return settings.url.startswith("https://")


def base_of(host_header: str, settings: Desk) -> str:
    """Where the desk is for whoever asks, without a slash at the end."""
    url = urlsplit(settings.url)
    if settings.url and host_of(host_header) == url_host(settings.url):
        return f"{url.scheme}://{url.netloc}"
    loopback = is_loopback_name(host_of(host_header))
    return f"{'https' if is_https(settings) and not loopback else 'http'}://{host_header}"


def is_from_us(headers: Mapping[str, str], settings: Desk) -> bool:
    """Whether something that changes things was asked for by a page of ours, as far as the browser says.

    A program that says nothing of where it comes from is no browser; the form's own token is for both.
    """
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    if site not in ("", "same-origin", "none"):
        return False
    ours = {base_of(headers.get("host", ""), settings), _origin(settings.url)} - {""}
    if origin:
        # By Referrer-Policy: no-referrer our own forms say "null": that alone is not believed.
        return origin in ours or (origin == "null" and site == "same-origin")
    referer = headers.get("referer", "")
    return not referer or _origin(referer) in ours


def local_path(wanted: str) -> str:
    """Where to go on after signing in: a path of our own, or "/" for whatever could lead away."""
    if len(wanted) > _NEXT_AT_MOST or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return "/" if _UNSAFE.search(wanted) else wanted


def is_trusted(peer: str, trusted: Iterable[str]) -> bool:
    """Whether this TCP peer is one of these addresses or in one of these networks."""
    ip = _ip(peer)
    return ip is not None and any(ip in ip_network(one) for one in trusted)


def asking_address(peer: str, forwarded_for: str, trusted: Iterable[str]) -> str:
    """Who asks, to count attempts by: the peer, or whom a trusted one says that it stands for.

    Of an IPv6 address its /64: all of that is one household.
    """
    named = forwarded_for.rpartition(",")[2].strip() if is_trusted(peer, trusted) else ""
    ip = _ip(named or peer)
    if isinstance(ip, IPv6Address):
        return str(IPv6Network((ip, 64), strict=False))
    return str(ip or named or peer)


def _ip(address: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
