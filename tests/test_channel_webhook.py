"""Webhooks, against real servers on this machine: what arrives, and what is said when it does not."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from alerts.channels import webhook
from monitor.errors import DeliveryError
from monitor.settings import Channel
from monitor.wire import alert_json
from tests.certificates import Certificate
from tests.far_ends import Hook, web_server
from tests.sample_alerts import NOW, REFUSAL
from tests.sockets import deaf_port
from tests.told import TOLD, message

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


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
    hook = Hook()
    with deaf_port() as deaf, web_server(hook) as port:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{deaf}")
        call(port)
    assert len(hook.calls) == 1


def silent(run: Callable[[int], None]) -> None:
    with web_server(Hook(0)) as port:
        run(port)


def refused(run: Callable[[int], None]) -> None:
    with deaf_port() as port:
        run(port)


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


@pytest.mark.parametrize("ips", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
def test_an_address_that_does_not_answer_leaves_the_others(
    ips: list[str], names: dict[str, list[list[str]]]
) -> None:
    names["hook.example"] = [ips]  # nobody listens at 127.0.0.2
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


# --------------------------------------------------------------------------- an address that is a secret


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
