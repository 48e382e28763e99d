"""Where the material that is not ours lies: real captures and labelled pairs, for tests and benchmarks."""

import json
from os import environ
from pathlib import Path
from typing import Any

SHARED = Path(environ.get("PLEDGEWATCH_SHARED") or Path(__file__).resolve().parent.parent.parent / "shared")
WHY_NOT = f"{SHARED} is not here: set PLEDGEWATCH_SHARED to the folder with the labelled pairs and captures"


def rows(name: str) -> list[dict[str, Any]]:
    """The JSON lines of one file below SHARED."""
    with (SHARED / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def document_text(row: dict[str, Any], side: str) -> str:
    """The whole document of one side of a mined pair."""
    return (SHARED / "cases" / row[f"document_{side}"]).read_text(encoding="utf-8")
