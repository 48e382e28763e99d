"""For how many days a statement holds by its own words, where it names no day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0005. Statements are found anew by the index (app/indexing.py)."""
    with op.batch_alter_table("statements") as statements:
        statements.add_column(sa.Column("lasts", sa.Integer(), nullable=False, server_default="0"))
