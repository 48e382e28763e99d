"""config/watchlist/: one file an organization; what it becomes, and the sentence for everything wrong."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigError, InputError
from monitor.model import DateKind, Identifiers, KnownDate, Organization, Page, Role, UnconfirmedPage
from monitor.watchlist import Watchlist, config_sha256, load_watchlist

CHECKOUT = Path(__file__).parents[1]
CONFIG = CHECKOUT / "config"
SHARED = Path(os.environ.get("PLEDGEWATCH_SHARED") or CHECKOUT.parent / "shared")

LAMPLIGHT = """
name = "Lamplight Cameras"
kind = "vendor"
"""

TERMS = """
[pages.terms]
url = "https://lamplight.example/terms"
role = "terms"
"""


def load(config: Path, files: dict[str, str]) -> Watchlist:
    """The watchlist of these files, by name without .toml."""
    (config / "watchlist").mkdir()
    for name, text in files.items():
        (config / "watchlist" / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_watchlist(config)


def refusal(config: Path, files: dict[str, str]) -> str:
    """The sentence with which these files are refused, with the watchlist's folder left out."""
    with pytest.raises(ConfigError) as caught:
        load(config, files)
    return str(caught.value).replace(f"{config / 'watchlist'}{os.sep}", "")


# --------------------------------------------------------------------------- what a file becomes


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    watchlist = load(tmp_path, {"lamplight": LAMPLIGHT + TERMS})
    page = Page(
        id="lamplight/terms",
        organization_id="lamplight",
        url="https://lamplight.example/terms",
        role=Role.TERMS,
    )
    assert watchlist.organizations == (
        Organization(id="lamplight", name="Lamplight Cameras", kind="vendor", pages=(page,)),
    )
    assert watchlist.pages == (page,)


def test_every_key_has_its_place(tmp_path: Path) -> None:
    text = """
    id = "lamplight"
    name = "Lamplight Cameras"
    kind = "hardware_partner"
    why = ["sells cameras that match faces"]
    country = "NL"
    parent = "lantern-group"
    aliases = ["Lamplight"]
    products = ["FaceLamp"]
    note = "made up"
    [identifiers]
    ticker = "LAMP"
    exchange = "XAMS"
    isin = "US0378331005"
    lei = "HWUPKR0MPOU8FGXBT394"
    certainty = "seen"
    [pages.terms-of-use]
    url = "https://lamplight.example/terms"
    role = "terms"
    language = "pt"
    fetch = "rendered"
    select = ["main", "article > p:not(.note)"]
    remove = ["nav"]
    min_words = 200
    contains = ["Terms of use"]
    every_hours = 12
    third_parties = ["cdn.example.net", "static.example"]
    screenshot = true
    note = "made up too"
    [[unconfirmed]]
    url = "https://lamplight.example/ethics"
    role = "pledge"
    why = "guessed"
    [[dates]]
    on = 2027-05-09
    kind = "expiry"
    what = "made up"
    source = "https://lamplight.example/order"
    certainty = "to be confirmed"
    [[dates]]
    on = 2027-05-20
    kind = "annual_meeting"
    what = "the meeting"
    """
    lantern = 'name = "Lantern Group"\nkind = "vendor"\n'
    watchlist = load(tmp_path, {"lamplight": text, "lantern-group": lantern})
    page = Page(
        id="lamplight/terms-of-use",
        organization_id="lamplight",
        url="https://lamplight.example/terms",
        role=Role.TERMS,
        language="pt",
        fetch="rendered",
        select=("main", "article > p:not(.note)"),
        remove=("nav",),
        min_words=200,
        contains=("Terms of use",),
        every_hours=12.0,
        third_parties=("cdn.example.net", "static.example"),
        screenshot=True,
        note="made up too",
    )
    assert watchlist.organization("lamplight") == Organization(
        id="lamplight",
        name="Lamplight Cameras",
        kind="hardware_partner",
        why=("sells cameras that match faces",),
        identifiers=Identifiers("LAMP", "XAMS", "US0378331005", "HWUPKR0MPOU8FGXBT394", "seen"),
        parent="lantern-group",
        country="NL",
        aliases=("Lamplight",),
        products=("FaceLamp",),
        note="made up",
        pages=(page,),
        unconfirmed=(UnconfirmedPage("https://lamplight.example/ethics", Role.PLEDGE, "guessed"),),
        dates=(
            KnownDate(
                date(2027, 5, 9),
                DateKind.EXPIRY,
                "made up",
                "https://lamplight.example/order",
                "to be confirmed",
            ),
            KnownDate(date(2027, 5, 20), DateKind.ANNUAL_MEETING, "the meeting"),
        ),
    )


