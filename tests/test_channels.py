"""Every way out, against real servers on this machine: what arrives, and what is said when it does not."""

import base64
import inspect
import json
import pkgutil
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

import alerts.channels
from alerts.channels import console, email, file, webhook
from alerts.message import Message, secret, sender
from alerts.render import html, subject, text
from monitor.errors import DeliveryError
from monitor.model import Alert, Notice
from monitor.settings import CHANNEL_NEEDS, Channel
from monitor.wire import alert_json, content_json
from tests.far_ends import Hook, Postbox, mail_server, web_server
from tests.sample_alerts import NOW, REFUSAL, alert, notice, unconfirmed

TOLD = alert()
KINDS = sorted(module.name for module in pkgutil.iter_modules(alerts.channels.__path__))
NO_TLS = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
PASSWORD = "s3cr3t-CANARY"


def message(recipient: str = "", **changes: Any) -> Message:
    return replace(Message(TOLD, f"{TOLD.id}/staff/{recipient}", "staff", recipient), **changes)


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


# --------------------------------------------------------------------------- the contract of all channels


def test_the_settings_know_every_channel_and_no_other() -> None:
    assert sorted(CHANNEL_NEEDS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_is_found_by_its_name_and_has_the_one_function(kind: str) -> None:
    parameters = inspect.signature(sender(kind).send).parameters
    assert list(parameters)[:4] == ["message", "channel", "environ", "now"]
    assert all(one.default is not one.empty for one in list(parameters.values())[4:])


@pytest.mark.parametrize("kind", ["pigeon", "", "../message", "os", "email.message", "Email", "__init__"])
def test_what_is_not_a_channel_is_never_imported(kind: str) -> None:
    with pytest.raises(DeliveryError, match="no channel of kind") as caught:
        sender(kind)
    assert caught.value.permanent


# --------------------------------------------------------------------------- whatever is told


CONTENTS = [
    pytest.param(TOLD, id="alert"),
    pytest.param(unconfirmed(TOLD), id="unconfirmed alert"),
    pytest.param(notice(), id="notice"),
]


def about(content: Alert | Notice, recipient: str = "") -> Message:
    return Message(content, f"{content.id}/staff/{recipient}", "staff", recipient)


@pytest.mark.parametrize("content", CONTENTS)
def test_every_channel_carries_it(content: Alert | Notice, tmp_path: Path) -> None:
    out = StringIO()
    console.send(about(content), Channel("console"), {}, NOW, out)
    assert out.getvalue() == text(content) + "\n"

    file.send(about(content), Channel("file", path=str(tmp_path / "out.jsonl")), {}, NOW)
    assert lines(tmp_path / "out.jsonl") == [content_json(content)]

    postbox = Postbox()
    with mail_server(postbox) as port:
        post(port, about(content, "a@x.example"))
    [(_, mail)] = postbox.mails
    assert mail["Subject"] == subject(content)
    plain, rich = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())
    assert plain == text(content) and rich.rstrip("\n") == html(content).rstrip("\n")

    hook = Hook()
    with web_server(hook) as port:
        own = replace(about(content), allow_hosts=("127.0.0.1",))
        webhook.send(own, Channel("webhook", url=f"http://127.0.0.1:{port}/"), {}, NOW)
    [(_, headers, body)] = hook.calls
    assert json.loads(body) == content_json(content)
    assert headers["webhook-id"] == about(content).identity


@pytest.mark.parametrize(
    ("content", "identity"),
    [
        pytest.param(TOLD, f"{TOLD.id}/staff", id="alert"),
        pytest.param(unconfirmed(TOLD), f"{TOLD.id}/staff/unconfirmed", id="unconfirmed alert"),
        pytest.param(notice(), f"{'0' * 64}/staff", id="notice"),
    ],
)
def test_a_place_knows_apart_what_it_should_take_twice(content: Alert | Notice, identity: str) -> None:
    assert about(content).identity == identity


