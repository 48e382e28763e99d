"""What a form sends, bounded: so many bytes, fields and seconds, and no files."""

from urllib.parse import parse_qsl

import anyio
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

FORM_BYTES, FIELDS, SECONDS = 1_000_000, 1_000, 30
_AS_WE_SEND = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> FormData:
    """The fields, in order. Raises HTTPException: 400, 408, 413 or 415 for what no form of ours sends."""
    try:
        with anyio.fail_after(SECONDS):
            body = await _body(request)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != _AS_WE_SEND:
        raise HTTPException(400 if kind.startswith("multipart/") else 415)
    return fields(body)


def fields(body: bytes) -> FormData:
    """The fields of a urlencoded body. Raises HTTPException 400 for too many, and for NUL in one."""
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    if any("\0" in part for pair in pairs for part in pair):
        raise HTTPException(400)
    return FormData([*pairs])


async def _body(request: Request) -> bytes:
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > FORM_BYTES:
        raise HTTPException(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise HTTPException(413)
    return bytes(body)