def test_an_unconfirmed_address_is_never_a_page(tmp_path: Path) -> None:
    text = (
        LAMPLIGHT + '[[unconfirmed]]\nurl = "https://lamplight.example/"\nrole = "policy"\nwhy = "guessed"\n'
    )
    assert load(tmp_path, {"lamplight": text}).pages == ()


def test_organizations_stand_in_the_order_of_their_ids(tmp_path: Path) -> None:
    watchlist = load(tmp_path, {"zebra": LAMPLIGHT, "apple-tree": LAMPLIGHT, "m": LAMPLIGHT})
    assert [organization.id for organization in watchlist.organizations] == ["apple-tree", "m", "zebra"]


def test_a_watchlist_may_be_empty_and_other_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "watchlist").mkdir()
    (tmp_path / "watchlist" / "README.md").write_text("not ours", encoding="utf-8")
    assert load_watchlist(tmp_path) == Watchlist()


def test_pages_and_organizations_are_found_by_id(tmp_path: Path) -> None:
    watchlist = load(tmp_path, {"lamplight": LAMPLIGHT + TERMS})
    assert watchlist.page("lamplight/terms").url == "https://lamplight.example/terms"
    assert watchlist.organization("lamplight").name == "Lamplight Cameras"


def test_an_unknown_id_is_answered_with_the_nearest(tmp_path: Path) -> None:
    watchlist = load(tmp_path, {"lamplight": LAMPLIGHT + TERMS})
    with pytest.raises(InputError) as page:
        watchlist.page("lamplight/term")
    with pytest.raises(InputError) as organization:
        watchlist.organization("lamplite")
    assert str(page.value) == 'no page "lamplight/term" is on the watchlist; did you mean "lamplight/terms"?'
    assert str(organization.value) == (
        'no organization "lamplite" is on the watchlist; did you mean "lamplight"?'
    )


# --------------------------------------------------------------------------- what is refused

PAGE_REFUSALS = {
    "misspelt key": (
        'urll = "https://a.example/"\nrole = "terms"',
        'pages.terms.urll: is not a known key; did you mean "url"?',
    ),
    "an id is not written": (
        'url = "https://a.example/"\nrole = "terms"\norganization_id = "a"',
        (
            "pages.terms.organization_id: is not a known key; known are: contains, every_hours, fetch, "
            "language, min_words, note, paused, remove, role, screenshot, select, third_parties, url"
        ),
    ),
    "no url": ('role = "terms"', "pages.terms.url: is missing; add it"),
    "no role": ('url = "https://a.example/"', "pages.terms.role: is missing; add it"),
    "unknown role": (
        'url = "https://a.example/"\nrole = "blog"',
        (
            'pages.terms.role: is "blog"; choose one of pledge, policy, terms, product, customers, '
            "transparency_report, newsroom"
        ),
    ),
    "relative url": (
        'url = "/terms"\nrole = "terms"',
        'pages.terms.url: must begin with http:// or https:// ("/terms"); write the whole address',
    ),
    "url with a password": (
        'url = "https://me:secret@a.example/"\nrole = "terms"',
        "pages.terms.url: carries a user name or password; take out what stands before the @",
    ),
    "url with a backslash": (
        "url = 'https://a.example\\b'\nrole = \"terms\"",
        (
            "pages.terms.url: holds a blank, a control character or a backslash ('https://a.example\\\\b'); "
            "write the plain address"
        ),
    ),
    "url with a fragment": (
        'url = "https://a.example/#b"\nrole = "terms"',
        'pages.terms.url: carries a fragment ("https://a.example/#b"); take out the # and what follows it',
    ),
    "unknown fetch": (
        'url = "https://a.example/"\nrole = "terms"\nfetch = "browser"',
        'pages.terms.fetch: is "browser"; choose one of plain, rendered',
    ),
    "bad language": (
        'url = "https://a.example/"\nrole = "terms"\nlanguage = "English"',
        'pages.terms.language: is "English"; write a language code such as en or pt',
    ),
    "never due": (
        'url = "https://a.example/"\nrole = "terms"\nevery_hours = 0',
        "pages.terms.every_hours: is 0; write more than 0",
    ),
    "negative words": (
        'url = "https://a.example/"\nrole = "terms"\nmin_words = -1',
        "pages.terms.min_words: is -1; write 0 or more",
    ),
    "select is no array": (
        'url = "https://a.example/"\nrole = "terms"\nselect = "main"',
        'pages.terms.select: must be an array; write it between brackets, as in ["…"]',
    ),
}


