"""What stands above the words on each side of a change, and what is shown of it."""

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.gate import Desk
from app.desk.rendering import AT_ONCE, environment, parted, said
from app.desk.trails import Above, Trail, above, lines
from app.home import Home
from monitor.blobs import Blobs
from monitor.model import Document, Segment
from monitor.store import alerts, open_store, sqlite_url
from tests.desks import client_of
from tests.one_page import AT_ONCE as POLICY
from tests.one_page import PADDING, PAGE, Watch
from tests.sample_alerts import finding
from tests.test_ledger import said as saying

ITEM = "conduct facial recognition of people;"
BAN, LEAVE, PARTNERS = "You may not use it to:", "You may use it to:", "Partners may use it to:"


def text(*trails: str, item: str = ITEM) -> Document:
    """A text that has these words once below each of the lines."""
    return Document(tuple(Segment(item, "item", ("Terms",), (lead,)) for lead in trails))


def leads(before: Document | None, after: Document | None, lead: str, old: str = ITEM) -> tuple[str, str]:
    """The last line above the words before and after; "" where it is not known."""
    one = finding(before_quote=old, after_quote=ITEM, context=("Terms", lead))
    was, now = above(one, (before, after))
    return (was.trail[-1] if was else "", now.trail[-1] if now else "")


@pytest.mark.parametrize(
    ("before", "after", "lead", "expected"),
    [
        pytest.param([BAN], [LEAVE], LEAVE, (BAN, LEAVE), id="the line above changed"),
        pytest.param([BAN], [BAN], BAN, (BAN, BAN), id="it did not"),
        pytest.param([PARTNERS, BAN], [PARTNERS, LEAVE], LEAVE, (BAN, LEAVE), id="others stay"),
        pytest.param([LEAVE, BAN], [LEAVE, LEAVE], LEAVE, (BAN, LEAVE), id="one came to the other"),
        pytest.param([PARTNERS, BAN], [PARTNERS, BAN], BAN, (BAN, BAN), id="twice, and not the first"),
        pytest.param([PARTNERS, BAN], [BAN], BAN, (BAN, BAN), id="its twin went"),
        pytest.param(None, [LEAVE], LEAVE, ("", LEAVE), id="no text before"),
        pytest.param([BAN], None, LEAVE, (BAN, LEAVE), id="no text after"),
        pytest.param(None, None, LEAVE, ("", LEAVE), id="no text"),
    ],
)
def test_each_side_has_the_lines_of_its_own_text(
    before: list[str] | None, after: list[str] | None, lead: str, expected: tuple[str, str]
) -> None:
    assert leads(text(*before) if before else None, text(*after) if after else None, lead) == expected


def test_of_other_words_that_stand_twice_those_are_meant_whose_lines_are_like_it() -> None:
    old = "conduct facial recognition;"
    before = text(PARTNERS, "You must not use it to:", item=old)
    assert leads(before, text(BAN), BAN, old)[0] == "You must not use it to:"


def test_words_of_one_side_have_the_lines_that_were_kept_with_them() -> None:
    gone = finding(before_quote=ITEM, after_quote="", context=("Terms", BAN))
    assert above(gone, (None, None)) == (Above(("Terms", BAN)), None)
    assert lines(gone, *above(gone, (None, None))).are_known


def test_what_differs_in_the_lines_is_marked_and_all_of_them_are_there() -> None:
    long = "Subject to section 4 below and to all that we agreed on with you, " * 20
    was, now = Above(("Terms", long + BAN)), Above(("Terms", long + LEAVE))
    shown = lines(finding(), was, now)
    assert "".join(run.text for run in shown.before) == " › ".join(was.trail)
    assert "".join(run.text for run in shown.after) == " › ".join(now.trail)
    assert [run.text.strip() for run in shown.inline if run.kind != "same"] == ["not"]
    assert not shown.are_same


def test_lines_that_nobody_knows_are_never_called_the_same() -> None:
    shown = lines(finding(), None, Above(("Terms", LEAVE)))
    assert (shown.before, shown.are_known, shown.are_same) == ((), False, False)


trails = st.lists(st.sampled_from([BAN, LEAVE, PARTNERS]), min_size=1, max_size=4)


