"""Every word of the desk, a folder a language and a file a view: texts()("today.title") is in en/today.toml.

{names} are put in; a text with `one` and `other` is chosen by {count}. English is the only one so far.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

Say = Callable[..., str]


@cache
def texts(language: str = "en") -> Say:
    """Key → its words, with what is given put in: `say("pages.read", count=3)`. KeyError for no such key."""
    folder = Path(__file__).parent / language
    entries = {
        file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.toml"))
    }

    def say(key: str, **given: object) -> str:
        entry: Any = entries
        for part in key.split("."):
            entry = entry[part]
        if isinstance(entry, Mapping):
            entry = entry["one" if given.get("count") == 1 else "other"]
        return str(entry).format(**given)

    return say
