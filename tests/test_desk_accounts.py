"""Signing in, one-time links, accounts, one's own account, and the log: what each of them does and refuses."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from app.accounting import LINK_HOURS, account_name
from app.desk.attempts import Attempts
from app.desk.passwords import Passwords, amiss
from monitor.errors import InputError
from monitor.model import AccountRole, Audit
from monitor.store import accounts, audits, sessions
from monitor.store.verify import Verification
from tests.desks import Client, client_of, statements_sent
from tests.people import HASHER, PASSWORD, Moving, Place, csrf_in, place

READER, REVIEWER, ADMIN = AccountRole
WRONG = "This name and this password do not open the desk."
_LINK = re.compile(r"<code>http://127\.0\.0\.1:8321(/setup/[A-Za-z0-9_-]{43})</code>")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as made:
        yield made


# --------------------------------------------------------------------------- signing in


@pytest.mark.parametrize("name", ["vera", " VERA ", "Vera"])
def test_name_and_password_open_the_desk(here: Place, name: str) -> None:
    here.account("vera", READER)
    client = here.stranger()
    answer = client.post("/signin", data={"name": name, "password": PASSWORD, "next": "/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert client.get("/account").status_code == 200
    assert [(one.who, one.what) for one in here.log()] == [("vera", "signed in")]


def test_whatever_is_wrong_the_answer_is_the_same(here: Place) -> None:
    here.account("vera", ADMIN)
    gone = here.account("gone", READER)
    with here.desk.store.begin() as conn:
        accounts.close(conn, gone.id, here.clock())
    for name, password in (
        ("vera", "wrong"),
        ("vera", ""),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("", ""),
    ):
        answer = here.stranger().post("/signin", data={"name": name, "password": password})
        assert (answer.status_code, WRONG in answer.text) == (401, True)
        assert "set-cookie" not in answer.headers
        here.clock.move(minutes=1)


def test_an_unknown_name_costs_a_hash_as_well(here: Place) -> None:
    here.account("vera", ADMIN)
    compared: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            compared.append(str(hash))
            return super().verify(hash, password)

    here.desk.passwords.hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    for name in ("vera", "nobody"):
        here.stranger().post("/signin", data={"name": name, "password": "wrong"})
    known, nobodys = compared
    assert known != nobodys
    assert HASHER.check_needs_rehash(nobodys) is HASHER.check_needs_rehash(known) is False


def test_what_was_typed_as_the_name_is_kept_and_the_password_is_not(here: Place) -> None:
    here.account("vera", ADMIN)
    sent = {"name": '"><script>', "password": "s3cr3t-CANARY", "next": "/audit"}
    answer = here.stranger().post("/signin", data=sent)
    assert 'value="&#34;&gt;&lt;script&gt;"' in answer.text
    assert 'name="next" value="/audit"' in answer.text
    assert "CANARY" not in answer.text


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "\t//x"]
)
def test_nobody_is_led_away(here: Place, wanted: str) -> None:
    here.account("vera", ADMIN)
    client = here.stranger()
    assert 'name="next" value="/"' in client.get("/signin", params={"next": wanted}).text
    answer = client.post("/signin", data={"name": "vera", "password": PASSWORD, "next": wanted})
    assert answer.headers["location"] == "/"
    assert client.get("/signin", params={"next": wanted}).headers["location"] == "/"


def test_signing_in_from_another_site_is_refused(here: Place) -> None:
    here.account("vera", ADMIN)
    client = here.stranger()
    sent = {"name": "vera", "password": PASSWORD}
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/signin", data=sent, headers=headers).status_code == 403
    assert client.post("/signin", data=sent | {"csrf": ""}).status_code == 403


def test_a_stranger_is_told_how_the_first_account_is_made(tmp_path: Path) -> None:
    with place(tmp_path, bind="192.0.2.7") as here:
        client = client_of(here.desk)
        assert "pledgewatch accounts invite" in client.get("/signin").text
        here.account("vera", ADMIN)
        assert "pledgewatch accounts invite" not in client.get("/signin").text


# --------------------------------------------------------------------------- not too often


def failed(here: Place, names: Sequence[str], addresses: Sequence[str], *lines: str) -> list[int]:
    """What each is answered who tries a wrong password. lines: of X-Forwarded-For, and what they add."""
    seen = []
    for number, (name, address) in enumerate(zip(names, addresses, strict=True)):
        headers = [("Host", "127.0.0.1"), *(("X-Forwarded-For", line.format(number)) for line in lines)]
        client = here.stranger(address)
        answer = client.post("/signin", data={"name": name, "password": "x"}, headers=headers)
        seen.append(answer.status_code)
    return seen


def test_five_times_a_minute_on_one_name_from_one_address(here: Place) -> None:
    here.account("vera", ADMIN)
    assert failed(here, ["vera"] * 6, ["192.0.2.7"] * 6) == [401] * 5 + [429]
    sent = {"name": "vera", "password": PASSWORD}
    refused = here.stranger("192.0.2.7").post("/signin", data=sent)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert here.stranger("192.0.2.8").post("/signin", data=sent).status_code == 303
    here.clock.move(minutes=1)
    assert here.stranger("192.0.2.7").post("/signin", data=sent).status_code == 303


def test_twenty_times_a_minute_on_one_name_from_wherever(here: Place) -> None:
    here.account("vera", ADMIN)
    assert failed(here, ["vera"] * 21, [f"192.0.2.{n}" for n in range(21)]) == [401] * 20 + [429]


def test_twenty_times_a_minute_from_one_address_on_whatever_name(here: Place) -> None:
    here.account("vera", ADMIN)
    names = [f"n{n}" for n in range(21)]
    assert failed(here, names, ["192.0.2.7"] * 21) == [401] * 20 + [429]
    assert failed(here, ["n"], ["192.0.2.8"]) == [401]


def test_a_header_makes_no_other_address(here: Place) -> None:
    here.account("vera", ADMIN)
    assert failed(here, ["vera"] * 6, ["192.0.2.7"] * 6, "10.0.0.{}") == [401] * 5 + [429]


def test_nor_does_one_that_stands_before_what_the_proxy_adds(tmp_path: Path) -> None:
    with place(tmp_path, 'trusted_proxies = ["10.1.2.3"]') as here:
        here.account("vera", ADMIN)
        seen = failed(here, ["vera"] * 6, ["10.1.2.3"] * 6, "6.6.6.{}", "203.0.113.9")
    assert seen == [401] * 5 + [429]


def test_who_signs_in_is_not_counted(here: Place) -> None:
    here.account("vera", ADMIN)
    for _ in range(7):
        here.signed_in("vera")


def test_the_password_of_now_cannot_be_guessed_either(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    sent = {"current": "wrong", "password": "x", "again": "x"}
    assert [vera.post("/account/password", data=sent).status_code for _ in range(6)] == [400] * 5 + [429]


def test_all_together_have_a_limit_too() -> None:
    attempts, now = Attempts(all=7), Moving()
    assert [attempts.admit(f"{n}", f"{n}", now()) for n in range(9)] == [True] * 7 + [False] * 2
    now.move(seconds=59)
    assert not attempts.admit("x", "x", now())
    now.move(seconds=1)
    assert attempts.admit("x", "x", now())


def test_what_was_right_makes_room_for_one_more() -> None:
    attempts, now = Attempts(both=2), Moving()
    assert [attempts.admit("vera", "a", now()) for _ in range(3)] == [True, True, False]
    attempts.was_right("otto", "a")
    assert not attempts.admit("vera", "a", now())
    attempts.was_right("vera", "a")
    assert [attempts.admit("vera", "a", now()) for _ in range(2)] == [True, False]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(-90, 90)), max_size=60))
def test_nobody_fails_more_often_within_a_minute(tries: list[tuple[str, str, int]]) -> None:
    """Also with a clock that goes back: then what lies ahead is forgotten."""
    attempts, now, admitted = Attempts(both=2, each=3, all=5), Moving(), list[tuple[datetime, str, str]]()
    for name, address, step in tries:
        now.move(seconds=max(step, 0))
        if attempts.admit(name, address, now()):
            admitted.append((now(), name, address))
        last = [(who, at) for when, who, at in admitted if when > now() - timedelta(minutes=1)]
        assert len(last) <= 5
        assert all(last.count(one) <= 2 for one in last)
        assert all(sum(who == one for who, _ in last) <= 3 for one in "ab")
        assert all(sum(at == one for _, at in last) <= 3 for one in "xy")


# --------------------------------------------------------------------------- where others find the desk


def test_a_link_to_hand_over_leads_to_where_the_desk_is_found(tmp_path: Path) -> None:
    """Also when the proxy before it asks by another name."""
    with place(tmp_path, 'url = "https://watch.example.org/"\ntrusted_proxies = ["10.1.2.3"]') as here:
        here.account("vera", ADMIN)
        client, named = client_of(here.desk, "10.1.2.3"), {"X-Remote-User": "vera"}
        client.csrf = csrf_in(client.get("/accounts", headers=named).text)
        made = client.post("/accounts", data={"name": "otto", "role": "reader"}, headers=named)
        assert "https://watch.example.org/setup/" in made.text


# --------------------------------------------------------------------------- passwords


def test_every_hash_is_made_where_there_is_room_for_it() -> None:
    """Also the one that nobody's password is compared with."""
    passwords = Passwords(HASHER)
    with passwords.free, passwords.free:  # as many as there may be at once
        waiting = Thread(target=passwords.fits, args=(None, "x"), daemon=True)
        waiting.start()
        waiting.join(0.05)
        assert waiting.is_alive()
        assert "nobodys" not in vars(passwords)
    waiting.join()
    assert "nobodys" in vars(passwords)


