"""Which hosts belong to a page: those of its own site, and those that its declaration names.

A site is a registrable domain (example.co.uk, someone.github.io) by the Public Suffix List that comes with
tldextract; nothing is downloaded. What has none (an IP address, localhost) is a site together with its port,
since another port there is another service.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tldextract import TLDExtract

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_split = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def site_of(host: str, port: int) -> str:
    """ "example.org" for www.example.org at any port; "127.0.0.1:8000" for what has no registrable domain."""
    host = host.lower().rstrip(".")
    return _split(host).top_domain_under_public_suffix or f"{host}:{port}"


def site_of_url(url: str) -> str:
    """The site of an absolute URL. Raises ValueError where it is none."""
    parts = urlsplit(url)
    return site_of(parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0))


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a page may reach: its own site, and third parties (host names, each with its subdomains)."""

    site: str
    third_parties: tuple[str, ...] = ()

    def holds(self, host: str, port: int) -> bool:
        """May the page load from there?"""
        host = host.lower().rstrip(".")
        named = any(host == other or host.endswith(f".{other}") for other in self.third_parties)
        return named or site_of(host, port) == self.site
