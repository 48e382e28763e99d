"""Fetches that help to judge a page: how they are named, and which new links are worth one."""

import pytest

from monitor.asides import LINKS_AT_MOST, is_aside, linked_of, linked_prefix, new_links, probe_id, probe_of
from monitor.model import Document, Page, Role

PAGE = Page(
    "acme/terms", "acme", "https://www.acme.example/terms?a=1#x", Role.TERMS, "fr",
    fetch="rendered", select=("main",), min_words=40, contains=("Acme",), screenshot=True,
)  # fmt: skip


def linking(*links: str) -> Document:
    return Document((), links=links)


def test_a_probe_asks_the_same_host_for_what_is_not_there() -> None:
    probe = probe_of(PAGE, "0123abcd")
    assert (probe.id, probe.url) == ("probe https://www.acme.example", "https://www.acme.example/0123abcd")
    assert probe_id(PAGE.url) == probe.id
    assert (probe.fetch, probe.language) == ("rendered", "fr")
    assert (probe.select, probe.contains, probe.min_words, probe.screenshot) == ((), (), 0, False)


def test_an_aside_is_told_from_a_page_by_its_id() -> None:
    linked = linked_of(PAGE, "https://acme.example/p.pdf")
    assert [is_aside(one.id) for one in (PAGE, probe_of(PAGE, "x"), linked)] == [False, True, True]
    assert linked.id.startswith(linked_prefix(PAGE))
    assert linked.fetch == "plain"


@pytest.mark.parametrize(
    ("links", "wanted"),
    [
        (("/new",), ["https://www.acme.example/new"]),
        (("new.pdf#page=2",), ["https://www.acme.example/new.pdf"]),
        (("https://docs.acme.example/new",), ["https://docs.acme.example/new"]),
        (("/old", "http://acme.example/old/"), []),
        (("https://acme.example/privacy",), []),
        (("#top", ""), []),
        (("https://news.example/about-acme",), []),
        (("mailto:a@acme.example", "javascript:void(0)", "ftp://acme.example/x"), []),
        (("/new", "/new#a", "https://www.acme.example/new"), ["https://www.acme.example/new"]),
    ],
    ids=[
        "on the host", "relative", "on a sister host", "there before", "watched", "itself", "somebody else's",
        "no web page", "once",
    ],
)  # fmt: skip
def test_new_links(links: tuple[str, ...], wanted: list[str]) -> None:
    watched = [PAGE.url, "https://acme.example/privacy"]
    assert list(new_links(linking("/old"), linking("/old", *links), PAGE.url, watched)) == wanted


def test_owners_below_a_shared_suffix_are_apart() -> None:
    links = linking("https://other.co.uk/pledge", "https://cdn.acme.co.uk/pledge")
    assert list(new_links(None, links, "https://acme.co.uk/", [])) == ["https://cdn.acme.co.uk/pledge"]


def test_only_a_few_are_read() -> None:
    links = linking(*(f"/{number}" for number in range(50)))
    assert len(list(new_links(None, links, PAGE.url, []))) == LINKS_AT_MOST
