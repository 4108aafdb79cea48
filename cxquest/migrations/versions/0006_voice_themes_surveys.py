"""Import runs in pieces with doubts, themes that learn, surveys, pain points that merge."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NEW_COLUMNS = (
    ("comment", sa.Column("says_nothing", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("comment", sa.Column("language", sa.String(8), nullable=False, server_default="")),
    ("comment_theme", sa.Column("origin", sa.String(20), nullable=False, server_default="PERSON")),
    ("comment_theme", sa.Column("confidence", sa.Double())),
    (
        "comment_theme",
        sa.Column("refused", sa.Boolean(), nullable=False, server_default=sa.false()),
    ),
    ("import_run", sa.Column("size", sa.BigInteger(), nullable=False, server_default="0")),
    ("import_run", sa.Column("how", sa.JSON(), nullable=False, server_default="{}")),
    ("import_run", sa.Column("columns", sa.JSON(), nullable=False, server_default="[]")),
    ("import_run", sa.Column("inspection", sa.JSON(), nullable=False, server_default="{}")),
    ("import_run", sa.Column("rows", sa.Integer(), nullable=False, server_default="0")),
    ("import_run", sa.Column("doubtful", sa.Integer(), nullable=False, server_default="0")),
    (
        "import_run",
        sa.Column("stop_asked", sa.Boolean(), nullable=False, server_default=sa.false()),
    ),
    ("import_run", sa.Column("problem", sa.Text(), nullable=False, server_default="")),
    ("import_run", sa.Column("alive_at", sa.DateTime(timezone=True))),
    ("pain_evidence", sa.Column("importance", sa.Integer(), nullable=False, server_default="1")),
    ("pain_point", sa.Column("kind", sa.String(20))),
    ("pain_point", sa.Column("value", sa.Integer(), nullable=False, server_default="3")),
    ("pain_point", sa.Column("cost", sa.JSON(), nullable=False, server_default="{}")),
    ("submission", sa.Column("content", sa.String(64), nullable=False, server_default="")),
    ("submission", sa.Column("line", sa.Integer())),
    ("submission", sa.Column("contact", sa.String(64), nullable=False, server_default="")),
    (
        "submission",
        sa.Column("asked_for_score", sa.Boolean(), nullable=False, server_default=sa.false()),
    ),
    ("theme", sa.Column("phrases", sa.JSON(), nullable=False, server_default="[]")),
)
REFERENCES = (
    ("pain_point", "origin_stage_id", "stage"),
    ("pain_point", "merged_into_id", "pain_point"),
    ("submission", "repeat_of_id", "submission"),
    ("theme", "owner_id", "person"),
    ("theme", "merged_into_id", "theme"),
)
INDEXES = (
    ("ix_import_run_state", "import_run", ["state"]),
    ("ix_submission_source_id_content", "submission", ["source_id", "content"]),
)
PARTIAL = (
    ("ix_submission_repeat_of_id", "submission", ["repeat_of_id"], "repeat_of_id IS NOT NULL"),
    ("ix_submission_asked_for_score", "submission", ["id"], "asked_for_score"),
    ("ix_comment_theme_tagged_at", "comment_theme", ["tagged_at"], "origin = 'PERSON'"),
)
NEW_TABLES = (
    "api_key",
    "source_mapping",
    "survey",
    "theme_learning",
    "answer_tally",
    "api_call",
    "doubtful_cell",
    "found_group",
    "import_part",
    "survey_link",
    "theme_change",
    "contact",
    "pain_merge",
    "pain_note",
    "submission_version",
    "found_group_comment",
)


def upgrade() -> None:
    _create_tables()
    for table, column in NEW_COLUMNS:
        op.add_column(table, column)
    for table, column, target in REFERENCES:
        name = f"fk_{table}_{column}_{target}"
        key = f"INTEGER CONSTRAINT {name} REFERENCES {target} (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {key}")
        if (table, column) != ("submission", "repeat_of_id"):
            op.create_index(f"ix_{table}_{column}", table, [column])
    if op.get_bind().dialect.name == "sqlite":
        _never_again("submission", "comment")
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    for name, table, columns, where in PARTIAL:
        condition = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
    _bring_over()
    for column in ("delimiter", "content", "encoding", "header"):
        op.drop_column("import_run", column)
    op.drop_column("source", "mapping")


def _never_again(*tables: str) -> None:
    """Let SQLite give no row of these tables the number of a deleted one."""
    for table in tables:
        with op.batch_alter_table(
            table, recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass
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


def _bring_over() -> None:
    """Keep each source's mapping as its first version; what was not finished is discarded."""
    bind = op.get_bind()
    mappings = sa.table(
        "source_mapping",
        sa.column("source_id"),
        sa.column("number"),
        sa.column("mapping", sa.JSON),
        sa.column("columns", sa.JSON),
        sa.column("made_at", sa.DateTime(timezone=True)),
    )
    sources = sa.table(
        "source",
        sa.column("id"),
        sa.column("mapping", sa.JSON),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    for source_id, mapping, created_at in bind.execute(sa.select(sources)).all():
        kept = _mapping(mapping)
        if kept["columns"]:
            names = [{"name": one["name"], "title": one["name"]} for one in kept["columns"]]
            row = {"source_id": source_id, "number": 1, "mapping": kept, "columns": names}
            bind.execute(mappings.insert(), [{**row, "made_at": created_at}])
    runs = sa.table(
        "import_run", *(sa.column(n, sa.JSON) for n in ("header", "columns", "mapping"))
    )
    runs.append_column(sa.column("id"))
    runs.append_column(sa.column("state"))
    for row in bind.execute(sa.select(runs)).all():
        columns = [{"name": name, "title": name} for name in row.header]
        changed = {"columns": columns, "mapping": _mapping(row.mapping)}
        state = row.state if row.state == "DONE" else "DISCARDED"
        bind.execute(runs.update().where(runs.c.id == row.id).values(state=state, **changed))
    bind.execute(sa.text("UPDATE import_run SET rows = read"))


def _mapping(kept: dict | str | None) -> dict:
    """Return a mapping as it was kept before, column by column."""
    kept = json.loads(kept) if isinstance(kept, str) else kept or {}
    columns = [{"name": name, "role": "comment"} for name in kept.get("comments", ())]
    scale = kept.get("scale")
    for name in kept.get("ratings", ()) if scale else ():
        low, high, best_is_high = scale
        ends = {"low": low, "high": high, "best_is_high": best_is_high}
        columns.append({"name": name, "role": "rating", **ends})
    for old, role in (("external_id", "external_id"), ("stage", "stage")):
        columns += [{"name": kept[old], "role": role}] if kept.get(old) else []
    if kept.get("collected_at"):
        order = {"order": kept["date_order"]} if kept.get("date_order") else {}
        columns.append({"name": kept["collected_at"], "role": "date", **order})
    return {"columns": columns, "by_id": True}


def downgrade() -> None:
    op.execute("UPDATE pain_point SET state = 'DECLINED' WHERE state = 'MERGED'")
    op.execute("UPDATE import_run SET state = 'UPLOADED' WHERE state <> 'DONE'")
    op.execute("DELETE FROM comment_theme WHERE refused OR origin <> 'PERSON'")
    op.add_column("source", sa.Column("mapping", sa.JSON(), nullable=False, server_default="{}"))
    for column in (
        sa.Column("header", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("encoding", sa.String(30), nullable=False, server_default="utf-8"),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("delimiter", sa.String(1), nullable=False, server_default=","),
    ):
        op.add_column("import_run", column)
    for name, table, _columns, _where in PARTIAL:
        op.drop_index(name, table)
    for name, table, _columns in INDEXES:
        op.drop_index(name, table)
    for table, column, _target in REFERENCES:
        if (table, column) != ("submission", "repeat_of_id"):
            op.drop_index(f"ix_{table}_{column}", table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
    for table, column in NEW_COLUMNS:
        op.drop_column(table, column.name)
    for table in reversed(NEW_TABLES):
        op.drop_table(table)


def _create_tables() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name="fk_api_key_made_by_id_person"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_api_key_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("hash", name="uq_api_key_hash"),
    )
    op.create_index("ix_api_key_made_by_id", "api_key", ["made_by_id"])
    op.create_index("ix_api_key_source_id", "api_key", ["source_id"])
    op.create_table(
        "source_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name="fk_source_mapping_made_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_source_mapping_source_id_source"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_source_mapping"),
        sa.UniqueConstraint("source_id", "number", name="uq_source_mapping_source_id_number"),
    )
    op.create_index("ix_source_mapping_made_by_id", "source_mapping", ["made_by_id"])
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "access",
            sa.Enum("OPEN", "ONE_USE", name="access", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("DRAFT", "OPEN", "CLOSED", name="surveystate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name="fk_survey_made_by_id_person"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_survey_source_id_source"),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name="fk_survey_stage_id_stage"),
        sa.PrimaryKeyConstraint("id", name="pk_survey"),
        sa.UniqueConstraint("code", name="uq_survey_code"),
        sa.UniqueConstraint("name", name="uq_survey_name"),
    )
    op.create_index("ix_survey_made_by_id", "survey", ["made_by_id"])
    op.create_index("ix_survey_source_id", "survey", ["source_id"])
    op.create_index("ix_survey_stage_id", "survey", ["stage_id"])
    op.create_table(
        "theme_learning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "WAITING",
                "RUNNING",
                "DONE",
                "STOPPED",
                "FAILED",
                name="learningstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("agreement", sa.JSON(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name="fk_theme_learning_asked_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_theme_learning"),
    )
    op.create_index("ix_theme_learning_asked_by_id", "theme_learning", ["asked_by_id"])
    op.create_table(
        "answer_tally",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name="fk_answer_tally_survey_id_survey"
        ),
        sa.PrimaryKeyConstraint("survey_id", "mark", "hour", name="pk_answer_tally"),
    )
    op.create_index("ix_answer_tally_hour", "answer_tally", ["hour"])
    op.create_table(
        "api_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name="fk_api_call_key_id_api_key"),
        sa.PrimaryKeyConstraint("id", name="pk_api_call"),
        sa.UniqueConstraint("key_id", "idempotency_key", name="uq_api_call_key_id_idempotency_key"),
    )
    op.create_index("ix_api_call_at", "api_call", ["at"])
    op.create_table(
        "doubtful_cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["import_run.id"],
            name="fk_doubtful_cell_run_id_import_run",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_doubtful_cell"),
    )
    op.create_index("ix_doubtful_cell_run_id", "doubtful_cell", ["run_id"])
    op.create_table(
        "found_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learning_id", sa.Integer(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("cohesion", sa.Double(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("OPEN", "NAMED", "DROPPED", name="groupstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name="fk_found_group_decided_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["learning_id"], ["theme_learning.id"], name="fk_found_group_learning_id_theme_learning"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name="fk_found_group_theme_id_theme"),
        sa.PrimaryKeyConstraint("id", name="pk_found_group"),
    )
    op.create_index("ix_found_group_decided_by_id", "found_group", ["decided_by_id"])
    op.create_index("ix_found_group_learning_id", "found_group", ["learning_id"])
    op.create_index("ix_found_group_state", "found_group", ["state"])
    op.create_index("ix_found_group_theme_id", "found_group", ["theme_id"])
    op.create_table(
        "import_part",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["import_run.id"],
            name="fk_import_part_run_id_import_run",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "place", name="pk_import_part"),
    )
    op.create_table(
        "survey_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name="fk_survey_link_survey_id_survey"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_survey_link"),
        sa.UniqueConstraint("hash", name="uq_survey_link_hash"),
    )
    op.create_index("ix_survey_link_survey_id", "survey_link", ["survey_id"])
    op.create_table(
        "theme_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("RENAME", "MERGE", "SPLIT", name="changekind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_theme_change_by_id_person"),
        sa.ForeignKeyConstraint(["other_id"], ["theme.id"], name="fk_theme_change_other_id_theme"),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name="fk_theme_change_theme_id_theme"),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["person.id"], name="fk_theme_change_undone_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_theme_change"),
    )
    op.create_index("ix_theme_change_by_id", "theme_change", ["by_id"])
    op.create_index("ix_theme_change_other_id", "theme_change", ["other_id"])
    op.create_index("ix_theme_change_theme_id", "theme_change", ["theme_id"])
    op.create_index("ix_theme_change_undone_by_id", "theme_change", ["undone_by_id"])
    op.create_table(
        "contact",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name="fk_contact_submission_id_submission",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_contact"),
    )
    op.create_table(
        "pain_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pain_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("is_split", sa.Boolean(), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "DRAFT",
                "OPEN",
                "ACCEPTED",
                "IN_QUEST",
                "RESOLVED",
                "DECLINED",
                "REOPENED",
                "MERGED",
                name="painstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_pain_merge_by_id_person"),
        sa.ForeignKeyConstraint(
            ["into_id"], ["pain_point.id"], name="fk_pain_merge_into_id_pain_point"
        ),
        sa.ForeignKeyConstraint(
            ["pain_id"], ["pain_point.id"], name="fk_pain_merge_pain_id_pain_point"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["person.id"], name="fk_pain_merge_undone_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pain_merge"),
    )
    op.create_index("ix_pain_merge_by_id", "pain_merge", ["by_id"])
    op.create_index("ix_pain_merge_into_id", "pain_merge", ["into_id"])
    op.create_index("ix_pain_merge_pain_id", "pain_merge", ["pain_id"])
    op.create_index("ix_pain_merge_undone_by_id", "pain_merge", ["undone_by_id"])
    op.create_table(
        "pain_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pain_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pain_id"], ["pain_point.id"], name="fk_pain_note_pain_id_pain_point"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name="fk_pain_note_sent_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pain_note"),
    )
    op.create_index("ix_pain_note_pain_id", "pain_note", ["pain_id"])
    op.create_index("ix_pain_note_sent_by_id", "pain_note", ["sent_by_id"])
    op.create_table(
        "submission_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name="fk_submission_version_run_id_import_run"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name="fk_submission_version_submission_id_submission",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_submission_version"),
    )
    op.create_index("ix_submission_version_run_id", "submission_version", ["run_id"])
    op.create_index("ix_submission_version_submission_id", "submission_version", ["submission_id"])
    op.create_table(
        "found_group_comment",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name="fk_found_group_comment_comment_id_comment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["found_group.id"],
            name="fk_found_group_comment_group_id_found_group",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "comment_id", name="pk_found_group_comment"),
    )
    op.create_index("ix_found_group_comment_comment_id", "found_group_comment", ["comment_id"])
