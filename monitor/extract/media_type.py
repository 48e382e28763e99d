"""What kind of document some bytes are: unmistakable content first, then the header, then the name."""

BINARY = "application/octet-stream"

_BY_SUFFIX = {
    "html": "text/html",
    "htm": "text/html",
    "xhtml": "text/html",
    "md": "text/markdown",
    "markdown": "text/markdown",
    "txt": "text/plain",
    "text": "text/plain",
    "pdf": "application/pdf",
}
_SAME = {"application/xhtml+xml": "text/html", "text/x-markdown": "text/markdown"}
_SAYS_LITTLE = frozenset({"", "text/plain", BINARY, "binary/octet-stream"})
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
_HTML_MARKS = (b"<html", b"<body", b"<div", b"<p>", b"<p ", b"<h1", b"<ul", b"<table", b"<main", b"<br")
_ARCHIVES_AND_IMAGES = (b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_LOOKED_AT = 4096


def sniff(body: bytes, name: str = "", declared: str = "") -> str:
    """The media type of a body. name: a file name or URL; declared: the Content-Type header, or ""."""
    start = body[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    header = declared.partition(";")[0].strip().lower()
    header = _SAME.get(header, header)
    if b"%pdf-" in start[:1024]:
        return "application/pdf"
    if start.startswith(_HTML_STARTS):
        return "text/html"
    if is_binary(body):
        return BINARY
    if header not in _SAYS_LITTLE:
        return header
    return _BY_SUFFIX.get(_suffix(name)) or header.removeprefix(BINARY) or _guess(start)


def is_binary(body: bytes) -> bool:
    """True when the bytes cannot be text in any encoding."""
    start = body[:_LOOKED_AT]
    if start.startswith(_ARCHIVES_AND_IMAGES):
        return True
    if start.startswith(_WIDE_BOMS) or is_wide(start):
        return False
    controls = len(start) - len(start.translate(None, delete=_CONTROLS))
    return controls * 20 > len(start)


def is_wide(start: bytes) -> bool:
    """True for UTF-16 without a byte order mark: every other byte of Western text is NUL."""
    pairs = len(start) // 2
    nuls = max(start[::2].count(0), start[1::2].count(0))
    return pairs > 1 and nuls * 10 > pairs * 7 and start.count(0) < pairs * 1.2


def _suffix(name: str) -> str:
    path = name.partition("?")[0].partition("#")[0]
    return path.rpartition(".")[2].lower()


def _guess(start: bytes) -> str:
    return "text/html" if any(mark in start for mark in _HTML_MARKS) else "text/plain"
