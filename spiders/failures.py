"""Expected trouble while fetching: from an exception of Scrapy or Twisted to a Failure, a value."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed

from monitor.addresses import not_public
from monitor.model import Access, Failure


class Refused(IgnoreRequest):
    """We ask no further. `response` holds the facts of an answer that came but is not taken."""

    def __init__(self, failure: Failure, response: Response | None = None) -> None:
        super().__init__(failure.message)
        self.failure, self.response = failure, response


class AnswerError(Exception):
    """An answer that our parser does not read to its end; it reaches us as the cause of a failed download."""

    def __init__(self, kind: Access, problem: str) -> None:
        super().__init__(problem)
        self.kind = kind


#: What a download may raise without there being a bug.
TROUBLE = (
    Refused,
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    ValueError,
)


def failure_of(error: BaseException, url: str, refused: Mapping[str, str]) -> Failure | None:
    """What this exception means for the fetch of url; None when it is a bug rather than trouble.

    refused: hosts that the guard turned away, with the address that is not public.
    """
    if isinstance(error, Refused):
        return error.failure
    if isinstance(error, CannotResolveHostError):
        for host in ((urlsplit(url).hostname or "").lower(), _looked_up(error)):
            if host in refused:
                return blocked(host, refused[host])
    ours = next((cause for cause in _causes(error) if isinstance(cause, AnswerError)), None)
    if ours is not None:
        return Failure(ours.kind, f"{url}: {ours}")
    kind = _kind(error)
    return None if kind is None else Failure(kind, f"{url}: {_SENTENCES[kind]} ({_cause(error)})")


def _looked_up(error: BaseException) -> str:
    """The host at the end of Twisted's sentence: behind a redirect it is not that of the URL asked for."""
    return str(error).rpartition(": ")[2].removesuffix(".").lower()


def blocked(host: str, address: str) -> Failure:
    """The guard turned this host away."""
    return Failure(Access.BLOCKED_BY_POLICY, not_public(host, address))


def _kind(error: BaseException) -> Access | None:
    match error:
        case DownloadTimeoutError():
            return Access.TIMEOUT
        case CannotResolveHostError():
            return Access.DNS
        case ValueError() if "invalid hostname" in str(error):
            return Access.DNS
        case ResponseDataLossError():
            return Access.PARTIAL
        case DownloadCancelledError():
            return Access.TOO_LARGE
        case DownloadFailedError() if _is_tls(error):
            return Access.TLS
        case DownloadFailedError() | DownloadConnectionRefusedError() | ConnectError() | ConnectionClosed():
            return Access.CONNECTION
        case UnsupportedURLSchemeError() | NotSupported():
            return Access.BLOCKED_BY_POLICY
    return None


def _causes(error: BaseException) -> list[BaseException]:
    """What Twisted says lies behind a failed download."""
    return [reason.value for reason in getattr(error.__cause__, "reasons", ())]


def _is_tls(error: BaseException) -> bool:
    return any(isinstance(cause, SSL.Error | VerificationError) for cause in _causes(error))


def _cause(error: BaseException) -> str:
    said = "; ".join(str(cause) for cause in _causes(error)) or str(error)
    return " ".join(said.split())[:300] or type(error).__name__


_SENTENCES = {
    Access.TIMEOUT: "no whole answer in time",
    Access.DNS: "the host name cannot be resolved",
    Access.PARTIAL: "the connection ended before the whole body had come",
    Access.TOO_LARGE: "the body is larger than network.max_bytes allows",
    Access.TLS: "the certificate or the encrypted connection is not valid",
    Access.CONNECTION: "the connection failed",
    Access.BLOCKED_BY_POLICY: "this kind of address is not fetched",
}
