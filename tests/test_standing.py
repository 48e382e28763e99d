"""What stands on a page, until which day by its own words, and on which days that is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.home import SHIPPED_CONFIG
from monitor.lexicon import Lexicon, Lexicons
from monitor.lexicon.ending import end_of
from monitor.lexicon.file import Ends
from monitor.model import Sentence, Stance, Standing, Statement
from monitor.standing import found_by, is_protection, key_of, next_day, stages, standing_of
from monitor.store import Store, standing
from monitor.store.standing import OnPage
from tests.one_page import LOOSE, PAGE, PROMISE, START, Watch, hasty, html, store, watch
from tests.texts import english, statements

__all__ = ["hasty", "store", "watch"]

LEXICONS = Lexicons(SHIPPED_CONFIG)
AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
DATED = "We will not sell facial recognition technology to police departments until 10 June 2027."

# --------------------------------------------------------------------------- until which day

ENDS = [
    ("en", "We will not sell facial recognition to police until 10 June 2027.", "2027-06-10"),
    ("en", "We will not sell facial recognition to police until June 10, 2027.", "2027-06-10"),
    ("en", "We will not sell facial recognition to police until the 10th of June 2027.", "2027-06-10"),
    ("en", "We will not sell facial recognition to police until 10th June, 2027, anywhere.", "2027-06-10"),
    ("en", "We will not sell facial recognition to police through December 31, 2026.", "2026-12-31"),
    ("en", "We will not sell facial recognition to police through Dec. 31, 2026.", "2026-12-31"),
    ("en", "Until the end of 2026, we will not offer facial recognition.", "2026-12-31"),
    ("en", "Until 2027-06-10 we will not offer facial recognition to police.", "2027-06-10"),
    ("en", "We have paused police use of face recognition until June 2021.", "2021-06-30"),
    ("en", "Face recognition stays off until the end of February 2028.", "2028-02-29"),
    ("en", "We pause face recognition until 31/12/2027.", "2027-12-31"),
    ("en", "We pause face recognition until 12/31/2027.", "2027-12-31"),
    ("en", "Our moratorium on face recognition expires on 1 May 2027.", "2027-05-01"),
    ("en", "Our ban on face recognition ends 2027-05-09.", "2027-05-09"),
    ("en", "Moratorium on face recognition. Expires: 1 May 2027.", "2027-05-01"),
    ("en", "Our ban on face recognition ends at the end of May 2027.", "2027-05-31"),
    ("en", "UNTIL 10\u00a0JUNE 2027, police may not use our face recognition.", "2027-06-10"),
    ("fr", "Nous ne vendrons pas la reconnaissance faciale à la police jusqu'au 10 juin 2027.", "2027-06-10"),
    ("fr", "Nous ne vendrons pas la reconnaissance faciale jusqu’au 1er mai 2027.", "2027-05-01"),
    ("fr", "Jusqu'à la fin de 2026, nous ne proposons pas la reconnaissance faciale.", "2026-12-31"),
    ("fr", "La reconnaissance faciale est suspendue jusqu'en juin 2021.", "2021-06-30"),
    ("fr", "Notre moratoire sur la reconnaissance faciale expire le 1er mai 2027.", "2027-05-01"),
    ("fr", "Notre interdiction prend fin le 2027-05-09.", "2027-05-09"),
    ("fr", "La vente est suspendue jusqu'à fin août 2027.", "2027-08-31"),
    ("de", "Bis zum 10. Juni 2027 verkaufen wir keine Gesichtserkennung an die Polizei.", "2027-06-10"),
    ("de", "Wir werden bis zum 10. Juni 2027 keine Gesichtserkennung verkaufen.", "2027-06-10"),
    ("de", "Gesichtserkennung bleibt bis Ende 2026 ausgesetzt.", "2026-12-31"),
    ("de", "Gesichtserkennung ist gestoppt bis Juni 2021.", "2021-06-30"),
    ("de", "Unser Moratorium läuft am 1. Mai 2027 aus.", "2027-05-01"),
    ("de", "Unser Verbot der Gesichtserkennung endet am 9. Mai 2027.", "2027-05-09"),
    ("de", "Wir verzichten auf Gesichtserkennung bis einschließlich 31.12.2027.", "2027-12-31"),
    ("es", "No venderemos reconocimiento facial a la policía hasta el 10 de junio de 2027.", "2027-06-10"),
    ("es", "El reconocimiento facial sigue suspendido hasta junio de 2021.", "2021-06-30"),
    ("es", "Hasta el fin de 2026, no ofreceremos reconocimiento facial.", "2026-12-31"),
    ("es", "Nuestra moratoria vence el 1 de mayo de 2027.", "2027-05-01"),
    ("es", "Nuestra prohibición termina el 9 de mayo del 2027.", "2027-05-09"),
    ("pt", "Não venderemos reconhecimento facial à polícia até 10 de junho de 2027.", "2027-06-10"),
    ("pt", "Não venderemos reconhecimento facial até ao dia 10 de junho de 2027.", "2027-06-10"),
    ("pt", "O reconhecimento facial está suspenso até junho de 2021.", "2021-06-30"),
    ("pt", "Até o final de 2026, não ofereceremos reconhecimento facial.", "2026-12-31"),
    ("pt", "A nossa moratória expira em 1 de maio de 2027.", "2027-05-01"),
]
NO_ENDS = [
    ("en", "We will not sell facial recognition to police."),
    ("en", "We will not sell facial recognition to police for one year."),
    ("en", "We will not sell facial recognition to police for one year from 10 June 2026."),
    ("en", "We will not sell facial recognition to police until 05/09/2027."),
    ("en", "We will not sell facial recognition to police until 10 June."),
    ("en", "We will not sell facial recognition to police until 2027."),
    ("en", "We will not sell facial recognition to police until 31 June 2027."),
    ("en", "We will not sell facial recognition to police until at least 10 June 2027."),
    ("en", "We will not sell facial recognition to police until mid June 2027."),
    ("en", "We will not sell facial recognition to police until 10 June 2027 or until there is a law."),
    ("en", "We will not sell facial recognition to police until 10 June 2027, unless a law is passed."),
    ("en", "We will not sell facial recognition to police until 10 June 2027, whichever comes first."),
    ("en", "We will not sell facial recognition to police until 10 June 2027 and beyond."),
    ("en", "We will not sell facial recognition to police until 10 June 2027 at the earliest."),
    ("en", "We will not sell it to police until 10 June 2027 and to cities until 10 June 2028."),
    ("en", "From 10 June 2026 until 10 June 2027 we will not sell facial recognition."),
    ("en", "We have not sold facial recognition to police since 10 June 2020."),
    ("en", "As of June 2021, we do not sell facial recognition."),
    ("en", "Last updated 10 June 2027: we do not sell facial recognition."),
    ("en", "We will not sell facial recognition until there is a national law."),
    ("en", "We will not sell facial recognition until further notice."),
    ("en", "We sell no facial recognition, but existing contracts run until 31 December 2027."),
    ("en", "Our contract for facial recognition, which expires on 1 May 2027, will not be renewed."),
    ("en", "We use no facial recognition, and our contract with the vendor ends on 1 May 2027."),
    ("en", "The exemption of schools from our ban on facial recognition ends on 1 May 2027."),
    ("en", "We sell no facial recognition, except until 31 December 2027 to old customers."),
    ("en", "The ban on facial recognition does not take effect until 1 January 2027."),
    ("en", "Face images collected until 10 June 2027 will be deleted."),
    ("en", "Face images that we hold until 10 June 2027 will be deleted."),
    ("en", "The face recognition pilot runs until 10 June 2027."),
    ("en", "The form on face recognition expires on September 30, 2027."),
    ("en", "Our ban on facial recognition holds until 10 June 2027-28."),
    ("en", "Our work through the Face Act of June 2027 bans it."),
    ("en", "We will decide on facial recognition by 10 June 2027."),
    ("en", "We sell no facial recognition to police, but live video goes on until 31 December 2027."),
    ("en", "We sell no facial recognition to agencies which hold footage until 31 December 2027."),
    ("fr", "Nous ne vendons pas la reconnaissance faciale, mais la vidéo continue jusqu'au 1er mai 2027."),
    ("de", "Wir verkaufen keine Gesichtserkennung, aber die Videos bleiben bis zum 10. Juni 2027."),
    ("es", "No vendemos reconocimiento facial, pero el vídeo sigue hasta el 10 de junio de 2027."),
    ("pt", "Não vendemos reconhecimento facial, mas o vídeo continua até 10 de junho de 2027."),
    ("fr", "Le contrat de reconnaissance faciale court jusqu'au 1er mai 2027."),
    ("fr", "Nous ne la vendrons pas jusqu'au 10 juin 2027 ou jusqu'à une loi."),
    ("fr", "Nous ne la vendons pas depuis le 10 juin 2020."),
    ("fr", "Nous ne la vendrons pas pendant un an."),
    ("fr", "Nous ne la vendrons pas jusqu'au 05/09/2027."),
    ("fr", "L'interdiction n'entre pas en vigueur jusqu'au 1er mai 2027."),
    ("de", "Bestehende Verträge laufen bis Ende 2026."),
    ("de", "Wir verkaufen sie nicht bis zum 10. Juni 2027, es sei denn, ein Gesetz erlaubt es."),
    ("de", "Bis zum 10. Juni 2027 erfasste Gesichter werden gelöscht."),
    ("de", "Wir verkaufen sie bis auf Weiteres nicht."),
    ("de", "Wir verkaufen sie frühestens ab dem 10. Juni 2027."),
    ("es", "No lo venderemos hasta que exista una ley."),
    ("es", "No lo venderemos hasta el 10 de junio de 2027, salvo que haya una ley."),
    ("es", "Los contratos siguen hasta el 10 de junio de 2027."),
    ("es", "Desde el 10 de junio de 2020 no lo vendemos."),
    ("pt", "Não o venderemos até haver uma lei."),
    ("pt", "Os contratos vigoram até 10 de junho de 2027."),
    ("pt", "Não o venderemos até 10 de junho de 2027 ou até 10 de junho de 2028."),
]


def ends(language: str, *parts: str) -> tuple[str, str]:
    return end_of(parts, LEXICONS[language].file.ends)


@pytest.mark.parametrize(("language", "text", "day"), ENDS)
def test_a_plain_day_in_an_end_phrase_is_the_end(language: str, text: str, day: str) -> None:
    found, words = ends(language, text)
    assert found == day
    assert words in text


@pytest.mark.parametrize(("language", "text"), NO_ENDS)
def test_whatever_is_open_names_no_end(language: str, text: str) -> None:
    assert ends(language, text) == ("", "")


@pytest.mark.parametrize("lexicon", LEXICONS.values(), ids=lambda lexicon: lexicon.language)
def test_the_examples_of_each_language(lexicon: Lexicon) -> None:
    assert lexicon.file.ends.examples
    assert set(lexicon.file.ends.months.values()) == set(range(1, 13))
    for text, day in lexicon.file.ends.examples.items():
        assert ends(lexicon.language, text)[0] == day, text


def test_the_line_above_may_name_the_end_and_a_second_day_leaves_it_open() -> None:
    above = "Until 10 June 2027, you may not use the service to:"
    assert ends("en", "match faces for the police", above) == ("2027-06-10", "Until 10 June 2027")
    assert ends("en", "match faces until 10 June 2028", above) == ("", "")


def test_a_language_without_months_names_no_end() -> None:
    assert end_of(["until 10 June 2027"], Ends(until=("until",))) == ("", "")


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    for written in (f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", day.isoformat()):
        assert ends("en", f"We will not sell it until {written}.")[0] == day.isoformat()


@given(st.text(max_size=200), st.sampled_from(["until ", "ban ends ", "through "]))
def test_no_text_breaks_it_and_its_words_are_the_texts(noise: str, opener: str) -> None:
    text = f"{noise}{opener}10 June 2027{noise}"
    day, words = ends("en", text)
    assert words in text
    assert day in ("", "2027-06-10")


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
