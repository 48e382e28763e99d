"""Hosts remembered, notices beside alerts, alerts held for a person, pictures of rendered pages."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0001."""
    op.add_column("fetches", sa.Column("screenshot_sha256", sa.Text(), nullable=False, server_default=""))
    _hosts_and_notices()
    _holds()
    _deliveries_of_notices()


def _hosts_and_notices() -> None:
    op.create_table(
        "hosts",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("robots", sa.JSON(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_hosts"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_holds_alert_id_alerts"),
        sa.PrimaryKeyConstraint("alert_id", name="pk_holds"),
    )


def _deliveries_of_notices() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.alter_column("alert_id", existing_type=sa.Text(), nullable=True)
        deliveries.add_column(sa.Column("notice_id", sa.Text()))
        deliveries.create_foreign_key("fk_deliveries_notice_id_notices", "notices", ["notice_id"], ["id"])
        deliveries.create_index("ix_deliveries_notice_id", ["notice_id"])