@pytest.mark.parametrize(("lines", "sentence"), PAGE_REFUSALS.values(), ids=PAGE_REFUSALS)
def test_a_bad_page_is_refused_in_one_sentence(tmp_path: Path, lines: str, sentence: str) -> None:
    assert refusal(tmp_path, {"a": f"{LAMPLIGHT}[pages.terms]\n{lines}"}) == f"a.toml: {sentence}"


@pytest.mark.parametrize("key", ["select", "remove"])
@pytest.mark.parametrize("selector", ["main >", "", "div[", ":nosuch", "p..x"])
def test_a_bad_selector_is_refused(tmp_path: Path, key: str, selector: str) -> None:
    text = f"{LAMPLIGHT}{TERMS}{key} = ['main', '{selector}']"
    sentence = refusal(tmp_path, {"a": text})
    assert sentence.startswith(f"a.toml: pages.terms.{key}[1]: ")
    assert sentence.endswith("; mend it or leave it out")


@pytest.mark.parametrize(
    "host",
    [
        "https://cdn.example.net", "cdn.example.net:8080", "cdn.example.net/js", "*.example.net", "CDN.example.net",
        "cdn.example.net.", ".example.net", "-cdn.example.net", "cdn..net", "net", "exämple.net", "", "a." * 127 + "net",
    ],
)  # fmt: skip
def test_a_third_party_is_a_host_name_and_nothing_else(tmp_path: Path, host: str) -> None:
    text = f'{LAMPLIGHT}{TERMS}fetch = "rendered"\nthird_parties = ["cdn.example.net", "{host}"]'
    assert refusal(tmp_path, {"a": text}) == (
        f'a.toml: pages.terms.third_parties[1]: is "{host}"; '
        "write a host name in lower case such as cdn.example.net, without http://"
    )


@pytest.mark.parametrize("line", ['third_parties = ["cdn.example.net"]', "screenshot = true"])
def test_what_only_a_browser_does_is_for_rendered_pages(tmp_path: Path, line: str) -> None:
    assert refusal(tmp_path, {"a": f"{LAMPLIGHT}{TERMS}{line}"}) == (
        f"a.toml: pages.terms.{line.split()[0]}: is for a browser; "
        'write fetch = "rendered" too, or take it out'
    )


@pytest.mark.parametrize(
    "slug", ["Terms", "terms_of_use", "terms of use", "-terms", "terms-", "a--b", "a/b", ""]
)
def test_a_bad_page_slug_is_refused(tmp_path: Path, slug: str) -> None:
    text = f'{LAMPLIGHT}[pages."{slug}"]\nurl = "https://a.example/"\nrole = "terms"'
    assert refusal(tmp_path, {"a": text}) == (
        f'a.toml: pages.{slug}: "{slug}" cannot be the id of a page; '
        "use lower-case letters, digits and single hyphens"
    )


@pytest.mark.parametrize("name", ["Acme", "acme_cameras", "acme cameras", "acme-", ".hidden", "acmé"])
def test_a_bad_file_name_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, {name: LAMPLIGHT}) == (
        f'{name}.toml: "{name}" cannot be the id of an organization; '
        "use lower-case letters, digits and single hyphens"
    )


WRONG = "(wrong length, form or check digit); copy it again"