def test_the_mail_before_and_the_mail_after_it_is_confirmed_are_two() -> None:
    early = Message(unconfirmed(TOLD), f"{TOLD.id}/staff/a@x.example/unconfirmed", "staff", "a@x.example")
    ids = {email.compose(one, mailbox(25), NOW)["Message-ID"] for one in (early, message("a@x.example"))}
    assert len(ids) == 2


# --------------------------------------------------------------------------- console and file


def test_the_console_prints_the_text() -> None:
    out = StringIO()
    console.send(message(), Channel("console"), {}, NOW, out)
    assert out.getvalue() == text(TOLD) + "\n"


def test_the_console_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    console.send(message(), Channel("console"), {}, NOW)
    assert TOLD.headline.split(":")[0] in capsys.readouterr().out


def test_a_console_that_is_gone_is_a_delivery_error() -> None:
    class Broken(StringIO):
        def write(self, words: str) -> int:
            raise BrokenPipeError("Broken pipe")

    with pytest.raises(DeliveryError, match="could not be printed") as caught:
        console.send(message(), Channel("console"), {}, NOW, Broken())
    assert not caught.value.permanent


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_file_gets_one_line_an_alert(tmp_path: Path) -> None:
    channel = Channel("file", path="out/alerts.jsonl")
    for _ in range(2):
        file.send(message(), channel, {"PLEDGEWATCH_HOME": str(tmp_path)}, NOW)
    assert lines(tmp_path / "out" / "alerts.jsonl") == [alert_json(TOLD)] * 2


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    file.send(message(), Channel("file", path=str(path)), {"PLEDGEWATCH_HOME": "/elsewhere"}, NOW)
    assert lines(path) == [alert_json(TOLD)]


def test_a_line_that_a_crash_cut_short_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"schema": "pledgewa')
    file.send(message(), Channel("file", path=str(path)), {}, NOW)
    assert json.loads(path.read_text().splitlines()[1]) == alert_json(TOLD)


def test_a_file_that_cannot_be_written_is_a_delivery_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DeliveryError, match="folder cannot be written: Is a directory") as caught:
        file.send(message(), Channel("file", path=str(tmp_path / "folder")), {}, NOW)
    assert not caught.value.permanent


# --------------------------------------------------------------------------- certificates


@dataclass(frozen=True)
class Certificate:
    path: Path
    server: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate of 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return Certificate(path, context)


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    return certificate


# --------------------------------------------------------------------------- e-mail


def knows_the_password(
    server: SMTP, session: Session, envelope: Envelope, how: str, given: Any
) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (
        b"watch",
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False)


def mailbox(port: int, **changes: Any) -> Channel:
    channel = Channel("email", host="127.0.0.1", port=port, sender="watch@pledges.example", security="none")
    return replace(channel, **changes)


def post(port: int, to: Message | None = None, environ: dict[str, str] | None = None, **changes: Any) -> None:
    email.send(to or message("a@x.example"), mailbox(port, **changes), environ or {}, NOW)


def test_a_mail_arrives_as_text_and_as_html() -> None:
    postbox = Postbox()
    with mail_server(postbox) as port:
        post(port)
    [(recipients, mail)] = postbox.mails
    assert recipients == ["a@x.example"]
    assert mail["To"] == "a@x.example" and mail["From"] == "watch@pledges.example"
    assert mail["Subject"] == f"[weaker] {TOLD.headline}"
    assert mail["Date"].datetime == NOW.replace(microsecond=0)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    plain, rich = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())
    assert plain == text(TOLD)
    assert rich.rstrip("\n") == html(TOLD)


def test_a_second_attempt_is_the_same_mail_and_another_recipient_has_another() -> None:
    ids = [
        email.compose(message(who), mailbox(25), when)["Message-ID"]
        for who, when in [("a@x.example", NOW), ("a@x.example", NOW + timedelta(1)), ("b@x.example", NOW)]
    ]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@pledges.example>")


