"""[desk] in config/settings.toml: what is followed, and what is refused with one sentence."""

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.settings import Desk, load_settings
from tests.homes import ROOT


def load(folder: Path, lines: str) -> Desk:
    (folder / "settings.toml").write_text(f"[desk]\n{lines}\n", encoding="utf-8")
    return load_settings(folder).desk


def test_what_we_ship_is_what_holds_without_it(tmp_path: Path) -> None:
    assert load_settings(ROOT / "config").desk == load(tmp_path, "") == Desk()
    assert Desk().trusted_proxies == ()


def test_all_of_it(tmp_path: Path) -> None:
    lines = """
    url = "https://watch.example.org"
    hosts = ["desk.lan", "192.0.2.7", "[2001:db8::7]"]
    trusted_proxies = ["127.0.0.1", "10.1.2.0/24", "2001:db8::/32"]
    user_header = "Remote-Name"
    """
    assert load(tmp_path, lines) == Desk(
        "https://watch.example.org",
        ("desk.lan", "192.0.2.7", "[2001:db8::7]"),
        ("127.0.0.1", "10.1.2.0/24", "2001:db8::/32"),
        "Remote-Name",
    )


@pytest.mark.parametrize(
    ("lines", "key", "said"),
    [
        ('hosts = ["https://desk.lan"]', "desk.hosts[0]", "write a host alone"),
        ('hosts = ["desk.lan:8321"]', "desk.hosts[0]", "write a host alone"),
        ('hosts = ["a.example", "*"]', "desk.hosts[1]", "write a host alone"),
        ('hosts = [""]', "desk.hosts[0]", "write a host alone"),
        ('hosts = "desk.lan"', "desk.hosts", ""),
        ('trusted_proxies = ["*"]', "desk.trusted_proxies[0]", "write an address such as"),
        ('trusted_proxies = ["proxy.lan"]', "desk.trusted_proxies[0]", "write an address such as"),
        ('trusted_proxies = ["10.1.2.3/24"]', "desk.trusted_proxies[0]", "write an address such as"),
        ('trusted_proxies = ["0.0.0.0/0"]', "desk.trusted_proxies[0]", "that is everybody"),
        ('trusted_proxies = ["::/0"]', "desk.trusted_proxies[0]", "that is everybody"),
        ('user_header = ""', "desk.user_header", "only your proxy sets"),
        ('user_header = "X User"', "desk.user_header", "only your proxy sets"),
        ('user_header = "Cookie"', "desk.user_header", "only your proxy sets"),
        ('user_header = "host"', "desk.user_header", "only your proxy sets"),
    ],
)
def test_what_cannot_be_followed(tmp_path: Path, lines: str, key: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, lines)
    assert caught.value.key == key
    assert said in caught.value.problem
