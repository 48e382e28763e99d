"""A small real HTTP server on 127.0.0.1, port 0, for the tests of everything that talks to the network.

    with Loopback({"/": Answer(body=b"hello")}) as site:
        ... ask for site.url("/") ...
        assert site.asked == [Asked("GET", "/", {...})]

A path that is not in the routes answers `default`, a 404. Routes may be changed while the server runs.
After site.leave() nobody answers there, and nobody else can: the port is let go at the end of the block.
"""

import datetime
import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.sockets import hold_port


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer. `raw` is sent as it stands, and the connection is closed; `hangs` never answers.

    etag: when set, it is sent, and a request that names it in If-None-Match gets 304 without a body.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    etag: str = ""
    raw: bytes = b""
    hangs: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def redirect(location: str, status: int = 302) -> Answer:
    """An answer that sends the client elsewhere."""
    return Answer(status, headers=(("Location", location),))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self) -> None:
        site: Loopback = self.server.site  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        site.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        answer = site.routes.get(self.path, site.default)
        if answer.hangs:
            site.closing.wait()
            self.close_connection = True
        elif answer.raw:
            self.wfile.write(answer.raw)
            self.close_connection = True
        elif answer.etag and self.headers.get("If-None-Match") == answer.etag:
            self._send(Answer(304, headers=(("ETag", answer.etag),)))
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.etag and answer.status != 304:
            self.send_header("ETag", answer.etag)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_HEAD = _answer  # noqa: N815 (the names that http.server looks for)


class _Server(ThreadingHTTPServer):
    allow_reuse_port = True  # the port that we hold
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that hang up early are part of the tests


class Loopback:
    """The server; a context manager."""

    def __init__(self, routes: Mapping[str, Answer], certificate: tuple[Path, Path] | None = None) -> None:
        self.routes = dict(routes)
        self.default = Answer(404, b"<p>no such page</p>")
        self.asked: list[Asked] = []
        self.closing = Event()
        self._held = hold_port()
        self._server = _Server(self._held.getsockname(), _Handler)
        self._server.site = self  # type: ignore[attr-defined]
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        self._held.close()

    def leave(self) -> None:
        """Answer no more: whoever asks is refused."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def self_signed(folder: Path, host: str, days: int = 1) -> tuple[Path, Path]:
    """Make a certificate for this host name or IP address; gives its file and its key's file.

    It is valid from two days ago until so many days from now; -1: it has expired.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    try:
        known_as: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        known_as = x509.DNSName(host)
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([known_as]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / f"{host}.crt", folder / f"{host}.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file
