"""Which language a text is written in."""

from functools import cache

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

_KNOWN = "EN FR DE ES PT IT NL SV PL RU UK TR JA ZH KO AR HI VI ID"
_CHARACTERS_ENOUGH = 4_000


def recognise(text: str, sure_from: float = 0.5) -> str:
    """The ISO 639-1 code of the language, "" where the confidence (0 to 1) is below `sure_from`."""
    likeliest = _detector().compute_language_confidence_values(text[:_CHARACTERS_ENOUGH])[:1]
    sure = [one.language.iso_code_639_1.name.lower() for one in likeliest if one.value >= sure_from]
    return sure[0] if sure else ""


@cache
def _detector() -> LanguageDetector:
    languages = [Language.from_iso_code_639_1(getattr(IsoCode639_1, code)) for code in _KNOWN.split()]
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()
