"""The house itself: what is imported lies here, the floors hold, types and style are clean."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.watchlist import load_watchlist

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    "spiders", "monitor", "alerts", "config", "tests", "app", "scrapy.cfg", "pyproject.toml", "README.md",
    "Makefile", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "requirements.lock", ".ci", ".gitignore",
}  # fmt: skip


@pytest.mark.parametrize("name", ["app", "alerts", "monitor", "spiders"])
def test_the_imported_package_lies_in_this_checkout(name: str) -> None:
    module = __import__(name)
    assert Path(module.__file__ or "").resolve().parent == ROOT / name


def test_the_top_level_stays_small() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so what belongs to the project cannot be listed")
    assert {line.split("/")[0] for line in listed.stdout.splitlines()} <= TOP_LEVEL


def test_config_holds_data_only() -> None:
    assert [path for path in (ROOT / "config").rglob("*") if path.suffix in (".py", ".sh", ".js")] == []


def test_no_file_names_a_registry_host() -> None:
    hosts = ("pypi.org", "pythonhosted.org", "--index-url")
    named = [
        path
        for path in (ROOT / "requirements.lock", ROOT / "pyproject.toml")
        if any(h in path.read_text() for h in hosts)
    ]
    assert named == []


def test_help_imports_none_of_the_heavy_libraries() -> None:
    heavy = ("scrapy", "sqlalchemy", "selectolax", "lingua", "apscheduler", "jinja2", "alembic")
    code = "import sys, app.cli; print([name for name in sys.argv[1:] if name in sys.modules])"
    seen = subprocess.run(
        [sys.executable, "-c", code, *heavy], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "[]"


def test_the_code_names_no_product_that_is_watched() -> None:
    watched = load_watchlist(ROOT / "config").organizations
    names = {name.lower() for organization in watched for name in organization.products if len(name) > 5}
    code = [
        path for package in ("app", "alerts", "monitor", "spiders") for path in (ROOT / package).rglob("*.py")
    ]
    named = [(path.name, name) for path in code for name in names if name in path.read_text("utf-8").lower()]
    assert names
    assert named == []
