"""The real server and the real worker, as processes: how they start, work and end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from cxquest.config import PROJECT
from tests.databases import made, migrate

PATIENCE = 20.0  # seconds


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "instance"
    migrate(made(folder))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CXQUEST_", "PYTHONWARN"))}
    return {
        **kept,
        "CXQUEST_INSTANCE_PATH": str(folder),
        "CXQUEST_LOG_LEVEL": "WARNING",
        "FLASK_APP": "wsgi.py",
        "PORT": port,
    }


@pytest.fixture
def started(environ: dict[str, str]) -> Iterator[list[subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []
    yield running
    for process in running:
        process.kill()
        process.communicate()


def start(
    started: list[subprocess.Popen[str]], environ: dict[str, str], *command: str
) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", *command],
        env=environ,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    started.append(process)
    return process


def wait_for(what: object, true: object) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return
        time.sleep(0.05)
    pytest.fail(f"{what} did not come")


def ready(environ: dict[str, str]) -> bool:
    try:
        url = f"http://127.0.0.1:{environ['PORT']}/readyz"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def row(environ: dict[str, str], asked: str) -> sa.Row:
    engine = sa.create_engine(f"sqlite:///{environ['CXQUEST_INSTANCE_PATH']}/cxquest.db")
    with engine.connect() as connection:
        found = connection.execute(sa.text(asked)).one()
    engine.dispose()
    return found


def invite(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "people", "add", "ann@x.example", "Ann"]
    subprocess.run(command, env=environ, cwd=PROJECT, check=True, capture_output=True)


def sent(environ: dict[str, str]) -> bool:
    return row(environ, "SELECT sent_at, body FROM outbox_message")[0] is not None


def test_it_serves_works_and_ends_when_told(
    started: list[subprocess.Popen[str]], environ: dict[str, str]
) -> None:
    invite(environ)
    server = start(started, environ, "serve")
    wait_for("the server", lambda: ready(environ))
    wait_for("the mail", lambda: sent(environ))
    server.send_signal(signal.SIGTERM)
    said, wrong = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0, wrong
    assert f"CXQuest is at http://127.0.0.1:{environ['PORT']}" in said
    assert "To: ann@x.example" in said
    assert row(environ, "SELECT body FROM outbox_message") == ("",)


def test_what_is_killed_leaves_nothing_and_starts_again(
    started: list[subprocess.Popen[str]], environ: dict[str, str]
) -> None:
    for _ in range(2):
        server = start(started, environ, "serve", "--no-worker")
        wait_for("the server", lambda: ready(environ))
        server.kill()
        server.communicate()
    assert not ready(environ)


def test_a_taken_port_is_said_with_the_way_out(
    started: list[subprocess.Popen[str]], environ: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", int(environ["PORT"]))):
        server = start(started, environ, "serve")
        _, wrong = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert "PORT=8001 make run" in wrong
    assert "Traceback" not in wrong


def test_a_wrong_setting_ends_the_start_with_the_fix(
    started: list[subprocess.Popen[str]], environ: dict[str, str]
) -> None:
    server = start(started, {**environ, "CXQUEST_MAIL_URL": "pigeon:"}, "settings", "--json")
    said, wrong = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert "console: or smtp://" in wrong
    assert said.startswith('{"error"')
    assert "Traceback" not in wrong


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_ends_between_two_jobs(
    started: list[subprocess.Popen[str]], environ: dict[str, str], told: signal.Signals
) -> None:
    invite(environ)
    worker = start(started, environ, "worker")
    wait_for("the mail", lambda: sent(environ))
    worker.send_signal(told)
    said, wrong = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, wrong
    assert "To: ann@x.example" in said
