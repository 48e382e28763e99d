"""The first tables, and the triggers that keep fetches append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ONLY_GROWS = "fetches are append-only"
_SQLITE_TRIGGERS = (
    f"""CREATE TRIGGER fetches_never_change BEFORE UPDATE ON fetches
        BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END""",
    f"""CREATE TRIGGER fetches_never_go BEFORE DELETE ON fetches
        BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above
    f"""CREATE TRIGGER fetches_never_replaced BEFORE INSERT ON fetches
        WHEN EXISTS (SELECT 1 FROM fetches WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END""",
)
_POSTGRESQL_TRIGGERS = (
    f"""CREATE FUNCTION fetches_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_ONLY_GROWS}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER fetches_never_change BEFORE UPDATE OR DELETE ON fetches
       FOR EACH ROW EXECUTE FUNCTION fetches_only_grow()""",
    """CREATE TRIGGER fetches_never_go BEFORE TRUNCATE ON fetches
       FOR EACH STATEMENT EXECUTE FUNCTION fetches_only_grow()""",
)


def upgrade() -> None:
    """From nothing."""
    _schedule_and_evidence()
    _derived()
    _told()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in _SQLITE_TRIGGERS if is_sqlite else _POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def _time(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False)


def _integer(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False)


def _json(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.JSON(), nullable=nullable)


def _schedule_and_evidence() -> None:
    op.create_table(
        "pages",
        _text("id"),
        _time("next_due_at"),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
    )
    op.create_table(
        "fetches",
        _integer("id"),
        _text("page_id"),
        _text("requested_url"),
        _time("started_at"),
        _time("ended_at"),
        _text("final_url"),
        _json("redirects"),
        sa.Column("status", sa.Integer()),
        _json("headers"),
        _text("body_sha256"),
        _integer("body_bytes"),
        _json("robots"),
        _text("certificate_sha256"),
        _text("ip_address"),
        _text("user_agent"),
        _text("program_version"),
        _text("config_sha256"),
        _json("failure", nullable=True),
        _text("archive_url"),
        sa.PrimaryKeyConstraint("id", name="pk_fetches"),
    )
    op.create_index("ix_fetches_page_id_started_at", "fetches", ["page_id", "started_at"])
    op.create_table(
        "checks",
        _integer("id"),
        _time("started_at"),
        _time("ended_at", nullable=True),
        _json("counts"),
        sa.PrimaryKeyConstraint("id", name="pk_checks"),
    )


def _derived() -> None:
    op.create_table(
        "readings",
        _integer("fetch_id"),
        _text("page_id"),
        _time("at"),
        _text("access"),
        _json("evidence"),
        _text("text_sha256"),
        _integer("words"),
        sa.ForeignKeyConstraint(["fetch_id"], ["fetches.id"], name="fk_readings_fetch_id_fetches"),
        sa.PrimaryKeyConstraint("fetch_id", name="pk_readings"),
    )
    op.create_index("ix_readings_page_id_at", "readings", ["page_id", "at"])
    op.create_table(
        "baselines",
        _text("page_id"),
        _integer("fetch_id"),
        _text("text_sha256"),
        _time("last_seen_at"),
        sa.ForeignKeyConstraint(["fetch_id"], ["fetches.id"], name="fk_baselines_fetch_id_fetches"),
        sa.PrimaryKeyConstraint("page_id", name="pk_baselines"),
    )
    op.create_table(
        "findings",
        _integer("id"),
        _text("page_id"),
        _text("key"),
        _json("finding"),
        _integer("before_fetch_id"),
        _integer("after_fetch_id"),
        _time("first_seen_at"),
        _time("last_seen_at"),
        _integer("readings"),
        _text("state"),
        _time("confirmed_at", nullable=True),
        _integer("flips"),
        sa.ForeignKeyConstraint(
            ["before_fetch_id"], ["fetches.id"], name="fk_findings_before_fetch_id_fetches"
        ),
        sa.ForeignKeyConstraint(
            ["after_fetch_id"], ["fetches.id"], name="fk_findings_after_fetch_id_fetches"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint("page_id", "key", name="uq_findings_page_id_key"),
    )


def _told() -> None:
    op.create_table(
        "alerts",
        _text("id"),
        _time("raised_at"),
        _json("alert"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_raised_at", "alerts", ["raised_at"])
    op.create_table(
        "deliveries",
        _integer("id"),
        _text("key"),
        _text("alert_id"),
        _text("route"),
        _text("channel"),
        _text("recipient"),
        _text("state"),
        _integer("attempts"),
        _time("next_attempt_at", nullable=True),
        _text("last_error"),
        _time("sent_at", nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_deliveries_alert_id_alerts"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
    )
    op.create_index("ix_deliveries_alert_id", "deliveries", ["alert_id"])
    op.create_index("ix_deliveries_state_next_attempt_at", "deliveries", ["state", "next_attempt_at"])
