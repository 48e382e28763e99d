"""The API: read-only JSON below /api/v1, for whoever may read, with its description in openapi.json.

asking.py     what may be asked for
documents.py  what is answered: who is watched, and what changed
records.py    … and what was fetched, read and said
schemas.py    the form of each answer
"""

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app import logs
from app.desk.api import asking, documents, records, schemas
from app.desk.texts import texts
from app.desk.visit import NotFoundError, RefusedError, Visit
from monitor.errors import PledgewatchError, StoreError

AT = "/api/v1"
ToVisit = Callable[[Request], Visit]
_DESCRIPTION = (
    "What the watch knows, read-only. Times are UTC, RFC 3339 with Z; days are 2027-03-01. Lists come newest "
    "first, in parts: give `next` as `after`, until it is null. A program signs in with a token that "
    "somebody made at the desk: `Authorization: Bearer …`."
)
_STATUS = {NotFoundError: 404, RefusedError: 403, StoreError: 503}
_WHY = {
    400: "It cannot be asked like this.",
    401: "Nobody is signed in.",
    404: "There is nothing of this name.",
    422: "A part of the question is not understood.",
    503: "The store cannot be read just now.",
}


def add_to(site: FastAPI, visit: ToVisit) -> None:
    """Serve the API below AT. visit: turns a request, already let in, into a visit; may raise ConfigError."""
    site.add_route(AT, lambda request: answer(documents.root(AT)), include_in_schema=False)  # without a slash
    site.mount(AT, application(visit))


def application(visit: ToVisit) -> FastAPI:
    """The API alone."""
    made = _Described(
        title="pledgewatch",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={status: _answers(schemas.ERROR, why) for status, why in _WHY.items()},
    )
    made.add_exception_handler(PledgewatchError, _trouble)
    made.add_exception_handler(RequestValidationError, _misunderstood)
    made.add_exception_handler(HTTPException, _refused)
    _add_watched(made, visit)
    _add_changes(made, visit)
    _add_read(made, visit)
    return made


class _Described(FastAPI):
    """Its description holds the schema of alerts as it is in config/schema."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            made = get_openapi(
                title=self.title, version=self.version, description=self.description, routes=self.routes
            )
            components = made.setdefault("components", {})
            components.setdefault("schemas", {}).update(schemas.alert_components())
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            made["security"] = [{"token": []}, {}]  # none on this machine, without accounts
            made["servers"] = [{"url": AT}]
            self.openapi_schema = made
        return self.openapi_schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """HEAD is answered as GET is; the server leaves the body out."""
        asked = {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope
        await super().__call__(asked, receive, send)


# --------------------------------------------------------------------------- the addresses


def _add_watched(made: FastAPI, visit: ToVisit) -> None:
    @made.get("/", **_described("Where everything is", schemas.ROOT))
    def root(request: Request) -> Response:
        return answer(documents.root(AT))

    @made.get("/status", **_described("The state of the watch", schemas.STATUS))
    def status(request: Request) -> Response:
        return answer(documents.status(visit(request)))

    @made.get("/organizations", **_described("Who is watched", schemas.ORGANIZATIONS))
    def organizations(request: Request) -> Response:
        return answer(documents.organizations(visit(request)))

    @made.get("/organizations/{id}", **_described("One organization, its pages", schemas.ORGANIZATION))
    def organization(request: Request, id: Annotated[asking.Slug, Path()]) -> Response:
        return answer(documents.organization(visit(request), id))

    @made.get("/organizations/{id}/scores", **_described("How it meets each ask", schemas.SCORES))
    def scores(request: Request, id: Annotated[asking.Slug, Path()]) -> Response:
        return answer(documents.scores(visit(request), id))

    @made.get("/pages/{organization}/{page}", **_described("One page", schemas.PAGE))
    def page(
        request: Request, organization: Annotated[asking.Slug, Path()], page: Annotated[asking.Slug, Path()]
    ) -> Response:
        return answer(documents.page(visit(request), organization, page))


def _add_changes(made: FastAPI, visit: ToVisit) -> None:
    @made.get("/alerts", **_described("Alerts", schemas.ALERTS))
    def alerts(request: Request, asked: Annotated[asking.AlertsAsked, Query()]) -> Response:
        return answer(documents.alerts(visit(request), asked))

    @made.get("/alerts/{id}", **_described("One alert", schemas.ONE_ALERT))
    def alert(request: Request, id: Annotated[asking.AlertId, Path()]) -> Response:
        return answer(documents.alert(visit(request), id))

    @made.get("/findings", **_described("What was found, believed or not", schemas.FINDINGS))
    def findings(request: Request, asked: Annotated[asking.FindingsAsked, Query()]) -> Response:
        return answer(documents.all_findings(visit(request), asked))

    @made.get("/reviews", **_described("What people said of alerts", schemas.REVIEWS))
    def reviews(request: Request, asked: Annotated[asking.ReviewsAsked, Query()]) -> Response:
        return answer(documents.all_reviews(visit(request), asked))


def _add_read(made: FastAPI, visit: ToVisit) -> None:
    @made.get("/fetches", **_described("Fetches, with what was made of them", schemas.FETCHES))
    def fetches(request: Request, asked: Annotated[asking.FetchesAsked, Query()]) -> Response:
        return answer(records.all_fetches(visit(request), asked))

    @made.get("/fetches/{id}", **_described("One fetch", schemas.ONE_FETCH))
    def fetch(request: Request, id: Annotated[asking.Number, Path()]) -> Response:
        return answer(records.fetch(visit(request), id))

    @made.get("/statements", **_described("Every statement ever seen", schemas.STATEMENTS))
    def statements(request: Request, asked: Annotated[asking.StatementsAsked, Query()]) -> Response:
        return answer(records.all_statements(visit(request), asked))

    @made.get("/coverage", **_described("Which pages were read, and when", schemas.COVERAGE))
    def coverage(request: Request, asked: Annotated[asking.CoverageAsked, Query()]) -> Response:
        return answer(records.coverage(visit(request), asked))


def _described(summary: str, form: schemas.Schema) -> dict[str, Any]:
    return {"summary": summary, "responses": {200: _answers(form, summary)}, "response_model": None}


def _answers(form: schemas.Schema, why: str) -> dict[str, Any]:
    return {"description": why, "content": {"application/json": {"schema": form}}}


# --------------------------------------------------------------------------- what is sent


def answer(document: Any, status: int = 200) -> Response:
    """A document as JSON in ASCII: no sign of a hostile page can break it."""
    return Response(json.dumps(document).encode(), status, media_type="application/json")


def problem(sentence: str, status: int) -> Response:
    """Why there is no document."""
    return answer({"error": sentence}, status)


def _trouble(request: Request, error: Exception) -> Response:
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
    if isinstance(error, StoreError):
        logs.warn("trouble at the desk", why=str(error))
        return problem(texts()("gate.store"), status)
    return problem(str(error), status)


def _misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem("; ".join(_said(one) for one in error.errors()), 422)


def _said(one: Any) -> str:
    """The parameter, and what is wrong with it; never what was sent."""
    where, why = ".".join(str(part) for part in one["loc"][1:]), one["msg"].removeprefix("Value error, ")
    return f"{where}: {why}"[:300]


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: "gate.status_404", 405: "gate.status_405"}
    sentence = texts()(known.get(error.status_code, "gate.status_other"), status=error.status_code)
    said = problem(sentence, error.status_code)
    said.headers.update(error.headers or {})
    return said
