"""Statements in the store: kept, searched and counted, on both databases."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.blobs import Blobs
from monitor.model import Saying
from monitor.store import Store, fetches, open_store, pages, statements
from monitor.store.statements import Indexed, Lag, Wanted
from monitor.terms import places, terms
from tests.store_values import HOUR, NOW, TERMS, fetch, page

pytest_plugins = ["tests.postgres"]

DAY = timedelta(days=1)
KEY = "a" * 64


def saying(quote: str = "We will not sell facial recognition.", **changes: Any) -> Saying:
    """A statement of the terms, seen on two days."""
    made = Saying(
        page_id=TERMS, organization_id="heron", language="en", key=KEY, quote=quote, context=("Limits:",),
        stance="refuses", bearer="company", actions=("sell",), technologies=("face_recognition",),
        parties=("police",), protects=True, ends="", place=0, first_fetch_id=1, first_seen_at=NOW,
        last_fetch_id=2, last_seen_at=NOW + DAY, believed=True, standing=True,
    )  # fmt: skip
    return replace(made, **changes)


def several(*quotes: str) -> list[Saying]:
    return [saying(quote, key=f"{number:064}", place=number) for number, quote in enumerate(quotes)]


def fill(store: Store, sayings: Sequence[Saying], *, anew: bool = False, fetch_id: int = 2) -> None:
    with store.begin() as conn:
        while len(fetches.unread(conn, TERMS)) < 3:
            fetches.record(conn, fetch())
        row = Indexed(TERMS, NOW, fetch_id, "", "", "")
        statements.keep(conn, row, sayings, anew=anew)


def found(store: Store, typed: str = "", **wanted: Any) -> list[str]:
    with store.read() as conn:
        got = statements.search(conn, Wanted(terms=terms(typed), **wanted))
    assert got.total == len(got.sayings)
    return sorted(one.quote for one in got.sayings)


def test_what_is_kept_comes_back(store: Store) -> None:
    fill(store, [saying()])
    with store.read() as conn:
        (one,) = statements.of_organization(conn, "heron")
        assert replace(one, id=0) == saying()
        assert statements.of_key(conn, "heron", KEY) == statements.of_page(conn, TERMS) == [one]
        assert statements.of_key(conn, "heron", "x\0") == statements.of_organization(conn, "x\0") == []


def test_a_statement_that_was_there_is_changed_and_a_new_one_is_added(store: Store) -> None:
    fill(store, [saying()])
    with store.read() as conn:
        (old,) = statements.of_page(conn, TERMS)
    later = replace(old, quote="We will NOT sell face recognition.", last_fetch_id=3)
    fill(store, [later, saying("Police may use it.", key="b" * 64)])
    assert found(store, "face") == ["We will NOT sell face recognition."]
    assert found(store, "facial") == []
    assert found(store) == ["Police may use it.", "We will NOT sell face recognition."]


def test_anew_means_nothing_else_is_left(store: Store) -> None:
    fill(store, several("One word.", "Two words."))
    fill(store, [saying("Three words.")], anew=True)
    assert found(store) == found(store, "words") == ["Three words."]
    assert found(store, "two") == []


def test_what_stood_in_the_last_reading_is_seen_again(store: Store) -> None:
    fill(store, [saying(), saying("Long gone.", key="b" * 64, last_fetch_id=1)])
    with store.begin() as conn:
        statements.seen_again(conn, TERMS, 2, 3, NOW + 9 * DAY)
        seen = {one.quote: (one.last_fetch_id, one.last_seen_at) for one in statements.of_page(conn, TERMS)}
    assert seen == {saying().quote: (3, NOW + 9 * DAY), "Long gone.": (1, NOW + DAY)}


# --------------------------------------------------------------------------- search

NO_SALE = "We will not sell facial recognition to the police."
SALE = "The police may buy Facial-Recognition software."
LISTE = "La vidéosurveillance biométrique n’est pas offerte."


WORDS: dict[str, list[str]] = {
    "": [NO_SALE, SALE, LISTE],
    "police": [NO_SALE, SALE],
    "POLICE sell": [NO_SALE],
    "recognition police software": [SALE],
    '"facial recognition"': [NO_SALE, SALE],
    '"police may buy"': [SALE],
    '"buy police"': [],
    "recogn*": [NO_SALE, SALE],
    '"will not se"*': [NO_SALE],
    "recogn": [],
    "biometrique": [LISTE],
    "biométri*": [LISTE],
    "n'est": [LISTE],
    "the": [NO_SALE, SALE],
}


def test_words(store: Store) -> None:
    fill(store, several(NO_SALE, SALE, LISTE))
    assert {typed: found(store, typed) for typed in WORDS} == {
        typed: sorted(fits) for typed, fits in WORDS.items()
    }


FIELDS: list[tuple[dict[str, Any], bool]] = [
    ({"organization_id": "heron"}, True),
    ({"organization_id": "hero"}, False),
    ({"technology": "face_recognition"}, True),
    ({"technology": "face"}, False),
    ({"technology": "%"}, False),
    ({"technology": 'face_recognition"'}, False),
    ({"party": "police"}, True),
    ({"party": "x\0"}, False),
    ({"stance": "refuses"}, True),
    ({"stance": "permits"}, False),
    ({"language": "en"}, True),
    ({"language": "de"}, False),
    ({"seen_from": date(2026, 3, 2)}, True),
    ({"seen_from": date(2026, 3, 3)}, False),
    ({"seen_to": date(2026, 3, 1)}, True),
    ({"seen_to": date(2026, 2, 28)}, False),
    ({"seen_from": date.min, "seen_to": date.max}, True),
    ({"standing": True}, True),
    ({"standing": False}, False),
]


def test_fields(store: Store) -> None:
    fill(store, [saying()])
    assert [(wanted, bool(found(store, **wanted))) for wanted, _ in FIELDS] == FIELDS


HOSTILE = (
    *('"', '""', "*", "a OR", "AND", "NEAR(", "a:b", "^a", "-a", "'; DROP TABLE statements; --", "a & | !"),
    *(
        "\0",
        "(((",
        "x" * 5000,
        "w " * 5000,
        '"' * 999,
        "\ud800",
        "𝔉𝔞𝔠𝔢",
        "folded : a",
        "{folded} : a",
        "a + b",
    ),
    *("\\", "it's", "ａ", "½ ²", "٣", "\u0301", "<->", ":*", "a:*b"),
)


def test_nothing_that_is_typed_raises(store: Store) -> None:
    fill(store, [saying()])
    assert all(isinstance(found(store, typed), list) for typed in HOSTILE)


@settings(max_examples=40, deadline=None)
@given(typed=st.text("abc \"*-'é", max_size=12), quotes=st.lists(st.text("abc é-.", max_size=12), max_size=4))
def test_found_is_what_holds_every_term(memory: Store, typed: str, quotes: list[str]) -> None:
    fill(memory, several(*quotes), anew=True)
    sought = terms(typed)
    assert found(memory, typed) == sorted(
        one for one in quotes if all(places(one, [term]) for term in sought)
    )


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store("sqlite://", Blobs(tmp_path_factory.mktemp("blobs"))) as opened:
        yield opened


def test_parts_of_what_is_found(store: Store) -> None:
    ages = [replace(one, last_seen_at=NOW + DAY * one.place) for one in several("a", "b", "c")]
    fill(store, ages)
    with store.read() as conn:
        first = statements.search(conn, Wanted(), limit=2)
        second = statements.search(conn, Wanted(), limit=2, offset=2)
        beyond = statements.search(conn, Wanted(), limit=2, offset=99)
    assert (first.total, [one.quote for one in first.sayings]) == (3, ["c", "b"])
    assert (second.total, [one.quote for one in second.sayings]) == (3, ["a"])
    assert (beyond.total, beyond.sayings) == (3, ())


# --------------------------------------------------------------------------- how far it goes


def test_how_far_behind_it_is(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page()], NOW)
        assert statements.lag(conn) == Lag(0)
    fill(store, [saying()], fetch_id=2)
    with store.begin() as conn:
        assert statements.newest_fetches(conn) == {TERMS: 3}
        assert statements.lag(conn) == Lag(1, NOW)
        statements.keep_indexed(conn, Indexed(TERMS, NOW + HOUR, 3, "t", "b", "w"))
        assert statements.lag(conn) == Lag(0)
        assert statements.indexed_of(conn, TERMS) == Indexed(TERMS, NOW + HOUR, 3, "t", "b", "w")
        assert list(statements.all_indexed(conn)) == [TERMS]


def test_a_page_that_was_never_looked_at_is_behind(store: Store) -> None:
    with store.begin() as conn:
        pages.sync(conn, [page()], datetime(2026, 3, 1, tzinfo=UTC))
        fetches.record(conn, fetch())
        assert statements.lag(conn) == Lag(1, None)