ORGANIZATION_REFUSALS = {
    "misspelt key": (
        LAMPLIGHT + 'alias = ["Lamp"]',
        'alias: is not a known key; did you mean "aliases"?',
    ),
    "no name": ('kind = "vendor"', "name: is missing; add it"),
    "empty name": (
        'name = " "\nkind = "vendor"',
        "name: is empty; write what people call the organization",
    ),
    "no kind": ('name = "Lamplight"', "kind: is missing; add it"),
    "two words for a kind": (
        'name = "Lamplight"\nkind = "Camera vendor"',
        'kind: is "Camera vendor"; write one lower-case word such as platform, vendor or agency',
    ),
    "misspelt identifier": (
        LAMPLIGHT + '[identifiers]\nisn = "US0378331005"',
        'identifiers.isn: is not a known key; did you mean "isin"?',
    ),
    "ISIN with a wrong check digit": (
        LAMPLIGHT + '[identifiers]\nisin = "US0378331006"',
        f'identifiers.isin: "US0378331006" is not a valid ISIN {WRONG}',
    ),
    "ISIN too short": (
        LAMPLIGHT + '[identifiers]\nisin = "US037833100"',
        f'identifiers.isin: "US037833100" is not a valid ISIN {WRONG}',
    ),
    "LEI with a wrong check digit": (
        LAMPLIGHT + '[identifiers]\nlei = "HWUPKR0MPOU8FGXBT395"',
        f'identifiers.lei: "HWUPKR0MPOU8FGXBT395" is not a valid LEI {WRONG}',
    ),
    "unknown parent": (
        LAMPLIGHT + 'parent = "lantren"',
        'parent: "lantren" is not on the watchlist; did you mean "lantern"?',
    ),
    "its own parent": (
        LAMPLIGHT + 'parent = "a"',
        'parent: "a" would be its own parent; take it out',
    ),
    "another id than the file": (
        'id = "lamplight"' + LAMPLIGHT,
        'id: is "lamplight" but the file is a.toml; rename the file or leave the id out',
    ),
    "bad unconfirmed address": (
        LAMPLIGHT + '[[unconfirmed]]\nurl = "lamplight.example"\nrole = "pledge"\nwhy = "guessed"',
        (
            'unconfirmed[0].url: must begin with http:// or https:// ("lamplight.example"); '
            "write the whole address"
        ),
    ),
    "unconfirmed without why": (
        LAMPLIGHT + '[[unconfirmed]]\nurl = "https://a.example"\nrole = "pledge"',
        "unconfirmed[0].why: is missing; add it",
    ),
    "a date without a day": (
        LAMPLIGHT + '[[dates]]\nkind = "review"\nwhat = "made up"',
        "dates[0].on: is missing; add it",
    ),
    "a day in quotation marks": (
        LAMPLIGHT + '[[dates]]\non = "2027-05-09"\nkind = "review"\nwhat = "made up"',
        "dates[0].on: is '2027-05-09' but must be a day; write it as 2027-05-09, without quotation marks",
    ),
    "a day that is none": (
        LAMPLIGHT + '[[dates]]\non = 2027-02-30\nkind = "review"\nwhat = "made up"',
        "is not valid TOML: Invalid date or datetime (at line 5, column 6); mend that line",
    ),
    "a date of an unknown kind": (
        LAMPLIGHT + '[[dates]]\non = 2027-05-09\nkind = "expire"\nwhat = "made up"',
        'dates[0].kind: is "expire"; choose one of annual_meeting, filing_deadline, expiry, review',
    ),
    "a date for nothing": (
        LAMPLIGHT + '[[dates]]\non = 2027-05-09\nkind = "expiry"\nwhat = " "',
        "dates[0].what: is empty; write in a line what the day is for",
    ),
    "the same page twice": (
        LAMPLIGHT + TERMS + TERMS,
        "is not valid TOML: Cannot declare ('pages', 'terms') twice (at line 9, column 13); mend that line",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), ORGANIZATION_REFUSALS.values(), ids=ORGANIZATION_REFUSALS)
def test_a_bad_organization_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(tmp_path, {"a": text, "lantern": LAMPLIGHT}) == f"a.toml: {sentence}"


def test_a_time_is_no_day(tmp_path: Path) -> None:
    text = LAMPLIGHT + '[[dates]]\non = 2027-05-09T06:00:00Z\nkind = "review"\nwhat = "made up"'
    assert re.search(r"dates\[0\]\.on: .* must be a day; write it as", refusal(tmp_path, {"a": text}))


def test_two_files_for_one_organization_are_refused_with_both_names(tmp_path: Path) -> None:
    files = {"lamplight": LAMPLIGHT + TERMS, "lamplight-2": 'id = "lamplight"' + LAMPLIGHT + TERMS}
    assert refusal(tmp_path, files) == (
        'lamplight.toml: id: "lamplight" is declared in lamplight-2.toml too; keep one of the two files'
    )


def test_parents_in_a_circle_are_refused(tmp_path: Path) -> None:
    files = {
        "a": LAMPLIGHT + 'parent = "b"',
        "b": LAMPLIGHT + 'parent = "c"',
        "c": LAMPLIGHT + 'parent = "a"',
    }
    assert refusal(tmp_path, files) == 'a.toml: parent: "a" would be its own parent; take it out'


