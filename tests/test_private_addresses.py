"""No packet to a private address: every spelling, asked for and redirected to, through the real spider."""

import socket

import pytest

from monitor.model import Access
from tests.sockets import Listener
from tests.spellings import REBINDING, Tried, spellings, try_spellings

HOSTS = dict(spellings())
#: A zone is no part of a URL's host: nobody resolves these.
NO_HOSTS = ("[::1%25lo]", "[::1%lo]", "[fe80::1%25lo]", "[fe80::1%lo]")


@pytest.fixture(scope="module")
def tried() -> Tried:
    return try_spellings()


def test_there_are_hundreds_of_spellings() -> None:
    assert len(HOSTS) > 300


@pytest.mark.parametrize("way", ["", "to "], ids=["asked for", "redirected to"])
def test_every_spelling_is_refused(tried: Tried, way: str) -> None:
    states = {host: tried.state(way + host) for host in HOSTS if host not in NO_HOSTS}
    assert {host: state for host, state in states.items() if state is not Access.BLOCKED_BY_POLICY} == {}
    assert {tried.state(way + host) for host in NO_HOSTS} <= {Access.BLOCKED_BY_POLICY, Access.DNS}


def test_not_one_packet_goes_there(tried: Tried) -> None:
    assert tried.knocks == 0
    assert tried.strangers() == {("8.8.8.8", tried.listener_port)}  # the public answer of REBINDING


def test_a_name_that_changes_its_answer_is_judged_each_time(tried: Tried) -> None:
    assert tried.state(REBINDING) is Access.BLOCKED_BY_POLICY


def test_nothing_is_logged(tried: Tried) -> None:
    assert tried.outcome.log == ""


def test_the_listener_counts_who_knocks() -> None:
    with Listener() as listener:
        assert listener.knocks() == 0
        for _ in range(2):
            socket.create_connection(("127.0.0.1", listener.port)).close()
        assert listener.knocks() == 2