@pytest.mark.parametrize(
    ("password", "again", "wrong"),
    [
        ("a" * 12, "a" * 12, ""),
        ("é" * 12, "é" * 12, ""),
        ("a" * 1_000, "a" * 1_000, ""),
        ("a" * 11, "a" * 11, "short"),
        ("", "", "short"),
        ("a" * 1_001, "a" * 1_001, "long"),
        ("Vera@example.org", "Vera@example.org", "name"),
        ("a" * 12, "a" * 13, "differ"),
    ],
)
def test_what_a_good_password_is(password: str, again: str, wrong: str) -> None:
    assert amiss(password, again, "vera@example.org") == wrong


def test_a_password_is_kept_as_argon2id() -> None:
    assert Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    ("hash", "password", "fits"),
    [
        (HASHER.hash("caf\u00e9 au lait"), "cafe\u0301 au lait", True),
        (HASHER.hash("x"), "y", False),
        (HASHER.hash("x"), "", False),
        (HASHER.hash("a" * 1_000), "a" * 5_000, False),
        ("", "x", False),
        ("no hash", "x", False),
        (None, "x", False),
    ],
    ids=["other accents", "another", "none", "a longer one", "no password was set", "no hash", "nobody"],
)
def test_whether_a_password_fits(hash: str | None, password: str, fits: bool) -> None:
    assert Passwords(HASHER).fits(hash, password) is fits


