"""What the documents of the API share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.model import Reading
from monitor.wire import utc_text

Json = dict[str, Any]


def schema(name: str) -> str:
    """What a document says of itself."""
    return f"pledgewatch.api.{name}/1"


def listed(name: str, told: Sequence[Json], onward: str | int | None, **more: Any) -> Json:
    """A part of a list, and where the next one begins."""
    return {"schema": schema(name), **more, name: told, "next": onward}


def following(found: Sequence[Any], limit: int, name: str) -> Any:
    """Of one more than were asked for, where the next part begins; None where none follows."""
    return getattr(found[limit - 1], name) if len(found) > limit else None


def moment(at: datetime | None) -> str | None:
    """A time as it is written; None where there is none."""
    return utc_text(at) if at else None


def reading_json(one: Reading) -> Json:
    """What was made of a fetch."""
    return {
        "fetch": one.fetch_id,
        "at": utc_text(one.at),
        "access": one.access.value,
        "evidence": list(one.evidence),
        "text_sha256": one.text_sha256,
        "words": one.words,
    }
