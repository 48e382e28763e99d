"""The form of each answer, as JSON Schema, for the OpenAPI document.

Alerts and findings have theirs in config/schema/alert.schema.json, which is put in whole.
"""

import json
from functools import cache
from typing import Any

from app.home import SHIPPED_CONFIG
from monitor.asks import Lens, State
from monitor.model import Access, DateKind, Role, Sighting, Stance, Verdict

Schema = dict[str, Any]
_FILE = SHIPPED_CONFIG / "schema" / "alert.schema.json"
_COMPONENTS = "#/components/schemas/"
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
YES_NO: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time", "pattern": "Z$"}
DAY: Schema = {"type": "string", "format": "date"}
ALERT: Schema = {"$ref": f"{_COMPONENTS}alert"}
FINDING: Schema = {"$ref": f"{_COMPONENTS}alert_finding"}


def maybe(one: Schema) -> Schema:
    """This, or null."""
    return {"anyOf": [one, {"type": "null"}]}


def many(one: Schema) -> Schema:
    """An array of these."""
    return {"type": "array", "items": one}


def table(**keys: Schema) -> Schema:
    """An object with all of these keys; more may come."""
    return {"type": "object", "required": list(keys), "properties": keys}


def _document(name: str, **keys: Schema) -> Schema:
    return table(schema={"const": f"pledgewatch.api.{name}/1"}, **keys)


def _list(name: str, one: Schema, onward: Schema, **keys: Schema) -> Schema:
    return _document(name, **keys, **{name: many(one)}, next=maybe(onward))


def _with(more: Schema, one: Schema) -> Schema:
    return {"allOf": [one, more]}


