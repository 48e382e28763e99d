"""Time stamps of a pack's head: by an authority made with openssl, and what follows where none is given."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from app.evidence.checking import checked
from app.evidence.commands import verify
from app.evidence.container import SUMS, sums_of, taken_apart, written
from app.evidence.contents import head_line, packed
from app.evidence.source import BrokenError, Source
from app.evidence.stamping import stamped
from monitor.errors import ConfigError, DeliveryError, InputError
from monitor.settings import TimeStamp, load_settings
from tests.authorities import made_authority, reply, serving
from tests.evidence_source import made_source
from tests.homes import Screen
from tests.loopback import Answer, Loopback, redirect

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
HERE = ("127.0.0.1",)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_authority(tmp_path_factory.mktemp("tsa") / "ours")


@pytest.fixture(scope="module")
def source(authority: Path) -> Source:
    """With a time stamp."""
    made = made_source()
    with serving(authority) as url:
        return replace(made, stamp=stamped(head_line(made), url, HERE))


def certificate(authority: Path) -> bytes:
    return (authority / "authority.pem").read_bytes()


def test_the_stamp_is_of_the_head_and_of_that_authority(source: Source, authority: Path) -> None:
    zipped = packed(source)
    at = checked(zipped, authority=certificate(authority)).stamped_at
    assert at is not None and at == checked(zipped).stamped_at
    assert "openssl ts -verify" in taken_apart(zipped)["README.txt"].decode()


def test_another_authority_did_not_sign_it(source: Source, tmp_path: Path) -> None:
    other = certificate(made_authority(tmp_path / "other"))
    with pytest.raises(BrokenError, match=r"head\.tsr: it is not signed by the authority"):
        checked(packed(source), authority=other)


def test_a_stamp_without_its_signers_certificate_is_proved_where_that_is_given_too(
    source: Source, authority: Path
) -> None:
    query = TimestampRequestBuilder().data(head_line(source)).hash_algorithm(HashAlgorithm.SHA256)
    bare = packed(
        replace(source, stamp=reply(authority, query.cert_request(cert_request=False).build().as_bytes()))
    )
    signer = (authority / "signer.pem").read_bytes()
    assert checked(bare, authority=certificate(authority) + signer).stamped_at
    with pytest.raises(BrokenError, match=r"head\.tsr: it holds no certificate of its signer: put that, too"):
        checked(bare, authority=certificate(authority))


def test_a_stamp_of_another_head_is_none_of_this_one(source: Source) -> None:
    other = replace(made_source(others=4), stamp=source.stamp)
    with pytest.raises(BrokenError, match=r"head\.tsr: it is not a time stamp of this head\.txt"):
        checked(packed(other))


@pytest.mark.parametrize("harm", ["removed", "added", "empty", "cut", "flipped"])
def test_a_harmed_stamp_is_named(source: Source, authority: Path, harm: str) -> None:
    files = taken_apart(packed(replace(source, stamp=b"")) if harm == "added" else packed(source))
    changed = {
        "added": source.stamp,
        "empty": b"",
        "cut": source.stamp[:-9],
        "flipped": source.stamp[:-9] + bytes([source.stamp[-9] ^ 4]) + source.stamp[-8:],
    }
    del files[SUMS]
    files = {name: body for name, body in files.items() if name != "head.tsr"}
    if harm in changed:
        files["head.tsr"] = changed[harm]
    with pytest.raises(BrokenError) as caught:
        checked(written(files | {SUMS: sums_of(files)}), authority=certificate(authority))
    assert caught.value.where == "head.tsr"


def test_a_flip_in_the_signature_is_named_where_only_the_sums_show_it(source: Source) -> None:
    stamp = source.stamp[:-9] + bytes([source.stamp[-9] ^ 4]) + source.stamp[-8:]
    with pytest.raises(BrokenError, match=r"head\.tsr: SHA256SUMS holds another SHA-256 of it"):
        checked(written(taken_apart(packed(source)) | {"head.tsr": stamp}))


# --------------------------------------------------------------------------- no stamp


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(503), "answered 503"),
        (redirect("http://127.0.0.1/elsewhere"), "answered 302"),
        (Answer(body=b"<p>hello"), "refused, or answered with no time stamp of this head"),
        (Answer(body=bytes.fromhex("30053003020102")), "refused, or answered with no time stamp of this head"),
        (Answer(raw=b"220 mail\r\n"), "does not answer: BadStatusLine"),
    ],
    ids=["unwell", "elsewhere", "words", "rejection", "mail"],
)  # fmt: skip
def test_an_authority_that_gives_none_is_told_in_a_sentence(answer: Answer, said: str) -> None:
    with Loopback({"/tsr": answer}) as site, pytest.raises(DeliveryError) as caught:
        stamped(b"head\n", site.url("/tsr"), HERE)
    assert str(caught.value).startswith("the time-stamping authority http://127.0.0.1 ") and said in str(
        caught.value
    )


def test_a_stamp_that_was_given_before_is_refused(source: Source) -> None:
    """Its nonce is that of another question."""
    with Loopback({"/tsr": Answer(body=source.stamp)}) as site, pytest.raises(DeliveryError, match="refused"):
        stamped(head_line(source), site.url("/tsr"), HERE)


def test_an_address_of_this_machine_must_be_allowed() -> None:
    with (
        Loopback({}) as site,
        pytest.raises(DeliveryError, match="nothing is sent to the time-stamping authority"),
    ):
        stamped(b"head\n", site.url("/tsr"), ())


# --------------------------------------------------------------------------- at the command line


def test_verify_tells_the_time_and_whether_the_signer_was_proved(
    source: Source, authority: Path, tmp_path: Path, capsys: Screen
) -> None:
    (tmp_path / "pack.zip").write_bytes(packed(source))
    assert verify(tmp_path / "pack.zip", None, None) == 0
    assert ", signer not checked (--tsa-cert)\n" in capsys.readouterr().out
    assert verify(tmp_path / "pack.zip", None, authority / "authority.pem") == 0
    assert ", signed by the authority that you named\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"", "no certificate"), (b"-----", "no certificate")]
)
def test_a_file_without_certificates_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    (tmp_path / "pack.zip").write_bytes(packed(made_source()))
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    with pytest.raises(InputError, match=said):
        verify(tmp_path / "pack.zip", None, tmp_path / "ca.pem")


def test_a_pipe_is_no_file_of_certificates(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ca.pem")  # whoever reads it waits for ever
    with pytest.raises(InputError, match="no regular file"):
        verify(tmp_path / "pack.zip", None, tmp_path / "ca.pem")


@pytest.mark.parametrize("url", ["", "https://tsa.example.org/tsr"])
def test_the_settings_name_the_authority(tmp_path: Path, url: str) -> None:
    (tmp_path / "settings.toml").write_text(f'[time_stamp]\nurl = "{url}"\n', encoding="utf-8")
    assert load_settings(tmp_path).time_stamp == TimeStamp(url)


def test_an_address_that_is_none_is_refused_with_its_key(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[time_stamp]\nurl = "tsa.example.org"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"settings\.toml: time_stamp\.url: must begin with http"):
        load_settings(tmp_path)
