"""The chain of evidence, leases, what the clock said; digests, and remarks on checks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ONLY_GROWS = "links are append-only"
_SQLITE_TRIGGERS = (
    f"""CREATE TRIGGER links_never_change BEFORE UPDATE ON links
        BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END""",
    f"""CREATE TRIGGER links_never_go BEFORE DELETE ON links
        BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END""",
    f"""CREATE TRIGGER links_never_replaced BEFORE INSERT ON links
        WHEN EXISTS (SELECT 1 FROM links WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END""",
)
_POSTGRESQL_TRIGGERS = (
    f"""CREATE FUNCTION links_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_ONLY_GROWS}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER links_never_change BEFORE UPDATE OR DELETE ON links
       FOR EACH ROW EXECUTE FUNCTION links_only_grow()""",
    """CREATE TRIGGER links_never_go BEFORE TRUNCATE ON links
       FOR EACH STATEMENT EXECUTE FUNCTION links_only_grow()""",
)


def upgrade() -> None:
    """From 0002. The rows that are there get their links from chain.seal_all."""
    _chain()
    _leases_and_clocks()
    op.add_column("checks", sa.Column("remark", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_fetches_page_id_id", "fetches", ["page_id", "id"])
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("digest_id", sa.Text()))
        deliveries.create_foreign_key("fk_deliveries_digest_id_notices", "notices", ["digest_id"], ["id"])
        deliveries.create_index("ix_deliveries_digest_id", ["digest_id"])


def _chain() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
    )
    op.create_index("ix_links_kind_key_id", "links", ["kind", "key", "id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in _SQLITE_TRIGGERS if is_sqlite else _POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def _leases_and_clocks() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "clocks",
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uptime", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("boot_id", name="pk_clocks"),
    )
