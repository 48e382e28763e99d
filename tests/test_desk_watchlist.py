"""The watchlist at the desk: what is declared is shown, changed in its files, and nothing else is."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.desk import looking
from app.desk.gate import Desk
from app.desk.pages import watchlist as pages_watchlist
from app.desk.pages import watchlist_page
from app.desk.passwords import Passwords
from app.desk.texts import texts
from app.home import SHIPPED_CONFIG, Home
from app.previewing import BusyError, Preview, Said
from monitor.errors import InputError
from monitor.model import Access, AccountRole, Fetch, Host, Page, Reading
from monitor.store import Store, fetches, hosts, readings
from monitor.watchlist import load_watchlist
from tests.desks import NOW, Client, client_of, home_at, statements_sent
from tests.homes import at_home, declared, home, tree, watched
from tests.people import HASHER, Moving, Place

__all__ = ["home"]  # the fixture

HERON = """\
# Ours: ask Ana first.
name = "Heron Systems"
kind = "vendor"
products = ["Herongaze"]

[pages.terms]  # the long one
url = "https://heron.example/terms"
role = "terms"

[[unconfirmed]]
url = "https://heron.example/maybe"
role = "policy"
why = "named in a letter"
"""
NEW = {"url": "https://egret.example/pledge", "organization": "", "name": "", "kind": "", "role": "pledge",
       "language": "en", "fetch": "plain"}  # fmt: skip
XSS = "</textarea></title><script>alert(1)</script>\u202e"
SEEN = Preview(
    Access.OK,
    ("It answered.",),
    "https://egret.example/pledge",
    f"Title {XSS}",
    "en",
    640,
    ("First line", XSS),
    7,
    (Said("We will not sell Herongaze.", "stance: refuses", ("Our promise",)),),
)


@dataclass
class Here:
    folder: Path
    store: Store
    place: Place
    client: Client

    def audits(self) -> list[tuple[str, str, str]]:
        return [(one.what, one.about, one.detail) for one in self.place.log()]

    def form(self, path: str) -> dict[str, str]:
        """What the form of this page would send, as a browser reads it."""
        text = self.client.get(path).text
        inputs = re.findall(r'<input type="(?:text|hidden|url)"[^>]*? name="(\w+)" value="([^"]*)"', text)
        inputs += re.findall(r'<input type="text" id="\w+" name="(\w+)" value="([^"]*)"', text)
        areas = re.findall(r'<textarea id="\w+" name="(\w+)"[^>]*>\n(.*?)</textarea>', text, re.DOTALL)
        chosen = re.findall(
            r'name="(\w+)">\s*(?:<option value="[^"]*">[^<]*</option>)*<option value="(\w+)" selected', text
        )
        return {
            name: html.unescape(value).replace("\n", "\r\n") for name, value in [*inputs, *areas, *chosen]
        }


@pytest.fixture
def here(home: Path) -> Iterator[Here]:
    declared(home, "heron").write_text(HERON)
    with home_at(home).open_store() as store:
        desk = Desk(lambda: home_at(home), store, lambda: NOW, "owner", passwords=Passwords(HASHER))
        place = Place(desk, Moving(NOW))
        yield Here(home, store, place, client_of(desk))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Page]:
    """Pages that a preview was asked for; nothing is fetched here (tests/test_previewing.py does)."""
    pages: list[Page] = []

    def look(home: Home, page: Page, products: tuple[str, ...] = ()) -> Preview:
        pages.append(page)
        return SEEN

    monkeypatch.setattr(pages_watchlist, "preview", look)
    monkeypatch.setattr(watchlist_page, "preview", look)
    return pages


# --------------------------------------------------------------------------- the list


def test_what_is_declared_is_listed_with_its_file_and_the_unconfirmed_apart(here: Here) -> None:
    text = here.client.get("/watchlist").text
    listed, _, apart = text.partition("Unconfirmed addresses, never fetched")
    assert all(
        one in listed for one in ("heron/terms", "https://heron.example/terms", "heron.toml", "Heron Systems")
    )
    assert "maybe" not in listed
    assert "named in a letter" in apart and "Confirm and watch" in apart


def test_an_empty_watchlist_says_what_to_do(here: Here) -> None:
    declared(here.folder, "heron").unlink()
    assert "Watch one: its address is all that is needed" in here.client.get("/watchlist").text


def test_a_word_narrows_it(here: Here) -> None:
    for words in ("HERON", "terms", "heron.example/t", "systems"):
        assert "heron/terms" in here.client.get(f"/watchlist?q={words}").text
    assert "heron/terms" not in here.client.get("/watchlist?q=egret").text


def test_a_hundred_pages_are_shown_at_once_by_as_many_questions(here: Here) -> None:
    counts = []
    for number in (2, 250):
        lines = [
            f'\n[pages.p{one}]\nurl = "https://heron.example/{one}"\nrole = "terms"' for one in range(number)
        ]
        declared(here.folder, "heron").write_text(HERON + "".join(lines))
        with statements_sent(here.store) as sent:
            text = here.client.get("/watchlist").text
        counts.append(len(sent))
        assert text.count('<th scope="row">') == min(number + 1, 100)
    assert counts[0] == counts[1]
    assert here.client.get("/watchlist?page=3").text.count('<th scope="row">') == 51
    for odd in ("0", "-1", "x", "9" * 30, "²"):
        assert here.client.get("/watchlist", params={"page": odd}).status_code == 200


def test_the_mark_for_the_browser_leads_to_the_form(here: Here) -> None:
    href = re.search(r'href="(javascript:[^"]*)"', here.client.get("/watchlist").text)
    assert href
    assert html.unescape(href[1]) == (
        "javascript:location.href='http://127.0.0.1:8321/watchlist/add?url='+encodeURIComponent(location.href)"
    )


# --------------------------------------------------------------------------- a new page


def test_the_form_is_filled_from_the_address_and_nothing_is_fetched(here: Here, asked: list[Page]) -> None:
    here.client.get("/watchlist/add?url=https://egret.example/pledge%23part&role=pledge&organization=egret")
    form = here.form("/watchlist/add?url=https://egret.example/pledge%23part&role=pledge&organization=egret")
    assert (form["url"], form["role"], form["organization"]) == (
        "https://egret.example/pledge",
        "pledge",
        "egret",
    )
    assert asked == []


def test_a_preview_says_what_the_page_says_and_changes_nothing(here: Here, asked: list[Page]) -> None:
    before = tree(here.folder / "config")
    answer = here.client.post("/watchlist/preview", data=NEW)
    assert answer.status_code == 200
    for told in ("It answered.", "640", "We will not sell Herongaze.", "First line", "7 more lines"):
        assert told in answer.text
    assert "Watch this page" in answer.text
    assert [(one.id, one.url, one.fetch) for one in asked] == [("egret-example/pledge", NEW["url"], "plain")]
    assert tree(here.folder / "config") == before and here.audits() == []


def test_what_a_page_says_is_shown_as_text(here: Here, asked: list[Page]) -> None:
    text = here.client.post("/watchlist/preview", data=NEW | {"name": XSS}).text
    assert "<script>alert" not in text and "\u202e" not in text
    assert "⟨U+202E⟩" in text


def test_a_new_page_is_written_and_told(here: Here) -> None:
    answer = here.client.post(
        "/watchlist/add", data=NEW | {"name": 'Egret "Ltd"', "kind": "platform", "language": "pt"}
    )
    assert answer.status_code == 303
    assert "egret-example/pledge is watched now" in here.client.get(answer.headers["location"]).text
    one = load_watchlist(here.folder / "config").organization("egret-example")
    assert (one.name, one.kind, one.pages[0].language, str(one.pages[0].role)) == (
        'Egret "Ltd"', "platform", "pt", "pledge",
    )  # fmt: skip
    assert here.audits() == [("watched", "egret-example/pledge", NEW["url"])]


def test_a_page_of_a_known_organization_goes_after_what_stands_there(here: Here) -> None:
    here.client.post("/watchlist/add", data=NEW | {"organization": "heron", "name": "ignored"})
    text = declared(here.folder, "heron").read_text()
    assert text.startswith(HERON)
    assert watched(here.folder)["heron/pledge"] == NEW["url"]


def test_an_unconfirmed_address_is_confirmed_by_watching_it(here: Here) -> None:
    found = re.search(r'href="(/watchlist/add\?url=[^"]*maybe[^"]*)"', here.client.get("/watchlist").text)
    assert found
    form = here.form(html.unescape(found[1]))
    assert (form["url"], form["organization"], form["role"]) == (
        "https://heron.example/maybe",
        "heron",
        "policy",
    )
    assert here.client.post("/watchlist/add", data=form).status_code == 303
    organization = load_watchlist(here.folder / "config").organization("heron")
    assert [one.id for one in organization.pages] == ["heron/terms", "heron/maybe"]
    assert organization.unconfirmed == ()
    assert "# Ours: ask Ana first." in declared(here.folder, "heron").read_text()


MUCH = "a" * 200_000
BAD = {
    "no address": ({"url": ""}, "The address is empty"),
    "file": ({"url": "file:///etc/passwd"}, "must begin with http:// or https://"),
    "javascript": ({"url": "javascript:alert(1)"}, "must begin with http"),
    "data": ({"url": "data:text/html,x"}, "must begin with http"),
    "view-source": ({"url": "view-source:https://a.example"}, "must begin with http"),
    "userinfo": ({"url": "http://good.example@127.0.0.1/"}, "user name or password"),
    "userinfo, escaped": ({"url": "http://127.0.0.1%2f@good.example"}, "user name or password"),
    "backslash": ({"url": "http://good.example\\@127.0.0.1/"}, "a backslash"),
    "tab": ({"url": "http://127.0\t.0.1/"}, "a control character"),
    "fragment": ({"url": "http://good.example#@127.0.0.1/"}, "carries a fragment"),
    "no host": ({"url": "http:///x"}, "names no host"),
    "bad port": ({"url": "http://a.example:99999/"}, "not a well-formed address"),
    "very long": ({"url": "https://a.example/" + MUCH}, "2000 signs at most"),
    "role": ({"role": "oath"}, "The role must be one of"),
    "language": ({"language": "../../x"}, "write a language code"),
    "fetch": ({"fetch": "telnet"}, "choose one of plain, rendered"),
    "organization": ({"organization": "../../etc/cron.d/x"}, "lower-case letters"),
    "organization, dots": ({"organization": ".."}, "lower-case letters"),
    "organization, NUL": ({"organization": "a\u2028b"}, "lower-case letters"),
    "kind": ({"kind": 'x"\n[pages.y]'}, "cannot be seen"),
    "kind, two words": ({"kind": "a shop"}, "write one lower-case word"),
    "name": ({"name": 'x"""\n[pages.evil]\nurl="u"'}, "cannot be seen"),
    "name, turned": ({"name": "a\u202eb"}, "cannot be seen"),
    "name, long": ({"name": MUCH}, "500 signs at most"),
    "watched": ({"url": "HTTPS://heron.example:443/terms"}, "watched already as heron/terms"),
}  # fmt: skip


