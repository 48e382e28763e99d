"""Judged alerts as labelled pairs: what each verdict says of a pair, and that the benchmarks read them."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.labels import NEGATIVE_KINDS, labelled
from monitor.model import Alert, Direction, FindingKind, Review, Tier, Verdict
from tests.benchmarks.quality import cases
from tests.sample_alerts import HEDGED, NOW, REFUSAL, TERMS, alert, finding
from tests.shared import SHARED, WHY_NOT, rows

LANGUAGES = {TERMS.id: "en"}
CONSENT = finding(
    kind=FindingKind.INTRODUCED,
    direction=Direction.STRONGER,
    before_quote="",
    after_quote="Face login needs your consent.",
    stance="requires",
    bearer="company",
    technologies=("face_recognition", "voice"),
    parties=(),
    context=(),
)


def review(told: Alert, verdict: Verdict, note: str = "") -> Review:
    return Review(told.id, NOW, "Ana", verdict, note)


def labels(told: Alert, verdict: Verdict, note: str = "", *others: Alert) -> list[dict[str, Any]]:
    return labelled([(told, review(told, verdict, note))], [told, *others], LANGUAGES)


# --------------------------------------------------------------------------- what each verdict says


def test_a_right_alert_is_a_positive_with_all_that_was_found() -> None:
    (row,) = labels(alert(), Verdict.RIGHT)
    told = alert()
    assert row == {
        "id": f"alert-{told.id[:16]}-0",
        "service": "Corvid Cloud",
        "path": "corvid/terms",
        "url": "https://corvid.example/terms",
        "date": "2026-11-21",
        "language": "en",
        "kind": "scope",
        "direction": "weaker",
        "material": True,
        "statement_type": "prohibition",
        "subject": "company",
        "technology": "face recognition",
        "who": "police",
        "reason": "it holds as it was told",
        "before": REFUSAL,
        "after": HEDGED,
        "heading": "Public safety",
        "sha256_before": "b" * 64,
        "sha256_after": "a" * 64,
        "alert": told.id,
        "rule": "counterpart-narrowed",
        "verdict": "right",
        "author": "Ana",
    }


def test_a_wrong_direction_leaves_the_direction_open() -> None:
    (row,) = labels(alert(), Verdict.WRONG_DIRECTION, "It adds a duty.")
    assert (row["material"], row["kind"], row["direction"]) == (True, "scope", None)
    assert row["reason"] == "It adds a duty."


@pytest.mark.parametrize(("verdict", "kind"), NEGATIVE_KINDS.items())
def test_a_wrong_alert_is_a_hard_negative(verdict: Verdict, kind: str) -> None:
    (row,) = labels(alert(), verdict)
    assert (row["material"], row["kind"], row["direction"], row["negative_kind"]) == (False, None, None, kind)
    assert (row["before"], row["after"]) == (REFUSAL, HEDGED)


def test_the_same_change_told_twice_names_the_first() -> None:
    first = replace(alert(CONSENT, finding()), id="1" * 64, raised_at=NOW - timedelta(hours=2))
    second = replace(alert(), id="2" * 64, raised_at=NOW - timedelta(hours=1))
    heron = {"id": "heron", "name": "Heron"}
    of_others = replace(first, organization=heron, id="0" * 64, raised_at=NOW - timedelta(hours=3))
    (row,) = labels(alert(), Verdict.DUPLICATE, "", second, first, of_others)
    place = [finding.before_quote for finding in first.findings].index(REFUSAL)
    assert row["sibling_of"] == f"alert-{'1' * 16}-{place}"
    assert row["material"] is True


def test_a_duplicate_of_nothing_that_we_know_is_a_positive_of_its_own() -> None:
    later = replace(alert(), id="2" * 64, raised_at=NOW + timedelta(hours=1))
    (row,) = labels(alert(), Verdict.DUPLICATE, "", later)
    assert "sibling_of" not in row and row["material"] is True


def test_each_passage_is_a_pair_and_says_all_that_it_changes() -> None:
    force = finding(kind=FindingKind.FORCE, direction=Direction.STRONGER)
    told = labels(alert(finding(), force, CONSENT), Verdict.RIGHT)
    assert sorted((row["before"], row["after"]) for row in told) == sorted(
        [("", CONSENT.after_quote), (REFUSAL, HEDGED)]
    )
    (both,) = [row for row in told if row["before"]]
    changes = [{"kind": "scope", "direction": "weaker"}, {"kind": "force", "direction": "stronger"}]
    assert both["changes"] == changes
    assert len({row["id"] for row in told}) == 2
    (new,) = [row for row in told if not row["before"]]
    assert (new["statement_type"], new["technology"], new["heading"]) == (
        "duty",
        "face recognition, voice",
        "",
    )


def test_what_is_immaterial_is_no_pair() -> None:
    kept = finding(kind=FindingKind.MOVED, tier=Tier.LOG, before_quote="x", after_quote="x")
    assert [row["before"] for row in labels(alert(finding(), kept), Verdict.RIGHT)] == [REFUSAL]


# --------------------------------------------------------------------------- the format

ANY = st.text(st.characters(exclude_categories=()))


@given(before=ANY, after=ANY, note=ANY, verdict=st.sampled_from(Verdict))
def test_the_benchmarks_read_every_pair_word_for_word(
    before: str, after: str, note: str, verdict: Verdict
) -> None:
    told = alert(finding(before_quote=before, after_quote=after))
    lines = "".join(f"{json.dumps(row)}\n" for row in labels(told, verdict, note))
    read = [json.loads(line) for line in lines.encode().splitlines()]
    (case,) = cases._cases("positives", read)
    assert case.passages.texts() == (before, after)
    assert (case.organization, case.passages.language) == ("corvid", "en")
    assert case.material is (verdict not in NEGATIVE_KINDS)
    assert case.tag == NEGATIVE_KINDS.get(verdict, "")
    assert case.kinds == ({"scope"} if case.material else set())
    assert case.directions == ({"weaker"} if verdict in (Verdict.RIGHT, Verdict.DUPLICATE) else set())


def test_the_benchmarks_count_a_duplicate_once() -> None:
    second = replace(alert(), id="2" * 64, raised_at=NOW + timedelta(hours=1))
    pairs = [(alert(), review(alert(), Verdict.RIGHT)), (second, review(second, Verdict.DUPLICATE))]
    told = labelled(pairs, [alert(), second], LANGUAGES)
    assert len(told) == 2
    assert [case.id for case in cases._cases("positives", told)] == [told[0]["id"]]


@pytest.mark.skipif(not SHARED.is_dir(), reason=WHY_NOT)
@pytest.mark.parametrize(
    ("verdict", "name"), [(Verdict.RIGHT, "positives"), (Verdict.REWORDED_ONLY, "hard_negatives")]
)
def test_a_pair_has_the_keys_of_the_real_ones(verdict: Verdict, name: str) -> None:
    """But for where the mined ones come from, and their whole documents."""
    mined = {"repo", "commit_before", "commit_after", "document_before", "document_after"}
    mined |= {"doc_len_before", "doc_len_after"}
    (row,) = labels(alert(), verdict)
    for real in rows(f"cases/{name}.jsonl"):
        assert set(real) - mined - {"caution", "sibling_of"} <= set(row)
        assert all(type(row[key]) in (type(real[key]), type(None), str) for key in set(real) & set(row))
