"""Full-text search over comments, and records that the database itself refuses to rewrite."""

from alembic import op

revision = "0002"
down_revision = "0001"

APPEND_ONLY = ("audit_line", "reading", "reward_event", "decision", "ledger_entry", "message")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE comment_search USING fts5("
        "text, content='comment', content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
    )
    add = "INSERT INTO comment_search (rowid, text) VALUES (new.id, new.text)"
    drop = (
        "INSERT INTO comment_search (comment_search, rowid, text) "
        "VALUES ('delete', old.id, old.text)"
    )
    op.execute(f"CREATE TRIGGER comment_search_add AFTER INSERT ON comment BEGIN {add}; END")
    op.execute(f"CREATE TRIGGER comment_search_drop AFTER DELETE ON comment BEGIN {drop}; END")
    op.execute(
        "CREATE TRIGGER comment_search_change AFTER UPDATE OF text ON comment "
        f"BEGIN {drop}; {add}; END"
    )
    for table in APPEND_ONLY:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _postgresql() -> None:
    op.execute("CREATE INDEX ix_comment_words ON comment USING gin (to_tsvector('simple', text))")
    op.execute(
        "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("add", "drop", "change"):
            op.execute(f"DROP TRIGGER comment_search_{deed}")
        op.execute("DROP TABLE comment_search")
        for table in APPEND_ONLY:
            for deed in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{deed}")
        return
    op.execute("DROP INDEX ix_comment_words")
    op.execute("DROP FUNCTION refuse_rewriting CASCADE")
