"""The hostile server against the real spider: every row of hostile_rows.py, in one crawl."""

import socket

import pytest

from tests.hostile import Hostile, answer
from tests.hostile_crawl import Happened, Run, run, unexpected
from tests.hostile_rows import READ, Row

ALLOWED_BYTES = 150_000_000  #: of memory, over all bombs


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("hostile"))


def named(done: Run, tried: str) -> Happened:
    (one,) = [one for one in done.happened if one.row.tried == tried]
    return one


def test_every_row_ends_as_it_must(done: Run) -> None:
    assert unexpected(done.happened) == []


def test_each_row_is_said_in_one_line_of_sensible_length(done: Run) -> None:
    assert [one.row.tried for one in done.happened if "\n" in one.message or len(one.message) > 500] == []


def test_bodies_that_were_cut_are_never_pages(done: Run) -> None:
    assert len(done.cuts) == 40
    assert unexpected(done.cuts) == []


def test_memory_stays_small_over_all_bombs(done: Run) -> None:
    assert 0 < done.outcome.peak_bytes < ALLOWED_BYTES


def test_nobody_is_led_to_a_private_address(done: Run) -> None:
    assert done.knocks == 0
    assert {host for host, _ in done.outcome.connects} == {"127.0.0.1"}  # as localhost, on the allow list


def test_nothing_is_logged(done: Run) -> None:
    assert done.outcome.log == ""


def test_redirects_end_after_five_hops(done: Run) -> None:
    for tried in ("redirect to itself", "30 redirects"):
        pages = [head for head in named(done, tried).heads if not head.startswith(b"GET /robots.txt ")]
        assert len(pages) == 6


def test_an_address_cannot_add_a_header_to_our_request(done: Run) -> None:
    heads = [head for one in done.happened for head in one.heads]
    assert sum(b"Injected" in head for head in heads) == 2  # percent-encoded, in the request line
    assert not any(line.startswith(b"X-Injected") for head in heads for line in head.split(b"\r\n"))


def test_a_row_that_goes_otherwise_is_told() -> None:
    one = Happened(Row("V23", "a page", READ, answer()), "too_large", "why", ())
    assert unexpected([one]) == ["V23 a page: too_large instead of status 200; why"]


def test_what_the_server_was_not_told_about_is_not_found() -> None:
    with Hostile({"/": answer()}) as server, socket.create_connection(("127.0.0.1", server.port)) as asking:
        asking.sendall(b"GET /a HTTP/1.1\r\n\r\n")
        assert asking.recv(12) == b"HTTP/1.1 404"
    assert server.heads == [b"GET /a HTTP/1.1\r\n\r\n"]
