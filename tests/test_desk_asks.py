"""How an organization meets the asks, at the desk, and its dossier and letter as files to keep."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.desk.gate import Desk
from app.desk.making import AGAIN, IN_LINE, Making
from app.desk.rendering import linked
from app.dossiers.command import FORMATS
from app.home import Home
from app.indexing import index_new
from monitor.asks import State
from monitor.model import AccountRole, Page, Role
from monitor.store import Store
from monitor.store import pages as watched
from tests.desks import client_of, home_at, open_desk, statements_sent
from tests.homes import at_home
from tests.one_page import AT_ONCE, LOOSE, PAGE, PROMISE, START, Watch, html
from tests.people import place

HERE = "/organizations/acme"
LETTERS = ("md", "docx")
EVERY = ("/asks", *(f"/dossier.{one}" for one in FORMATS), *(f"/letter.{one}" for one in LETTERS))
NOW = START + timedelta(days=5)
ACME = """\
name = "Acme"
kind = "vendor"
why = ["made up"]

[pages.pledge]
url = "https://acme.example/pledge"
role = "pledge"
"""
OVERRULES = """\
[[overrules]]
organization = "acme"
ask = "POL-1"
part = "immigration"
state = "met"
reason = "The <b>contract</b> forbids it: \\u202e{{7*7}}"
who = "Ana <i>"
on = 2026-01-05
"""


def home_of(root: Path, declared: str = ACME, overrules: str = "") -> Home:
    folder = root / "config" / "watchlist"
    folder.mkdir(parents=True)
    (root / "config" / "settings.toml").write_text('operator.contact = "desk@example.org"\n')
    (root / "config" / "overrules.toml").write_text(overrules, encoding="utf-8")
    (folder / "acme.toml").write_text(declared, encoding="utf-8")
    return home_at(root)


def seen(home: Home, *bodies: bytes, pages: Sequence[Page] = (PAGE,)) -> None:
    """These pages as they were on one day after the other, each text believed at once, and looked through."""
    with home.open_store() as store:
        watch = Watch(store, AT_ONCE)
        with store.begin() as conn:
            watched.sync(conn, home.watchlist.pages, START)
        for body in bodies:
            for page in pages:
                watch.sees(body, after=24 / len(pages), page=page)
        index_new(home, store, NOW)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Acme promised something, and promises less of it now; of one part a person decided."""
    made = home_of(tmp_path_factory.mktemp("asks"), overrules=OVERRULES)
    seen(made, html(PROMISE), html(LOOSE))
    return made


@pytest.fixture(scope="module")
def desk(home: Home) -> Iterator[TestClient]:
    with open_desk(home, NOW) as client:
        yield client


