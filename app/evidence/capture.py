"""One capture as a WARC 1.1 file that replay tools open: the same fetch and body give the same bytes."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from uuid import NAMESPACE_URL, uuid5

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from app.evidence.imported import NOTE, is_imported, kept_at
from monitor.model import Fetch
from monitor.wire import utc_text

_VERSION = "WARC/1.1"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: What a server said of the body on its way, which is not so of the body as we keep it.
_OF_THE_WAY = ("content-encoding", "content-length", "transfer-encoding")
_ORIGINAL = "X-Archive-Orig-"
_NOTE = (
    "The request was not recorded. The body is as it was after content decoding; headers that speak of its "
    f"coded form have names that begin with {_ORIGINAL}. The reason phrase of the status was not recorded."
)


def warc_of(fetch: Fetch, body: bytes) -> bytes:
    """warcinfo, response and metadata. Every date in it is when the fetch began, or was captured (UTC)."""
    made = BytesIO()
    writer = WARCWriter(made, gzip=False, warc_version=_VERSION)
    head = _http_head(fetch, len(body))
    url = _plain(fetch.final_url or fetch.requested_url).replace(" ", "%20")
    response = [("WARC-Target-URI", url), ("WARC-Payload-Digest", _digest(body))]
    if fetch.ip_address:
        response.append(("WARC-IP-Address", _plain(fetch.ip_address)))
    fields = "application/warc-fields"
    info = _fields(
        [
            ("software", f"pledgewatch {fetch.program_version}".strip()),
            *_FORMAT,
            ("description", _note(fetch)),
        ]
    )
    more = _fields(list(_told(fetch)))
    told = [("WARC-Target-URI", url), ("WARC-Concurrent-To", _id(fetch, "response"))]
    told.append(("WARC-Payload-Digest", _digest(more)))
    for record in (
        _record(fetch, "warcinfo", [], fields, info),
        _record(fetch, "response", response, "application/http; msgtype=response", head + body),
        _record(fetch, "metadata", told, fields, more),
    ):
        writer.write_record(record)
    return made.getvalue()


_FORMAT = (
    ("format", "WARC File Format 1.1"),
    ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
)


def _told(fetch: Fetch) -> Iterator[tuple[str, str]]:
    """What else is known of the fetch; all of it stands in its record."""
    yield "record", f"records/fetches-{fetch.id}.json"
    yield "requestedURL", fetch.requested_url
    for one in fetch.redirects:
        yield "redirect", f"{one.status} {one.url}"
    if is_imported(fetch):
        yield "captured", utc_text(fetch.started_at)
        if url := kept_at(fetch.archive_url):
            yield "archiveURL", url
    else:
        yield "begun", utc_text(fetch.started_at)
        yield "ended", utc_text(fetch.ended_at)
    if fetch.status is None:
        yield "status", "not recorded; 200 stands in its place"
    yield "note", _note(fetch)


def _note(fetch: Fetch) -> str:
    return NOTE if is_imported(fetch) else _NOTE


def _record(
    fetch: Fetch, kind: str, more: Sequence[tuple[str, str]], media_type: str, block: bytes
) -> ArcWarcRecord:
    named = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", _id(fetch, kind)),
        ("WARC-Date", utc_text(fetch.started_at)),
        *more,
        ("WARC-Block-Digest", _digest(block)),
        ("Content-Type", media_type),
        ("Content-Length", str(len(block))),
    ]
    headers = StatusAndHeaders("", named, protocol=_VERSION)
    return ArcWarcRecord("warc", kind, headers, BytesIO(block), None, media_type, len(block))


def _http_head(fetch: Fetch, length: int) -> bytes:
    """The status line and the headers as they were stored, without any sign that could end a line."""
    status = fetch.status or 200
    lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else ''}"]
    for name, value in fetch.headers:
        if _TOKEN.fullmatch(name):
            name = _ORIGINAL + name if name.lower() in _OF_THE_WAY else name
            lines.append(f"{name}: {_plain(value)}")
    lines += [f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace")


def _fields(said: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {_plain(value)}\r\n" for name, value in said).encode("utf-8", "replace")


def _plain(value: str) -> str:
    return _CONTROL.sub(" ", value).encode("utf-8", "replace").decode()


def _id(fetch: Fetch, kind: str) -> str:
    named = f"pledgewatch:{fetch.page_id}:{fetch.started_at.isoformat()}:{fetch.body_sha256}:{kind}"
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, named.encode(errors='replace').decode())}>"


def _digest(block: bytes) -> str:
    """As WARC files say it: in base32."""
    return "sha256:" + base64.b32encode(hashlib.sha256(block).digest()).decode()
