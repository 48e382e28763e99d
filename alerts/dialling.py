"""Connections to places that somebody wrote into the settings: judged as those of the spiders are."""

import socket
from collections.abc import Collection
from contextlib import suppress

from monitor.addresses import refused_addresses
from monitor.errors import DeliveryError


def dialled(host: str, port: int, allow_hosts: Collection[str], place: str, seconds: float) -> socket.socket:
    """A connection to the first address that answers, each of them within so many seconds.

    Looked up once, and connected to the very addresses that were judged. DeliveryError where one of them is
    not public and the host is not in allow_hosts; OSError where none answers. place: what the sentence says
    for the host, which may be a secret.
    """
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    for refused in refused_addresses(host, addresses, allow_hosts):
        why = f"its address {refused} is not public; if it is yours, put its host in network.allow_hosts"
        raise DeliveryError(f"nothing is sent to {place}: {why}", unreachable=True)
    for one in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((one, port), seconds)
    return socket.create_connection((addresses[-1], port), seconds)