def text_of(page: str) -> str:
    """What a person reads."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def ask_in(page: str, id: str) -> str:
    """What stands below this ask, as a person reads it."""
    return text_of(page.split(f">{id}</span>")[1].split('<span class="soft">')[0])


# --------------------------------------------------------------------------- the view


def test_an_ask_stands_with_its_source_its_parts_and_the_words_they_rest_on(desk: TestClient) -> None:
    page = desk.get(f"{HERE}/asks").text
    said = ask_in(page, "POL-1")
    assert "Source: Sales bans announced in June 2020" in said
    assert f"▼ regressed police Since 2026-01-03 it says “{LOOSE}” where it said “{PROMISE}”" in said
    assert "acme/pledge , seen 02 Jan 2026 to" in said


def test_what_a_person_decided_is_shown_with_who_when_why_and_what_we_found(desk: TestClient) -> None:
    page = desk.get(f"{HERE}/asks").text
    said = ask_in(page, "POL-1")
    assert "✓ met immigration enforcement a person decided Ana <i> decided on 2026-01-05:" in said
    assert "The <b>contract</b> forbids it: ⟨U+202E⟩{{7*7}} (we found: unmet)." in said
    assert "<b>contract" not in page and "<i>" not in page


def test_the_lenses_are_never_mixed(desk: TestClient) -> None:
    """Each has the counts of its own parts, which are those of the API; there is no other figure."""
    page = desk.get(f"{HERE}/asks").text
    scores = desk.get("/api/v1/organizations/acme/scores").json()["scores"]
    sections = re.findall(r'<section aria-labelledby="(\w+)">(.*?)</section>', page, re.DOTALL)
    assert [lens for lens, _ in sections] == list(dict.fromkeys(one["lens"] for one in scores))
    for lens, section in sections:
        states = [part["state"] for one in scores if one["lens"] == lens for part in one["parts"]]
        tally = text_of(section.split('<ul class="tally">')[1].split("</ul>")[0])
        counts = {state: int(count) for count, state in re.findall(r"(\d+) \S+ (\w+)", tally)}
        assert counts == {state: states.count(state) for state in State if state in states}


def test_every_ask_is_there_once_and_what_is_unknown_is_folded_with_why(desk: TestClient) -> None:
    page = desk.get(f"{HERE}/asks").text
    asks = [one["ask"] for one in desk.get("/api/v1/organizations/acme/scores").json()["scores"]]
    assert sorted(re.findall(r'<span class="soft">([^<]+)</span> ', page)) == sorted(asks)
    folded = page.split('<details class="card">')[1].split("</details>")[0]
    assert "asks of which nothing is known, and why" in text_of(folded)
    assert "It is asked of investors" in page and "which our method cannot judge" in page


def test_its_words_lead_to_their_history_and_their_snapshot(desk: TestClient) -> None:
    page = desk.get(f"{HERE}/asks").text
    links = set(re.findall(r'href="(/organizations/acme/commitments/[0-9a-f]{64}|/snapshots/\d+)"', page))
    assert any("commitments" in one for one in links) and any("snapshots" in one for one in links)
    for link in links:
        answer = desk.get(link)
        assert answer.status_code == 200 and (PROMISE in answer.text or "general-purpose" in answer.text)


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (30, True)])
def test_it_is_of_the_last_look_and_says_so(home: Home, days: int, is_old: bool) -> None:
    with open_desk(home, NOW + timedelta(days=days)) as desk:
        said = text_of(desk.get(f"{HERE}/asks").text)
    assert "As of the last look, on 03 Jan 2026 06:00 UTC" in said
    assert ("Nobody has looked since then" in said) is is_old
    assert "▼ regressed police" in said


def test_where_nothing_was_ever_looked_at_all_is_unknown(tmp_path: Path) -> None:
    with open_desk(home_of(tmp_path), NOW) as desk:
        said = text_of(desk.get(f"{HERE}/asks").text)
        scores = desk.get("/api/v1/organizations/acme/scores").json()
    assert "Nothing was ever looked at here" in said
    assert scores["as_of"] is None
    assert {part["state"] for one in scores["scores"] for part in one["parts"]} == {"unknown"}


def test_of_one_that_is_not_watched_any_more_what_it_lost_is_still_known(home: Home, tmp_path: Path) -> None:
    with home.open_store() as store:
        other = home_of(tmp_path, ACME.replace("acme", "bcme"))
        (other.config / "watchlist" / "acme.toml").rename(other.config / "watchlist" / "bcme.toml")
        (other.config / "overrules.toml").unlink()
        desk = client_of(Desk(lambda: other, store, lambda: NOW))
        answer = desk.get(f"{HERE}/asks")
        assert answer.status_code == 200 and "not on the watchlist any more" in text_of(answer.text)
        assert "▼ regressed" in answer.text.replace("</span>", "").replace('<span aria-hidden="true">', "")
        assert desk.get(f"{HERE}/dossier.json").status_code == 200
        assert "letter.docx" not in desk.get(HERE).text


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    poison = "<script>alert(1)</script> {{7*7}} \u202eretaw"
    words = f"We will not sell facial recognition {poison} technology to police departments."
    home = home_of(tmp_path, ACME.replace('"Acme"', json.dumps(f"<script>Acme</script>{poison[-7:]}"), 1))
    seen(home, html(escape(words)))
    with open_desk(home, NOW) as desk:
        page = desk.get(f"{HERE}/asks").text
    assert "<script>" not in page and "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} ⟨U+202E⟩retaw" in page


def test_it_asks_the_store_as_often_however_much_there_is(tmp_path: Path) -> None:
    pages = [Page(f"acme/p{i}", "acme", f"https://acme.example/{i}", Role.PLEDGE) for i in range(5)]
    declared = ACME.partition("\n[pages")[0] + "".join(
        f'\n[pages.p{i}]\nurl = "https://acme.example/{i}"\nrole = "pledge"\n' for i in range(5)
    )
    small, large = home_of(tmp_path / "small"), home_of(tmp_path / "large", declared + NEVER_READ)
    seen(small, html(PROMISE), html(LOOSE))
    seen(large, html(PROMISE), html(LOOSE, "We never share faceprints with anybody."), pages=pages)
    assert asked(small) == asked(large)


NEVER_READ = "".join(f'\n[pages.n{i}]\nurl = "https://acme.example/n{i}"\nrole = "terms"\n' for i in range(5))


def asked(home: Home) -> dict[str, int]:
    """How many questions each address asks the store."""
    found = {}
    with home.open_store() as store:
        desk = client_of(Desk(lambda: home, store, lambda: NOW))
        for address in (f"{HERE}/asks", "/api/v1/organizations/acme/scores", HERE):
            desk.get(address)
            with statements_sent(store) as sent:
                assert desk.get(address).status_code == 200
            found[address] = len(sent)
    return found


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("A letter, call 2.a", "A letter, call 2.a"),
        (
            "See https://x.example/a_(b)?c=d&e=f. <b>",
            """See <a href="https://x.example/a_(b)?c=d&amp;e=f" rel="noreferrer noopener">\