def test_what_cannot_be_watched_is_one_sentence_with_all_that_was_typed(here: Here) -> None:
    before = tree(here.folder / "config")
    for what, (fields, sentence) in BAD.items():
        answer = here.client.post("/watchlist/add", data=NEW | fields)
        said = re.search(r'<p class="problem" role="alert">(.*?)</p>', answer.text, re.DOTALL)
        assert answer.status_code == 400 and said, what
        assert sentence in html.unescape(said[1]) and len(said[1]) < 3_000, what
        typed = (NEW | fields)["url"]
        assert "\t" in typed or html.escape(typed, quote=False) in answer.text, what
    assert tree(here.folder / "config") == before and here.audits() == []


def test_no_process_is_started_for_an_address_that_is_none(here: Here, asked: list[Page]) -> None:
    for what, (fields, _) in BAD.items():
        if "url" in fields and what != "watched":
            assert here.client.post("/watchlist/preview", data=NEW | fields).status_code == 400, what
    assert asked == []


def test_a_name_is_only_ever_a_name(here: Here) -> None:
    names = ['"""', "'''", "]", "\\", "a # b", "=1+1", "{{7*7}}", "<b>", "Ünï", "x" * 500]
    for number, name in enumerate(names):
        new = NEW | {"name": name, "url": f"https://egret{number}.example/"}
        assert here.client.post("/watchlist/add", data=new).status_code == 303
    told = html.unescape(here.client.get("/watchlist").text)
    organizations = load_watchlist(here.folder / "config").organizations
    assert [one.name for one in organizations] == [*names, "Heron Systems"]
    assert [name for name in names if f">{name}</a>" not in told] == []
    assert "<b></a>" not in here.client.get("/watchlist").text


