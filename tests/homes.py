"""A home of its own for each test, and the program as it is called at the command line."""

from pathlib import Path

import pytest

from app.cli import app, outcome_of
from monitor.watchlist import load_watchlist

ROOT = Path(__file__).resolve().parent.parent
Screen = pytest.CaptureFixture[str]


def program(*arguments: object) -> int:
    """Run the program in this process; its exit code."""
    return outcome_of(lambda: app([str(argument) for argument in arguments], standalone_mode=False))


def at_home(home: Path, *arguments: object) -> int:
    """The same for one home."""
    return program("--home", home, *arguments)


@pytest.fixture
def home(tmp_path: Path, capsys: Screen) -> Path:
    """A new home with an empty watchlist."""
    folder = tmp_path / "home"
    assert program("init", folder, "--contact", "watch@example.org") == 0
    capsys.readouterr()
    return folder


def declared(home: Path, organization: str) -> Path:
    return home / "config" / "watchlist" / f"{organization}.toml"


def watched(home: Path) -> dict[str, str]:
    return {page.id: page.url for page in load_watchlist(home / "config").pages}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
