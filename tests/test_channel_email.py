"""Mail, against real servers on this machine: what arrives, and what is said when it does not."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from itertools import takewhile
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import email
from alerts.message import Message
from alerts.render import html, subject, text
from monitor.errors import DeliveryError
from monitor.settings import Channel
from tests.certificates import Certificate
from tests.far_ends import Postbox, mail_server
from tests.sample_alerts import NOW, unconfirmed
from tests.sockets import deaf_port
from tests.told import TOLD, message

NO_TLS = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
PASSWORD = "s3cr3t-CANARY"


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
    assert len(arrived.keys()) == 10
    assert arrived["To"] == "a@x.example"


WORDS = st.sampled_from(["“police”", "says", "“Our", "commitments”", "—", "über", "a,b;c", "=?utf-8?q?a?="])


@given(st.lists(WORDS | NASTY | st.text(max_size=80), max_size=40).map(" ".join))
def test_the_subject_arrives_to_the_letter(headline: str) -> None:
    told = replace(TOLD, headline=headline)
    raw = email.compose(message("a@x.example", content=told), mailbox(25), NOW).as_bytes()
    first, *others = raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    lines = [first, *takewhile(lambda line: line[0] in " \t", others)]
    assert first.startswith("Subject: ")
    assert all(line.strip() and len(line) <= 78 for line in lines)
    meant = email.header(subject(told))
    assert str(make_header(decode_header("".join(lines).removeprefix("Subject: ")))) == meant
    assert message_from_bytes(raw, policy=default)["Subject"] == meant


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
    with deaf_port() as port, pytest.raises(DeliveryError, match="is not one e-mail address") as caught:
        post(port, message(address))
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
    with deaf_port() as port, pytest.raises(DeliveryError, match=r"127\.0\.0\.1 failed") as caught:
        post(port)
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


def test_the_mail_before_and_the_mail_after_it_is_confirmed_are_two() -> None:
    early = Message(unconfirmed(TOLD), f"{TOLD.id}/staff/a@x.example/unconfirmed", "staff", "a@x.example")
    ids = {email.compose(one, mailbox(25), NOW)["Message-ID"] for one in (early, message("a@x.example"))}
    assert len(ids) == 2


# --------------------------------------------------------------------------- filed, left, threaded


def sent(sender: str = "watch@pledges.example", **changes: Any) -> EmailMessage:
    """The mail as it arrives."""
    told = message("a@x.example", **changes)
    raw = email.compose(told, mailbox(25, sender=sender), NOW).as_bytes()
    return message_from_bytes(raw, policy=default)


def test_the_server_says_what_it_did_with_the_mail() -> None:
    with mail_server(Postbox({"DATA": "250 2.0.0 Ok: queued as 4F\x07\x1b[31m" + "x" * 400})) as port:
        answered = email.send(message("a@x.example"), mailbox(port), {}, NOW)
    assert answered.startswith("250 2.0.0 Ok: queued as 4F [31mxxx")
    assert answered.isprintable() and len(answered) == 200


def test_the_mails_of_a_route_are_filed_under_its_name_and_can_be_left() -> None:
    mail = sent("watch+1@pledges.example", route="eu_team")
    assert mail["List-Id"] == "<eu_team.pledgewatch.pledges.example>"
    assert mail["List-Unsubscribe"] == "<mailto:watch+1@pledges.example?subject=unsubscribe%20eu_team>"
    assert "List-Unsubscribe-Post" not in mail, "nothing of ours can take a click"


def test_a_mail_about_no_commitment_is_in_no_thread() -> None:
    mail = sent(earlier=("what/was/before",))
    assert "References" not in mail and "In-Reply-To" not in mail


def test_the_first_mail_of_a_thread_answers_a_root_that_all_share() -> None:
    one, other, elsewhere = (
        sent(thread="t", key="1"),
        sent(thread="t", key="2"),
        sent(thread="u", key="1"),
    )
    assert one["References"] == one["In-Reply-To"] == other["References"] != elsewhere["References"]
    assert one["References"] not in (one["Message-ID"], other["Message-ID"])


def test_a_later_mail_answers_the_newest_of_those_before() -> None:
    before = [sent(thread="t", key=key)["Message-ID"] for key in ("first", "second")]
    root = sent(thread="t")["References"]
    later = sent(thread="t", key="third", earlier=("first", "second"))
    assert later["In-Reply-To"] == before[-1]
    assert later["References"].split() == [root, *before]


def test_a_long_thread_names_its_root_and_the_last_twenty() -> None:
    keys = tuple(str(number) for number in range(50))
    ids = sent(thread="t", earlier=keys)["References"].split()
    assert ids == [
        sent(thread="t")["References"],
        *(email.message_id(key, "watch@pledges.example") for key in keys[-20:]),
    ]


def test_long_names_are_never_encoded_where_programs_read_ids() -> None:
    sender = "watch@alerts.a-department-with-a-long-name.of-an-organisation-with-a-longer-one.example.org"
    told = message(
        "a@x.example", route="everybody-who-asked-to-be-told-about-this", thread="t", earlier=("k",)
    )
    raw = email.compose(told, mailbox(25, sender=sender), NOW).as_bytes()
    head = raw.split(b"\r\n\r\n")[0].decode()
    for name in ("List-Id", "List-Unsubscribe", "In-Reply-To", "References"):
        lines = head.split(f"\r\n{name}: ")[1].split("\r\n")
        value = "".join([lines[0], *(line for line in takewhile(lambda line: line[0] == " ", lines[1:]))])
        assert "=?" not in value and value.count("<") == value.count(">") == len(value.split())
