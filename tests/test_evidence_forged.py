"""What a pack may not leave out, what it may not hold, and what is said where it rests on its maker alone."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.evidence.checking import checked
from app.evidence.commands import verify
from app.evidence.container import SUMS, sums_of, taken_apart, written
from app.evidence.contents import chain_lines, head_line, packed
from app.evidence.source import BrokenError, Period, Source
from tests.evidence_source import chain_of, letters, made_source
from tests.homes import Screen
from tests.store_values import fetch

FILES = taken_apart(packed(made_source()))
MARCH = Period("heron", date(2026, 3, 1), date(2026, 3, 31))


def broken(zipped: bytes, head: str = "") -> BrokenError:
    with pytest.raises(BrokenError) as caught:
        checked(zipped, head)
    return caught.value


def forged(was: str, new: str, name: str) -> Source:
    """All of it written anew after a change in one record."""
    whole = made_source()
    records = {**whole.records, name: whole.records[name].replace(was.encode(), new.encode())}
    return replace(whole, records=records, chain=chain_of(records, 3))


# --------------------------------------------------------------------------- the chain


def with_gaps(source: Source) -> Source:
    """Each record with a link of any number, hung on nothing, and then the genuine head."""
    own = (one for one in source.chain if one.file != "-")
    gaps = (replace(one, link=replace(one.link, id=one.link.id * 2 + 10)) for one in own)
    last = source.chain[-1]
    return replace(source, chain=(*gaps, replace(last, link=replace(last.link, id=50_000))))


def test_a_genuine_head_does_not_prove_links_that_do_not_lead_to_it() -> None:
    genuine = made_source(others=6_000)
    forged_pack = with_gaps(replace(forged('"status":200', '"status":201', FETCH), files=genuine.files))
    pack = packed(replace(forged_pack, chain=(*forged_pack.chain[:-1], with_gaps(genuine).chain[-1])))
    assert genuine.head
    error = broken(pack, genuine.head.sha256)
    assert (error.where, error.what) == ("chain.tsv", "link 13 is missing")


@pytest.mark.parametrize("others", [6, 6_000])
def test_no_link_may_be_left_out_however_long_the_chain_is(others: int) -> None:
    chain = made_source(others=others).chain
    error = broken(packed(replace(made_source(), chain=(*chain[:6], *chain[7:]))))
    assert (error.where, error.what) == ("chain.tsv", "link 7 is missing")


# --------------------------------------------------------------------------- what is left out


FETCH = "records/fetches-1.json"
(ALERT,) = (name for name in made_source().records if "alerts-" in name)


def without(source: Source, *names: str) -> Source:
    """The same chain, in which these records are not named."""
    left = {name: body for name, body in source.records.items() if name not in names}
    chain = tuple(replace(one, file="-") if one.file in names else one for one in source.chain)
    return replace(source, records=left, chain=chain)


def test_a_pack_without_records_proves_nothing() -> None:
    bare = replace(without(made_source(period=MARCH), *made_source().records), files={})
    assert bare.head
    for head in ("", bare.head.sha256):
        assert broken(packed(bare), head).what == "there is none: a pack without a record proves nothing"


def test_a_reading_that_the_chain_holds_may_not_be_left_out() -> None:
    source = without(made_source(), "records/readings-1.json")
    files = {**source.files, "before/text-read-anew.txt": b"We sell to everyone."}
    del files["before/text.txt"]
    error = broken(packed(replace(source, files=files)))
    assert (error.where, error.what) == ("records/readings-1.json", "it is missing; link 3 holds its sum")


def test_no_other_text_may_stand_for_the_one_that_was_read() -> None:
    files = {**made_source().files, "before/text-read-anew.txt": b"We sell to everyone."}
    del files["before/text.txt"]
    error = broken(packed(replace(made_source(), files=files)))
    assert (error.where, "records/readings-1.json holds its sum" in error.what) == (
        "before/text-read-anew.txt",
        True,
    )


def test_verify_tells_what_is_left_out_and_what_rests_on_the_maker_alone(
    tmp_path: Path, capsys: Screen
) -> None:
    pack, source = tmp_path / "pack.zip", made_source(period=MARCH)
    pack.write_bytes(packed(source))
    assert verify(pack, None, None) == 0
    said = capsys.readouterr().out
    assert "no alert that the chain names\n" in said and "link 8" not in said
    assert "the organization and the days in period.json are what its maker says" in said

    (alert,) = (name for name in source.records if "alerts-" in name)
    pack.write_bytes(packed(replace(without(source, alert), files={})))
    assert verify(pack, source.chain[-2].link.sha256, None) == 0
    said = capsys.readouterr().out
    assert "1 of the alerts that the chain names;" in said
    assert "The head that you gave is in this chain; 1 links came after it." in said

    pack.write_bytes(packed(made_source(texts={"before": "other", "after": "We sell things."})))
    assert verify(pack, None, None) == 0
    said = capsys.readouterr().out
    assert "Remark: before/text.txt is not in here" in said and "period.json" not in said


EGRET = Period("egret", date(2026, 3, 1), date(2026, 3, 31))
APRIL = Period("heron", date(2026, 4, 1), date(2026, 4, 30))


@pytest.mark.parametrize("period", [EGRET, APRIL, Period("her", MARCH.first, MARCH.last)])
def test_fetches_of_another_organization_or_time_are_no_evidence_on_this_one(period: Period) -> None:
    bare = replace(without(made_source(period=MARCH), ALERT), files={})
    assert checked(packed(bare)).source.records
    error = broken(packed(replace(bare, period=period)))
    assert (error.where, error.what) == ("period.json", f"{FETCH} is of another organization or time")


def also(source: Source, name: str, record: bytes) -> Source:
    records = {**source.records, name: record}
    return replace(source, records=records, chain=chain_of(records, 3))


def finding_of(page: object) -> bytes:
    return json.dumps({"id": 1, "page_id": page, "finding": "{}"}).encode()


@pytest.mark.parametrize(
    ("name", "record", "what"),
    [
        ("records/fetches-9.json", letters("fetches", fetch(id=9, page_id="egret/terms")), "of another page"),
        ("records/findings-1.json", finding_of("egret/terms"), "of which no change is in here"),
        ("records/findings-1.json", finding_of(["heron/terms"]), "of which no change is in here"),
        ("records/findings-1.json", b'[["id", 1], ["finding", "{}"]]', "of which no change is in here"),
        ("records/findings-1.json", finding_of("heron/terms"), ""),
        ("records/fetches-9.json", letters("fetches", fetch(id=9)), ""),
    ],
)
def test_of_a_change_every_row_is_of_its_page(name: str, record: bytes, what: str) -> None:
    pack = packed(also(made_source(), name, record))
    if not what:
        assert checked(pack)
        return
    error = broken(pack)
    assert (error.where, what in error.what) == (name, True), error


# --------------------------------------------------------------------------- records of any shape


def rebuilt(name: str, change: Callable[[dict[str, Any]], object]) -> bytes:
    """After a change in this record chain and head are made anew, and all files else as they were."""
    source = made_source()
    row = json.loads(source.records[name])
    if "alert" in row:
        alert = json.loads(row["alert"])
        change(alert)
        row["alert"] = json.dumps(alert)
    else:
        change(row)
    records = {**source.records, name: json.dumps(row).encode()}
    anew = replace(source, records=records, chain=chain_of(records, 3))
    files = {**FILES, **records, "chain.tsv": chain_lines(anew.chain), "head.txt": head_line(anew)}
    files["README.txt"] = FILES["README.txt"].replace(FILES["head.txt"], files["head.txt"])
    del files[SUMS]
    return written(files | {SUMS: sums_of(files)})


#: No value of a record has any of these types by right: none may end in anything but a sentence.
ANY: tuple[Any, ...] = (
    None,
    [],
    {},
    {"id": None},
    [1],
    "x",
    "\ud800",
    -1,
    10**30,
    True,
    "0001-01-01T00:00:00+09:00",
)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (ALERT, lambda alert: alert["page"].pop("url")),
        (ALERT, lambda alert: alert["page"].pop("id")),
        (ALERT, lambda alert: alert["page"].update(id=["x"])),
        (ALERT, lambda alert: alert["organization"].pop("id")),
        (ALERT, lambda alert: alert.update(headline=None)),
        (ALERT, lambda alert: alert.update(headline=5)),
        (ALERT, lambda alert: alert.update(headline=[])),
        (ALERT, lambda alert: alert.update(raised_at="2026-03-02T06:00:00")),
        (ALERT, lambda alert: alert.update(raised_at="0001-01-01T00:00:00+09:00")),
        (ALERT, lambda alert: alert["findings"][0].update(before_quote=5)),
        (FETCH, lambda row: row.update(program_version=5)),
        (FETCH, lambda row: row.update(user_agent=[])),
        (FETCH, lambda row: row.update(final_url={})),
        (FETCH, lambda row: row.update(started_at=1)),
        (FETCH, lambda row: row.update(status="200")),
        (FETCH, lambda row: row.update(id="1")),
        ("records/readings-1.json", lambda row: row.update(fetch_id="1")),
        ("records/readings-1.json", lambda row: row.update(text_sha256=None)),
    ],
)
def test_a_record_of_the_wrong_types_is_named(name: str, change: Callable[[dict[str, Any]], object]) -> None:
    error = broken(rebuilt(name, change))
    assert error.where in (name, name.replace("readings", "fetches")), error


def holding(key: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda row: row.update({key: value})


def test_whatever_a_record_holds_is_answered_by_a_sentence() -> None:
    """Or is intact, where it says the same."""
    for name in (ALERT, FETCH, "records/readings-1.json"):
        row = json.loads(made_source().records[name])
        for key in json.loads(row["alert"]) if name == ALERT else row:
            for value in ANY:
                with suppress(BrokenError):
                    checked(rebuilt(name, holding(key, value)))


@pytest.mark.parametrize("said", ['"x\\n\\u001b[31m"', "1", "null", '"../x"', "[]"])
def test_a_period_names_an_organization_as_ids_are(said: str) -> None:
    scope = f'{{"organization": {said}, "from": "2026-03-01", "to": "2026-03-31"}}'.encode()
    files = {**taken_apart(packed(made_source(period=MARCH))), "period.json": scope}
    del files[SUMS]
    assert broken(written(files | {SUMS: sums_of(files)})).where == "period.json"


@pytest.mark.parametrize("name", ["after/text-read-anew.txt", SUMS])
def test_of_a_file_that_only_its_sum_holds_the_file_is_named(name: str) -> None:
    files = taken_apart(packed(made_source(are_read=False)))
    assert broken(written({**files, name: b"X" + files[name][1:]})).where == name
