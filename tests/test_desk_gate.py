"""What surrounds every page of the desk: names, origins, headers, bounds, and trouble that says no more than it should."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from app.desk import site as site_module
from app.desk.door import PUBLIC, READER, Door
from app.desk.doors import DOORS
from app.desk.forms import FIELDS, FORM_BYTES, fields
from app.desk.origins import asking_address, base_of, host_of, is_from_us, local_path, may_be_asked_as
from app.desk.visit import RefusedError, Visit
from monitor.errors import ConfigError, InputError, StoreError
from monitor.settings import Desk as Settings
from tests.desks import BASE, Client, client_of
from tests.people import Place, place

CANARY = "s3cr3t-CANARY"
ON_THIS_MACHINE, HTTPS = Settings(), Settings(url="https://watch.example.org")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A desk to which nothing happens."""
    with place(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def client(here: Place) -> Client:
    return client_of(here.desk)


@pytest.fixture
def with_doors(here: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Client]:
    """A desk with further doors."""

    def opened(*doors: Door) -> Client:
        monkeypatch.setattr(site_module, "DOORS", (*DOORS, *doors))
        return client_of(here.desk)

    return opened


# --------------------------------------------------------------------------- V39: names


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8321", 200),
        ("127.0.0.1", 200),
        ("localhost:8321", 200),
        ("LOCALHOST", 200),
        ("[::1]:8321", 200),
        ("evil.example", 421),
        ("evil.example:8321", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("evil.example@127.0.0.1", 421),
        ("127.0.0.1:8321@evil.example", 421),
        ("127.0.0.1/evil.example", 421),
        ("127.0.0.1 evil.example", 421),
        ("0.0.0.0:8321", 421),
        ("127.0.0.2", 421),
        ("*", 421),
        ("", 421),
    ],
)
def test_the_desk_answers_to_its_own_names_alone(client: Client, host: str, status: int) -> None:
    assert client.get("/", headers={"Host": host}).status_code == status


def test_two_host_headers_are_none(client: Client) -> None:
    assert client.get("/", headers=[("Host", "127.0.0.1"), ("Host", "evil.example")]).status_code == 421  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "bind", "settings", "may"),
    [
        ("watch.example.org", "127.0.0.1", HTTPS, True),
        ("desk.lan", "127.0.0.1", Settings(hosts=("Desk.lan",)), True),
        ("192.0.2.7", "192.0.2.7", Settings(), True),
        ("[2001:db8::7]", "2001:db8::7", Settings(), True),
        ("192.0.2.7", "0.0.0.0", Settings(), False),
        ("0.0.0.0", "0.0.0.0", Settings(), False),
        ("[::]", "::", Settings(), False),
        ("", "127.0.0.1", Settings(), False),
    ],
)
def test_names_that_the_settings_add(host: str, bind: str, settings: Settings, may: bool) -> None:
    assert may_be_asked_as(host, bind, settings) is may


@given(st.text())
def test_a_host_is_a_plain_name_or_nothing(header: str) -> None:
    assert not set(host_of(header)) & set("@/\\ \t\r\n\0?#")


@pytest.mark.parametrize(
    ("host", "settings", "base"),
    [
        ("127.0.0.1:8321", Settings(), "http://127.0.0.1:8321"),
        ("watch.example.org", HTTPS, "https://watch.example.org"),
        ("127.0.0.1:8321", HTTPS, "http://127.0.0.1:8321"),
        ("desk.lan", Settings(url=HTTPS.url, hosts=("desk.lan",)), "https://desk.lan"),
    ],
)
def test_where_the_desk_is(host: str, settings: Settings, base: str) -> None:
    assert base_of(host, settings) == base


# --------------------------------------------------------------------------- V36: origins and forms