# --------------------------------------------------------------------------- one-time links


def link_in(html: str) -> str:
    found = _LINK.search(html)
    assert found, html
    return found.group(1)


def invited(client: Client, name: str, role: str) -> str:
    answer = client.post("/accounts", data={"name": name, "role": role})
    assert answer.status_code == 200, answer.text
    return link_in(answer.text)


def set_up(here: Place, link: str, password: str = PASSWORD, again: str | None = None) -> tuple[int, Client]:
    client = here.stranger()
    client.csrf = csrf_in(client.get(link).text) or client.csrf
    sent = {"password": password, "again": password if again is None else again}
    return client.post(link, data=sent).status_code, client


def test_from_nobody_to_the_first_admin_and_on(here: Place) -> None:
    link = invited(client_of(here.desk), "Vera", "admin")
    status, vera = set_up(here, link)
    assert status == 303
    assert vera.get("/accounts").status_code == 200
    assert client_of(here.desk).get("/").status_code == 303
    vera.csrf = csrf_in(vera.get("/accounts").text)
    status, otto = set_up(here, invited(vera, "otto", "reader"))
    assert (status, otto.get("/").status_code, otto.get("/accounts").status_code) == (303, 200, 403)
    assert [(one.who, one.what, one.about, one.detail) for one in reversed(here.log())] == [
        ("owner", "invited", "vera", "as admin"),
        ("vera", "set a password by a link", "", ""),
        ("vera", "invited", "otto", "as reader"),
        ("otto", "set a password by a link", "", ""),
    ]


def test_a_link_works_once(here: Place) -> None:
    link = invited(client_of(here.desk), "vera", "admin")
    assert set_up(here, link)[0] == 303
    assert set_up(here, link, "a password of somebody else")[0] == 404
    assert here.stranger().get(link).status_code == 404
    assert here.signed_in("vera")


def test_a_link_runs_out(here: Place) -> None:
    link = invited(client_of(here.desk), "vera", "admin")
    here.clock.move(hours=LINK_HOURS, seconds=-1)
    assert here.stranger().get(link).status_code == 200
    here.clock.move(seconds=1)
    assert set_up(here, link)[0] == 404


