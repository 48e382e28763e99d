"""What the program and its worker say to each other: frames of bytes, a request, an answer.

An answer comes from a process that read hostile bytes, and may have been taken over by them: it is JSON that
is checked, and nothing in it is ever run.
"""

import json
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.errors import ExtractError
from monitor.model import Access, Document, Segment

T = TypeVar("T")
_LENGTH = 8  # bytes that say how long a frame is
_PIECE = 1 << 20
_KINDS = ("heading", "paragraph", "item", "cell", "quote")

# --------------------------------------------------------------------------- frames


def send(line: socket.socket, frame: bytes) -> None:
    """Send one frame. Raises OSError (TimeoutError, BrokenPipeError …)."""
    line.sendall(len(frame).to_bytes(_LENGTH, "big"))
    line.sendall(frame)


def receive(line: socket.socket, at_most: int, patience: Callable[[], None] = lambda: None) -> bytes:
    """The next frame; b"" where the other side has gone. `patience` is called before each wait.

    Raises ValueError for a frame of more than `at_most` bytes, and OSError.
    """
    length = int.from_bytes(_received(line, _LENGTH, patience), "big")
    if length > at_most:
        raise ValueError(f"a frame of {length:,} bytes")
    return _received(line, length, patience)


def _received(line: socket.socket, length: int, patience: Callable[[], None]) -> bytes:
    pieces, missing = [], length
    while missing:
        patience()
        piece = line.recv(min(missing, _PIECE))
        if not piece:
            return b""
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


# --------------------------------------------------------------------------- the request


@dataclass(frozen=True, slots=True)
class Request:
    """What `extract` is asked with."""

    body: bytes
    media_type: str
    charset: str = ""
    select: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


def request_frame(asked: Request) -> bytes:
    """One line of JSON, then the body as it is."""
    head = json.dumps([asked.media_type, asked.charset, asked.select, asked.remove])
    return b"%b\n%b" % (head.encode(), asked.body)


def read_request(frame: bytes) -> Request:
    """What a frame asks for."""
    head, _, body = frame.partition(b"\n")
    media_type, charset, select, remove = json.loads(head)
    return Request(body, media_type, charset, tuple(select), tuple(remove))


# --------------------------------------------------------------------------- the answer


def answer_frame(answer: Document | ExtractError, *, last: bool) -> bytes:
    """A document, or why there is none. last: the worker ends after this answer."""
    told = (
        _document_json(answer) if isinstance(answer, Document) else {"kind": answer.kind, "why": str(answer)}
    )
    return json.dumps({"last": last, **told}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read_answer(frame: bytes) -> tuple[Document | ExtractError, bool]:
    """The answer, and whether the worker ends after it. Raises ValueError for anything that is not one."""
    try:
        told = json.loads(frame)
        last = told["last"] is True
        if "kind" in told:
            return ExtractError(Access(told["kind"]).value, _words([told["why"]])[0]), last
        return _document(told), last
    except (KeyError, IndexError, TypeError, RecursionError) as error:
        raise ValueError(f"an answer that is none: {error!r}") from error


def _document_json(document: Document) -> dict[str, Any]:
    """The segments by columns; headings and lead-ins, which many segments share, once each."""
    trails: dict[tuple[str, ...], int] = {}

    def place(trail: tuple[str, ...]) -> int:
        return trails.setdefault(trail, len(trails))

    segments = document.segments
    return {
        "texts": [segment.text for segment in segments],
        "kinds": [_KINDS.index(segment.kind) for segment in segments],
        "headings": [place(segment.headings) for segment in segments],
        "lead_ins": [place(segment.lead_ins) for segment in segments],
        **_trails_json(trails),
        "about": [document.title, document.language, document.media_type],
        "has_end": document.has_end,
        "links": document.links,
    }


def _trails_json(trails: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """Each line of a trail once: a thousand long headings stand above one another in many trails."""
    lines: dict[str, int] = {}
    numbered = [[lines.setdefault(line, len(lines)) for line in trail] for trail in trails]
    return {"lines": list(lines), "trails": numbered}


def _document(told: dict[str, Any]) -> Document:
    lines = _words(told["lines"])
    trails = [tuple(_chosen(lines, trail)) for trail in told["trails"]]
    columns = (
        _words(told["texts"]),
        _chosen(_KINDS, told["kinds"]),
        _chosen(trails, told["headings"]),
        _chosen(trails, told["lead_ins"]),
    )
    title, language, media_type = _words(told["about"])
    return Document(
        tuple(Segment(*row) for row in zip(*columns, strict=True)),
        title,
        language,
        media_type,
        told["has_end"] is True,
        tuple(_words(told["links"])),
    )


def _words(told: Any) -> list[str]:
    if not isinstance(told, list) or not all(type(word) is str for word in told):
        raise TypeError("not a list of words")
    return told


def _chosen(known: Sequence[T], numbers: Any) -> list[T]:
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise TypeError("not a list of places")
    return [known[number] for number in numbers]
