"""To a web address: POST of the message as JSON, signed as Standard Webhooks asks.

The address is judged as those of the spiders are, and no redirect is followed.
"""

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, quote, urlsplit

from alerts.deadline import hanging_up
from alerts.dialling import dialled
from alerts.message import AGAIN, Message, address, secret
from monitor.errors import DeliveryError
from monitor.settings import Channel
from monitor.wire import content_json

TIMEOUT_SECONDS = 20.0
LEFT_ALONE = 410  #: the one answer that says "never again"
THROTTLED = (429, 502, 503, 504)  #: may say when to come again


def send(message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> str:
    """POST once. 2xx is done, 410 is permanent, all else may be tried again; 3xx is not followed."""
    url = address(channel, environ)
    body = json.dumps(content_json(message.content)).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "pledgewatch"}
    headers |= signed(message.identity, body, channel, environ, now)
    place = f"the address in {channel.url_env}" if channel.url_env else _place(url)
    status, patience = post(url, body, headers, message.allow_hosts, place)
    _judge(status, patience, place, now)
    return f"HTTP {status}"


def retry_after(value: str, now: datetime) -> timedelta | None:
    """How long to wait by this Retry-After (seconds or an HTTP-date); None where it says nothing sensible."""
    value = value.strip()
    try:
        if value.isascii() and value.isdigit():
            return timedelta(seconds=min(int(value), 10**9))
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # also a number of more than 4,300 digits
        return None
    return max((at.replace(tzinfo=UTC) if at.tzinfo is None else at) - now, timedelta(0))


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
    except ValueError as error:
        problem = f"the environment variable {variable} is not a secret of the form whsec_<base64>; mend it"
        raise DeliveryError(problem) from error


def post(
    url: str, body: bytes, headers: Mapping[str, str], allow_hosts: Collection[str], place: str
) -> tuple[int, str]:
    """The HTTP status of the answer and its Retry-After ("" for none). Its body is not read."""
    try:
        return asked(url, body, headers, allow_hosts, place)[:2]
    except (OSError, HTTPException, ValueError) as error:
        problem = f"{place} does not answer: {type(error).__name__}; it is tried again"
        raise DeliveryError(problem, unreachable=True) from error


def asked(
    url: str, body: bytes, headers: Mapping[str, str], allow_hosts: Collection[str], place: str, most: int = 0
) -> tuple[int, str, bytes]:
    """Status, Retry-After and body of the answer to a POST, the body up to so many bytes.

    Raises DeliveryError where the address is not judged well, and OSError, HTTPException or ValueError where
    nobody answers within TIMEOUT_SECONDS, or not by HTTP.
    """
    parts = urlsplit(url)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    with closing(_connection(parts, allow_hosts, place)) as connection, _limited(connection):
        connection.request("POST", target, body, dict(headers))
        answer: HTTPResponse = connection.getresponse()
        return answer.status, answer.headers.get("Retry-After") or "", answer.read(most) if most else b""


def _connection(parts: SplitResult, allow_hosts: Collection[str], place: str) -> HTTPConnection:
    """Connected to an address that was judged; names, certificate and Host header are those of the URL.

    http.client connects by itself only where it is given no socket. Proxies of the environment are not used.
    """
    host = parts.hostname or ""
    if parts.scheme == "http":
        connection = HTTPConnection(host, parts.port)
        connection.sock = dialled(host, connection.port, allow_hosts, place, TIMEOUT_SECONDS)
        return connection
    connection = HTTPSConnection(host, parts.port)
    context = ssl.create_default_context()
    plain = dialled(host, connection.port, allow_hosts, place, TIMEOUT_SECONDS)
    try:
        connection.sock = context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
    return connection


def _limited(connection: HTTPConnection) -> AbstractContextManager[None]:
    return hanging_up(lambda: connection.sock, TIMEOUT_SECONDS)


def _judge(status: int, patience: str, place: str, now: datetime) -> None:
    """Whether it was taken. patience: the Retry-After of the answer, "" for none."""
    if 200 <= status < 300:
        return
    if status == LEFT_ALONE:
        advice = f"mend the address and send it {AGAIN}, or take the channel out of the settings"
        raise DeliveryError(f"{place} answered {status}: it wants no more; {advice}", permanent=True)
    later = retry_after(patience, now) if status in THROTTLED else None
    raise DeliveryError(f"{place} answered {status}; it is tried again", retry_after=later)


def _place(url: str) -> str:
    """Scheme and host alone: the rest of a webhook's address is often its secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"
