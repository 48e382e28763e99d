"""Content codings: whole bodies come out as they were, anything less is refused."""

import gzip
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Access
from spiders.decoders import ACCEPT_ENCODING, UndecodableError, decode
from tests.compressed import CODECS, ENCODERS, TEXT, bomb, cut_points

LIMIT = 1_000_000
ENCODED = {name: encode(TEXT) for name, encode in ENCODERS.items()}
BOMBS = {name: encode(bytes(5_000_000)) for name, encode in ENCODERS.items()}

every_coding = pytest.mark.parametrize("name", ENCODERS)


def _coding(name: str) -> str:
    return name.partition(",")[0]


@every_coding
@given(body=st.binary(max_size=3000))
def test_a_whole_body_comes_out_as_it_was(name: str, body: bytes) -> None:
    assert decode(ENCODERS[name](body), [_coding(name)], LIMIT) == body


@every_coding
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_body_cut_anywhere_is_partial(name: str, share: float) -> None:
    encoded = ENCODED[name]
    with pytest.raises(UndecodableError) as refused:
        decode(encoded[: int(len(encoded) * share)], [_coding(name)], LIMIT)
    assert refused.value.failure.kind is Access.PARTIAL


CUTS = [(name, size) for name in CODECS for size in cut_points(len(ENCODED[name]))]


def test_400_truncations_are_all_recognised() -> None:
    """Each codec cut at a hundred places, the last ten bytes among them."""
    kinds = {(name, size): _refused(ENCODED[name][:size], name) for name, size in CUTS}
    assert len(kinds) == 400
    assert set(kinds.values()) == {Access.PARTIAL}


def _refused(body: bytes, name: str) -> Access:
    try:
        decode(body, [name], LIMIT)
    except UndecodableError as error:
        return error.failure.kind
    return Access.OK


@pytest.mark.parametrize("name", CODECS)
def test_two_gigabytes_stop_at_the_limit(name: str) -> None:
    assert _refused(bomb(name), name) is Access.TOO_LARGE


@pytest.mark.parametrize(
    ("coding", "part"),
    [
        pytest.param("gzip", gzip.compress(b""), id="gzip"),
        pytest.param("zstd", zstandard.compress(b""), id="zstd"),
    ],
)
def test_a_body_of_very_many_parts_is_not_unpacked(coding: str, part: bytes) -> None:
    assert decode(part * 200, [coding], LIMIT) == b""
    assert _refused(part * 400_000, coding) is Access.UNSUPPORTED


def test_what_is_said_of_an_unknown_coding_is_short() -> None:
    with pytest.raises(UndecodableError) as refused:
        decode(b"x", ["x" * 10_000], LIMIT)
    assert len(refused.value.failure.message) < 100


@every_coding
def test_a_bomb_stops_at_the_limit(name: str) -> None:
    with pytest.raises(UndecodableError) as refused:
        decode(BOMBS[name], [_coding(name)], LIMIT)
    assert refused.value.failure.kind is Access.TOO_LARGE


@every_coding
def test_a_body_of_exactly_the_limit_is_taken(name: str) -> None:
    assert decode(ENCODED[name], [_coding(name)], len(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("codings", "body", "kind"),
    [
        pytest.param(["gzip"], b"<html>not compressed at all", Access.PARTIAL, id="not what it says"),
        pytest.param(["zstd"], b"<html>not compressed at all", Access.PARTIAL, id="not zstd either"),
        pytest.param(["br"], b"<html>not compressed at all", Access.PARTIAL, id="nor brotli"),
        pytest.param(["compress"], b"x", Access.UNSUPPORTED, id="unknown coding"),
        pytest.param(["gzip"] * 50, b"x", Access.UNSUPPORTED, id="fifty layers"),
        pytest.param(["gzip"], gzip.compress(TEXT)[:-8] + bytes(8), Access.PARTIAL, id="wrong checksum"),
        pytest.param(
            ["gzip"], gzip.compress(TEXT) + b"\x1f", Access.PARTIAL, id="a second member of one byte"
        ),
    ],
)
def test_what_cannot_be_decoded_says_why(codings: list[str], body: bytes, kind: Access) -> None:
    with pytest.raises(UndecodableError) as refused:
        decode(body, codings, LIMIT)
    assert refused.value.failure.kind is kind


@pytest.mark.parametrize(
    ("codings", "body"),
    [
        pytest.param([], TEXT, id="none"),
        pytest.param(["identity"], TEXT, id="identity"),
        pytest.param(["gzip"], gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]), id="two gzip members"),
        pytest.param(
            ["zstd"], zstandard.compress(TEXT[:100]) + zstandard.compress(TEXT[100:]), id="two zstd frames"
        ),
        pytest.param(["deflate", "gzip"], gzip.compress(zlib.compress(TEXT)), id="two layers"),
        pytest.param(["gzip"], gzip.compress(TEXT) + b"\0\0\0", id="padding after the end mark"),
    ],
)
def test_other_whole_bodies(codings: list[str], body: bytes) -> None:
    assert decode(body, codings, LIMIT) == TEXT


def test_we_offer_what_we_can_decode() -> None:
    assert ACCEPT_ENCODING == "gzip, deflate, zstd, br"