def test_the_file_that_names_an_unknown_parent_is_the_one_that_is_refused(tmp_path: Path) -> None:
    files = {"a": LAMPLIGHT + 'parent = "b"', "b": LAMPLIGHT + 'parent = "zzz"'}
    assert refusal(tmp_path, files) == 'b.toml: parent: "zzz" is not on the watchlist; known are: a, b'


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a folder; create it, with one file for each organization"):
        load_watchlist(tmp_path)


# --------------------------------------------------------------------------- which configuration was in force


def test_the_same_configuration_has_the_same_sha256(tmp_path: Path) -> None:
    shutil.copytree(CONFIG, tmp_path / "copy")
    assert re.fullmatch("[0-9a-f]{64}", config_sha256(CONFIG))
    assert config_sha256(tmp_path / "copy") == config_sha256(CONFIG)


@given(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "xx", "b.toml"]), min_size=1))
def test_names_and_bytes_both_count(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> None:
    def sha256(contents: dict[str, str]) -> str:
        folder = tmp_path_factory.mktemp("config")
        for name, text in contents.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        (folder / "notes.txt").write_text(str(folder), encoding="utf-8")
        return config_sha256(folder)

    first = min(files)
    assert sha256(files) == sha256(dict(reversed(files.items())))
    assert sha256(files) != sha256(files | {first: files[first] + "!"})
    assert sha256(files) != sha256({("z" if name == first else name): text for name, text in files.items()})
    assert sha256(files) != sha256(files | {"d": ""})


def test_what_moves_from_one_file_into_a_name_counts(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    (one / "a.toml").write_text("b.toml#", encoding="utf-8")
    (two / "a.toml").write_text("", encoding="utf-8")
    (two / "b.toml").write_text("#", encoding="utf-8")
    assert config_sha256(one) != config_sha256(two)


# --------------------------------------------------------------------------- what is shipped


def test_the_shipped_watchlist_can_be_followed() -> None:
    watchlist = load_watchlist(CONFIG)
    assert all(organization.why for organization in watchlist.organizations)
    assert len({page.url for page in watchlist.pages}) == len(watchlist.pages)


def test_every_shipped_date_has_a_source_and_is_a_day_to_come_when_it_was_written() -> None:
    dates = [known for one in load_watchlist(CONFIG).organizations for known in one.dates]
    assert dates
    for known in dates:
        assert known.source.startswith("https://")
        assert known.on > date(2026, 11, 22)


def test_no_shipped_address_is_both_confirmed_and_unconfirmed() -> None:
    watchlist = load_watchlist(CONFIG)
    pages = {page.url for page in watchlist.pages}
    assert not pages & {entry.url for one in watchlist.organizations for entry in one.unconfirmed}


@dataclass(frozen=True)
class Entry:
    """One organization of the shared list: its name and its addresses with their confidence."""

    name: str
    pages: tuple[tuple[str, str], ...]


def shared_entries() -> list[Entry]:
    """The shared list, read line by line: each entry begins with `- name:`, each page with `- url:`."""
    file = SHARED / "domain" / "watchlist.yaml"
    if not file.is_file():
        pytest.skip(f"{file} is not there: the shared list is not part of a checkout")
    blocks = re.split(r"^- name: ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    page = re.compile(r"^  - url: (\S+)$.*?^    confidence: (.+?)$", re.MULTILINE | re.DOTALL)
    return [Entry(block.splitlines()[0].strip("'\""), tuple(page.findall(block))) for block in blocks]


def test_every_shared_address_is_a_page_only_if_somebody_saw_it() -> None:
    watchlist = load_watchlist(CONFIG)
    pages = {page.url for page in watchlist.pages}
    unconfirmed = {entry.url for one in watchlist.organizations for entry in one.unconfirmed}
    shared = [page for entry in shared_entries() for page in entry.pages]
    assert len(shared) == 78
    assert {url for url, confidence in shared if confidence.split()[0] == "seen"} == pages
    assert {url for url, confidence in shared if confidence.split()[0] != "seen"} == unconfirmed


def test_every_shared_name_has_an_organization() -> None:
    """`AWS / Cloud (Product)` asks for AWS and for Cloud; what stands in brackets explains only."""
    known = {name for one in load_watchlist(CONFIG).organizations for name in (one.name, *one.aliases)}
    known |= {re.sub(r" \(.*\)", "", name) for name in known}
    entries = shared_entries()
    asked = {part.strip() for entry in entries for part in re.sub(r"\(.*\)", "", entry.name).split("/")}
    assert len(entries) == 115
    assert asked - known == set()