https://x.example/a_(b)?c=d&amp;e=f</a>. &lt;b&gt;""",
        ),
        ('javascript:alert(1) https://"onclick=x', "javascript:alert(1) https://&#34;onclick=x"),
    ],
)
def test_a_source_is_a_link_where_it_has_a_web_address(said: str, shown: str) -> None:
    assert linked(said) == shown


# --------------------------------------------------------------------------- who may see it


def test_readers_may_have_it_all_and_strangers_nothing(home: Home, tmp_path: Path) -> None:
    with place(tmp_path) as people:
        people.desk = replace(people.desk, home=lambda: home)
        rosa, stranger = people.person("rosa", AccountRole.READER), people.stranger()
        for address in EVERY:
            assert stranger.get(HERE + address).status_code == 303, address
        assert rosa.get(f"{HERE}/asks").status_code == 200
        assert rosa.get("/api/v1/organizations/acme/scores").status_code == 200
        assert rosa.get(f"{HERE}/dossier.html?to=2026-01-05").status_code == 200
        assert people.bugs == []


@pytest.mark.parametrize("address", [*EVERY, ""])
@pytest.mark.parametrize("id", ["nobody", "%3Cb%3E"])
def test_what_nobody_ever_knew_is_not_found(desk: TestClient, id: str, address: str) -> None:
    answer = desk.get(f"/organizations/{id}{address}")
    assert answer.status_code == 404 and "<b>" not in answer.text


# --------------------------------------------------------------------------- files to keep


@pytest.mark.parametrize(
    ("format", "period"), [("html", ("2026-01-01", "2026-01-02")), ("json", ()), ("xlsx", ())]
)
def test_a_dossier_has_the_bytes_that_the_command_writes(
    desk: TestClient, home: Home, tmp_path: Path, format: str, period: tuple[str, ...]
) -> None:
    file = tmp_path / f"acme.{format}"
    options = ("--from", period[0], "--to", period[1]) if period else ()
    query = f"?from={period[0]}&to={period[1]}" if period else "?from=&to="
    assert at_home(home.root, "dossier", "acme", "-o", file, *options) == 0
    answer = desk.get(f"{HERE}/dossier.{format}{query}")
    assert answer.content == file.read_bytes()
    days = "-".join(period) if period else "2025-10-06-2026-01-03"
    assert answer.headers["content-disposition"] == f'attachment; filename="dossier-acme-{days}.{format}"'