@pytest.mark.parametrize(
    ("settings", "headers", "is_ours"),
    [
        (ON_THIS_MACHINE, {}, True),
        (ON_THIS_MACHINE, {"Origin": BASE}, True),
        (ON_THIS_MACHINE, {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}, True),
        (ON_THIS_MACHINE, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        (ON_THIS_MACHINE, {"Referer": f"{BASE}/accounts"}, True),
        (ON_THIS_MACHINE, {"Origin": "null"}, False),
        (ON_THIS_MACHINE, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
        (ON_THIS_MACHINE, {"Sec-Fetch-Site": "cross-site"}, False),
        (ON_THIS_MACHINE, {"Sec-Fetch-Site": "same-site"}, False),
        (ON_THIS_MACHINE, {"Origin": BASE, "Sec-Fetch-Site": "cross-site"}, False),
        (ON_THIS_MACHINE, {"Origin": "http://evil.example"}, False),
        (ON_THIS_MACHINE, {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
        (ON_THIS_MACHINE, {"Origin": "http://127.0.0.1:9999"}, False),
        (ON_THIS_MACHINE, {"Origin": "https://127.0.0.1:8321"}, False),
        (ON_THIS_MACHINE, {"Origin": f"{BASE}.evil.example"}, False),
        (ON_THIS_MACHINE, {"Referer": "http://evil.example/http://127.0.0.1:8321"}, False),
        (ON_THIS_MACHINE, {"Referer": "http://[evil"}, False),
        (HTTPS, {"Origin": HTTPS.url}, True),
        (HTTPS, {"Origin": "http://watch.example.org"}, False),
    ],
)
def test_whether_a_page_of_ours_asked(settings: Settings, headers: dict[str, str], is_ours: bool) -> None:
    assert is_from_us(Headers({"Host": "127.0.0.1:8321", **headers}), settings) is is_ours


INVITE = {"name": "vera", "role": "admin"}


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Origin": "http://evil.example"}, {}),
        ({"Origin": "null"}, {}),
        ({}, {"csrf": ""}),
        ({}, {"csrf": "0" * 64}),
        ({}, {"csrf": "\u0000"}),
        ({}, {"csrf": "é" * 64}),
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(
    here: Place, client: Client, headers: dict[str, str], sent: dict[str, str]
) -> None:
    assert client.post("/accounts", data=INVITE | sent, headers=headers).status_code in (400, 403)
    assert here.log() == []


def test_our_own_form_does(tmp_path: Path) -> None:
    ours = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}
    with place(tmp_path) as here:
        assert client_of(here.desk).post("/accounts", data=INVITE, headers=ours).status_code == 200
        assert [one.what for one in here.log()] == ["invited"]


def test_json_as_text_is_no_form(here: Place, client: Client) -> None:
    body = f'{{"csrf": "{client.csrf}", "name": "vera", "role": "admin"}}'
    for kind in ("text/plain", "application/json"):
        answer = super(Client, client).post("/accounts", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 415
    assert here.log() == []


def test_no_get_changes_anything(here: Place, client: Client) -> None:
    query = f"?csrf={client.csrf}&name=vera&role=admin"
    for door in DOORS:
        if door.method == "POST" and "{" not in door.path:
            client.get(door.path + query)
    assert here.log() == []


# --------------------------------------------------------------------------- bounds


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"name=" + b"a" * FORM_BYTES, "application/x-www-form-urlencoded", 413),
        (b"a=1&" * (FIELDS + 1), "application/x-www-form-urlencoded", 400),
        (b"name=a%00b", "application/x-www-form-urlencoded", 400),
        (b"--b\r\nno form\r\n", "multipart/form-data; boundary=b", 400),
        (b"anything", "multipart/form-data", 400),
        (
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            400,
        ),
        (b"anything", "", 415),
        (b"\xff\xfe=%ff", "application/x-www-form-urlencoded", 403),  # read, and without our token
    ],
)
def test_what_no_form_of_ours_sends(client: Client, body: bytes, kind: str, status: int) -> None:
    answer = super(Client, client).post("/accounts", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_a_body_that_does_not_say_how_long_it_is_ends_as_well(client: Client) -> None:
    chunks = (b"name=" + b"a" * 100_000 for _ in range(30))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert super(Client, client).post("/accounts", content=chunks, headers=kind).status_code == 413


@given(st.binary(max_size=200))
def test_any_bytes_are_fields_or_refused(body: bytes) -> None:
    try:
        read = fields(body)
    except HTTPException as refused:
        assert refused.status_code == 400
    else:
        assert all(isinstance(value, str) and "\0" not in value for value in read.values())


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("DELETE", "/accounts", 405, "GET, HEAD, POST"),
        ("PUT", "/", 405, "GET, HEAD"),
        ("OPTIONS", "/", 405, "GET, HEAD"),
        ("TRACE", "/", 405, "GET, HEAD"),
        ("GET", "/signout", 405, "POST"),
        ("HEAD", "/", 200, None),
        ("GET", "/nowhere", 404, None),
        ("GET", "/accounts/", 404, None),
        ("GET", "/%00", 400, None),
        ("GET", "/?a=%00", 400, None),
        ("GET", "/%ff%fe", 404, None),
    ],
)
def test_methods_and_addresses(
    client: Client, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers.get("allow")) == (status, allow)


