"""Strict TOML: what becomes a value, and the sentence for everything that does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.tables import build, read_toml, suggestion, url_problem


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Lamp:
    colour: Colour
    watts: float = 5.0


@dataclass(frozen=True, slots=True)
class House:
    name: str
    rooms: int = 1
    heated: bool = False
    rent: float = 0.0
    streets: tuple[str, ...] = ()
    pets: frozenset[str] = frozenset()
    porch: Lamp | None = None
    lamps: tuple[Lamp, ...] = ()
    by_room: Mapping[str, Lamp] = field(default_factory=dict)
    extra: Any = None


def refusal(table: Mapping[str, Any]) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        build(House, table, "house.toml")
    return caught.value


# --------------------------------------------------------------------------- a file


@pytest.mark.parametrize(
    ("body", "table"),
    [
        pytest.param(b'name = "a"\n', {"name": "a"}, id="plain"),
        pytest.param(b'name = "a"\r\n[x]\r\ny = 1\r\n', {"name": "a", "x": {"y": 1}}, id="Windows line ends"),
        pytest.param(b'\xef\xbb\xbfname = "a"\n', {"name": "a"}, id="byte order mark"),
        pytest.param(b"", {}, id="empty"),
    ],
)
def test_a_toml_file_is_read(tmp_path: Path, body: bytes, table: dict[str, Any]) -> None:
    (tmp_path / "a.toml").write_bytes(body)
    assert read_toml(tmp_path / "a.toml") == table


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param(b"a = 1\n\xff", "is not UTF-8 at byte 6; save it as UTF-8", id="not UTF-8"),
        pytest.param(
            b"a = 1\nb = \n",
            "is not valid TOML: Invalid value (at line 2, column 5); mend that line",
            id="not TOML",
        ),
        pytest.param(
            b"[pages.a]\n[pages.a]\n",
            "is not valid TOML: Cannot declare ('pages', 'a') twice (at line 2, column 9); mend that line",
            id="the same table twice",
        ),
        pytest.param(
            b"a=" + b"[" * 5_000, "nests brackets too deeply to be read; mend it", id="too many brackets"
        ),
    ],
)
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, body: bytes, problem: str) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(body)
    with pytest.raises(ConfigError) as caught:
        read_toml(file)
    assert str(caught.value) == f"{file}: {problem}"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not there; create it or name another folder with --config"):
        read_toml(tmp_path / "a.toml")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read \(Is a directory\); make it a readable file"):
        read_toml(tmp_path)


# --------------------------------------------------------------------------- a table


def test_a_table_becomes_a_value() -> None:
    table = {
        "name": "a",
        "rooms": 2,
        "heated": True,
        "rent": 7,
        "streets": ["b", "c"],
        "pets": ["cat", "cat"],
        "porch": {"colour": "red"},
        "lamps": [{"colour": "green", "watts": 3}],
        "by_room": {"hall": {"colour": "red"}},
        "extra": {"any": 1},
    }
    assert build(House, table, "house.toml") == House(
        name="a",
        rooms=2,
        heated=True,
        rent=7.0,
        streets=("b", "c"),
        pets=frozenset({"cat"}),
        porch=Lamp(Colour.RED),
        lamps=(Lamp(Colour.GREEN, 3.0),),
        by_room={"hall": Lamp(Colour.RED)},
        extra={"any": 1},
    )


def test_what_is_left_out_has_its_default() -> None:
    assert build(House, {"name": "a"}, "house.toml") == House("a")


def test_a_whole_number_for_a_float_becomes_a_float() -> None:
    assert type(build(House, {"name": "a", "rent": 7}, "house.toml").rent) is float


REFUSALS = [
    pytest.param({}, "name", "is missing; add it", id="missing key"),
    pytest.param(
        {"name": "a", "romms": 2}, "romms", 'is not a known key; did you mean "rooms"?', id="misspelt key"
    ),
    pytest.param(
        {"nam": "a"}, "nam", 'is not a known key; did you mean "name"?', id="misspelt before missing"
    ),
    pytest.param(
        {"name": "a", "zzz": 2},
        "zzz",
        "is not a known key; known are: "
        "by_room, extra, heated, lamps, name, pets, porch, rent, rooms, streets",
        id="key like no other",
    ),
    pytest.param(
        {"name": "a", "porch": {"color": "red"}},
        "porch.color",
        'is not a known key; did you mean "colour"?',
        id="misspelt key in a table",
    ),
    pytest.param(
        {"name": "a", "lamps": [{"colour": "red"}, {"colour": "red", "wats": 1}]},
        "lamps[1].wats",
        'is not a known key; did you mean "watts"?',
        id="misspelt key in an array of tables",
    ),
    pytest.param(
        {"name": "a", "by_room": {"hall": {}}},
        "by_room.hall.colour",
        "is missing; add it",
        id="missing in a map",
    ),
    pytest.param(
        {"name": 1},
        "name",
        'is 1 but must be text; write it between quotation marks, as in "…"',
        id="number for text",
    ),
    pytest.param(
        {"name": datetime(2021, 12, 1, 10, tzinfo=UTC)},
        "name",
        'is 2021-12-01T10:00:00+00:00 but must be text; write it between quotation marks, as in "…"',
        id="time for text",
    ),
    pytest.param(
        {"name": "a", "rooms": "2"},
        "rooms",
        "is '2' but must be a whole number; write it without quotation marks",
        id="text for a number",
    ),
    pytest.param(
        {"name": "a", "rooms": 2.0},
        "rooms",
        "is 2.0 but must be a whole number; write it without quotation marks",
        id="float for a whole number",
    ),
    pytest.param(
        {"name": "a", "rooms": True},
        "rooms",
        "is True but must be a whole number; write it without quotation marks",
        id="bool for a whole number",
    ),
    pytest.param(
        {"name": "a", "rent": True},
        "rent",
        "is True but must be a number; write it without quotation marks",
        id="bool for a number",
    ),
    pytest.param(
        {"name": "a", "rent": float("nan")},
        "rent",
        "is nan but must be a finite number; write one",
        id="not a number",
    ),
    pytest.param(
        {"name": "a", "heated": 1},
        "heated",
        "is 1 but must be true or false; write true or false without quotation marks",
        id="number for a bool",
    ),
    pytest.param(
        {"name": "a", "streets": "b"},
        "streets",
        'must be an array; write it between brackets, as in ["…"]',
        id="text for an array",
    ),
    pytest.param(
        {"name": "a", "streets": ["b", 2]},
        "streets[1]",
        'is 2 but must be text; write it between quotation marks, as in "…"',
        id="wrong item in an array",
    ),
    pytest.param(
        {"name": "a", "porch": "red"},
        "porch",
        "must be a table; write its keys below [porch]",
        id="text for a table",
    ),
    pytest.param(
        {"name": "a", "by_room": ["red"]},
        "by_room",
        "must be a table; write its keys below [by_room]",
        id="array for a map",
    ),
    pytest.param(
        {"name": "a", "porch": {"colour": "blue"}},
        "porch.colour",
        'is "blue"; choose one of red, green',
        id="unknown choice",
    ),
    pytest.param(
        {"name": "a", "porch": {"colour": 1}},
        "porch.colour",
        "is 1; choose one of red, green",
        id="number for a choice",
    ),
]


@pytest.mark.parametrize(("table", "key", "problem"), REFUSALS)
def test_what_does_not_fit_is_refused_in_one_sentence(table: dict[str, Any], key: str, problem: str) -> None:
    assert str(refusal(table)) == f"house.toml: {key}: {problem}"


def test_a_refusal_names_the_place_of_the_table() -> None:
    with pytest.raises(ConfigError, match=r"^house\.toml: street\.house\.romms: "):
        build(House, {"romms": 1}, "house.toml", "street.house")


KEYS = sorted(field.name for field in fields(House) if len(field.name) > 3)


@given(st.sampled_from(KEYS), st.data())
def test_a_key_with_one_letter_lost_is_mended(key: str, data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, len(key) - 1))
    misspelt = key[:lost] + key[lost + 1 :]
    assume(misspelt not in KEYS)
    assert f'did you mean "{key}"?' in refusal({"name": "a", misspelt: 1}).problem


# --------------------------------------------------------------------------- words and addresses


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        pytest.param("acme/term", ["acme/terms", "acme/news"], 'did you mean "acme/terms"?', id="near"),
        pytest.param("ACME", ["acme"], 'did you mean "acme"?', id="other case"),
        pytest.param("zzz", ["b", "a"], "known are: a, b", id="far from a few"),
        pytest.param(
            "zzz", [f"page{n}" for n in range(31)], "it is like none of the 31 known ones", id="far from many"
        ),
        pytest.param("zzz", [], "none is known here", id="nothing known"),
    ],
)
def test_a_wrong_word_is_mended(word: str, known: list[str], said: str) -> None:
    assert suggestion(word, known) == said


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/terms",
        "http://127.0.0.1:8080/",
        "https://example.org",
        "https://example.org/a?b=c&d=%20e",
        "https://[::1]:8080/a",
        "https://bücher.example/ä",
        "HTTPS://Example.org/",
        "https://example.org/@name",
        "https://example.org./",
        f"https://{'a' * 63}.example/",
        f"https://{'.'.join(['a' * 61] * 4)}.abcde/",
    ],
)
def test_an_absolute_web_address_is_good(url: str) -> None:
    assert url_problem(url) == ""


BLANK = "holds a blank, a control character or a backslash"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        pytest.param("", "is empty; write an address such as https://example.org/terms", id="empty"),
        pytest.param("/terms", 'must begin with http:// or https:// ("/terms")', id="relative"),
        pytest.param(
            "example.org/terms", 'must begin with http:// or https:// ("example.org/terms")', id="no scheme"
        ),
        pytest.param("//example.org/", "must begin with http:// or https://", id="no scheme but a host"),
        pytest.param("ftp://example.org/", "must begin with http:// or https://", id="ftp"),
        pytest.param("file:///etc/passwd", "must begin with http:// or https://", id="file"),
        pytest.param("javascript:alert(1)", "must begin with http:// or https://", id="script"),
        pytest.param(
            "https:///terms", 'names no host ("https:///terms"); write the whole address', id="no host"
        ),
        pytest.param("https://:443/", "names no host", id="a port alone"),
        pytest.param("https:example.org", "names no host", id="no slashes"),
        pytest.param(
            "https://me:secret@example.org/",
            "carries a user name or password; take out what stands before the @",
            id="password",
        ),
        pytest.param("https://@example.org/", "carries a user name or password", id="empty user name"),
        pytest.param("https://example.org/a b", BLANK, id="blank"),
        pytest.param(" https://example.org/", BLANK, id="blank before"),
        pytest.param("https://example.org/\n", BLANK, id="line end"),
        pytest.param("https://exa\tmple.org/", BLANK, id="tab"),
        pytest.param("https://example.org/\x00", BLANK, id="zero byte"),
        pytest.param("https://example.org/\x85", BLANK, id="upper control character"),
        pytest.param("https://example.org/\u200b", BLANK, id="zero-width blank"),
        pytest.param("https://example.org\\@evil.example/", BLANK, id="backslash"),
        pytest.param(
            "https://example.org/a#b",
            'carries a fragment ("https://example.org/a#b"); take out the # and what follows it',
            id="fragment",
        ),
        pytest.param("https://example.org/#", "carries a fragment", id="empty fragment"),
        pytest.param("https://example.org:99999/", "is not a well-formed address", id="port too high"),
        pytest.param("https://example.org:http/", "is not a well-formed address", id="port not a number"),
        pytest.param("https://a..b/", "names a host that no network knows", id="an empty part"),
        pytest.param("https://.example.org/", "names a host that no network knows", id="a dot before"),
        pytest.param("https://example.org../", "names a host that no network knows", id="two dots behind"),
        pytest.param("https://./", "names a host that no network knows", id="a dot alone"),
        pytest.param(f"https://{'a' * 64}.example/", "names a host that", id="a long part"),
        pytest.param(
            f"https://{'ü' * 60}.example/", "names a host that", id="a part that is long on the wire"
        ),
        pytest.param(f"https://{'.'.join(['a' * 61] * 4)}.abcdef/", "names a host that", id="254 signs"),
        pytest.param("https://[::1/", "is not a well-formed address", id="broken IPv6"),
    ],
)
def test_any_other_address_is_refused(url: str, problem: str) -> None:
    assert url_problem(url).startswith(problem)


def test_a_password_is_not_repeated() -> None:
    assert "secret" not in url_problem("https://me:secret@example.org/")


@given(st.text())
def test_no_text_breaks_the_check_of_addresses(text: str) -> None:
    assert isinstance(url_problem(text), str)
    assert isinstance(url_problem(f"https://{text}"), str)
