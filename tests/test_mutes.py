"""Mutes: what may stand in mutes.toml, what it keeps silent, and that a withdrawal is told whatever it says."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.model import PAGE_GONE, Alert, Direction, Finding, FindingKind, Review, Verdict
from monitor.mutes import ALWAYS_TOLD, LASTS, Mute, as_toml, is_always_told, load_mutes, muted, proposed
from tests.sample_alerts import HEDGED, NOW, REFUSAL, alert, finding

DAY = date(2026, 11, 22)
MUTE = Mute("Ana", "The page alternates.", DAY, DAY + timedelta(days=30), page="corvid/terms")
WITHDRAWN = finding(kind=FindingKind.WITHDRAWN, after_quote="")
FILE = """\
[[mutes]]
page = "corvid/terms"
kinds = ["scope", "force"]
words = "biometric login"
author = "Ana"
reason = "It is the login of the shop."
since = 2026-11-22
until = 2027-02-20
from_alert = "abc"
"""


def written(folder: Path, text: str) -> Path:
    (folder / "mutes.toml").write_text(text, encoding="utf-8")
    return folder


# --------------------------------------------------------------------------- the file


def test_a_home_needs_no_mutes(tmp_path: Path) -> None:
    assert load_mutes(tmp_path) == ()
    assert load_mutes(written(tmp_path, "# none yet\n")) == ()


def test_a_mute_is_read_with_its_end(tmp_path: Path) -> None:
    (mute,) = load_mutes(written(tmp_path, FILE))
    assert mute == Mute(
        author="Ana",
        reason="It is the login of the shop.",
        since=DAY,
        until=date(2027, 2, 20),
        page="corvid/terms",
        kinds=(FindingKind.SCOPE, FindingKind.FORCE),
        words="biometric login",
        from_alert="abc",
    )


def without(key: str) -> str:
    return "".join(line + "\n" for line in FILE.splitlines() if not line.startswith(key))


@pytest.mark.parametrize(
    ("text", "key", "sentence"),
    [
        pytest.param(without("author"), "mutes[0].author", "is missing; add it", id="nobody decided it"),
        pytest.param(without("reason"), "mutes[0].reason", "is missing; add it", id="no reason"),
        pytest.param(without("until"), "mutes[0].until", "is missing; add it", id="no end"),
        pytest.param(without("since"), "mutes[0].since", "is missing; add it", id="no beginning"),
        pytest.param(FILE.replace('"Ana"', '" "'), "mutes[0].author", "is empty", id="a blank author"),
        pytest.param(FILE.replace('"It is the login of the shop."', '""'), "mutes[0].reason", "is empty", id="a blank reason"),
        pytest.param(without("page"), "mutes[0]", "it would mute everything", id="no scope"),
        pytest.param(FILE.replace("corvid/terms", "corvid"), "mutes[0].page", "such as corvid/terms", id="no page id"),
        pytest.param(FILE + 'organization = "heron"\n', "mutes[0].page", "no page of heron", id="two organizations"),
        pytest.param(FILE.replace('"force"', '"withdrawn"'), "mutes[0].kinds[1]", "no mute hides", id="withdrawals"),
        pytest.param(FILE.replace('"force"', '"reversed"'), "mutes[0].kinds[1]", "no mute hides", id="reversals"),
        pytest.param(FILE.replace('"force"', '"forced"'), "mutes[0].kinds[1]", "choose one of", id="an unknown kind"),
        pytest.param(FILE.replace("2027-02-20", "2026-11-21"), "mutes[0].until", "before since", id="ends before it begins"),
        pytest.param(FILE.replace("2027-02-20", "2027-11-24"), "mutes[0].until", "more than 366 days", id="hardly ends"),
        pytest.param(FILE.replace("2027-02-20", '"2027-02-20"'), "mutes[0].until", "a day", id="a day as text"),
        pytest.param(FILE.replace("biometric login", " "), "mutes[0].words", "is empty", id="blank words"),
        pytest.param(FILE.replace("biometric login", ""), "mutes[0].words", "is empty", id="no words"),
        pytest.param(FILE.replace("words", "word"), "mutes[0].word", 'did you mean "words"', id="a misspelt key"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused(tmp_path: Path, text: str, key: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_mutes(written(tmp_path, text))
    assert refused.value.file == str(tmp_path / "mutes.toml")
    assert refused.value.key == key
    assert sentence in refused.value.problem


# --------------------------------------------------------------------------- what is silent


@pytest.mark.parametrize(
    ("mute", "is_silent"),
    [
        pytest.param(MUTE, True, id="this page"),
        pytest.param(replace(MUTE, page="corvid/pledge"), False, id="another page"),
        pytest.param(replace(MUTE, page="", organization="corvid"), True, id="this organization"),
        pytest.param(replace(MUTE, page="", organization="heron"), False, id="another organization"),
        pytest.param(replace(MUTE, kinds=(FindingKind.SCOPE,)), True, id="this kind"),
        pytest.param(replace(MUTE, kinds=(FindingKind.FORCE,)), False, id="another kind"),
        pytest.param(replace(MUTE, words="GENERAL-PURPOSE  facial"), True, id="words of the quote, any case and blanks"),
        pytest.param(replace(MUTE, words="will not sell"), True, id="words of the quote before"),
        pytest.param(replace(MUTE, words="voice"), False, id="other words"),
        pytest.param(replace(MUTE, since=DAY + timedelta(days=1)), False, id="not yet"),
        pytest.param(replace(MUTE, since=DAY - timedelta(days=9), until=DAY), True, id="its last day"),
        pytest.param(replace(MUTE, since=DAY - timedelta(days=9), until=DAY - timedelta(days=1)), False, id="over"),
    ],
)  # fmt: skip
def test_a_mute_keeps_silent_what_is_in_its_scope(mute: Mute, is_silent: bool) -> None:
    assert muted(alert(), [mute], DAY) == (mute if is_silent else None)


def test_an_alert_is_silent_only_where_all_of_it_is() -> None:
    other = finding(kind=FindingKind.FORCE, before_quote="a", after_quote="b")
    by_words = replace(MUTE, words="police departments")
    assert muted(alert(finding()), [by_words], DAY) == by_words
    assert muted(alert(finding(), other), [by_words], DAY) is None
    assert (
        muted(alert(finding(), other), [by_words, replace(MUTE, kinds=(FindingKind.FORCE,))], DAY) == by_words
    )


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param(WITHDRAWN, id="withdrawn"),
        pytest.param(finding(rule=PAGE_GONE, kind=FindingKind.SCOPE), id="the page is gone"),
        pytest.param(finding(kind=FindingKind.RELOCATED), id="on another page"),
        pytest.param(finding(kind=FindingKind.REVERSED), id="the opposite"),
        pytest.param(
            finding(kind=FindingKind.REVERSED, direction=Direction.UNCLEAR), id="perhaps the opposite"
        ),
        pytest.param(
            finding(kind=FindingKind.EXCEPTION, after_quote=""), id="words that are gone, of any kind"
        ),
    ],
)
def test_a_mute_never_hides_that_words_are_gone_or_turned(gone: Finding) -> None:
    assert muted(alert(gone), [MUTE], DAY) is None
    assert muted(alert(finding(), gone), [MUTE], DAY) is None


KINDS = st.sampled_from(FindingKind)
FINDINGS = st.builds(
    finding,
    kind=KINDS,
    direction=st.sampled_from(Direction),
    rule=st.sampled_from(["counterpart-narrowed", PAGE_GONE]),
    before_quote=st.sampled_from(["", REFUSAL]),
    after_quote=st.sampled_from(["", HEDGED]),
)
ALERTS = st.lists(FINDINGS, min_size=1, max_size=3).map(lambda found: alert(*found))
MUTES = st.builds(
    replace,
    st.just(MUTE),
    kinds=st.lists(KINDS).map(tuple),
    words=st.sampled_from(["", "police", "voice"]),
)


@given(told=ALERTS, mutes=st.lists(MUTES))
def test_no_mute_hides_a_withdrawal(told: Alert, mutes: list[Mute]) -> None:
    if any(one.kind is FindingKind.WITHDRAWN or one.rule == PAGE_GONE for one in told.findings):
        assert muted(told, [MUTE, *mutes], DAY) is None


# --------------------------------------------------------------------------- what is proposed

WRONG = st.sampled_from(sorted(LASTS))


def review(verdict: Verdict, note: str = "") -> Review:
    return Review(alert().id, NOW, "Ana", verdict, note)


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - set(LASTS)))
def test_other_verdicts_propose_nothing(verdict: Verdict) -> None:
    assert proposed(alert(), review(verdict)) == ()


def test_noise_is_muted_by_kind_and_for_a_month() -> None:
    (mute,) = proposed(alert(), review(Verdict.PAGE_NOISE, "two editions"))
    assert mute == replace(MUTE, reason="two editions", kinds=(FindingKind.SCOPE,), from_alert=alert().id)


def test_what_is_not_about_this_is_muted_by_its_words_for_a_year() -> None:
    (mute,) = proposed(alert(), review(Verdict.NOT_ABOUT_THIS))
    assert (mute.page, mute.words, mute.kinds) == ("corvid/terms", HEDGED, ())
    assert (mute.reason, mute.until) == ("judged not-about-this", date(2027, 11, 22))


def test_other_words_are_muted_by_words_and_kind() -> None:
    (mute,) = proposed(alert(), review(Verdict.REWORDED_ONLY))
    assert (mute.words, mute.kinds) == (HEDGED, (FindingKind.SCOPE,))


def test_a_withdrawal_proposes_no_mute() -> None:
    assert proposed(alert(WITHDRAWN), review(Verdict.PAGE_NOISE)) == ()


@given(told=ALERTS, verdict=WRONG)
def test_what_is_proposed_would_have_kept_just_this_silent(told: Alert, verdict: Verdict) -> None:
    mutes = proposed(told, review(verdict))
    is_quoted = all(one.before_quote or one.after_quote for one in told.findings)
    can_be = verdict is Verdict.PAGE_NOISE or is_quoted
    assert (muted(told, mutes, DAY) is not None) == (can_be and not any(map(is_always_told, told.findings)))
    assert not {kind for mute in mutes for kind in mute.kinds} & ALWAYS_TOLD


@given(quote=st.text(min_size=1, max_size=300), author=st.text(), note=st.text(), verdict=WRONG)
def test_a_proposal_can_be_pasted_and_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, quote: str, author: str, note: str, verdict: Verdict
) -> None:
    told = alert(finding(after_quote=quote))
    judged = replace(review(verdict, note), author=author or "Ana")
    if verdict is not Verdict.PAGE_NOISE and not quote.strip():
        assert proposed(told, judged) == ()
        return
    text = "\n".join(map(as_toml, proposed(told, judged)))
    (entry,) = tomllib.loads(text)["mutes"]
    (mute,) = proposed(told, judged)
    assert all(sign.isprintable() or sign == "\n" for sign in text), "nothing in it acts on a terminal"
    assert entry["words"] == mute.words if mute.words else "words" not in entry
    assert mute.words in quote
    if author.strip():
        (read,) = load_mutes(written(tmp_path_factory.mktemp("config"), text))
        assert muted(told, [read], DAY) is not None


def test_half_a_character_does_not_break_the_file() -> None:
    told = alert(finding(after_quote="face recog\ud800nition for all"))
    (mute,) = proposed(told, review(Verdict.NOT_ABOUT_THIS, "why \udfff not"))
    assert tomllib.loads(as_toml(mute))["mutes"][0]["words"] == "face recog"


@pytest.mark.parametrize("quote", ["\ud800 is half a character", " \udfff"])
@pytest.mark.parametrize("verdict", [Verdict.NOT_ABOUT_THIS, Verdict.REWORDED_ONLY])
def test_a_quote_without_words_to_begin_with_mutes_nothing(quote: str, verdict: Verdict) -> None:
    other = finding(kind=FindingKind.FORCE, before_quote="a", after_quote="other words")
    assert proposed(alert(finding(after_quote=quote)), review(verdict)) == ()
    (mute,) = proposed(alert(finding(after_quote=quote), other), review(verdict))
    assert mute.words == "other words"
