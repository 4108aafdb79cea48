"""`flask rewards check`, `schema`, `publish` and `replay`."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from cxquest.core import clock
from cxquest.people.models import Role
from cxquest.rewards import documents, publishing, rulebook_queries
from tests import cast as players
from tests import rulebooks
from tests.cast import Cast
from tests.conftest import Transaction
from tests.teams import Team

NOW = clock.now()


def test_the_commands_check_and_say_the_schema(app: Flask, tmp_path: Path) -> None:
    def said(*words: str) -> tuple[int, dict[str, Any]]:
        result = app.test_cli_runner().invoke(args=["rewards", *words, "--json"])
        return result.exit_code, json.loads(result.stdout)

    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rulebooks.document()))
    assert said("check", str(file)) == (0, {"valid": True, "breaches": [], "faults": []})
    file.write_text(json.dumps(rulebooks.document(work={"prevention": "1"})))
    code, found = said("check", str(file))
    assert code == 1
    first = found["breaches"][0]
    assert (first["article"], first["found"], first["limit"]) == ("C1", "1", "1.5")
    file.write_text(json.dumps(rulebooks.with_rule(when="signed_in")))
    code, found = said("check", str(file))
    assert (code, found["breaches"][0]["article"]) == (1, "C8")
    file.write_text("{")
    assert said("check", str(file))[0] == 1
    assert said("schema")[1]["schema"]["$id"] == documents.SCHEMA_ID


def test_replay_says_that_nothing_differs(app: Flask, transaction: Transaction, cast: Cast) -> None:
    with transaction() as session:
        Team(session, session.merge(cast.ruth) and cast).prove()
    result = app.test_cli_runner().invoke(args=["rewards", "replay", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["differences"] == 0
    assert found["events"] > 0


def test_publish_goes_the_same_way_as_the_pages(
    app: Flask, transaction: Transaction, cast: Cast, tmp_path: Path
) -> None:
    with transaction() as session:
        second = players.person(session, "Sven", None, Role.ADMINISTRATOR)
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rulebooks.document(starter_allowance=40)))

    def publish(approver: str, since: str) -> tuple[int, dict[str, Any]]:
        args = ["rewards", "publish", str(file), "--by", cast.ruth.email, "--approve-by", approver]
        args += ["--from", since, "--why", "Because", "--json"]
        result = app.test_cli_runner().invoke(args=args)
        return result.exit_code, json.loads(result.stdout)

    day = (NOW + timedelta(days=9)).date().isoformat()
    soon = (NOW + timedelta(days=2)).date().isoformat()
    code, refused = publish(cast.ruth.email, day)
    assert code == 1
    assert "C10" in refused["error"]
    assert "C10" in publish(second.email, soon)[1]["error"]
    code, made = publish(second.email, day)
    assert (code, made["version"]) == (0, 2)
    with transaction() as session:
        version = rulebook_queries.whole(session, 2)
        assert version
        assert publishing.writers(session, version) == {cast.ruth.id}
    file.write_text(json.dumps(rulebooks.document(work={"prevention": "1"})))
    assert "Article C1" in publish(second.email, day)[1]["error"]
