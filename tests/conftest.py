"""What several tests of the ways out need: a certificate, and names that resolve as the test says."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.certificates import Certificate, made_certificate


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate of 127.0.0.1 that nobody vouches for."""
    return made_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    return certificate


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What these names resolve to: one answer after the other, the last one for ever."""
    known: dict[str, list[list[str]]] = {}
    really = socket.getaddrinfo

    def answer(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host not in known:
            return really(host, port, *rest, **more)
        answers = known[host]
        ips = answers.pop(0) if len(answers) > 1 else answers[0]
        return [found for ip in ips for found in really(ip, port, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


@pytest.fixture(params=["slack", "teams", "mattermost", "matrix", "telegram", "signal"])
def name(request: pytest.FixtureRequest) -> str:
    """Each service in turn."""
    return str(request.param)


@pytest.fixture
def tell(trusted: Certificate, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """tell(name, room, message): sends it to this room by the service of this name."""
    from alerts.channels import apprise  # here: most tests load none of this
    from monitor.settings import Channel
    from tests.rooms import SERVICES, lead_here, room_server
    from tests.sample_alerts import NOW
    from tests.told import message

    def send(name: str, room: Any, told: Any = None) -> str:
        service = SERVICES[name]
        with room_server(room, trusted.server if service.is_tls else None) as port:
            lead_here(port, monkeypatch)
            channel = Channel("apprise", url_env="CHAT")
            ours = told or message(allow_hosts=("127.0.0.1",))
            return apprise.send(ours, channel, {"CHAT": service.url.format(port=port)}, NOW)

    return send
