"""Until which day a sentence says that something holds: the forms that we believe, and what leaves it open."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.home import SHIPPED_CONFIG
from monitor.lexicon import Lexicon, Lexicons
from monitor.lexicon.ending import NO_END, end_of
from monitor.lexicon.file import Ends

LEXICONS = Lexicons(SHIPPED_CONFIG)

ENDS = [
    ("en", "We will not sell facial recognition to police until 10 June 2027.", "2027-06-10"),
    ("en", "We will not sell facial recognition to police until June 10, 2027.", "2027-06-10"),
    ("en", "We will not sell facial recognition to police until the 10th of June 2027.", "2027-06-10"),
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
    ("en", "We refuse to sell facial recognition to police until 10 June 2027.", "2027-06-10"),
    ("en", "We pledge not to offer face recognition to law enforcement through 31 May 2028.", "2028-05-31"),
    ("en", "Our moratorium on police use of facial recognition is in force until 1 May 2027.", "2027-05-01"),
    ("en", "Our one-year ban on selling face recognition to police will end on 1 May 2027.", "2027-05-01"),
    ("en", "Our pledge not to sell facial recognition to police ends on 1 May 2027.", "2027-05-01"),
    ("en", "Facial recognition will not be sold to police until 10 June 2027.", "2027-06-10"),
    ("en", "Until 10 June 2027 police use of our face recognition is suspended.", "2027-06-10"),
    ("en", "Our pause on facial recognition runs out on 1 May 2027", "2027-05-01"),
    (
        "fr",
        "Nous suspendons la vente de reconnaissance faciale à la police jusqu'au 10 juin 2027.",
        "2027-06-10",
    ),
    ("fr", "Jusqu'au 10 juin 2027, nous n'utilisons pas la reconnaissance faciale.", "2027-06-10"),
    (
        "fr",
        "Notre moratoire sur la reconnaissance faciale reste en vigueur jusqu'au 1er mai 2027.",
        "2027-05-01",
    ),
    ("fr", "Notre suspension de la reconnaissance faciale se terminera le 9 mai 2027.", "2027-05-09"),
    ("de", "Wir verkaufen keine Gesichtserkennung an die Polizei bis zum 10. Juni 2027.", "2027-06-10"),
    ("de", "Wir verkaufen Gesichtserkennung bis zum 10. Juni 2027 nicht an die Polizei.", "2027-06-10"),
    ("de", "Unser Verbot der Gesichtserkennung gilt bis 10. Juni 2027.", "2027-06-10"),
    ("de", "Unser Moratorium für Gesichtserkennung wird am 1. Mai 2027 auslaufen.", "2027-05-01"),
    ("de", "Der Verkauf von Gesichtserkennung an die Polizei ist bis Ende Mai 2027 gestoppt.", "2027-05-31"),
    ("es", "Nos comprometemos a no vender reconocimiento facial hasta el 10 de junio de 2027.", "2027-06-10"),
    (
        "es",
        "La venta de reconocimiento facial a la policía queda suspendida hasta junio de 2027.",
        "2027-06-30",
    ),
    (
        "es",
        "Nuestra moratoria sobre el reconocimiento facial sigue vigente hasta el 1 de mayo de 2027.",
        "2027-05-01",
    ),
    (
        "es",
        "Nuestra prohibición del reconocimiento facial está en vigor hasta el 1 de mayo de 2027.",
        "2027-05-01",
    ),
    ("pt", "Suspendemos a venda de reconhecimento facial à polícia até 10 de junho de 2027.", "2027-06-10"),
    ("pt", "A nossa moratória sobre o reconhecimento facial vigora até 1 de maio de 2027.", "2027-05-01"),
    ("pt", "Nossa proibição do reconhecimento facial termina em 9 de maio de 2027.", "2027-05-09"),
    (
        "pt",
        "A venda de reconhecimento facial à polícia fica suspensa até ao dia 10 de junho de 2027.",
        "2027-06-10",
    ),
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
    # no word for what it holds to, or more than the end
    ("en", "We will not sell facial recognition to police until 10th June, 2027, anywhere."),
    ("en", "Moratorium on face recognition. Expires: 1 May 2027."),
    # denied
    ("en", "Our ban on selling facial recognition to police no longer ends on 10 June 2027."),
    ("en", "Nothing in this ban on face recognition ends on 10 June 2027."),
    ("en", "Our moratorium on face recognition never ends on 10 June 2027."),
    ("en", "Our moratorium on face recognition hardly ends on 10 June 2027."),
    ("en", "Our moratorium on face recognition is not in force until 10 June 2027."),
    ("en", "Our ban on face recognition ends on 10 June 2027 never."),
    ("en", "Our ban on face recognition cannot end on 10 June 2027."),
    ("es", "Nuestra moratoria sobre el reconocimiento facial no vence el 10 de junio de 2027."),
    ("es", "Nuestra moratoria nunca termina el 10 de junio de 2027."),
    ("es", "Nuestra prohibición tampoco acaba el 10 de junio de 2027."),
    ("es", "Nada de esta prohibición termina el 10 de junio de 2027."),
    ("de", "Unser Verbot der Gesichtserkennung läuft am 10. Juni 2027 nicht aus."),
    ("de", "Unser Verbot der Gesichtserkennung endet keineswegs am 10. Juni 2027."),
    ("de", "Unser Verbot der Gesichtserkennung läuft am 10. Juni 2027 an."),
    ("de", "Wir verkaufen Gesichtserkennung nicht bis zum 10. Juni 2027."),
    ("de", "Wir werden bis zum 10. Juni 2027 nicht auf Gesichtserkennung verzichten."),
    ("fr", "Notre moratoire sur la reconnaissance faciale n'expire pas le 1er mai 2027."),
    ("fr", "Notre interdiction ne prend plus fin le 1er mai 2027."),
    ("fr", "Notre moratoire ne prend fin le 1er mai 2027 pour personne."),
    ("pt", "A nossa moratória sobre o reconhecimento facial já não termina em 10 de junho de 2027."),
    ("pt", "A nossa moratória não termina em 10 de junho de 2027."),
    ("pt", "A nossa proibição nunca expira em 10 de junho de 2027."),
    # extended, or only the least
    ("en", "We promised not to sell face recognition until 10 June 2027, then made the promise permanent."),
    ("en", "We will not use face recognition until 10 June 2027; the ban then continues indefinitely."),
    ("en", "We will not use face recognition until 10 June 2027, renewable."),
    ("en", "We will not use face recognition until 10 June 2027 (renewed every year)."),
    ("en", "We will not use face recognition until 10 June 2027, at the very least."),
    ("en", "We will not use face recognition until 10 June 2027*"),
    ("en", "We will not use face recognition until 10 June 2027 – and then for ever."),
    ("en", "Our ban on face recognition, in force until 10 June 2027, has been made permanent."),
    ("es", "No venderemos reconocimiento facial a la policía hasta el 10 de junio de 2027, prorrogable."),
    ("es", "No lo venderemos por lo menos hasta el 10 de junio de 2027."),
    ("fr", "Nous ne vendrons pas la reconnaissance faciale jusqu'au 1er mai 2027, reconductible."),
    ("fr", "Nous ne vendrons pas la reconnaissance faciale au moins jusqu'au 1er mai 2027."),
    ("de", "Unser Verbot der Gesichtserkennung gilt mindestens bis 10. Juni 2027."),
    ("de", "Wir verkaufen keine Gesichtserkennung bis 10. Juni 2027, danach auch nicht."),
    ("pt", "Não o venderemos até 10 de junho de 2027, renovável."),
    ("pt", "Não o venderemos pelo menos até 10 de junho de 2027."),
    # of something else
    ("en", "We will not sell face recognition; our review of this pledge ends on 10 June 2027."),
    ("en", "The public review of our ban on face recognition ends on 10 June 2027."),
    ("en", "Part of our ban on face recognition ends on 10 June 2027."),
    ("en", "We do not retain faceprints; those on file are kept until 10 June 2027."),
    ("en", "We will not keep face images until 10 June 2027."),
    ("en", "We will not decide whether to sell face recognition to police until 10 June 2027."),
    ("en", "We won't reconsider our ban on face recognition until June 2027."),
    ("en", "We will not revisit our ban on face recognition until 10 June 2027."),
    ("en", "We will not lift our ban on face recognition until 10 June 2027."),
    ("en", "We will not stop using face recognition until 10 June 2027."),
    ("en", "We have not sold face recognition through 31 December 2025."),
    ("en", "We suspend our ban on face recognition until 10 June 2027."),
    ("en", "We will not sell the system in use until 10 June 2027."),
    ("en", "We will not use face recognition through June 2027 product releases."),
    ("en", "The law prohibits us from selling face recognition to police until 10 June 2027."),
    ("de", "Wir prüfen unser Verbot der Gesichtserkennung nicht bis zum 10. Juni 2027."),
    ("de", "Die Prüfung unseres Verbots der Gesichtserkennung endet am 10. Juni 2027."),
    ("de", "Wir setzen unser Verbot der Gesichtserkennung bis zum 10. Juni 2027 aus."),
    ("fr", "Nous ne réexaminerons pas notre interdiction jusqu'au 1er mai 2027."),
    ("fr", "L'examen de notre moratoire prend fin le 1er mai 2027."),
    ("es", "No reconsideraremos la prohibición hasta el 10 de junio de 2027."),
    ("es", "La revisión de nuestra moratoria termina el 10 de junio de 2027."),
    ("pt", "Não reveremos a proibição até 10 de junho de 2027."),
    ("pt", "A análise da nossa moratória termina em 10 de junho de 2027."),
    # by another mind, after the fact
    ("en", "We do not use images through 31 December 2027."),
    ("en", "We will not sell facial recognition* to police until 10 June 2027."),
    ("en", "We will not sell facial recognition — to police — until 10 June 2027."),
    ("de", "Wir nutzen keine Bilder bis zum 10. Juni 2027."),
    ("fr", "Nous n'utilisons pas les images jusqu'au 10 juin 2027."),
    ("en", "Nobody expects our moratorium on facial recognition to end on 10 June 2027."),
    ("en", "Critics say our ban on facial recognition ends on 10 June 2027."),
    ("en", "Our ban on police use of facial recognition expires on 10 June 2027 only in Ohio."),
    ("en", "Our freeze on facial recognition prices ends on 10 June 2027."),
    ("en", "We do not offer facial recognition to police officers on leave until 10 June 2027."),
    ("de", "Wir nutzen keine bis 10. Juni 2027 lizenzierte Gesichtserkennung."),
    ("de", "Wir verzichten nicht bis zum 10. Juni 2027 auf Gesichtserkennung."),
    ("fr", "Nous ne vendrons à la police la reconnaissance faciale que jusqu'au 10 juin 2027."),
    ("fr", "Il est faux que notre moratoire sur la reconnaissance faciale expire le 10 juin 2027."),
    ("es", "No vendemos reconocimiento facial a la policía sino hasta el 10 de junio de 2027."),
    ("es", "Nuestra prohibición del reconocimiento facial se prorroga y vence el 10 de junio de 2027."),
    ("pt", "A nossa pausa no reconhecimento facial nem sequer termina em 10 de junho de 2027."),
    ("pt", "Suspendemos a proibição do reconhecimento facial até 10 de junho de 2027."),
]


def ends(language: str, *parts: str) -> tuple[str, str]:
    end = end_of(parts, LEXICONS[language].file.ends)
    return end.day, end.words


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
    assert end_of(["until 10 June 2027"], Ends(until=("until",))) == NO_END


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


SURE = [(language, text) for language, text, day in ENDS if day]
ADDED = {
    "en": (
        "not|never|no longer|hardly",
        ", renewable|; it then goes on|, or later|, and beyond| at least| – extended",
    ),
    "fr": ("pas|jamais|plus|guère", ", reconductible|; il continue ensuite| au moins|, puis pour toujours"),
    "de": (
        "nicht|nie|keineswegs|nicht mehr",
        ", verlängerbar|; danach gilt es weiter| mindestens|, und länger",
    ),
    "es": ("no|nunca|tampoco|ya no", ", prorrogable|; después continúa| como mínimo|, y más allá"),
    "pt": ("não|nunca|jamais|já não", ", renovável|; depois continua| no mínimo|, e mais além"),
}


@given(st.sampled_from(SURE), st.data())
def test_a_word_that_denies_before_the_end_leaves_none(sure: tuple[str, str], data: st.DataObject) -> None:
    language, text = sure
    _, words = ends(language, text)
    denies = data.draw(st.sampled_from(ADDED[language][0].split("|")))
    assert ends(language, text.replace(words, f"{denies} {words}")) == ("", "")


@given(st.sampled_from(SURE), st.data())
def test_a_second_clause_after_the_sentence_leaves_none(sure: tuple[str, str], data: st.DataObject) -> None:
    language, text = sure
    adds = data.draw(st.sampled_from(ADDED[language][1].split("|")))
    assert ends(language, f"{text.rstrip('.')}{adds}.") == ("", "")


@given(st.sampled_from(SURE), st.text(st.characters(categories=["L"]), min_size=4, max_size=9), st.data())
def test_a_word_that_we_do_not_know_leaves_none(
    sure: tuple[str, str], word: str, data: st.DataObject
) -> None:
    language, text = sure
    known = LEXICONS[language].file.ends
    assume(word.lower() not in " ".join((*known.words, *known.acts, *known.bans)))
    day = ends(language, text)[1]
    spare = text.replace(day, "@")
    place = data.draw(st.sampled_from([i for i, sign in enumerate(spare) if sign == " "]))
    assert ends(language, f"{spare[:place]} {word}{spare[place:]}".replace("@", day)) == ("", "")