def test_what_a_page_says_cannot_add_a_header() -> None:
    hostile = replace(TOLD, headline="x\r\nBcc: e@x\u2028y\x85z\x00\ud800 =?utf-8?q?=0D=0ABcc:_e@x?=")
    postbox = Postbox()
    with mail_server(postbox) as port:
        post(port, message("a@x.example", content=hostile))
    [(recipients, mail)] = postbox.mails
    assert recipients == ["a@x.example"]
    assert "Bcc" not in mail
    assert len(mail["Subject"].splitlines()) == 1
    assert "= ?utf-8?q?=0D=0ABcc:_e@x?=" in mail["Subject"]


NASTY = st.sampled_from(
    ["\r\n", "\n", "\r", "Bcc: e@x", " ", "=?", "?=", "utf-8?q?=0D=0A", "\x00", "\u2028", "=", "?"]
)


@given(st.lists(NASTY | st.text(max_size=3), max_size=12).map("".join))
def test_no_headline_whatever_adds_a_header(headline: str) -> None:
    hostile = replace(TOLD, headline=headline)
    mail = email.compose(message("a@x.example", content=hostile), mailbox(25), NOW)
    arrived = message_from_bytes(mail.as_bytes(), policy=default)
    assert arrived.keys() == mail.keys()
    assert len(arrived.keys()) == 8
    assert arrived["To"] == "a@x.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b.c, evil@x.y",
        "a@b.c\r\nBcc: e@x",
        "a@b.c\x00",
        "A <a@b.c>",
        "a b@c.d",
        "a@b@c.d",
        "a@",
        "=?utf-8?q?=0D=0ABcc?=@c.d",
    ],
)
def test_an_address_is_exactly_one(address: str) -> None:
    with pytest.raises(DeliveryError, match="is not one e-mail address") as caught:
        post(closed_port(), message(address))
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("answers", "permanent", "minutes", "unreachable"),
    [
        pytest.param({"RCPT": "550 no such user"}, True, None, False, id="unknown recipient"),
        pytest.param({"RCPT": "451 greylisted, try later"}, False, 5, False, id="greylisted"),
        pytest.param({"RCPT": "530 log in first"}, False, None, False, id="not logged in"),
        pytest.param({"RCPT": "421 closing"}, False, 5, True, id="going down"),
        pytest.param({"MAIL": "550 not your address"}, False, None, False, id="sender refused"),
        pytest.param({"DATA": "554 refused as spam"}, True, None, False, id="mail refused"),
        pytest.param({"DATA": "452 disk full"}, False, 5, False, id="server full"),
    ],
)
def test_what_a_refusal_means_is_as_the_server_says(
    answers: dict[str, str], permanent: bool, minutes: int | None, unreachable: bool
) -> None:
    postbox = Postbox(answers)
    with mail_server(postbox) as port, pytest.raises(DeliveryError) as caught:
        post(port)
    assert (caught.value.permanent, caught.value.unreachable) == (permanent, unreachable)
    assert caught.value.retry_after == (minutes and timedelta(minutes=minutes))
    assert next(iter(answers.values())) in str(caught.value)
    assert ("alerts send --parked" in str(caught.value)) == permanent
    assert postbox.mails == []


def test_a_closed_door_can_open_again() -> None:
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1 failed") as caught:
        post(closed_port())
    assert not caught.value.permanent and caught.value.unreachable


def test_a_line_that_breaks_after_the_mail_is_an_error_that_may_be_tried_again() -> None:
    postbox = Postbox(hangs_up=1)
    with mail_server(postbox) as port, pytest.raises(DeliveryError) as caught:
        post(port)
    assert not caught.value.permanent and caught.value.unreachable
    assert len(postbox.mails) == 1


