"""What a program may ask for, parameter by parameter: checked before anything is looked up."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from monitor.model import Direction, Sighting, Stance

AT_MOST, USUALLY = 200, 50  #: entries in one answer
_LAST_ID = 2**31 - 1
_SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"


def _moment(said: Any) -> datetime:
    """RFC 3339 with a zone, as aware UTC."""
    try:
        at = datetime.fromisoformat(str(said))
        if at.tzinfo is not None and len(str(said)) > len("2027-03-01"):
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("write a time like 2027-03-01T06:00:00Z")


def _day(said: Any) -> date:
    try:
        return datetime.strptime(str(said), "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise ValueError("write a day like 2027-03-01") from None


Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Organization = Annotated[str, Field(pattern=_SLUG, max_length=100, description="The id of an organization.")]
Slug = Annotated[str, Field(pattern=_SLUG, max_length=100)]
Number = Annotated[int, Field(ge=1, le=_LAST_ID)]
AlertId = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="64 hexadecimal digits.")]
_Word = Annotated[str, Field(max_length=100)]
_After = Annotated[Number, Field(description="`next` of the answer before.")]


class Asked(BaseModel):
    """Nothing but these names: a filter that is misspelled would let everything through."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listed(Asked):
    """How much of a list."""

    limit: Annotated[int, Field(ge=1, le=AT_MOST)] = USUALLY


class AlertsAsked(Listed):
    """Which alerts."""

    organization: Organization | None = None
    direction: Direction | None = None
    since: Annotated[Moment | None, Field(description="Raised then or later.")] = None
    until: Annotated[Moment | None, Field(description="Raised then or earlier.")] = None
    after: Annotated[AlertId | None, Field(description="`next` of the answer before.")] = None


class FindingsAsked(Listed):
    """Which findings."""

    state: Sighting | None = None
    organization: Organization | None = None
    since: Annotated[Moment | None, Field(description="First seen then or later.")] = None
    after: _After | None = None


class FetchesAsked(Listed):
    """Which fetches."""

    page: Annotated[str | None, Field(max_length=300, description="organization/page")] = None
    since: Annotated[Moment | None, Field(description="Begun then or later.")] = None
    after: _After | None = None


class ReviewsAsked(Listed):
    """Which verdicts."""

    after: _After | None = None


class StatementsAsked(Listed):
    """Which statements: all of it must fit."""

    words: Annotated[str, Field(max_length=1_000, description="What it says, as in the search.")] = ""
    organization: Organization | None = None
    technology: _Word = ""
    party: _Word = ""
    stance: Stance | None = None
    language: _Word = ""
    seen_from: Annotated[Day | None, Field(alias="from", description="Seen on this day (UTC) or later.")] = (
        None
    )
    seen_to: Annotated[Day | None, Field(alias="to", description="Seen on this day or earlier.")] = None
    standing: Annotated[Literal["", "yes", "no"], Field(description="Whether it stands now.")] = ""
    after: _After | None = None


class CoverageAsked(Listed):
    """Which pages of which time; without days the last thirty."""

    first: Annotated[Day | None, Field(alias="from", description="The first day (UTC).")] = None
    last: Annotated[Day | None, Field(alias="to", description="The last day.")] = None
    organization: Organization | None = None
    after: Annotated[str | None, Field(max_length=300, description="`next` of the answer before.")] = None
