"""The same changes in the other languages: what takes nothing away is silent, what leaves less is told."""

import pytest

from app.home import SHIPPED_CONFIG
from monitor.compare import compare
from monitor.lexicon import Lexicons
from monitor.model import Direction, Finding
from tests.texts import document

LEXICONS = Lexicons(SHIPPED_CONFIG)
REFUSALS = {
    "de": "Wir werden keine Gesichtserkennung an die Polizei verkaufen.",
    "fr": "Nous ne vendrons pas la reconnaissance faciale à la police.",
    "es": "No venderemos reconocimiento facial a la policía.",
    "pt": "Não venderemos reconhecimento facial à polícia.",
}
SAME = [
    ("de", "Wir versprechen, keine Gesichtserkennung an die Polizei zu verkaufen."),
    ("de", "Wir verpflichten uns, keine Gesichtserkennung an die Polizei zu verkaufen."),
    ("fr", "Nous ne vendrons pas la reconnaissance faciale à la police, même avec un mandat."),
    ("fr", "Nous nous engageons à ne pas vendre la reconnaissance faciale à la police."),
    ("es", "No venderemos reconocimiento facial a la policía, ni siquiera con una orden judicial."),
    ("es", "Prometemos no vender reconocimiento facial a la policía."),
    ("pt", "Não venderemos reconhecimento facial à polícia, nem mesmo com um mandado."),
    ("pt", "Prometemos não vender reconhecimento facial à polícia."),
]
LESS = [
    ("de", "Wir werden vielleicht keine Gesichtserkennung an die Polizei verkaufen."),
    ("de", "Wir könnten keine Gesichtserkennung an die Polizei verkaufen."),
    ("de", "Wir hoffen, keine Gesichtserkennung an die Polizei zu verkaufen."),
    ("fr", "Nous ne vendrons peut-être pas la reconnaissance faciale à la police."),
    ("fr", "Nous pourrions ne pas vendre la reconnaissance faciale à la police."),
    ("es", "Quizá no venderemos reconocimiento facial a la policía."),
    ("es", "Podríamos no vender reconocimiento facial a la policía."),
    ("pt", "Talvez não venderemos reconhecimento facial à polícia."),
]


def material(language: str, before: str, after: str) -> list[Finding]:
    found = compare(document(before), document(after), LEXICONS[language]).findings
    return [one for one in found if one.is_material]


@pytest.mark.parametrize(("language", "after"), SAME)
def test_what_takes_nothing_out_of_a_refusal_is_silent(language: str, after: str) -> None:
    assert material(language, REFUSALS[language], after) == []


@pytest.mark.parametrize(("language", "after"), LESS)
def test_what_binds_less_is_weaker_and_the_way_back_stronger(language: str, after: str) -> None:
    (finding,) = material(language, REFUSALS[language], after)
    assert finding.direction is Direction.WEAKER
    (back,) = material(language, after, REFUSALS[language])
    assert back.direction is Direction.STRONGER


def test_not_even_then_is_no_condition_in_german() -> None:
    after = REFUSALS["de"].replace(".", ", auch nicht mit richterlicher Anordnung.")
    rules = {one.rule for one in material("de", REFUSALS["de"], after)}
    assert not [rule for rule in rules if rule.startswith("condition")]
