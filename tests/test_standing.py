"""What stands on a page, until which day by its own words, and on which days that is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.home import SHIPPED_CONFIG
from monitor.lexicon import Lexicon, Lexicons
from monitor.model import Sentence, Stance, Standing, Statement
from monitor.segment import sentences
from monitor.standing import found_by, is_protection, key_of, next_day, stages, standing_of
from monitor.statements import find
from monitor.store import Store, standing
from monitor.store.standing import OnPage
from tests.one_page import LOOSE, PAGE, PROMISE, START, Watch, hasty, html, store, watch
from tests.texts import document, english, statements

__all__ = ["hasty", "store", "watch"]

LEXICONS = Lexicons(SHIPPED_CONFIG)
AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
DATED = "We will not sell facial recognition technology to police departments until 10 June 2027."

# --------------------------------------------------------------------------- what stands


def test_what_stood_before_keeps_its_first_sight() -> None:
    old = standing_of(statements(PROMISE), (), AT, english())
    later = AT + timedelta(days=9)
    now = standing_of(statements(f"{PROMISE}\n\n{DATED}"), old, later, english())
    assert [(one.quote, one.since, one.ends) for one in now] == [
        (PROMISE, AT, ""),
        (DATED, later, "2027-06-10"),
    ]
    assert now[1].ends_text == "until 10 June 2027"
    assert standing_of(statements(PROMISE), now, AT - timedelta(days=1), english())[0].since < AT


def test_the_same_words_are_one_and_under_another_line_another() -> None:
    assert len(standing_of(statements(f"{PROMISE}\n\n{PROMISE}"), (), AT, english())) == 1
    (one,) = statements(PROMISE)
    below = replace(one, sentence=replace(one.sentence, frame="you may not"))
    assert key_of(one) != key_of(below)
    assert key_of(one) == key_of(replace(one, sentence=replace(one.sentence, text="Other case", ordinal="3")))


@pytest.mark.parametrize(
    "open_",
    [{"doubtful": True}, {"in_quotes": True}, {"is_carve_out": True}, {"marks": (Stance.REFUSES,) * 2}],
    ids=str,
)
def test_what_a_person_has_to_judge_first_has_no_end(open_: dict[str, object]) -> None:
    plain = Statement(Sentence(DATED), Stance.REFUSES, 4)
    assert standing_of([plain], (), AT, english())[0].ends == "2027-06-10"
    assert standing_of([replace(plain, **open_)], (), AT, english())[0].ends == ""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stance", "protects", "counts"),
    [("refuses", True, True), ("promises", True, True), ("refuses", False, False), ("permits", True, False)],
)
def test_what_protects(stance: str, protects: bool, counts: bool) -> None:
    assert is_protection(replace(until("2027-06-10"), stance=stance, protects=protects)) is counts


@pytest.mark.parametrize(
    ("language", "text", "protects"),
    [
        ("en", "Our pause on facial recognition expires on 10 June 2027.", True),
        ("en", "Our commitment to use facial recognition ends on 10 June 2027.", False),
        ("fr", "Notre moratoire sur la reconnaissance faciale expire le 10 juin 2027.", True),
        ("es", "Nuestra moratoria sobre el reconocimiento facial vence el 10 de junio de 2027.", True),
        ("pt", "A nossa moratória sobre o reconhecimento facial expira em 10 de junho de 2027.", True),
        ("de", "Unser Moratorium für Gesichtserkennung läuft am 10. Juni 2027 aus.", True),
    ],
)
def test_a_ban_that_ends_protected_until_then(language: str, text: str, protects: bool) -> None:
    """ "Expires" by itself would be read as a deletion that is refused, which protects nobody."""
    (said,) = find(sentences(document(text)), LEXICONS[language])
    (one,) = standing_of([said], (), AT, LEXICONS[language])
    assert (one.ends, is_protection(one)) == ("2027-06-10", protects)


def test_other_words_other_products_and_another_program_find_anew() -> None:
    lexicon = english()
    known = {
        found_by(lexicon, "1"),
        found_by(lexicon, "2"),
        found_by(lexicon.with_products(["Facely"]), "1"),
        found_by(LEXICONS["fr"], "1"),
    }
    assert len(known) == 4
    assert found_by(Lexicons(SHIPPED_CONFIG)["en"], "1") in known


# --------------------------------------------------------------------------- on which days it is told


def until(ends: str, since: datetime = AT) -> Standing:
    return Standing("k", DATED, (), since, "refuses", ends=ends)


@pytest.mark.parametrize(
    ("ends", "since", "days"),
    [
        ("", AT, []),
        ("2027-06-10", AT, [180, 90, 30, 7, -1]),
        ("2027-05-21", AT, [90, 30, 7, -1]),  # 180 days before is the day on which we saw it first
        ("2026-11-25", AT, [-1]),
        ("2026-11-22", AT, [-1]),
        ("2026-11-21", AT, []),
        ("2021-06-10", AT, []),
    ],
)
def test_a_day_that_had_come_before_we_saw_the_statement_is_not_told(
    ends: str, since: datetime, days: list[int]
) -> None:
    assert [days for _, days in stages(until(ends, since))] == days


@pytest.mark.parametrize(
    ("today", "next_"),
    [
        ("2026-11-22", "2026-12-12"),
        ("2026-12-12", "2026-12-12"),
        ("2026-12-13", "2027-03-12"),
        ("2027-06-04", "2027-06-11"),
        ("2027-06-12", None),
    ],
)
def test_the_next_day(today: str, next_: str | None) -> None:
    day = next_day([until(""), until("2027-06-10")], date.fromisoformat(today))
    assert (day.isoformat() if day else None) == next_


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_every_day_to_tell_lies_after_the_first_sight_and_none_is_skipped(end: date, since: date) -> None:
    one = until(end.isoformat(), datetime(since.year, since.month, since.day, 23, 59, tzinfo=UTC))
    told, day = [], next_day([one], date.min)
    while day is not None:
        told.append(day)
        day = next_day([one], day + timedelta(days=1))
    assert told == [day for day, _ in stages(one)]
    assert all(day > since for day in told)


# --------------------------------------------------------------------------- kept by a check


def kept(store: Store) -> OnPage:
    with store.read() as conn:
        row = standing.of_page(conn, PAGE.id)
    assert row is not None
    return row


def test_a_check_keeps_what_stands_on_the_text_that_it_believes(hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    assert [one.quote for one in kept(hasty.store).statements] == [PROMISE]
    hasty.sees(html(PROMISE, DATED.replace("2027", "2028")))
    row = kept(hasty.store)
    assert [one.quote for one in row.statements] == [PROMISE, DATED.replace("2027", "2028")]
    assert row.next_day == date(2028, 6, 10) - timedelta(days=180)


def test_what_is_not_believed_yet_does_not_stand(watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(LOOSE))
    assert [one.quote for one in kept(watch.store).statements] == [PROMISE]
    watch.sees(html(LOOSE))
    assert [one.quote for one in kept(watch.store).statements] == [LOOSE]


def test_an_unchanged_page_is_not_read_again_for_it(hasty: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty.sees(html(PROMISE))
    written: list[OnPage] = []
    monkeypatch.setattr(standing, "keep", lambda _, row: written.append(row))
    hasty.sees(html(PROMISE))
    hasty.sees(html(PROMISE, nonce="2"))
    assert written == []
    hasty.rules = replace(hasty.rules, program="another")
    hasty.sees(html(PROMISE))
    assert [one.since for row in written for one in row.statements] == [START + timedelta(hours=24)]


def test_a_page_without_words_for_its_language_keeps_nothing(hasty: Watch) -> None:
    hasty.rules = replace(hasty.rules, lexicons={})
    hasty.sees(html(PROMISE))
    with hasty.store.read() as conn:
        assert standing.of_page(conn, PAGE.id) is None


def test_a_day_that_is_due_and_not_told_stays_due(hasty: Watch) -> None:
    hasty.sees(html(PROMISE, DATED.replace("June 2027", "July 2026")))
    due = date(2026, 7, 10) - timedelta(days=180)
    assert kept(hasty.store).next_day == due
    hasty.sees(html(PROMISE, DATED.replace("June 2027", "July 2026"), LOOSE), after=24 * 20)
    assert kept(hasty.store).next_day == due


# --------------------------------------------------------------------------- how long it holds


def lasts(text: str, lexicon: Lexicon) -> int:
    found = standing_of(find(sentences(document(text)), lexicon), (), AT, lexicon)
    return max((one.lasts for one in found), default=0)


@pytest.mark.parametrize("language", LEXICONS)
def test_the_examples_of_how_long(language: str) -> None:
    lexicon = LEXICONS[language]
    assert lexicon.file.lasts.examples
    for text, days in lexicon.file.lasts.examples.items():
        assert lasts(text, lexicon) == days, text


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("We are implementing a one-year moratorium on police use of our facial recognition.", 365),
        ("We will not license facial recognition to any police force for 18 months.", 547),
        ("We hereby place a two-year ban on facial recognition in our stores.", 730),
        ("We will not keep face scans for one year.", 0),
        ("We do not collect face templates for six months.", 0),
        ("We will not sell facial recognition to police for one year or until a law is passed.", 0),
        ("We will not sell facial recognition to police for two weeks.", 0),
        ("For one year, we will not sell facial recognition.", 0),
        ("Police may use our facial recognition for one year.", 0),
        ("The city asked us for a one-year moratorium on facial recognition.", 0),
        ("Our one-year moratorium on facial recognition was extended indefinitely.", 0),
        ("The one-year ban and the two-year pause both cover facial recognition.", 0),
    ],
)
def test_how_long_is_believed_of_a_ban_alone(text: str, days: int) -> None:
    assert lasts(text, english()) == days
