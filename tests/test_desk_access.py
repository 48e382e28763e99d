"""Who may do what at the desk: every route by every role, and each way of saying who one is."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from app.desk.asker import FOR_PROGRAMS
from app.desk.door import READER
from app.desk.doors import DOORS
from app.desk.site import site
from monitor.model import AccountRole
from monitor.store import accounts, sessions
from monitor.store.accounts import Invitation
from monitor.store.sessions import IDLE, LONGEST, NOTED_EVERY, fingerprint
from tests.desks import BASE, Client, client_of, statements_sent
from tests.people import PASSWORD, Place, csrf_in, place

REVIEWER, ADMIN = AccountRole.REVIEWER, AccountRole.ADMIN
#: All that anybody may see without signing in. Whoever adds to it opens a door.
PUBLIC = {
    ("GET", "/static/{name}"),
    ("GET", "/healthz"),
    ("GET", "/signin"),
    ("POST", "/signin"),
    ("GET", "/setup/{token}"),
    ("POST", "/setup/{token}"),
}


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Client]]:
    """A browser for each role, and one of somebody who is not signed in."""
    with place(tmp_path_factory.mktemp("home")) as here:
        known = {str(role): here.person(str(role), role) for role in (ADMIN, REVIEWER, READER)}
        yield known | {"": here.stranger()}


@pytest.fixture(scope="module")
def nobodys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A desk to which nothing happens: nobody has an account."""
    with place(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def veras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Another: vera is an admin, and the account of gone is closed."""
    with place(tmp_path_factory.mktemp("home")) as made:
        made.account("vera", ADMIN)
        gone = made.account("gone", READER)
        with made.desk.store.begin() as conn:
            accounts.close(conn, gone.id, made.clock())
        yield made


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as made:
        yield made


# --------------------------------------------------------------------------- V34: every route


def routes(app: Any, below: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of whatever the application answers, also below what is mounted."""
    for route in app.routes:
        if isinstance(route, Mount):
            yield from routes(route, below + route.path)
            continue
        assert isinstance(route, Route), f"{route} is no plain route: this test must walk it"
        for method in sorted(route.methods or ()):
            if method != "HEAD":
                yield method, below + route.path


def filled(path: str) -> str:
    for name in ("organization", "page", "key", "alert", "fetch", "name", "token", "ask"):
        path = path.replace("{" + name + "}", "1")
    return path.partition("{")[0] + ("1" if "{" in path else "")


@pytest.fixture(scope="module")
def all_routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    with place(tmp_path_factory.mktemp("home")) as here:
        return list(routes(site(here.desk)))


def test_every_route_is_closed_but_the_public_ones(
    all_routes: list[tuple[str, str]], everybody: dict[str, Client]
) -> None:
    assert len(all_routes) > len(DOORS)
    assert any(path.startswith("/api/v1/") for _, path in all_routes)
    for method, path in all_routes:
        if (method, path) in PUBLIC:
            continue
        answer = everybody[""].request(method, filled(path))
        to_sign_in = answer.headers.get("location", "").startswith("/signin?next=")
        assert answer.status_code == 401 or (answer.status_code == 303 and to_sign_in), (method, path)
        assert "content-security-policy" in answer.headers


def test_the_public_ones_are_those_of_the_list() -> None:
    assert {(door.method, door.path) for door in DOORS if door.needs is None} == PUBLIC


@pytest.mark.parametrize("role", [READER, REVIEWER])
def test_every_door_that_needs_more_is_closed_to_a_role(
    everybody: dict[str, Client], role: AccountRole
) -> None:
    dearer = [door for door in DOORS if door.needs and not role.may(door.needs)]
    assert dearer
    for door in dearer:
        answer = everybody[role].request(door.method, filled(door.path), headers={"Origin": BASE})
        assert (answer.status_code, "needs the role" in answer.text) == (403, True), door


@pytest.mark.parametrize("role", [READER, REVIEWER, ADMIN])
def test_every_other_door_is_open_to_it(everybody: dict[str, Client], role: AccountRole) -> None:
    """A form without its token is refused for that, and not for the role."""
    for door in DOORS:
        if role.may(door.needs or READER):
            answer = everybody[role].request(door.method, filled(door.path))
            assert "needs the role" not in answer.text, door
            assert answer.status_code != 401, door
            assert door.method == "GET" or answer.status_code == 403, door


def test_whatever_changes_something_needs_more_than_a_reader_but_for_what_is_ones_own() -> None:
    own = ("/signin", "/signout", "/setup/{token}", "/account/")
    posts = [door for door in DOORS if door.method != "GET" and not door.path.startswith(own)]
    assert posts
    assert [door.path for door in posts if door.needs in (None, READER)] == []


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/openapi.json",
        "/docs",
        "/redoc",
        "/static",
        "/accounts/",
        "//accounts",
        "/signin/x",
        "/api/v1",
    ],
)
def test_what_nobody_declared_is_closed_as_well(everybody: dict[str, Client], path: str) -> None:
    assert everybody[""].get(f"{BASE}{path}").status_code in (303, 401)


