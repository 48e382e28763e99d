"""The tables, and the column types that keep their promises: aware UTC times, packed values, clean text.

fetches and links are append-only (triggers in the migrations refuse UPDATE and DELETE); all the rest is
derived from fetches, or says what was sent. pages is only the schedule: fetches may name a page that is no
longer watched. Every row of the tables in chain.CHAINED has a link over what it holds.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Executable,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
    text,
)

from monitor.model import (
    Access,
    AccountRole,
    Alert,
    Direction,
    Failure,
    Finding,
    Notice,
    Redirect,
    Robots,
    Sighting,
    Standing,
    Verdict,
)
from monitor.store.codec import pack, unpack


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC and given back as UTC; a naive one is refused with ValueError."""

    impl = DateTime
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Packed(TypeDecorator[Any]):
    """A value of this type as JSON (codec.py); None is NULL."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return pack(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else unpack(self.kind, value)


class Choice(TypeDecorator[StrEnum]):
    """One of an enum's values, as text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class OutsideText(TypeDecorator[str]):
    """Text that others wrote: what no database takes (NUL, half a surrogate pair) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return "".join("\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

pages = Table(
    "pages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("next_due_at", UtcTime(), nullable=False),
)

_IS_MEMENTO = text("archive_url <> ''")  # few of many: what was imported from archives
fetches = Table(
    "fetches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("page_id", Text, nullable=False),
    Column("requested_url", OutsideText, nullable=False),
    Column("started_at", UtcTime(), nullable=False),
    Column("ended_at", UtcTime(), nullable=False),
    Column("final_url", OutsideText, nullable=False),
    Column("redirects", Packed(tuple[Redirect, ...]), nullable=False),
    Column("status", Integer),
    Column("headers", Packed(tuple[tuple[str, str], ...]), nullable=False),
    Column("body_sha256", Text, nullable=False),
    Column("body_bytes", Integer, nullable=False),
    Column("robots", Packed(Robots), nullable=False),
    Column("certificate_sha256", Text, nullable=False),
    Column("ip_address", Text, nullable=False),
    Column("user_agent", OutsideText, nullable=False),
    Column("program_version", Text, nullable=False),
    Column("config_sha256", Text, nullable=False),
    Column("failure", Packed(Failure)),
    Column("archive_url", OutsideText, nullable=False),
    Column("screenshot_sha256", Text, nullable=False, server_default=""),
    Index(None, "page_id", "started_at"),
    Index(None, "page_id", "id"),
    Index(None, "archive_url", sqlite_where=_IS_MEMENTO, postgresql_where=_IS_MEMENTO),
)

readings = Table(
    "readings",
    metadata,
    Column("fetch_id", ForeignKey("fetches.id"), primary_key=True),
    Column("page_id", Text, nullable=False),
    Column("at", UtcTime(), nullable=False),
    Column("access", Choice(Access), nullable=False),
    Column("evidence", Packed(tuple[str, ...]), nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("words", Integer, nullable=False),
    Index(None, "page_id", "at", "fetch_id", "access"),
)

baselines = Table(
    "baselines",
    metadata,
    Column("page_id", Text, primary_key=True),
    Column("fetch_id", ForeignKey("fetches.id"), nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("last_seen_at", UtcTime(), nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("page_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("finding", Packed(Finding), nullable=False),
    Column("before_fetch_id", ForeignKey("fetches.id"), nullable=False),
    Column("after_fetch_id", ForeignKey("fetches.id"), nullable=False),
    Column("first_seen_at", UtcTime(), nullable=False),
    Column("last_seen_at", UtcTime(), nullable=False),
    Column("readings", Integer, nullable=False),
    Column("state", Choice(Sighting), nullable=False),
    Column("confirmed_at", UtcTime()),
    Column("flips", Integer, nullable=False),
    UniqueConstraint("page_id", "key"),
    Index(None, "state", "confirmed_at"),
    Index(None, "state", "flips"),
)

#: In the JSON of an alert, by dialect: it takes an earlier one back; its words after were not confirmed.
TAKES_BACK, IS_EARLY = (
    {
        "sqlite": text(f"instr(alert, '{letters}') > 0"),
        "postgresql": text(f"strpos(CAST(alert AS TEXT), '{letters}') > 0"),
    }
    for letters in ('"relation":"reversed"', r'"confirmed_at"\:null},"not_checked":')
)
alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("raised_at", UtcTime(), nullable=False, index=True),
    Column("alert", Packed(Alert), nullable=False),
    Column("page_id", Text, index=True),  # NULL in rows of before schema 0004
    Column("direction", Choice(Direction)),  # NULL in rows of before schema 0005
    Index(None, "raised_at", "page_id", "direction"),
    *(
        Index(name, "raised_at", sqlite_where=few["sqlite"], postgresql_where=few["postgresql"])
        for name, few in (("ix_alerts_taking_back", TAKES_BACK), ("ix_alerts_early", IS_EARLY))
    ),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("raised_at", UtcTime(), nullable=False),
    Column("notice", Packed(Notice), nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("alert_id", ForeignKey("alerts.id"), primary_key=True),
    Column("held_at", UtcTime(), nullable=False),
    Column("why", Text, nullable=False),
    Column("released_at", UtcTime()),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("alert_id", ForeignKey("alerts.id"), index=True),  # of what it tells: an alert …
    Column("notice_id", ForeignKey("notices.id"), index=True),  # … or a notice
    Column("digest_id", ForeignKey("notices.id"), index=True),  # the digest that took its place …
    Column("carried_by", ForeignKey("deliveries.id"), index=True),  # … or the same change on a sister page
    Column("route", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcTime()),
    Column("last_error", OutsideText, nullable=False),
    Column("sent_at", UtcTime()),
    Index(None, "state", "next_attempt_at"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", ForeignKey("alerts.id"), nullable=False, index=True),
    Column("at", UtcTime(), nullable=False),
    Column("author", OutsideText, nullable=False),
    Column("verdict", Choice(Verdict), nullable=False),
    Column("note", OutsideText, nullable=False),
)

standing = Table(
    "standing",
    metadata,
    Column("page_id", Text, primary_key=True),
    Column("text_sha256", Text, nullable=False),  # of the text that they stand in …
    Column("words", Text, nullable=False),  # … and with which words and code they were found in it
    Column("statements", Packed(tuple[Standing, ...]), nullable=False),
    Column("next_day", Text, index=True),  # the next day on which one of them has to be told of; NULL: none
)

statements = Table(
    "statements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("page_id", Text, nullable=False),
    Column("organization_id", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("key", Text, nullable=False),  # of the words and the line that governs them
    Column("quote", OutsideText, nullable=False),
    Column("folded", Text, nullable=False),  # the words of the quote as they are searched (terms.py)
    Column("context", Packed(tuple[str, ...]), nullable=False),
    Column("stance", Text, nullable=False),
    Column("bearer", Text, nullable=False),
    Column("actions", Packed(tuple[str, ...]), nullable=False),
    Column("technologies", Packed(tuple[str, ...]), nullable=False),
    Column("parties", Packed(tuple[str, ...]), nullable=False),
    Column("protects", Boolean, nullable=False),
    Column("ends", Text, nullable=False),  # the day on which it ends by its own words, or ""
    Column("place", Integer, nullable=False),  # among the statements of the text
    Column("first_fetch_id", ForeignKey("fetches.id"), nullable=False),
    Column("first_seen_at", UtcTime(), nullable=False),
    Column("last_fetch_id", ForeignKey("fetches.id"), nullable=False),
    Column("last_seen_at", UtcTime(), nullable=False),
    Column("believed", Boolean, nullable=False),  # whether a text that we believed ever held it …
    Column("standing", Boolean, nullable=False),  # … and whether the one that we believe now does
    Column(
        "lasts", Integer, nullable=False, server_default="0"
    ),  # the days for which it holds; 0: it names none
    UniqueConstraint("page_id", "key", "first_fetch_id"),
    Index(None, "organization_id", "standing"),
    Index(None, "key"),
    Index(None, "last_seen_at"),
)

indexed = Table(
    "indexed",
    metadata,
    Column("page_id", Text, primary_key=True),
    Column("at", UtcTime(), nullable=False),  # when it was looked at
    Column("fetch_id", Integer, nullable=False),  # the newest that was looked at for statements
    Column("text_sha256", Text, nullable=False),  # of what was believed then
    Column("beliefs_sha256", Text, nullable=False),  # of all that bears on what is believed and stands
    Column("words", Text, nullable=False),  # with which words and code they were found
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Choice(AccountRole), nullable=False),
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("created_at", UtcTime(), nullable=False),
    Column("closed_at", UtcTime()),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Choice(AccountRole), nullable=False),
    Column("created_at", UtcTime(), nullable=False),
    Column("expires_at", UtcTime(), nullable=False),
    Column("used_at", UtcTime()),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("created_at", UtcTime(), nullable=False),
    Column("seen_at", UtcTime(), nullable=False),
    Column("ended_at", UtcTime()),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("role", Choice(AccountRole), nullable=False),  # what may be done with it, at most
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("created_at", UtcTime(), nullable=False),
    Column("revoked_at", UtcTime()),
)

audits = Table(
    "audits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime(), nullable=False),
    Column("who", OutsideText, nullable=False),
    Column("what", Text, nullable=False),  # "judged", "signed in", "added a page" …
    Column("about", OutsideText, nullable=False),  # an alert, a page, an account
    Column("detail", OutsideText, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("origin", OutsideText, primary_key=True),
    Column("robots", Packed(Robots), nullable=False),
    Column("not_before", UtcTime()),
    Column("why", OutsideText, nullable=False),
)

checks = Table(
    "checks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", UtcTime(), nullable=False),
    Column("ended_at", UtcTime()),
    Column("counts", Packed(Mapping[str, int]), nullable=False),
    Column("remark", OutsideText, nullable=False, server_default=""),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("since", UtcTime(), nullable=False),
    Column("until", UtcTime(), nullable=False),
)

clocks = Table(
    "clocks",
    metadata,
    Column("boot_id", Text, primary_key=True),
    Column("at", UtcTime(), nullable=False),
    Column("uptime", Float, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 … without a gap
    Column("kind", Text, nullable=False),  # the table …
    Column("key", Text, nullable=False),  # … and primary key of the row
    Column("content_sha256", Text, nullable=False),  # of what it held; "" once it was taken out
    Column("sha256", Text, nullable=False),
    Index(None, "kind", "key", "id"),
)


@cache
def is_of(page_id: ColumnElement[str], organization_id: str) -> ColumnElement[bool]:
    """Whether it is the id of a page of this organization: LIKE would take its letters in either case."""
    prefix = f"{organization_id}/"
    return func.substr(page_id, 1, len(prefix)) == prefix


def upsert(dialect: str, table: Table, *key: str) -> Executable:
    """INSERT that overwrites the row with the same key, in the words of this dialect."""
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    kept = {*key, "id"}
    fresh = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in kept}
    statement: Executable = insert.on_conflict_do_update(index_elements=key, set_=fresh)
    return statement
