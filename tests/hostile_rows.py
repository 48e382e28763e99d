"""What the hostile server tries, row by row, and what must come of it. The ids are those of reliability.md.

Expected are access states, or "status 200" where the answer is taken as it is and judged later by its text.
"""

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.compressed import CODECS, ENCODERS, bomb, cut_points
from tests.hostile import (
    Behaviour,
    after,
    answer,
    chunk,
    chunked,
    endlessly,
    redirect,
    reset,
    slowly,
)

TIMEOUT_SECONDS = 3.0
MAX_BYTES = 8_388_608
PAGE = (
    b"<!doctype html><html><body>" + b"<p>We will not sell face recognition.</p>\n" * 200 + b"</body></html>"
)
GOOD = answer(body=PAGE)
READ = ("status 200",)
_HEAD = b"HTTP/1.1 200 OK\r\n"


@dataclass(frozen=True)
class Row:
    """One page on a server of its own. `others`: what stands at other paths; without robots.txt there is none.

    tls: which certificate ("" for plain HTTP). scheme: of the URL, where it is not that of the server.
    at_once: the server says this without being asked.
    """

    id: str
    tried: str
    expected: tuple[str, ...]
    page: Behaviour = GOOD
    others: Mapping[str, Behaviour] = field(default_factory=dict)
    tls: str = ""
    scheme: str = ""
    at_once: Behaviour | None = None


