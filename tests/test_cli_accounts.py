"""pledgewatch accounts, through the real program."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.home import Home
from monitor.store import accounts, sessions
from tests.homes import Screen, at_home, home

__all__ = ["home"]  # the fixture

LINK = re.compile(r"^(\S+)/setup/([A-Za-z0-9_-]{43})$", re.MULTILINE)


def run(home: Path, capsys: Screen, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = at_home(home, "accounts", *arguments)
    said = capsys.readouterr()
    return code, said.out + said.err


def accept(home: Path, said: str) -> None:
    found = LINK.search(said)
    assert found
    ours = Home(home, home / "config")
    with ours.open_store() as store, store.begin() as conn:
        assert accounts.accept(conn, sessions.fingerprint(found.group(2)), "a hash", datetime.now(UTC))


def test_a_link_for_the_first_admin_and_then_for_others(home: Path, capsys: Screen) -> None:
    code, said = run(home, capsys, "invite", "Vera", "--role", "admin")
    assert code == 0
    assert "vera becomes admin" in said
    assert LINK.findall(said)[0][0] == "http://127.0.0.1:8321"
    accept(home, said)
    code, said = run(home, capsys, "invite", "otto")
    assert (code, "otto becomes reader" in said) == (0, True)
    code, said = run(home, capsys, "list")
    assert code == 0
    assert re.search(r"vera +admin +since .+ open", said)
    assert re.search(r"otto +reader +until .+ set-up link", said)


def test_the_link_leads_to_where_the_desk_is(home: Path, capsys: Screen) -> None:
    settings = home / "config" / "settings.toml"
    settings.write_text('[desk]\nurl = "https://watch.example.org/"\n')
    _, said = run(home, capsys, "invite", "vera", "--role", "admin")
    assert LINK.findall(said)[0][0] == "https://watch.example.org"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("invite", "vera", "--role", "emperor"), "is no role"),
        (("invite", "a b", "--role", "admin"), "cannot be a name"),
        (("invite", "vera"), "first account must be an admin"),
        (("close", "nobody"), 'Nobody signs in as "nobody"'),
    ],
)
def test_what_cannot_be(home: Path, capsys: Screen, arguments: tuple[str, ...], said: str) -> None:
    code, told = run(home, capsys, *arguments)
    assert (code, said in told) == (2, True)
    assert len(told.splitlines()) == 1


def test_an_account_is_closed_but_not_the_last_admin(home: Path, capsys: Screen) -> None:
    accept(home, run(home, capsys, "invite", "vera", "--role", "admin")[1])
    code, said = run(home, capsys, "close", "vera")
    assert (code, "the only admin" in said) == (2, True)
    accept(home, run(home, capsys, "invite", "otto", "--role", "admin")[1])
    assert run(home, capsys, "close", "vera")[0] == 0
    assert re.search(r"vera .+ closed ", run(home, capsys, "list")[1])


def test_the_list_says_what_to_do_first(home: Path, capsys: Screen) -> None:
    assert "accounts invite NAME --role admin" in run(home, capsys, "list")[1]


def test_the_log_for_people_and_programs(home: Path, capsys: Screen) -> None:
    assert "Nothing was done" in run(home, capsys, "audit")[1]
    run(home, capsys, "invite", "vera", "--role", "admin")
    assert re.search(r"invited +vera +as admin", run(home, capsys, "audit")[1])
    document = json.loads(run(home, capsys, "audit", "--json")[1])
    assert document["schema"] == "pledgewatch.audits/1"
    (entry,) = document["audits"]
    assert set(entry) == {"id", "at", "who", "what", "about", "detail"}
    assert (entry["what"], entry["about"], entry["detail"]) == ("invited", "vera", "as admin")
