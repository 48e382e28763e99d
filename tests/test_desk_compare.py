"""Two snapshots of one page side by side: what differs, what the detector says, and what it is not asked."""

import re
from html import unescape
from pathlib import Path

import pytest

from app.desk.pages import compares
from app.home import Home
from monitor.model import Access, Reading
from monitor.store import fetches, readings
from tests.desks import home_at, open_desk
from tests.one_page import LOOSE, PROMISE
from tests.store_values import PLEDGE, TERMS, fetch


@pytest.fixture
def home(own_demo_world: Path) -> Home:
    return home_at(own_demo_world)


def keep(
    home: Home, *sentences: str, hours: float = 0, access: Access = Access.OK, page_id: str = TERMS
) -> int:
    """A snapshot that says this; its number."""
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    with home.open_store() as store, store.begin() as conn:
        body = f"<html><main><h1>Our pledge</h1>{text}</main></html>".encode()
        one = fetch(hours, body_sha256=store.blobs.put(body), page_id=page_id)
        kept = fetches.record(conn, one)
        readings.record(conn, Reading(kept.id, one.page_id, one.started_at, access))
        return kept.id


def compared(home: Home, query: str) -> tuple[int, str]:
    with open_desk(home) as client:
        answer = client.get(f"/compare?{query}")
        return answer.status_code, unescape(answer.text)


def test_what_differs_is_marked_and_what_stayed_is_folded(home: Home) -> None:
    same = [f"Paragraph {place} speaks of fees." for place in range(40)]
    was, now = keep(home, *same, PROMISE, "The end."), keep(home, *same, LOOSE, "The end.", hours=24)
    status, page = compared(home, f"before={was}&after={now}")
    assert status == 200
    assert "<ins>" in page and "currently" in page
    assert "41 sentences unchanged" in page and "1 sentence unchanged" in page
    assert "Paragraph 28 speaks" in page and "Paragraph 29 speaks" not in page and "… and 11 more." in page


def test_the_detector_is_asked_and_nothing_is_recorded(home: Home) -> None:
    was, now = keep(home, PROMISE), keep(home, LOOSE, hours=24)
    page = compared(home, f"before={was}&after={now}")[1]
    assert "Computed now, with today's rules" in page
    assert 'class="badge weaker"' in page and PROMISE in page and LOOSE in page
    assert "Nothing that the detector knows of changed." in compared(home, f"before={was}&after={was}")[1]


@pytest.mark.parametrize("view", ["side", "inline"])
def test_both_views(home: Home, view: str) -> None:
    was, now = keep(home, PROMISE), keep(home, LOOSE, hours=24)
    page = compared(home, f"before={was}&after={now}&view={view}")[1]
    assert ('class="sides"' in page) == (view == "side")
    assert f'view={view}#words" aria-current="true"' in page


def test_the_same_text_twice_says_so(home: Home) -> None:
    was, now = keep(home, PROMISE), keep(home, PROMISE, hours=24)
    assert "The two texts are the same." in compared(home, f"before={was}&after={now}")[1]


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 400, "Name two snapshots of one page"),
        ("before=&after=", 400, "Name two snapshots of one page"),
        ("before=x&after=1", 404, "There is no such snapshot."),
        ("before=1&after=999999", 404, "There is no such snapshot."),
        ("before=-1", 404, "There is no such snapshot."),
    ],
)
def test_what_is_not_two_snapshots_is_said(home: Home, query: str, status: int, sentence: str) -> None:
    code, page = compared(home, query)
    assert (code, sentence in page) == (status, True)


def test_two_pages_are_not_compared(home: Home) -> None:
    was, now = keep(home, PROMISE), keep(home, LOOSE, page_id=PLEDGE)
    code, page = compared(home, f"before={was}&after={now}")
    assert (code, "are of two pages" in page, LOOSE in page) == (400, True, False)


def test_one_snapshot_alone_offers_the_others(home: Home) -> None:
    was, now = keep(home, PROMISE), keep(home, LOOSE, hours=24)
    status, page = compared(home, f"before={was}")
    assert status == 200
    assert f'<option value="{was}" selected>' in page and f'<option value="{now}">' in page
    assert "What differs" not in page


def test_where_the_page_was_not_read_nothing_is_called_lost(home: Home) -> None:
    was, now = keep(home, PROMISE), keep(home, "Verify you are human.", hours=24, access=Access.WALL)
    page = compared(home, f"before={was}&after={now}")[1]
    assert "was not read as the page itself" in page
    assert 'class="badge weaker"' not in page and '<h2 id="words">' in page


def test_a_damaged_body_is_a_sentence(home: Home) -> None:
    was, now = keep(home, PROMISE), keep(home, LOOSE, hours=24)
    with home.open_store() as store, store.read() as conn:
        store.blobs.path(fetches.get(conn, now).body_sha256).unlink()
    status, page = compared(home, f"before={was}&after={now}")
    assert (status, "has no text to compare" in page) == (200, True)


def test_what_is_too_large_for_the_detector_is_shown_without_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compares, "SENTENCES", 1)
    was, now = keep(home, PROMISE, "A."), keep(home, LOOSE, "A.", hours=24)
    page = compared(home, f"before={was}&after={now}")[1]
    assert "more than 2 sentences" in page and 'class="badge weaker"' not in page and "<ins>" in page


def test_of_very_many_changes_the_first_are_shown_and_the_rest_counted(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compares, "CHANGES", 2)
    stays = [f"It stays {place}." for place in range(5)]
    old = [line for place, stay in enumerate(stays) for line in (stay, f"Old {place} was here.")]
    new = [line for place, stay in enumerate(stays) for line in (stay, f"New {place} is there now.")]
    was, now = keep(home, *old), keep(home, *new, hours=24)
    page = re.sub(r"</?(?:del|ins)>", "", compared(home, f"before={was}&after={now}")[1])
    assert "And 3 more stretches" in page and "Old 1 was" in page and "Old 2 was" not in page


def test_a_language_without_words_of_ours_is_said(home: Home) -> None:
    declared = next((home.config / "watchlist").glob("*.toml"))
    text = declared.read_text(encoding="utf-8")
    declared.write_text(text.replace("role =", 'language = "ja"\nrole =', 1), encoding="utf-8")
    page_id = next(one.id for one in home_at(home.root).watchlist.pages if one.language == "ja")
    was = keep(home, PROMISE, page_id=page_id)
    now = keep(home, LOOSE, hours=24, page_id=page_id)
    page = compared(home_at(home.root), f"before={was}&after={now}")[1]
    assert "no words for the language ja" in page