def test_a_newer_link_ends_the_older_one(here: Place) -> None:
    local = client_of(here.desk)
    older, newer = invited(local, "vera", "admin"), invited(local, "vera", "admin")
    assert [set_up(here, link)[0] for link in (older, newer)] == [404, 303]


@pytest.mark.parametrize("token", ["x", "0" * 43, "%2e%2e", "a" * 3_000, "é"])
def test_a_link_that_never_was(here: Place, token: str) -> None:
    assert set_up(here, f"/setup/{token}")[0] == 404


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "too short"),
        ("a" * 1_001, "a" * 1_001, "too long"),
        ("a.long.name.of.vera", "a.long.name.of.vera", "is the name"),
        (PASSWORD, "something else here", "differ"),
    ],
)
def test_a_bad_password_leaves_the_link_open(here: Place, password: str, again: str, said: str) -> None:
    link = invited(client_of(here.desk), "a.long.name.of.vera", "admin")
    client = here.stranger()
    client.csrf = csrf_in(client.get(link).text)
    answer = client.post(link, data={"password": password, "again": again})
    assert (answer.status_code, said in answer.text) == (400, True)
    assert set_up(here, link)[0] == 303


def test_a_link_for_who_has_an_account_sets_a_password_and_nothing_else(here: Place) -> None:
    vera, otto = here.person("vera", ADMIN), here.person("otto", READER)
    link = invited(vera, "otto", "admin")
    assert set_up(here, link, "a password he will not forget")[0] == 303
    assert otto.get("/").status_code == 303  # the session from before
    with here.desk.store.read() as conn:
        account = accounts.named(conn, "otto")
    assert account
    assert account.role is READER


def test_a_link_opens_an_account_again_that_was_closed(here: Place) -> None:
    vera, otto = here.person("vera", ADMIN), here.person("otto", REVIEWER)
    vera.post("/accounts/otto/close")
    assert set_up(here, invited(vera, "otto", "reader"))[0] == 303
    assert otto.get("/").status_code == 303
    with here.desk.store.read() as conn:
        account = accounts.named(conn, "otto")
    assert account
    assert (account.role, account.closed_at) == (READER, None)


def test_closing_an_account_ends_a_link_that_is_under_way(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    here.account("otto", READER)
    link = invited(vera, "otto", "reader")
    vera.post("/accounts/otto/close")
    assert set_up(here, link)[0] == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "", "role": "admin"}, "cannot be a name"),
        ({"name": "a b", "role": "admin"}, "cannot be a name"),
        ({"name": "аdmin", "role": "admin"}, "cannot be a name"),  # a Cyrillic letter
        ({"name": "<script>", "role": "admin"}, "cannot be a name"),
        ({"name": "../x", "role": "admin"}, "cannot be a name"),
        ({"name": "a" * 65, "role": "admin"}, "cannot be a name"),
        ({"name": "vera", "role": "emperor"}, "is no role"),
        ({"name": "vera", "role": "reader"}, "first account must be an admin"),
    ],
)
def test_who_cannot_be_invited(here: Place, sent: dict[str, str], said: str) -> None:
    answer = client_of(here.desk).post("/accounts", data=sent)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert here.log() == []


@given(st.text(max_size=80))
def test_a_name_is_plain_or_refused(said: str) -> None:
    try:
        name = account_name(said)
    except InputError as error:
        assert "\n" not in str(error) or "\n" in said
    else:
        assert re.fullmatch(r"[a-z0-9._@+-]{1,64}", name)
        assert account_name(name) == name


# --------------------------------------------------------------------------- accounts


@pytest.mark.parametrize("what", ["close", "role"])
def test_the_last_admin_stays(here: Place, what: str) -> None:
    vera = here.person("vera", ADMIN)
    here.account("otto", READER)
    answer = vera.post(f"/accounts/vera/{what}", data={"role": "reader"})
    assert (answer.status_code, "the only admin" in answer.text) == (400, True)
    vera.post("/accounts/otto/role", data={"role": "admin"})
    assert vera.post(f"/accounts/vera/{what}", data={"role": "reader"}).status_code == 303


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/accounts/nobody/close", {}),
        ("/accounts/nobody/role", {"role": "reader"}),
        ("/accounts/otto/role", {"role": "emperor"}),
        ("/accounts/otto/role", {}),
    ],
)
def test_what_cannot_be_changed(here: Place, path: str, sent: dict[str, str]) -> None:
    vera = here.person("vera", ADMIN)
    here.account("otto", READER)
    before = here.log()
    assert vera.post(path, data=sent).status_code == 400
    assert here.log() == before