@pytest.mark.parametrize(
    ("limit", "says_timed_out"), [("TIMEOUT_SECONDS", True), ("DEADLINE_SECONDS", False)]
)
def test_a_server_that_does_not_answer_is_left(
    limit: str, says_timed_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, limit, 0.2)
    with mail_server(Postbox(is_silent=True)) as port, pytest.raises(DeliveryError, match="failed") as caught:
        post(port)
    assert not caught.value.permanent and caught.value.unreachable
    assert ("timed out" in str(caught.value)) == says_timed_out, "we hung up before a single answer was late"


def test_a_rude_goodbye_does_not_undo_a_delivery() -> None:
    postbox = Postbox({"QUIT": "421 too many connections"})
    with mail_server(postbox) as port:
        post(port)
    assert len(postbox.mails) == 1


@NO_TLS  # aiosmtpd does not see that the whole line is TLS
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_with_a_password(trusted: Certificate, security: str) -> None:
    postbox = Postbox()
    options: dict[str, Any] = {"authenticator": knows_the_password, "auth_required": True}
    if security == "starttls":
        options |= {"tls_context": trusted.server, "require_starttls": True}
    else:
        options |= {"tls": trusted.server, "auth_require_tls": False}
    with mail_server(postbox, **options) as port:
        post(port, None, {"MAIL_PW": PASSWORD}, security=security, username="watch", password_env="MAIL_PW")
    assert len(postbox.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(certificate: Certificate, security: str) -> None:
    postbox = Postbox()
    options = {"tls_context": certificate.server} if security == "starttls" else {"tls": certificate.server}
    with mail_server(postbox, **options) as port, pytest.raises(DeliveryError, match="certificate") as caught:
        post(port, security=security)
    assert not caught.value.permanent
    assert postbox.mails == []


def test_a_server_without_tls_gets_no_mail_unless_that_was_said() -> None:
    postbox = Postbox()
    with mail_server(postbox) as port, pytest.raises(DeliveryError, match="STARTTLS"):
        post(port, security="starttls")
    assert postbox.mails == []


@NO_TLS
@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param({}, "MAIL_PW is not set", id="no password"),
        pytest.param({"MAIL_PW": PASSWORD + "x"}, "answered 535", id="wrong password"),
        pytest.param({"MAIL_PW": PASSWORD + "é"}, "characters that SMTP cannot carry", id="not ASCII"),
    ],
)
def test_a_password_that_does_not_work_is_never_repeated(environ: dict[str, str], said: str) -> None:
    options = {"authenticator": knows_the_password, "auth_required": True, "auth_require_tls": False}
    with mail_server(Postbox(), **options) as port, pytest.raises(DeliveryError, match=said) as caught:
        post(port, None, environ, username="watch", password_env="MAIL_PW")
    assert not caught.value.permanent
    assert "CANARY" not in str(caught.value)


# --------------------------------------------------------------------------- webhook


def call(
    port: int, path: str = "/hook", environ: dict[str, str] | None = None, now: datetime = NOW, **changes: Any
) -> None:
    channel = replace(Channel("webhook", url=f"http://127.0.0.1:{port}{path}"), **changes)
    webhook.send(message(allow_hosts=("127.0.0.1", "hook.example")), channel, environ or {}, now)


def test_a_webhook_gets_the_alert_as_json() -> None:
    hook = Hook()
    with web_server(hook) as port:
        call(port, "/hook/ä?key=1&to=x y")
    [(path, headers, body)] = hook.calls
    assert path == "/hook/%C3%A4?key=1&to=x%20y"
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == alert_json(TOLD)
    assert headers["webhook-id"] == f"{TOLD.id}/staff"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert "webhook-signature" not in headers