@pytest.mark.parametrize(
    ("error", "status"), [(BusyError("Two previews run."), 503), (InputError("Too slow."), 400)]
)
def test_a_preview_that_cannot_be_made_is_a_sentence(
    here: Here, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(*_: object) -> Preview:
        raise error

    monkeypatch.setattr(pages_watchlist, "preview", fail)
    answer = here.client.post("/watchlist/preview", data=NEW)
    assert answer.status_code == status and str(error) in answer.text and NEW["url"] in answer.text


def test_a_host_that_asked_for_patience_is_left_in_peace(here: Here, asked: list[Page]) -> None:
    with here.store.begin() as conn:
        hosts.save(
            conn, Host("https://egret.example", not_before=NOW.replace(hour=12), why="it answered 429")
        )
    answer = here.client.post("/watchlist/preview", data=NEW)
    assert answer.status_code == 400 and "it answered 429" in answer.text
    assert asked == []


ODD = (
    (Preview(Access.OK, words=900), "no_statement"),
    (Preview(Access.OK, words=9), "few_words"),
    (Preview(Access.OK, words=900, language="de"), "language"),
    (Preview(Access.OK, words=900, has_lexicon=False), "no_lexicon"),
    (Preview(Access.OK, final_url="https://other.example/"), "elsewhere"),
    (Preview(Access.ROBOTS_DISALLOWED), "hint_robots_disallowed"),
    (Preview(Access.RENDERED_NEEDED), "hint_rendered_needed"),
)


def test_what_is_odd_about_a_page_is_said_before_it_is_watched(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seen, key in ODD:
        monkeypatch.setattr(pages_watchlist, "preview", lambda *_, seen=seen: seen)
        assert warning(key) in html.unescape(here.client.post("/watchlist/preview", data=NEW).text), key
    monkeypatch.setattr(pages_watchlist, "preview", lambda *_: SEEN)
    assert 'class="warning"' not in here.client.post("/watchlist/preview", data=NEW).text


def warning(key: str) -> str:
    """The beginning of the sentence of a warning, up to what is put in."""
    filled = texts()(f"watchlist.warn_{key}", language="\0", words="\0", seen="\0", url="\0", page="\0")
    return filled.partition("\0")[0]


def test_every_warning_has_its_words() -> None:
    for access in looking._HINTS:
        assert warning(f"hint_{access}")


# --------------------------------------------------------------------------- a page that is watched


EDIT = "/watchlist/heron/terms"


def test_a_form_that_is_sent_as_it_came_changes_nothing(here: Here) -> None:
    odd = HERON.replace(
        'role = "terms"\n', 'role = "terms"\nnote = "a\\nb\\u202e "\nselect = ["a  b"]\nevery_hours = 1e-05\n'
    )
    declared(here.folder, "heron").write_text(odd)
    assert here.client.post(EDIT, data=here.form(EDIT)).status_code == 303
    assert declared(here.folder, "heron").read_text() == odd
    assert here.audits() == []


def test_what_is_edited_is_written_and_told_in_one_line(here: Here) -> None:
    form = here.form(EDIT) | {"select": "main\r\n\r\n  article ", "every_hours": "12", "min_words": "40"}
    answer = here.client.post(EDIT, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{EDIT}?done=saved")
    assert "Saved." in here.client.get(answer.headers["location"]).text
    text = declared(here.folder, "heron").read_text()
    added = 'select = ["main", "article"]\nmin_words = 40\nevery_hours = 12\n'
    assert text == HERON.replace('role = "terms"\n', f'role = "terms"\n{added}', 1)
    assert here.audits() == [
        (
            "edited",
            "heron/terms",
            "select: nothing → main, article; min_words: 0 → 40; every_hours: 24.0 → 12",
        )
    ]


def test_a_value_that_is_the_usual_one_is_taken_out(here: Here) -> None:
    here.client.post(EDIT, data=here.form(EDIT) | {"language": "pt"})
    here.client.post(EDIT, data=here.form(EDIT) | {"language": "en"})
    assert declared(here.folder, "heron").read_text() == HERON


BAD_EDITS: list[tuple[dict[str, str], str]] = [
    ({"url": "file:///x"}, "must begin with http"),
    ({"select": "p["}, "pages.terms.select[0]"),
    ({"select": "\r\n".join(["p"] * 51)}, "50 lines of 500 signs"),
    ({"remove": "p" * 501}, "50 lines of 500 signs"),
    ({"contains": "a\u202eb"}, "cannot be seen"),
    ({"note": 'x" ' + MUCH}, "2000 signs at most"),
    ({"min_words": "-1"}, "takes a number"),
    ({"min_words": "1.5"}, "takes a number"),
    ({"every_hours": "0"}, "write more than 0"),
    ({"every_hours": "nan"}, "takes a number"),
    ({"every_hours": "9" * 400}, "takes a number"),
    ({"every_hours": "١"}, "takes a number"),
    ({"language": "EN"}, "write a language code"),
]


def test_a_bad_edit_is_one_sentence_and_changes_nothing(here: Here) -> None:
    form = here.form(EDIT)
    for fields, sentence in BAD_EDITS:
        answer = here.client.post(EDIT, data=form | {"note": "typed by me"} | fields)
        assert answer.status_code == 400 and sentence in html.unescape(answer.text), sentence
        assert "typed by me" in answer.text or "note" in fields
    assert declared(here.folder, "heron").read_text() == HERON and here.audits() == []


def test_an_address_that_another_page_has_is_refused(here: Here) -> None:
    at_home(here.folder, "add", "https://heron.example/other", "--organization", "heron")
    answer = here.client.post(EDIT, data=here.form(EDIT) | {"url": "https://heron.example/other"})
    assert answer.status_code == 400 and "watched already as heron/other" in answer.text


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(here: Here) -> None:
    form = here.form(EDIT) | {"note": "typed by me"}
    declared(here.folder, "heron").write_text(HERON + "# by hand\n")
    answer = here.client.post(EDIT, data=form)
    assert answer.status_code == 409
    assert "was changed meanwhile" in answer.text and "typed by me" in answer.text
    assert declared(here.folder, "heron").read_text() == HERON + "# by hand\n"
    again = here.client.post(EDIT, data=form)
    assert again.status_code == 409, "sending it twice is no way round"


def test_an_edit_that_leaves_a_route_without_pages_is_refused(here: Here) -> None:
    settings = here.folder / "config" / "settings.toml"
    settings.write_text(
        settings.read_text().replace('channel = "console"', 'channel = "console"\nlanguages = ["en"]')
    )
    answer = here.client.post(EDIT, data=here.form(EDIT) | {"language": "pt"})
    assert answer.status_code == 400 and "is the language of no watched page" in html.unescape(answer.text)
    assert declared(here.folder, "heron").read_text() == HERON


def test_a_page_is_paused_and_goes_on(here: Here) -> None:
    assert here.client.post(f"{EDIT}/pause", data={"paused": "yes"}).status_code == 303
    assert 'role = "terms"\npaused = true\n' in declared(here.folder, "heron").read_text()
    assert "paused</span>" in here.client.get("/watchlist").text
    here.client.post(f"{EDIT}/pause", data={"paused": "yes"})
    assert here.client.post(f"{EDIT}/pause", data={"paused": "no"}).status_code == 303
    assert declared(here.folder, "heron").read_text() == HERON
    assert [one[0] for one in here.audits()] == ["resumed", "paused"]


PLEDGE = b"<nav>Menu of many words</nav><main><p>We will not sell Herongaze to police departments.</p></main>"


def captured(here: Here) -> None:
    """The terms, read well once."""
    sha = here.store.blobs.put(PLEDGE)
    with here.store.begin() as conn:
        fetch = fetches.record(
            conn,
            Fetch("heron/terms", "https://heron.example/terms", NOW, NOW, status=200, body_sha256=sha,
                  headers=(("Content-Type", "text/html"),), body_bytes=len(PLEDGE)),
        )  # fmt: skip
        readings.record(conn, Reading(fetch.id, "heron/terms", NOW, Access.OK))


def test_selectors_are_tried_on_the_last_capture_without_a_fetch(here: Here, asked: list[Page]) -> None:
    captured(here)
    answer = here.client.post(f"{EDIT}/preview", data=here.form(EDIT) | {"select": "main"})
    assert answer.status_code == 200
    assert "8 of 12 words are left; the selectors drop 4." in answer.text
    assert "We will not sell Herongaze to police departments." in answer.text
    assert "Menu of many words" in answer.text.partition("What the selectors drop")[2]
    assert ">\nmain</textarea>" in answer.text
    assert asked == [] and declared(here.folder, "heron").read_text() == HERON


@pytest.mark.parametrize(
    "fields", [{"now": "yes"}, {"url": "https://heron.example/new"}], ids=["asked for", "moved"]
)
def test_a_fetch_is_made_where_no_capture_can_tell(
    here: Here, asked: list[Page], fields: dict[str, str]
) -> None:
    captured(here)
    assert here.client.post(f"{EDIT}/preview", data=here.form(EDIT) | fields).status_code == 200
    assert [one.id for one in asked] == ["heron/terms"]


# --------------------------------------------------------------------------- who, and where


NO_PAGES = (
    "heron/nothing", "nobody/terms", "heron/terms%00", "%2e%2e/%2e%2e", "heron/terms%2f..", "heron/TERMS",
    "..%5c..%5cetc/passwd", "....//terms", "%2fetc/passwd", "heron/terms.toml", "unconfirmed/0", "x/" + "y" * 2_000,
)  # fmt: skip


def test_what_is_no_pages_id_leads_nowhere(here: Here) -> None:
    before = tree(here.folder / "config")
    for path in NO_PAGES:
        for answer in (
            here.client.get(f"/watchlist/{path}"),
            here.client.post(f"/watchlist/{path}", data={"sha256": "", "url": "https://a.example/"}),
            here.client.post(f"/watchlist/{path}/pause", data={"paused": "yes"}),
        ):
            assert answer.status_code in (400, 404, 405) and len(answer.text) < 9_000, path
    assert tree(here.folder / "config") == before


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (AccountRole.READER, {"list"}),
        (AccountRole.REVIEWER, {"list", "add"}),
        (AccountRole.ADMIN, {"list", "add", "edit"}),
    ],
)
def test_readers_look_reviewers_add_and_admins_change(here: Here, role: AccountRole, may: set[str]) -> None:
    here.place.account("boss", AccountRole.ADMIN)
    client = here.place.person("vera", role)
    answers = {
        "list": client.get("/watchlist"),
        "add": client.post("/watchlist/add", data=NEW),
        "edit": client.post(f"{EDIT}/pause", data={"paused": "yes"}),
    }
    assert {what for what, answer in answers.items() if answer.status_code in (200, 303)} == may
    assert ("Confirm and watch" in answers["list"].text) is ("add" in may)
    assert (f'href="{EDIT}"' in answers["list"].text) is ("edit" in may)


def test_without_the_token_of_the_form_nothing_changes(here: Here) -> None:
    here.client.csrf = ""
    before = tree(here.folder / "config")
    for path in ("/watchlist/add", "/watchlist/preview", EDIT, f"{EDIT}/preview", f"{EDIT}/pause"):
        assert here.client.post(path, data=NEW).status_code == 403
    assert tree(here.folder / "config") == before


@pytest.mark.parametrize(
    ("config", "sentence"),
    [(SHIPPED_CONFIG, "comes with pledgewatch"), (None, "cannot be followed just now")],
    ids=["ours", "the last good one"],
)
def test_a_watchlist_that_is_not_the_homes_own_is_only_shown(
    here: Here, tmp_path: Path, config: Path | None, sentence: str
) -> None:
    kept = here.folder / "config.last-good"
    (here.folder / "config").rename(kept)
    desk = Desk(lambda: Home(here.folder, config or kept), here.store, lambda: NOW, "owner")
    client = client_of(desk)
    text = client.get("/watchlist").text
    assert sentence in text and "/watchlist/add" not in text
    answer = client.post("/watchlist/add", data=NEW)
    assert answer.status_code == 403 and "pledgewatch init DIR" in answer.text
    assert declared(here.folder.parent, "x").parent.exists() is False


def test_a_folder_that_cannot_be_written_is_a_sentence(here: Here) -> None:
    (here.folder / "config" / "watchlist" / ".heron.toml.new").mkdir()  # as good as read-only, also for root
    answer = here.client.post(f"{EDIT}/pause", data={"paused": "yes"})
    assert (
        answer.status_code == 400 and "cannot be written" in answer.text and "pledgewatch init" in answer.text
    )
    assert declared(here.folder, "heron").read_text() == HERON and here.audits() == []
