"""Undo Content-Encoding, and refuse what is cut off, damaged or too large.

Scrapy's own decoder hands on what it could read of a truncated body as if it were the page. Here a body is
whole only when its codec has seen the end-of-stream mark, and never grows beyond the limit in memory.
"""

import zlib
from collections.abc import Callable, Sequence

import zstandard

from monitor.model import Access, Failure

try:
    import brotli  # type: ignore[import-untyped]
except ModuleNotFoundError:  # then it is not offered in Accept-Encoding
    brotli = None

_MOST_CODECS = 2  # nobody honest compresses a page three times
_MOST_PARTS = 200  # gzip members or zstd frames; each one costs a copy of what is left
_PIECE = 64  # bytes fed to zstd at a time: bounds what one call can put out
_LARGEST_WINDOW = 8 * 1024 * 1024  # bytes, RFC 9659


class UndecodableError(Exception):
    """This body cannot become a page. `failure` says why: partial, too_large or unsupported."""

    def __init__(self, kind: Access, problem: str) -> None:
        super().__init__(problem)
        self.failure = Failure(kind, problem)


def decode(body: bytes, codings: Sequence[str], limit: int) -> bytes:
    """The body with its codings undone, last one first; at most `limit` bytes, else UndecodableError."""
    try:
        return _decoded(body, codings, limit)
    except UndecodableError as error:
        failure = error.failure
    raise UndecodableError(failure.kind, failure.message)  # free of the frames that hold what was unpacked


def _decoded(body: bytes, codings: Sequence[str], limit: int) -> bytes:
    wanted = [coding for coding in codings if coding != "identity"]
    if len(wanted) > _MOST_CODECS:
        raise UndecodableError(Access.UNSUPPORTED, f"the body is compressed {len(wanted)} times over")
    for coding in reversed(wanted):
        if coding not in _DECODERS:
            problem = f"the body is compressed with {coding[:40]!r}: not known"
            raise UndecodableError(Access.UNSUPPORTED, problem)
        body = _DECODERS[coding](body, limit)
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    decoded, rest = _inflated(body, 31, limit, "gzip")
    parts = 1
    while rest.startswith(b"\x1f"):  # a body may be several gzip members
        parts = _counted(parts + 1, "gzip")
        more, rest = _inflated(rest, 31, limit - len(decoded), "gzip")
        decoded += more
    return decoded


def _undeflate(body: bytes, limit: int) -> bytes:
    """Meant is zlib's format; some servers send the bare stream."""
    try:
        return _inflated(body, 15, limit, "deflate")[0]
    except UndecodableError as as_zlib:
        if not isinstance(as_zlib.__cause__, zlib.error):
            raise
    return _inflated(body, -15, limit, "deflate")[0]


def _inflated(body: bytes, window_bits: int, limit: int, name: str) -> tuple[bytes, bytes]:
    decoder = zlib.decompressobj(window_bits)
    try:
        decoded = decoder.decompress(body, limit + 1)
    except zlib.error as error:
        raise _damaged(name, str(error)) from error
    _check(len(decoded), limit, name)
    if not decoder.eof:
        raise _cut_off(name)
    return decoded, decoder.unused_data


def _unbrotli(body: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    decoded, piece = bytearray(), body
    try:
        while not decoder.is_finished():
            output = decoder.process(piece, output_buffer_limit=65_536)
            decoded += output
            _check(len(decoded), limit, "br")
            if not output and decoder.can_accept_more_data():
                break
            piece = b""
    except brotli.error as error:
        raise _damaged("br", str(error)) from error
    if not decoder.is_finished():
        raise _cut_off("br")
    return bytes(decoded)


def _unzstd(body: bytes, limit: int) -> bytes:
    decoded, rest, parts = bytearray(), body, 0
    while rest or not parts:  # a body may be several frames
        parts = _counted(parts + 1, "zstd")
        decoder = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).decompressobj()
        used = 0
        while used < len(rest) and not decoder.eof:
            try:
                decoded += decoder.decompress(rest[used : used + _PIECE])
            except zstandard.ZstdError as error:
                raise _damaged("zstd", str(error)) from error
            _check(len(decoded), limit, "zstd")
            used += _PIECE
        if not decoder.eof:
            raise _cut_off("zstd")
        rest = decoder.unused_data + rest[used:]
    return bytes(decoded)


def _check(size: int, limit: int, name: str) -> None:
    if size > limit:
        raise UndecodableError(
            Access.TOO_LARGE, f"the {name} body unpacks to more than {limit} bytes (network.max_bytes)"
        )


def _counted(parts: int, name: str) -> int:
    if parts > _MOST_PARTS:
        problem = f"the {name} body is made of more than {_MOST_PARTS} parts, each compressed by itself"
        raise UndecodableError(Access.UNSUPPORTED, problem)
    return parts


def _cut_off(name: str) -> UndecodableError:
    return UndecodableError(Access.PARTIAL, f"the {name} body ends before its end mark: it was cut off")


def _damaged(name: str, problem: str) -> UndecodableError:
    return UndecodableError(Access.PARTIAL, f"the {name} body is damaged ({problem})")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "zstd": _unzstd,
}
if brotli is not None:
    _DECODERS["br"] = _unbrotli

ACCEPT_ENCODING = ", ".join(coding for coding in _DECODERS if coding != "x-gzip")