READING = table(
    fetch=WHOLE, at=TIME, access={"enum": list(Access)}, evidence=many(TEXT), text_sha256=TEXT, words=WHOLE
)
FETCH = table(
    id=WHOLE,
    page=TEXT,
    requested_url=TEXT,
    final_url=TEXT,
    redirects=many(table(url=TEXT, status=WHOLE)),
    started_at=TIME,
    ended_at=TIME,
    status=maybe(WHOLE),
    headers=many({"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2}),
    body_sha256=TEXT,
    body_bytes=WHOLE,
    screenshot_sha256=TEXT,
    robots=table(decision=TEXT, url=TEXT, sha256=TEXT, fetched_at=maybe(TIME)),
    failure=maybe(table(kind={"enum": list(Access)}, message=TEXT)),
    archive_url=TEXT,
    ip_address=TEXT,
    certificate_sha256=TEXT,
    user_agent=TEXT,
    program_version=TEXT,
    config_sha256=TEXT,
    reading=maybe(READING),
)
_ORGANIZATION = table(
    id=TEXT,
    name=TEXT,
    kind=TEXT,
    country=TEXT,
    parent=TEXT,
    ticker=TEXT,
    exchange=TEXT,
    isin=TEXT,
    lei=TEXT,
    page_count=WHOLE,
)
_PAGE = table(
    id=TEXT,
    url=TEXT,
    role={"enum": list(Role)},
    language=TEXT,
    fetch={"enum": ["plain", "rendered"]},
    paused=YES_NO,
)
_LOOKED_AT = table(last_reading=maybe(READING), unread_since=maybe(TIME))
REVIEW = table(at=TIME, author=TEXT, verdict={"enum": list(Verdict)}, note=TEXT)
_TOLD = _with(
    {
        "type": "object",
        "required": ["held", "muted"],
        "properties": {"held": TEXT, "muted": TEXT, "reviews": many(REVIEW)},
    },
    ALERT,
)
STATEMENT = table(
    organization=TEXT,
    page=TEXT,
    key=TEXT,
    quote=TEXT,
    context=many(TEXT),
    language=TEXT,
    stance={"enum": list(Stance)},
    protects=YES_NO,
    bearer=TEXT,
    actions=many(TEXT),
    technologies=many(TEXT),
    parties=many(TEXT),
    ends=maybe(DAY),
    first_seen_at=TIME,
    last_seen_at=TIME,
    believed=YES_NO,
    standing=YES_NO,
    first_snapshot=WHOLE,
    last_snapshot=WHOLE,
)

STATUS = table(
    schema={"const": "pledgewatch.status/1"},
    at=TIME,
    pages=table(watched=WHOLE, due=WHOLE),
    last_check=maybe(table(started_at=TIME, ended_at=maybe(TIME), counts={"type": "object"}, remark=TEXT)),
    next_due=maybe(table(page=TEXT, at=TIME)),
    daemon=maybe(table(process=WHOLE, since=TIME)),
    canary=TEXT,
    patience=many(table(host=TEXT, not_before=TIME, why=TEXT)),
    not_readable=many(table(page=TEXT, at=TIME, access=TEXT, evidence=many(TEXT), since=TIME)),
    remarks=many(table(page=TEXT, at=TIME, access=TEXT, evidence=many(TEXT))),
    pending=many(
        table(page=TEXT, first_seen_at=TIME, next_look_at=maybe(TIME), looks_at=many(TIME), finding=FINDING)
    ),
    alternating=many(table(page=TEXT, flips=WHOLE, last_seen_at=TIME, finding=FINDING)),
    held=many(table(alert=TEXT, held_at=TIME, why=TEXT)),
    waiting=many(table(alert=TEXT, notice=TEXT, route=TEXT, recipient=TEXT, state=TEXT)),
    parked=many(table(alert=TEXT, notice=TEXT, route=TEXT, recipient=TEXT, state=TEXT)),
)
ORGANIZATIONS = _document("organizations", organizations=many(_ORGANIZATION))
ORGANIZATION = _with(
    _document(
        "organization",
        why=many(TEXT),
        aliases=many(TEXT),
        products=many(TEXT),
        dates=many(table(on=DAY, kind={"enum": list(DateKind)}, what=TEXT, source=TEXT)),
        pages=many(_with(_LOOKED_AT, _PAGE)),
    ),
    _ORGANIZATION,
)
PAGE = {
    "allOf": [
        _document(
            "page",
            organization=TEXT,
            every_hours=NUMBER,
            select=many(TEXT),
            remove=many(TEXT),
            note=TEXT,
            next_due_at=maybe(TIME),
            believed=maybe(table(fetch=WHOLE, text_sha256=TEXT, last_seen_at=TIME)),
        ),
        _PAGE,
        _LOOKED_AT,
    ]
}
ROOT = _document("root", links={"type": "object", "additionalProperties": TEXT})
_SUPPORT = table(
    quote=TEXT,
    context=many(TEXT),
    page=TEXT,
    snapshot=WHOLE,
    commitment=TEXT,
    first_seen_at=TIME,
    last_seen_at=TIME,
    why=TEXT,
)
SCORES = _document(
    "scores",
    organization=TEXT,
    as_of=maybe(TIME),
    scores=many(
        table(
            ask=TEXT,
            lens={"enum": list(Lens)},
            text=TEXT,
            source=TEXT,
            certainty=TEXT,
            parts=many(
                table(
                    name=TEXT,
                    state={"enum": list(State)},
                    why=TEXT,
                    overruled=maybe(table(reason=TEXT, who=TEXT, on=DAY)),
                    found=maybe({"enum": list(State)}),
                    supports=many(_SUPPORT),
                )
            ),
        )
    ),
)
ALERTS = _list("alerts", _TOLD, TEXT)
ONE_ALERT = _TOLD
FINDINGS = _list(
    "findings",
    table(
        id=WHOLE,
        page=TEXT,
        key=TEXT,
        state={"enum": list(Sighting)},
        first_seen_at=TIME,
        last_seen_at=TIME,
        confirmed_at=maybe(TIME),
        readings=WHOLE,
        flips=WHOLE,
        before_fetch=WHOLE,
        after_fetch=WHOLE,
        finding=FINDING,
    ),
    WHOLE,
)
FETCHES = _list("fetches", FETCH, WHOLE)
ONE_FETCH = _with(_document("fetch"), FETCH)
STATEMENTS = _list("statements", STATEMENT, WHOLE, total=WHOLE)
REVIEWS = _list("reviews", _with(table(id=WHOLE, alert=TEXT, counts=YES_NO), REVIEW), WHOLE)
COVERAGE = _document(
    "coverage",
    **{"from": DAY},
    to=DAY,
    totals=table(pages=WHOLE, read=WHOLE, read_each_day=WHOLE, not_read=WHOLE, readings=WHOLE, failed=WHOLE),
    pages=many(
        table(
            page=TEXT,
            watched=YES_NO,
            watched_since=maybe(TIME),
            days=WHOLE,
            days_read=WHOLE,
            readings=WHOLE,
            first_reading_at=maybe(TIME),
            last_reading_at=maybe(TIME),
            longest_gap_hours=NUMBER,
            failed={"type": "object", "additionalProperties": WHOLE},
        )
    ),
    next=maybe(TEXT),
)
ERROR = table(error={"type": "string", "minLength": 1, "description": "One sentence."})


@cache
def alert_components() -> Schema:
    """config/schema/alert.schema.json as components of an OpenAPI document: alert, alert_finding …"""
    whole = json.loads(_FILE.read_text(encoding="utf-8"))
    parts = whole.pop("$defs")
    for key in ("$schema", "$id"):
        whole.pop(key)
    named = {"alert": whole, **{f"alert_{name}": part for name, part in parts.items()}}
    moved: Schema = _moved(named)
    return moved


def _moved(value: Any) -> Any:
    """The same with references to where the parts are now."""
    if isinstance(value, dict):
        return {key: _reference(one) if key == "$ref" else _moved(one) for key, one in value.items()}
    return [_moved(one) for one in value] if isinstance(value, list) else value


def _reference(to: str) -> str:
    return to.replace("#/$defs/", f"{_COMPONENTS}alert_")
