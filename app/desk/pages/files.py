"""The files that every page needs, and whether the desk is well."""

from pathlib import Path

from starlette.responses import PlainTextResponse, Response

from app.desk.door import PUBLIC, Door
from app.desk.visit import NotFoundError, Visit

_FOLDER = Path(__file__).parent.parent / "static"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FILES = {
    file.name: (file.read_bytes(), _MEDIA_TYPES[file.suffix])
    for file in sorted(_FOLDER.iterdir())
    if file.suffix in _MEDIA_TYPES
}


def static(visit: Visit) -> Response:
    """One of the files that were there at the start: no name leads anywhere else."""
    if visit.path["name"] not in _FILES:
        raise NotFoundError(f"There is no file {visit.path['name']}.")
    body, media_type = _FILES[visit.path["name"]]
    return Response(body, media_type=media_type, headers={"Cache-Control": "public, max-age=3600"})


def health(visit: Visit) -> Response:
    """200 where the store can be read."""
    with visit.store.read():
        return PlainTextResponse("The desk is at work.\n")


DOORS = (
    Door("/static/{name}", PUBLIC, static),
    Door("/healthz", PUBLIC, health),
)