@given(trails, trails, st.sampled_from([BAN, LEAVE, PARTNERS]))
def test_no_side_ever_shows_a_line_that_its_text_has_not(was: list[str], now: list[str], lead: str) -> None:
    before, after = leads(text(*was), text(*now), lead)
    assert before in was and after in now


# --------------------------------------------------------------------------- labels, and long words


@pytest.mark.parametrize(
    "context", [("Prohibited uses",), ("Terms", "Under this agreement you may not"), ("Terms", BAN), ()]
)
def test_a_label_says_all_that_stands_above_the_words(context: Trail) -> None:
    assert said(replace(saying(ITEM, 0, 9), context=context)) == " › ".join((*context, ITEM))


@given(st.text(max_size=3 * AT_ONCE))
def test_long_words_are_parted_and_not_cut(words: str) -> None:
    start, rest = parted(words)
    assert start + rest == words and len(start) <= AT_ONCE


def test_the_end_of_long_words_can_be_unfolded() -> None:
    made = environment().from_string('{% import "parts.html" as p %}{{ p.quote(q) }}{{ p.above([q, "x"]) }}')
    shown = made.render(q="We will not sell it, " * 40 + "unless you ask.")
    assert shown.count("…</blockquote><details") == 1 and shown.count("…</p><details") == 1
    assert shown.count("unless you ask.") == 2
    assert "the words go on for" in shown and "stand above these words" in shown
    assert "<details" not in made.render(q="We will not sell it.")


# --------------------------------------------------------------------------- on the pages


def listed(lead: str) -> bytes:
    return (
        f"<html><h1>Our pledge</h1><p>{lead}</p><ul><li>{ITEM}</li><li>sell data.</li></ul>{PADDING}".encode()
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the desk shows, side by side and in one text, and where snapshots are compared, of a turned line."""
    root = tmp_path_factory.mktemp("turned")
    (root / "config/watchlist").mkdir(parents=True)
    (root / "config/settings.toml").write_text('[operator]\ncontact = "tests@pledgewatch.invalid"\n')
    (root / "config/watchlist/acme.toml").write_text(
        f'name = "Acme"\nkind = "vendor"\n[pages.pledge]\nurl = "{PAGE.url}"\nrole = "pledge"\n'
    )
    with open_store(sqlite_url(root / "pledgewatch.db"), Blobs(root / "blobs")) as store:
        watch = Watch(store, POLICY)
        watch.sees(listed(BAN))
        watch.sees(listed(LEAVE))
        with store.read() as conn:
            (one,) = alerts.all(conn)
        client = client_of(Desk(lambda: Home(root, root / "config"), store, lambda: watch.now))
        asked = {
            "side": f"/changes/{one.id}",
            "inline": f"/changes/{one.id}?view=inline",
            "compare": "/compare?before=1&after=2",
        }
        return {name: unescape(client.get(address).text) for name, address in asked.items()}


@pytest.mark.parametrize("name", ["side", "compare"])
def test_the_words_before_stand_below_the_line_before(pages: dict[str, str], name: str) -> None:
    shown = pages[name].split('<h2 id="words">')[0].split("<details")[0]
    told = [re.sub("<[^>]*>", "", one) for one in re.findall(r'above">(.*?)</p>\s*<blockquote>', shown)]
    assert told == [f"Our pledge › {BAN}", f"Our pledge › {LEAVE}"]
    assert "<del>not </del>" in shown


def test_in_one_text_the_line_above_is_marked(pages: dict[str, str]) -> None:
    assert "You may <del>not </del>use it to:" in pages["inline"]


@pytest.mark.parametrize("name", ["side", "inline"])
def test_where_the_line_above_turned_nothing_is_called_unchanged(pages: dict[str, str], name: str) -> None:
    assert "The words are the same on both sides; the lines above them changed." in pages[name]
    assert "the lines above them are the same" not in pages[name]


def test_what_is_copied_has_the_line_above_in_quotation_marks_of_its_own(pages: dict[str, str]) -> None:
    cited = re.findall(r"<textarea id=\"cite-[^>]*>([^<]*) — Acme", pages["side"])
    assert cited == [f"“Our pledge” … “{lead}” … “{ITEM}”" for lead in (BAN, LEAVE)]