def test_a_signature_satisfies_the_standard_webhooks_library() -> None:
    hook = Hook()
    with web_server(hook) as port:
        call(port, environ={"HOOK": SECRET}, now=datetime.now(UTC), secret_env="HOOK")
    [(_, headers, body)] = hook.calls
    assert Webhook(SECRET).verify(body.decode(), headers)["id"] == TOLD.id
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.decode().replace(REFUSAL[:8], "We shall"), headers)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param({}, "HOOK is not set", id="no secret"),
        pytest.param({"HOOK": "whsec_CANARY!"}, "HOOK is not a secret of the form", id="not base64"),
    ],
)
def test_without_its_secret_nothing_is_sent(environ: dict[str, str], said: str) -> None:
    hook = Hook()
    with web_server(hook) as port, pytest.raises(DeliveryError, match=said) as caught:
        call(port, environ=environ, secret_env="HOOK")
    assert not caught.value.permanent
    assert "CANARY" not in str(caught.value)
    assert hook.calls == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_2xx_is_done(status: int) -> None:
    with web_server(Hook(status)) as port:
        call(port)


@pytest.mark.parametrize(
    "status", [301, 302, 304, 307, 400, 401, 403, 404, 408, 410, 413, 425, 429, 451, 500, 501, 502, 503, 504]
)
def test_everything_else_is_an_error_and_only_410_is_for_good(status: int) -> None:
    with web_server(Hook(status)) as port, pytest.raises(DeliveryError, match=f"answered {status}") as caught:
        call(port)
    assert caught.value.permanent == (status == 410)
    assert ("alerts send --parked" in str(caught.value)) == (status == 410)
    assert not caught.value.unreachable, "somebody answered"
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    ("status", "header", "waits"),
    [
        (429, "120", timedelta(minutes=2)),
        (502, "7", timedelta(seconds=7)),
        (503, "Sun, 22 Nov 2026 07:02:05 GMT", timedelta(minutes=60)),
        (504, "120", timedelta(minutes=2)),
        (500, "120", None),
        (404, "120", None),
    ],
)
def test_who_is_throttled_waits_as_it_is_told(status: int, header: str, waits: timedelta | None) -> None:
    hook = Hook(status, {"Retry-After": header})
    with web_server(hook) as port, pytest.raises(DeliveryError) as caught:
        call(port, now=NOW.replace(microsecond=0))
    assert caught.value.retry_after == waits


