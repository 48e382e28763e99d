"""What holds for all tests; and what several of the ways out need: a certificate, names that resolve as they say."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from app.indexing import index_new
from tests.certificates import Certificate, made_certificate
from tests.desks import NOW, api_built_once, home_at
from tests.new_stores import made_by_heart
from tests.quick_stores import compiled_once, nobody_waits_for_the_disk

#: No example has a time to keep: the machine may be busy with other things.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

#: Files that take long (half a minute and more), the longest first: what is left for the end is short.
LONG = (
    "test_kills", "test_desk_browser", "test_quality_floors", "test_migrations", "test_spiders_rendered", "test_store",
    "test_hostile_text", "test_fetching", "test_cli_check", "test_reader", "test_readme", "test_demo", "test_backup",
    "test_desk_api_fuzz", "test_daemon", "test_scheduled_digests", "test_messages", "test_week", "test_politeness",
    "test_restart", "test_desk_access", "test_confirmation", "test_cli_import", "test_cli_validate",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Processes that share the files take them in this order (with --no-loadscope-reorder)."""
    rank = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def _stores_and_desks_are_quick() -> Iterator[None]:
    with made_by_heart(), compiled_once(), nobody_waits_for_the_disk(), api_built_once():
        yield


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


@pytest.fixture(scope="session")
def demo_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that the demo leaves, to look at only."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    code = f"from pathlib import Path; from app.demo import watch_editions; watch_editions(Path({str(folder)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # a reactor runs once
    return folder


@pytest.fixture(scope="session")
def indexed_world(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with its statements found, to look at only."""
    folder = Path(shutil.copytree(demo_world, tmp_path_factory.mktemp("indexed") / "home"))
    home = home_at(folder)
    with home.open_store() as store:
        index_new(home, store, NOW)
    return folder


@pytest.fixture
def own_demo_world(demo_world: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return Path(shutil.copytree(demo_world, tmp_path / "home"))