def test_the_way_back_is_kept(everybody: dict[str, Client]) -> None:
    answer = everybody[""].get("/accounts?a=1&b=2")
    assert answer.headers["location"] == "/signin?next=%2Faccounts%3Fa%3D1%26b%3D2"


def test_a_part_of_a_page_leads_to_signing_in_as_well(everybody: dict[str, Client]) -> None:
    answer = everybody[""].get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/signin")


# --------------------------------------------------------------------------- this machine


def test_on_this_machine_without_accounts_one_is_an_admin(here: Place) -> None:
    assert client_of(here.desk).get("/accounts").status_code == 200


def test_with_the_first_account_everybody_signs_in(here: Place) -> None:
    here.account("vera", ADMIN)
    assert client_of(here.desk).get("/accounts").status_code == 303


@pytest.mark.parametrize(
    ("settings", "bind", "headers"),
    [
        ("", "0.0.0.0", {}),
        ("", "192.0.2.7", {}),
        ("", "::", {}),
        ('trusted_proxies = ["127.0.0.1"]', "127.0.0.1", {}),
        ('url = "https://watch.example.org"', "127.0.0.1", {"Host": "watch.example.org"}),
        ('url = "https://watch.example.org"', "127.0.0.1", {}),
        ('url = "http://192.0.2.7:8321"', "127.0.0.1", {}),
        ('hosts = ["desk.lan"]', "127.0.0.1", {"Host": "desk.lan"}),
        ("", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("", "127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("", "127.0.0.1", {"Via": "1.1 proxy"}),
        ("", "127.0.0.1", {"X-Remote-User": "admin"}),
    ],
)
def test_nobody_is_at_this_machine_where_others_may_stand_behind(
    nobodys: Place, settings: str, bind: str, headers: dict[str, str]
) -> None:
    assert client_of(nobodys.desk).get("/").status_code == 200
    assert client_of(nobodys.otherwise(settings, bind)).get("/", headers=headers).status_code == 303


@pytest.mark.parametrize(
    ("settings", "bind", "host"),
    [
        ('url = "http://127.0.0.1:8321"', "127.0.0.1", "127.0.0.1"),
        ('url = "http://localhost:8321/"', "127.0.0.1", "127.0.0.1"),
        ("", "127.0.0.2", "127.0.0.2:8321"),
        ('url = "http://127.0.0.2:8321"', "127.0.0.2", "127.0.0.2:8321"),
        ("", "::1", "[::1]:8321"),
    ],
)
def test_one_is_at_this_machine_by_each_of_its_own_names(
    nobodys: Place, settings: str, bind: str, host: str
) -> None:
    desk = nobodys.otherwise(settings, bind)
    assert client_of(desk).get("/accounts", headers={"Host": host}).status_code == 200


def test_who_asks_by_http_1_0_is_a_proxy_that_says_nothing_of_itself(nobodys: Place) -> None:
    application = site(nobodys.desk)

    async def older(scope: Any, receive: Any, send: Any) -> None:
        await application({**scope, "http_version": "1.0"}, receive, send)

    client = TestClient(older, base_url=BASE, follow_redirects=False, client=("127.0.0.1", 50_000))
    assert client.get("/").status_code == 303
    assert client.get("/healthz").status_code == 200


# --------------------------------------------------------------------------- V35: proxies


@pytest.mark.parametrize(
    ("trusted", "peer", "headers", "status"),
    [
        ('["10.1.2.0/24"]', "10.1.2.3", {"X-Remote-User": "vera"}, 200),
        ('["10.1.2.3"]', "10.1.2.3", {"X-Remote-User": "VERA"}, 200),
        ('["10.1.2.3"]', "::ffff:10.1.2.3", {"X-Remote-User": "vera"}, 200),
        ('["2001:db8::/32"]', "2001:db8::7", {"X-Remote-User": "vera"}, 200),
        ("[]", "10.1.2.3", {"X-Remote-User": "vera"}, 303),
        ("[]", "127.0.0.1", {"X-Remote-User": "vera"}, 303),
        ('["10.1.2.3"]', "10.1.2.4", {"X-Remote-User": "vera"}, 303),
        ('["10.1.2.3"]', "127.0.0.1", {"X-Remote-User": "vera"}, 303),
        ('["10.1.2.3"]', "10.1.2.4", {"X-Remote-User": "vera", "X-Forwarded-For": "10.1.2.3"}, 303),
        ('["10.1.2.3"]', "10.1.2.4", {"X-Remote-User": "vera", "Forwarded": "for=10.1.2.3"}, 303),
        ('["10.1.2.3"]', "10.1.2.3", {}, 303),
        ('["10.1.2.3"]', "10.1.2.3", {"X-Remote-User": ""}, 303),
        ('["10.1.2.3"]', "10.1.2.3", {"X-Remote-User": "nobody"}, 303),
        ('["10.1.2.3"]', "10.1.2.3", {"X-Remote-User": "gone"}, 303),
        ('["10.1.2.3"]', "10.1.2.3", {"X-Remote-User": "vera, admin"}, 303),
        ('["10.1.2.3"]', "10.1.2.3", {"X-Forwarded-User": "vera"}, 303),
        ('["10.1.2.3"]', "testclient", {"X-Remote-User": "vera"}, 303),
    ],
)
def test_only_a_trusted_peer_says_who_somebody_is(
    veras: Place, trusted: str, peer: str, headers: dict[str, str], status: int
) -> None:
    desk = veras.otherwise(f"trusted_proxies = {trusted}")
    assert client_of(desk, peer).get("/accounts", headers=headers).status_code == status


def test_a_header_that_stands_twice_names_nobody(veras: Place) -> None:
    client = client_of(veras.otherwise('trusted_proxies = ["10.1.2.3"]'), "10.1.2.3")
    for names, status in ((["vera"], 200), (["vera", "vera"], 303), (["vera", "gone"], 303)):
        headers: Any = [("Host", "127.0.0.1"), *(("X-Remote-User", name) for name in names)]
        assert client.get("/", headers=headers).status_code == status


def test_whom_a_proxy_names_has_forms_of_their_own(tmp_path: Path) -> None:
    with place(tmp_path, 'trusted_proxies = ["10.1.2.3"]\nuser_header = "Remote-Name"') as here:
        here.account("vera", ADMIN)
        here.account("otto", ADMIN)
        client = client_of(here.desk, "10.1.2.3")
        vera, otto = {"Remote-Name": "vera"}, {"Remote-Name": "otto"}
        client.csrf = csrf_in(client.get("/accounts", headers=vera).text)
        sent = {"name": "eve", "role": "reader"}
        assert client.post("/accounts", data=sent, headers=otto).status_code == 403
        assert client.post("/accounts", data=sent, headers=vera).status_code == 200
        assert [(one.who, one.what, one.about) for one in here.log()] == [("vera", "invited", "eve")]


# --------------------------------------------------------------------------- V37: sessions


def test_a_session_ends_when_it_was_idle_for_twelve_hours(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    for _ in range(3):
        here.clock.move(hours=11)
        assert vera.get("/").status_code == 200
    here.clock.move(seconds=IDLE.total_seconds())
    assert vera.get("/").status_code == 303


def test_a_sign_in_that_fails_is_logged_without_the_password(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.person("vera", ADMIN)
    logged: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("app.logs.warn", lambda event, **fields: logged.append((event, fields)))
    here.stranger("127.0.0.9").post("/signin", data={"name": "Vera", "password": "a guess of mine"})
    assert logged == [("a sign-in failed", {"name": "vera", "address": "127.0.0.9"})]


def test_a_session_ends_after_thirty_days_however_much_it_is_used(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    for _ in range(int(LONGEST / timedelta(hours=10))):
        assert vera.get("/").status_code == 200
        here.clock.move(hours=10)
    assert vera.get("/").status_code == 303


def test_a_session_is_noted_now_and_then_and_not_at_every_request(here: Place) -> None:
    vera = here.person("vera", ADMIN)

    def written() -> int:
        with statements_sent(here.desk.store) as sent:
            vera.get("/account")
        return sum(not statement.lstrip().startswith("SELECT") for statement in sent)

    here.clock.move(minutes=9)
    assert written() == 0
    here.clock.move(seconds=NOTED_EVERY.total_seconds())
    assert written() == 1
    assert written() == 0


def test_the_token_is_new_at_each_login_and_none_is_taken_over(here: Place) -> None:
    here.account("vera", ADMIN)
    brought = "a-token-that-somebody-else-knows"
    client = here.stranger()
    client.cookies.set("pw", brought, domain="127.0.0.1")
    client.post("/signin", data={"name": "vera", "password": PASSWORD})
    first = client.cookies["pw"]
    client.csrf = csrf_in(client.get("/account").text)
    assert first != brought
    assert len(first) >= 43
    assert here.stranger().get("/", headers={"Cookie": f"pw={brought}"}).status_code == 303
    assert here.signed_in("vera").cookies["pw"] != first


def test_the_store_knows_only_hashes(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    token = vera.cookies["pw"]
    with here.desk.store.read() as conn:
        assert sessions.holder(conn, fingerprint(token), here.clock())
        assert sessions.holder(conn, token, here.clock()) is None


def test_after_signing_out_the_old_cookie_opens_nothing(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    cookie = {"Cookie": f"pw={vera.cookies['pw']}"}
    answer = vera.post("/signout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
    assert "pw" not in vera.cookies
    assert here.stranger().get("/", headers=cookie).status_code == 303
    assert [one.what for one in here.log()] == ["signed out", "signed in"]


def test_after_another_password_every_other_session_has_ended(here: Place) -> None:
    here.account("vera", ADMIN)
    first, second = here.signed_in("vera"), here.signed_in("vera")
    fresh = "another walk by the sea"
    sent = {"current": PASSWORD, "password": fresh, "again": fresh}
    before = first.cookies["pw"]
    assert first.post("/account/password", data=sent).status_code == 303
    assert first.cookies["pw"] != before
    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 303
    assert here.stranger().get("/", headers={"Cookie": f"pw={before}"}).status_code == 303


def test_after_another_password_every_token_has_ended(here: Place) -> None:
    vera, otto, fresh = here.person("vera", ADMIN), here.person("otto", READER), "another walk by the sea"
    tokens = {client: made_token(client) for client in (vera, otto)}
    assert [with_token(here, f"Bearer {token}") for token in tokens.values()] == [404, 404]
    vera.post("/account/password", data={"current": PASSWORD, "password": fresh, "again": fresh})
    assert [with_token(here, f"Bearer {token}") for token in tokens.values()] == [401, 404]
    now = here.clock()
    with here.desk.store.begin() as conn:
        accounts.invite(conn, "x", Invitation("otto", READER, now, now + timedelta(hours=1)))
        accounts.accept(conn, "x", "a hash", now)
    assert with_token(here, f"Bearer {tokens[otto]}") == 401


def test_after_an_account_is_closed_nothing_of_it_opens(here: Place) -> None:
    vera, otto = here.person("vera", ADMIN), here.person("otto", READER)
    token = made_token(otto)
    assert vera.post("/accounts/otto/close").status_code == 303
    assert otto.get("/").status_code == 303
    assert with_token(here, f"Bearer {token}") == 401
    answer = here.stranger().post("/signin", data={"name": "otto", "password": PASSWORD})
    assert answer.status_code == 401


def test_another_role_holds_from_the_next_request(here: Place) -> None:
    vera, otto = here.person("vera", ADMIN), here.person("otto", ADMIN)
    assert otto.get("/audit").status_code == 200
    vera.post("/accounts/otto/role", data={"role": "reader"})
    assert otto.get("/audit").status_code == 403


@pytest.mark.parametrize(
    ("settings", "name", "is_secure"),
    [("", "pw", False), ('url = "https://watch.example.org"', "__Host-pw", True)],
)
def test_the_cookie(tmp_path: Path, settings: str, name: str, is_secure: bool) -> None:
    with place(tmp_path, settings) as here:
        here.account("vera", ADMIN)
        answer = here.stranger().post("/signin", data={"name": "vera", "password": PASSWORD})
    said, *attributes = answer.headers["set-cookie"].split("; ")
    assert said.startswith(f"{name}=")
    assert {one.lower() for one in attributes} == {"path=/", "httponly", "samesite=lax"} | (
        {"secure"} if is_secure else set()
    )
    assert answer.headers["cache-control"] == "no-store"


def test_a_form_of_one_session_is_no_good_in_another(here: Place) -> None:
    vera, otto = here.person("vera", ADMIN), here.person("otto", ADMIN)
    otto.csrf = vera.csrf
    assert otto.post("/accounts", data={"name": "eve", "role": "admin"}).status_code == 403
    otto.csrf = here.stranger().csrf
    assert otto.post("/accounts", data={"name": "eve", "role": "admin"}).status_code == 403


def test_a_form_is_of_one_session_and_outlives_the_process(here: Place) -> None:
    here.account("vera", ADMIN)
    first, second = here.signed_in("vera"), here.signed_in("vera")
    assert first.csrf != second.csrf
    here.desk = replace(here.desk, secret=b"of another process")
    later = client_of(here.desk)
    later.cookies, later.csrf = first.cookies, first.csrf
    assert later.post("/accounts", data={"name": "eve", "role": "reader"}).status_code == 200


# --------------------------------------------------------------------------- tokens of programs


def made_token(client: Client, role: str = "reader") -> str:
    answer = client.post("/account/tokens", data={"name": "my reader", "role": role})
    assert answer.status_code == 200
    return str(answer.text.partition("<code>")[2].partition("</code>")[0])


def with_token(here: Place, authorization: str, path: str = "/feeds/of-nobody", method: str = "GET") -> int:
    answer = client_of(here.desk).request(method, path, headers={"Authorization": authorization})
    return int(answer.status_code)


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.fixture(scope="module")
def token_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, str]]:
    """A desk to which nothing more happens, and an admin's token of an admin."""
    with place(tmp_path_factory.mktemp("home")) as here:
        yield here, made_token(here.person("vera", ADMIN), "admin")


def test_a_token_opens_what_is_for_programs(token_desk: tuple[Place, str]) -> None:
    """What is not there is a 404 to who may look."""
    here, token = token_desk
    for authorization in (
        f"Bearer {token}",
        f"bearer  {token}",
        basic(f"anybody:{token}"),
        basic(f":{token}"),
    ):
        assert with_token(here, authorization) == 404
        assert with_token(here, authorization, method="HEAD") == 404


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer pw_wrong",
        "Basic",
        "Basic ***",
        "Basic w6k=",
        "Digest x",
        "Bearer " + "a" * 9_000,
    ],
)
def test_nothing_else_does(token_desk: tuple[Place, str], authorization: str) -> None:
    assert with_token(token_desk[0], authorization) == 401


def test_a_feed_reader_is_asked_for_it(token_desk: tuple[Place, str]) -> None:
    answer = client_of(token_desk[0].desk).get("/feeds/of-nobody")
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_token_opens_no_page_and_changes_nothing(token_desk: tuple[Place, str]) -> None:
    here, token = token_desk
    pages = [door for door in DOORS if door.needs and not door.path.startswith(FOR_PROGRAMS)]
    assert pages
    for door in pages:
        assert with_token(here, f"Bearer {token}", filled(door.path), door.method) in (303, 401), door


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_token_is_for_looking(token_desk: tuple[Place, str], method: str) -> None:
    here, token = token_desk
    assert with_token(here, f"Bearer {token}", method=method) == 401


def test_a_revoked_token_opens_nothing(here: Place) -> None:
    vera = here.person("vera", ADMIN)
    token = made_token(vera)
    (kept,) = tokens_of(here, "vera")
    assert vera.post(f"/account/tokens/{kept.id}/revoke").status_code == 303
    assert with_token(here, f"Bearer {token}") == 401


def test_nobody_revokes_the_token_of_another(here: Place) -> None:
    vera, otto = here.person("vera", ADMIN), here.person("otto", ADMIN)
    token = made_token(vera)
    (kept,) = tokens_of(here, "vera")
    for id in (str(kept.id), "0", "99", "-1", "9" * 40, "²", "x"):
        assert otto.post(f"/account/tokens/{id}/revoke").status_code == 404
    assert with_token(here, f"Bearer {token}") == 404


@pytest.mark.parametrize(
    ("account", "asked", "holds"),
    [(ADMIN, READER, READER), (ADMIN, ADMIN, ADMIN), (READER, READER, READER)],
)
def test_a_token_holds_the_lesser_of_both_roles(
    here: Place, account: AccountRole, asked: AccountRole, holds: AccountRole
) -> None:
    here.account("anna", ADMIN)
    token = made_token(here.person("vera", account), asked)
    with here.desk.store.begin() as conn:
        held = sessions.token_holder(conn, fingerprint(token))
        assert held and held.role is holds
        accounts.set_role(conn, held.account_id, READER)
        lowered = sessions.token_holder(conn, fingerprint(token))
        assert lowered and lowered.role is READER


def test_nobody_makes_a_token_that_may_do_more_than_they(here: Place) -> None:
    otto = here.person("otto", READER)
    assert otto.post("/account/tokens", data={"name": "x", "role": "admin"}).status_code == 400
    assert otto.post("/account/tokens", data={"name": "x", "role": "emperor"}).status_code == 400
    assert tokens_of(here, "otto") == []


def tokens_of(here: Place, name: str) -> list[sessions.Token]:
    with here.desk.store.read() as conn:
        account = accounts.named(conn, name)
        assert account
        return sessions.tokens_of(conn, account.id)
