"""Around everything that the desk serves, whatever answers: names, signing in, origins before; headers after.

It is closed by itself: what no public door says is for those who are signed in, also what was forgotten.
"""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.desk.asker import FOR_PROGRAMS
from app.desk.door import READER, Door
from app.desk.gate import Gate
from app.desk.origins import host_of, is_from_us, is_https, is_loopback, may_be_asked_as
from app.desk.texts import texts
from monitor.errors import PledgewatchError
from monitor.settings import Desk as DeskSettings

_SAFE = ("GET", "HEAD", "OPTIONS")
_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'"
)
ASKED_AGAIN = ("/feeds/", "/calendar.ics")  #: what a program keeps, and asks whether it still holds
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Wall:
    """The outermost part of the application that is ours."""

    def __init__(self, app: ASGIApp, gate: Gate, doors: Iterable[Door]) -> None:
        self.app, self.gate = app, gate
        self.public = [(door.method, compile_path(door.path)[0]) for door in doors if door.needs is None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            await _nothing_else(scope, receive, send)
            return
        request, begun = Request(scope), False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._add_headers(MutableHeaders(scope=message), request)
            await send(message)

        try:
            refused = await run_in_threadpool(self._refused, request)
            await (refused or self.app)(scope, receive, sending)
        except Exception as error:
            self.gate.desk.bug(error)
            if begun:
                raise
            await _said(request, 500, texts()("gate.bug"))(scope, receive, sending)

    def _refused(self, request: Request) -> Response | None:
        """Why this goes no further, as an answer."""
        try:
            settings = request.state.settings = self.gate.desk.home().settings.desk
            hosts, path = request.headers.getlist("host"), request.url.path
            if len(hosts) != 1 or not may_be_asked_as(host_of(hosts[0]), self.gate.desk.bind, settings):
                return _said(request, 421, texts()("gate.host"))
            if "\0" in path or "%00" in request.url.query:
                return _said(request, 400, texts()("gate.signs"))
            if not path.startswith("/static/"):
                request.state.asker = self.gate.asker(request)
                if not self._is_open(request):
                    return _sign_in_first(request)
        except PledgewatchError as error:
            logs.warn("trouble at the desk", why=str(error))
            return _said(request, 503, texts()("gate.store"))
        if request.method not in _SAFE and not is_from_us(request.headers, settings):
            return _said(request, 403, texts()("gate.origin"))
        return None

    def _is_open(self, request: Request) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        if any(method == of and place.match(request.url.path) for of, place in self.public):
            return True
        return bool(request.state.asker.who.may(READER))

    def _add_headers(self, headers: MutableHeaders, request: Request) -> None:
        """A page may bring a Content-Security-Policy of its own; nothing else."""
        settings: DeskSettings = getattr(request.state, "settings", DeskSettings())
        headers.setdefault("Content-Security-Policy", _CONTENT)
        for name, value in _ALWAYS.items():
            headers[name] = value
        if not request.url.path.startswith("/static/"):
            is_asked_again = request.url.path.startswith(ASKED_AGAIN)
            headers["Cache-Control"] = "private, no-cache" if is_asked_again else "no-store"
        headers["Referrer-Policy"] = _referrer(settings, self.gate.desk.bind)
        if is_https(settings):
            headers["Strict-Transport-Security"] = "max-age=31536000"


def _referrer(settings: DeskSettings, bind: str) -> str:
    """Nobody learns where a reader comes from; by plain http on a network we must, to know our own forms.

    By no-referrer a browser says "null" of them, and their real origin only in Sec-Fetch-Site, which it sends
    by https and to loopback alone.
    """
    return "no-referrer" if is_https(settings) or is_loopback(bind) else "same-origin"


def _sign_in_first(request: Request) -> Response:
    if request.url.path.startswith(FOR_PROGRAMS):
        basic = {"WWW-Authenticate": 'Basic realm="pledgewatch", charset="UTF-8"'}
        return _said(request, 401, texts()("gate.token"), basic)
    place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("hx-request") == "true":
        return _said(request, 401, texts()("gate.sign_in"), {"HX-Redirect": "/signin"})
    if request.method in ("GET", "HEAD"):
        return RedirectResponse(f"/signin?next={quote(place, safe='')}", 303)
    return _said(request, 401, texts()("gate.sign_in"))


def _said(request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """The sentence as a page, or as JSON where the API was asked."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status, headers)
    return plain(status, sentence, headers)


def plain(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """A page that needs neither store nor settings nor templates."""
    return HTMLResponse(
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{status}</title>'
        f'<link rel="stylesheet" href="/static/desk.css"></head>\n'
        f'<body><main><h1>{status}</h1>\n<p class="problem" role="alert">{escape(sentence)}</p>\n'
        f'<p><a href="/">{escape(texts()("problem.back"))}</a></p></main></body>\n</html>\n',
        status,
        headers,
    )


async def _nothing_else(scope: Scope, receive: Receive, send: Send) -> None:
    """No web sockets are served; the server's own beginning and end need no answer."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
