"""Pings, against a real receiver on 127.0.0.1: what goes out, and what is said where it does not arrive."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from app.pings import Pings, new_run, pings_of
from monitor.settings import Daemon, Network, Settings
from tests.loopback import Answer, Loopback, redirect

VARIABLE = "WATCH_PING_URL"
SECRET = "/ping/5e1c-canary-of-a-secret"
RUN = new_run()
OWN = ("127.0.0.1",)


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback({}) as server:
        server.default = Answer(200, b"OK")
        yield server


def pings(url: str, **changes: object) -> Pings:
    return Pings(**({"variable": VARIABLE, "environ": {VARIABLE: url}, "allow_hosts": OWN} | changes))  # type: ignore[arg-type]


def test_start_success_and_failure_of_one_run(site: Loopback) -> None:
    pinging = pings(site.url(SECRET))
    assert [pinging.start(RUN), pinging.success(RUN), pinging.fail(RUN, "no host answered ☹")] == ["", "", ""]
    assert [(one.method, urlsplit(one.path).path, one.body.decode()) for one in site.asked] == [
        ("POST", f"{SECRET}/start", ""),
        ("POST", SECRET, ""),
        ("POST", f"{SECRET}/fail", "no host answered ☹"),
    ]
    assert [parse_qs(urlsplit(one.path).query) for one in site.asked] == [{"rid": [RUN]}] * 3
    assert UUID(RUN).version == 4


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        pytest.param("/x?create=1", "/x/fail?create=1&rid=r", id="a query stays"),
        pytest.param("/x/", "/x/fail?rid=r", id="a slash at the end"),
        pytest.param("", "/fail?rid=r", id="no path"),
    ],
)
def test_the_kind_goes_behind_the_path(site: Loopback, address: str, asked: str) -> None:
    assert pings(site.url(address)).fail("r", "") == ""
    assert site.asked[-1].path == asked


def test_a_long_reason_is_cut_between_letters(site: Loopback) -> None:
    assert pings(site.url(SECRET)).fail(RUN, "ü" * 100_000) == ""
    assert site.asked[0].body.decode() == "ü" * 1000


def test_the_address_may_stand_in_a_file(site: Loopback, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(site.url(SECRET) + "\n", encoding="utf-8")
    environ = {f"{VARIABLE}_FILE": str(tmp_path / "url")}
    assert pings("", environ=environ).success(RUN) == ""
    assert len(site.asked) == 1


def test_nobody_is_pinged_unless_asked_for(site: Loopback) -> None:
    silent = pings_of(Settings(), {VARIABLE: site.url(SECRET)})
    assert (silent.start(RUN), silent.success(RUN), silent.fail(RUN, "why"), site.asked) == ("", "", "", [])


def test_the_settings_say_where(site: Loopback) -> None:
    settings = Settings(network=Network(allow_hosts=OWN), daemon=Daemon(ping_url_env=VARIABLE))
    assert pings_of(settings, {VARIABLE: site.url(SECRET)}).start(RUN) == ""
    assert len(site.asked) == 1


# --------------------------------------------------------------------------- what goes wrong


def refused(site: Loopback) -> Pings:
    return pings(site.url(SECRET), allow_hosts=())


def nobody_there(site: Loopback) -> Pings:
    site.leave()
    return pings(site.url(SECRET))


def answering(answer: Answer, **changes: object) -> object:
    def made(site: Loopback) -> Pings:
        site.default = answer
        return pings(site.url(SECRET), **changes)

    return made


def holding(environ: Mapping[str, str]) -> object:
    return lambda site: pings("", environ=environ)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        pytest.param(answering(Answer(500)), "answered 500", id="the receiver has trouble"),
        pytest.param(answering(Answer(404)), "answered 404", id="it knows no such check"),
        pytest.param(answering(redirect("/elsewhere")), "answered 302", id="a redirect is not followed"),
        pytest.param(answering(Answer(hangs=True), wait_seconds=0.2), "within 0.2 seconds", id="it is slow"),
        pytest.param(
            answering(Answer(raw=b"\x00nonsense\r\n\r\n")), "does not answer", id="it says nonsense"
        ),
        pytest.param(nobody_there, "does not answer", id="it is dead"),
        pytest.param(refused, "", id="a private address that is not ours"),
        pytest.param(holding({}), f"{VARIABLE} is not set", id="no address"),
        pytest.param(holding({VARIABLE: "see " + SECRET}), "is not an absolute", id="no web address"),
        pytest.param(holding({VARIABLE: "ftp://127.0.0.1" + SECRET}), "is not an absolute", id="not http"),
        pytest.param(holding({f"{VARIABLE}_FILE": "/nowhere/url"}), "cannot be read", id="no file"),
    ],
)
def test_trouble_is_a_sentence_without_the_address(site: Loopback, made: object, words: str) -> None:
    sentence = made(site).fail(RUN, "why")  # type: ignore[operator]
    assert words in sentence
    assert sentence and VARIABLE in sentence
    assert SECRET not in sentence and "canary" not in sentence
    assert "\n" not in sentence


def test_what_is_refused_is_not_connected_to(site: Loopback) -> None:
    assert refused(site).start(RUN)
    assert site.asked == []


def test_a_redirect_leads_nowhere(site: Loopback) -> None:
    site.default = redirect(site.url("/elsewhere"))
    assert pings(site.url(SECRET)).start(RUN)
    assert [urlsplit(one.path).path for one in site.asked] == [f"{SECRET}/start"]
