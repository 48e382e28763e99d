"""A desk over a home, without a network between: for tests of what it answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.desk import api
from app.desk.asker import form_token
from app.desk.gate import Desk
from app.desk.site import site
from app.desk.visit import LOCAL, Visitor
from app.home import Home
from app.indexing import index_new
from monitor.model import AccountRole
from monitor.store import Store

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8321"


@contextmanager
def open_desk(home: Home, now: datetime = NOW) -> Iterator[TestClient]:
    """A client of the desk of this home, as somebody on this machine. Redirects are not followed."""
    with home.open_store() as store:
        yield client_of(Desk(lambda: home, store, lambda: now, bug=_raise))


@contextmanager
def api_built_once() -> Iterator[None]:
    """Until the block ends every desk of this process shares the routes of one API, each with its own visits."""
    build = api.application
    shared: list[FastAPI] = []

    def application(visit: api.ToVisit) -> Any:
        if not shared:
            shared.append(build(lambda request: request.scope["visit of"](request)))
        return _Lent(shared[0], visit)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "application", application)
        yield


class _Lent:
    """The API of one desk: the shared one, asked with the visits of this desk."""

    def __init__(self, shared: FastAPI, visit: api.ToVisit) -> None:
        self._shared, self._visit, self.routes = shared, visit, shared.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._shared({**scope, "visit of": self._visit}, receive, send)


class Client(TestClient):
    """Sends along what our own forms would, unless a test says otherwise."""

    csrf = ""

    def post(self, url: Any, *, data: Any = None, **more: Any) -> Any:
        return super().post(url, data={"csrf": self.csrf, **(data or {})}, **more)


def client_of(desk: Desk, peer: str = "127.0.0.1") -> Client:
    """A browser of this desk, at this address. Redirects are not followed."""
    client = Client(site(desk), base_url=BASE, follow_redirects=False, client=(peer, 50_000))
    client.csrf = form_token(desk.secret, Visitor(desk.local_user, AccountRole.ADMIN, LOCAL))
    return client


def _raise(error: BaseException) -> None:
    raise error


@contextmanager
def statements_sent(store: Store) -> Iterator[list[str]]:
    """Every SQL statement that is sent to this store within the block, but for BEGIN and its like."""
    sent: list[str] = []

    def note(conn: object, cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


@contextmanager
def serving_desk(folder: Path, now: datetime = NOW) -> Iterator[str]:
    """A real server of the home in this folder, on this machine, its statements indexed; yields its address."""
    home = home_at(folder)
    with home.open_store() as store:
        index_new(home, store, now)
        desk = Desk(lambda: home_at(folder), store, lambda: now)
        config = uvicorn.Config(site(desk), host="127.0.0.1", port=0, log_level="error")
        server = uvicorn.Server(config)
        sock = config.bind_socket()
        thread = Thread(target=server.run, args=([sock],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            sock.close()


def home_at(folder: Path) -> Home:
    """The home in this folder, with its own config."""
    return Home(folder, folder / "config")
