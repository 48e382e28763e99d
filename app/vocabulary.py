"""What routes may ask for: the words of this home, so that a route that could match nothing is refused."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from monitor.access import primary
from monitor.asks import Ask
from monitor.errors import ConfigError
from monitor.mutes import Mute
from monitor.settings import Route
from monitor.tables import read_toml, suggestion
from monitor.watchlist import Watchlist

#: List of a route → what it may hold, and what is said of a word that is not among it.
Known = Mapping[str, tuple[Callable[[], Collection[str]], str]]


def known(watchlist: Watchlist, asks: Sequence[Ask], configs: Sequence[Path]) -> Known:
    """What the routes of a home may ask for. Words are read only where a route names one."""
    languages = {primary(page.language) for page in watchlist.pages}
    watched = "is not on the watchlist, so nothing would be sent"
    return {
        "organizations": (lambda: {one.id for one in watchlist.organizations}, watched),
        "kinds": (lambda: {one.kind for one in watchlist.organizations}, watched),
        "languages": (lambda: languages, "is the language of no watched page, so nothing would be sent"),
        "asks": (lambda: {one.id for one in asks}, "is no ask of asks.toml"),
        "technologies": (
            partial(_ids, "technologies", languages, configs),
            "is no technology of the lexicons",
        ),
        "parties": (partial(_ids, "parties", languages, configs), "is no party of the lexicons"),
    }


def refuse_unknown(routes: Iterable[Route], words: Known, file: str) -> None:
    """A route that asks for what there is not would send nothing. Raises ConfigError."""
    for place, route in enumerate(routes):
        for name, (choices, problem) in words.items():
            for number, word in enumerate(getattr(route, name)):
                if word not in choices():
                    key = f"routes[{place}].{name}[{number}]"
                    said = f'"{word}", which the route "{route.name}" asks for, {problem}'
                    raise ConfigError(file, key, f"{said}; {suggestion(word, choices())}")


def refuse_unwatched(mutes: Iterable[Mute], watchlist: Watchlist, file: str) -> None:
    """A mute of what is not watched would hide nothing. Raises ConfigError."""
    watched = {
        "organization": [one.id for one in watchlist.organizations],
        "page": [one.id for one in watchlist.pages],
    }
    for place, mute in enumerate(mutes):
        for name, ids in watched.items():
            if (id := getattr(mute, name)) and id not in ids:
                problem = f'is "{id}", which is not on the watchlist, so nothing would be muted'
                raise ConfigError(file, f"mutes[{place}].{name}", f"{problem}; {suggestion(id, ids)}")


def _ids(table: str, languages: Collection[str], configs: Sequence[Path]) -> set[str]:
    """The ids of a table of the lexicons of these languages; the last folder that has a language counts."""
    files = {file.stem: file for config in configs for file in (config / "lexicon").glob("*.toml")}
    read = (read_toml(file) for language, file in files.items() if language in languages)
    return {str(entry.get("id", "")) for lexicon in read for entry in lexicon.get(table, [])}
