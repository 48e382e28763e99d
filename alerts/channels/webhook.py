"""To a web address: POST of the alert's JSON, signed as Standard Webhooks asks. No redirect is followed."""

import base64
import binascii
import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, quote, urlsplit

from alerts.message import Message, secret
from monitor.errors import DeliveryError
from monitor.settings import Channel
from monitor.wire import alert_json

TIMEOUT_SECONDS = 20.0
RETRIED = (408, 425, 429)  #: of the 4xx, those that say "later" and not "never"


def send(message: Message, channel: Channel, environ: Mapping[str, str], now: datetime) -> None:
    """POST once. 2xx is done; 4xx but 408, 425 and 429 is permanent; everything else may be tried again."""
    body = json.dumps(alert_json(message.alert)).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "pledgewatch"}
    headers |= signed(f"{message.alert.id}/{message.route}", body, channel, environ, now)
    _judge(_post(channel.url, body, headers), _place(channel.url))


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


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The HTTP status of the answer. Its body is not read."""
    parts = urlsplit(url)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    connection = _connection(parts)
    try:
        connection.request("POST", target, body, dict(headers))
        return connection.getresponse().status
    except (OSError, HTTPException, UnicodeError) as error:
        raise DeliveryError(f"{_place(url)} does not answer: {type(error).__name__}; try again") from error
    finally:
        connection.close()


def _connection(parts: SplitResult) -> HTTPConnection:
    """The one place that dials an address: what guards private networks stands here, before it is returned.

    Proxies of the environment are not used.
    """
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECONDS, context=context)
    return HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)


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