@pytest.mark.parametrize(
    "name",
    [
        "%2e%2e/gate.py",
        "..%2fgate.py",
        "..%5cgate.py",
        "....//gate.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "%2e%2e",
        "%2e",
        "desk.css%00.js",
        "desk.css/",
        "DESK.CSS",
        "",
    ],
)
def test_no_name_leads_out_of_the_static_files(client: Client, name: str) -> None:
    assert client.get(f"/static/{name}").status_code in (400, 404)


# --------------------------------------------------------------------------- headers


EVERYWHERE = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def broken(visit: Visit) -> Response:
    raise ZeroDivisionError(CANARY)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/signin", 303), ("/nowhere", 404), ("/broken", 500), ("/healthz", 200), ("/%00", 400)],
)
def test_every_answer_carries_the_headers(with_doors: Callable[..., Client], path: str, status: int) -> None:
    answer = with_doors(Door("/broken", READER, broken)).get(path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert answer.headers["cache-control"] == "no-store"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers


def test_also_a_static_file_which_may_be_kept(client: Client) -> None:
    answer = client.get("/static/desk.css")
    assert {name: answer.headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_also_a_name_that_is_not_ours(client: Client) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert {name: answer.headers[name] for name in EVERYWHERE} == EVERYWHERE


def test_a_page_keeps_its_own_policy(with_doors: Callable[..., Client]) -> None:
    own = "sandbox; default-src 'none'; frame-ancestors 'self'"

    def framed(visit: Visit) -> Response:
        return PlainTextResponse("x", headers={"Content-Security-Policy": own, "Cache-Control": "public"})

    answer = with_doors(Door("/framed", READER, framed)).get("/framed")
    assert answer.headers.get_list("content-security-policy") == [own]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("settings", "bind", "policy", "has_hsts"),
    [
        ("", "127.0.0.1", "no-referrer", False),
        ('url = "https://watch.example.org"', "127.0.0.1", "no-referrer", True),
        ('url = "https://watch.example.org"', "0.0.0.0", "no-referrer", True),
        ("", "192.0.2.7", "same-origin", False),  # there a browser says only so where a form comes from
    ],
)
def test_headers_by_how_the_desk_is_reached(
    here: Place, settings: str, bind: str, policy: str, has_hsts: bool
) -> None:
    answer = client_of(here.otherwise(settings, bind)).get("/signin")
    assert answer.headers["referrer-policy"] == policy
    assert ("strict-transport-security" in answer.headers) is has_hsts


# --------------------------------------------------------------------------- trouble


def test_a_bug_is_logged_and_the_page_says_no_more(here: Place, with_doors: Callable[..., Client]) -> None:
    here.bugs.clear()
    answer = with_doors(Door("/broken", READER, broken)).get("/broken")
    assert answer.status_code == 500
    assert CANARY not in answer.text
    assert "Zero" not in answer.text
    assert [str(bug) for bug in here.bugs] == [CANARY]


@pytest.mark.parametrize(
    ("error", "status", "is_shown"),
    [
        (InputError("This cannot be."), 400, True),
        (RefusedError("This may not be."), 403, True),
        (ConfigError("settings.toml", "desk.url", "is odd"), 400, True),
        (StoreError(f"the store at {CANARY} is locked"), 503, False),
    ],
)
def test_expected_trouble_is_a_sentence(
    with_doors: Callable[..., Client], error: Exception, status: int, is_shown: bool
) -> None:
    def troubled(visit: Visit) -> Response:
        raise error

    answer = with_doors(Door("/troubled", READER, troubled)).get("/troubled")
    assert answer.status_code == status
    assert (str(error) in answer.text) is is_shown
    assert CANARY not in answer.text


def test_a_store_that_cannot_be_read_is_said_without_its_place(here: Place) -> None:
    class Locked:
        def read(self) -> Any:
            raise StoreError(f"postgresql://watch:{CANARY}@db/watch is locked")

    for path in ("/", "/healthz", "/signin", "/feeds/all.atom"):
        answer = client_of(replace(here.desk, store=Locked())).get(path)  # type: ignore[arg-type]
        assert answer.status_code == 503
        assert CANARY not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_files_are_not_named_to_strangers(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def troubled(visit: Visit) -> Response:
        raise ConfigError(f"/{CANARY}/settings.toml", "", "is odd")

    monkeypatch.setattr(site_module, "DOORS", (*DOORS, Door("/troubled", PUBLIC, troubled)))
    answer = client_of(here.otherwise("", "192.0.2.7")).get("/troubled")
    assert (answer.status_code, CANARY in answer.text) == (400, False)


def test_no_web_socket_is_answered(client: Client) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
        pass


# --------------------------------------------------------------------------- V38: where to go on


@pytest.mark.parametrize(
    ("wanted", "onward"),
    [
        ("/", "/"),
        ("/changes/abc?before=1&after=2", "/changes/abc?before=1&after=2"),
        ("/organizations/a%2Fb", "/organizations/a%2Fb"),
        ("", "/"),
        ("changes", "/"),
        ("//evil.example", "/"),
        ("////evil.example", "/"),
        ("//@evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("\t//evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        (" //evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("JaVaScRiPt:alert(1)", "/"),
        ("data:text/html,x", "/"),
        ("https://evil.example", "/"),
        ("https:evil.example", "/"),
        ("///evil.example/..", "/"),
        ("/" + "a" * 3_000, "/"),
    ],
)
def test_where_to_go_on_is_a_path_of_our_own(wanted: str, onward: str) -> None:
    assert local_path(wanted) == onward


@given(st.text(alphabet="/\\:@. \t\n?#%evilhtps", max_size=20))
def test_no_way_on_leads_to_another_host(wanted: str) -> None:
    from urllib.parse import urljoin, urlsplit

    led = urlsplit(urljoin("http://127.0.0.1:8321/signin", local_path(wanted).replace("\\", "/")))
    assert (led.scheme, led.netloc) == ("http", "127.0.0.1:8321")


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "127.0.0.1", "192.0.2.7"),
        ("10.1.2.3", "203.0.113.9, 198.51.100.4", "198.51.100.4"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("::ffff:10.1.2.3", "198.51.100.4", "198.51.100.4"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "", "2001:db8:1:2::/64"),
        ("10.1.2.3", "2001:db8:1:3::4", "2001:db8:1:3::/64"),
        ("10.1.2.3", "unknown", "unknown"),
    ],
)
def test_by_which_address_attempts_are_counted(peer: str, forwarded: str, counted: str) -> None:
    assert asking_address(peer, forwarded, ("10.1.2.0/24",)) == counted
