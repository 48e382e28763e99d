"""The desk as an ASGI application: every door behind one gate, all of it behind one wall."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from app.desk import api
from app.desk.door import Door
from app.desk.doors import DOORS
from app.desk.gate import Desk, Gate
from app.desk.texts import texts
from app.desk.wall import Wall

_SAID = (400, 404, 405, 408, 413, 415)  # statuses with a sentence of their own


def site(desk: Desk) -> FastAPI:
    """Everything that the desk serves."""
    gate = Gate(desk)
    made = FastAPI(
        title="pledgewatch",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    made.add_exception_handler(HTTPException, _refusal(gate))
    made.state.gate = gate
    for door in DOORS:
        made.add_route(door.path, _endpoint(gate, door), methods=[door.method], include_in_schema=False)
    api.add_to(made, gate.visit)
    made.add_middleware(Wall, gate=gate, doors=DOORS)
    return made


def _endpoint(gate: Gate, door: Door) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await gate.answer(request, door)

    return endpoint


def _refusal(gate: Gate) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What the framework refuses, as a page, or as JSON to programs."""

    async def refusal(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        key = f"status_{status}" if status in _SAID else "status_other"
        sentence = texts()(f"gate.{key}", status=status)
        if request.url.path.startswith("/api/"):
            said: Response = JSONResponse({"error": sentence}, status)
        else:
            said = await run_in_threadpool(gate.problem, request, sentence, status)
        if status == 405:
            said.headers["Allow"] = ", ".join(_methods(request))
        return said

    return refusal


def _methods(request: Request) -> list[str]:
    """What may be done at this address, by all of its routes."""
    fitting = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in fitting for method in getattr(route, "methods", None) or ()})
