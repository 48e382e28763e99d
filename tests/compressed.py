"""Compressed bodies: whole, cut off at a hundred places, and bombs. For each content coding that we take."""

import gzip
import zlib

import brotli
import zstandard

TEXT = b"".join(
    b"<p>Section %d: we will not sell face recognition to anybody.</p>\n" % n for n in range(2000)
)


def _raw_deflate(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(body) + compressor.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, raw": _raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
_ZEROS = bytes(1 << 20)
CODECS = ("gzip", "deflate", "br", "zstd")  #: the four that differ


def cut_points(size: int) -> list[int]:
    """A hundred lengths below size: evenly spread from none at all, and each of the last ten bytes."""
    return [size * n // 90 for n in range(90)] + list(range(size - 10, size))


def bomb(coding: str, gigabytes: int = 2) -> bytes:
    """A body of a few kB to 2 MB that unpacks to so many GB of zeros; made without ever holding them."""
    return _BOMBS[coding](gigabytes * 1024)


def _zlib_bomb(window_bits: int, megabytes: int) -> bytes:
    """Its pieces end at a byte, so one can be had again and again; the checksum is wrong: nobody gets there."""
    compressor = zlib.compressobj(9, wbits=window_bits)
    start = compressor.compress(_ZEROS) + compressor.flush(zlib.Z_FULL_FLUSH)
    piece = compressor.compress(_ZEROS) + compressor.flush(zlib.Z_FULL_FLUSH)
    return start + piece * (megabytes - 1) + compressor.flush()


def _brotli_bomb(megabytes: int) -> bytes:
    compressor = brotli.Compressor()
    start = compressor.process(_ZEROS) + compressor.flush()
    piece = compressor.process(_ZEROS) + compressor.flush()
    return start + piece * (megabytes - 1) + compressor.finish()


def _zstd_bomb(megabytes: int) -> bytes:
    """One frame of blocks that each say "128 KiB of zeros" in four bytes (RFC 8878, 3.1.1.2)."""
    header = b"\x28\xb5\x2f\xfd\x00\x58"
    size, is_rle, is_last = (128 << 10) << 3, 1 << 1, 1
    block = (size | is_rle).to_bytes(3, "little") + b"\0"
    last = (size | is_rle | is_last).to_bytes(3, "little") + b"\0"
    return header + block * (megabytes * 8 - 1) + last


_BOMBS = {
    "gzip": lambda megabytes: _zlib_bomb(31, megabytes),
    "deflate": lambda megabytes: _zlib_bomb(15, megabytes),
    "br": _brotli_bomb,
    "zstd": _zstd_bomb,
}
