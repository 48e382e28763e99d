"""Which hosts belong to a page: its own site and the third parties that its declaration names."""

import subprocess
import sys

import pytest

from spiders.site import Reach, site_of, site_of_url
from tests.homes import ROOT


@pytest.mark.parametrize(
    ("host", "port", "site"),
    [
        ("example.org", 443, "example.org"),
        ("www.Example.org", 8443, "example.org"),
        ("a.b.example.co.uk.", 443, "example.co.uk"),
        ("someone.github.io", 443, "someone.github.io"),  # each of them is somebody else
        ("www.someone.github.io", 443, "someone.github.io"),
        ("github.io", 443, "github.io:443"),
        ("com", 443, "com:443"),
        ("localhost", 8000, "localhost:8000"),
        ("127.0.0.1", 8000, "127.0.0.1:8000"),  # another port there is another service
        ("::1", 8000, "::1:8000"),
        ("", 0, ":0"),
    ],
)  # fmt: skip
def test_a_site_is_a_registrable_domain_or_else_a_host_with_its_port(host: str, port: int, site: str) -> None:
    assert site_of(host, port) == site


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.org/terms", "example.org"),
        ("http://127.0.0.1/", "127.0.0.1:80"),
        ("https://[2001:db8::1]/", "2001:db8::1:443"),
        ("about:blank", ":0"),
    ],
)
def test_the_site_of_an_address(url: str, site: str) -> None:
    assert site_of_url(url) == site


@pytest.mark.parametrize(
    ("host", "port", "is_within"),
    [
        ("example.org", 443, True),
        ("static.example.org", 8443, True),
        ("STATIC.EXAMPLE.ORG.", 443, True),
        ("cdn.example.net", 443, True),
        ("eu.cdn.example.net", 443, True),
        ("example.net", 443, False),  # only the host that is named, and what is below it
        ("notcdn.example.net", 443, False),
        ("example.org.evil.example", 443, False),
        ("evilexample.org", 443, False),
        ("org", 443, False),
        ("127.0.0.1", 443, False),
        ("", 443, False),
    ],
)
def test_a_page_reaches_its_own_site_and_whom_it_names(host: str, port: int, is_within: bool) -> None:
    assert Reach("example.org", ("cdn.example.net",)).holds(host, port) is is_within


def test_nowhere_is_reached_from_no_site() -> None:
    assert not any(Reach("").holds(host, 0) for host in ("", ".", "example.org", "localhost"))


def test_nobody_is_asked_for_the_list_and_nothing_is_written() -> None:
    code = (
        "import sys\n"
        "def seen(event, details):\n"
        "    wrote = event == 'open' and isinstance(details[1], str) and set(details[1]) & set('wax+')\n"
        "    assert not wrote and event not in ('socket.connect', 'socket.getaddrinfo', 'os.mkdir'), details\n"
        "sys.dont_write_bytecode = True\n"
        "sys.addaudithook(seen)\n"
        "from spiders.site import site_of\n"
        "assert site_of('www.example.co.uk', 443) == 'example.co.uk'\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
