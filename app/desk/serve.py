"""pledgewatch desk: serve the desk until it is stopped."""

import signal
import socket
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from threading import Event, Lock, Thread
from types import FrameType

import uvicorn

from app import logs
from app.accounting import this_user
from app.desk.connections import Impatient
from app.desk.gate import Desk
from app.desk.origins import is_https, is_loopback
from app.desk.site import site
from app.home import Home
from app.indexing import keep_indexed
from app.screen import say
from app.steady_config import Options, SteadyConfig
from monitor.errors import InputError
from monitor.store import Store, accounts

HOST, PORT = "127.0.0.1", 8321
_GRACE_SECONDS = 2  #: for what is being answered when the desk is stopped
_LOOK_SECONDS = 1.0  #: between two looks at the files of the configuration
_AT_ONCE = 200  #: connections; further ones are told to come again
_IDLE_SECONDS = 15  #: that a connection stays open between two requests


def run_desk(options: Options, environ: Mapping[str, str], host: str, port: int) -> int:
    """Serve until SIGTERM or Ctrl-C. Raises ConfigError, InputError, StoreError before anything is served."""
    return serve_desk(options, environ, host, port)


def serve_desk(
    options: Options,
    environ: Mapping[str, str],
    host: str = HOST,
    port: int = PORT,
    *,
    opens: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """The same; opens: in a browser of this machine, too; now: the desk's clock (aware UTC)."""
    config = Config(options, environ)
    home = config.home()
    with _bound(host, port) as listener, home.open_store() as store:
        bind, real_port = listener.getsockname()[:2]
        _refuse_open_door(bind, home, store)
        desk = Desk(config.home, store, now, this_user(), bind, changed=config.look_again)
        base = f"http://{_shown(host, bind)}:{real_port}"
        server = _server(desk)
        with _ending(server), _indexing(desk):
            say(f"The home is {home.root}, its configuration {home.config}.")
            if not is_loopback(bind):
                say(f"Others can reach it: it listens on {host}:{real_port}.")
            say(f"The desk is open at {base}/ (Ctrl-C closes it).")
            sys.stdout.flush()
            logs.prepare(home.settings, environ, sys.stderr)
            if opens:
                webbrowser.open(f"{base}/")
            server.run([listener])
    return 0


class Config:
    """The configuration in force, read again when its files change: looked at once a second at most."""

    def __init__(
        self, options: Options, environ: Mapping[str, str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.steady, self.clock = SteadyConfig(options, environ), clock
        self.lock = Lock()
        self.looked: tuple[float, Home] | None = None

    def home(self) -> Home:
        """The home as it is now. Raises ConfigError where its configuration never could be followed."""
        with self.lock:
            if self.looked is None or self.clock() - self.looked[0] >= _LOOK_SECONDS:
                self.looked = self.clock(), self.steady.read().home
            return self.looked[1]

    def look_again(self) -> None:
        """Somebody changed something: the next look is at the files."""
        with self.lock:
            self.looked = None


def _server(desk: Desk) -> uvicorn.Server:
    """Says nothing of itself, and believes no header about who connects."""
    return uvicorn.Server(
        uvicorn.Config(
            site(desk),
            http=Impatient,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            date_header=False,
            proxy_headers=False,
            limit_concurrency=_AT_ONCE,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


@contextmanager
def _ending(server: uvicorn.Server) -> Iterator[None]:
    """SIGTERM is a good end, before the server runs and when it raises it once more after its own end."""

    def end(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _indexing(desk: Desk) -> Iterator[None]:
    """Finds the statements of what is read, beside the answers; what is being read is left to its end."""
    stop = Event()
    work = (desk.home, desk.store, desk.now, stop)
    thread = Thread(target=keep_indexed, args=work, name="indexing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_GRACE_SECONDS)


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises InputError where nobody can."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_AT_ONCE)
        except BaseException:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"The desk cannot listen on {host}:{port} ({why}): name a free one with --port, "
            "or an address of this machine with --host."
        ) from error
    return listener


def _refuse_open_door(bind: str, home: Home, store: Store) -> None:
    """Raises InputError where others could reach a desk at which nobody can sign in."""
    if is_loopback(bind):
        return
    settings = home.settings.desk
    with store.read() as conn:
        is_kept = accounts.is_any_admin(conn) or bool(settings.trusted_proxies)
    if not is_kept:
        raise InputError(
            f"Others could reach the desk on {bind}, and it has no admin yet: first run "
            "pledgewatch accounts invite NAME --role admin, and open its link at a desk on 127.0.0.1."
        )
    if not is_https(settings):
        print(
            "pledgewatch: others can reach the desk, and desk.url in settings.toml is no https address: "
            "passwords would travel in the clear. Put a proxy that speaks https before it, and its address "
            "there.",
            file=sys.stderr,
        )


def _shown(host: str, bind: str) -> str:
    """What to put into a browser of this machine."""
    if ip_address(bind.partition("%")[0]).is_unspecified:
        return "127.0.0.1" if ":" not in bind else "[::1]"
    return f"[{host}]" if ":" in host else host