def test_a_letter_has_the_bytes_that_the_command_writes(desk: TestClient, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "acme.docx"
    assert at_home(home.root, "letter", "acme", "-o", file) == 0
    answer = desk.get(f"{HERE}/letter.docx")
    assert answer.content == file.read_bytes()
    assert answer.headers["content-disposition"] == 'attachment; filename="letter-acme.docx"'
    assert desk.get(f"{HERE}/letter.md").text.startswith("# Draft")


@pytest.mark.parametrize("said", ["yesterday", "20260101", "2026-02-30", "0001-01-01", "<b>"])
def test_a_day_that_is_none_is_one_sentence(desk: TestClient, said: str) -> None:
    answer = desk.get(f"{HERE}/dossier.html", params={"from": said})
    assert answer.status_code == 400 and f"“{said}” is no day of our time" in unescape(answer.text)


def test_a_period_that_ends_before_it_begins_is_one_sentence(desk: TestClient) -> None:
    answer = desk.get(f"{HERE}/dossier.html?from=2026-02-01&to=2026-01-01")
    assert answer.status_code == 400 and "before it begins" in answer.text


@pytest.mark.parametrize(("library", "file"), [("typst", "dossier.pdf"), ("docx", "letter.docx")])
def test_without_the_library_there_is_one_sentence(
    desk: TestClient, monkeypatch: pytest.MonkeyPatch, library: str, file: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    answer = desk.get(f"{HERE}/{file}")
    assert answer.status_code == 400 and "is not installed" in answer.text
    assert "pledgewatch[dossiers]" in answer.text


def test_an_overrule_for_a_day_to_come_is_told_and_not_followed(home: Home, tmp_path: Path) -> None:
    early = datetime(2026, 1, 4, tzinfo=UTC)
    with open_desk(home, early) as desk:
        for address in ("/asks", "/dossier.html"):
            answer = desk.get(HERE + address)
            assert answer.status_code == 400 and "overrules.toml" in answer.text


def test_one_file_is_made_at_a_time_and_pages_are_answered_meanwhile(home: Home) -> None:
    with home.open_store() as store:
        desk = busy_desk(home, store)
        client = client_of(desk)
        with desk.making.turn("busy"):
            answer = client.get(f"{HERE}/dossier.html")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, str(AGAIN))
            assert "ask for yours again" in answer.text
            assert client.get(f"{HERE}/asks").status_code == 200
        assert client.get(f"{HERE}/dossier.html").status_code == 200
        for _ in range(IN_LINE):
            desk.making.line.acquire()
        assert client.get(f"{HERE}/letter.md").status_code == 503
        assert client.get(HERE).status_code == 200


def test_what_fails_leaves_the_line(home: Home) -> None:
    with home.open_store() as store:
        client = client_of(busy_desk(home, store))
        for _ in range(2 * IN_LINE):
            assert client.get("/organizations/nobody/dossier.html").status_code == 404
        assert client.get(f"{HERE}/letter.md").status_code == 200


def busy_desk(home: Home, store: Store) -> Desk:
    """Nobody waits for their turn there."""
    return Desk(lambda: home, store, lambda: NOW, making=Making(longest=0))


# --------------------------------------------------------------------------- the ways there


def test_the_page_of_the_organization_leads_to_all_of_it(desk: TestClient) -> None:
    page = desk.get(HERE).text
    for address in EVERY:
        assert f'"{HERE}{address}"' in page, address


def test_the_api_begins_with_the_way_to_everything(desk: TestClient) -> None:
    first = desk.get("/api/v1")
    assert first.status_code == 200 and first.json() == desk.get("/api/v1/").json()
    for address in first.json()["links"].values():
        assert desk.get(address).status_code == 200, address
    assert desk.post("/api/v1").status_code == 405


def test_the_way_back_from_a_snapshot_has_a_name(desk: TestClient) -> None:
    for address in ("/snapshots/1", "/compare?before=1&after=2"):
        assert f'<a href="{HERE}">Acme</a>' in desk.get(address).text
