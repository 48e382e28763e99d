"""Twenty-four ways in which a page cannot be read, as the answer that a fetch brings."""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.model import Access, Failure, Redirect
from tests.benchmarks.year.pages import other_document


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. path: where the redirects led, "" for where we asked."""

    body: bytes = b""
    status: int | None = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    failure: Failure | None = None
    path: str = ""
    redirects: tuple[int, ...] = ()

    def hops(self, url: str) -> tuple[Redirect, ...]:
        """The redirects, as a fetch records them."""
        return tuple(Redirect(url, status) for status in self.redirects)


def _page(words: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    return Answer(f"<html><body><h1>{words}</h1></body></html>".encode(), status, headers)


def _failed(kind: Access, message: str) -> Answer:
    return Answer(status=None, headers=(), failure=Failure(kind, message))


_GERMAN = (
    "Diese Hausordnung gilt für alle Gäste und alle Lieferanten, und wir bitten darum, sie vor dem Besuch "
    "sorgfältig zu lesen. Rechnungen werden einmal im Monat verschickt und müssen innerhalb von vierzehn "
    "Tagen bezahlt werden. "
)

#: name → what the page's own body becomes. `number` makes what should differ from page to page differ.
FAILURES: dict[str, Callable[[bytes, int], Answer]] = {
    "challenge, 403": lambda body, n: _page("Just a moment...", 403, ("cf-mitigated", "challenge")),
    "challenge, 200": lambda body, n: _page("Please enable JS and disable any ad blocker"),
    "login, 200": lambda body, n: Answer(
        b"<html><body><form><p>Sign in to continue</p><input type='password'></form></body></html>",
        path="/login?next=/rules",
        redirects=(302,),
    ),
    "consent screen": lambda body, n: _page(
        "Before you continue. Accept all cookies to continue to the site."
    ),
    "500": lambda body, n: _page("Internal Server Error", 500),
    "503": lambda body, n: _page("Service Unavailable", 503, ("Retry-After", "120")),
    "429": lambda body, n: _page("Too Many Requests", 429),
    "empty, 200": lambda body, n: Answer(),
    "no words, 200": lambda body, n: Answer(b"<html><body><div></div></body></html>"),
    "cut in the middle": lambda body, n: Answer(body[: len(body) * (45 + n % 45) // 100]),
    "a third of it": lambda body, n: Answer(body[: len(body) * 35 // 100] + b"</p></body></html>"),
    "German": lambda body, n: Answer(f"<html><body>{f'<p>{_GERMAN}</p>' * 20}</body></html>".encode()),
    "not found, 200": lambda body, n: _page("Sorry, the page you were looking for could not be found."),
    "404": lambda body, n: _page("Not Found", 404),
    "robots.txt": lambda body, n: _failed(Access.ROBOTS_DISALLOWED, "robots.txt asks us to stay away"),
    "certificate": lambda body, n: _failed(Access.TLS, "the certificate is not valid"),
    "no name": lambda body, n: _failed(Access.DNS, "the host name cannot be resolved"),
    "no answer": lambda body, n: _failed(Access.TIMEOUT, "no whole answer in time"),
    "reset": lambda body, n: _failed(Access.CONNECTION, "the connection failed"),
    "too large": lambda body, n: _failed(Access.TOO_LARGE, "the body is larger than allowed"),
    "another document": lambda body, n: Answer(other_document(n)),
    "script shell": lambda body, n: Answer(
        b"<html><head><script src='/app.js'></script></head><body><div id='root'></div>"
        b"<noscript>You need to enable JavaScript to run this app.</noscript></body></html>"
    ),
    "led to the front page": lambda body, n: Answer(other_document(n + 1), path="/", redirects=(302,)),
    "binary": lambda body, n: Answer(bytes(range(256)) * 40, headers=(("Content-Type", "text/html"),)),
}
#: Those that say nothing of the page however long they stand (404, half pages and other documents may).
NEVER_BELIEVED = tuple(
    name for name in FAILURES if name not in ("404", "a third of it", "cut in the middle", "another document")
)
