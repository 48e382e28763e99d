"""Replies: what may stand in replies.toml, and what had come of a question by a day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.replies import Reply, load_replies, refuse_strangers, refuse_unanswered

FILE = """\
[[replies]]
organization = "corvid"
asked_on = 2026-09-01
due = 2026-09-30
answered = 2026-10-02
about = ["POL-1"]
channel = "letter"
quote = "We have read your letter."
source = "letter of 2 October 2026"

[[replies]]
organization = "jackdaw"
asked_on = 2026-08-01
due = 2026-08-31
answered = ""
"""
ASKED = Reply("corvid", date(2026, 9, 1), date(2026, 9, 30))


def written(folder: Path, text: str) -> Path:
    (folder / "replies.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_home_needs_no_replies(tmp_path: Path) -> None:
    assert load_replies(tmp_path) == ()
    assert load_replies(written(tmp_path, "# none yet\n")) == ()


def test_replies_come_in_the_order_of_their_days_and_an_empty_answer_is_none(tmp_path: Path) -> None:
    first, second = load_replies(written(tmp_path, FILE))
    assert first == Reply("jackdaw", date(2026, 8, 1), date(2026, 8, 31))
    assert second == Reply(
        organization="corvid",
        asked_on=date(2026, 9, 1),
        due=date(2026, 9, 30),
        about=("POL-1",),
        answered=date(2026, 10, 2),
        channel="letter",
        quote="We have read your letter.",
        source="letter of 2 October 2026",
    )


@pytest.mark.parametrize(
    ("answered", "on", "said"),
    [
        (None, "2026-09-15", "open until 2026-09-30"),
        (None, "2026-09-30", "open until 2026-09-30"),  # the day itself is still theirs
        (None, "2026-10-01", "no answer by 2026-09-30"),
        ("2026-09-20", "2026-09-20", "answered on 2026-09-20"),
        ("2026-09-30", "2026-12-01", "answered on 2026-09-30"),
        ("2026-10-01", "2026-12-01", "answered on 2026-10-01, 1 day late"),
        ("2026-10-05", "2026-12-01", "answered on 2026-10-05, 5 days late"),
        ("2026-10-05", "2026-10-04", "no answer by 2026-09-30"),  # what came later was not known then
    ],
)
def test_what_came_of_it_is_told_as_of_a_day(answered: str | None, on: str, said: str) -> None:
    day = date.fromisoformat(answered) if answered else None
    reply = Reply(ASKED.organization, ASKED.asked_on, ASKED.due, answered=day)
    assert reply.outcome(date.fromisoformat(on)) == said


@pytest.mark.parametrize(
    ("was", "becomes", "key"),
    [
        ('organization = "corvid"', 'organization = " "', "replies[0].organization"),
        ("due = 2026-09-30", "due = 2026-08-30", "replies[0].due"),
        ("due = 2026-09-30", "", "replies[0].due"),
        ("due = 2026-09-30", 'due = "2026-09-30"', "replies[0].due"),
        ("answered = 2026-10-02", "answered = 2026-08-02", "replies[0].answered"),
        ("answered = 2026-10-02", 'answered = ""', "replies[0].quote"),
        ("answered = 2026-10-02", 'answered = "soon"', "replies[0].answered"),
        ('source = "letter of 2 October 2026"', "", "replies[0].source"),
        ('channel = "letter"', 'chanel = "letter"', "replies[0].chanel"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_key(tmp_path: Path, was: str, becomes: str, key: str) -> None:
    assert was in FILE
    with pytest.raises(ConfigError) as refused:
        load_replies(written(tmp_path, FILE.replace(was, becomes, 1)))
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("reply", "names"),
    [
        (Reply("corvd", ASKED.asked_on, ASKED.due), '"corvd"'),
        (Reply("corvid", ASKED.asked_on, ASKED.due, ("POL-9",)), '"POL-9"'),
    ],
)
def test_a_reply_of_nobody_or_on_nothing_is_refused(reply: Reply, names: str) -> None:
    refuse_strangers([ASKED], ["corvid"], ["POL-1"], Path("config"))
    with pytest.raises(ConfigError, match=names):
        refuse_strangers([reply], ["corvid"], ["POL-1"], Path("config"))


@pytest.mark.parametrize(("answered", "is_refused"), [(None, False), (20, False), (21, False), (22, True)])
def test_an_answer_of_a_day_to_come_is_refused(answered: int | None, is_refused: bool) -> None:
    day = date(2026, 9, answered) if answered else None
    replies, today = [replace(ASKED, answered=day)], date(2026, 9, 21)
    if not is_refused:
        refuse_unanswered(replies, today, Path("config"))
        return
    with pytest.raises(ConfigError, match=r"corvid.*answered on 2026-09-22, which is still to come"):
        refuse_unanswered(replies, today, Path("config"))
