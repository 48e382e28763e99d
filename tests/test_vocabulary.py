"""A route that asks for what there is not is refused before anything starts."""

from pathlib import Path

import pytest

from app.home import SHIPPED_CONFIG
from app.vocabulary import known, refuse_unknown
from monitor.asks import load_asks
from monitor.errors import ConfigError
from monitor.model import Organization, Page, Role
from monitor.settings import Route
from monitor.watchlist import Watchlist

PAGE = Page("heron/terms", "heron", "https://heron.example/terms", Role.TERMS, language="pt-BR")
WATCHED = Watchlist((Organization("heron", "Heron", "vendor", pages=(PAGE,)),))


def refused(route: Route, *configs: Path) -> str:
    words = known(WATCHED, load_asks(SHIPPED_CONFIG), (SHIPPED_CONFIG, *configs))
    try:
        refuse_unknown([route], words, "settings.toml")
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"organizations": ("herron",)}, 'organizations[0]: "herron", which the route "r" asks for, is not on the watchlist, so nothing would be sent; did you mean "heron"?'),
        ({"kinds": ("vendor", "vender")}, 'kinds[1]: "vender", which the route "r" asks for, is not on the watchlist, so nothing would be sent; did you mean "vendor"?'),
        ({"languages": ("de",)}, 'languages[0]: "de", which the route "r" asks for, is the language of no watched page, so nothing would be sent; known are: pt'),
        ({"asks": ("POL-99",)}, 'asks[0]: "POL-99", which the route "r" asks for, is no ask of asks.toml'),
        ({"technologies": ("face_recogntion",)}, 'technologies[0]: "face_recogntion", which the route "r" asks for, is no technology of the lexicons; did you mean "face_recognition"?'),
        ({"parties": ("polise",)}, 'parties[0]: "polise", which the route "r" asks for, is no party of the lexicons; did you mean "police"?'),
    ],
)  # fmt: skip
def test_what_no_alert_can_have_is_refused(asked: dict[str, tuple[str, ...]], said: str) -> None:
    assert said in refused(Route("r", "c", **asked))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"organizations": ("heron",), "kinds": ("vendor",), "languages": ("pt",)},
        {"technologies": ("face_recognition",), "parties": ("police", "immigration"), "asks": ("POL-1",)},
    ],
)
def test_what_there_is_is_taken(asked: dict[str, tuple[str, ...]]) -> None:
    assert refused(Route("r", "c", **asked)) == ""  # type: ignore[arg-type]


def test_a_home_s_own_words_count(tmp_path: Path) -> None:
    own = tmp_path / "lexicon" / "pt.toml"
    own.parent.mkdir()
    own.write_text('[[technologies]]\nid = "ear_recognition"\n', encoding="utf-8")
    assert refused(Route("r", "c", technologies=("ear_recognition",)), tmp_path) == ""
    assert "is no technology" in refused(Route("r", "c", technologies=("face_recognition",)), tmp_path)