def test_the_list_shows_people_and_links_but_no_secret(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    link = invited(vera, "otto", "reader")
    text = vera.get("/accounts").text
    assert "vera" in text
    assert "otto, as reader" in text
    assert link not in text
    assert "argon2" not in text


# --------------------------------------------------------------------------- one's own


def test_one_changes_ones_password(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    fresh = "another walk by the sea"
    for sent, said in (
        ({"current": "wrong", "password": fresh, "again": fresh}, "not your password"),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "too short"),
        ({"current": PASSWORD, "password": fresh, "again": "x"}, "differ"),
    ):
        answer = vera.post("/account/password", data=sent)
        assert (answer.status_code, said in answer.text) == (400, True)
    here.clock.move(minutes=1)
    answer = vera.post("/account/password", data={"current": PASSWORD, "password": fresh, "again": fresh})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert "password is changed" in vera.get("/account?done=password").text
    here.clock.move(minutes=1)
    assert here.stranger().post("/signin", data={"name": "vera", "password": PASSWORD}).status_code == 401
    assert here.stranger().post("/signin", data={"name": "vera", "password": fresh}).status_code == 303


def test_a_token_is_shown_once(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    answer = vera.post("/account/tokens", data={"name": " <b>reader</b>\n ", "role": "reader"})
    token = answer.text.partition("<code>")[2].partition("</code>")[0]
    assert re.fullmatch(r"pw_[A-Za-z0-9_-]{43}", token)
    again = vera.get("/account").text
    assert token not in again
    assert "&lt;b&gt;reader&lt;/b&gt;" in again
    assert vera.post("/account/tokens", data={"name": " ", "role": "reader"}).status_code == 400


def test_who_has_no_account_is_told_so(here: Place) -> None:
    local = client_of(here.desk)
    assert "without an account" in local.get("/account").text
    assert local.post("/account/tokens", data={"name": "x", "role": "reader"}).status_code == 403
    sent = {"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    assert local.post("/account/password", data=sent).status_code == 400


# --------------------------------------------------------------------------- the log


def log_of(here: Place, entries: int) -> None:
    with here.desk.store.begin() as conn:
        for number in range(entries):
            audits.add(conn, Audit(here.clock(), "vera", "judged", f"alert {number}", "<script>\u202e"))


def test_the_log_is_paged_newest_first(here: Place) -> None:
    client = client_of(here.desk)
    assert "Nothing was done" in client.get("/audit").text
    log_of(here, 120)
    pages = {number: client.get(f"/audit?page={number}").text for number in (1, 2, 3, 4)}
    assert [text.count("<tr><td>") for text in pages.values()] == [50, 50, 20, 0]
    assert pages[1].index("alert 119") < pages[1].index("alert 118")
    assert ['rel="next"' in text for text in pages.values()] == [True, True, False, False]
    assert ['rel="prev"' in text for text in pages.values()] == [False, True, True, True]
    assert "<script>\u202e" not in pages[1]
    for odd in ("0", "-1", "x", "²", "9" * 40, ""):
        assert client.get("/audit", params={"page": odd}).status_code == 200


@pytest.mark.parametrize("path", ["/audit", "/accounts"])
def test_questions_to_the_store_do_not_grow(here: Place, path: str) -> None:
    client, counts = here.person("vera", ADMIN), []
    for more in (2, 40):
        log_of(here, more)
        for number in range(more):
            here.account(f"n{more}.{number}", READER)
        with statements_sent(here.desk.store) as sent:
            client.get(path)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_the_log_is_part_of_the_chain(here: Place) -> None:
    log_of(here, 2)
    with here.desk.store.begin() as conn:
        conn.exec_driver_sql("UPDATE audits SET who = 'somebody else' WHERE id = 1")
    assert [one.where for one in Verification(here.desk.store).of_chain()] == ["audits 1"]


# --------------------------------------------------------------------------- the store's own rules


def test_what_ended_is_taken_out_when_somebody_signs_in(here: Place) -> None:
    account, now = here.account("vera", ADMIN), here.clock()
    with here.desk.store.begin() as conn:
        sessions.begin(conn, "old", account.id, now - sessions.IDLE)
        sessions.begin(conn, "ended", account.id, now)
        sessions.end(conn, "ended", now)
        sessions.begin(conn, "new", account.id, now)
        kept = conn.exec_driver_sql("SELECT token_sha256 FROM sessions").scalars().all()
    assert kept == ["new"]
