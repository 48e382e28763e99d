"""The same sets, cut by kind, direction, language and tag."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.benchmarks.quality.outcomes import Heard
from tests.benchmarks.quality.passes import Results
from tests.benchmarks.quality.shares import share_of
from tests.benchmarks.quality.tables import share_told, table

_TITLES = {
    "authored": "Authored pairs",
    "positives": "Real positives",
    "hard_negatives": "Real hard negatives",
    "easy_negatives": "Real easy negatives",
    "access_noise": "Access noise",
}
_TAGS = {"authored": "trap", "hard_negatives": "negative kind", "access_noise": "noise kind"}


def breakdowns(results: Results) -> Iterator[str]:
    """One table for each set and view."""
    for name, title in _TITLES.items():
        for whole, view in ((True, "whole documents"), (False, "passages")):
            heard = results.of(name, whole=whole)
            yield from _tables(f"{title}, {view}", heard)


def _tables(title: str, heard: list[Heard]) -> Iterator[str]:
    material = [one for one in heard if one.case.material]
    immaterial = [one for one in heard if not one.case.material]
    if material:
        says = ("found", "as alert", "direction right", "kind right")
        yield table(
            "",
            (f"{title}: material", *says),
            [_material_row(name, group) for name, group in _groups(material)],
        )
    if immaterial:
        tells = ("any finding", "any alert", "withdrawn alert")
        yield table(
            "",
            (f"{title}: immaterial", *tells),
            [_immaterial_row(name, group) for name, group in _groups(immaterial)],
        )


def _material_row(name: str, heard: list[Heard]) -> tuple[str, ...]:
    direction = [one for one in heard if one.found and one.has_direction]
    kind = [one for one in heard if one.found and one.case.kinds]
    return (
        name,
        share_told(share_of(heard, lambda h: h.found)),
        share_told(share_of(heard, lambda h: bool(h.alerts))),
        share_told(share_of(direction, lambda h: h.direction_right)),
        share_told(share_of(kind, lambda h: h.kind_right)),
    )


def _immaterial_row(name: str, heard: list[Heard]) -> tuple[str, ...]:
    return (
        name,
        share_told(share_of(heard, lambda h: h.found)),
        share_told(share_of(heard, lambda h: bool(h.alerts))),
        share_told(share_of(heard, lambda h: h.withdrew)),
    )


def _groups(heard: list[Heard]) -> Iterator[tuple[str, list[Heard]]]:
    """All of them, then by each cut that cuts."""
    yield "all", heard
    cuts: defaultdict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        for name in _cuts(one):
            cuts[name].append(one)
    yield from sorted(cuts.items(), key=lambda cut: (cut[0].split(":")[0], -len(cut[1]), cut[0]))


def _cuts(heard: Heard) -> Iterable[str]:
    case = heard.case
    yield f"  language: {case.passages.language or heard.answer.language}"
    yield from (f"  kind: {kind}" for kind in case.kinds)
    yield from (f"  direction: {direction}" for direction in case.directions)
    if case.tag:
        yield f"  {_TAGS[case.set]}: {case.tag}"
