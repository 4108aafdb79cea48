"""Metrics that can be trusted, readings from files, workshops, recurrences, checks, lessons."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WORD = sa.String(20)
EMPTY = {"nullable": False, "server_default": ""}
NO = {"nullable": False, "server_default": sa.false()}
NEW_COLUMNS = (
    ("chair", sa.Column("is_deputy", sa.Boolean(), **NO)),
    ("countermeasure", sa.Column("standard_version", sa.String(40), **EMPTY)),
    ("countermeasure", sa.Column("review_on", sa.Date())),
    ("countermeasure", sa.Column("affected_roles", sa.Text(), **EMPTY)),
    ("metric", sa.Column("kind", WORD, nullable=False, server_default="OPERATIONAL")),
    ("metric", sa.Column("chart", WORD, nullable=False, server_default="XMR")),
    ("metric", sa.Column("per", sa.Integer(), nullable=False, server_default="1")),
    ("metric", sa.Column("red_limit", sa.Numeric(16, 4))),
    ("metric", sa.Column("reaction", sa.Text(), **EMPTY)),
    ("metric", sa.Column("reaction_hours", sa.Integer())),
    ("metric", sa.Column("changes", sa.JSON(), nullable=False, server_default="[]")),
    ("metric", sa.Column("changed_on", sa.Date())),
    ("metric", sa.Column("analysis", sa.JSON(), nullable=False, server_default="{}")),
    ("pain_note", sa.Column("outcome", sa.String(80))),
    ("quest", sa.Column("why_unnoticed", sa.Text(), **EMPTY)),
    ("quest", sa.Column("why_unnoticed_evidence", sa.Text(), **EMPTY)),
    ("reading", sa.Column("withdrawn", sa.Boolean(), **NO)),
    ("reading", sa.Column("via", WORD, nullable=False, server_default="FORM")),
    ("review", sa.Column("judgement", sa.Text(), **EMPTY)),
    ("review", sa.Column("next_step", sa.Text(), **EMPTY)),
    ("review", sa.Column("figures", sa.JSON(), nullable=False, server_default="{}")),
    ("side_measure", sa.Column("origin", WORD, nullable=False, server_default="HAND")),
    ("side_measure", sa.Column("about_id", sa.Integer())),
    ("side_measure", sa.Column("baseline_n", sa.Integer())),
    ("side_measure", sa.Column("observed_on", sa.Date())),
    ("side_measure", sa.Column("refusal", sa.String(40), **EMPTY)),
)
REFERENCES = (
    ("chair", "person_id", "person"),
    ("countermeasure", "standard_owner_id", "person"),
    ("metric", "reaction_by_id", "person"),
    ("metric", "neighbour_id", "metric"),
    ("reading", "run_id", "reading_run"),
)
INDEXES = (
    ("ix_countermeasure_review_on", "countermeasure", ["review_on"], False),
    ("uq_pain_note_outcome", "pain_note", ["outcome"], True),
)
NEW_TABLES = (
    "metric_key",
    "mover",
    "reading_run",
    "rebase",
    "customer_check",
    "lesson",
    "reaction",
    "recurrence",
    "adoption",
    "why_comment",
    "task",
)


def upgrade() -> None:
    _create_tables()
    for table, column in NEW_COLUMNS:
        op.add_column(table, column)
    for table, column, target in REFERENCES:
        name = f"fk_{table}_{column}_{target}"
        key = f"INTEGER CONSTRAINT {name} REFERENCES {target} (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {key}")
        op.create_index(f"ix_{table}_{column}", table, [column])
    for name, table, columns, unique in INDEXES:
        op.create_index(name, table, columns, unique=unique)
    with op.batch_alter_table("api_key") as batch_op:
        batch_op.alter_column("source_id", existing_type=sa.Integer(), nullable=True)
    _protect("rebase")
    _bring_over()
    op.drop_column("quest", "lesson")


def _protect(table: str) -> None:
    """Let the database refuse to change or delete a row of this table."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )


def _bring_over() -> None:
    """Keep lessons in a table of their own, seat the team, and mark the changes on charts."""
    op.execute(
        "INSERT INTO lesson (quest_id, title, useful_when, worked, did_not, got_wrong, "
        "written_by_id, written_at, version) "
        "SELECT id, title, '', lesson, '', '', lead_id, state_since, 1 FROM quest "
        "WHERE lesson <> ''"
    )
    op.execute(
        "UPDATE chair SET person_id = (SELECT MIN(person_id) FROM membership "
        "WHERE membership.quest_id = chair.quest_id "
        "AND membership.department_id = chair.department_id AND left_at IS NULL)"
    )
    bind = op.get_bind()
    done = sa.text(
        "SELECT quest.metric_id, countermeasure.title, countermeasure.in_place_on "
        "FROM countermeasure JOIN quest ON quest.id = countermeasure.quest_id "
        "WHERE quest.metric_id IS NOT NULL ORDER BY countermeasure.id"
    )
    found: dict[int, list[tuple[str, str | None]]] = {}
    for metric_id, title, day in bind.execute(done):
        found.setdefault(metric_id, []).append((title, str(day) if day else None))
    metric = sa.table(
        "metric", sa.column("id"), sa.column("changes", sa.JSON), sa.column("changed_on", sa.Date)
    )
    for metric_id, changes in found.items():
        days = [day for _title, day in changes if day]
        marks = [{"on": day, "label": title} for title, day in changes if day]
        whole = date.fromisoformat(max(days)) if len(days) == len(changes) else None
        changed = metric.update().where(metric.c.id == metric_id)
        bind.execute(changed.values(changes=marks, changed_on=whole))


