"""Which language a text is written in."""

from functools import cache

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

_KNOWN = (
    "EN",
    "FR",
    "DE",
    "ES",
    "PT",
    "IT",
    "NL",
    "SV",
    "PL",
    "RU",
    "UK",
    "TR",
    "JA",
    "ZH",
    "KO",
    "AR",
    "HI",
    "VI",
    "ID",
)
_CHARACTERS_ENOUGH = 4_000


def recognise(text: str) -> str:
    """The ISO 639-1 code of the likeliest language, "" where there are no words to tell by."""
    language = _detector().detect_language_of(text[:_CHARACTERS_ENOUGH])
    return language.iso_code_639_1.name.lower() if language else ""


@cache
def _detector() -> LanguageDetector:
    languages = [Language.from_iso_code_639_1(getattr(IsoCode639_1, code)) for code in _KNOWN]
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()
