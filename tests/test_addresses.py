"""Addresses: which URLs we ask for, and which IP addresses we connect to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.addresses import is_public, refusal, refused_addresses
from tests.spellings import spellings


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%lo",
        "fec0::1",
        "ff02::1",
        "localhost",
        "127.1",
        "2130706433",
    ],
)
def test_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "172.15.255.255",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "192.0.1.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public(ip: str) -> None:
    assert is_public(ip)


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_a_private_address_stays_private_in_every_disguise(ip: object) -> None:
    assert not any(is_public(form.format(ip)) for form in ("{}", "::ffff:{}", "::{}", "64:ff9b::{}"))


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/terms",
        "http://example.org:8080/a?b=c#d",
        "http://127.0.0.1/",  # its shape is fine: the resolver judges the address
        "https://[2606:4700::1111]/",
    ],
)
def test_urls_that_may_be_asked_for(url: str) -> None:
    assert refusal(url) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "not an http or https URL"),
        ("FILE:/etc/passwd", "not an http or https URL"),
        ("data:text/html,hello", "not an http or https URL"),
        ("view-source:https://example.org/", "not an http or https URL"),
        ("javascript:alert(1)", "not an http or https URL"),
        ("//example.org/", "not an http or https URL"),
        ("example.org/terms", "not an http or https URL"),
        ("http://good.example@127.0.0.1/", "user name"),
        ("http://user:secret@example.org/", "user name"),
        ("http://good.example\\@127.0.0.1/", "backslash"),
        ("http://exam\tple.org/", "control character"),
        ("http://example.org/\r\nHost: evil", "control character"),
        (" https://example.org/", "blank"),
        ("https:///path", "names no host"),
        ("http://[::1/", "not a valid URL"),
        ("http://example.org:99999/", "not a valid URL"),
    ],
)
def test_urls_that_are_refused(url: str, why: str) -> None:
    assert why in refusal(url)


@pytest.mark.parametrize(
    ("host", "addresses", "refused"),
    [
        pytest.param("example.org", ["93.184.216.34"], (), id="public"),
        pytest.param("example.org", ["93.184.216.34", "127.0.0.1"], ("127.0.0.1",), id="one bad spoils all"),
        pytest.param("intranet.example", ["10.0.0.7"], (), id="our own host"),
        pytest.param("Intranet.Example", ["10.0.0.7"], (), id="our own host in capitals"),
        pytest.param("intranet.example.evil.example", ["10.0.0.7"], ("10.0.0.7",), id="only looks like ours"),
        pytest.param("example.org", [], (), id="no address at all"),
    ],
)
def test_which_answers_are_refused(host: str, addresses: list[str], refused: tuple[str, ...]) -> None:
    assert refused_addresses(host, addresses, ["intranet.example"]) == refused


@pytest.mark.parametrize(
    ("host", "allowed"), [("::1", "[::1]"), ("[::1]", "::1"), ("::1", "::1"), ("localhost", "LocalHost")]
)
def test_a_host_is_allowed_however_it_is_written(host: str, allowed: str) -> None:
    assert refused_addresses(host, ["::1"], [allowed]) == ()


@pytest.mark.parametrize(("host", "allowed"), [("localhost.", "localhost"), ("127.1", "127.0.0.1")])
def test_but_another_spelling_is_another_host(host: str, allowed: str) -> None:
    assert refused_addresses(host, ["127.0.0.1"], [allowed]) == ("127.0.0.1",)


@pytest.mark.parametrize("host", [host for host, _ in spellings() if host.startswith("[")])
def test_no_spelling_with_brackets_is_public(host: str) -> None:
    assert not is_public(host.strip("[]"))
