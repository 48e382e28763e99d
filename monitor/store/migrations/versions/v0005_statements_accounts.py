"""Every statement ever seen, with its words to search; accounts of the desk, and who did what there."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WORDS = {
    "sqlite": """CREATE VIRTUAL TABLE statements_words
                 USING fts5(folded, content='statements', content_rowid='id', tokenize='ascii')""",
    "postgresql": "CREATE INDEX ix_statements_words ON statements USING gin (to_tsvector('simple', folded))",
}


def upgrade() -> None:
    """From 0004. Statements are found by the index (app/indexing.py), not here."""
    op.drop_index("ix_readings_page_id_at", "readings")
    columns = ["page_id", "at", "fetch_id", "access"]
    op.create_index("ix_readings_page_id_at_fetch_id_access", "readings", columns)
    for column in ("confirmed_at", "flips"):
        op.create_index(f"ix_findings_state_{column}", "findings", ["state", column])
    mementos = sa.text("archive_url <> ''")
    op.create_index(
        "ix_fetches_archive_url",
        "fetches",
        ["archive_url"],
        sqlite_where=mementos,
        postgresql_where=mementos,
    )
    _alerts()
    _statements()
    _accounts()
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer(), nullable=False),
        _time("at"),
        _text("who"),
        _text("what"),
        _text("about"),
        _text("detail"),
        sa.PrimaryKeyConstraint("id", name="pk_audits"),
    )
    op.execute(_WORDS[op.get_bind().dialect.name])


def _alerts() -> None:
    """What lists ask for, found without opening an alert. Old rows are left as they were written."""
    with op.batch_alter_table("alerts") as alerts:
        alerts.add_column(sa.Column("direction", sa.Text()))
        alerts.create_index("ix_alerts_raised_at_page_id_direction", ["raised_at", "page_id", "direction"])
    for name, letters in (
        ("ix_alerts_taking_back", '"relation":"reversed"'),
        ("ix_alerts_early", r'"confirmed_at"\:null},"not_checked":'),
    ):
        op.create_index(
            name,
            "alerts",
            ["raised_at"],
            sqlite_where=sa.text(f"instr(alert, '{letters}') > 0"),
            postgresql_where=sa.text(f"strpos(CAST(alert AS TEXT), '{letters}') > 0"),
        )


def _statements() -> None:
    op.create_table(
        "statements",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_text(name) for name in ("page_id", "organization_id", "language", "key", "quote", "folded")),
        _json("context"),
        *(_text(name) for name in ("stance", "bearer")),
        *(_json(name) for name in ("actions", "technologies", "parties")),
        sa.Column("protects", sa.Boolean(), nullable=False),
        _text("ends"),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("first_fetch_id", sa.Integer(), nullable=False),
        _time("first_seen_at"),
        sa.Column("last_fetch_id", sa.Integer(), nullable=False),
        _time("last_seen_at"),
        sa.Column("believed", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_statements"),
        sa.ForeignKeyConstraint(
            ["first_fetch_id"], ["fetches.id"], name="fk_statements_first_fetch_id_fetches"
        ),
        sa.ForeignKeyConstraint(
            ["last_fetch_id"], ["fetches.id"], name="fk_statements_last_fetch_id_fetches"
        ),
        sa.UniqueConstraint(
            "page_id", "key", "first_fetch_id", name="uq_statements_page_id_key_first_fetch_id"
        ),
    )
    for columns in (["organization_id", "standing"], ["key"], ["last_seen_at"]):
        op.create_index(f"ix_statements_{'_'.join(columns)}", "statements", columns)
    op.create_table(
        "indexed",
        _text("page_id"),
        _time("at"),
        sa.Column("fetch_id", sa.Integer(), nullable=False),
        _text("text_sha256"),
        _text("beliefs_sha256"),
        _text("words"),
        sa.PrimaryKeyConstraint("page_id", name="pk_indexed"),
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("name"),
        _text("role"),
        _text("password_hash"),
        _time("created_at"),
        _time("closed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "invitations",
        _text("token_sha256"),
        _text("name"),
        _text("role"),
        _time("created_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_invitations"),
    )
    op.create_table(
        "sessions",
        _text("token_sha256"),
        sa.Column("account_id", sa.Integer(), nullable=False),
        _time("created_at"),
        _time("seen_at"),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_sessions"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sessions_account_id_accounts"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        *(_text(name) for name in ("name", "role", "token_sha256")),
        _time("created_at"),
        _time("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_tokens_account_id_accounts"),
        sa.UniqueConstraint("token_sha256", name="uq_tokens_token_sha256"),
    )
    op.create_index("ix_tokens_account_id", "tokens", ["account_id"])


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False)


def _json(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.JSON(), nullable=False)


def _time(name: str, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
