"""Requests a second of the team board and of a bare Flask page, on the same server settings.

Both run at once, in processes of their own on free ports of this machine; they are asked in
turns, so that a busy moment of the machine falls on both. `python -m bench.board [ROUNDS]`
"""

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

PROJECT = Path(__file__).resolve().parent.parent
CLIENTS = 4
SECONDS = 2.0  # of each turn
ROUNDS = 5
PATIENCE = 60.0  # seconds until a server answers
BARE = """
import os
from flask import Flask
from cxquest.config import load
from cxquest.serving import listening
app = Flask("bare")
app.get("/")(lambda: "<!doctype html><title>Bare</title><p>Nothing here.")
listening(app, load()).run()
"""
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            **os.environ,
            "CXQUEST_INSTANCE_PATH": folder,
            "CXQUEST_LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(PROJECT),
            "FLASK_APP": "wsgi.py",
        }
        environ.pop("CXQUEST_DATABASE_URL", None)
        account = _filled(environ)
        board, bare = _free_port(), _free_port()
        servers = [
            _started(environ, board, "-m", "flask", "serve", "--no-worker"),
            _started(environ, bare, "-c", BARE),
        ]
        try:
            _wait(board, "/healthz")
            _wait(bare, "/")
            cookie = _signed_in(board, *account)
            _report(board, bare, cookie, rounds)
        finally:
            for server in servers:
                server.terminate()
                server.wait(10)


def _report(board: int, bare: int, cookie: str, rounds: int) -> None:
    boards, bares = [], []
    for _ in range(rounds):
        boards.append(_rate(board, "/boards/teams", cookie))
        bares.append(_rate(bare, "/", ""))
    mine, theirs = statistics.median(boards), statistics.median(bares)
    print(f"team board:      {mine:8.1f} requests/s (from {min(boards):.1f} to {max(boards):.1f})")
    print(f"bare Flask page: {theirs:8.1f} requests/s (from {min(bares):.1f} to {max(bares):.1f})")
    print(f"ratio:           {mine / theirs:8.3f}")
    print(f"{rounds} turns of {SECONDS:g} s each, {CLIENTS} clients, medians")


def _filled(environ: dict[str, str]) -> tuple[str, str]:
    """Make the demo company and return an address and password of it."""
    import json

    for command in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run(
            [sys.executable, "-m", "flask", *command],
            env=environ,
            cwd=PROJECT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    said = subprocess.run(
        [sys.executable, "-m", "flask", "demo", "accounts", "--json"],
        env=environ,
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    accounts = json.loads(said.strip().splitlines()[-1])["accounts"]
    return accounts[0]["email"], accounts[0]["password"]


def _started(environ: dict[str, str], port: int, *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *command],
        env={**environ, "HOST": "127.0.0.1", "PORT": str(port)},
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait(port: int, path: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if (
                _answer(http.client.HTTPConnection("127.0.0.1", port, timeout=5), path, "")[0]
                == 200
            ):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"nothing answers on port {port}")


def _answer(connection: http.client.HTTPConnection, path: str, cookie: str) -> tuple[int, str, str]:
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read().decode()
    return answer.status, body, answer.getheader("Set-Cookie") or ""


def _signed_in(port: int, email: str, password: str) -> str:
    """Sign in as a browser does, and return the cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    _, body, cookie = _answer(connection, "/sign-in", "")
    token = TOKEN.search(body)
    assert token
    connection.request(
        "POST",
        "/sign-in",
        urlencode({"csrf_token": token[1], "email": email, "password": password}),
        {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie.split(";")[0]},
    )
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status
    return (answer.getheader("Set-Cookie") or "").split(";")[0]


def _rate(port: int, path: str, cookie: str) -> float:
    """Return how many requests a second all clients together get through in one turn."""
    end = time.monotonic() + SECONDS
    counts = [0] * CLIENTS

    def ask(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < end:
            status, _, _ = _answer(connection, path, cookie)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")
            counts[client] += 1

    begun = time.monotonic()
    threads = [threading.Thread(target=ask, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - begun)


if __name__ == "__main__":
    main()
