"""Tell somebody outside of each check, as healthchecks.io and its kin want it: who hears nothing gives alarm.

    POST <address>/start?rid=<run>     a check begins
    POST <address>?rid=<run>           it ended, and decided
    POST <address>/fail?rid=<run>      it did not; the body says why

The address is a secret: it stands in the variable that daemon.ping_url_env names, or in the file that
<variable>_FILE names. It is judged as those of webhooks are, and no redirect is followed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from alerts.channels.webhook import post
from alerts.message import secret
from monitor.errors import DeliveryError
from monitor.settings import Settings
from monitor.tables import url_problem

WAIT_SECONDS = 10.0  #: for all of a ping, the name of its host included
_WHY_BYTES = 2_000
_HEADERS = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "pledgewatch"}


def new_run() -> str:
    """The id of one check, by which its start and its end are known to belong together."""
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class Pings:
    """Where to ping. variable: daemon.ping_url_env; "" pings nobody.

    Each method returns what went wrong in one sentence, without the address, or "". It never raises for that.
    """

    variable: str
    environ: Mapping[str, str]
    allow_hosts: Collection[str] = ()  #: network.allow_hosts
    wait_seconds: float = WAIT_SECONDS

    def start(self, run: str) -> str:
        """A check begins."""
        return self._ping("/start", run, "")

    def success(self, run: str) -> str:
        """It ended, and decided."""
        return self._ping("", run, "")

    def fail(self, run: str, why: str) -> str:
        """It did not end, or decided nothing: why, in short."""
        return self._ping("/fail", run, why)

    def _ping(self, ending: str, run: str, why: str) -> str:
        if not self.variable:
            return ""
        try:
            url = _with(self._address(), ending, run)
        except DeliveryError as error:
            return str(error)
        body = why.encode("utf-8", "replace")[:_WHY_BYTES].decode("utf-8", "ignore").encode()
        said: SimpleQueue[str] = SimpleQueue()
        asking = Thread(target=lambda: said.put(self._post(url, body)), name="ping", daemon=True)
        asking.start()
        try:
            return said.get(timeout=self.wait_seconds)
        except Empty:  # its own limits end it soon
            return f"the address in {self.variable} did not answer within {self.wait_seconds:g} seconds"

    def _address(self) -> str:
        url = secret(self.environ, self.variable)
        if url_problem(url):  # which would repeat it
            raise DeliveryError(
                f"what {self.variable} holds is not an absolute http or https address; mend it"
            )
        return url

    def _post(self, url: str, body: bytes) -> str:
        place = f"the address in {self.variable}"
        try:
            status, _ = post(url, body, _HEADERS, self.allow_hosts, place)
        except DeliveryError as error:
            return str(error)
        return "" if 200 <= status < 300 else f"{place} answered {status}; check it"


def pings_of(settings: Settings, environ: Mapping[str, str]) -> Pings:
    """The pings that the settings ask for."""
    return Pings(settings.daemon.ping_url_env, environ, settings.network.allow_hosts)


def _with(url: str, ending: str, run: str) -> str:
    """The address of one kind of ping; a query that it has stays in front."""
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode({"rid": run})]))
    return parts._replace(path=parts.path.rstrip("/") + ending, query=query).geturl()
