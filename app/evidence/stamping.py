"""Time stamps of a head by an authority (RFC 3161): asked for, and checked. It sees a hash alone."""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from alerts.channels.webhook import asked
from app.evidence.contents import STAMP
from app.evidence.source import BrokenError
from monitor.errors import DeliveryError, InputError

_LARGEST = 100_000  #: bytes of an answer
_GRANTED = 0
_SHA256 = "2.16.840.1.101.3.4.2.1"
_HEADERS = {"Content-Type": "application/timestamp-query", "User-Agent": "pledgewatch"}


def stamped(head: bytes, url: str, allow_hosts: Collection[str]) -> bytes:
    """A time stamp over these bytes (head.txt), from the authority at this address.

    Raises DeliveryError with one sentence where it gives none.
    """
    parts = urlsplit(url)
    place = f"the time-stamping authority {parts.scheme}://{parts.hostname}"
    request = TimestampRequestBuilder().data(head).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        status, _, body = asked(url, request.as_bytes(), _HEADERS, allow_hosts, place, _LARGEST)
    except (OSError, HTTPException, ValueError) as error:
        raise DeliveryError(f"{place} does not answer: {type(error).__name__}") from error
    if status != 200:
        raise DeliveryError(f"{place} answered {status}")
    try:
        answer = decode_timestamp_response(body)
        is_ours = (
            answer.status == _GRANTED and _is_over(answer, head) and answer.tst_info.nonce == request.nonce
        )
    except ValueError:
        is_ours = False
    if not is_ours:
        raise DeliveryError(f"{place} refused, or answered with no time stamp of this head")
    return body


def check_stamp(stamp: bytes, head: bytes, authority: bytes) -> datetime:
    """When it says that head.txt existed (UTC). authority: certificates (PEM) to prove who signed, or b"".

    Raises BrokenError where it is none, or not of this head, or not signed by that authority.
    """
    try:
        answer = decode_timestamp_response(stamp)
        fits = answer.status == _GRANTED and _is_over(answer, head)
        at = answer.tst_info.gen_time
    except ValueError:
        raise BrokenError(STAMP, "it is no time stamp") from None
    if not fits:
        raise BrokenError(STAMP, "it is not a time stamp of this head.txt")
    if authority:
        _check_signer(answer, head, authority)
    return at


def read_authority(file: Path) -> bytes:
    """The certificates in this file (PEM). Raises InputError where there are none."""
    try:
        if file.exists() and not file.is_file():
            raise InputError(f"{file} is no regular file: name a file of certificates")
        body = file.read_bytes()
        if not x509.load_pem_x509_certificates(body):
            raise ValueError
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}): name a file of certificates") from None
    except ValueError:
        raise InputError(f"{file} holds no certificate in PEM: ask the authority for its own") from None
    return body


def _is_over(answer: TimeStampResponse, head: bytes) -> bool:
    imprint = answer.tst_info.message_imprint
    return imprint.hash_algorithm.dotted_string == _SHA256 and imprint.message == sha256(head).digest()


def _check_signer(answer: TimeStampResponse, head: bytes, authority: bytes) -> None:
    given, verifier = list(dict.fromkeys(x509.load_pem_x509_certificates(authority))), VerifierBuilder()
    for certificate in given:
        verifier = verifier.add_root_certificate(certificate)
    if not answer.signed_data.certificates:
        verifier = verifier.tsa_certificate(_signer(answer, given))
    try:
        verifier.build().verify_message(answer, head)
    except (VerificationError, ValueError):
        raise BrokenError(STAMP, "it is not signed by the authority whose certificate you gave") from None


def _signer(answer: TimeStampResponse, given: Iterable[x509.Certificate]) -> x509.Certificate:
    """Whose certificate a stamp without any names, among these. Raises BrokenError."""
    named = {(one.issuer, one.serial_number) for one in answer.signed_data.signer_infos}
    for one in given:
        if (one.issuer, one.serial_number) in named:
            return one
    what = "it holds no certificate of its signer: put that, too, into the file after --tsa-cert"
    raise BrokenError(STAMP, what)