def _coded(coding: str, body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return answer(f"Content-Encoding: {coding}", *headers, body=body, status=status)


def _layers(body: bytes, count: int) -> bytes:
    for _ in range(count):
        body = gzip.compress(body)
    return body


# fmt: off
BOMBS = (
    *(Row("V22", f"{coding} bomb of 2 GB", ("too_large",), _coded(coding, bomb(coding))) for coding in CODECS),
    Row("V22", "gzip bomb, in chunks", ("too_large",), chunked(bomb("gzip")).replace(b"\r\n", b"\r\nContent-Encoding: gzip\r\n", 1)),
    Row("V22", "gzip bomb in a gzip", ("too_large",), _coded("gzip, gzip", _layers(bomb("gzip"), 1))),
    Row("V22", "gzip, gzip … fifty times over", ("unsupported",), _coded(", ".join(["gzip"] * 50), _layers(PAGE, 50))),
    Row("V22", "fifty Content-Encoding headers", ("unsupported",), _coded("gzip", _layers(PAGE, 51), *["Content-Encoding: gzip"] * 50)),
    Row("V22", "400,000 empty gzip members", ("unsupported",), _coded("gzip", gzip.compress(b"") * 400_000)),
    Row("V22", "bomb as the body of a redirect", READ, redirect("/next", "Content-Encoding: br", body=bomb("br")), {"/next": GOOD}),
    Row("V22", "bomb in a redirect to nowhere", ("too_large",), redirect("file:///etc/passwd", "Content-Encoding: zstd", body=bomb("zstd"))),
    Row("V22", "bomb as a 404 page", ("too_large",), _coded("deflate", bomb("deflate"), status="404 Not Found")),
    Row("V22", "bomb as robots.txt", ("too_large", "robots_disallowed"), others={"/robots.txt": _coded("br", bomb("br"))}),
)
SIZES = (
    Row("V23", "body without an end", ("too_large",), endlessly(answer(length=-1), b"x" * 65_536)),
    Row("V23", "chunks without an end", ("too_large",), endlessly(chunked(end=b""), chunk(b"x" * 65_536))),
    Row("V23", "Content-Length of 10 GB", ("too_large",), endlessly(answer(length=10**10), b"x" * 65_536)),
    Row("V23", "robots.txt without an end", ("too_large", "robots_disallowed"), others={"/robots.txt": endlessly(answer(length=-1), b"#" * 65_536)}),
    Row("V23", "one header of 3 MB", ("too_large",), answer("X-Long: " + "x" * 3_000_000, body=PAGE)),
    Row("V23", "head of 3 MB in lines of 1 kB", ("too_large",), answer(*["X-Long: " + "x" * 1000] * 3000, body=PAGE)),
    Row("V23", "200,000 headers", ("too_large",), answer(*[f"X-{n}: 1" for n in range(200_000)], body=PAGE)),
    Row("V23", "header that goes on in the next line, for ever", ("too_large",), endlessly(_HEAD + b"X-Long: x\r\n", b" x\r\n")),
    Row("V23", "status line without an end", ("too_large",), endlessly(b"HTTP/1.1 200 ", b"O" * 1000)),
    Row("V23", "100 Continue without an end", ("too_large",), endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
    Row("V23", "103 Early Hints without an end", ("too_large",), endlessly(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")),
    Row("V23", "head of 34 kB in lines of 1 kB", ("too_large",), answer(*["X-Long: " + "x" * 1000] * 34, body=PAGE)),
    Row("V23", "300 headers", ("too_large",), answer(*["X-Short: x"] * 300, body=PAGE)),
    Row("V23", "200 headers are taken", READ, answer(*["X-Short: x"] * 200, body=PAGE)),
    Row("V23", "head of 30 kB is taken", READ, answer(*["X-Long: " + "x" * 1000] * 29, body=PAGE)),
    Row("V23", "size of a chunk without an end", ("partial",), endlessly(chunked(end=b""), b"0" * 1000)),
    Row("V23", "trailers without an end", ("partial",), endlessly(chunked(PAGE, end=b"0\r\n"), b"X-Trailer: x\r\n")),
)
TIMES = (
    Row("V23", "body of a few bytes a second", ("timeout",), slowly(answer(length=len(PAGE)), b"x")),
    Row("V23", "body that stops", ("timeout",), slowly(answer(length=len(PAGE)) + PAGE[:100], b"")),
    Row("V23", "head of a few bytes a second", ("timeout",), slowly(_HEAD + b"X-Slow: ", b"x")),
    Row("V23", "robots.txt of a few bytes a second", ("timeout", "robots_disallowed"), others={"/robots.txt": slowly(answer(length=10**6), b"#")}),
    Row("V23", "no answer", ("timeout",), slowly(b"", b"")),
    Row("V23", "redirects that each take almost all the time", ("timeout",), after(0.7 * TIMEOUT_SECONDS, redirect("/2")), {"/2": after(0.7 * TIMEOUT_SECONDS, GOOD)}),
    Row("V23", "TLS handshake that hangs", ("timeout",), at_once=slowly(b"", b""), scheme="https"),
)
CUT = (
    Row("F23", "Content-Length says more", ("partial",), answer(body=PAGE[:4000], length=len(PAGE))),
    Row("F23", "Content-Length says less", ("partial",), answer(body=PAGE, length=4000)),
    Row("F23", "Content-Length says less, gzip", ("partial",), _coded("gzip", gzip.compress(PAGE)).replace(b"Content-Length: ", b"Content-Length: 1\r\nX: ")),
    Row("F23", "a blank line too much is no matter", READ, GOOD + b"\r\n"),
    Row("F23", "no Content-Length, no end mark", ("partial",), answer(body=PAGE[:4000], length=-1)),
    Row("F23", "no Content-Length, whole", READ, answer(body=PAGE, length=-1)),
    Row("F23", "cut within a chunk", ("partial",), chunked(PAGE)[:4000]),
    Row("F23", "last chunk is missing", ("partial",), chunked(PAGE, end=b"")),
    Row("F23", "size of a chunk is no number", ("partial",), chunked(PAGE, end=b"zz\r\n")),
    Row("F23", "chunk longer than its size", ("partial",), chunked(PAGE, end=b"").replace(PAGE, PAGE + b"more")),
    Row("F23", "two Content-Lengths that differ", ("connection",), answer("Content-Length: 10", body=PAGE)),
    Row("F23", "Content-Length below zero", ("connection",), answer(body=PAGE, length=-5)),
    Row("F23", "Content-Length of 5,000 digits", ("connection", "too_large"), answer(f"Content-Length: {'9' * 5000}", body=PAGE, length=-1)),
    Row("F23", "says gzip, is plain", ("partial",), _coded("gzip", PAGE)),
    Row("F23", "gzip with a wrong checksum", ("partial",), _coded("gzip", gzip.compress(PAGE)[:-8] + bytes(8))),
    Row("F23", "deflate without its checksum", ("partial",), _coded("deflate", zlib.compress(PAGE)[:-4])),
    Row("F23", "a coding that nobody knows", ("unsupported",), _coded("x" * 9000, PAGE)),
    Row("F23", "reset before the head", ("connection",), reset()),
    Row("F23", "reset after the head", ("partial",), reset(answer(length=len(PAGE)))),
    Row("F23", "reset within the body", ("partial",), reset(answer(length=len(PAGE)) + PAGE[:4000])),
    Row("F23", "reset within the body, no length", ("partial",), reset(answer(length=-1) + PAGE[:4000])),
    Row("F23", "closed without a word", ("connection",), b""),
    Row("F23", "closed within the head", ("connection",), GOOD[:40]),
)
GARBAGE = (
    Row("V23", "HTTP/0.9: a body alone", ("connection",), PAGE),
    Row("V23", "a mail server", ("connection",), b"220 mail.example ESMTP\r\n"),
    Row("V23", "bytes of no meaning", ("connection",), bytes(range(256)) * 40 + b"\n"),
    Row("V23", "NUL in the status line", ("connection",), GOOD.replace(b"200", b"2\x000", 1)),
    Row("V23", "status 99999", ("connection",), GOOD.replace(b"200", b"99999", 1)),
    Row("V23", "status -200", ("connection",), GOOD.replace(b"200", b"-200", 1)),
    Row("V23", "status 0", ("connection",), GOOD.replace(b"200", b"0", 1)),
    Row("V23", "a protocol that is not HTTP", ("connection",), GOOD.replace(b"HTTP", b"ICY", 1)),
    Row("V23", "a transfer coding that nobody knows", ("connection",), answer("Transfer-Encoding: lzma", body=PAGE)),
    Row("V23", "NUL and all other bytes in a header", READ, answer("X-Odd: a\0b\x7f\xff\x01", body=PAGE)),
    Row("V23", "a header without a colon", READ, answer("what is this", body=PAGE)),
    Row("V23", "a header without a name", ("connection",), answer(": nameless", body=PAGE)),
    Row("V23", "Content-Type of no meaning", READ, answer('Content-Type: text/html; charset="\0', body=PAGE)),
    Row("V19", "Referrer-Policy: os.system", READ, redirect("/next", "Referrer-Policy: os.system"), {"/next": answer("Referrer-Policy: os.system", body=PAGE)}),
)
TLS = (
    Row("V20", "a certificate that is trusted", READ, tls="trusted"),
    Row("V20", "self-signed", ("tls",), tls="self-signed"),
    Row("V20", "expired", ("tls",), tls="expired"),
    Row("V20", "for another host", ("tls",), tls="another host"),
    Row("V20", "plain HTTP on the port of TLS", ("tls",), at_once=GOOD, scheme="https"),
    Row("V20", "TLS on the port of plain HTTP", ("connection",), tls="trusted", scheme="http"),
    Row("V20", "closed within the handshake", ("connection",), at_once=b"\x16\x03\x03", scheme="https"),
    Row("V20", "cut off without an end, no length", ("partial",), answer(body=PAGE[:4000], length=-1), tls="trusted"),
)


def redirects(port: int) -> Sequence[Row]:
    """Where nobody may be led. `port`: of a listener on 127.0.0.1, which is not on the allow list."""
    private, blocked = f"http://127.0.0.1:{port}/", ("blocked_by_policy",)
    hops: dict[str, Behaviour] = {f"/{n}": redirect(f"/{n + 1}") for n in range(1, 30)}
    many: dict[str, Behaviour] = {**{f"/{n}": redirect(f"/{n + 1}") for n in range(1, 4)}, "/4": redirect(private)}
    refresh = f'<html><meta http-equiv="refresh" content="0; url={private}"><iframe src="{private}"></iframe></html>'
    return (
        Row("F26", "redirect to itself", ("error_page",), redirect("/")),
        Row("F26", "30 redirects", ("error_page",), redirect("/1"), hops),
        Row("F26", "redirect without an address", ("status 302",), answer(body=PAGE, status="302 Found")),
        Row("V13", "redirect to a private address", blocked, redirect(private)),
        Row("V13", "at the fifth hop", blocked, redirect("/1"), many),
        Row("V13", "robots.txt leads there", ("blocked_by_policy", "robots_disallowed"), others={"/robots.txt": redirect(private)}),
        Row("V13", "by meta refresh and iframe", READ, answer(f"Refresh: 0; url={private}", body=refresh.encode())),
        Row("V13", "by Alt-Svc and Link", READ, answer(f'Alt-Svc: h2="127.0.0.1:{port}"', f"Link: <{private}>; rel=preload", body=PAGE)),
        Row("V15", "backslash before the @: another host", ("dns", *blocked), redirect(f"http://good.example\\@127.0.0.1:{port}/")),
        Row("V15", "slash as %2f before the @", blocked, redirect(f"http://127.0.0.1:{port}%2f@good.example/")),
        Row("V15", "user name", blocked, redirect(f"http://good.example@127.0.0.1:{port}/")),
        Row("V15", "tab within the host", blocked, redirect(f"http://127.0\t.0.1:{port}/")),
        Row("V15", "bracket without its end", blocked, redirect("http://[::1/")),
        Row("V15", "port of no meaning", blocked, redirect("http://localhost:99999999/")),
        *(
            Row("V16", f"redirect to {url}", blocked, redirect(url))
            for url in ("file:///etc/passwd", "FILE:/etc/passwd", "data:text/html,x", "javascript:alert(1)", "view-source:http://localhost/", "gopher://localhost/", "ftp://localhost/")
        ),
        Row("V23", "address with bytes beyond ASCII", READ, redirect("/caf\xe9"), {"/caf%E9": GOOD}),
        Row("V23", "address with NUL", READ, redirect("/a\0b"), {"/a%00b": GOOD}),
        Row("V23", "address with a bare CR: no header of its own", ("status 404",), redirect("/a\rX-Injected: 1")),
        Row("V23", "address with %0d%0a: no header of its own", ("status 404",), redirect("/a%0d%0aX-Injected:%201")),
    )
# fmt: on


def cuts(each: int = 10) -> Sequence[Row]:
    """Some of the hundred cut points of each codec, Content-Length agreeing with the cut."""
    encoded = {coding: ENCODERS[coding](PAGE * 10) for coding in CODECS}
    return [
        Row(
            "F23",
            f"{coding} cut after {size} of {len(body)} bytes",
            ("partial",),
            _coded(coding, body[:size]),
        )
        for coding, body in encoded.items()
        for size in cut_points(len(body))[:: 100 // each]
    ]


def rows(port: int) -> list[Row]:
    """All of them but the cuts. First those that take their time, since others run beside them."""
    return [*TIMES, *BOMBS, *SIZES, *CUT, *GARBAGE, *TLS, *redirects(port)]
