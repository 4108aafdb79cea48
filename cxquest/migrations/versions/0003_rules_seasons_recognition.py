"""Rulebook versions, seasons sealed, limits, recognition."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('rulebook_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('DRAFT', 'SIMULATED', 'APPROVED', 'SCHEDULED', 'WITHDRAWN', name='versionstate', native_enum=False, length=20), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('written_by_id', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('scheduled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('effective_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_rulebook_version_approved_by_id_person')),
    sa.ForeignKeyConstraint(['written_by_id'], ['person.id'], name=op.f('fk_rulebook_version_written_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rulebook_version')),
    sa.UniqueConstraint('effective_from', name=op.f('uq_rulebook_version_effective_from')),
    sa.UniqueConstraint('number', name=op.f('uq_rulebook_version_number'))
    )
    with op.batch_alter_table('rulebook_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rulebook_version_approved_by_id'), ['approved_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rulebook_version_written_by_id'), ['written_by_id'], unique=False)

    op.create_table('season_seal',
    sa.Column('season_id', sa.Integer(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed_by_id', sa.Integer(), nullable=True),
    sa.Column('snapshot', sa.JSON(), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['sealed_by_id'], ['person.id'], name=op.f('fk_season_seal_sealed_by_id_person')),
    sa.ForeignKeyConstraint(['season_id'], ['season.id'], name=op.f('fk_season_seal_season_id_season')),
    sa.PrimaryKeyConstraint('season_id', name=op.f('pk_season_seal')),
    sa.UniqueConstraint('hash', name=op.f('uq_season_seal_hash'))
    )
    with op.batch_alter_table('season_seal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_season_seal_sealed_by_id'), ['sealed_by_id'], unique=False)

    op.create_table('dispute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('raised_by_id', sa.Integer(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verdict', sa.Enum('STANDS', 'CORRECTED', name='disputeverdict', native_enum=False, length=20), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_dispute_account_id_account')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_dispute_answered_by_id_person')),
    sa.ForeignKeyConstraint(['event_id'], ['reward_event.id'], name=op.f('fk_dispute_event_id_reward_event')),
    sa.ForeignKeyConstraint(['raised_by_id'], ['person.id'], name=op.f('fk_dispute_raised_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispute')),
    sa.UniqueConstraint('event_id', 'rule', 'account_id', name=op.f('uq_dispute_event_id_rule_account_id'))
    )
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dispute_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dispute_answered_by_id'), ['answered_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dispute_raised_by_id'), ['raised_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dispute_verdict'), ['verdict'], unique=False)

    op.create_table('limit_use',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('event_key', sa.String(length=120), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_limit_use_account_id_account')),
    sa.ForeignKeyConstraint(['event_id'], ['reward_event.id'], name=op.f('fk_limit_use_event_id_reward_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_limit_use'))
    )
    with op.batch_alter_table('limit_use', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_limit_use_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_limit_use_event_id'), ['event_id'], unique=False)
        batch_op.create_index('ix_limit_use_key_occurred_at', ['key', 'occurred_at'], unique=False)

    op.create_table('simulation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('seasons', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('WAITING', 'RUNNING', 'DONE', 'STOPPED', 'FAILED', name='simulationstate', native_enum=False, length=20), nullable=False),
    sa.Column('stop_asked', sa.Boolean(), nullable=False),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('alive_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_simulation_asked_by_id_person')),
    sa.ForeignKeyConstraint(['version_id'], ['rulebook_version.id'], name=op.f('fk_simulation_version_id_rulebook_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_simulation'))
    )
    with op.batch_alter_table('simulation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_simulation_asked_by_id'), ['asked_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_simulation_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_simulation_version_id'), ['version_id'], unique=False)

    op.create_table('badge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('ROOT_CAUSE', 'PREVENTED', 'HELD', 'BRIDGE', 'LESSON_REUSED', 'BLOCKER_CLEARED', 'TOLD_FIRST', name='badgekind', native_enum=False, length=20), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('quest_id', sa.Integer(), nullable=True),
    sa.Column('rulebook_version', sa.Integer(), nullable=False),
    sa.Column('earned_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['reward_event.id'], name=op.f('fk_badge_event_id_reward_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_badge_person_id_person')),
    sa.ForeignKeyConstraint(['quest_id'], ['quest.id'], name=op.f('fk_badge_quest_id_quest')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_badge')),
    sa.UniqueConstraint('person_id', 'kind', 'event_id', name=op.f('uq_badge_person_id_kind_event_id'))
    )
    with op.batch_alter_table('badge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_badge_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_badge_quest_id'), ['quest_id'], unique=False)

    op.create_table('kudos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('giver_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('quest_id', sa.Integer(), nullable=True),
    sa.Column('behaviour', sa.Enum('LISTENED', 'SHARED', 'ASKED_WHY', 'GAVE_WAY', 'TOLD_EARLY', 'FINISHED', name='behaviour', native_enum=False, length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retracted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(person_id IS NULL) <> (quest_id IS NULL)', name=op.f('ck_kudos_person_or_team')),
    sa.ForeignKeyConstraint(['giver_id'], ['person.id'], name=op.f('fk_kudos_giver_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_kudos_person_id_person')),
    sa.ForeignKeyConstraint(['quest_id'], ['quest.id'], name=op.f('fk_kudos_quest_id_quest')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kudos'))
    )
    with op.batch_alter_table('kudos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kudos_given_at'), ['given_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_kudos_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_kudos_quest_id'), ['quest_id'], unique=False)
        batch_op.create_index('uq_kudos_number', ['giver_id', 'week', 'number'], unique=True, sqlite_where=sa.text('retracted_at IS NULL'), postgresql_where=sa.text('retracted_at IS NULL'))

    op.create_table('simulated_account',
    sa.Column('simulation_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.Integer(), nullable=False),
    sa.Column('after', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_simulated_account_account_id_account')),
    sa.ForeignKeyConstraint(['simulation_id'], ['simulation.id'], name=op.f('fk_simulated_account_simulation_id_simulation')),
    sa.PrimaryKeyConstraint('simulation_id', 'account_id', name=op.f('pk_simulated_account'))
    )
    with op.batch_alter_table('simulated_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_simulated_account_account_id'), ['account_id'], unique=False)

    op.create_table('sponsor_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('quest_id', sa.Integer(), nullable=False),
    sa.Column('sponsor_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['quest_id'], ['quest.id'], name=op.f('fk_sponsor_request_quest_id_quest')),
    sa.ForeignKeyConstraint(['sponsor_id'], ['person.id'], name=op.f('fk_sponsor_request_sponsor_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sponsor_request'))
    )
    with op.batch_alter_table('sponsor_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sponsor_request_quest_id'), ['quest_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sponsor_request_sponsor_id'), ['sponsor_id'], unique=False)
        batch_op.create_index('uq_sponsor_request_open', ['quest_id'], unique=True, sqlite_where=sa.text('answered_at IS NULL AND NOT withdrawn'), postgresql_where=sa.text('answered_at IS NULL AND NOT withdrawn'))

    op.create_table('thanks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('quest_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_thanks_person_id_person')),
    sa.ForeignKeyConstraint(['quest_id'], ['quest.id'], name=op.f('fk_thanks_quest_id_quest')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thanks')),
    sa.UniqueConstraint('quest_id', name=op.f('uq_thanks_quest_id'))
    )
    with op.batch_alter_table('thanks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_thanks_person_id'), ['person_id'], unique=False)

    _unlock(KEPT)
    _widen()
    _fill()
    _narrow()
    _lock((*KEPT, *NEW))


KEPT = ("reward_event", "decision", "ledger_entry")
NEW = ("season_seal", "limit_use", "badge")
EMPTY = {
    "decision": {"asked": "0", "reason_values": "'{}'"},
    "organisation": {"fiscal_month": "1", "ranks_people": "true"},
    "person": {"shows_points": "false"},
    "quest": {"own_change": "false"},
    "reward_event": {"chain": "''", "zone": "'UTC'", "label": "''"},
    "standing": {"individual": "0", "held": "0"},
}
COMPONENT = sa.Enum(
    "TEAM_OUTCOME", "TEAM_AWARD", "TEAM_PART", "INDIVIDUAL", "HELD",
    name="component", native_enum=False, length=20,
)


def _widen() -> None:
    """Add the columns, with a value for the rows that are there or open for one."""
    kinds = {"0": sa.Integer(), "1": sa.Integer(), "true": sa.Boolean(), "false": sa.Boolean()}
    for table, columns in EMPTY.items():
        for name, value in columns.items():
            kind = kinds.get(value) or (sa.JSON() if value == "'{}'" else sa.String(200))
            kind = sa.String(60) if name in ("chain", "zone") else kind
            op.add_column(
                table, sa.Column(name, kind, nullable=False, server_default=sa.text(value))
            )
    op.add_column("decision", sa.Column("cause_id", sa.Integer()))
    op.add_column("decision", sa.Column("component", COMPONENT))
    op.add_column("ledger_entry", sa.Column("cause_id", sa.Integer()))
    op.add_column("ledger_entry", sa.Column("rule", sa.String(60)))
    op.add_column("quest", sa.Column("continues_id", sa.Integer()))


def _fill() -> None:
    """Say of what was paid under the first rules what the new columns ask for."""
    for statement in (
        "UPDATE ledger_entry SET cause_id = event_id, rule = (SELECT d.rule FROM decision d "
        "WHERE d.event_id = ledger_entry.event_id AND d.account_id = ledger_entry.account_id "
        "AND d.rule LIKE 'gate%') WHERE reverses_id IS NULL",
        "UPDATE ledger_entry SET cause_id = event_id, rule = (SELECT 'return' || substr(e.rule, 5) "
        "FROM ledger_entry e WHERE e.id = ledger_entry.reverses_id) WHERE reverses_id IS NOT NULL",
        "UPDATE decision SET rule = coalesce((SELECT 'return' || substr(e.rule, 5) "
        "FROM ledger_entry e WHERE 'return_' || e.id = decision.rule), rule) "
        "WHERE rule LIKE 'return%'",
        "UPDATE decision SET cause_id = event_id, asked = points, component = (SELECT CASE "
        "WHEN a.kind = 'TEAM' THEN 'TEAM_OUTCOME' ELSE 'TEAM_PART' END FROM account a "
        "WHERE a.id = decision.account_id)",
        "UPDATE reward_event SET chain = subject, zone = coalesce((SELECT o.time_zone "
        "FROM organisation o ORDER BY o.id LIMIT 1), 'UTC'), label = coalesce((SELECT min(e.label) "
        "FROM ledger_entry e WHERE e.event_id = reward_event.id), '')",
    ):
        op.execute(statement)


def _narrow() -> None:
    """Close the columns and set the new keys."""
    for table, columns in EMPTY.items():
        with op.batch_alter_table(table) as batch_op:
            for name in columns:
                batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("decision") as batch_op:
        batch_op.alter_column("cause_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("component", existing_type=COMPONENT, nullable=False)
        batch_op.drop_constraint("uq_decision_event_id_rule_account_id", type_="unique")
        batch_op.create_index("ix_decision_cause_id", ["cause_id"])
        batch_op.create_unique_constraint(
            "uq_decision_event_id_rule_account_id_cause_id",
            ["event_id", "rule", "account_id", "cause_id"],
        )
        batch_op.create_foreign_key(
            "fk_decision_cause_id_reward_event", "reward_event", ["cause_id"], ["id"]
        )
    award = ["event_id", "rule", "account_id", "component", "cause_id"]
    with op.batch_alter_table("ledger_entry") as batch_op:
        batch_op.alter_column("cause_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("rule", existing_type=sa.String(60), nullable=False)
        batch_op.drop_constraint(
            "uq_ledger_entry_event_id_account_id_component_reverses_id", type_="unique"
        )
        batch_op.drop_index("uq_ledger_entry_award")
        batch_op.create_index("ix_ledger_entry_cause_id", ["cause_id"])
        batch_op.create_unique_constraint("uq_ledger_entry_reversal", [*award, "reverses_id"])
        batch_op.create_foreign_key(
            "fk_ledger_entry_cause_id_reward_event", "reward_event", ["cause_id"], ["id"]
        )
    op.create_index(
        "uq_ledger_entry_award",
        "ledger_entry",
        award,
        unique=True,
        sqlite_where=sa.text("reverses_id IS NULL"),
        postgresql_where=sa.text("reverses_id IS NULL"),
    )
    with op.batch_alter_table("quest") as batch_op:
        batch_op.create_index("ix_quest_continues_id", ["continues_id"])
        batch_op.create_foreign_key("fk_quest_continues_id_quest", "quest", ["continues_id"], ["id"])
    with op.batch_alter_table("reward_event") as batch_op:
        batch_op.drop_index("ix_reward_event_occurred_at")
        batch_op.create_index("ix_reward_event_chain", ["chain"])
        batch_op.create_index("ix_reward_event_occurred_at_key", ["occurred_at", "key"])
    with op.batch_alter_table("season") as batch_op:
        batch_op.drop_index("ix_season_starts_at")
        batch_op.create_unique_constraint("uq_season_starts_at", ["starts_at"])


def _unlock(tables: tuple[str, ...]) -> None:
    for table in tables:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
        else:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")


def _lock(tables: tuple[str, ...]) -> None:
    """Make tables append-only, and the document of an approved version fixed for ever."""
    fixed = "a rulebook that was approved is never rewritten"
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for deed in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        op.execute(
            "CREATE TRIGGER rulebook_version_fixed BEFORE UPDATE OF document ON rulebook_version "
            "WHEN OLD.approved_at IS NOT NULL AND NEW.document <> OLD.document "
            f"BEGIN SELECT RAISE(ABORT, '{fixed}'); END"
        )
        return
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )
    op.execute(
        "CREATE FUNCTION refuse_new_rules() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{fixed}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER rulebook_version_fixed BEFORE UPDATE OF document ON rulebook_version "
        "FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL "
        "AND NEW.document::text <> OLD.document::text) EXECUTE FUNCTION refuse_new_rules()"
    )


def downgrade() -> None:
    _unlock((*KEPT, *NEW))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_new_rules CASCADE")
    else:
        op.execute("DROP TRIGGER rulebook_version_fixed")
    with op.batch_alter_table('standing', schema=None) as batch_op:
        batch_op.drop_column('held')
        batch_op.drop_column('individual')

    with op.batch_alter_table('season', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_season_starts_at'), type_='unique')
        batch_op.create_index(batch_op.f('ix_season_starts_at'), ['starts_at'], unique=False)

    with op.batch_alter_table('reward_event', schema=None) as batch_op:
        batch_op.drop_index('ix_reward_event_occurred_at_key')
        batch_op.drop_index('ix_reward_event_chain')
        batch_op.create_index(batch_op.f('ix_reward_event_occurred_at'), ['occurred_at'], unique=False)
        batch_op.drop_column('label')
        batch_op.drop_column('zone')
        batch_op.drop_column('chain')

    with op.batch_alter_table('quest', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_quest_continues_id_quest'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_quest_continues_id'))
        batch_op.drop_column('own_change')
        batch_op.drop_column('continues_id')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('shows_points')

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_column('ranks_people')
        batch_op.drop_column('fiscal_month')

    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_ledger_entry_cause_id_reward_event'), type_='foreignkey')
        batch_op.drop_constraint('uq_ledger_entry_reversal', type_='unique')
        batch_op.drop_index(batch_op.f('ix_ledger_entry_cause_id'))
        batch_op.drop_index('uq_ledger_entry_award', sqlite_where=sa.text('reverses_id IS NULL'), postgresql_where=sa.text('reverses_id IS NULL'))
        batch_op.create_index(batch_op.f('uq_ledger_entry_award'), ['event_id', 'account_id', 'component'], unique=True, postgresql_where=sa.text('reverses_id IS NULL'), sqlite_where=sa.text('reverses_id IS NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_ledger_entry_event_id_account_id_component_reverses_id'), ['event_id', 'account_id', 'component', 'reverses_id'])
        batch_op.drop_column('rule')
        batch_op.drop_column('cause_id')

    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_decision_cause_id_reward_event'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_decision_event_id_rule_account_id_cause_id'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_decision_cause_id'))
        batch_op.create_unique_constraint(batch_op.f('uq_decision_event_id_rule_account_id'), ['event_id', 'rule', 'account_id'])
        batch_op.drop_column('reason_values')
        batch_op.drop_column('asked')
        batch_op.drop_column('component')
        batch_op.drop_column('cause_id')

    with op.batch_alter_table('thanks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_thanks_person_id'))

    op.drop_table('thanks')
    with op.batch_alter_table('sponsor_request', schema=None) as batch_op:
        batch_op.drop_index('uq_sponsor_request_open', sqlite_where=sa.text('answered_at IS NULL AND NOT withdrawn'), postgresql_where=sa.text('answered_at IS NULL AND NOT withdrawn'))
        batch_op.drop_index(batch_op.f('ix_sponsor_request_sponsor_id'))
        batch_op.drop_index(batch_op.f('ix_sponsor_request_quest_id'))

    op.drop_table('sponsor_request')
    with op.batch_alter_table('simulated_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_simulated_account_account_id'))

    op.drop_table('simulated_account')
    with op.batch_alter_table('kudos', schema=None) as batch_op:
        batch_op.drop_index('uq_kudos_number', sqlite_where=sa.text('retracted_at IS NULL'), postgresql_where=sa.text('retracted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_kudos_quest_id'))
        batch_op.drop_index(batch_op.f('ix_kudos_person_id'))
        batch_op.drop_index(batch_op.f('ix_kudos_given_at'))

    op.drop_table('kudos')
    with op.batch_alter_table('badge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_badge_quest_id'))
        batch_op.drop_index(batch_op.f('ix_badge_event_id'))

    op.drop_table('badge')
    with op.batch_alter_table('simulation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_simulation_version_id'))
        batch_op.drop_index(batch_op.f('ix_simulation_state'))
        batch_op.drop_index(batch_op.f('ix_simulation_asked_by_id'))

    op.drop_table('simulation')
    with op.batch_alter_table('limit_use', schema=None) as batch_op:
        batch_op.drop_index('ix_limit_use_key_occurred_at')
        batch_op.drop_index(batch_op.f('ix_limit_use_event_id'))
        batch_op.drop_index(batch_op.f('ix_limit_use_account_id'))

    op.drop_table('limit_use')
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dispute_verdict'))
        batch_op.drop_index(batch_op.f('ix_dispute_raised_by_id'))
        batch_op.drop_index(batch_op.f('ix_dispute_answered_by_id'))
        batch_op.drop_index(batch_op.f('ix_dispute_account_id'))

    op.drop_table('dispute')
    with op.batch_alter_table('season_seal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_season_seal_sealed_by_id'))

    op.drop_table('season_seal')
    with op.batch_alter_table('rulebook_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rulebook_version_written_by_id'))
        batch_op.drop_index(batch_op.f('ix_rulebook_version_approved_by_id'))

    op.drop_table('rulebook_version')
    _lock_again()


def _lock_again() -> None:
    """Make the three older tables append-only again."""
    for table in KEPT:
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
