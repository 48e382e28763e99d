"""What people judged, what stands on each page; the page of an alert, and sister pages told together."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0003. Rows that are there have NULL in the new columns: what their links say of them holds."""
    with op.batch_alter_table("alerts") as alerts:
        alerts.add_column(sa.Column("page_id", sa.Text()))
        alerts.create_index("ix_alerts_page_id", ["page_id"])
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("carried_by", sa.Integer()))
        deliveries.create_foreign_key(
            "fk_deliveries_carried_by_deliveries", "deliveries", ["carried_by"], ["id"]
        )
        deliveries.create_index("ix_deliveries_carried_by", ["carried_by"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_reviews_alert_id_alerts"),
    )
    op.create_index("ix_reviews_alert_id", "reviews", ["alert_id"])
    op.create_table(
        "standing",
        sa.Column("page_id", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("statements", sa.JSON(), nullable=False),
        sa.Column("next_day", sa.Text()),
        sa.PrimaryKeyConstraint("page_id", name="pk_standing"),
    )
    op.create_index("ix_standing_next_day", "standing", ["next_day"])