@pytest.mark.parametrize(
    ("header", "waits"),
    [
        pytest.param("0", timedelta(0), id="at once"),
        pytest.param(" 120 ", timedelta(seconds=120), id="seconds"),
        pytest.param("9" * 5000, None, id="no number that anybody can read"),
        pytest.param("9" * 30, timedelta(seconds=10**9), id="for ever"),
        pytest.param("-5", None, id="less than nothing"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("٣", None, id="digits of another script"),
        pytest.param("Sun, 22 Nov 2026 06:03:05 GMT", timedelta(seconds=60), id="a date"),
        pytest.param("Sun, 22 Nov 2026 06:03:05", timedelta(seconds=60), id="a date without a zone"),
        pytest.param("Sat, 21 Nov 2026 06:03:05 GMT", timedelta(0), id="a date that is over"),
        pytest.param("Sun, 22 Nov 99999 06:03:05 GMT", None, id="a date that no calendar has"),
        pytest.param("soon", None, id="words"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_retry_after_says(header: str, waits: timedelta | None) -> None:
    assert webhook.retry_after(header, NOW.replace(microsecond=0)) == waits


def test_a_redirect_is_not_followed() -> None:
    elsewhere = Hook()
    with web_server(elsewhere) as other:
        hook = Hook(302, {"Location": f"http://127.0.0.1:{other}/"})
        with web_server(hook) as port, pytest.raises(DeliveryError, match="answered 302"):
            call(port)
    assert len(hook.calls) == 1
    assert elsewhere.calls == []


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_the_proxy_of_the_environment_is_not_used(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, f"http://127.0.0.1:{closed_port()}")
    hook = Hook()
    with web_server(hook) as port:
        call(port)
    assert len(hook.calls) == 1


def silent(run: Callable[[int], None]) -> None:
    with web_server(Hook(0)) as port:
        run(port)


def refused(run: Callable[[int], None]) -> None:
    run(closed_port())


@pytest.mark.parametrize("trouble", [silent, refused])
def test_no_answer_may_be_tried_again_and_the_address_is_not_repeated(
    trouble: Callable[[Callable[[int], None]], None],
) -> None:
    with pytest.raises(DeliveryError, match=r"http://127\.0\.0\.1 does not answer") as caught:
        trouble(lambda port: call(port, "/CANARY?token=CANARY"))
    assert not caught.value.permanent and caught.value.unreachable
    assert "CANARY" not in str(caught.value)


def test_a_webhook_over_tls(trusted: Certificate) -> None:
    hook = Hook()
    with web_server(hook, trusted.server) as port:
        call(port, url=f"https://127.0.0.1:{port}/")
    assert len(hook.calls) == 1


def test_a_webhook_with_a_certificate_that_nobody_vouches_for(certificate: Certificate) -> None:
    hook = Hook()
    with (
        web_server(hook, certificate.server) as port,
        pytest.raises(DeliveryError, match="SSLCert") as caught,
    ):
        call(port, url=f"https://127.0.0.1:{port}/")
    assert not caught.value.permanent
    assert hook.calls == []


# --------------------------------------------------------------------------- webhook: which addresses


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What these names resolve to: one answer after the other, the last one for ever."""
    known: dict[str, list[list[str]]] = {}
    really = socket.getaddrinfo

    def answer(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host not in known:
            return really(host, port, *rest, **more)
        answers = known[host]
        ips = answers.pop(0) if len(answers) > 1 else answers[0]
        return [found for ip in ips for found in really(ip, port, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


PRIVATE_HOOKS = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f.1:{port}/",
    "http://0:{port}/",
    "http://localhost:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "https://127.0.0.1:{port}/",
    "http://inside.example:{port}/CANARY",
    "http://both.example:{port}/",
    "http://10.0.0.1:{port}/",
    "http://169.254.169.254:{port}/latest/meta-data/",
]


@pytest.mark.parametrize("url", PRIVATE_HOOKS)
def test_a_webhook_never_reaches_a_private_address(url: str, names: dict[str, list[list[str]]]) -> None:
    names |= {"inside.example": [["127.0.0.1"]], "both.example": [["8.8.8.8", "127.0.0.1"]]}
    hook = Hook()
    with web_server(hook) as port, pytest.raises(DeliveryError, match=r"not public.*allow_hosts") as caught:
        webhook.send(message(), Channel("webhook", url=url.format(port=port)), {}, NOW)
    assert not caught.value.permanent and caught.value.unreachable, "names and settings can be mended"
    assert "CANARY" not in str(caught.value)
    assert hook.calls == []


def test_the_address_that_was_judged_is_the_one_that_is_called(names: dict[str, list[list[str]]]) -> None:
    names["hook.example"] = [["127.0.0.1"], ["192.0.2.1"]]  # at a second look it would be elsewhere
    hook = Hook()
    with web_server(hook) as port:
        call(port, url=f"http://hook.example:{port}/")
    [(_, headers, _)] = hook.calls
    assert headers["host"] == f"hook.example:{port}"


def test_a_certificate_is_for_the_name_and_not_for_the_address(
    trusted: Certificate, names: dict[str, list[list[str]]]
) -> None:
    names["hook.example"] = [["127.0.0.1"]]  # the certificate names 127.0.0.1
    hook = Hook()
    with web_server(hook, trusted.server) as port, pytest.raises(DeliveryError, match="SSLCert"):
        call(port, url=f"https://hook.example:{port}/")
    assert hook.calls == []


def test_an_address_that_does_not_answer_leaves_the_others(names: dict[str, list[list[str]]]) -> None:
    names["hook.example"] = [["127.0.0.2", "127.0.0.1"]]  # nobody listens at the first
    hook = Hook()
    with web_server(hook) as port:
        call(port, url=f"http://hook.example:{port}/")
    assert len(hook.calls) == 1


def test_an_answer_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_SECONDS", 0.3)

    def trickle(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            for _ in range(100):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                time.sleep(0.05)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=trickle, args=(listening,))
        thread.start()
        with pytest.raises(DeliveryError, match="does not answer"):
            call(listening.getsockname()[1])
        thread.join()


# --------------------------------------------------------------------------- secrets


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_may_lie_in_a_file(tmp_path: Path, ending: str) -> None:
    (tmp_path / "password").write_bytes(f" {PASSWORD}\n ".encode() + ending.encode())
    environ = {"MAIL_PW_FILE": str(tmp_path / "password")}
    assert secret(environ, "MAIL_PW") == f" {PASSWORD}\n "
    assert secret({**environ, "MAIL_PW": "nearer"}, "MAIL_PW") == "nearer"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "No such file or directory", id="no file"),
        pytest.param(b"\xffCANARY", "not UTF-8", id="not text"),
        pytest.param(b"\n", "is empty", id="empty"),
    ],
)
def test_a_file_without_a_secret_is_named_with_its_variable(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DeliveryError, match=said) as caught:
        secret({"MAIL_PW_FILE": str(file)}, "MAIL_PW")
    assert f"{file}, which MAIL_PW_FILE names, " in str(caught.value)
    assert not caught.value.permanent
    assert "CANARY" not in str(caught.value)


def test_neither_variable_nor_file_is_an_error_that_names_both() -> None:
    with pytest.raises(DeliveryError, match="MAIL_PW is not set; set it, or MAIL_PW_FILE"):
        secret({"MAIL_PW": "", "MAIL_PW_FILE": ""}, "MAIL_PW")


def test_an_address_that_is_a_secret_goes_before_the_other(tmp_path: Path) -> None:
    hook = Hook()
    with web_server(hook) as port:
        (tmp_path / "url").write_text(f"http://127.0.0.1:{port}/file\n")
        call(port, environ={"HOOK_URL": f"http://127.0.0.1:{port}/CANARY"}, url_env="HOOK_URL")
        call(port, environ={"HOOK_URL_FILE": str(tmp_path / "url")}, url_env="HOOK_URL", url="")
    assert [path for path, _, _ in hook.calls] == ["/CANARY", "/file"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("", "HOOK_URL is not set", id="not set"),
        pytest.param("hooks.example/CANARY", "what HOOK_URL holds is not an absolute", id="no scheme"),
        pytest.param("file:///CANARY", "what HOOK_URL holds is not an absolute", id="another scheme"),
        pytest.param("https://CANARY.example/ x", "what HOOK_URL holds is not an absolute", id="a blank"),
        pytest.param("https://me:CANARY@hooks.example/", "what HOOK_URL holds is not", id="a password"),
        pytest.param("http://CANARY.invalid/", "the address in HOOK_URL does not answer", id="no such host"),
        pytest.param("http://inside.example/CANARY", "its address 10.1.2.3 is not public", id="private"),
    ],
)
def test_a_secret_address_is_never_repeated(url: str, said: str, names: dict[str, list[list[str]]]) -> None:
    names["inside.example"] = [["10.1.2.3"]]
    with pytest.raises(DeliveryError, match=said) as caught:
        call(0, environ={"HOOK_URL": url}, url_env="HOOK_URL", url="")
    assert "CANARY" not in str(caught.value) and "inside" not in str(caught.value)
    assert not caught.value.permanent


def test_who_refuses_a_secret_address_does_not_give_it_away() -> None:
    with web_server(Hook(500)) as port, pytest.raises(DeliveryError) as caught:
        call(port, environ={"HOOK_URL": f"http://127.0.0.1:{port}/CANARY"}, url_env="HOOK_URL")
    assert str(caught.value) == "the address in HOOK_URL answered 500; it is tried again"
