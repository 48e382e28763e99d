"""To a web address: POST of the message as JSON, signed as Standard Webhooks asks.

The address is judged as those of the spiders are, and no redirect is followed.
"""

import base64
import binascii
import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import SplitResult, quote, urlsplit

from alerts.message import Message, secret
from monitor.addresses import not_public, refused_addresses
from monitor.errors import DeliveryError
from monitor.settings import Channel
from monitor.wire import content_json

TIMEOUT_SECONDS = 20.0
RETRIED = (408, 425, 429)  #: of the 4xx, those that say "later" and not "never"


def send(message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> None:
    """POST once. 2xx is done; 4xx but 408, 425 and 429 is permanent; everything else may be tried again."""
    body = json.dumps(content_json(message.content)).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "pledgewatch"}
    headers |= signed(message.identity, body, channel, environ, now)
    _judge(_post(channel.url, body, headers, message.allow_hosts), _place(channel.url))


def signed(
    identity: str, body: bytes, channel: Channel, environ: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """The Standard Webhooks headers; the signature only where the channel names a secret."""
    stamp = str(int(now.timestamp()))
    headers = {"webhook-id": identity, "webhook-timestamp": stamp}
    if channel.secret_env:
        key = _key(secret(environ, channel.secret_env), channel.secret_env)
        digest = hmac.new(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers["webhook-signature"] = "v1," + base64.b64encode(digest).decode()
    return headers


def _key(value: str, variable: str) -> bytes:
    """The bytes of a `whsec_…` secret. The message names the variable, never its value."""
    try:
        return base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        problem = f"the environment variable {variable} is not a secret of the form whsec_<base64>; mend it"
        raise DeliveryError(problem) from error


def _post(url: str, body: bytes, headers: Mapping[str, str], allow_hosts: Collection[str]) -> int:
    """The HTTP status of the answer. Its body is not read."""
    parts = urlsplit(url)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    try:
        with closing(_connection(parts, allow_hosts)) as connection, _hanging_up(connection.sock):
            connection.request("POST", target, body, dict(headers))
            return connection.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        raise DeliveryError(f"{_place(url)} does not answer: {type(error).__name__}; try again") from error


def _connection(parts: SplitResult, allow_hosts: Collection[str]) -> HTTPConnection:
    """Connected to an address that was judged; names, certificate and Host header are those of the URL.

    http.client connects by itself only where it is given no socket. Proxies of the environment are not used.
    """
    host = parts.hostname or ""
    if parts.scheme == "http":
        connection = HTTPConnection(host, parts.port)
        connection.sock = _dialled(host, connection.port, allow_hosts)
        return connection
    connection = HTTPSConnection(host, parts.port)
    context = ssl.create_default_context()
    plain = _dialled(host, connection.port, allow_hosts)
    try:
        connection.sock = context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
    return connection


def _dialled(host: str, port: int, allow_hosts: Collection[str]) -> socket.socket:
    """A connection to the first address that answers. DeliveryError (permanent) where one is not public."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    for address in refused_addresses(host, addresses, allow_hosts):
        raise DeliveryError(f"nothing is sent to {host}: {not_public(host, address)}", permanent=True)
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), TIMEOUT_SECONDS)
    return socket.create_connection((addresses[-1], port), TIMEOUT_SECONDS)


@contextmanager
def _hanging_up(connected: socket.socket) -> Iterator[None]:
    """After TIMEOUT_SECONDS in all: a socket's own time limit starts again with every byte that comes."""

    def hang_up() -> None:
        with suppress(OSError):
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = Timer(TIMEOUT_SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _judge(status: int, place: str) -> None:
    if 200 <= status < 300:
        return
    permanent = 400 <= status < 500 and status not in RETRIED
    advice = "check the address and send again by hand" if permanent else "it is tried again"
    raise DeliveryError(f"{place} answered {status}; {advice}", permanent=permanent)


def _place(url: str) -> str:
    """Scheme and host alone: the rest of a webhook's address is often its secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"
