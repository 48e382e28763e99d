"""What users have today: four plain rules over two texts. They know no tier, kind or direction."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Indel

#: What a person would type into a page watcher.
KEYWORDS = (
    "facial recognition", "face recognition", "face scan", "facial scan", "facial geometry", "face geometry",
    "faceprint", "face print", "face template", "face match", "facial data", "face data", "biometric",
    "emotion recognition", "voiceprint", "surveillance",
    "reconnaissance faciale", "biométri", "gesichtserkennung", "biometri", "überwachung",
    "reconocimiento facial", "biométric", "vigilancia", "reconhecimento facial", "vigilância",
)  # fmt: skip
_ALIKE_FROM = 0.9
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")


class Alarm(NamedTuple):
    """A line or sentence that went ("" where it came) or came."""

    before: str
    after: str


def alarms(before: str, after: str) -> Mapping[str, tuple[Alarm, ...]]:
    """Each baseline's alarms for two texts."""
    return {name: tuple(rule(before, after)) for name, rule in BASELINES.items()}


def any_difference(before: str, after: str) -> list[Alarm]:
    """Each line that stands on one side only."""
    return _changed(before.splitlines(), after.splitlines())


def keyword_on_changed_line(before: str, after: str) -> list[Alarm]:
    """Of these, the lines with a keyword."""
    return [alarm for alarm in any_difference(before, after) if _has_keyword(alarm)]


def keyword_in_changed_sentence(before: str, after: str) -> list[Alarm]:
    """Each sentence with a keyword that stands on one side only."""
    return [alarm for alarm in _changed_sentences(before, after) if _has_keyword(alarm)]


def keyword_and_unlike(before: str, after: str) -> list[Alarm]:
    """Of these, the sentences that no changed sentence of the other side resembles."""
    changed = _changed_sentences(before, after)
    gone = [alarm.before for alarm in changed if alarm.before]
    come = [alarm.after for alarm in changed if alarm.after]
    return [
        alarm
        for alarm in changed
        if _has_keyword(alarm) and not _resembles(alarm, come if alarm.before else gone)
    ]


BASELINES: Mapping[str, Callable[[str, str], list[Alarm]]] = {
    "any difference": any_difference,
    "keyword on a changed line": keyword_on_changed_line,
    "keyword in a changed sentence": keyword_in_changed_sentence,
    "keyword, similarity below 0.9": keyword_and_unlike,
}


def _changed_sentences(before: str, after: str) -> list[Alarm]:
    return _changed(_SENTENCE_END.split(before), _SENTENCE_END.split(after))


def _changed(before: list[str], after: list[str]) -> list[Alarm]:
    old, new = (Counter(line.strip() for line in lines if line.strip()) for lines in (before, after))
    return [Alarm(line, "") for line in old - new] + [Alarm("", line) for line in new - old]


def _has_keyword(alarm: Alarm) -> bool:
    text = (alarm.before or alarm.after).lower()
    return any(keyword in text for keyword in KEYWORDS)


def _resembles(alarm: Alarm, others: list[str]) -> bool:
    text = alarm.before or alarm.after
    scorer = Indel.normalized_similarity
    return process.extractOne(text, others, scorer=scorer, score_cutoff=_ALIKE_FROM) is not None