def downgrade() -> None:
    op.add_column("quest", sa.Column("lesson", sa.Text(), **EMPTY))
    op.execute(
        "UPDATE quest SET lesson = COALESCE((SELECT TRIM(useful_when || ' ' || worked || ' ' "
        "|| did_not || ' ' || got_wrong) FROM lesson WHERE lesson.quest_id = quest.id), '')"
    )
    op.execute("DELETE FROM api_call WHERE key_id IN (SELECT key_id FROM metric_key)")
    op.drop_table("metric_key")
    op.execute("DELETE FROM api_key WHERE source_id IS NULL")
    with op.batch_alter_table("api_key") as batch_op:
        batch_op.alter_column("source_id", existing_type=sa.Integer(), nullable=False)
    for name, table, _columns, _unique in INDEXES:
        op.drop_index(name, table)
    for table, column, _target in REFERENCES:
        op.drop_index(f"ix_{table}_{column}", table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
    for table, column in NEW_COLUMNS:
        op.drop_column(table, column.name)
    for table in reversed(NEW_TABLES):
        if table != "metric_key":
            op.drop_table(table)
    if op.get_bind().dialect.name == "sqlite":
        _protect("reading")  # its triggers went with the table that SQLite built anew


def _create_tables() -> None:
    op.create_table(
        "metric_key",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name="fk_metric_key_key_id_api_key"),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["metric.id"], name="fk_metric_key_metric_id_metric"
        ),
        sa.PrimaryKeyConstraint("key_id", name="pk_metric_key"),
    )
    op.create_index("ix_metric_key_metric_id", "metric_key", ["metric_id"])
    op.create_table(
        "mover",
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name="fk_mover_department_id_department"
        ),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name="fk_mover_metric_id_metric"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_mover_person_id_person"),
        sa.PrimaryKeyConstraint("metric_id", "department_id", name="pk_mover"),
    )
    op.create_index("ix_mover_department_id", "mover", ["department_id"])
    op.create_index("ix_mover_person_id", "mover", ["person_id"])
    op.create_table(
        "reading_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "UPLOADED",
                "PREVIEWED",
                "DONE",
                "UNDONE",
                "DISCARDED",
                name="runstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("how", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("rejections", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_reading_run_by_id_person"),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["metric.id"], name="fk_reading_run_metric_id_metric"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reading_run"),
    )
    op.create_index("ix_reading_run_by_id", "reading_run", ["by_id"])
    op.create_index("ix_reading_run_metric_id", "reading_run", ["metric_id"])
    op.create_table(
        "rebase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_rebase_by_id_person"),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name="fk_rebase_metric_id_metric"),
        sa.PrimaryKeyConstraint("id", name="pk_rebase"),
        sa.UniqueConstraint("metric_id", "on_day", name="uq_rebase_metric_id_on_day"),
    )
    op.create_index("ix_rebase_by_id", "rebase", ["by_id"])
    op.create_table(
        "customer_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("BETTER", "SAME", "WORSE", name="answer", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["pain_note.id"], name="fk_customer_check_note_id_pain_note"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name="fk_customer_check_submission_id_submission",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name="fk_customer_check_written_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_customer_check"),
        sa.UniqueConstraint("hash", name="uq_customer_check_hash"),
        sa.UniqueConstraint(
            "note_id", "submission_id", name="uq_customer_check_note_id_submission_id"
        ),
    )
    op.create_index("ix_customer_check_submission_id", "customer_check", ["submission_id"])
    op.create_index("ix_customer_check_written_by_id", "customer_check", ["written_by_id"])
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quest_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("useful_when", sa.Text(), nullable=False),
        sa.Column("worked", sa.Text(), nullable=False),
        sa.Column("did_not", sa.Text(), nullable=False),
        sa.Column("got_wrong", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["quest_id"], ["quest.id"], name="fk_lesson_quest_id_quest"),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name="fk_lesson_written_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lesson"),
        sa.UniqueConstraint("quest_id", name="uq_lesson_quest_id"),
    )
    op.create_index("ix_lesson_written_by_id", "lesson", ["written_by_id"])
    op.create_table(
        "reaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["person.id"], name="fk_reaction_done_by_id_person"
        ),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name="fk_reaction_metric_id_metric"),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], name="fk_reaction_reading_id_reading"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reaction"),
        sa.UniqueConstraint("reading_id", name="uq_reaction_reading_id"),
    )
    op.create_index("ix_reaction_done_by_id", "reaction", ["done_by_id"])
    op.create_index("ix_reaction_metric_id", "reaction", ["metric_id"])
    op.create_table(
        "recurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quest_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "METRIC", "THEME", "COACH", "TEAM", name="source", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "SUSPECTED",
                "CONFIRMED",
                "DISMISSED",
                name="recurrencestate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name="fk_recurrence_decided_by_id_person"
        ),
        sa.ForeignKeyConstraint(["quest_id"], ["quest.id"], name="fk_recurrence_quest_id_quest"),
        sa.PrimaryKeyConstraint("id", name="pk_recurrence"),
    )
    op.create_index("ix_recurrence_decided_by_id", "recurrence", ["decided_by_id"])
    op.create_index("ix_recurrence_quest_id", "recurrence", ["quest_id"])
    op.create_index(
        "uq_recurrence_suspected",
        "recurrence",
        ["quest_id", "source"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "CLAIMED",
                "CONFIRMED",
                "DECLINED",
                name="adoptionstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_adoption_by_id_person"),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name="fk_adoption_decided_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name="fk_adoption_department_id_department"
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_adoption_lesson_id_lesson"),
        sa.PrimaryKeyConstraint("id", name="pk_adoption"),
        sa.UniqueConstraint(
            "lesson_id", "department_id", name="uq_adoption_lesson_id_department_id"
        ),
    )
    op.create_index("ix_adoption_by_id", "adoption", ["by_id"])
    op.create_index("ix_adoption_decided_by_id", "adoption", ["decided_by_id"])
    op.create_index("ix_adoption_department_id", "adoption", ["department_id"])
    op.create_table(
        "why_comment",
        sa.Column("why_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name="fk_why_comment_added_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_why_comment_comment_id_comment"
        ),
        sa.ForeignKeyConstraint(
            ["why_id"], ["why.id"], name="fk_why_comment_why_id_why", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("why_id", "comment_id", name="pk_why_comment"),
    )
    op.create_index("ix_why_comment_added_by_id", "why_comment", ["added_by_id"])
    op.create_index("ix_why_comment_comment_id", "why_comment", ["comment_id"])
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("countermeasure_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["countermeasure_id"],
            ["countermeasure.id"],
            name="fk_task_countermeasure_id_countermeasure",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_task_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index("ix_task_countermeasure_id", "task", ["countermeasure_id"])
    op.create_index("ix_task_due_on", "task", ["due_on"])
    op.create_index("ix_task_person_id", "task", ["person_id"])
